//! What the schools give one another (各校互通): what of a school's others took into their work, and what it took of theirs.

use leptos::prelude::*;
use shared::api::{Exchange, ExchangeLine, QuotaView};

use crate::browser::dom;
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::Dialog;
use crate::components::empty::Empty;
use crate::components::form::{Deed, DeedForm, SelectField, TextField};
use crate::components::icon::icon;
use crate::components::person::seal;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::exchange::SchoolExchange;
use crate::wording::size::size;

const GB: u64 = 1_000_000_000;

#[component]
pub fn ExchangePage() -> impl IntoView {
    let i18n = use_i18n();
    let school = SchoolExchange::read(expect_context());
    Effect::new(move || dom::set_title(t_string!(i18n, exchange.tab)));
    let options = Signal::derive(move || {
        let schools = school.schools.get().map(|list| list.schools).unwrap_or_default();
        schools.into_iter().map(|line| (line.school.id.to_string(), line.school.name)).collect::<Vec<_>>()
    });
    let is_nowhere = move || school.schools.with(|list| list.as_ref().is_some_and(|list| list.schools.is_empty()));
    view! {
        <main class="main exchange" id="main" tabindex="-1">
            <div class="lead">
                <div><a class="button" data-kind="quiet" href="/library">{icon("left")}{t!(i18n, library.back)}</a><h1>{t!(i18n, exchange.title)}</h1><p>{t!(i18n, exchange.words)}</p></div>
                {move || (options.with(Vec::len) > 1).then(|| view! { <SelectField id="exchange-school" label=Signal::derive(move || t_string!(i18n, exchange.school).to_string()) value=school.chosen options/> })}
            </div>
            {move || school.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| school.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
            })}
            {move || match school.exchange.get() {
                Some(exchange) => sides(exchange),
                None if is_nowhere() => view! { <div class="card"><Empty picture="people" title=Signal::derive(move || t_string!(i18n, exchange.nowhere).to_string()) words=Signal::derive(move || t_string!(i18n, exchange.nowhere_words).to_string())/></div> }.into_any(),
                None if school.failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
            }}
            {move || school.room.get().map(|room| view! { <Room school room/> })}
        </main>
    }
}

fn sides(exchange: Exchange) -> AnyView {
    let i18n = use_i18n();
    let Exchange { school: _, given, taken, given_to, taken_from } = exchange;
    let given = Signal::derive(move || match given {
        0 => t_string!(i18n, exchange.given_none).to_string(),
        count => t_string!(i18n, exchange.given_count, count = count).to_string(),
    });
    let taken = Signal::derive(move || match taken {
        0 => t_string!(i18n, exchange.taken_none).to_string(),
        count => t_string!(i18n, exchange.taken_count, count = count).to_string(),
    });
    view! {
        <div class="sides">
            <section class="card" aria-labelledby="given"><h2 id="given">{t!(i18n, exchange.given)}</h2><p class="second">{given}</p><ul>{given_to.into_iter().map(line).collect_view()}</ul></section>
            <section class="card" aria-labelledby="taken"><h2 id="taken">{t!(i18n, exchange.taken)}</h2><p class="second">{taken}</p><ul>{taken_from.into_iter().map(line).collect_view()}</ul></section>
        </div>
    }
    .into_any()
}

fn line(line: ExchangeLine) -> AnyView {
    let i18n = use_i18n();
    let ExchangeLine { school, uses, items } = line;
    let item = |item: shared::api::TitledItem| {
        let href = format!("/library/items/{}", item.id);
        view! { <li><a href=href>{item.title}</a></li> }
    };
    view! {
        <li>
            <p class="cluster">{seal(&school)}<strong>{school.name}</strong><span class="quiet number">{move || t_string!(i18n, exchange.uses, count = uses).to_string()}</span></p>
            <ul class="evidence small" aria-label=move || t_string!(i18n, exchange.evidence)>{items.into_iter().map(item).collect_view()}</ul>
        </li>
    }
    .into_any()
}

/// How much the school keeps; whoever runs the server says how much it may.
#[component]
fn Room(school: SchoolExchange, room: QuotaView) -> impl IntoView {
    let i18n = use_i18n();
    let QuotaView { used, limit, bin } = room;
    let open = RwSignal::new(false);
    let sets = move || school.schools.with(|list| list.as_ref().is_some_and(|list| list.sets_room));
    let title = Signal::derive(move || t_string!(i18n, exchange.set_room).to_string());
    let is_scarce = used > limit / 10 * 9;
    view! {
        <section class="card" aria-labelledby="room">
            <header><h2 id="room">{t!(i18n, exchange.room)}</h2>
                {move || sets().then(|| view! { <button class="button" data-size="small" type="button" on:click=move |_| open.set(true)>{t!(i18n, exchange.set_room)}</button> })}
            </header>
            <div class="progress"><progress max="1000" value=(used.min(limit) * 1000 / limit.max(1)).to_string() data-kind=is_scarce.then_some("warn") aria-labelledby="room"></progress></div>
            <p class="number">{move || t_string!(i18n, exchange.room_used, used = size(used), limit = size(limit)).to_string()}</p>
            {(bin > 0).then(|| view! { <p class="small second">{move || t_string!(i18n, exchange.room_bin, size = size(bin)).to_string()}</p> })}
            <Dialog open title><RoomForm school open limit/></Dialog>
        </section>
    }
}

#[component]
fn RoomForm(school: SchoolExchange, open: RwSignal<bool>, limit: u64) -> impl IntoView {
    let i18n = use_i18n();
    let gigabytes = RwSignal::new((limit / GB).to_string());
    let tried = RwSignal::new(false);
    let bytes =
        move || gigabytes.with(|text| text.trim().parse::<u64>().ok()).filter(|count| (1..=1_000_000).contains(count));
    let wrong = Signal::derive(move || {
        (tried.get() && bytes().is_none()).then(|| t_string!(i18n, exchange.room_wrong).to_string())
    });
    let deed = Callback::new(move |()| {
        tried.set(true);
        let wished = untrack(bytes)?;
        Some(Box::pin(school.set_room(Some(wished * GB))) as Deed)
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, exchange.room_store).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <TextField id="room-gb" label=Signal::derive(move || t_string!(i18n, exchange.room_gb).to_string()) value=gigabytes kind="number"
                hint=Signal::derive(move || Some(t_string!(i18n, exchange.room_hint).to_string())) wrong/>
        </DeedForm>
    }
}
