//! Entries of a board as bytes.
//!
//! Numbers are lib0 varints, signed ones in zigzag order. Lengths are in eighths of a board unit. The first byte is the
//! class of the entry, which is also told by its key. Points of a stroke are told by how far each lies from where the two
//! before it lead: a byte or two for each coordinate, and one for the pressure. An ordinary stroke of handwriting takes
//! 60 to 400 bytes.
//!
//! Reading allocates nothing that the bytes do not hold, and refuses what is out of bounds.

use super::element::{Background, Body, Colour, Form, MAX_COORDINATE, Place, Point, Stroke, StrokeTool};
use super::ids::{Key, PageId};
use super::rank::Rank;
use crate::wire::lib0::{ReadError, Reader, write_bytes, write_string, write_uint};

/// Largest entry, in bytes.
pub const MAX_ENTRY: usize = 16 << 10;
/// Most points of a stroke; a longer line is drawn as several.
pub const MAX_POINTS: usize = 4_096;
/// Most characters of a text or a note.
pub const MAX_TEXT: usize = 2_000;
/// Widest line, in board units.
pub const MAX_WIDTH: f32 = 256.0;
/// Longest address of a picture, in bytes.
pub const MAX_ADDRESS: usize = 300;

/// Parts of a board unit.
const PARTS: f32 = 8.0;
const SCALE_PARTS: f32 = 1_024.0;
/// 1/64 to 64, in 1,024ths.
const SCALES: std::ops::RangeInclusive<u64> = 16..=65_536;
/// Of a full turn.
const TURN_PARTS: f32 = 65_536.0;
/// Pressure 1.
const PRESSURE_PARTS: f32 = 127.0;

const PAGE: u8 = 1;
const ELEMENT: u8 = 2;
const PLACE: u8 = 3;

/// Bytes that are no entry of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("an entry of {0} bytes, {MAX_ENTRY} at most")]
    TooLarge(usize),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("an entry of a class its key does not name")]
    Class,
    #[error("an unknown kind, colour or form {0}")]
    Kind(u64),
    #[error("a number out of bounds")]
    Bounds,
    #[error("a text of more than {MAX_TEXT} characters")]
    Text,
    #[error("an address that is not one of this site's files")]
    Address,
    #[error("bytes after its end")]
    Trailing,
}

/// An element as it lies in the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    pub page: PageId,
    pub place: Place,
    pub body: Body,
}

/// Whether these bytes may lie under this key.
///
/// # Errors
/// If they are not what the key names, or out of bounds.
pub fn check(key: Key, bytes: &[u8]) -> Result<(), EntryError> {
    match key {
        Key::Page(_) => read_page(bytes).map(drop),
        Key::Element(_) => read_element(bytes).map(drop),
        Key::Place(_) => read_place(bytes).map(drop),
    }
}

pub fn write_page(rank: &Rank, background: &Background) -> Vec<u8> {
    let mut out = vec![PAGE];
    write_bytes(&mut out, rank.bytes());
    match background {
        Background::Plain => out.push(0),
        Background::Ruled => out.push(1),
        Background::Grid => out.push(2),
        Background::Picture { address, size } => {
            out.push(3);
            write_picture(&mut out, address, *size);
        }
    }
    out
}

/// # Errors
/// If the bytes are no page.
pub fn read_page(bytes: &[u8]) -> Result<(Rank, Background), EntryError> {
    let mut reader = begin(bytes, PAGE)?;
    let rank = Rank::read(reader.bytes()?).ok_or(EntryError::Bounds)?;
    let background = match reader.byte()? {
        0 => Background::Plain,
        1 => Background::Ruled,
        2 => Background::Grid,
        3 => read_picture(&mut reader).map(|(address, size)| Background::Picture { address, size })?,
        kind => return Err(EntryError::Kind(kind.into())),
    };
    end(&reader)?;
    Ok((rank, background))
}

