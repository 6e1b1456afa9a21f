//! What was drawn and noted in the demo's past session, minute by minute, so that there is something to play back.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use anyhow::{Context, bail};
use bytes::Bytes;
use shared::board::{
    Background, Board, Body, Colour, Element, ElementId, PageId, Place, Point, Stroke, StrokeTool, ink,
};
use shared::document::Binding;
use shared::document::build::{bold, doc, p, text};
use shared::document::change::Node;
use shared::words::{DocumentId, Seq, UnixMillis, UserId};
use tokio::sync::mpsc;

use crate::store::{Log, NewUpdate};

const SECOND: i64 = 1_000;
/// The pages after the first, by the numbers that questions name.
const HALF: PageId = PageId::new(2);
const HOMEWORK: PageId = PageId::new(3);
const PEN: f32 = 4.0;
const CHEN: u64 = 20_001;
const LIN: u64 = 20_002;
const ZHAO: u64 = 20_003;

/// One update, so many milliseconds after the session began.
struct Chalked {
    after: i64,
    by: &'static str,
    client: u64,
    bytes: Vec<u8>,
}

/// Writes both documents of a session that began then.
pub async fn draw(log: &dyn Log, board: &DocumentId, notes: &DocumentId, begins: UnixMillis) -> anyhow::Result<()> {
    append(log, board, begins, drawn()).await.context("the board")?;
    append(log, notes, begins, noted()?).await.context("the notes")
}

async fn append(log: &dyn Log, document: &DocumentId, begins: UnixMillis, all: Vec<Chalked>) -> anyhow::Result<()> {
    let (done, mut outcomes) = mpsc::unbounded_channel();
    let mut bound = Vec::new();
    for (number, Chalked { after, by, client, bytes }) in all.into_iter().enumerate() {
        let is_new = !bound.contains(&client);
        bound.push(client);
        let author: UserId = by.parse()?;
        let update = NewUpdate {
            document: document.clone(),
            seq: Seq(number as u64 + 1),
            author,
            at: UnixMillis(begins.0 + after),
            bytes: Bytes::from(bytes),
            binds: if is_new { vec![client] } else { Vec::new() },
        };
        log.append(update, done.clone());
    }
    drop(done);
    while let Some(stored) = outcomes.recv().await {
        if let Err(cause) = stored.outcome {
            bail!("update {} was not stored: {cause}", stored.seq.0);
        }
    }
    Ok(())
}

/// Two people at one board: each has a replica, and takes in what the other draws.
struct Class {
    chen: Board,
    lin: Board,
    drawn: Vec<Chalked>,
    elements: u64,
    /// Milliseconds since the session began.
    now: i64,
}

impl Class {
    fn new() -> Self {
        Self { chen: Board::open(CHEN), lin: Board::open(LIN), drawn: Vec::new(), elements: 0, now: 0 }
    }

    fn at(&mut self, minutes: i64, seconds: i64) {
        self.now = (minutes * 60 + seconds) * SECOND;
    }

    fn turn_to(&mut self, page: PageId, after: PageId) {
        let update = self.chen.add_page(page, Some(after), &Background::Plain).update;
        self.keep(CHEN, update);
    }

    fn put(&mut self, by: u64, page: PageId, (x, y): (f32, f32), body: Body) {
        self.elements += 1;
        let took = match &body {
            Body::Stroke(stroke) => i64::from(stroke.millis),
            Body::Text { text, .. } | Body::Note { text, .. } => text.chars().count() as i64 * 350,
            Body::Shape { .. } | Body::Picture { .. } => SECOND,
        };
        self.now += took;
        let hand = if by == CHEN { &mut self.chen } else { &mut self.lin };
        let place = Place::at(x, y, hand.above_all());
        let update = hand.put(&[Element::new(ElementId::new(self.elements), page, place, body)]).update;
        self.keep(by, update);
        self.now += 700;
    }

    fn keep(&mut self, by: u64, bytes: Vec<u8>) {
        let other = if by == CHEN { &mut self.lin } else { &mut self.chen };
        // What one replica has just written the other one reads.
        let _ = other.apply(&bytes);
        self.drawn.push(Chalked { after: self.now, by: if by == CHEN { "chen" } else { "lin" }, client: by, bytes });
    }

    fn write(&mut self, by: u64, page: PageId, at: (f32, f32), size: f32, words: &str) {
        self.put(by, page, at, Body::Text { text: words.to_owned(), colour: colour(by), size });
    }

