//! A question in the list: what is asked, by whom, how it stands, and what one can do with it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{DecideQuestion, MediaCard, QuestionCard};
use shared::board::Board;
use shared::tutoring::QuestionState;
use shared::words::QuestionId;

use super::decide::Asked;
use super::pins::{FIELD, go_to};
use super::words::{as_said, time_of};
use crate::browser::{dom, page};
use crate::components::clip_player::ClipPlayer;
use crate::components::icon::{icon, small_icon};
use crate::components::menu::Menu;
use crate::components::person::{by, seal};
use crate::i18n::*;
use crate::state::open_document::OpenDocument;
use crate::state::toasts::Toasts;
use crate::state::tutoring::media_address;
use crate::state::tutoring::room::Room;

#[component]
pub fn QuestionRow(
    room: Room,
    document: OpenDocument<Board>,
    id: QuestionId,
    asked: RwSignal<Option<Asked>>,
) -> impl IntoView {
    let id = StoredValue::new(id);
    let card = Memo::new(move |_| id.with_value(|id| room.queue.card(id)));
    let state = Memo::new(move |_| card.with(|card| card.as_ref().map(|card| card.state)));
    let taken = move || state.get() == Some(QuestionState::Taken);
    let kind = move || match state.get() {
        Some(QuestionState::Answered) => Some("done"),
        Some(QuestionState::Aside) => Some("aside"),
        Some(QuestionState::Asked | QuestionState::Taken | QuestionState::Merged | QuestionState::Withdrawn) | None => {
            None
        }
    };
    view! {
        <li id=id.with_value(|id| format!("question-{id}")) tabindex="-1" aria-current=move || taken().then_some("true") data-kind=kind>
            <Mark room card/>
            <div>{move || card.get().map(|card| view! { <Said room document card/> })}</div>
            <Deeds room card asked/>
        </li>
    }
}

/// How many want to know it, and whether one is among them; or that it was answered.
#[component]
fn Mark(room: Room, card: Memo<Option<QuestionCard>>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let waits = Memo::new(move |_| card.with(|card| card.as_ref().is_some_and(|card| card.state.waits())));
    let votes = Memo::new(move |_| card.with(|card| card.as_ref().map_or(0, |card| card.votes)));
    let voted = Memo::new(move |_| card.with(|card| card.as_ref().is_some_and(|card| card.voted || card.mine)));
    let mine = Memo::new(move |_| card.with(|card| card.as_ref().is_some_and(|card| card.mine)));
    let asks = Memo::new(move |_| room.asks());
    let answered = move || card.with(|card| card.as_ref().is_some_and(|card| card.state == QuestionState::Answered));
    let press = move |_| {
        let Some((id, voted)) = card.with_untracked(|card| card.as_ref().map(|card| (card.id.clone(), card.voted)))
        else {
            return;
        };
        // Whoever asked it is counted anyway.
        if mine.get_untracked() {
            return;
        }
        spawn_local(async move {
            if let Err(failure) = room.queue.vote(id, !voted).await {
                toasts.say_refused(failure);
            }
        });
    };
    let label = move || t_string!(i18n, room.vote, count = votes.get()).to_string();
    move || {
        match (waits.get(), asks.get()) {
        (true, true) => view! {
            <button class="vote" type="button" aria-pressed=move || voted.get().to_string() aria-disabled=move || mine.get().then_some("true") aria-label=label
                title=move || mine.get().then(|| t_string!(i18n, room.yours)) on:click=press>{icon("vote")}<b>{votes}</b></button>
        }
        .into_any(),
        (true, false) => view! { <span class="vote" role="img" aria-label=move || t_string!(i18n, room.wanted, count = votes.get()).to_string()>{icon("vote")}<b>{votes}</b></span> }.into_any(),
        (false, _) => view! { <span class="vote" aria-hidden="true">{if answered() { icon("check") } else { icon("clock") }}</span> }.into_any(),
    }
    }
}

