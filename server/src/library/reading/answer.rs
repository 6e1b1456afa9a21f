//! What the process that reads says, in frames: a byte for what it is, four for its length, the bytes.
//!
//! Facts come more than once, the last ones hold: before something dangerous is tried, those go out that are true if it
//! does not end well.

use std::io::{self, Write};

use shared::library::{FileFacts, Unfit};

use super::{MAX_PICTURE_BYTES, MAX_TEXT_BYTES};

const FACTS: u8 = 1;
const TEXT: u8 = 2;
const PICTURE: u8 = 3;
const REFUSED: u8 = 4;
const END: u8 = 5;
const HEADER: usize = 5;

/// More than all frames together can be.
pub(super) const MAX_BYTES: u64 = (MAX_TEXT_BYTES + MAX_PICTURE_BYTES + (64 << 10)) as u64;

/// Writes frames, each at once.
pub(super) struct Answering<W> {
    out: W,
    text_left: usize,
}

impl<W: Write> Answering<W> {
    pub fn new(out: W) -> Self {
        Self { out, text_left: MAX_TEXT_BYTES }
    }

    pub fn facts(&mut self, facts: &FileFacts) -> io::Result<()> {
        let json = serde_json::to_vec(facts)?;
        self.frame(FACTS, &json)
    }

    /// Adds to the text. Says whether more of it has room.
    pub fn text(&mut self, text: &str) -> io::Result<bool> {
        let text = shortened(text, self.text_left);
        self.text_left -= text.len();
        if !text.is_empty() {
            self.frame(TEXT, text.as_bytes())?;
        }
        // A character that is wider than what is left ends it, too.
        Ok(self.text_left >= 4)
    }

    pub fn picture(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.frame(PICTURE, bytes)
    }

    pub fn refused(&mut self, why: Unfit) -> io::Result<()> {
        self.frame(REFUSED, why.as_str().as_bytes())
    }

    pub fn end(&mut self) -> io::Result<()> {
        self.frame(END, &[])
    }

    fn frame(&mut self, what: u8, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut frame = Vec::with_capacity(HEADER + bytes.len());
        frame.push(what);
        frame.extend(length.to_le_bytes());
        frame.extend(bytes);
        self.out.write_all(&frame)?;
        self.out.flush()
    }
}

/// What was said until the process ended.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub facts: Option<FileFacts>,
    pub text: String,
    pub picture: Option<Vec<u8>>,
    pub refused: Option<Unfit>,
    /// It came to its end by itself.
    pub ended: bool,
}

impl Answer {
    /// Takes the frames as far as they make sense: a process led astray may have written anything.
    pub fn of(mut bytes: &[u8]) -> Self {
        let mut answer = Answer::default();
        while let Some((what, frame, rest)) = split(bytes) {
            match what {
                FACTS => answer.facts = serde_json::from_slice(frame).ok().or(answer.facts),
                TEXT => {
                    let Ok(text) = std::str::from_utf8(frame) else { break };
                    if answer.text.len() + text.len() > MAX_TEXT_BYTES {
                        break;
                    }
                    answer.text.push_str(text);
                }
                PICTURE => answer.picture = Some(frame.to_vec()),
                REFUSED => answer.refused = std::str::from_utf8(frame).ok().and_then(Unfit::named),
                END => {
                    answer.ended = true;
                    break;
                }
                _ => break,
            }
            bytes = rest;
        }
        answer
    }
}

fn split(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (header, rest) = bytes.split_at_checked(HEADER)?;
    let length = u32::from_le_bytes(header[1..].try_into().ok()?);
    let (frame, rest) = rest.split_at_checked(length as usize)?;
    Some((header[0], frame, rest))
}

/// As much of the text as fits, cut between characters.
pub(super) fn shortened(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use shared::library::FileKind;

    use super::*;

    #[test]
    fn what_was_said_before_the_end_holds() {
        let mut bytes = Vec::new();
        let mut answering = Answering::new(&mut bytes);
        answering.facts(&FileFacts::unread(FileKind::Pdf, Unfit::Damaged)).unwrap();
        answering.text("第一页").unwrap();
        answering.facts(&FileFacts::of(FileKind::Pdf)).unwrap();
        answering.end().unwrap();
        for cut in 0..bytes.len() {
            let answer = Answer::of(&bytes[..cut]);
            assert!(!answer.ended, "cut at {cut}");
        }
        let answer = Answer::of(&bytes);
        assert!(answer.ended);
        assert_eq!(answer.text, "第一页");
        assert_eq!(answer.facts, Some(FileFacts::of(FileKind::Pdf)));
    }

    #[test]
    fn text_is_cut_between_characters() {
        let mut bytes = Vec::new();
        let long = "汉".repeat(MAX_TEXT_BYTES / 3 + 7);
        assert!(!Answering::new(&mut bytes).text(&long).unwrap());
        let answer = Answer::of(&bytes);
        assert_eq!(answer.text.len(), MAX_TEXT_BYTES / 3 * 3);
    }

    #[test]
    fn any_bytes_are_an_answer() {
        for bytes in [&[9, 0, 0, 0, 0][..], &[TEXT, 1, 0, 0, 0, 0xff], &[FACTS, 0xff, 0xff, 0xff, 0xff, 1]] {
            let answer = Answer::of(bytes);
            assert!(!answer.ended && answer.text.is_empty() && answer.facts.is_none());
        }
    }
}
