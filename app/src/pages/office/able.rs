//! What I can do with an account, so that nothing is offered that would be refused.

use shared::api::PersonLine;
use shared::words::UserId;

use crate::i18n::*;

/// What is done with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Invite,
    /// Or let in again.
    Suspend,
    Close,
}

/// Whether the server lets me do it. One's own account is not for oneself to invite, suspend or close from here.
pub fn may(line: &PersonLine, act: Act, me: Option<&UserId>) -> bool {
    let there = me != Some(&line.card.id) && line.person.closed.is_none();
    there
        && match act {
            Act::Invite => line.administered && line.person.suspended.is_none(),
            Act::Suspend => line.looked_after,
            Act::Close => line.administered,
        }
}

/// The names of several people, and of many the first.
pub fn names(people: &[PersonLine]) -> String {
    const MOST: usize = 3;
    let i18n = use_i18n();
    let comma = if matches!(i18n.get_locale(), Locale::en) { ", " } else { "、" };
    let first: Vec<_> = people.iter().take(MOST).map(|line| line.card.name.clone()).collect();
    match people.len() {
        ..=MOST => first.join(comma),
        count => t_string!(i18n, people.several, name = first.join(comma), count = count).to_string(),
    }
}
