use std::pin::Pin;

use leptos::html;
use leptos::prelude::*;

use super::banner::{Banner, Tone};
use super::icon::small_icon;
use crate::browser::fetch::Failure;
use crate::browser::{dom, page};
use crate::i18n::*;
use crate::state::session::Session;

/// A deed under way.
pub type Deed = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

/// A form of a dialog: its fields, what went wrong, and a button that says the deed.
#[component]
pub fn DeedForm(
    /// What the button says.
    #[prop(into)]
    submit: Signal<String>,
    /// The words of a failure.
    words: fn(&Failure) -> String,
    /// Begins the deed; nothing if a field is wrong, which says so itself.
    deed: Callback<(), Option<Deed>>,
    /// The deed is done, or not wanted.
    close: Callback<()>,
    /// Something that can't be undone: the safe button has the focus.
    #[prop(optional)]
    grave: bool,
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let form = NodeRef::<html::Form>::new();
    if let Some(session) = use_context::<Session>() {
        // That one has to sign in is not true any more; what was filled in is still there.
        session.on_return(move || drop(failure.try_set(None)));
    }
    let begin = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let Some(deed) = deed.run(()) else {
            // What is wrong says so in its place after this turn.
            page::later(0, move || {
                if let Some(form) = form.get_untracked() {
                    dom::focus_first_wrong(&form);
                }
            });
            return;
        };
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = deed.await;
            // The dialog may have been closed meanwhile.
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => drop(close.try_run(())),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    view! {
        <form node_ref=form on:submit=begin novalidate>
            <div class="body">
                {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{words(&failure)}</Banner> })}
                {children()}
            </div>
            <footer>
                <button class="button" type="button" autofocus=grave on:click=move |_| close.run(())>{t!(i18n, common.cancel)}</button>
                <button class="button" data-kind=if grave { "danger" } else { "primary" } type="submit" aria-busy=move || busy.get().then_some("true")>{submit}</button>
            </footer>
        </form>
    }
}

/// A line of text with its label, a hint and, in its place, what is wrong.
#[component]
pub fn TextField(
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    value: RwSignal<String>,
    /// `type` of the input.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] wrong: MaybeProp<String>,
) -> impl IntoView {
    let below = Below { field: id, hint, wrong };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input class="input" id=id type=kind autocomplete=autocomplete spellcheck="false" prop:value=value
                aria-invalid=move || below.invalid() aria-describedby=move || below.id()
                on:input=move |event| value.set(event_target_value(&event))/>
            {move || below.shown()}
        </div>
    }
}

/// What stands below a field: what is wrong with it, or else a hint.
#[derive(Clone, Copy)]
pub struct Below {
    /// The field's id.
    pub field: &'static str,
    pub hint: MaybeProp<String>,
    pub wrong: MaybeProp<String>,
}

impl Below {
    /// For `aria-invalid`.
    pub fn invalid(self) -> Option<&'static str> {
        self.wrong.with(Option::is_some).then_some("true")
    }

    /// For `aria-describedby`.
    pub fn id(self) -> Option<String> {
        let is_there = self.wrong.with(Option::is_some) || self.hint.with(Option::is_some);
        is_there.then(|| format!("{}-hint", self.field))
    }

    pub fn shown(self) -> Option<AnyView> {
        let id = self.id()?;
        match self.wrong.get() {
            Some(wrong) => Some(view! { <p class="error" id=id>{small_icon("warn")}{wrong}</p> }.into_any()),
            None => Some(view! { <p class="hint" id=id>{self.hint.get()}</p> }.into_any()),
        }
    }
}

/// One of several, as key and words.
#[component]
pub fn SelectField(
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    value: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] wrong: MaybeProp<String>,
) -> impl IntoView {
    let below = Below { field: id, hint, wrong };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <span class="select">
                <select id=id aria-invalid=move || below.invalid() aria-describedby=move || below.id() on:change=move |event| value.set(event_target_value(&event))>
                    {move || options.get().into_iter().map(|(key, words)| {
                        let own = key.clone();
                        view! { <option value=key selected=move || value.with(|value| *value == own)>{words}</option> }
                    }).collect_view()}
                </select>
            </span>
            {move || below.shown()}
        </div>
    }
}

/// Yes or no.
#[component]
pub fn CheckField(#[prop(into)] label: Signal<String>, value: RwSignal<bool>) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=value on:change=move |event| value.set(event_target_checked(&event))/>
            {label}
        </label>
    }
}