/// The words: the question, who asked it, and what was answered.
#[component]
fn Said(room: Room, document: OpenDocument<Board>, card: QuestionCard) -> impl IntoView {
    let i18n = use_i18n();
    let QuestionCard {
        id,
        text,
        by: author,
        school,
        place,
        quote,
        follows,
        at,
        state,
        decided_by,
        moment,
        answer,
        mine,
        photo,
        clip,
        ..
    } = card;
    let media = (photo.is_some() || clip.is_some()).then(|| view! { <Seen room photo clip/> });
    let who = match author {
        Some(author) if author.school.is_empty() => by(&author.person),
        Some(author) => {
            view! { <span class="by">{author.person.name}<span class="quiet">"（"{author.school}"）"</span></span> }
                .into_any()
        }
        None => view! { <span class="by">{school.as_ref().map(seal)}{t!(i18n, room.nameless)}</span> }.into_any(),
    };
    let followed = follows.map(|follows| {
        let words = room.queue.card(&follows).map(|card| card.text).unwrap_or_default();
        view! { <p class="small quiet truncate">{t!(i18n, room.follows)}{words}</p> }
    });
    let here = place.map(|place| {
        let number = room.queue.ordinal(&id);
        view! {
            <button class="link" type="button" on:click=move |_| go_to(document, place)>
                {small_icon("pin")}{t_string!(i18n, room.place, page = place.page, number = number).to_string()}
            </button>
        }
    });
    let standing = match state {
        QuestionState::Answered => Some(match moment {
            Some(moment) => t_string!(i18n, room.answered_at, time = as_said(moment)).to_string(),
            None => t_string!(i18n, room.answered).to_string(),
        }),
        QuestionState::Aside => Some(t_string!(i18n, room.aside).to_string()),
        QuestionState::Asked | QuestionState::Taken | QuestionState::Merged | QuestionState::Withdrawn => None,
    };
    let answer = (!answer.is_empty()).then(|| {
        view! {
            <div class="answer">
                {decided_by.map(|person| view! { <p class="small second">{t_string!(i18n, room.answer_of, name = person.name).to_string()}</p> })}
                <p class="text">{answer}</p>
            </div>
        }
    });
    view! {
        {(state == QuestionState::Taken).then(|| view! { <p class="small strong accent">{t!(i18n, room.being_answered)}</p> })}
        {followed}
        {(!quote.is_empty()).then(|| view! { <blockquote class="small quiet">{quote}</blockquote> })}
        {(!text.is_empty()).then(|| view! { <p class="text" class:strong=state == QuestionState::Taken>{text}</p> })}
        {media}
        <p class="meta">{who}<span class="quiet">{time_of(at)}{mine.then(|| format!(" · {}", t_string!(i18n, room.yours)))}</span>{standing.map(|words| view! { <span class="second">{words}</span> })}{here}</p>
        {answer}
    }
}

/// What was shown and spoken with it.
#[component]
pub fn Seen(room: Room, photo: Option<MediaCard>, clip: Option<MediaCard>) -> impl IntoView {
    let i18n = use_i18n();
    let address = move |media: &MediaCard| media_address(&room.id(), &media.id);
    let photo = photo.map(|photo| {
        let (href, src) = (address(&photo), address(&photo));
        let (width, height) = (photo.width.map(|side| side.to_string()), photo.height.map(|side| side.to_string()));
        view! {
            <a href=href target="_blank" rel="noopener" title=move || t_string!(i18n, clip.photo_open)>
                <img src=src width=width height=height loading="lazy" alt=move || t_string!(i18n, clip.photo)/>
            </a>
        }
    });
    let clip = clip.map(|clip| {
        let name = Signal::derive(move || t_string!(i18n, clip.question).to_string());
        view! { <ClipPlayer src=address(&clip) millis=clip.millis.unwrap_or_default() peaks=clip.peaks name/> }
    });
    view! { <div class="question-media">{clip}{photo}</div> }
}