pub fn write_place(place: &Place) -> Vec<u8> {
    let mut out = vec![PLACE];
    write_at(&mut out, place);
    for scale in [place.scale_x, place.scale_y] {
        write_uint(&mut out, ((scale * SCALE_PARTS).round() as u64).clamp(*SCALES.start(), *SCALES.end()));
    }
    let turns = (place.turn / std::f32::consts::TAU).rem_euclid(1.0);
    write_uint(&mut out, (turns * TURN_PARTS).round() as u64 % TURN_PARTS as u64);
    out
}

/// # Errors
/// If the bytes are no place.
pub fn read_place(bytes: &[u8]) -> Result<Place, EntryError> {
    let mut reader = begin(bytes, PLACE)?;
    let at = read_at(&mut reader)?;
    let mut scale = || match reader.uint()? {
        parts if SCALES.contains(&parts) => Ok(parts as f32 / SCALE_PARTS),
        _ => Err(EntryError::Bounds),
    };
    let (scale_x, scale_y) = (scale()?, scale()?);
    let turn = match reader.uint()? as f32 {
        parts if parts < TURN_PARTS => parts / TURN_PARTS * std::f32::consts::TAU,
        _ => return Err(EntryError::Bounds),
    };
    end(&reader)?;
    Ok(Place { scale_x, scale_y, turn, ..at })
}

/// An element; of its place only where it lies and how high, the rest is [`write_place`]'s.
pub fn write_element(page: PageId, place: &Place, body: &Body) -> Vec<u8> {
    let mut out = vec![ELEMENT];
    out.extend_from_slice(&page.number().to_le_bytes());
    write_at(&mut out, place);
    match body {
        Body::Stroke(stroke) => {
            out.push(match stroke.tool {
                StrokeTool::Pen => 0,
                StrokeTool::Highlighter => 1,
            });
            write_colour(&mut out, stroke.colour);
            write_length(&mut out, stroke.width);
            write_uint(&mut out, stroke.millis.into());
            write_uint(&mut out, stroke.points.len() as u64);
            write_points(&mut out, &stroke.points, Trail::default());
        }
        Body::Shape { form, colour, width, size } => {
            out.push(2);
            out.push(match form {
                Form::Line => 0,
                Form::Arrow => 1,
                Form::Rectangle => 2,
                Form::Ellipse => 3,
            });
            write_colour(&mut out, *colour);
            write_length(&mut out, *width);
            write_size(&mut out, *size);
        }
        Body::Text { text, colour, size } => {
            out.push(3);
            write_colour(&mut out, *colour);
            write_length(&mut out, *size);
            write_string(&mut out, text);
        }
        Body::Note { text, colour, size } => {
            out.push(4);
            write_colour(&mut out, *colour);
            write_size(&mut out, *size);
            write_string(&mut out, text);
        }
        Body::Picture { address, size } => {
            out.push(5);
            write_picture(&mut out, address, *size);
        }
    }
    out
}

/// # Errors
/// If the bytes are no element.
pub fn read_element(bytes: &[u8]) -> Result<Made, EntryError> {
    let mut reader = begin(bytes, ELEMENT)?;
    let page = PageId::new(read_number(&mut reader)?);
    let place = read_at(&mut reader)?;
    let body = match reader.byte()? {
        kind @ (0 | 1) => {
            let tool = if kind == 0 { StrokeTool::Pen } else { StrokeTool::Highlighter };
            let (colour, width) = (read_colour(&mut reader)?, read_width(&mut reader)?);
            let millis = reader.uint32()?;
            let count = reader.uint32()? as usize;
            if count == 0 || count > MAX_POINTS {
                return Err(EntryError::Bounds);
            }
            let points = read_points(&mut reader, count, Trail::default())?;
            Body::Stroke(Stroke { tool, colour, width, points, millis })
        }
        2 => Body::Shape {
            form: match reader.byte()? {
                0 => Form::Line,
                1 => Form::Arrow,
                2 => Form::Rectangle,
                3 => Form::Ellipse,
                form => return Err(EntryError::Kind(form.into())),
            },
            colour: read_colour(&mut reader)?,
            width: read_width(&mut reader)?,
            size: read_size(&mut reader)?,
        },
        3 => Body::Text {
            colour: read_colour(&mut reader)?,
            size: read_width(&mut reader)?,
            text: read_text(&mut reader)?,
        },
        4 => Body::Note {
            colour: read_colour(&mut reader)?,
            size: read_size(&mut reader)?,
            text: read_text(&mut reader)?,
        },
        5 => read_picture(&mut reader).map(|(address, size)| Body::Picture { address, size })?,
        kind => return Err(EntryError::Kind(kind.into())),
    };
    end(&reader)?;
    Ok(Made { page, place, body })
}

