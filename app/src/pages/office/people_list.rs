use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use shared::api::PersonLine as Found;
use shared::organisation::{Body, BodyKind, Post, Seat};
use shared::words::{UnixMillis, UserId};

use super::batch::Batch;
use super::words::{last_day, word};
use crate::browser::{clock, dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::chip::Chip;
use crate::components::icon::icon;
use crate::components::pager::Pager;
use crate::components::people_table::{PeopleTable, PersonLine, Weight};
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::Organisation;
use crate::state::people::{Filter, People};
use crate::state::toasts::Toasts;

type I18n = leptos_i18n::I18nContext<Locale>;

/// How long after the last letter the server is asked, in milliseconds.
const PAUSE: u32 = 150;
/// What ends within so long is pointed out, as the server counts it.
const SOON: i64 = 30 * UnixMillis::DAY;

/// People, found by name, pinyin or initials, and what can be done with several of them.
#[component]
pub fn PeopleList(organisation: Organisation, people: People) -> impl IntoView {
    let i18n = use_i18n();
    let chosen = RwSignal::new(BTreeSet::<UserId>::new());
    let toasts: Toasts = expect_context();
    let search = use_search();
    // With another filter or place, whoever is not listed any more is not chosen any more; what is looked for by words
    // gathers them one after the other.
    Effect::new(move |before: Option<(Filter, Option<Body>)>| {
        people.found.with(|found| {
            let asked = (people.filter.get_untracked(), people.body.get_untracked());
            let listed: BTreeSet<_> =
                found.iter().flat_map(|found| &found.people).map(|line| line.card.id.clone()).collect();
            let gone = chosen.with_untracked(|chosen| chosen.difference(&listed).count());
            if before.is_some_and(|before| before != asked) && gone > 0 {
                chosen.update(|chosen| chosen.retain(|id| listed.contains(id)));
                toasts.say(t_string!(i18n, people.unchosen, count = gone).to_string());
            }
            asked
        })
    });
    let unseen = Signal::derive(move || {
        people.found.with(|found| {
            let listed = |id: &UserId| found.iter().flat_map(|found| &found.people).any(|line| line.card.id == *id);
            chosen.with(|chosen| chosen.iter().filter(|id| !listed(id)).count())
        })
    });
    let choosing = Signal::derive(move || organisation.administers_anything());
    let lines = Signal::derive(move || {
        let found = people.found.get().map(|found| found.people).unwrap_or_default();
        found.iter().map(|line| in_words(i18n, line)).collect::<Vec<_>>()
    });
    let counted = move |filter| people.found.with(|found| found.as_ref().map(|found| count(found, filter)));
    let total = Signal::derive(move || counted(people.filter.get()).unwrap_or(0));
    let shown = move || people.found.with(|found| found.as_ref().map_or(0, |found| found.people.len()));
    let words = Signal::derive(move || {
        let (shown, total) = (shown(), total.get());
        (shown > 0).then(|| t_string!(i18n, people.page, shown = shown, total = total).to_string())
    });
    let more =
        Signal::derive(move || people.found.with(|found| found.as_ref().is_some_and(|found| found.next.is_some())));
    let nobody = move || match people.filter.get() {
        _ if !people.words.with(String::is_empty) => t_string!(i18n, people.nobody).to_string(),
        Filter::All => t_string!(i18n, people.nobody_yet).to_string(),
        Filter::Never => t_string!(i18n, people.nobody_never).to_string(),
        Filter::Ending => t_string!(i18n, people.nobody_ending).to_string(),
        Filter::Suspended => t_string!(i18n, people.nobody_suspended).to_string(),
    };
    view! {
        <section aria-labelledby="h-people">
            <div class="people-tools">
                <h2 id="h-people">{t!(i18n, people.people)}</h2>
                <Search people search/>
                {move || choosing.get().then(|| Filter::ALL.map(|filter| view! {
                    <Chip words=Signal::derive(move || filter_name(i18n, filter)) count=Signal::derive(move || counted(filter))
                        pressed=Signal::derive(move || people.filter.get() == filter) press=move |()| search.run((people.words.get_untracked(), filter))/>
                }).collect_view())}
            </div>
            {move || people.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| people.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
            })}
            <Show when=move || choosing.get()><Batch organisation people chosen/></Show>
            {move || (unseen.get() > 0).then(|| view! { <p class="small quiet batch-note" role="status">{move || t_string!(i18n, people.chosen_unseen, count = unseen.get()).to_string()}</p> })}
            {move || match people.found.with(|found| found.as_ref().map(|found| found.people.is_empty())) {
                None if people.failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                Some(true) => view! { <p class="quiet card" role="status">{nobody}</p> }.into_any(),
                Some(false) => view! { <PeopleTable lines total chosen choosing/> }.into_any(),
            }}
            <Pager words label=Signal::derive(move || t_string!(i18n, people.more).to_string()) more busy=people.busy go_on=move |()| people.go_on()/>
        </section>
    }
}

/// Looks for others: puts them into the address in the place of those before, and leaves the rest of it.
fn use_search() -> Callback<(String, Filter)> {
    let navigate = StoredValue::new_local(use_navigate());
    let query = use_query_map();
    Callback::new(move |(words, filter): (String, Filter)| {
        let places = ["group", "body"].map(|name| (name, query.with_untracked(|query| query.get(name))));
        let words = ("q", Some(words).filter(|words| !words.is_empty()));
        let filter =
            ("filter", Some(filter).filter(|filter| *filter != Filter::All).map(|filter| filter.name().into()));
        let parts = places.into_iter().chain([words, filter]);
        let parts = parts.filter_map(|(name, value)| Some(format!("{name}={}", dom::encode(&value?))));
        let parts = parts.collect::<Vec<_>>().join("&");
        let to = if parts.is_empty() { "/people".to_owned() } else { format!("/people?{parts}") };
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate.with_value(|navigate| navigate(&to, options));
    })
}

