//! Going to another page of Gongbei while something would be lost by it.

use leptos::prelude::*;
use shared::sync::client::Line;

use crate::browser::page;
use crate::components::dialog::Dialog;
use crate::i18n::*;
use crate::pages::shown::Shown;
use crate::state::open_document::{Medium, OpenDocument};
use crate::state::way::{Trace, use_way};

/// What is just being stored gets so long before anybody is asked, in milliseconds.
const SETTLES_MILLIS: u32 = 400;
/// How often is looked whether it is stored now.
const LOOK_MILLIS: u32 = 100;

/// Holds whoever would lose something by going, asks them, and lets them go by itself once it is safe.
#[component]
pub fn AwayDialog<M: Shown>(document: OpenDocument<M>) -> impl IntoView {
    let i18n = use_i18n();
    let going = RwSignal::new(None::<String>);
    let open = RwSignal::new(false);
    let way = StoredValue::new_local(use_way());
    let go = move || {
        open.set(false);
        if let Some(to) = going.try_update(Option::take).flatten() {
            way.with_value(|way| way(&to, Trace::Leave));
        }
    };
    page::hold_inside(
        document.address(),
        move || document.would_lose(),
        move |to| {
            going.set(Some(to));
            look(document, going, open, SETTLES_MILLIS, go);
        },
    );
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        if was == Some(true) && !is {
            going.set(None);
        }
        is
    });
    let stopped = move || matches!(document.line.get(), Line::Stopped(_));
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, away.title).to_string())>
            <div class="body">
                <p>{t!(i18n, away.words)}</p>
                <p>{move || if stopped() { t_string!(i18n, away.take) } else { t_string!(i18n, away.wait) }}</p>
            </div>
            <footer>
                <button class="button" data-kind="danger" type="button" on:click=move |_| go()>{t!(i18n, away.leave)}</button>
                {M::take(document)}
                <button class="button" data-kind="primary" type="button" autofocus on:click=move |_| open.set(false)>{t!(i18n, away.stay)}</button>
            </footer>
        </Dialog>
    }
}

/// Goes as soon as nothing would be lost by it; asks when that takes more than `patience` milliseconds.
fn look<M: Medium>(
    document: OpenDocument<M>,
    going: RwSignal<Option<String>>,
    open: RwSignal<bool>,
    patience: u32,
    go: impl Fn() + Copy + 'static,
) {
    page::later(LOOK_MILLIS, move || {
        if going.try_with_untracked(Option::is_some) != Some(true) {
            return;
        }
        if !document.would_lose() {
            return go();
        }
        let patience = patience.saturating_sub(LOOK_MILLIS);
        if patience == 0 && !open.get_untracked() {
            open.set(true);
        }
        look(document, going, open, patience, go);
    });
}
