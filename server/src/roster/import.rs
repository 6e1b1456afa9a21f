//! Importing a roster: previewed first, kept for whoever asked, and then done as it was shown or not at all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::api::{ImportDetails, ImportState, RosterAnswers, RosterPlan, RosterProgress};
use shared::organisation::roster::{
    Answers, Asked, Plan, PlannedRow, Preview, Problem, RosterOptions, Standing, Verdict, plan,
};
use shared::organisation::{Change, Directory, Record};
use shared::words::{GroupId, UnixMillis, UserId};
use tokio::sync::OwnedMutexGuard;

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
pub struct Imports {
    kept: Mutex<BTreeMap<String, Kept>>,
    /// Whose table is being looked at: one at a time for each person, in the order in which they asked.
    looking: Mutex<BTreeMap<UserId, Arc<tokio::sync::Mutex<()>>>>,
}

/// Held by who looks at a table for a person.
type Turn = OwnedMutexGuard<()>;

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
    /// How often it was asked to be looked at.
    asked: u64,
    /// What was shown; in `progress` is the number under which it was asked for.
    preview: Preview,
    expires: UnixMillis,
    progress: RosterProgress,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("there is no such preview of theirs")]
    Unknown,
    #[error("the group is not theirs to import into")]
    NoGroup,
    #[error("it has been asked anew since")]
    Overtaken,
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
    /// Looks at a table that somebody has sent.
    pub async fn preview(
        &self,
        store: &(impl Organisation + ?Sized),
        person: &UserId,
        wish: Wish,
        now: UnixMillis,
    ) -> Result<RosterPlan, ImportError> {
        let turn = self.turn(person).await;
        let (plan, _turn) = look(store.directory(), wish.clone(), person, now, turn).await?;
        Ok(self.keep(person, wish, plan.preview, now))
    }

    /// Keeps what was shown to this person.
    fn keep(&self, person: &UserId, wish: Wish, preview: Preview, now: UnixMillis) -> RosterPlan {
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
        let progress = waiting_for(&preview, 0);
        let entry = Kept { person: person.clone(), wish, asked: 0, preview: preview.clone(), expires, progress };
        kept.insert(id.clone(), entry);
        RosterPlan { plan: id, shown: 0, expires, preview }
    }

    /// Looks at the table anew with these answers, all that there are. Kept for as long as if it had just been sent.
    /// Whoever asks again before it is looked at is the one who is answered.
    pub async fn answer(
        &self,
        store: &(impl Organisation + ?Sized),
        person: &UserId,
        id: &str,
        answers: RosterAnswers,
        now: UnixMillis,
    ) -> Result<RosterPlan, ImportError> {
        let RosterAnswers { answers, wrong_rows } = answers;
        let (number, mut wish) = {
            let mut kept = self.kept(now);
            let found = kept.get_mut(id).ok_or(ImportError::Unknown)?;
            let wish = found.open_to(person)?.clone();
            found.asked += 1;
            (found.asked, wish)
        };
        let turn = self.turn(person).await;
        let is_last = self.kept(now).get(id).is_some_and(|kept| kept.asked == number);
        if !is_last {
            return Err(ImportError::Overtaken);
        }
        wish.answers = Arc::new(answers);
        wish.options.wrong_rows = wrong_rows;
        let (Plan { preview, .. }, _turn) = look(store.directory(), wish.clone(), person, now, turn).await?;
        let mut kept = self.kept(now);
        let found = kept.get_mut(id).ok_or(ImportError::Unknown)?;
        // Not under an import that has begun meanwhile with the answers before.
        found.open_to(person)?;
        if found.asked != number {
            return Err(ImportError::Overtaken);
        }
        found.wish = wish;
        found.expires = UnixMillis(now.0 + KEPT_MILLIS);
        found.progress = waiting_for(&preview, number);
        found.preview = preview.clone();
        Ok(RosterPlan { plan: id.to_owned(), shown: number, expires: found.expires, preview })
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

    /// Does what was shown, all of it or nothing; with a number only if that preview is the last one. The directory may
    /// have changed since: then it says what would be otherwise, and does that when asked again.
    pub async fn apply(
        &self,
        store: &(impl Organisation + ?Sized),
        person: &UserId,
        id: &str,
        shown: Option<u64>,
        now: UnixMillis,
    ) -> Result<RosterProgress, ImportError> {
        // After what was asked for before: without a number the last answers count.
        let turn = self.turn(person).await;
        let wish = self.begin(person, id, shown, now)?;
        let planned_on = store.directory();
        let group = wish.group.clone();
        let (planned, turn) = match look(planned_on.clone(), wish, person, now, turn).await {
            Ok(planned) => planned,
            Err(ImportError::NoGroup) => {
                self.end(id, now, |progress| progress.state = ImportState::Waiting);
                return Err(ImportError::NoGroup);
            }
            Err(_) => return Ok(self.end(id, now, |progress| progress.state = ImportState::Failed)),
        };
        let Plan { preview, records, new_people } = planned;
        let line = line_of(&group, &preview);
        let rows = preview.rows.iter().filter(|row| row.standing == Standing::Good).count();
        if let Some(progress) = self.unless_changed(id, preview, now)? {
            return Ok(progress);
        }
        drop(turn);
        let by = By::Person(person.clone());
        let importing = |directory: &Directory| {
            let stands = |record: &Record| directory.record(&record.key()) == planned_on.record(&record.key());
            let as_planned = records.iter().all(|record| stands(record) && is_first(directory, &planned_on, record));
            as_planned.then(|| records.iter().cloned().map(Change::Put).collect())
        };
        match store.change(NewChanges { import: Some(&line), ..NewChanges::made(by, &importing, now) }).await {
            Ok(changed) => Ok(self.end(id, now, |progress| {
                progress.state = ImportState::Done;
                progress.stored = rows;
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

    fn begin(&self, person: &UserId, id: &str, shown: Option<u64>, now: UnixMillis) -> Result<Wish, ImportError> {
        let mut kept = self.kept(now);
        let found = kept.get_mut(id).ok_or(ImportError::Unknown)?;
        let wish = found.open_to(person)?.clone();
        if shown.is_some_and(|shown| shown != found.progress.shown) {
            return Err(ImportError::Overtaken);
        }
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
        found.asked += 1;
        found.progress.shown = found.asked;
        Ok(Some(found.progress.clone()))
    }

    fn end(&self, id: &str, now: UnixMillis, how: impl FnOnce(&mut RosterProgress)) -> RosterProgress {
        let mut kept = self.kept(now);
        let mut progress = match kept.get(id) {
            Some(kept) => kept.progress.clone(),
            // It took longer than it is kept.
            None => RosterProgress {
                state: ImportState::Storing,
                shown: 0,
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
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, kept| now < kept.expires);
        kept
    }

    /// Waits until nothing else is looked at for this person.
    async fn turn(&self, person: &UserId) -> Turn {
        let own = {
            let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
            looking.retain(|_, own| Arc::strong_count(own) > 1);
            Arc::clone(looking.entry(person.clone()).or_default())
        };
        own.lock_owned().await
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

/// What importing would do. The turn is over when it has been looked at, even if nobody waits for it any more.
async fn look(
    directory: Arc<Directory>,
    wish: Wish,
    person: &UserId,
    now: UnixMillis,
    turn: Turn,
) -> Result<(Plan, Turn), ImportError> {
    let actor = person.clone();
    let planning = move || (plan_now(&directory, &wish, Some(&actor), now), turn);
    let (plan, turn) = tokio::task::spawn_blocking(planning).await.map_err(|_| ImportError::Broken)?;
    match plan.preview.troubles.iter().any(|trouble| trouble.problem == Problem::NoGroup) {
        true => Err(ImportError::NoGroup),
        false => Ok((plan, turn)),
    }
}

fn waiting_for(preview: &Preview, shown: u64) -> RosterProgress {
    RosterProgress {
        state: ImportState::Waiting,
        shown,
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
