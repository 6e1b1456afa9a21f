//! One history being lived through, as far as yrs goes.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use shared::document::Replica as Document;
use shared::wire::lib0::{ReadError, Reader, write_bytes, write_uint};
use yrs::{Out, ReadTxn, Transact, merge_updates_v1};

use super::chance::Chance;
use super::dice::Dice;
use super::document_support::colleague::Colleague;
use super::document_support::random_edit::Edit;
use super::document_support::said;
use super::history::{Deed, History};
use super::pen::{self, Roots};

pub struct Trial {
    pub history: History,
    replicas: Vec<Replica>,
    /// Every update anybody made, in the order in which both sides know them.
    updates: Vec<Vec<u8>>,
    /// So many of them Yjs has heard of.
    told: usize,
    /// So many replicas of Yjs waited although they had everything, until they were made to look again.
    pub forgotten: u64,
    pub harm: Option<String>,
}

struct Replica {
    copy: Copy,
    taken: BTreeSet<usize>,
}

enum Copy {
    Document { document: Document, roots: Roots },
    Page(Box<Colleague>),
}

/// Everything two replicas must agree on.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    content: String,
    state: String,
    waits: bool,
}

type Outcome = Result<(), String>;

impl Trial {
    pub fn new(history: History) -> Self {
        let open = |id: &u64| Replica { copy: Copy::open(*id, history.pages), taken: BTreeSet::new() };
        let replicas = history.ours.iter().map(open).collect();
        Self { history, replicas, updates: Vec::new(), told: 0, forgotten: 0, harm: None }
    }

    pub fn is_sound(&self) -> bool {
        self.harm.is_none()
    }

