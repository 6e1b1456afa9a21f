//! What enters a document and what does not (rules E11 to E14, E16), judged as the room judges it.

mod board;
#[allow(dead_code, reason = "the simulation uses the rest of it")]
#[path = "../simulation/chance.rs"]
mod chance;
mod honest;
mod order;
mod raw;

use bytes::Bytes;
use raw::{At, What, part, text_value, update};
use shared::document::new_doc;
use shared::sync::admit::{Carrier, Inventory, MAX_NESTING, Owner, Refusal, Unfit, admit};
use shared::wire::update::{Deleted, UpdateError};
use yrs::updates::decoder::Decode;
use yrs::{Doc, GetString, ReadTxn, StateVector, Transact, Update};

/// A document and what admission knows of it.
struct Ground {
    doc: Doc,
    inventory: Inventory,
}

impl Ground {
    fn new() -> Self {
        Self { doc: new_doc(0), inventory: Inventory::default() }
    }

    /// Judges it as the sender's own; what is admitted is applied.
    fn judge(&mut self, update: &Bytes) -> Result<(), Refusal> {
        self.judge_as(Carrier::Update, update)
    }

    fn judge_as(&mut self, carrier: Carrier, update: &Bytes) -> Result<(), Refusal> {
        let admitted = admit(update, carrier, &self.inventory, |_| Owner::Sender)?;
        let mut txn = self.doc.transact_mut();
        let decoded = Update::decode_v1(&admitted.update).expect("what is admitted can be read");
        txn.apply_update(decoded).expect("what is admitted fits");
        assert!(!txn.has_missing_updates());
        self.inventory.take(admitted.additions);
        for (client, ranges) in txn.delete_set().iter() {
            for range in ranges.iter() {
                let len = range.end - range.start;
                self.inventory.take_deleted(Deleted { client: client.get(), clock: range.start, len });
            }
        }
        Ok(())
    }

    /// The root `text` as it reads.
    fn text(&self) -> String {
        let text = self.doc.get_or_insert_text("text");
        text.get_string(&self.doc.transact())
    }

    /// The same, opened anew.
    fn reloaded(&self) -> String {
        let whole = self.doc.transact().encode_diff_v1(&StateVector::default());
        let again = Self::new();
        again.doc.transact_mut().apply_update(Update::decode_v1(&whole).expect("yrs wrote it")).expect("and takes it");
        again.text()
    }

    /// Client 7 has written 备😀课 into a paragraph: clocks 0 the paragraph, 1 a text in it, 2 to 5 the words;
    /// 6 is its attribute `href`, 7 and 8 are letters of the root `text`.
    fn lived_in() -> Self {
        let mut ground = Self::new();
        let parts = [
            part(At::Root("content"), What::Element("paragraph")),
            part(At::In((7, 0)), What::Words),
            part(At::In((7, 1)), What::Text("备😀课")),
            part(At::Key((7, 0), "href"), text_value("https://a.example")),
            part(At::Root("text"), What::Text("ab")),
        ];
        ground.judge(&update((7, 0), &parts, &[])).expect("an ordinary document");
        ground
    }
}

