//! What is drawn where: settled elements on tiles, and above them all that is on the move.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use shared::board::live::LiveStrokes;
use shared::board::{Background, Board, Change, Element, ElementId, PageId, Rect, ink};
use shared::sync::Millis;

use super::camera::Camera;
use super::figure::{self, Ink, Mark};
use super::inks::Inks;
use super::tiles::{SIDE, Spot, Tiles, Work};
use crate::browser::canvas::{Canvas, Path, Picture};
use crate::browser::clock;

/// How long settled elements may be drawn in one picture of the screen, in milliseconds.
const BUDGET_MILLIS: u64 = 7;
/// How often is looked at the clock meanwhile, in elements.
const LOOK_EACH: usize = 12;
/// After the scale has changed, tiles are drawn anew once it has stayed so long, in milliseconds.
const STILL_MILLIS: u64 = 140;
/// Tiles that are kept beyond what the screen shows.
const SPARE_TILES: usize = 24;
/// Figures that are kept ready to be drawn again.
const MOST_FIGURES: usize = 6_000;
/// More changes at once than this are shown by drawing all anew.
const MANY_CHANGES: usize = 400;
/// Between the lines of ruled and squared pages, in board units.
const RULE: f32 = 40.0;

/// A mark that the browser has read.
enum Ready {
    Fill { path: Path, ink: Ink, opacity: f32 },
    Line { path: Path, ink: Ink, width: f32 },
    Words { text: String, ink: Ink, size: f32, x: f32, y: f32 },
    Picture { address: String, width: f32, height: f32 },
}

/// Somebody else on the board, from their presence.
#[derive(Debug, Clone, PartialEq)]
pub struct Guest {
    pub client: u64,
    pub name: String,
    pub tone: u8,
    pub page: PageId,
    pub view: Rect,
}

pub struct Scene {
    settled: Canvas,
    pub(super) moving: Canvas,
    /// CSS pixels.
    pub size: (f32, f32),
    /// Device pixels for a CSS pixel.
    pub ratio: f32,
    pub inks: Inks,
    page: PageId,
    tiles: Tiles<Canvas>,
    /// At the scale before, shown until those of the new one are there.
    before: Option<Tiles<Canvas>>,
    spare: Vec<Canvas>,
    /// When the scale became another one.
    scaled: Millis,
    figures: HashMap<ElementId, Rc<Vec<Ready>>>,
    pictures: BTreeMap<String, Picture>,
    /// Tells that a picture has come.
    came: Rc<dyn Fn()>,
    /// They are on the move, and not drawn where they were.
    lifted: BTreeSet<ElementId>,
    pub others: LiveStrokes,
    /// By the client id of their presence: where, and when it was told.
    pub lasers: BTreeMap<u64, (PageId, (f32, f32), Millis)>,
    pub guests: BTreeMap<u64, Guest>,
}

impl Scene {
    pub fn new(settled: Canvas, moving: Canvas, page: PageId, came: impl Fn() + 'static) -> Self {
        Self {
            settled,
            moving,
            size: (0.0, 0.0),
            ratio: 1.0,
            inks: Inks::read(),
            page,
            tiles: Tiles::new(1.0),
            before: None,
            spare: Vec::new(),
            scaled: Millis(0),
            figures: HashMap::new(),
            pictures: BTreeMap::new(),
            came: Rc::new(came),
            lifted: BTreeSet::new(),
            others: LiveStrokes::default(),
            lasers: BTreeMap::new(),
            guests: BTreeMap::new(),
        }
    }

    /// The element on the page has that size now.
    pub fn resize(&mut self, size: (f32, f32), ratio: f32) {
        (self.size, self.ratio) = (size, ratio);
        let (width, height) = ((size.0 * ratio).round().max(1.0) as u32, (size.1 * ratio).round().max(1.0) as u32);
        self.settled.resize(width, height);
        self.moving.resize(width, height);
    }

    /// The theme may be another one: all is drawn anew if it is.
    pub fn read_inks(&mut self) {
        let inks = Inks::read();
        if inks != self.inks {
            self.inks = inks;
            self.begin_anew();
        }
    }

    /// Another board takes the place of this one.
    pub fn forget(&mut self) {
        self.figures.clear();
        self.begin_anew();
    }

    fn begin_anew(&mut self) {
        self.before = None;
        self.tiles = Tiles::new(self.tiles.scale);
    }

