//! What the table leaves open: schools and teams that are not there, each asked about once, school by school.

use leptos::prelude::*;
use shared::organisation::SchoolSort;
use shared::organisation::roster::{
    Likely, Making, Namesake, Questions, SchoolAnswer, SchoolQuestion, TeamAnswer, TeamQuestion,
};

use super::words::{SCHOOL_SORTS, named, school_sort};
use crate::components::icon::small_icon;
use crate::i18n::*;
use crate::state::roster::{Roster, plain};

type I18n = leptos_i18n::I18nContext<Locale>;

/// The id of the first question that nobody has answered.
pub const NEXT: &str = "next-question";

/// A school of the table with what is asked about it and its teams.
struct Block {
    name: String,
    school: Option<SchoolQuestion>,
    teams: Vec<TeamQuestion>,
}

fn blocks(questions: Questions) -> Vec<Block> {
    let Questions { schools, teams } = questions;
    let mut blocks: Vec<Block> = Vec::new();
    for school in schools {
        blocks.push(Block { name: school.name.clone(), school: Some(school), teams: Vec::new() });
    }
    for team in teams {
        match blocks.iter_mut().find(|block| block.name == team.school) {
            Some(block) => block.teams.push(team),
            None => blocks.push(Block { name: team.school.clone(), school: None, teams: vec![team] }),
        }
    }
    // What may be mistyped is looked at first.
    blocks.sort_by_key(|block| block.school.as_ref().is_none_or(|school| school.likely.is_empty()));
    blocks
}

#[component]
pub fn QuestionsSection(roster: Roster, questions: Questions) -> impl IntoView {
    let i18n = use_i18n();
    let (open, sure) = (questions.open(), plain(&questions));
    let answered = questions.schools.len() + questions.teams.len() - open;
    let mut is_next = true;
    // The one to answer next can be gone to.
    let mut mark = move |is_open: bool| {
        let id = (is_open && is_next).then_some(NEXT);
        is_next = is_next && !is_open;
        id
    };
    let words = if open > 0 {
        t_string!(i18n, roster.asks, open = open, answered = answered).to_string()
    } else {
        t_string!(i18n, roster.asks_none, answered = answered).to_string()
    };
    let blocks = blocks(questions).into_iter().map(|Block { name, school, teams }| {
        let head = match school {
            Some(question) => {
                let id = mark(question.answer.is_none());
                school_line(i18n, roster, question, id)
            }
            None if name.is_empty() => view! { <h4>{t!(i18n, roster.teams_of_group)}</h4> }.into_any(),
            None => view! { <h4>{name}</h4> }.into_any(),
        };
        let teams = teams.into_iter().map(|question| {
            let id = mark(question.answer.is_none());
            team_line(i18n, roster, question, id)
        });
        let teams: Vec<_> = teams.collect();
        view! { <li class="asked">{head}{(!teams.is_empty()).then(|| view! { <ul>{teams}</ul> })}</li> }
    });
    let blocks: Vec<_> = blocks.collect();
    view! {
        <section class="card stack import-asks" aria-labelledby="h-asks">
            <header>
                <div><h3 id="h-asks" tabindex="-1">{t!(i18n, roster.asks_title)}</h3><p class="second">{words}</p></div>
                {(sure > 0).then(|| view! {
                    <button class="button" data-kind="primary" type="button" on:click=move |_| roster.make_all()>
                        {t_string!(i18n, roster.make_all, count = sure).to_string()}
                    </button>
                })}
            </header>
            <ul>{blocks}</ul>
        </section>
    }
}

