//! The keys and what they do: the names of app/js/src/shortcuts.json, which the keymap of the view reads too.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use leptos::ev::KeyboardEvent;
use serde::Deserialize;

use crate::browser::page;
use crate::i18n::*;

const FILE: &str = include_str!("../../js/src/shortcuts.json");

static KEYS: LazyLock<BTreeMap<Group, BTreeMap<Shortcut, Vec<String>>>> =
    LazyLock::new(|| serde_json::from_str(FILE).expect("shortcuts.json names groups and shortcuts; a test reads it"));

/// In the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Group {
    Writing,
    Letters,
    Blocks,
    Places,
    Page,
}

/// In the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Shortcut {
    Undo,
    Redo,
    Save,
    Leave,
    Bold,
    Italic,
    Underline,
    Strike,
    Code,
    ClearMarks,
    Link,
    Paragraph,
    Heading1,
    Heading2,
    Heading3,
    CodeBlock,
    BulletList,
    OrderedList,
    TaskList,
    Quote,
    AlignLeft,
    AlignCenter,
    AlignRight,
    AlignJustify,
    Indent,
    Outdent,
    Next,
    Previous,
    LineBreak,
    Image,
    Library,
    Shortcuts,
    Areas,
    Print,
}

/// Every group with its shortcuts.
pub fn all() -> impl Iterator<Item = (Group, Vec<Shortcut>)> {
    KEYS.iter().map(|(group, shortcuts)| (*group, shortcuts.keys().copied().collect()))
}

impl Group {
    pub fn name(self) -> String {
        let i18n = use_i18n();
        match self {
            Group::Writing => t_string!(i18n, shortcuts.writing),
            Group::Letters => t_string!(i18n, shortcuts.letters),
            Group::Blocks => t_string!(i18n, shortcuts.blocks),
            Group::Places => t_string!(i18n, shortcuts.places),
            Group::Page => t_string!(i18n, shortcuts.page),
        }
        .to_string()
    }
}

impl Shortcut {
    /// What it does, as buttons and lists say it.
    pub fn name(self) -> String {
        let i18n = use_i18n();
        match self {
            Shortcut::Undo => t_string!(i18n, editor.undo),
            Shortcut::Redo => t_string!(i18n, editor.redo),
            Shortcut::Save => t_string!(i18n, shortcuts.save),
            Shortcut::Leave => t_string!(i18n, shortcuts.leave),
            Shortcut::Bold => t_string!(i18n, editor.bold),
            Shortcut::Italic => t_string!(i18n, editor.italic),
            Shortcut::Underline => t_string!(i18n, editor.underline),
            Shortcut::Strike => t_string!(i18n, editor.strike),
            Shortcut::Code => t_string!(i18n, editor.code),
            Shortcut::ClearMarks => t_string!(i18n, editor.clear_marks),
            Shortcut::Link => t_string!(i18n, editor.link),
            Shortcut::Paragraph => t_string!(i18n, editor.paragraph),
            Shortcut::Heading1 => t_string!(i18n, editor.heading_1),
            Shortcut::Heading2 => t_string!(i18n, editor.heading_2),
            Shortcut::Heading3 => t_string!(i18n, editor.heading_3),
            Shortcut::CodeBlock => t_string!(i18n, editor.code_block),
            Shortcut::BulletList => t_string!(i18n, editor.bullets),
            Shortcut::OrderedList => t_string!(i18n, editor.numbers),
            Shortcut::TaskList => t_string!(i18n, editor.tasks),
            Shortcut::Quote => t_string!(i18n, editor.quote),
            Shortcut::AlignLeft => t_string!(i18n, editor.align_left),
            Shortcut::AlignCenter => t_string!(i18n, editor.align_center),
            Shortcut::AlignRight => t_string!(i18n, editor.align_right),
            Shortcut::AlignJustify => t_string!(i18n, editor.align_justify),
            Shortcut::Indent => t_string!(i18n, editor.indent),
            Shortcut::Outdent => t_string!(i18n, editor.outdent),
            Shortcut::Next => t_string!(i18n, shortcuts.next),
            Shortcut::Previous => t_string!(i18n, shortcuts.previous),
            Shortcut::LineBreak => t_string!(i18n, shortcuts.line_break),
            Shortcut::Image => t_string!(i18n, shortcuts.image),
            Shortcut::Library => t_string!(i18n, editor.library),
            Shortcut::Shortcuts => t_string!(i18n, shortcuts.title),
            Shortcut::Areas => t_string!(i18n, shortcuts.areas),
            Shortcut::Print => t_string!(i18n, document.print),
        }
        .to_string()
    }