    /// A line by hand through these points of the page.
    fn line(&mut self, by: u64, page: PageId, points: &[(f32, f32)]) {
        let Some(first) = points.first().copied() else { return };
        let last = points.len().max(2) - 1;
        let pressed = points.iter().enumerate().map(|(at, (x, y))| {
            // A pen comes down and lifts lightly, and no hand is quite steady.
            let way = at as f32 / last as f32;
            let shake = ((at * 7) as f32).sin() * 0.6;
            Point { x: x - first.0 + shake, y: y - first.1 - shake, pressure: 0.35 + 0.3 * (way * PI).sin() }
        });
        let points = ink::simplify(&pressed.collect::<Vec<_>>(), 0.3);
        let millis = 300 + 14 * last as u32;
        let stroke = Stroke { tool: StrokeTool::Pen, colour: colour(by), width: PEN, points, millis };
        self.put(by, page, first, Body::Stroke(stroke));
    }

    fn straight(&mut self, by: u64, page: PageId, from: (f32, f32), to: (f32, f32)) {
        let points: Vec<_> = (0..=24)
            .map(|step| {
                let way = step as f32 / 24.0;
                (from.0 + (to.0 - from.0) * way, from.1 + (to.1 - from.1) * way)
            })
            .collect();
        self.line(by, page, &points);
    }

    /// A round cake, drawn from its top, a little past where it began.
    fn cake(&mut self, page: PageId, (x, y): (f32, f32), radius: f32) {
        let points: Vec<_> = (0..=66)
            .map(|step| {
                let turn = step as f32 / 64.0 * TAU - FRAC_PI_2;
                (x + radius * turn.cos(), y + radius * turn.sin())
            })
            .collect();
        self.line(CHEN, page, &points);
    }

    /// Numerator, line and denominator, in the order in which they are written: the line first.
    fn fraction(&mut self, page: PageId, (x, y): (f32, f32), below: &str) {
        self.straight(CHEN, page, (x - 26.0, y), (x + 26.0, y));
        self.write(CHEN, page, (x - 11.0, y + 6.0), 40.0, below);
        self.write(CHEN, page, (x - 11.0, y - 62.0), 40.0, "1");
    }
}

fn colour(by: u64) -> Colour {
    if by == CHEN { Colour::Ink } else { Colour::Blue }
}

fn drawn() -> Vec<Chalked> {
    let mut class = Class::new();
    beginning(&mut class);
    halves(&mut class);
    homework(&mut class);
    class.drawn
}

fn beginning(class: &mut Class) {
    let page = PageId::FIRST;
    class.at(1, 10);
    class.write(CHEN, page, (60.0, 40.0), 44.0, "分数怎么起头");
    class.straight(CHEN, page, (60.0, 112.0), (330.0, 108.0));
    class.at(2, 0);
    class.write(CHEN, page, (60.0, 150.0), 26.0, "怎样读　怎样写　怎样说");
    class.at(4, 20);
    class.cake(page, (200.0, 340.0), 96.0);
    class.write(CHEN, page, (130.0, 450.0), 24.0, "一张烙饼，两个人");
    class.at(6, 5);
    class.straight(CHEN, page, (200.0, 238.0), (201.0, 442.0));
    let note = "平均分：两份一样大，才有一半可说。".to_owned();
    class.put(CHEN, page, (380.0, 250.0), Body::Note { text: note, colour: Colour::Orange, size: (240.0, 140.0) });
}

fn halves(class: &mut Class) {
    class.at(10, 0);
    class.turn_to(HALF, PageId::FIRST);
    class.write(CHEN, HALF, (60.0, 26.0), 28.0, "半个，用什么数来写？");
    class.straight(CHEN, HALF, (60.0, 74.0), (412.0, 70.0));
    class.at(11, 30);
    class.cake(HALF, (180.0, 220.0), 92.0);
    class.straight(CHEN, HALF, (180.0, 126.0), (181.0, 316.0));
    for row in 0..5_u8 {
        let y = 172.0 + f32::from(row) * 27.0;
        class.straight(CHEN, HALF, (108.0, y), (172.0, y - 34.0));
    }
    class.at(13, 0);
    class.fraction(HALF, (175.0, 386.0), "2");
    class.at(16, 40);
    class.cake(HALF, (440.0, 220.0), 92.0);
    class.straight(CHEN, HALF, (440.0, 127.0), (438.0, 314.0));
    class.straight(CHEN, HALF, (347.0, 221.0), (534.0, 220.0));
    class.straight(CHEN, HALF, (366.0, 176.0), (430.0, 140.0));
    class.straight(CHEN, HALF, (358.0, 206.0), (432.0, 164.0));
    class.at(18, 5);
    class.fraction(HALF, (436.0, 386.0), "4");
    class.at(24, 10);
    let order = "先写横线：表示平均分\n再写下面：分成几份\n最后上面：取了几份".to_owned();
    class.put(CHEN, HALF, (660.0, 120.0), Body::Note { text: order, colour: Colour::Green, size: (270.0, 150.0) });
    number_line(class);
}