#[component]
fn Search(people: People, search: Callback<(String, Filter)>) -> impl IntoView {
    let i18n = use_i18n();
    let typed = RwSignal::new(people.words.get_untracked());
    let asked = StoredValue::new(people.words.get_untracked());
    // The browser's arrows bring other words; what comes of typing must not take away what is typed meanwhile.
    Effect::new(move || {
        let words = people.words.get();
        if asked.with_value(|asked| *asked != words) {
            asked.set_value(words.clone());
            typed.set(words);
        }
    });
    let waiting = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    let ask = move |text: String| {
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        typed.set(text);
        waiting.set_value(Some(page::later(PAUSE, move || {
            let Some(text) = typed.try_get_untracked().map(|text| text.trim().to_owned()) else { return };
            if people.words.with_untracked(|words| *words != text) {
                asked.set_value(text.clone());
                search.run((text, people.filter.get_untracked()));
            }
        })));
    };
    view! {
        <div class="input-group people-find">
            {icon("search")}
            <input class="input" type="search" autocomplete="off" aria-label=move || t_string!(i18n, people.find) placeholder=move || t_string!(i18n, people.find)
                prop:value=typed
                on:input=move |event| if !dom::is_composing(&event) { ask(event_target_value(&event)) }
                on:compositionend=move |event| ask(event_target_value(&event))/>
        </div>
    }
}

fn filter_name(i18n: I18n, filter: Filter) -> String {
    match filter {
        Filter::All => t_string!(i18n, people.filter_all),
        Filter::Never => t_string!(i18n, people.filter_never),
        Filter::Ending => t_string!(i18n, people.filter_ending),
        Filter::Suspended => t_string!(i18n, people.filter_suspended),
    }
    .to_string()
}

fn count(found: &shared::api::FoundPeople, filter: Filter) -> u32 {
    match filter {
        Filter::All => found.all,
        Filter::Never => found.never,
        Filter::Ending => found.ending,
        Filter::Suspended => found.suspended,
    }
}

fn in_words(i18n: I18n, found: &Found) -> PersonLine {
    let now = clock::wall();
    let current: Vec<_> = found.seats.iter().filter(|(seat, _, _)| seat.span.holds(now)).collect();
    let kinds = |kind| current.iter().filter(move |(seat, _, _)| seat.body.kind() == kind);
    let mut schools: Vec<String> = Vec::new();
    for (_, name, _) in kinds(BodyKind::School) {
        if !schools.contains(name) {
            schools.push(name.clone());
        }
    }
    let comma = if matches!(i18n.get_locale(), Locale::en) { ", " } else { "、" };
    let mut schools_said = schools.join(comma);
    if schools.len() > 1 {
        schools_said += t_string!(i18n, people.walks);
    }
    let mut posts: Vec<(String, Weight)> = Vec::new();
    for (seat, _, post) in &current {
        if let Some(badge) = post_badge(i18n, seat, post.as_ref()).filter(|badge| !posts.contains(badge)) {
            posts.push(badge);
        }
    }
    PersonLine {
        person: found.card.clone(),
        schools: schools_said,
        teaches: found.person.teaches.clone(),
        posts,
        until: until_words(i18n, found, now),
        seen: seen_words(i18n, found),
        href: Some(format!("/people/person/{}", found.card.id)),
    }
}

/// Being an ordinary member of a team goes without saying.
fn post_badge(i18n: I18n, seat: &Seat, post: Option<&Post>) -> Option<(String, Weight)> {
    let post = post?;
    let ordinary =
        matches!(seat.body, Body::Team(_)) && !post.for_a_time && post.right != shared::access::Right::Manage;
    let weight = if post.for_a_time { Weight::Guest } else { Weight::Plain };
    (!ordinary).then(|| (word(i18n, &post.name), weight))
}

fn until_words(i18n: I18n, found: &Found, now: UnixMillis) -> (String, Weight) {
    if found.person.suspended.is_some() {
        return (t_string!(i18n, people.is_suspended).to_string(), Weight::Pressing);
    }
    let ends: Vec<_> = found.seats.iter().map(|(seat, _, _)| seat.span.until).collect();
    let soonest = ends.iter().flatten().min().filter(|until| until.0 <= now.0 + SOON);
    match (soonest, ends.iter().all(Option::is_some), ends.iter().flatten().max()) {
        (Some(until), _, _) => {
            let words = match (until.0 - now.0 + UnixMillis::DAY - 1) / UnixMillis::DAY {
                ..=1 => t_string!(i18n, people.ends_tomorrow).to_string(),
                _ => t_string!(i18n, people.ends_on, day = last_day(i18n, *until)).to_string(),
            };
            (words, Weight::Pressing)
        }
        (None, true, Some(until)) => (last_day(i18n, *until), Weight::Plain),
        (None, _, _) if ends.is_empty() => (t_string!(i18n, people.no_seat).to_string(), Weight::Plain),
        (None, _, _) => (t_string!(i18n, people.lasting).to_string(), Weight::Plain),
    }
}

fn seen_words(i18n: I18n, found: &Found) -> String {
    match found.seen {
        Some(seen) => spoken(seen),
        None if !found.arrived => t_string!(i18n, people.never).to_string(),
        None => String::new(),
    }
}