/// What host and helpers do with it, and whoever asked.
#[component]
fn Deeds(room: Room, card: Memo<Option<QuestionCard>>, asked: RwSignal<Option<Asked>>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let leads = Memo::new(move |_| room.leads());
    let asks = Memo::new(move |_| room.asks());
    let state = Memo::new(move |_| card.with(|card| card.as_ref().map(|card| card.state)));
    let mine = Memo::new(move |_| card.with(|card| card.as_ref().is_some_and(|card| card.mine)));
    let busy = RwSignal::new(false);
    let id = move || card.with_untracked(|card| card.as_ref().map(|card| card.id.clone()));
    let decide = move |decision: DecideQuestion| {
        let Some(id) = id().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        spawn_local(async move {
            let answer = room.queue.decide(id, decision).await;
            let _ = busy.try_set(false);
            if let Err(failure) = answer {
                toasts.say_refused(failure);
            }
        });
    };
    let ask = move |of: fn(QuestionId) -> Asked| asked.set(id().map(of));
    let follow_up = move |_| {
        room.asking.draft.update(|draft| draft.follows = id());
        page::later(0, || dom::focus_id(FIELD));
    };
    let is = move |wanted: &'static [QuestionState]| state.get().is_some_and(|state| wanted.contains(&state));
    use QuestionState::{Answered, Aside, Asked as Waits, Taken};
    let first = move || {
        leads.get().then(|| {
            view! {
                {move || is(&[Waits]).then(|| view! { <button class="button" data-size="small" type="button" aria-busy=move || busy.get().then_some("true") on:click=move |_| decide(DecideQuestion::Take)>{t!(i18n, room.take)}</button> })}
                {move || is(&[Taken]).then(|| view! {
                    <button class="button" data-kind="primary" data-size="small" type="button" aria-busy=move || busy.get().then_some("true") on:click=move |_| decide(DecideQuestion::AnsweredLive { moment: None })>{t!(i18n, room.answered_live)}</button>
                    <button class="button" data-size="small" type="button" on:click=move |_| ask(Asked::Answer)>{t!(i18n, room.write_answer)}</button>
                })}
            }
        })
    };
    let has_menu = move || leads.get() || (mine.get() && is(&[Waits, Taken])) || (asks.get() && is(&[Answered]));
    let menu = move || {
        has_menu().then(|| {
            view! {
                <Menu label=Signal::derive(move || t_string!(i18n, room.deeds).to_string()) size="small" face=ViewFn::from(|| icon("more"))>
                    {move || (leads.get() && is(&[Waits])).then(|| view! { <button role="menuitem" type="button" on:click=move |_| decide(DecideQuestion::AnsweredLive { moment: None })>{icon("check")}{t!(i18n, room.answered_live)}</button> })}
                    {move || (leads.get() && is(&[Waits, Answered, Aside])).then(|| view! { <button role="menuitem" type="button" on:click=move |_| ask(Asked::Answer)>{icon("pen")}{t!(i18n, room.write_answer)}</button> })}
                    {move || (leads.get() && is(&[Waits, Taken])).then(|| view! {
                        <button role="menuitem" type="button" on:click=move |_| ask(Asked::Merge)>{icon("link")}{t!(i18n, room.merge)}</button>
                        <button role="menuitem" type="button" on:click=move |_| decide(DecideQuestion::PutAside)>{icon("clock")}{t!(i18n, room.put_aside)}</button>
                    })}
                    {move || (leads.get() && is(&[Taken, Answered, Aside])).then(|| view! { <button role="menuitem" type="button" on:click=move |_| decide(DecideQuestion::Reopen)>{icon("undo")}{t!(i18n, room.reopen)}</button> })}
                    {move || (asks.get() && is(&[Answered])).then(|| view! { <button role="menuitem" type="button" on:click=follow_up>{icon("plus")}{t!(i18n, room.follow_up)}</button> })}
                    {move || (mine.get() && is(&[Waits, Taken])).then(|| view! { <button role="menuitem" type="button" data-kind="danger" on:click=move |_| ask(Asked::Withdraw)>{icon("trash")}{t!(i18n, room.withdraw)}</button> })}
                </Menu>
            }
        })
    };
    view! { <div class="deeds" data-leads=move || leads.get().then_some("")>{first}{menu}</div> }
}
