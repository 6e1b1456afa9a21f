//! Somebody who draws on a board: what is drawn at this moment, and the strokes that are stored.

use bytes::Bytes;
use yrs::{Any, ClientID, Doc, Map, MapRef, Options, Transact};

use super::speech::{put_uint, take_bytes, take_uint};

/// Points a second that a pen tells, as a browser with a stylus does.
pub const POINTS_PER_SECOND: u32 = 120;
/// What is drawn goes out so often a second.
pub const MESSAGES_PER_SECOND: u32 = 30;
/// Points of an ordinary stroke of handwriting, simplified, as it is stored.
const STORED_POINTS: u32 = 40;

const LIVE: u64 = 75;
const AWARENESS: u64 = 1;

/// A pen whose strokes lie in the root map of a board.
pub struct Chalk {
    doc: Doc,
    board: MapRef,
    client: u64,
    strokes: u64,
}

/// A message that was drawn, with what was put into it to recognise it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    pub pen: u8,
    pub number: u32,
}

impl Chalk {
    pub fn new(client: u64) -> Self {
        let doc = Doc::with_options(Options { client_id: ClientID::new(client), ..Options::default() });
        let board = doc.get_or_insert_map("board");
        Self { doc, board, client, strokes: 0 }
    }

    /// The frame by which others know who draws.
    pub fn presence(&self) -> Bytes {
        let mut entry = vec![1];
        put_uint(&mut entry, self.client);
        entry.push(1);
        entry.extend_from_slice(b"\x02{}");
        frame(AWARENESS, &entry)
    }

    /// A frame of what is drawn between two messages: four points. Servers hand it on unread, so that the number can
    /// stand where the points would.
    pub fn message(drawn: Drawn) -> Bytes {
        let mut message = vec![2, drawn.pen];
        message.extend_from_slice(&drawn.number.to_le_bytes());
        message.extend_from_slice(&[0; (POINTS_PER_SECOND / MESSAGES_PER_SECOND * 3) as usize]);
        frame(LIVE, &message)
    }

    /// An update with one more stroke, as our client stores it when the pen is lifted.
    pub fn stroke(&mut self) -> Bytes {
        self.strokes(1)
    }

    /// The same with so many at once.
    pub fn strokes(&mut self, count: usize) -> Bytes {
        let mut change = self.doc.transact_mut();
        for _ in 0..count {
            self.strokes += 1;
            let key = format!("e{}", digits(self.client << 20 | self.strokes));
            self.board.insert(&mut change, key, Any::from(entry(self.strokes).as_slice()));
        }
        change.encode_update_v1().into()
    }

    pub fn client(&self) -> u64 {
        self.client
    }
}

/// What is in a live frame from a server, without its type; `None` if it is not of [`Chalk::message`].
pub fn drawn(mut entries: &[u8]) -> Option<Vec<Drawn>> {
    let mut all = Vec::new();
    while !entries.is_empty() {
        take_uint(&mut entries)?;
        let message = take_bytes(&mut entries)?;
        let number = u32::from_le_bytes(message.get(2..6)?.try_into().ok()?);
        all.push(Drawn { pen: *message.get(1)?, number });
    }
    Some(all)
}

fn frame(kind: u64, body: &[u8]) -> Bytes {
    let mut frame = Vec::new();
    put_uint(&mut frame, kind);
    put_uint(&mut frame, body.len() as u64);
    frame.extend_from_slice(body);
    frame.into()
}

/// Eleven digits of 64 in the order of base64url, the highest first.
fn digits(number: u64) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    (0..11).rev().map(|place| char::from(DIGITS[(number >> (6 * place) & 63) as usize])).collect()
}

/// A stroke on the first page: where it begins, how high it lies, pen, ink, three units wide, 800 ms, and its points,
/// each with a step to the side, one down and the pressure.
fn entry(number: u64) -> Vec<u8> {
    let mut entry = vec![2];
    entry.extend_from_slice(&[0; 8]);
    for at in [number % 100 * 800, number / 100 * 800, number] {
        put_uint(&mut entry, at);
    }
    entry.extend_from_slice(&[0, 0]);
    for about in [24, 800, u64::from(STORED_POINTS)] {
        put_uint(&mut entry, about);
    }
    for point in 0..STORED_POINTS {
        // The first is pressed half down; from then on it goes to and fro.
        let pressure = if point == 0 { 126 } else { point % 2 * 2 + (point + 1) % 2 };
        put_uint(&mut entry, u64::from(point * 7 % 23));
        put_uint(&mut entry, u64::from(point * 11 % 29));
        put_uint(&mut entry, u64::from(pressure));
    }
    entry
}
