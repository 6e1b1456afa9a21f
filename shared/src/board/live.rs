//! What is drawn at this moment, before it is a stroke: sent at once, never stored, and let go when it gets lost.
//!
//! One message is one byte of kind and its numbers, as [`super::coding`] writes them. The server hands it on unread and
//! says who sent it.

use std::collections::BTreeMap;

use super::coding::{self, EntryError, MAX_POINTS, Trail};
use super::element::{Colour, Point, Rect, StrokeTool};
use super::glance::View;
use super::ids::{ElementId, PageId};
use crate::sync::Millis;
pub use crate::wire::MAX_LIVE;
use crate::wire::lib0::{Reader, write_uint};

/// Most points in one message: all of them fit [`MAX_LIVE`], wherever they lie.
pub const MAX_LIVE_POINTS: usize = 64;

#[derive(Debug, Clone, PartialEq)]
pub enum Live {
    /// A stroke begins. It becomes the element of that id, or nothing.
    Begin {
        stroke: ElementId,
        page: PageId,
        tool: StrokeTool,
        colour: Colour,
        width: f32,
    },
    /// The stroke begun last, which has this [`tag`], goes on: these are its points from number `from` on.
    Points {
        tag: u8,
        from: u32,
        points: Vec<Point>,
    },
    /// It was dropped; if it was finished, the element itself says so.
    Drop {
        tag: u8,
    },
    /// The laser pointer is there.
    Laser {
        page: PageId,
        x: f32,
        y: f32,
    },
    LaserOff,
    /// This is what I look at: those who follow me do so, too.
    View {
        page: PageId,
        view: Rect,
    },
}

impl Live {
    /// At most [`MAX_LIVE`] bytes, if there are no more than [`MAX_LIVE_POINTS`] points.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Live::Begin { stroke, page, tool, colour, width } => {
                out.push(match tool {
                    StrokeTool::Pen => 0,
                    StrokeTool::Highlighter => 1,
                });
                out.extend_from_slice(&stroke.number().to_le_bytes());
                out.extend_from_slice(&page.number().to_le_bytes());
                coding::write_colour(&mut out, *colour);
                coding::write_length(&mut out, *width);
            }
            Live::Points { tag, from, points } => {
                out.extend_from_slice(&[2, *tag]);
                write_uint(&mut out, (*from).into());
                write_uint(&mut out, points.len() as u64);
                coding::write_points(&mut out, points, Trail::default());
            }
            Live::Drop { tag } => out.extend_from_slice(&[3, *tag]),
            Live::Laser { page, x, y } => {
                out.push(4);
                out.extend_from_slice(&page.number().to_le_bytes());
                coding::write_points(&mut out, &[Point { x: *x, y: *y, pressure: 0.0 }], Trail::default());
            }
            Live::LaserOff => out.push(5),
            Live::View { page, view } => {
                out.push(6);
                out.extend(View { page: *page, rect: *view }.encode());
            }
        }
        out
    }

    /// # Errors
    /// If the bytes are no such message.
    pub fn decode(bytes: &[u8]) -> Result<Live, EntryError> {
        let mut reader = Reader::new(bytes);
        let live = match reader.byte()? {
            kind @ (0 | 1) => Live::Begin {
                tool: if kind == 0 { StrokeTool::Pen } else { StrokeTool::Highlighter },
                stroke: ElementId::new(coding::read_number(&mut reader)?),
                page: PageId::new(coding::read_number(&mut reader)?),
                colour: coding::read_colour(&mut reader)?,
                width: coding::read_width(&mut reader)?,
            },
            2 => {
                let (tag, from) = (reader.byte()?, reader.uint32()?);
                let count = reader.uint32()? as usize;
                if count > MAX_LIVE_POINTS {
                    return Err(EntryError::Bounds);
                }
                Live::Points { tag, from, points: coding::read_points(&mut reader, count, Trail::default())? }
            }
            3 => Live::Drop { tag: reader.byte()? },
            4 => {
                let page = PageId::new(coding::read_number(&mut reader)?);
                let at = coding::read_points(&mut reader, 1, Trail::default())?[0];
                Live::Laser { page, x: at.x, y: at.y }
            }
            5 => Live::LaserOff,
            6 => {
                let View { page, rect } = View::read(&mut reader)?;
                Live::View { page, view: rect }
            }
            kind => return Err(EntryError::Kind(kind.into())),
        };
        if reader.remaining() == 0 { Ok(live) } else { Err(EntryError::Trailing) }
    }
}

