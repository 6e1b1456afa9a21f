use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use shared::api::ItemView;
use shared::words::{ItemId, LoanId, RemarkId, UnixMillis};

use super::chain::Ways;
use super::collect::Collect;
use super::forms::Deeds;
use super::loans::LoansPart;
use super::look::Look;
use super::ratings::RatingsPart;
use super::take::Take;
use super::talk::{TalkPart, names};
use super::upload_rows::DropPlace;
use super::words::{authors, item_kind_name, licence_words};
use crate::browser::{clock, dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::missing::MissingPage;
use crate::pages::words::failure_words;
use crate::state::library::item::OpenItem;
use crate::state::library::loans::OpenLoans;
use crate::state::library::talk::OpenTalk;
use crate::state::session::Session;
use crate::state::way::Way;

/// From here on the item lies beside the results; below it lies over them, in CSS pixels.
const BESIDE: f64 = 1_280.0;

/// An item on a page of its own.
#[component]
pub fn ItemPage() -> impl IntoView {
    let params = use_params_map();
    // Another item is another page: nothing of the first may stay.
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<ItemId>().ok()));
    move || match id.get() {
        Some(id) => view! { <Whole id/> }.into_any(),
        None => view! { <MissingPage/> }.into_any(),
    }
}

#[component]
fn Whole(id: ItemId) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let item = OpenItem::open(session, id);
    let wanted = use_query_map().with_untracked(|query| {
        let loan = || Some((query.get("loan")?.parse().ok()?, UnixMillis(query.get("at")?.parse().ok()?)));
        Wanted { remark: query.get("remark").and_then(|id| id.parse().ok()), loan: loan() }
    });
    let missing = move || {
        item.view.with(Option::is_none)
            && item.failure.with(|failure| failure.as_ref().and_then(|failure| failure.status()) == Some(404))
    };
    let title = Memo::new(move |_| item.view.with(|view| view.as_ref().map(|view| view.card.title.clone())));
    Effect::new(move || {
        let tab = t_string!(i18n, library.tab).to_string();
        dom::set_title(&title.get().map_or(tab.clone(), |title| format!("{title} · {tab}")));
    });
    view! {
        {move || if missing() {
            view! { <MissingPage/> }.into_any()
        } else {
            view! {
                <main class="main lib-item" id="main" tabindex="-1">
                    <DropPlace/>
                    <a class="button" data-kind="quiet" href="/library">{icon("left")}{t!(i18n, library.back)}</a>
                    <article class="card">
                        <h1>{title}</h1>
                        <Inside item wanted=wanted.clone()/>
                    </article>
                </main>
            }.into_any()
        }}
    }
}

/// An item beside the results, or over them where there is no room.
#[component]
pub fn ItemPanel(item: ItemId, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let panel = NodeRef::<html::Aside>::new();
    let address = format!("/library/items/{item}");
    let item = OpenItem::open(session, item);
    let title = move || item.view.with(|view| view.as_ref().map(|view| view.card.title.clone()));
    let before = StoredValue::new_local(dom::Focus::here());
    let leave = move || {
        close.run(());
        if let Some(before) = before.try_update_value(Option::take).flatten() {
            page::later(0, move || before.again());
        }
    };
    Effect::new(move || {
        // Over the results it has the keyboard; beside them one goes on with the arrows.
        if panel.get().is_some() && dom::width() < BESIDE {
            page::later(0, || dom::focus_id("preview"));
        }
    });
    page::hear(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() && !dom::is_composing(&event) && !dom::has_dialog() {
            leave();
        }
    });
    view! {
        <aside class="panel preview" id="preview" tabindex="-1" node_ref=panel aria-label=move || t_string!(i18n, library.preview, title = title().unwrap_or_default()).to_string()>
            <header>
                <h2 class="truncate">{title}</h2>
                <span class="cluster nowrap-line">
                    <a class="icon-button" data-size="small" href=address aria-label=move || t_string!(i18n, library.own_page) data-tip=move || t_string!(i18n, library.own_page) data-tip-side="end">{icon("out")}</a>
                    <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, library.close_preview) on:click=move |_| leave()>{icon("close")}</button>
                </span>
            </header>
            <div class="body"><Inside item/></div>
        </aside>
    }
}

/// What one has come for.
#[derive(Debug, Clone, Default)]
struct Wanted {
    remark: Option<RemarkId>,
    /// A loan and when it begins.
    loan: Option<(LoanId, UnixMillis)>,
}

/// What an item is, in the order in which one decides whether to take it.
#[component]
fn Inside(item: OpenItem, #[prop(optional)] wanted: Wanted) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    // Beside the item: what is being written stays when the item is read anew.
    let Wanted { remark, loan } = wanted;
    let talk = OpenTalk::open(session, item.id(), remark);
    let (owner, opened) = (StoredValue::new(Owner::current()), StoredValue::new(None::<OpenLoans>));
    let loans = move || {
        opened.get_value().or_else(|| {
            let at = loan.as_ref().map_or_else(clock::wall, |(_, at)| *at);
            let made = owner.get_value()?.with(|| OpenLoans::open(session, item.id(), at));
            opened.set_value(Some(made));
            if let Some((id, _)) = loan.clone() {
                made.go_to(id);
            }
            Some(made)
        })
    };
    view! {
        {move || item.failure.get().map(|failure| view! {
            <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| item.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
        })}
        {move || match item.view.get() {
            None if item.failure.with(Option::is_some) => ().into_any(),
            None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
            Some(view) => {
                let loans = if view.card.kind.is_lent() { loans() } else { None };
                body(item, talk, loans, view)
            }
        }}
    }
}

