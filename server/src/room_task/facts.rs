//! What the room has to know of people and the document, read again from the store when it may have changed.

use std::sync::atomic::Ordering;

use shared::access::right_in_room;
use shared::sync::room::RoomInput;
use shared::wire::CloseCode;
use shared::words::UserId;

use super::Running;
use crate::clock;
use crate::store::{DocumentHandle, StoreError};

impl Running {
    /// Asks the judge again about everybody here.
    pub(super) async fn rejudge(&mut self) {
        // Before anything is read: what changes meanwhile is another reason to ask.
        self.judged = self.facts.load(Ordering::SeqCst);
        let store = self.rooms.store().clone();
        let facts = match store.facts(&self.document).await {
            Ok(facts) => facts,
            // Not knowing the rights is no reason to let anybody write on, nor to say that they may not.
            Err(error) => {
                tracing::error!(document = %self.document, "{error}");
                for person in self.outboxes.people() {
                    self.send_away(&person);
                }
                return self.show_people();
            }
        };
        let (directory, now) = (store.directory(), clock::now());
        self.holds_until = directory.next_turn(now);
        for person in self.outboxes.people() {
            let right = facts.as_ref().and_then(|facts| right_in_room(&directory, &person, &facts.access, now));
            self.handle(RoomInput::RightChanged { person, right });
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
        DocumentHandle::open(&**self.rooms.store(), person, &self.document).await
    }
}
