//! The textbooks of a region: volumes in a list, each to be written as an outline.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{PutVolume, PutVolumeAnswer, VolumeText};
use shared::library::outline::{NotAnOutline, read_outline, read_table};
use shared::library::{Taxon, TaxonSort};
use shared::words::TaxonId;

use crate::browser::dom;
use crate::browser::fetch::Failure;
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::components::empty::Empty;
use crate::components::form::{Deed, DeedForm, SelectField, TextField};
use crate::components::icon::{icon, small_icon};
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::textbooks::{TableProgress, Textbooks};
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::session::Session;
use crate::state::toasts::Toasts;

macro_rules! words {
    ($i18n:ident, $($key:tt)*) => { Signal::derive(move || t_string!($i18n, $($key)*).to_string()) };
}

#[component]
pub fn TextbooksPage() -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    vocabulary.want();
    Effect::new(move || dom::set_title(t_string!(i18n, textbooks.tab)));
    let known = Memo::new(move |_| vocabulary.view.with(Option::is_some));
    let keeps = Memo::new(move |_| vocabulary.with(|view| view.keeps_textbooks));
    let opening = words!(i18n, common.opening);
    view! {
        <main class="main put-in" id="main" tabindex="-1">
            <div class="lead">
                <div><a class="button" data-kind="quiet" href="/library">{icon("left")}{t!(i18n, library.back)}</a><h1>{t!(i18n, textbooks.title)}</h1><p>{t!(i18n, textbooks.words)}</p></div>
            </div>
            {move || vocabulary.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            {move || match (known.get(), keeps.get()) {
                (false, _) if vocabulary.failure.with(Option::is_some) => ().into_any(),
                (false, _) => view! { <Skeleton label=opening/> }.into_any(),
                (true, false) => view! { <Banner tone=Tone::Calm>{t!(i18n, textbooks.not_yours)}</Banner> }.into_any(),
                (true, true) => view! { <Volumes/> }.into_any(),
            }}
        </main>
    }
}

/// Which volume is open.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Opened {
    New,
    Volume(TaxonId),
}

#[component]
fn Volumes() -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    let (subject, grade) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let opened = RwSignal::new(None::<Opened>);
    let pasting = RwSignal::new(false);
    let all = move || (String::new(), t_string!(i18n, textbooks.all).to_string());
    let subjects = move || std::iter::once(all()).chain(subjects(vocabulary)).collect::<Vec<_>>();
    let grades = move || std::iter::once(all()).chain(grades(vocabulary)).collect::<Vec<_>>();
    let volumes = move || {
        let fits = |wanted: RwSignal<String>, has: &str| wanted.with(|wanted| wanted.is_empty() || wanted == has);
        vocabulary.with(|view| {
            let edition = |volume: &Taxon| {
                let parent = view.taxa.iter().find(|node| Some(&node.id) == volume.parent.as_ref());
                parent.map(|node| node.name.clone()).unwrap_or_default()
            };
            let volumes = view.taxa.iter().filter(|node| node.sort == TaxonSort::Volume);
            let volumes = volumes.filter(|node| fits(subject, &node.subject) && fits(grade, &node.grade));
            volumes.map(|node| (node.clone(), edition(node))).collect::<Vec<_>>()
        })
    };
    let is_empty = move || vocabulary.with(|view| view.taxa.is_empty());
    let title = move || match opened.get() {
        Some(Opened::New) => t_string!(i18n, textbooks.add).to_string(),
        Some(Opened::Volume(_)) | None => t_string!(i18n, textbooks.change).to_string(),
    };
    let close = Callback::new(move |()| opened.set(None));
    view! {
        <div class="cluster">
            <button class="button" type="button" on:click=move |_| opened.set(Some(Opened::New))>{icon("plus")}{t!(i18n, textbooks.add)}</button>
            <button class="button" type="button" on:click=move |_| pasting.set(true)>{icon("sheet")}{t!(i18n, textbooks.paste)}</button>
        </div>
        {move || if is_empty() {
            view! { <div class="card"><Empty picture="library" title=words!(i18n, textbooks.none) words=words!(i18n, textbooks.none_words)/></div> }.into_any()
        } else {
            view! {
                <div class="fields">
                    <SelectField id="textbooks-subject" label=words!(i18n, facet.subject) value=subject options=Signal::derive(subjects)/>
                    <SelectField id="textbooks-grade" label=words!(i18n, facet.grade) value=grade options=Signal::derive(grades)/>
                </div>
                <ul class="rows" id="volumes">
                    {move || volumes().into_iter().map(|(volume, edition)| {
                        let id = volume.id.clone();
                        let second = [edition, volume.subject, volume.grade].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ");
                        view! { <li class="row"><div class="grow"><button class="title" type="button" on:click=move |_| opened.set(Some(Opened::Volume(id.clone())))>{volume.name}</button><p class="second">{second}</p></div></li> }
                    }).collect_view()}
                </ul>
            }.into_any()
        }}
        <Dialog open=open_while(opened) title=Signal::derive(title)>
            {move || opened.get().map(|opened| view! { <Opening opened close/> })}
        </Dialog>
        <Dialog open=pasting title=words!(i18n, textbooks.paste)><TableForm open=pasting/></Dialog>
    }
}

