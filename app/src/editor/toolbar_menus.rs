//! The toolbar's menus: paragraph style, colours, alignment, and what a narrow window has no room for.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::shortcuts::Shortcut;
use super::state::ToolbarState;
use crate::components::icon::{icon, small_icon};
use crate::components::menu::{Menu, Side};
use crate::i18n::*;
use crate::state::open_document::OpenDocument;

/// A deed with its key; `checked` where one of several holds.
fn item(
    document: OpenDocument,
    picture: Option<&'static str>,
    shortcut: Shortcut,
    checked: Option<Signal<bool>>,
    command: &'static str,
    args: Value,
) -> impl IntoView {
    view! {
        <button role=if checked.is_some() { "menuitemradio" } else { "menuitem" } type="button" aria-keyshortcuts=shortcut.aria()
            aria-checked=move || checked.map(|checked| checked.get().to_string()) on:click=move |_| document.exec(command, args.clone())>
            {picture.map(icon)}{move || shortcut.name()}<span class="kbd" aria-hidden="true">{shortcut.keys().first().cloned()}</span>
        </button>
    }
}

/// What the paragraph is: the button says it, the menu changes it.
#[component]
pub fn StyleMenu(document: OpenDocument, disabled: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let now = Memo::new(move |_| document.own.tools.with(ToolbarState::style));
    let name = move || match now.get() {
        Some(style) => style.name(),
        None => t_string!(i18n, editor.style).to_string(),
    };
    let label = Signal::derive(move || t_string!(i18n, editor.style_is, name = name()).to_string());
    let choice = move |style: Shortcut, args: Value| {
        item(document, None, style, Some(Signal::derive(move || now.get() == Some(style))), "setBlock", args)
    };
    view! {
        <Menu label side=Side::Start class="tool-choice" tabindex="-1" disabled face=ViewFn::from(move || view! { <span>{name}</span>{small_icon("down")} })>
            {choice(Shortcut::Paragraph, json!({ "type": "paragraph" }))}
            {choice(Shortcut::Heading1, json!({ "type": "heading", "level": 1 }))}
            {choice(Shortcut::Heading2, json!({ "type": "heading", "level": 2 }))}
            {choice(Shortcut::Heading3, json!({ "type": "heading", "level": 3 }))}
            {choice(Shortcut::CodeBlock, json!({ "type": "codeBlock" }))}
        </Menu>
    }
}

#[component]
pub fn ColourMenu(
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
        let palette = document.palette();
        let listed = palette.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
        listed.iter().map(|colour| (text(colour, "name"), text(colour, "hex"))).collect()
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
pub fn AlignMenu(document: OpenDocument, disabled: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let choice = move |align: &'static str, picture: &'static str, shortcut: Shortcut| {
        let checked = Signal::derive(move || document.own.tools.with(|tools| tools.align == align));
        item(document, Some(picture), shortcut, Some(checked), "setAlign", json!({ "align": align }))
    };
    view! {
        <Menu label=Signal::derive(move || t_string!(i18n, editor.align).to_string()) side=Side::Start size="small" tabindex="-1" disabled face=ViewFn::from(|| icon("align"))>
            {choice("left", "align", Shortcut::AlignLeft)}
            {choice("center", "center", Shortcut::AlignCenter)}
            {choice("right", "right", Shortcut::AlignRight)}
            {choice("justify", "justify", Shortcut::AlignJustify)}
        </Menu>
    }
}

/// What is needed less often, and what a narrow window has no room for.
#[component]
pub fn MoreMenu(document: OpenDocument, disabled: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let deed = move |picture: &'static str, shortcut: Shortcut, command: &'static str, args: Value| {
        item(document, Some(picture), shortcut, None, command, args)
    };
    view! {
        <Menu label=Signal::derive(move || t_string!(i18n, editor.more).to_string()) size="small" tabindex="-1" disabled face=ViewFn::from(|| icon("down"))>
            <div class="below-full-only" role="none">
                {deed("italic", Shortcut::Italic, "toggleMark", json!({ "mark": "italic" }))}
                {deed("strike", Shortcut::Strike, "toggleMark", json!({ "mark": "strike" }))}
                {deed("code", Shortcut::Code, "toggleMark", json!({ "mark": "code" }))}
                {deed("task", Shortcut::TaskList, "toggleList", json!({ "type": "taskList" }))}
                {deed("quote", Shortcut::Quote, "toggleQuote", json!({}))}
                <button role="menuitem" type="button" on:click=move |_| document.exec("insertRule", json!({}))>{icon("rule")}{t!(i18n, editor.rule)}</button>
                <div role="separator"></div>
            </div>
            {deed("indent", Shortcut::Indent, "indent", json!({}))}
            {deed("outdent", Shortcut::Outdent, "outdent", json!({}))}
            {deed("clear", Shortcut::ClearMarks, "clearMarks", json!({}))}
        </Menu>
    }
}
