//! The upper layer: what is on the move, one's own and others', and where they are.

use std::collections::BTreeSet;

use shared::board::{Board, Element, ElementId, Place, Rect};
use shared::sync::Millis;

use super::figure::{Ink, ink_of};
use super::grasp::{Corner, moved, scaled};
use super::hand::{Doing, Hand};
use super::scene::Scene;
use crate::browser::canvas::Path;

/// A pointer of which nothing is heard any more is taken away after so long, in milliseconds.
const LASER_MILLIS: u64 = 4_000;
/// How much is seen of what the eraser has met.
const ERASED: f32 = 0.25;
/// Edge of the squares by which one scales, in CSS pixels.
const GRIP: f64 = 10.0;

/// Where the frame around the selection stands while it is moved or scaled.
pub fn frame_now(hand: &Hand, board: &Board) -> Option<Rect> {
    let places = places_now(hand, board);
    let Some(places) = places else { return hand.frame(board) };
    let shown = places.iter().filter_map(|(id, place)| Some(board.element(*id)?.placed(*place).bounds()));
    Rect::around(shown.flat_map(|rect| [(rect.left, rect.top), (rect.right, rect.bottom)]))
}

fn places_now(hand: &Hand, board: &Board) -> Option<Vec<(ElementId, Place)>> {
    match &hand.doing {
        Doing::Moving { from, to, .. } if from != to => {
            Some(moved(board, &hand.selection, (to.0 - from.0, to.1 - from.1)))
        }
        Doing::Sizing { corner, frame, to } => Some(scaled(board, &hand.selection, frame, *corner, *to)),
        Doing::Nothing
        | Doing::Moving { .. }
        | Doing::Drawing(_)
        | Doing::Erasing { .. }
        | Doing::Shaping { .. }
        | Doing::Boxing { .. }
        | Doing::Pointing(_) => None,
    }
}

/// What is not to be seen at its place, because it is on the move.
pub fn lifted(hand: &Hand) -> BTreeSet<ElementId> {
    match &hand.doing {
        Doing::Moving { from, to, .. } if from != to => hand.selection.clone(),
        Doing::Sizing { .. } => hand.selection.clone(),
        Doing::Erasing { gone, .. } => gone.clone(),
        Doing::Nothing
        | Doing::Moving { .. }
        | Doing::Drawing(_)
        | Doing::Shaping { .. }
        | Doing::Boxing { .. }
        | Doing::Pointing(_) => BTreeSet::new(),
    }
}

