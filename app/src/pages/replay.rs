//! Playing back a board, alone or with all that happened in its session.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use shared::api::{ClipCard, ClipList, DocumentCard, QuestionCard, QuestionList, SessionView};
use shared::tutoring::QuestionState;
use shared::words::{DocumentId, TutoringId, UnixMillis};

use crate::browser::dom;
use crate::browser::fetch::{self, Failure};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::person::by;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::missing::MissingPage;
use crate::pages::words::failure_words;
use crate::replay::bar::Scrubber;
use crate::replay::board::ReplayBoard;
use crate::replay::reel::Reel;
use crate::replay::tape::{Loading, Tape};
use crate::replay::text::ReplayText;
use crate::replay::voices::{ReplayVoices, voices};
use crate::state::session::Session;
use crate::wording::length::clock;

/// What is asked for once, when the page opens.
type Asked<T> = RwSignal<Option<Result<T, Failure>>>;

fn ask<T>(session: Session, ask: impl Future<Output = Result<T, Failure>> + 'static) -> Asked<T>
where
    T: Clone + Send + Sync + 'static,
{
    let asked = RwSignal::new(None);
    spawn_local(async move {
        let answer = ask.await.map_err(|failure| session.heed(failure));
        drop(asked.try_set(Some(answer)));
    });
    asked
}

/// What was asked for, or why it is not there; for a 404 the page that says so.
fn answered<T: Clone + Send + Sync + 'static>(
    asked: Asked<T>,
    show: impl Fn(T) -> AnyView + 'static,
) -> impl Fn() -> AnyView {
    let i18n = use_i18n();
    move || match asked.get() {
        None => {
            let label = Signal::derive(move || t_string!(i18n, common.opening).to_string());
            view! { <main class="main" id="main" tabindex="-1"><Skeleton label/></main> }.into_any()
        }
        Some(Ok(answer)) => show(answer),
        Some(Err(failure)) if matches!(failure.status(), Some(403 | 404)) => view! { <MissingPage/> }.into_any(),
        Some(Err(failure)) => view! {
            <main class="main" id="main" tabindex="-1">
                <Banner tone=Tone::Warn picture="offline">{failure_words(&failure)}</Banner>
            </main>
        }
        .into_any(),
    }
}

/// `/boards/:id/replay`.
#[component]
pub fn BoardReplayPage() -> impl IntoView {
    let session: Session = expect_context();
    let id = use_params_map().with_untracked(|params| params.get("id")).and_then(|id| id.parse::<DocumentId>().ok());
    let Some(id) = id else { return view! { <MissingPage/> }.into_any() };
    let card = ask(session, async move { fetch::get::<DocumentCard>(&format!("/api/documents/{id}")).await });
    answered(card, move |card| {
        let tape = Tape::of(session, &card.id);
        let reel = Reel::whole(tape);
        let back = format!("/boards/{}", card.id);
        view! {
            <div class="class replay">
                <Head title=card.title back words=Words::Board/>
                <Broken reel/>
                <ReplayBoard reel tape/>
                <Scrubber reel marks=Vec::new()/>
            </div>
        }
        .into_any()
    })
    .into_any()
}

/// `/tutoring/:id/replay`.
#[component]
pub fn SessionReplayPage() -> impl IntoView {
    let session: Session = expect_context();
    let id = use_params_map().with_untracked(|params| params.get("id")).and_then(|id| id.parse::<TutoringId>().ok());
    let Some(id) = id else { return view! { <MissingPage/> }.into_any() };
    let view = ask(session, async move {
        let view: SessionView = fetch::get(&format!("/api/tutoring/{id}")).await?;
        let list: QuestionList = fetch::get(&format!("/api/tutoring/{id}/questions")).await?;
        let said: ClipList = fetch::get(&format!("/api/tutoring/{id}/clips")).await?;
        Ok((view, list.questions, said.clips))
    });
    answered(view, move |(view, questions, clips)| {
        let times = view.opened.zip(view.ended);
        match (times, view.board.clone()) {
            (Some((opened, ended)), Some(board)) => {
                view! { <Session times=(opened, ended) board notes=view.notes title=view.card.title questions clips id=view.card.id/> }
                    .into_any()
            }
            (None, _) | (_, None) => view! { <NotEnded/> }.into_any(),
        }
    })
    .into_any()
}

#[component]
fn NotEnded() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <main class="main" id="main" tabindex="-1">
            <Banner tone=Tone::Calm picture="clock">{t!(i18n, replay.not_ended)}</Banner>
        </main>
    }
}

