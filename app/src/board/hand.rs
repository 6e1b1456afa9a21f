//! What a hand with a tool does on the board. It reads the board, says what is to be written, and touches nothing.

use std::collections::BTreeSet;

use shared::board::ink::Pen;
use shared::board::live::{self, Live, MAX_LIVE_POINTS};
use shared::board::{Board, Body, Element, ElementId, PageId, Place, Point, Rect, Stroke, StrokeTool};

use super::camera::Camera;
use super::gestures::{Deed, Gestures};
use super::grasp::{Corner, moved, scaled};
use super::tools::{Style, Styles, Tool};
use crate::browser::pointer::{Pointer, Spot, Told};

/// How far off, in CSS pixels, something is still hit: a mouse is exact, a finger is not.
const REACH: f32 = 6.0;
const FINGER_REACH: f32 = 14.0;
/// Two clicks so soon after each other are one double click.
const DOUBLE_MILLIS: f64 = 450.0;
/// What was hardly dragged was clicked, in CSS pixels.
const CLICK: f32 = 4.0;
pub const NOTE_SIZE: (f32, f32) = (220.0, 140.0);

/// What is to be written, told or shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Put(Vec<Element>),
    Place(Vec<(ElementId, Place)>),
    Remove(Vec<ElementId>),
    Tell(Live),
    /// Words are to be written: into an element that is there, or at a point of the page into a new one.
    Write(Words),
    /// The selection is another one.
    Selected,
    /// The camera moved by a hand of one's own.
    Moved,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Words {
    Of(ElementId),
    Text((f32, f32)),
    Note((f32, f32)),
}

/// What is under way.
#[derive(Debug)]
pub enum Doing {
    Nothing,
    Drawing(Drawing),
    Erasing {
        gone: BTreeSet<ElementId>,
        last: (f32, f32),
    },
    Shaping {
        id: ElementId,
        from: (f32, f32),
        to: (f32, f32),
    },
    /// The selection goes along by so much.
    Moving {
        from: (f32, f32),
        to: (f32, f32),
        copies_click: Option<ElementId>,
    },
    Sizing {
        corner: Corner,
        frame: Rect,
        to: (f32, f32),
    },
    /// What lies inside is selected.
    Boxing {
        from: (f32, f32),
        to: (f32, f32),
        adds: bool,
    },
    Pointing((f32, f32)),
}

/// A stroke of one's own that is not lifted yet.
#[derive(Debug)]
pub struct Drawing {
    pub id: ElementId,
    pub tool: StrokeTool,
    pub style: Style,
    pub pen: Pen,
    /// So many of its points were told.
    told: usize,
    begun: bool,
}

#[derive(Debug)]
pub struct Hand {
    pub tool: Tool,
    pub styles: Styles,
    pub camera: Camera,
    pub page: PageId,
    pub selection: BTreeSet<ElementId>,
    pub doing: Doing,
    pub gestures: Gestures,
    /// A pen's other end erases, whatever tool is in the hand.
    pointer: Pointer,
    clicked: Option<(ElementId, f64)>,
    /// Where the pointer hovers, on the page.
    pub over: Option<(f32, f32)>,
}

impl Hand {
    pub fn new(page: PageId) -> Self {
        Self {
            tool: Tool::Pen,
            styles: Styles::default(),
            camera: Camera::default(),
            page,
            selection: BTreeSet::new(),
            doing: Doing::Nothing,
            gestures: Gestures::default(),
            pointer: Pointer::Mouse,
            clicked: None,
            over: None,
        }
    }

    /// Something is down that is not written yet.
    pub fn is_busy(&self) -> bool {
        !matches!(self.doing, Doing::Nothing | Doing::Pointing(_) | Doing::Boxing { .. })
    }

