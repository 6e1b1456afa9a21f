use leptos::prelude::*;
use shared::organisation::{Body, Group, Record, Team};

use super::words::{TEAM_SORTS, named, team_sort, word};
use crate::browser::clock;
use crate::components::form::{Deed, DeedForm, SelectField, TextField};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::{Look, Organisation, Said, fresh_id};
use crate::state::way::{Trace, use_way};

/// A new team, or what one is called.
#[component]
pub fn EditTeam(
    organisation: Organisation,
    group: Option<Group>,
    team: Option<Team>,
    close: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let text = |of: fn(&Team) -> &str| RwSignal::new(team.as_ref().map(of).unwrap_or_default().to_owned());
    let (name, subject, stage) = (text(|team| &team.name), text(|team| &team.subject), text(|team| &team.stage));
    let of = team.as_ref().map_or(TEAM_SORTS[0].0, |team| team.sort);
    let key = TEAM_SORTS.iter().find(|(sort, _)| *sort == of).unwrap_or(&TEAM_SORTS[0]).1;
    let sort = RwSignal::new(key.to_owned());
    let homes = organisation.look(|view| {
        let own = view.administers.iter().filter(|body| !matches!(body, Body::Team(_)));
        // A headmaster may begin a team of the group, too.
        let group = group.as_ref().map(|group| Body::Group(group.id.clone()));
        let group = group.filter(|group| !view.administers.contains(group));
        let homes = own.cloned().chain(group);
        homes.map(|body| (body.to_string(), view.name_of(&body).unwrap_or_default())).collect::<Vec<_>>()
    });
    let home = RwSignal::new(match &team {
        Some(team) => team.home.to_string(),
        None => homes.first().map(|(key, _)| key.clone()).unwrap_or_default(),
    });
    let homes = Signal::stored(homes);
    let wrong = RwSignal::new(None::<String>);
    let sorts = Signal::derive(move || TEAM_SORTS.map(|(sort, key)| (key.to_owned(), team_sort(i18n, sort))).to_vec());
    let vocabulary = move || {
        let home = home.get().parse::<Body>().ok();
        organisation.look(|view| home.and_then(|home| view.vocabulary_of(&home).cloned()))
    };
    let with_none = move |words: Vec<String>, now: &str| {
        let none = (String::new(), t_string!(i18n, people.any).to_string());
        let own = (!now.is_empty() && !words.iter().any(|word| word == now)).then(|| (now.to_owned(), now.to_owned()));
        std::iter::once(none).chain(own).chain(words.into_iter().map(|word| (word.clone(), word))).collect::<Vec<_>>()
    };
    let subjects = Signal::derive(move || {
        let words = vocabulary().map(|words| words.subjects.into_iter().chain(words.domains).collect::<Vec<_>>());
        let mut words: Vec<_> = words.unwrap_or_default().iter().map(|wording| word(i18n, wording)).collect();
        let mut known = std::collections::BTreeSet::new();
        words.retain(|word| known.insert(word.clone()));
        with_none(words, &subject.get_untracked())
    });
    let stages = Signal::derive(move || {
        let words = vocabulary().map(|words| words.stages.iter().map(|stage| word(i18n, &stage.name)).collect());
        with_none(words.unwrap_or_default(), &stage.get_untracked())
    });
    let is_new = team.is_none();
    let deed = Callback::new(move |()| -> Option<Deed> {
        let said_name = name.get_untracked().trim().to_owned();
        wrong.set(said_name.is_empty().then(|| t_string!(i18n, people.no_name).to_string()));
        let home = home.get_untracked().parse::<Body>().ok().filter(|_| !said_name.is_empty())?;
        let blank = Team {
            id: team.as_ref().map_or_else(fresh_id, |team| team.id.clone()),
            home,
            name: said_name.clone(),
            sort: named(&TEAM_SORTS, &sort.get_untracked()).unwrap_or(TEAM_SORTS[0].0),
            subject: subject.get_untracked(),
            stage: stage.get_untracked(),
            ended: team.as_ref().and_then(|team| team.ended),
        };
        let done = if is_new {
            t_string!(i18n, people.team_made, name = said_name.clone()).to_string()
        } else {
            t_string!(i18n, people.changed, name = said_name.clone()).to_string()
        };
        let said = Said { done, undone: t_string!(i18n, people.changed_back, name = said_name).to_string() };
        let read = team.iter().cloned().map(Record::Team).collect();
        Some(Box::pin(organisation.change(read, vec![Record::Team(blank)], said)))
    });
    let submit = Signal::derive(move || {
        if is_new { t_string!(i18n, people.add_team).to_string() } else { t_string!(i18n, people.store).to_string() }
    });
    view! {
        <DeedForm submit words=failure_words deed close>
            <TextField id="team-name" label=Signal::derive(move || t_string!(i18n, people.team_name).to_string()) value=name wrong
                hint=Signal::derive(move || Some(t_string!(i18n, people.team_name_hint).to_string()))/>
            {is_new.then(|| view! {
                <SelectField id="team-home" label=Signal::derive(move || t_string!(i18n, people.team_home).to_string()) value=home options=homes
                    hint=Signal::derive(move || Some(t_string!(i18n, people.team_home_hint).to_string()))/>
            })}
            <SelectField id="team-sort" label=Signal::derive(move || t_string!(i18n, people.team_sort).to_string()) value=sort options=sorts/>
            <SelectField id="team-subject" label=Signal::derive(move || t_string!(i18n, people.team_subject).to_string()) value=subject options=subjects/>
            <SelectField id="team-stage" label=Signal::derive(move || t_string!(i18n, people.team_stage).to_string()) value=stage options=stages/>
        </DeedForm>
    }
}

/// Ends a team; what lies on its shelf stays.
#[component]
pub fn Dissolve(organisation: Organisation, team: Team, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let way = StoredValue::new_local(use_way());
    let name = team.name.clone();
    let deed = Callback::new(move |()| -> Option<Deed> {
        let ended = Team { ended: Some(clock::wall()), ..team.clone() };
        let said = Said {
            done: t_string!(i18n, people.dissolved, name = team.name.clone()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = team.name.clone()).to_string(),
        };
        let read = vec![Record::Team(team.clone())];
        Some(Box::pin(async move {
            organisation.change(read, vec![Record::Team(ended)], said).await?;
            // Its people are not in the table any more.
            way.with_value(|way| way("/people", Trace::Replace));
            Ok(())
        }))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.dissolve).to_string()) words=failure_words deed close grave=true>
            <p>{move || t_string!(i18n, people.dissolve_words, name = name.clone()).to_string()}</p>
        </DeedForm>
    }
}
