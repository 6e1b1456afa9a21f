//! WebM (RFC 9559) with one track of Opus. Browsers write it as they record, with segment and clusters of unknown length: so
//! those are walked through and not taken whole.

const HEADER: u32 = 0x1a45_dfa3;
const DOCTYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const SCALE: u32 = 0x2a_d7b1;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK: u32 = 0xae;
const CODEC: u32 = 0x86;
const CLUSTER: u32 = 0x1f43_b675;
const TIME: u32 = 0xe7;
const GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const SIMPLE_BLOCK: u32 = 0xa3;
/// Files carried along.
const ATTACHMENTS: u32 = 0x1941_a469;

/// When its last block begins; `None` unless it is a whole WebM with one track, of Opus, and something in it.
pub fn millis(mut bytes: &[u8]) -> Option<u64> {
    let (mut is_webm, mut tracks, mut codecs, mut blocks) = (false, 0, 0, 0_u64);
    let (mut scale, mut cluster, mut last) = (1_000_000_u64, 0_u64, 0_u64);
    while !bytes.is_empty() {
        let id = number(taken(&mut bytes)?);
        let length = taken(&mut bytes)?;
        match u32::try_from(id).ok()? {
            TRACK => tracks += 1,
            HEADER | SEGMENT | INFO | TRACKS | CLUSTER | GROUP => {}
            ATTACHMENTS => return None,
            id => {
                let marker = 1_u64 << (7 * length.len());
                let (content, rest) = bytes.split_at_checked(usize::try_from(number(length) & (marker - 1)).ok()?)?;
                bytes = rest;
                match id {
                    DOCTYPE => is_webm = content == b"webm",
                    CODEC if content == b"A_OPUS" => codecs += 1,
                    CODEC => return None,
                    SCALE => scale = number(content),
                    TIME => cluster = number(content),
                    BLOCK | SIMPLE_BLOCK => {
                        // One byte names the track; the time is counted from the cluster's.
                        let after = i16::from_be_bytes(content.get(1..3)?.try_into().ok()?);
                        last = last.max(cluster.checked_add_signed(after.into())?);
                        blocks += 1;
                    }
                    _ => {}
                }
            }
        }
    }
    let one_of_sound = is_webm && (tracks, codecs) == (1, 1) && blocks > 0;
    one_of_sound.then(|| last.checked_mul(scale).map(|nanos| nanos / 1_000_000)).flatten()
}

/// A number whose first byte says how many there are, with that mark.
fn taken<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let count = bytes.first()?.leading_zeros() as usize + 1;
    let (all, rest) = bytes.split_at_checked(count).filter(|_| count <= 8)?;
    *bytes = rest;
    Some(all)
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, &byte| value << 8 | u64::from(byte))
}
