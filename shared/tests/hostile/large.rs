//! Frames of about a mebibyte, each made to cost as much as it can.

use bytes::Bytes;
use shared::wire::Message;
use shared::wire::lib0::{write_string, write_uint};

use super::arena::{Arena, HERS};
use super::batch::{Tally, attack};
use super::raw::{At, Id, What, part, update};

type Attack = (&'static str, fn() -> (Vec<Bytes>, Bytes));

/// What is sent before, and the frame that counts.
pub const ATTACKS: [Attack; 13] = [
    ("elements", || (vec![], Message::Update(elements(20_000)).encode())),
    ("elements in a step 2", || (vec![], Message::Step2(elements(70_000)).encode())),
    ("letters apart", || (vec![], Message::Update(letters(20_000)).encode())),
    ("letters apart in a step 2", || (vec![], Message::Step2(letters(150_000)).encode())),
    ("collected structs", || (vec![], Message::Step2(collected(190_000)).encode())),
    ("values", || (vec![], Message::Update(values()).encode())),
    ("maps", || (vec![], Message::Update(maps()).encode())),
    ("marks", || (vec![], Message::Update(marks()).encode())),
    ("every other letter deleted", || (long_text(), Message::Update(every_other_deleted(90_000)).encode())),
    ("every other letter deleted, step 2", || (long_text(), Message::Step2(every_other_deleted(180_000)).encode())),
    ("letters between letters", || (long_text(), Message::Update(between(19_000)).encode())),
    ("a long state vector", || (vec![], Message::Step1(state_vector(65_000)).encode())),
    ("letters in one place", || (vec![], Message::Update(one_place(20_000)).encode())),
];

pub fn run(seed: u64, (name, make): &Attack) -> Tally {
    let mut tally = Tally { attacks: 1, ..Tally::default() };
    let mut arena = Arena::new(Bytes::from_static(&[0, 0]));
    let (before, frame) = make();
    for frame in before {
        assert!(arena.frame(frame).admitted, "{name}: what comes before is ordinary");
    }
    if let Err(harm) = attack(&mut arena, frame, &mut tally) {
        tally.harm.push((seed, format!("large, {name}: {harm}")));
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

/// Each before the one before it, so that they stay apart.
fn letters(many: u32) -> Bytes {
    let next = |n: u32| part(if n == 0 { At::Root("text") } else { At::Before((ME, n - 1)) }, What::Text("a"));
    update(START, &(0..many).map(next).collect::<Vec<_>>(), &[])
}

fn collected(many: usize) -> Bytes {
    update(START, &vec![part(At::Root("text"), What::Gone(1)); many], &[])
}

fn values() -> Bytes {
    let thousand = || What::Values(1_000, vec![126; 1_000]);
    let next = |n: u32| {
        let place = if n == 0 { At::Root("content") } else { At::After((ME, n * 1_000 - 1)) };
        part(place, thousand())
    };
    update(START, &(0..1_000).map(next).collect::<Vec<_>>(), &[])
}

fn maps() -> Bytes {
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
    update(START, &(0..200).map(next).collect::<Vec<_>>(), &[])
}

fn marks() -> Bytes {
    let json = format!("[{}0]", "0,".repeat(990));
    let next = |n: u32| {
        let place = if n == 0 { At::Root("text") } else { At::After((ME, n - 1)) };
        part(place, What::Format("m", &json))
    };
    update(START, &(0..500).map(next).collect::<Vec<_>>(), &[])
}

fn long_text() -> Vec<Bytes> {
    let text = "a".repeat(400_000);
    vec![Message::Update(update(START, &[part(At::Root("text"), What::Text(&text))], &[])).encode()]
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
