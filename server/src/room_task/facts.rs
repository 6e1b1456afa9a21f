//! What the room has to know of people and the document, read again from the store when it may have changed.

use shared::sync::room::RoomInput;
use shared::wire::CloseCode;
use shared::words::UserId;

use super::Running;
use crate::clock;
use crate::store::{DocumentHandle, StoreError};

impl Running {
    /// Asks the judge again about everybody here, or about one of them.
    pub(super) async fn rejudge(&mut self, only: Option<UserId>) {
        let wanted = |person: &UserId| only.as_ref().is_none_or(|only| only == person);
        for person in self.outboxes.people().into_iter().filter(wanted) {
            match self.judge(&person).await {
                Ok(handle) => {
                    let right = handle.map(|handle| handle.right_in_room());
                    self.handle(RoomInput::RightChanged { person, right });
                }
                // Not knowing the right is no reason to let somebody write on, nor to say that they may not.
                Err(error) => {
                    tracing::error!(document = %self.document, "{error}");
                    self.send_away(&person);
                }
            }
        }
        self.show_people();
    }

    /// Out of the room before the socket has heard of it: what is still on its way from there comes too late.
    fn send_away(&mut self, person: &UserId) {
        for who in self.outboxes.of_person(person) {
            self.outboxes.close(who, CloseCode::RoomClosed, "store failing");
            self.leave(who);
        }
    }

    /// Tells the title that is stored now: of two new ones at a time the later stands, whichever is heard of first.
    pub(super) async fn renamed(&mut self) {
        match self.rooms.store().facts(&self.document).await {
            Ok(Some(facts)) => self.handle(RoomInput::Renamed { title: facts.title }),
            Ok(None) => {}
            Err(error) => tracing::error!(document = %self.document, "{error}"),
        }
    }

    pub(super) async fn judge(&self, person: &UserId) -> Result<Option<DocumentHandle>, StoreError> {
        let store = self.rooms.store();
        let Some(person) = store.person(person, clock::now()).await? else { return Ok(None) };
        DocumentHandle::open(&**store, &person, &self.document).await
    }
}
