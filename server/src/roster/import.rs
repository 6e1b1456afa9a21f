//! Importing a roster: previewed first, kept for whoever asked, and then done as it was shown or not at all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::api::{ImportDetails, ImportState, RosterAnswers, RosterPlan, RosterProgress};
use shared::organisation::roster::{Answers, Asked, Plan, PlannedRow, Preview, RosterOptions, Verdict, plan};
use shared::organisation::{Change, Directory, Record};
use shared::words::{GroupId, UnixMillis, UserId};

use super::Table;
use crate::names::{fold, pinyin_index};
use crate::secret::random_id;
use crate::store::{By, ChangeError, ImportLine, NewChanges, Organisation, StoreError};

/// A preview can be acted upon for so long.
const KEPT_MILLIS: i64 = 30 * 60 * 1000;
/// Previews kept at a time, of all people and of one: the oldest give way.
const KEPT: usize = 24;
const KEPT_EACH: usize = 3;

/// The previews that wait for a decision, and the imports under way.
#[derive(Default)]
pub struct Imports(Mutex<BTreeMap<String, Kept>>);

/// What is to be imported, and how.
#[derive(Clone)]
pub struct Wish {
    pub group: GroupId,
    pub table: Arc<Table>,
    pub options: RosterOptions,
    pub answers: Arc<Answers>,
}

struct Kept {
    person: UserId,
    wish: Wish,
    /// What was shown.
    preview: Preview,
    expires: UnixMillis,
    progress: RosterProgress,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("there is no such preview of theirs")]
    Unknown,
    #[error("something is wrong with the roster")]
    Wrong,
    #[error("it is being imported, or was")]
    UnderWay,
    #[error("the roster was cancelled")]
    Cancelled,
    #[error("the table could not be looked at")]
    Broken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What importing the table would do now. `None` as actor is the server's command line.
pub fn plan_now(directory: &Directory, wish: &Wish, actor: Option<&UserId>, now: UnixMillis) -> Plan {
    let propose = |name: &str| pinyin_index(name).split(' ').next().unwrap_or_default().to_owned();
    let Wish { group, table, options, answers } = wish;
    let asked =
        Asked { directory, group, actor, now, options: *options, answers, propose: &propose, simplified: &fold };
    plan(table, &asked, &mut random_id)
}

impl Imports {
    /// Keeps what was shown to this person.
    pub fn keep(&self, person: &UserId, wish: Wish, preview: Preview, now: UnixMillis) -> RosterPlan {
        let mut kept = self.kept(now);
        let running = |kept: &Kept| matches!(kept.progress.state, ImportState::Checking | ImportState::Storing);
        let mut waiting: Vec<_> = kept
            .iter()
            .filter(|(_, kept)| !running(kept))
            .map(|(id, kept)| (kept.expires, id.clone(), kept.person == *person))
            .collect();
        waiting.sort();
        let own: Vec<_> = waiting.iter().filter(|(_, _, own)| *own).collect();
        let mut leaving: Vec<String> = Vec::new();
        leaving.extend(own.iter().take((own.len() + 1).saturating_sub(KEPT_EACH)).map(|(_, id, _)| id.clone()));
        leaving.extend(waiting.iter().take((kept.len() + 1).saturating_sub(KEPT)).map(|(_, id, _)| id.clone()));
        for id in leaving {
            kept.remove(&id);
        }
        let (id, expires) = (random_id(), UnixMillis(now.0 + KEPT_MILLIS));
        let progress = waiting_for(&preview);
        let entry = Kept { person: person.clone(), wish, preview: preview.clone(), expires, progress };
        kept.insert(id.clone(), entry);
        RosterPlan { plan: id, expires, preview }
    }