    pub fn show_page(&mut self, page: PageId) {
        if self.page != page {
            self.page = page;
            self.lifted.clear();
            self.begin_anew();
        }
    }

    /// These are on the move from now on, and no others.
    pub fn lift(&mut self, board: &Board, ids: BTreeSet<ElementId>) {
        if ids == self.lifted {
            return;
        }
        for id in self.lifted.symmetric_difference(&ids).copied().collect::<Vec<_>>() {
            if let Some(element) = board.element(id) {
                self.tiles.touch(&element.bounds());
            }
        }
        self.lifted = ids;
    }

    pub fn changed(&mut self, board: &Board, changes: &[Change]) {
        if changes.len() > MANY_CHANGES {
            self.forget();
        }
        for change in changes {
            match change {
                Change::Put(id, before) => {
                    self.others.settle(*id);
                    self.figures.remove(id);
                    if let Some(element) = board.element(*id).filter(|element| element.page == self.page) {
                        self.put(board, element, before.as_ref());
                    }
                }
                Change::Removed(id, page, rect) => {
                    self.figures.remove(id);
                    if *page == self.page {
                        self.tiles.touch(rect);
                    }
                }
                Change::Pages => {}
            }
        }
    }

    fn put(&mut self, board: &Board, element: &Element, before: Option<&Rect>) {
        let bounds = element.bounds();
        let is_highest = element.place.order + 1 >= board.above_all();
        if before.is_some() || !is_highest {
            before.into_iter().for_each(|before| self.tiles.touch(before));
            return self.tiles.touch(&bounds);
        }
        let scale = self.tiles.scale;
        let ready: Vec<(Spot, Canvas)> =
            self.tiles.top_up(element.id, &bounds).into_iter().map(|(spot, on)| (spot, on.clone())).collect();
        for (spot, on) in ready {
            self.draw(&on, element, scale, of_tile(spot), 1.0);
        }
    }

    /// Draws what is settled; says whether there is more to draw in the next picture.
    pub fn paint(&mut self, board: &Board, camera: Camera, now: Millis) -> bool {
        let scale = camera.zoom * self.ratio;
        let mut more = self.follow_scale(scale, now);
        let origin = self.origin(camera);
        self.settled.clear();
        self.draw_background(&self.settled.clone(), board, scale, origin);
        if let Some(before) = &self.before {
            lay_scaled(&self.settled, before, scale, origin);
        }
        if self.tiles.scale != scale {
            lay_scaled(&self.settled, &self.tiles, scale, origin);
            return more;
        }
        let seen = self.tiles.covering(&camera.view(self.size));
        let until = now.plus(BUDGET_MILLIS);
        for spot in &seen {
            more |= self.work_on(board, *spot, until);
        }
        if !more {
            self.before = None;
        }
        for spot in &seen {
            if let Some(shown) = self.tiles.get(*spot).and_then(|tile| tile.shown.as_ref()) {
                let (x, y) =
                    (origin.0 + f64::from(spot.0) * f64::from(SIDE), origin.1 + f64::from(spot.1) * f64::from(SIDE));
                self.settled.lay(shown, x, y, SIDE.into(), SIDE.into());
            }
        }
        let spare = self.tiles.tidy(seen.len() + SPARE_TILES);
        self.spare.extend(spare);
        self.spare.truncate(8);
        more
    }

    /// Takes tiles of another scale once that stays; says whether that is still to come.
    fn follow_scale(&mut self, scale: f32, now: Millis) -> bool {
        if self.tiles.scale == scale {
            return false;
        }
        let is_empty = self.tiles.all().next().is_none();
        if self.scaled == Millis(0) && !is_empty {
            self.scaled = now;
        }
        if !is_empty && now.since(self.scaled) < STILL_MILLIS {
            return true;
        }
        self.scaled = Millis(0);
        let before = std::mem::replace(&mut self.tiles, Tiles::new(scale));
        self.before = Some(before).filter(|_| !is_empty);
        false
    }

    /// The scale is changing: what follows it waits a little longer.
    pub fn scales(&mut self, now: Millis) {
        self.scaled = now;
    }

    /// Where the page's origin is on the canvas, in whole device pixels: tiles would be blurred between two.
    pub fn origin(&self, camera: Camera) -> (f64, f64) {
        let scale = f64::from(camera.zoom * self.ratio);
        ((-f64::from(camera.x) * scale).round(), (-f64::from(camera.y) * scale).round())
    }

