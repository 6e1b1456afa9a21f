//! Who was in a session from where and for how long, corrected by hand where the line was not the person.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{AttendanceList, AttendanceStay, CorrectStay};
use shared::words::UnixMillis;

use super::words::time_of;
use crate::browser::clock;
use crate::browser::fetch::{self, Failure, Verb};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::components::form::{Deed, DeedForm, TextField};
use crate::components::icon::icon;
use crate::components::person::who;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::session::Session;
use crate::state::tutoring::room::Room;
use crate::wording::coming::{moment, write_time};
use crate::wording::day::write_day;

const MINUTE: i64 = 60_000;

type Stays = RwSignal<Option<Result<Vec<AttendanceStay>, Failure>>>;

#[component]
pub fn Attendance(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let stays: Stays = RwSignal::new(None);
    let asked = RwSignal::new(None::<AttendanceStay>);
    let address = StoredValue::new(format!("/api/tutoring/{}/attendance", room.id()));
    spawn_local(async move {
        let list = fetch::get::<AttendanceList>(&address.get_value()).await;
        let _ = stays.try_set(Some(list.map(|list| list.stays).map_err(|failure| session.heed(failure))));
    });
    let runs = move || room.runs();
    let shown = move || match stays.get() {
        None => {
            view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any()
        }
        Some(Err(failure)) => {
            view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> }.into_any()
        }
        Some(Ok(list)) if list.is_empty() => view! { <p class="second">{t!(i18n, around.nobody_came)}</p> }.into_any(),
        Some(Ok(list)) => table(list, asked, runs()),
    };
    view! {
        <section class="card stack" aria-labelledby="attendance-title">
            <h2 id="attendance-title">{t!(i18n, around.attendance)}</h2>
            {shown}
            <Correct address stays asked/>
        </section>
    }
}

/// Those of one school beneath one another, the school with most of them first.
fn table(list: Vec<AttendanceStay>, asked: RwSignal<Option<AttendanceStay>>, runs: bool) -> AnyView {
    let i18n = use_i18n();
    let mut schools: BTreeMap<String, Vec<AttendanceStay>> = BTreeMap::new();
    for stay in list {
        schools.entry(school_of(&stay)).or_default().push(stay);
    }
    let mut schools: Vec<_> = schools.into_iter().collect();
    schools.sort_by_key(|(_, stays)| std::cmp::Reverse(stays.len()));
    let body = schools.into_iter().map(|(school, stays)| {
        let people: std::collections::BTreeSet<_> = stays.iter().map(|stay| stay.who.person.id.to_string()).collect();
        let minutes: i64 = stays.iter().map(length).sum();
        let name = if school.is_empty() { t_string!(i18n, around.no_school).to_string() } else { school };
        let summary = t_string!(i18n, around.of_school, people = people.len(), minutes = minutes).to_string();
        view! {
            <tbody>
                <tr class="of-school"><th scope="rowgroup" colspan="4">{name}<small class="second">{summary}</small></th></tr>
                {stays.into_iter().map(|stay| row(stay, asked, runs)).collect_view()}
            </tbody>
        }
    });
    let body = body.collect_view();
    view! {
        <div class="table-frame attendance" tabindex="0" role="region" aria-labelledby="attendance-title">
            <table class="table">
                <thead><tr><th scope="col">{t!(i18n, around.person)}</th><th scope="col">{t!(i18n, around.from_to)}</th><th scope="col" class="number">{t!(i18n, around.length)}</th><th scope="col"><span class="visually-hidden">{t!(i18n, around.correct)}</span></th></tr></thead>
                {body}
            </table>
        </div>
    }
    .into_any()
}