    /// `fresh` draws the number of a new element.
    pub fn hear(&mut self, told: Told, board: &Board, fresh: &mut dyn FnMut() -> u64) -> Vec<Act> {
        if let Told::Down { pointer, .. } | Told::Move { pointer, .. } = &told {
            self.pointer = *pointer;
        }
        let deeds = self.gestures.hear(told);
        deeds.into_iter().flat_map(|deed| self.perform(deed, board, fresh)).collect()
    }

    fn perform(&mut self, deed: Deed, board: &Board, fresh: &mut dyn FnMut() -> u64) -> Vec<Act> {
        match deed {
            Deed::Begin { spot, erases, many } => self.begin(spot, erases, many, board, fresh),
            Deed::Go { spots, straight } => {
                spots.iter().flat_map(|spot| self.go(spot, straight, board, fresh)).collect()
            }
            Deed::End(spot) => self.end(spot, board),
            Deed::Drop => self.drop_it(),
            Deed::Pan(x, y) => {
                self.camera = self.camera.panned((x, y));
                vec![Act::Moved]
            }
            Deed::Pinch { at, factor, by } => {
                self.camera = self.camera.panned(by).zoomed(at, factor);
                vec![Act::Moved]
            }
            Deed::Hover(spot) => {
                let at = self.camera.to_page((spot.x, spot.y));
                self.over = Some(at);
                if self.tool == Tool::Laser && !self.gestures.hand {
                    self.doing = Doing::Pointing(at);
                    return vec![Act::Tell(Live::Laser { page: self.page, x: at.0, y: at.1 })];
                }
                Vec::new()
            }
            Deed::Left => {
                self.over = None;
                if matches!(self.doing, Doing::Pointing(_)) { self.drop_it() } else { Vec::new() }
            }
        }
    }

    /// How far off something is still hit, in board units.
    pub fn reach(&self) -> f32 {
        (if self.pointer == Pointer::Finger { FINGER_REACH } else { REACH }) / self.camera.zoom
    }

    fn begin(
        &mut self,
        spot: Spot,
        erases: bool,
        many: bool,
        board: &Board,
        fresh: &mut dyn FnMut() -> u64,
    ) -> Vec<Act> {
        let at = self.camera.to_page((spot.x, spot.y));
        self.over = Some(at);
        let tool = if erases { Tool::Eraser } else { self.tool };
        match tool {
            Tool::Pen | Tool::Highlighter => {
                let stroke = tool.stroke().unwrap_or(StrokeTool::Pen);
                self.doing = Doing::Drawing(self.stroke(stroke, fresh()));
                self.go(&spot, false, board, fresh)
            }
            Tool::Eraser => {
                self.doing = Doing::Erasing { gone: BTreeSet::new(), last: at };
                self.go(&spot, false, board, fresh)
            }
            Tool::Shape => {
                self.doing = Doing::Shaping { id: ElementId::new(fresh()), from: at, to: at };
                Vec::new()
            }
            Tool::Select => self.grasp(at, spot.millis, many, board),
            Tool::Laser => {
                self.doing = Doing::Pointing(at);
                vec![Act::Tell(Live::Laser { page: self.page, x: at.0, y: at.1 })]
            }
            Tool::Text => vec![Act::Write(self.words_at(at, board).unwrap_or(Words::Text(at)))],
            Tool::Note => {
                let corner = (at.0 - NOTE_SIZE.0 / 2.0, at.1 - NOTE_SIZE.1 / 2.0);
                vec![Act::Write(self.words_at(at, board).unwrap_or(Words::Note(corner)))]
            }
            Tool::Picture => Vec::new(),
        }
    }

    fn stroke(&self, tool: StrokeTool, number: u64) -> Drawing {
        let style = match tool {
            StrokeTool::Pen => self.styles.pen,
            StrokeTool::Highlighter => self.styles.highlighter,
        };
        let pen = Pen::new(self.camera.zoom);
        Drawing { id: ElementId::new(number), tool, style, pen, told: 0, begun: false }
    }

