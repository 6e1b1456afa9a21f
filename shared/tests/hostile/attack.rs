//! What an attacker sends: the known ways to hurt yrs, structs at random, and honest updates spoilt.

use bytes::Bytes;
use shared::wire::Message;
use shared::wire::lib0::{write_bytes, write_string, write_uint};
use shared::wire::update::{Limits, Skeleton};

use super::arena::{ANN, Arena, HERS};
use super::chance::Chance;
use super::corpus;
use super::raw::{At, Id, What, part, text_value, update};

/// Rows of the table of known ways to hurt yrs, in its order, then three of our own.
pub const KINDS: [&str; 27] = [
    "values nested deep",
    "types nested deep, then deleted",
    "arrays nested deep",
    "empty client sections",
    "clocks that wrap",
    "what leaves a store broken",
    "a client twice, clocks near the end",
    "what poisons later reads",
    "structs that wait for something",
    "an invalid parent in the middle",
    "large lengths, few bytes",
    "several messages in a frame",
    "frames cut short",
    "presence of unknown ids",
    "presence with the last clock",
    "client ids over 53 bits",
    "many updates that wait",
    "many inserts in one place",
    "subdocuments and roots",
    "old JSON content",
    "numbers that overflow",
    "lengths near 2^32",
    "half characters",
    "questions between edits",
    "structs at random",
    "honest updates spoilt",
    "parts of other documents",
];

/// The frames of one attack.
pub fn frames(kind: usize, chance: &mut Chance, arena: &Arena, documents: &[Bytes]) -> Vec<Bytes> {
    let clocks = arena.clocks();
    let me = HERS[chance.within(0, 4) as usize];
    let at = (me, clocks.iter().find(|(client, _)| *client == me).map_or(0, |(_, clock)| *clock));
    let target = Target { at, clocks };
    let step2 = chance.one_in(3);
    let message = |update| if step2 { Message::Step2(update) } else { Message::Update(update) };
    let framed = |updates: Vec<Bytes>| updates.into_iter().map(|update| message(update).encode()).collect::<Vec<_>>();
    match kind {
        0 => framed(vec![target.values_nested_deep(chance)]),
        1 => framed(target.types_nested_deep(chance, What::Element("blockquote"))),
        2 => framed(target.types_nested_deep(chance, What::Array)),
        3 => framed(vec![sections(amount(chance, 30_000))]),
        4 | 6 => framed(vec![target.clocks_near_the_end(chance)]),
        5 | 7 => framed((0..chance.within(1, 4)).map(|_| target.soup(chance, 3)).collect()),
        8 | 16 => framed((0..amount(chance, 200)).map(|n| target.waits(chance, n)).collect()),
        9 => framed(vec![target.invalid_parent(chance)]),
        10 => declared(chance),
        11 => {
            let many = amount(chance, 2_000) as usize;
            vec![[0, 0, 1, 0].repeat(many).into(), Message::Step1(Bytes::from_static(&[0])).encode()]
        }
        12 => target.cut_short(chance),
        13 | 14 => presence(chance, &target),
        15 => framed(vec![raw_section(chance, (1 << 53) + 7), state_vector(&[((1 << 53) + 7, 1)])]),
        17 => framed(vec![target.one_place(chance)]),
        18 => framed(vec![target.roots(chance)]),
        19 => framed(vec![target.other_content(chance)]),
        20 | 21 => framed(vec![spoilt(&target.honest(chance, arena), &EXTREMES, chance)]),
        22 => framed(vec![target.half_characters(chance)]),
        23 => {
            let question = Message::Step1(state_vector(&target.some_clocks(chance))).encode();
            let mut frames = vec![question.clone()];
            frames.extend(framed(vec![target.honest(chance, arena)]));
            frames.push(question);
            frames
        }
        24 => framed((0..chance.within(1, 3)).map(|_| target.soup(chance, 12)).collect()),
        25 => framed(vec![spoilt(&target.honest(chance, arena), &[], chance)]),
        _ => framed(vec![target.grafted(chance, arena, documents)]),
    }
}

/// Mostly few, sometimes as many as it takes to hurt.
fn amount(chance: &mut Chance, most: u64) -> u64 {
    match chance.within(0, 200) {
        0 => most,
        1..20 => chance.within(1, most / 10 + 2),
        _ => chance.within(1, 12),
    }
}

