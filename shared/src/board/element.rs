//! What lies on a board. Lengths are in board units: CSS pixels at zoom 1.

use std::sync::Arc;

use super::ids::{ElementId, PageId};
use super::rank::Rank;
use super::reach;

/// Coordinates lie between minus and plus this, in board units.
pub const MAX_COORDINATE: f32 = 1_048_576.0;

/// A point of a stroke.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
    /// 0 to 1; 0.5 where nothing is known of it.
    pub pressure: f32,
}

/// A colour of the palette; which it is on the screen says the theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Colour {
    Ink,
    Red,
    Blue,
    Green,
    Orange,
    Violet,
    White,
    /// That of a person, 1 to 10.
    Tone(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StrokeTool {
    Pen,
    Highlighter,
}

/// A line drawn by hand. Its first point is at 0, 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Stroke {
    pub tool: StrokeTool,
    pub colour: Colour,
    /// Of the line at pressure 0.5.
    pub width: f32,
    pub points: Vec<Point>,
    /// How long it took to draw, in milliseconds.
    pub millis: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// From 0, 0 to `size`, which may be negative; so does an arrow, which points there.
    Line,
    Arrow,
    Rectangle,
    Ellipse,
}

/// What an element is, in a system of coordinates of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Stroke(Stroke),
    Shape {
        form: Form,
        colour: Colour,
        /// Of its line.
        width: f32,
        size: (f32, f32),
    },
    Text {
        text: String,
        colour: Colour,
        /// Height of a line of letters.
        size: f32,
    },
    /// A sticky note.
    Note {
        text: String,
        colour: Colour,
        size: (f32, f32),
    },
    /// A picture of this site.
    Picture {
        /// A path below `/api/`.
        address: String,
        size: (f32, f32),
    },
}

/// Where an element lies: scaled, then turned about its own origin, then moved to `x`, `y`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub x: f32,
    pub y: f32,
    /// 1/64 to 64.
    pub scale_x: f32,
    pub scale_y: f32,
    /// Clockwise on the screen, in radians.
    pub turn: f32,
    /// What has more lies above; of two with the same, the one with the larger id.
    pub order: u32,
}

impl Place {
    /// As drawn, neither scaled nor turned.
    pub fn at(x: f32, y: f32, order: u32) -> Self {
        Self { x, y, scale_x: 1.0, scale_y: 1.0, turn: 0.0, order }
    }

    /// Where a point of the body lies on the page.
    pub fn apply(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (x, y) = (x * self.scale_x, y * self.scale_y);
        let (sin, cos) = self.turn.sin_cos();
        (self.x + x * cos - y * sin, self.y + x * sin + y * cos)
    }

    /// Which point of the body lies there on the page.
    pub fn unapply(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (x, y) = (x - self.x, y - self.y);
        let (sin, cos) = self.turn.sin_cos();
        ((x * cos + y * sin) / self.scale_x, (y * cos - x * sin) / self.scale_y)
    }
}

/// A rectangle along the axes, edges included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Rect {
    /// The smallest one around these points; `None` if there are none.
    pub fn around(points: impl IntoIterator<Item = (f32, f32)>) -> Option<Self> {
        let mut points = points.into_iter();
        let (x, y) = points.next()?;
        let first = Rect { left: x, top: y, right: x, bottom: y };
        Some(points.fold(first, |rect, (x, y)| Rect {
            left: rect.left.min(x),
            top: rect.top.min(y),
            right: rect.right.max(x),
            bottom: rect.bottom.max(y),
        }))
    }

    /// Larger by so much on each side.
    pub fn grown(self, by: f32) -> Self {
        Rect { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    pub fn meets(&self, other: &Rect) -> bool {
        self.left <= other.right && other.left <= self.right && self.top <= other.bottom && other.top <= self.bottom
    }

    /// Whether all of the other lies in this one.
    pub fn holds(&self, other: &Rect) -> bool {
        self.left <= other.left && other.right <= self.right && self.top <= other.top && other.bottom <= self.bottom
    }

    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    fn corners(&self) -> [(f32, f32); 4] {
        [(self.left, self.top), (self.right, self.top), (self.right, self.bottom), (self.left, self.bottom)]
    }
}

/// Something that lies on a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    pub id: ElementId,
    pub page: PageId,
    pub place: Place,
    pub body: Arc<Body>,
    bounds: Rect,
}

impl Element {
    pub fn new(id: ElementId, page: PageId, place: Place, body: impl Into<Arc<Body>>) -> Self {
        let body = body.into();
        let bounds = bounds(&body, &place);
        Self { id, page, place, body, bounds }
    }

    /// The same at another place.
    pub fn placed(&self, place: Place) -> Self {
        Self::new(self.id, self.page, place, self.body.clone())
    }

    /// All that it covers of its page, the width of its lines included.
    pub fn bounds(&self) -> Rect {
        self.bounds
    }

    /// Whether it is within `radius` of a point of the page. What lies inside a shape that is only an outline is not it.
    pub fn is_near(&self, at: (f32, f32), radius: f32) -> bool {
        let reach = Rect { left: at.0, top: at.1, right: at.0, bottom: at.1 }.grown(radius);
        self.bounds.meets(&reach) && reach::is_near(&self.body, &self.place, at, radius)
    }
}

/// What a body covers in its own coordinates, its lines without their width.
pub(super) fn extent(body: &Body) -> Rect {
    let sized = |(width, height): (f32, f32)| {
        Rect::around([(0.0, 0.0), (width, height)]).expect("two points have a rectangle around them")
    };
    match body {
        Body::Stroke(stroke) => {
            Rect::around(stroke.points.iter().map(|point| (point.x, point.y))).unwrap_or_else(|| sized((0.0, 0.0)))
        }
        Body::Shape { size, .. } | Body::Note { size, .. } | Body::Picture { size, .. } => sized(*size),
        Body::Text { text, size, .. } => sized(reach::text_size(text, *size)),
    }
}

fn bounds(body: &Body, place: &Place) -> Rect {
    let line = match body {
        // Pressed down, a pen draws a line of one and a half times its width.
        Body::Stroke(stroke) => stroke.width,
        Body::Shape { form: Form::Arrow, width, .. } => reach::arrow_head(*width),
        Body::Shape { width, .. } => *width / 2.0,
        Body::Text { .. } | Body::Note { .. } | Body::Picture { .. } => 0.0,
    };
    let corners = extent(body).grown(line).corners().map(|corner| place.apply(corner));
    Rect::around(corners).expect("four points have a rectangle around them")
}

/// What lies behind the elements of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Background {
    Plain,
    /// Lines as in a notebook.
    Ruled,
    /// Squares.
    Grid,
    /// A page of a PDF or another picture of this site, its upper left corner at 0, 0.
    Picture {
        /// A path below `/api/`.
        address: String,
        size: (f32, f32),
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub id: PageId,
    pub rank: Rank,
    pub background: Background,
}
