use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::api::OrganisationView;
use shared::organisation::{Body, Group};

use super::body_bar::{BodyBar, Making, MakingDialog};
use super::people_list::PeopleList;
use super::picture::{Picture, extent};
use super::words::{date, href_of, warning_words, word};
use crate::browser::clock::Shape;
use crate::browser::dom;
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::{Look, Organisation};
use crate::state::people::{Filter, People};
use crate::state::session::Session;

/// My group as a picture, and its people. Whom is looked for stands in the address, so that back, reload and links work.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let organisation = Organisation::new(session, expect_context());
    let query = use_query_map();
    Effect::new(move || dom::set_title(t_string!(i18n, people.tab)));
    let group = Memo::new(move |_| {
        let of_body = |body: String| body.strip_prefix("group:").map(str::to_owned);
        let asked = query.with(|query| query.get("group").or_else(|| query.get("body").and_then(of_body)));
        organisation.look(|view| chosen_group(view, asked.as_deref(), session.me().and_then(|me| me.group)))
    });
    let body = Memo::new(move |_| {
        let asked =
            query.with(|query| query.get("body").or_else(|| query.get("group").map(|id| format!("group:{id}"))));
        asked.and_then(|body| body.parse::<Body>().ok())
    });
    let words = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let filter =
        Memo::new(move |_| query.with(|query| query.get("filter").map_or(Filter::All, |name| Filter::named(&name))));
    let people = People::new(session, words.into(), filter.into(), body.into(), organisation.changes);
    let making = RwSignal::new(None::<Making>);
    view! {
        <main class="main people" id="main" tabindex="-1">
            <Lead organisation group making/>
            {move || organisation.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| organisation.again()>{t!(i18n, common.try_again)}</button> }>
                    {failure_words(&failure)}
                </Banner>
            })}
            <Warnings organisation group/>
            {move || match (organisation.view.with(Option::is_some), group.get()) {
                (false, _) if organisation.failure.with(Option::is_some) => ().into_any(),
                (false, _) => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                (true, None) => view! { <WithoutGroup organisation/> }.into_any(),
                (true, Some(group)) => view! { <Picture organisation group body making/> }.into_any(),
            }}
            <BodyBar organisation body making/>
            <PeopleList organisation people/>
            <MakingDialog organisation group body making/>
        </main>
    }
}

/// Where somebody is who is in no group.
#[component]
fn WithoutGroup(organisation: Organisation) -> impl IntoView {
    let i18n = use_i18n();
    let places = move || {
        organisation.look(|view| {
            let schools = view.schools.iter().map(|school| (Body::School(school.id.clone()), school.name.clone()));
            let teams = view.teams.iter().map(|team| (Body::Team(team.id.clone()), team.name.clone()));
            schools.chain(teams).collect::<Vec<_>>()
        })
    };
    move || {
        match places() {
        places if places.is_empty() => view! { <p class="quiet">{t!(i18n, people.no_group_words)}</p> }.into_any(),
        places => view! {
            <p class="cluster">{t!(i18n, people.only_in)}{places.into_iter().map(|(body, name)| view! { <a href=href_of(&body)>{name}</a> }).collect_view()}</p>
        }.into_any(),
    }
    }
}

/// The group that was asked for, or mine, or one that I look after.
fn chosen_group(view: &OrganisationView, asked: Option<&str>, mine: Option<String>) -> Option<Group> {
    let asked = asked.and_then(|id| view.group(id));
    let mine = || view.groups.iter().find(|group| Some(&group.name) == mine.as_ref());
    let looked_after = || {
        let mut groups = view.groups.iter();
        groups.find(|group| view.administers.contains(&Body::Group(group.id.clone())))
    };
    asked.or_else(mine).or_else(looked_after).or(view.groups.first()).cloned()
}

/// Which group it is, how large, and what can be begun.
#[component]
fn Lead(organisation: Organisation, group: Memo<Option<Group>>, making: RwSignal<Option<Making>>) -> impl IntoView {
    let i18n = use_i18n();
    let name = move || match group.get() {
        Some(group) => group.name,
        None => t_string!(i18n, people.tab_short).to_string(),
    };
    let about = move || {
        let group = group.get()?;
        organisation.look(|view| {
            let kind = view.vocabulary_of(&Body::Group(group.id.clone())).and_then(|words| words.kind(&group.kind));
            let kind = kind.map(|kind| word(i18n, &kind.name));
            let founded = group
                .founded
                .map(|at| t_string!(i18n, people.founded, month = date(i18n, at, Shape::Month)).to_string());
            let parts = [kind, founded, Some(extent(i18n, view, &group))];
            Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
        })
    };
    let mine = move || group.get().is_some_and(|group| organisation.administers(&Body::Group(group.id)));
    let operates = move || organisation.look(|view| view.operator);
    let others = move || {
        let here = group.get().map(|group| group.id);
        let other = |group: &&Group| Some(&group.id) != here.as_ref();
        organisation.look(|view| view.groups.iter().filter(other).cloned().collect::<Vec<_>>())
    };
    view! {
        <div class="lead">
            <div>
                <h1>{name}</h1>
                <p>{about}</p>
                {move || group.get().filter(|_| mine()).map(|group| view! {
                    <p><a class="button" data-kind="quiet" data-size="small" href=href_of(&Body::Group(group.id))>{t!(i18n, people.look_after_group)}</a></p>
                })}
                {move || (!others().is_empty()).then(|| view! {
                    <p class="small cluster">{t!(i18n, people.other_groups)}{others().into_iter().map(|group| view! { <a class="button" data-kind="quiet" data-size="small" href=format!("/people?group={}", group.id)>{group.name}</a> }).collect_view()}</p>
                })}
            </div>
            {move || organisation.administers_anything().then(|| view! {
                <div class="actions">
                    {operates().then(|| view! { <a class="button" data-kind="quiet" href="/people/words">{icon("ul")}{t!(i18n, words.link)}</a> })}
                    <a class="button" data-kind="quiet" href="/people/audit">{icon("clock")}{t!(i18n, audit.title)}</a>
                    {mine().then(|| view! { <button class="button" type="button" on:click=move |_| making.set(Some(Making::School))>{icon("plus")}{t!(i18n, people.add_school)}</button> })}
                    <button class="button" type="button" on:click=move |_| making.set(Some(Making::Person))>{icon("add")}{t!(i18n, people.add_person)}</button>
                    <a class="button" data-kind="primary" href="/people/import">{icon("upload")}{t!(i18n, roster.title)}</a>
                </div>
            })}
        </div>
    }
}

/// What a region would have a group think about; nothing is forbidden by it.
#[component]
fn Warnings(organisation: Organisation, group: Memo<Option<Group>>) -> impl IntoView {
    use shared::organisation::Warning;
    let i18n = use_i18n();
    let words = move || {
        let here = group.get().map(|group| group.id);
        let of = |warning: &Warning| match warning {
            Warning::TooManySchools { group, .. }
            | Warning::TooManyPupils { group, .. }
            | Warning::NoLeadSchool { group }
            | Warning::SeveralLeadSchools { group } => group.clone(),
        };
        organisation.look(|view| {
            let warnings = view.warnings.iter().filter(|warning| Some(of(warning)) == here);
            warnings.map(|warning| warning_words(i18n, warning)).collect::<Vec<_>>()
        })
    };
    view! {
        {move || words().into_iter().map(|words| view! { <Banner tone=Tone::Calm>{words}</Banner> }).collect_view()}
    }
}