    /// The name with its first key, for a tip.
    pub fn tip(self) -> String {
        match self.keys().first() {
            Some(key) => format!("{} {key}", self.name()),
            None => self.name(),
        }
    }

    /// Its keys as they stand on this machine's keyboard: `Ctrl Shift X`.
    pub fn keys(self) -> Vec<String> {
        chords(self).map(|chord| chord.shown(page::has_command_key())).collect()
    }

    /// Its keys as `aria-keyshortcuts` wants them: `Control+Y Control+Shift+Z`.
    pub fn aria(self) -> String {
        chords(self).map(|chord| chord.aria(page::has_command_key())).collect::<Vec<_>>().join(" ")
    }

    /// Whether this key press is one of its keys.
    pub fn is(self, event: &KeyboardEvent) -> bool {
        let main = if page::has_command_key() { event.meta_key() } else { event.ctrl_key() };
        chords(self).any(|chord| {
            chord.main == main
                && chord.alt == event.alt_key()
                && chord.shift == event.shift_key()
                && event.key() == chord.key
        })
    }
}

fn chords(shortcut: Shortcut) -> impl Iterator<Item = Chord<'static>> {
    KEYS.values().filter_map(move |group| group.get(&shortcut)).flatten().map(|chord| Chord::read(chord))
}

/// A key with its modifiers, written as ProseMirror's keymap has it: `Mod-Shift-x`. Mod is Ctrl, or ⌘ where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Chord<'a> {
    main: bool,
    alt: bool,
    shift: bool,
    key: &'a str,
}

impl<'a> Chord<'a> {
    fn read(text: &'a str) -> Self {
        let (modifiers, key) = text.rsplit_once('-').unwrap_or(("", text));
        let has = |name| modifiers.split('-').any(|modifier| modifier == name);
        Self { main: has("Mod"), alt: has("Alt"), shift: has("Shift"), key }
    }

    fn shown(self, command_key: bool) -> String {
        let key = match self.key {
            "Escape" => "Esc".to_owned(),
            key => capital(key),
        };
        self.spelt(if command_key { "⌘" } else { "Ctrl" }, &key, " ")
    }

    fn aria(self, command_key: bool) -> String {
        self.spelt(if command_key { "Meta" } else { "Control" }, &capital(self.key), "+")
    }

    fn spelt(self, main: &str, key: &str, between: &str) -> String {
        let modifiers = [(self.main, main), (self.alt, "Alt"), (self.shift, "Shift")];
        let held = modifiers.into_iter().filter(|(held, _)| *held).map(|(_, name)| name);
        held.chain([key]).collect::<Vec<_>>().join(between)
    }
}

fn capital(key: &str) -> String {
    if key.chars().count() == 1 { key.to_uppercase() } else { key.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shortcut_has_a_key_and_every_key_a_shortcut() {
        // Reading the file fails on names that are not known here; the last of the enum counts them.
        let named: Vec<Shortcut> = all().flat_map(|(_, shortcuts)| shortcuts).collect();
        assert_eq!(named.len(), Shortcut::Print as usize + 1, "{named:?}");
        for shortcut in named {
            assert!(chords(shortcut).count() > 0, "{shortcut:?}");
        }
    }

    #[test]
    fn keys_are_spelt_as_people_and_machines_read_them() {
        let cases = [
            ("Mod-b", "Ctrl B", "Control+B", "⌘ B", "Meta+B"),
            ("Mod-Shift-x", "Ctrl Shift X", "Control+Shift+X", "⌘ Shift X", "Meta+Shift+X"),
            ("Shift-Mod-z", "Ctrl Shift Z", "Control+Shift+Z", "⌘ Shift Z", "Meta+Shift+Z"),
            ("Mod-Alt-0", "Ctrl Alt 0", "Control+Alt+0", "⌘ Alt 0", "Meta+Alt+0"),
            ("Mod-[", "Ctrl [", "Control+[", "⌘ [", "Meta+["),
            ("Escape", "Esc", "Escape", "Esc", "Escape"),
            ("F6", "F6", "F6", "F6", "F6"),
        ];
        for (text, shown, aria, shown_apple, aria_apple) in cases {
            let chord = Chord::read(text);
            let spelt = (chord.shown(false), chord.aria(false), chord.shown(true), chord.aria(true));
            assert_eq!(spelt, (shown.into(), aria.into(), shown_apple.into(), aria_apple.into()), "{text}");
        }
    }
}