#[component]
fn Session(
    times: (UnixMillis, UnixMillis),
    board: DocumentId,
    notes: Option<DocumentId>,
    title: String,
    questions: Vec<QuestionCard>,
    clips: Vec<ClipCard>,
    id: TutoringId,
) -> impl IntoView {
    let i18n = use_i18n();
    let session: crate::state::session::Session = expect_context();
    let tape = Tape::of(session, &board);
    let notes = notes.map(|notes| Tape::of(session, &notes));
    let tapes = std::iter::once(tape).chain(notes).collect();
    let voices = voices(&clips);
    let reel = Reel::between(times.0, times.1, tapes).with_voices(voices.clone());
    let back = format!("/tutoring/{id}");
    let mut answered: Vec<_> = questions
        .into_iter()
        .filter(|question| question.state == QuestionState::Answered)
        .filter_map(|question| Some((u64::try_from(question.moment?).ok()?, question)))
        .collect();
    answered.sort_by_key(|(moment, question)| (*moment, question.number));
    let marks: Vec<u64> = answered.iter().map(|(moment, _)| *moment).collect();
    view! {
        <div class="class replay">
            <Head title back words=Words::Session/>
            <Broken reel/>
            <ReplayBoard reel tape/>
            <aside class="panel class-side replay-side" aria-label=move || t_string!(i18n, replay.moments)>
                <div class="body" tabindex="0">
                    <h2>{t!(i18n, replay.moments)}</h2>
                    <Moments reel answered/>
                    {(!clips.is_empty()).then(|| view! { <h2>{t!(i18n, clip.title)}</h2><ReplayVoices reel id clips/> })}
                    {notes.map(|notes| view! { <h2>{t!(i18n, replay.notes)}</h2><Notes reel notes/> })}
                </div>
            </aside>
            <Scrubber reel marks voices/>
        </div>
    }
}

/// What the page goes back to.
#[derive(Clone, Copy, PartialEq)]
enum Words {
    Board,
    Session,
}

#[component]
fn Head(title: String, back: String, words: Words) -> impl IntoView {
    let i18n = use_i18n();
    let whole = title.clone();
    Effect::new(move || dom::set_title(&format!("{whole} · {}", t_string!(i18n, replay.title))));
    let back_words = move || match words {
        Words::Board => t_string!(i18n, replay.back_to_board),
        Words::Session => t_string!(i18n, replay.back),
    };
    view! {
        <header class="doc-head class-head">
            <a class="icon-button" href=back aria-label=back_words data-tip=back_words>{icon("left")}</a>
            <div class="grow class-name"><h1 class="truncate">{title}</h1><span class="badge" data-kind="accent">{t!(i18n, replay.title)}</span></div>
        </header>
    }
}

/// The line broke: what has come can be seen, the rest is asked for again.
#[component]
fn Broken(reel: Reel) -> impl IntoView {
    let i18n = use_i18n();
    let by_line = move || {
        let broken = reel.broken().into_iter().filter(|(_, failure)| *failure == Failure::Unreachable);
        broken.map(|(tape, _)| tape).collect::<Vec<_>>()
    };
    view! {
        <div class="doc-notes">
            <Show when=move || !by_line().is_empty()>
                <Banner tone=Tone::Warn picture="offline" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| untrack(by_line).into_iter().for_each(Tape::fetch_again)>{t!(i18n, common.try_again)}</button> }>
                    {t!(i18n, replay.broken)}
                </Banner>
            </Show>
        </div>
    }
}

/// What was answered live: a press goes there.
#[component]
fn Moments(reel: Reel, answered: Vec<(u64, QuestionCard)>) -> impl IntoView {
    let i18n = use_i18n();
    let moments: Vec<u64> = answered.iter().map(|(moment, _)| *moment).collect();
    // The one that was answered last.
    let current = Memo::new(move |_| moments.iter().rposition(|moment| *moment <= reel.at()));
    if answered.is_empty() {
        return view! { <p class="small second">{t!(i18n, replay.no_moments)}</p> }.into_any();
    }
    let lines = answered.into_iter().enumerate().map(|(at, (moment, question))| {
        let QuestionCard { text, by: asker, school, answer, .. } = question;
        let name = move || t_string!(i18n, replay.go_there, time = clock(moment)).to_string();
        let asker = asker.map(|asker| by(&asker.person));
        let school = school.as_ref().map(crate::components::person::seal);
        view! {
            <li aria-current=move || (current.get() == Some(at)).then_some("true")>
                <button class="link number" type="button" aria-label=name on:click=move |_| reel.seek(moment)>{clock(moment)}</button>
                <div><p>{text}</p><p class="meta">{asker}{school}</p>{(!answer.is_empty()).then(|| view! { <p class="small second">{answer}</p> })}</div>
            </li>
        }
    });
    view! { <ol class="queue replay-moments">{lines.collect_view()}</ol> }.into_any()
}

#[component]
fn Notes(reel: Reel, notes: Tape) -> impl IntoView {
    let i18n = use_i18n();
    let is_refused = Memo::new(
        move |_| matches!(notes.loading.get(), Loading::Broken(failure) if matches!(failure.status(), Some(403 | 404))),
    );
    move || match is_refused.get() {
        true => view! { <p class="small second">{t!(i18n, replay.no_notes)}</p> }.into_any(),
        false => view! { <ReplayText reel tape=notes/> }.into_any(),
    }
}
