//! What an element is made of on screen and paper: the same for the canvas and for SVG.

use std::f32::consts::{FRAC_PI_6, PI};
use std::fmt::Write;

use shared::board::{Body, Colour, Form, Stroke, StrokeTool, ink};

/// How much of what lies under it a highlighter lets through.
const HIGHLIGHT: f32 = 0.5;
/// Of the colour of a note, on the paper.
const NOTE: f32 = 0.3;
/// Height of a line, in heights of its letters; the base line stands in the first of them.
pub const LINE: f32 = 1.4;
const BASE: f32 = 1.06;
pub const NOTE_EDGE: f32 = 14.0;
/// Letters of a note, in board units: as large as its words have room.
const NOTE_LETTERS: [f32; 5] = [22.0, 19.0, 16.0, 14.0, 12.0];

/// With what something is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Of(Colour),
    /// The bright one of that name, for what lies behind words.
    Bright(Colour),
    /// Of the sheet itself.
    Paper,
}

/// A piece of a figure, in the coordinates of its element. `path` is as in SVG.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// Filled by the nonzero rule.
    Fill {
        path: String,
        ink: Ink,
        opacity: f32,
    },
    Line {
        path: String,
        ink: Ink,
        width: f32,
    },
    /// One line of text; `y` is its base line.
    Words {
        text: String,
        ink: Ink,
        size: f32,
        x: f32,
        y: f32,
    },
    Picture {
        address: String,
        width: f32,
        height: f32,
    },
}

/// How wide a line of text is in letters of that height.
pub type Measure<'a> = &'a dyn Fn(&str, f32) -> f32;

/// The pieces of a body, the lowest first.
pub fn marks(body: &Body, measure: Measure<'_>) -> Vec<Mark> {
    match body {
        Body::Stroke(stroke) => vec![stroke_mark(stroke)],
        Body::Shape { form, colour, width, size } => {
            vec![Mark::Line { path: shape(*form, *size, *width), ink: Ink::Of(*colour), width: *width }]
        }
        Body::Text { text, colour, size } => words(text.lines(), *colour, *size, (0.0, 0.0)),
        Body::Note { text, colour, size } => note(text, *colour, *size, measure),
        Body::Picture { address, size } => {
            vec![Mark::Picture { address: address.clone(), width: size.0, height: size.1 }]
        }
    }
}

fn stroke_mark(stroke: &Stroke) -> Mark {
    let path = closed(&ink::outline(&stroke.points, stroke.width, stroke.tool));
    Mark::Fill { path, ink: ink_of(stroke.tool, stroke.colour), opacity: opacity(stroke.tool) }
}

pub fn ink_of(tool: StrokeTool, colour: Colour) -> Ink {
    match tool {
        StrokeTool::Pen => Ink::Of(colour),
        StrokeTool::Highlighter => Ink::Bright(colour),
    }
}

pub fn opacity(tool: StrokeTool) -> f32 {
    match tool {
        StrokeTool::Pen => 1.0,
        StrokeTool::Highlighter => HIGHLIGHT,
    }
}

/// A smooth closed line: it goes through the middle between any two corners, bent towards each corner.
pub fn closed(corners: &[(f32, f32)]) -> String {
    let mut path = String::with_capacity(corners.len() * 24);
    let [first, .., last] = corners else { return path };
    let middle = |a: &(f32, f32), b: &(f32, f32)| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
    let from = middle(last, first);
    put(&mut path, 'M', &[from]);
    for (at, corner) in corners.iter().enumerate() {
        let next = corners.get(at + 1).unwrap_or(first);
        put(&mut path, 'Q', &[*corner, middle(corner, next)]);
    }
    path.push('Z');
    path
}

fn put(path: &mut String, letter: char, points: &[(f32, f32)]) {
    path.push(letter);
    for (at, (x, y)) in points.iter().enumerate() {
        // Writing to a string does not fail.
        let _ = write!(path, "{}{:.2} {:.2}", if at > 0 { " " } else { "" }, x, y);
    }
}

fn shape(form: Form, (width, height): (f32, f32), line: f32) -> String {
    let mut path = String::new();
    match form {
        Form::Line => {
            put(&mut path, 'M', &[(0.0, 0.0)]);
            put(&mut path, 'L', &[(width, height)]);
        }
        Form::Arrow => {
            put(&mut path, 'M', &[(0.0, 0.0)]);
            put(&mut path, 'L', &[(width, height)]);
            let back = height.atan2(width) + PI;
            let reach = (6.0 + 2.5 * line).min(width.hypot(height));
            let end = |turn: f32| (width + reach * (back + turn).cos(), height + reach * (back + turn).sin());
            put(&mut path, 'M', &[end(FRAC_PI_6)]);
            put(&mut path, 'L', &[(width, height)]);
            put(&mut path, 'L', &[end(-FRAC_PI_6)]);
        }
        Form::Rectangle => return rectangle(width, height),
        Form::Ellipse => {
            let (rx, ry) = ((width / 2.0).abs(), (height / 2.0).abs());
            let (left, middle, right) = (width / 2.0 - rx, height / 2.0, width / 2.0 + rx);
            let _ = write!(
                path,
                "M{left:.2} {middle:.2}A{rx:.2} {ry:.2} 0 1 1 {right:.2} {middle:.2}A{rx:.2} {ry:.2} 0 1 1 {left:.2} {middle:.2}Z"
            );
        }
    }
    path
}

