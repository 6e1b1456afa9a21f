//! The library's first page: the menus of the term, and what is new for the person.

use leptos::prelude::*;
use shared::api::{CollectionCard, FeedLine, MenuCard, News, TopicCard};
use shared::library::Topic;

use super::rows::thumb;
use super::subscribe::SubscribeButton;
use super::words::{author_names, item_kind_name, term_name};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::{icon, small_icon};
use crate::components::pager::Pager;
use crate::components::person::by;
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::news::{Front, Subscriptions};
use crate::state::session::Session;

#[component]
pub fn FrontPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let subscriptions: Subscriptions = expect_context();
    subscriptions.want();
    let front = Front::new(session, subscriptions);
    view! {
        <div class="front">
            {move || front.failure.get().or_else(|| subscriptions.failure.get()).map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| front.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
            })}
            <div class="stack">
                <Menus front/>
                <Topics subscriptions/>
            </div>
            <NewsCard front/>
        </div>
    }
}

/// What one's groups and schools recommend this term; nothing where nobody has published anything.
#[component]
fn Menus(front: Front) -> impl IntoView {
    let i18n = use_i18n();
    let menus = move || front.menus.get().map(|list| list.menus).unwrap_or_default();
    view! {
        <section class="card menus" aria-labelledby="menus">
            <header><h2 id="menus">{t!(i18n, collection.menu)}</h2><a class="small" href="/library/collections">{t!(i18n, collection.all)}</a></header>
            {move || match front.menus.with(Option::is_some) {
                false if front.failure.with(Option::is_some) => ().into_any(),
                false => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                true if menus().is_empty() => view! { <p class="second">{t!(i18n, collection.no_menu)}</p> }.into_any(),
                true => view! { <ul>{menus().into_iter().map(menu_line).collect_view()}</ul> }.into_any(),
            }}
        </section>
    }
}

fn menu_line(menu: MenuCard) -> AnyView {
    let i18n = use_i18n();
    let CollectionCard { id, title, shelf, items, .. } = menu.collection;
    let href = format!("/library/collections/{id}");
    let (term, at) = (menu.term, menu.at);
    let second = move || {
        let count = t_string!(i18n, collection.items, count = items).to_string();
        [shelf.name.clone(), term_name(term), count].join(" · ")
    };
    view! {
        <li class="menu-line">
            <span class="thumb" aria-hidden="true">{icon("outline")}</span>
            <div class="grow"><a class="title" href=href>{title.clone()}</a><p class="small second">{second}</p>
            <p class="small second">{by(&menu.by)}" "<span class="quiet">{move || t_string!(i18n, collection.published_at, time = spoken(at)).to_string()}</span></p></div>
            <SubscribeButton topic=Topic::Collection(id) name=String::new()/>
        </li>
    }
    .into_any()
}

#[component]
fn NewsCard(front: Front) -> impl IntoView {
    let i18n = use_i18n();
    let unread = move || front.feed.with(|feed| feed.as_ref().map_or(0, |feed| feed.unread));
    let count = move || match unread() {
        0 => None,
        99 => Some(t_string!(i18n, news.many_unread).to_string()),
        unread => Some(t_string!(i18n, news.unread, count = unread).to_string()),
    };
    let by_default = move || front.feed.with(|feed| feed.as_ref().is_some_and(|feed| feed.by_default));
    let more = Signal::derive(move || t_string!(i18n, news.more).to_string());
    view! {
        <section class="card news" aria-labelledby="news">
            <header>
                <h2 id="news">{t!(i18n, news.title)}</h2>
                {move || count().map(|count| view! {
                    <span class="cluster"><span class="badge" data-kind="accent" role="status">{count}</span>
                    <button class="button" data-size="small" data-kind="quiet" type="button" on:click=move |_| front.mark_seen()>{t!(i18n, news.mark_seen)}</button></span>
                })}
            </header>
            {move || by_default().then(|| view! { <p class="small second">{t!(i18n, news.by_default)}</p> })}
            {move || match front.feed.with(Option::is_some) {
                false if front.failure.with(Option::is_some) => ().into_any(),
                false => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                true if front.lines.with(Vec::is_empty) => view! { <p class="second">{t!(i18n, news.none)}</p> }.into_any(),
                true => view! { <ul id="feed"><For each=move || front.lines.get() key=|line| format!("{}.{}", line.at.0, line.key) children=move |line| news_line(line, front)/></ul> }.into_any(),
            }}
            <Pager label=more more=Signal::derive(move || front.has_more()) busy=front.busy go_on=move |()| front.more()/>
        </section>
    }
}

