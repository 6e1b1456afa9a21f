//! From the movement of a pen to points, and from points to the shape that is filled on the screen.
//!
//! The look is that of freehand libraries such as perfect-freehand: points follow the pen with a little inertia, the line
//! is thinner where the pen is light or fast, and its ends are round. The code is our own.

use super::element::{Point, StrokeTool};
use super::reach::distance_squared;

/// How far a point follows the pen: the rest is inertia, which takes the trembling out.
const FOLLOW: f32 = 0.6;
/// Nearer than this, in board units at zoom 1, a point says nothing new.
const MIN_STEP: f32 = 0.75;
/// What simplifying may change, in board units at zoom 1: less than the eye sees.
const TOLERANCE: f32 = 0.2;
/// What it may change of the pressure.
const PRESSURE_TOLERANCE: f32 = 0.06;
/// From this speed on, in board units a millisecond at zoom 1, a pen that tells no pressure draws its thinnest line.
const FAST: f32 = 3.0;

/// Points after which a line goes on as another stroke. So many fit an entry wherever they lie.
const LONG: usize = 1_000;

/// Gathers the points of a stroke while it is drawn.
#[derive(Debug, Clone)]
pub struct Pen {
    points: Vec<Point>,
    last: Option<(f32, f32, f64)>,
    zoom: f32,
    begun: f64,
    ended: f64,
}

impl Pen {
    /// `zoom`: screen pixels for a board unit; whoever draws enlarged draws finer.
    pub fn new(zoom: f32) -> Self {
        Self { points: Vec::new(), last: None, zoom: zoom.max(0.01), begun: 0.0, ended: 0.0 }
    }

    /// The pen is there; `pressure` 0 to 1 if it tells one, `millis` on any clock that does not go back.
    ///
    /// Says whether a point was added.
    pub fn go(&mut self, x: f32, y: f32, pressure: Option<f32>, millis: f64) -> bool {
        self.ended = millis;
        let Some((last_x, last_y, last_millis)) = self.last else {
            self.begun = millis;
            self.last = Some((x, y, millis));
            self.points.push(Point { x, y, pressure: pressure.unwrap_or(0.5) });
            return true;
        };
        let (x, y) = (last_x + (x - last_x) * FOLLOW, last_y + (y - last_y) * FOLLOW);
        let step = (x - last_x).hypot(y - last_y) * self.zoom;
        if step < MIN_STEP {
            return false;
        }
        let before = self.points.last().map_or(0.5, |point| point.pressure);
        let pressure = pressure.unwrap_or_else(|| {
            let speed = step / (millis - last_millis).max(1.0) as f32;
            let told = 0.65 - 0.4 * (speed / FAST).min(1.0);
            // Speed leaps from one event to the next, a line does not.
            before + (told - before) * 0.25
        });
        self.last = Some((x, y, millis));
        self.points.push(Point { x, y, pressure: pressure.clamp(0.0, 1.0) });
        true
    }

    /// The points so far, as they are drawn at once.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// It has so many points that it should be lifted here, and go on as another stroke.
    pub fn is_long(&self) -> bool {
        self.points.len() >= LONG
    }

    /// How long it has taken so far, in milliseconds.
    pub fn millis(&self) -> u32 {
        (self.ended - self.begun).clamp(0.0, f64::from(u32::MAX)) as u32
    }

    /// The pen was lifted there: the points without those nobody would miss.
    pub fn lift(mut self, x: f32, y: f32) -> Vec<Point> {
        let pressure = self.points.last().map_or(0.5, |point| point.pressure);
        if self.points.last().is_some_and(|last| (last.x, last.y) != (x, y)) {
            self.points.push(Point { x, y, pressure });
        }
        simplify(&self.points, TOLERANCE / self.zoom)
    }
}

/// The fewest of these points from which the line differs by no more than `tolerance`.
///
/// Ramer, Douglas and Peucker; the pressure counts, too.
pub fn simplify(points: &[Point], tolerance: f32) -> Vec<Point> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    let mut kept = vec![false; points.len()];
    (kept[0], kept[last]) = (true, true);
    let mut stretches = vec![(0, last)];
    while let Some((from, to)) = stretches.pop() {
        let worst = (from + 1..to)
            .map(|at| (deviation(points, from, to, at, tolerance), at))
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        if let Some((_, at)) = worst.filter(|(deviation, _)| *deviation > 1.0) {
            kept[at] = true;
            stretches.extend([(from, at), (at, to)]);
        }
    }
    points.iter().zip(kept).filter(|(_, kept)| *kept).map(|(point, _)| *point).collect()
}