    /// Looks at the table anew with these answers, all that there are. Kept for as long as if it had just been sent.
    pub async fn answer(
        &self,
        store: &(impl Organisation + ?Sized),
        person: &UserId,
        id: &str,
        answers: RosterAnswers,
        now: UnixMillis,
    ) -> Result<RosterPlan, ImportError> {
        let RosterAnswers { answers, wrong_rows } = answers;
        let mut wish =
            self.kept(now).get(id).ok_or(ImportError::Unknown).and_then(|kept| kept.open_to(person))?.clone();
        wish.answers = Arc::new(answers);
        wish.options.wrong_rows = wrong_rows;
        let (directory, actor, asked) = (store.directory(), person.clone(), wish.clone());
        let planned = tokio::task::spawn_blocking(move || plan_now(&directory, &asked, Some(&actor), now)).await;
        let preview = planned.map_err(|_| ImportError::Broken)?.preview;
        let mut kept = self.kept(now);
        let found = kept.get_mut(id).ok_or(ImportError::Unknown)?;
        // Not under an import that has begun meanwhile with the answers before.
        found.open_to(person)?;
        found.wish = wish;
        found.expires = UnixMillis(now.0 + KEPT_MILLIS);
        found.progress = waiting_for(&preview);
        found.preview = preview.clone();
        Ok(RosterPlan { plan: id.to_owned(), expires: found.expires, preview })
    }

    pub fn progress(&self, person: &UserId, id: &str, now: UnixMillis) -> Result<RosterProgress, ImportError> {
        let kept = self.kept(now);
        let found = kept.get(id).filter(|kept| kept.person == *person).ok_or(ImportError::Unknown)?;
        Ok(found.progress.clone())
    }

    /// Nothing will be imported, unless it is being stored already.
    pub fn cancel(&self, person: &UserId, id: &str, now: UnixMillis) -> Result<(), ImportError> {
        let mut kept = self.kept(now);
        let found = kept.get_mut(id).filter(|kept| kept.person == *person).ok_or(ImportError::Unknown)?;
        match found.progress.state {
            ImportState::Storing | ImportState::Done => Err(ImportError::UnderWay),
            ImportState::Waiting
            | ImportState::Checking
            | ImportState::Changed
            | ImportState::Cancelled
            | ImportState::Failed => {
                found.progress.state = ImportState::Cancelled;
                Ok(())
            }
        }
    }

    /// Does what was shown, all of it or nothing. The directory may have changed since: then it says what would be
    /// otherwise, and does that when asked again.
    pub async fn apply(
        &self,
        store: &(impl Organisation + ?Sized),
        person: &UserId,
        id: &str,
        now: UnixMillis,
    ) -> Result<RosterProgress, ImportError> {
        let wish = self.begin(person, id, now)?;
        let (planned_on, actor) = (store.directory(), person.clone());
        let directory = planned_on.clone();
        let group = wish.group.clone();
        let planning = move || plan_now(&directory, &wish, Some(&actor), now);
        let Ok(planned) = tokio::task::spawn_blocking(planning).await else {
            return Ok(self.end(id, now, |progress| progress.state = ImportState::Failed));
        };
        let Plan { preview, records, new_people } = planned;
        let line = line_of(&group, &preview);
        if let Some(progress) = self.unless_changed(id, preview, now)? {
            return Ok(progress);
        }
        let by = By::Person(person.clone());
        let importing = |directory: &Directory| {
            let stands = |record: &Record| directory.record(&record.key()) == planned_on.record(&record.key());
            let as_planned = records.iter().all(|record| stands(record) && is_first(directory, &planned_on, record));
            as_planned.then(|| records.iter().cloned().map(Change::Put).collect())
        };
        match store.change(NewChanges { import: Some(&line), ..NewChanges::made(by, &importing, now) }).await {
            Ok(changed) => Ok(self.end(id, now, |progress| {
                progress.state = ImportState::Done;
                progress.stored = progress.total;
                progress.new_people = new_people;
                progress.undo = changed.undo;
            })),
            // Between the look and the deed somebody was quicker.
            Err(ChangeError::Forbidden { .. } | ChangeError::Misfit(_)) => {
                Ok(self.end(id, now, |progress| progress.state = ImportState::Changed))
            }
            Err(ChangeError::Store(error)) => {
                self.end(id, now, |progress| progress.state = ImportState::Failed);
                Err(error.into())
            }
        }
    }

