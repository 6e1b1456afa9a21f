//! What somebody fills in to plan a session, or to change its plan.

use leptos::prelude::*;
use shared::access::Grantee;
use shared::api::{
    ChangeSession, InviteToSession, InvitedLine, PersonCard, PlanSession, PlannedSession, SessionPlan, SessionView,
    TitledDocument,
};
use shared::organisation::Shelf;
use shared::tutoring::{Invitation, MAX_ABOUT_CHARS, MAX_MINUTES, MIN_MINUTES, Role, TutoringKind};
use shared::words::{ItemId, TutoringId, UnixMillis};

use crate::browser::clock;
use crate::browser::fetch::{self, Failure, Verb};
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::library::words::WordsForm;
use crate::state::session::Session;
use crate::wording::coming::{moment, write_time};
use crate::wording::day::write_day;

/// When a new session is offered to begin: tomorrow, after the lessons.
const FIRST_OFFER: &str = "15:30";
const USUAL_MINUTES: u32 = 40;

/// A session's plan in its fields. Empty texts say nothing.
#[derive(Debug, Clone, Copy)]
pub struct Planning {
    session: Session,
    /// Title, what it is about, and where it belongs in teaching.
    pub words: WordsForm,
    pub kind: RwSignal<String>,
    pub host: RwSignal<Option<PersonCard>>,
    pub date: RwSignal<String>,
    pub time: RwSignal<String>,
    pub minutes: RwSignal<String>,
    pub plan: RwSignal<Option<TitledDocument>>,
    pub item: RwSignal<Option<(ItemId, String)>>,
    pub lobby: RwSignal<bool>,
    /// As `type:id`; fixed once it is planned.
    pub shelf: RwSignal<String>,
    pub invited: RwSignal<Vec<InvitedLine>>,
    /// The problem that the server found with what was sent last.
    pub refused: RwSignal<Option<String>>,
    /// Drawn once: sent twice it is one session.
    id: StoredValue<String>,
    of: StoredValue<Option<SessionView>>,
    revision: RwSignal<u64>,
}

/// A field with which something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    NoTitle,
    LongAbout,
    NoHost,
    NoTime,
    Minutes,
    NoShelf,
}

impl Planning {
    fn empty(session: Session) -> Self {
        let tomorrow = UnixMillis(clock::wall().0 + UnixMillis::DAY);
        Self {
            session,
            words: WordsForm::lent(),
            kind: RwSignal::new(TutoringKind::Questions.as_str().to_owned()),
            host: RwSignal::new(session.me().map(|me| me.person)),
            date: RwSignal::new(write_day(tomorrow, clock::offset_minutes(tomorrow))),
            time: RwSignal::new(FIRST_OFFER.to_owned()),
            minutes: RwSignal::new(USUAL_MINUTES.to_string()),
            plan: RwSignal::new(None),
            item: RwSignal::new(None),
            lobby: RwSignal::new(true),
            shelf: RwSignal::new(String::new()),
            invited: RwSignal::new(Vec::new()),
            refused: RwSignal::new(None),
            id: StoredValue::new(clock::fresh_id()),
            of: StoredValue::new(None),
            revision: RwSignal::new(0),
        }
    }

    pub fn new(session: Session) -> Self {
        untrack(|| Self::empty(session))
    }

    /// The form begins as the session is planned.
    pub fn of(session: Session, view: &SessionView, vocabulary: LibraryVocabulary) -> Self {
        let form = Self::new(session);
        let card = &view.card;
        form.words.title.set(card.title.clone());
        form.words.description.set(view.about.clone());
        form.words.place(&card.placing, vocabulary);
        form.kind.set(card.kind.as_str().to_owned());
        form.host.set(Some(card.host.clone()));
        let offset = clock::offset_minutes(card.begins);
        form.date.set(write_day(card.begins, offset));
        form.time.set(write_time(card.begins, offset));
        form.minutes.set(card.minutes.to_string());
        form.plan.set(view.plan.clone());
        form.item.set(view.item.clone().map(|item| (item.id, item.title)));
        form.lobby.set(view.lobby);
        form.shelf.set(card.shelf.shelf.to_string());
        form.invited.set(view.invited.clone());
        form.revision.set(view.revision);
        form.of.set_value(Some(view.clone()));
        form
    }

    pub fn begins(self) -> Option<UnixMillis> {
        self.date.with(|date| self.time.with(|time| moment(date, time, clock::offset_minutes)))
    }

    fn minutes_number(self) -> Option<u32> {
        let minutes = self.minutes.with(|minutes| minutes.trim().parse().ok());
        minutes.filter(|minutes| (MIN_MINUTES..=MAX_MINUTES).contains(minutes))
    }

