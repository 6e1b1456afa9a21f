use leptos::prelude::*;
use shared::access::Right;
use shared::api::PersonLine;
use shared::organisation::{Body, BodyKind, Post, Record, Seat};
use shared::words::{PostId, Span, UnixMillis, UserId};

use super::able::names;
use super::seat_end::{SeatEnd, SeatEndField, Until};
use super::words::{body_kind, end_of, is_over, name_among, since_of, today, word};
use crate::browser::clock::{self, collate};
use crate::components::form::{Deed, DeedForm, SelectField, TextField};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::{Look, Organisation, Said, fresh_id};

type I18n = leptos_i18n::I18nContext<Locale>;

/// Those who are meant, as the page shows them.
pub fn whom(people: &[PersonLine]) -> String {
    let i18n = use_i18n();
    match people {
        [one] => one.card.name.clone(),
        [first, ..] => {
            t_string!(i18n, people.several, name = first.card.name.clone(), count = people.len()).to_string()
        }
        [] => String::new(),
    }
}

/// The bodies of a kind whose seats are mine to give, as key and name.
pub fn places(organisation: Organisation, kind: Option<BodyKind>) -> Vec<(String, String)> {
    let i18n = use_i18n();
    organisation.look(|view| {
        let is_mine = |body: &&Body| kind.is_none_or(|kind| body.kind() == kind) && !is_over(view, body);
        let mine: Vec<_> = view.runs.iter().filter(is_mine).cloned().collect();
        let said = |body: &Body| {
            let name = name_among(i18n, view, body, &mine).unwrap_or_default();
            if kind.is_some() { name } else { format!("{}：{name}", body_kind(i18n, body.kind())) }
        };
        let mut places: Vec<_> = mine.iter().map(|body| (body, said(body))).collect();
        places.sort_by(|(one, one_name), (other, other_name)| {
            one.kind().cmp(&other.kind()).then_with(|| collate(one_name, other_name))
        });
        places.into_iter().map(|(body, name)| (body.to_string(), name)).collect()
    })
}

/// The place to begin with: the one that is shown, if it is among them, or the only one there is.
pub fn first_place(places: &[(String, String)], shown: Option<&Body>) -> Option<String> {
    let is_shown = |key: &String| shown.is_some_and(|body| body.to_string() == *key);
    let only = places.first().filter(|_| places.len() == 1);
    places.iter().find(|(key, _)| is_shown(key)).or(only).map(|(key, _)| key.clone())
}

/// With several there is none chosen until somebody does.
fn to_choose_from(places: Vec<(String, String)>) -> Signal<Vec<(String, String)>> {
    let i18n = use_i18n();
    Signal::derive(move || {
        let please = (String::new(), t_string!(i18n, people.please_choose).to_string());
        let unchosen = places.len() > 1;
        unchosen.then_some(please).into_iter().chain(places.iter().cloned()).collect::<Vec<_>>()
    })
}

/// Where, as what, from when until when.
#[derive(Clone, Copy)]
pub struct SeatFields {
    i18n: I18n,
    organisation: Organisation,
    pub place: RwSignal<String>,
    post: RwSignal<String>,
    since: RwSignal<String>,
    end: SeatEnd,
    wrong_place: RwSignal<Option<String>>,
    wrong_post: RwSignal<Option<String>>,
}

impl SeatFields {
    pub fn new(organisation: Organisation, place: Option<String>) -> Self {
        let fields = Self {
            i18n: use_i18n(),
            organisation,
            place: RwSignal::new(place.unwrap_or_default()),
            post: RwSignal::new(String::new()),
            since: RwSignal::new(today()),
            end: SeatEnd::new(),
            wrong_place: RwSignal::new(None),
            wrong_post: RwSignal::new(None),
        };
        // Another place has other posts: the most usual of them stands first.
        Effect::new(move || {
            let posts = fields.posts();
            let post = posts.iter().find(|post| is_usual(post)).or(posts.first());
            fields.post.set(post.map(|post| post.id.to_string()).unwrap_or_default());
        });
        fields
    }

    fn posts(self) -> Vec<Post> {
        let place = self.place.get().parse::<Body>().ok();
        place.map(|place| self.organisation.look(|view| view.posts_for(&place))).unwrap_or_default()
    }

    fn chosen(self) -> Option<Post> {
        let post = self.post.get();
        self.posts().into_iter().find(|known| known.id.as_str() == post)
    }

    fn is_for_a_time(self) -> bool {
        self.chosen().is_some_and(|post| post.for_a_time)
    }

