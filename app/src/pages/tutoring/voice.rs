//! Speaking instead of writing: a voice is recorded, heard, and then sent or thrown away.

use leptos::prelude::*;
use shared::tutoring::MAX_CLIP_MILLIS;

use super::pins::FIELD;
use super::unsent::Own;
use crate::browser::recorder::NoVoice;
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::clip_player::{HEIGHT, WIDTH, wave};
use crate::components::icon::{icon, small_icon};
use crate::i18n::*;
use crate::state::tutoring::asking::Asking;
use crate::state::tutoring::voice::{BARS, For, Speaking, Voice};

/// The most a clip lasts, in seconds.
const LONGEST: u32 = MAX_CLIP_MILLIS / 1_000;
/// From here on it is said how long there still is, in seconds.
const SOON: u32 = 10;

/// The control that ends what is recorded for them.
fn stop_id(whom: For) -> &'static str {
    match whom {
        For::Question => "voice-stop",
        For::All => "voice-stop-all",
    }
}

/// The control that begins.
fn begin_id(whom: For) -> &'static str {
    match whom {
        For::Question => "voice-begin",
        For::All => "voice-begin-all",
    }
}

/// Throws it away; whoever works with keys can begin anew.
fn discard(voice: Voice, whom: For) {
    voice.discard();
    page::later(0, move || dom::focus_id(begin_id(whom)));
}

/// Begins to record.
#[component]
pub fn VoiceButton(asking: Asking, whom: For) -> impl IntoView {
    let i18n = use_i18n();
    let voice = asking.voice;
    let begin = move |_| {
        if untrack(|| voice.is_idle()) {
            voice.begin(whom);
        }
    };
    let tip = move || voice.is_idle().then(|| t_string!(i18n, clip.speak));
    let busy = move || (!voice.is_idle()).then_some("true");
    match whom {
        For::Question => view! {
            <button class="icon-button" data-size="small" type="button" id=begin_id(whom) aria-label=move || t_string!(i18n, clip.speak) data-tip=tip data-tip-side="top"
                aria-disabled=busy on:click=begin>{icon("mic")}</button>
        }
        .into_any(),
        For::All => view! {
            <button class="button" data-size="small" type="button" id=begin_id(whom) aria-disabled=busy on:click=begin>{small_icon("mic")}{t!(i18n, clip.speak_to_all)}</button>
        }
        .into_any(),
    }
}

/// What is being recorded for them, or was, or why it could not be.
#[component]
pub fn VoiceForm(asking: Asking, whom: For) -> impl IntoView {
    let i18n = use_i18n();
    let voice = asking.voice;
    let is_it = Memo::new(move |_| voice.whom.get() == whom);
    let speaks = Memo::new(move |_| is_it.get() && matches!(voice.speaking.get(), Speaking::Speaks(_)));
    let asks = Memo::new(move |_| is_it.get() && voice.speaking.get() == Speaking::Asks);
    let failed = Memo::new(move |_| match voice.speaking.get() {
        Speaking::Failed(reason) if is_it.get() => Some(reason),
        Speaking::Failed(_) | Speaking::Still | Speaking::Asks | Speaking::Speaks(_) => None,
    });
    let spoken = Memo::new(move |_| voice.spoken.get().filter(|_| is_it.get()));
    let dropped = Memo::new(move |_| is_it.get() && voice.dropped.with(Option::is_some));
    // Whoever works with keys ends it by the next one, whatever the browser asked in between.
    Effect::new(move || {
        if asks.get() || speaks.get() {
            page::later(0, move || dom::focus_id(stop_id(whom)));
        }
    });
    let discard = move || discard(voice, whom);
    let escape = move |event: leptos::ev::KeyboardEvent| {
        let ends = matches!(voice.speaking.get_untracked(), Speaking::Asks | Speaking::Speaks(_));
        if event.key() == "Escape" && ends && !event.default_prevented() {
            event.prevent_default();
            discard();
        }
    };
    let name = Signal::derive(move || t_string!(i18n, clip.own).to_string());
    view! {
        <div class="voice" on:keydown=escape>
            <Show when=move || asks.get()>
                <p class="cluster"><span class="small grow" role="status">{t!(i18n, clip.allow)}</span>
                    <button class="button" data-kind="quiet" data-size="small" type="button" id=stop_id(whom) on:click=move |_| discard()>{t!(i18n, common.cancel)}</button></p>
            </Show>
            <Show when=move || speaks.get()><Speaks voice whom/></Show>
            {move || spoken.get().map(|spoken| view! {
                <p class="cluster"><Own errands=asking.errands parcel=spoken.parcel name/>
                    <button class="button" data-kind="quiet" data-size="small" type="button" on:click=move |_| voice.begin(whom)>{t!(i18n, clip.speak_again)}</button>
                    <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, clip.discard) data-tip=move || t_string!(i18n, clip.discard) data-tip-side="top" on:click=move |_| discard()>{small_icon("trash")}</button>
                </p>
            })}
            <p class="cluster" role="status" hidden=move || !dropped.get()>
                {move || dropped.get().then(|| view! {
                    <span class="small second">{t!(i18n, clip.discarded)}</span>
                    <button class="link small" type="button" on:click=move |_| { voice.have_back(); dom::focus_id(FIELD); }>{t!(i18n, clip.have_back)}</button>
                })}
            </p>
            {move || failed.get().map(|reason| view! { <Banner tone=Tone::Warn picture="mic">{trouble(reason)}</Banner> })}
        </div>
    }
}

