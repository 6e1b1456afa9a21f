use leptos::prelude::*;
use shared::words::UnixMillis;

use super::words::end_of;
use crate::components::form::TextField;
use crate::i18n::*;

type I18n = leptos_i18n::I18nContext<Locale>;

/// The last day of a seat: nothing for one without an end, which posts for a time don't allow.
#[derive(Clone, Copy)]
pub struct SeatEnd {
    i18n: I18n,
    day: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
}

/// What somebody chose who chose well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until(pub Option<UnixMillis>);

impl SeatEnd {
    pub fn new() -> Self {
        Self { i18n: use_i18n(), day: RwSignal::new(String::new()), wrong: RwSignal::new(None) }
    }

    /// Until when, for a seat from `since` on; nothing if the field is wrong, which says so.
    pub fn read(self, since: UnixMillis, for_a_time: bool) -> Option<Until> {
        let (i18n, day) = (self.i18n, self.day.get_untracked());
        let (until, wrong) = match end_of(&day) {
            None if !day.is_empty() => (None, Some(t_string!(i18n, people.until_wrong).to_string())),
            None if for_a_time => (None, Some(t_string!(i18n, people.until_missing).to_string())),
            None => (Some(Until(None)), None),
            Some(end) if end <= since => (None, Some(t_string!(i18n, people.until_wrong).to_string())),
            Some(end) => (Some(Until(Some(end))), None),
        };
        self.wrong.set(wrong);
        until
    }
}

#[component]
pub fn SeatEndField(
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    end: SeatEnd,
    /// Whether the chosen post is for a time only.
    #[prop(into)]
    for_a_time: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let hint = Signal::derive(move || {
        Some(match for_a_time.get() {
            true => t_string!(i18n, people.until_needed).to_string(),
            false => t_string!(i18n, people.until_hint).to_string(),
        })
    });
    view! { <TextField id kind="date" label value=end.day wrong=end.wrong hint/> }
}
