//! A board: what is drawn by several people at once is there for all of them, small, and can be taken back.

use std::sync::Arc;

use proptest::prelude::*;
use shared::board::coding::{self, MAX_ENTRY, MAX_POINTS};
use shared::board::glance::{self, MAX_GLANCE, View};
use shared::board::ink::{self, Pen};
use shared::board::live::{self, Live, LiveStrokes, MAX_LIVE, MAX_LIVE_POINTS};
use shared::board::{
    Background, Board, Body, Change, Colour, Element, ElementId, Form, Key, PageId, Place, Point, Rect, Stroke,
    StrokeTool,
};
use shared::sync::Millis;

const EVERYWHERE: Rect = Rect { left: -1e6, top: -1e6, right: 1e6, bottom: 1e6 };

fn stroke(points: Vec<Point>) -> Body {
    Body::Stroke(Stroke { tool: StrokeTool::Pen, colour: Colour::Ink, width: 3.0, points, millis: 900 })
}

/// Two seconds of handwriting at 120 points a second, as a pen reports it.
fn handwriting() -> Vec<Point> {
    let mut pen = Pen::new(1.0);
    let at = |step: u32| {
        let t = f64::from(step) / 240.0 * std::f64::consts::TAU;
        (60.0 * t.cos() as f32 + 8.0 * t as f32, 40.0 * (3.0 * t).sin() as f32)
    };
    for step in 0..240 {
        let (x, y) = at(step);
        pen.go(x, y, Some(0.4 + 0.2 * (step as f32 / 20.0).sin()), f64::from(step) * 8.3);
    }
    let (x, y) = at(239);
    pen.lift(x, y)
}

fn element(number: u64, x: f32, y: f32) -> Element {
    let line = vec![Point { x: 0.0, y: 0.0, pressure: 0.5 }, Point { x: 40.0, y: 10.0, pressure: 0.5 }];
    Element::new(ElementId::new(number), PageId::FIRST, Place::at(x, y, number as u32), stroke(line))
}

fn shown(board: &Board) -> Vec<(ElementId, Place)> {
    board.visible(PageId::FIRST, EVERYWHERE).iter().map(|element| (element.id, element.place)).collect()
}

#[test]
fn an_ordinary_stroke_is_small_and_reads_back() {
    let points = handwriting();
    assert!(points.len() > 20, "it was simplified to {} points", points.len());
    let written = coding::write_element(PageId::FIRST, &Place::at(120.5, -33.25, 7), &stroke(points.clone()));
    assert!(written.len() < 512, "{} bytes for {} points", written.len(), points.len());
    let made = coding::read_element(&written).unwrap();
    assert_eq!(made.place, Place::at(120.5, -33.25, 7));
    let Body::Stroke(read) = made.body else { panic!("a stroke is a stroke") };
    assert_eq!(read.points.len(), points.len());
    for (before, after) in points.iter().zip(&read.points) {
        assert!((before.x - after.x).abs() <= 1.0 / 16.0 && (before.y - after.y).abs() <= 1.0 / 16.0);
        assert!((before.pressure - after.pressure).abs() <= 1.0 / 254.0 + f32::EPSILON);
    }
}

#[test]
fn all_bodies_and_pages_read_back() {
    let picture = ("/api/documents/a1/images/b2".to_owned(), (640.0, 480.5));
    let bodies = [
        Body::Shape { form: Form::Arrow, colour: Colour::Tone(10), width: 2.5, size: (-30.0, 12.0) },
        Body::Text { text: "四分之一\n1/4".to_owned(), colour: Colour::Red, size: 24.0 },
        Body::Note { text: String::new(), colour: Colour::Green, size: (250.0, 128.0) },
        Body::Picture { address: picture.0.clone(), size: picture.1 },
    ];
    for body in bodies {
        let written = coding::write_element(PageId::new(u64::MAX), &Place::at(1.0, 2.0, 0), &body);
        let made = coding::read_element(&written).unwrap();
        assert_eq!((made.page, made.body), (PageId::new(u64::MAX), body));
    }
    let place = Place { scale_x: 0.5, scale_y: 2.0, turn: std::f32::consts::PI, ..Place::at(-8.0, 9.5, 3) };
    let read = coding::read_place(&coding::write_place(&place)).unwrap();
    assert!((read.turn - place.turn).abs() < 0.001);
    assert_eq!(Place { turn: place.turn, ..read }, place);

    let mut board = Board::open(1);
    for background in [Background::Ruled, Background::Grid, Background::Picture { address: picture.0, size: picture.1 }]
    {
        board.set_background(PageId::FIRST, &background);
        assert_eq!(board.pages()[0].background, background);
    }
}

