use leptos::prelude::*;
use shared::organisation::{Body, Group, Membership, School, Team};

use super::group_forms::{EditGroup, Leave};
use super::open_invitations::InviteMany;
use super::person_forms::NewPerson;
use super::school_forms::{AddSchool, EditSchool};
use super::team_forms::{Dissolve, EditTeam};
use super::words::{is_over, members, name_among};
use crate::browser::{clock, dom, page};
use crate::components::dialog::{Dialog, open_while};
use crate::i18n::*;
use crate::state::organisation::{BAND, Look, Organisation};

/// A form of the page of people, and what it is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Making {
    /// A school for the group: a new one or one that is there.
    School,
    Team,
    Person,
    /// One link for many, into this body.
    Invite(Body),
    EditGroup(Group),
    EditSchool(School),
    EditTeam(Team),
    Leave(Membership),
    Dissolve(Team),
}

/// The body whose people are in the table, and what can be done with it.
#[component]
pub fn BodyBar(
    organisation: Organisation,
    body: Memo<Option<Body>>,
    making: RwSignal<Option<Making>>,
) -> impl IntoView {
    let i18n = use_i18n();
    // It may lie far below what was pressed: the focus brings it into view, at once.
    Effect::new(move |before: Option<Option<Body>>| {
        let body = body.get();
        if body.is_some() && before.is_some_and(|before| before != body) {
            page::later(0, || dom::focus_id(BAND));
        }
        body
    });
    let known = Memo::new(move |_| {
        let body = body.get()?;
        let (name, size) = organisation.look(|view| {
            let teams: Vec<_> = view.teams.iter().map(|team| Body::Team(team.id.clone())).collect();
            let others: Vec<_> = teams.into_iter().filter(|team| !is_over(view, team)).collect();
            let name = name_among(i18n, view, &body, &others).filter(|_| !is_over(view, &body));
            (name, view.size_of(&body))
        });
        Some((name?, size, deeds(organisation, &body)))
    });
    let shown = move || {
        let (name, size, deeds) = known.get()?;
        let deeds = deeds.into_iter().map(|deed| {
            let words = deed_words(organisation, i18n, &deed);
            view! { <button class="button" data-size="small" type="button" on:click=move |_| making.set(Some(deed.clone()))>{words}</button> }
        });
        Some(view! {
            <div class="body-bar" id=BAND tabindex="-1">
                <p role="status"><b>{name}</b>" "<span class="second">{members(i18n, size)}</span></p>
                <div class="cluster">
                    {deeds.collect_view()}
                    <a class="button" data-size="small" data-kind="quiet" href="/people">{t!(i18n, people.show_all)}</a>
                </div>
            </div>
        })
    };
    view! { {shown} }
}

/// What I may do with a body, beside its people.
fn deeds(organisation: Organisation, body: &Body) -> Vec<Making> {
    if !organisation.administers(body) {
        return Vec::new();
    }
    let now = clock::wall();
    let own = organisation.look(|view| match body {
        Body::Group(id) => view.groups.iter().filter(|group| group.id == *id).cloned().map(Making::EditGroup).collect(),
        Body::School(id) => {
            let school = view.schools.iter().filter(|school| school.id == *id).cloned().map(Making::EditSchool);
            let places = view.memberships.iter().filter(|place| place.school == *id && place.span.holds(now));
            let places: Vec<_> = places.cloned().collect();
            // Leaving is for either side to write down: a group's own, or all of them for the school's.
            let of_group = |place: &Membership| view.administers.contains(&Body::Group(place.group.clone()));
            let of_school = !places.iter().any(of_group);
            let mine = places.iter().filter(|place| of_school || of_group(place)).cloned();
            school.chain(mine.map(Making::Leave)).collect()
        }
        Body::Team(id) => {
            let team = view.teams.iter().filter(|team| team.id == *id && view.runs.contains(body)).cloned();
            team.flat_map(|team| [Making::EditTeam(team.clone()), Making::Dissolve(team)]).collect()
        }
    });
    let invite = organisation.runs(body).then(|| Making::Invite(body.clone()));
    invite.into_iter().chain::<Vec<_>>(own).collect()
}

fn deed_words(organisation: Organisation, i18n: leptos_i18n::I18nContext<Locale>, deed: &Making) -> String {
    match deed {
        Making::School => t_string!(i18n, people.add_school),
        Making::Team => t_string!(i18n, people.add_team),
        Making::Person => t_string!(i18n, people.add_person),
        Making::Invite(_) => t_string!(i18n, people.open),
        Making::EditGroup(_) | Making::EditSchool(_) | Making::EditTeam(_) => t_string!(i18n, people.edit),
        Making::Leave(place) => {
            let group = Body::Group(place.group.clone());
            let group = untrack(|| organisation.look(|view| view.name_of(&group))).unwrap_or_default();
            return t_string!(i18n, people.leave_named, group = group).to_string();
        }
        Making::Dissolve(_) => t_string!(i18n, people.dissolve),
    }
    .to_string()
}

/// The form that was asked for.
#[component]
pub fn MakingDialog(
    organisation: Organisation,
    group: Memo<Option<Group>>,
    body: Memo<Option<Body>>,
    making: RwSignal<Option<Making>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let open = open_while(making);
    let close = Callback::new(move |()| open.set(false));
    let title = Signal::derive(move || {
        making.with(|making| making.as_ref().map(|deed| deed_words(organisation, i18n, deed)).unwrap_or_default())
    });
    let form = move || {
        let group = group.get_untracked();
        match making.get_untracked()? {
            Making::School => Some(view! { <AddSchool organisation group=group? close/> }.into_any()),
            Making::Team => Some(view! { <EditTeam organisation group team=None close/> }.into_any()),
            Making::Person => {
                Some(view! { <NewPerson organisation group shown=body.get_untracked() close/> }.into_any())
            }
            Making::Invite(body) => Some(view! { <InviteMany organisation body close/> }.into_any()),
            Making::EditGroup(group) => Some(view! { <EditGroup organisation group close/> }.into_any()),
            Making::EditSchool(school) => Some(view! { <EditSchool organisation school close/> }.into_any()),
            Making::EditTeam(team) => Some(view! { <EditTeam organisation group team=Some(team) close/> }.into_any()),
            Making::Leave(place) => Some(view! { <Leave organisation place close/> }.into_any()),
            Making::Dissolve(team) => Some(view! { <Dissolve organisation team close/> }.into_any()),
        }
    };
    view! { <Dialog open title>{form}</Dialog> }
}
