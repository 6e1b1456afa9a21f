//! Making a tutoring session: its board and notes are made with it, empty.

use shared::organisation::Shelf;
use shared::tutoring::Invitation;
use shared::words::{DocumentKind, TutoringId, UnixMillis, UserId};

use crate::secret;
use crate::store::{NewDocument, NewSession, Plan};

/// A session to be planned by `author` on this shelf.
pub fn of(
    id: TutoringId,
    author: &UserId,
    plan: Plan,
    shelf: Shelf,
    invited: Vec<Invitation>,
    at: UnixMillis,
) -> NewSession {
    let document = |kind: DocumentKind| NewDocument {
        id: secret::random_id().parse().expect("random ids have the form of ids"),
        kind,
        title: plan.title.clone(),
        author: author.clone(),
        shelf: shelf.clone(),
        epoch: secret::random_id().parse().expect("random ids have the form of epochs"),
        at,
        wish: None,
        seed: None,
    };
    let (board, notes) = (document(DocumentKind::Board), document(DocumentKind::Page));
    NewSession { id, plan, shelf, invited, board, notes }
}