/// On which page an element lies, without reading the rest of it.
pub(super) fn page_of(bytes: &[u8]) -> Option<PageId> {
    let (class, rest) = bytes.split_first()?;
    let page = rest.first_chunk().copied().map(u64::from_le_bytes)?;
    (*class == ELEMENT).then_some(PageId::new(page))
}

fn begin(bytes: &[u8], class: u8) -> Result<Reader<'_>, EntryError> {
    if bytes.len() > MAX_ENTRY {
        return Err(EntryError::TooLarge(bytes.len()));
    }
    let mut reader = Reader::new(bytes);
    if reader.byte()? == class { Ok(reader) } else { Err(EntryError::Class) }
}

fn end(reader: &Reader<'_>) -> Result<(), EntryError> {
    if reader.remaining() == 0 { Ok(()) } else { Err(EntryError::Trailing) }
}

/// Where points have led so far, in parts of a unit, and how hard the pen was pressed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trail {
    last: (i64, i64),
    step: (i64, i64),
    pressure: i64,
}

impl Trail {
    fn next(self) -> (i64, i64) {
        (self.last.0 + self.step.0, self.last.1 + self.step.1)
    }

    fn go(self, at: (i64, i64), pressure: i64) -> Self {
        Trail { last: at, step: (at.0 - self.last.0, at.1 - self.last.1), pressure }
    }
}

pub(super) fn write_points(out: &mut Vec<u8>, points: &[Point], mut trail: Trail) {
    for point in points {
        let (at, pressure) = ((parts(point.x), parts(point.y)), (point.pressure * PRESSURE_PARTS).round() as i64);
        let next = trail.next();
        write_signed(out, at.0 - next.0);
        write_signed(out, at.1 - next.1);
        write_signed(out, pressure - trail.pressure);
        trail = trail.go(at, pressure);
    }
}

/// `count` is what the caller allows; nothing is set aside for points that do not come.
pub(super) fn read_points(reader: &mut Reader<'_>, count: usize, mut trail: Trail) -> Result<Vec<Point>, EntryError> {
    let mut points = Vec::with_capacity(count.min(reader.remaining() / 3));
    for _ in 0..count {
        let next = trail.next();
        let at = (next.0 + read_signed(reader)?, next.1 + read_signed(reader)?);
        let pressure = trail.pressure + read_signed(reader)?;
        if !(0..=PRESSURE_PARTS as i64).contains(&pressure) {
            return Err(EntryError::Bounds);
        }
        points.push(Point { x: units(at.0)?, y: units(at.1)?, pressure: pressure as f32 / PRESSURE_PARTS });
        trail = trail.go(at, pressure);
    }
    Ok(points)
}

/// A page's or an element's name: eight bytes, the lowest first.
pub(super) fn read_number(reader: &mut Reader<'_>) -> Result<u64, EntryError> {
    let bytes = reader.take(8)?.try_into().map_err(|_| ReadError::End)?;
    Ok(u64::from_le_bytes(bytes))
}

fn write_at(out: &mut Vec<u8>, place: &Place) {
    write_signed(out, parts(place.x));
    write_signed(out, parts(place.y));
    write_uint(out, place.order.into());
}

fn read_at(reader: &mut Reader<'_>) -> Result<Place, EntryError> {
    let (x, y) = (units(read_signed(reader)?)?, units(read_signed(reader)?)?);
    Ok(Place::at(x, y, reader.uint32()?))
}