/// Reads what is to be changed, and then shows its form.
#[component]
fn Opening(opened: Opened, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let read = RwSignal::new(None::<Result<VolumeText, Failure>>);
    let books = books();
    let is_new = opened == Opened::New;
    if let Opened::Volume(id) = opened {
        spawn_local(async move {
            let text = books.read(&id).await;
            let _ = read.try_set(Some(text));
        });
    }
    let opening = words!(i18n, common.opening);
    move || match read.get() {
        _ if is_new => view! { <VolumeForm text=None close/> }.into_any(),
        Some(Ok(text)) => view! { <VolumeForm text=Some(text) close/> }.into_any(),
        Some(Err(failure)) => {
            view! { <div class="body"><Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner></div> }
                .into_any()
        }
        None => view! { <div class="body"><Skeleton label=opening/></div> }.into_any(),
    }
}

#[component]
fn VolumeForm(text: Option<VolumeText>, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    let toasts: Toasts = expect_context();
    let books = books();
    let before = StoredValue::new(text.clone());
    let field =
        |value: fn(&VolumeText) -> &String| RwSignal::new(text.as_ref().map(value).cloned().unwrap_or_default());
    let (edition, name) = (field(|text| &text.edition), field(|text| &text.name));
    let (subject, grade, outline) =
        (field(|text| &text.subject), field(|text| &text.grade), field(|text| &text.outline));
    let tried = RwSignal::new(false);
    // What storing would do to what is there; it is stored when that has been seen.
    let seen = RwSignal::new(None::<(PutVolume, PutVolumeAnswer)>);
    let stays = StoredValue::new(false);
    let missing = move |value: RwSignal<String>| {
        Signal::derive(move || {
            let is_missing = tried.get() && value.with(|value| value.trim().is_empty());
            is_missing.then(|| t_string!(i18n, textbooks.missing).to_string())
        })
    };
    let wrong_line = move || outline.with(|outline| read_outline(outline)).err();
    let deed = Callback::new(move |()| {
        tried.set(true);
        let said = [edition, name, subject].iter().all(|field| field.with_untracked(|text| !text.trim().is_empty()));
        if !said || untrack(wrong_line).is_some() {
            return None;
        }
        let put = PutVolume {
            volume: before.with_value(|text| text.as_ref().map(|text| text.volume.clone())),
            edition: edition.get_untracked(),
            name: name.get_untracked(),
            subject: subject.get_untracked(),
            grade: grade.get_untracked(),
            outline: outline.get_untracked(),
            read: before.with_value(|text| text.as_ref().map(|text| text.read.clone())),
            only_ask: false,
        };
        let is_seen = seen.with_untracked(|seen| seen.as_ref().is_some_and(|(known, _)| *known == put));
        let deed: Deed = Box::pin(async move {
            if !is_seen {
                let answer = books.put(&PutVolume { only_ask: true, ..put.clone() }).await?;
                if !answer.renamed.is_empty() || !answer.ended.is_empty() {
                    stays.set_value(true);
                    let _ = seen.try_set(Some((put, answer)));
                    return Ok(());
                }
            }
            books.put(&put).await?;
            toasts.say(untrack(|| t_string!(i18n, textbooks.stored, name = put.name).to_string()));
            Ok(())
        });
        Some(deed)
    });
    let done = Callback::new(move |()| {
        if stays.get_value() {
            stays.set_value(false);
        } else {
            close.run(());
        }
    });
    let end = move |_| {
        let Some(text) = before.get_value() else { return };
        spawn_local(async move {
            match books.end(&text.volume).await {
                Ok(()) => {
                    let words = untrack(|| t_string!(i18n, textbooks.ended, name = text.name.clone()).to_string());
                    toasts.say_with_undo(words, move || bring_back(books, toasts, &text));
                    close.run(());
                }
                Err(failure) => toasts.say_refused(failure),
            }
        });
    };
    let none = move || (String::new(), t_string!(i18n, item_form.unsaid).to_string());
    let subject_options = move || std::iter::once(none()).chain(subjects(vocabulary)).collect::<Vec<_>>();
    let grade_options = move || std::iter::once(none()).chain(grades(vocabulary)).collect::<Vec<_>>();
    let submit = move || match seen.with(Option::is_some) {
        true => t_string!(i18n, textbooks.store_so).to_string(),
        false => t_string!(i18n, library.store).to_string(),
    };
    let is_old = before.with_value(Option::is_some);
    view! {
        <DeedForm submit=Signal::derive(submit) words=failure_words deed close=done>
            <div class="fields">
                <SelectField id="volume-subject" label=words!(i18n, facet.subject) value=subject options=Signal::derive(subject_options) wrong=missing(subject)/>
                <SelectField id="volume-grade" label=words!(i18n, facet.grade) value=grade options=Signal::derive(grade_options)/>
                <TextField id="volume-edition" label=words!(i18n, facet.edition) value=edition wrong=missing(edition)/>
                <TextField id="volume-name" label=words!(i18n, facet.volume) value=name wrong=missing(name)/>
            </div>
            <OutlineField id="volume-outline" label=words!(i18n, textbooks.outline) hint=words!(i18n, textbooks.outline_hint) value=outline wrong=Signal::derive(wrong_line)/>
            {is_old.then(|| view! { <div><button class="button" data-size="small" data-kind="danger" type="button" on:click=end>{t!(i18n, textbooks.end)}</button></div> })}
            {move || seen.get().map(|(_, answer)| view! { <Effects answer/> })}
        </DeedForm>
    }
}

