//! One copy of a document, in which everybody has a line of their own.

use anyhow::{Context, Result};
use bytes::Bytes;
use yrs::types::xml::{XmlElementPrelim, XmlTextPrelim};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, Transact, Update, XmlFragment,
    XmlFragmentRef, XmlOut, XmlTextRef,
};

pub struct Replica {
    doc: Doc,
    content: XmlFragmentRef,
}

impl Replica {
    /// An empty copy that writes under that client id.
    pub fn new(client: u64) -> Self {
        let client_id = ClientID::new(client);
        let doc = Doc::with_options(Options { client_id, offset_kind: OffsetKind::Utf16, ..Options::default() });
        let content = doc.get_or_insert_xml_fragment("content");
        Self { doc, content }
    }

    /// So many empty lines and nothing else; the update that makes them.
    pub fn rule_lines(&self, count: usize) -> Bytes {
        let mut change = self.doc.transact_mut();
        let before = self.content.len(&change);
        self.content.remove_range(&mut change, 0, before);
        for _ in 0..count {
            let paragraph = self.content.push_back(&mut change, XmlElementPrelim::empty("paragraph"));
            paragraph.push_back(&mut change, XmlTextPrelim::new(""));
        }
        change.encode_update_v1().into()
    }

    /// Puts letters at the line's end; the update that does it.
    pub fn write(&self, line: usize, letters: &str) -> Result<Bytes> {
        let mut change = self.doc.transact_mut();
        let text = self.line(&change, line).context("the line has not arrived")?;
        text.push(&mut change, letters);
        Ok(change.encode_update_v1().into())
    }

    /// Takes the line's last letter away; the update that does it.
    pub fn take_back(&self, line: usize) -> Result<Bytes> {
        let mut change = self.doc.transact_mut();
        let text = self.line(&change, line).context("the line has not arrived")?;
        let letters = text.len(&change);
        text.remove_range(&mut change, letters.checked_sub(1).context("the line is empty")?, 1);
        Ok(change.encode_update_v1().into())
    }

    pub fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// Whether everything of somebody is here who has so much.
    pub fn covers(&self, theirs: &[u8]) -> Result<bool> {
        let (mine, theirs) = (self.doc.transact().state_vector(), StateVector::decode_v1(theirs)?);
        Ok(theirs.iter().all(|(client, clock)| mine.get(client) >= *clock))
    }

    pub fn apply(&self, update: &[u8]) -> Result<()> {
        Ok(self.doc.transact_mut().apply_update(Update::decode_v1(update)?)?)
    }

    /// What somebody lacks who has so much.
    pub fn difference(&self, theirs: &[u8]) -> Result<Bytes> {
        let theirs = StateVector::decode_v1(theirs)?;
        Ok(self.doc.transact().encode_state_as_update_v1(&theirs).into())
    }

    /// Whether nothing waits for what has not come.
    pub fn is_whole(&self) -> bool {
        let looking = self.doc.transact();
        looking.store().pending_update().is_none() && looking.store().pending_ds().is_none()
    }

    /// The letters of every line, in order.
    pub fn lines(&self) -> Vec<String> {
        let looking = self.doc.transact();
        let count = self.content.len(&looking) as usize;
        let letters = |line| self.line(&looking, line).map_or_else(String::new, |text| text.get_string(&looking));
        (0..count).map(letters).collect()
    }

    fn line(&self, looking: &impl ReadTxn, line: usize) -> Option<XmlTextRef> {
        let Some(XmlOut::Element(paragraph)) = self.content.get(looking, u32::try_from(line).ok()?) else {
            return None;
        };
        let Some(XmlOut::Text(text)) = paragraph.get(looking, 0) else { return None };
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_copies_come_together() {
        let (ann, bob) = (Replica::new(1), Replica::new(2));
        bob.apply(&ann.rule_lines(2)).unwrap();
        let updates = [ann.write(0, "甲乙").unwrap(), ann.take_back(0).unwrap()];
        assert!(bob.write(1, "丙").is_ok());
        updates.iter().for_each(|update| bob.apply(update).unwrap());
        ann.apply(&bob.difference(&ann.state_vector()).unwrap()).unwrap();
        for copy in [&ann, &bob] {
            assert_eq!(copy.lines(), ["甲", "丙"]);
        }
        assert!(ann.take_back(0).is_ok());
        assert!(ann.take_back(0).is_err());
        assert!(ann.write(2, "丁").is_err());
    }
}
