use leptos::html;
use leptos::prelude::*;
use serde_json::{Value, json};

use super::state::ToolbarState;
use super::table_menu::TableMenu;
use crate::browser::dom;
use crate::components::icon::icon;
use crate::components::menu::{Menu, Side};
use crate::i18n::*;
use crate::state::open_document::OpenDocument;

/// How I write: one Tab stop, arrows inside; what the caret stands in shows as pressed.
#[component]
pub fn Toolbar(document: OpenDocument, link_open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let bar = NodeRef::<html::Div>::new();
    let off = Signal::derive(move || !document.may_edit());
    let tools = document.tools;
    let on = move |is: fn(&ToolbarState) -> bool| Signal::derive(move || tools.with(is));
    let words = move |words: Signal<String>, key: &'static str| {
        Signal::derive(move || if key.is_empty() { words.get() } else { format!("{} {key}", words.get()) })
    };
    let press = move |picture: &'static str,
                      name: Signal<String>,
                      key: &'static str,
                      full: bool,
                      pressed: Signal<bool>,
                      command: &'static str,
                      args: Value| {
        let tip = words(name, key);
        view! {
            <button class="icon-button" class:full-only=full data-size="small" type="button" tabindex="-1" disabled=move || off.get()
                aria-label=move || name.get() data-tip=move || tip.get() aria-pressed=move || pressed.get().to_string()
                // The text keeps its selection and its composition.
                on:mousedown=|event| event.prevent_default()
                on:click=move |_| document.exec(command, args.clone())>{icon(picture)}</button>
        }
        .into_any()
    };
    macro_rules! words {
        ($($key:tt)*) => { Signal::derive(move || t_string!(i18n, $($key)*).to_string()) };
    }
    let style = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        let args = match value.strip_prefix("heading-") {
            Some(level) => json!({ "type": "heading", "level": level.parse::<u8>().unwrap_or(2) }),
            None if value == "code" => json!({ "type": "codeBlock" }),
            None => json!({ "type": "paragraph" }),
        };
        document.exec("setBlock", args);
    };
    let undo_words = words!(editor.undo);
    let redo_words = words!(editor.redo);
    let undo_tip = words(undo_words, "Ctrl Z");
    let redo_tip = words(redo_words, "Ctrl Y");
    let rove = move |event: leptos::ev::KeyboardEvent| {
        if let Some(bar) = dom::element(bar) {
            dom::rove(&bar, &event, false);
        }
    };
    view! {
        <section class="doc-tools" id="tools" aria-label=move || t_string!(i18n, editor.tools)>
            <div class="toolbar" role="toolbar" aria-orientation="horizontal" aria-label=move || t_string!(i18n, editor.tools) node_ref=bar on:keydown=rove>
                <button class="icon-button" data-size="small" type="button" aria-label=move || undo_words.get() data-tip=move || undo_tip.get()
                    aria-disabled=move || (off.get() || !document.undo.get().0).to_string() on:mousedown=|event| event.prevent_default() on:click=move |_| document.undo()>{icon("undo")}</button>
                <button class="icon-button" data-size="small" type="button" tabindex="-1" aria-label=move || redo_words.get() data-tip=move || redo_tip.get()
                    aria-disabled=move || (off.get() || !document.undo.get().1).to_string() on:mousedown=|event| event.prevent_default() on:click=move |_| document.redo()>{icon("redo")}</button>
                <span role="separator"></span>
                <span class="select" data-size="small" data-kind="quiet">
                    <select tabindex="-1" aria-label=move || t_string!(i18n, editor.style) disabled=move || off.get()
                        prop:value=move || tools.with(ToolbarState::style) on:change=style>
                        <option value="paragraph">{t!(i18n, editor.paragraph)}</option>
                        <option value="heading-1">{t!(i18n, editor.heading_1)}</option>
                        <option value="heading-2">{t!(i18n, editor.heading_2)}</option>
                        <option value="heading-3">{t!(i18n, editor.heading_3)}</option>
                        <option value="code">{t!(i18n, editor.code_block)}</option>
                    </select>
                </span>
                <span role="separator"></span>
                {press("bold", words!(editor.bold), "Ctrl B", false, on(|tools| tools.marks.bold), "toggleMark", json!({ "mark": "bold" }))}
                {press("italic", words!(editor.italic), "Ctrl I", true, on(|tools| tools.marks.italic), "toggleMark", json!({ "mark": "italic" }))}
                {press("underline", words!(editor.underline), "Ctrl U", false, on(|tools| tools.marks.underline), "toggleMark", json!({ "mark": "underline" }))}
                {press("strike", words!(editor.strike), "Ctrl Shift X", true, on(|tools| tools.marks.strike), "toggleMark", json!({ "mark": "strike" }))}
                {press("code", words!(editor.code), "Ctrl E", true, on(|tools| tools.marks.code), "toggleMark", json!({ "mark": "code" }))}
                <ColourMenu document disabled=off picture="color" name=words!(editor.color) none=words!(editor.color_none) command="setColor" list="color"/>
                <ColourMenu document disabled=off picture="mark" name=words!(editor.highlight) none=words!(editor.highlight_none) command="setHighlight" list="highlight"/>
                <span role="separator"></span>
                <AlignMenu document disabled=off/>
                {press("ul", words!(editor.bullets), "Ctrl Shift 8", false, on(|tools| tools.list.as_deref() == Some("bulletList")), "toggleList", json!({ "type": "bulletList" }))}
                {press("ol", words!(editor.numbers), "Ctrl Shift 7", false, on(|tools| tools.list.as_deref() == Some("orderedList")), "toggleList", json!({ "type": "orderedList" }))}
                {press("task", words!(editor.tasks), "Ctrl Shift 9", true, on(|tools| tools.list.as_deref() == Some("taskList")), "toggleList", json!({ "type": "taskList" }))}
                {press("quote", words!(editor.quote), "Ctrl Shift B", true, on(|tools| tools.quote), "toggleQuote", json!({}))}
                <span role="separator"></span>
                <TableMenu document disabled=off/>
                <button class="icon-button" data-size="small" type="button" tabindex="-1" disabled=move || off.get() aria-label=move || t_string!(i18n, editor.image)
                    data-tip=move || t_string!(i18n, editor.image_tip) on:click=move |_| document.exec("pickImage", json!({}))>{icon("image")}</button>
                <button class="icon-button" data-size="small" type="button" tabindex="-1" disabled=move || off.get() aria-label=move || t_string!(i18n, editor.link)
                    data-tip=words(words!(editor.link), "Ctrl K") aria-pressed=move || tools.with(|tools| tools.link.is_some()).to_string()
                    on:mousedown=|event| event.prevent_default() on:click=move |_| link_open.set(true)>{icon("link")}</button>
                <button class="icon-button full-only" data-size="small" type="button" tabindex="-1" disabled=move || off.get() aria-label=move || t_string!(i18n, editor.rule)
                    data-tip=words(words!(editor.rule), "---") on:mousedown=|event| event.prevent_default() on:click=move |_| document.exec("insertRule", json!({}))>{icon("rule")}</button>
                <MoreMenu document disabled=off/>
            </div>
        </section>
    }
}