/// What the attacker knows of the document.
struct Target {
    /// Their next unit.
    at: Id,
    clocks: Vec<(u64, u32)>,
}

const TEXTS: [&str; 5] = ["a", "备课", "😀", "a😀b😀", "x y z"];
const EXTREMES: [u64; 12] = [
    0,
    1,
    0x7f,
    0x80,
    0xffff,
    0x7fff_fffe,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fffe,
    0xffff_ffff,
    (1 << 53) - 1,
    u64::MAX,
];

impl Target {
    /// A unit that is there, or nearly.
    fn unit(&self, chance: &mut Chance) -> Id {
        if self.clocks.is_empty() || chance.one_in(6) {
            return (self.at.0, chance.within(0, u64::from(self.at.1) + 2) as u32);
        }
        let (client, clock) = self.clocks[chance.within(0, self.clocks.len() as u64) as usize];
        let beyond = u64::from(chance.one_in(12));
        (client, chance.within(0, u64::from(clock) + beyond).min(u64::from(u32::MAX)) as u32)
    }

    fn place(&self, chance: &mut Chance) -> At<'static> {
        match chance.within(0, 10) {
            0 => At::Root("content"),
            1 => At::Root("text"),
            2 => At::RootKey("content", ["a", "href", "b"][chance.within(0, 3) as usize]),
            3 => At::Key(self.unit(chance), ["a", "href", "textAlign"][chance.within(0, 3) as usize]),
            4 => At::In(self.unit(chance)),
            5 => At::Before(self.unit(chance)),
            6..=7 => At::After(self.unit(chance)),
            _ => {
                let (client, clock) = self.unit(chance);
                let next = if chance.one_in(3) { self.unit(chance) } else { (client, clock.saturating_add(1)) };
                At::Between((client, clock), next)
            }
        }
    }

    fn what(&self, chance: &mut Chance) -> What<'static> {
        match chance.within(0, 12) {
            0..=2 => What::Text(TEXTS[chance.within(0, 5) as usize]),
            3 => What::Gone(chance.within(1, 5) as u32),
            4 => What::Deleted(chance.within(1, 5) as u32),
            5 => What::Embed(r#"{"a":[1,null]}"#),
            6 => What::Format("bold", if chance.one_in(2) { "true" } else { "null" }),
            7 => What::Element("paragraph"),
            8 => What::Words,
            9 => What::Array,
            10 => text_value("center"),
            11 if chance.one_in(4) => What::Binary(9),
            _ => What::Values(3, vec![126, 120, 125, 5]),
        }
    }

    /// Structs of any kind anywhere, and deletions.
    fn soup(&self, chance: &mut Chance, most: u64) -> Bytes {
        let mut own = Target { at: self.at, clocks: self.clocks.clone() };
        let again = if chance.one_in(4) { chance.within(0, u64::from(self.at.1) + 1) as u32 } else { self.at.1 };
        let first = (self.at.0, again);
        own.at.1 = again;
        let mut parts = Vec::new();
        for _ in 0..chance.within(1, most) {
            let what = own.what(chance);
            let units = match &what {
                What::Gone(len) | What::Deleted(len) | What::Values(len, _) => *len,
                What::Text(text) => text.encode_utf16().count() as u32,
                What::Binary(_) | What::Embed(_) | What::Format(..) | What::Element(_) | What::Array | What::Words => 1,
            };
            let place = if !parts.is_empty() && chance.one_in(2) {
                let before = (own.at.0, own.at.1.saturating_sub(1));
                if chance.one_in(3) { At::In(before) } else { At::After(before) }
            } else {
                own.place(chance)
            };
            parts.push(part(place, what));
            own.at.1 += units;
        }
        let deletes: Vec<_> = (0..chance.within(0, 3))
            .map(|_| {
                let (client, clock) = own.unit(chance);
                (client, clock, chance.within(1, 4) as u32)
            })
            .collect();
        update(first, &parts, &deletes)
    }

    fn values_nested_deep(&self, chance: &mut Chance) -> Bytes {
        let depth = if chance.one_in(3) { chance.within(28, 36) } else { amount(chance, 8_000) } as usize;
        let what = match chance.within(0, 3) {
            0 => What::Values(1, [[117, 1].repeat(depth), vec![126]].concat()),
            1 => What::Values(1, [[118, 1, 1, b'a'].repeat(depth), vec![126]].concat()),
            _ => {
                let json = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
                return update(self.at, &[part(At::Root("text"), What::Format("bold", &json))], &[]);
            }
        };
        update(self.at, &[part(self.place(chance), what)], &[])
    }

    fn types_nested_deep(&self, chance: &mut Chance, what: What<'_>) -> Vec<Bytes> {
        let depth = if chance.one_in(3) { chance.within(60, 70) } else { amount(chance, 8_000) } as u32;
        let (me, clock) = self.at;
        let mut parts = vec![part(At::Root("content"), what.clone())];
        parts.extend((1..depth).map(|n| part(At::In((me, clock + n - 1)), what.clone())));
        let delete = update(self.at, &[], &[(me, clock, 1)]);
        if chance.one_in(2) {
            return vec![update(self.at, &parts, &[]), delete];
        }
        let few = chance.within(1, 20) as usize;
        let starts = (clock..).step_by(few);
        let mut all: Vec<_> =
            parts.chunks(few).zip(starts).map(|(some, start)| update((me, start), some, &[])).collect();
        all.push(delete);
        all
    }

    fn clocks_near_the_end(&self, chance: &mut Chance) -> Bytes {
        let (me, clock) = self.at;
        let start = match chance.within(0, 4) {
            0 => u64::from(clock),
            1 => u64::from(u32::MAX) - chance.within(0, 3),
            2 => (1 << 31) - chance.within(0, 3),
            _ => EXTREMES[chance.within(0, 12) as usize],
        };
        let section = |out: &mut Vec<u8>, chance: &mut Chance| {
            let parts = chance.within(0, 3);
            write_uint(out, parts);
            write_uint(out, me);
            write_uint(out, start);
            for _ in 0..parts {
                match chance.within(0, 3) {
                    0 => out.extend(part(self.place(chance), self.what(chance))),
                    1 => {
                        out.push(if chance.one_in(2) { 0 } else { 10 });
                        write_uint(out, EXTREMES[chance.within(0, 12) as usize]);
                    }
                    _ => out.extend(part(At::Root("text"), What::Deleted(1 << chance.within(0, 32)))),
                }
            }
        };
        let mut out = Vec::new();
        let sections = chance.within(1, 3);
        write_uint(&mut out, sections);
        (0..sections).for_each(|_| section(&mut out, chance));
        write_uint(&mut out, 1);
        write_uint(&mut out, me);
        write_uint(&mut out, 1);
        write_uint(&mut out, start);
        write_uint(&mut out, EXTREMES[chance.within(0, 12) as usize]);
        out.into()
    }

    fn waits(&self, chance: &mut Chance, n: u64) -> Bytes {
        let ahead = self.at.1.saturating_add((n + 1) as u32 * 3);
        let missing = (self.at.0 + chance.within(0, 2), ahead);
        match chance.within(0, 3) {
            0 => update((self.at.0, ahead), &[part(At::Root("text"), What::Text("a"))], &[]),
            1 => update(self.at, &[part(At::After(missing), What::Text("a"))], &[]),
            _ => update(self.at, &[part(At::In(missing), What::Array)], &[(missing.0, missing.1, 2)]),
        }
    }

    fn invalid_parent(&self, chance: &mut Chance) -> Bytes {
        let (me, clock) = self.at;
        let parts = [
            part(At::Root("text"), What::Text("first")),
            part(At::In((me, clock + chance.within(0, 5) as u32)), self.what(chance)),
            part(At::In(self.unit(chance)), self.what(chance)),
        ];
        update(self.at, &parts, &[])
    }

    fn cut_short(&self, chance: &mut Chance) -> Vec<Bytes> {
        let frame = Message::Update(self.soup(chance, 8)).encode();
        let cut = chance.within(0, frame.len() as u64) as usize;
        let noise: Vec<u8> = (0..chance.within(0, 12)).map(|_| chance.next() as u8).collect();
        vec![frame.slice(..cut), Message::Update(Bytes::from(noise.clone())).encode(), noise.into()]
    }

    fn one_place(&self, chance: &mut Chance) -> Bytes {
        let many = amount(chance, 8_000);
        let place = match chance.within(0, 3) {
            0 => At::Root("text"),
            1 => At::After(self.unit(chance)),
            _ => At::Before(self.unit(chance)),
        };
        let parts: Vec<_> = (0..many).map(|_| part(place, What::Text("a"))).collect();
        update(self.at, &parts, &[])
    }

    fn roots(&self, chance: &mut Chance) -> Bytes {
        let mut out = Vec::new();
        let many = amount(chance, 20_000);
        write_uint(&mut out, 1);
        write_uint(&mut out, many);
        write_uint(&mut out, self.at.0);
        write_uint(&mut out, u64::from(self.at.1));
        let subdocuments = chance.one_in(2);
        for n in 0..many {
            if subdocuments {
                out.extend([9, 1, 7]);
                out.extend(b"content");
                write_string(&mut out, "guid");
                out.extend([118, 0]);
            } else {
                out.extend(part(At::Root(&format!("root {n}")), What::Text("a")));
            }
        }
        out.push(0);
        out.into()
    }

    /// Content that has no place here: JSON of old versions, hooks, weak links, unknown kinds.
    fn other_content(&self, chance: &mut Chance) -> Bytes {
        let mut out = vec![1, 1];
        write_uint(&mut out, self.at.0);
        write_uint(&mut out, u64::from(self.at.1));
        match chance.within(0, 3) {
            0 => out.extend([2, 1, 4, b't', b'e', b'x', b't', 1, 2, b'{', b'}']),
            1 => out.extend([7, 1, 4, b't', b'e', b'x', b't', chance.within(0, 16) as u8, 0, 0]),
            _ => out.extend([chance.next() as u8 & 0x1f, 1, 4, b't', b'e', b'x', b't', 1, 1, b'a']),
        }
        out.push(0);
        out.into()
    }

    fn half_characters(&self, chance: &mut Chance) -> Bytes {
        let (me, clock) = self.at;
        let inside = (me, clock + chance.within(0, 8) as u32);
        let parts = [
            part(At::Root("text"), What::Text("😀a😀😀")),
            part(if chance.one_in(2) { At::After(inside) } else { At::Before(inside) }, What::Text("x")),
        ];
        let deletes = (me, clock + chance.within(0, 8) as u32, chance.within(1, 4) as u32);
        let delete = chance.one_in(2);
        update(
            self.at,
            &parts[..chance.within(1, 3) as usize],
            if delete { std::slice::from_ref(&deletes) } else { &[] },
        )
    }

    fn some_clocks(&self, chance: &mut Chance) -> Vec<(u64, u32)> {
        self.clocks.iter().map(|(client, clock)| (*client, chance.within(0, u64::from(*clock) + 2) as u32)).collect()
    }

    /// What an ordinary client in this place would write.
    fn honest(&self, chance: &mut Chance, arena: &Arena) -> Bytes {
        let page = shared::document::new_doc(self.at.0);
        corpus::apply(&page, &arena.encoded());
        if chance.one_in(5) {
            corpus::edit(&page, chance);
            return corpus::everything(&page).into();
        }
        corpus::edit(&page, chance).into()
    }

    /// Structs of another document under the attacker's own id, or several updates in one.
    fn grafted(&self, chance: &mut Chance, arena: &Arena, documents: &[Bytes]) -> Bytes {
        let other = &documents[chance.within(0, documents.len() as u64) as usize];
        let skeleton = Skeleton::read(other, Limits::STORED).expect("a real document");
        let honest = self.honest(chance, arena);
        // Whoever has used up the clocks of their id can't go on honestly.
        let Ok(mine) = Skeleton::read(&honest, Limits::STORED) else { return honest };
        let mut out = Vec::new();
        let mut sections: Vec<(u64, u32, Vec<&[u8]>)> = Vec::new();
        for (bytes, section) in
            skeleton.sections.iter().map(|s| (other, s)).chain(mine.sections.iter().map(|s| (&honest, s)))
        {
            let client = if chance.one_in(3) { section.client } else { HERS[chance.within(0, 4) as usize] };
            let start = self.clocks.iter().find(|(known, _)| *known == client).map_or(0, |(_, clock)| *clock);
            let mut parts: Vec<&[u8]> = section.structs.iter().map(|part| &bytes[part.bytes()]).collect();
            match chance.within(0, 5) {
                0 => parts.reverse(),
                1 => parts.truncate(chance.within(1, parts.len() as u64 + 1) as usize),
                2 => drop(parts.drain(..chance.within(0, parts.len() as u64) as usize)),
                3 => parts.push(parts[0]),
                _ => {}
            }
            sections.push((client, if chance.one_in(3) { section.start() } else { start }, parts));
        }
        if chance.one_in(4) {
            sections.reverse();
        }
        write_uint(&mut out, sections.len() as u64);
        for (client, clock, parts) in sections {
            write_uint(&mut out, parts.len() as u64);
            write_uint(&mut out, client);
            write_uint(&mut out, u64::from(clock));
            parts.into_iter().for_each(|part| out.extend_from_slice(part));
        }
        out.push(0);
        out.into()
    }
}