    fn begin(&self, person: &UserId, id: &str, now: UnixMillis) -> Result<Wish, ImportError> {
        let mut kept = self.kept(now);
        let found = kept.get_mut(id).ok_or(ImportError::Unknown)?;
        let wish = found.open_to(person)?.clone();
        match found.preview.verdict {
            Verdict::Ready | Verdict::NothingToDo => {}
            Verdict::Asking | Verdict::Wrong => return Err(ImportError::Wrong),
        }
        found.progress.state = ImportState::Checking;
        found.progress.checked = 0;
        found.progress.changed.clear();
        Ok(wish)
    }

    /// Whether it is still what was shown: then nobody can cancel it any more.
    fn unless_changed(
        &self,
        id: &str,
        preview: Preview,
        now: UnixMillis,
    ) -> Result<Option<RosterProgress>, ImportError> {
        let mut kept = self.kept(now);
        let found = kept.get_mut(id).ok_or(ImportError::Unknown)?;
        if found.progress.state == ImportState::Cancelled {
            return Err(ImportError::Cancelled);
        }
        found.progress.checked = found.progress.total;
        let Preview { rows, schools, teams, troubles, .. } = &found.preview;
        let same =
            (rows, schools, teams, troubles) == (&preview.rows, &preview.schools, &preview.teams, &preview.troubles);
        if same {
            found.progress.state = ImportState::Storing;
            return Ok(None);
        }
        found.progress.state = ImportState::Changed;
        found.progress.changed = different(rows, &preview.rows);
        found.preview = preview;
        Ok(Some(found.progress.clone()))
    }

    fn end(&self, id: &str, now: UnixMillis, how: impl FnOnce(&mut RosterProgress)) -> RosterProgress {
        let mut kept = self.kept(now);
        let mut progress = match kept.get(id) {
            Some(kept) => kept.progress.clone(),
            // It took longer than it is kept.
            None => RosterProgress {
                state: ImportState::Storing,
                checked: 0,
                stored: 0,
                total: 0,
                new_people: Vec::new(),
                undo: None,
                changed: Vec::new(),
            },
        };
        how(&mut progress);
        if let Some(kept) = kept.get_mut(id) {
            kept.progress = progress.clone();
        }
        progress
    }

    /// Without those whose time is over.
    fn kept(&self, now: UnixMillis) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, kept| now < kept.expires);
        kept
    }
}

impl Kept {
    /// What somebody may still answer or begin.
    fn open_to(&self, person: &UserId) -> Result<&Wish, ImportError> {
        match self.progress.state {
            _ if self.person != *person => Err(ImportError::Unknown),
            ImportState::Waiting | ImportState::Changed | ImportState::Failed => Ok(&self.wish),
            ImportState::Checking | ImportState::Storing | ImportState::Done => Err(ImportError::UnderWay),
            ImportState::Cancelled => Err(ImportError::Cancelled),
        }
    }
}

fn waiting_for(preview: &Preview) -> RosterProgress {
    RosterProgress {
        state: ImportState::Waiting,
        checked: 0,
        stored: 0,
        total: preview.rows.len(),
        new_people: Vec::new(),
        undo: None,
        changed: Vec::new(),
    }
}

/// What the audit log says of the whole import.
pub(super) fn line_of(group: &GroupId, preview: &Preview) -> ImportLine {
    let details = ImportDetails {
        people: preview.new_people + preview.changed_people,
        new_people: preview.new_people,
        schools: preview.schools.iter().map(|school| school.name.clone()).collect(),
        teams: preview.teams.len(),
    };
    ImportLine { id: random_id(), group: group.clone(), details }
}

/// Nobody has made a school or team of that name there since the table was looked at.
fn is_first(now: &Directory, planned_on: &Directory, record: &Record) -> bool {
    let is_there = |directory: &Directory| match record {
        Record::School(new) => directory.schools().any(|school| school.region == new.region && school.name == new.name),
        Record::Team(new) => directory.teams_of(&new.home).any(|team| team.name == new.name),
        Record::Region(_) | Record::Group(_) | Record::Membership(_) | Record::Person(_) | Record::Seat(_) => false,
    };
    is_there(planned_on) || !is_there(now)
}

fn different(before: &[PlannedRow], now: &[PlannedRow]) -> Vec<PlannedRow> {
    now.iter().zip(before).filter(|(now, before)| now != before).map(|(now, _)| now.clone()).collect()
}