    /// The words one has clicked on.
    fn words_at(&self, at: (f32, f32), board: &Board) -> Option<Words> {
        let element = board.hit(self.page, at, self.reach())?;
        matches!(*element.body, Body::Text { .. } | Body::Note { .. }).then_some(Words::Of(element.id))
    }

    fn grasp(&mut self, at: (f32, f32), millis: f64, many: bool, board: &Board) -> Vec<Act> {
        if let Some(frame) = self.frame(board)
            && let Some(corner) = Corner::at(&frame, at, self.reach() * 1.5)
        {
            self.doing = Doing::Sizing { corner, frame, to: at };
            return Vec::new();
        }
        let Some(id) = board.hit(self.page, at, self.reach()).map(|element| element.id) else {
            let inside = self
                .frame(board)
                .is_some_and(|frame| !many && frame.meets(&Rect { left: at.0, top: at.1, right: at.0, bottom: at.1 }));
            self.clicked = None;
            if inside {
                self.doing = Doing::Moving { from: at, to: at, copies_click: None };
                return Vec::new();
            }
            self.doing = Doing::Boxing { from: at, to: at, adds: many };
            return if many { Vec::new() } else { self.select([]) };
        };
        let again = self.clicked.take_if(|(clicked, then)| *clicked == id && millis - *then < DOUBLE_MILLIS).is_some();
        if again && let Some(words) = self.words_at(at, board) {
            return vec![Act::Write(words)];
        }
        self.clicked = Some((id, millis));
        let mut acts = Vec::new();
        if many {
            if !self.selection.remove(&id) {
                self.selection.insert(id);
            }
            return vec![Act::Selected];
        }
        let was = self.selection.contains(&id);
        if !was {
            acts = self.select([id]);
        }
        // A click on one of many, without moving them, means that one.
        let copies_click = was.then_some(id);
        self.doing = Doing::Moving { from: at, to: at, copies_click };
        acts
    }

    fn go(&mut self, spot: &Spot, straight: bool, board: &Board, fresh: &mut dyn FnMut() -> u64) -> Vec<Act> {
        let at = self.camera.to_page((spot.x, spot.y));
        let reach = self.reach();
        self.over = Some(at);
        let styles = self.styles;
        match &mut self.doing {
            Doing::Nothing => Vec::new(),
            Doing::Drawing(drawing) => {
                drawing.pen.go(at.0, at.1, spot.pressure, spot.millis);
                if !drawing.pen.is_long() {
                    return Vec::new();
                }
                let mut next = self.stroke(self.drawn_with(), fresh());
                next.pen.go(at.0, at.1, spot.pressure, spot.millis);
                let Doing::Drawing(done) = std::mem::replace(&mut self.doing, Doing::Drawing(next)) else {
                    return Vec::new();
                };
                finished(done, at, self.page, board.above_all())
                    .map(|element| Act::Put(vec![element]))
                    .into_iter()
                    .collect()
            }
            Doing::Erasing { gone, last } => {
                let page = self.page;
                gone.extend(way(*last, at, reach).flat_map(|there| hit_all(board, page, there, reach)));
                *last = at;
                Vec::new()
            }
            Doing::Shaping { from, to, .. } => {
                *to = if straight { straightened(*from, at, styles.form) } else { at };
                Vec::new()
            }
            Doing::Moving { to, .. } | Doing::Sizing { to, .. } | Doing::Boxing { to, .. } => {
                *to = at;
                Vec::new()
            }
            Doing::Pointing(there) => {
                *there = at;
                vec![Act::Tell(Live::Laser { page: self.page, x: at.0, y: at.1 })]
            }
        }
    }

    fn drawn_with(&self) -> StrokeTool {
        match &self.doing {
            Doing::Drawing(drawing) => drawing.tool,
            _ => StrokeTool::Pen,
        }
    }

