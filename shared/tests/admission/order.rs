//! Whatever neighbours structs name: what is admitted stands in one order, live and after a reload.

use bytes::Bytes;
use shared::sync::admit::{Refusal, Unfit};
use yrs::{ClientID, ReadTxn, Transact};

use super::Ground;
use super::chance::Chance;
use super::raw::{At, Id, What, part, update};

const CLIENTS: [u64; 4] = [1, 2, 3, 70_000];
const HISTORIES: u64 = 2_000;
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

/// A few letters anywhere, of a client from its clock on or from one before.
fn attempt(ground: &Ground, chance: &mut Chance) -> Bytes {
    let clocks: Vec<Id> = {
        let txn = ground.doc.transact();
        let clocks = txn.state_vector();
        CLIENTS.iter().map(|client| (*client, clocks.get(&ClientID::new(*client)))).collect()
    };
    let written: Vec<Id> = clocks.iter().flat_map(|(client, upto)| (0..*upto).map(|clock| (*client, clock))).collect();
    let any = |chance: &mut Chance| written[chance.within(0, written.len() as u64) as usize];
    let (client, upto) = clocks[chance.within(0, CLIENTS.len() as u64) as usize];
    let known = if chance.one_in(3) { chance.within(0, 4).min(upto.into()) } else { 0 };
    let at = match chance.within(0, 8) {
        _ if written.is_empty() => At::Root("text"),
        0 => At::Root("text"),
        1 => At::After(any(chance)),
        2 => At::Before(any(chance)),
        _ => At::Between(any(chance), any(chance)),
    };
    let from = chance.within(0, LETTERS.len() as u64 - 8) as usize;
    let letters = &LETTERS[from..from + (known + chance.within(1, 4)) as usize];
    update((client, upto - known as u32), &[part(at, What::Text(letters))], &[])
}

#[test]
fn e11_what_is_admitted_stands_in_one_order() {
    let mut admitted = 0;
    for seed in 0..HISTORIES {
        let mut chance = Chance::new(seed);
        let mut ground = Ground::new();
        for _ in 0..chance.within(4, 60) {
            match ground.judge(&attempt(&ground, &mut chance)) {
                Ok(()) => admitted += 1,
                Err(Refusal::Unfit(Unfit::Neighbours)) => {}
                Err(other) => panic!("seed {seed}: {other}"),
            }
        }
        assert_eq!(ground.reloaded(), ground.text(), "seed {seed}");
    }
    assert!(admitted > 10 * HISTORIES, "it is neighbours of much that are named");
}
