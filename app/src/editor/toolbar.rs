use leptos::html;
use leptos::prelude::*;
use serde_json::{Value, json};

use super::shortcuts::Shortcut;
use super::state::ToolbarState;
use super::table_menu::TableMenu;
use super::toolbar_menus::{AlignMenu, ColourMenu, MoreMenu, StyleMenu};
use crate::browser::dom;
use crate::components::icon::icon;
use crate::i18n::*;
use crate::state::open_document::OpenDocument;

/// How I write: one Tab stop, arrows inside; what the caret stands in shows as pressed.
#[component]
pub fn Toolbar(document: OpenDocument, link_open: RwSignal<bool>, library_open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let bar = NodeRef::<html::Div>::new();
    let off = Signal::derive(move || !document.may_edit());
    let tools = document.own.tools;
    let on = move |is: fn(&ToolbarState) -> bool| Signal::derive(move || tools.with(is));
    let press = move |picture: &'static str,
                      shortcut: Shortcut,
                      full: bool,
                      pressed: Signal<bool>,
                      command: &'static str,
                      args: Value| {
        view! {
            <button class="icon-button" class:full-only=full data-size="small" type="button" tabindex="-1" disabled=move || off.get()
                aria-label=move || shortcut.name() data-tip=move || shortcut.tip() aria-keyshortcuts=shortcut.aria() aria-pressed=move || pressed.get().to_string()
                // The text keeps its selection and its composition.
                on:mousedown=|event| event.prevent_default()
                on:click=move |_| document.exec(command, args.clone())>{icon(picture)}</button>
        }
        .into_any()
    };
    let take_back = move |picture: &'static str,
                          shortcut: Shortcut,
                          tabindex: Option<&'static str>,
                          can: fn((bool, bool)) -> bool,
                          deed: fn(OpenDocument)| {
        view! {
            <button class="icon-button" data-size="small" type="button" tabindex=tabindex aria-label=move || shortcut.name() data-tip=move || shortcut.tip() aria-keyshortcuts=shortcut.aria()
                aria-disabled=move || (off.get() || !can(document.undo.get())).to_string() on:mousedown=|event| event.prevent_default() on:click=move |_| deed(document)>{icon(picture)}</button>
        }
    };
    macro_rules! words {
        ($($key:tt)*) => { Signal::derive(move || t_string!(i18n, $($key)*).to_string()) };
    }
    let rove = move |event: leptos::ev::KeyboardEvent| {
        if let Some(bar) = dom::element(bar) {
            dom::rove(&bar, &event, false);
        }
    };
    view! {
        <section class="doc-tools" id="tools" aria-label=move || t_string!(i18n, editor.tools)>
            <div class="toolbar" role="toolbar" aria-orientation="horizontal" aria-label=move || t_string!(i18n, editor.tools) node_ref=bar on:keydown=rove>
                {take_back("undo", Shortcut::Undo, None, |(undo, _)| undo, |document| document.undo())}
                {take_back("redo", Shortcut::Redo, Some("-1"), |(_, redo)| redo, |document| document.redo())}
                <span role="separator"></span>
                <StyleMenu document disabled=off/>
                <span role="separator"></span>
                {press("bold", Shortcut::Bold, false, on(|tools| tools.marks.bold), "toggleMark", json!({ "mark": "bold" }))}
                {press("italic", Shortcut::Italic, true, on(|tools| tools.marks.italic), "toggleMark", json!({ "mark": "italic" }))}
                {press("underline", Shortcut::Underline, false, on(|tools| tools.marks.underline), "toggleMark", json!({ "mark": "underline" }))}
                {press("strike", Shortcut::Strike, true, on(|tools| tools.marks.strike), "toggleMark", json!({ "mark": "strike" }))}
                {press("code", Shortcut::Code, true, on(|tools| tools.marks.code), "toggleMark", json!({ "mark": "code" }))}
                <ColourMenu document disabled=off picture="color" name=words!(editor.color) none=words!(editor.color_none) command="setColor" list="color"/>
                <ColourMenu document disabled=off picture="mark" name=words!(editor.highlight) none=words!(editor.highlight_none) command="setHighlight" list="highlight"/>
                <span role="separator"></span>
                <AlignMenu document disabled=off/>
                {press("ul", Shortcut::BulletList, false, on(|tools| tools.list.as_deref() == Some("bulletList")), "toggleList", json!({ "type": "bulletList" }))}
                {press("ol", Shortcut::OrderedList, false, on(|tools| tools.list.as_deref() == Some("orderedList")), "toggleList", json!({ "type": "orderedList" }))}
                {press("task", Shortcut::TaskList, true, on(|tools| tools.list.as_deref() == Some("taskList")), "toggleList", json!({ "type": "taskList" }))}
                {press("quote", Shortcut::Quote, true, on(|tools| tools.quote), "toggleQuote", json!({}))}
                <span role="separator"></span>
                <TableMenu document disabled=off/>
                <button class="icon-button" data-size="small" type="button" tabindex="-1" disabled=move || off.get() aria-label=move || t_string!(i18n, editor.image)
                    data-tip=move || t_string!(i18n, editor.image_tip) on:click=move |_| document.exec("pickImage", json!({}))>{icon("image")}</button>
                <button class="icon-button" data-size="small" type="button" tabindex="-1" disabled=move || off.get() aria-label=move || Shortcut::Link.name()
                    data-tip=move || Shortcut::Link.tip() aria-keyshortcuts=Shortcut::Link.aria() aria-pressed=move || tools.with(|tools| tools.link.is_some()).to_string()
                    on:mousedown=|event| event.prevent_default() on:click=move |_| link_open.set(true)>{icon("link")}</button>
                <button class="icon-button" data-size="small" type="button" tabindex="-1" aria-label=move || Shortcut::Library.name() data-tip=move || Shortcut::Library.tip()
                    aria-expanded=move || library_open.get().to_string() aria-controls="library" on:click=move |_| library_open.update(|open| *open = !*open)>{icon("library")}</button>
                <button class="icon-button full-only" data-size="small" type="button" tabindex="-1" disabled=move || off.get() aria-label=move || t_string!(i18n, editor.rule)
                    data-tip=move || format!("{} ---", t_string!(i18n, editor.rule)) on:mousedown=|event| event.prevent_default() on:click=move |_| document.exec("insertRule", json!({}))>{icon("rule")}</button>
                <MoreMenu document disabled=off/>
            </div>
        </section>
    }
}
