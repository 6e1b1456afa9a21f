//! Reading bytes from the front, never past the end.

/// The bytes ended before what was asked for.
#[derive(Debug)]
pub struct Ended;

#[derive(Clone)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn length(&self) -> usize {
        self.0.len()
    }

    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Ended> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Ended)?;
        self.0 = rest;
        Ok(taken)
    }

    pub fn skip(&mut self, length: usize) -> Result<(), Ended> {
        self.take(length).map(|_| ())
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Ended> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Ended)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub fn byte(&mut self) -> Result<u8, Ended> {
        self.array().map(|[byte]| byte)
    }

    pub fn be16(&mut self) -> Result<u16, Ended> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn be32(&mut self) -> Result<u32, Ended> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn le16(&mut self) -> Result<u16, Ended> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn le24(&mut self) -> Result<u32, Ended> {
        self.array().map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]))
    }

    pub fn le32(&mut self) -> Result<u32, Ended> {
        self.array().map(u32::from_le_bytes)
    }

    /// Goes on to the next byte of this value, which is then the next one to read.
    pub fn seek(&mut self, value: u8) -> Result<(), Ended> {
        let at = self.0.iter().position(|byte| *byte == value).ok_or(Ended)?;
        self.skip(at)
    }
}
