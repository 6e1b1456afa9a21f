//! Tutoring sessions: what somebody is in one, and what follows from it for its board and notes.
//!
//! Until a session has ended its documents are for those who were asked to come. Of what the shelf gives, only managing
//! counts until then; afterwards the shelf opens them as any other document, and the invitation goes on to show them.

use super::acts::speaks_for;
use super::{Because, Circle, DocumentAccess, Right, Standing, posts, right};
use crate::organisation::{Directory, Shelf};
use crate::tutoring::{OfSession, Part, Role, SessionAccess, TutoringState};
use crate::words::{UnixMillis, UserId};

/// What somebody is in the session, by name, by a body they belong to, or as a guest who was let in.
///
/// `None` for whoever was not asked or was sent away. Whoever manages its shelf may have no role and run it all the same.
pub fn role(directory: &Directory, who: &UserId, session: &SessionAccess, now: UnixMillis) -> Option<Role> {
    if session.has_guest(directory, who) {
        return (session.state == TutoringState::Open).then_some(Role::Guest);
    }
    Standing::of(directory, who, now)?.role_in(session)
}

/// Whether somebody plans, invites, opens, ends and cancels: the host, who planned it as long as they belong there, and
/// whoever manages its shelf.
///
/// If the host's account has ended or rests, so that nobody might end what is open: the helpers, and whoever speaks for the
/// shelf.
pub fn runs(directory: &Directory, person: &UserId, session: &SessionAccess, now: UnixMillis) -> bool {
    right(directory, person, &session.board(), now) == Some(Right::Manage)
        || is_orphan(directory, session) && role(directory, person, session, now) == Some(Role::Helper)
        || inherits(directory, person, session, now)
}

fn is_orphan(directory: &Directory, session: &SessionAccess) -> bool {
    !directory.person(&session.host).is_some_and(|host| host.is_active())
}

/// Whether they speak for the shelf of a session whose host is gone.
fn inherits(directory: &Directory, person: &UserId, session: &SessionAccess, now: UnixMillis) -> bool {
    is_orphan(directory, session) && session.shelf.body().is_some_and(|body| speaks_for(directory, person, &body, now))
}

/// Whether somebody may know of the session: by their part in it, or by its shelf as far as that opens it.
pub fn may_see(directory: &Directory, who: &UserId, session: &SessionAccess, now: UnixMillis) -> bool {
    role(directory, who, session, now).is_some()
        || right(directory, who, &session.board(), now).is_some()
        || inherits(directory, who, session, now)
}

/// Whether `person` may plan sessions on this shelf: whoever edits what lies there, or decides for what the team is of.
pub fn may_plan(directory: &Directory, person: &UserId, shelf: &Shelf, now: UnixMillis) -> bool {
    let Some(body) = shelf.body() else { return false };
    let active = directory.person(person).is_some_and(|person| person.is_active());
    let by_seat = || posts(directory, person, now).any(|(seat, post)| seat.body == body && post.right >= Right::Edit);
    active && (by_seat() || speaks_for(directory, person, &body, now))
}

/// Whether `person` may ask for a session on this shelf, for the school they are at: of any team, school or group that they
/// know of.
pub fn may_wish(directory: &Directory, person: &UserId, shelf: &Shelf, now: UnixMillis) -> bool {
    let has_school = directory.school_of(person, now).is_some();
    let known = shelf.body().is_some_and(|body| Circle::of(directory, person, now).knows(&body));
    has_school && known
}

/// Whether it is a board on which this person may not draw now.
pub(super) fn is_board_closed_to(
    directory: &Directory,
    person: &UserId,
    document: &DocumentAccess,
    now: UnixMillis,
) -> bool {
    let Some(OfSession { part: Part::Board, session }) = document.session.as_deref() else { return false };
    let draws = match (role(directory, person, session, now), session.state) {
        (_, TutoringState::Ended | TutoringState::Cancelled) | (None | Some(Role::Guest), _) => false,
        (Some(role), TutoringState::Planned) => role.leads(),
        (Some(role), TutoringState::Open) => role.leads() || session.pens.contains(person),
    };
    !draws
}

impl SessionAccess {
    fn board(&self) -> DocumentAccess {
        let (author, shelf) = (self.author.clone(), self.shelf.clone());
        let session = Some(OfSession { part: Part::Board, session: self.clone() }.into());
        DocumentAccess { author, shelf, shares: Vec::new(), binned: false, session }
    }
}

impl OfSession {
    /// What a role gives on this document.
    pub(super) fn right_of(&self, person: &UserId, role: Role) -> Option<Right> {
        use TutoringState::{Cancelled, Ended, Open, Planned};
        let SessionAccess { state, pens, .. } = &self.session;
        match (role, state) {
            (Role::Host, _) => Some(Right::Manage),
            (Role::Helper, Planned | Open) => Some(Right::Edit),
            (Role::Helper | Role::Participant | Role::Listener, Cancelled) => None,
            (Role::Participant | Role::Listener, Planned) => None,
            (Role::Helper | Role::Participant | Role::Listener, Ended) => Some(Right::View),
            (Role::Participant, Open) if self.part == Part::Notes => Some(Right::Edit),
            (Role::Participant | Role::Listener, Open) if self.part == Part::Board && pens.contains(person) => {
                Some(Right::Edit)
            }
            (Role::Participant | Role::Listener | Role::Guest, Open) => Some(Right::View),
            (Role::Guest, Planned | Ended | Cancelled) => None,
        }
    }
}

impl<'a> Standing<'a> {
    fn role_in(&self, session: &SessionAccess) -> Option<Role> {
        if session.host == *self.person {
            return Some(Role::Host);
        }
        if session.removed.contains(self.person) {
            return None;
        }
        let asked = session.invited.iter().filter(|one| self.is_reached_by(&one.with));
        asked.map(|one| one.role).max()
    }

    /// By their part in the session, and by the shelf as far as it counts.
    pub(super) fn each_grant_of_session(
        &self,
        of: &'a OfSession,
        document: &'a DocumentAccess,
        take: &mut impl FnMut(Right, Because<'a>),
    ) {
        let by_role = self.role_in(&of.session).and_then(|role| Some((role, of.right_of(self.person, role)?)));
        if let Some((role, right)) = by_role {
            take(right, Because::Session(role));
        }
        self.each_usual_grant(document, &mut |right, because| {
            match (of.session.state, because) {
                (TutoringState::Ended, _) if right < Right::Manage && of.part == Part::Board => {
                    take(right.min(Right::View), because);
                }
                (TutoringState::Ended, _) => take(right, because),
                // Who was given a document to manage is not who manages the shelf.
                (_, Because::Shared(_)) => {}
                (_, _) if right == Right::Manage => take(right, because),
                (_, _) => {}
            }
        });
    }
}
