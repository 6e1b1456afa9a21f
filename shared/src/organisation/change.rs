//! Changes of the organisation: each puts or removes one record, keeps every rule below, and knows its way back.

use serde::{Deserialize, Serialize};

use super::directory::{Directory, names_of};
use super::phone;
use super::records::{Body, Key, Membership, Person, Record, School, Seat, Team};
use super::unseen::{is_han, is_unseen};
use super::vocabulary_fit::vocabulary_fits;
use crate::words::Span;

/// One step. What was there before is in the answer of [`Directory::change`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Change {
    /// Adds the record, or puts it in the place of the one with its id.
    Put(Record),
    /// Takes a record out to which nothing refers: only as the way back of adding it.
    Remove(Key),
}

/// Why a change does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "misfit", content = "what")]
pub enum Misfit {
    /// It refers to something that is not there.
    #[error("{0:?} is not there")]
    Missing(Key),
    /// Something still refers to it.
    #[error("something refers to {0:?}")]
    InUse(Key),
    #[error("a name has 1 to {max} characters", max = MAX_NAME_CHARS)]
    Name,
    #[error("a seal has one character")]
    Seal,
    #[error("a login has 1 to {max} letters, digits, '.', '-' or '_', in lower case", max = MAX_LOGIN_CHARS)]
    Login,
    #[error("that is no phone number of the mainland, nor one with the code of another country")]
    Phone,
    #[error("that is no e-mail address")]
    Email,
    /// Somebody else signs in with it.
    #[error("{0} is taken")]
    Taken(String),
    #[error("the end is before the beginning")]
    Dates,
    #[error("the school is in the group already")]
    TwiceInGroup,
    #[error("the person has this post here already")]
    TwiceInPost,
    #[error("the region has no such post for this place")]
    Post,
    #[error("the region has no such kind of group")]
    Kind,
    #[error("a team is at home in a group or school")]
    Home,
    #[error("a text is too long")]
    TooLong,
    /// A vocabulary names it twice in the same list, or has its id twice.
    #[error("{0} stands in the vocabulary twice")]
    WordTwice(String),
    /// A vocabulary drops a kind of group or a post that is or was in use, or moves the post to another kind of body.
    #[error("{word} is used {uses} times")]
    WordInUse { word: String, uses: u32 },
    #[error("a list of a vocabulary has {max} words at most", max = MAX_WORDS)]
    TooManyWords,
    /// A record does not move to another person, school or group: end it, and begin another.
    #[error("a record stays where it is")]
    Moved,
}

/// Which of several changes does not fit, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("change {at}: {misfit}")]
pub struct MisfitAt {
    /// From 0.
    pub at: usize,
    pub misfit: Misfit,
}

pub(super) const MAX_NAME_CHARS: usize = 100;
pub(super) const MAX_WORDS: usize = 100;
const MAX_LOGIN_CHARS: usize = 64;
const MAX_TEXT_CHARS: usize = 1_000;

impl Directory {
    /// Makes all changes, or none. Gives the changes that take them back, in the order to make them.
    pub fn change(&mut self, changes: &[Change]) -> Result<Vec<Change>, MisfitAt> {
        let mut back = Vec::with_capacity(changes.len());
        for (at, change) in changes.iter().enumerate() {
            match self.step(change) {
                Ok(way_back) => back.push(way_back),
                Err(misfit) => {
                    self.go_back(back);
                    return Err(MisfitAt { at, misfit });
                }
            }
        }
        back.reverse();
        Ok(back)
    }

    /// Undoes what was done a moment ago: these steps have been fitting.
    fn go_back(&mut self, back: Vec<Change>) {
        for change in back.into_iter().rev() {
            match change {
                Change::Put(record) => {
                    self.insert(record);
                }
                Change::Remove(key) => {
                    self.take(&key);
                }
            }
        }
    }