    fn end(&mut self, spot: Spot, board: &Board) -> Vec<Act> {
        let at = self.camera.to_page((spot.x, spot.y));
        let far = |from: (f32, f32), to: (f32, f32)| (from.0 - to.0).hypot(from.1 - to.1) * self.camera.zoom > CLICK;
        match std::mem::replace(&mut self.doing, Doing::Nothing) {
            Doing::Nothing => Vec::new(),
            Doing::Drawing(drawing) => {
                let made = finished(drawing, at, self.page, board.above_all());
                made.map(|element| Act::Put(vec![element])).into_iter().collect()
            }
            Doing::Erasing { gone, .. } if gone.is_empty() => Vec::new(),
            Doing::Erasing { gone, .. } => vec![Act::Remove(gone.into_iter().collect())],
            Doing::Shaping { id, from, to } if far(from, to) => {
                vec![Act::Put(vec![self.shape(id, from, to, board.above_all())])]
            }
            Doing::Shaping { .. } => Vec::new(),
            Doing::Moving { from, to, .. } if far(from, to) => {
                vec![Act::Place(moved(board, &self.selection, (to.0 - from.0, to.1 - from.1)))]
            }
            Doing::Moving { copies_click, .. } => copies_click.map(|id| self.select([id])).unwrap_or_default(),
            Doing::Sizing { corner, frame, to } => vec![Act::Place(scaled(board, &self.selection, &frame, corner, to))],
            Doing::Boxing { from, to, adds } => {
                let inside = Rect::around([from, to]).map(|rect| board.within(self.page, rect)).unwrap_or_default();
                let kept = if adds { self.selection.clone() } else { BTreeSet::new() };
                self.select(kept.into_iter().chain(inside))
            }
            Doing::Pointing(_) => vec![Act::Tell(Live::LaserOff)],
        }
    }

    /// The shape that is being drawn, as it would be now.
    pub fn shape(&self, id: ElementId, from: (f32, f32), to: (f32, f32), order: u32) -> Element {
        use shared::board::Form;
        let form = self.styles.form;
        let (corner, size) = match form {
            Form::Line | Form::Arrow => (from, (to.0 - from.0, to.1 - from.1)),
            Form::Rectangle | Form::Ellipse => {
                let corner = (from.0.min(to.0), from.1.min(to.1));
                (corner, ((to.0 - from.0).abs(), (to.1 - from.1).abs()))
            }
        };
        let Style { colour, width } = self.styles.shape;
        Element::new(id, self.page, Place::at(corner.0, corner.1, order), Body::Shape { form, colour, width, size })
    }

    /// Lets go of what is under way.
    pub fn drop_it(&mut self) -> Vec<Act> {
        match std::mem::replace(&mut self.doing, Doing::Nothing) {
            Doing::Drawing(drawing) if drawing.begun => vec![Act::Tell(Live::Drop { tag: live::tag(drawing.id) })],
            Doing::Pointing(_) => vec![Act::Tell(Live::LaserOff)],
            Doing::Nothing
            | Doing::Drawing(_)
            | Doing::Erasing { .. }
            | Doing::Shaping { .. }
            | Doing::Moving { .. }
            | Doing::Sizing { .. }
            | Doing::Boxing { .. } => Vec::new(),
        }
    }

    /// Writes what is under way as it is now: the page is left, or the right has gone.
    pub fn finish(&mut self, board: &Board) -> Vec<Act> {
        match std::mem::replace(&mut self.doing, Doing::Nothing) {
            Doing::Drawing(drawing) => {
                let last = drawing.pen.points().last().map(|point| (point.x, point.y));
                let made = last.and_then(|at| finished(drawing, at, self.page, board.above_all()));
                made.map(|element| Act::Put(vec![element])).into_iter().collect()
            }
            doing => {
                self.doing = doing;
                self.drop_it()
            }
        }
    }