    /// Goes on drawing a tile; says whether there is more of it to draw.
    fn work_on(&mut self, board: &Board, spot: Spot, until: Millis) -> bool {
        let rect = self.tiles.rect(spot);
        let scale = self.tiles.scale;
        let tile = self.tiles.take(spot);
        if matches!(tile.work, Work::Wanted) {
            let mut left: Vec<ElementId> =
                board.visible(self.page, rect.grown(2.0 / scale)).iter().map(|element| element.id).collect();
            left.reverse();
            let on = self.spare.pop().or_else(|| Canvas::apart(SIDE, SIDE));
            if let Some(on) = &on {
                on.clear();
            }
            // What was there stays to be seen until the new one is done.
            let on = if tile.shown.is_none() {
                tile.shown = on;
                None
            } else {
                on
            };
            tile.work = Work::UnderWay { on, left };
        }
        let Work::UnderWay { on, left } = &mut tile.work else { return false };
        let Some(canvas) = on.as_ref().or(tile.shown.as_ref()).cloned() else { return false };
        let mut left = std::mem::take(left);
        let mut done = 0;
        while let Some(id) = left.pop() {
            if let Some(element) = board.element(id).filter(|_| !self.lifted.contains(&id)) {
                self.draw(&canvas, element, scale, of_tile(spot), 1.0);
            }
            done += 1;
            if done % LOOK_EACH == 0 && clock::now() > until {
                break;
            }
        }
        let more = !left.is_empty();
        let tile = self.tiles.take(spot);
        match &mut tile.work {
            Work::UnderWay { left: rest, .. } if more => *rest = left,
            work => {
                if let Work::UnderWay { on: Some(on), .. } = std::mem::replace(work, Work::Done)
                    && let Some(old) = tile.shown.replace(on)
                {
                    self.spare.push(old);
                }
            }
        }
        more
    }