fn sections(many: u64) -> Bytes {
    let mut out = Vec::new();
    write_uint(&mut out, many);
    for client in 0..many {
        write_uint(&mut out, 0);
        write_uint(&mut out, client);
        write_uint(&mut out, 0);
    }
    out.push(0);
    out.into()
}

fn raw_section(chance: &mut Chance, client: u64) -> Bytes {
    update((client, 0), &[part(At::Root("text"), What::Text(TEXTS[chance.within(0, 5) as usize]))], &[])
}

fn state_vector(entries: &[(u64, u32)]) -> Bytes {
    let mut out = Vec::new();
    write_uint(&mut out, entries.len() as u64);
    for (client, clock) in entries {
        write_uint(&mut out, *client);
        write_uint(&mut out, u64::from(*clock));
    }
    out.into()
}

/// A few bytes that promise a lot.
fn declared(chance: &mut Chance) -> Vec<Bytes> {
    let mut bytes = Vec::new();
    write_uint(&mut bytes, EXTREMES[chance.within(2, 12) as usize]);
    let small: Bytes = bytes.into();
    let mut maps = vec![1, 1, 1, 0, 8, 1, 4];
    maps.extend(b"text");
    maps.push(1);
    for _ in 0..chance.within(1, 30) {
        maps.extend([118, 0xff, 0xff, 0xff, 0x7f, 1, b'a']);
    }
    vec![
        Message::Step1(small.clone()).encode(),
        Message::Update(small.clone()).encode(),
        Message::Step2(small.clone()).encode(),
        Message::Awareness(small).encode(),
        Message::Update(maps.into()).encode(),
    ]
}

