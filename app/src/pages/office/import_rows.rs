//! The rows of a table with what each would do.

use leptos::prelude::*;
use shared::organisation::roster::{Doing, PlannedRow, Preview, Standing};

use super::roster_words::{doing, trouble};
use crate::components::chip::Chip;
use crate::components::icon::small_icon;
use crate::components::pager::Pager;
use crate::i18n::*;

/// Rows that are shown at once.
const PAGE: usize = 100;

/// The rows: those with something wrong first of all.
#[component]
pub fn PlanRows(preview: Preview) -> impl IntoView {
    let i18n = use_i18n();
    let only_wrong = RwSignal::new(preview.wrong_rows > 0);
    let most = RwSignal::new(PAGE);
    let (all, wrong) = (preview.rows.len(), preview.wrong_rows);
    let rows = StoredValue::new(preview.rows);
    let listed = Memo::new(move |_| {
        let only_wrong = only_wrong.get();
        rows.with_value(|rows| {
            let shown = rows.iter().filter(|row| !only_wrong || row.standing == Standing::Wrong);
            shown.cloned().collect::<Vec<_>>()
        })
    });
    let shown = move || listed.get().into_iter().take(most.get()).map(|row| view! { <RowLine row/> }).collect_view();
    let more = Signal::derive(move || listed.with(Vec::len) > most.get());
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    view! {
        <div class="cluster">
            <Chip words=Signal::derive(move || t_string!(i18n, roster.only_wrong).to_string()) count=Signal::stored(Some(count(wrong))) pressed=only_wrong press=move |()| only_wrong.set(true)/>
            <Chip words=Signal::derive(move || t_string!(i18n, roster.all_rows).to_string()) count=Signal::stored(Some(count(all))) pressed=Signal::derive(move || !only_wrong.get()) press=move |()| only_wrong.set(false)/>
        </div>
        {move || if listed.with(Vec::is_empty) {
            view! { <p class="quiet card">{t!(i18n, roster.no_wrong)}</p> }.into_any()
        } else {
            view! { <ol class="rows import-rows" aria-label=move || t_string!(i18n, roster.table)>{shown}</ol> }.into_any()
        }}
        <Pager label=Signal::derive(move || t_string!(i18n, people.more).to_string()) more busy=Signal::stored(false) go_on=move |()| most.update(|most| *most += PAGE)/>
    }
}

/// Who, where to, and what is stored of them; below it what is wrong.
#[component]
fn RowLine(row: PlannedRow) -> impl IntoView {
    let i18n = use_i18n();
    let PlannedRow { row, name, school, standing, does, troubles } = row;
    let (mut account, mut places, mut facts) = (None, Vec::new(), Vec::new());
    for does in &does {
        match does {
            Doing::Adds { login, phone, email, teaches } => {
                account = Some(t_string!(i18n, roster.adds, login = login.clone()).to_string());
                facts.extend([Some(teaches), phone.as_ref(), email.as_ref()].into_iter().flatten().cloned());
            }
            Doing::Joins { .. } | Doing::Dates { .. } | Doing::Finds { .. } => places.push(doing(i18n, does)),
            Doing::Changes { .. } => facts.push(doing(i18n, does)),
        }
    }
    facts.retain(|fact| !fact.is_empty());
    let note = match standing {
        Standing::Good if does.is_empty() => Some(t_string!(i18n, roster.same).to_string()),
        Standing::Waiting => Some(t_string!(i18n, roster.waits).to_string()),
        Standing::LeftOut => Some(t_string!(i18n, roster.left_out).to_string()),
        Standing::Good | Standing::Wrong => None,
    };
    if places.is_empty() && !school.is_empty() {
        places.push(school);
    }
    let troubles: Vec<_> = match standing {
        Standing::Wrong => troubles.iter().map(|of| trouble(i18n, of)).collect(),
        Standing::Good | Standing::Waiting | Standing::LeftOut => Vec::new(),
    };
    let lines = |lines: Vec<String>| lines.into_iter().map(|words| view! { <p>{words}</p> }).collect_view();
    view! {
        <li class="row">
            <span class="quiet nth">{t_string!(i18n, roster.row_number, row = row).to_string()}</span>
            <div><p class="strong">{name}</p>{account.map(|words| view! { <p class="second">{words}</p> })}</div>
            <div>{lines(places)}{note.map(|words| view! { <p class="quiet">{words}</p> })}</div>
            <div class="second">{lines(facts)}</div>
            {(!troubles.is_empty()).then(|| view! {
                <div class="warn troubles">{troubles.into_iter().map(|words| view! { <p>{small_icon("warn")}<span>{words}</span></p> }).collect_view()}</div>
            })}
        </li>
    }
}
