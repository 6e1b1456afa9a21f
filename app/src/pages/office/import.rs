use leptos::html;
use leptos::prelude::*;
use shared::api::{RosterPlan, RosterProgress};
use shared::organisation::Body;
use shared::organisation::roster::{PlannedRow, Preview, Verdict};

use super::roster_words::{column, doing, trouble};
use super::start_codes::Codes;
use crate::browser::upload::TableFile;
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::chip::Chip;
use crate::components::form::{CheckField, SelectField};
use crate::components::icon::icon;
use crate::components::pager::Pager;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::{Look, Organisation};
use crate::state::roster::{Roster, unknown};
use crate::state::session::Session;
use crate::state::way::{Trace, use_way};

/// Rows that are shown at once.
const PAGE: usize = 100;

/// From a spreadsheet to people: choose the file, look it through, import it.
#[component]
pub fn ImportPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let organisation = Organisation::new(session, expect_context());
    let roster = Roster::new(session);
    Effect::new(move || dom::set_title(t_string!(i18n, roster.tab)));
    let groups = Signal::derive(move || {
        organisation.look(|view| {
            let mine = view.groups.iter().filter(|group| {
                let mut schools = view.schools_of(group).into_iter();
                view.administers.contains(&Body::Group(group.id.clone()))
                    || schools.any(|(_, school)| view.administers.contains(&Body::School(school.id.clone())))
            });
            let mut groups: Vec<_> = mine.map(|group| (group.id.to_string(), group.name.clone())).collect();
            groups.sort_by_key(|(id, _)| {
                !view.administers.iter().any(|body| matches!(body, Body::Group(group) if group.as_str() == id))
            });
            groups
        })
    });
    Effect::new(move || {
        if let Some((first, _)) = groups.get().first().filter(|_| roster.group.with_untracked(String::is_empty)) {
            roster.group.set(first.clone());
        }
    });
    let not_mine = move || organisation.view.with(Option::is_some) && groups.with(Vec::is_empty);
    let step = move || match (roster.is_done(), roster.plan.with(Option::is_some)) {
        (true, _) => 3,
        (false, true) => 2,
        (false, false) => 1,
    };
    view! {
        <main class="main import" id="main" tabindex="-1">
            <div class="lead">
                <div><h1>{t!(i18n, roster.title)}</h1><p>{t!(i18n, roster.words)}</p></div>
                <div class="actions"><a class="button" href="/people">{t!(i18n, people.back)}</a></div>
            </div>
            <ol class="steps" hidden=not_mine>
                {[1, 2, 3].map(|number| view! {
                    <li aria-current=move || (step() == number).then_some("step")>{match number {
                        1 => t!(i18n, roster.step_1).into_any(),
                        2 => t!(i18n, roster.step_2).into_any(),
                        _ => t!(i18n, roster.step_3).into_any(),
                    }}</li>
                })}
            </ol>
            {move || roster.failure.get().or_else(|| organisation.failure.get()).map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner>
            })}
            <Show when=move || roster.changed.get()><Banner tone=Tone::Calm>{t!(i18n, roster.changed_meanwhile)}</Banner></Show>
            <Show when=move || step() == 1 && !not_mine()><ChooseFile roster groups/></Show>
            <Show when=not_mine><p class="card quiet" role="status">{t!(i18n, roster.nowhere)}</p></Show>
            {move || (step() == 2).then(|| roster.plan.get()).flatten().map(|plan| view! { <PlanSection roster plan/> })}
            {move || (step() == 3).then(|| roster.progress.get()).flatten().map(|progress| view! { <DoneSection organisation roster progress/> })}
        </main>
    }
}

#[component]
fn ChooseFile(roster: Roster, groups: Signal<Vec<(String, String)>>) -> impl IntoView {
    let i18n = use_i18n();
    let input = NodeRef::<html::Input>::new();
    let take = move |_| {
        if let Some(file) = TableFile::chosen(input) {
            roster.take(file);
        }
    };
    view! {
        <section class="card stack">
            {move || (groups.with(Vec::len) > 1).then(|| view! {
                <SelectField id="roster-group" label=Signal::derive(move || t_string!(i18n, roster.group).to_string()) value=roster.group options=groups/>
            })}
            <div class="split import-template">
                <p>{t!(i18n, roster.template_words)}</p>
                <a class="button" href="/api/organisation/roster/template.xlsx" rel="external" download="">{icon("table")}{t!(i18n, roster.template)}</a>
            </div>
            <label class="drop-file" aria-busy=move || roster.busy.get().then_some("true")>
                {icon("upload")}
                <span><b>{move || match (roster.busy.get(), roster.named.get()) {
                    (true, Some(name)) => t_string!(i18n, roster.reading, name = name).to_string(),
                    (true | false, _) => t_string!(i18n, roster.choose).to_string(),
                }}</b></span>
                <span class="small second">{t!(i18n, roster.choose_words)}</span>
                <input node_ref=input type="file" accept=".xlsx,.xls,.ods,.csv,.txt" aria-label=move || t_string!(i18n, roster.choose) on:change=take/>
            </label>
        </section>
    }
}

