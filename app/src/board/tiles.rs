//! What is settled on a page, drawn in squares that are kept: moving the paper draws nothing anew but its edges.

use std::collections::BTreeMap;

use shared::board::{ElementId, Rect};

/// Edge of a tile in device pixels.
pub const SIDE: u32 = 512;

/// Column and row from the page's origin.
pub type Spot = (i32, i32);

/// Tiles of one page at one scale. `S` is what they are drawn on.
#[derive(Debug)]
pub struct Tiles<S> {
    /// Device pixels for a board unit.
    pub scale: f32,
    tiles: BTreeMap<Spot, Tile<S>>,
    turn: u64,
}

#[derive(Debug)]
pub struct Tile<S> {
    /// What is shown: as it is now, as it was before, or as far as it has got.
    pub shown: Option<S>,
    pub work: Work<S>,
    used: u64,
}

#[derive(Debug, PartialEq)]
pub enum Work<S> {
    Done,
    /// All of it has to be drawn.
    Wanted,
    /// On `on`, or on what is shown if there was nothing before; what is left, the lowest last.
    UnderWay {
        on: Option<S>,
        left: Vec<ElementId>,
    },
}

impl<S> Tiles<S> {
    pub fn new(scale: f32) -> Self {
        Self { scale, tiles: BTreeMap::new(), turn: 0 }
    }

    /// The tiles that meet a part of the page, row by row.
    pub fn covering(&self, view: &Rect) -> Vec<Spot> {
        let cell = |length: f32| (length * self.scale / SIDE as f32).floor() as i32;
        let columns = cell(view.left)..=cell(view.right);
        (cell(view.top)..=cell(view.bottom)).flat_map(|row| columns.clone().map(move |column| (column, row))).collect()
    }

    /// What a tile shows of the page.
    pub fn rect(&self, (column, row): Spot) -> Rect {
        let edge = SIDE as f32 / self.scale;
        let (left, top) = (column as f32 * edge, row as f32 * edge);
        Rect { left, top, right: left + edge, bottom: top + edge }
    }

    /// The tile there, made if there was none.
    pub fn take(&mut self, spot: Spot) -> &mut Tile<S> {
        self.turn += 1;
        let tile = self.tiles.entry(spot).or_insert(Tile { shown: None, work: Work::Wanted, used: 0 });
        tile.used = self.turn;
        tile
    }

    pub fn get(&self, spot: Spot) -> Option<&Tile<S>> {
        self.tiles.get(&spot)
    }

    pub fn all(&self) -> impl Iterator<Item = (Spot, &Tile<S>)> {
        self.tiles.iter().map(|(spot, tile)| (*spot, tile))
    }

    /// What lies there looks different now.
    pub fn touch(&mut self, rect: &Rect) {
        for tile in self.meeting(rect) {
            tile.work = Work::Wanted;
        }
    }

    /// Something lies there now, above all the rest: gives the tiles to draw it on at once. Those that are under way get to
    /// it at their end.
    pub fn top_up(&mut self, element: ElementId, rect: &Rect) -> Vec<(Spot, &S)> {
        let mut ready = Vec::new();
        let touched = self.covering(&rect.grown(2.0 / self.scale));
        for (spot, tile) in self.tiles.iter_mut().filter(|(spot, _)| touched.contains(spot)) {
            match &mut tile.work {
                Work::Done => ready.extend(tile.shown.as_ref().map(|shown| (*spot, shown))),
                Work::Wanted => {}
                Work::UnderWay { left, .. } => left.insert(0, element),
            }
        }
        ready
    }

    /// Lets go of the tiles that were not used for longest, until there are no more than `most`; gives what they were
    /// drawn on.
    pub fn tidy(&mut self, most: usize) -> Vec<S> {
        let mut used: Vec<(u64, Spot)> = self.tiles.iter().map(|(spot, tile)| (tile.used, *spot)).collect();
        used.sort_unstable();
        let over = used.len().saturating_sub(most);
        let gone = used.into_iter().take(over).filter_map(|(_, spot)| self.tiles.remove(&spot));
        gone.filter_map(|tile| tile.shown).collect()
    }

    fn meeting(&mut self, rect: &Rect) -> impl Iterator<Item = &mut Tile<S>> {
        // Lines are drawn soft: a pixel more.
        let touched = self.covering(&rect.grown(2.0 / self.scale));
        self.tiles.iter_mut().filter(move |(spot, _)| touched.contains(spot)).map(|(_, tile)| tile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
        Rect { left, top, right, bottom }
    }

    #[test]
    fn tiles_cover_the_view_without_gaps() {
        for scale in [0.1, 1.0, 1.25, 3.0] {
            let tiles = Tiles::<()>::new(scale);
            let view = rect(-700.0, -10.0, 1_300.0, 600.0);
            let spots = tiles.covering(&view);
            let all = spots.iter().map(|spot| tiles.rect(*spot)).reduce(|a, b| {
                rect(a.left.min(b.left), a.top.min(b.top), a.right.max(b.right), a.bottom.max(b.bottom))
            });
            assert!(all.is_some_and(|all| all.grown(0.01).holds(&view)), "{scale}");
            let area: f32 = spots.iter().map(|spot| tiles.rect(*spot).width().powi(2)).sum();
            let all = all.unwrap();
            assert!((area - all.width() * all.height()).abs() < area * 0.001, "{scale}");
        }
    }

    #[test]
    fn a_change_is_drawn_where_it_is_and_nowhere_else() {
        let mut tiles = Tiles::new(1.0);
        for column in 0..3 {
            let tile = tiles.take((column, 0));
            (tile.shown, tile.work) = (Some(column), Work::Done);
        }
        tiles.touch(&rect(600.0, 10.0, 700.0, 20.0));
        let works = |tiles: &Tiles<i32>| tiles.all().map(|(_, tile)| tile.work == Work::Done).collect::<Vec<_>>();
        assert_eq!(works(&tiles), [true, false, true]);
        let new = ElementId::new(7);
        let at_once = tiles.top_up(new, &rect(500.0, 10.0, 1_100.0, 20.0)).into_iter().map(|(_, on)| *on);
        assert_eq!(at_once.collect::<Vec<_>>(), [0, 2], "the one that has to be drawn anew gets it then");
        tiles.take((1, 0)).work = Work::UnderWay { on: None, left: vec![ElementId::new(1)] };
        tiles.top_up(new, &rect(600.0, 10.0, 700.0, 20.0));
        assert_eq!(tiles.take((1, 0)).work, Work::UnderWay { on: None, left: vec![new, ElementId::new(1)] });
    }

    #[test]
    fn what_was_not_seen_for_longest_goes_first() {
        let mut tiles = Tiles::new(1.0);
        for column in 0..4 {
            tiles.take((column, 0)).shown = Some(column);
        }
        tiles.take((0, 0));
        assert_eq!(tiles.tidy(2), [1, 2]);
        assert!(tiles.get((0, 0)).is_some() && tiles.get((3, 0)).is_some());
    }
}
