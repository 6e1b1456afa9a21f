//! P: who is here, as their account says.

use bytes::Bytes;
use shared::sync::room::{ParticipantId, RoomInput};
use shared::wire::{Message, presence_entries};

use crate::scene::Scene;

#[test]
fn p1_p2_one_entry_a_socket_and_the_person_as_their_account_says() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.join_stock(2, "bob");
    scene.join(3, "cai");
    scene.heard(3);
    scene.presence(1, 1001, 1, r#"{"cursor":{"anchor":{"tname":"content"}},"user":{"name":"Bob"},"x":1}"#);
    // Bob's stock client repeats Ann's entry beside its own, then tries another.
    scene.presence_all(2, &[(1001, 9, "null"), (55, 1, r#"{"cursor":5}"#)]);
    scene.presence(2, 56, 1, "{}");
    scene.wait(1_000);
    let seen = scene.entries(3);
    let bob = r##"{"cursor":null,"user":{"id":"bob","name":"bob","color":"#8a5a00","tone":3,"school":"北关小学","seal":"北","lead":false}}"##;
    assert_eq!(seen.iter().map(|(client, _, _)| *client).collect::<Vec<_>>(), [1001, 55]);
    assert!(seen[0].2.starts_with(r#"{"cursor":{"anchor":{"tname":"content"}},"user":{"id":"ann""#), "{seen:?}");
    assert!(!seen[0].2.contains("\"x\"") && !seen[0].2.contains("Bob"), "P2: {seen:?}");
    assert_eq!(seen[1].2, bob);
    let large = format!(r#"{{"cursor":{{"anchor":"{}"}}}}"#, "x".repeat(4096));
    scene.presence(1, 1001, 2, &large);
    scene.wait(1_000);
    assert_eq!(scene.entries(3), [], "W5: over 4 KiB is no entry");
}

#[test]
fn p3_many_movements_make_few_frames() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.heard(2);
    for clock in 0..100 {
        scene.presence(1, 1001, clock, &format!(r#"{{"cursor":{{"anchor":{clock}}}}}"#));
        scene.wait(10);
    }
    let entries = scene.entries(2);
    assert!((9..=11).contains(&entries.len()), "{}", entries.len());
    assert!(entries.last().unwrap().2.contains(r#""anchor":99"#), "the last one arrives");
}

#[test]
fn p8_what_one_person_says_on_many_sockets_is_told_bit_by_bit_and_at_last_all_of_it() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    for socket in 10..40 {
        scene.join(socket, "bob");
    }
    scene.heard(1);
    let large = |round: u32| format!(r#"{{"cursor":{{"anchor":"{round:04000}"}}}}"#);
    for round in 0..50 {
        for socket in 10..40_u32 {
            scene.presence(socket.into(), 2_000 + u64::from(socket), round, &large(round));
        }
        scene.wait(100);
    }
    let told: usize = scene.entries(1).iter().map(|(_, _, state)| state.len()).sum();
    assert!((8_000..40_000).contains(&told), "{told} bytes in five seconds");
    scene.wait(29_000);
    let last = scene.entries(1);
    assert!(last.iter().any(|(_, _, state)| state.contains(&format!("{:04000}", 49))), "the newest arrives");
}

#[test]
fn p4_p5_who_leaves_or_falls_silent_is_gone_and_clocks_only_grow() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.heard(2);
    scene.presence(1, 1001, u32::MAX, "{}");
    scene.wait(31_000);
    scene.join(3, "ann");
    scene.presence(3, 1001, 0, "{}");
    scene.wait(1_000);
    scene.input(RoomInput::Leave { who: ParticipantId(3) });
    scene.wait(1_000);
    let entries = scene.entries(2);
    let states: Vec<_> = entries.iter().map(|(_, _, state)| state != "null").collect();
    assert_eq!(states, [true, false, true, false]);
    assert!(entries.windows(2).all(|pair| pair[0].1 < pair[1].1), "P5: {entries:?}");
}

#[test]
fn p6_a_stock_client_gets_no_own_entry_and_is_not_left_in_silence() {
    let mut scene = Scene::new();
    scene.join_stock(1, "ann");
    scene.heard(1);
    scene.presence(1, 55, 1, "{}");
    scene.wait(1_000);
    assert_eq!(scene.heard(1), []);
    scene.wait(25_000);
    assert_eq!(scene.heard(1), [Message::Awareness(Bytes::from_static(&[0]))]);
}

#[test]
fn presence_entries_that_claim_too_much_are_refused_before_they_are_read() {
    assert!(presence_entries(&[0xff, 0xff, 0xff, 0x7f]).is_err());
}
