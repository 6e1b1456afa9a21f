//! The organisation as the server tells it, and changes of it, each with its way back.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{AskedChanges, Changed, OrganisationView};
use shared::organisation::{Body, Group, Membership, Post, Record, School, Team, Vocabulary};
use shared::words::{InvalidId, UnixMillis};

use super::session::Session;
use super::toasts::Toasts;
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{clock, dom, page};

#[derive(Debug, Clone, Copy)]
pub struct Organisation {
    session: Session,
    toasts: Toasts,
    /// Nothing until the server has answered.
    pub view: RwSignal<Option<OrganisationView>>,
    /// What could not be read.
    pub failure: RwSignal<Option<Failure>>,
    /// Another number whenever something was changed from here.
    pub changes: RwSignal<u32>,
}

/// What to say of a change, and when it was taken back.
pub struct Said {
    pub done: String,
    pub undone: String,
}

impl Organisation {
    /// Begins to read it.
    pub fn new(session: Session, toasts: Toasts) -> Self {
        let organisation = Self {
            session,
            toasts,
            view: RwSignal::new(None),
            failure: RwSignal::new(None),
            changes: RwSignal::new(0),
        };
        organisation.again();
        session.on_return(move || organisation.again());
        organisation
    }

    pub fn again(self) {
        spawn_local(async move {
            // The page may have been left when the answer comes.
            match fetch::get("/api/organisation").await {
                Ok(view) => {
                    let is_anew = self.view.try_with_untracked(Option::is_some) == Some(true);
                    let _ = self.view.try_set(Some(view));
                    let _ = self.failure.try_set(None);
                    if is_anew {
                        keep_focus();
                    }
                }
                Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
            }
        });
    }

    /// Makes all the changes or none; they can be taken back. `read` is how those that are there already were when the form
    /// was opened: nothing that somebody else has changed since is overwritten.
    pub async fn change(self, read: Vec<Record>, records: Vec<Record>, said: Said) -> Result<(), Failure> {
        let wish = AskedChanges { records, read, dry: false };
        let changed: Result<Changed, Failure> = fetch::send(Verb::POST, "/api/organisation/changes", &wish).await;
        let changed = changed.map_err(|failure| self.session.heed(failure))?;
        self.has_changed();
        match changed.undo {
            Some(number) => self.toasts.say_with_undo(said.done, move || self.undo(number, said.undone.clone())),
            None => self.toasts.say(said.done),
        }
        Ok(())
    }

    /// Takes a change back.
    pub fn undo(self, number: u64, undone: String) {
        spawn_local(async move {
            if let Err(failure) = self.take_back(number, undone).await {
                self.toasts.say_refused(failure);
            }
        });
    }

    /// The same, for who waits for the answer.
    pub async fn take_back(self, number: u64, undone: String) -> Result<(), Failure> {
        let answer = fetch::bid(Verb::POST, &format!("/api/organisation/changes/{number}/undo")).await;
        answer.map_err(|failure| self.session.heed(failure))?;
        self.has_changed();
        self.toasts.say(undone);
        Ok(())
    }

    /// Something was changed: what is shown is asked for anew.
    pub fn has_changed(self) {
        let _ = self.changes.try_update(|changes| *changes += 1);
        self.again();
    }

    /// Whether I look after the people of this body.
    pub fn administers(self, body: &Body) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| view.administers.contains(body)))
    }

    /// Whether this body's seats are mine to give, and a team mine to change.
    pub fn runs(self, body: &Body) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| view.runs.contains(body)))
    }

    /// Whether there is anything that I look after.
    pub fn administers_anything(self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| !view.administers.is_empty()))
    }

    /// Asks the view; the default until there is one.
    pub fn look<T: Default>(self, ask: impl FnOnce(&OrganisationView) -> T) -> T {
        self.view.with(|view| view.as_ref().map(ask).unwrap_or_default())
    }
}

/// The band of the body whose people are in the table.
pub const BAND: &str = "body-bar";

/// After something was changed, what had the focus may be drawn anew: it stays near.
pub fn keep_focus() {
    page::later(0, || dom::regain_focus(&[BAND, "main"]));
}

/// An id that nobody has yet.
pub fn fresh_id<T: TryFrom<String, Error = InvalidId>>() -> T {
    T::try_from(clock::fresh_id()).expect("letters and digits are an id")
}

/// Looking things up in an [`OrganisationView`].
pub trait Look {
    fn group(&self, id: &str) -> Option<&Group>;
    fn name_of(&self, body: &Body) -> Option<String>;
    fn size_of(&self, body: &Body) -> u32;
    fn vocabulary_of(&self, body: &Body) -> Option<&Vocabulary>;
    fn schools_of(&self, group: &Group) -> Vec<(&Membership, &School)>;
    fn teams_of(&self, group: &Group, now: UnixMillis) -> Vec<&Team>;
    fn posts_for(&self, body: &Body) -> Vec<Post>;
}

impl Look for OrganisationView {
    fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id.as_str() == id)
    }

    fn name_of(&self, body: &Body) -> Option<String> {
        match body {
            Body::Group(id) => self.groups.iter().find(|group| group.id == *id).map(|group| group.name.clone()),
            Body::School(id) => self.schools.iter().find(|school| school.id == *id).map(|school| school.name.clone()),
            Body::Team(id) => self.teams.iter().find(|team| team.id == *id).map(|team| team.name.clone()),
        }
    }

    fn size_of(&self, body: &Body) -> u32 {
        self.sizes.iter().find(|(of, _)| of == body).map_or(0, |(_, size)| *size)
    }

    fn vocabulary_of(&self, body: &Body) -> Option<&Vocabulary> {
        let region = match body {
            Body::Group(id) => self.groups.iter().find(|group| group.id == *id).map(|group| &group.region),
            Body::School(id) => self.schools.iter().find(|school| school.id == *id).map(|school| &school.region),
            Body::Team(id) => {
                let team = self.teams.iter().find(|team| team.id == *id)?;
                return if matches!(team.home, Body::Team(_)) { None } else { self.vocabulary_of(&team.home) };
            }
        };
        let region = self.regions.iter().find(|known| Some(&known.id) == region).or(self.regions.first());
        region.map(|region| &region.vocabulary)
    }

    /// The lead school first, those that have left last.
    fn schools_of(&self, group: &Group) -> Vec<(&Membership, &School)> {
        let places = self.memberships.iter().filter(|place| place.group == group.id);
        let mut schools: Vec<_> = places
            .filter_map(|place| Some((place, self.schools.iter().find(|school| school.id == place.school)?)))
            .collect();
        schools.sort_by_key(|(place, _)| (place.span.until.is_some(), !place.leads, place.span.since));
        schools
    }

    /// Its own and those of its schools.
    fn teams_of(&self, group: &Group, now: UnixMillis) -> Vec<&Team> {
        let member = |school| {
            let mut places = self.memberships.iter();
            places.any(|place| place.group == group.id && place.school == school && place.span.holds(now))
        };
        let is_of = |team: &&Team| match &team.home {
            Body::Group(id) => *id == group.id,
            Body::School(id) => member(id.clone()),
            Body::Team(_) => false,
        };
        self.teams.iter().filter(|team| team.ended.is_none_or(|ended| now < ended)).filter(is_of).collect()
    }

    fn posts_for(&self, body: &Body) -> Vec<Post> {
        let posts = self.vocabulary_of(body).map(|words| words.posts.iter()).into_iter().flatten();
        posts.filter(|post| post.at == body.kind()).cloned().collect()
    }
}
