//! The fields in which a session is planned.

use leptos::prelude::*;
use shared::access::Grantee;
use shared::api::{InvitedLine, ShelfCard, TitledDocument};
use shared::organisation::Shelf;
use shared::tutoring::{MAX_ABOUT_CHARS, MAX_MINUTES, MIN_MINUTES, Role};

use super::find::{FindPeople, FindThing, Picked};
use super::words::role_name;
use crate::browser::dom;
use crate::components::form::{Below, CheckField, SelectField};
use crate::components::icon::{icon, small_icon};
use crate::components::person::who;
use crate::i18n::*;
use crate::state::tutoring::planning::Planning;

const INVITE: &str = "session-invite";
const HOST: &str = "session-host";

/// What it is about, in sentences.
#[component]
pub fn About(about: RwSignal<String>, wrong: Signal<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let hint = Signal::derive(move || Some(t_string!(i18n, planning.about_hint).to_string()));
    let below = Below { field: "session-about", hint: hint.into(), wrong: wrong.into() };
    view! {
        <div class="field">
            <label for="session-about">{t!(i18n, planning.about)}</label>
            <textarea class="input" id="session-about" rows="4" maxlength=(2 * MAX_ABOUT_CHARS).to_string() prop:value=about
                aria-invalid=move || below.invalid() aria-describedby=move || below.id() on:input=move |event| about.set(event_target_value(&event))></textarea>
            {move || below.shown()}
        </div>
    }
}

/// The plan or the resource that it is about, each found by its title.
#[component]
pub fn WhatFor(form: Planning) -> impl IntoView {
    let i18n = use_i18n();
    let take = Callback::new(move |picked: Picked| match picked {
        Picked::Document(id, title) => form.plan.set(Some(TitledDocument { id, title })),
        Picked::Item(id, title) => form.item.set(Some((id, title))),
    });
    let chip = move |title: String, off: fn(Planning)| {
        let label = t_string!(i18n, planning.take_off, title = title.clone()).to_string();
        view! { <button class="chip" type="button" aria-pressed="true" aria-label=label on:click=move |_| off(form)>{title}" "{small_icon("close")}</button> }
    };
    view! {
        <div class="stack-small">
            <FindThing id="session-thing" take/>
            <div class="cluster">
                {move || form.plan.get().map(|plan| chip(plan.title, |form| form.plan.set(None)))}
                {move || form.item.get().map(|(_, title)| chip(title, |form| form.item.set(None)))}
            </div>
        </div>
    }
}

/// The day, the time of day by the clock of whoever plans, and how long it takes.
#[component]
pub fn When(
    date: RwSignal<String>,
    time: RwSignal<String>,
    minutes: RwSignal<String>,
    wrong_time: Signal<Option<String>>,
    wrong_minutes: Signal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let (of_time, of_minutes) = (
        Below { field: "session-date", hint: None::<String>.into(), wrong: wrong_time.into() },
        Below { field: "session-minutes", hint: None::<String>.into(), wrong: wrong_minutes.into() },
    );
    view! {
        <div class="plan-times">
            <div class="field">
                <label for="session-date">{t!(i18n, planning.date)}</label>
                <input class="input" id="session-date" type="date" prop:value=date aria-invalid=move || of_time.invalid() aria-describedby=move || of_time.id() on:input=move |event| date.set(event_target_value(&event))/>
                {move || of_time.shown()}
            </div>
            <div class="field">
                <label for="session-time">{t!(i18n, planning.time)}</label>
                <input class="input" id="session-time" type="time" prop:value=time aria-invalid=move || of_time.invalid() aria-describedby=move || of_time.id() on:input=move |event| time.set(event_target_value(&event))/>
            </div>
            <div class="field">
                <label for="session-minutes">{t!(i18n, planning.minutes)}</label>
                <input class="input" id="session-minutes" type="number" inputmode="numeric" min=MIN_MINUTES.to_string() max=MAX_MINUTES.to_string() step="5" prop:value=minutes aria-invalid=move || of_minutes.invalid() aria-describedby=move || of_minutes.id() on:input=move |event| minutes.set(event_target_value(&event))/>
                {move || of_minutes.shown()}
            </div>
        </div>
    }
}

