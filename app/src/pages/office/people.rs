use leptos::prelude::*;
use shared::api::{Found, PersonCard};

use crate::browser::fetch::{self, Failure};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::person::who;
use crate::components::team_line::TeamLine;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::session::Session;

/// How long after the last letter the server is asked, in milliseconds.
const PAUSE: u32 = 200;

/// My group: its teams as far as I belong to them, and whom I can find in it.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    Effect::new(move || dom::set_title(t_string!(i18n, people.tab)));
    let group = move || {
        let group = session.me().and_then(|me| me.group);
        group.unwrap_or_else(|| t_string!(i18n, people.no_group).to_string())
    };
    let teams = move || session.me().map(|me| me.teams).unwrap_or_default();
    view! {
        <main class="main people" id="main" tabindex="-1">
            <div class="lead"><div><h1>{group}</h1></div></div>
            {move || (!teams().is_empty()).then(|| view! {
                <section class="card group" aria-labelledby="h-teams">
                    <h2 id="h-teams">{t!(i18n, people.teams)}</h2>
                    <ul class="teams">
                        {teams().into_iter().map(|team| {
                            let members = team.members;
                            view! { <TeamLine name=team.name schools=Vec::new() words=Signal::derive(move || t_string!(i18n, people.members, count = members).to_string())/> }
                        }).collect_view()}
                    </ul>
                </section>
            })}
            <Finder/>
        </main>
    }
}

/// Colleagues by name, pinyin or initials.
#[component]
fn Finder() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Result<Vec<PersonCard>, Failure>>);
    let waiting = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    let ask = move |text: String| {
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        let text = text.trim().to_owned();
        words.set(text.clone());
        if text.is_empty() {
            return found.set(None);
        }
        waiting.set_value(Some(page::later(PAUSE, move || {
            leptos::task::spawn_local(async move {
                let answer = fetch::get::<Found>(&format!("/api/people?q={}", dom::encode(&text))).await;
                // An answer to what nobody asks any more is not shown.
                if words.try_with_untracked(|now| *now == text) == Some(true) {
                    found.set(Some(answer.map(|found| found.people).map_err(|failure| session.heed(failure))));
                }
            });
        })));
    };
    let shown = move || match found.get() {
        None => view! { <p class="quiet">{t!(i18n, people.find_words)}</p> }.into_any(),
        Some(Err(failure)) => {
            view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> }.into_any()
        }
        Some(Ok(people)) if people.is_empty() => {
            view! { <p class="quiet" role="status">{t!(i18n, people.nobody)}</p> }.into_any()
        }
        Some(Ok(people)) => view! { <ul class="rows">{people.iter().map(found_row).collect_view()}</ul> }.into_any(),
    };
    view! {
        <section aria-labelledby="h-people">
            <div class="people-tools">
                <h2 id="h-people">{t!(i18n, people.people)}</h2>
                <div class="input-group people-find">
                    {icon("search")}
                    <input class="input" type="search" autocomplete="off" aria-label=move || t_string!(i18n, people.find) placeholder=move || t_string!(i18n, people.find)
                        on:input=move |event| if !dom::is_composing(&event) { ask(event_target_value(&event)) }
                        on:compositionend=move |event| ask(event_target_value(&event))/>
                </div>
            </div>
            {shown}
        </section>
    }
}

fn found_row(person: &PersonCard) -> AnyView {
    let school = person.school.as_ref().map(|school| school.name.clone());
    view! { <li class="row">{who(person)}<span class="facts">{school}</span></li> }.into_any()
}
