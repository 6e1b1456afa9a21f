//! What waits for me (等我的): questions, corrections and requests on what I gave, and what others answered me.

use leptos::prelude::*;
use shared::api::{Waiting, WaitingLine};
use shared::library::{CorrectionState, LoanState};

use super::loans::{state_words, stretch};
use crate::browser::dom;
use crate::components::banner::{Banner, Tone};
use crate::components::empty::Empty;
use crate::components::icon::icon;
use crate::components::pager::Pager;
use crate::components::person::who;
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::waiting::WaitingLines;
use crate::state::session::Session;

#[component]
pub fn WaitingPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let waiting = WaitingLines::read(session);
    Effect::new(move || dom::set_title(t_string!(i18n, waiting.tab)));
    // Whoever looks at the list has seen what is in it.
    Effect::new(move || {
        let newest = waiting.lines.with(|lines| lines.as_ref().and_then(|lines| lines.first().map(|line| line.at)));
        if let Some(at) = newest {
            waiting.note_read(at);
        }
    });
    view! {
        <main class="main waiting" id="main" tabindex="-1">
            <div class="lead">
                <div><a class="button" data-kind="quiet" href="/library">{icon("left")}{t!(i18n, library.back)}</a><h1>{t!(i18n, waiting.title)}</h1><p>{t!(i18n, waiting.words)}</p></div>
                <a class="button" href="/library/loans">{icon("clock")}{t!(i18n, loan.own)}</a>
            </div>
            {move || waiting.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| waiting.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
            })}
            {move || match waiting.lines.get() {
                None if waiting.failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                Some(lines) if lines.is_empty() => view! { <div class="card"><Empty picture="check" title=Signal::derive(move || t_string!(i18n, waiting.empty).to_string()) words=Signal::derive(move || t_string!(i18n, waiting.empty_words).to_string())/></div> }.into_any(),
                Some(lines) => view! { <ul class="waits">{lines.into_iter().map(line).collect_view()}</ul> }.into_any(),
            }}
            <Pager label=Signal::derive(move || t_string!(i18n, waiting.older).to_string()) more=Signal::derive(move || waiting.next.with(Option::is_some)) busy=waiting.busy go_on=Callback::new(move |()| waiting.more())/>
        </main>
    }
}

fn line(line: WaitingLine) -> AnyView {
    let WaitingLine { at, item, by, new, what } = line;
    let href = match &what {
        Waiting::Question { remark, .. }
        | Waiting::Correction { remark, .. }
        | Waiting::Reply { remark, .. }
        | Waiting::Decided { remark, .. }
        | Waiting::Hidden { remark, .. } => format!("/library/items/{}?remark={remark}", item.id),
        // It may lie in the bin.
        Waiting::LoanDecided { state: LoanState::Lapsed, .. } => "/library/loans".to_owned(),
        Waiting::Loan { loan, since, .. } | Waiting::LoanDecided { loan, since, .. } => {
            format!("/library/items/{}?loan={loan}&at={}", item.id, since.0)
        }
    };
    let time = match &what {
        Waiting::Loan { since, until, .. } | Waiting::LoanDecided { since, until, .. } => Some((*since, *until)),
        Waiting::Question { .. }
        | Waiting::Correction { .. }
        | Waiting::Reply { .. }
        | Waiting::Decided { .. }
        | Waiting::Hidden { .. } => None,
    };
    let state = match &what {
        Waiting::LoanDecided { state, .. } => Some(state_words(*state)),
        _ => None,
    };
    let said = said(&what);
    let title = item.title;
    let words = StoredValue::new(what);
    view! {
        <li class="card wait" data-new=new.then_some("")>
            <p class="cluster"><span class="badge" data-kind=if new { "accent" } else { "line" }>{move || words.with_value(kind_words)}</span>{who(&by)}<span class="tiny quiet nowrap">{move || spoken(at)}</span></p>
            {time.map(|(since, until)| view! { <p>{state.map(|state| format!("{state} · "))}{move || stretch(since, until)}</p> })}
            {(!said.is_empty()).then(|| view! { <p class="said">{said}</p> })}
            <p class="small"><a class="title" href=href>"《"{title}"》"</a></p>
        </li>
    }
    .into_any()
}

fn kind_words(what: &Waiting) -> String {
    let i18n = use_i18n();
    match what {
        Waiting::Question { .. } => t_string!(i18n, waiting.question),
        Waiting::Correction { .. } => t_string!(i18n, waiting.correction),
        Waiting::Loan { .. } => t_string!(i18n, waiting.loan),
        Waiting::Reply { .. } => t_string!(i18n, waiting.reply),
        Waiting::Decided { state: CorrectionState::Taken, .. } => t_string!(i18n, waiting.taken),
        Waiting::Decided { .. } => t_string!(i18n, waiting.declined),
        Waiting::Hidden { .. } => t_string!(i18n, waiting.hidden),
        Waiting::LoanDecided { .. } => t_string!(i18n, waiting.loan_decided),
    }
    .to_string()
}

/// What was said, in its own words.
fn said(what: &Waiting) -> String {
    match what {
        Waiting::Question { text, .. } | Waiting::Reply { text, .. } => text.clone(),
        Waiting::Correction { quote, instead, .. } => format!("“{quote}” → “{instead}”"),
        Waiting::Loan { purpose, .. } => purpose.clone(),
        Waiting::Decided { words, .. } | Waiting::LoanDecided { words, .. } => words.clone(),
        Waiting::Hidden { why, .. } => why.clone(),
    }
}
