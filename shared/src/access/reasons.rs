//! "Who can see this, and why": the judge's own reasons, gathered over everybody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Because, DocumentAccess, Grantee, Right, Standing};
use crate::organisation::{Body, Directory};
use crate::tutoring::Role;
use crate::words::{GroupId, PostId, UnixMillis, UserId};

/// Why, for all who have the same reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Own,
    Author,
    Seat { body: Body, post: PostId },
    Above { body: Body },
    InGroup { group: GroupId },
    Leads { group: GroupId },
    Neighbour { group: GroupId },
    Shared { with: Grantee },
    Session { role: Role },
}

/// The same without what it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyKind {
    Own,
    Author,
    Seat,
    Above,
    InGroup,
    Leads,
    Neighbour,
    Shared,
    Session,
}

/// People with the same right for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub why: Why,
    pub right: Right,
    pub people: Vec<UserId>,
}

/// Everybody whom the judge gives a right on the document, each once, by the reason that gives them most.
pub fn who(directory: &Directory, document: &DocumentAccess, now: UnixMillis) -> Vec<Reason> {
    let mut reasons: BTreeMap<(Why, Right), Vec<UserId>> = BTreeMap::new();
    for person in directory.people() {
        let mut best: Option<(Right, Because<'_>)> = None;
        let Some(standing) = Standing::of(directory, &person.id, now) else { continue };
        standing.each_grant(document, &mut |right, because| {
            if best.is_none_or(|(known, _)| known < right) {
                best = Some((right, because));
            }
        });
        if let Some((right, because)) = best.filter(|(right, _)| !document.binned || *right == Right::Manage) {
            reasons.entry((Why::of(because), right)).or_default().push(person.id.clone());
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().map(|((why, right), people)| Reason { why, right, people }).collect();
    reasons.sort_by(|one, other| other.right.cmp(&one.right).then_with(|| one.why.cmp(&other.why)));
    reasons
}

impl Why {
    pub fn kind(&self) -> WhyKind {
        match self {
            Why::Own => WhyKind::Own,
            Why::Author => WhyKind::Author,
            Why::Seat { .. } => WhyKind::Seat,
            Why::Above { .. } => WhyKind::Above,
            Why::InGroup { .. } => WhyKind::InGroup,
            Why::Leads { .. } => WhyKind::Leads,
            Why::Neighbour { .. } => WhyKind::Neighbour,
            Why::Shared { .. } => WhyKind::Shared,
            Why::Session { .. } => WhyKind::Session,
        }
    }

    fn of(because: Because<'_>) -> Self {
        match because {
            Because::Own => Why::Own,
            Because::Author => Why::Author,
            Because::Seat(seat) => Why::Seat { body: seat.body.clone(), post: seat.post.clone() },
            Because::Above(seat) => Why::Above { body: seat.body.clone() },
            Because::InGroup(group) => Why::InGroup { group: group.clone() },
            Because::Leads(group) => Why::Leads { group: group.clone() },
            Because::Neighbour(group) => Why::Neighbour { group: group.clone() },
            Because::Shared(share) => Why::Shared { with: share.with.clone() },
            Because::Session(role) => Why::Session { role },
        }
    }
}