    /// A panic or a difference ends the trial.
    fn guarded(&mut self, what: &str, work: impl FnOnce(&mut Self) -> Outcome) {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(self)));
        self.harm = match outcome {
            Ok(outcome) => outcome.err(),
            Err(_) => Some(format!("panics, {}", super::last_panic())),
        }
        .map(|harm| format!("{what}: {harm}"));
    }

    /// Our part of a round, and the command for theirs.
    pub fn write_round(&mut self, round: usize, into: &mut Vec<u8>) {
        self.guarded("yrs", |trial| {
            let steps: Vec<_> = trial.history.of_round(round).collect();
            let ours = trial.replicas.len();
            for (replica, deed) in steps.iter().filter(|(replica, _)| *replica < ours) {
                trial.perform(*replica, *deed)?;
            }
            if round == 0 {
                into.push(OPEN);
                write_uint(into, trial.history.theirs.len() as u64);
                trial.history.theirs.iter().for_each(|id| write_uint(into, *id));
            } else {
                into.push(ROUND);
            }
            trial.tell_updates(into);
            let theirs: Vec<_> = steps.iter().filter(|(replica, _)| *replica >= ours).collect();
            write_uint(into, theirs.len() as u64);
            for (replica, deed) in theirs {
                let (code, number) = match deed {
                    Deed::Edit(seed) => (0, *seed),
                    Deed::TakeNext => (1, 0),
                    Deed::TakeAny(number) => (2, *number),
                    Deed::TakeAll => (3, 0),
                    Deed::Meet(number) => (4, *number),
                    Deed::TakeMerged(number) => (5, *number),
                };
                write_uint(into, (*replica - ours) as u64);
                into.push(code);
                write_uint(into, u64::from(number));
            }
            Ok(())
        });
    }

    /// What they have made in that round.
    pub fn read_round(&mut self, answer: &mut Reader<'_>) {
        self.answered(answer, |trial, answer| trial.hear_updates(answer));
    }

    fn perform(&mut self, at: usize, deed: Deed) -> Outcome {
        match deed {
            Deed::Edit(seed) => {
                if let Some(update) = self.replicas[at].copy.edit(seed) {
                    self.replicas[at].taken.insert(self.updates.len());
                    self.updates.push(update);
                }
            }
            Deed::TakeNext => {
                let taken = &self.replicas[at].taken;
                if let Some(next) = (0..self.updates.len()).find(|n| !taken.contains(n)) {
                    self.take(at, next)?;
                }
            }
            Deed::TakeAny(number) => {
                if let Some(any) = (number as usize).checked_rem(self.updates.len()) {
                    self.take(at, any)?;
                }
            }
            Deed::TakeAll => {
                for n in 0..self.updates.len() {
                    if !self.replicas[at].taken.contains(&n) {
                        self.take(at, n)?;
                    }
                }
            }
            Deed::Meet(number) => {
                let other = number as usize % self.replicas.len();
                let difference = self.replicas[other].copy.diff(&self.replicas[at].copy.state_vector())?;
                self.replicas[at].copy.apply(&difference)?;
            }
            Deed::TakeMerged(number) => {
                let mut dice = Dice::new(number);
                let count = self.updates.len() as u32;
                if count > 0 {
                    let some: Vec<_> = (0..=dice.below(3)).map(|_| &self.updates[dice.below(count) as usize]).collect();
                    let merged = merge_updates_v1(some).map_err(|error| error.to_string())?;
                    self.replicas[at].copy.apply(&merged)?;
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, at: usize, n: usize) -> Outcome {
        let Replica { copy, taken } = &mut self.replicas[at];
        taken.insert(n);
        copy.apply(&self.updates[n])
    }

    /// The last round: everybody takes everything, in an order of their own.
    pub fn write_settle(&mut self, into: &mut Vec<u8>) {
        self.guarded("yrs", |trial| {
            let mut chance = Chance::new(trial.history.seed);
            for at in 0..trial.replicas.len() {
                for n in shuffled(trial.updates.len(), &mut chance) {
                    trial.take(at, n)?;
                }
            }
            into.push(SETTLE);
            trial.tell_updates(into);
            write_uint(into, u64::from(chance.next() as u32));
            write_bytes(into, &trial.replicas[0].copy.state_vector());
            Ok(())
        });
    }

    /// What Yjs says at the end, and all it has: both must be what yrs has.
    pub fn read_settle(&mut self, answer: &mut Reader<'_>) {
        self.answered(answer, |trial, answer| {
            let known = trial.updates.len();
            trial.hear_updates(answer)?;
            trial.forgotten = answer.uint().map_err(unreadable)?;
            let lacking = bytes(answer)?;
            let all = bytes(answer)?;
            let said: Vec<Said> =
                (0..trial.history.theirs.len()).map(|_| Said::read(answer)).collect::<Result<_, _>>()?;
            trial.replicas[0].copy.apply(lacking)?;
            for at in 1..trial.replicas.len() {
                for n in known..trial.updates.len() {
                    trial.take(at, n)?;
                }
            }
            let yrs = trial.replicas[0].copy.said()?;
            for (at, replica) in trial.replicas.iter().enumerate() {
                replica.copy.said()?.must_be(&yrs, &format!("yrs {at} and yrs 0"))?;
            }
            for (at, theirs) in said.iter().enumerate() {
                theirs.must_be(&yrs, &format!("Yjs {at} and yrs"))?;
            }
            let mut fresh = Copy::open(9, false);
            fresh.apply(all)?;
            fresh.said()?.must_be(&yrs, "yrs, opened with what Yjs encoded, and yrs")
        });
    }

    /// All of it, as yrs encodes it.
    pub fn write_check(&mut self, into: &mut Vec<u8>) {
        self.guarded("yrs", |trial| {
            into.push(CHECK);
            write_bytes(into, &trial.replicas[0].copy.diff(&[0])?);
            Ok(())
        });
    }

    /// What Yjs makes of that. It may drop marks that mark nothing, which must change no content.
    pub fn read_check(&mut self, answer: &mut Reader<'_>) {
        self.answered(answer, |trial, answer| {
            let known = trial.updates.len();
            let before = trial.replicas[0].copy.said()?;
            trial.hear_updates(answer)?;
            let theirs = Said::read(answer)?;
            let dropped = trial.updates[known..].to_vec();
            for update in dropped {
                trial.replicas[0].copy.apply(&update)?;
            }
            let after = trial.replicas[0].copy.said()?;
            theirs.must_be(&after, "Yjs, opened with what yrs encoded, and yrs")?;
            match after.content == before.content {
                true => Ok(()),
                false => Err(format!("what Yjs tidied away was content:\n{}\n{}", before.content, after.content)),
            }
        });
    }

    fn answered(&mut self, answer: &mut Reader<'_>, work: impl FnOnce(&mut Self, &mut Reader<'_>) -> Outcome) {
        let mut own = Reader::new(answer.bytes().expect("Node answers as we agreed"));
        match own.byte() {
            Ok(0) => self.guarded("yrs", |trial| work(trial, &mut own)),
            _ => self.harm = Some(format!("Yjs: {}", own.string().unwrap_or("no words"))),
        }
    }

    fn tell_updates(&mut self, into: &mut Vec<u8>) {
        write_uint(into, (self.updates.len() - self.told) as u64);
        self.updates[self.told..].iter().for_each(|update| write_bytes(into, update));
        self.told = self.updates.len();
    }

    fn hear_updates(&mut self, answer: &mut Reader<'_>) -> Outcome {
        for _ in 0..answer.uint().map_err(unreadable)? {
            self.updates.push(bytes(answer)?.to_vec());
        }
        self.told = self.updates.len();
        Ok(())
    }
}

const OPEN: u8 = 0;
const ROUND: u8 = 1;
const SETTLE: u8 = 2;
const CHECK: u8 = 3;

impl Copy {
    fn open(id: u64, page: bool) -> Self {
        if page {
            return Copy::Page(Box::new(Colleague::new(id as u32)));
        }
        let document = Document::new(id);
        let roots = Roots::of(document.doc());
        Copy::Document { document, roots }
    }

    fn edit(&mut self, seed: u32) -> Option<Vec<u8>> {
        match self {
            Copy::Document { document, roots } => pen::edit(document.doc(), roots, seed),
            Copy::Page(colleague) => {
                let mut dice = Dice::new(seed);
                match dice.below(12) {
                    0 => colleague.undo(),
                    1 => colleague.redo(),
                    _ => {
                        let mut any = || dice.below(1 << 16) as u16;
                        let edit = Edit { kind: any() as u8, place: any(), from: any(), to: any(), choice: any() };
                        // What is undone is what was done within half a second.
                        colleague.clock.fetch_add(200, Ordering::Relaxed);
                        colleague.edit(&edit)
                    }
                }
            }
        }
    }

    fn apply(&mut self, update: &[u8]) -> Outcome {
        match self {
            Copy::Document { document, .. } => document.apply(update).map_err(|error| error.to_string()),
            Copy::Page(colleague) => {
                // The engines are compared, and not what a page writes by itself in answer to others.
                colleague.binding.forget_replaced();
                colleague.receive(update);
                Ok(())
            }
        }
    }

    fn state_vector(&self) -> Vec<u8> {
        match self {
            Copy::Document { document, .. } => document.state_vector(),
            Copy::Page(colleague) => colleague.binding.state_vector(),
        }
    }

    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Copy::Document { document, .. } => document.diff(state_vector).map_err(|error| error.to_string()),
            Copy::Page(colleague) => colleague.binding.diff(state_vector).map_err(|error| error.to_string()),
        }
    }

    fn said(&self) -> Result<Said, String> {
        match self {
            Copy::Document { document, roots } => {
                let txn = document.doc().transact();
                let mut content = String::new();
                said::write(&txn, &Out::YText(roots.text.clone()), &mut content);
                said::write(&txn, &Out::YMap(roots.map.clone()), &mut content);
                said::write(&txn, &Out::YArray(roots.array.clone()), &mut content);
                said::write_children(&txn, &roots.content, &mut content);
                Ok(Said { content, state: said::state(&txn.snapshot()), waits: !document.is_whole() })
            }
            // Its document is its own: a copy tells.
            Copy::Page(colleague) => {
                let mut copy = Copy::open(9, false);
                copy.apply(&colleague.binding.snapshot())?;
                let said = copy.said()?;
                Ok(Said { waits: said.waits || !colleague.binding.is_whole(), ..said })
            }
        }
    }
}

impl Said {
    fn read(answer: &mut Reader<'_>) -> Result<Self, String> {
        let content = answer.string().map_err(unreadable)?.to_owned();
        let state = answer.string().map_err(unreadable)?.to_owned();
        Ok(Self { content, state, waits: answer.byte().map_err(unreadable)? != 0 })
    }

    fn must_be(&self, other: &Said, whose: &str) -> Outcome {
        if self == other {
            return if self.waits { Err(format!("{whose}: something still waits")) } else { Ok(()) };
        }
        let Said { content, state, waits } = self;
        Err(format!(
            "{whose} differ; content:\n{content}\n{}\nstate vector - deletes:\n{state}\n{}\nwaits {waits}, {}",
            other.content, other.state, other.waits
        ))
    }
}

fn bytes<'a>(answer: &mut Reader<'a>) -> Result<&'a [u8], String> {
    answer.bytes().map_err(unreadable)
}

fn unreadable(error: ReadError) -> String {
    format!("Node answers otherwise than agreed: {error}")
}

fn shuffled(len: usize, chance: &mut Chance) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    for at in (1..len).rev() {
        order.swap(at, chance.within(0, at as u64 + 1) as usize);
    }
    order
}
