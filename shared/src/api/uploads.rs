//! Bodies of uploads, beside the tus protocol (<https://tus.io/protocols/resumable-upload>).

use serde::{Deserialize, Serialize};

use crate::library::{FileFacts, Unfit};
use crate::words::{BlobId, SchoolId, UnixMillis, UploadId};

/// The largest file, in bytes.
pub const MAX_UPLOAD_BYTES: u64 = 8 << 30;
/// Files of one person that may be on their way at a time.
pub const MAX_UPLOADS_UNDER_WAY: u32 = 20;
/// An upload is forgotten so long, in milliseconds, after its last byte, and one that is ready if nothing is made of it.
pub const UPLOAD_ENDS_AFTER: i64 = 7 * UnixMillis::DAY;

/// `GET /api/uploads/{upload}`: a file on its way, as whoever sends it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadCard {
    pub id: UploadId,
    /// As the sender's device calls it, without folders.
    pub name: String,
    pub bytes: u64,
    /// How many bytes are here for good: the next ones begin there.
    pub received: u64,
    pub state: UploadState,
    pub made: UnixMillis,
    /// When it is forgotten, unless more of it comes or something is made of it before.
    pub ends: UnixMillis,
}

/// How far a file has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum UploadState {
    /// Bytes are missing.
    Receiving,
    /// All of it is here, and nobody can read it yet.
    Checking,
    /// An item may be made of it.
    Ready { blob: BlobId, facts: FileFacts },
    /// It was not taken, and nothing of it is kept.
    Refused { why: Unfit },
}

/// `GET /api/uploads`: the sender's own, oldest first, without those of which something was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadList {
    pub uploads: Vec<UploadCard>,
}

/// `GET /api/uploads/room?bytes=…`: what the sender's school keeps, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadRoom {
    /// Its files, each once, and all of those on their way.
    pub used: u64,
    pub limit: u64,
    /// What may still come; no more than the disk has room for.
    pub free: u64,
}

/// `GET /api/library/quota?school=`: what a school keeps, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaView {
    /// Each file once, what is written in versions with their images, and what is on its way.
    pub used: u64,
    pub limit: u64,
    /// Of `used` what only items in the bin have: free again 30 days after they were taken out.
    pub bin: u64,
}

/// `PUT /api/library/quota`, by the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetQuota {
    pub school: SchoolId,
    /// At most [`MAX_QUOTA`]; without it the usual 200 GiB.
    #[serde(default)]
    pub bytes: Option<u64>,
}

/// A pebibyte.
pub const MAX_QUOTA: u64 = 1 << 50;

/// `POST /api/uploads/known`: perhaps this file is here already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskKnown {
    pub name: String,
    pub bytes: u64,
    /// The blake3 hash of the whole file, as 64 hexadecimal digits.
    pub hash: BlobId,
}

/// What whoever has the file can answer, and who has heard of its hash alone cannot. It is the same whether or not the
/// file is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownChallenge {
    pub id: UploadId,
    /// 32 bytes as hexadecimal digits: the key of the hash.
    pub nonce: String,
    /// In their order.
    pub ranges: Vec<ByteRange>,
}

/// A stretch of a file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByteRange {
    pub from: u64,
    pub length: u32,
}

/// `PUT /api/uploads/known/{upload}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerKnown {
    /// The blake3 hash, keyed with the nonce, of the bytes of all ranges one after the other, as hexadecimal digits.
    pub answer: String,
}
