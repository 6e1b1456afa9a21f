use leptos::prelude::*;
use shared::api::{Invite, StartCode};
use shared::words::UserId;

use super::qr;
use super::words::last_day;
use crate::browser::clock::collate;
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::{dom, page, settings};
use crate::components::banner::{Banner, Tone};
use crate::components::empty::Empty;
use crate::components::form::TextField;
use crate::components::icon::{icon, mark};
use crate::components::person::who;
use crate::i18n::*;
use crate::state::session::Session;

/// The name under which the browser keeps the address that people reach this server at.
const ADDRESS: &str = "address";

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

/// An address that others can open, without a slash at the end; nothing if it leads to this computer only.
fn address_of(typed: &str) -> Option<String> {
    let typed = typed.trim().trim_end_matches('/');
    let address = if typed.contains("://") { typed.to_owned() } else { format!("http://{typed}") };
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let host = rest.split('/').next()?.to_ascii_lowercase();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = name.map_or(host.as_str(), |(name, _)| name);
    let only_here = name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.") || name == "[::1]";
    let is_one =
        !name.is_empty() && !rest.contains(|letter: char| letter.is_whitespace() || "@?#\\\"<>".contains(letter));
    (is_one && !only_here).then_some(address)
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
    let address = RwSignal::new(settings::read(ADDRESS).unwrap_or_else(page::origin));
    let reachable = Signal::derive(move || address.with(|address| address_of(address)));
    Effect::new(move |before: Option<String>| {
        let address = address.get();
        if before.is_some_and(|before| before != address) {
            settings::write(ADDRESS, address_of(&address).as_deref());
        }
        address
    });
    let wrong = Signal::derive(move || {
        reachable.with(Option::is_none).then(|| t_string!(i18n, people.codes_address_wrong).to_string())
    });
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
                    <div class="no-print codes-address">
                        <TextField id="codes-address" kind="url" label=Signal::derive(move || t_string!(i18n, people.codes_address).to_string()) value=address wrong
                            hint=Signal::derive(move || Some(t_string!(i18n, people.codes_address_hint).to_string()))/>
                    </div>
                    <ul class="code-cards">{codes.made.get().into_iter().map(|code| view! { <CodeCard code reachable/> }).collect_view()}</ul>
                }.into_any()
            }}
        </main>
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

#[cfg(test)]
mod tests {
    use super::address_of;

    #[test]
    fn an_address_of_this_computer_is_none_for_others() {
        for here in
            ["http://localhost:8080", "http://127.0.0.1:8080", "localhost", "http://[::1]:80/", "", "ftp://a.cn", "a b"]
        {
            assert_eq!(address_of(here), None, "{here:?}");
        }
        for (typed, address) in [
            ("gongbei.wxjt.cn", "http://gongbei.wxjt.cn"),
            ("https://gongbei.wxjt.cn/", "https://gongbei.wxjt.cn"),
            (" 192.168.1.20:8080 ", "http://192.168.1.20:8080"),
            ("http://[fd00::1]:8080", "http://[fd00::1]:8080"),
        ] {
            assert_eq!(address_of(typed).as_deref(), Some(address), "{typed:?}");
        }
    }
}
