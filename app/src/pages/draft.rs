//! Drafts: what could not go into its document, to read, to take along, to put into a new document, to let go.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use serde_json::{Value, json};
use shared::document::change::{Change, Node, Position};
use shared::document::export;
use shared::words::{DocumentId, Title, UnixMillis};

use crate::browser::editor::{Editor, Host};
use crate::browser::upload::Picture;
use crate::browser::{clipboard, dom};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::Dialog;
use crate::components::icon::icon;
use crate::components::time::spoken;
use crate::editor::host::labels;
use crate::i18n::*;
use crate::pages::shown::Shown;
use crate::pages::words::failure_words;
use crate::state::open_document::{Medium, NotMoved, OpenDocument, ShownDraft};
use crate::wording::plain::plain_text;

/// The drafts of a document, each with its banner.
#[component]
pub fn Drafts<M: Shown>(document: OpenDocument<M>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        document.drafts.get().into_iter().map(|draft| {
            let (at, in_tab, title) = (UnixMillis(draft.draft.at), draft.in_tab, draft.draft.title.clone());
            let open = RwSignal::new(false);
            if let Some(new) = draft.draft.moved_to.clone() {
                return view! { <Moved document draft new/> }.into_any();
            }
            let draft = StoredValue::new(draft);
            let name = StoredValue::new(title);
            view! {
                <Banner tone=Tone::Warn picture="copy" deed=move || view! {
                    <span class="cluster">
                        {in_tab.then(|| draft.with_value(|shown| M::take_draft(&shown.draft)))}
                        <button class="button" data-size="small" type="button" on:click=move |_| open.set(true)>{t!(i18n, draft.look)}</button>
                    </span>
                }>
                    <strong>{move || t_string!(i18n, draft.banner, time = spoken(at)).to_string()}</strong>
                    {move || if in_tab { t_string!(i18n, draft.words_in_tab) } else { t_string!(i18n, draft.words) }}
                </Banner>
                <Dialog open title=Signal::derive(move || t_string!(i18n, draft.title, title = name.get_value()).to_string())>
                    <DraftDesk document draft open/>
                </Dialog>
            }
            .into_any()
        }).collect_view()
    }
}

/// A draft that its author has put into a new document.
#[component]
fn Moved<M: Medium>(document: OpenDocument<M>, draft: ShownDraft, new: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let (at, href) = (UnixMillis(draft.draft.at), M::address(&new));
    let draft = StoredValue::new(draft);
    view! {
        <Banner tone=Tone::Calm picture="copy" deed=move || view! {
            <span class="cluster">
                <a class="button" data-size="small" href=href.clone()>{t!(i18n, draft.open_new)}</a>
                <button class="button" data-size="small" type="button" on:click=move |_| draft.with_value(|draft| document.drop_draft(draft))>{t!(i18n, draft.drop)}</button>
            </span>
        }>
            {move || t_string!(i18n, draft.moved, time = spoken(at)).to_string()}
        </Banner>
    }
}

#[component]
fn DraftDesk<M: Shown>(
    document: OpenDocument<M>,
    draft: StoredValue<ShownDraft>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let in_parts = draft.with_value(|shown| shown.draft.in_parts);
    let (asks, busy) = (RwSignal::new(false), RwSignal::new(false));
    let not_moved = RwSignal::new(None::<NotMoved>);
    let into_new = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let navigate = navigate.clone();
        let moved = draft.with_value(|shown| shown.draft.clone());
        let title = title_of_new(&t_string!(i18n, draft.new_title, title = moved.title.clone()).to_string());
        leptos::task::spawn_local(async move {
            let done = document.into_new_document(title, &moved).await;
            let _ = busy.try_set(false);
            match done {
                Ok(id) => {
                    if let Some(shown) = draft.try_get_value() {
                        document.note_moved(&shown, &id).await;
                    }
                    navigate(&M::address(&id), Default::default());
                }
                Err(reason) => drop(not_moved.try_set(Some(reason))),
            }
        });
    };
    view! {
        <div class="body">
            <p>{if in_parts { t_string!(i18n, draft.in_parts) } else { t_string!(i18n, draft.whole) }}</p>
            {draft.with_value(|shown| M::look(document, &shown.draft))}
            {move || not_moved.get().map(|reason| {
                let why = match reason {
                    NotMoved::Failure(failure) => failure_words(&failure),
                    NotMoved::Refused => t_string!(i18n, draft.device_refused).to_string(),
                };
                view! { <Banner tone=Tone::Warn picture="warn"><strong>{t!(i18n, draft.not_moved)}</strong>{why}</Banner> }
            })}
            {move || asks.get().then(|| view! {
                <Banner tone=Tone::Warn picture="trash" deed=move || view! {
                    <span class="cluster">
                        <button class="button" data-size="small" type="button" on:click=move |_| asks.set(false)>{t!(i18n, draft.stay)}</button>
                        <button class="button" data-size="small" data-kind="danger" type="button" on:click=move |_| {
                            open.set(false);
                            draft.with_value(|draft| document.drop_draft(draft));
                        }>{t!(i18n, draft.drop_sure)}</button>
                    </span>
                }>{t!(i18n, draft.drop_ask)}</Banner>
            })}
        </div>
        <footer>
            <button class="button" data-kind="quiet" type="button" on:click=move |_| asks.set(true)>{t!(i18n, draft.drop)}</button>
            {draft.with_value(|shown| M::take_draft(&shown.draft))}
            <button class="button" data-kind="primary" type="button" autofocus aria-busy=move || busy.get().then_some("true") on:click=into_new>{t!(i18n, draft.into_new)}</button>
        </footer>
    }
}

