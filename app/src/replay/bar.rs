//! The scrubber: where one is, how fast it goes, and where something happens.

use std::fmt::Write;

use leptos::prelude::*;
use shared::replay::SPEEDS;
use shared::replay::voices::Voice;

use super::reel::Reel;
use crate::browser::{dom, page};
use crate::components::icon::icon;
use crate::i18n::*;
use crate::wording::length::{clock, minutes};

/// Bars in the line.
const STRETCHES: usize = 160;
/// A key goes so far, in milliseconds.
const STEP: u64 = 5_000;

/// `marks`: moments of the reel worth going to, in milliseconds; `voices`: from when and for how long somebody is heard.
#[component]
pub fn Scrubber(
    reel: Reel,
    #[prop(into)] marks: Signal<Vec<u64>>,
    #[prop(optional)] voices: Vec<Voice>,
) -> impl IntoView {
    let i18n = use_i18n();
    page::hear(leptos::ev::keydown, move |event| {
        let meant_otherwise = event.default_prevented() || dom::has_dialog() || dom::is_typing();
        if meant_otherwise || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            " " | "k" => reel.play_or_pause(),
            "ArrowLeft" => reel.seek(reel.at().saturating_sub(STEP)),
            "ArrowRight" => reel.seek(reel.at() + STEP),
            _ => return,
        }
        event.prevent_default();
    });
    let deed = move || {
        if reel.is_playing() { t_string!(i18n, replay.pause) } else { t_string!(i18n, replay.play) }
    };
    let value = move || {
        let spoken = |millis| {
            let (minutes, seconds) = minutes(millis);
            t_string!(i18n, replay.length, minutes = minutes, seconds = seconds).to_string()
        };
        t_string!(i18n, replay.at_of, at = spoken(reel.at()), length = spoken(reel.length())).to_string()
    };
    let bars = Memo::new(move |_| bars(&reel.density(STRETCHES)));
    let share = move |at: u64| at as f64 * STRETCHES as f64 / reel.length().max(1) as f64;
    let come = move || {
        reel.hear_all();
        share(reel.come())
    };
    let seek = move |event| {
        if let Ok(at) = event_target_value(&event).parse() {
            reel.seek(at);
        }
    };
    // What a space does not do there by itself.
    let on_line = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == " " {
            event.prevent_default();
            reel.play_or_pause();
        }
    };
    view! {
        <div class="replay-bar" role="group" aria-label=move || t_string!(i18n, replay.title)>
            <button class="icon-button" type="button" aria-label=deed data-tip=deed on:click=move |_| reel.play_or_pause()>
                {move || icon(if reel.is_playing() { "pause" } else { "play" })}
            </button>
            <span class="number small nowrap" aria-hidden="true">{move || clock(reel.at())}" / "{move || clock(reel.length())}</span>
            <div class="replay-line" data-waits=move || reel.is_waiting().then_some("")>
                <svg viewBox=format!("0 0 {STRETCHES} 12") preserveAspectRatio="none" aria-hidden="true">
                    <rect class="come" y="10" height="2" width=come></rect>
                    <path class="bars" d=move || bars.get()></path>
                    {voices.into_iter().map(|voice| view! { <rect class="spoken" x=move || share(voice.at) y="0" width=move || share(voice.millis).max(0.8) height="1.6"></rect> }).collect_view()}
                    <rect class="gone" y="10" height="2" width=move || share(reel.at())></rect>
                    {move || marks.get().into_iter().map(|at| view! { <rect class="mark" x=share(at) y="0" width="0.7" height="12"></rect> }).collect_view()}
                </svg>
                <input type="range" min="0" max=move || reel.length().to_string() step="1000" prop:value=move || reel.at().to_string()
                    aria-label=move || t_string!(i18n, replay.place) aria-valuetext=value on:input=seek on:keydown=on_line/>
            </div>
            <label class="replay-speed small"><span class="visually-hidden">{t!(i18n, replay.speed)}</span>
                <select class="input" data-size="small" on:change=move |event| reel.set_speed(event_target_value(&event).parse().unwrap_or(100))>
                    {SPEEDS.map(|speed| view! { <option value=speed.to_string() selected=move || reel.speed() == speed>{times(speed)}</option> })}
                </select>
            </label>
            <label class="check small"><input type="checkbox" prop:checked=move || reel.skips_pauses() on:change=move |event| reel.skip_pauses(event_target_checked(&event))/><span>{t!(i18n, replay.skip_pauses)}</span></label>
        </div>
    }
}

/// 1.5×
fn times(speed: u32) -> String {
    format!("{}×", f64::from(speed) / 100.0)
}

/// The outline of all bars in a box of twelve units' height: the square root, so that little is seen beside much.
fn bars(counts: &[u32]) -> String {
    let most = f64::from(counts.iter().copied().max().unwrap_or(0).max(1)).sqrt();
    let mut path = String::new();
    for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (f64::from(*count).sqrt() / most * 9.0).max(1.0);
        let _ = write!(path, "M{at} 10v{:.1}h.8V10z", -height);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_where_something_happened() {
        assert_eq!(bars(&[0, 4, 0, 1]), "M1 10v-9.0h.8V10zM3 10v-4.5h.8V10z");
        assert_eq!(bars(&[0; 3]), "");
    }

    #[test]
    fn speeds_are_short() {
        assert_eq!(SPEEDS.map(times), ["0.5×", "1×", "1.5×", "2×", "4×"]);
    }
}
