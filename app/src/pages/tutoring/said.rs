//! What was said to all by voice: who, when, and to be heard.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::ClipCard;
use shared::tutoring::{Sign, TutoringState};

use super::voice::{VoiceButton, VoiceForm};
use super::words::{as_said, time_of};
use crate::components::clip_player::ClipPlayer;
use crate::components::icon::small_icon;
use crate::components::person::by;
use crate::i18n::*;
use crate::state::toasts::Toasts;
use crate::state::tutoring::media_address;
use crate::state::tutoring::room::Room;
use crate::state::tutoring::voice::For;

/// So many are seen at once; those before them unfold.
const LATEST: usize = 3;

/// In the open session: the last ones, and speaking oneself for whoever may.
#[component]
pub fn SaidToAll(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    room.said.want();
    let speaks = Memo::new(move |_| room.leads() || room.i_have(Sign::Floor));
    let count = Memo::new(move |_| room.said.clips.with(|clips| clips.as_ref().map_or(0, Vec::len)));
    let early = Memo::new(move |_| count.get().saturating_sub(LATEST));
    let part = move |from: usize, to: usize| {
        let clips = room.said.clips.get().unwrap_or_default();
        clips.into_iter().skip(from).take(to - from).collect::<Vec<_>>()
    };
    let news = move || {
        let latest = room.said.latest.get().filter(|clip| room.me().is_none_or(|me| me != clip.by.person.id))?;
        Some(t_string!(i18n, clip.came, name = latest.by.person.name).to_string())
    };
    view! {
        <section class="said" aria-label=move || t_string!(i18n, clip.title) hidden=move || count.get() == 0 && !speaks.get()>
            <div class="split"><h3>{t!(i18n, clip.title)}</h3>{move || speaks.get().then(|| view! { <VoiceButton asking=room.asking whom=For::All/> })}</div>
            {move || speaks.get().then(|| view! { <VoiceForm asking=room.asking whom=For::All/><Say room/> })}
            <Show when=move || early.get() != 0>
                <details><summary class="small">{move || t_string!(i18n, clip.earlier, count = early.get()).to_string()}</summary>
                    <ol><For each=move || part(0, early.get()) key=|clip| clip.media.id.clone() let:clip><Line room clip/></For></ol>
                </details>
            </Show>
            <ol><For each=move || part(early.get(), count.get()) key=|clip| clip.media.id.clone() let:clip><Line room clip/></For></ol>
            <p class="visually-hidden" role="status">{news}</p>
        </section>
    }
}

/// Sends to all what was recorded for them.
#[component]
fn Say(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    let voice = room.asking.voice;
    let is_ready = move || voice.whom.get() == For::All && voice.spoken.with(Option::is_some);
    move || {
        is_ready().then(|| {
            let say = move |_| room.asking.say(untrack(|| room.opened()));
            view! { <p class="end"><button class="button" data-kind="primary" data-size="small" type="button" on:click=say>{t!(i18n, clip.say)}</button></p> }
        })
    }
}

/// After the session: all of them.
#[component]
pub fn Spoken(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    room.said.want();
    let clips = Memo::new(move |_| room.said.clips.get().unwrap_or_default());
    move || {
        let clips = clips.get();
        (!clips.is_empty()).then(|| {
            view! {
                <section class="card stack said" aria-labelledby="said-title">
                    <h2 id="said-title">{t!(i18n, clip.title)}</h2>
                    <ol>{clips.into_iter().map(|clip| view! { <Line room clip/> }).collect_view()}</ol>
                </section>
            }
        })
    }
}

#[component]
fn Line(room: Room, clip: ClipCard) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let ClipCard { media, by: speaker, moment, at } = clip;
    let src = media_address(&room.id(), &media.id);
    let (person, who) = (by(&speaker.person), StoredValue::new(speaker.person));
    let school = speaker.school;
    let name = Signal::derive(move || {
        who.with_value(|who| t_string!(i18n, clip.of, name = who.name.clone(), time = as_said(moment)).to_string())
    });
    // While it goes on people know the time of the day, afterwards that of the recording.
    let when = move || match room.state() {
        Some(TutoringState::Ended) => as_said(moment),
        Some(TutoringState::Open | TutoringState::Planned | TutoringState::Cancelled) | None => time_of(at),
    };
    let may_remove = move || room.leads() || room.me().is_some_and(|me| who.with_value(|who| who.id == me));
    let busy = RwSignal::new(false);
    let id = StoredValue::new(media.id);
    let remove = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let gone = room.said.remove(id.get_value()).await;
            let _ = busy.try_set(false);
            if let Err(failure) = gone {
                toasts.say_refused(failure);
            }
        });
    };
    view! {
        <li>
            <p class="meta">{person}{(!school.is_empty()).then(|| view! { <span class="quiet">{school}</span> })}<span class="quiet">{when}</span></p>
            <p class="split"><ClipPlayer src peaks=media.peaks millis=media.millis.unwrap_or_default() name/>
                {move || may_remove().then(|| view! {
                    <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, clip.remove, name = name.get()).to_string() data-tip=move || t_string!(i18n, clip.remove_short)
                        aria-busy=move || busy.get().then_some("true") on:click=remove>{small_icon("trash")}</button>
                })}
            </p>
        </li>
    }
}
