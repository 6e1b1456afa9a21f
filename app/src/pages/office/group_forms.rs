use leptos::prelude::*;
use shared::organisation::{Body, Group, GroupKind, Membership, Record};
use shared::words::Span;

use super::vocabulary_words::reach_words;
use super::words::{begin_of, end_of, since_of, today, word};
use crate::browser::clock;
use crate::components::form::{Deed, DeedForm, SelectField, TextField};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::{Look, Organisation, Said};
use crate::wording::day::write_day;

/// What a group is called, since when there is one, and of which kind it is.
#[component]
pub fn EditGroup(organisation: Organisation, group: Group, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let name = RwSignal::new(group.name.clone());
    let founded = group.founded.map(|at| write_day(at, clock::offset_minutes(at))).unwrap_or_default();
    let founded = RwSignal::new(founded);
    let kind = RwSignal::new(group.kind.to_string());
    let kinds =
        organisation.look(|view| view.vocabulary_of(&Body::Group(group.id.clone())).map(|words| words.kinds.clone()));
    let kinds = kinds.unwrap_or_default();
    let wrong = RwSignal::new(None::<String>);
    let shown = (group.clone(), kinds);
    let deed = Callback::new(move |()| -> Option<Deed> {
        let name = name.get_untracked().trim().to_owned();
        wrong.set(name.is_empty().then(|| t_string!(i18n, people.no_name).to_string()));
        let kind = kind.get_untracked().parse().ok().filter(|_| !name.is_empty())?;
        let changed = Group { name: name.clone(), founded: begin_of(&founded.get_untracked()), kind, ..group.clone() };
        let said = Said {
            done: t_string!(i18n, people.changed, name = name.clone()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = name).to_string(),
        };
        Some(Box::pin(organisation.change(vec![Record::Group(group.clone())], vec![Record::Group(changed)], said)))
    });
    let (group, kinds) = shown;
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.store).to_string()) words=failure_words deed close>
            <TextField id="group-name" label=Signal::derive(move || t_string!(i18n, people.group_name).to_string()) value=name wrong/>
            <TextField id="group-founded" kind="date" label=Signal::derive(move || t_string!(i18n, people.group_founded).to_string()) value=founded/>
            <KindField organisation group kinds value=kind/>
        </DeedForm>
    }
}

/// The kind of a group, with what it lets people read. It is the region's to set: others see which it is.
#[component]
fn KindField(
    organisation: Organisation,
    group: Group,
    kinds: Vec<GroupKind>,
    value: RwSignal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let kinds = StoredValue::new(kinds);
    let before = group.kind.to_string();
    let words_of = move |id: &str| {
        let kind = kinds.with_value(|kinds| kinds.iter().find(|kind| kind.id.as_str() == id).cloned())?;
        let (lead, members) = (reach_words(i18n, kind.lead_reads), reach_words(i18n, kind.members_read));
        Some(t_string!(i18n, people.kind_reads, lead = lead, members = members).to_string())
    };
    if !organisation.look(|view| view.operator) {
        let named =
            kinds.with_value(|kinds| kinds.iter().find(|kind| kind.id == group.kind).map(|kind| kind.name.clone()));
        let name = named.map(|name| word(i18n, &name)).unwrap_or_default();
        let reads = words_of(&before);
        return view! {
            <p><b>{t_string!(i18n, people.kind_is, kind = name).to_string()}</b></p>
            <p class="hint">{reads}</p>
            <p class="hint">{t!(i18n, people.kind_not_yours)}</p>
        }
        .into_any();
    }
    let options = Signal::derive(move || {
        kinds.with_value(|kinds| {
            kinds.iter().map(|kind| (kind.id.to_string(), word(i18n, &kind.name))).collect::<Vec<_>>()
        })
    });
    let hint = Signal::derive(move || {
        let chosen = value.get();
        let reads = words_of(&chosen)?;
        if chosen == before {
            return Some(reads);
        }
        let until_now = words_of(&before).unwrap_or_default();
        Some(t_string!(i18n, people.kind_changes, now = reads, before = until_now).to_string())
    });
    view! {
        <SelectField id="group-kind" label=Signal::derive(move || t_string!(i18n, setup.kind).to_string()) value options hint/>
    }
    .into_any()
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