#[test]
fn e11_e12_what_no_document_holds_is_refused_with_its_reason() {
    let long = "x".repeat((64 << 10) + 1);
    let many = format!("[{}0]", "0,".repeat(1_000));
    let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
    let nulls = What::Values(1_001, vec![126; 1_001]);
    let value = Unfit::Value;
    let cases: [(&str, At<'_>, What<'_>, Unfit); 30] = [
        ("another root", At::Root("list"), What::Text("a"), Unfit::Root),
        ("a root of a newer kind", At::RootKey("meta", "k"), text_value("a"), Unfit::Root),
        ("a tag of nothing", At::Root("content"), What::Element(""), Unfit::Name),
        ("a tag with markup", At::Root("content"), What::Element("p onclick"), Unfit::Name),
        ("a key with a quote", At::Key((7, 0), "a\""), text_value("a"), Unfit::Name),
        ("a key of JavaScript's", At::Key((7, 0), "__proto__"), text_value("a"), Unfit::Name),
        ("a mark with a blank", At::In((7, 1)), What::Format("a b", "{}"), Unfit::Name),
        ("a value too long", At::Key((7, 0), "a"), text_value(&long), Unfit::Size),
        ("bytes too long", At::Key((7, 0), "a"), What::Binary(long.len()), Unfit::Size),
        ("a mark too long", At::In((7, 1)), What::Format("a", &long), Unfit::Size),
        ("too many values", At::Root("content"), nulls, value(UpdateError::Values)),
        ("too many values in JSON", At::In((7, 1)), What::Embed(&many), value(UpdateError::Values)),
        ("JSON nested 33 deep", At::In((7, 1)), What::Format("a", &deep), value(UpdateError::Depth)),
        ("no JSON", At::In((7, 1)), What::Format("a", "{"), value(UpdateError::Json)),
        ("JSON and more", At::In((7, 1)), What::Embed("{}{}"), value(UpdateError::Json)),
        ("an address that runs", At::Key((7, 0), "src"), text_value("javascript:a"), Unfit::Address),
        ("the next address", At::After((7, 6)), text_value("javascript:a"), Unfit::Address),
        ("a link that runs", At::In((7, 1)), What::Format("link", r#"{"href":"javascript:a"}"#), Unfit::Address),
        (
            "a link that hides it",
            At::In((7, 1)),
            What::Format("link", r#"{"hre\u0066":"java\u0000script:a"}"#),
            Unfit::Address,
        ),
        ("a parent that is a letter", At::In((7, 2)), What::Text("a"), Unfit::Parent),
        ("a parent that is a value", At::In((7, 6)), What::Text("a"), Unfit::Parent),
        ("neighbours of two lists", At::Between((7, 2), (7, 7)), What::Text("a"), Unfit::Neighbours),
        ("a value with a right neighbour", At::Before((7, 6)), text_value("a"), Unfit::Neighbours),
        ("several values under one key", At::Key((7, 0), "k"), What::Values(2, vec![126, 126]), Unfit::Kind),
        ("a mark under a key", At::Key((7, 0), "k"), What::Format("bold", "true"), Unfit::Kind),
        ("letters among elements", At::Root("content"), What::Text("😀"), Unfit::Kind),
        ("letters in an element", At::In((7, 0)), What::Text("a"), Unfit::Kind),
        ("values among letters", At::After((7, 7)), What::Values(1, vec![126]), Unfit::Kind),
        ("written into a character", At::After((7, 3)), What::Text("a"), Unfit::HalfCharacter),
        ("written before its second half", At::Before((7, 4)), What::Text("a"), Unfit::HalfCharacter),
    ];
    for (name, at, what, why) in cases {
        let mut ground = Ground::lived_in();
        let refused = ground.judge(&update((8, 0), &[part(at, what)], &[]));
        assert_eq!(refused.err(), Some(Refusal::Unfit(why)), "{name}");
    }
}

#[test]
fn e11_neighbours_that_never_stood_side_by_side_are_refused() {
    // Client 8 has written b after the letter a of client 7, which stands before its b; 9 has seen neither of the two.
    let mut ground = Ground::lived_in();
    ground.judge(&update((8, 0), &[part(At::Between((7, 7), (7, 8)), What::Text("x"))], &[])).expect("between a and b");
    let cases = [
        ("after what it is before", At::Between((8, 0), (7, 7)), false),
        ("after itself", At::Between((8, 0), (8, 0)), false),
        ("as if one's own were not there", At::Between((7, 7), (7, 8)), false),
        ("between what stands there", At::Between((7, 7), (8, 0)), true),
        ("at the end", At::After((7, 8)), true),
    ];
    for (name, at, fits) in cases {
        let judged =
            admit(&update((8, 1), &[part(at, What::Text("y"))], &[]), Carrier::Update, &ground.inventory, |_| {
                Owner::Sender
            });
        let refused = judged.err();
        assert_eq!(refused, (!fits).then_some(Refusal::Unfit(Unfit::Neighbours)), "{name}");
    }
    let unseen = update((9, 0), &[part(At::Between((7, 7), (7, 8)), What::Text("y"))], &[]);
    assert_eq!(ground.judge(&unseen), Ok(()), "whoever has not seen it writes beside it");
    let again = update((9, 1), &[part(At::Between((7, 7), (7, 8)), What::Text("y"))], &[]);
    assert_eq!(
        ground.judge(&again).err(),
        Some(Refusal::Unfit(Unfit::Neighbours)),
        "but has seen what it wrote itself"
    );
}

/// yrs takes the part that is new, after the last known unit and before the neighbour that the whole names.
#[test]
fn e11_what_is_known_in_part_has_the_neighbours_of_its_rest() {
    // Client 8 has written wxyz between the letters a and b of client 7.
    let lived_in = || {
        let mut ground = Ground::lived_in();
        let known = part(At::Between((7, 7), (7, 8)), What::Text("wxyz"));
        ground.judge(&update((8, 0), &[known], &[])).expect("between a and b");
        ground
    };
    let cases = [
        ("it went on writing", (8, 0), At::Between((7, 7), (7, 8)), true),
        ("the same, told from a unit on", (8, 2), At::Between((8, 1), (7, 8)), true),
        ("at the end of all", (8, 2), At::After((8, 1)), true),
        ("before a letter of its known part", (8, 2), At::Between((8, 1), (8, 2)), false),
        ("before what the known part stands after", (8, 2), At::Between((8, 1), (7, 7)), false),
    ];
    for (name, from, at, fits) in cases {
        let mut ground = lived_in();
        let letters = ["w", "x", "y", "z", "!"][from.1 as usize..].concat();
        let judged = ground.judge(&update(from, &[part(at, What::Text(&letters))], &[]));
        assert_eq!(judged.err(), (!fits).then_some(Refusal::Unfit(Unfit::Neighbours)), "{name}");
        assert_eq!(ground.reloaded(), ground.text(), "{name}");
    }
}

#[test]
fn e11_half_a_character_is_not_deleted() {
    for (clock, len, fits) in [(3, 1, false), (4, 1, false), (2, 2, false), (4, 2, false), (3, 2, true), (2, 4, true)] {
        let judged = Ground::lived_in().judge(&update((8, 0), &[], &[(7, clock, len)]));
        let expected = if fits { None } else { Some(Refusal::Unfit(Unfit::HalfCharacter)) };
        assert_eq!(judged.err(), expected, "{clock} {len}");
    }
    // Nor does a struct begin within one that is known in part.
    let again = part(At::In((7, 1)), What::Text("备课😀"));
    let mut ground = Ground::new();
    let parts = [part(At::Root("content"), What::Words), part(At::After((7, 0)), What::Words)];
    ground.judge(&update((7, 0), &parts, &[])).expect("two lists");
    ground.judge(&update((7, 2), &[part(At::In((7, 1)), What::Text("备课a"))], &[])).expect("three letters");
    assert_eq!(ground.judge(&update((7, 2), &[again], &[])).err(), Some(Refusal::Unfit(Unfit::HalfCharacter)));
    let elsewhere = part(At::In((7, 0)), What::Text("备课abc"));
    assert_eq!(ground.judge(&update((7, 2), &[elsewhere], &[])).err(), Some(Refusal::Unfit(Unfit::Neighbours)));
    let goes_on = part(At::In((7, 1)), What::Text("备课abc"));
    assert_eq!(ground.judge(&update((7, 2), &[goes_on], &[])), Ok(()), "a difference may begin with what is known");
}

#[test]
fn e12_what_we_do_not_know_but_could_be_passes() {
    let cases: [(&str, At<'_>, What<'_>); 8] = [
        ("an element of a newer version", At::Root("content"), What::Element("math-block")),
        ("an attribute of another editor", At::Key((7, 0), "data-id"), text_value("javascript:only text")),
        ("a mark that overlaps", At::In((7, 1)), What::Format("comment--kE3/x+a=", r#"{"id":[1,{"a":null}]}"#)),
        ("the end of a mark", At::After((7, 5)), What::Format("link", "null")),
        ("an embedded object", At::Between((7, 2), (7, 3)), What::Embed(r#"{"image":"x"}"#)),
        ("a picture in an address", At::Key((7, 0), "src"), text_value("data:image/png;base64,AAAA")),
        ("what is deleted already", At::After((7, 5)), What::Deleted(3)),
        ("what is collected already", At::Root("content"), What::Gone(9)),
    ];
    for (name, at, what) in cases {
        assert_eq!(Ground::lived_in().judge(&update((8, 0), &[part(at, what)], &[])), Ok(()), "{name}");
    }
}

#[test]
fn e12_an_element_has_so_many_attributes() {
    let mut ground = Ground::lived_in();
    let key = |n: u32| part(At::Key((7, 0), &format!("k{n}")), text_value("v"));
    for from in [0, 333, 666] {
        let parts: Vec<_> = (from..from + 333).map(key).collect();
        assert_eq!(ground.judge(&update((8, from), &parts, &[])), Ok(()));
    }
    assert_eq!(ground.judge(&update((9, 0), &[key(999)], &[])).err(), Some(Refusal::Unfit(Unfit::Attributes)));
    let again = part(At::After((8, 5)), text_value("w"));
    assert_eq!(ground.judge(&update((8, 999), &[again], &[])), Ok(()), "a new value of an old key is no new key");
}

#[test]
fn e13_depth_counts_over_updates_and_after_a_reload() {
    for kind in [What::Element("blockquote"), What::Array] {
        let mut ground = Ground::new();
        let first = part(At::Root("content"), kind.clone());
        ground.judge(&update((7, 0), &[first], &[])).expect("the first");
        for depth in 1..u32::from(MAX_NESTING) {
            let inside = part(At::In((7, depth - 1)), kind.clone());
            assert_eq!(ground.judge(&update((7, depth), &[inside], &[])), Ok(()), "{depth}");
        }
        let last = u32::from(MAX_NESTING);
        let too_deep = update((7, last), &[part(At::In((7, last - 1)), kind)], &[]);
        let refused = Some(Refusal::Unfit(Unfit::Nesting));
        assert_eq!(ground.judge(&too_deep).err(), refused);
        ground.reload();
        assert_eq!(ground.judge(&too_deep).err(), refused);
        let value = part(At::Key((7, last - 1), "k"), text_value("v"));
        assert_eq!(ground.judge(&update((7, last), &[value], &[])), Ok(()), "a value is no list");
    }
}

impl Ground {
    /// The same, read from what a snapshot would hold.
    fn reload(&mut self) {
        let stored = self.doc.transact().encode_diff_v1(&StateVector::default());
        *self = Self::new();
        self.inventory.take_stored(&stored).expect("what yrs wrote");
        self.doc.transact_mut().apply_update(Update::decode_v1(&stored).expect("yrs wrote it")).expect("and reads it");
    }
}

#[test]
fn e14_what_would_have_to_be_searched_for_a_place_is_bounded() {
    let mut ground = Ground::new();
    // Each of 1,500 clients wrote one letter into what it took for an empty text.
    for client in 1..=1_500 {
        let parts = [part(At::Root("text"), What::Text("a"))];
        ground.judge(&update((client, 0), &parts, &[])).expect("one letter at a time");
    }
    // Each as if it had seen only the letters from one of them on.
    let letters: Vec<_> = (2..1_002).map(|client| part(At::Before((client, 0)), What::Text("a"))).collect();
    for reload in [false, true] {
        if reload {
            ground.reload();
        }
        assert_eq!(ground.judge(&update((9_000, 0), &letters, &[])).err(), Some(Refusal::TooCostly));
        assert_eq!(ground.judge(&update((9_000, 0), &letters[..50], &[])).err(), None);
        let typed: Vec<_> = (0..1_000).map(|clock| part(At::After((9_000, 49 + clock)), What::Text("a"))).collect();
        assert_eq!(ground.judge(&update((9_000, 50), &typed, &[])), Ok(()), "one after another costs nothing");
        ground = Ground::new();
        for client in 1..=1_500 {
            ground.judge(&update((client, 0), &[part(At::Root("text"), What::Text("a"))], &[])).expect("a letter");
        }
    }
}