    fn step(&mut self, change: &Change) -> Result<Change, Misfit> {
        match change {
            Change::Put(record) => {
                self.fits(record)?;
                let key = record.key();
                Ok(match self.insert(record.clone()) {
                    Some(before) => Change::Put(before),
                    None => Change::Remove(key),
                })
            }
            Change::Remove(key) => {
                if self.is_in_use(key) {
                    return Err(Misfit::InUse(key.clone()));
                }
                self.take(key).map(Change::Put).ok_or_else(|| Misfit::Missing(key.clone()))
            }
        }
    }

    fn is_in_use(&self, key: &Key) -> bool {
        let has_seats = |body: &Body| self.seats_in(body).next().is_some() || self.teams_of(body).next().is_some();
        match key {
            Key::Region(id) => {
                self.groups().any(|group| group.region == *id) || self.schools().any(|school| school.region == *id)
            }
            Key::Group(id) => self.schools_of(id).next().is_some() || has_seats(&Body::Group(id.clone())),
            Key::School(id) => self.groups_of(id).next().is_some() || has_seats(&Body::School(id.clone())),
            Key::Team(id) => has_seats(&Body::Team(id.clone())),
            Key::Person(id) => self.seats_of(id).next().is_some(),
            Key::Membership(_) | Key::Seat(_) => false,
        }
    }

    fn fits(&self, record: &Record) -> Result<(), Misfit> {
        match record {
            Record::Region(region) => {
                is_name(&region.name)?;
                vocabulary_fits(&region.vocabulary)?;
                self.keeps_what_is_used(region)
            }
            Record::Group(group) => {
                is_name(&group.name)?;
                let region =
                    self.region(&group.region).ok_or_else(|| Misfit::Missing(Key::Region(group.region.clone())))?;
                region.vocabulary.kind(&group.kind).map(drop).ok_or(Misfit::Kind)
            }
            Record::School(school) => self.school_fits(school),
            Record::Membership(membership) => self.membership_fits(membership),
            Record::Team(team) => self.team_fits(team),
            Record::Person(person) => self.person_fits(person),
            Record::Seat(seat) => self.seat_fits(seat),
        }
    }

    fn school_fits(&self, school: &School) -> Result<(), Misfit> {
        is_name(&school.name)?;
        self.region(&school.region).ok_or_else(|| Misfit::Missing(Key::Region(school.region.clone())))?;
        let mut seal = school.seal.chars();
        match (seal.next(), seal.next()) {
            (Some(glyph), None) if !glyph.is_whitespace() && !glyph.is_control() => Ok(()),
            _ => Err(Misfit::Seal),
        }
    }

    fn membership_fits(&self, membership: &Membership) -> Result<(), Misfit> {
        let Membership { id, group, school, leads: _, span, reason, handed_over } = membership;
        self.group(group).ok_or_else(|| Misfit::Missing(Key::Group(group.clone())))?;
        self.school(school).ok_or_else(|| Misfit::Missing(Key::School(school.clone())))?;
        if let Some(before) = self.memberships.get(id)
            && (before.group != *group || before.school != *school)
        {
            return Err(Misfit::Moved);
        }
        if !span.is_in_order() {
            return Err(Misfit::Dates);
        }
        is_short(reason)?;
        is_short(handed_over)?;
        let meets = |other: &Membership| other.id != *id && other.school == *school && overlap(other.span, *span);
        if self.schools_of(group).any(meets) { Err(Misfit::TwiceInGroup) } else { Ok(()) }
    }

    fn team_fits(&self, team: &Team) -> Result<(), Misfit> {
        is_name(&team.name)?;
        is_short(&team.subject)?;
        is_short(&team.stage)?;
        if self.team(&team.id).is_some_and(|before| before.home != team.home) {
            return Err(Misfit::Moved);
        }
        match &team.home {
            Body::Group(id) => self.group(id).map(drop).ok_or_else(|| Misfit::Missing(Key::Group(id.clone()))),
            Body::School(id) => self.school(id).map(drop).ok_or_else(|| Misfit::Missing(Key::School(id.clone()))),
            Body::Team(_) => Err(Misfit::Home),
        }
    }

