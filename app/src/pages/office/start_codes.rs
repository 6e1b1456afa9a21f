use leptos::prelude::*;
use shared::api::{Invite, StartCode};
use shared::words::UserId;

use super::words::last_day;
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::empty::Empty;
use crate::components::icon::{icon, mark};
use crate::components::person::who;
use crate::i18n::*;
use crate::state::session::Session;

/// So many people are invited in one go.
const MOST: usize = 500;

/// Start codes that were made last: the server shows them once.
#[derive(Clone, Copy)]
pub struct Codes {
    session: Session,
    made: RwSignal<Vec<StartCode>>,
}

impl Codes {
    pub fn provide(session: Session) -> Self {
        let codes = Self { session, made: RwSignal::new(Vec::new()) };
        provide_context(codes);
        codes
    }

    /// A start code for each of these people; older ones of theirs end.
    pub async fn make(self, people: Vec<UserId>) -> Result<(), Failure> {
        let mut made = Vec::new();
        for people in people.chunks(MOST) {
            let wish = Invite { people: people.to_vec(), days: None };
            let some: Result<Vec<StartCode>, Failure> = fetch::send(Verb::POST, "/api/invitations", &wish).await;
            made.extend(some.map_err(|failure| self.session.heed(failure))?);
        }
        self.made.set(made);
        Ok(())
    }
}

/// One card for each teacher, to print and cut out.
#[component]
pub fn CodesPage() -> impl IntoView {
    let i18n = use_i18n();
    let codes: Codes = expect_context();
    Effect::new(move || dom::set_title(t_string!(i18n, people.codes_tab)));
    // What is to be seen once is gone with the page, whatever way leads on from it.
    on_cleanup(move || codes.made.set(Vec::new()));
    page::warn_before_leaving(move || codes.made.with_untracked(|made| !made.is_empty()));
    let none = move || codes.made.with(Vec::is_empty);
    view! {
        <main class="main codes" id="main" tabindex="-1">
            <div class="lead">
                <div><h1>{t!(i18n, people.codes)}</h1><p class="no-print">{t!(i18n, people.codes_words)}</p></div>
                <div class="actions no-print">
                    <a class="button" href="/people">{t!(i18n, people.back)}</a>
                    <Show when=move || !none()><button class="button" data-kind="primary" type="button" on:click=|_| page::print()>{icon("print")}{t!(i18n, people.codes_print)}</button></Show>
                </div>
            </div>
            {move || if none() {
                view! {
                    <div class="card">
                        <Empty picture="lock" title=Signal::derive(move || t_string!(i18n, people.codes_none).to_string()) words=Signal::derive(move || t_string!(i18n, people.codes_none_words).to_string())/>
                    </div>
                }.into_any()
            } else {
                view! {
                    <Banner tone=Tone::Calm><strong>{t!(i18n, people.codes_once)}</strong>{t!(i18n, people.codes_once_words)}</Banner>
                    <ul class="code-cards">{codes.made.get().into_iter().map(|code| view! { <CodeCard code/> }).collect_view()}</ul>
                }.into_any()
            }}
        </main>
    }
}

#[component]
fn CodeCard(code: StartCode) -> impl IntoView {
    let i18n = use_i18n();
    let StartCode { person, login, code, expires } = code;
    let school = person.school.as_ref().map(|school| school.name.clone());
    let link = format!("{}/join/{code}", page::origin());
    view! {
        <li class="code-card">
            <p class="split">{who(&person)}<span class="code-brand">{mark(20)}{t!(i18n, brand)}</span></p>
            <p class="small second">{school}</p>
            <dl>
                <dt>{t!(i18n, people.login)}</dt><dd class="code">{login}</dd>
                <dt>{t!(i18n, people.start_code)}</dt><dd class="code"><b>{code}</b></dd>
                <dt>{t!(i18n, people.open_link)}</dt><dd class="code anywhere">{link}</dd>
            </dl>
            <p class="tiny quiet">{move || t_string!(i18n, people.code_until, day = last_day(i18n, expires)).to_string()}</p>
        </li>
    }
}
