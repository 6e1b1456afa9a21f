//! Theme, text size and language, kept in this browser.

use leptos::prelude::*;

use crate::browser::{dom, settings};
use crate::i18n::{Locale, use_i18n};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system wishes.
    System,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy)]
pub struct Preferences {
    theme: RwSignal<Theme>,
    large: RwSignal<bool>,
}

impl Preferences {
    /// Needs the language context.
    pub fn provide() -> Self {
        let i18n = use_i18n();
        let locale = if settings::read("language").as_deref() == Some("en") { Locale::en } else { Locale::zh_CN };
        i18n.set_locale(locale);
        // The language context sets the browser's language in an effect of its own; the person's wish comes after it.
        Effect::new(move || i18n.set_locale(locale));
        let theme = match settings::read("theme").as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        };
        let large = settings::read("text").as_deref() == Some("large");
        let preferences = Self { theme: RwSignal::new(theme), large: RwSignal::new(large) };
        provide_context(preferences);
        preferences
    }

    pub fn is_large(self) -> bool {
        self.large.get()
    }

    pub fn toggle_large(self) {
        self.large.update(|large| *large = !*large);
        let size = self.large.get_untracked().then_some("large");
        dom::set_root("data-text", size);
        settings::write("text", size);
    }

    /// Runs an effect again when the person chooses light or dark.
    pub fn track_theme(self) {
        self.theme.track();
    }

    /// To the other of light and dark, from what is seen now.
    pub fn toggle_theme(self) {
        let dark = match self.theme.get_untracked() {
            Theme::System => dom::prefers_dark(),
            Theme::Light => false,
            Theme::Dark => true,
        };
        let (theme, name) = if dark { (Theme::Light, "light") } else { (Theme::Dark, "dark") };
        self.theme.set(theme);
        dom::set_root("data-theme", Some(name));
        settings::write("theme", Some(name));
    }

    /// To the other of Chinese and English.
    pub fn toggle_language(self) {
        let i18n = use_i18n();
        let (locale, name) = match i18n.get_locale_untracked() {
            Locale::zh_CN => (Locale::en, "en"),
            Locale::en => (Locale::zh_CN, "zh-CN"),
        };
        settings::write("language", Some(name));
        dom::set_root("lang", Some(name));
        i18n.set_locale(locale);
    }
}

/// The language tag of the interface, for `Intl`.
pub fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::zh_CN => "zh-CN",
        Locale::en => "en",
    }
}
