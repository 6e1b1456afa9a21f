//! Small pictures without letters, drawn point by point: what stands on the slides and in front of the results.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sketch {
    /// A round of so many parts, so many of them coloured.
    Round(u8, u8),
    /// A bar of so many parts, so many of them coloured.
    Bar(u8, u8),
    /// Hours and minutes.
    Clock(u8, u8),
    /// A line with so many marks, one of them picked.
    Marks(u8, u8),
    /// Columns of a chart, each up to 10.
    Columns(&'static [u8]),
    /// Rows and columns of dots.
    Dots(u8, u8),
    /// Rows and columns of squares, so many of them coloured.
    Squares(u8, u8, u8),
    /// A square, a triangle and a round.
    Shapes,
    /// A right angle and a slanting leg.
    Angle,
    /// Written lines, as of a text.
    Lines,
    /// Heads of notes on five lines.
    Notes,
    /// A stalk with leaves.
    Plant,
    /// A lamp, a source and wires.
    Circuit,
    /// Sun over a hill.
    Hill,
    /// Two who talk.
    Talk,
}

/// Where the sketch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Frame {
    /// 144 × 108: a slide.
    Slide,
    /// 144 × 108: a sheet with lines under the sketch.
    Sheet,
    /// 480 × 360: the sketch alone.
    Large,
}

/// A colour as red, green, blue.
pub type Colour = [u8; 3];

const PAPER: u8 = 0;
const INK: u8 = 1;
const ACCENT: u8 = 2;
const PALE: u8 = 3;
const GREY: u8 = 4;

/// A PNG of 16 colours at most.
pub fn draw(sketch: Sketch, frame: Frame, accent: Colour) -> Vec<u8> {
    let mut canvas = match frame {
        Frame::Slide | Frame::Sheet => Canvas::new(144, 108),
        Frame::Large => Canvas::new(480, 360),
    };
    match frame {
        Frame::Slide => {
            canvas.rectangle(0, 0, 144, 12, ACCENT);
            canvas.sketch(sketch, 28, 20, 88, 66);
            canvas.rectangle(28, 94, 60, 4, GREY);
        }
        Frame::Sheet => {
            canvas.rectangle(0, 0, 144, 108, GREY);
            canvas.rectangle(36, 4, 72, 100, PAPER);
            canvas.rectangle(44, 12, 40, 5, ACCENT);
            canvas.sketch(sketch, 48, 24, 48, 36);
            for line in 0..5 {
                canvas.rectangle(44, 66 + line * 7, if line == 4 { 30 } else { 56 }, 2, GREY);
            }
        }
        Frame::Large => canvas.sketch(sketch, 40, 30, 400, 300),
    }
    canvas.png(accent)
}

struct Canvas {
    width: i32,
    height: i32,
    points: Vec<u8>,
}

impl Canvas {
    fn new(width: i32, height: i32) -> Self {
        let points = vec![PAPER; usize::try_from(width * height).unwrap_or(0)];
        Self { width, height, points }
    }

    fn set(&mut self, x: i32, y: i32, colour: u8) {
        if (0..self.width).contains(&x)
            && (0..self.height).contains(&y)
            && let Ok(at) = usize::try_from(y * self.width + x)
        {
            self.points[at] = colour;
        }
    }

    fn rectangle(&mut self, x: i32, y: i32, width: i32, height: i32, colour: u8) {
        for row in y..y + height {
            for column in x..x + width {
                self.set(column, row, colour);
            }
        }
    }

    fn edge(&mut self, x: i32, y: i32, width: i32, height: i32, colour: u8) {
        let thick = self.thick();
        self.rectangle(x, y, width, thick, colour);
        self.rectangle(x, y + height - thick, width, thick, colour);
        self.rectangle(x, y, thick, height, colour);
        self.rectangle(x + width - thick, y, thick, height, colour);
    }

    fn thick(&self) -> i32 {
        (self.width / 72).max(1)
    }

