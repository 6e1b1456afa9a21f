//! MP4 (ISO/IEC 14496-12) with one track of AAC or Opus, in one piece or in fragments.

/// Boxes that hold boxes.
const HOLDS: [&[u8; 4]; 8] = [b"moov", b"mvex", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"];
/// Samples of one packet of AAC.
const AAC_PACKET: u64 = 1_024;

#[derive(Default)]
struct Seen {
    tracks: u32,
    sound: bool,
    aac: bool,
    opus: bool,
    data: bool,
    scale: u64,
    duration: u64,
    /// A packet of fragments, if nothing else is said.
    usual: u64,
    /// Packets of fragments, and what is said of how long they last.
    packets: u64,
    said: u64,
}

/// How long its only track lasts; `None` unless it is whole and of sound alone.
pub fn millis(bytes: &[u8]) -> Option<u64> {
    let mut seen = Seen::default();
    walk(bytes, &mut seen, 0)?;
    let counted = seen.said.max(if seen.aac { seen.packets.checked_mul(AAC_PACKET)? } else { 0 });
    let units = seen.duration.max(counted);
    let known = units > 0 && seen.scale > 0;
    let one_of_sound = seen.tracks == 1 && seen.sound && (seen.aac || seen.opus) && seen.data && known;
    one_of_sound.then(|| units.checked_mul(1_000).map(|units| units / seen.scale)).flatten()
}

fn walk(mut bytes: &[u8], seen: &mut Seen, depth: usize) -> Option<()> {
    while !bytes.is_empty() {
        let length = match be32(bytes, 0)? {
            // To the end of the file.
            0 if depth == 0 => bytes.len(),
            length => usize::try_from(length).ok()?,
        };
        let kind: &[u8; 4] = bytes.get(4..8)?.try_into().ok()?;
        let content = bytes.get(8..length)?;
        match kind {
            _ if depth < HOLDS.len() && HOLDS.contains(&kind) => {
                seen.tracks += u32::from(kind == b"trak");
                walk(content, seen, depth + 1)?;
            }
            b"mdhd" => (seen.scale, seen.duration) = clock(content)?,
            b"hdlr" => seen.sound = content.get(8..12)? == b"soun",
            b"stsd" => {
                seen.aac |= content.get(12..16)? == b"mp4a";
                seen.opus |= content.get(12..16)? == b"Opus";
            }
            b"trex" => seen.usual = be32(content, 12)?,
            b"tfhd" => {
                let flags = be32(content, 0)?;
                let place = 8 + 8 * (flags & 0x1) + 4 * (flags >> 1 & 0x1);
                if flags & 0x8 != 0 {
                    seen.usual = be32(content, usize::try_from(place).ok()?)?;
                }
            }
            b"trun" => run(content, seen)?,
            b"mdat" => seen.data |= !content.is_empty(),
            _ => {}
        }
        bytes = &bytes[length..];
    }
    Some(())
}

/// Units in a second, and how many the track lasts.
fn clock(content: &[u8]) -> Option<(u64, u64)> {
    match content.first()? {
        0 => Some((
            be32(content, 12)?,
            be32(content, 16).map(|units| if units == u64::from(u32::MAX) { 0 } else { units })?,
        )),
        1 => Some((be32(content, 20)?, u64::from_be_bytes(content.get(24..32)?.try_into().ok()?))),
        _ => None,
    }
}

/// Packets of a fragment: each with as many numbers as the flags say, of which the first may be how long it lasts.
fn run(content: &[u8], seen: &mut Seen) -> Option<()> {
    let flags = be32(content, 0)? & 0x00ff_ffff;
    let count = be32(content, 4)?;
    seen.packets = seen.packets.checked_add(count)?;
    let ahead = 8 + 4 * ((flags & 0x1) + (flags >> 2 & 0x1));
    let each = 4 * u64::from((flags & 0xf00).count_ones());
    if flags & 0x100 == 0 {
        seen.said = seen.said.checked_add(count.checked_mul(seen.usual)?)?;
        return Some(());
    }
    for packet in 0..count {
        let place = usize::try_from(ahead + packet.checked_mul(each)?).ok()?;
        seen.said = seen.said.checked_add(be32(content, place)?)?;
    }
    Some(())
}

fn be32(bytes: &[u8], at: usize) -> Option<u64> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?).into())
}
