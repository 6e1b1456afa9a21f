//! What people say of items, and how things are lent.

use super::items::named;

/// Of a remark or a reply.
pub const MAX_REMARK_CHARS: usize = 2_000;
/// Of a passage that a correction is about, and of what should stand there.
pub const MAX_PASSAGE_CHARS: usize = 500;
/// Of a reason, of words to a decision, of what a loan is for, and of a sentence about use.
pub const MAX_WORDS_CHARS: usize = 300;
/// Replies to one remark.
pub const MAX_REPLIES: u32 = 500;

/// Loans begin and end on the half hour, in milliseconds.
pub const HALF_HOUR: i64 = 30 * 60 * 1_000;
/// A loan is no longer than this, in milliseconds: 31 days.
pub const MAX_LOAN: i64 = 31 * 24 * 3_600 * 1_000;
/// A loan ends no later than this from now, in milliseconds: 366 days.
pub const MAX_AHEAD: i64 = 366 * 24 * 3_600 * 1_000;
/// Requests of one person for one item that are still open.
pub const MAX_OPEN_REQUESTS: u32 = 20;

named! {
    /// What begins a thread.
    RemarkKind {
        Remark = "remark",
        /// 感谢, with or without words, one per person and item
        Thanks = "thanks",
        /// 问作者
        Question = "question",
        /// 更正: what should stand in the place of a passage
        Correction = "correction",
    }
}

named! {
    /// What became of a correction.
    CorrectionState {
        Offered = "offered",
        Taken = "taken",
        Declined = "declined",
        /// By whoever offered it.
        Withdrawn = "withdrawn",
    }
}

named! {
    /// How an item was in use, in words.
    Verdict {
        /// 拿来就能用
        Ready = "ready",
        /// 改了再用
        Adapted = "adapted",
        /// 给了我想法
        Idea = "idea",
        /// 对我的班不合适
        Unfit = "unfit",
    }
}

named! {
    /// Where a request to borrow stands.
    LoanState {
        Asked = "asked",
        Agreed = "agreed",
        Declined = "declined",
        /// By whoever asked, or a block that was lifted.
        Withdrawn = "withdrawn",
        Returned = "returned",
        /// The thing was taken out or moved where who asked does not see it.
        Lapsed = "lapsed",
        /// Not to be had, for instance for repair; set by whoever manages the item
        Blocked = "blocked",
    }
}

impl LoanState {
    /// Whether nobody else can have it then.
    pub fn takes_time(self) -> bool {
        matches!(self, LoanState::Agreed | LoanState::Blocked)
    }
}