    fn person_fits(&self, person: &Person) -> Result<(), Misfit> {
        let before = self.person(&person.id);
        // What was taken before there was this rule stays until somebody changes it.
        if before.is_none_or(|before| before.name != person.name) {
            is_name(&person.name)?;
        }
        is_short(&person.teaches)?;
        if before.is_none_or(|before| before.login != person.login) && !is_login(&person.login) {
            return Err(Misfit::Login);
        }
        let other_phone = before.is_none_or(|before| before.phone != person.phone);
        if other_phone && person.phone.as_ref().is_some_and(|phone| !is_phone(phone)) {
            return Err(Misfit::Phone);
        }
        if person.email.as_ref().is_some_and(|email| !is_email(email)) {
            return Err(Misfit::Email);
        }
        let taken = names_of(person).find(|name| self.ways.names.get(*name).is_some_and(|other| *other != person.id));
        taken.map_or(Ok(()), |name| Err(Misfit::Taken(name.clone())))
    }

    fn seat_fits(&self, seat: &Seat) -> Result<(), Misfit> {
        self.person(&seat.person).ok_or_else(|| Misfit::Missing(Key::Person(seat.person.clone())))?;
        let there = match &seat.body {
            Body::Group(id) => self.group(id).map(drop).ok_or_else(|| Key::Group(id.clone())),
            Body::School(id) => self.school(id).map(drop).ok_or_else(|| Key::School(id.clone())),
            Body::Team(id) => self.team(id).map(drop).ok_or_else(|| Key::Team(id.clone())),
        };
        there.map_err(Misfit::Missing)?;
        // Nor does a seat become another post: who held which, and when, stays known.
        let same = |before: &Seat| before.person == seat.person && before.body == seat.body && before.post == seat.post;
        if self.seat(&seat.id).is_some_and(|before| !same(before)) {
            return Err(Misfit::Moved);
        }
        if !seat.span.is_in_order() {
            return Err(Misfit::Dates);
        }
        self.post(seat).filter(|post| post.at == seat.body.kind()).ok_or(Misfit::Post)?;
        let doubles = |other: &Seat| {
            let same = other.body == seat.body && other.post == seat.post;
            other.id != seat.id && same && overlap(other.span, seat.span)
        };
        if self.seats_of(&seat.person).any(doubles) { Err(Misfit::TwiceInPost) } else { Ok(()) }
    }
}

fn overlap(one: Span, other: Span) -> bool {
    one.until.is_none_or(|until| other.since < until) && other.until.is_none_or(|until| one.since < until)
}

pub(super) fn is_name(name: &str) -> Result<(), Misfit> {
    let plain = name.trim() == name && !name.chars().any(is_unseen) && name.chars().any(char::is_alphanumeric);
    let chars = name.chars().count();
    if plain && (1..=MAX_NAME_CHARS).contains(&chars) { Ok(()) } else { Err(Misfit::Name) }
}

fn is_short(text: &str) -> Result<(), Misfit> {
    if text.chars().count() <= MAX_TEXT_CHARS { Ok(()) } else { Err(Misfit::TooLong) }
}

/// No two logins look alike: letters of ASCII, and Han, which are nobody's doubles.
pub(super) fn is_login(login: &str) -> bool {
    let plain = login
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_') || is_han(c));
    let chars = login.chars().count();
    // Whoever has that telephone number signs in with it, however they write it.
    let is_number = phone::read(login).is_ok_and(|number| number != login);
    plain && !is_number && (1..=MAX_LOGIN_CHARS).contains(&chars)
}

/// A number in the form it is stored in.
fn is_phone(phone: &str) -> bool {
    phone::read(phone).is_ok_and(|stored| stored == phone)
}

pub(super) fn is_email(email: &str) -> bool {
    let plain = !email.chars().any(|c| c.is_whitespace() || is_unseen(c) || c.is_uppercase());
    let parts = email.split_once('@').is_some_and(|(who, host)| {
        !who.is_empty() && !host.contains('@') && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    plain && parts && email.len() <= 254
}