#[test]
fn what_is_no_entry_is_refused() {
    let key = Key::Element(ElementId::new(1));
    let good = coding::write_element(PageId::FIRST, &Place::at(0.0, 0.0, 0), &stroke(handwriting()));
    assert_eq!(coding::check(key, &good), Ok(()));
    assert!(coding::check(Key::Place(ElementId::new(1)), &good).is_err(), "under a key of another class");
    for len in 0..good.len() {
        assert!(coding::check(key, &good[..len]).is_err(), "cut off at {len}");
    }
    assert!(coding::check(key, &[good.as_slice(), &[0]].concat()).is_err(), "with something after it");
    assert!(coding::check(key, &vec![2; MAX_ENTRY + 1]).is_err());
    let point = Point { x: 0.0, y: 0.0, pressure: 0.5 };
    let giant = coding::write_element(PageId::FIRST, &Place::at(0.0, 0.0, 0), &stroke(vec![point; MAX_POINTS + 1]));
    assert!(coding::check(key, &giant).is_err(), "more points than a stroke has");
    // The longest line that a pen draws at once fits, wherever its points lie.
    let mut pen = Pen::new(1.0);
    let mut millis = 0.0;
    while !pen.is_long() {
        pen.go(if (millis as u32).is_multiple_of(2) { 1e6 } else { -1e6 }, millis as f32, None, millis);
        millis += 1.0;
    }
    let far = coding::write_element(PageId::FIRST, &Place::at(0.0, 0.0, 0), &stroke(pen.lift(0.0, 0.0)));
    assert_eq!(coding::check(key, &far), Ok(()), "{} bytes", far.len());
    for address in [
        "https://x.test/a.png",
        "//x.test/a",
        "/api/../secret",
        "/api/a?b",
        "javascript:1",
        "/other/a",
        "/api/account/export",
        "/api/documents/a1/export",
        "/api/documents/a1/images/..",
        "/api/documents//images/b2",
        "/api/items/i1/versions/1/files/0",
    ] {
        let body = Body::Picture { address: address.to_owned(), size: (1.0, 1.0) };
        let written = coding::write_element(PageId::FIRST, &Place::at(0.0, 0.0, 0), &body);
        assert!(coding::check(key, &written).is_err(), "{address}");
    }
}

#[test]
fn two_who_draw_have_both_strokes_in_the_same_order() {
    let (mut ann, mut bob) = (Board::open(1), Board::open(2));
    let from_ann = ann.put(&[element(10, 0.0, 0.0)]);
    let from_bob = bob.put(&[element(11, 5.0, 5.0)]);
    assert_eq!(from_ann.changes, [Change::Put(ElementId::new(10), None)]);
    assert_eq!(ann.apply(&from_bob.update).unwrap(), [Change::Put(ElementId::new(11), None)]);
    bob.apply(&from_ann.update).unwrap();
    assert_eq!(shown(&ann), shown(&bob));
    assert_eq!(shown(&ann).len(), 2);

    // Both move the same stroke: one of the two places holds, the same for both.
    let moved = ann.place(&[(ElementId::new(10), Place::at(100.0, 0.0, 10))]);
    let other = bob.place(&[(ElementId::new(10), Place::at(0.0, 100.0, 10))]);
    ann.apply(&other.update).unwrap();
    bob.apply(&moved.update).unwrap();
    assert_eq!(shown(&ann), shown(&bob));

    // A replica that gets everything at once shows the same.
    let mut late = Board::open(3);
    late.apply(&bob.snapshot()).unwrap();
    assert_eq!(shown(&late), shown(&ann));
    assert!(late.above_all() > 11);
}

