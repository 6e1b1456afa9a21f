use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use shared::api::{SignIn, SingleSignOn};
use shared::pages::is_inside;

use crate::browser::fetch::{self, Failure};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::{icon, mark, small_icon};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::leaving::NOT_REMOVED;
use crate::state::preferences::Preferences;
use crate::state::session::{Entered, Session, Who};
use crate::state::way::{Trace, use_way};

/// The door.
#[component]
pub fn SignInPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let query = use_query_map();
    let way = use_way();
    Effect::new(move || dom::set_title(t_string!(i18n, signin.tab)));
    Effect::new(move || {
        if session.who.with(|who| matches!(who, Who::Somebody(_))) {
            let to = query.with_untracked(|query| query.get("to")).filter(|to| is_inside(to));
            way(to.as_deref().unwrap_or("/"), Trace::Replace);
        }
    });
    view! {
        <Door title=Signal::derive(move || t_string!(i18n, signin.title).to_string())>
            <SignInForm second=second_step()/>
            <SingleSignOnDoor problem=query.with_untracked(|query| query.get("problem"))/>
            <p><a class="button" data-kind="quiet" data-size="small" href="/join" rel="external">{t!(i18n, signin.with_code)}</a></p>
        </Door>
    }
}

/// The ticket of a single sign-on that wants a second step here: it came behind the `#`.
fn second_step() -> Option<String> {
    let hash = use_location().hash.get_untracked();
    hash.trim_start_matches('#').strip_prefix("second=").map(str::to_owned)
}

/// The other way in, if this server has one, and why it did not let anybody in, or what went wrong on the way out.
#[component]
fn SingleSignOnDoor(problem: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    let known = RwSignal::new(None::<SingleSignOn>);
    leptos::task::spawn_local(async move {
        if let Ok(there) = fetch::get::<Option<SingleSignOn>>("/api/oidc").await {
            let _ = known.try_set(there);
        }
    });
    view! {
        {problem.map(|problem| view! {
            <Banner tone=Tone::Warn picture="warn">
                {move || match problem.as_str() {
                    NOT_REMOVED => t_string!(i18n, leaving.not_removed),
                    "sign-on-unknown" => t_string!(i18n, signin.sign_on_unknown),
                    "sign-on-taken" => t_string!(i18n, signin.sign_on_taken),
                    _ => t_string!(i18n, signin.sign_on_failed),
                }}
            </Banner>
        })}
        {move || known.get().map(|known| view! { <a class="button" href="/api/oidc/start" rel="external">{known.label}</a> })}
    }
}

/// What stands around whoever is not inside yet: what this is, a card with a form, and how to read it.
#[component]
pub fn Door(#[prop(into)] title: Signal<String>, children: Children) -> impl IntoView {
    let i18n = use_i18n();
    let preferences: Preferences = expect_context();
    view! {
        <div class="door">
            <main class="door-grid" id="main">
                <section class="door-say" aria-label=move || t_string!(i18n, signin.about)>
                    <p class="door-brand">{mark(40)}{t!(i18n, brand)}</p>
                    <p class="door-line">{t!(i18n, signin.line_1)}<br/>{t!(i18n, signin.line_2)}</p>
                </section>
                <section class="door-card" aria-labelledby="in">
                    <h1 id="in">{title}</h1>
                    {children()}
                    <p class="door-foot small quiet">
                        <button class="button" data-kind="quiet" data-size="small" type="button" on:click=move |_| preferences.toggle_language()>{t!(i18n, shell.other_language)}</button>
                        <button class="button" data-kind="quiet" data-size="small" type="button" aria-pressed=move || preferences.is_large().to_string() on:click=move |_| preferences.toggle_large()>{t!(i18n, shell.large)}</button>
                        <button class="button" data-kind="quiet" data-size="small" type="button" on:click=move |_| preferences.toggle_theme()>{t!(i18n, shell.theme)}</button>
                    </p>
                </section>
            </main>
        </div>
    }
}

/// The session ended while somebody was at work: the same form over what they were doing, which stays as it is.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = node.get() {
            dom::set_open(&dialog, session.ended.get());
        }
    });
    // A second Esc closes any dialog; this one asks until somebody has signed in.
    let stay = move |_| {
        if let (Some(dialog), true) = (node.get_untracked(), session.ended.get_untracked()) {
            dom::set_open(&dialog, true);
        }
    };
    let login = move || session.me().map(|me| me.login).unwrap_or_default();
    view! {
        <dialog class="dialog" node_ref=node aria-labelledby="again" on:cancel=|event: leptos::ev::Event| event.prevent_default() on:close=stay>
            <Show when=move || session.ended.get()>
                <header><h2 id="again">{t!(i18n, signin.again)}</h2></header>
                <div class="body">
                    <p>{t!(i18n, signin.again_words)}</p>
                    <SignInForm login=login()/>
                </div>
            </Show>
        </dialog>
    }
}