fn row(stay: AttendanceStay, asked: RwSignal<Option<AttendanceStay>>, runs: bool) -> AnyView {
    let i18n = use_i18n();
    let minutes = length(&stay);
    let time = match stay.until {
        Some(until) => format!("{} – {}", time_of(stay.since), time_of(until)),
        None => t_string!(i18n, loan.from, time = time_of(stay.since)).to_string(),
    };
    let name = stay.who.person.name.clone();
    let corrected = stay.corrected_by.as_ref().map(|by| {
        let by = by.name.clone();
        view! { <small class="second">{move || t_string!(i18n, around.corrected_by, name = by.clone()).to_string()}</small> }
    });
    let shown = who(&stay.who.person);
    let stay = StoredValue::new(stay);
    let label = move || t_string!(i18n, around.correct_of, name = name.clone()).to_string();
    view! {
        <tr>
            <td>{shown}</td>
            <td class="nowrap">{time}" "{corrected}</td>
            <td class="number nowrap">{move || t_string!(i18n, around.minutes, count = minutes).to_string()}</td>
            <td>{runs.then(|| view! { <button class="icon-button" data-size="small" type="button" aria-label=label on:click=move |_| asked.set(Some(stay.get_value()))>{icon("pen")}</button> })}</td>
        </tr>
    }
    .into_any()
}

fn school_of(stay: &AttendanceStay) -> String {
    stay.who.person.school.as_ref().map_or_else(|| stay.who.school.clone(), |school| school.name.clone())
}

/// In minutes, to the nearest one.
fn length(stay: &AttendanceStay) -> i64 {
    stay.until.map_or(0, |until| (until.0 - stay.since.0 + MINUTE / 2) / MINUTE)
}

#[component]
fn Correct(address: StoredValue<String>, stays: Stays, asked: RwSignal<Option<AttendanceStay>>) -> impl IntoView {
    let i18n = use_i18n();
    let open = open_while(asked);
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, around.correct).to_string())>
            {move || asked.get_untracked().map(|stay| view! { <CorrectForm address stays stay open/> })}
        </Dialog>
    }
}

#[component]
fn CorrectForm(
    address: StoredValue<String>,
    stays: Stays,
    stay: AttendanceStay,
    open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let written = |at: UnixMillis| write_time(at, clock::offset_minutes(at));
    let since = RwSignal::new(written(stay.since));
    let until = RwSignal::new(written(stay.until.unwrap_or(stay.since)));
    let tried = RwSignal::new(false);
    let (began, number) = (stay.since, stay.number);
    let ended = stay.until.unwrap_or(stay.since);
    let times = move || {
        let since = since.with(|time| read(time, began, UnixMillis(began.0)))?;
        // A session may go on past midnight.
        let until = until.with(|time| read(time, ended, since))?;
        (since <= until).then_some((since, until))
    };
    let wrong = Signal::derive(move || {
        (tried.get() && times().is_none()).then(|| t_string!(i18n, around.no_times).to_string())
    });
    let deed = Callback::new(move |()| -> Option<Deed> {
        tried.set(true);
        let (since, until) = untrack(times)?;
        Some(Box::pin(async move {
            let wish = CorrectStay { since, until };
            let list =
                fetch::send::<_, AttendanceList>(Verb::PUT, &format!("{}/{number}", address.get_value()), &wish).await;
            let list = list.map_err(|failure| session.heed(failure))?;
            let _ = stays.try_set(Some(Ok(list.stays)));
            Ok(())
        }))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, around.store).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <p>{who(&stay.who.person)}</p>
            <TextField id="stay-since" kind="time" label=Signal::derive(move || t_string!(i18n, around.since).to_string()) value=since/>
            <TextField id="stay-until" kind="time" label=Signal::derive(move || t_string!(i18n, around.until).to_string()) value=until wrong=wrong/>
        </DeedForm>
    }
}

/// A time of the day of `near`. What was not touched keeps its seconds; what lies before `earliest` is of the day after.
fn read(time: &str, near: UnixMillis, earliest: UnixMillis) -> Option<UnixMillis> {
    let offset = clock::offset_minutes(near);
    if write_time(near, offset) == time {
        return Some(near);
    }
    let at = moment(&write_day(near, offset), time, clock::offset_minutes)?;
    let is_before = at.0 < earliest.0 && at.0 + UnixMillis::DAY - earliest.0 < UnixMillis::DAY / 2;
    Some(if is_before { UnixMillis(at.0 + UnixMillis::DAY) } else { at })
}