    /// The seat of somebody; nothing if a field is wrong, which says so.
    pub fn seat(self, person: UserId, main: bool) -> Option<Seat> {
        let i18n = self.i18n;
        let body: Option<Body> = self.place.get_untracked().parse().ok();
        self.wrong_place.set(body.is_none().then(|| t_string!(i18n, people.no_place).to_string()));
        let body = body?;
        let post: PostId = self.post.get_untracked().parse().ok()?;
        let since = since_of(&self.since.get_untracked()).unwrap_or_else(clock::wall);
        let Until(until) = self.end.read(since, untrack(|| self.is_for_a_time()))?;
        Some(Seat { id: fresh_id(), person, body, post, main, span: Span { since, until } })
    }
}

/// Whether somebody has this very post there now or later: they are not given it twice.
fn holds(line: &PersonLine, place: &str, post: &str) -> bool {
    line.seats.iter().any(|(seat, _, _)| seat.body.to_string() == place && seat.post.as_str() == post)
}

/// An ordinary seat: teacher, member.
fn is_usual(post: &Post) -> bool {
    matches!(post.id.as_str(), "teacher" | "member" | "adviser") || (post.right == Right::Edit && !post.for_a_time)
}

#[component]
pub fn SeatInputs(fields: SeatFields, places: Vec<(String, String)>) -> impl IntoView {
    let i18n = use_i18n();
    let places = to_choose_from(places);
    let posts = Signal::derive(move || {
        fields.posts().iter().map(|post| (post.id.to_string(), word(i18n, &post.name))).collect::<Vec<_>>()
    });
    view! {
        <SelectField id="seat-place" label=Signal::derive(move || t_string!(i18n, people.seat_place).to_string()) value=fields.place options=places wrong=fields.wrong_place/>
        <SelectField id="seat-post" label=Signal::derive(move || t_string!(i18n, people.seat_post).to_string()) value=fields.post options=posts wrong=fields.wrong_post/>
        <TextField id="seat-since" kind="date" label=Signal::derive(move || t_string!(i18n, people.seat_since).to_string()) value=fields.since/>
        <SeatEndField id="seat-until" label=Signal::derive(move || t_string!(i18n, people.seat_until).to_string()) end=fields.end for_a_time=Signal::derive(move || fields.is_for_a_time())/>
    }
}

/// A seat for one or several people.
#[component]
pub fn AddSeat(
    organisation: Organisation,
    people: Vec<PersonLine>,
    /// Only places of this kind.
    kind: Option<BodyKind>,
    /// The place that is looked at.
    shown: Option<Body>,
    close: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let places = places(organisation, kind);
    let fields = SeatFields::new(organisation, first_place(&places, shown.as_ref()));
    let places_named = StoredValue::new(places.clone());
    let nowhere = places.is_empty();
    let about = whom(&people);
    let deed = Callback::new(move |()| -> Option<Deed> {
        let (place, post) = untrack(|| (fields.place.get(), fields.post.get()));
        let (there, fresh): (Vec<_>, Vec<_>) = people.iter().cloned().partition(|line| holds(line, &place, &post));
        fields.wrong_post.set(None);
        if fresh.is_empty() {
            fields.wrong_post.set(Some(t_string!(i18n, people.all_there, who = names(&there)).to_string()));
            return None;
        }
        let seats: Option<Vec<_>> = fresh
            .iter()
            .map(|line| {
                let first = !line.seats.iter().any(|(seat, _, _)| matches!(seat.body, Body::School(_)) && seat.main);
                let main = first && untrack(|| fields.place.get()).starts_with("school:");
                fields.seat(line.card.id.clone(), main).map(Record::Seat)
            })
            .collect();
        let place =
            places_named.with_value(|names| names.iter().find(|(key, _)| *key == place).map(|(_, name)| name.clone()));
        let place = place.unwrap_or_default();
        let said = Said {
            done: {
                let done = t_string!(i18n, people.seated, who = whom(&fresh), place = place).to_string();
                match there.as_slice() {
                    [] => done,
                    there => format!("{done} {}", t_string!(i18n, people.were_there, who = names(there))),
                }
            },
            undone: t_string!(i18n, people.changed_back, name = whom(&fresh)).to_string(),
        };
        Some(Box::pin(organisation.change(Vec::new(), seats?, said)))
    });
    if nowhere {
        return view! { <div class="body"><p>{t!(i18n, people.nowhere)}</p></div> }.into_any();
    }
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.add_seat).to_string()) words=failure_words deed close>
            <p>{about}</p>
            <SeatInputs fields places/>
        </DeedForm>
    }
    .into_any()
}

