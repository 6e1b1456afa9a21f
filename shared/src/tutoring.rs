//! Tutoring sessions (走网课堂): a teacher, several schools, a board, and questions that stay findable.

use crate::access::Grantee;
use crate::library::named;
use crate::organisation::{Directory, Shelf};
use crate::words::UserId;

mod bounds;
mod sent;
mod tally;
mod wave;

pub use bounds::*;
pub use sent::{Answered, Next, PHOTO_GOAL, PHOTO_TRIES, fitted};
pub use tally::{Counted, Tally};
pub use wave::{Wave, write_peaks};

named! {
    /// What a session is for.
    TutoringKind {
        /// 诊断: a lesson is looked at, from its plan or a recording
        Diagnosis = "diagnosis",
        /// 答疑: questions are answered
        Questions = "questions",
        /// 辅导: somebody is coached
        Coaching = "coaching",
    }
}

named! {
    /// Where a session stands. It goes forward only.
    TutoringState {
        /// It has a time; host and helpers prepare it.
        Planned = "planned",
        /// It is going on.
        Open = "open",
        /// It took place.
        Ended = "ended",
        /// It does not take place.
        Cancelled = "cancelled",
    }
}

impl TutoringState {
    /// Whether a session that stands so can come to stand like that.
    pub fn goes_on_to(self, next: Self) -> bool {
        use TutoringState::{Cancelled, Ended, Open, Planned};
        matches!((self, next), (Planned, Open | Cancelled) | (Open, Ended))
    }
}

named! {
    /// What somebody is in a session; in the order of how much they may do.
    Role {
        /// Looks and listens.
        Listener = "listener",
        /// By the join code: looks, listens, asks and votes, and is gone with the end.
        Guest = "guest",
        /// Asks, votes, writes in the notes, and draws when given the pen.
        Participant = "participant",
        /// Stands by the host: draws, lets people in, answers.
        Helper = "helper",
        Host = "host",
    }
}

impl Role {
    /// Whether they may ask questions, vote for those of others, and raise a hand.
    pub fn asks(self) -> bool {
        match self {
            Role::Listener => false,
            Role::Guest | Role::Participant | Role::Helper | Role::Host => true,
        }
    }

    /// Whether they answer questions, give pen and floor, let in and send away.
    pub fn leads(self) -> bool {
        match self {
            Role::Listener | Role::Guest | Role::Participant => false,
            Role::Helper | Role::Host => true,
        }
    }

    /// Whether they answer quick checks: whoever asks these does not.
    pub fn answers_checks(self) -> bool {
        match self {
            Role::Listener | Role::Helper | Role::Host => false,
            Role::Guest | Role::Participant => true,
        }
    }

    /// Whether one is invited as this: the host is named by the plan, and guests come by themselves.
    pub fn is_invited(self) -> bool {
        match self {
            Role::Guest | Role::Host => false,
            Role::Listener | Role::Participant | Role::Helper => true,
        }
    }
}

named! {
    /// What somebody shows or has been given while the session is open.
    Sign {
        /// A hand is up.
        Hand = "hand",
        /// They may draw on the board.
        Pen = "pen",
        /// They may speak.
        Floor = "floor",
    }
}

named! {
    /// Where a question stands.
    QuestionState {
        Asked = "asked",
        /// It is being answered.
        Taken = "taken",
        /// Live or in writing: found by the library's search from then on.
        Answered = "answered",
        /// Not in this session.
        Aside = "aside",
        /// It asks what another one asks, and is counted there.
        Merged = "merged",
        /// By whoever asked it.
        Withdrawn = "withdrawn",
    }
}

impl QuestionState {
    /// Whether somebody still has to answer it.
    pub fn waits(self) -> bool {
        matches!(self, QuestionState::Asked | QuestionState::Taken)
    }
}

named! {
    /// What a quick check wants for an answer.
    CheckKind {
        /// One of its choices.
        One = "one",
        /// One or several of its choices.
        Several = "several",
        /// Its choices are right and wrong, in this order.
        TrueFalse = "true-false",
        /// A few words.
        Short = "short",
    }
}

named! {
    /// Where a quick check stands.
    CheckState {
        /// Host and helpers alone see it.
        Written = "written",
        /// It can be answered, and answers can be changed.
        Open = "open",
        Closed = "closed",
    }
}

named! {
    /// What comes with a question, or is said to all.
    MediaKind {
        Photo = "photo",
        /// A few words, spoken.
        Clip = "clip",
    }
}

named! {
    /// Where a school's wish for a session stands. Whoever asked and whoever plans there see it.
    WishState {
        Asked = "asked",
        /// A session is planned for it.
        Accepted = "accepted",
        Declined = "declined",
        /// By whoever asked.
        Withdrawn = "withdrawn",
    }
}

/// Who is asked to come, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Invitation {
    pub with: Grantee,
    pub role: Role,
}

/// A session as the judge sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionAccess {
    /// Who planned it.
    pub author: UserId,
    /// On whose shelf its board and notes lie.
    pub shelf: Shelf,
    pub host: UserId,
    pub state: TutoringState,
    pub invited: Vec<Invitation>,
    /// People who were sent away: no invitation brings them back.
    pub removed: Vec<UserId>,
    /// People with the pen.
    pub pens: Vec<UserId>,
    /// Guests who were let in and not sent away. Their ids are nobody's in the directory.
    pub guests: Vec<UserId>,
}

impl SessionAccess {
    /// Whether this is one of its guests, and not somebody with an account.
    pub fn has_guest(&self, directory: &Directory, who: &UserId) -> bool {
        self.guests.contains(who) && directory.person(who).is_none()
    }
}

/// Which of its documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    Board,
    Notes,
}

/// What makes a document one of a session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OfSession {
    pub part: Part,
    pub session: SessionAccess,
}