fn presence(chance: &mut Chance, target: &Target) -> Vec<Bytes> {
    let mut entries = Vec::new();
    let many = amount(chance, 200_000);
    write_uint(&mut entries, many);
    for n in 0..many {
        let client = match chance.within(0, 3) {
            0 => ANN,
            1 => target.at.0,
            _ => n,
        };
        write_uint(&mut entries, client);
        write_uint(&mut entries, EXTREMES[chance.within(0, 10) as usize]);
        write_string(&mut entries, if chance.one_in(2) { "null" } else { r#"{"cursor":{"anchor":[]},"user":1}"# });
    }
    let mut frame = vec![1];
    write_bytes(&mut frame, &entries);
    vec![frame.into(), Bytes::from_static(&[3])]
}

/// Bytes flipped, taken out, doubled, moved; numbers made extreme.
fn spoilt(honest: &Bytes, extremes: &[u64], chance: &mut Chance) -> Bytes {
    let mut bytes = honest.to_vec();
    for _ in 0..chance.within(1, 4) {
        if bytes.is_empty() {
            break;
        }
        let at = chance.within(0, bytes.len() as u64) as usize;
        let to = (at + chance.within(1, 9) as usize).min(bytes.len());
        if !extremes.is_empty() {
            let mut number = Vec::new();
            write_uint(&mut number, extremes[chance.within(0, extremes.len() as u64) as usize]);
            bytes.splice(at..at + 1, number);
            continue;
        }
        match chance.within(0, 6) {
            0 => bytes[at] ^= 1 << chance.within(0, 8),
            1 => bytes[at] = chance.next() as u8,
            2 => drop(bytes.drain(at..to)),
            3 => {
                let again = bytes[at..to].to_vec();
                bytes.splice(at..at, again);
            }
            4 => bytes[at] = bytes[at].wrapping_add(1),
            _ => bytes.rotate_left(at),
        }
    }
    bytes.into()
}
