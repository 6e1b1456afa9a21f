use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::access::{Grantee, Right, Share};
use shared::api::{Found, SetShares, ShareLine, Shares};
use shared::words::DocumentId;

use crate::browser::dom;
use crate::browser::fetch::{self, Failure, Verb};
use crate::components::banner::{Banner, Tone};
use crate::components::combobox::{Choice, Combobox};
use crate::components::dialog::Dialog;
use crate::components::icon::icon;
use crate::components::person::{avatar, who};
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::{failure_words, right_name};
use crate::state::open_document::OpenDocument;
use crate::state::session::Session;

const RIGHTS: [Right; 3] = [Right::View, Right::Comment, Right::Edit];

/// Who may do what with this document, and why. Every change is stored at once.
#[component]
pub fn ShareDialog(document: OpenDocument, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, share.title).to_string())>
            <ShareForm document close=move || open.set(false)/>
        </Dialog>
    }
}

#[component]
fn ShareForm(document: OpenDocument, close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let shares = RwSignal::new(None::<Shares>);
    let failure = RwSignal::new(None::<Failure>);
    let id = document.id();
    let manages = untrack(|| document.may_manage());
    spawn_local(read(session, id.clone(), shares, failure));

    let store = {
        let id = id.clone();
        Callback::new(move |lines: Vec<ShareLine>| {
            let before = shares.get_untracked();
            shares.update(|shares| {
                if let Some(shares) = shares {
                    shares.shares = lines.clone();
                }
            });
            let version = before.as_ref().map(|before| before.version);
            let wish = SetShares { shares: lines.into_iter().map(|line| line.share).collect(), version };
            let id = id.clone();
            spawn_local(async move {
                // What is shown is what holds.
                match fetch::send::<_, Shares>(Verb::PUT, &path(&id), &wish).await {
                    Ok(now) => {
                        let _ = shares.try_set(Some(now));
                        let _ = failure.try_set(None);
                    }
                    Err(reason) => {
                        let changed = reason.status() == Some(409);
                        let _ = shares.try_set(before);
                        let _ = failure.try_set(Some(session.heed(reason)));
                        if changed {
                            read(session, id, shares, failure).await;
                        }
                    }
                }
            });
        })
    };
    view! {
        <div class="body">
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            {move || match shares.get() {
                None if failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                Some(known) => view! {
                    {manages.then(|| view! { <AddShare known=known.clone() store failure/> })}
                    <Reach known manages store/>
                }.into_any(),
            }}
        </div>
        <footer><button class="button" type="button" on:click=move |_| close()>{t!(i18n, common.close)}</button></footer>
    }
}

/// Finds a person or team, and lets them in.
#[component]
fn AddShare(known: Shares, store: Callback<Vec<ShareLine>>, failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let right = RwSignal::new(Right::Edit);
    let found = RwSignal::new(Vec::<ShareLine>::new());
    let choices = RwSignal::new(Vec::<Choice>::new());
    let asked = StoredValue::new(0_u32);
    let known = StoredValue::new(known);
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
                    let lines = known.with_value(|known| lines(answer, known));
                    choices.set(lines.iter().map(choice).collect());
                    found.set(lines);
                }
                Err(reason) => failure.set(Some(session.heed(reason))),
            }
        });
    };
    let take = move |key: String| {
        let line = found.with_untracked(|found| found.iter().find(|line| key_of(line) == key).cloned());
        if let Some(mut line) = line {
            line.share.right = right.get_untracked();
            let mut lines = known.with_value(|known| known.shares.clone());
            lines.push(line);
            store.run(lines);
        }
    };
    view! {
        <Combobox id="share-who" label=Signal::derive(move || t_string!(i18n, share.who).to_string()) choices
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
fn Reach(known: Shares, manages: bool, store: Callback<Vec<ShareLine>>) -> impl IntoView {
    let i18n = use_i18n();
    let lines = known.shares.clone();
    let owner = known.owner.clone();
    view! {
        <ul class="share-lines">
            <li class="split">{who(&owner)}<span class="small quiet nowrap">{t!(i18n, share.owner)}</span></li>
            {known.team.clone().map(|team| view! {
                <li class="split"><span class="who"><span class="name">{team.name}</span><small>{move || t_string!(i18n, home.members, count = team.members).to_string()}</small></span><span class="small quiet nowrap">{t!(i18n, share.by_team)}</span></li>
            })}
            {lines.clone().into_iter().enumerate().map(|(at, line)| {
                let (changed, taken) = (lines.clone(), lines.clone());
                let change = move |event| {
                    let Some(right) = RIGHTS.into_iter().find(|right| right_value(*right) == event_target_value(&event)) else { return };
                    let mut lines = changed.clone();
                    lines[at].share.right = right;
                    store.run(lines);
                };
                let take_away = move |_| {
                    let mut lines = taken.clone();
                    lines.remove(at);
                    store.run(lines);
                };
                let (name, name_too) = (line.name.clone(), line.name.clone());
                let current = line.share.right;
                let shown = match &line.person {
                    Some(person) => who(person),
                    None => view! { <span class="who"><span class="name">{line.name.clone()}</span></span> }.into_any(),
                };
                view! {
                    <li class="split">
                        {shown}
                        {if manages {
                            view! {
                                <span class="cluster nowrap-line">
                                    <span class="select" data-size="small">
                                        <select aria-label=move || t_string!(i18n, share.right_of, name = name.clone()).to_string() on:change=change>
                                            {RIGHTS.map(|right| view! { <option value=right_value(right) selected=right == current>{move || right_name(right)}</option> })}
                                        </select>
                                    </span>
                                    <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, share.take_away, name = name_too.clone()).to_string() on:click=take_away>{icon("close")}</button>
                                </span>
                            }.into_any()
                        } else {
                            view! { <span class="small quiet nowrap">{move || right_name(current)}</span> }.into_any()
                        }}
                    </li>
                }
            }).collect_view()}
        </ul>
        <p class="small quiet">{move || if manages { t_string!(i18n, share.at_once).to_string() } else { t_string!(i18n, share.not_yours, name = known.owner.name.clone()).to_string() }}</p>
    }
}

async fn read(session: Session, id: DocumentId, shares: RwSignal<Option<Shares>>, failure: RwSignal<Option<Failure>>) {
    match fetch::get::<Shares>(&path(&id)).await {
        Ok(known) => drop(shares.try_set(Some(known))),
        Err(reason) => drop(failure.try_set(Some(session.heed(reason)))),
    }
}

fn path(id: &DocumentId) -> String {
    format!("/api/documents/{id}/shares")
}

/// What was found as lines of the form, without those who are in it already.
fn lines(found: Found, known: &Shares) -> Vec<ShareLine> {
    let people = found.people.into_iter().filter(|person| person.id != known.owner.id).map(|person| ShareLine {
        share: Share { with: Grantee::Person(person.id.clone()), right: Right::Edit },
        name: person.name.clone(),
        person: Some(person),
    });
    let teams =
        found.teams.into_iter().filter(|team| known.team.as_ref().is_none_or(|own| own.id != team.id)).map(|team| {
            ShareLine {
                share: Share { with: Grantee::Team(team.id), right: Right::Edit },
                name: team.name,
                person: None,
            }
        });
    people
        .chain(teams)
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
    }
}

fn right_value(right: Right) -> &'static str {
    match right {
        Right::View => "view",
        Right::Comment => "comment",
        Right::Edit => "edit",
        Right::Manage => "manage",
    }
}
