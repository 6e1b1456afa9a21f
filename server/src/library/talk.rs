//! What is said of items, as one person may read it.

use shared::access::Right;
use shared::api::{Author, CorrectionCard, RatingCard, RemarkCard, Thread};
use shared::library::RemarkKind;
use shared::words::UserId;

use super::cards::Reader;
use crate::store::{StoredCorrection, StoredItem, StoredRating, StoredRemark};

/// Whether somebody is an author of the item, or put it in.
pub fn is_author(item: &StoredItem, person: &UserId) -> bool {
    let named = |author: &Author| matches!(author, Author::Person(id) if id == person);
    item.author == *person || item.words.authors.iter().any(named)
}

/// Whether somebody with this right answers questions about the item and decides on corrections.
pub fn speaks_for(item: &StoredItem, person: &UserId, right: Right) -> bool {
    right >= Right::Manage || is_author(item, person)
}

/// Who reads what is said of an item.
pub struct Listener<'a> {
    pub reader: Reader<'a>,
    pub person: &'a UserId,
    pub right: Right,
    pub item: &'a StoredItem,
}

impl Listener<'_> {
    pub fn thread(&self, root: StoredRemark, replies: Vec<StoredRemark>, next: Option<u64>) -> Thread {
        let shown = !root.taken_back && self.sees_hidden(&root);
        Thread {
            kind: root.kind,
            decides: speaks_for(self.item, self.person, self.right),
            answered: root.kind == RemarkKind::Question && root.answered,
            correction: root.correction.clone().filter(|_| shown).map(|correction| self.correction(correction)),
            root: self.remark(root),
            replies: replies.into_iter().map(|reply| self.remark(reply)).collect(),
            next,
        }
    }

    fn sees_hidden(&self, remark: &StoredRemark) -> bool {
        remark.hidden.is_none() || remark.author == *self.person || self.right >= Right::Manage
    }

    fn remark(&self, remark: StoredRemark) -> RemarkCard {
        let shown = !remark.taken_back && self.sees_hidden(&remark);
        RemarkCard {
            by: shown.then(|| self.reader.person(&remark.author)),
            mine: remark.author == *self.person,
            by_author: shown && is_author(self.item, &remark.author),
            id: remark.id,
            at: remark.at,
            changed: remark.changed,
            taken_back: remark.taken_back,
            hidden: remark.hidden.map(|why| if shown { why } else { String::new() }),
            text: if shown { remark.text } else { String::new() },
        }
    }

    fn correction(&self, correction: StoredCorrection) -> CorrectionCard {
        CorrectionCard {
            version: correction.version,
            quote: correction.quote,
            instead: correction.instead,
            state: correction.state,
            decided: correction.decided,
            decided_by: correction.decided_by.map(|id| self.reader.person(&id)),
            words: correction.words,
        }
    }

    pub fn rating(&self, rating: StoredRating) -> RatingCard {
        RatingCard {
            by: self.reader.person(&rating.person),
            verdict: rating.verdict,
            words: rating.words,
            at: rating.at,
            used: rating.used,
        }
    }
}
