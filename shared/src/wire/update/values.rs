//! Values inside structs, as lib0 `any` or JSON: gone through within limits, never built.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::super::lib0::Reader;
use super::UpdateError;

/// Depth of a value (R3).
pub(super) const MAX_DEPTH: usize = 32;
/// Values, nested ones counted, in one struct (R3).
pub(super) const MAX_VALUES: usize = 1_000;

/// What is met on the way through values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A value of any kind; a list or map before what is in it.
    Value,
    /// A text that is not the value of a key.
    Text(&'a str),
    Key(&'a str),
    /// A text and its key in a map.
    Field(&'a str, &'a str),
}

/// The bytes of so many lib0 values.
pub(super) fn skip_values<'a>(reader: &mut Reader<'a>, count: u32) -> Result<&'a [u8], UpdateError> {
    let start = *reader;
    for _ in 0..count {
        walk_value(reader, &mut |_| Ok(()))?;
    }
    let len = reader.position() - start.position();
    Ok(start.clone().take(len)?)
}

/// Goes through so many lib0 values, which were read before, and says what is there.
pub fn walk_values<'a>(
    bytes: &'a [u8],
    count: u32,
    heard: &mut impl FnMut(Piece<'a>) -> Result<(), UpdateError>,
) -> Result<(), UpdateError> {
    let mut reader = Reader::new(bytes);
    let mut left = MAX_VALUES;
    for _ in 0..count {
        walk_value(&mut reader, &mut |piece| {
            if piece == Piece::Value {
                left = left.checked_sub(1).ok_or(UpdateError::Values)?;
            }
            heard(piece)
        })?;
    }
    Ok(())
}

/// One lib0 `any`; what is open is kept on a short list instead of the call stack.
fn walk_value<'a>(
    reader: &mut Reader<'a>,
    heard: &mut impl FnMut(Piece<'a>) -> Result<(), UpdateError>,
) -> Result<(), UpdateError> {
    enum Open {
        List(u64),
        Map(u64),
    }
    let mut open: Vec<Open> = Vec::new();
    let mut key = None;
    loop {
        heard(Piece::Value)?;
        match reader.byte()? {
            // undefined, null, false, true
            127 | 126 | 121 | 120 => {}
            125 => reader.skip_int()?,
            124 => drop(reader.take(4)?),
            123 | 122 => drop(reader.take(8)?),
            119 => {
                let text = reader.string()?;
                heard(key.map_or(Piece::Text(text), |key| Piece::Field(key, text)))?;
            }
            116 => drop(reader.bytes()?),
            118 => open.push(Open::Map(reader.uint()?)),
            117 => open.push(Open::List(reader.uint()?)),
            other => return Err(UpdateError::Value(other)),
        }
        if open.len() > MAX_DEPTH {
            return Err(UpdateError::Depth);
        }
        loop {
            match open.last_mut() {
                None => return Ok(()),
                Some(Open::List(0) | Open::Map(0)) => drop(open.pop()),
                Some(Open::List(left)) => {
                    *left -= 1;
                    key = None;
                    break;
                }
                Some(Open::Map(left)) => {
                    *left -= 1;
                    let next = reader.string()?;
                    heard(Piece::Key(next))?;
                    key = Some(next);
                    break;
                }
            }
        }
    }
}

/// The bytes that one lib0 value is, if it is bytes and nothing else.
pub fn bytes_of_value(value: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(value);
    let bytes = (reader.byte() == Ok(116)).then(|| reader.bytes().ok()).flatten()?;
    (reader.remaining() == 0).then_some(bytes)
}

/// Goes through JSON text and says what is there.
///
/// Texts come as they read, without escapes. Recursion ends at 32 levels.
pub fn walk_json(json: &str, heard: &mut dyn FnMut(Piece<'_>) -> Result<(), UpdateError>) -> Result<(), UpdateError> {
    let mut walk = Walk { left: MAX_VALUES, refused: None, heard };
    let mut parser = serde_json::Deserializer::from_str(json);
    let read = Level { walk: &mut walk, depth: 0, key: None }.deserialize(&mut parser).and_then(|()| parser.end());
    match (walk.refused, read) {
        (Some(refused), _) => Err(refused),
        (None, Err(_)) => Err(UpdateError::Json),
        (None, Ok(())) => Ok(()),
    }
}

struct Walk<'w> {
    left: usize,
    refused: Option<UpdateError>,
    heard: &'w mut dyn FnMut(Piece<'_>) -> Result<(), UpdateError>,
}

impl Walk<'_> {
    fn hear<E: Error>(&mut self, piece: Piece<'_>) -> Result<(), E> {
        let counted = match piece {
            Piece::Value => self.left.checked_sub(1).ok_or(UpdateError::Values),
            Piece::Text(_) | Piece::Key(_) | Piece::Field(..) => Ok(self.left),
        };
        let outcome = counted.and_then(|left| {
            self.left = left;
            (self.heard)(piece)
        });
        outcome.map_err(|refused| self.refuse(refused))
    }

    fn refuse<E: Error>(&mut self, refused: UpdateError) -> E {
        self.refused = Some(refused);
        E::custom("refused")
    }
}

struct Level<'l, 'w> {
    walk: &'l mut Walk<'w>,
    depth: usize,
    key: Option<&'l str>,
}

impl<'de> DeserializeSeed<'de> for Level<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.walk.hear(Piece::Value)?;
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.walk.hear(self.key.map_or(Piece::Text(text), |key| Piece::Field(key, text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            return Err(self.walk.refuse(UpdateError::Depth));
        }
        while items.next_element_seed(Level { walk: &mut *self.walk, depth, key: None })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            return Err(self.walk.refuse(UpdateError::Depth));
        }
        while let Some(key) = entries.next_key::<String>()? {
            self.walk.hear(Piece::Key(&key))?;
            entries.next_value_seed(Level { walk: &mut *self.walk, depth, key: Some(&key) })?;
        }
        Ok(())
    }
}
