use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::access::{Grantee, Right, Share};
use shared::api::{Found, ShareLine, Shares};
use shared::words::UnixMillis;

use crate::browser::clock::{self, Shape};
use crate::browser::{dom, fetch, page};
use crate::components::banner::{Banner, Tone};
use crate::components::combobox::{Choice, Combobox};
use crate::components::dialog::Dialog;
use crate::components::icon::icon;
use crate::components::person::{avatar, who};
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::share_who::WhoSees;
use crate::pages::words::{failure_words, right_name};
use crate::state::open_document::{Medium, OpenDocument};
use crate::state::preferences::tag;
use crate::state::session::Session;
use crate::state::share_list::{ShareChange, ShareList};

/// The field that finds people, teams, schools and groups.
const WHO: &str = "share-who";
const RIGHTS: [Right; 3] = [Right::View, Right::Comment, Right::Edit];

/// Who may do what with this document, and why. Every change is stored at once.
#[component]
pub fn ShareDialog<M: Medium>(document: OpenDocument<M>, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    // It outlives the form: what was changed last is stored even if the form is closed at once.
    let list = ShareList::new(session, document.id());
    Effect::new(move || {
        if open.get() {
            list.open();
        }
    });
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, share.title).to_string())>
            <ShareForm document list/>
            <div class="body"><WhoSees document=document.id()/></div>
            <footer><button class="button" type="button" on:click=move |_| open.set(false)>{t!(i18n, common.close)}</button></footer>
        </Dialog>
    }
}

#[component]
fn ShareForm<M: Medium>(document: OpenDocument<M>, list: ShareList) -> impl IntoView {
    let i18n = use_i18n();
    let manages = untrack(|| document.may_manage());
    let known = Memo::new(move |_| list.shown.with(Option::is_some));
    view! {
        <div class="body">
            {move || list.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <Show when=move || list.met.get()><Banner tone=Tone::Calm>{t!(i18n, share.met)}</Banner></Show>
            {move || if known.get() {
                view! {
                    {manages.then(|| view! { <AddShare list/> })}
                    <Reach list manages/>
                }.into_any()
            } else if list.failure.with(Option::is_some) {
                ().into_any()
            } else {
                view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any()
            }}
        </div>
    }
}

/// Finds a person, a team, a school or a group, and lets them in.
#[component]
fn AddShare(list: ShareList) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let right = RwSignal::new(Right::Edit);
    let found = RwSignal::new(Vec::<ShareLine>::new());
    let choices = RwSignal::new(Vec::<Choice>::new());
    let asked = StoredValue::new(0_u32);
    // The form comes after its dialog, which had nothing else to put the focus on. On a phone this would call the
    // keyboard up over the list.
    if dom::width() >= 768.0 {
        page::later(0, || dom::focus_id(WHO));
    }
    let ask = move |words: String| {
        let question = asked.get_value() + 1;
        asked.set_value(question);
        spawn_local(async move {
            let answer = fetch::get::<Found>(&format!("/api/people?q={}", dom::encode(&words))).await;
            if asked.try_get_value() != Some(question) {
                return;
            }
            match answer {
                Ok(answer) => {
                    let lines = list.shown.with_untracked(|known| known.as_ref().map(|known| lines(answer, known)));
                    let lines = lines.unwrap_or_default();
                    choices.set(lines.iter().map(choice).collect());
                    found.set(lines);
                }
                Err(reason) => list.failure.set(Some(session.heed(reason))),
            }
        });
    };
    let take = move |key: String| {
        let line = found.with_untracked(|found| found.iter().find(|line| key_of(line) == key).cloned());
        if let Some(mut line) = line {
            line.share.right = right.get_untracked();
            list.change(ShareChange::Put(line));
        }
    };
    view! {
        <Combobox id=WHO label=Signal::derive(move || t_string!(i18n, share.who).to_string()) choices
            nothing=Signal::derive(move || t_string!(i18n, share.nobody).to_string()) ask=Callback::new(ask) take=Callback::new(take)/>
        <fieldset class="field">
            <legend>{t!(i18n, share.may)}</legend>
            <div class="segmented">
                {RIGHTS.map(|choice| view! {
                    <label><input type="radio" name="right" prop:checked=move || right.get() == choice on:change=move |_| right.set(choice)/>{move || right_name(choice)}</label>
                })}
            </div>
        </fieldset>
    }
}

/// Everybody it reaches, with the reason.
#[component]
fn Reach(list: ShareList, manages: bool) -> impl IntoView {
    let i18n = use_i18n();
    let Some(known) = list.shown.get_untracked() else { return ().into_any() };
    let owner = known.owner.name.clone();
    let lines = move || list.shown.with(|known| known.as_ref().map(|known| known.shares.clone()).unwrap_or_default());
    view! {
        <ul class="share-lines">
            <li class="split">{who(&known.owner)}<span class="small quiet nowrap">{t!(i18n, share.owner)}</span></li>
            {known.team.map(|team| view! {
                <li class="split"><span class="who"><span class="name">{team.name}</span><small>{move || t_string!(i18n, home.members, count = team.members).to_string()}</small></span><span class="small quiet nowrap">{t!(i18n, share.by_team)}</span></li>
            })}
            <For each=lines key=key_of let:line>
                <SharedWith list line manages/>
            </For>
        </ul>
        <p class="small quiet">{move || if manages { t_string!(i18n, share.at_once).to_string() } else { t_string!(i18n, share.not_yours, name = owner.clone()).to_string() }}</p>
    }
    .into_any()
}