#[test]
fn undo_takes_back_ones_own_and_leaves_what_others_changed() {
    let (mut ann, mut bob) = (Board::open(1), Board::open(2));
    let updates = [ann.put(&[element(10, 0.0, 0.0)]), ann.put(&[element(12, 9.0, 0.0)])];
    updates.iter().for_each(|edit| drop(bob.apply(&edit.update).unwrap()));
    let theirs = bob.put(&[element(11, 5.0, 5.0)]);
    ann.apply(&theirs.update).unwrap();
    let moved = ann.place(&[(ElementId::new(12), Place::at(50.0, 0.0, 12))]);
    bob.apply(&moved.update).unwrap();
    let mine = bob.place(&[(ElementId::new(12), Place::at(70.0, 0.0, 12))]);
    ann.apply(&mine.update).unwrap();

    // Bob has moved it since: it stays where he put it.
    assert!(ann.undo().unwrap().update.is_empty());
    assert_eq!(ann.element(ElementId::new(12)).unwrap().place.x, 70.0);
    let gone = ann.undo().unwrap();
    assert!(ann.element(ElementId::new(12)).is_none());
    ann.undo().unwrap();
    assert_eq!(shown(&ann).iter().map(|(id, _)| *id).collect::<Vec<_>>(), [ElementId::new(11)], "Bob's is left");
    assert!(ann.undo().is_none());
    bob.apply(&gone.update).unwrap();
    assert!(bob.element(ElementId::new(12)).is_none());

    let again = ann.redo().unwrap();
    assert!(!again.update.is_empty());
    assert_eq!(ann.element(ElementId::new(10)).unwrap().place, Place::at(0.0, 0.0, 10));
    // A new edit ends what could be done again.
    ann.put(&[element(13, 1.0, 1.0)]);
    assert!(!ann.can_redo());
}

#[test]
fn nothing_that_was_drawn_gets_lost_with_its_page() {
    let (mut ann, mut bob) = (Board::open(1), Board::open(2));
    let second = PageId::new(77);
    let added = ann.add_page(second, Some(PageId::FIRST), &Background::Ruled);
    assert_eq!(added.changes, [Change::Pages]);
    bob.apply(&added.update).unwrap();
    assert_eq!(bob.pages().iter().map(|page| page.id).collect::<Vec<_>>(), [PageId::FIRST, second]);

    let gone = ann.remove_page(second);
    let body = stroke(handwriting());
    let drawn = bob.put(&[Element::new(ElementId::new(5), second, Place::at(0.0, 0.0, 1), body)]);
    ann.apply(&drawn.update).unwrap();
    bob.apply(&gone.update).unwrap();
    for board in [&ann, &bob] {
        assert_eq!(board.pages().len(), 2, "the page with the stroke is shown");
        assert_eq!(board.visible(second, EVERYWHERE).len(), 1);
    }
    assert_eq!(ann.pages(), bob.pages());
    // The first page is always there.
    ann.remove_page(PageId::FIRST);
    assert_eq!(ann.pages()[0].id, PageId::FIRST);
}

#[test]
fn what_is_written_on_a_board_is_read_page_by_page() {
    let mut board = Board::open(1);
    let note = |number: u64, page: PageId, y: f32, text: &str| {
        let body = Body::Note { text: text.to_owned(), colour: Colour::Green, size: (100.0, 80.0) };
        Element::new(ElementId::new(number), page, Place::at(0.0, y, 1), body)
    };
    let second = PageId::new(2);
    board.add_page(second, Some(PageId::FIRST), &Background::Plain);
    board.put(&[
        note(1, second, 0.0, "第二页"),
        note(2, PageId::FIRST, 90.0, " 最后上面：取了几份\n"),
        note(3, PageId::FIRST, 10.0, "先写横线：表示平均分"),
        note(4, PageId::FIRST, 20.0, "  "),
        element(5, 0.0, 0.0),
    ]);
    assert_eq!(shared::board::words(stored(&board).doc()), ["先写横线：表示平均分", "最后上面：取了几份", "第二页"]);
    assert!(shared::board::words(shared::document::Replica::new(9).doc()).is_empty());
}

