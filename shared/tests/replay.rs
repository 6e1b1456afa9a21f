//! What happened can be played back from any moment, while it is still coming, and is small.

use shared::board::{Board, Body, Colour, Element, ElementId, PageId, Place, Point, Stroke, StrokeTool};
use shared::replay::{Player, Recorder, Recording, ReplayError};
use shared::words::{UnixMillis, UserId};

fn person(name: &str) -> UserId {
    name.parse().expect("an id")
}

/// A stroke of handwriting, each a little different.
fn stroke(number: u64) -> Body {
    let point = |step: u64| Point {
        x: (step * 5 + step * step * number % 7) as f32,
        y: (step * number % 13) as f32 - step as f32 * 1.5,
        pressure: 0.4 + (step % 5) as f32 * 0.05,
    };
    Body::Stroke(Stroke {
        tool: StrokeTool::Pen,
        colour: Colour::Ink,
        width: 3.0,
        points: (0..24).map(point).collect(),
        millis: 700,
    })
}

/// So many strokes by three people, one every half second; with what each of them added.
fn session(strokes: u64) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut board = Board::open(1);
    let (mut recorder, mut updates, mut recorded) = (Recorder::default(), Vec::new(), Vec::new());
    let people = ["chen", "lin", "zhou"].map(person);
    for number in 0..strokes {
        let place = Place::at((number % 40 * 30) as f32, (number / 40 * 30) as f32, number as u32);
        let element = Element::new(ElementId::new(number), PageId::FIRST, place, stroke(number));
        let update = board.put(&[element]).update;
        let at = UnixMillis(1_763_900_000_000 + number as i64 * 500);
        recorder.push(at, &people[number as usize % 3], &update);
        recorded.extend(recorder.take());
        updates.push(update);
    }
    recorded.extend(recorder.finish());
    (recorded, updates)
}

#[test]
fn it_reads_back_wherever_it_is_cut() {
    let (recorded, updates) = session(500);
    for step in [1, 7, 1_000, recorded.len()] {
        let mut recording = Recording::default();
        recorded.chunks(step).for_each(|bytes| recording.take(bytes).unwrap());
        assert_eq!(recording.begun(), Some(UnixMillis(1_763_900_000_000)));
        assert_eq!(recording.authors(), ["chen", "lin", "zhou"].map(person));
        assert_eq!(recording.length(), 499 * 500);
        assert!(recording.entries().iter().map(|entry| &entry.update[..]).eq(updates.iter().map(|it| &it[..])));
        assert_eq!(recording.entries()[4].author, 1);
        assert_eq!(recording.density(0..=recording.length(), 5), [100; 5]);
    }
}

#[test]
fn every_moment_is_as_it_was_also_going_back() {
    let (recorded, updates) = session(2_500);
    let mut recording = Recording::default();
    recording.take(&recorded).unwrap();
    let (mut player, mut stage) = (Player::default(), Board::open(9));
    // To the end, back, on, to the very beginning, before anything, and again.
    for shown in [2_500, 1_200, 1_201, 999, 2_001, 1, 0, 2_500] {
        let at = if shown == 0 { None } else { Some((shown as u64 - 1) * 500) };
        // Nothing is before the first update; one that is shown alone is it.
        player.go(&recording, at.unwrap_or(0), &mut stage);
        let shown = shown.max(1);
        assert_eq!(player.shown(), shown);
        let mut expected = Board::open(8);
        updates[..shown].iter().for_each(|update| drop(expected.apply(update).unwrap()));
        assert!(stage.elements().eq(expected.elements()), "after {shown}");
    }
}

#[test]
fn it_plays_as_far_as_it_has_come() {
    let (recorded, _) = session(2_000);
    let mut recording = Recording::default();
    let (mut player, mut stage) = (Player::default(), Board::open(9));
    recording.take(&recorded[..recorded.len() / 2]).unwrap();
    let half = recording.entries().len();
    assert!((500..1_800).contains(&half), "{half}");
    player.go(&recording, u64::MAX, &mut stage);
    assert_eq!(player.shown(), half);
    recording.take(&recorded[recorded.len() / 2..]).unwrap();
    player.go(&recording, u64::MAX, &mut stage);
    assert_eq!((player.shown(), stage.elements().count()), (2_000, 2_000));
}

#[test]
fn forty_minutes_of_three_pens_take_less_than_a_megabyte() {
    // A stroke every half second.
    let (recorded, _) = session(40 * 60 * 2);
    assert!(recorded.len() < 1_000_000, "{} bytes", recorded.len());
}

#[test]
fn a_clock_that_was_set_back_does_not_end_it() {
    let mut recorder = Recorder::default();
    let mut board = Board::open(1);
    for (number, at) in [(0, 5_000), (1, 1_000), (2, 6_000)] {
        let element = Element::new(ElementId::new(number), PageId::FIRST, Place::at(0.0, 0.0, 1), stroke(number));
        recorder.push(UnixMillis(at), &person("chen"), &board.put(&[element]).update);
    }
    let mut recording = Recording::default();
    recording.take(&recorder.finish()).unwrap();
    assert_eq!(recording.entries().iter().map(|entry| entry.at).collect::<Vec<_>>(), [0, 0, 1_000]);
}

#[test]
fn what_is_no_recording_is_refused() {
    let (recorded, _) = session(3);
    let mut recording = Recording::default();
    assert_eq!(recording.take(b"\x03\0\0\0\xff\xff\xff"), Err(ReplayError::Deflate));
    for len in 0..recorded.len() {
        let mut cut = Recording::default();
        assert_eq!(cut.take(&recorded[..len]), Ok(()), "the rest is on its way");
        assert!(cut.entries().is_empty());
    }
    assert_eq!((recording.length(), recording.density(0..=0, 3)), (0, vec![0; 3]));
}
