use leptos::html;
use leptos::prelude::*;
use shared::api::{GlanceGroup, GlanceLine, GlanceOf};
use shared::library::{ItemKind, Piece};
use shared::words::DocumentKind;

use super::icon::icon;
use crate::browser::{dom, page};
use crate::i18n::*;
use crate::pages::library::words::{item_icon, item_kind_name, marked};
use crate::pages::words::{failure_words, kind_name};
use crate::state::glance::Glancing;
use crate::state::way::Way;

const LIST: &str = "palette-list";

/// The box over everything, from the bar of every page: a field whose list shows what fits while one types. The keyboard
/// stays in the field; arrows choose, Enter follows the link that is chosen, Esc gives the focus back.
#[component]
pub fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let glancing = Glancing::new(expect_context());
    let dialog = NodeRef::<html::Dialog>::new();
    let field = NodeRef::<html::Input>::new();
    let at = RwSignal::new(0_usize);
    let rows = Memo::new(move |_| rows_of(glancing));
    Effect::new(move |before: Option<bool>| {
        let is_open = open.get();
        if let Some(dialog) = dialog.get() {
            dom::set_open(&dialog, is_open);
        }
        if is_open && before != Some(true) {
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
            glancing.begin();
        }
        is_open
    });
    Effect::new(move || {
        rows.track();
        at.set(0);
    });
    // An older answer is still shown while the next one comes, but not followed by mistake.
    let chosen = move || glancing.is_fresh().then(|| at.get().min(rows.with(Vec::len).saturating_sub(1)));
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if dom::is_composing(&event) {
            return;
        }
        let count = rows.with_untracked(Vec::len);
        let now = untrack(chosen);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => at.set(now.map_or(0, |at| (at + 1) % count)),
            "ArrowUp" if count > 0 => at.set(now.map_or(count - 1, |at| (at + count - 1) % count)),
            "Home" if count > 0 => at.set(0),
            "End" if count > 0 => at.set(count - 1),
            "Enter" => {
                event.prevent_default();
                // What has not been answered yet is looked for in the library.
                if let Some(row) = now.or(count.checked_sub(1)) {
                    dom::follow(&row_id(row), event.ctrl_key() || event.meta_key());
                }
                // The page may be another by now, and the box gone with the one before.
                return;
            }
            _ => return,
        }
        event.prevent_default();
        page::later(0, move || {
            if let Some(row) = untrack(chosen) {
                dom::show_nearest(&row_id(row));
            }
        });
    };
    view! {
        <dialog class="palette" node_ref=dialog aria-label=move || t_string!(i18n, find.title) on:close=move |_| open.set(false)
            on:mousedown=move |event| if dom::on_itself(&event) { open.set(false) }>
            <div class="input-group">
                {icon("search")}
                <input node_ref=field class="input" type="text" role="combobox" autocomplete="off" spellcheck="false" enterkeyhint="go" maxlength="100"
                    aria-label=move || t_string!(i18n, find.what) placeholder=move || t_string!(i18n, find.hint)
                    aria-autocomplete="list" aria-expanded="true" aria-controls=LIST aria-activedescendant=move || chosen().map(row_id)
                    on:input=move |event| if !dom::is_composing(&event) { glancing.type_in(&event_target_value(&event)) }
                    on:compositionend=move |event| glancing.type_in(&event_target_value(&event))
                    on:keydown=on_key/>
                <button class="icon-button" type="button" aria-label=move || t_string!(i18n, common.close) on:click=move |_| open.set(false)>{icon("close")}</button>
            </div>
            <p class="visually-hidden" role="status">{move || said(glancing)}</p>
            {move || notice(glancing)}
            <div class="listbox" id=LIST role="listbox" aria-label=move || t_string!(i18n, find.results)
                on:mousedown=|event| event.prevent_default()
                on:click=move |event| if !dom::opens_elsewhere(&event) { open.set(false) }>
                {move || groups(rows.get(), chosen)}
            </div>
            <footer aria-hidden="true">
                <span><span class="kbd">"↑"</span>" "<span class="kbd">"↓"</span>" "{t!(i18n, find.choose)}</span>
                <span><span class="kbd">"Enter"</span>" "{t!(i18n, find.open)}</span>
                <span><span class="kbd">"Esc"</span>" "{t!(i18n, common.close)}</span>
            </footer>
        </dialog>
    }
}

/// A line of the list: the group that it is of, with the count of those that fit; the last line is of none.
#[derive(Clone, PartialEq)]
struct Row {
    of: Option<(GlanceOf, u32)>,
    line: GlanceLine,
}

/// What was found, each group's way to more, and last the way into the library.
fn rows_of(glancing: Glancing) -> Vec<Row> {
    let words = glancing.words.get();
    let glance = glancing.answer.get().map(|(_, glance)| glance).unwrap_or_default();
    let mut rows = Vec::new();
    for GlanceGroup { of, total, lines } in glance.groups {
        let more = match of {
            GlanceOf::People => Some(format!("/people?q={}", dom::encode(&words))),
            GlanceOf::Collections => Some(format!("/library?q={}&kind=collection", dom::encode(&words))),
            GlanceOf::Questions => Some(format!("/library?q={}&kind=question", dom::encode(&words))),
            GlanceOf::Recent | GlanceOf::Documents | GlanceOf::Items | GlanceOf::Places => None,
        };
        let more = more.filter(|_| lines.len() < total as usize);
        rows.extend(lines.into_iter().map(|line| Row { of: Some((of, total)), line }));
        rows.extend(more.map(|href| Row { of: Some((of, total)), line: bare(href, "more") }));
    }
    if !words.is_empty() {
        rows.push(Row { of: None, line: bare(format!("/library?q={}", dom::encode(&words)), "library") });
    }
    rows
}

