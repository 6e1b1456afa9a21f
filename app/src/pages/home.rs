use leptos::prelude::*;
use shared::api::{PersonCard, Which};
use shared::words::DocumentKind;

use crate::browser::clock::{self, Shape};
use crate::browser::{dom, storage};
use crate::components::banner::{Banner, Tone};
use crate::components::document_row::DocumentRow;
use crate::components::empty::Empty;
use crate::components::icon::{icon, kind_icon};
use crate::components::person::who;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::create::CreateDialog;
use crate::pages::words::{failure_words, kind_name};
use crate::state::documents::{Documents, Narrow};
use crate::state::preferences::tag;
use crate::state::session::Session;
use crate::state::way::Way;

/// How many recent documents the home page shows.
const RECENT: usize = 8;

/// What I last worked on, what is still only on this computer, and my teams.
#[component]
pub fn HomePage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let documents = Documents::new(session);
    documents.show(&Narrow { which: Which::Recent, ..Narrow::default() });
    let creating = RwSignal::new(None::<DocumentKind>);
    Effect::new(move || dom::set_title(t_string!(i18n, home.tab)));
    let today = move || clock::write_date(clock::wall(), Shape::DayAndWeekday, tag(i18n.get_locale()));
    let group = move || session.me().and_then(|me| me.group).map(|group| format!(" · {group}"));
    view! {
        <main class="main home" id="main" tabindex="-1">
            <div class="lead">
                <div>
                    <h1>{t!(i18n, home.title)}</h1>
                    <p>{today}{group}</p>
                </div>
                <div class="actions">
                    <button class="button" data-kind="primary" type="button" on:click=move |_| creating.set(Some(DocumentKind::LessonPlan))>
                        {icon("plus")}{t!(i18n, documents.make)}
                    </button>
                </div>
            </div>
            <WaitingHere/>
            <div class="home-grid">
                <div class="stack">
                    <section aria-labelledby="h-recent">
                        <h2 class="heading" id="h-recent">{t!(i18n, home.recent)}<a href="/documents">{t!(i18n, home.all)}</a></h2>
                        <Recent documents creating/>
                    </section>
                </div>
                <aside class="stack" aria-label=move || t_string!(i18n, home.beside)>
                    <section class="card" aria-labelledby="h-new">
                        <h2 id="h-new">{t!(i18n, home.start)}</h2>
                        <div class="starts">
                            {[DocumentKind::LessonPlan, DocumentKind::Resource, DocumentKind::Agenda, DocumentKind::Page].map(|kind| view! {
                                <button class="button" type="button" on:click=move |_| creating.set(Some(kind))>{kind_icon(kind)}{move || kind_name(kind)}</button>
                            })}
                        </div>
                    </section>
                    <Here documents/>
                    <Teams/>
                </aside>
            </div>
            <CreateDialog kind=creating/>
        </main>
    }
}

#[component]
fn Recent(documents: Documents, creating: RwSignal<Option<DocumentKind>>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        if let Some(failure) = documents.failure.get() {
            return view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| documents.again()>{t!(i18n, common.try_again)}</button> }>
                    {failure_words(&failure)}
                </Banner>
            }.into_any();
        }
        match documents.lines.get() {
            None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
            Some(lines) if lines.is_empty() => view! {
                <div class="card">
                    <Empty picture="doc" title=Signal::derive(move || t_string!(i18n, home.empty_title).to_string()) words=Signal::derive(move || t_string!(i18n, home.empty_words).to_string())>
                        <button class="button" type="button" on:click=move |_| creating.set(Some(DocumentKind::LessonPlan))>{t!(i18n, home.empty_deed)}</button>
                    </Empty>
                </div>
            }.into_any(),
            Some(lines) => view! { <ul class="rows">{lines.into_iter().take(RECENT).map(|card| view! { <DocumentRow card/> }).collect_view()}</ul> }.into_any(),
        }
    }
}

/// Edits that are on this computer and not yet on the server, from documents that are not open now.
#[component]
fn WaitingHere() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let way: Way = expect_context();
    let waiting = RwSignal::new(Vec::<storage::WaitingDocument>::new());
    if let Some(person) = session.person() {
        leptos::task::spawn_local(async move {
            if let Ok(found) = storage::waiting(&person).await {
                let _ = waiting.try_set(found);
            }
        });
    }
    move || {
        waiting.get().into_iter().map(|document| {
            let href = document.href();
            let rel = way.rel(&href);
            let deed = move || view! { <a class="button" data-kind="quiet" data-size="small" href=href.clone() rel=rel>{t!(i18n, home.waiting_open)}</a> };
            let title = document.title;
            match document.what {
                storage::What::Draft => view! {
                    <Banner tone=Tone::Warn picture="copy" deed>
                        <strong>{move || t_string!(i18n, home.draft, title = title.clone()).to_string()}</strong>{t!(i18n, home.draft_safe)}
                    </Banner>
                }.into_any(),
                storage::What::Edits => view! {
                    <Banner tone=Tone::Calm picture="offline" deed>
                        <strong>{move || t_string!(i18n, home.waiting, title = title.clone()).to_string()}</strong>{t!(i18n, home.waiting_safe)}
                    </Banner>
                }.into_any(),
                storage::What::Spoken => view! {
                    <Banner tone=Tone::Calm picture="offline" deed>
                        <strong>{move || t_string!(i18n, home.spoken, title = title.clone()).to_string()}</strong>{t!(i18n, home.waiting_safe)}
                    </Banner>
                }.into_any(),
            }
        }).collect_view()
    }
}

/// Who is in one of these documents now.
#[component]
fn Here(documents: Documents) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let people = move || {
        let mut people: Vec<(PersonCard, String)> = Vec::new();
        documents.lines.with(|lines| {
            for card in lines.iter().flatten() {
                for person in &card.here {
                    let me = Some(&person.id) == session.person().as_ref();
                    if !me && people.iter().all(|(known, _)| known.id != person.id) {
                        people.push((person.clone(), card.title.clone()));
                    }
                }
            }
        });
        people
    };
    move || {
        let people = people();
        (!people.is_empty()).then(|| view! {
            <section class="card" aria-labelledby="h-here">
                <h2 id="h-here">{t!(i18n, home.here)}</h2>
                <ul class="stack tight">
                    {people.into_iter().map(|(person, title)| view! { <li class="split">{who(&person)}<small class="quiet truncate">{title}</small></li> }).collect_view()}
                </ul>
            </section>
        })
    }
}

#[component]
fn Teams() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    view! {
        <section class="card" aria-labelledby="h-teams">
            <h2 id="h-teams">{t!(i18n, home.teams)}</h2>
            {move || {
                let teams = session.me().map(|me| me.teams).unwrap_or_default();
                if teams.is_empty() {
                    view! { <p class="quiet small">{t!(i18n, home.no_teams)}</p> }.into_any()
                } else {
                    view! {
                        <ul class="stack tight">
                            {teams.into_iter().map(|team| view! {
                                <li class="split"><span>{team.name}</span><small class="quiet nowrap">{move || t_string!(i18n, home.members, count = team.members).to_string()}</small></li>
                            }).collect_view()}
                        </ul>
                    }.into_any()
                }
            }}
        </section>
    }
}
