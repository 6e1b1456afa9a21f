//! What I have asked to borrow (我借的).

use leptos::prelude::*;
use shared::api::LoanLine;
use shared::library::LoanState;

use super::loans::{state_words, stretch};
use crate::browser::dom;
use crate::components::banner::{Banner, Tone};
use crate::components::empty::Empty;
use crate::components::icon::icon;
use crate::components::pager::Pager;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::loans::own_loans;

#[component]
pub fn OwnLoansPage() -> impl IntoView {
    let i18n = use_i18n();
    let loans = own_loans(expect_context());
    Effect::new(move || dom::set_title(t_string!(i18n, loan.own_tab)));
    view! {
        <main class="main waiting" id="main" tabindex="-1">
            <div class="lead">
                <div><a class="button" data-kind="quiet" href="/library/waiting">{icon("left")}{t!(i18n, waiting.link)}</a><h1>{t!(i18n, loan.own)}</h1></div>
            </div>
            {move || loans.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| loans.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
            })}
            {move || match loans.lines.get() {
                None if loans.failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                Some(lines) if lines.is_empty() => view! { <div class="card"><Empty picture="clock" title=Signal::derive(move || t_string!(i18n, loan.own_empty).to_string()) words=Signal::derive(move || t_string!(i18n, loan.own_empty_words).to_string())><a class="button" href="/library?kind=equipment&kind=venue">{t!(i18n, loan.find)}</a></Empty></div> }.into_any(),
                Some(lines) => view! { <ul class="waits">{lines.into_iter().map(line).collect_view()}</ul> }.into_any(),
            }}
            <Pager label=Signal::derive(move || t_string!(i18n, waiting.older).to_string()) more=Signal::derive(move || loans.has_more()) busy=loans.busy go_on=move |()| loans.more()/>
        </main>
    }
}

fn line(line: LoanLine) -> AnyView {
    let i18n = use_i18n();
    let LoanLine { loan, item, called } = line;
    let (since, until, state) = (loan.since, loan.until, loan.state);
    let kind = if state == LoanState::Agreed { "accent" } else { "line" };
    let item = match item {
        Some(item) => {
            let href = format!("/library/items/{}?loan={}&at={}", item.id, loan.id, since.0);
            view! { <a class="title" href=href>{item.title}</a> }.into_any()
        }
        None if called.is_some() => view! { <span class="title">{called}</span> }.into_any(),
        None => view! { <span class="second">{t!(i18n, loan.gone)}</span> }.into_any(),
    };
    view! {
        <li class="card wait">
            <p class="cluster"><span class="badge" data-kind=kind>{move || state_words(state)}</span><span>{move || stretch(since, until)}</span></p>
            <p>{item}</p>
            <p class="small second said">{loan.purpose}</p>
            {(!loan.words.is_empty()).then(|| view! { <p class="small said">{loan.words}</p> })}
            {(state == LoanState::Lapsed).then(|| view! { <p class="small second">{t!(i18n, loan.lapsed_words)}</p> })}
        </li>
    }
    .into_any()
}
