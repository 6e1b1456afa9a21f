use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::api::{FirstGroup, FirstSchool, SetUp, SetupState};
use shared::organisation::Vocabulary;

use super::words::{SCHOOL_SORTS, named, school_sort, word};
use crate::browser::fetch::{self, Failure};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::form::{SelectField, TextField};
use crate::components::password::PasswordField;
use crate::i18n::*;
use crate::pages::signin::Door;
use crate::pages::words::failure_words;
use crate::state::session::Session;
use crate::state::way::{Trace, use_way};

/// As the server has it.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// What most groups are.
const USUAL_KIND: &str = "cooperative";

/// The first start of a server: the first account, its group and lead school.
#[component]
pub fn SetupPage() -> impl IntoView {
    let i18n = use_i18n();
    let state = RwSignal::new(None::<Result<SetupState, Failure>>);
    Effect::new(move || dom::set_title(t_string!(i18n, setup.tab)));
    leptos::task::spawn_local(async move {
        let answer = fetch::get("/api/setup").await;
        let _ = state.try_set(Some(answer));
    });
    view! {
        <Door title=Signal::derive(move || t_string!(i18n, setup.title).to_string())>
            {move || state.get().map(|answer| match answer {
                Err(failure) => view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> }.into_any(),
                Ok(SetupState { empty: true }) => view! { <SetupForm/> }.into_any(),
                Ok(SetupState { empty: false }) => view! {
                    <div class="stack">
                        <p>{t!(i18n, setup.done_already)}</p>
                        <a class="button" data-kind="primary" href="/signin">{t!(i18n, signin.submit)}</a>
                    </div>
                }.into_any(),
            })}
        </Door>
    }
}

#[component]
fn SetupForm() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let way = StoredValue::new_local(use_way());
    let hash = use_location().hash;
    let field = || RwSignal::new(String::new());
    // What comes after the # never leaves the browser by itself.
    let code = RwSignal::new(hash.get_untracked().trim_start_matches('#').to_owned());
    let came_along = RwSignal::new(!code.with_untracked(String::is_empty));
    // A link that is pasted where the page stands already does not load it anew.
    page::on_fragment(move |fresh| {
        if !fresh.is_empty() {
            code.set(fresh);
            came_along.set(true);
        }
    });
    let (name, login, password, group, school) = (field(), field(), field(), field(), field());
    let kind = RwSignal::new(USUAL_KIND.to_owned());
    let sort = RwSignal::new(SCHOOL_SORTS[0].1.to_owned());
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    let missing = RwSignal::new(false);
    let form = NodeRef::<html::Form>::new();
    let wrong = move |value: RwSignal<String>| {
        Signal::derive(move || {
            let is_wrong = missing.get() && value.with(|text| text.trim().is_empty());
            is_wrong.then(|| t_string!(i18n, setup.needed).to_string())
        })
    };
    let too_short = Signal::derive(move || {
        let is_wrong = missing.get() && password.with(|text| text.chars().count() < MIN_PASSWORD_CHARS);
        is_wrong.then(|| t_string!(i18n, join.too_short, least = MIN_PASSWORD_CHARS).to_string())
    });
    let kinds = Signal::derive(move || {
        let kinds = Vocabulary::usual().kinds;
        kinds.iter().map(|kind| (kind.id.to_string(), word(i18n, &kind.name))).collect::<Vec<_>>()
    });
    let sorts =
        Signal::derive(move || SCHOOL_SORTS.map(|(sort, key)| (key.to_owned(), school_sort(i18n, sort))).to_vec());
    let kind_words = Signal::derive(move || {
        Some(match kind.get().as_str() {
            "fused" => t_string!(i18n, setup.kind_fused).to_string(),
            "entrusted" => t_string!(i18n, setup.kind_entrusted).to_string(),
            "close" => t_string!(i18n, setup.kind_close).to_string(),
            "joint" => t_string!(i18n, setup.kind_joint).to_string(),
            _ => t_string!(i18n, setup.kind_loose).to_string(),
        })
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        missing.set(true);
        let text = |of: RwSignal<String>| of.get_untracked().trim().to_owned();
        let needed = [code, name, login, group, school];
        let short = password.with_untracked(|text| text.chars().count() < MIN_PASSWORD_CHARS);
        let Ok(kind) = kind.get_untracked().parse() else { return };
        if short || needed.iter().any(|of| text(*of).is_empty()) {
            page::later(0, move || {
                if let Some(form) = form.get_untracked() {
                    dom::focus_first_wrong(&form);
                }
            });
            return;
        }
        if busy.get_untracked() {
            return;
        }
        let wish = SetUp {
            code: text(code),
            name: text(name),
            login: text(login).to_lowercase(),
            password: password.get_untracked(),
            region: None,
            group: FirstGroup { name: text(group), kind },
            school: FirstSchool {
                name: text(school),
                seal: String::new(),
                sort: named(&SCHOOL_SORTS, &sort.get_untracked()).unwrap_or(SCHOOL_SORTS[0].0),
            },
        };
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = session.enter("/api/setup", &wish).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(_) => way.with_value(|way| way("/people", Trace::Replace)),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    view! {
        <form node_ref=form class="stack" on:submit=submit novalidate>
            <p>{t!(i18n, setup.words)}</p>
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            {move || (!came_along.get()).then(|| view! {
                <Banner tone=Tone::Calm picture="info">{t!(i18n, setup.where_the_code_is)}</Banner>
                <TextField id="setup-code" label=Signal::derive(move || t_string!(i18n, setup.code).to_string()) value=code wrong=wrong(code)
                    hint=Signal::derive(move || Some(t_string!(i18n, setup.code_hint).to_string()))/>
            })}
            <h2>{t!(i18n, setup.you)}</h2>
            <TextField id="setup-name" autocomplete="name" label=Signal::derive(move || t_string!(i18n, people.name).to_string()) value=name wrong=wrong(name)/>
            <TextField id="setup-login" autocomplete="username" label=Signal::derive(move || t_string!(i18n, people.login).to_string()) value=login wrong=wrong(login)
                hint=Signal::derive(move || Some(t_string!(i18n, people.login_hint).to_string()))/>
            <PasswordField id="setup-password" autocomplete="new-password" label=Signal::derive(move || t_string!(i18n, signin.password).to_string()) value=password wrong=too_short
                hint=Signal::derive(move || Some(t_string!(i18n, join.password_hint, least = MIN_PASSWORD_CHARS).to_string()))/>
            <h2>{t!(i18n, setup.group)}</h2>
            <TextField id="setup-group" label=Signal::derive(move || t_string!(i18n, people.group_name).to_string()) value=group wrong=wrong(group)/>
            <SelectField id="setup-kind" label=Signal::derive(move || t_string!(i18n, setup.kind).to_string()) value=kind options=kinds hint=kind_words/>
            <h2>{t!(i18n, people.lead)}</h2>
            <TextField id="setup-school" label=Signal::derive(move || t_string!(i18n, people.school_name).to_string()) value=school wrong=wrong(school)
                hint=Signal::derive(move || Some(t_string!(i18n, setup.school_hint).to_string()))/>
            <SelectField id="setup-sort" label=Signal::derive(move || t_string!(i18n, people.school_sort).to_string()) value=sort options=sorts/>
            <button class="button" data-kind="primary" type="submit" aria-busy=move || busy.get().then_some("true")>{t!(i18n, setup.submit)}</button>
        </form>
    }
}
