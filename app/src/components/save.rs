use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use shared::sync::client::{Line, Saving};

use crate::browser::clock::{Shape, write_date};
use crate::browser::page;
use crate::i18n::*;
use crate::state::preferences::tag;
use crate::wording::saving::{Reached, Said, bars, say};

/// How far the last keystroke has got: 本标签页 → 本机 → 服务器. Words always, three cells beside them.
#[component]
pub fn SaveState(saving: RwSignal<Saving>, line: RwSignal<Line>, #[prop(into)] explain: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let said = settled(Memo::new(move |_| saving.with(|saving| say(saving, line.get()))));
    let words = move || said_words(said.get().1);
    view! {
        <button class="save" type="button" data-at=move || said.get().0.name() data-kind=move || said.get().1.is_warning().then_some("warn")
            aria-label=move || format!("{}，{}", words(), t_string!(i18n, save.explain)) on:click=move |_| explain.run(())>
            <span class="cells" aria-hidden="true"><i></i><i></i><i></i></span><span role="status">{words}</span>
        </button>
    }
}

/// How long a letter must have been safer before the sign says so.
const LASTS_MILLIS: u32 = 300;

/// What is worse is said at once, what is better once it lasts: while somebody types, the sign rests instead of
/// turning over with each letter, and a screen reader with it.
fn settled(said: Memo<(Reached, Said)>) -> Memo<(Reached, Said)> {
    let shown = RwSignal::new(said.get_untracked());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop_waiting = move || {
        if let Some(timer) = waiting.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    Effect::new(move || {
        let now = said.get();
        stop_waiting();
        if now.0 <= shown.with_untracked(|(reached, _)| *reached) {
            shown.set(now);
        } else {
            let show = move || {
                let _ = shown.try_set(now);
            };
            waiting.set_value(Some(page::later(LASTS_MILLIS, show)));
        }
    });
    on_cleanup(stop_waiting);
    Memo::new(move |_| shown.get())
}

fn said_words(said: Said) -> String {
    let i18n = use_i18n();
    match said {
        Said::Writing => t_string!(i18n, save.writing).to_string(),
        Said::DeviceFull => t_string!(i18n, save.device_full).to_string(),
        Said::DeviceFullUploading => t_string!(i18n, save.device_full_uploading).to_string(),
        Said::Uploading => t_string!(i18n, save.uploading).to_string(),
        Said::Waiting => t_string!(i18n, save.waiting).to_string(),
        Said::SetAside => t_string!(i18n, save.set_aside).to_string(),
        Said::ServerTrouble => t_string!(i18n, save.server_trouble).to_string(),
        Said::Saved(at) => {
            t_string!(i18n, save.saved, time = write_date(at, Shape::Time, tag(i18n.get_locale()))).to_string()
        }
        Said::AllSaved => t_string!(i18n, save.all_saved).to_string(),
    }
}

/// The line in words, with bars beside them.
#[component]
pub fn LineState(line: RwSignal<Line>, network: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let words = move || match line.get() {
        Line::Connecting => t_string!(i18n, line.connecting),
        Line::Online => t_string!(i18n, line.online),
        Line::Weak => t_string!(i18n, line.weak),
        Line::Offline if network.get() => t_string!(i18n, line.unreachable),
        Line::Offline => t_string!(i18n, line.offline),
        Line::Stopped(_) => t_string!(i18n, line.stopped),
    };
    view! {
        <span class="line" role="status" data-bars=move || bars(line.get()).0.to_string() data-kind=move || bars(line.get()).1.then_some("warn")>
            <span class="bars" aria-hidden="true"><i></i><i></i><i></i><i></i></span>{words}
        </span>
    }
}
