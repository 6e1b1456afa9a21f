//! The fields in which one says what an item is.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{AuthorCard, Found};
use shared::library::{ItemKind, Licence, MAX_DESCRIPTION_CHARS};

use super::words::{item_kind_name, licence_words};
use crate::browser::dom;
use crate::browser::fetch;
use crate::components::combobox::{Choice, Combobox};
use crate::components::form::{SelectField, TextField};
use crate::components::icon::small_icon;
use crate::components::person::who;
use crate::i18n::*;
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::library::words::{WordsForm, Wrong};

/// An author's name from elsewhere has at most so many characters.
const LONGEST_NAME: usize = 40;

/// Kind and title.
#[component]
pub fn MainFields(form: WordsForm, ids: FieldIds, tried: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let wrong = Signal::derive(move || {
        (tried.get() && form.wrong() == Some(Wrong::NoTitle)).then(|| t_string!(i18n, item_form.no_title).to_string())
    });
    view! {
        <TextField id=ids.title label=Signal::derive(move || t_string!(i18n, item_form.title).to_string()) value=form.title wrong=wrong/>
        <SelectField id=ids.kind label=Signal::derive(move || t_string!(i18n, facet.kind).to_string()) value=form.kind options=Signal::derive(move || kinds(form.is_lent()))/>
    }
}

/// Things and places are lent, not uploaded, and neither becomes the other.
fn kinds(lent: bool) -> Vec<(String, String)> {
    let kinds = ItemKind::ALL.iter().filter(|kind| kind.is_lent() == lent);
    kinds.map(|kind| (kind.as_str().to_owned(), item_kind_name(*kind))).collect()
}

/// Where it belongs in teaching: subject, grade, textbook, unit, lesson type.
#[component]
pub fn PlaceFields(form: WordsForm, ids: FieldIds) -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    let none = move || (String::new(), t_string!(i18n, item_form.unsaid).to_string());
    let plain = |words: Vec<String>| words.into_iter().map(|word| (word.clone(), word));
    let subjects = move || {
        let words = vocabulary.with(|view| view.subjects.iter().chain(&view.domains).cloned().collect::<Vec<_>>());
        let mut seen = std::collections::BTreeSet::new();
        let words = words.into_iter().filter(|word| seen.insert(word.clone())).collect();
        std::iter::once(none()).chain(plain(words)).collect::<Vec<_>>()
    };
    let grades = move || {
        let grades = vocabulary.with(|view| view.stages.iter().flat_map(|stage| stage.grades.clone()).collect());
        std::iter::once(none()).chain(plain(grades)).collect::<Vec<_>>()
    };
    let volumes = move || {
        let volumes = form.subject.with(|subject| form.grade.with(|grade| vocabulary.volumes(subject, grade)));
        std::iter::once(none()).chain(volumes.into_iter().map(|(id, name)| (id.to_string(), name))).collect::<Vec<_>>()
    };
    let places = move || std::iter::once(none()).chain(form.places(vocabulary)).collect::<Vec<_>>();
    let lesson_types = move || {
        std::iter::once(none()).chain(plain(vocabulary.with(|view| view.lesson_types.clone()))).collect::<Vec<_>>()
    };
    // The stage goes with the grade, and a volume with subject and grade.
    Effect::new(move |before: Option<String>| {
        let grade = form.grade.get();
        if before.is_some_and(|before| before != grade) {
            let stage = vocabulary.with(|view| {
                view.stages
                    .iter()
                    .find(|stage| stage.grades.contains(&grade))
                    .map(|stage| stage.name.clone())
                    .unwrap_or_default()
            });
            form.stage.set(stage);
        }
        grade
    });
    Effect::new(move |before: Option<()>| {
        let volume = form.volume.get();
        let offered = volumes();
        if before.is_some() && !offered.iter().any(|(id, _)| *id == volume) {
            form.volume.set(String::new());
            form.unit.set(String::new());
        }
    });
    macro_rules! words {
        ($($key:tt)*) => { Signal::derive(move || t_string!(i18n, $($key)*).to_string()) };
    }
    view! {
        <SelectField id=ids.subject label=words!(facet.subject) value=form.subject options=Signal::derive(subjects)/>
        <SelectField id=ids.grade label=words!(facet.grade) value=form.grade options=Signal::derive(grades)/>
        <SelectField id=ids.volume label=words!(item_form.volume) value=form.volume options=Signal::derive(volumes)/>
        <SelectField id=ids.unit label=words!(item_form.unit) value=form.unit options=Signal::derive(places)/>
        <SelectField id=ids.lesson_type label=words!(facet.lesson_type) value=form.lesson_type options=Signal::derive(lesson_types)/>
    }
}

