//! Frames of about a mebibyte, and first answers of eight, each made to cost as much as it can.

use bytes::Bytes;
use shared::wire::lib0::{write_string, write_uint};
use shared::wire::{MAX_FIRST_SYNC, Message};

use super::arena::{Arena, HERS};
use super::batch::{Tally, allowance, attack};
use super::raw::{At, Id, What, part, text_value, update};

type Attack = (&'static str, fn() -> Case);

/// What is sent before, and the frame that counts.
#[derive(Default)]
pub struct Case {
    before: Vec<Bytes>,
    frame: Bytes,
    /// Whoever sends it may not edit.
    only_looks: bool,
    /// It is answered with the whole document: five times that is what it may cost.
    asks: bool,
}

pub const ATTACKS: [Attack; 48] = [
    ("elements", || live(elements(20_000))),
    ("elements of long names, step 2", || back(named(20_000, 40))),
    ("more elements of long names, step 2", || back(named(24_000, 34))),
    ("elements of long names", || live(named(20_000, 40))),
    ("elements, the last first", || live(reversed(20_000, 30))),
    ("elements in elements", || live(nested(20_000))),
    ("too many elements, step 2", || back(elements(70_000))),
    ("letters apart", || live(letters(20_000))),
    ("letters apart, step 2", || back(letters(19_999))),
    ("collected structs", || back(collected(190_000))),
    ("values", || live(values(20))),
    ("too many values", || live(values(1_000))),
    ("maps", || live(maps(20))),
    ("too many maps", || live(maps(200))),
    ("marks", || live(marks(20))),
    ("too many marks", || live(marks(500))),
    ("every other letter deleted", || live(every_other_deleted(9_000)).after(long_text())),
    ("every other letter deleted, step 2", || back(every_other_deleted(180_000)).after(long_text())),
    ("every other letter deleted, a mebibyte of it", || back(every_other_deleted(260_000)).after(long_text())),
    ("letters between letters", || live(between(9_000)).after(long_text())),
    ("a question about a long document", || about_long_document(Message::Step1(Bytes::from_static(&[0])))),
    ("a question about a long document, packed", || about_long_document(Message::Ask(Bytes::from_static(&[0])))),
    ("a long state vector", || said(Message::Step1(state_vector(65_000)))),
    ("letters in one place", || live(one_place(20_000))),
    ("a long text", || live(text(&"备".repeat(349_000)))),
    ("a long text, step 2", || back(text(&"备".repeat(349_000)))),
    ("a text of wide characters", || live(text(&"a😀".repeat(209_000)))),
    ("letters of many sessions", || live(sessions(64, 300))),
    ("letters of many sessions, step 2", || back(sessions(256, 78))),
    ("letters with marks", || live(with_marks(6_600))),
    ("a table", || live(table(3_900))),
    ("elements with attributes", || live(with_attributes(9_990))),
    ("attributes of few elements", || live(attributes(12))),
    ("embedded objects", || live(embedded())),
    ("binary values", || live(binary())),
    ("what was deleted at once", || live(deleted(20_000))),
    ("elements, all deleted", || live(all_deleted(9_000)).after(live(elements(9_000)).frame)),
    ("a text, all deleted but for every other letter", || {
        live(all_deleted(399_999)).after(live(every_other_deleted(5_000)).frame).after(long_text())
    }),
    ("one letter deleted again and again", || live(deleted_again(99_000)).after(long_text())),
    ("one letter deleted again and again, step 2", || back(deleted_again(260_000)).after(long_text())),
    ("elements, and letters that are deleted already, step 2", || {
        let deleted_before = live(update(START, &[], &[(ME, DELETED_AGAIN, 1)])).frame;
        let both = [&elements_after(20_000)[..], &deleted_again(200_000)[1..]].concat();
        back(both.into()).after(deleted_before).after(long_text())
    }),
    ("sections of strangers", || back(strangers(19_000))),
    ("too many sections of strangers", || back(strangers(65_000))),
    ("a stock viewer's structs", || Case { only_looks: true, ..back(collected(199_000)) }),
    ("a byte too many", || live([&named(20_000, 40)[..], &[0]].concat().into())),
    ("a first answer of elements", || back(named(140_000, 50))),
    ("a first answer of text", || back(text(&"备".repeat(2_700_000)))),
    ("presence of many", || said(Message::Awareness(presence(3_900, 240)))),
];

fn live(update: Bytes) -> Case {
    said(Message::Update(update))
}

/// As the answer to a question: the first one may be longer than any other frame.
fn back(update: Bytes) -> Case {
    said(Message::Step2(update))
}

fn about_long_document(question: Message) -> Case {
    let case = Case { asks: true, ..said(question) };
    (0..8).rev().fold(case, |case, number| case.after(mebibyte_of_text(number)))
}

fn said(message: Message) -> Case {
    Case { frame: message.encode(), ..Case::default() }
}

impl Case {
    /// That frame comes before all else.
    fn after(mut self, frame: Bytes) -> Self {
        self.before.insert(0, frame);
        self
    }
}

pub fn run(seed: u64, (name, make): &Attack) -> Tally {
    let mut tally = Tally { attacks: 1, ..Tally::default() };
    let mut arena = Arena::new(Bytes::from_static(&[0, 0]));
    let Case { before, frame, only_looks, asks } = make();
    let bytes = frame.len();
    assert!(bytes <= MAX_FIRST_SYNC, "{name}: {bytes} bytes");
    for frame in before {
        let verdict = arena.frame(frame);
        assert!(verdict.refused.is_none() && !verdict.closed, "{name}: what comes before is ordinary, {verdict:?}");
    }
    if only_looks {
        arena.take_right();
    }
    let allowed = if asks { 5 * arena.encoded().len() } else { allowance(bytes) };
    let cost = attack(&mut arena, frame, allowed, &mut tally);
    let refused = tally.refused.keys().next().map_or("", String::as_str);
    match cost {
        Ok(cost) => tally.costs.push((format!("{name}, {} KiB {refused}", bytes >> 10), cost)),
        Err(harm) => tally.harm.push((seed, format!("large, {name}: {harm}"))),
    }
    if let Some(difference) = arena.reload() {
        tally.harm.push((seed, format!("large, {name}: reloads differently, {difference}")));
    }
    tally
}

const ME: u64 = HERS[0];
const START: Id = (ME, 0);

fn elements(many: u32) -> Bytes {
    let next = |n: u32| part(if n == 0 { At::Root("content") } else { At::After((ME, n - 1)) }, What::Element("p"));
    update(START, &(0..many).map(next).collect::<Vec<_>>(), &[])
}

/// After a long text; without its deletions.
fn elements_after(many: u32) -> Bytes {
    const LONG: u32 = 400_000;
    let next = |n: u32| {
        let place = if n == 0 { At::Root("content") } else { At::After((ME, LONG + n - 1)) };
        part(place, What::Element("p"))
    };
    let whole = update((ME, LONG), &(0..many).map(next).collect::<Vec<_>>(), &[]);
    whole.slice(..whole.len() - 1)
}

fn named(many: u32, letters: usize) -> Bytes {
    let name = "p".repeat(letters);
    let next = |n: u32| part(if n == 0 { At::Root("content") } else { At::After((ME, n - 1)) }, What::Element(&name));
    update(START, &(0..many).map(next).collect::<Vec<_>>(), &[])
}

fn reversed(many: u32, letters: usize) -> Bytes {
    let name = "p".repeat(letters);
    let next = |n: u32| part(if n == 0 { At::Root("content") } else { At::Before((ME, n - 1)) }, What::Element(&name));
    update(START, &(0..many).map(next).collect::<Vec<_>>(), &[])
}

/// Sixty deep, again and again.
fn nested(many: u32) -> Bytes {
    let mut sheet = Sheet::default();
    let (mut first, mut last) = (None, None);
    for n in 0..many {
        let name = "p".repeat(30);
        let here = match last {
            Some(last) if n % 60 > 0 => sheet.put(At::In(last), What::Element(&name)),
            _ => sheet.follow("content", first, What::Element(&name)),
        };
        if n % 60 == 0 {
            first = Some(here);
        }
        last = Some(here);
    }
    sheet.update()
}

/// Each before the one before it, so that they stay apart.
fn letters(many: u32) -> Bytes {
    let next = |n: u32| part(if n == 0 { At::Root("text") } else { At::Before((ME, n - 1)) }, What::Text("a"));
    update(START, &(0..many).map(next).collect::<Vec<_>>(), &[])
}

fn collected(many: usize) -> Bytes {
    update(START, &vec![part(At::Root("text"), What::Gone(1)); many], &[])
}

fn values(structs: u32) -> Bytes {
    let thousand = || What::Values(1_000, vec![126; 1_000]);
    let next = |n: u32| {
        let place = if n == 0 { At::Root("content") } else { At::After((ME, n * 1_000 - 1)) };
        part(place, thousand())
    };
    update(START, &(0..structs).map(next).collect::<Vec<_>>(), &[])
}

fn maps(structs: u32) -> Bytes {
    let mut map = vec![118];
    write_uint(&mut map, 999);
    for n in 0..999u32 {
        write_string(&mut map, &format!("{n:x}"));
        map.push(126);
    }
    let next = |n: u32| {
        let place = if n == 0 { At::Root("content") } else { At::After((ME, n - 1)) };
        part(place, What::Values(1, map.clone()))
    };
    update(START, &(0..structs).map(next).collect::<Vec<_>>(), &[])
}

fn marks(structs: u32) -> Bytes {
    let json = format!("[{}0]", "0,".repeat(990));
    let next = |n: u32| {
        let place = if n == 0 { At::Root("text") } else { At::After((ME, n - 1)) };
        part(place, What::Format("m", &json))
    };
    update(START, &(0..structs).map(next).collect::<Vec<_>>(), &[])
}

/// The next million letters of a text.
fn mebibyte_of_text(number: u32) -> Bytes {
    const LETTERS: u32 = 1_000_000;
    let place = if number == 0 { At::Root("text") } else { At::After((ME, number * LETTERS - 1)) };
    let letters: String = (0..LETTERS).map(|n| char::from(b'a' + ((n % 997 * 7 + n / 26) % 26) as u8)).collect();
    live(update((ME, number * LETTERS), &[part(place, What::Text(&letters))], &[])).frame
}

fn long_text() -> Bytes {
    live(text(&"a".repeat(400_000))).frame
}

fn text(letters: &str) -> Bytes {
    update(START, &[part(At::Root("text"), What::Text(letters))], &[])
}

/// Structs of one client, one after another: the number each has is its clock.
#[derive(Default)]
struct Sheet(Vec<Vec<u8>>);

impl Sheet {
    /// A struct of one unit; gives its id.
    fn put(&mut self, at: At<'_>, what: What<'_>) -> Id {
        self.0.push(part(at, what));
        (ME, self.0.len() as u32 - 1)
    }

    /// After that one, or at the beginning of the root.
    fn follow(&mut self, root: &str, before: Option<Id>, what: What<'_>) -> Id {
        self.put(before.map_or(At::Root(root), At::After), what)
    }

    fn update(self) -> Bytes {
        update(START, &self.0, &[])
    }
}

/// Each of them wrote a little, one after another.
fn sessions(clients: u64, letters: u32) -> Bytes {
    let mut out = Vec::new();
    write_uint(&mut out, clients);
    for client in 0..clients {
        write_uint(&mut out, u64::from(letters));
        write_uint(&mut out, 1_000 + client);
        write_uint(&mut out, 0);
        for n in 0..letters {
            let before = match (client, n) {
                (0, 0) => At::Root("text"),
                (_, 0) => At::After((999 + client, letters - 1)),
                _ => At::After((1_000 + client, n - 1)),
            };
            out.extend(part(before, What::Text("a")));
        }
    }
    out.push(0);
    out.into()
}

fn with_marks(many: u32) -> Bytes {
    let (mut sheet, mut last) = (Sheet::default(), None);
    for _ in 0..many {
        for what in [What::Format("bold", "true"), What::Text("a"), What::Format("bold", "null")] {
            last = Some(sheet.follow("text", last, what));
        }
    }
    sheet.update()
}

fn table(cells: u32) -> Bytes {
    const COLUMNS: u32 = 10;
    let mut sheet = Sheet::default();
    let table = sheet.put(At::Root("content"), What::Element("table"));
    let (mut row, mut cell) = (None, None);
    for number in 0..cells {
        if number % COLUMNS == 0 {
            row = Some(sheet.put(row.map_or(At::In(table), At::After), What::Element("tableRow")));
            cell = None;
        }
        let inside = row.map_or(At::In(table), At::In);
        let here = sheet.put(cell.map_or(inside, At::After), What::Element("tableCell"));
        let paragraph = sheet.put(At::In(here), What::Element("paragraph"));
        let words = sheet.put(At::In(paragraph), What::Words);
        sheet.put(At::In(words), What::Text("a"));
        sheet.put(At::Key(here, "colspan"), text_value("1"));
        cell = Some(here);
    }
    sheet.update()
}

fn with_attributes(many: u32) -> Bytes {
    let (mut sheet, mut last) = (Sheet::default(), None);
    for _ in 0..many {
        let element = sheet.follow("content", last, What::Element("p"));
        sheet.put(At::Key(element, "a"), text_value("b"));
        last = Some(element);
    }
    sheet.update()
}

/// As many as an element may have.
fn attributes(elements: u32) -> Bytes {
    let (mut sheet, mut last) = (Sheet::default(), None);
    for _ in 0..elements {
        let element = sheet.follow("content", last, What::Element("p"));
        for n in 0..1_000 {
            sheet.put(At::Key(element, &format!("attribute-of-a-long-name-{n}")), text_value("b"));
        }
        last = Some(element);
    }
    sheet.update()
}

fn embedded() -> Bytes {
    let fields: Vec<String> = (0..900).map(|n| format!(r#""a field of a long name {n}":"and a value""#)).collect();
    let (json, mut sheet, mut last) = (format!("{{{}}}", fields.join(",")), Sheet::default(), None);
    for _ in 0..22 {
        last = Some(sheet.follow("text", last, What::Embed(&json)));
    }
    sheet.update()
}

fn binary() -> Bytes {
    let (mut sheet, mut last) = (Sheet::default(), None);
    for _ in 0..19_000 {
        last = Some(sheet.follow("content", last, What::Binary(40)));
    }
    sheet.update()
}

fn deleted(many: u32) -> Bytes {
    let (mut sheet, mut last) = (Sheet::default(), None);
    for n in 0..many {
        let at = if n % 2 == 0 { At::Root("text") } else { At::Root("content") };
        last = Some(match last {
            Some(last) if n % 3 > 0 => sheet.put(At::Before(last), What::Deleted(1)),
            _ => sheet.put(at, What::Deleted(1)),
        });
    }
    sheet.update()
}

fn all_deleted(many: u32) -> Bytes {
    update(START, &[], &[(ME, 0, many)])
}

/// Late in a long text: it takes a few bytes to name.
const DELETED_AGAIN: u32 = 300_000;

fn deleted_again(many: u32) -> Bytes {
    let mut out = vec![0, 1];
    write_uint(&mut out, ME);
    write_uint(&mut out, u64::from(many));
    let mut again = Vec::new();
    write_uint(&mut again, u64::from(DELETED_AGAIN));
    again.push(1);
    out.extend(again.repeat(many as usize));
    out.into()
}

/// Each has collected one unit.
fn strangers(many: u64) -> Bytes {
    let mut out = Vec::new();
    write_uint(&mut out, many);
    for client in 0..many {
        out.push(1);
        write_uint(&mut out, 100_000 + client);
        out.push(0);
        out.extend(part(At::Root("text"), What::Gone(1)));
    }
    out.push(0);
    out.into()
}

fn presence(many: u64, letters: usize) -> Bytes {
    let state = format!(r#"{{"cursor":{{"a":"{}"}}}}"#, "a".repeat(letters));
    let mut out = Vec::new();
    write_uint(&mut out, many);
    for client in 0..many {
        write_uint(&mut out, 1_000 + client);
        out.push(1);
        write_string(&mut out, &state);
    }
    out.into()
}

fn every_other_deleted(many: u32) -> Bytes {
    let mut out = vec![0, 1];
    write_uint(&mut out, ME);
    write_uint(&mut out, u64::from(many));
    for n in 0..many {
        write_uint(&mut out, u64::from(n * 2));
        out.push(1);
    }
    out.into()
}

fn between(many: u32) -> Bytes {
    let next = |n: u32| {
        // From the middle outwards, so that no two cuts lie side by side.
        let at = (n * 7_919) % 399_998;
        part(At::Between((ME, at), (ME, at + 1)), What::Text("b"))
    };
    update((ME, 400_000), &(0..many).map(next).collect::<Vec<_>>(), &[])
}

fn state_vector(many: u64) -> Bytes {
    let mut out = Vec::new();
    write_uint(&mut out, many);
    for client in 0..many {
        write_uint(&mut out, client << 30);
        out.push(1);
    }
    out.into()
}

fn one_place(many: u32) -> Bytes {
    let parts: Vec<_> = (0..many).map(|_| part(At::Root("text"), What::Text("a"))).collect();
    update(START, &parts, &[])
}
