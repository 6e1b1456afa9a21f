//! The import of a roster: a file is chosen, looked through, what it leaves open is answered, and it is imported as shown.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{ImportState, RosterAnswers, RosterPlan, RosterProgress};
use shared::organisation::roster::{
    AboutSchool, AboutTeam, Answers, Making, Questions, SchoolAnswer, SchoolQuestion, TeamAnswer, TeamQuestion,
    WrongRows,
};

use super::session::Session;
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::page;
use crate::browser::upload::{self, TableFile};

/// How often the server is asked how far it is, in milliseconds.
const LOOKS: u32 = 400;

#[derive(Debug, Clone, Copy)]
pub struct Roster {
    session: Session,
    /// Whose roster it is.
    pub group: RwSignal<String>,
    pub skip_wrong: RwSignal<bool>,
    /// What somebody has answered so far.
    answers: RwSignal<Answers>,
    file: StoredValue<Option<TableFile>, LocalStorage>,
    /// The name of the file that is looked through.
    pub named: RwSignal<Option<String>>,
    pub plan: RwSignal<Option<RosterPlan>>,
    pub progress: RwSignal<Option<RosterProgress>>,
    /// Somebody else has changed what the import builds on: the file was looked through anew.
    pub changed: RwSignal<bool>,
    pub busy: RwSignal<bool>,
    pub failure: RwSignal<Option<Failure>>,
    /// Which question to the server is the last one.
    turn: StoredValue<u32>,
}

impl Roster {
    pub fn new(session: Session) -> Self {
        let roster = Self {
            session,
            group: RwSignal::new(String::new()),
            skip_wrong: RwSignal::new(false),
            answers: RwSignal::default(),
            file: StoredValue::new_local(None),
            named: RwSignal::new(None),
            plan: RwSignal::new(None),
            progress: RwSignal::new(None),
            changed: RwSignal::new(false),
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            turn: StoredValue::new(0),
        };
        Effect::new(move |before: Option<()>| {
            roster.group.track();
            if before.is_some() {
                roster.look();
            }
        });
        // Other answers are another plan of the same file.
        Effect::new(move |before: Option<()>| {
            roster.answers.track();
            roster.skip_wrong.track();
            if before.is_some() {
                roster.say();
            }
        });
        roster
    }

    /// Looks through another file.
    pub fn take(self, file: TableFile) {
        self.named.set(Some(file.name()));
        self.file.set_value(Some(file));
        self.plan.set(None);
        self.look();
    }

    /// Back to the choice of a file. What was answered about its names counts for the next one, which may be the same,
    /// mended.
    pub fn put_away(self) {
        self.file.set_value(None);
        self.named.set(None);
        self.plan.set(None);
        self.progress.set(None);
        self.failure.set(None);
    }

    pub fn has_answers(self) -> bool {
        self.answers.with_untracked(|answers| *answers != Answers::default())
    }

    /// Answers a question about a school, or asks it again.
    pub fn answer_school(self, name: &str, answer: Option<SchoolAnswer>) {
        self.answers.update(|Answers { schools, teams: _ }| {
            schools.retain(|about| about.name != name);
            schools.extend(answer.map(|answer| AboutSchool { name: name.to_owned(), answer }));
        });
    }

    /// Answers a question about a team of each of these schools, or asks it again.
    pub fn answer_team(self, homes: &[String], name: &str, answer: Option<TeamAnswer>) {
        self.answers.update(|Answers { schools: _, teams }| {
            teams.retain(|about| about.name != name || !homes.contains(&about.school));
            for school in homes {
                let about = |answer| AboutTeam { school: school.clone(), name: name.to_owned(), answer };
                teams.extend(answer.clone().map(about));
            }
        });
    }

    /// Everything asked about is made that may be made and is like nothing else.
    pub fn make_all(self) {
        let Some(questions) = self.plan.with_untracked(|plan| plan.as_ref().map(|plan| plan.preview.questions.clone()))
        else {
            return;
        };
        self.answers.update(|answers| {
            for SchoolQuestion { name, sort, .. } in questions.schools.into_iter().filter(SchoolQuestion::is_plain) {
                let answer = SchoolAnswer::New { name: name.clone(), sort };
                answers.schools.push(AboutSchool { name, answer });
            }
            for TeamQuestion { school, name, sort, .. } in questions.teams.into_iter().filter(TeamQuestion::is_plain) {
                let answer = TeamAnswer::New { name: name.clone(), sort };
                answers.teams.push(AboutTeam { school, name, answer });
            }
        });
    }

    fn look(self) {
        let Some(file) = self.file.get_value() else { return };
        let address = format!("/api/organisation/roster?group={}", self.group.get_untracked());
        let turn = self.begin();
        spawn_local(async move {
            let mut answer: Result<RosterPlan, Failure> = upload::send_table(&address, &file).await;
            if let Ok(plan) = &answer {
                let wish = self.wish();
                if wish != RosterAnswers::default() {
                    answer = send(&plan.plan, &wish).await;
                }
            }
            self.show(turn, answer);
        });
    }