fn bring_back(books: Textbooks, toasts: Toasts, text: &VolumeText) {
    let VolumeText { volume, edition, name, subject, grade, outline, read: _ } = text.clone();
    let put = PutVolume { volume: Some(volume), edition, name, subject, grade, outline, ..PutVolume::default() };
    spawn_local(async move {
        if let Err(failure) = books.put(&put).await {
            toasts.say_refused(failure);
        }
    });
}

/// What is renamed and what ends, to be looked at before it is stored.
#[component]
fn Effects(answer: PutVolumeAnswer) -> impl IntoView {
    let i18n = use_i18n();
    let PutVolumeAnswer { renamed, ended, .. } = answer;
    let renamed = renamed.into_iter().map(|line| {
        let words = t_string!(i18n, textbooks.renamed, before = line.before, after = line.after).to_string();
        view! { <li>{words}</li> }
    });
    let ended = ended.into_iter().map(|name| {
        let words = t_string!(i18n, textbooks.line_ended, name = name).to_string();
        view! { <li>{words}</li> }
    });
    view! { <div class="inset" role="status"><p>{t!(i18n, textbooks.effects)}</p><ul class="plain-list">{renamed.collect_view()}{ended.collect_view()}</ul></div> }
}

#[component]
fn OutlineField(
    id: &'static str,
    label: Signal<String>,
    hint: Signal<String>,
    value: RwSignal<String>,
    wrong: Signal<Option<NotAnOutline>>,
) -> impl IntoView {
    let below = format!("{id}-hint");
    let described = below.clone();
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <textarea class="input outline-text" id=id rows="14" spellcheck="false" prop:value=value aria-describedby=described aria-invalid=move || wrong.get().map(|_| "true") on:input=move |event| value.set(event_target_value(&event))></textarea>
            {move || match wrong.get() {
                Some(why) => view! { <p class="error" id=below.clone()>{small_icon("warn")}{outline_words(&why)}</p> }.into_any(),
                None => view! { <p class="hint" id=below.clone()>{hint}</p> }.into_any(),
            }}
        </div>
    }
}