    /// The first thing that is wrong, as far as that can be seen here.
    pub fn wrong(self) -> Option<Wrong> {
        let checks = [
            (self.words.title.with(|title| title.trim().is_empty()), Wrong::NoTitle),
            (self.words.description.with(|about| about.chars().count() > MAX_ABOUT_CHARS), Wrong::LongAbout),
            (self.host.with(Option::is_none), Wrong::NoHost),
            (self.begins().is_none(), Wrong::NoTime),
            (self.minutes_number().is_none(), Wrong::Minutes),
            (self.shelf.with(|shelf| shelf.parse::<Shelf>().is_err()), Wrong::NoShelf),
        ];
        checks.into_iter().find_map(|(is_wrong, wrong)| is_wrong.then_some(wrong))
    }

    /// Sends it; gives the id of the session.
    ///
    /// # Errors
    /// What the server says; a plan that somebody else has changed meanwhile is taken the next time it is sent.
    pub async fn store(self) -> Result<String, Failure> {
        let Some(plan) = untrack(|| self.read()) else { return Err(Failure::Unreadable) };
        self.refused.set(None);
        let stored = match self.of.get_value() {
            None => self.make(plan).await,
            Some(view) => self.change(plan, &view).await,
        };
        stored.map_err(|failure| {
            if let Failure::Problem(problem) = &failure {
                let _ = self.refused.try_set(Some(problem.kind.clone()));
            }
            self.session.heed(failure)
        })
    }

    async fn make(self, plan: SessionPlan) -> Result<String, Failure> {
        let (Ok(id), Ok(shelf)) = (self.id.get_value().parse(), self.shelf.get_untracked().parse()) else {
            return Err(Failure::Unreadable);
        };
        let wish = PlanSession { id, plan, shelf, invited: self.invitations() };
        let planned: PlannedSession = fetch::send(Verb::POST, "/api/tutoring", &wish).await?;
        Ok(planned.id.to_string())
    }

    async fn change(self, plan: SessionPlan, before: &SessionView) -> Result<String, Failure> {
        let address = format!("/api/tutoring/{}", before.card.id);
        let wish = ChangeSession { plan, revision: self.revision.get_untracked() };
        let changed = fetch::send::<_, SessionView>(Verb::PUT, &address, &wish).await;
        match changed {
            Ok(view) => self.revision.set(view.revision),
            Err(failure) => {
                if failure.status() == Some(409) {
                    // What was filled in stays; pressed again, it counts.
                    if let Ok(fresh) = fetch::get::<SessionView>(&address).await {
                        self.revision.set(fresh.revision);
                    }
                }
                return Err(failure);
            }
        }
        let invited = self.invitations();
        if before.invited.iter().map(|line| &line.invitation).ne(&invited) {
            let wish = InviteToSession { invited };
            fetch::send::<_, SessionView>(Verb::PUT, &format!("{address}/invited"), &wish).await?;
        }
        Ok(before.card.id.to_string())
    }

    fn read(self) -> Option<SessionPlan> {
        let words = self.words.words();
        Some(SessionPlan {
            kind: self.kind.with(|kind| TutoringKind::named(kind))?,
            title: words.title,
            about: words.description,
            host: self.host.with(|host| host.as_ref().map(|host| host.id.clone()))?,
            placing: words.placing,
            begins: self.begins()?,
            minutes: self.minutes_number()?,
            plan: self.plan.with(|plan| plan.as_ref().map(|plan| plan.id.clone())),
            item: self.item.with(|item| item.as_ref().map(|(id, _)| id.clone())),
            lobby: self.lobby.get(),
        })
    }

    fn invitations(self) -> Vec<Invitation> {
        self.invited.with_untracked(|lines| lines.iter().map(|line| line.invitation.clone()).collect())
    }

    /// Asks somebody, once; a person as what they can be, a body to take part.
    pub fn invite(self, line: InvitedLine) {
        self.invited.update(|lines| {
            if lines.iter().all(|known| known.invitation.with != line.invitation.with) {
                lines.push(line);
            }
        });
    }

    pub fn set_role(self, with: &Grantee, role: Role) {
        self.invited.update(|lines| {
            if let Some(line) = lines.iter_mut().find(|line| line.invitation.with == *with) {
                line.invitation.role = role;
            }
        });
    }

    pub fn uninvite(self, with: &Grantee) {
        self.invited.update(|lines| lines.retain(|line| line.invitation.with != *with));
    }

    /// Whoever plans for a body asks it, too: nobody sees a session that they were not asked to.
    pub fn invite_shelf(self, shelf: &Shelf, name: String) {
        let with = match shelf {
            Shelf::Team(id) => Grantee::Team(id.clone()),
            Shelf::School(id) => Grantee::School(id.clone()),
            Shelf::Group(id) => Grantee::Group(id.clone()),
            Shelf::Person(_) => return,
        };
        self.invite(InvitedLine { invitation: Invitation { with, role: Role::Participant }, name, person: None });
    }

    /// Whether it is a session that is planned already.
    pub fn is_planned(self) -> bool {
        self.of.with_value(Option::is_some)
    }

    pub fn planned_id(self) -> Option<TutoringId> {
        self.of.with_value(|view| view.as_ref().map(|view| view.card.id.clone()))
    }
}