fn news_line(line: FeedLine, front: Front) -> AnyView {
    let i18n = use_i18n();
    let FeedLine { at, by: person, because, what, .. } = line;
    let is_new = move || front.feed.with(|feed| feed.as_ref().is_some_and(|feed| at > feed.seen));
    let (figure, href, title, said, second) = match what {
        News::Item { item } => {
            let (kind, authors) = (item.kind, author_names(&item));
            let said = move || t_string!(i18n, news.item).to_string();
            let second = move || [item_kind_name(kind), authors.clone()].join(" · ");
            (thumb(&item), format!("/library/items/{}", item.id), item.title, ViewFn::from(said), ViewFn::from(second))
        }
        News::Version { item, number, note } => {
            let said = move || t_string!(i18n, news.version, number = number).to_string();
            let kind = item.kind;
            let second = move || if note.is_empty() { item_kind_name(kind) } else { note.clone() };
            (thumb(&item), format!("/library/items/{}", item.id), item.title, ViewFn::from(said), ViewFn::from(second))
        }
        News::Collection { collection } => {
            let said = move || t_string!(i18n, news.collection).to_string();
            of_collection(*collection, ViewFn::from(said))
        }
        News::Menu { collection, term } => {
            let said = move || t_string!(i18n, news.menu, term = term_name(term)).to_string();
            of_collection(*collection, ViewFn::from(said))
        }
        News::Lines { collection, items, count } => {
            let said = move || t_string!(i18n, news.lines, count = count).to_string();
            let titles = items.iter().map(|item| format!("《{}》", item.title)).collect::<String>();
            let second = move || titles.clone();
            let (figure, href, title, said, _) = of_collection(*collection, ViewFn::from(said));
            (figure, href, title, said, ViewFn::from(second))
        }
    };
    let because = because.map(|topic| move || t_string!(i18n, news.because, name = topic.name.clone()).to_string());
    view! {
        <li class="news-line" data-new=move || is_new().then_some("")>
            {figure}
            <div class="grow">
                <p class="small">{move || is_new().then(|| view! { <span class="visually-hidden">{t!(i18n, news.is_new)}" "</span> })}<b>{said.run()}</b>" "{by(&person)}" "<span class="quiet nowrap">{move || spoken(at)}</span></p>
                <a class="title" href=href>{title}</a>
                <p class="small second">{second.run()}{because.map(|because| view! { <span class="quiet">" · "{because}</span> })}</p>
            </div>
        </li>
    }
    .into_any()
}

/// Picture, address, title, and both lines of what is said.
type Told = (AnyView, String, String, ViewFn, ViewFn);

fn of_collection(card: CollectionCard, said: ViewFn) -> Told {
    let i18n = use_i18n();
    let (shelf, items) = (card.shelf.name, card.items);
    let second = move || [shelf.clone(), t_string!(i18n, collection.items, count = items).to_string()].join(" · ");
    let figure = view! { <span class="thumb" aria-hidden="true">{icon("outline")}</span> }.into_any();
    (figure, format!("/library/collections/{}", card.id), card.title, said, ViewFn::from(second))
}

/// What one subscribes to, each with its end.
#[component]
fn Topics(subscriptions: Subscriptions) -> impl IntoView {
    let i18n = use_i18n();
    let topics = move || subscriptions.topics.get().unwrap_or_default();
    let line = move |TopicCard { topic, name, school: _ }: TopicCard| {
        let label = t_string!(i18n, news.end, name = name.clone()).to_string();
        view! {
            <li><button class="chip" type="button" aria-label=label.clone() title=label on:click=move |_| subscriptions.end(topic.clone())>{name}" "{small_icon("close")}</button></li>
        }
    };
    view! {
        <Show when=move || !topics().is_empty()>
            <section class="card topics" aria-labelledby="topics">
                <header><h2 id="topics">{t!(i18n, news.topics)}</h2><span class="small second">{t!(i18n, news.topics_hint)}</span></header>
                <ul class="cluster">{move || topics().into_iter().map(line).collect_view()}</ul>
            </section>
        </Show>
    }
}