fn write_size(out: &mut Vec<u8>, (width, height): (f32, f32)) {
    write_signed(out, parts(width));
    write_signed(out, parts(height));
}

fn read_size(reader: &mut Reader<'_>) -> Result<(f32, f32), EntryError> {
    Ok((units(read_signed(reader)?)?, units(read_signed(reader)?)?))
}

pub(super) fn write_length(out: &mut Vec<u8>, length: f32) {
    write_uint(out, (length.clamp(1.0 / PARTS, MAX_WIDTH) * PARTS).round() as u64);
}

/// A width of a line or a height of letters.
pub(super) fn read_width(reader: &mut Reader<'_>) -> Result<f32, EntryError> {
    match reader.uint()? as f32 / PARTS {
        width if width > 0.0 && width <= MAX_WIDTH => Ok(width),
        _ => Err(EntryError::Bounds),
    }
}

pub(super) fn write_colour(out: &mut Vec<u8>, colour: Colour) {
    out.push(match colour {
        Colour::Ink => 0,
        Colour::Red => 1,
        Colour::Blue => 2,
        Colour::Green => 3,
        Colour::Orange => 4,
        Colour::Violet => 5,
        Colour::White => 6,
        Colour::Tone(tone) => 16 + tone,
    });
}

pub(super) fn read_colour(reader: &mut Reader<'_>) -> Result<Colour, EntryError> {
    Ok(match reader.byte()? {
        0 => Colour::Ink,
        1 => Colour::Red,
        2 => Colour::Blue,
        3 => Colour::Green,
        4 => Colour::Orange,
        5 => Colour::Violet,
        6 => Colour::White,
        tone @ 17..=26 => Colour::Tone(tone - 16),
        unknown => return Err(EntryError::Kind(unknown.into())),
    })
}

fn read_text(reader: &mut Reader<'_>) -> Result<String, EntryError> {
    let text = reader.string()?;
    if text.chars().count() > MAX_TEXT { Err(EntryError::Text) } else { Ok(text.to_owned()) }
}

fn write_picture(out: &mut Vec<u8>, address: &str, size: (f32, f32)) {
    write_string(out, address);
    write_size(out, size);
}

fn read_picture(reader: &mut Reader<'_>) -> Result<(String, (f32, f32)), EntryError> {
    let address = reader.string()?;
    if !is_picture_address(address) {
        return Err(EntryError::Address);
    }
    Ok((address.to_owned(), read_size(reader)?))
}

/// The path of a picture that this site gives out itself, of a document or an item: nothing else is ever loaded by looking
/// at a board, as whatever answers to a GET would be asked for by each who looks.
pub fn is_picture_address(address: &str) -> bool {
    let id = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let parts: Vec<&str> = address.split('/').collect();
    let is_picture = match parts[..] {
        ["", "api", "documents" | "items", of, "images", image] => id(of) && id(image),
        ["", "api", "items", of, "versions", version, "files", file, "pages", page] => {
            id(of) && number(version) && number(file) && number(page)
        }
        _ => false,
    };
    address.len() <= MAX_ADDRESS && is_picture
}

/// In parts of a unit, within bounds whatever comes.
fn parts(length: f32) -> i64 {
    (length.clamp(-MAX_COORDINATE, MAX_COORDINATE) * PARTS).round() as i64
}

fn units(parts: i64) -> Result<f32, EntryError> {
    const MAX: i64 = (MAX_COORDINATE * PARTS) as i64;
    if (-MAX..=MAX).contains(&parts) { Ok(parts as f32 / PARTS) } else { Err(EntryError::Bounds) }
}

fn write_signed(out: &mut Vec<u8>, number: i64) {
    write_uint(out, ((number << 1) ^ (number >> 63)) as u64);
}

fn read_signed(reader: &mut Reader<'_>) -> Result<i64, EntryError> {
    let number = reader.uint()?;
    Ok((number >> 1) as i64 ^ -((number & 1) as i64))
}