/// How far a point lies off the stretch between two others, in tolerances.
fn deviation(points: &[Point], from: usize, to: usize, at: usize, tolerance: f32) -> f32 {
    let (first, last, point) = (points[from], points[to], points[at]);
    let off = distance_squared((point.x, point.y), (first.x, first.y), (last.x, last.y)).sqrt();
    let along = (at - from) as f32 / (to - from) as f32;
    let pressed = (point.pressure - (first.pressure + (last.pressure - first.pressure) * along)).abs();
    (off / tolerance).max(pressed / PRESSURE_TOLERANCE)
}

/// Half the width of a line where the pen is pressed so: 0.3 to 0.7 of the width for a pen, always half for a highlighter.
pub fn radius(width: f32, tool: StrokeTool, pressure: f32) -> f32 {
    match tool {
        StrokeTool::Pen => width * (0.3 + 0.4 * pressure),
        StrokeTool::Highlighter => width / 2.0,
    }
}

/// The outline of a stroke: a closed polygon, to be filled by the nonzero rule. Empty if there are no points.
pub fn outline(points: &[Point], width: f32, tool: StrokeTool) -> Vec<(f32, f32)> {
    let mut line: Vec<Point> = points.to_vec();
    line.dedup_by(|a, b| (a.x, a.y) == (b.x, b.y));
    let radius = |point: &Point| radius(width, tool, point.pressure);
    match line.as_slice() {
        [] => Vec::new(),
        [dot] => arc((dot.x, dot.y), radius(dot), 0.0, std::f32::consts::TAU),
        [first, .., last] => {
            let directions = directions(&line);
            let (mut left, mut right) = (Vec::with_capacity(line.len() + 8), Vec::with_capacity(line.len() + 8));
            for (at, point) in line.iter().enumerate() {
                let (r, (dx, dy)) = (radius(point), directions[at]);
                if at > 0 && at + 1 < line.len() && turns_sharply(directions[at - 1], directions[at]) {
                    // A corner is round on both sides; the nonzero rule fills what overlaps.
                    let heading = directions[at - 1].1.atan2(directions[at - 1].0);
                    let corner = arc((point.x, point.y), r, heading - QUARTER, heading + QUARTER);
                    right.extend(corner.iter().copied());
                    left.extend(corner.into_iter().rev());
                }
                left.push((point.x + dy * r, point.y - dx * r));
                right.push((point.x - dy * r, point.y + dx * r));
            }
            let (start, end) = (directions[0], directions[line.len() - 1]);
            let heading = end.1.atan2(end.0);
            let mut outline = left;
            outline.extend(arc((last.x, last.y), radius(last), heading - QUARTER, heading + QUARTER));
            outline.extend(right.into_iter().rev());
            let back = start.1.atan2(start.0) + std::f32::consts::PI;
            outline.extend(arc((first.x, first.y), radius(first), back - QUARTER, back + QUARTER));
            outline
        }
    }
}

const QUARTER: f32 = std::f32::consts::FRAC_PI_2;

/// Where the line goes at each point, of length 1: the mean of the stretches before and after it.
fn directions(line: &[Point]) -> Vec<(f32, f32)> {
    let stretch = |from: &Point, to: &Point| unit((to.x - from.x, to.y - from.y));
    let at = |place: usize| {
        let before = place.checked_sub(1).map(|before| stretch(&line[before], &line[place]));
        let after = line.get(place + 1).map(|after| stretch(&line[place], after));
        match (before, after) {
            (Some(before), Some(after)) if turns_sharply(before, after) => after,
            (Some(before), Some(after)) => unit((before.0 + after.0, before.1 + after.1)),
            (before, after) => before.or(after).unwrap_or((1.0, 0.0)),
        }
    };
    (0..line.len()).map(at).collect()
}

/// By more than 100 degrees or so.
fn turns_sharply(before: (f32, f32), after: (f32, f32)) -> bool {
    before.0 * after.0 + before.1 * after.1 < -0.2
}

fn unit((x, y): (f32, f32)) -> (f32, f32) {
    let length = x.hypot(y);
    if length > 0.0 { (x / length, y / length) } else { (1.0, 0.0) }
}

/// Points on a circle, from one angle to another, both included.
fn arc((x, y): (f32, f32), radius: f32, from: f32, to: f32) -> Vec<(f32, f32)> {
    // A step for every two units of the way, so that small dots cost little.
    let steps = ((to - from).abs() * radius / 2.0).ceil().clamp(4.0, 24.0) as usize;
    let point = |step: usize| {
        let (sin, cos) = (from + (to - from) * step as f32 / steps as f32).sin_cos();
        (x + radius * cos, y + radius * sin)
    };
    (0..=steps).map(point).collect()
}