/// What a document is kept as in a file of the person's own.
#[derive(Debug, Clone, Copy)]
pub enum FileForm {
    WebPage,
    Markdown,
}

/// Hands the document to the browser as a file.
pub fn keep_as_file(title: &str, content: &Node, form: FileForm) {
    let title = title_of_new(title);
    let name = title.as_str().replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], " ");
    let (end, kind, text) = match form {
        FileForm::WebPage => ("html", "text/html;charset=utf-8", export::html_page(&title, content, |_| None)),
        FileForm::Markdown => ("md", "text/markdown;charset=utf-8", export::markdown(&title, content)),
    };
    dom::download(&format!("{name}.{end}"), kind, &text);
}

/// A text to take along: copy it with its form, or keep it as a file.
#[component]
pub fn Take(content: impl Fn() -> Option<Node> + Clone + Send + Sync + 'static, title: String) -> impl IntoView {
    let i18n = use_i18n();
    let copied = RwSignal::new(None::<bool>);
    let content = StoredValue::new(content);
    let get = move || content.with_value(|content| content());
    let copy = move |_| {
        let Some(node) = get() else { return };
        leptos::task::spawn_local(async move {
            let done = clipboard::copy(&export::html(&node), &plain_text(&node)).await;
            let _ = copied.try_set(Some(done));
        });
    };
    let title = StoredValue::new(title);
    let keep = move |form| {
        if let Some(node) = get() {
            keep_as_file(&title.get_value(), &node, form);
        }
    };
    let copy_words = move || match copied.get() {
        None => t_string!(i18n, draft.copy),
        Some(true) => t_string!(i18n, draft.copied),
        Some(false) => t_string!(i18n, draft.not_copied),
    };
    view! {
        <span class="cluster">
            <button class="button" data-size="small" type="button" on:click=copy>{icon("copy")}<span role="status">{copy_words}</span></button>
            <button class="button" data-size="small" type="button" on:click=move |_| keep(FileForm::WebPage)>{t!(i18n, draft.as_html)}</button>
            <button class="button" data-size="small" type="button" on:click=move |_| keep(FileForm::Markdown)>{t!(i18n, draft.as_markdown)}</button>
        </span>
    }
}

/// A title that may be too long, or none.
fn title_of_new(title: &str) -> Title {
    let short: String = title.chars().take(Title::MAX_CHARS).collect();
    Title::new(&short).unwrap_or_else(|_| Title::new("—").expect("a dash is a title"))
}

/// The draft as the editor shows it. Without the editor's code, its words.
#[component]
pub fn Reading(document: OpenDocument, content: Node) -> impl IntoView {
    let i18n = use_i18n();
    let place = NodeRef::<html::Div>::new();
    let editor = StoredValue::new_local(None::<Editor>);
    let words = RwSignal::new(None::<String>);
    Effect::new(move || {
        let Some(place) = place.get() else { return };
        let options = json!({ "editable": false, "documentId": document.id().as_str(), "labels": untrack(labels) });
        let shown = document.show_apart(|module| module.mount(&place, &content, options, 1, Rc::new(Reader)));
        if shown.is_none() {
            words.set(Some(plain_text(&content)));
        }
        editor.set_value(shown);
    });
    view! {
        <div class="draft-text" node_ref=place tabindex="0" role="region" aria-label=move || t_string!(i18n, draft.region)></div>
        {move || words.get().map(|words| view! { <pre class="draft-text" tabindex="0">{words}</pre> })}
    }
}

/// Nothing that is only read has anything to ask for.
struct Reader;

impl Host for Reader {
    fn change(&self, _: Vec<Change>) {}
    fn composition_start(&self, _: Vec<usize>) {}
    fn composition_end(&self, _: Vec<Change>) -> Vec<Change> {
        Vec::new()
    }
    fn selection(&self, _: Option<(Position, Position)>) {}
    fn state(&self, _: Value) {}
    fn upload(&self, _: Picture) -> Pin<Box<dyn Future<Output = Result<Value, String>>>> {
        Box::pin(async { Err(String::new()) })
    }
    fn command(&self, _: String) {}
    fn notice(&self, _: String, _: Value) {}
}
