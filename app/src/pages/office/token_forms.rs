use leptos::html;
use leptos::prelude::*;
use shared::api::TokenLine;

use crate::browser::fetch::Failure;
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::copy_field::CopyField;
use crate::components::dialog::{Dialog, open_while};
use crate::components::icon::small_icon;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::toasts::Toasts;
use crate::state::tokens::Tokens;

/// How long a new token may last, in days; the server takes 366 at most.
const CHOICES: [u32; 4] = [7, 30, 90, 366];
const USUAL_DAYS: u32 = 90;
/// As the server has it.
const MAX_NAME_CHARS: usize = 100;

/// Makes a token and shows it, once.
#[component]
pub fn NewToken(tokens: Tokens, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, account.token_make).to_string())>
            <NewTokenForm tokens close=move || open.set(false)/>
        </Dialog>
    }
}

#[component]
fn NewTokenForm(tokens: Tokens, close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let made = RwSignal::new(None::<String>);
    move || match made.get() {
        None => view! { <Wish tokens made close/> }.into_any(),
        Some(token) => view! { <Shown token close/> }.into_any(),
    }
}

/// What the token is for, and for how long.
#[component]
fn Wish(
    tokens: Tokens,
    made: RwSignal<Option<String>>,
    close: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let name = NodeRef::<html::Input>::new();
    let days = RwSignal::new(USUAL_DAYS);
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = name.get_untracked().map(|input| input.value().trim().to_owned()).unwrap_or_default();
        wrong.set(!(1..=MAX_NAME_CHARS).contains(&text.chars().count()));
        if wrong.get_untracked() {
            return dom::select_all(name);
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = tokens.create(text, days.get_untracked()).await;
            // The dialog may have been closed meanwhile; then the token stands in the list and can be ended there.
            let _ = busy.try_set(false);
            match answer {
                Ok(token) => drop(made.try_set(Some(token))),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    view! {
        <form on:submit=submit>
            <div class="body">
                {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
                <div class="field">
                    <label for="token-name">{t!(i18n, account.token_name)}</label>
                    <input node_ref=name class="input" id="token-name" autofocus autocomplete="off" aria-invalid=move || wrong.get().then_some("true") aria-describedby="token-name-hint"/>
                    {move || if wrong.get() {
                        view! { <p class="error" id="token-name-hint">{small_icon("warn")}{t_string!(i18n, account.token_name_wrong, most = MAX_NAME_CHARS).to_string()}</p> }.into_any()
                    } else {
                        view! { <p class="hint" id="token-name-hint">{t!(i18n, account.token_name_hint)}</p> }.into_any()
                    }}
                </div>
                <div class="field">
                    <label for="token-days">{t!(i18n, account.token_days)}</label>
                    <span class="select">
                        <select id="token-days" on:change=move |event| days.set(event_target_value(&event).parse().unwrap_or(USUAL_DAYS))>
                            {CHOICES.map(|choice| view! { <option value=choice.to_string() selected=choice == USUAL_DAYS>{move || t_string!(i18n, account.days, count = choice).to_string()}</option> })}
                        </select>
                    </span>
                    <p class="hint">{t!(i18n, account.token_days_hint)}</p>
                </div>
            </div>
            <footer>
                <button class="button" type="button" on:click=move |_| close()>{t!(i18n, common.cancel)}</button>
                <button class="button" data-kind="primary" type="submit" aria-busy=move || busy.get().then_some("true")>{t!(i18n, account.token_submit)}</button>
            </footer>
        </form>
    }
}

/// The token itself, to take along.
#[component]
fn Shown(token: String, close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    // The button that had the focus has gone with the form.
    page::later(0, || dom::focus_id("token-copy"));
    view! {
        <div class="body">
            <Banner tone=Tone::Calm><strong>{t!(i18n, account.token_once)}</strong>{t!(i18n, account.token_once_words)}</Banner>
            <CopyField id="token-made" button="token-copy" label=Signal::derive(move || t_string!(i18n, account.token_made).to_string()) text=token/>
        </div>
        <footer><button class="button" data-kind="primary" type="button" on:click=move |_| close()>{t!(i18n, account.token_kept)}</button></footer>
    }
}

/// Asks before a token ends, which can't be undone.
#[component]
pub fn EndToken(tokens: Tokens, ending: RwSignal<Option<TokenLine>>) -> impl IntoView {
    let i18n = use_i18n();
    let open = open_while(ending);
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, account.token_end_title).to_string())>
            {move || ending.get_untracked().map(|line| view! { <EndTokenForm tokens line close=move || open.set(false)/> })}
        </Dialog>
    }
}

#[component]
fn EndTokenForm(tokens: Tokens, line: TokenLine, close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let name = line.name.clone();
    let said = t_string!(i18n, account.token_ended, name = line.name.clone()).to_string();
    let end = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (id, said) = (line.id.clone(), said.clone());
        leptos::task::spawn_local(async move {
            let answer = tokens.end(&id).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => {
                    toasts.say(said);
                    close();
                }
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    view! {
        <div class="body">
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <p>{move || t_string!(i18n, account.token_end_words, name = name.clone()).to_string()}</p>
        </div>
        <footer>
            <button class="button" data-kind="danger" type="button" aria-busy=move || busy.get().then_some("true") on:click=end>{t!(i18n, account.token_end_sure)}</button>
            <button class="button" data-kind="primary" type="button" autofocus on:click=move |_| close()>{t!(i18n, account.token_keep)}</button>
        </footer>
    }
}
