//! Checked handles: proof that the judge was asked, as a value that storage calls take.

use shared::access::{Right, right, right_in_room};
use shared::organisation::Directory;
use shared::words::{DocumentId, DocumentKind, Title, UserId};

use super::{DocumentFacts, Documents, Organisation, Result};
use crate::clock;

/// A document together with the right one person has on it. Only [`DocumentHandle::open`] makes one.
#[derive(Debug, Clone)]
pub struct DocumentHandle {
    id: DocumentId,
    person: UserId,
    right: Right,
    in_room: Right,
    facts: DocumentFacts,
}

impl DocumentHandle {
    /// Asks the judge. `None` says the same for a document that is absent and for one that is forbidden.
    pub async fn open(
        store: &(impl Documents + Organisation + ?Sized),
        person: &UserId,
        id: &DocumentId,
    ) -> Result<Option<Self>> {
        let Some(facts) = store.facts(id).await? else { return Ok(None) };
        Ok(Self::judge(&store.directory(), person, id, facts))
    }

    /// The same for facts already at hand.
    pub(super) fn judge(directory: &Directory, person: &UserId, id: &DocumentId, facts: DocumentFacts) -> Option<Self> {
        let now = clock::now();
        let right = right(directory, person, &facts.access, now)?;
        let in_room = right_in_room(directory, person, &facts.access, now)?;
        Some(Self { id: id.clone(), person: person.clone(), right, in_room, facts })
    }

    pub fn id(&self) -> &DocumentId {
        &self.id
    }

    /// Whose handle this is.
    pub fn person(&self) -> &UserId {
        &self.person
    }

    pub fn right(&self) -> Right {
        self.right
    }

    pub fn kind(&self) -> DocumentKind {
        self.facts.kind
    }

    pub fn title(&self) -> &Title {
        &self.facts.title
    }

    pub fn facts(&self) -> &DocumentFacts {
        &self.facts
    }

    /// The right inside the room: in the bin nobody writes, and on a session's board only whoever may draw.
    pub fn right_in_room(&self) -> Right {
        self.in_room
    }

    /// Proof that the person may write now.
    pub fn editing(&self) -> Option<Editing<'_>> {
        self.right_in_room().may_edit().then_some(Editing(self))
    }

    /// Proof that the person may rename, share and bin it.
    pub fn managing(&self) -> Option<Managing<'_>> {
        (self.right >= Right::Manage).then_some(Managing(self))
    }
}

/// Proof of the right to edit.
#[derive(Clone, Copy)]
pub struct Editing<'a>(&'a DocumentHandle);

/// Proof of the right to manage.
#[derive(Clone, Copy)]
pub struct Managing<'a>(&'a DocumentHandle);

impl Editing<'_> {
    pub fn id(&self) -> &DocumentId {
        &self.0.id
    }
}

impl Managing<'_> {
    pub fn id(&self) -> &DocumentId {
        &self.0.id
    }

    /// Who manages it here.
    pub fn person(&self) -> &UserId {
        &self.0.person
    }
}