    /// Draws what lies behind the elements of the page; `scale` and `origin` as in [`Self::draw`].
    pub(super) fn draw_background(&mut self, on: &Canvas, board: &Board, scale: f32, (x, y): (f64, f64)) {
        let Some(page) = board.page(self.page) else { return };
        match &page.background {
            Background::Plain => {}
            Background::Ruled => self.rules(on, scale, (x, y), false),
            Background::Grid => self.rules(on, scale, (x, y), true),
            Background::Picture { address, size } => {
                on.transform([scale.into(), 0.0, 0.0, scale.into(), x, y]);
                self.picture(on, address, *size);
                on.transform([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
            }
        }
    }

    fn rules(&self, on: &Canvas, scale: f32, (x, y): (f64, f64), squares: bool) {
        let mut step = f64::from(RULE * scale);
        // From far away, lines would be a grey.
        while step < 12.0 {
            step *= 4.0;
        }
        let (width, height) = on.size();
        let (width, height) = (f64::from(width), f64::from(height));
        let line = f64::from(self.ratio).round().max(1.0);
        let mut at = y.rem_euclid(step);
        while at < height {
            on.rectangle(&self.inks.rule, 0.0, at.round(), width, line);
            at += step;
        }
        let mut at = x.rem_euclid(step);
        while squares && at < width {
            on.rectangle(&self.inks.rule, at.round(), 0.0, line, height);
            at += step;
        }
    }

    /// Draws an element; `scale` in device pixels for a board unit, `origin` that of the page on the canvas.
    pub(super) fn draw(&mut self, on: &Canvas, element: &Element, scale: f32, origin: (f64, f64), opacity: f32) {
        let bounds = element.bounds();
        let (width, height) = (bounds.width() * scale, bounds.height() * scale);
        if width < 1.5 && height < 1.5 {
            on.transform([1.0, 0.0, 0.0, 1.0, origin.0, origin.1]);
            on.opacity((opacity * 0.6).into());
            let (x, y) = (f64::from(bounds.left * scale), f64::from(bounds.top * scale));
            return on.rectangle(&self.inks.paper_ink, x, y, 1.0, 1.0);
        }
        let place = &element.place;
        let (sin, cos) = place.turn.sin_cos();
        let (sx, sy) = (place.scale_x * scale, place.scale_y * scale);
        on.transform([
            (sx * cos).into(),
            (sx * sin).into(),
            (-sy * sin).into(),
            (sy * cos).into(),
            f64::from(place.x * scale) + origin.0,
            f64::from(place.y * scale) + origin.1,
        ]);
        let figure = self.figure(element);
        for mark in figure.iter() {
            self.mark(on, mark, opacity);
        }
    }

    /// Draws an element that is not the same any more the next time.
    pub(super) fn draw_once(&mut self, on: &Canvas, element: &Element, scale: f32, origin: (f64, f64)) {
        self.figures.remove(&element.id);
        self.draw(on, element, scale, origin, 1.0);
        self.figures.remove(&element.id);
    }

    fn mark(&mut self, on: &Canvas, mark: &Ready, opacity: f32) {
        match mark {
            Ready::Fill { path, ink, opacity: of_mark } => {
                on.opacity((opacity * of_mark).into());
                on.fill(path, self.inks.of(*ink));
            }
            Ready::Line { path, ink, width } => {
                on.opacity(opacity.into());
                on.line(path, self.inks.of(*ink), (*width).into());
            }
            Ready::Words { text, ink, size, x, y } => {
                on.opacity(opacity.into());
                on.text(text, &self.inks.font(*size), self.inks.of(*ink), (*x).into(), (*y).into());
            }
            Ready::Picture { address, width, height } => {
                on.opacity(opacity.into());
                self.picture(on, address, (*width, *height));
            }
        }
    }

    /// A picture that is not here yet is a quiet box; when it has come, all is drawn anew.
    fn picture(&mut self, on: &Canvas, address: &str, (width, height): (f32, f32)) {
        let known = self.pictures.get(address).cloned();
        let picture = known.or_else(|| {
            let came = self.came.clone();
            let asked = Picture::load(address, move || came())?;
            self.pictures.insert(address.to_owned(), asked.clone());
            Some(asked)
        });
        match picture {
            Some(picture) if picture.is_here() => on.picture(&picture, 0.0, 0.0, width.into(), height.into()),
            Some(_) | None => on.rectangle(&self.inks.tray, 0.0, 0.0, width.into(), height.into()),
        }
    }

    /// A picture has come: what stood for it is drawn anew.
    pub fn pictures_came(&mut self) {
        self.begin_anew();
    }

    /// The pictures that have come, by their addresses.
    pub fn pictures(&self) -> &BTreeMap<String, Picture> {
        &self.pictures
    }

    fn figure(&mut self, element: &Element) -> Rc<Vec<Ready>> {
        if let Some(known) = self.figures.get(&element.id) {
            return known.clone();
        }
        if self.figures.len() >= MOST_FIGURES {
            self.figures.clear();
        }
        let made = Rc::new(self.ready(element));
        self.figures.insert(element.id, made.clone());
        made
    }

    fn ready(&self, element: &Element) -> Vec<Ready> {
        let marks = figure::marks(&element.body, &|text, size| self.measure(text, size));
        let ready = marks.into_iter().filter_map(|mark| {
            Some(match mark {
                Mark::Fill { path, ink, opacity } => Ready::Fill { path: Path::read(&path)?, ink, opacity },
                Mark::Line { path, ink, width } => Ready::Line { path: Path::read(&path)?, ink, width },
                Mark::Words { text, ink, size, x, y } => Ready::Words { text, ink, size, x, y },
                Mark::Picture { address, width, height } => Ready::Picture { address, width, height },
            })
        });
        ready.collect()
    }

    pub fn measure(&self, text: &str, size: f32) -> f32 {
        self.moving.measure(text, &self.inks.font(size)) as f32
    }

    /// Draws a stroke that is not an element yet, on the moving layer.
    pub(super) fn draw_live(
        &self,
        points: &[shared::board::Point],
        width: f32,
        tool: shared::board::StrokeTool,
        ink: Ink,
    ) {
        let outline = ink::outline(points, width, tool);
        if let Some(path) = Path::read(&figure::closed(&outline)) {
            self.moving.opacity(figure::opacity(tool).into());
            self.moving.fill(&path, self.inks.of(ink));
        }
    }
}

fn of_tile((column, row): Spot) -> (f64, f64) {
    (-f64::from(column) * f64::from(SIDE), -f64::from(row) * f64::from(SIDE))
}

/// Tiles of another scale, as they would look at this one.
fn lay_scaled(on: &Canvas, tiles: &Tiles<Canvas>, scale: f32, origin: (f64, f64)) {
    for (spot, tile) in tiles.all() {
        let Some(shown) = &tile.shown else { continue };
        let rect = tiles.rect(spot);
        let edge = f64::from(rect.width() * scale);
        on.lay(shown, origin.0 + f64::from(rect.left * scale), origin.1 + f64::from(rect.top * scale), edge, edge);
    }
}
