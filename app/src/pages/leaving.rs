use leptos::prelude::*;

use crate::browser::page;
use crate::browser::storage::{WaitingDocument, What};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::leaving::{Fate, Leaving, Waiting};
use crate::state::session::Session;
use crate::state::way::Way;

/// Asks before signing out what is to become of edits that only this device has, and says when signing out failed.
#[component]
pub fn LeavingDialog() -> impl IntoView {
    let i18n = use_i18n();
    let leaving: Leaving = expect_context();
    let open = open_while(leaving.asked);
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, leaving.title).to_string())>
            <LeavingForm leaving stay=move || open.set(false)/>
        </Dialog>
    }
}

#[component]
fn LeavingForm(leaving: Leaving, stay: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let (waiting, in_tab) = match leaving.asked.get_untracked() {
        Some(behind) => (behind.waiting, behind.in_tab),
        None => (Waiting::Known(Vec::new()), false),
    };
    let unknown = waiting == Waiting::Unknown;
    let waiting = match waiting {
        Waiting::Known(waiting) => waiting,
        Waiting::Unknown => Vec::new(),
    };
    let removes = RwSignal::new(false);
    let online = RwSignal::new(page::is_online());
    page::on_network(move |is| online.set(is));
    let offline = move || !online.get();
    let busy = move || leaving.busy.get().then_some("true");
    let session: Session = expect_context();
    let shared = untrack(|| session.shares_computer());
    // On a computer that others use, too, nothing is kept.
    let keep = move |_| {
        leaving.go(match (shared, unknown) {
            (false, _) => Fate::Keep,
            (true, false) => Fate::Sweep,
            (true, true) => Fate::Remove,
        })
    };
    let (count, waits) = (waiting.len(), !waiting.is_empty());
    view! {
        <div class="body">
            {move || leaving.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn"><strong>{if failure.status().is_some() { t_string!(i18n, leaving.failed) } else { t_string!(i18n, leaving.unsure) }}</strong>{failure_words(&failure)}</Banner>
            })}
            {move || offline().then(|| view! { <Banner tone=Tone::Calm picture="offline">{t!(i18n, leaving.offline)}</Banner> })}
            {in_tab.then(|| view! { <Banner tone=Tone::Warn picture="warn">{t!(i18n, leaving.in_tab)}</Banner> })}
            {unknown.then(|| view! { <Banner tone=Tone::Warn picture="warn">{t!(i18n, leaving.not_known)}</Banner> })}
            {waits.then(|| view! {
                <p>{move || t_string!(i18n, leaving.waiting, count = count).to_string()}</p>
                <ul class="stack tight">{waiting.into_iter().map(|document| view! { <WaitingLine document stay/> }).collect_view()}</ul>
                <p>{t!(i18n, leaving.open_them)}</p>
                <p>{t!(i18n, leaving.shared)}</p>
            })}
            {move || removes.get().then(|| view! { <Banner tone=Tone::Warn picture="trash">{t!(i18n, leaving.remove_ask)}</Banner> })}
        </div>
        <footer data-stacked=move || (waits && !removes.get()).then_some("")>
            {move || if removes.get() {
                view! {
                    <button class="button" data-kind="danger" type="button" disabled=offline aria-busy=busy on:click=move |_| leaving.go(Fate::Remove)>{t!(i18n, leaving.remove_sure)}</button>
                    <button class="button" type="button" on:click=move |_| removes.set(false)>{t!(i18n, leaving.back)}</button>
                }.into_any()
            } else {
                view! {
                    {waits.then(|| view! { <button class="button" data-kind="quiet" type="button" disabled=offline on:click=move |_| removes.set(true)>{t!(i18n, leaving.remove)}</button> })}
                    {(!waits || !shared).then(|| view! { <button class="button" type="button" disabled=offline aria-busy=busy on:click=keep>{if waits { t_string!(i18n, leaving.keep) } else { t_string!(i18n, leaving.out) }}</button> })}
                    <button class="button" data-kind="primary" type="button" autofocus on:click=move |_| stay()>{t!(i18n, leaving.stay)}</button>
                }.into_any()
            }}
        </footer>
    }
}

/// A document with something on this device only, to open it instead of signing out.
#[component]
fn WaitingLine(document: WaitingDocument, stay: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let way: Way = expect_context();
    let href = document.href();
    let rel = way.rel(&href);
    view! {
        <li class="split">
            <a href=href rel=rel class="truncate" on:click=move |_| stay()>{document.title}</a>
            <small class="quiet nowrap">{match document.what { What::Edits => t_string!(i18n, leaving.edits), What::Draft => t_string!(i18n, leaving.draft), What::Spoken => t_string!(i18n, leaving.spoken) }}</small>
        </li>
    }
}