#[component]
fn ColourMenu(
    document: OpenDocument,
    disabled: Signal<bool>,
    picture: &'static str,
    name: Signal<String>,
    none: Signal<String>,
    command: &'static str,
    list: &'static str,
) -> impl IntoView {
    let colours = move || -> Vec<(String, String)> {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        document
            .palette
            .with_value(|palette| palette.get(list).and_then(Value::as_array).cloned())
            .unwrap_or_default()
            .iter()
            .map(|colour| (text(colour, "name"), text(colour, "hex")))
            .collect()
    };
    view! {
        <Menu label=name side=Side::Start size="small" tabindex="-1" disabled face=ViewFn::from(move || icon(picture))>
            <button role="menuitem" type="button" on:click=move |_| document.exec(command, json!({ "color": null }))>{none}</button>
            {move || colours().into_iter().map(|(name, hex)| {
                let label = colour_name(&name);
                let swatch = format!("{list}-{name}");
                view! {
                    <button role="menuitem" type="button" on:click=move |_| document.exec(command, json!({ "color": hex }))>
                        <span class="colour" data-colour=swatch aria-hidden="true"></span>{label}
                    </button>
                }
            }).collect_view()}
        </Menu>
    }
}

fn colour_name(name: &str) -> String {
    let i18n = use_i18n();
    match name {
        "red" => t_string!(i18n, colour.red),
        "amber" => t_string!(i18n, colour.amber),
        "green" => t_string!(i18n, colour.green),
        "teal" => t_string!(i18n, colour.teal),
        "blue" => t_string!(i18n, colour.blue),
        "purple" => t_string!(i18n, colour.purple),
        "rose" => t_string!(i18n, colour.rose),
        _ => t_string!(i18n, colour.grey),
    }
    .to_string()
}

#[component]
fn AlignMenu(document: OpenDocument, disabled: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let choices = [("left", "align"), ("center", "center"), ("right", "right"), ("justify", "justify")];
    let name = move |align: &str| match align {
        "left" => t_string!(i18n, editor.align_left),
        "center" => t_string!(i18n, editor.align_center),
        "right" => t_string!(i18n, editor.align_right),
        _ => t_string!(i18n, editor.align_justify),
    };
    view! {
        <Menu label=Signal::derive(move || t_string!(i18n, editor.align).to_string()) side=Side::Start size="small" tabindex="-1" disabled face=ViewFn::from(|| icon("align"))>
            {choices.map(|(align, picture)| view! {
                <button role="menuitemradio" type="button" aria-checked=move || document.tools.with(|tools| tools.align == align).to_string()
                    on:click=move |_| document.exec("setAlign", json!({ "align": align }))>{icon(picture)}{move || name(align)}</button>
            })}
        </Menu>
    }
}

/// What a narrow window has no room for.
#[component]
fn MoreMenu(document: OpenDocument, disabled: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let deed = move |command: &'static str, args: Value| move |_| document.exec(command, args.clone());
    view! {
        <span class="below-full-only">
            <Menu label=Signal::derive(move || t_string!(i18n, editor.more).to_string()) size="small" tabindex="-1" disabled face=ViewFn::from(|| icon("down"))>
                <button role="menuitem" type="button" on:click=deed("toggleMark", json!({ "mark": "italic" }))>{icon("italic")}{t!(i18n, editor.italic)}</button>
                <button role="menuitem" type="button" on:click=deed("toggleMark", json!({ "mark": "strike" }))>{icon("strike")}{t!(i18n, editor.strike)}</button>
                <button role="menuitem" type="button" on:click=deed("toggleMark", json!({ "mark": "code" }))>{icon("code")}{t!(i18n, editor.code)}</button>
                <button role="menuitem" type="button" on:click=deed("toggleList", json!({ "type": "taskList" }))>{icon("task")}{t!(i18n, editor.tasks)}</button>
                <button role="menuitem" type="button" on:click=deed("toggleQuote", json!({}))>{icon("quote")}{t!(i18n, editor.quote)}</button>
                <button role="menuitem" type="button" on:click=deed("insertRule", json!({}))>{icon("rule")}{t!(i18n, editor.rule)}</button>
            </Menu>
        </span>
    }
}
