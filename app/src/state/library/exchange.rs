//! What a school gave to others and took from them, and how much room it has.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Exchange, LibrarySchool, LibrarySchools, QuotaView, SetQuota};
use shared::words::SchoolId;

use crate::browser::fetch::{self, Failure, Verb};
use crate::state::session::Session;

#[derive(Debug, Clone, Copy)]
pub struct SchoolExchange {
    session: Session,
    /// Nothing until the server has answered.
    pub schools: RwSignal<Option<LibrarySchools>>,
    /// The id of the school that is looked at.
    pub chosen: RwSignal<String>,
    pub exchange: RwSignal<Option<Exchange>>,
    /// Only for whoever keeps its room.
    pub room: RwSignal<Option<QuotaView>>,
    pub failure: RwSignal<Option<Failure>>,
}

impl SchoolExchange {
    /// Begins to read the schools, and the first of them.
    pub fn read(session: Session) -> Self {
        let exchange = Self {
            session,
            schools: RwSignal::new(None),
            chosen: RwSignal::new(String::new()),
            exchange: RwSignal::new(None),
            room: RwSignal::new(None),
            failure: RwSignal::new(None),
        };
        Effect::new(move || {
            if !exchange.chosen.with(String::is_empty) {
                exchange.ask();
            }
        });
        exchange.again();
        session.on_return(move || exchange.again());
        exchange
    }

    pub fn again(self) {
        spawn_local(async move {
            match fetch::get::<LibrarySchools>("/api/library/schools").await {
                Ok(list) => {
                    let _ = self.failure.try_set(None);
                    let first = list.schools.first().map(|line| line.school.id.to_string());
                    let kept = self.chosen.try_get_untracked().filter(|chosen| !chosen.is_empty());
                    let _ = self.schools.try_set(Some(list));
                    // Set again, it is asked again.
                    let _ = self.chosen.try_set(kept.or(first).unwrap_or_default());
                }
                Err(failure) => self.fail(failure),
            }
        });
    }

    /// The school that is looked at.
    pub fn school(self) -> Option<LibrarySchool> {
        self.schools.with(|list| {
            let lines = &list.as_ref()?.schools;
            self.chosen.with(|chosen| lines.iter().find(|line| line.school.id.as_str() == chosen).cloned())
        })
    }

    fn ask(self) {
        let Some(LibrarySchool { school, keeps_room }) = untrack(|| self.school()) else { return };
        self.exchange.set(None);
        self.room.set(None);
        let (id, asked) = (school.id.clone(), school.id);
        spawn_local(async move {
            let answer = fetch::get::<Exchange>(&format!("/api/library/exchange?school={id}")).await;
            if self.is_looked_at(&id) {
                match answer {
                    Ok(exchange) => {
                        let _ = self.failure.try_set(None);
                        let _ = self.exchange.try_set(Some(exchange));
                    }
                    Err(failure) => self.fail(failure),
                }
            }
        });
        if keeps_room {
            self.ask_room(asked);
        }
    }

    fn ask_room(self, school: SchoolId) {
        spawn_local(async move {
            let answer = fetch::get::<QuotaView>(&format!("/api/library/quota?school={school}")).await;
            if self.is_looked_at(&school) {
                match answer {
                    Ok(room) => drop(self.room.try_set(Some(room))),
                    Err(failure) => self.fail(failure),
                }
            }
        });
    }

    /// Lets the school keep so many bytes; without them as many as usual.
    pub async fn set_room(self, bytes: Option<u64>) -> Result<(), Failure> {
        let Some(line) = untrack(|| self.school()) else { return Ok(()) };
        let wish = SetQuota { school: line.school.id.clone(), bytes };
        let answer = fetch::tell(Verb::PUT, "/api/library/quota", &wish).await;
        answer.map_err(|failure| self.session.heed(failure))?;
        self.ask_room(line.school.id);
        Ok(())
    }

    /// Another may have been chosen while the answer was on its way.
    fn is_looked_at(self, school: &SchoolId) -> bool {
        self.chosen.try_with_untracked(|chosen| chosen == school.as_str()).unwrap_or_default()
    }

    fn fail(self, failure: Failure) {
        let _ = self.failure.try_set(Some(self.session.heed(failure)));
    }
}
