//! Fields that find people, bodies, documents and resources as one types.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::access::Grantee;
use shared::api::{Found, Glance, GlanceLine, GlanceOf, InvitedLine};
use shared::library::Piece;
use shared::tutoring::{Invitation, Role};
use shared::words::{DocumentId, ItemId};

use crate::browser::{dom, fetch};
use crate::components::combobox::{Choice, Combobox};
use crate::components::icon::icon;
use crate::components::person::avatar;
use crate::i18n::*;
use crate::state::session::Session;

/// So many are offered at a time.
const OFFERED: usize = 8;

/// Finds a person, or also a team, a school or a group.
#[component]
pub fn FindPeople(
    id: &'static str,
    label: Signal<String>,
    people_only: bool,
    take: Callback<InvitedLine>,
) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let found = StoredValue::new(Vec::<InvitedLine>::new());
    let (choices, turn) = (RwSignal::new(Vec::<Choice>::new()), StoredValue::new(0_u32));
    let ask = Callback::new(move |words: String| {
        let now = turn.get_value() + 1;
        turn.set_value(now);
        spawn_local(async move {
            let answer = fetch::get::<Found>(&format!("/api/people?q={}", dom::encode(&words))).await;
            if turn.try_get_value() != Some(now) {
                return;
            }
            let lines = answer.map(|answer| lines(answer, people_only)).map_err(|failure| session.heed(failure));
            let lines = lines.unwrap_or_default();
            choices.set(lines.iter().enumerate().map(|(at, line)| choice(at, line)).collect());
            found.set_value(lines);
        });
    });
    let chosen = Callback::new(move |key: String| {
        let line = key.parse::<usize>().ok().and_then(|at| found.with_value(|found| found.get(at).cloned()));
        if let Some(line) = line {
            take.run(line);
        }
    });
    view! { <Combobox id label choices nothing=Signal::derive(move || t_string!(i18n, share.nobody).to_string()) ask take=chosen/> }
}

fn lines(found: Found, people_only: bool) -> Vec<InvitedLine> {
    let asked = |with| Invitation { with, role: Role::Participant };
    let people = found.people.into_iter().map(|person| InvitedLine {
        invitation: asked(Grantee::Person(person.id.clone())),
        name: person.name.clone(),
        person: Some(person),
    });
    let body = |with, name| InvitedLine { invitation: asked(with), name, person: None };
    let teams = found.teams.into_iter().map(|team| body(Grantee::Team(team.id), team.name));
    let schools = found.schools.into_iter().map(|school| body(Grantee::School(school.id), school.name));
    let groups = found.groups.into_iter().map(|group| body(Grantee::Group(group.id), group.name));
    let bodies = teams.chain(schools).chain(groups).filter(|_| !people_only);
    people.chain(bodies).take(OFFERED).collect()
}

fn choice(at: usize, line: &InvitedLine) -> Choice {
    let line = line.clone();
    let school = line.person.as_ref().and_then(|person| person.school.as_ref()).map(|school| school.name.clone());
    let name = school.as_ref().map_or_else(|| line.name.clone(), |school| format!("{}，{school}", line.name));
    let view = ViewFn::from(move || {
        match &line.person {
        Some(person) => view! { {avatar(person, None)}<span>{person.name.clone()}</span><span class="aside">{school.clone()}</span> }.into_any(),
        None => view! { {icon("people")}<span>{line.name.clone()}</span> }.into_any(),
    }
    });
    Choice { key: at.to_string(), name, view }
}

/// What a session can be about.
#[derive(Debug, Clone)]
pub enum Picked {
    Document(DocumentId, String),
    Item(ItemId, String),
}

/// Finds a document or a resource.
#[component]
pub fn FindThing(id: &'static str, take: Callback<Picked>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let found = StoredValue::new(Vec::<Picked>::new());
    let (choices, turn) = (RwSignal::new(Vec::<Choice>::new()), StoredValue::new(0_u32));
    let ask = Callback::new(move |words: String| {
        let now = turn.get_value() + 1;
        turn.set_value(now);
        spawn_local(async move {
            let answer = fetch::get::<Glance>(&format!("/api/find?q={}", dom::encode(&words))).await;
            if turn.try_get_value() != Some(now) {
                return;
            }
            let groups =
                answer.map(|glance| glance.groups).map_err(|failure| session.heed(failure)).unwrap_or_default();
            let things: Vec<_> = groups
                .iter()
                .flat_map(|group| {
                    group.lines.iter().filter_map(|line| picked(group.of, line).zip(Some(line.place.clone())))
                })
                .take(OFFERED)
                .collect();
            choices.set(things.iter().enumerate().map(|(at, (thing, place))| thing_choice(at, thing, place)).collect());
            found.set_value(things.into_iter().map(|(thing, _)| thing).collect());
        });
    });
    let chosen = Callback::new(move |key: String| {
        let thing = key.parse::<usize>().ok().and_then(|at| found.with_value(|found| found.get(at).cloned()));
        if let Some(thing) = thing {
            take.run(thing);
        }
    });
    view! {
        <Combobox id label=Signal::derive(move || t_string!(i18n, planning.thing).to_string()) choices nothing=Signal::derive(move || t_string!(i18n, planning.no_thing).to_string()) ask take=chosen/>
    }
}

/// The id is what the address ends with.
fn picked(of: GlanceOf, line: &GlanceLine) -> Option<Picked> {
    let title: String = line.title.iter().map(|Piece { text, .. }| text.as_str()).collect();
    let id = line.href.split(['?', '#']).next()?.rsplit('/').next()?;
    match of {
        GlanceOf::Documents => Some(Picked::Document(id.parse().ok()?, title)),
        GlanceOf::Items => Some(Picked::Item(id.parse().ok()?, title)),
        GlanceOf::Recent | GlanceOf::Collections | GlanceOf::Questions | GlanceOf::People | GlanceOf::Places => None,
    }
}

fn thing_choice(at: usize, thing: &Picked, place: &str) -> Choice {
    let (picture, title) = match thing {
        Picked::Document(_, title) => ("prepare", title.clone()),
        Picked::Item(_, title) => ("library", title.clone()),
    };
    let (name, place) = (title.clone(), place.to_owned());
    let view = ViewFn::from(
        move || view! { {icon(picture)}<span>{title.clone()}</span><span class="aside">{place.clone()}</span> },
    );
    Choice { key: at.to_string(), name, view }
}
