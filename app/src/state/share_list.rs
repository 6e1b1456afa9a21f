//! With whom a document is shared, as the form changes it.
//!
//! The server takes whole lists, each made from the one it names. So changes go out one list at a time; where somebody
//! else was quicker, theirs is read again and ours is done on top of it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::access::Grantee;
use shared::api::{SetShares, ShareLine, Shares};
use shared::words::DocumentId;

use super::session::Session;
use crate::browser::fetch::{self, Failure, Verb};

/// One thing that a person does in the form.
#[derive(Debug, Clone, PartialEq)]
pub enum ShareChange {
    /// Lets somebody in, or gives another right to whoever is in already.
    Put(ShareLine),
    TakeAway(Grantee),
}

#[derive(Clone, Copy)]
pub struct ShareList {
    session: Session,
    id: StoredValue<DocumentId>,
    /// What the server has, with what is on its way there.
    pub shown: RwSignal<Option<Shares>>,
    /// Why it could not be read or changed.
    pub failure: RwSignal<Option<Failure>>,
    /// Somebody else has changed it while this form was open.
    pub met: RwSignal<bool>,
    stored: StoredValue<Option<Shares>>,
    waiting: StoredValue<Vec<ShareChange>>,
    sending: StoredValue<bool>,
}

impl ShareList {
    pub fn new(session: Session, id: DocumentId) -> Self {
        Self {
            session,
            id: StoredValue::new(id),
            shown: RwSignal::new(None),
            failure: RwSignal::new(None),
            met: RwSignal::new(false),
            stored: StoredValue::new(None),
            waiting: StoredValue::new(Vec::new()),
            sending: StoredValue::new(false),
        }
    }

    /// Reads it anew.
    pub fn open(self) {
        self.met.set(false);
        self.failure.set(None);
        spawn_local(async move {
            match self.read().await {
                Ok(shares) => self.show(shares),
                Err(reason) => self.fail(reason),
            }
        });
    }

    /// Shows the change at once and stores it as soon as those before it are stored.
    pub fn change(self, change: ShareChange) {
        self.shown.update(|shown| {
            if let Some(shares) = shown {
                shares.shares = changed(&shares.shares, std::slice::from_ref(&change));
            }
        });
        self.waiting.update_value(|waiting| waiting.push(change));
        if !self.sending.get_value() {
            self.sending.set_value(true);
            spawn_local(async move {
                self.send().await;
                let _ = self.sending.try_set_value(false);
            });
        }
    }

    /// Sends what waits, until nothing does.
    async fn send(self) {
        loop {
            let Some(changes) = self.waiting.try_update_value(std::mem::take).filter(|changes| !changes.is_empty())
            else {
                return;
            };
            let Some(Some(mut from)) = self.stored.try_get_value() else { return };
            loop {
                let lines = changed(&from.shares, &changes);
                match self.put(lines, from.version).await {
                    Ok(now) => {
                        let _ = self.failure.try_set(None);
                        self.show(now);
                        break;
                    }
                    Err(reason) if reason.status() == Some(409) => match self.read().await {
                        Ok(now) => {
                            let _ = self.met.try_set(true);
                            from = now;
                        }
                        Err(reason) => return self.give_up(from, reason),
                    },
                    Err(reason) => return self.give_up(from, reason),
                }
            }
        }
    }

    /// What is shown is what holds: changes that were not stored go from the screen.
    fn give_up(self, stored: Shares, reason: Failure) {
        let _ = self.waiting.try_set_value(Vec::new());
        self.show(stored);
        self.fail(reason);
    }

    fn show(self, stored: Shares) {
        let waiting = self.waiting.try_get_value().unwrap_or_default();
        let mut shown = stored.clone();
        shown.shares = changed(&shown.shares, &waiting);
        let _ = self.stored.try_set_value(Some(stored));
        let _ = self.shown.try_set(Some(shown));
    }

    fn fail(self, reason: Failure) {
        let _ = self.failure.try_set(Some(self.session.heed(reason)));
    }

    async fn read(self) -> Result<Shares, Failure> {
        fetch::get(&self.path()).await
    }

    async fn put(self, lines: Vec<ShareLine>, version: u64) -> Result<Shares, Failure> {
        let shares = lines.into_iter().map(|line| line.share).collect();
        fetch::send(Verb::PUT, &self.path(), &SetShares { shares, version: Some(version) }).await
    }

    fn path(self) -> String {
        // The page may be left while a list is on its way; then there is nobody to tell.
        let id = self.id.try_get_value().map(|id| id.to_string()).unwrap_or_default();
        format!("/api/documents/{id}/shares")
    }
}

/// The lines after these changes, whatever lines they were first done to.
fn changed(lines: &[ShareLine], changes: &[ShareChange]) -> Vec<ShareLine> {
    let mut lines = lines.to_vec();
    for change in changes {
        match change {
            ShareChange::Put(line) => match lines.iter_mut().find(|known| known.share.with == line.share.with) {
                Some(known) => known.share.right = line.share.right,
                None => lines.push(line.clone()),
            },
            ShareChange::TakeAway(with) => lines.retain(|known| known.share.with != *with),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use shared::access::{Right, Share};
    use shared::words::TeamId;

    use super::*;

    fn line(name: &str, right: Right) -> ShareLine {
        let team = name.parse::<TeamId>().expect("a name of letters is an id");
        ShareLine {
            share: Share { with: Grantee::Team(team), right },
            name: name.to_owned(),
            person: None,
            until: None,
        }
    }

    #[test]
    fn a_change_is_done_on_whatever_list_it_meets() {
        let maths = |right| line("maths", right);
        let music = || line("music", Right::View);
        let take = |line: ShareLine| ShareChange::TakeAway(line.share.with);
        let cases = [
            // Somebody else let music in meanwhile: both stay.
            (vec![music()], ShareChange::Put(maths(Right::Edit)), vec![music(), maths(Right::Edit)]),
            // Somebody else gave maths another right: mine holds.
            (vec![maths(Right::View)], ShareChange::Put(maths(Right::Edit)), vec![maths(Right::Edit)]),
            // Somebody else took maths away, whose right I change: it is let in again.
            (vec![], ShareChange::Put(maths(Right::Comment)), vec![maths(Right::Comment)]),
            (vec![music(), maths(Right::Edit)], take(maths(Right::Edit)), vec![music()]),
            (vec![music()], take(maths(Right::Edit)), vec![music()]),
        ];
        for (lines, change, expected) in cases {
            assert_eq!(changed(&lines, std::slice::from_ref(&change)), expected, "{change:?}");
        }
    }
}
