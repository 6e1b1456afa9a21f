//! What the store keeps of photos and voice clips in tutoring sessions. Their bytes are blobs.

use async_trait::async_trait;
use shared::tutoring::MediaKind;
use shared::words::{BlobId, MediaId, QuestionId, UnixMillis, UserId};

use super::{Account, Leading, Result, TutoringHandle};

#[async_trait]
pub trait Media: Send + Sync {
    /// Notes that the bytes are there, under its id, once. It is loose: seen by nobody else until it is part of a question or
    /// said to all.
    async fn add_media(&self, session: &TutoringHandle, media: &NewMedia) -> Result<AddedMedia>;
    async fn media(&self, session: &TutoringHandle, id: &MediaId) -> Result<Option<StoredMedia>>;
    /// All of questions, and all said to all, the latter by their moments.
    async fn media_of(&self, session: &TutoringHandle) -> Result<Vec<StoredMedia>>;
    /// A loose clip of their own is said to all; `false` if it is none, or there are
    /// [`shared::tutoring::MAX_CLIPS`] already.
    async fn say_clip(&self, session: &TutoringHandle, id: &MediaId, moment: i64) -> Result<bool>;
    /// A clip said to all is gone, with its bytes; `false` if there is none such of theirs.
    async fn withdraw_clip(&self, session: &TutoringHandle, id: &MediaId) -> Result<bool>;
    /// The same with another's clip, which is noted.
    async fn remove_clip(&self, session: Leading<'_>, id: &MediaId, at: UnixMillis) -> Result<bool>;
    /// Forgets what was sent before this time and is nowhere.
    async fn forget_loose_media(&self, before: UnixMillis) -> Result<()>;
}

pub struct NewMedia {
    pub id: MediaId,
    pub kind: MediaKind,
    pub blob: BlobId,
    pub media_type: &'static str,
    pub bytes: u64,
    pub size: Option<(u32, u32)>,
    pub millis: Option<u32>,
    pub peaks: Vec<u8>,
    /// Whose room it takes.
    pub account: Account,
    pub at: UnixMillis,
}

/// What became of a photo or clip that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddedMedia {
    Now,
    /// The same has come before.
    Before,
    /// Something else has the id.
    Otherwise,
    /// [`shared::tutoring::MAX_LOOSE_MEDIA`] of theirs are nowhere yet.
    TooManyLoose,
    NoRoom,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMedia {
    pub id: MediaId,
    /// A person or guest.
    pub author: UserId,
    pub kind: MediaKind,
    pub blob: BlobId,
    pub media_type: String,
    pub bytes: u64,
    pub size: Option<(u32, u32)>,
    pub millis: Option<u32>,
    pub peaks: Vec<u8>,
    pub at: UnixMillis,
    pub part: MediaPart,
}

/// Of what it is a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaPart {
    /// Nothing yet.
    Loose,
    Question(QuestionId),
    /// Said to all, so many milliseconds after the session opened.
    Said(i64),
}