#[test]
fn elements_are_found_where_they_are_seen() {
    let mut board = Board::open(1);
    let square = Body::Shape { form: Form::Rectangle, colour: Colour::Ink, width: 2.0, size: (100.0, 100.0) };
    let turned = Place { turn: std::f32::consts::FRAC_PI_4, scale_x: 2.0, ..Place::at(1_000.0, 1_000.0, 2) };
    let large =
        Body::Picture { address: "/api/items/i1/versions/2/files/0/pages/12".to_owned(), size: (9_000.0, 9_000.0) };
    board.put(&[
        element(1, 0.0, 0.0),
        Element::new(ElementId::new(2), PageId::FIRST, turned, square),
        Element::new(ElementId::new(3), PageId::FIRST, Place::at(-4_500.0, -4_500.0, 0), large),
    ]);
    let hit = |board: &Board, x: f32, y: f32| board.hit(PageId::FIRST, (x, y), 3.0).map(|element| element.id.number());
    assert_eq!(hit(&board, 20.0, 6.0), Some(1));
    // On the upper edge of the turned rectangle, and inside of it, where only the picture behind is.
    assert_eq!(hit(&board, 1_070.7, 1_070.7), Some(2));
    assert_eq!(hit(&board, 1_035.0, 1_105.0), Some(3));
    assert_eq!(hit(&board, 6_000.0, 0.0), None);
    assert_eq!(
        board.within(PageId::FIRST, Rect { left: -10.0, top: -10.0, right: 60.0, bottom: 30.0 }),
        [ElementId::new(1)]
    );

    board.place(&[(ElementId::new(1), Place::at(3_000.0, 3_000.0, 1))]);
    assert_eq!(hit(&board, 20.0, 6.0), Some(3));
    assert_eq!(hit(&board, 3_020.0, 3_006.0), Some(1));
    board.remove(&[ElementId::new(3)]);
    assert_eq!(hit(&board, 20.0, 6.0), None);
    let after = element(1, 3_000.0, 3_000.0);
    assert_eq!(board.extent(PageId::FIRST).unwrap().right, after.bounds().right);
}

#[test]
fn what_is_being_drawn_is_seen_until_the_stroke_is_there() {
    let mut others = LiveStrokes::default();
    let stroke = ElementId::new(0x1234);
    let begin = Live::Begin { stroke, page: PageId::FIRST, tool: StrokeTool::Pen, colour: Colour::Tone(5), width: 3.0 };
    let points: Vec<Point> = (0..4).map(|x| Point { x: x as f32, y: -1.5, pressure: 0.0 }).collect();
    let tag = live::tag(stroke);
    for message in [
        begin.clone(),
        Live::Points { tag, from: 0, points: points[..2].to_vec() },
        // Sent twice, with one point more.
        Live::Points { tag, from: 1, points: points[1..].to_vec() },
    ] {
        let read = Live::decode(&message.encode()).unwrap();
        assert_eq!(read, message);
        others.hear(Millis(5), 7, &read);
    }
    let (from, seen) = others.on(PageId::FIRST).next().unwrap();
    assert_eq!((from, seen.points.as_slice()), (7, points.as_slice()));
    // Points of a stroke whose beginning got lost belong to no other.
    assert!(!others.hear(Millis(6), 7, &Live::Points { tag: tag.wrapping_add(1), from: 0, points: points.clone() }));
    assert!(others.settle(stroke).is_some());
    assert_eq!(others.on(PageId::FIRST).count(), 0);

    others.hear(Millis(10), 7, &begin);
    assert!(!others.expire(Millis(5_000)));
    assert!(others.expire(Millis(10_010)));
}

