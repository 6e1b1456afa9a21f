//! What an open document is made of. Sync, shelf and drafts know no more of text or board than this (ADR 40).

use serde_json::Value;
use shared::document::DocumentError;
use shared::document::change::Node;
use shared::sync::PresentPerson;
use shared::words::DocumentId;

use crate::browser::storage::Draft;

/// The replica of a document, by what it holds: text or a board.
pub trait Medium: Sized + 'static {
    type View: View;
    /// What has to come over the line before a view can be shown.
    type Code: Clone + 'static;
    /// What only a document of this medium has to tell its page.
    type Own: Copy + Send + Sync + 'static;

    fn own() -> Self::Own;

    /// The address of the page that shows a document of this medium.
    fn address(id: &DocumentId) -> String;

    /// `None` if the line does not give it.
    async fn load() -> Option<Self::Code>;

    /// An empty replica that writes under `client_id`; `clock` gives milliseconds that only grow.
    fn open(client_id: u64, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self;

    /// lib0 v1.
    fn state_vector(&self) -> Vec<u8>;

    /// What a replica with this state vector lacks, as a v1 update.
    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError>;

    /// Nothing it was given waits for something it lacks.
    fn is_whole(&self) -> bool;

    /// All of it as one update.
    fn snapshot(&self) -> Vec<u8>;

    /// Takes in an update of others, or one that was kept; gives what the view has to show anew.
    fn apply_remote(&mut self, update: &[u8]) -> Result<Vec<ChangeOf<Self>>, DocumentError>;

    /// What one looks at first, for [`shared::sync::client::ClientInput::Look`]; `None`: it comes whole.
    fn first_look() -> Option<Vec<u8>> {
        None
    }

    /// Shows what lies there, before the document has come; see [`shared::board::glance`].
    fn glimpse(&mut self, _seen: &[u8]) -> Vec<ChangeOf<Self>> {
        Vec::new()
    }

    /// The document has come.
    fn arrived(&mut self) -> Vec<ChangeOf<Self>> {
        Vec::new()
    }

    /// Edits of one's own that taking in an update of others has led to.
    fn take_carried(&mut self) -> Vec<Vec<u8>>;

    /// The right to write went away: what was being carried over is not.
    fn forget_replaced(&mut self);

    /// Something is being written or drawn that is not in the replica yet.
    fn is_composing(&self, view: Option<&Self::View>) -> bool;

    fn can_undo(&self) -> bool;

    fn can_redo(&self) -> bool;

    /// All of it, as far as the editor can show it: of a board, its words.
    fn content(&self) -> Node;

    /// The update that makes a new document, written by `client_id`, of what a draft holds.
    fn replant(draft: &Draft, client_id: u64) -> Vec<u8>;

    /// Where a colleague is, from what their page told; `None` if that place is not here yet.
    fn cursor(&self, client: u64, person: &PresentPerson, told: &Value) -> Option<<Self::View as View>::Cursor>;
}

/// What is on the screen. It may call back into the open document at any time.
pub trait View: 'static {
    type Change;
    type Cursor;

    /// Shows changes of others, or an undo.
    fn apply(&self, changes: &[Self::Change]);

    /// Takes in what was typed or drawn and not yet reported. To be called before the replica changes.
    fn flush(&self);

    fn set_editable(&self, editable: bool);

    fn show_cursors(&self, cursors: &[Self::Cursor]);

    /// What somebody draws at this moment, by the client id of their presence; see [`shared::board::live`].
    fn live(&self, from: u64, message: &[u8]);

    fn focus(&self);
}

pub type ChangeOf<M> = <<M as Medium>::View as View>::Change;
