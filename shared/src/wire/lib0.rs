//! Numbers, byte strings and texts as lib0 writes them (`lib0/encoding.js`, version 1).

/// Bytes that are not what was expected there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("the bytes end too early")]
    End,
    #[error("a number is over {0}")]
    NumberTooLarge(u64),
    #[error("a text is not UTF-8")]
    NotUtf8,
}

/// Reads forward through borrowed bytes. Every read either advances or fails.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Where the next read begins, counted from the start.
    pub fn position(&self) -> usize {
        self.at
    }

    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub fn byte(&mut self) -> Result<u8, ReadError> {
        let byte = *self.bytes.get(self.at).ok_or(ReadError::End)?;
        self.at += 1;
        Ok(byte)
    }

    /// `writeVarUint`: seven bits a byte, lowest first, up to 2^53 - 1 as JavaScript holds numbers.
    pub fn uint(&mut self) -> Result<u64, ReadError> {
        const MAX: u64 = (1 << 53) - 1;
        let mut number = 0u64;
        for shift in (0..56).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return if number <= MAX { Ok(number) } else { Err(ReadError::NumberTooLarge(MAX)) };
            }
        }
        Err(ReadError::NumberTooLarge(MAX))
    }

    /// A [`Reader::uint`] that fits 32 bits.
    pub fn uint32(&mut self) -> Result<u32, ReadError> {
        u32::try_from(self.uint()?).map_err(|_| ReadError::NumberTooLarge(u64::from(u32::MAX)))
    }

    /// Skips a `writeVarInt`: sign and six bits first, then seven bits a byte; ten bytes at most.
    pub fn skip_int(&mut self) -> Result<(), ReadError> {
        for _ in 0..10 {
            if self.byte()? < 0x80 {
                return Ok(());
            }
        }
        Err(ReadError::NumberTooLarge(u64::MAX))
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], ReadError> {
        let end = self.at.checked_add(len).ok_or(ReadError::End)?;
        let taken = self.bytes.get(self.at..end).ok_or(ReadError::End)?;
        self.at = end;
        Ok(taken)
    }

    /// `writeVarUint8Array`: a length, then as many bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], ReadError> {
        let len = usize::try_from(self.uint()?).map_err(|_| ReadError::End)?;
        self.take(len)
    }

    /// `writeVarString`: a length in bytes, then UTF-8.
    pub fn string(&mut self) -> Result<&'a str, ReadError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| ReadError::NotUtf8)
    }
}

pub fn write_uint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub fn write_string(out: &mut Vec<u8>, text: &str) {
    write_bytes(out, text.as_bytes());
}
