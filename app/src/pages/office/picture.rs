use leptos::prelude::*;
use shared::api::{OrganisationView, SchoolCard, SeatLine};
use shared::organisation::{Body, Group, Membership, School, SchoolSort, Team};

use super::body_bar::Making;
use super::words::{date, href_of, members, teachers, word};
use crate::browser::clock::{self, Shape, write_number};
use crate::components::icon::icon;
use crate::components::school_card::{GroupPicture, ShownSchool, Standing};
use crate::components::team_line::TeamLine;
use crate::i18n::*;
use crate::state::organisation::{Look, Organisation};
use crate::state::preferences::tag;

type I18n = leptos_i18n::I18nContext<Locale>;

/// The group as a picture: its schools, and its teams across them. Each leads to its people.
#[component]
pub fn Picture(
    organisation: Organisation,
    group: Group,
    body: Memo<Option<Body>>,
    making: RwSignal<Option<Making>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let group = StoredValue::new(group);
    let schools = Signal::derive(move || {
        let at = body.get();
        organisation.look(|view| group.with_value(|group| shown_schools(i18n, view, group, at.as_ref())))
    });
    let teams = Memo::new(move |_| {
        organisation.look(|view| {
            let mut teams: Vec<_> =
                group.with_value(|group| view.teams_of(group, clock::wall()).into_iter().cloned().collect());
            let home = |team: &Team| view.name_of(&team.home).unwrap_or_default();
            teams.sort_by(|one: &Team, other| {
                clock::collate(&one.name, &other.name).then_with(|| clock::collate(&home(one), &home(other)))
            });
            teams
        })
    });
    let may_make = move || organisation.administers_anything();
    view! {
        <section class="card group" aria-labelledby="h-picture">
            <h2 class="visually-hidden" id="h-picture">{t!(i18n, people.picture)}</h2>
            <GroupPicture schools/>
            <div class="heading split">
                <h3>{t!(i18n, people.teams)}</h3>
                {move || may_make().then(|| view! { <button class="button" data-size="small" type="button" on:click=move |_| making.set(Some(Making::Team))>{icon("plus")}{t!(i18n, people.add_team)}</button> })}
            </div>
            {move || if teams.with(Vec::is_empty) {
                view! { <p class="quiet">{t!(i18n, people.no_teams)}</p> }.into_any()
            } else {
                view! { <ul class="teams">{teams.get().into_iter().map(|team| team_line(organisation, &team, body)).collect_view()}</ul> }.into_any()
            }}
        </section>
    }
}

fn team_line(organisation: Organisation, team: &Team, at: Memo<Option<Body>>) -> AnyView {
    let i18n = use_i18n();
    let body = Body::Team(team.id.clone());
    let current = at.get() == Some(body.clone());
    let schools = organisation.look(|view| home_cards(view, &team.home));
    let (size, head) = organisation.look(|view| (view.size_of(&body), heads(view, &body).next().cloned()));
    let words = Signal::derive(move || {
        let size = members(i18n, size);
        match &head {
            Some(head) => format!("{size} · {}", head_words(i18n, head)),
            None => format!("{size} · {}", t_string!(i18n, people.no_head)),
        }
    });
    view! { <TeamLine name=team.name.clone() href=href_of(&body) current schools words/> }.into_any()
}

/// The seal of the school that a team is of; a group's own teams have none.
fn home_cards(view: &OrganisationView, home: &Body) -> Vec<SchoolCard> {
    let of_home = |school: &&School| Body::School(school.id.clone()) == *home;
    view.schools.iter().filter(of_home).map(|school| card(view, school)).collect()
}

/// As it appears everywhere.
pub fn card(view: &OrganisationView, school: &School) -> SchoolCard {
    let now = clock::wall();
    let leads = |place: &&Membership| place.school == school.id && place.leads && place.span.holds(now);
    SchoolCard {
        id: school.id.clone(),
        name: school.name.clone(),
        seal: school.seal.clone(),
        lead: view.memberships.iter().any(|place| leads(&place)),
    }
}

fn heads<'a>(view: &'a OrganisationView, body: &Body) -> impl Iterator<Item = &'a SeatLine> {
    view.heads.iter().filter(move |head| head.seat.body == *body)
}

fn head_words(i18n: I18n, head: &SeatLine) -> String {
    match &head.post {
        Some(post) => format!("{} {}", word(i18n, &post.name), head.person.name),
        None => head.person.name.clone(),
    }
}

