//! The document page in trouble: what happened, what is safe, what to do. Each banner stays until it is no longer true.

use leptos::prelude::*;
use shared::access::Right;
use shared::sync::client::{Line, StopReason};
use shared::wire::Trouble;
use shared::words::UnixMillis;

use crate::browser::page;
use crate::components::banner::{Banner, Tone};
use crate::i18n::*;
use crate::pages::draft::Drafts;
use crate::pages::shown::Shown;
use crate::pages::words::failure_words;
use crate::state::documents::restore;
use crate::state::open_document::{Aside, Medium, OpenDocument, Stage, Stop};
use crate::state::session::Session;
use crate::state::toasts::Toasts;

#[component]
pub fn Troubles<M: Shown>(
    document: OpenDocument<M>,
    /// A document of a tutoring session: there a pen comes and goes, and most only look.
    #[prop(optional)]
    in_session: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let offline = Memo::new(move |_| document.line.get() == Line::Offline && document.stop.with(Option::is_none));
    // Said at once: the form to sign in waits until nobody is typing.
    let signed_out = Memo::new(move |_| document.line.get() == Line::Stopped(StopReason::SessionEnded));
    let told = Memo::new(move |_| document.saving.with(|saving| saving.trouble));
    let cannot_store = move || matches!(told.get(), Some(Trouble::StorageFull | Trouble::StorageFailing));
    let sealed = move || told.get() == Some(Trouble::Sealed);
    let device_full = Memo::new(move |_| {
        // Stopped, nothing goes up any more: what can be done is said with the draft.
        let full = document.saving.with(|saving| saving.device_full) && document.stop.with(Option::is_none);
        full && !document.no_shelf.get()
    });
    let ready = Memo::new(move |_| document.stage.get() == Stage::Ready);
    let binned = Memo::new(move |_| document.card.with(|card| card.as_ref().is_some_and(|card| card.binned.is_some())));
    let reads = Memo::new(move |_| {
        !in_session
            && document.stop.with(Option::is_none)
            && !binned.get()
            && !sealed()
            && document.right.get().is_some_and(|right| right < Right::Edit)
    });
    let put_back = move || {
        let id = document.id();
        leptos::task::spawn_local(async move {
            match restore(session, &id).await {
                Ok(()) => document.fetch_card().await,
                Err(failure) => drop(document.failure.try_set(Some(failure))),
            }
        });
    };
    view! {
        <div class="doc-notes">
            {M::notes(document)}
            {move || document.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| leptos::task::spawn_local(document.fetch_card())>{t!(i18n, common.try_again)}</button> }>
                    {failure_words(&failure)}
                </Banner>
            })}
            {move || document.stop.get().map(|stop| view! { <StopBanner document stop in_session/> })}
            {move || signed_out.get().then(|| view! {
                <Banner tone=Tone::Warn picture="lock" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| session.ended.set(true)>{t!(i18n, signin.submit)}</button> }>
                    <strong>{t!(i18n, trouble.signed_out)}</strong>{t!(i18n, trouble.signed_out_words)}
                </Banner>
            })}
            {move || offline.get().then(|| view! {
                <Banner tone=Tone::Calm picture="offline">
                    <strong>{move || if document.network.get() { t_string!(i18n, trouble.unreachable) } else { t_string!(i18n, trouble.offline) }}</strong>
                    {move || match (ready.get(), document.network.get()) {
                        (true, true) => t_string!(i18n, trouble.unreachable_words),
                        (true, false) => t_string!(i18n, trouble.offline_words),
                        (false, true) => t_string!(i18n, trouble.unreachable_not_here),
                        (false, false) => t_string!(i18n, trouble.offline_not_here),
                    }}
                </Banner>
            })}
            {move || sealed().then(|| view! { <Banner tone=Tone::Warn picture="lock"><strong>{t!(i18n, trouble.sealed)}</strong>{t!(i18n, trouble.sealed_words)}</Banner> })}
            {move || cannot_store().then(|| view! { <Banner tone=Tone::Warn picture="warn"><strong>{t!(i18n, trouble.server_full)}</strong>{t!(i18n, trouble.server_full_words)}</Banner> })}
            {move || device_full.get().then(|| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || M::take(document)>
                    <strong>{t!(i18n, trouble.device_full)}</strong>{t!(i18n, trouble.device_full_words)}
                </Banner>
            })}
            {move || document.no_shelf.get().then(|| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || M::take(document)>
                    <strong>{t!(i18n, trouble.no_shelf)}</strong>{t!(i18n, trouble.no_shelf_words)}
                </Banner>
            })}
            {move || binned.get().then(|| view! {
                <Banner tone=Tone::Warn picture="trash" deed=move || document.may_manage().then(|| view! { <button class="button" data-size="small" type="button" on:click=move |_| put_back()>{t!(i18n, documents.restore)}</button> })>
                    <strong>{t!(i18n, trouble.binned)}</strong>{t!(i18n, trouble.binned_words)}
                </Banner>
            })}
            {move || reads.get().then(|| view! { <Banner tone=Tone::Calm picture="eye">{move || if document.right.get() == Some(Right::Comment) { t_string!(i18n, trouble.comments_only) } else { t_string!(i18n, trouble.reads_only) }}</Banner> })}
            <Drafts document/>
        </div>
    }
}