/// How long somebody speaks, and how loud.
#[component]
fn Speaks(voice: Voice, whom: For) -> impl IntoView {
    let i18n = use_i18n();
    let seconds = Memo::new(move |_| match voice.speaking.get() {
        Speaking::Speaks(seconds) => seconds.min(LONGEST),
        Speaking::Still | Speaking::Asks | Speaking::Failed(_) => 0,
    });
    let row = move || {
        let mut row = vec![0; BARS.saturating_sub(voice.wave.with(Vec::len))];
        voice.wave.with(|latest| row.extend(latest));
        wave(&row)
    };
    let left = move || LONGEST - seconds.get();
    // Read out at the beginning and towards the end, not each second.
    let told = Memo::new(move |_| (LONGEST - seconds.get()).min(SOON + 1));
    let status = move || match told.get() {
        left if left > SOON => t_string!(i18n, clip.recording, seconds = LONGEST).to_string(),
        left if left == SOON => t_string!(i18n, clip.left, seconds = left).to_string(),
        _ => String::new(),
    };
    let stop = move |_| {
        voice.stop();
        if whom == For::Question {
            dom::focus_id(FIELD);
        }
    };
    view! {
        <div class="cluster voice-on">
            <i class="voice-dot" aria-hidden="true"></i>
            <span class="number small nowrap" aria-hidden="true" data-soon=move || (left() <= SOON).then_some("")>{move || format!("{} / {LONGEST}", seconds.get())}{t!(i18n, clip.second)}</span>
            <svg class="wave grow" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true"><path d=row></path></svg>
            <button class="button" data-kind="primary" data-size="small" type="button" id=stop_id(whom) on:click=stop>{t!(i18n, clip.stop)}</button>
            <button class="button" data-kind="quiet" data-size="small" type="button" title="Esc" on:click=move |_| discard(voice, whom)>{t!(i18n, clip.discard)}</button>
            <span class="visually-hidden" role="status">{status}</span>
        </div>
    }
}

/// What happened, and what to do.
fn trouble(reason: NoVoice) -> String {
    let i18n = use_i18n();
    match reason {
        NoVoice::NotAllowed => t_string!(i18n, clip.not_allowed),
        NoVoice::NoMicrophone => t_string!(i18n, clip.no_microphone),
        NoVoice::InUse => t_string!(i18n, clip.in_use),
        NoVoice::NotSecure => t_string!(i18n, clip.not_secure),
        NoVoice::Unable => t_string!(i18n, clip.unable),
        NoVoice::Empty => t_string!(i18n, clip.empty),
    }
    .to_string()
}