/// What stands for a stroke in the messages after its beginning: it tells one from the one before, and no more is needed,
/// as nobody draws two at once.
pub fn tag(stroke: ElementId) -> u8 {
    stroke.number() as u8
}

/// A stroke that somebody else is drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveStroke {
    pub element: ElementId,
    pub page: PageId,
    pub tool: StrokeTool,
    pub colour: Colour,
    pub width: f32,
    pub points: Vec<Point>,
    heard: Millis,
}

/// What others are drawing. Holds at most [`MAX_STROKES`] strokes of each sender and lets go of what stays unfinished.
#[derive(Debug, Default)]
pub struct LiveStrokes {
    /// By the client id of the sender's presence, the newest last.
    senders: BTreeMap<u64, Vec<LiveStroke>>,
}

/// The one being drawn, and those whose elements are still on their way.
pub const MAX_STROKES: usize = 8;
/// An unfinished stroke of which nothing is heard any more has got lost.
const FORGET_MILLIS: u64 = 10_000;

impl LiveStrokes {
    /// Takes in what somebody (by the client id of their presence) is drawing; says whether there is something to show.
    pub fn hear(&mut self, now: Millis, from: u64, live: &Live) -> bool {
        let strokes = self.senders.entry(from).or_default();
        match live {
            Live::Begin { stroke, page, tool, colour, width } => {
                if strokes.len() == MAX_STROKES {
                    strokes.remove(0);
                }
                let (element, points) = (*stroke, Vec::new());
                let (page, tool, colour, width) = (*page, *tool, *colour, *width);
                strokes.push(LiveStroke { element, page, tool, colour, width, points, heard: now });
                false
            }
            Live::Points { tag, from: first, points } => {
                let Some(stroke) = strokes.last_mut().filter(|stroke| self::tag(stroke.element) == *tag) else {
                    return false;
                };
                // What got lost in between is drawn as a straight line until the element comes.
                let known = stroke.points.len().saturating_sub(*first as usize).min(points.len());
                let room = MAX_POINTS.saturating_sub(stroke.points.len());
                stroke.points.extend(points[known..].iter().take(room));
                stroke.heard = now;
                true
            }
            Live::Drop { tag } => strokes.pop_if(|stroke| self::tag(stroke.element) == *tag).is_some(),
            Live::Laser { .. } | Live::LaserOff | Live::View { .. } => false,
        }
    }

    /// The element is there: its live form is not shown any more, and given back.
    pub fn settle(&mut self, element: ElementId) -> Option<LiveStroke> {
        let strokes =
            self.senders.values_mut().find(|strokes| strokes.iter().any(|stroke| stroke.element == element))?;
        let at = strokes.iter().position(|stroke| stroke.element == element)?;
        Some(strokes.remove(at))
    }

    /// Lets go of what got lost; says whether there was any.
    pub fn expire(&mut self, now: Millis) -> bool {
        let count = |senders: &BTreeMap<u64, Vec<LiveStroke>>| senders.values().map(Vec::len).sum::<usize>();
        let before = count(&self.senders);
        for strokes in self.senders.values_mut() {
            strokes.retain(|stroke| now.since(stroke.heard) < FORGET_MILLIS);
        }
        self.senders.retain(|_, strokes| !strokes.is_empty());
        count(&self.senders) != before
    }

    /// Who draws what on a page: the client id of their presence, and the stroke.
    pub fn on(&self, page: PageId) -> impl Iterator<Item = (u64, &LiveStroke)> {
        let all = self.senders.iter().flat_map(|(from, strokes)| strokes.iter().map(move |stroke| (*from, stroke)));
        all.filter(move |(_, stroke)| stroke.page == page)
    }
}