fn school_line(i18n: I18n, roster: Roster, question: SchoolQuestion, id: Option<&'static str>) -> AnyView {
    let SchoolQuestion { name, rows, sort, likely, making, namesake, answer } = question;
    let key = StoredValue::new(name.clone());
    let say = move |answer| key.with_value(|name| roster.answer_school(name, answer));
    let title = t_string!(i18n, roster.asks_school, name = name.clone(), rows = rows).to_string();
    if let Some(answer) = answer {
        let words = match answer {
            SchoolAnswer::New { name: new, sort } => {
                let sort = school_sort(i18n, sort);
                t_string!(i18n, roster.school_is_new, name = new, sort = sort).to_string()
            }
            SchoolAnswer::There { school } => {
                let of = |likely: &Likely<_>| match likely {
                    Likely::There { id, name, home: _ } if *id == school => Some(name.clone()),
                    Likely::There { .. } | Likely::InTable { .. } => None,
                };
                let there = likely.iter().find_map(of).unwrap_or_default();
                t_string!(i18n, roster.is_same, name = there).to_string()
            }
            SchoolAnswer::SameAs { name } => t_string!(i18n, roster.is_same, name = name).to_string(),
            SchoolAnswer::LeftOut => t_string!(i18n, roster.is_left_out, rows = rows).to_string(),
        };
        return said(i18n, name, words, move || say(None));
    }
    let same = likely.into_iter().map(|likely| {
        let (other, answer) = match likely {
            Likely::There { id, name, home: _ } => (name, SchoolAnswer::There { school: id }),
            Likely::InTable { name } => (name.clone(), SchoolAnswer::SameAs { name }),
        };
        let words = t_string!(i18n, roster.meant, name = other).to_string();
        view! { <button class="button" data-size="small" data-kind="primary" type="button" on:click=move |_| say(Some(answer.clone()))>{words}</button> }
    });
    let same: Vec<_> = same.collect();
    let make = match making {
        Making::Yours | Making::Others { .. } if namesake.is_some() => {
            let words = match namesake {
                Some(Namesake::Left) => t_string!(i18n, roster.namesake_left),
                Some(Namesake::Region) | None => t_string!(i18n, roster.namesake_region),
            };
            view! { <span class="second">{words.to_string()}</span> }.into_any()
        }
        Making::Yours => {
            let chosen = RwSignal::new(sort);
            let new = move |_| {
                let sort = chosen.get_untracked();
                let name = key.get_value();
                say(Some(SchoolAnswer::New { name, sort }));
            };
            let label = t_string!(i18n, roster.sort_of, name = name).to_string();
            view! {
                <span class="cluster make">
                    <button class="button" data-size="small" type="button" on:click=new>{t!(i18n, roster.make_school)}</button>
                    {sorts(i18n, chosen, label)}
                </span>
            }
            .into_any()
        }
        Making::Others { people } => told(i18n, people),
    };
    view! {
        <div id=id tabindex="-1" class="question">
            <h4>{title}</h4>
            <div class="cluster">
                {same}{make}
                <button class="button" data-size="small" data-kind="quiet" type="button" on:click=move |_| say(Some(SchoolAnswer::LeftOut))>{t!(i18n, roster.leave_out)}</button>
            </div>
        </div>
    }
    .into_any()
}