fn outline_words(why: &NotAnOutline) -> String {
    let i18n = use_i18n();
    match *why {
        NotAnOutline::NoUnit(line) => t_string!(i18n, textbooks.no_unit, line = line).to_string(),
        NotAnOutline::TooLong(line) => t_string!(i18n, textbooks.too_long, line = line).to_string(),
        NotAnOutline::Twice(line) => t_string!(i18n, textbooks.twice, line = line).to_string(),
        NotAnOutline::TooMany => t_string!(i18n, textbooks.too_large).to_string(),
        NotAnOutline::Incomplete(line) => t_string!(i18n, textbooks.incomplete, line = line).to_string(),
    }
}

/// Many volumes at once, as copied out of a spreadsheet.
#[component]
fn TableForm(open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let books = books();
    let table = RwSignal::new(String::new());
    let progress = RwSignal::new(TableProgress::default());
    let plans = Memo::new(move |_| table.with(|table| read_table(table)));
    let said = move || {
        let (volumes, units) = plans.with(|plans| {
            let plans = plans.as_deref().unwrap_or_default();
            (plans.len(), plans.iter().map(|plan| plan.units.len()).sum::<usize>())
        });
        match progress.get() {
            TableProgress { all: 0, .. } if volumes == 0 => t_string!(i18n, textbooks.table_hint).to_string(),
            TableProgress { all: 0, .. } => {
                t_string!(i18n, textbooks.table_has, volumes = volumes, units = units).to_string()
            }
            TableProgress { stored, all } => {
                t_string!(i18n, textbooks.table_stored, stored = stored, all = all).to_string()
            }
        }
    };
    let deed = Callback::new(move |()| {
        let plans = plans.get_untracked().ok().filter(|plans| !plans.is_empty())?;
        let count = plans.len();
        let deed: Deed = Box::pin(async move {
            books.put_table(plans, progress).await?;
            toasts.say(untrack(|| t_string!(i18n, textbooks.table_done, count = count).to_string()));
            Ok(())
        });
        Some(deed)
    });
    view! {
        <DeedForm submit=words!(i18n, library.store) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <OutlineField id="textbooks-table" label=words!(i18n, textbooks.table) hint=Signal::derive(said) value=table wrong=Signal::derive(move || plans.with(|plans| plans.as_ref().err().cloned()))/>
        </DeedForm>
    }
}

fn books() -> Textbooks {
    Textbooks::new(expect_context::<Session>(), expect_context())
}

fn subjects(vocabulary: LibraryVocabulary) -> Vec<(String, String)> {
    let words = vocabulary.with(|view| view.subjects.iter().chain(&view.domains).cloned().collect::<Vec<_>>());
    words.into_iter().map(|word| (word.clone(), word)).collect()
}

fn grades(vocabulary: LibraryVocabulary) -> Vec<(String, String)> {
    let grades = vocabulary.with(|view| view.stages.iter().flat_map(|stage| stage.grades.clone()).collect::<Vec<_>>());
    grades.into_iter().map(|grade| (grade.clone(), grade)).collect()
}