fn body(item: OpenItem, talk: OpenTalk, loans: Option<OpenLoans>, view: ItemView) -> AnyView {
    let i18n = use_i18n();
    let way: Way = expect_context();
    let card = view.card.clone();
    let shown = RwSignal::new(view.versions.first().map_or(1, |version| version.number));
    let versions = StoredValue::new(view.versions.clone());
    let (id, title) = (card.id.clone(), card.title.clone());
    let look = move || {
        let version =
            versions.with_value(|versions| versions.iter().find(|version| version.number == shown.get()).cloned());
        let (item, title) = (id.clone(), title.clone());
        version.map(|version| view! { <Look item title version/> })
    };
    let second = {
        let (kind, place, subject) = (card.kind, card.place.clone(), card.placing.clone());
        move || {
            let mut parts = vec![item_kind_name(kind)];
            match place.is_empty() {
                true => parts.extend([subject.subject.clone(), subject.grade.clone()]),
                false => parts.push(place.join(" ")),
            }
            parts.push(subject.lesson_type.clone());
            parts.retain(|part| !part.is_empty());
            parts.join(" · ")
        }
    };
    let (version, changed, lent) = (card.version, card.changed, card.kind.is_lent());
    let licence = view.licence;
    let source = view.source.clone();
    let description = view.description.clone();
    let tags = view.tags.clone();
    let document = view.document.clone().map(|document| {
        let href = format!("/documents/{}", document.id);
        let rel = way.rel(&href);
        view! { <p class="small">{t!(i18n, library.from_document)}" "<a href=href rel=rel>"《"{document.title}"》"</a></p> }
    });
    let shelf = card.shelf.name.clone();
    let corrected = move || {
        let people = talk.talk.with(|talk| talk.as_ref().map(|talk| names(&talk.corrected_by)).unwrap_or_default());
        (!people.is_empty()).then(
            || view! { <p class="small second">{t_string!(i18n, talk.corrected_by, names = people).to_string()}</p> },
        )
    };
    view! {
        {view.binned.map(|_| view! { <p class="inset small">{t!(i18n, library.is_binned)}</p> })}
        {look}
        <Take item view=view.clone()/>
        {view.binned.is_none().then(|| view! { <div><Collect item=view.card.id.clone()/></div> })}
        <p class="made-by">{authors(&card)}" "<span class="small quiet">{move || t_string!(i18n, library.version_of, number = version, time = spoken(changed)).to_string()}</span></p>
        {corrected}
        <p class="small second">{second}</p>
        {(!description.is_empty()).then(|| view! { <p class="description">{description}</p> })}
        <p class="small second">{move || licence_words(licence)}</p>
        {(!source.is_empty()).then(|| view! { <p class="small second">{t_string!(i18n, library.source, source = source.clone()).to_string()}</p> })}
        {document}
        <p class="small quiet">{t_string!(i18n, library.lies, shelf = shelf).to_string()}</p>
        {(!tags.is_empty()).then(|| view! {
            <ul class="cluster" aria-label=move || t_string!(i18n, facet.tag)>
                {tags.into_iter().map(|tag| {
                    let href = format!("/library?tag={}", dom::encode(tag.as_str()));
                    view! { <li><a class="chip" href=href>{tag.as_str().to_owned()}</a></li> }
                }).collect_view()}
            </ul>
        })}
        {loans.map(|loans| view! { <LoansPart loans view=view.clone()/> })}
        <Deeds item view=view.clone()/>
        {(view.versions.len() > 1).then(|| versions_list(versions, shown))}
        <Ways item card/>
        {(!lent).then(|| view! { <RatingsPart talk/> })}
        <TalkPart talk view/>
    }
    .into_any()
}

/// All versions, newest first, each to look at.
fn versions_list(versions: StoredValue<Vec<shared::api::VersionCard>>, shown: RwSignal<u32>) -> AnyView {
    let i18n = use_i18n();
    let lines = versions.with_value(|versions| {
        versions
            .iter()
            .map(|version| {
                let (number, at, name, note) = (version.number, version.at, version.by.name.clone(), version.note.clone());
                view! {
                    <li>
                        <button class="version" type="button" aria-pressed=move || (shown.get() == number).to_string() on:click=move |_| shown.set(number)>
                            {move || t_string!(i18n, library.version_by, number = number, name = name.clone(), time = spoken(at)).to_string()}
                            {(!note.is_empty()).then(|| view! { <span class="tiny second">{note}</span> })}
                        </button>
                    </li>
                }
            })
            .collect_view()
    });
    view! { <h3>{t!(i18n, library.versions)}</h3><ul class="versions">{lines}</ul> }.into_any()
}
