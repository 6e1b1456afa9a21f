//! What the store keeps of the guests of tutoring sessions: people without an account, known by a secret in their browser.

use async_trait::async_trait;
use shared::words::{TutoringId, UnixMillis, UserId};

use super::{Leading, Result, Running, StoredSessionPlan};
use crate::secret::SecretHash;

#[async_trait]
pub trait Guests: Send + Sync {
    /// Guests come in by this code from here on, and by no other; by none if there is none.
    async fn set_session_code(&self, session: Running<'_>, code: Option<&str>, at: UnixMillis) -> Result<()>;
    async fn session_by_code(&self, code: &str) -> Result<Option<StoredSessionPlan>>;

    /// `false`, and nobody is added, if there are [`shared::tutoring::MAX_GUESTS`] already.
    async fn add_guest(&self, guest: &StoredGuest, hash: SecretHash) -> Result<bool>;
    async fn guest(&self, hash: SecretHash) -> Result<Option<StoredGuest>>;
    /// All that ever came, in the order in which they did.
    async fn guests(&self, session: &TutoringId) -> Result<Vec<StoredGuest>>;
    /// `false` if there is no such guest, or they were sent away.
    async fn let_in(&self, session: Leading<'_>, guest: &UserId, at: UnixMillis) -> Result<bool>;
    /// `false` if there is no such guest.
    async fn send_guest_away(&self, session: Leading<'_>, guest: &UserId, at: UnixMillis) -> Result<bool>;
    /// By themselves.
    async fn guest_leaves(&self, guest: &StoredGuest, at: UnixMillis) -> Result<()>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGuest {
    /// Nobody's in the directory.
    pub id: UserId,
    pub session: TutoringId,
    pub name: String,
    pub school: String,
    pub at: UnixMillis,
    pub let_in: Option<UnixMillis>,
    pub sent_away: Option<UnixMillis>,
}
