//! How much may be said and planned.

/// Planned minutes.
pub const MIN_MINUTES: u32 = 5;
pub const MAX_MINUTES: u32 = 8 * 60;
/// Planned so far ahead at most, and so long ago: what took place elsewhere is noted within a day. In milliseconds.
pub const MAX_PLANNED_AHEAD: i64 = 366 * 24 * 3600 * 1000;
pub const MAX_PLANNED_BEHIND: i64 = 24 * 3600 * 1000;
/// People, teams, schools and groups asked to one session.
pub const MAX_INVITED: usize = 200;
/// What a session is about, beside its title.
pub const MAX_ABOUT_CHARS: usize = 1_000;
/// People sent away from one session.
pub const MAX_REMOVED: usize = 500;
/// Guests of one session at a time; those who were sent away do not count.
pub const MAX_GUESTS: usize = 300;
/// A guest's name and the name of their school.
pub const MAX_GUEST_NAME_CHARS: usize = 20;
pub const MAX_GUEST_SCHOOL_CHARS: usize = 40;
/// People with the pen, or with the floor, at a time.
pub const MAX_PENS: usize = 20;
pub const MAX_FLOOR: usize = 4;
/// Hands up at a time.
pub const MAX_HANDS: usize = 300;
/// What a wish says, and the sentence with which it is answered.
pub const MAX_WISH_CHARS: usize = 1_000;
pub const MAX_WISH_ANSWER_CHARS: usize = 300;
/// Times of a wish, and wishes of one person that nobody has answered.
pub const MAX_WISHED_TIMES: usize = 5;
pub const MAX_OPEN_WISHES: i64 = 10;
/// A question, an answer in writing, and the passage of a plan that a question is about.
pub const MAX_QUESTION_CHARS: usize = 2_000;
pub const MAX_ANSWER_CHARS: usize = 2_000;
pub const MAX_QUOTE_CHARS: usize = 300;
/// Questions of one session, and of one person or guest in it.
pub const MAX_QUESTIONS: usize = 500;
pub const MAX_OWN_QUESTIONS: usize = 50;
/// Of all guests together, who may be anybody with the code, and of one of them.
pub const MAX_GUEST_QUESTIONS: usize = 150;
pub const MAX_OWN_GUEST_QUESTIONS: usize = 10;
/// Pages of a board, and how far from the middle of a page a question may stand, in its own measure.
pub const MAX_BOARD_PAGE: u32 = 10_000;
pub const MAX_BOARD_PLACE: i64 = 1 << 40;
/// Quick checks of one session, those that were never opened among them; what one asks, its choices, and an answer in words.
pub const MAX_CHECKS: usize = 50;
pub const MAX_CHECK_CHARS: usize = 300;
pub const MIN_CHOICES: usize = 2;
pub const MAX_CHOICES: usize = 8;
pub const MAX_CHOICE_CHARS: usize = 100;
pub const MAX_SHORT_CHARS: usize = 200;
/// Answers to one check.
pub const MAX_CHECK_ANSWERS: usize = 1_000;
/// Answers without names are counted together with so many others, or not shown (ADR 46).
pub const MIN_TOGETHER: u32 = 5;
/// A photo, as it is sent.
pub const MAX_PHOTO_BYTES: usize = 4 << 20;
/// A voice clip, and what is shown of how loud it is.
pub const MAX_CLIP_BYTES: usize = 512 << 10;
pub const MAX_CLIP_MILLIS: u32 = 60_000;
pub const MAX_PEAKS: usize = 64;
pub const MAX_PEAK: u8 = 31;
/// Clips said to all in one session; photos and clips of one person or guest that are part of nothing yet.
pub const MAX_CLIPS: usize = 300;
pub const MAX_LOOSE_MEDIA: usize = 10;