fn shown_schools(i18n: I18n, view: &OrganisationView, group: &Group, at: Option<&Body>) -> Vec<ShownSchool> {
    let now = clock::wall();
    let places = view.schools_of(group);
    let shown = places.iter().filter(|(place, school)| {
        // A school that has come back is shown as what it is now.
        place.span.holds(now) || !places.iter().any(|(other, _)| other.school == school.id && other.span.holds(now))
    });
    shown.map(|(place, school)| shown_school(i18n, view, group, place, school, at)).collect()
}

fn shown_school(
    i18n: I18n,
    view: &OrganisationView,
    group: &Group,
    place: &Membership,
    school: &School,
    at: Option<&Body>,
) -> ShownSchool {
    let (now, body) = (clock::wall(), Body::School(school.id.clone()));
    let teachers = teachers(i18n, view.size_of(&body));
    let past = place.span.until.filter(|_| place.span.is_over(now));
    let rural = school.rural.then(|| t_string!(i18n, people.rural).to_string());
    let year = t_string!(i18n, people.since_year, year = date(i18n, place.span.since, Shape::Year)).to_string();
    let own_head = heads(view, &body).next().map(|head| head_words(i18n, head));
    let group_head = heads(view, &Body::Group(group.id.clone())).next().map(|head| head_words(i18n, head));
    let (standing, second, third) = match past {
        Some(until) => {
            let left = t_string!(i18n, people.left, month = date(i18n, until, Shape::Month)).to_string();
            let why = [place.reason.clone(), place.handed_over.clone()];
            let why: Vec<_> = why.into_iter().filter(|words| !words.is_empty()).collect();
            (Standing::Past, left, why.join(if matches!(i18n.get_locale(), Locale::en) { "; " } else { "，" }))
        }
        None if place.leads => {
            let lead = t_string!(i18n, people.lead).to_string();
            let second = [Some(lead), group_head.or(own_head)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            (Standing::Lead, second, teachers)
        }
        None => {
            let second = own_head.unwrap_or_else(|| t_string!(i18n, people.no_head).to_string());
            let third = [Some(teachers), rural, Some(year)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            (Standing::Member, second, third)
        }
    };
    let elsewhere = |other: &&Membership| {
        other.school == school.id && other.group != group.id && other.leads && other.span.holds(now)
    };
    let also = view.memberships.iter().find(elsewhere).and_then(|other| view.group(other.group.as_str()));
    let also = also.map(|group| t_string!(i18n, people.also_leads, group = group.name.clone()).to_string());
    let current = at == Some(&body);
    ShownSchool { school: card(view, school), standing, second, third, also, href: Some(href_of(&body)), current }
}

/// How many schools, teachers and pupils: 三校一园，165 位老师，2,914 名学生.
pub fn extent(i18n: I18n, view: &OrganisationView, group: &Group) -> String {
    let now = clock::wall();
    let schools = view.schools_of(group).into_iter().filter(|(place, _)| place.span.holds(now));
    let schools: Vec<_> = schools.map(|(_, school)| school).collect();
    let gardens = schools.iter().filter(|school| school.sort == SchoolSort::Kindergarten).count();
    let spoken =
        |count: usize| if matches!(i18n.get_locale(), Locale::en) { count.to_string() } else { numeral(count) };
    let houses = match (schools.len() - gardens, gardens) {
        (1, 0) => t_string!(i18n, people.one_house_alone).to_string(),
        (houses, 0) => t_string!(i18n, people.houses, houses = houses).to_string(),
        (houses, gardens) => {
            let houses = match houses {
                1 => t_string!(i18n, people.one_house).to_string(),
                _ => t_string!(i18n, people.some_houses, count = spoken(houses)).to_string(),
            };
            let gardens = match gardens {
                1 => t_string!(i18n, people.one_garden).to_string(),
                _ => t_string!(i18n, people.some_gardens, count = spoken(gardens)).to_string(),
            };
            t_string!(i18n, people.houses_and_gardens, houses = houses, gardens = gardens).to_string()
        }
    };
    let number = |number| write_number(number, tag(i18n.get_locale()));
    let people = teachers(i18n, view.size_of(&Body::Group(group.id.clone())));
    let pupils: u32 = schools.iter().filter_map(|school| school.pupils).fold(0, u32::saturating_add);
    match pupils {
        0 => format!("{houses}{people}"),
        _ => format!("{houses}{people}{}", t_string!(i18n, people.extent_pupils, pupils = number(pupils))),
    }
}

/// 一 … 十, and figures beyond.
fn numeral(count: usize) -> String {
    const NUMERALS: [&str; 11] = ["零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"];
    NUMERALS.get(count).map_or_else(|| count.to_string(), |numeral| (*numeral).to_owned())
}
