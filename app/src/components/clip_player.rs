//! A voice clip: a wave, a button, how long it lasts. Its bytes are asked for only when somebody wants to hear it.

use leptos::html;
use leptos::prelude::*;

use super::icon::small_icon;
use crate::browser::media;
use crate::i18n::*;

/// The wave's own measure.
pub const WIDTH: f64 = 96.0;
pub const HEIGHT: f64 = 20.0;
const LOUDEST: f64 = shared::tutoring::MAX_PEAK as f64;

#[component]
pub fn ClipPlayer(
    src: String,
    /// How loud it is from beginning to end, 0 to 31.
    peaks: Vec<u8>,
    /// In milliseconds.
    millis: u32,
    /// Whose voice, or what else it is called when it is read aloud.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let audio = NodeRef::<html::Audio>::new();
    let playing = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let heard = RwSignal::new(0.0);
    let press = move |_| {
        failed.set(false);
        if playing.get_untracked() {
            return media::pause(audio);
        }
        leptos::task::spawn_local(async move {
            let begun = media::play(audio).await;
            let _ = failed.try_set(!begun);
        });
    };
    let seconds = millis.div_ceil(1_000);
    let label = move || match playing.get() {
        true => t_string!(i18n, clip.pause, name = name.get(), seconds = seconds).to_string(),
        false => t_string!(i18n, clip.play, name = name.get(), seconds = seconds).to_string(),
    };
    let bars = StoredValue::new(bars(&peaks));
    let part = move |said: bool| bars.with_value(|bars| path(bars, heard.get(), said));
    view! {
        <span class="clip">
            <button class="icon-button" data-size="small" type="button" aria-label=label on:click=press>
                {move || small_icon(if playing.get() { "pause" } else { "play" })}
            </button>
            <svg class="wave" viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true"><path d=move || part(true)></path><path class="to-come" d=move || part(false)></path></svg>
            <span aria-hidden="true">{t_string!(i18n, clip.seconds, seconds = seconds).to_string()}</span>
            <audio node_ref=audio src=src preload="none" on:play=move |_| playing.set(true) on:pause=move |_| playing.set(false)
                on:timeupdate=move |_| heard.set(media::share_played(audio, millis)) on:ended=move |_| { playing.set(false); heard.set(0.0); }></audio>
            <span role="status">{move || failed.get().then(|| t_string!(i18n, clip.cant_play))}</span>
        </span>
    }
}

/// Where each bar stands and how high it is; a quiet line for a clip of which nothing is known.
fn bars(peaks: &[u8]) -> Vec<(f64, f64)> {
    let peaks = if peaks.is_empty() { &[2; 16][..] } else { peaks };
    let step = WIDTH / peaks.len() as f64;
    let bar = |(place, peak): (usize, &u8)| {
        let half = (f64::from(*peak) / LOUDEST).clamp(0.1, 1.0) * (HEIGHT / 2.0 - 2.0);
        ((place as f64 + 0.5) * step, half)
    };
    peaks.iter().enumerate().map(bar).collect()
}

/// All of a wave, as the attribute `d` of a path in a box of [`WIDTH`] and [`HEIGHT`].
pub fn wave(peaks: &[u8]) -> String {
    path(&bars(peaks), 1.0, true)
}

/// Bars that were heard, or are to come.
fn path(bars: &[(f64, f64)], heard: f64, said: bool) -> String {
    let middle = HEIGHT / 2.0;
    let wanted = bars.iter().filter(|(x, _)| (*x <= heard * WIDTH) == said);
    wanted.map(|(x, half)| format!("M{x:.1} {:.1}V{:.1}", middle - half, middle + half)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bar_is_drawn_once_and_as_high_as_it_is_loud() {
        let four = bars(&[0, 31, 31, 0]);
        assert_eq!(four.iter().map(|(x, _)| *x).collect::<Vec<_>>(), [12.0, 36.0, 60.0, 84.0]);
        assert!(four[0].1 < four[1].1 && four[1].1 <= HEIGHT / 2.0);
        for (heard, said) in [(0.0, 0), (0.4, 2), (1.0, 4)] {
            let count = |part: bool| path(&four, heard, part).matches('M').count();
            assert_eq!((count(true), count(false)), (said, 4 - said), "{heard}");
        }
        assert_eq!(bars(&[]).len(), 16);
    }
}
