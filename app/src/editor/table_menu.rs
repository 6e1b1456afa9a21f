use leptos::prelude::*;
use serde_json::json;

use crate::components::icon::icon;
use crate::components::menu::{Menu, Side};
use crate::i18n::*;
use crate::state::open_document::OpenDocument;

/// Puts a table in; inside one, everything that can be done with its rows, columns and cells.
#[component]
pub fn TableMenu(document: OpenDocument, disabled: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let tools = document.own.tools;
    let inside = Memo::new(move |_| tools.with(|tools| tools.in_table));
    let deed = move |command: &'static str| move |_| document.exec(command, json!({}));
    let item = move |command: &'static str, words: Signal<String>, can: Signal<bool>| {
        view! { <button role="menuitem" type="button" disabled=move || !can.get() on:click=deed(command)>{words}</button> }
    };
    let always = Signal::derive(|| true);
    view! {
        <Menu label=Signal::derive(move || t_string!(i18n, editor.table).to_string()) side=Side::Start size="small" tabindex="-1" disabled face=ViewFn::from(|| icon("table"))>
            <Show when=move || inside.get() fallback=move || view! {
                <p class="heading">{t!(i18n, editor.table_insert)}</p>
                {[(2, 2), (3, 3), (4, 4), (6, 5)].map(|(rows, columns)| view! {
                    <button role="menuitem" type="button" on:click=move |_| document.exec("insertTable", json!({ "rows": rows, "columns": columns, "header": true }))>
                        {move || t_string!(i18n, editor.table_size, rows = rows, columns = columns).to_string()}
                    </button>
                })}
            }>
                {item("addRowBefore", Signal::derive(move || t_string!(i18n, editor.row_before).to_string()), always)}
                {item("addRowAfter", Signal::derive(move || t_string!(i18n, editor.row_after).to_string()), always)}
                {item("addColumnBefore", Signal::derive(move || t_string!(i18n, editor.column_before).to_string()), always)}
                {item("addColumnAfter", Signal::derive(move || t_string!(i18n, editor.column_after).to_string()), always)}
                <div role="separator"></div>
                {item("mergeCells", Signal::derive(move || t_string!(i18n, editor.merge).to_string()), Signal::derive(move || tools.with(|tools| tools.can_merge)))}
                {item("splitCell", Signal::derive(move || t_string!(i18n, editor.split).to_string()), Signal::derive(move || tools.with(|tools| tools.can_split)))}
                {item("toggleHeaderRow", Signal::derive(move || t_string!(i18n, editor.header_row).to_string()), always)}
                {item("toggleHeaderColumn", Signal::derive(move || t_string!(i18n, editor.header_column).to_string()), always)}
                <div role="separator"></div>
                {item("deleteRow", Signal::derive(move || t_string!(i18n, editor.delete_row).to_string()), always)}
                {item("deleteColumn", Signal::derive(move || t_string!(i18n, editor.delete_column).to_string()), always)}
                <button role="menuitem" type="button" data-kind="danger" on:click=deed("deleteTable")>{t!(i18n, editor.delete_table)}</button>
            </Show>
        </Menu>
    }
}