/// A line whose words the page has.
fn bare(href: String, kind: &str) -> GlanceLine {
    let (title, snippet) = (Vec::new(), Vec::new());
    GlanceLine { href, kind: kind.to_owned(), title, snippet, place: String::new(), by: String::new() }
}

fn groups(rows: Vec<Row>, chosen: impl Fn() -> Option<usize> + Copy + Send + Sync + 'static) -> AnyView {
    let mut views: Vec<AnyView> = Vec::new();
    let mut rest = rows.into_iter().enumerate().peekable();
    while let Some((_, first)) = rest.peek() {
        let of = first.of;
        let mut options: Vec<AnyView> = Vec::new();
        while let Some((number, row)) = rest.next_if(|(_, row)| row.of == of) {
            options.push(option(number, row, chosen));
        }
        views.push(match of {
            Some((of, total)) => {
                let id = format!("palette-{}", views.len());
                let (named, heading) = (id.clone(), heading(of, total));
                view! { <div role="group" aria-labelledby=named><p class="heading" role="presentation" id=id>{heading}</p>{options}</div> }.into_any()
            }
            None => options.into_any(),
        });
    }
    views.into_any()
}

fn heading(of: GlanceOf, total: u32) -> String {
    let i18n = use_i18n();
    let name = match of {
        GlanceOf::Recent => return t_string!(i18n, find.recent).to_string(),
        GlanceOf::Documents => t_string!(i18n, documents.title),
        GlanceOf::Items => t_string!(i18n, find.items),
        GlanceOf::Collections => t_string!(i18n, collection.title),
        GlanceOf::Questions => t_string!(i18n, find.questions),
        GlanceOf::People => t_string!(i18n, find.people),
        GlanceOf::Places => t_string!(i18n, find.places),
    };
    format!("{name} · {total}")
}

fn option(number: usize, row: Row, chosen: impl Fn() -> Option<usize> + Copy + Send + Sync + 'static) -> AnyView {
    let i18n = use_i18n();
    let way: Way = expect_context();
    let GlanceLine { href, kind, title, snippet, place, by } = row.line;
    let rel = way.rel(&href);
    let (picture, kind_name) = shown_kind(&kind);
    let title: AnyView = match (kind.as_str(), row.of) {
        ("library", _) => t!(i18n, find.in_library).into_any(),
        (_, Some((_, total))) if title.is_empty() => t!(i18n, find.all, count = move || total).into_any(),
        _ => marked(&title),
    };
    let aside = [kind_name, place, by].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    view! {
        <a role="option" id=row_id(number) href=href rel=rel tabindex="-1" aria-selected=move || (chosen() == Some(number)).to_string()>
            {icon(picture)}
            <span class="grow"><span class="name">{title}</span>{passage(&snippet)}</span>
            <span class="aside">{aside}</span>
        </a>
    }
    .into_any()
}

fn passage(snippet: &[Piece]) -> Option<AnyView> {
    (!snippet.is_empty()).then(|| view! { <small>{marked(snippet)}</small> }.into_any())
}

/// Its picture and, where the group doesn't say it, its name.
fn shown_kind(kind: &str) -> (&'static str, String) {
    if let Some(kind) = kind.strip_prefix("document:").and_then(DocumentKind::named) {
        let picture = match kind {
            DocumentKind::LessonPlan | DocumentKind::UnitPlan => "prepare",
            DocumentKind::Resource => "library",
            DocumentKind::Agenda => "agenda",
            DocumentKind::Page => "doc",
            DocumentKind::Board => "slides",
        };
        return (picture, kind_name(kind));
    }
    match ItemKind::named(kind) {
        Some(kind) => (item_icon(kind, None), item_kind_name(kind)),
        None => (
            if matches!(kind, "library" | "more") {
                "search"
            } else if kind == "collection" {
                "outline"
            } else if kind == "question" {
                "quote"
            } else {
                "people"
            },
            String::new(),
        ),
    }
}

/// What is said to whoever does not see the list: how many there are, once they are there.
fn said(glancing: Glancing) -> String {
    let i18n = use_i18n();
    if !glancing.is_fresh() {
        return String::new();
    }
    let count =
        |(_, glance): &(String, shared::api::Glance)| glance.groups.iter().map(|group| group.total).sum::<u32>();
    match glancing.answer.with(|answer| answer.as_ref().map_or(0, count)) {
        0 if glancing.words.with(String::is_empty) => String::new(),
        0 => t_string!(i18n, find.nothing).to_string(),
        count => t_string!(i18n, find.found, count = count).to_string(),
    }
}

/// What one should know of the list: it stands above it and goes by itself.
fn notice(glancing: Glancing) -> Option<AnyView> {
    let i18n = use_i18n();
    let words = match glancing.failure.get() {
        Some(failure) => Some(failure_words(&failure)),
        None if glancing.slow.get() => Some(t_string!(i18n, find.slow).to_string()),
        None => {
            let (nothing, partial) = glancing.answer.with(|answer| {
                let glance = answer.as_ref().map(|(_, glance)| glance);
                (glance.is_some_and(|glance| glance.groups.is_empty()), glance.is_some_and(|glance| glance.partial))
            });
            match (nothing, partial) {
                (_, true) => Some(t_string!(i18n, library.partial).to_string()),
                (true, false) if glancing.words.with(String::is_empty) => Some(t_string!(i18n, find.begin).to_string()),
                (true, false) => Some(t_string!(i18n, find.nothing).to_string()),
                (false, false) => None,
            }
        }
    };
    words.map(|words| view! { <p class="note small second">{words}</p> }.into_any())
}

fn row_id(number: usize) -> String {
    format!("palette-row-{number}")
}