    /// What others have not heard of the stroke under way.
    pub fn untold(&mut self) -> Vec<Live> {
        let page = self.page;
        let Doing::Drawing(drawing) = &mut self.doing else { return Vec::new() };
        let mut messages = Vec::new();
        if !drawing.begun {
            drawing.begun = true;
            let Style { colour, width } = drawing.style;
            messages.push(Live::Begin { stroke: drawing.id, page, tool: drawing.tool, colour, width });
        }
        for points in drawing.pen.points()[drawing.told..].chunks(MAX_LIVE_POINTS) {
            let from = drawing.told as u32;
            messages.push(Live::Points { tag: live::tag(drawing.id), from, points: points.to_vec() });
            drawing.told += points.len();
        }
        messages
    }

    pub fn select(&mut self, ids: impl IntoIterator<Item = ElementId>) -> Vec<Act> {
        self.selection = ids.into_iter().collect();
        vec![Act::Selected]
    }

    /// Around all that is selected; `None` if nothing is.
    pub fn frame(&self, board: &Board) -> Option<Rect> {
        let chosen = self.selection.iter().filter_map(|id| board.element(*id)).map(Element::bounds);
        Rect::around(chosen.flat_map(|rect| [(rect.left, rect.top), (rect.right, rect.bottom)]))
    }
}

/// Places on the way from one to another, no further apart than `step`: a fast hand is told of few.
fn way(from: (f32, f32), to: (f32, f32), step: f32) -> impl Iterator<Item = (f32, f32)> {
    const MOST: f32 = 400.0;
    let length = (to.0 - from.0).hypot(to.1 - from.1);
    let steps = (length / step.max(0.1)).ceil().clamp(1.0, MOST) as u32;
    (1..=steps).map(move |number| {
        let part = number as f32 / steps as f32;
        (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
    })
}

fn hit_all(board: &Board, page: PageId, at: (f32, f32), reach: f32) -> Vec<ElementId> {
    let around = Rect { left: at.0, top: at.1, right: at.0, bottom: at.1 }.grown(reach);
    let near = board.visible(page, around).into_iter().filter(|element| element.is_near(at, reach));
    near.map(|element| element.id).collect()
}

/// The element that a stroke becomes when it is lifted at a point.
fn finished(drawing: Drawing, at: (f32, f32), page: PageId, order: u32) -> Option<Element> {
    let millis = drawing.pen.millis();
    let points = drawing.pen.lift(at.0, at.1);
    let first = *points.first()?;
    let points = points.iter().map(|point| Point { x: point.x - first.x, y: point.y - first.y, ..*point }).collect();
    let Style { colour, width } = drawing.style;
    let stroke = Stroke { tool: drawing.tool, colour, width, points, millis };
    Some(Element::new(drawing.id, page, Place::at(first.x, first.y, order), Body::Stroke(stroke)))
}

/// A line along the axes or between them, a square, a circle.
fn straightened(from: (f32, f32), to: (f32, f32), form: shared::board::Form) -> (f32, f32) {
    use shared::board::Form;
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    match form {
        Form::Line | Form::Arrow => {
            let step = std::f32::consts::FRAC_PI_4;
            let turn = (dy.atan2(dx) / step).round() * step;
            let length = dx.hypot(dy);
            (from.0 + length * turn.cos(), from.1 + length * turn.sin())
        }
        Form::Rectangle | Form::Ellipse => {
            let side = dx.abs().max(dy.abs());
            (from.0 + side.copysign(dx), from.1 + side.copysign(dy))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_eraser_misses_nothing_on_its_way() {
        let places: Vec<_> = way((0.0, 0.0), (240.0, 0.0), 8.0).collect();
        assert_eq!(places.last(), Some(&(240.0, 0.0)));
        assert!(places.windows(2).all(|two| two[1].0 - two[0].0 <= 8.0) && places[0].0 <= 8.0, "{places:?}");
        // Where it is put down it erases, too, and a giant leap takes no giant time.
        assert_eq!(way((5.0, 5.0), (5.0, 5.0), 8.0).collect::<Vec<_>>(), [(5.0, 5.0)]);
        assert_eq!(way((0.0, 0.0), (1e6, 0.0), 0.0).count(), 400);
    }
}