/// Who hosts it, for whom it is planned, and who is asked to come.
#[component]
pub fn Who(
    form: Planning,
    shelves: Vec<ShelfCard>,
    wrong_host: Signal<Option<String>>,
    wrong_shelf: Signal<Option<String>>,
    wrong_invited: Signal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let fixed = form.is_planned();
    let first = shelves.first().map(|card| card.shelf.to_string()).unwrap_or_default();
    if form.shelf.with_untracked(String::is_empty) {
        form.shelf.set(first);
    }
    let options: Vec<_> = shelves.iter().map(|card| (card.shelf.to_string(), card.name.clone())).collect();
    let names = StoredValue::new(shelves);
    // Whoever plans for a team means it to come.
    Effect::new(move |before: Option<String>| {
        let shelf = form.shelf.get();
        if !fixed && before.as_ref() != Some(&shelf) {
            if let Some(with) = before.and_then(|before| before.parse::<Shelf>().ok()).and_then(grantee) {
                form.uninvite(&with);
            }
            names.with_value(|names| {
                if let Some(card) = names.iter().find(|card| card.shelf.to_string() == shelf) {
                    form.invite_shelf(&card.shelf, card.name.clone());
                }
            });
        }
        shelf
    });
    view! {
        <Host form wrong=wrong_host/>
        {if fixed {
            let name = names.with_value(|names| names.first().map(|card| card.name.clone()).unwrap_or_default());
            view! { <p class="field"><span class="label">{t!(i18n, planning.shelf)}</span><span>{name}</span></p> }.into_any()
        } else {
            let options = StoredValue::new(options);
            view! {
                <SelectField id="session-shelf" label=Signal::derive(move || t_string!(i18n, planning.shelf).to_string()) value=form.shelf options=Signal::derive(move || options.get_value())
                    hint=Signal::derive(move || Some(t_string!(i18n, planning.shelf_hint).to_string())) wrong=wrong_shelf/>
            }.into_any()
        }}
        <Invited form wrong=wrong_invited/>
        <CheckField label=Signal::derive(move || t_string!(i18n, planning.lobby).to_string()) value=form.lobby/>
    }
}

fn grantee(shelf: Shelf) -> Option<Grantee> {
    match shelf {
        Shelf::Team(id) => Some(Grantee::Team(id)),
        Shelf::School(id) => Some(Grantee::School(id)),
        Shelf::Group(id) => Some(Grantee::Group(id)),
        Shelf::Person(_) => None,
    }
}

#[component]
fn Host(form: Planning, wrong: Signal<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let below = Below { field: HOST, hint: None::<String>.into(), wrong: wrong.into() };
    let take = Callback::new(move |line: InvitedLine| form.host.set(line.person));
    view! {
        <div class="stack-small">
            {move || form.host.get().map(|host| view! { <p class="split plan-host"><span class="second">{t!(i18n, planning.host_now)}</span>{who(&host)}</p> })}
            <FindPeople id=HOST label=Signal::derive(move || if form.host.with(Option::is_some) { t_string!(i18n, planning.other_host) } else { t_string!(i18n, planning.host) }.to_string()) people_only=true take/>
            {move || below.shown()}
        </div>
    }
}

#[component]
fn Invited(form: Planning, wrong: Signal<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let below = Below { field: INVITE, hint: None::<String>.into(), wrong: wrong.into() };
    let take = Callback::new(move |line: InvitedLine| form.invite(line));
    let lines = move || form.invited.get();
    view! {
        <div class="stack-small">
            <FindPeople id=INVITE label=Signal::derive(move || t_string!(i18n, planning.invite).to_string()) people_only=false take/>
            {move || below.shown()}
            <ul class="share-lines">
                <For each=lines key=|line| (line.invitation.with.clone(), line.invitation.role) let:line><InvitedRow form line/></For>
            </ul>
            <Show when=move || form.invited.with(Vec::is_empty)><p class="small second">{t!(i18n, planning.nobody_invited)}</p></Show>
        </div>
    }
}

/// Somebody who is asked to come. Only a person stands by the host.
#[component]
fn InvitedRow(form: Planning, line: InvitedLine) -> impl IntoView {
    let i18n = use_i18n();
    let roles: &[Role] = match line.person {
        Some(_) => &[Role::Participant, Role::Helper, Role::Listener],
        None => &[Role::Participant, Role::Listener],
    };
    let (name, name_too) = (line.name.clone(), line.name.clone());
    let now = line.invitation.role;
    let with = StoredValue::new(line.invitation.with.clone());
    let shown = match &line.person {
        Some(person) => who(person),
        None => view! { <span class="who"><span class="name">{line.name.clone()}</span></span> }.into_any(),
    };
    let change = move |event| {
        if let Some(role) = Role::named(&event_target_value(&event)) {
            with.with_value(|with| form.set_role(with, role));
        }
    };
    let off = move |_| {
        with.with_value(|with| form.uninvite(with));
        // The button goes with its line.
        dom::focus_id(INVITE);
    };
    view! {
        <li class="split">
            {shown}
            <span class="cluster nowrap-line">
                <span class="select" data-size="small">
                    <select aria-label=move || t_string!(i18n, planning.role_of, name = name.clone()).to_string() on:change=change>
                        {roles.iter().map(|role| { let role = *role; view! { <option value=role.as_str() selected=role == now>{move || role_name(role)}</option> } }).collect_view()}
                    </select>
                </span>
                <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, planning.uninvite, name = name_too.clone()).to_string() on:click=off>{icon("close")}</button>
            </span>
        </li>
    }
}