/// Somebody it is shared with. The line stays in place while the right in it changes.
#[component]
fn SharedWith(list: ShareList, line: ShareLine, manages: bool) -> impl IntoView {
    let i18n = use_i18n();
    let with = line.share.with.clone();
    let first = line.share.right;
    let right = Memo::new(move |_| {
        list.shown.with(|known| {
            let lines = known.as_ref().map(|known| known.shares.as_slice()).unwrap_or_default();
            lines.iter().find(|line| line.share.with == with).map_or(first, |line| line.share.right)
        })
    });
    let shown = match &line.person {
        Some(person) => who(person),
        None => view! { <span class="who"><span class="name">{line.name.clone()}</span></span> }.into_any(),
    };
    let until = line.until.map(|until| {
        let day = clock::write_date(UnixMillis(until.0 - 1), Shape::DayAndYear, tag(i18n.get_locale()));
        view! { <span class="badge" data-kind="line">{t_string!(i18n, share.until, day = day).to_string()}</span> }
    });
    let (name, name_too) = (line.name.clone(), line.name.clone());
    let with = line.share.with.clone();
    let change = move |event| {
        if let Some(right) = RIGHTS.into_iter().find(|right| right_value(*right) == event_target_value(&event)) {
            let mut line = line.clone();
            line.share.right = right;
            list.change(ShareChange::Put(line));
        }
    };
    let take_away = move |_| {
        list.change(ShareChange::TakeAway(with.clone()));
        // The button goes with its line.
        dom::focus_id(WHO);
    };
    view! {
        <li class="split">
            <span class="cluster">{shown}{until}</span>
            {if manages {
                view! {
                    <span class="cluster nowrap-line">
                        <span class="select" data-size="small">
                            <select aria-label=move || t_string!(i18n, share.right_of, name = name.clone()).to_string() prop:value=move || right_value(right.get()) on:change=change>
                                {RIGHTS.map(|choice| view! { <option value=right_value(choice) selected=choice == first>{move || right_name(choice)}</option> })}
                            </select>
                        </span>
                        <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, share.take_away, name = name_too.clone()).to_string() on:click=take_away>{icon("close")}</button>
                    </span>
                }.into_any()
            } else {
                view! { <span class="small quiet nowrap">{move || right_name(right.get())}</span> }.into_any()
            }}
        </li>
    }
}

/// What was found as lines of the form, without those who are in it already.
fn lines(found: Found, known: &Shares) -> Vec<ShareLine> {
    let people = found.people.into_iter().filter(|person| person.id != known.owner.id).map(|person| ShareLine {
        share: Share { with: Grantee::Person(person.id.clone()), right: Right::Edit },
        name: person.name.clone(),
        person: Some(person),
        until: None,
    });
    let whole = |with: Grantee, name: String| ShareLine {
        share: Share { with, right: Right::Edit },
        name,
        person: None,
        until: None,
    };
    let own = known.team.as_ref().map(|team| &team.id);
    let teams = found.teams.into_iter().filter(|team| own != Some(&team.id));
    let teams = teams.map(|team| whole(Grantee::Team(team.id), team.name));
    let schools = found.schools.into_iter().map(|school| whole(Grantee::School(school.id), school.name));
    let groups = found.groups.into_iter().map(|group| whole(Grantee::Group(group.id), group.name));
    people
        .chain(teams)
        .chain(schools)
        .chain(groups)
        .filter(|line| known.shares.iter().all(|other| other.share.with != line.share.with))
        .take(8)
        .collect()
}

fn choice(line: &ShareLine) -> Choice {
    let line = line.clone();
    Choice {
        key: key_of(&line),
        name: match line.person.as_ref().and_then(|person| person.school.as_ref()) {
            Some(school) => format!("{}，{}", line.name, school.name),
            None => line.name.clone(),
        },
        view: ViewFn::from(move || match &line.person {
            Some(person) => {
                let school = person.school.as_ref().map(|school| school.name.clone());
                view! { {avatar(person, None)}<span>{person.name.clone()}</span><span class="aside">{school}</span> }
                    .into_any()
            }
            None => view! { {icon("people")}<span>{line.name.clone()}</span> }.into_any(),
        }),
    }
}

fn key_of(line: &ShareLine) -> String {
    match &line.share.with {
        Grantee::Person(id) => format!("person {id}"),
        Grantee::Team(id) => format!("team {id}"),
        Grantee::School(id) => format!("school {id}"),
        Grantee::Group(id) => format!("group {id}"),
    }
}

fn right_value(right: Right) -> &'static str {
    match right {
        Right::View => "view",
        Right::Comment => "comment",
        Right::Suggest => "suggest",
        Right::Edit => "edit",
        Right::Manage => "manage",
    }
}