/// By the village teacher, who was given the pen.
fn number_line(class: &mut Class) {
    class.at(32, 0);
    class.straight(LIN, HALF, (60.0, 520.0), (620.0, 520.0));
    for (x, words) in [(60.0, "0"), (620.0, "1"), (340.0, "½"), (200.0, "¼")] {
        class.straight(LIN, HALF, (x, 508.0), (x, 532.0));
        class.write(LIN, HALF, (x - 8.0, 540.0), 28.0, words);
    }
    class.at(36, 20);
    let bow: Vec<_> = (0..=30)
        .map(|step| {
            let way = step as f32 / 30.0;
            (334.0 - 84.0 * way, 494.0 - 56.0 * (way * FRAC_PI_2).sin())
        })
        .collect();
    class.line(CHEN, HALF, &bow);
}

fn homework(class: &mut Class) {
    class.at(38, 0);
    class.turn_to(HOMEWORK, HALF);
    class.write(CHEN, HOMEWORK, (60.0, 40.0), 36.0, "回去试一试");
    class.write(CHEN, HOMEWORK, (60.0, 120.0), 26.0, "1　折一张纸条，找到它的一半，再找一半的一半。");
    class.write(CHEN, HOMEWORK, (60.0, 176.0), 26.0, "2　边写边说：平均分成四份，取一份。");
}

/// The notes as two teachers write them, from one state to the next.
fn noted() -> anyhow::Result<Vec<Chalked>> {
    let read = || p([bold("读法"), text("　从下往上读：四分之一。")]);
    let read_on = || p([bold("读法"), text("　从下往上读：四分之一。让孩子边写边说“平均分成四份，取一份”。")]);
    let write = || p([bold("写法"), text("　先横线，再下面，最后上面。写的顺序就是想的顺序。")]);
    let say = || p([bold("数线"), text("　找不到二分之一的孩子，先折纸条，把折痕画成点。")]);
    let stages: [(i64, Node); 4] = [
        (19, doc([read()])),
        (21, doc([read_on()])),
        (25, doc([read_on(), write()])),
        (37, doc([read_on(), write(), say()])),
    ];
    let mut notes = Binding::open(ZHAO, || 0);
    let mut noted = Vec::new();
    for (minute, stage) in stages {
        let written = notes.reconcile(&stage).ok().and_then(|done| done.update).context("a note that is none")?;
        noted.push(Chalked { after: minute * 60 * SECOND, by: "zhao", client: ZHAO, bytes: written });
    }
    Ok(noted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::document::export::markdown;
    use shared::words::Title;

    #[test]
    fn what_is_drawn_is_a_board_of_three_pages_in_the_order_of_its_time() {
        let drawn = drawn();
        assert!(drawn.is_sorted_by_key(|one| one.after));
        assert!(drawn.iter().all(|one| !one.bytes.is_empty() && one.after < 41 * 60 * SECOND));
        let mut board = Board::open(1);
        drawn.iter().for_each(|one| drop(board.apply(&one.bytes).unwrap()));
        assert!(board.is_whole());
        let pages: Vec<_> = board.pages().iter().map(|page| page.id).collect();
        assert_eq!(pages, [PageId::FIRST, HALF, HOMEWORK]);
        assert!(pages.iter().all(|page| board.extent(*page).is_some()));
    }

    #[test]
    fn the_notes_end_with_the_last_stage() {
        let mut notes = Binding::open(1, || 0);
        noted().unwrap().iter().for_each(|one| drop(notes.apply_remote(&one.bytes).unwrap()));
        let written = markdown(&Title::new("笔记").unwrap(), &notes.view());
        for words in ["平均分成四份，取一份", "写的顺序就是想的顺序", "把折痕画成点"] {
            assert!(written.contains(words), "{written}");
        }
    }
}