fn rectangle(width: f32, height: f32) -> String {
    format!("M0 0L{width:.2} 0L{width:.2} {height:.2}L0 {height:.2}Z")
}

fn words<'a>(lines: impl Iterator<Item = &'a str>, colour: Colour, size: f32, (x, y): (f32, f32)) -> Vec<Mark> {
    let line = |(at, text): (usize, &str)| {
        let y = y + size * (BASE + at as f32 * LINE);
        Mark::Words { text: text.to_owned(), ink: Ink::Of(colour), size, x, y }
    };
    lines.enumerate().map(line).collect()
}

fn note(text: &str, colour: Colour, (width, height): (f32, f32), measure: Measure<'_>) -> Vec<Mark> {
    let sheet = rectangle(width, height);
    let (letters, mut lines) = note_lines(text, (width, height), measure);
    let room = ((height - 2.0 * NOTE_EDGE) / (letters * LINE)).max(1.0) as usize;
    if lines.len() > room {
        lines.truncate(room);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    let mut marks = vec![
        Mark::Fill { path: sheet.clone(), ink: Ink::Paper, opacity: 1.0 },
        Mark::Fill { path: sheet.clone(), ink: Ink::Bright(colour), opacity: NOTE },
        Mark::Line { path: sheet, ink: Ink::Bright(colour), width: 1.0 },
    ];
    marks.extend(words(lines.iter().map(String::as_str), Colour::Ink, letters, (NOTE_EDGE, NOTE_EDGE - 2.0)));
    marks
}

/// The letters of a note, and its text in lines that have room on it.
fn note_lines(text: &str, (width, height): (f32, f32), measure: Measure<'_>) -> (f32, Vec<String>) {
    let mut told = (NOTE_LETTERS[0], Vec::new());
    for letters in NOTE_LETTERS {
        let lines = wrapped(text, width - 2.0 * NOTE_EDGE, &|line| measure(line, letters));
        let fits = lines.len() as f32 * letters * LINE <= height - 2.0 * NOTE_EDGE;
        told = (letters, lines);
        if fits {
            break;
        }
    }
    told
}

/// Breaks a text into lines no wider than `width`: between Chinese characters anywhere, in other scripts after a space
/// if there is one.
fn wrapped(text: &str, width: f32, measure: &dyn Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    for whole in text.lines() {
        let mut line = String::new();
        for c in whole.chars() {
            line.push(c);
            if measure(&line) <= width || line.chars().count() == 1 {
                continue;
            }
            let cut = match line[..line.len() - c.len_utf8()].rfind(' ') {
                Some(space) if c.is_ascii_alphanumeric() => space + 1,
                Some(_) | None => line.len() - c.len_utf8(),
            };
            let rest = line.split_off(cut);
            lines.push(line.trim_end().to_owned());
            line = rest;
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(text: &str, size: f32) -> f32 {
        text.chars().map(|c| if c.is_ascii() { 0.5 } else { 1.0 }).sum::<f32>() * size
    }

    #[test]
    fn text_breaks_where_it_may() {
        let cases = [
            ("半个用什么数来写", 4.0, vec!["半个用什", "么数来写"]),
            ("two small words", 5.0, vec!["two small", "words"]),
            ("一\n\n二", 9.0, vec!["一", "", "二"]),
            ("unbroken", 2.0, vec!["unbr", "oken"]),
            ("", 9.0, vec![]),
        ];
        for (text, width, lines) in cases {
            assert_eq!(wrapped(text, width, &|line| measure(line, 1.0)), lines, "{text:?}");
        }
    }

    #[test]
    fn a_note_shows_its_words_as_large_as_they_have_room() {
        let letters = |text: &str| {
            let body = Body::Note { text: text.to_owned(), colour: Colour::Orange, size: (200.0, 120.0) };
            let sizes: Vec<(f32, f32)> = marks(&body, &measure)
                .into_iter()
                .filter_map(|mark| match mark {
                    Mark::Words { size, y, .. } => Some((size, y)),
                    Mark::Fill { .. } | Mark::Line { .. } | Mark::Picture { .. } => None,
                })
                .collect();
            assert!(sizes.iter().all(|(_, y)| *y <= 120.0), "{text}: {sizes:?}");
            sizes[0].0
        };
        assert_eq!(letters("先写横线"), 22.0);
        assert_eq!(letters(&"先写横线，表示平均分。".repeat(3)), 16.0);
        assert_eq!(letters(&"先写横线，表示平均分。".repeat(90)), 12.0);
    }

    #[test]
    fn outlines_are_closed_paths() {
        assert_eq!(closed(&[]), "");
        let path = closed(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]);
        assert!(path.starts_with("M5.00 5.00Q0.00 0.00 5.00 0.00") && path.ends_with('Z'), "{path}");
    }
}
