//! What the fuzz targets try, on inputs they begin with and on those that once did harm. `cargo xtask fuzz` goes on from
//! there, with an eye on what the code does.

#[allow(dead_code, reason = "the hostile test uses the rest of it")]
#[path = "../hostile/arena.rs"]
mod arena;
#[path = "../hostile/attack.rs"]
mod attack;
#[allow(dead_code, reason = "the simulation uses the rest of it")]
#[path = "../simulation/chance.rs"]
mod chance;
#[path = "../hostile/corpus.rs"]
mod corpus;
mod harness;
#[allow(dead_code, reason = "the admission test uses the rest of it")]
#[path = "../admission/raw.rs"]
mod raw;
#[allow(dead_code, reason = "the differential test uses the rest of it")]
#[path = "../document_support/said.rs"]
mod said;

use harness::{TARGETS, seed};

/// Inputs that a target stumbled over: its name, the bytes in hexadecimal digits.
const KEPT: [(&str, &str); 0] = [];

#[test]
fn e7_e9_inputs_to_begin_with_do_no_harm() {
    for (name, target) in TARGETS {
        (0..100).for_each(|number| target(&seed(name, number)));
    }
}

#[test]
fn w6_bytes_at_random_do_no_harm() {
    let mut chance = chance::Chance::new(1);
    for _ in 0..500 {
        let data: Vec<u8> = (0..chance.within(0, 60)).map(|_| chance.next() as u8).collect();
        TARGETS.iter().for_each(|(_, target)| target(&data));
    }
}

#[test]
fn what_did_harm_once_does_not_again() {
    for (name, digits) in KEPT {
        let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target's name");
        let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("digits"));
        let data: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal digits")).collect();
        target(&data);
    }
}
