//! The import of a roster: a file is chosen, looked through, and imported as it was shown.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{ImportState, RosterPlan, RosterProgress};
use shared::organisation::roster::{Preview, Problem};

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
    pub create_schools: RwSignal<bool>,
    pub create_teams: RwSignal<bool>,
    pub skip_wrong: RwSignal<bool>,
    file: StoredValue<Option<TableFile>, LocalStorage>,
    /// The name of the file that is looked through.
    pub named: RwSignal<Option<String>>,
    pub plan: RwSignal<Option<RosterPlan>>,
    pub progress: RwSignal<Option<RosterProgress>>,
    /// Somebody else has changed what the import builds on: the file was looked through anew.
    pub changed: RwSignal<bool>,
    pub busy: RwSignal<bool>,
    pub failure: RwSignal<Option<Failure>>,
}

impl Roster {
    pub fn new(session: Session) -> Self {
        let roster = Self {
            session,
            group: RwSignal::new(String::new()),
            create_schools: RwSignal::new(false),
            create_teams: RwSignal::new(false),
            skip_wrong: RwSignal::new(false),
            file: StoredValue::new_local(None),
            named: RwSignal::new(None),
            plan: RwSignal::new(None),
            progress: RwSignal::new(None),
            changed: RwSignal::new(false),
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
        };
        // Another option is another plan of the same file.
        Effect::new(move |before: Option<()>| {
            roster.create_schools.track();
            roster.create_teams.track();
            roster.skip_wrong.track();
            roster.group.track();
            if before.is_some() {
                roster.look();
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

    /// Back to the choice of a file.
    pub fn put_away(self) {
        self.file.set_value(None);
        self.named.set(None);
        self.plan.set(None);
        self.progress.set(None);
        self.failure.set(None);
    }

    fn look(self) {
        let Some(file) = self.file.get_value() else { return };
        let address = format!(
            "/api/organisation/roster?group={}&create_schools={}&create_teams={}&skip_wrong={}",
            self.group.get_untracked(),
            self.create_schools.get_untracked(),
            self.create_teams.get_untracked(),
            self.skip_wrong.get_untracked()
        );
        self.busy.set(true);
        self.failure.set(None);
        spawn_local(async move {
            let answer: Result<RosterPlan, Failure> = upload::send_table(&address, &file).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(plan) => drop(self.plan.try_set(Some(plan))),
                Err(failure) => {
                    // Nothing of an earlier file stays on the screen.
                    let _ = self.plan.try_set(None);
                    let _ = self.named.try_set(None);
                    let _ = self.failure.try_set(Some(self.session.heed(failure)));
                }
            }
        });
    }

    /// Imports what is shown.
    pub fn import(self) {
        let Some(plan) = self.plan.with_untracked(|plan| plan.as_ref().map(|plan| plan.plan.clone())) else { return };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.changed.set(false);
        self.failure.set(None);
        let address = format!("/api/organisation/roster/{plan}");
        spawn_local(self.follow(address.clone()));
        spawn_local(async move {
            let answer = fetch::send::<_, RosterProgress>(Verb::POST, &address, &()).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(progress) => drop(self.progress.try_set(Some(progress))),
                Err(failure) => {
                    let _ = self.progress.try_set(None);
                    // That somebody else has changed something is an answer with what has changed, and no problem.
                    let now: Option<RosterProgress> = fetch::get(&address).await.ok();
                    if now.is_some_and(|now| now.state == ImportState::Changed) {
                        let _ = self.changed.try_set(true);
                        return self.look();
                    }
                    let _ = self.failure.try_set(Some(self.session.heed(failure)));
                }
            }
        });
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

/// Schools and teams of the table that are not there, each once.
pub fn unknown(preview: &Preview) -> (Vec<String>, Vec<String>) {
    let (mut schools, mut teams) = (Vec::new(), Vec::new());
    for trouble in preview.rows.iter().flat_map(|row| &row.troubles) {
        let (list, name) = match &trouble.problem {
            Problem::UnknownSchool { name } => (&mut schools, name),
            Problem::UnknownTeam { name } => (&mut teams, name),
            _ => continue,
        };
        if !list.contains(name) {
            list.push(name.clone());
        }
    }
    (schools, teams)
}