#[test]
fn a_full_live_message_fits() {
    let far = |step: usize| Point { x: if step.is_multiple_of(2) { 1e6 } else { -1e6 }, y: 1e6, pressure: 1.0 };
    let full = Live::Points { tag: 1, from: u32::MAX, points: (0..MAX_LIVE_POINTS).map(far).collect() };
    assert!(full.encode().len() <= MAX_LIVE, "{}", full.encode().len());
    for message in [
        full,
        Live::Drop { tag: 3 },
        Live::LaserOff,
        Live::Laser { page: PageId::FIRST, x: 4.5, y: -2.0 },
        Live::View { page: PageId::new(9), view: Rect { left: -1.0, top: 0.0, right: 800.0, bottom: 600.0 } },
    ] {
        let bytes = message.encode();
        assert_eq!(Live::decode(&bytes).unwrap(), message);
        assert!((0..bytes.len()).all(|len| Live::decode(&bytes[..len]).is_err()));
    }
}

#[test]
fn an_outline_goes_around_its_line() {
    let points = handwriting();
    let outline = ink::outline(&points, 4.0, StrokeTool::Pen);
    assert!(outline.iter().all(|(x, y)| x.is_finite() && y.is_finite()));
    let inside = Rect::around(points.iter().map(|point| (point.x, point.y))).unwrap();
    let around = Rect::around(outline.iter().copied()).unwrap();
    assert!(around.holds(&inside.grown(0.9)) && inside.grown(2.9).holds(&around), "{inside:?} in {around:?}");
    // A dot is a circle, nothing is nothing, and a line that turns back has a round end there.
    let dot = Point { x: 3.0, y: 4.0, pressure: 0.5 };
    assert!(
        ink::outline(&[dot, dot], 4.0, StrokeTool::Pen)
            .iter()
            .all(|(x, y)| { ((x - 3.0).hypot(y - 4.0) - 2.0).abs() < 0.01 })
    );
    assert!(ink::outline(&[], 4.0, StrokeTool::Pen).is_empty());
    let there_and_back = [dot, Point { x: 43.0, ..dot }, Point { x: 13.0, ..dot }];
    let around = Rect::around(ink::outline(&there_and_back, 4.0, StrokeTool::Highlighter)).unwrap();
    assert!((around.right - 45.0).abs() < 0.1, "{around:?}");
}

/// A board as a server has it.
fn stored(board: &Board) -> shared::document::Replica {
    let mut stored = shared::document::Replica::new(9);
    stored.apply(&board.snapshot()).unwrap();
    stored
}

#[test]
fn a_glance_is_seen_until_the_board_is_there() {
    let mut ann = Board::open(1);
    let second = PageId::new(2);
    ann.add_page(second, Some(PageId::FIRST), &Background::Grid);
    ann.put(&[element(1, 0.0, 0.0), element(2, 10.0, 0.0), element(3, 5_000.0, 0.0)]);
    ann.place(&[(ElementId::new(1), Place { scale_x: 2.0, ..Place::at(30.0, 40.0, 9) })]);
    let view = View { page: PageId::FIRST, rect: Rect { left: -50.0, top: -50.0, right: 800.0, bottom: 600.0 } };
    assert_eq!(View::decode(&view.encode()), Ok(view));
    let seen = glance::read(&glance::glance(stored(&ann).doc(), &view)).unwrap();
    // Somebody erases one while the rest is on its way.
    let later = {
        ann.remove(&[ElementId::new(2)]);
        ann.snapshot()
    };

    let mut late = Board::open(3);
    let changes = late.glimpse(seen);
    assert_eq!(changes.len(), 3, "the pages and two elements: {changes:?}");
    assert_eq!(late.pages().len(), 2);
    assert_eq!(shown(&late), [(ElementId::new(2), Place::at(10.0, 0.0, 2)), (ElementId::new(1), shown(&ann)[1].1)]);
    // It is only looked at; one's own stroke is real from the start.
    assert!(late.remove(&[ElementId::new(1)]).update.is_empty());
    assert!(late.place(&[(ElementId::new(1), Place::at(0.0, 0.0, 1))]).update.is_empty());
    assert!(!late.put(&[element(7, 90.0, 90.0)]).update.is_empty());

    late.apply(&later).unwrap();
    assert_eq!(late.elements().count(), 4, "what was erased meanwhile is still seen");
    late.arrived();
    assert_eq!(late.elements().map(|element| element.id.number()).collect::<Vec<_>>(), [1, 3, 7]);
    assert!(!late.remove(&[ElementId::new(1)]).update.is_empty());
}

