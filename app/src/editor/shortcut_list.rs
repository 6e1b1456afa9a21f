use leptos::prelude::*;

use super::shortcuts::{self, Shortcut};
use crate::components::dialog::Dialog;
use crate::i18n::*;

/// Every key and what it does.
#[component]
pub fn ShortcutList(open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let line = move |shortcut: Shortcut| {
        let mut keys = shortcut.keys().into_iter();
        let first = keys.next().map(|key| view! { <kbd class="kbd">{key}</kbd> });
        let others =
            keys.map(|key| view! { " "{t!(i18n, shortcuts.or)}" "<kbd class="kbd">{key}</kbd> }).collect_view();
        view! { <div class="split"><dt>{shortcut.name()}</dt><dd>{first}{others}</dd></div> }
    };
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, shortcuts.title).to_string())>
            // It is longer than a low window, and there is nothing else in it to put the focus on.
            <div class="body shortcut-list" tabindex="0" autofocus>
                {shortcuts::all().map(|(group, shortcuts)| view! {
                    <section>
                        <h3>{group.name()}</h3>
                        <dl>{shortcuts.into_iter().map(line).collect_view()}</dl>
                    </section>
                }).collect_view()}
            </div>
            <footer><button class="button" type="button" on:click=move |_| open.set(false)>{t!(i18n, common.close)}</button></footer>
        </Dialog>
    }
}
