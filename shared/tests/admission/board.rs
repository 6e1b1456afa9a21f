//! E16: on a board lie entries, and nothing else.

use bytes::Bytes;
use shared::board::coding::{EntryError, MAX_ENTRY, write_element, write_place};
use shared::board::{Background, Board, Body, Colour, Edit, Element, ElementId, Form, Key, PageId, Place};
use shared::sync::admit::{Carrier, Owner, Refusal, Unfit, admit};
use shared::wire::lib0::write_bytes;

use super::Ground;
use super::raw::{At, What, part, update};

fn body() -> Body {
    Body::Shape { form: Form::Ellipse, colour: Colour::Blue, width: 2.0, size: (40.0, 30.0) }
}

fn elements(numbers: std::ops::Range<u64>) -> Vec<Element> {
    let at = |number: u64| Place::at(number as f32, 0.0, number as u32);
    numbers.map(|number| Element::new(ElementId::new(number), PageId::FIRST, at(number), body())).collect()
}

fn key(number: u64) -> String {
    Key::Element(ElementId::new(number)).to_string()
}

/// One lib0 value: bytes.
fn bytes(of: &[u8]) -> What<'static> {
    let mut value = vec![116];
    write_bytes(&mut value, of);
    What::Values(1, value)
}

fn entry() -> Vec<u8> {
    write_element(PageId::FIRST, &Place::at(0.0, 0.0, 1), &body())
}

fn refused(parts: &[Vec<u8>]) -> Refusal {
    Ground::new().judge(&update((7, 0), parts, &[])).expect_err("it is no entry")
}

#[test]
fn e16_what_a_board_writes_passes_also_anew_and_when_two_move_the_same() {
    let (mut ann, mut bob) = (Board::open(1), Board::open(2));
    let mut ground = Ground::new();
    let mut pass = |edit: Edit| {
        let update: Bytes = edit.update.into();
        assert_eq!(ground.judge(&update), Ok(()));
        update
    };
    let drawn = pass(ann.put(&elements(0..1_000)));
    bob.apply(&drawn).unwrap();
    let to = |y: f32| -> Vec<_> { (0..1_000).map(|n| (ElementId::new(n), Place::at(n as f32, y, n as u32))).collect() };
    let theirs = bob.place(&to(50.0));
    pass(ann.place(&to(100.0)));
    ann.apply(&pass(theirs)).unwrap();
    // Moved again, erased, taken back.
    pass(ann.place(&to(200.0)));
    pass(ann.remove(&[ElementId::new(1), ElementId::new(2)]));
    pass(ann.undo().unwrap());
    pass(ann.add_page(PageId::new(9), Some(PageId::FIRST), &Background::Grid));

    let mut again = Ground::new();
    again.inventory.take_stored(&ann.snapshot()).unwrap();
    bob.apply(&ann.snapshot()).unwrap();
    let update: Bytes = bob.put(&elements(2_000..2_100)).update.into();
    assert!(admit(&update, Carrier::Update, &again.inventory, |_| Owner::Sender).is_ok());
}

#[test]
fn e14_e16_a_full_board_costs_the_next_stroke_nothing() {
    let mut ground = Ground::new();
    let mut ann = Board::open(1);
    for part in 0..20 {
        let update: Bytes = ann.put(&elements(part * 1_000..(part + 1) * 1_000)).update.into();
        assert_eq!(ground.judge(&update), Ok(()));
    }
    let whole: Bytes = ann.put(&elements(20_000..21_000)).update.into();
    assert_eq!(ground.judge(&whole), Ok(()));
}

#[test]
fn e14_e16_whoever_writes_one_key_again_and_again_is_refused() {
    let parts: Vec<_> = (0..3_000).map(|_| part(At::RootKey("board", "eAAAAAAAAAAB"), bytes(&entry()))).collect();
    assert_eq!(refused(&parts), Refusal::TooCostly);
}

#[test]
fn e16_what_is_no_entry_is_refused() {
    let at = key(5);
    let under = |key: &'static str| part(At::RootKey("board", key), bytes(&entry()));
    let placed = || part(At::RootKey("board", &at), bytes(&entry()));
    assert_eq!(Ground::new().judge(&update((7, 0), &[placed()], &[])), Ok(()));
    for name in ["title", "e", "eAAAAAAAAAAAA", "href", "xAAAAAAAAAAB"] {
        assert!(matches!(refused(&[under(name)]), Refusal::Unfit(Unfit::Name | Unfit::Kind)), "{name}");
    }
    let giant = part(At::RootKey("board", &at), bytes(&vec![2; MAX_ENTRY + 1]));
    assert_eq!(refused(&[giant]), Refusal::Unfit(Unfit::Entry(EntryError::TooLarge(MAX_ENTRY + 1))));
    let place = write_place(&Place::at(0.0, 0.0, 1));
    let wrong = part(At::RootKey("board", &at), bytes(&place));
    assert_eq!(refused(&[wrong]), Refusal::Unfit(Unfit::Entry(EntryError::Class)));
    // The key's class holds also for what only names its predecessor.
    let over = part(At::After((7, 0)), bytes(&place));
    assert_eq!(refused(&[placed(), over]), Refusal::Unfit(Unfit::Entry(EntryError::Class)));
    let again = part(At::After((7, 0)), bytes(&entry()));
    assert_eq!(Ground::new().judge(&update((7, 0), &[placed(), again], &[])), Ok(()));
    for (what, name) in [
        (What::Array, "a list"),
        (What::Words, "a text"),
        (What::Text("x"), "letters"),
        (What::Binary(40), "other bytes"),
        (What::Values(2, [bytes_of(&entry()), bytes_of(&entry())].concat()), "two values"),
    ] {
        let refusal = refused(&[part(At::RootKey("board", &at), what)]);
        assert!(matches!(refusal, Refusal::Unfit(Unfit::Kind | Unfit::Entry(_))), "{name}: {refusal:?}");
    }
    assert_eq!(refused(&[part(At::Root("board"), bytes(&entry()))]), Refusal::Unfit(Unfit::Kind), "beside the keys");
}

fn bytes_of(entry: &[u8]) -> Vec<u8> {
    let What::Values(_, value) = bytes(entry) else { unreachable!("it is values") };
    value
}
