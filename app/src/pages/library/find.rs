use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use shared::library::{Facet, Scope, Sort};
use shared::organisation::Shelf;
use shared::words::ItemId;

use super::facets::{Chosen, Facets};
use super::front::FrontPage;
use super::item::ItemPanel;
use super::rows::HitRow;
use super::subscribe::SubscribeToChosen;
use super::upload_rows::{DropPlace, UploadRows};
use super::words::sort_name;
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::empty::Empty;
use crate::components::icon::{icon, small_icon};
use crate::components::pager::Pager;
use crate::components::person::who;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::asked::{Asked, Question};
use crate::state::library::pace::pause;
use crate::state::library::search::{PAGE, Search};
use crate::state::library::vocabulary::LibraryVocabulary;
use crate::state::library::waiting::WaitingLines;
use crate::state::session::Session;
use crate::state::way::Way;

/// From here on the filters stand beside the results, in CSS pixels.
const FACETS_BESIDE: f64 = 1_100.0;

/// The kind of collections among results, as the API has it.
const COLLECTION: &str = "collection";

/// Ask, narrow, look, take: from left to right. All of it stands in the address.
#[component]
pub fn FindPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let vocabulary: LibraryVocabulary = expect_context();
    let query = use_query_map();
    let asked =
        Memo::new(move |_| query.with(|query| Asked::read(query.into_iter().map(|(name, value)| (&**name, value)))));
    let question = Memo::new(move |_| asked.with(|asked| asked.question.clone()));
    let open = Memo::new(move |_| asked.with(|asked| asked.open.clone()));
    let search = Search::new(session, question.into(), PAGE);
    vocabulary.want();
    let go = use_go();
    let ask = Callback::new(move |question: Question| {
        let open = asked.with_untracked(|asked| asked.open.clone());
        go.run((Asked { question, open }, Trace::Replace));
    });
    let choose = Callback::new(move |(facet, value): (Facet, String)| {
        ask.run(question.get_untracked().toggled(facet, &value));
    });
    let address =
        Callback::new(move |item: ItemId| Asked { question: question.get(), open: Some(item) }.address(dom::encode));
    let close = Callback::new(move |()| {
        go.run((Asked { question: question.get_untracked(), open: None }, Trace::Leave));
    });
    // Before anything is asked for.
    let is_first =
        Memo::new(move |_| asked.with(|asked| *asked == Asked { question: Question::default(), open: None }));
    let facets_open = RwSignal::new(dom::width() >= FACETS_BESIDE);
    Effect::new(move || {
        let words = question.with(|question| question.q.trim().to_owned());
        let tab = t_string!(i18n, library.tab).to_string();
        dom::set_title(&if words.is_empty() { tab } else { format!("{words} · {tab}") });
    });
    view! {
        <main class="main lib" id="main" tabindex="-1">
            <h1 class="visually-hidden">{t!(i18n, library.title)}</h1>
            <DropPlace/>
            <SearchBar question ask busy=search.busy/>
            <UploadRows/>
            {move || is_first.get().then(|| view! { <FrontPage/> })}
            <div class="lib-grid" data-open=move || open.with(Option::is_some).then_some("")>
                <Facets search question=question.into() choose open=facets_open.into()/>
                <section class="results" aria-labelledby="found">
                    <Head search question ask choose facets_open/>
                    <div class="cluster subscribe-line"><SubscribeToChosen search question=question.into()/></div>
                    <Results search question ask choose address open=open.into()/>
                </section>
                {move || open.get().map(|item| view! { <ItemPanel item close/> })}
            </div>
        </main>
    }
}

/// Whether the address before stays behind the browser's "back" arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trace {
    Leave,
    Replace,
}

fn use_go() -> Callback<(Asked, Trace)> {
    let navigate = StoredValue::new_local(use_navigate());
    Callback::new(move |(asked, trace): (Asked, Trace)| {
        let options = NavigateOptions { replace: trace == Trace::Replace, scroll: false, ..NavigateOptions::default() };
        navigate.with_value(|navigate| navigate(&asked.address(dom::encode), options));
    })
}

