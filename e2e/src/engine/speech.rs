//! Frames: y-protocols as stock clients speak it, Hocuspocus with its address before every frame, and our own.

use std::io::Read;

use bytes::Bytes;
use flate2::read::DeflateDecoder;
use yrs::Update;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;

/// The part of a sync frame after its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A state vector: what I have.
    One = 0,
    /// An update: what you lack.
    Two = 1,
    Update = 2,
}

/// How a server is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speech {
    Stock,
    /// Our own subprotocol, which says what is saved.
    Gongbei,
    /// Stock frames, each after the document's name.
    Hocuspocus {
        document: String,
    },
}

/// A frame that a server sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Sync(Step, Bytes),
    /// So many update-carrying frames of this connection are done with.
    Saved(u64),
    /// One more of them is done with.
    SavedOne,
    /// What others draw at this moment; only our own hands it on.
    Live(Bytes),
    /// What only our own says.
    Told(Told),
    Else,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Which document this is, as nobody else's, and which life of its room.
    Welcome {
        epoch: Bytes,
        life: u64,
    },
    /// The update-carrying frame of that number was not taken, or not whole.
    Refused {
        frame: u64,
        reason: u64,
    },
    /// Nothing can be stored at the moment, and why.
    Trouble(u64),
    TroubleOver,
    Pong,
}

/// Reasons of a refusal that pass.
pub const MISSING: u64 = 3;
pub const STORAGE_FULL: u64 = 5;
pub const LEFT_OUT: u64 = 7;
/// The trouble that goes when there is room on the disk again.
pub const TROUBLE_FULL: u64 = 1;

/// What an answer may unpack to.
const LARGEST: u64 = 64 << 20;

const SYNC: u64 = 0;
const AUTH: u64 = 2;
const HOCUSPOCUS_SYNC_REPLY: u64 = 4;
const HOCUSPOCUS_SYNC_STATUS: u64 = 8;
const GONGBEI_WELCOME: u64 = 64;
const GONGBEI_SAVED: u64 = 65;
const GONGBEI_REFUSED: u64 = 66;
const GONGBEI_TROUBLE: u64 = 68;
const GONGBEI_TROUBLE_OVER: u64 = 69;
const GONGBEI_PING: u64 = 70;
const GONGBEI_PONG: u64 = 71;
const GONGBEI_ASK: u64 = 73;
const GONGBEI_PACKED: u64 = 74;
const GONGBEI_LIVE: u64 = 75;

impl Speech {
    /// What is said before anything else, if something must be.
    pub fn greeting(&self) -> Option<Bytes> {
        match self {
            Speech::Stock | Speech::Gongbei => None,
            Speech::Hocuspocus { .. } => {
                let mut frame = self.address();
                // A token, and an empty one: this server asks for none.
                [AUTH, 0, 0].into_iter().for_each(|number| put_uint(&mut frame, number));
                Some(frame.into())
            }
        }
    }

    pub fn sync(&self, step: Step, body: &[u8]) -> Bytes {
        let mut frame = self.address();
        frame.reserve(body.len() + 8);
        match (self, step) {
            (Speech::Gongbei, Step::One) => put_uint(&mut frame, GONGBEI_ASK),
            (Speech::Stock | Speech::Gongbei | Speech::Hocuspocus { .. }, _) => {
                put_uint(&mut frame, SYNC);
                put_uint(&mut frame, step as u64);
            }
        }
        put_uint(&mut frame, body.len() as u64);
        frame.extend_from_slice(body);
        frame.into()
    }

    /// Asks whether the line still lives; only our own speech can.
    pub fn ping(&self) -> Bytes {
        let mut frame = self.address();
        put_uint(&mut frame, GONGBEI_PING);
        frame.into()
    }

