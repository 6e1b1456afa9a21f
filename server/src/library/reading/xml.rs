//! XML as it comes, never more of it in memory than a tag: no entities but the five, no depth without end.

use std::io::{BufReader, Read};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use shared::library::Unfit;

/// Deeper than any office program nests.
const MAX_DEPTH: usize = 256;

/// What happens, in the order of the text. Names are without their prefix.
pub(super) enum Happening<'a> {
    Begins(&'a str, &'a Attributes),
    Ends(&'a str),
    Text(&'a str),
}

/// An element's attributes, as they are written.
#[derive(Default)]
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// A relation's id, in its own namespace: there is often an `id` beside it.
    pub fn relation(&self) -> Option<&str> {
        self.0.iter().find(|(name, _)| name.ends_with(":id")).map(|(_, value)| value.as_str())
    }

    fn of(element: &BytesStart<'_>) -> Result<Self, Unfit> {
        let mut all = Vec::new();
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Unfit::Damaged)?;
            let name = attribute.key.as_ref().to_owned();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Unfit::Damaged)?;
            all.push((name, value.into_owned()));
        }
        Ok(Self(all))
    }
}

/// Goes on reading, or has enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    On,
    Enough,
}

/// Tells `tell` what is in the XML, until it has enough or it ends.
///
/// # Errors
/// [`Unfit::Entities`] for a DOCTYPE or an entity of its own, [`Unfit::TooMuch`] for depth, [`Unfit::Damaged`] for what is
/// no XML, and whatever `tell` says.
pub(super) fn walk(part: impl Read, mut tell: impl FnMut(Happening<'_>) -> Result<Then, Unfit>) -> Result<(), Unfit> {
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(part));
    reader.config_mut().expand_empty_elements = true;
    let (mut buffer, mut depth) = (Vec::new(), 0_usize);
    loop {
        buffer.clear();
        let then = match reader.read_event_into(&mut buffer).map_err(|_| Unfit::Damaged)? {
            Event::Start(element) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Unfit::TooMuch);
                }
                let attributes = Attributes::of(&element)?;
                tell(Happening::Begins(element.local_name().as_ref(), &attributes))?
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                tell(Happening::Ends(element.local_name().as_ref()))?
            }
            Event::Text(text) => tell(Happening::Text(&text))?,
            Event::CData(text) => tell(Happening::Text(&text))?,
            Event::GeneralRef(reference) => {
                let number = reference.resolve_char_ref().map_err(|_| Unfit::Damaged)?;
                let one = number.map(String::from);
                let text = one.as_deref().or_else(|| quick_xml::escape::resolve_predefined_entity(&reference));
                tell(Happening::Text(text.ok_or(Unfit::Entities)?))?
            }
            Event::DocType(_) => return Err(Unfit::Entities),
            Event::Eof if depth > 0 => return Err(Unfit::Damaged),
            Event::Eof => return Ok(()),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Then::On,
        };
        if then == Then::Enough {
            return Ok(());
        }
    }
}