impl Scene {
    /// Draws the upper layer; says whether something of it goes away by itself, so that it has to be drawn again.
    pub fn paint_moving(&mut self, board: &Board, hand: &Hand, now: Millis) -> bool {
        self.moving.clear();
        let scale = hand.camera.zoom * self.ratio;
        let origin = self.origin(hand.camera);
        self.lifted_things(board, hand, scale, origin);
        self.moving.transform([scale.into(), 0.0, 0.0, scale.into(), origin.0, origin.1]);
        self.strokes(hand);
        self.moving.transform([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        self.moving.opacity(1.0);
        self.marks_of_hand(board, hand, scale, origin);
        self.lasers.retain(|_, (_, _, told)| now.since(*told) < LASER_MILLIS);
        self.names_of_others(hand, scale, origin);
        self.others.expire(now);
        !self.lasers.is_empty() || self.others.on(hand.page).next().is_some()
    }

    fn lifted_things(&mut self, board: &Board, hand: &Hand, scale: f32, origin: (f64, f64)) {
        let on = self.moving.clone();
        if let Doing::Erasing { gone, .. } = &hand.doing {
            for element in gone.iter().filter_map(|id| board.element(*id)) {
                self.draw(&on, element, scale, origin, ERASED);
            }
        }
        let mut shown: Vec<Element> = places_now(hand, board)
            .into_iter()
            .flatten()
            .filter_map(|(id, place)| Some(board.element(id)?.placed(place)))
            .collect();
        shown.sort_by_key(|element| (element.place.order, element.id));
        for element in shown {
            self.draw(&on, &element, scale, origin, 1.0);
        }
        if let Doing::Shaping { id, from, to } = &hand.doing
            && from != to
        {
            let shape = hand.shape(*id, *from, *to, 0);
            self.draw_once(&on, &shape, scale, origin);
        }
    }

    fn strokes(&self, hand: &Hand) {
        for (_, stroke) in self.others.on(hand.page) {
            self.draw_live(&stroke.points, stroke.width, stroke.tool, ink_of(stroke.tool, stroke.colour));
        }
        if let Doing::Drawing(drawing) = &hand.doing {
            self.draw_live(
                drawing.pen.points(),
                drawing.style.width,
                drawing.tool,
                ink_of(drawing.tool, drawing.style.colour),
            );
        }
    }

    fn marks_of_hand(&self, board: &Board, hand: &Hand, scale: f32, (x, y): (f64, f64)) {
        let ratio = f64::from(self.ratio);
        let place = |rect: &Rect| {
            let at = |length: f32| f64::from(length * scale);
            (x + at(rect.left), y + at(rect.top), at(rect.width()), at(rect.height()))
        };
        let outline = |rect: &Rect, gap: f64| {
            let (x, y, width, height) = place(rect);
            let (x, y, width, height) = (x - gap, y - gap, width + 2.0 * gap, height + 2.0 * gap);
            let path = format!("M{x:.1} {y:.1}h{width:.1}v{height:.1}h{:.1}Z", -width);
            if let Some(path) = Path::read(&path) {
                self.moving.line(&path, &self.inks.accent, 1.5 * ratio);
            }
        };
        if let Doing::Boxing { from, to, .. } = &hand.doing
            && let Some(rect) = Rect::around([*from, *to])
        {
            let (x, y, width, height) = place(&rect);
            self.moving.opacity(0.1);
            self.moving.rectangle(&self.inks.accent, x, y, width, height);
            self.moving.opacity(1.0);
            outline(&rect, 0.0);
        }
        if let Some(frame) = frame_now(hand, board) {
            outline(&frame, 0.0);
            for corner in Corner::ALL {
                let (cx, cy) = corner.of(&frame);
                let (cx, cy) = (x + f64::from(cx * scale), y + f64::from(cy * scale));
                let half = GRIP * ratio / 2.0;
                self.moving.rectangle(&self.inks.accent, cx - half, cy - half, 2.0 * half, 2.0 * half);
                let inner = half - 1.5 * ratio;
                self.moving.rectangle(&self.inks.paper, cx - inner, cy - inner, 2.0 * inner, 2.0 * inner);
            }
        }
        if let Doing::Pointing(at) = &hand.doing {
            self.laser(
                (x + f64::from(at.0 * scale), y + f64::from(at.1 * scale)),
                self.inks.of(Ink::Of(shared::board::Colour::Red)),
            );
        }
    }

    fn laser(&self, (x, y): (f64, f64), colour: &str) {
        let ratio = f64::from(self.ratio);
        let circle = |radius: f64| {
            let r = radius * ratio;
            Path::read(&format!(
                "M{:.1} {y:.1}a{r:.1} {r:.1} 0 1 0 {:.1} 0a{r:.1} {r:.1} 0 1 0 {:.1} 0Z",
                x - r,
                2.0 * r,
                -2.0 * r
            ))
        };
        if let Some(dot) = circle(6.0) {
            self.moving.fill(&dot, colour);
        }
        if let Some(ring) = circle(14.0) {
            self.moving.line(&ring, colour, 2.0 * ratio);
        }
    }

    /// Who points, and who draws, beside their place.
    fn names_of_others(&self, hand: &Hand, scale: f32, (x, y): (f64, f64)) {
        let screen = |at: (f32, f32)| (x + f64::from(at.0 * scale), y + f64::from(at.1 * scale));
        for (client, (page, at, _)) in &self.lasers {
            if *page == hand.page {
                let guest = self.guests.get(client);
                let colour = self.inks.tone(guest.map_or(10, |guest| guest.tone));
                self.laser(screen(*at), colour);
                self.name(guest.map_or("", |guest| &guest.name), screen(*at), colour);
            }
        }
        for (client, stroke) in self.others.on(hand.page) {
            if let (Some(guest), Some(last)) = (self.guests.get(&client), stroke.points.last()) {
                self.name(&guest.name, screen((last.x, last.y)), self.inks.tone(guest.tone));
            }
        }
    }

    fn name(&self, name: &str, (x, y): (f64, f64), colour: &str) {
        if name.is_empty() {
            return;
        }
        let ratio = f64::from(self.ratio);
        let font = self.inks.font(13.0 * self.ratio);
        let width = self.moving.measure(name, &font) + 12.0 * ratio;
        let (x, y) = (x + 14.0 * ratio, y - 30.0 * ratio);
        self.moving.rectangle(colour, x, y, width, 22.0 * ratio);
        self.moving.text(name, &font, &self.inks.on_tone, x + 6.0 * ratio, y + 16.0 * ratio);
    }
}
