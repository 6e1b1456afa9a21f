//! Voices over a playback: they are heard in step with it, and seen where they belong.

use leptos::html;
use leptos::prelude::*;
use shared::api::ClipCard;
use shared::replay::voices::{Voice, has_drifted, rate};
use shared::words::TutoringId;

use super::reel::Reel;
use crate::browser::media;
use crate::components::clip_player::{HEIGHT, WIDTH, wave};
use crate::components::icon::small_icon;
use crate::components::person::by;
use crate::i18n::*;
use crate::state::tutoring::media_address;
use crate::wording::length::clock;

/// When a clip was begun, in milliseconds after the session was opened.
fn begins(clip: &ClipCard) -> u64 {
    u64::try_from(clip.moment).unwrap_or(0)
}

/// Where each clip lies in the playback.
pub fn voices(clips: &[ClipCard]) -> Vec<Voice> {
    let voice = |clip: &ClipCard| Voice { at: begins(clip), millis: clip.media.millis.unwrap_or_default().into() };
    clips.iter().map(voice).collect()
}

/// The clips of a session in the order in which they were said; a press goes there. Whichever is due is heard while it plays.
#[component]
pub fn ReplayVoices(reel: Reel, id: TutoringId, clips: Vec<ClipCard>) -> impl IntoView {
    let i18n = use_i18n();
    let audio = NodeRef::<html::Audio>::new();
    let addresses: Vec<String> = clips.iter().map(|clip| media_address(&id, &clip.media.id)).collect();
    let now = Memo::new(move |_| reel.heard().map(|(place, _)| place));
    Effect::new(move || {
        audio.track();
        match (reel.heard(), rate(reel.speed()).filter(|_| reel.is_playing())) {
            (Some((place, millis)), Some(rate)) => {
                let speed = reel.speed();
                let address = addresses.get(place).map_or("", String::as_str);
                media::hear_from(audio, address, millis, rate, |heard| has_drifted(heard, millis, speed));
            }
            (None, _) | (_, None) => media::pause(audio),
        }
    });
    let is_silent = Memo::new(move |_| now.get().is_some() && reel.is_playing() && rate(reel.speed()).is_none());
    let lines = clips.into_iter().enumerate().map(|(place, clip)| {
        let at = begins(&clip);
        let name = move || t_string!(i18n, clip.go_there, time = clock(at)).to_string();
        view! {
            <li aria-current=move || (now.get() == Some(place)).then_some("true")>
                <button class="link number" type="button" aria-label=name on:click=move |_| reel.seek(at)>{clock(at)}</button>
                <div class="clip-line"><span class="meta">{by(&clip.by.person)}</span><svg class="wave" viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true"><path d=wave(&clip.media.peaks)></path></svg></div>
            </li>
        }
    });
    view! {
        <ol class="queue replay-moments">{lines.collect_view()}</ol>
        <p class="small second" role="status">{move || is_silent.get().then(|| view! { {small_icon("info")}{t!(i18n, clip.no_fast)} })}</p>
        <audio node_ref=audio preload="auto"></audio>
    }
}
