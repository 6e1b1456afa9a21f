use leptos::prelude::*;

use crate::components::banner::{Banner, Tone};
use crate::components::dialog::Dialog;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::draft::Drafts;
use crate::pages::shown::Shown;
use crate::state::open_document::OpenDocument;

/// How saving works, asked for by a click on its state or by Ctrl S.
#[component]
pub fn SavingDialog<M: Shown>(document: OpenDocument<M>, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let saved = move || document.saving.with(|saving| saving.on_server).map(spoken);
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, save.title).to_string())>
            <div class="body">
                <p>{t!(i18n, save.how)}</p>
                <dl class="save-steps">
                    <dt>{t!(i18n, save.step_tab)}</dt><dd>{t!(i18n, save.step_tab_words)}</dd>
                    <dt>{t!(i18n, save.step_device)}</dt><dd>{t!(i18n, save.step_device_words)}</dd>
                    <dt>{t!(i18n, save.step_server)}</dt><dd>{t!(i18n, save.step_server_words)}</dd>
                </dl>
                {move || saved().map(|time| view! { <p>{t_string!(i18n, save.last, time = time).to_string()}</p> })}
                {move || document.no_shelf.get().then(|| view! { <Banner tone=Tone::Warn picture="warn">{t!(i18n, save.no_shelf)}</Banner> })}
                <Drafts document/>
            </div>
            <footer><button class="button" type="button" autofocus on:click=move |_| open.set(false)>{t!(i18n, common.close)}</button></footer>
        </Dialog>
    }
}
