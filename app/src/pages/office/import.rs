use leptos::html;
use leptos::prelude::*;
use shared::api::{RosterPlan, RosterProgress};
use shared::organisation::Body;
use shared::organisation::roster::Verdict;

use super::audit::imported_words;
use super::import_questions::{NEXT, QuestionsSection};
use super::import_rows::PlanRows;
use super::roster_words::{column, trouble};
use super::start_codes::Codes;
use crate::browser::upload::TableFile;
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::form::{CheckField, SelectField};
use crate::components::icon::icon;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::audit::{AuditLog, AuditWish, IMPORTED};
use crate::state::organisation::{Look, Organisation};
use crate::state::roster::Roster;
use crate::state::session::Session;
use crate::state::way::{Trace, use_way};

/// The id of the button that imports.
const IMPORT: &str = "import-now";

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
            <Show when=move || step() == 1 && !not_mine()><LastImport session organisation/><ChooseFile roster groups/></Show>
            <Show when=not_mine><p class="card quiet" role="status">{t!(i18n, roster.nowhere)}</p></Show>
            {move || (step() == 2).then(|| roster.plan.get()).flatten().map(|plan| view! { <PlanSection roster plan/> })}
            {move || (step() == 3).then(|| roster.progress.get()).flatten().map(|progress| view! { <DoneSection organisation roster progress/> })}
        </main>
    }
}

/// What I have imported before, as long as I can take it back.
#[component]
fn LastImport(session: Session, organisation: Organisation) -> impl IntoView {
    let i18n = use_i18n();
    let actor = session.person().map(|me| me.to_string());
    let wish = AuditWish { act: IMPORTED.to_owned(), actor, ..AuditWish::default() };
    let log = AuditLog::new(session, wish, organisation.changes);
    move || {
        let list = log.list.get()?;
        let line = list.lines.into_iter().find(|line| line.undo.is_some())?;
        let (number, at, words) = (line.undo?, line.at, imported_words(i18n, &line)?);
        let take_back = move |_| organisation.undo(number, t_string!(i18n, roster.taken_back).to_string());
        Some(view! {
            <Banner tone=Tone::Calm deed=move || view! { <button class="button" data-size="small" type="button" on:click=take_back>{t!(i18n, roster.take_back)}</button> }>
                {t_string!(i18n, roster.last, when = spoken(at), what = words).to_string()}
            </Banner>
        })
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

/// What importing would do, and what has to be answered first.
#[component]
fn PlanSection(roster: Roster, plan: RosterPlan) -> impl IntoView {
    let i18n = use_i18n();
    let mut preview = plan.preview;
    let questions = std::mem::take(&mut preview.questions);
    let comma = if matches!(i18n.get_locale_untracked(), Locale::en) { ", " } else { "、" };
    let new_schools = preview.schools.iter().map(|school| school.name.clone()).collect::<Vec<_>>().join(comma);
    let new_teams = preview.teams.iter().map(|team| format!("{} · {}", team.home, team.name));
    let new_teams = new_teams.collect::<Vec<_>>().join(comma);
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
    let (left_out, left_alone) = (preview.left_out_rows, preview.left_alone);
    let asks = !questions.schools.is_empty() || !questions.teams.is_empty();
    let open = questions.open();
    let (verdict, wrong) = (preview.verdict, preview.wrong_rows);
    // What had the focus was drawn anew: the next thing to do is near.
    let near = match verdict {
        _ if !roster.has_answers() => ["h-plan", "main"],
        Verdict::Asking => [NEXT, "h-plan"],
        Verdict::Ready => [IMPORT, "h-plan"],
        Verdict::NothingToDo | Verdict::Wrong => ["h-plan", "main"],
    };
    page::later(0, move || dom::regain_focus(&near));
    view! {
        <section class="stack" aria-labelledby="h-plan">
            <div class="section-head">
                <h2 id="h-plan" tabindex="-1">{move || roster.named.get()}</h2>
                <button class="button" type="button" on:click=move |_| roster.put_away()>{t!(i18n, roster.other_file)}</button>
            </div>
            {troubles.into_iter().map(|words| view! { <Banner tone=Tone::Warn picture="warn">{words}</Banner> }).collect_view()}
            {asks.then(|| view! { <QuestionsSection roster questions/> })}
            <div class="card stack tight">
                <p><strong>{counts}</strong></p>
                {(!new_schools.is_empty()).then(|| view! { <p>{t_string!(i18n, roster.new_schools, names = new_schools).to_string()}</p> })}
                {(!new_teams.is_empty()).then(|| view! { <p>{t_string!(i18n, roster.new_teams, names = new_teams).to_string()}</p> })}
                {(left_out > 0).then(|| view! { <p>{t_string!(i18n, roster.left_out_rows, count = left_out).to_string()}</p> })}
                {(!understood.is_empty()).then(|| view! { <p class="second">{t_string!(i18n, roster.understood, columns = understood).to_string()}</p> })}
                {(!ignored.is_empty()).then(|| view! { <p class="second">{t_string!(i18n, roster.ignored, columns = ignored).to_string()}</p> })}
                {(left_alone > 0).then(|| view! { <p class="second">{t_string!(i18n, roster.left_alone, count = left_alone).to_string()}</p> })}
                {(wrong > 0 || roster.skip_wrong.get_untracked()).then(|| view! {
                    <CheckField label=Signal::derive(move || t_string!(i18n, roster.skip_wrong).to_string()) value=roster.skip_wrong/>
                })}
            </div>
            <ImportButton roster verdict wrong open/>
            <PlanRows preview/>
        </section>
    }
}

/// The deed, or why it can't be done yet; and how far it is.
#[component]
fn ImportButton(roster: Roster, verdict: Verdict, wrong: usize, open: usize) -> impl IntoView {
    let i18n = use_i18n();
    let words = move || match verdict {
        Verdict::Ready => String::new(),
        Verdict::NothingToDo => t_string!(i18n, roster.nothing_to_do).to_string(),
        Verdict::Asking => t_string!(i18n, roster.first_answer, count = open).to_string(),
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
            <button class="button" data-kind="primary" type="button" id=IMPORT disabled=verdict != Verdict::Ready aria-describedby="import-why"
                aria-busy=move || roster.busy.get().then_some("true") on:click=move |_| roster.import()>{t!(i18n, roster.import)}</button>
            {move || roster.is_checking().then(|| view! { <button class="button" type="button" on:click=move |_| roster.cancel()>{t!(i18n, common.cancel)}</button> })}
            <span class="second" id="import-why">{words}</span>
        </p>
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
