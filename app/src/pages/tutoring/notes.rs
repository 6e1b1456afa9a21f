//! The notes of the session and the plan it is about, beside the board: the ordinary editor in a narrow column.

use leptos::html;
use leptos::prelude::*;
use serde_json::json;
use shared::api::TitledDocument;
use shared::document::Binding;
use shared::words::DocumentId;

use crate::browser::dom;
use crate::components::banner::{Banner, Tone};
use crate::components::icon::{icon, small_icon};
use crate::components::save::SaveState;
use crate::components::skeleton::Skeleton;
use crate::editor::host::mounted;
use crate::editor::shortcuts::Shortcut;
use crate::editor::state::ToolbarState;
use crate::i18n::*;
use crate::pages::saving::SavingDialog;
use crate::pages::trouble::Troubles;
use crate::state::open_document::{OpenDocument, Stage};
use crate::state::session::Session;

/// Co-edited by all who take part; listeners and guests read them.
#[component]
pub fn Notes(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let document = OpenDocument::<Binding>::open(session, id);
    let saving_open = RwSignal::new(false);
    let editable = Signal::derive(move || document.may_edit());
    let reads = move || document.stage.get() == Stage::Ready && !editable.get();
    view! {
        <div class="notes-head">
            <Show when=move || editable.get()><NotesTools document/></Show>
            {move || reads().then(|| view! { <p class="small second cluster">{small_icon("eye")}{t!(i18n, room.notes_read_only)}</p> })}
            <Show when=move || editable.get()><SaveState saving=document.saving line=document.line explain=move |()| saving_open.set(true)/></Show>
        </div>
        <Troubles document in_session=true/>
        <Written document editable/>
        <SavingDialog document open=saving_open/>
    }
}

/// The plan that the session is about, to be read.
#[component]
pub fn Plan(plan: TitledDocument) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let address = format!("/documents/{}", plan.id);
    let document = OpenDocument::<Binding>::open(session, plan.id.clone());
    let gone = Memo::new(move |_| document.stage.get() == Stage::Missing);
    view! {
        <header class="plan-head">
            <h2>{plan.title}</h2>
            <a class="small" href=address rel="external" target="_blank">{t!(i18n, room.plan_open)}{small_icon("out")}</a>
        </header>
        {move || gone.get().then(|| view! { <Banner tone=Tone::Calm>{t!(i18n, room.plan_gone)}</Banner> })}
        <Written document editable=Signal::derive(|| false)/>
    }
}

/// Where the text stands.
#[component]
fn Written(document: OpenDocument, editable: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let place = mounted(document, editable);
    view! {
        {move || (document.stage.get() == Stage::NoView).then(|| view! {
            <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| document.load_again()>{t!(i18n, common.try_again)}</button> }>
                {t!(i18n, document.no_editor)}
            </Banner>
        })}
        <Show when=move || document.stage.get() == Stage::Opening>
            <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/>
        </Show>
        <div class="notes-text" node_ref=place></div>
    }
}

/// The few tools that notes need: one Tab stop, arrows inside. The keys of the editor do the rest.
#[component]
fn NotesTools(document: OpenDocument) -> impl IntoView {
    let i18n = use_i18n();
    let bar = NodeRef::<html::Div>::new();
    let tools = document.own.tools;
    let rove = move |event: leptos::ev::KeyboardEvent| {
        if let Some(bar) = dom::element(bar) {
            dom::rove(&bar, &event, false);
        }
    };
    let press = move |shortcut: Shortcut,
                      picture: &'static str,
                      is: fn(&ToolbarState) -> bool,
                      command: &'static str,
                      name: &'static str,
                      what: &'static str| {
        view! {
            <button class="icon-button" data-size="small" type="button" tabindex="-1" aria-label=move || shortcut.name() data-tip=move || shortcut.tip() aria-keyshortcuts=shortcut.aria()
                aria-pressed=move || tools.with(is).to_string() on:mousedown=|event| event.prevent_default()
                on:click=move |_| document.exec(command, json!({ (name): what }))>{icon(picture)}</button>
        }
    };
    view! {
        <div class="toolbar" role="toolbar" aria-label=move || t_string!(i18n, editor.tools) node_ref=bar on:keydown=rove>
            <button class="icon-button" data-size="small" type="button" aria-label=move || Shortcut::Undo.name() data-tip=move || Shortcut::Undo.tip() aria-keyshortcuts=Shortcut::Undo.aria()
                aria-disabled=move || (!document.undo.get().0).to_string() on:mousedown=|event| event.prevent_default() on:click=move |_| document.undo()>{icon("undo")}</button>
            {press(Shortcut::Bold, "bold", |tools| tools.marks.bold, "toggleMark", "mark", "bold")}
            {press(Shortcut::Underline, "underline", |tools| tools.marks.underline, "toggleMark", "mark", "underline")}
            {press(Shortcut::BulletList, "ul", |tools| tools.list.as_deref() == Some("bulletList"), "toggleList", "type", "bulletList")}
            {press(Shortcut::OrderedList, "ol", |tools| tools.list.as_deref() == Some("orderedList"), "toggleList", "type", "orderedList")}
        </div>
    }
}
