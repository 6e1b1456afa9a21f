//! Moving and scaling what is selected.

use std::collections::BTreeSet;

use shared::board::{Board, ElementId, Place, Rect};

/// Scales of an element stay within these.
const SCALES: (f32, f32) = (1.0 / 64.0, 64.0);

/// A corner of the frame around the selection, by which it is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corner {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

impl Corner {
    pub const ALL: [Corner; 4] = [Corner::TopLeft, Corner::TopRight, Corner::BottomLeft, Corner::BottomRight];

    pub fn of(self, frame: &Rect) -> (f32, f32) {
        match self {
            Corner::TopLeft => (frame.left, frame.top),
            Corner::TopRight => (frame.right, frame.top),
            Corner::BottomLeft => (frame.left, frame.bottom),
            Corner::BottomRight => (frame.right, frame.bottom),
        }
    }

    fn opposite(self) -> Self {
        match self {
            Corner::TopLeft => Corner::BottomRight,
            Corner::TopRight => Corner::BottomLeft,
            Corner::BottomLeft => Corner::TopRight,
            Corner::BottomRight => Corner::TopLeft,
        }
    }

    /// The corner within `reach` of a point.
    pub fn at(frame: &Rect, at: (f32, f32), reach: f32) -> Option<Self> {
        Corner::ALL.into_iter().find(|corner| {
            let (x, y) = corner.of(frame);
            (x - at.0).abs() <= reach && (y - at.1).abs() <= reach
        })
    }
}

/// Where each of these lies when all go by so much.
pub fn moved(board: &Board, ids: &BTreeSet<ElementId>, by: (f32, f32)) -> Vec<(ElementId, Place)> {
    let there = ids.iter().filter_map(|id| board.element(*id));
    there
        .map(|element| (element.id, Place { x: element.place.x + by.0, y: element.place.y + by.1, ..element.place }))
        .collect()
}

/// Where each of these lies, and how large, when a corner of the frame around them is drawn to a point. Its sides keep
/// their proportion, and the corner across stays.
pub fn scaled(
    board: &Board,
    ids: &BTreeSet<ElementId>,
    frame: &Rect,
    corner: Corner,
    to: (f32, f32),
) -> Vec<(ElementId, Place)> {
    let (held, fixed) = (corner.of(frame), corner.opposite().of(frame));
    let along = (held.0 - fixed.0, held.1 - fixed.1);
    let length = along.0 * along.0 + along.1 * along.1;
    if length <= 0.0 {
        return Vec::new();
    }
    let wanted = ((to.0 - fixed.0) * along.0 + (to.1 - fixed.1) * along.1) / length;
    let there: Vec<_> = ids.iter().filter_map(|id| board.element(*id)).collect();
    let scales = || there.iter().flat_map(|element| [element.place.scale_x, element.place.scale_y]);
    let smallest = scales().map(|scale| SCALES.0 / scale).fold(0.02, f32::max);
    let largest = scales().map(|scale| SCALES.1 / scale).fold(f32::MAX, f32::min);
    let factor = wanted.max(smallest).min(largest);
    let place = |place: Place| Place {
        x: fixed.0 + (place.x - fixed.0) * factor,
        y: fixed.1 + (place.y - fixed.1) * factor,
        scale_x: place.scale_x * factor,
        scale_y: place.scale_y * factor,
        ..place
    };
    there.iter().map(|element| (element.id, place(element.place))).collect()
}