    /// Tells the server what is answered by now.
    fn say(self) {
        let Some(plan) = self.plan.with_untracked(|plan| plan.as_ref().map(|plan| plan.plan.clone())) else { return };
        let (wish, turn) = (self.wish(), self.begin());
        spawn_local(async move {
            match send(&plan, &wish).await {
                // Kept for half an hour: after lunch the file is read again.
                Err(Failure::Problem(problem)) if problem.status == 404 => self.look(),
                answer => self.show(turn, answer),
            }
        });
    }

    fn wish(self) -> RosterAnswers {
        let wrong_rows = if self.skip_wrong.get_untracked() { WrongRows::Skip } else { WrongRows::Stop };
        RosterAnswers { answers: self.answers.get_untracked(), wrong_rows }
    }

    fn begin(self) -> u32 {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.busy.set(true);
        self.failure.set(None);
        turn
    }

    fn show(self, turn: u32, answer: Result<RosterPlan, Failure>) {
        if self.turn.try_get_value() != Some(turn) {
            return;
        }
        self.busy.set(false);
        match answer {
            Ok(plan) => self.plan.set(Some(plan)),
            Err(failure) => {
                // Nothing of an earlier file stays on the screen.
                self.plan.set(None);
                self.named.set(None);
                self.failure.set(Some(self.session.heed(failure)));
            }
        }
    }

    /// Imports what is shown.
    pub fn import(self) {
        let meant = self.plan.with_untracked(|plan| plan.as_ref().map(|plan| (plan.plan.clone(), plan.shown)));
        let Some((plan, shown)) = meant else { return };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.changed.set(false);
        self.failure.set(None);
        let address = format!("/api/organisation/roster/{plan}");
        spawn_local(self.follow(address.clone()));
        spawn_local(async move {
            let this = format!("{address}?shown={shown}");
            let answer = fetch::send::<_, RosterProgress>(Verb::POST, &this, &()).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(progress) => drop(self.progress.try_set(Some(progress))),
                Err(failure) => {
                    let _ = self.progress.try_set(None);
                    // That somebody else has changed something is an answer with what has changed, and no problem.
                    let now: Option<RosterProgress> = fetch::get(&address).await.ok();
                    if now.is_some_and(|now| now.state == ImportState::Changed || now.shown != shown) {
                        let _ = self.changed.try_set(true);
                        return self.look();
                    }
                    let _ = self.failure.try_set(Some(self.session.heed(failure)));
                }
            }
        });
    }

    /// Nothing is imported, if it is not being stored already.
    pub fn cancel(self) {
        let Some(plan) = self.plan.with_untracked(|plan| plan.as_ref().map(|plan| plan.plan.clone())) else { return };
        spawn_local(async move {
            // Too late is no trouble: what was imported says so.
            let _ = fetch::bid(Verb::DELETE, &format!("/api/organisation/roster/{plan}")).await;
        });
    }

    /// Whether an import is on that can still be cancelled.
    pub fn is_checking(self) -> bool {
        self.busy.get()
            && self.progress.with(|progress| progress.as_ref().is_some_and(|of| of.state == ImportState::Checking))
    }

    /// Says how far it is, as long as it goes on.
    async fn follow(self, address: String) {
        loop {
            page::pause(LOOKS).await;
            if self.busy.try_get_untracked() != Some(true) {
                return;
            }
            if let Ok(progress) = fetch::get::<RosterProgress>(&address).await {
                let is_on = matches!(progress.state, ImportState::Checking | ImportState::Storing);
                if is_on && self.busy.try_get_untracked() == Some(true) {
                    let _ = self.progress.try_set(Some(progress));
                }
            }
        }
    }

    /// Whether everything that was asked for is done.
    pub fn is_done(self) -> bool {
        self.progress.with(|progress| progress.as_ref().is_some_and(|progress| progress.state == ImportState::Done))
    }
}

async fn send(plan: &str, wish: &RosterAnswers) -> Result<RosterPlan, Failure> {
    fetch::send(Verb::PUT, &format!("/api/organisation/roster/{plan}"), wish).await
}

/// What can be made without a doubt: nobody has answered yet, it is theirs to make, and it is like nothing else.
pub trait Plain {
    fn is_plain(&self) -> bool;
}

impl Plain for SchoolQuestion {
    fn is_plain(&self) -> bool {
        let is_clear = self.likely.is_empty() && self.namesake.is_none();
        self.answer.is_none() && is_clear && self.making == Making::Yours
    }
}

impl Plain for TeamQuestion {
    fn is_plain(&self) -> bool {
        self.answer.is_none() && self.likely.is_empty() && self.making == Making::Yours
    }
}

/// How many of them.
pub fn plain(questions: &Questions) -> usize {
    let schools = questions.schools.iter().filter(|question| question.is_plain()).count();
    schools + questions.teams.iter().filter(|question| question.is_plain()).count()
}