/// What else is said: description, authors, licence, tags.
#[component]
pub fn MoreFields(form: WordsForm, ids: FieldIds, tried: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let said = move |wrong: Wrong| tried.get() && form.wrong() == Some(wrong);
    let licences = move || {
        Licence::ALL.iter().map(|licence| (licence.as_str().to_owned(), licence_words(*licence))).collect::<Vec<_>>()
    };
    let elsewhere = move || form.licence.with(|licence| licence == Licence::Elsewhere.as_str());
    let no_source =
        Signal::derive(move || said(Wrong::NoSource).then(|| t_string!(i18n, item_form.no_source).to_string()));
    let tags = Signal::derive(move || said(Wrong::Tags).then(|| t_string!(i18n, item_form.tags_wrong).to_string()));
    macro_rules! words {
        ($($key:tt)*) => { Signal::derive(move || t_string!(i18n, $($key)*).to_string()) };
    }
    view! {
        <div class="field">
            <label for=ids.description>{t!(i18n, item_form.description)}</label>
            <textarea class="input" id=ids.description rows="3" maxlength=MAX_DESCRIPTION_CHARS.to_string() prop:value=form.description on:input=move |event| form.description.set(event_target_value(&event))></textarea>
        </div>
        <Authors form id=ids.authors/>
        <SelectField id=ids.licence label=words!(item_form.licence) value=form.licence options=Signal::derive(licences)/>
        <Show when=move || elsewhere() || form.source.with(|source| !source.is_empty())>
            <TextField id=ids.source label=words!(item_form.source) value=form.source wrong=no_source/>
        </Show>
        <TextField id=ids.tags label=words!(facet.tag) value=form.tags hint=words!(item_form.tags_hint) wrong=tags/>
    }
}

/// Whoever made it: people of here by name, pinyin or initials, and names from elsewhere.
#[component]
fn Authors(form: WordsForm, id: &'static str) -> impl IntoView {
    let i18n = use_i18n();
    let choices = RwSignal::new(Vec::<Choice>::new());
    let found = StoredValue::new(Vec::<AuthorCard>::new());
    let turn = StoredValue::new(0_u32);
    let ask = Callback::new(move |words: String| {
        let now = turn.get_value() + 1;
        turn.set_value(now);
        spawn_local(async move {
            let people = fetch::get::<Found>(&format!("/api/people?q={}", dom::encode(&words))).await;
            if turn.try_get_value() != Some(now) {
                return;
            }
            let people = people.map(|found| found.people).unwrap_or_default();
            let name: String = words.chars().take(LONGEST_NAME).collect();
            let mut cards: Vec<_> = people.into_iter().map(AuthorCard::Person).collect();
            cards.push(AuthorCard::Name(name));
            let lines = cards.iter().enumerate().map(|(at, card)| Choice {
                key: at.to_string(),
                name: name_of(card),
                view: choice_view(card.clone()),
            });
            choices.set(lines.collect());
            found.set_value(cards);
        });
    });
    let take = Callback::new(move |key: String| {
        let card = key.parse::<usize>().ok().and_then(|at| found.with_value(|found| found.get(at).cloned()));
        form.authors.update(|authors| {
            if let Some(card) = card.filter(|card| !authors.contains(card)) {
                authors.push(card);
            }
        });
    });
    let chosen = move || {
        form.authors.get().into_iter().enumerate().map(|(at, card)| {
            let name = name_of(&card);
            let label = t_string!(i18n, item_form.author_off, name = name.clone()).to_string();
            view! {
                <button class="chip" type="button" aria-pressed="true" aria-label=label on:click=move |_| form.authors.update(|authors| { authors.remove(at); })>
                    {name}" "{small_icon("close")}
                </button>
            }
        }).collect_view()
    };
    view! {
        <div class="stack-small">
            <Combobox id label=Signal::derive(move || t_string!(i18n, item_form.authors).to_string()) choices nothing=Signal::derive(move || t_string!(i18n, library.finding).to_string()) ask take/>
            <div class="cluster">{chosen}</div>
        </div>
    }
}

fn name_of(card: &AuthorCard) -> String {
    match card {
        AuthorCard::Person(person) => person.name.clone(),
        AuthorCard::Name(name) => name.clone(),
    }
}

fn choice_view(card: AuthorCard) -> ViewFn {
    let i18n = use_i18n();
    match card {
        AuthorCard::Person(person) => ViewFn::from(move || who(&person)),
        AuthorCard::Name(name) => ViewFn::from(move || {
            let words = t_string!(i18n, item_form.author_elsewhere, name = name.clone()).to_string();
            view! { <span>{words}</span> }
        }),
    }
}

/// The ids of a form's fields. Fields take names for as long as the program, so each form on a page has a set of its own.
#[derive(Debug, Clone, Copy)]
pub struct FieldIds {
    pub title: &'static str,
    pub kind: &'static str,
    pub subject: &'static str,
    pub grade: &'static str,
    pub volume: &'static str,
    pub unit: &'static str,
    pub lesson_type: &'static str,
    pub description: &'static str,
    pub authors: &'static str,
    pub licence: &'static str,
    pub source: &'static str,
    pub tags: &'static str,
}

impl FieldIds {
    /// The set of that number. A set is made once and kept.
    pub fn of(form: u32) -> Self {
        use std::cell::RefCell;
        use std::collections::BTreeMap;
        thread_local!(static SETS: RefCell<BTreeMap<u32, FieldIds>> = const { RefCell::new(BTreeMap::new()) });
        SETS.with_borrow_mut(|sets| {
            *sets.entry(form).or_insert_with(|| {
                let id = |name: &str| -> &'static str { Box::leak(format!("item-{name}-{form}").into_boxed_str()) };
                Self {
                    title: id("title"),
                    kind: id("kind"),
                    subject: id("subject"),
                    grade: id("grade"),
                    volume: id("volume"),
                    unit: id("unit"),
                    lesson_type: id("lesson-type"),
                    description: id("description"),
                    authors: id("authors"),
                    licence: id("licence"),
                    source: id("source"),
                    tags: id("tags"),
                }
            })
        })
    }
}
