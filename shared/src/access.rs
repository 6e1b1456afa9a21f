//! Who may do what: the only judge. Pure and total; everything else asks here.

use serde::{Deserialize, Serialize};

use crate::words::{TeamId, UserId};

/// What a person may do with a document; each right includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    View,
    Comment,
    Edit,
    /// Rename, share, move to the bin and back.
    Manage,
}

impl Right {
    pub fn may_edit(self) -> bool {
        self >= Right::Edit
    }
}

/// To whom a document is shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "id")]
pub enum Grantee {
    Person(UserId),
    Team(TeamId),
}

/// One line of a document's sharing form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub with: Grantee,
    pub right: Right,
}

/// A person as the judge sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: UserId,
    /// A closed or suspended account may do nothing.
    pub active: bool,
    pub teams: Vec<TeamId>,
}

/// A document as the judge sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentAccess {
    pub owner: UserId,
    /// The team it was made for; its members edit.
    pub team: Option<TeamId>,
    pub shares: Vec<Share>,
    /// In the bin: only those who manage it see it, and nobody edits it.
    pub binned: bool,
}

/// The right `person` has on `document`, or `None` if for them it does not exist.
///
/// Absent and forbidden must look the same to the person: callers answer both alike.
pub fn right(person: &Person, document: &DocumentAccess) -> Option<Right> {
    if !person.active {
        return None;
    }
    let granted = if document.owner == person.id {
        Some(Right::Manage)
    } else {
        let by_team = document.team.as_ref().filter(|team| person.teams.contains(team)).map(|_| Right::Edit);
        let by_share = document.shares.iter().filter(|share| reaches(share, person)).map(|share| share.right).max();
        by_team.max(by_share)
    };
    match granted {
        Some(Right::Manage) => granted,
        _ if document.binned => None,
        _ => granted,
    }
}

/// The right to write now: [`right`], lowered to viewing while the document lies in the bin.
pub fn right_in_room(person: &Person, document: &DocumentAccess) -> Option<Right> {
    right(person, document).map(|right| if document.binned { Right::View } else { right })
}

fn reaches(share: &Share, person: &Person) -> bool {
    match &share.with {
        Grantee::Person(id) => *id == person.id,
        Grantee::Team(id) => person.teams.contains(id),
    }
}