/// Login and password, and a one-time password for those who have them.
#[component]
fn SignInForm(#[prop(optional)] login: String, #[prop(optional_no_strip)] second: Option<String>) -> impl IntoView {
    let login = StoredValue::new(login);
    let ticket = RwSignal::new(second);
    move || match ticket.get() {
        None => view! { <FirstStep login=login.get_value() ticket/> }.into_any(),
        Some(of) => view! { <SecondStepForm of ticket/> }.into_any(),
    }
}

#[component]
fn FirstStep(login: String, ticket: RwSignal<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let (name, password) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let busy = RwSignal::new(false);
    let shown = RwSignal::new(false);
    let shared_computer = RwSignal::new(untrack(|| session.shares_computer()));
    let failure = RwSignal::new(None::<Failure>);
    let again = !login.is_empty();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let value = |node: NodeRef<html::Input>| node.get_untracked().map(|input| input.value()).unwrap_or_default();
        let (login, secret) = (value(name).trim().to_owned(), value(password));
        if login.is_empty() || secret.is_empty() {
            dom::select_all(if login.is_empty() { name } else { password });
            return;
        }
        busy.set(true);
        let wish = SignIn { login, password: secret, shared_computer: shared_computer.get_untracked() };
        leptos::task::spawn_local(async move {
            let answer = session.enter("/api/session", &wish).await;
            // Signing in takes this form away.
            let _ = busy.try_set(false);
            match answer {
                Ok(Entered::In) => {}
                Ok(Entered::Second(given)) => drop(ticket.try_set(Some(given))),
                Err(reason) => {
                    failure.set(Some(reason));
                    dom::select_all(password);
                }
            }
        });
    };
    let wrong = move || failure.with(|failure| failure.as_ref().is_some_and(|failure| failure.status() == Some(401)));
    view! {
        <form class="stack" on:submit=submit>
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <div class="field">
                <label for="login">{t!(i18n, signin.login)}</label>
                <input node_ref=name class="input" id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck="false" value=login readonly=again
                    required aria-invalid=move || wrong().then_some("true")/>
            </div>
            <div class="field">
                <label for="pass">{t!(i18n, signin.password)}</label>
                <div class="input-group">
                    <input node_ref=password class="input" id="pass" name="password" autocomplete="current-password" required autofocus=again
                        type=move || if shown.get() { "text" } else { "password" }
                        aria-invalid=move || wrong().then_some("true") aria-describedby=move || wrong().then_some("pass-hint")/>
                    <button class="icon-button" type="button" aria-pressed=move || shown.get().to_string()
                        aria-label=move || t_string!(i18n, signin.show_password) data-tip=move || t_string!(i18n, signin.show_password) data-tip-side="end"
                        on:click=move |_| shown.update(|shown| *shown = !*shown)>{icon("eye")}</button>
                </div>
                <Show when=wrong><p class="error" id="pass-hint">{small_icon("info")}{t!(i18n, signin.check_caps)}</p></Show>
            </div>
            <SharedComputer value=shared_computer/>
            <button class="button" data-kind="primary" type="submit" aria-busy=move || busy.get().then_some("true")>{t!(i18n, signin.submit)}</button>
        </form>
    }
}

/// Others use this computer, too.
#[component]
pub fn SharedComputer(value: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <label class="check">
            <input type="checkbox" name="shared" prop:checked=value on:change=move |event| value.set(event_target_checked(&event))/>
            {t!(i18n, signin.shared)}
        </label>
    }
}

/// The second step: six digits, or a recovery code.
#[component]
pub fn SecondStepForm(of: String, ticket: RwSignal<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let field = NodeRef::<html::Input>::new();
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let code = field.get_untracked().map(|input| input.value().trim().to_owned()).unwrap_or_default();
        if busy.get_untracked() || code.is_empty() {
            return;
        }
        busy.set(true);
        let of = of.clone();
        leptos::task::spawn_local(async move {
            let answer = session.enter_with(of, code).await;
            let _ = busy.try_set(false);
            if let Err(reason) = answer {
                failure.set(Some(reason));
                dom::select_all(field);
            }
        });
    };
    page::later(0, || dom::focus_id("one-time"));
    view! {
        <form class="stack" on:submit=submit>
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <div class="field">
                <label for="one-time">{t!(i18n, signin.one_time)}</label>
                <input node_ref=field class="input" id="one-time" name="one-time" autocomplete="one-time-code" inputmode="numeric" spellcheck="false" aria-describedby="one-time-hint"/>
                <p class="hint" id="one-time-hint">{t!(i18n, signin.one_time_hint)}</p>
            </div>
            <button class="button" data-kind="primary" type="submit" aria-busy=move || busy.get().then_some("true")>{t!(i18n, signin.submit)}</button>
            <button class="button" data-kind="quiet" type="button" on:click=move |_| ticket.set(None)>{t!(i18n, signin.start_over)}</button>
        </form>
    }
}
