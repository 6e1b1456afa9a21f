//! Films and recordings: the small rendition first, if there is one, and the original by a press.

use leptos::prelude::*;
use shared::api::{FileCard, Making};
use shared::library::FileKind;

use crate::browser::media;
use crate::components::icon::icon;
use crate::i18n::*;
use crate::wording::size::size;

/// Which of the two is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Playing {
    Small,
    Original,
}

/// Whether it is shown or only heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Seen,
    Heard,
}

#[component]
pub fn Play(file: FileCard, address: String, title: String) -> impl IntoView {
    let i18n = use_i18n();
    let sense = if is_sound(file.facts.kind) { Sense::Heard } else { Sense::Seen };
    // Browsers play few forms; the rendition is one of them.
    let plays_original = file.facts.kind != FileKind::Film;
    let playing = RwSignal::new(if file.small.is_some() { Playing::Small } else { Playing::Original });
    let second = StoredValue::new(0_u64);
    let poster = file.facts.has_thumbnail.then(|| format!("{address}/thumbnail"));
    let src = {
        let address = address.clone();
        move || {
            let small = if playing.get() == Playing::Small { "/small" } else { "" };
            match second.get_value() {
                0 => format!("{address}{small}"),
                // Whoever changes in the middle goes on there.
                second => format!("{address}{small}#t={second}"),
            }
        }
    };
    let heard = move |event| second.set_value(media::played(&event).unwrap_or_default());
    let media = move || {
        match sense {
        Sense::Seen => view! { <video class="played" src=src poster=poster controls playsinline preload="metadata" aria-label=title on:timeupdate=heard></video> }.into_any(),
        Sense::Heard => view! { <audio class="played" src=src controls preload="metadata" aria-label=title on:timeupdate=heard></audio> }.into_any(),
    }
    };
    let original = file.bytes;
    let choice = file.small.map(|small| {
        let href = format!("{address}/small?download");
        let download = move || {
            view! { <a href=href.clone() download rel="external">{icon("download")}{t_string!(i18n, library.take_small, size = size(small.bytes)).to_string()}</a> }
        };
        view! {
            {plays_original.then(|| choose(playing, sense, small.bytes, original))}
            <p class="tiny quiet play-words">
                <span>{move || match plays_original {
                    true => t_string!(i18n, library.about_small).to_string(),
                    false => t_string!(i18n, library.only_small, size = size(original)).to_string(),
                }}</span>
                {download}
            </p>
        }
    });
    view! { {media()}{choice}{move || making_words(file.making).map(|words| view! { <p class="tiny quiet" role="status">{words}</p> })} }
}

fn choose(playing: RwSignal<Playing>, sense: Sense, small: u64, original: u64) -> AnyView {
    let i18n = use_i18n();
    let words = move |which: Playing| match (which, sense) {
        (Playing::Small, _) => t_string!(i18n, library.small, size = size(small)).to_string(),
        (Playing::Original, Sense::Seen) => t_string!(i18n, library.original_film, size = size(original)).to_string(),
        (Playing::Original, Sense::Heard) => t_string!(i18n, library.original_sound, size = size(original)).to_string(),
    };
    view! {
        <div class="segmented" role="radiogroup" aria-label=move || t_string!(i18n, library.which_rendition)>
            {[Playing::Small, Playing::Original].map(|which| view! {
                <label><input type="radio" name="rendition" prop:checked=move || playing.get() == which on:change=move |_| playing.set(which)/>{move || words(which)}</label>
            })}
        </div>
    }
    .into_any()
}

/// What whoever manages the item is told of a rendition that is not there.
pub fn making_words(making: Option<Making>) -> Option<String> {
    let i18n = use_i18n();
    Some(
        match making? {
            Making::Waiting => t_string!(i18n, library.small_waits),
            Making::Now => t_string!(i18n, library.small_now),
            Making::Failed => t_string!(i18n, library.small_failed),
        }
        .to_string(),
    )
}

fn is_sound(kind: FileKind) -> bool {
    matches!(kind, FileKind::Mp3 | FileKind::M4a | FileKind::Wav | FileKind::Ogg)
}
