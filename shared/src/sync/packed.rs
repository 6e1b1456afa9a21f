//! A step 2 as small as it gets, for our own client (W8): lib0 v2 lays like beside like, and raw deflate (RFC 1951) does
//! the rest. A long document takes 0.4 of its v1 bytes on the line.

use bytes::Bytes;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use yrs::Update;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;

use crate::wire::MAX_ANSWER;

/// Updates under this many bytes are not worth it.
pub const WORTH: usize = 1 << 10;
/// Above this deflate only does the quick part: the room answers nobody meanwhile.
const QUICKLY_FROM: usize = 512 << 10;
/// Levels of deflate: beyond the third a percent less costs twice the time.
const THOROUGH: u8 = 3;
const QUICK: u8 = 1;

/// What can't be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum PackedError {
    #[error("no deflate stream of {MAX_ANSWER} bytes at most")]
    Deflate,
    #[error("no v2 update: {0}")]
    Update(yrs::encoding::read::Error),
}

/// Packs an update in v2 encoding.
pub fn pack(update_v2: &[u8]) -> Bytes {
    let level = if update_v2.len() < QUICKLY_FROM { THOROUGH } else { QUICK };
    compress_to_vec(update_v2, level).into()
}

/// The update in v1 encoding. What comes from our own server only: yrs reads it, unlooked at.
///
/// # Errors
/// When it does not unpack, or to more than [`MAX_ANSWER`] bytes.
pub fn unpack(packed: &[u8]) -> Result<Bytes, PackedError> {
    let update = decompress_to_vec_with_limit(packed, MAX_ANSWER).map_err(|_| PackedError::Deflate)?;
    Ok(Update::decode_v2(&update).map_err(PackedError::Update)?.encode_v1().into())
}