    /// `None` if the frame makes no sense.
    pub fn read(&self, frame: &Bytes) -> Option<Heard> {
        let mut rest: &[u8] = frame;
        if matches!(self, Speech::Hocuspocus { .. }) {
            take_bytes(&mut rest)?;
        }
        let heard = match (take_uint(&mut rest)?, self) {
            (SYNC, _) | (HOCUSPOCUS_SYNC_REPLY, Speech::Hocuspocus { .. }) => {
                let step = match take_uint(&mut rest)? {
                    0 => Step::One,
                    1 => Step::Two,
                    2 => Step::Update,
                    _ => return None,
                };
                Heard::Sync(step, frame.slice_ref(take_bytes(&mut rest)?))
            }
            (HOCUSPOCUS_SYNC_STATUS, Speech::Hocuspocus { .. }) => Heard::SavedOne,
            (GONGBEI_SAVED, Speech::Gongbei) => Heard::Saved(take_uint(&mut rest)?),
            (GONGBEI_WELCOME, Speech::Gongbei) => {
                let _protocol = take_uint(&mut rest)?;
                let epoch = frame.slice_ref(take_bytes(&mut rest)?);
                Heard::Told(Told::Welcome { epoch, life: take_uint(&mut rest)? })
            }
            (GONGBEI_REFUSED, Speech::Gongbei) => {
                Heard::Told(Told::Refused { frame: take_uint(&mut rest)?, reason: take_uint(&mut rest)? })
            }
            (GONGBEI_TROUBLE, Speech::Gongbei) => Heard::Told(Told::Trouble(take_uint(&mut rest)?)),
            (GONGBEI_TROUBLE_OVER, Speech::Gongbei) => Heard::Told(Told::TroubleOver),
            (GONGBEI_PONG, Speech::Gongbei) => Heard::Told(Told::Pong),
            (GONGBEI_LIVE, Speech::Gongbei) => Heard::Live(frame.slice_ref(take_bytes(&mut rest)?)),
            (GONGBEI_PACKED, Speech::Gongbei) => Heard::Sync(Step::Two, unpacked(take_bytes(&mut rest)?)?),
            _ => Heard::Else,
        };
        Some(heard)
    }

    /// What stands before every frame.
    pub fn address(&self) -> Vec<u8> {
        let mut frame = Vec::new();
        if let Speech::Hocuspocus { document } = self {
            put_uint(&mut frame, document.len() as u64);
            frame.extend_from_slice(document.as_bytes());
        }
        frame
    }
}

/// Raw deflate around a v2 update.
fn unpacked(packed: &[u8]) -> Option<Bytes> {
    let mut update = Vec::new();
    DeflateDecoder::new(packed).take(LARGEST).read_to_end(&mut update).ok()?;
    Some(Update::decode_v2(&update).ok()?.encode_v1().into())
}

/// A lib0 varint.
pub fn put_uint(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub fn take_uint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for place in 0..10 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(7 * place)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

pub fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(take_uint(bytes)?).ok()?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;
    use crate::engine::Pen;

    #[test]
    fn a_frame_is_read_as_it_was_said_in_every_speech() {
        for speech in [Speech::Stock, Speech::Gongbei, Speech::Hocuspocus { document: "教案".into() }] {
            for length in [0, 127, 128, 70_000] {
                let body = Bytes::from(vec![7; length]);
                let read = speech.read(&speech.sync(Step::Update, &body));
                assert_eq!(read, Some(Heard::Sync(Step::Update, body)), "{speech:?}, {length}");
            }
        }
    }

    #[test]
    fn what_comes_packed_is_read_as_the_update_it_is() {
        let (_, update) = Pen::begin(7);
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&Update::decode_v1(&update).unwrap().encode_v2()).unwrap();
        let packed = packed.finish().unwrap();
        let mut frame = vec![GONGBEI_PACKED as u8, packed.len() as u8];
        frame.extend(packed);
        assert_eq!(Speech::Gongbei.read(&frame.into()), Some(Heard::Sync(Step::Two, update)));
    }

    #[test]
    fn what_is_saved_is_said_by_two_of_them() {
        let hocuspocus = Speech::Hocuspocus { document: "a".into() };
        assert_eq!(hocuspocus.read(&Bytes::from_static(&[1, b'a', 8, 1])), Some(Heard::SavedOne));
        assert_eq!(Speech::Gongbei.read(&Bytes::from_static(&[65, 0x80, 1])), Some(Heard::Saved(128)));
        assert_eq!(
            Speech::Gongbei.read(&Bytes::from_static(&[66, 2, 7])),
            Some(Heard::Told(Told::Refused { frame: 2, reason: LEFT_OUT }))
        );
        let welcome = Speech::Gongbei.read(&Bytes::from_static(&[64, 1, 2, b'e', b'p', 9, 4, 3]));
        assert_eq!(welcome, Some(Heard::Told(Told::Welcome { epoch: Bytes::from_static(b"ep"), life: 9 })));
        assert_eq!(Speech::Stock.read(&Bytes::from_static(&[65, 3])), Some(Heard::Else));
        assert_eq!(Speech::Stock.read(&Bytes::from_static(&[0, 2, 9, 1])), None);
    }
}