fn team_line(i18n: I18n, roster: Roster, question: TeamQuestion, id: Option<&'static str>) -> AnyView {
    let TeamQuestion { school, name, rows, sort, likely, also_in, making, answer } = question;
    let key = StoredValue::new((vec![school.clone()], name.clone()));
    let say = move |answer| key.with_value(|(homes, name)| roster.answer_team(homes, name, answer));
    let title = t_string!(i18n, roster.asks_team, name = name.clone(), rows = rows).to_string();
    if let Some(answer) = answer {
        let words = match answer {
            TeamAnswer::New { .. } => t_string!(i18n, roster.team_is_new).to_string(),
            TeamAnswer::Across { .. } => t_string!(i18n, roster.team_is_across).to_string(),
            TeamAnswer::There { team } => {
                let of = |likely: &Likely<_>| match likely {
                    Likely::There { id, name, home } if *id == team => Some(format!("{home} · {name}")),
                    Likely::There { .. } | Likely::InTable { .. } => None,
                };
                let there = likely.iter().find_map(of).unwrap_or_default();
                t_string!(i18n, roster.is_same, name = there).to_string()
            }
            TeamAnswer::SameAs { name } => t_string!(i18n, roster.is_same, name = name).to_string(),
            TeamAnswer::LeftOut => t_string!(i18n, roster.is_left_out, rows = rows).to_string(),
        };
        return view! { <li>{said(i18n, name, words, move || say(None))}</li> }.into_any();
    }
    let same = likely.into_iter().map(|likely| {
        let (other, answer) = match likely {
            Likely::There { id, name, home } if home == school => (name, TeamAnswer::There { team: id }),
            Likely::There { id, name, home } => (format!("{home} · {name}"), TeamAnswer::There { team: id }),
            Likely::InTable { name } => (name.clone(), TeamAnswer::SameAs { name }),
        };
        let words = t_string!(i18n, roster.meant, name = other).to_string();
        view! { <button class="button" data-size="small" data-kind="primary" type="button" on:click=move |_| say(Some(answer.clone()))>{words}</button> }
    });
    let same: Vec<_> = same.collect();
    let make = match making {
        Making::Yours => {
            let new = move |_| {
                let name = key.with_value(|(_, name)| name.clone());
                say(Some(TeamAnswer::New { name, sort }));
            };
            view! { <button class="button" data-size="small" type="button" on:click=new>{t!(i18n, roster.make_team)}</button> }
                .into_any()
        }
        Making::Others { people } => told(i18n, people),
    };
    let across = (!also_in.is_empty()).then(|| {
        let words = match also_in.as_slice() {
            [other] => t_string!(i18n, roster.across_two, name = other.clone()).to_string(),
            others => t_string!(i18n, roster.across, count = others.len() + 1).to_string(),
        };
        let homes: Vec<String> = also_in.into_iter().chain([school]).collect();
        let all = move |_| {
            key.with_value(|(_, name)| roster.answer_team(&homes, name, Some(TeamAnswer::Across { sort })));
        };
        view! { <button class="button" data-size="small" type="button" on:click=all>{words}</button> }
    });
    view! {
        <li>
            <div id=id tabindex="-1" class="question">
                <p>{title}</p>
                <div class="cluster">
                    {same}{make}{across}
                    <button class="button" data-size="small" data-kind="quiet" type="button" on:click=move |_| say(Some(TeamAnswer::LeftOut))>{t!(i18n, roster.leave_out)}</button>
                </div>
            </div>
        </li>
    }
    .into_any()
}

/// What somebody has answered, and the way to another answer.
fn said(i18n: I18n, name: String, words: String, again: impl Fn() + 'static) -> AnyView {
    let label = t_string!(i18n, roster.ask_again, name = name.clone()).to_string();
    view! {
        <p class="question said">
            {small_icon("check")}<span class="grow"><b>{name}</b>" "{words}</span>
            <button class="button" data-size="small" data-kind="quiet" type="button" aria-label=label on:click=move |_| again()>{t!(i18n, roster.other_answer)}</button>
        </p>
    }
    .into_any()
}

/// Who can make it.
fn told(i18n: I18n, people: Vec<String>) -> AnyView {
    let comma = if matches!(i18n.get_locale_untracked(), Locale::en) { ", " } else { "、" };
    let words = match people.as_slice() {
        [] => t_string!(i18n, roster.others_make).to_string(),
        people => t_string!(i18n, roster.they_make, people = people.join(comma)).to_string(),
    };
    view! { <span class="second">{words}</span> }.into_any()
}

fn sorts(i18n: I18n, chosen: RwSignal<SchoolSort>, label: String) -> impl IntoView {
    let options = SCHOOL_SORTS.map(|(sort, key)| {
        let is_it = chosen.get_untracked() == sort;
        view! { <option value=key selected=is_it>{school_sort(i18n, sort)}</option> }
    });
    let choose = move |event| {
        if let Some(sort) = named(&SCHOOL_SORTS, &event_target_value(&event)) {
            chosen.set(sort);
        }
    };
    view! { <span class="select" data-size="small"><select aria-label=label on:change=choose>{options}</select></span> }
}