#[component]
fn StopBanner<M: Shown>(document: OpenDocument<M>, stop: Stop, in_session: bool) -> impl IntoView {
    let i18n = use_i18n();
    let (title, words) = match stop {
        Stop::LostRight(at) if document.right.get_untracked() == Some(Right::Comment) => (
            t_string!(i18n, trouble.lost_right_comment, time = spoken_at(at)).to_string(),
            t_string!(i18n, trouble.lost_right_comment_words).to_string(),
        ),
        Stop::LostRight(_) if in_session => {
            (t_string!(i18n, room.lost_pen).to_string(), t_string!(i18n, room.lost_pen_words).to_string())
        }
        Stop::LostRight(at) => (
            t_string!(i18n, trouble.lost_right, time = spoken_at(at)).to_string(),
            t_string!(i18n, trouble.lost_right_words).to_string(),
        ),
        Stop::Gone => (t_string!(i18n, trouble.gone).to_string(), t_string!(i18n, trouble.gone_words).to_string()),
        Stop::Replaced => {
            (t_string!(i18n, trouble.replaced).to_string(), t_string!(i18n, trouble.replaced_words).to_string())
        }
        Stop::Refused => {
            (t_string!(i18n, trouble.refused).to_string(), t_string!(i18n, trouble.refused_words).to_string())
        }
        Stop::TooLong => {
            (t_string!(i18n, trouble.too_long).to_string(), t_string!(i18n, trouble.too_long_words).to_string())
        }
        Stop::Outdated => {
            (t_string!(i18n, trouble.outdated).to_string(), t_string!(i18n, trouble.outdated_words).to_string())
        }
    };
    // A right that went down offline is heard of first, and the line stops at what was written meanwhile.
    let stays = Memo::new(move |_| matches!(document.aside.get(), Some(Aside::UnderWay | Aside::InTab)));
    let reload = Memo::new(move |_| {
        let helps = match stop {
            Stop::Replaced | Stop::Refused | Stop::TooLong | Stop::Outdated => true,
            Stop::LostRight(_) => matches!(document.line.get(), Line::Stopped(_)),
            // A page loaded anew would show nothing; it is asked first whether the document is there again.
            Stop::Gone => false,
        };
        helps && !stays.get()
    });
    let button = move || {
        if reload.get() {
            view! { <button class="button" data-size="small" type="button" on:click=move |_| page::reload()>{t!(i18n, trouble.reload)}</button> }.into_any()
        } else if stop == Stop::Gone {
            view! {
                <span class="cluster">
                    {M::take(document)}
                    {move || (!stays.get()).then(|| view! { <TryAgain document/> })}
                </span>
            }
            .into_any()
        } else {
            ().into_any()
        }
    };
    let deed = move || button;
    let in_tab = Memo::new(move |_| document.aside.get() == Some(Aside::InTab));
    // All may have been saved when it stopped: a draft is spoken of only if there is one.
    let drafted = Memo::new(move |_| {
        let may_have_none = matches!(stop, Stop::LostRight(_) | Stop::Gone | Stop::Outdated);
        may_have_none && matches!(document.aside.get(), Some(Aside::UnderWay | Aside::Done))
    });
    let more = move || match stop {
        _ if drafted.get() => t_string!(i18n, trouble.drafted),
        Stop::Gone if !in_tab.get() => t_string!(i18n, trouble.gone_waits),
        _ => "",
    };
    let words = move || if in_tab.get() { t_string!(i18n, trouble.aside_in_tab).to_string() } else { words.clone() };
    view! { <Banner tone=Tone::Warn picture="lock" deed><strong>{title}</strong>{words}{more}</Banner> }
}

/// The document may be there again by now. If it is not, the text on the screen stays where it is.
#[component]
fn TryAgain<M: Medium>(document: OpenDocument<M>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let busy = RwSignal::new(false);
    let ask = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let not_yet = t_string!(i18n, trouble.still_gone).to_string();
        leptos::task::spawn_local(async move {
            if !document.try_again().await {
                toasts.say(not_yet);
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <button class="button" data-size="small" type="button" aria-busy=move || busy.get().then_some("true") on:click=ask>{t!(i18n, trouble.reload)}</button>
    }
}

fn spoken_at(at: UnixMillis) -> String {
    use crate::browser::clock::{Shape, write_date};
    write_date(at, Shape::Time, crate::state::preferences::tag(use_i18n().get_locale()))
}
