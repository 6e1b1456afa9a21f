//! Bodies of photos and voice clips in tutoring sessions.

use serde::{Deserialize, Serialize};

use super::AttendeeCard;
use crate::tutoring::MediaKind;
use crate::words::{MediaId, UnixMillis};

/// What is said of a photo or clip as it is sent: `PUT /api/tutoring/{session}/media/{media}?kind=clip&peaks=0.7.31`, with its
/// bytes as the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMedia {
    pub kind: MediaKind,
    /// Of a clip: how loud it is from beginning to end, as numbers from 0 to [`crate::tutoring::MAX_PEAK`] with dots between, at
    /// most [`crate::tutoring::MAX_PEAKS`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub peaks: String,
    /// Of a clip, in milliseconds; what its content says goes before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<u32>,
}

/// A photo or clip that was sent. Its bytes are at `/api/tutoring/{session}/media/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaCard {
    pub id: MediaId,
    pub kind: MediaKind,
    pub media_type: String,
    pub bytes: u64,
    /// Of a photo, in pixels as shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Of a clip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peaks: Vec<u8>,
}

/// `POST /api/tutoring/{session}/clips`: what was said to all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SayClip {
    /// A clip of one's own that was sent before and is nowhere yet.
    pub clip: MediaId,
    /// When it was begun, in milliseconds since the session opened; as it arrives, if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<i64>,
}

/// A clip of the session itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipCard {
    #[serde(flatten)]
    pub media: MediaCard,
    pub by: AttendeeCard,
    /// Milliseconds since the session opened.
    pub moment: i64,
    pub at: UnixMillis,
}

/// `GET /api/tutoring/{session}/clips`: in the order of their moments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClipList {
    pub clips: Vec<ClipCard>,
}