/// What importing would do, row by row.
#[component]
fn PlanSection(roster: Roster, plan: RosterPlan) -> impl IntoView {
    let i18n = use_i18n();
    let preview = plan.preview;
    let comma = if matches!(i18n.get_locale_untracked(), Locale::en) { ", " } else { "、" };
    let (schools, teams) = unknown(&preview);
    let (schools_said, teams_said) = (schools.join(comma), teams.join(comma));
    let new_schools = preview.schools.iter().map(|school| school.name.clone()).collect::<Vec<_>>().join(comma);
    let new_teams = preview.teams.iter().map(|team| team.name.clone()).collect::<Vec<_>>().join(comma);
    let ignored = preview.ignored.join(comma);
    let understood = preview.columns.iter().map(|(_, of)| column(i18n, *of)).collect::<Vec<_>>().join(comma);
    let counts = t_string!(
        i18n,
        roster.counts,
        new = preview.new_people,
        changed = preview.changed_people,
        same = preview.unchanged_rows,
        wrong = preview.wrong_rows
    )
    .to_string();
    let troubles: Vec<_> = preview.troubles.iter().map(|of| trouble(i18n, of)).collect();
    let (wrong, left_alone) = (preview.wrong_rows, preview.left_alone);
    view! {
        <section class="stack" aria-labelledby="h-plan">
            <div class="section-head">
                <h2 id="h-plan">{move || roster.named.get()}</h2>
                <button class="button" type="button" on:click=move |_| roster.put_away()>{t!(i18n, roster.other_file)}</button>
            </div>
            {troubles.into_iter().map(|words| view! { <Banner tone=Tone::Warn picture="warn">{words}</Banner> }).collect_view()}
            <div class="card stack tight">
                <p><strong>{counts}</strong></p>
                {(!understood.is_empty()).then(|| view! { <p class="second">{t_string!(i18n, roster.understood, columns = understood).to_string()}</p> })}
                {(!ignored.is_empty()).then(|| view! { <p class="second">{t_string!(i18n, roster.ignored, columns = ignored).to_string()}</p> })}
                {(!new_schools.is_empty()).then(|| view! { <p>{t_string!(i18n, roster.new_schools, names = new_schools).to_string()}</p> })}
                {(!new_teams.is_empty()).then(|| view! { <p>{t_string!(i18n, roster.new_teams, names = new_teams).to_string()}</p> })}
                {(left_alone > 0).then(|| view! { <p class="second">{t_string!(i18n, roster.left_alone, count = left_alone).to_string()}</p> })}
            </div>
            {(!schools.is_empty()).then(|| view! {
                <Banner tone=Tone::Calm deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| roster.create_schools.set(true)>{t!(i18n, roster.create_them)}</button> }>
                    {t_string!(i18n, roster.unknown_schools, names = schools_said).to_string()}
                </Banner>
            })}
            {(!teams.is_empty()).then(|| view! {
                <Banner tone=Tone::Calm deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| roster.create_teams.set(true)>{t!(i18n, roster.create_them)}</button> }>
                    {t_string!(i18n, roster.unknown_teams, names = teams_said).to_string()}
                </Banner>
            })}
            <div class="cluster import-options">
                <CheckField label=Signal::derive(move || t_string!(i18n, roster.create_schools).to_string()) value=roster.create_schools/>
                <CheckField label=Signal::derive(move || t_string!(i18n, roster.create_teams).to_string()) value=roster.create_teams/>
                <CheckField label=Signal::derive(move || t_string!(i18n, roster.skip_wrong).to_string()) value=roster.skip_wrong/>
            </div>
            <ImportButton roster verdict=preview.verdict wrong/>
            <PlanRows preview/>
        </section>
    }
}

/// The deed, or why it can't be done yet; and how far it is.
#[component]
fn ImportButton(roster: Roster, verdict: Verdict, wrong: usize) -> impl IntoView {
    let i18n = use_i18n();
    let words = move || match verdict {
        Verdict::Ready => String::new(),
        Verdict::NothingToDo => t_string!(i18n, roster.nothing_to_do).to_string(),
        Verdict::Wrong => t_string!(i18n, roster.first_mend, count = wrong).to_string(),
    };
    let far = move || {
        let progress = roster.progress.get()?;
        let (checked, total) = (progress.checked, progress.total);
        let words = t_string!(i18n, roster.progress, checked = checked, total = total).to_string();
        Some(view! {
            <div class="progress" role="status">
                <span class="label"><span>{words}</span></span>
                <progress max=total.to_string() value=checked.to_string() aria-label=move || t_string!(i18n, roster.importing)></progress>
                <small>{t!(i18n, roster.all_or_none)}</small>
            </div>
        })
    };
    view! {
        {move || if roster.busy.get() { far() } else { None }}
        <p class="cluster">
            <button class="button" data-kind="primary" type="button" disabled=verdict != Verdict::Ready aria-describedby="import-why"
                aria-busy=move || roster.busy.get().then_some("true") on:click=move |_| roster.import()>{t!(i18n, roster.import)}</button>
            <span class="second" id="import-why">{words}</span>
        </p>
    }
}

