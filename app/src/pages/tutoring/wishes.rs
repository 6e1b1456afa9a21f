//! Requests for sessions (走网申请): one's own with what came of them, and those that one decides on.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::api::{WishCard, WishedTime};
use shared::pages::session_address;
use shared::tutoring::WishState;

use super::times::time_words;
use super::wish_deeds::{Asked, DecideDialog, Deed};
use super::words::kind_name;
use crate::browser::dom;
use crate::components::banner::{Banner, Tone};
use crate::components::empty::Empty;
use crate::components::icon::{icon, small_icon};
use crate::components::pager::Pager;
use crate::components::person::who;
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::session::Session;
use crate::state::tutoring::wishes::{Whose, Wishes};

#[component]
pub fn WishesPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let query = use_query_map();
    let wishes = Wishes::new(session);
    let pages = wishes.pages;
    let whose = Memo::new(move |_| {
        query.with(|query| query.get("whose")).and_then(|name| Whose::named(&name)).unwrap_or_default()
    });
    let asked: Asked = RwSignal::new(None);
    Effect::new(move || wishes.show(whose.get()));
    Effect::new(move || dom::set_title(t_string!(i18n, wish.tab)));
    let waiting = move || {
        Some(pages.beside.get())
            .filter(|waiting| *waiting > 0)
            .map(|waiting| view! { <span class="count">{waiting}</span> })
    };
    view! {
        <main class="main sessions" id="main" tabindex="-1">
            <div class="lead">
                <div><a class="button" data-kind="quiet" data-size="small" href="/tutoring">{icon("left")}{t!(i18n, tutoring.title)}</a><h1>{t!(i18n, tutoring.wishes)}</h1></div>
                <div class="actions"><a class="button" data-kind="primary" href="/tutoring/wishes/new">{icon("plus")}{t!(i18n, tutoring.wish)}</a></div>
            </div>
            <nav class="tabs documents-tabs" aria-label=move || t_string!(i18n, wish.whose)>
                <a href="/tutoring/wishes" aria-current=move || (whose.get() == Whose::Mine).then_some("page")>{t!(i18n, wish.mine)}</a>
                <a href="/tutoring/wishes?whose=shelves" aria-current=move || (whose.get() == Whose::Shelves).then_some("page")>{t!(i18n, wish.to_us)}{waiting}</a>
            </nav>
            {move || pages.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| pages.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
            })}
            {move || match pages.lines.get() {
                None if pages.failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                Some(lines) if lines.is_empty() => view! { <Nothing whose/> }.into_any(),
                Some(lines) => view! { <ul class="wishes">{lines.into_iter().map(|card| view! { <Line card asked/> }).collect_view()}</ul> }.into_any(),
            }}
            <Pager label=Signal::derive(move || t_string!(i18n, tutoring.more).to_string()) more=Signal::derive(move || pages.has_more()) busy=pages.busy go_on=Callback::new(move |()| pages.more())/>
            <DecideDialog wishes asked/>
        </main>
    }
}

#[component]
fn Nothing(whose: Memo<Whose>) -> impl IntoView {
    let i18n = use_i18n();
    let title = Signal::derive(move || match whose.get() {
        Whose::Mine => t_string!(i18n, wish.none_mine).to_string(),
        Whose::Shelves => t_string!(i18n, wish.none_to_us).to_string(),
    });
    let words = Signal::derive(move || match whose.get() {
        Whose::Mine => t_string!(i18n, tutoring.none_wish).to_string(),
        Whose::Shelves => t_string!(i18n, wish.none_to_us_words).to_string(),
    });
    view! { <div class="card"><Empty picture="session" title words/></div> }
}

pub fn state_words(state: WishState) -> String {
    let i18n = use_i18n();
    match state {
        WishState::Asked => t_string!(i18n, wish.asked),
        WishState::Accepted => t_string!(i18n, wish.accepted),
        WishState::Declined => t_string!(i18n, wish.declined),
        WishState::Withdrawn => t_string!(i18n, wish.withdrawn),
    }
    .to_string()
}

#[component]
fn Line(card: WishCard, asked: Asked) -> impl IntoView {
    let i18n = use_i18n();
    let (kind, state, at) = (card.kind, card.state, card.at);
    let mark = match state {
        WishState::Asked | WishState::Accepted => "accent",
        WishState::Declined | WishState::Withdrawn => "line",
    };
    let times = card.times.iter().map(|WishedTime { begins, minutes }| {
        let (begins, minutes) = (*begins, *minutes);
        view! { <li>{small_icon("clock")}{move || time_words(begins, minutes)}</li> }
    });
    let times = times.collect_view();
    let answer = card.decided_by.as_ref().filter(|_| state != WishState::Withdrawn).map(|by| {
        let said = card.said.clone();
        view! { <div class="inset stack-small"><p class="cluster">{who(by)}{card.decided.map(|at| view! { <span class="tiny quiet nowrap">{move || spoken(at)}</span> })}</p>{(!said.is_empty()).then(|| view! { <p class="said">{said}</p> })}</div> }
    });
    let to_session = card.session.as_ref().map(|id| {
        view! { <a class="button" data-kind="primary" data-size="small" href=session_address(id)>{t!(i18n, wish.see)}</a> }
    });
    let (decides, may_withdraw) = (card.decides, card.mine && state == WishState::Asked);
    let shelf = card.shelf.name.clone();
    let (person, school) = (card.person.clone(), card.school.name.clone());
    let (title, words) = (card.title.clone(), card.words.clone());
    let card = StoredValue::new(card);
    let deed = move |deed: Deed| asked.set(Some((card.get_value(), deed)));
    view! {
        <li class="card stack wish">
            <p class="cluster">
                <span class="badge" data-kind="accent">{move || kind_name(kind)}</span>
                <span class="badge" data-kind=mark>{move || state_words(state)}</span>
                <span class="tiny quiet nowrap">{move || spoken(at)}</span>
            </p>
            <h2>{title}</h2>
            <p class="meta">{who(&person)}<span>{move || t_string!(i18n, wish.from_to, school = school.clone(), shelf = shelf.clone()).to_string()}</span></p>
            {(!words.is_empty()).then(|| view! { <p class="said">{words}</p> })}
            <ul class="wished-times" aria-label=move || t_string!(i18n, wish.times)>{times}</ul>
            {answer}
            {(decides || may_withdraw || to_session.is_some()).then(|| view! {
                <div class="cluster">
                    {to_session}
                    {decides.then(|| view! {
                        <button class="button" data-kind="primary" data-size="small" type="button" on:click=move |_| deed(Deed::Accept)>{t!(i18n, wish.accept)}</button>
                        <button class="button" data-size="small" type="button" on:click=move |_| deed(Deed::Decline)>{t!(i18n, wish.decline)}</button>
                    })}
                    {may_withdraw.then(|| view! { <button class="button" data-kind="quiet" data-size="small" type="button" on:click=move |_| deed(Deed::Withdraw)>{t!(i18n, wish.withdraw)}</button> })}
                </div>
            })}
        </li>
    }
}
