use leptos::ev;
use leptos::prelude::*;
use shared::api::{Invite, StartCode};
use shared::words::UserId;

use super::qr;
use super::reachable::{Reachable, ReachableField};
use super::words::last_day;
use crate::browser::clock::collate;
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::components::empty::Empty;
use crate::components::icon::{icon, mark};
use crate::components::person::who;
use crate::i18n::*;
use crate::state::session::Session;
use crate::state::way::{Trace, use_way};

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
        // A stack of cards for each school, in the order of its list.
        made.sort_by(|one, other| {
            let school = |code: &StartCode| code.person.school.as_ref().map(|school| school.name.clone());
            let (here, there) = (school(one), school(other));
            let by_school = match (&here, &there) {
                (Some(here), Some(there)) => collate(here, there),
                (here, there) => here.is_none().cmp(&there.is_none()),
            };
            by_school.then_with(|| collate(&one.person.name, &other.person.name))
        });
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
    let none = move || codes.made.with(Vec::is_empty);
    let reachable = Reachable::new();
    view! {
        <main class="main codes" id="main" tabindex="-1">
            <div class="lead">
                <div><h1>{t!(i18n, people.codes)}</h1><p class="no-print">{t!(i18n, people.codes_words)}</p></div>
                <div class="actions no-print">
                    <a class="button" href="/people">{t!(i18n, people.back)}</a>
                    <Show when=move || !none()><button class="button" data-kind="primary" type="button" on:click=|_| page::print()>{icon("print")}{t!(i18n, people.codes_print)}</button></Show>
                </div>
            </div>
            <StayDialog codes/>
            {move || if none() {
                view! {
                    <div class="card">
                        <Empty picture="lock" title=Signal::derive(move || t_string!(i18n, people.codes_none).to_string()) words=Signal::derive(move || t_string!(i18n, people.codes_none_words).to_string())/>
                    </div>
                }.into_any()
            } else {
                view! {
                    <Banner tone=Tone::Calm><strong>{t!(i18n, people.codes_once)}</strong>{t!(i18n, people.codes_once_words)}</Banner>
                    <div class="no-print codes-address">
                        <ReachableField reachable/>
                    </div>
                    <ul class="code-cards">{codes.made.get().into_iter().map(|code| view! { <CodeCard code reachable=reachable.address/> }).collect_view()}</ul>
                }.into_any()
            }}
        </main>
    }
}

/// Holds whoever goes elsewhere before the codes are on paper or copied.
#[component]
fn StayDialog(codes: Codes) -> impl IntoView {
    let i18n = use_i18n();
    let going = RwSignal::new(None::<String>);
    let open = open_while(going);
    let way = StoredValue::new_local(use_way());
    let taken = RwSignal::new(false);
    page::on_print(move || taken.set(true));
    page::hear(ev::copy, move |_| {
        // A copy of one card among many leaves the others behind.
        if codes.made.with_untracked(Vec::len) == 1 {
            taken.set(true);
        }
    });
    let holds = move || !taken.get_untracked() && codes.made.with_untracked(|made| !made.is_empty());
    page::warn_before_leaving(holds);
    page::hold_inside("/people/codes".to_owned(), holds, move |to| going.set(Some(to)));
    let go = move |_| {
        if let Some(to) = going.get_untracked() {
            taken.set(true);
            open.set(false);
            way.with_value(|way| way(&to, Trace::Leave));
        }
    };
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, people.codes_leave).to_string())>
            <div class="body"><p>{t!(i18n, people.codes_leave_words)}</p></div>
            <footer>
                <button class="button" data-kind="danger" type="button" on:click=go>{t!(i18n, away.leave)}</button>
                <button class="button" data-kind="primary" type="button" autofocus on:click=move |_| open.set(false)>{t!(i18n, away.stay)}</button>
            </footer>
        </Dialog>
    }
}

#[component]
fn CodeCard(
    code: StartCode,
    /// The address that people reach this server at, if it is known.
    reachable: Signal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let StartCode { person, login, code, expires } = code;
    let school = person.school.as_ref().map(|school| school.name.clone());
    let path = format!("/join/{code}");
    let link = Memo::new(move |_| reachable.get().map(|address| format!("{address}{path}")));
    let name = StoredValue::new(person.name.clone());
    view! {
        <li class="code-card">
            <p class="split">{who(&person)}<span class="code-brand">{mark(20)}{t!(i18n, brand)}</span></p>
            <p class="small second">{school}</p>
            <dl>
                <dt>{t!(i18n, people.login)}</dt><dd class="code">{login}</dd>
                <dt>{t!(i18n, people.start_code)}</dt><dd class="code"><b>{code}</b></dd>
                <dt>{t!(i18n, people.open_link)}</dt><dd class="code anywhere">{link}</dd>
            </dl>
            {move || link.get().and_then(|link| qr::draw(&link)).map(|(path, size)| view! {
                <svg class="qr" role="img" aria-label=move || t_string!(i18n, people.codes_qr, name = name.get_value()).to_string() viewBox=format!("0 0 {size} {size}")><path d=path></path></svg>
            })}
            <p class="tiny quiet">{move || t_string!(i18n, people.code_until, day = last_day(i18n, expires)).to_string()}</p>
        </li>
    }
}
