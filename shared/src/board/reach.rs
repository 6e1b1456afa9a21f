//! How near a point is to what an element draws, and how large that is where only the screen knows exactly.

use super::element::{Body, Form, Place, Stroke, extent};

/// How far the head of an arrow reaches on each side of its line.
pub(super) fn arrow_head(width: f32) -> f32 {
    6.0 + 2.5 * width
}

/// About what a text takes on the screen: a Chinese character is as wide as it is high, a Latin one about half as wide.
pub(super) fn text_size(text: &str, size: f32) -> (f32, f32) {
    const LINE: f32 = 1.4;
    let width = |line: &str| line.chars().map(|c| if c.is_ascii() { 0.56 } else { 1.0 }).sum::<f32>();
    let widest = text.lines().map(width).fold(0.5, f32::max);
    let lines = text.lines().count().max(1);
    (widest * size, lines as f32 * size * LINE)
}

/// Whether the body at its place is within `radius` of a point of the page.
pub(super) fn is_near(body: &Body, place: &Place, at: (f32, f32), radius: f32) -> bool {
    match body {
        Body::Stroke(Stroke { points, width, .. }) => {
            let line = points.iter().map(|point| place.apply((point.x, point.y)));
            is_near_line(line, at, radius + width / 2.0 * place.scale_x.max(place.scale_y))
        }
        Body::Shape { form, size, width, .. } => {
            let outline = outline(*form, *size).into_iter().map(|corner| place.apply(corner));
            is_near_line(outline, at, radius + width / 2.0)
        }
        Body::Text { .. } | Body::Note { .. } | Body::Picture { .. } => {
            let inside = extent(body);
            let (x, y) = place.unapply(at);
            let (dx, dy) = (radius / place.scale_x, radius / place.scale_y);
            inside.left - dx <= x && x <= inside.right + dx && inside.top - dy <= y && y <= inside.bottom + dy
        }
    }
}

/// The line a shape is drawn by, in its own coordinates.
fn outline(form: Form, (width, height): (f32, f32)) -> Vec<(f32, f32)> {
    /// Corners that stand for an ellipse: it is hit as well as it is seen.
    const CORNERS: usize = 48;
    match form {
        Form::Line | Form::Arrow => vec![(0.0, 0.0), (width, height)],
        Form::Rectangle => vec![(0.0, 0.0), (width, 0.0), (width, height), (0.0, height), (0.0, 0.0)],
        Form::Ellipse => (0..=CORNERS)
            .map(|corner| {
                let (sin, cos) = (corner as f32 / CORNERS as f32 * std::f32::consts::TAU).sin_cos();
                (width / 2.0 * (1.0 + cos), height / 2.0 * (1.0 + sin))
            })
            .collect(),
    }
}

fn is_near_line(line: impl Iterator<Item = (f32, f32)>, at: (f32, f32), radius: f32) -> bool {
    let mut before = None;
    for point in line {
        // A single point is a stretch that begins and ends there.
        if distance_squared(at, before.unwrap_or(point), point) <= radius * radius {
            return true;
        }
        before = Some(point);
    }
    false
}

/// Squared distance of a point from the stretch between two others.
pub(super) fn distance_squared(at: (f32, f32), from: (f32, f32), to: (f32, f32)) -> f32 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((at.0 - from.0) * dx + (at.1 - from.1) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    let (x, y) = (from.0 + along * dx - at.0, from.1 + along * dy - at.1);
    x * x + y * y
}