/// The box, where to look, and the way to put something in.
#[component]
fn SearchBar(question: Memo<Question>, ask: Callback<Question>, busy: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let waits = WaitingLines::read(expect_context());
    let field = NodeRef::<html::Input>::new();
    let typed = RwSignal::new(question.with_untracked(|question| question.q.clone()));
    Effect::new(move || {
        let words = question.with(|question| question.q.clone());
        // What is being typed is newer than the address.
        if !dom::has_focus_in(field) && typed.with_untracked(|typed| *typed != words) {
            typed.set(words);
        }
    });
    let waiting = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    let ask_now = move |words: String| {
        if let Some(earlier) = waiting.try_update_value(Option::take).flatten() {
            earlier.clear();
        }
        if question.with_untracked(|question| question.q != words) {
            ask.run(Question { q: words, ..question.get_untracked() });
        }
    };
    let type_in = move |words: String| {
        typed.set(words.clone());
        if let Some(earlier) = waiting.try_update_value(Option::take).flatten() {
            earlier.clear();
        }
        waiting.set_value(Some(page::later(pause(busy.get_untracked()), move || ask_now(words))));
    };
    page::hear(ev::keydown, move |event| {
        if event.key() == "/" && !dom::is_typing() && !event.ctrl_key() && !event.meta_key() && !event.alt_key() {
            event.prevent_default();
            dom::select_all(field);
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "ArrowDown" && !dom::is_composing(&event) {
            event.prevent_default();
            dom::focus_first_in("results");
        }
    };
    view! {
        <search class="lib-search">
            <form class="input-group grow" role="search" on:submit=move |event| { event.prevent_default(); ask_now(typed.get_untracked()); }>
                {icon("search")}
                <input node_ref=field class="input" type="search" autocomplete="off" spellcheck="false" aria-keyshortcuts="/" enterkeyhint="search"
                    aria-label=move || t_string!(i18n, library.find) placeholder=move || t_string!(i18n, library.find_hint)
                    prop:value=typed
                    on:input=move |event| if !dom::is_composing(&event) { type_in(event_target_value(&event)) }
                    on:compositionend=move |event| type_in(event_target_value(&event))
                    on:keydown=on_key/>
            </form>
            <Scopes question ask/>
            <a class="button" href="/library/waiting">{t!(i18n, waiting.link)}{move || Some(waits.count.get()).filter(|count| *count > 0).map(|count| view! { <span class="count" aria-label=move || t_string!(i18n, waiting.count, count = count).to_string()>{count}</span> })}</a>
            <a class="button" href="/library/collections">{icon("outline")}{t!(i18n, collection.title)}</a>
            <a class="button" data-kind="primary" href="/library/new">{icon("upload")}{t!(i18n, library.put_in)}</a>
        </search>
    }
}

/// 本校, 集团, 我能看的全部: as far as the person has them.
#[component]
fn Scopes(question: Memo<Question>, ask: Callback<Question>) -> impl IntoView {
    let i18n = use_i18n();
    let vocabulary: LibraryVocabulary = expect_context();
    let offered = Memo::new(move |_| {
        vocabulary.with(|view| {
            let school = view.schools.first().map(|school| Scope::School(school.id.clone()));
            let group = view.groups.iter().find_map(|card| match &card.shelf {
                Shelf::Group(id) => Some(Scope::Group(id.clone())),
                Shelf::Person(_) | Shelf::Team(_) | Shelf::School(_) => None,
            });
            school.into_iter().chain(group).collect::<Vec<_>>()
        })
    });
    let all = move || offered.get().into_iter().chain([Scope::Mine, Scope::Everywhere]);
    let words = move |scope: &Scope| match scope {
        Scope::School(_) => t_string!(i18n, library.in_school).to_string(),
        Scope::Group(_) => t_string!(i18n, library.in_group).to_string(),
        Scope::Mine => t_string!(i18n, library.in_mine).to_string(),
        Scope::Everywhere => t_string!(i18n, library.in_everything).to_string(),
    };
    view! {
        <div class="segmented" role="radiogroup" aria-label=move || t_string!(i18n, library.scope)>
            {move || all().map(|scope| {
                let said = words(&scope);
                let (mine, chosen) = (scope.clone(), scope.clone());
                view! {
                    <label><input type="radio" name="scope" prop:checked=move || question.with(|question| question.scope == mine)
                        on:change=move |_| ask.run(Question { scope: chosen.clone(), ..question.get_untracked() })/>{said}</label>
                }
            }).collect_view()}
        </div>
    }
}

/// How many were found, what is chosen, and in which order they come.
#[component]
fn Head(
    search: Search,
    question: Memo<Question>,
    ask: Callback<Question>,
    choose: Callback<(Facet, String)>,
    facets_open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let found = move || match search.answer.with(Option::is_some) {
        true => t_string!(i18n, library.found, count = search.total()).to_string(),
        false => t_string!(i18n, library.finding).to_string(),
    };
    let filters = move || match question.with(Question::chosen) {
        0 => t_string!(i18n, library.filter).to_string(),
        count => t_string!(i18n, library.filters, count = count).to_string(),
    };
    let sort = move |event| {
        let sort = Sort::named(&event_target_value(&event)).unwrap_or(Sort::Relevance);
        ask.run(Question { sort, ..question.get_untracked() });
    };
    view! {
        <div class="results-head">
            <h2 id="found" aria-live="polite" aria-busy=move || search.busy.get().then_some("true")>{found}</h2>
            <button class="chip" type="button" aria-expanded=move || facets_open.get().to_string() aria-controls="facets" on:click=move |_| facets_open.update(|open| *open = !*open)>
                {small_icon("filter")}{filters}
            </button>
            <Chosen search question=question.into() choose/>
            <span class="select push" data-size="small" data-kind="quiet">
                <select aria-label=move || t_string!(i18n, library.sort) on:change=sort>
                    {Sort::ALL.iter().map(|sort| view! {
                        <option value=sort.as_str() selected=move || question.with(|question| question.sort == *sort)>{move || sort_name(*sort)}</option>
                    }).collect_view()}
                </select>
            </span>
        </div>
    }
}

#[component]
fn Results(
    search: Search,
    question: Memo<Question>,
    ask: Callback<Question>,
    choose: Callback<(Facet, String)>,
    address: Callback<ItemId, String>,
    open: Signal<Option<ItemId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let list = NodeRef::<html::Ul>::new();
    let shown = move || search.hits.with(Vec::len);
    let where_one_is = move || {
        let (shown, total) = (shown(), search.total());
        (total > 0).then(|| t_string!(i18n, library.shown, shown = shown, total = total).to_string())
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if let Some(list) = list.get_untracked() {
            dom::rove(&list, &event, true);
        }
    };
    view! {
        {move || search.failure.get().map(|failure| view! {
            <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| search.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
        })}
        <AlsoFound search question choose/>
        {move || search.answer.with(|answer| answer.as_ref().is_some_and(|answer| answer.relaxed)).then(|| view! { <p class="small second relaxed">{t!(i18n, library.relaxed)}</p> })}
        {move || search.answer.with(|answer| answer.as_ref().is_some_and(|answer| answer.partial)).then(|| view! { <p class="small second relaxed">{t!(i18n, library.partial)}</p> })}
        {move || match search.answer.with(|answer| answer.as_ref().map(|answer| answer.total)) {
            None if search.failure.with(Option::is_some) => ().into_any(),
            None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
            Some(0) => view! { <Nothing question ask/> }.into_any(),
            Some(_) => view! {
                <ul class="rows" id="results" node_ref=list on:keydown=on_key>
                    {move || search.hits.get().into_iter().map(|hit| view! { <HitRow hit address open/> }).collect_view()}
                </ul>
            }.into_any(),
        }}
        <Pager words=Signal::derive(where_one_is) label=Signal::derive(move || t_string!(i18n, library.more, count = PAGE).to_string())
            more=Signal::derive(move || search.has_more()) busy=search.busy go_on=move |()| search.more()/>
    }
}

/// What else the words may mean: people, and collections, which stand among the results and can be had alone.
#[component]
fn AlsoFound(search: Search, question: Memo<Question>, choose: Callback<(Facet, String)>) -> impl IntoView {
    let i18n = use_i18n();
    let way: Way = expect_context();
    let people =
        move || search.answer.with(|answer| answer.as_ref().map(|answer| (answer.people.clone(), answer.people_total)));
    let collections = move || {
        let asked = question.with(|question| !question.q.trim().is_empty() && question.chosen() == 0);
        let count = search.answer.with(|answer| {
            let kinds = answer.as_ref()?.facets.get(&Facet::Kind)?;
            kinds.iter().find(|known| known.count.value == COLLECTION).map(|known| known.count.count)
        });
        count.filter(|_| asked)
    };
    let all = move |total: u32| {
        let href = format!("/people?q={}", question.with(|question| dom::encode(question.q.trim())));
        let rel = way.rel(&href);
        view! { <li><a href=href rel=rel>{t!(i18n, find.all, count = move || total)}</a></li> }
    };
    view! {
        {move || collections().map(|count| view! {
            <p class="cluster also-found"><button class="chip" type="button" aria-pressed="false" on:click=move |_| choose.run((Facet::Kind, COLLECTION.to_owned()))>
                {small_icon("outline")}{t!(i18n, collection.title)}" · "{count}
            </button></p>
        })}
        {move || people().filter(|(people, _)| !people.is_empty()).map(|(people, total)| {
            let shown = people.len();
            view! {
                <ul class="found-people cluster" aria-label=move || t_string!(i18n, library.people)>
                    <li class="small second" aria-hidden="true">{t!(i18n, find.people)}" · "{total}</li>
                    {people.into_iter().map(|person| {
                        let href = format!("/people/person/{}", person.id);
                        let rel = way.rel(&href);
                        view! { <li><a href=href rel=rel>{who(&person)}</a></li> }
                    }).collect_view()}
                    {(shown < total as usize).then(|| all(total))}
                </ul>
            }
        })}
    }
}

/// What one can do when nothing was found.
#[component]
fn Nothing(question: Memo<Question>, ask: Callback<Question>) -> impl IntoView {
    let i18n = use_i18n();
    let filtered = move || question.with(|question| question.chosen() > 0);
    let narrow = move || question.with(|question| question.scope != Scope::Everywhere);
    let unasked = move || question.with(|question| question.q.trim().is_empty());
    let title = Signal::derive(move || match unasked() && !filtered() {
        true => t_string!(i18n, library.empty).to_string(),
        false => t_string!(i18n, library.nothing).to_string(),
    });
    let words = Signal::derive(move || {
        if filtered() {
            t_string!(i18n, library.nothing_filtered).to_string()
        } else if narrow() {
            t_string!(i18n, library.nothing_here).to_string()
        } else if unasked() {
            t_string!(i18n, library.empty_words).to_string()
        } else {
            t_string!(i18n, library.nothing_words).to_string()
        }
    });
    view! {
        <div class="card">
            <Empty picture="library" title words>
                {move || if filtered() {
                    view! { <button class="button" type="button" on:click=move |_| ask.run(Question { filters: Default::default(), ..question.get_untracked() })>{t!(i18n, library.unfilter)}</button> }.into_any()
                } else if narrow() {
                    view! { <button class="button" type="button" on:click=move |_| ask.run(Question { scope: Scope::Everywhere, ..question.get_untracked() })>{t!(i18n, library.look_everywhere)}</button> }.into_any()
                } else if unasked() {
                    ().into_any()
                } else {
                    view! { <button class="button" type="button" on:click=move |_| ask.run(Question::default())>{t!(i18n, library.show_all)}</button> }.into_any()
                }}
            </Empty>
        </div>
    }
}