    fn line(&mut self, from: (i32, i32), to: (i32, i32), colour: u8) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
        let thick = self.thick();
        for step in 0..=steps {
            let x = from.0 + (to.0 - from.0) * step / steps;
            let y = from.1 + (to.1 - from.1) * step / steps;
            self.rectangle(x - thick / 2, y - thick / 2, thick, thick, colour);
        }
    }

    /// A disc; what `colour` answers for a direction from its middle is painted.
    fn disc(&mut self, middle: (i32, i32), radius: i32, colour: impl Fn(i32, i32) -> u8) {
        for y in -radius..=radius {
            for x in -radius..=radius {
                if x * x + y * y <= radius * radius {
                    self.set(middle.0 + x, middle.1 + y, colour(x, y));
                }
            }
        }
    }

    /// Draws into the rectangle at `x`, `y`.
    fn sketch(&mut self, sketch: Sketch, x: i32, y: i32, width: i32, height: i32) {
        let middle = (x + width / 2, y + height / 2);
        let radius = height / 2 - 1;
        let thick = self.thick();
        match sketch {
            Sketch::Round(parts, coloured) => {
                let share = f64::from(coloured) / f64::from(parts.max(1));
                self.disc(middle, radius, |x, y| if turn(x, y) < share { ACCENT } else { PALE });
                for part in 0..parts {
                    let to = around(middle, radius, f64::from(part) / f64::from(parts));
                    self.line(middle, to, PAPER);
                }
            }
            Sketch::Bar(parts, coloured) => {
                let each = width / i32::from(parts.max(1));
                for part in 0..i32::from(parts) {
                    let colour = if part < i32::from(coloured) { ACCENT } else { PALE };
                    self.rectangle(x + part * each, y + height / 3, each - thick, height / 3, colour);
                }
            }
            Sketch::Clock(hour, minute) => {
                self.disc(middle, radius, |_, _| INK);
                self.disc(middle, radius - 2 * thick, |_, _| PAPER);
                for mark in 0..12 {
                    let (x, y) = around(middle, radius * 5 / 6, f64::from(mark) / 12.0);
                    self.rectangle(x - thick / 2, y - thick / 2, thick, thick, GREY);
                }
                let long = f64::from(minute) / 60.0;
                let short = (f64::from(hour % 12) + long) / 12.0;
                self.line(middle, around(middle, radius / 2, short), INK);
                self.line(middle, around(middle, radius * 3 / 4, long), ACCENT);
            }
            Sketch::Marks(marks, picked) => {
                self.rectangle(x, middle.1, width, thick, INK);
                let each = width / i32::from(marks.max(1));
                for mark in 0..i32::from(marks) {
                    let colour = if mark == i32::from(picked) { ACCENT } else { INK };
                    self.rectangle(x + each / 2 + mark * each, middle.1 - height / 10, thick, height / 5, colour);
                }
                self.disc((x + each / 2 + i32::from(picked) * each, middle.1 - height / 4), height / 10, |_, _| ACCENT);
            }
            Sketch::Columns(columns) => {
                let each = width / i32::try_from(columns.len().max(1)).unwrap_or(1);
                for (at, column) in (0i32..).zip(columns) {
                    let high = (height - thick) * i32::from(*column) / 10;
                    let colour = if at % 2 == 0 { ACCENT } else { PALE };
                    self.rectangle(x + at * each, y + height - high, each * 2 / 3, high, colour);
                }
                self.rectangle(x, y + height - thick, width, thick, INK);
            }
            Sketch::Dots(rows, columns) => {
                let (high, wide) = (height / i32::from(rows.max(1)), width / i32::from(columns.max(1)));
                for row in 0..i32::from(rows) {
                    for column in 0..i32::from(columns) {
                        let at = (x + wide / 2 + column * wide, y + high / 2 + row * high);
                        self.disc(at, high.min(wide) / 3, |_, _| if row % 2 == 0 { ACCENT } else { PALE });
                    }
                }
            }
            Sketch::Squares(rows, columns, coloured) => {
                let side = (height / i32::from(rows.max(1))).min(width / i32::from(columns.max(1)));
                let left = x + (width - side * i32::from(columns)) / 2;
                for at in 0..i32::from(rows) * i32::from(columns) {
                    let (row, column) = (at / i32::from(columns), at % i32::from(columns));
                    let colour = if at < i32::from(coloured) { ACCENT } else { PALE };
                    self.rectangle(left + column * side, y + row * side, side - thick, side - thick, colour);
                }
            }
            Sketch::Shapes => {
                let side = height / 2;
                self.rectangle(x, y, side, side, ACCENT);
                self.disc((x + width - side / 2, y + side / 2), side / 2, |_, _| PALE);
                for row in 0..side {
                    self.rectangle(middle.0 - row / 2, y + side + row - thick, row, 1, INK);
                }
            }
            Sketch::Angle => {
                let corner = (x + width / 5, y + height - thick);
                self.line(corner, (x + width, corner.1), INK);
                self.line(corner, (corner.0, y), INK);
                self.line(corner, (x + width * 4 / 5, y + height / 5), ACCENT);
            }
            Sketch::Lines => {
                for line in 0..5 {
                    let colour = if line == 0 { ACCENT } else { GREY };
                    self.rectangle(x, y + line * height / 5, width * (5 - line % 3) / 5, height / 12, colour);
                }
            }
            Sketch::Notes => {
                for line in 0..5 {
                    self.rectangle(x, y + height / 4 + line * height / 8, width, 1, INK);
                }
                for (at, step) in [4, 2, 3, 1, 2].into_iter().enumerate() {
                    let at = i32::try_from(at).unwrap_or(0);
                    let head = (x + width / 10 + at * width / 5, y + height / 4 + step * height / 8);
                    self.disc(head, height / 14, |_, _| ACCENT);
                    self.rectangle(head.0 + height / 14, head.1 - height / 3, thick, height / 3, ACCENT);
                }
            }
            Sketch::Plant => {
                self.rectangle(middle.0, y, thick, height, INK);
                for (at, side) in [(2, -1), (4, 1), (6, -1)] {
                    let leaf = (middle.0 + side * height / 6, y + at * height / 8);
                    self.disc(leaf, height / 8, |_, _| ACCENT);
                }
                self.rectangle(x + width / 4, y + height - thick * 2, width / 2, thick * 2, GREY);
            }
            Sketch::Circuit => {
                self.edge(x, y + height / 4, width, height * 3 / 4, INK);
                self.disc((middle.0, y + height / 4), height / 5, |_, _| ACCENT);
                self.rectangle(middle.0 - width / 8, y + height - height / 8, width / 4, height / 5, PALE);
            }
            Sketch::Hill => {
                self.disc((x + width * 3 / 4, y + height / 4), height / 6, |_, _| ACCENT);
                for row in 0..height / 2 {
                    self.rectangle(middle.0 - row * 3 / 4 - 2, y + height / 2 + row, row * 3 / 2 + 4, 1, PALE);
                }
            }
            Sketch::Talk => {
                for (left, colour) in [(x + width / 4, ACCENT), (x + width * 3 / 4, PALE)] {
                    self.disc((left, y + height / 3), height / 6, |_, _| colour);
                    self.rectangle(left - height / 5, y + height * 3 / 5, height * 2 / 5, height / 3, colour);
                }
            }
        }
    }

    /// Four bits to a point, one palette.
    fn png(&self, accent: Colour) -> Vec<u8> {
        let pale = accent.map(|part| u8::try_from((u16::from(part) + 2 * 255) / 3).unwrap_or(255));
        let palette = [[255, 255, 255], [0x33, 0x38, 0x3d], accent, pale, [0xdd, 0xda, 0xd3]];
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut head = Vec::new();
        for side in [self.width, self.height] {
            head.extend(u32::try_from(side).unwrap_or(0).to_be_bytes());
        }
        head.extend([4, 3, 0, 0, 0]);
        chunk(&mut file, b"IHDR", &head);
        chunk(&mut file, b"PLTE", palette.as_flattened());
        chunk(&mut file, b"IDAT", &self.packed());
        chunk(&mut file, b"IEND", &[]);
        file
    }

    fn packed(&self) -> Vec<u8> {
        let mut rows = Vec::with_capacity(self.points.len() / 2 + 400);
        for row in self.points.chunks(usize::try_from(self.width).unwrap_or(1)) {
            rows.push(0);
            rows.extend(row.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)));
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&rows).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
    }
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], content: &[u8]) {
    let mut sum = Crc::new();
    sum.update(name);
    sum.update(content);
    file.extend(u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend(name);
    file.extend(content);
    file.extend(sum.sum().to_be_bytes());
}

/// How far round from the top a direction is, 0 to 1.
fn turn(x: i32, y: i32) -> f64 {
    let angle = f64::from(x).atan2(f64::from(-y)) / std::f64::consts::TAU;
    if angle < 0.0 { angle + 1.0 } else { angle }
}

/// The point so far round from the top, by fractions of a turn.
fn around(middle: (i32, i32), radius: i32, part: f64) -> (i32, i32) {
    let angle = part * std::f64::consts::TAU;
    let reach = f64::from(radius);
    let whole = |value: f64| value.round() as i32;
    (middle.0 + whole(reach * angle.sin()), middle.1 - whole(reach * angle.cos()))
}
