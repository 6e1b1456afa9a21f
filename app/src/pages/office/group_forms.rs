use leptos::prelude::*;
use shared::organisation::{Body, Group, Membership, Record};
use shared::words::Span;

use super::words::{begin_of, end_of, since_of, today};
use crate::browser::clock;
use crate::components::form::{Deed, DeedForm, TextField};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::{Look, Organisation, Said};
use crate::wording::day::write_day;

/// What a group is called, and since when there is one.
#[component]
pub fn EditGroup(organisation: Organisation, group: Group, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let name = RwSignal::new(group.name.clone());
    let founded = group.founded.map(|at| write_day(at, clock::offset_minutes(at))).unwrap_or_default();
    let founded = RwSignal::new(founded);
    let deed = Callback::new(move |()| -> Option<Deed> {
        let name = name.get_untracked().trim().to_owned();
        let changed = Group { name: name.clone(), founded: begin_of(&founded.get_untracked()), ..group.clone() };
        let said = Said {
            done: t_string!(i18n, people.changed, name = name.clone()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = name).to_string(),
        };
        Some(Box::pin(organisation.change(vec![Record::Group(group.clone())], vec![Record::Group(changed)], said)))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.store).to_string()) words=failure_words deed close>
            <TextField id="group-name" label=Signal::derive(move || t_string!(i18n, people.group_name).to_string()) value=name/>
            <TextField id="group-founded" kind="date" label=Signal::derive(move || t_string!(i18n, people.group_founded).to_string()) value=founded/>
        </DeedForm>
    }
}

/// A school leaves its group: when, why, and what was handed over.
#[component]
pub fn Leave(organisation: Organisation, place: Membership, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let day = RwSignal::new(today());
    let (reason, handed_over) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = RwSignal::new(None::<String>);
    let named = organisation.look(|view| {
        let school = view.name_of(&Body::School(place.school.clone())).unwrap_or_default();
        (school, view.name_of(&Body::Group(place.group.clone())).unwrap_or_default())
    });
    let (school, group) = named;
    let words = {
        let (school, group) = (school.clone(), group);
        move || t_string!(i18n, people.leave_words, school = school.clone(), group = group.clone()).to_string()
    };
    let deed = Callback::new(move |()| -> Option<Deed> {
        let day = day.get_untracked();
        let until = if day == today() { since_of(&day) } else { end_of(&day) };
        wrong.set(until.is_none().then(|| t_string!(i18n, people.no_day).to_string()));
        let changed = Membership {
            span: Span { until: Some(until?), ..place.span },
            reason: reason.get_untracked().trim().to_owned(),
            handed_over: handed_over.get_untracked().trim().to_owned(),
            ..place.clone()
        };
        let said = Said {
            done: t_string!(i18n, people.left_done, school = school.clone()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = school.clone()).to_string(),
        };
        let read = vec![Record::Membership(place.clone())];
        Some(Box::pin(organisation.change(read, vec![Record::Membership(changed)], said)))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.leave).to_string()) words=failure_words deed close grave=true>
            <p>{words}</p>
            <TextField id="leave-day" kind="date" label=Signal::derive(move || t_string!(i18n, people.last_day).to_string()) value=day wrong
                hint=Signal::derive(move || Some(t_string!(i18n, people.last_day_hint).to_string()))/>
            <TextField id="leave-reason" label=Signal::derive(move || t_string!(i18n, people.leave_reason).to_string()) value=reason
                hint=Signal::derive(move || Some(t_string!(i18n, people.leave_reason_hint).to_string()))/>
            <TextField id="leave-handed" label=Signal::derive(move || t_string!(i18n, people.leave_handed).to_string()) value=handed_over
                hint=Signal::derive(move || Some(t_string!(i18n, people.leave_handed_hint).to_string()))/>
        </DeedForm>
    }
}
