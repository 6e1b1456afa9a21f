//! The numbers of a quick check, in all and by school, as bars that are read aloud as well.

use leptos::prelude::*;
use shared::api::{CheckResults, CheckWords, NamedAnswer, SchoolCounted};
use shared::tutoring::{Counted, MIN_TOGETHER};
use shared::words::CheckId;

use super::check_answer::choices_of;
use crate::components::person::{by, seal};
use crate::i18n::*;
use crate::state::tutoring::room::Room;

#[component]
pub fn Results(room: Room, id: CheckId) -> impl IntoView {
    let i18n = use_i18n();
    room.checks.look_at(id.clone());
    let view = Memo::new(move |_| room.checks.views.with(|views| views.get(&id).cloned()));
    move || {
        let view = view.get()?;
        let words = view.card.words;
        let shown = match view.results {
            Some(results) => view! { <Numbers words results/> }.into_any(),
            None if view.card.answered == 0 => {
                view! { <p class="small second">{t!(i18n, check.no_answers)}</p> }.into_any()
            }
            None => {
                view! { <p class="small second">{t_string!(i18n, check.not_enough, count = MIN_TOGETHER).to_string()}</p> }
                    .into_any()
            }
        };
        Some(
            view! { <section class="check-results" aria-label=move || t_string!(i18n, check.results)>{shown}</section> },
        )
    }
}

#[component]
fn Numbers(words: CheckWords, results: CheckResults) -> impl IntoView {
    let i18n = use_i18n();
    let CheckResults { total, schools, others, texts, answers } = results;
    let choices: Vec<Signal<String>> = choices_of(i18n, &words).into_iter().map(|(_, words)| words).collect();
    let parts = schools.len() + usize::from(others.is_some());
    let of_school = |SchoolCounted { name, school, counted }: SchoolCounted| {
        let head = view! { {school.as_ref().map(seal)}{name} }.into_any();
        part(i18n, head, &choices, &counted)
    };
    let by_school = schools.into_iter().map(of_school).collect_view();
    let rest = others.map(|others| {
        let head = view! { {t!(i18n, check.others)} }.into_any();
        part(i18n, head, &choices, &others)
    });
    let said = |NamedAnswer { who, answer, at: _ }: NamedAnswer| {
        let mut chosen: Vec<String> = answer
            .choices
            .iter()
            .filter_map(|place| choices.get(usize::from(*place)))
            .map(|one| one.get_untracked())
            .collect();
        chosen.extend((!answer.text.is_empty()).then_some(answer.text));
        view! { <li>{by(&who.person)}<span class="text">{chosen.join("、")}</span></li> }
    };
    let answers: Vec<_> = answers.into_iter().map(said).collect();
    let texts: Vec<_> = texts.into_iter().map(|text| view! { <li class="text">{text}</li> }).collect();
    view! {
        {bars(i18n, &choices, &total)}
        {(!texts.is_empty()).then(|| view! { <ul class="check-texts">{texts}</ul> })}
        {(parts > 1).then(|| view! { <details><summary class="small">{t!(i18n, check.by_school)}</summary><ul class="check-schools">{by_school}{rest}</ul></details> })}
        {(!answers.is_empty()).then(|| view! { <details><summary class="small">{t!(i18n, check.by_name)}</summary><ul class="check-names">{answers}</ul></details> })}
    }
}

fn part(
    i18n: leptos_i18n::I18nContext<Locale>,
    head: AnyView,
    choices: &[Signal<String>],
    counted: &Counted,
) -> AnyView {
    let answered = t_string!(i18n, check.answered, count = counted.answered).to_string();
    view! { <li><p class="small strong">{head}<span class="quiet">{answered}</span></p>{bars(i18n, choices, counted)}</li> }
        .into_any()
}

/// Each choice with its number and share, beside a bar.
fn bars(i18n: leptos_i18n::I18nContext<Locale>, choices: &[Signal<String>], counted: &Counted) -> Option<AnyView> {
    let most = counted.answered.max(1);
    let bar = |(words, count): (&Signal<String>, &u32)| {
        let (words, count) = (*words, *count);
        let share = count * 100 / most;
        let said = move || t_string!(i18n, check.share, count = count, share = share).to_string();
        view! {
            <li>
                <span class="grow">{words}</span><span class="number small">{said}</span>
                <meter min="0" max=most.to_string() value=count.to_string() aria-label=move || format!("{}：{}", words.get(), said())></meter>
            </li>
        }
    };
    let rows: Vec<_> = choices.iter().zip(&counted.counts).map(bar).collect();
    (!rows.is_empty()).then(|| view! { <ul class="check-bars">{rows}</ul> }.into_any())
}