/// From one school to another: the seats in schools end, one with the same post begins.
#[component]
pub fn MoveSchool(organisation: Organisation, people: Vec<PersonLine>, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let schools = places(organisation, Some(BodyKind::School));
    let to = RwSignal::new(first_place(&schools, None).unwrap_or_default());
    let wrong = RwSignal::new(None::<String>);
    let names = StoredValue::new(schools.clone());
    let schools = to_choose_from(schools);
    let who = whom(&people);
    let about = who.clone();
    let deed = Callback::new(move |()| -> Option<Deed> {
        let key = to.get_untracked();
        let body: Option<Body> = key.parse().ok();
        wrong.set(body.is_none().then(|| t_string!(i18n, people.no_place).to_string()));
        let (body, now) = (body?, clock::wall());
        let (mut read, mut records) = (Vec::new(), Vec::new());
        for line in &people {
            let current: Vec<_> = line
                .seats
                .iter()
                .filter(|(seat, _, _)| matches!(seat.body, Body::School(_)) && seat.span.holds(now))
                .collect();
            // Whoever teaches on two campuses goes from the one whose seal they wear.
            let main = current.iter().find(|(seat, _, _)| seat.main).or(current.first());
            let post = main.map_or_else(|| "teacher".parse().ok(), |(seat, _, _)| Some(seat.post.clone()))?;
            let leaving = main.iter().map(|(seat, _, _)| {
                Record::Seat(Seat { span: Span { until: Some(now), ..seat.span }, ..seat.clone() })
            });
            records.extend(leaving);
            read.extend(main.iter().map(|(seat, _, _)| Record::Seat(seat.clone())));
            let person = line.card.id.clone();
            records.push(Record::Seat(Seat {
                id: fresh_id(),
                person,
                body: body.clone(),
                post,
                main: true,
                span: Span::from(now),
            }));
        }
        let place =
            names.with_value(|names| names.iter().find(|(known, _)| *known == key).map(|(_, name)| name.clone()));
        let said = Said {
            done: t_string!(i18n, people.moved, who = who.clone(), place = place.unwrap_or_default()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = who.clone()).to_string(),
        };
        Some(Box::pin(organisation.change(read, records, said)))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.move_school).to_string()) words=failure_words deed close>
            <p>{about}</p>
            <SelectField id="move-to" label=Signal::derive(move || t_string!(i18n, people.move_to).to_string()) value=to options=schools wrong
                hint=Signal::derive(move || Some(t_string!(i18n, people.move_hint).to_string()))/>
        </DeedForm>
    }
}

/// Ends seats on a day.
#[component]
pub fn EndSeats(
    organisation: Organisation,
    /// Whose they are, in words.
    who: String,
    seats: Vec<(Seat, String)>,
    close: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let day = RwSignal::new(today());
    let wrong = RwSignal::new(None::<String>);
    let place = seats.first().map(|(_, name)| name.clone()).unwrap_or_default();
    let about = t_string!(i18n, people.end_words, who = who.clone(), place = place.clone()).to_string();
    let deed = Callback::new(move |()| -> Option<Deed> {
        let chosen = day.get_untracked();
        let until = if chosen == today() { since_of(&chosen) } else { end_of(&chosen) };
        let begun = seats.iter().map(|(seat, _)| seat.span.since).max().unwrap_or(UnixMillis(0));
        wrong.set(match until {
            None => Some(t_string!(i18n, people.no_day).to_string()),
            Some(until) if until < begun => Some(t_string!(i18n, people.until_wrong).to_string()),
            Some(_) => None,
        });
        let until = until.filter(|until| begun <= *until)?;
        let ended = |seat: &Seat| Seat { span: Span { until: Some(until), ..seat.span }, ..seat.clone() };
        let records = seats.iter().map(|(seat, _)| Record::Seat(ended(seat))).collect();
        let read = seats.iter().map(|(seat, _)| Record::Seat(seat.clone())).collect();
        let said = Said {
            done: t_string!(i18n, people.ended, who = who.clone(), place = place.clone()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = who.clone()).to_string(),
        };
        Some(Box::pin(organisation.change(read, records, said)))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.end_seat).to_string()) words=failure_words deed close>
            <p>{about}</p>
            <TextField id="end-day" kind="date" label=Signal::derive(move || t_string!(i18n, people.last_day).to_string()) value=day wrong
                hint=Signal::derive(move || Some(t_string!(i18n, people.last_day_hint).to_string()))/>
        </DeedForm>
    }
}
