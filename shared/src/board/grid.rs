//! Which elements of a page lie where: squares of the page, each with what touches it.

use std::collections::BTreeMap;

use super::element::Rect;
use super::ids::ElementId;

/// Side of a square, in board units: handwriting lies in one or two.
const SIDE: f32 = 256.0;
/// What touches more squares is kept by itself.
const MAX_SQUARES: i64 = 64;

#[derive(Debug, Default)]
pub(super) struct Grid {
    squares: BTreeMap<(i32, i32), Vec<ElementId>>,
    large: Vec<ElementId>,
}

/// From the first to the last column, and row, all included.
#[derive(Clone, Copy)]
struct Squares {
    columns: (i32, i32),
    rows: (i32, i32),
}

impl Squares {
    fn of(rect: &Rect) -> Self {
        // `as` keeps within i32 whatever comes.
        let square = |at: f32| (at / SIDE).floor() as i32;
        Self { columns: (square(rect.left), square(rect.right)), rows: (square(rect.top), square(rect.bottom)) }
    }

    fn count(self) -> i64 {
        let across = |(from, to): (i32, i32)| i64::from(to) - i64::from(from) + 1;
        across(self.columns).saturating_mul(across(self.rows))
    }

    fn each(self) -> impl Iterator<Item = (i32, i32)> {
        let rows = self.rows;
        (self.columns.0..=self.columns.1).flat_map(move |column| (rows.0..=rows.1).map(move |row| (column, row)))
    }

    fn holds(self, (column, row): (i32, i32)) -> bool {
        (self.columns.0..=self.columns.1).contains(&column) && (self.rows.0..=self.rows.1).contains(&row)
    }
}

impl Grid {
    pub fn put(&mut self, id: ElementId, bounds: &Rect) {
        let squares = Squares::of(bounds);
        if squares.count() > MAX_SQUARES {
            return self.large.push(id);
        }
        squares.each().for_each(|square| self.squares.entry(square).or_default().push(id));
    }

    /// Takes out what was put with these bounds.
    pub fn remove(&mut self, id: ElementId, bounds: &Rect) {
        let squares = Squares::of(bounds);
        if squares.count() > MAX_SQUARES {
            return self.large.retain(|other| *other != id);
        }
        for square in squares.each() {
            if let Some(there) = self.squares.get_mut(&square) {
                there.retain(|other| *other != id);
                if there.is_empty() {
                    self.squares.remove(&square);
                }
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.squares.is_empty() && self.large.is_empty()
    }

    /// All whose squares meet the rectangle, some of them twice; some may lie just outside of it.
    pub fn near(&self, rect: &Rect) -> Vec<ElementId> {
        let squares = Squares::of(rect);
        let mut found = self.large.clone();
        if squares.count() > self.squares.len() as i64 {
            let inside = self.squares.iter().filter(|(square, _)| squares.holds(**square));
            found.extend(inside.flat_map(|(_, there)| there));
        } else {
            found.extend(squares.each().filter_map(|square| self.squares.get(&square)).flatten());
        }
        found
    }
}
