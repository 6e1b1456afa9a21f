//! The text of an item beside one's own: to select in, and its tables to take whole.

use leptos::html;
use leptos::prelude::*;

use crate::browser::fetch::Failure;
use crate::browser::fragment;
use crate::components::icon::icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::brief::Passages;
use crate::state::library::item::read_into;
use crate::wording::origin::table_html;

/// What one selects passages in.
pub const PASSAGES: &str = "library-passages";

/// Rows of a table that are shown and taken; more is a list of pupils, not something to teach with.
const ROWS: usize = 200;

/// A table as it goes into the document, and its words.
pub struct TakenTable {
    pub html: String,
    pub text: String,
}

/// The text of an item, whichever way it is given: what was written here with its form, what was read out without.
#[component]
pub fn PassagesView(address: String, off: Signal<bool>, put_table: Callback<TakenTable>) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let read = RwSignal::new(None::<Result<Passages, Failure>>);
    read_into(address, read);
    Effect::new(move || {
        if let (Some(place), Some(Ok(passages))) = (place.get(), read.get()) {
            fragment::show(&place, &passages.html);
        }
    });
    let read_out = move || match read.get() {
        Some(Ok(passages)) => {
            in_parts(&passages.text).into_iter().map(|part| shown(part, off, put_table)).collect_view().into_any()
        }
        Some(Err(failure)) => view! { <p>{failure_words(&failure)}</p> }.into_any(),
        None => ().into_any(),
    };
    view! { <div id=PASSAGES class="text library-text" tabindex="0"><div node_ref=place></div>{read_out}</div> }
}

#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Line(&'a str),
    Table(Vec<Vec<&'a str>>),
}

/// Lines with tabs, one after another, were rows of a table.
fn in_parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for line in text.lines() {
        if !line.contains('\t') {
            parts.push(Part::Line(line));
            continue;
        }
        let row = line.split('\t').map(str::trim).collect();
        match parts.last_mut() {
            Some(Part::Table(rows)) if rows.len() < ROWS => rows.push(row),
            Some(_) | None => parts.push(Part::Table(vec![row])),
        }
    }
    parts
}

fn shown(part: Part<'_>, off: Signal<bool>, put_table: Callback<TakenTable>) -> AnyView {
    let i18n = use_i18n();
    match part {
        Part::Line(line) => view! { <p>{line.to_owned()}</p> }.into_any(),
        Part::Table(rows) => {
            let text = rows.iter().map(|row| row.join("\t")).collect::<Vec<_>>().join("\n");
            let html = table_html(&rows);
            let put = move |_| put_table.run(TakenTable { html: html.clone(), text: text.clone() });
            let row = |cells: Vec<&str>| view! { <tr>{cells.into_iter().map(|cell| view! { <td>{cell.to_owned()}</td> }).collect_view()}</tr> };
            view! {
                <button class="button take-table" data-size="small" type="button" disabled=off on:click=put>{icon("table")}{t!(i18n, library.put_table)}</button>
                <table><tbody>{rows.into_iter().map(row).collect_view()}</tbody></table>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_tabs_are_one_table() {
        let parts = in_parts("口算\n题目\t得数\n1/2\t\n说明");
        let table = Part::Table(vec![vec!["题目", "得数"], vec!["1/2", ""]]);
        assert_eq!(parts, [Part::Line("口算"), table, Part::Line("说明")]);
    }

    #[test]
    fn a_long_table_comes_in_pieces() {
        let text = "1\t2\n".repeat(ROWS + 1);
        let rows = |part: &Part<'_>| match part {
            Part::Table(rows) => rows.len(),
            Part::Line(_) => 0,
        };
        assert_eq!(in_parts(&text).iter().map(rows).collect::<Vec<_>>(), [ROWS, 1]);
    }
}