/// The rows: those with something wrong first of all.
#[component]
fn PlanRows(preview: Preview) -> impl IntoView {
    let i18n = use_i18n();
    let only_wrong = RwSignal::new(preview.wrong_rows > 0);
    let most = RwSignal::new(PAGE);
    let (all, wrong) = (preview.rows.len(), preview.wrong_rows);
    let rows = StoredValue::new(preview.rows);
    let listed = Memo::new(move |_| {
        let only_wrong = only_wrong.get();
        rows.with_value(|rows| {
            let shown = rows.iter().filter(|row| !only_wrong || !row.troubles.is_empty());
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
            view! {
                <div class="table-frame" tabindex="0" role="region" aria-label=move || t_string!(i18n, roster.table)>
                    <table class="table import-rows">
                        <thead><tr>
                            <th scope="col">{t!(i18n, roster.row)}</th>
                            <th scope="col">{t!(i18n, people.name)}</th>
                            <th scope="col">{t!(i18n, people.school)}</th>
                            <th scope="col">{t!(i18n, roster.will)}</th>
                            <th scope="col">{t!(i18n, roster.wrong)}</th>
                        </tr></thead>
                        <tbody>{shown}</tbody>
                    </table>
                </div>
            }.into_any()
        }}
        <Pager label=Signal::derive(move || t_string!(i18n, people.more).to_string()) more busy=Signal::stored(false) go_on=move |()| most.update(|most| *most += PAGE)/>
    }
}

#[component]
fn RowLine(row: PlannedRow) -> impl IntoView {
    let i18n = use_i18n();
    let does = row.does.iter().map(|of| doing(i18n, of)).collect::<Vec<_>>();
    let same = does.is_empty() && row.troubles.is_empty();
    let troubles = row.troubles.iter().map(|of| trouble(i18n, of)).collect::<Vec<_>>();
    view! {
        <tr>
            <td>{row.row}</td>
            <th scope="row">{row.name}</th>
            <td>{row.school}</td>
            <td>{if same { view! { <span class="quiet">{t!(i18n, roster.same)}</span> }.into_any() } else { does.into_iter().map(|words| view! { <p>{words}</p> }).collect_view().into_any() }}</td>
            <td>{troubles.into_iter().map(|words| view! { <p class="warn">{words}</p> }).collect_view()}</td>
        </tr>
    }
}

/// It is done: what comes next, and the way back.
#[component]
fn DoneSection(organisation: Organisation, roster: Roster, progress: RosterProgress) -> impl IntoView {
    let i18n = use_i18n();
    let codes: Codes = expect_context();
    let way = StoredValue::new_local(use_way());
    let busy = RwSignal::new(false);
    let RosterProgress { stored, new_people, undo, .. } = progress;
    let new = new_people.len();
    let ids = StoredValue::new(new_people);
    let invite = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = codes.make(ids.get_value()).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => way.with_value(|way| way("/people/codes", Trace::Leave)),
                Err(reason) => drop(roster.failure.try_set(Some(reason))),
            }
        });
    };
    let take_back = move |number| {
        organisation.undo(number, t_string!(i18n, roster.taken_back).to_string());
        roster.put_away();
    };
    page::later(0, || dom::focus_id("h-done"));
    view! {
        <section class="card stack" aria-labelledby="h-done">
            <h2 id="h-done" tabindex="-1">{t_string!(i18n, roster.done, count = stored).to_string()}</h2>
            <p>{if new > 0 { t_string!(i18n, roster.done_new, count = new).to_string() } else { t_string!(i18n, roster.done_none_new).to_string() }}</p>
            <p class="cluster">
                {(new > 0).then(|| view! { <button class="button" data-kind="primary" type="button" aria-busy=move || busy.get().then_some("true") on:click=invite>{icon("print")}{t!(i18n, roster.make_codes)}</button> })}
                <a class="button" href="/people">{t!(i18n, people.back)}</a>
                {undo.map(|number| view! { <button class="button" data-kind="danger" type="button" on:click=move |_| take_back(number)>{t!(i18n, roster.take_back)}</button> })}
            </p>
        </section>
    }
}
