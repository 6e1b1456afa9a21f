use leptos::html;
use leptos::prelude::*;
use shared::words::{InvalidTitle, Title};

use crate::browser::dom;
use crate::i18n::*;
use crate::pages::create::title_words;
use crate::state::open_document::{Medium, OpenDocument, View};

/// The title, renamed in place by those who may. A colleague's new title does not come over what is being typed.
#[component]
pub fn TitleField<M: Medium>(document: OpenDocument<M>) -> impl IntoView {
    let i18n = use_i18n();
    let input = NodeRef::<html::Input>::new();
    // Every news of the document would make a new field otherwise.
    let manages = Memo::new(move |_| document.may_manage());
    let wrong = RwSignal::new(None::<String>);
    // What the field says now; it is as wide as that.
    let typed = RwSignal::new(String::new());
    // Somebody else has renamed it while I was typing.
    let theirs = RwSignal::new(None::<String>);
    let title =
        Memo::new(move |_| document.card.with(|card| card.as_ref().map(|card| card.title.clone())).unwrap_or_default());
    let show = move |title: String| {
        wrong.set(None);
        theirs.set(None);
        if let Some(input) = input.get_untracked() {
            input.set_value(&title);
        }
        typed.set(title);
    };
    Effect::new(move |before: Option<String>| {
        let now = title.get();
        let mine = typed.get_untracked();
        let asking = theirs.with_untracked(Option::is_some);
        if (asking || dom::has_focus_in(input)) && before.is_some_and(|before| before != mine) && now != mine.trim() {
            theirs.set(Some(now.clone()));
        } else {
            show(now.clone());
        }
        now
    });
    let back = move || show(title.get_untracked());
    let store = move || {
        let text = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        if text.trim() == title.get_untracked() {
            return back();
        }
        match Title::new(&text) {
            Ok(title) => {
                wrong.set(None);
                theirs.set(None);
                leptos::task::spawn_local(async move {
                    if let Err(failure) = document.rename(title).await {
                        let _ = document.failure.try_set(Some(failure));
                    }
                });
            }
            // A name that was emptied by mistake comes back.
            Err(InvalidTitle::Empty) => back(),
            Err(reason @ InvalidTitle::TooLong(_)) => wrong.set(Some(title_words(reason))),
        }
    };
    // Going back into the text answers nothing: whose title it is stays asked. A field that leaves with its page is
    // blurred when its signals have gone.
    let on_blur = move |_| {
        if theirs.try_with_untracked(Option::is_none) == Some(true) {
            store();
        }
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if dom::is_composing(&event) {
            return;
        }
        match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                store();
                document.with_view(View::focus);
            }
            "Escape" => back(),
            _ => {}
        }
    };
    view! {
        <div class="doc-title-field grow-text" data-value=move || if manages.get() { typed.get() } else { title.get() }>
            {move || if manages.get() {
                view! {
                    <input node_ref=input class="title" id="doc-title" autocomplete="off" size="1" prop:value=title.get_untracked() aria-label=move || t_string!(i18n, document.title)
                        aria-invalid=move || wrong.with(Option::is_some).then_some("true") aria-describedby="doc-title-wrong doc-title-theirs"
                        on:input=move |event| typed.set(event_target_value(&event)) on:keydown=on_key on:blur=on_blur/>
                }.into_any()
            } else {
                view! { <p class="title truncate" id="doc-title" tabindex="-1">{title}</p> }.into_any()
            }}
            {move || wrong.get().map(|wrong| view! { <p class="error title-note" data-kind="warn" id="doc-title-wrong" role="alert">{wrong}</p> })}
            {move || theirs.get().map(|title| view! { <p class="title-note" id="doc-title-theirs" role="status">{t_string!(i18n, document.title_theirs, title = title).to_string()}</p> })}
        </div>
    }
}
