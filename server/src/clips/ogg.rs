//! Ogg (RFC 3533) with one stream of Opus (RFC 7845).

/// The last position of its pages, less what is skipped before; `None` unless it is whole pages of one stream of Opus.
pub fn millis(mut bytes: &[u8]) -> Option<u64> {
    let (mut stream, mut skipped, mut last, mut pages) = (None, 0_u64, 0_u64, 0_u32);
    while !bytes.is_empty() {
        let header: &[u8; 27] = bytes.first_chunk()?;
        let lengths = bytes.get(27..27 + usize::from(header[26]))?;
        let length: usize = lengths.iter().map(|&length| usize::from(length)).sum();
        let begins = 27 + lengths.len();
        let body = bytes.get(begins..begins + length)?;
        let serial: [u8; 4] = header[14..18].try_into().ok()?;
        if &header[..5] != b"OggS\0" || *stream.get_or_insert(serial) != serial {
            return None;
        }
        if pages == 0 {
            skipped = match body {
                [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', 1, _, low, high, ..] => {
                    u64::from(u16::from_le_bytes([*low, *high]))
                }
                _ => return None,
            };
        }
        // All ones: no packet ends on this page.
        let position = u64::from_le_bytes(header[6..14].try_into().ok()?);
        if position != u64::MAX {
            last = last.max(position);
        }
        pages += 1;
        bytes = &bytes[begins + length..];
    }
    // Head, words and at least one page of sound; Opus counts 48,000 a second.
    (pages > 2).then(|| last.saturating_sub(skipped) / 48)
}