#[test]
fn a_full_view_is_small_at_a_glance_and_seen_all_over() {
    let body = Arc::new(stroke(handwriting()));
    let mut board = Board::open(1);
    let at = |number: u64| Place::at((number % 40 * 30) as f32, (number / 40 * 10) as f32, number as u32);
    let all = |number| Element::new(ElementId::new(number), PageId::FIRST, at(number), body.clone());
    board.put(&(0..3_000).map(all).collect::<Vec<_>>());
    let view = View { page: PageId::FIRST, rect: Rect { left: 0.0, top: 0.0, right: 1_366.0, bottom: 768.0 } };
    let packed = glance::glance(stored(&board).doc(), &view);
    assert!(packed.len() <= MAX_GLANCE, "{}", packed.len());
    let seen = glance::read(&packed).unwrap();
    assert!(seen.elements.len() > 100, "{}", seen.elements.len());
    assert!(seen.elements.is_sorted_by_key(|element| element.place.order));
    let rows: std::collections::BTreeSet<u64> = seen.elements.iter().map(|it| it.id.number() / 300).collect();
    assert_eq!(rows.len(), 10, "some of each part");
    // From afar less of each is told, so that more of them are.
    let afar = glance::read(&glance::glance(stored(&board).doc(), &View::whole(PageId::FIRST))).unwrap();
    assert!(afar.elements.len() >= seen.elements.len(), "{} of {}", afar.elements.len(), seen.elements.len());
}

#[test]
fn twenty_thousand_strokes_are_a_board() {
    let points = handwriting();
    let body = Arc::new(stroke(points));
    let mut board = Board::open(1);
    let at = |number: u64| (((number % 200) * 150) as f32, ((number / 200) * 150) as f32);
    let all: Vec<Element> = (0..20_000)
        .map(|number| {
            let (x, y) = at(number);
            Element::new(ElementId::new(number), PageId::FIRST, Place::at(x, y, number as u32), body.clone())
        })
        .collect();
    board.put(&all);
    let mut late = Board::open(2);
    late.apply(&board.snapshot()).unwrap();
    let view = Rect { left: 3_000.0, top: 3_000.0, right: 4_366.0, bottom: 3_768.0 };
    let seen = late.visible(PageId::FIRST, view);
    let expected = all.iter().filter(|element| element.bounds().meets(&view)).count();
    assert_eq!(seen.len(), expected);
    assert!((40..120).contains(&expected), "{expected}");
    assert!(seen.is_sorted_by_key(|element| element.place.order));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What comes from strangers is read or refused; what is read is written and read again as it was.
    #[test]
    fn any_bytes_are_an_entry_or_none(class in 1..=3u8, body in proptest::collection::vec(any::<u8>(), 0..120)) {
        let bytes = [&[class][..], &body].concat();
        if let Ok(made) = coding::read_element(&bytes) {
            let again = coding::write_element(made.page, &made.place, &made.body);
            prop_assert_eq!(coding::read_element(&again).unwrap(), made);
        }
        if let Ok(place) = coding::read_place(&bytes) {
            prop_assert_eq!(coding::read_place(&coding::write_place(&place)).unwrap(), place);
        }
        if let Ok((rank, background)) = coding::read_page(&bytes) {
            prop_assert_eq!(coding::read_page(&coding::write_page(&rank, &background)).unwrap(), (rank, background));
        }
        if let Ok(live) = Live::decode(&bytes) {
            prop_assert_eq!(Live::decode(&live.encode()).unwrap(), live);
        }
        if let Ok(view) = View::decode(&bytes) {
            prop_assert_eq!(View::decode(&view.encode()).unwrap(), view);
        }
        let _ = glance::read(&bytes);
    }
}
