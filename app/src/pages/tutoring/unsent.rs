//! What the server does not have yet, with the photos and clips of it, and how far each has come.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::tutoring::MediaKind;

use crate::browser::media::Address;
use crate::components::clip_player::ClipPlayer;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::tutoring::asking::Asking;
use crate::state::tutoring::errands::{Deed, Errands, OnItsWay, Parcel, Standing};

#[component]
pub fn Unsent(asking: Asking) -> impl IntoView {
    let i18n = use_i18n();
    let rows = asking.errands.rows;
    let ids =
        Memo::new(move |_| rows.with(|rows| rows.iter().map(|row| row.errand.id().to_owned()).collect::<Vec<_>>()));
    view! {
        <Show when=move || !rows.with(Vec::is_empty)>
            <ul class="unsent" aria-label=move || t_string!(i18n, room.unsent)>
                <For each=move || ids.get() key=Clone::clone let:id><UnsentRow asking id/></For>
            </ul>
        </Show>
    }
}

#[component]
fn UnsentRow(asking: Asking, id: String) -> impl IntoView {
    let i18n = use_i18n();
    let errands = asking.errands;
    let id = StoredValue::new(id);
    let row = Memo::new(move |_| {
        errands.rows.with(|rows| rows.iter().find(|row| id.with_value(|id| row.errand.id() == id)).cloned())
    });
    let Some(OnItsWay { errand, .. }) = row.get_untracked() else { return ().into_any() };
    let (text, is_said) = match errand.deed {
        Deed::Ask(wish) => (wish.text, false),
        Deed::Say(_) => (t_string!(i18n, clip.to_all).to_string(), true),
    };
    let has_parcels = !errand.parcels.is_empty();
    let name = Signal::derive(move || t_string!(i18n, clip.own).to_string());
    let parcels = errand.parcels;
    let is_there =
        Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.standing == Standing::Arrived)));
    let media = move || {
        let shown = if is_there.get() { Vec::new() } else { parcels.clone() };
        shown.into_iter().map(|parcel| view! { <Own errands parcel name/> }).collect_view()
    };
    let standing = move || match row.get() {
        Some(row) => standing_words(&row, has_parcels),
        None => String::new(),
    };
    let stopped = Memo::new(move |_| {
        row.with(|row| row.as_ref().is_some_and(|row| matches!(row.standing, Standing::Refused(_) | Standing::Lost)))
    });
    let is_lost = move || row.with(|row| row.as_ref().is_some_and(|row| row.standing == Standing::Lost));
    view! {
        <li data-arrived=move || is_there.get().then_some("")>
            {(!text.is_empty()).then(|| view! { <p class="text">{text}</p> })}
            {has_parcels.then(|| view! { <div class="question-media">{media}</div> })}
            <p class="small second" role="status" hidden=move || stopped.get()>{move || if stopped.get() { String::new() } else { standing() }}</p>
            {move || stopped.get().then(|| view! { <p class="small warn" role="alert">{standing}</p> })}
            {move || (stopped.get() || has_parcels && !is_there.get()).then(|| view! {
                <p class="cluster">
                    {move || (stopped.get() && !is_lost()).then(|| view! { <button class="button" data-size="small" type="button" on:click=move |_| errands.again(&id.get_value())>{t!(i18n, room.send_again)}</button> })}
                    {move || stopped.get().then(|| view! { <button class="button" data-size="small" type="button" on:click=move |_| asking.take_back(&id.get_value())>{t!(i18n, room.change)}</button> })}
                    <button class="button" data-kind="quiet" data-size="small" type="button" on:click=move |_| errands.discard(&id.get_value())>{move || if is_said { t_string!(i18n, clip.forget) } else { t_string!(i18n, room.forget) }}</button>
                </p>
            })}
        </li>
    }
    .into_any()
}

fn standing_words(row: &OnItsWay, has_parcels: bool) -> String {
    let i18n = use_i18n();
    match &row.standing {
        Standing::Waits if !has_parcels => t_string!(i18n, room.sending).to_string(),
        Standing::Waits if row.is_kept => t_string!(i18n, clip.waits_kept).to_string(),
        Standing::Waits => t_string!(i18n, clip.waits).to_string(),
        Standing::Sends(percent) => t_string!(i18n, clip.sends, percent = *percent).to_string(),
        Standing::Arrived => t_string!(i18n, clip.arrived).to_string(),
        Standing::Refused(failure) => format!("{}{}", t_string!(i18n, room.not_sent), failure_words(failure)),
        Standing::Lost => t_string!(i18n, clip.lost).to_string(),
    }
}

/// A photo or clip of one's own that is on this device.
#[component]
pub fn Own(errands: Errands, parcel: Parcel, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let address = StoredValue::new_local(None::<Address>);
    let src = RwSignal::new(None::<String>);
    let media = parcel.id.clone();
    spawn_local(async move {
        if let Some(found) = errands.show(media).await {
            let _ = src.try_set(Some(found.as_str().to_owned()));
            let _ = address.try_set_value(Some(found));
        }
    });
    move || {
        let src = src.get()?;
        Some(match parcel.kind {
            MediaKind::Clip => {
                let (peaks, millis) = (parcel.peaks.clone(), parcel.millis.unwrap_or_default());
                view! { <ClipPlayer src peaks millis name/> }.into_any()
            }
            MediaKind::Photo => {
                view! { <img class="own-photo" src=src alt=move || t_string!(i18n, clip.photo_yours)/> }.into_any()
            }
        })
    }
}
