//! Quick checks as those see them who may: to host and helpers with names if that was said before, to everybody else as
//! numbers that name nobody (ADR 46).

use std::collections::BTreeMap;
use std::sync::Arc;

use shared::api::{CheckCard, CheckResults, CheckView, NamedAnswer, SchoolCard, SchoolCounted};
use shared::organisation::Directory;
use shared::tutoring::{CheckKind, Tally};
use shared::words::UnixMillis;

use super::refusal::Refusal;
use super::tutoring_view::Attendees;
use crate::app::App;
use crate::clock;
use crate::store::{StoredAnswer, StoredCheck, StoredGuest, TutoringHandle};

/// Makes cards and results for one who may see the session.
pub struct CheckReader<'a> {
    app: &'a App,
    directory: Arc<Directory>,
    handle: &'a TutoringHandle,
    guests: Vec<StoredGuest>,
    now: UnixMillis,
}

impl<'a> CheckReader<'a> {
    pub async fn of(app: &'a App, handle: &'a TutoringHandle) -> Result<Self, Refusal> {
        let guests = app.store.guests(handle.id()).await?;
        Ok(Self { app, directory: app.store.directory(), handle, guests, now: clock::now() })
    }

    pub fn card(&self, check: &StoredCheck) -> CheckCard {
        let StoredCheck { number, id, author, words, state, shown, at, opened, closed, answered, mine } = check.clone();
        let by = self.attendees().of(&author).person;
        CheckCard { id, number, words, state, shown, by, at, opened, closed, answered, mine }
    }

    pub async fn view(&self, check: &StoredCheck) -> Result<CheckView, Refusal> {
        let leads = self.handle.leading().is_some();
        let results = match leads || check.shown {
            true => self.results(check, &self.app.store.check_answers(self.handle, &check.id).await?, leads),
            false => None,
        };
        Ok(CheckView { card: self.card(check), results })
    }

    fn results(&self, check: &StoredCheck, answers: &[StoredAnswer], leads: bool) -> Option<CheckResults> {
        let named = leads && check.words.named;
        let choices = match check.words.kind {
            CheckKind::One | CheckKind::Several => check.words.choices.len(),
            CheckKind::TrueFalse => 2,
            CheckKind::Short => 0,
        };
        let counted = answers.iter().map(|one| (self.school_of(one), &one.answer.choices[..]));
        let tally = Tally::of(choices, counted);
        let Tally { total, schools, others } = if named { tally } else { tally.guarded()? };
        let cards = self.cards(answers);
        let school = |(name, counted): (String, _)| SchoolCounted { school: cards.get(&name).cloned(), name, counted };
        let mut texts: Vec<String> = answers.iter().map(|one| one.answer.text.clone()).collect();
        texts.retain(|text| !text.is_empty() && !named);
        texts.sort();
        Some(CheckResults {
            total,
            schools: schools.into_iter().map(school).collect(),
            others: (others.answered > 0).then_some(others),
            texts,
            answers: if named { self.named(answers) } else { Vec::new() },
        })
    }

    fn named(&self, answers: &[StoredAnswer]) -> Vec<NamedAnswer> {
        let attendees = self.attendees();
        let one = |StoredAnswer { who, school: _, answer, at }: &StoredAnswer| NamedAnswer {
            who: attendees.of(who),
            answer: answer.clone(),
            at: *at,
        };
        answers.iter().map(one).collect()
    }

    /// By its name, so that a guest who writes it as it is called counts with those who work there.
    fn school_of(&self, answer: &StoredAnswer) -> Option<String> {
        match &answer.school {
            Some(id) => self.directory.school(id).map(|school| school.name.clone()),
            None => self.guests.iter().find(|guest| guest.id == answer.who).map(|guest| guest.school.trim().to_owned()),
        }
    }

    fn cards(&self, answers: &[StoredAnswer]) -> BTreeMap<String, SchoolCard> {
        let known = answers.iter().filter_map(|answer| self.directory.school(answer.school.as_ref()?));
        let card = |school: &shared::organisation::School| {
            let lead = self.directory.leads(&school.id, self.now);
            SchoolCard { id: school.id.clone(), name: school.name.clone(), seal: school.seal.clone(), lead }
        };
        known.map(|school| (school.name.clone(), card(school))).collect()
    }

    fn attendees(&self) -> Attendees<'_> {
        let session = self.handle.stored();
        Attendees { app: self.app, directory: &self.directory, session, guests: &self.guests, now: self.now }
    }
}
