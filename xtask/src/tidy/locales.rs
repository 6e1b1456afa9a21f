//! The interface in two languages: what one can say, the other can.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::Findings;
use super::tree::{Tree, has_word};

const FOLDER: &str = "app/locales/";
/// Languages differ in their plural forms, not in what they say.
const PLURALS: [&str; 6] = ["_zero", "_one", "_two", "_few", "_many", "_other"];

/// Keys that one language has and another lacks. `app/locales/zh-CN.json`, or a folder per language.
pub fn different_keys(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    let mut languages: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in tree.below(FOLDER, ".json") {
        let rest = path[FOLDER.len()..].trim_end_matches(".json");
        let (language, start) =
            rest.split_once('/').map_or((rest, String::new()), |(first, part)| (first, format!("{part}.")));
        match serde_json::from_str(text) {
            Ok(words) => keys(&words, &start, languages.entry(language).or_default()),
            Err(problem) => findings.push(format!("{path}: {problem}")),
        }
    }
    if languages.len() < 2 {
        findings.push(format!("{FOLDER} has {} languages, there should be two", languages.len()));
    }
    let all: BTreeSet<&String> = languages.values().flatten().collect();
    for (language, has) in &languages {
        findings.extend(
            all.iter().filter(|key| !has.contains(**key)).map(|key| format!("{FOLDER}{language} lacks `{key}`")),
        );
    }
    findings
}

/// Keys that no page says, and those that are written twice in a file, where the first is lost in silence.
pub fn idle_keys(tree: &Tree) -> Findings {
    // Macros that the formatter has broken into lines name them all the same.
    let pages: String = tree
        .below("app/src/", ".rs")
        .flat_map(|(_, text)| text.chars().filter(|letter| !letter.is_whitespace()))
        .collect();
    let mut findings = Vec::new();
    for (path, text) in tree.below(FOLDER, ".json") {
        let mut known = BTreeSet::new();
        if let Ok(words) = serde_json::from_str(text) {
            keys(&words, "", &mut known);
        }
        findings.extend(
            known.iter().filter(|key| !has_word(&pages, key)).map(|key| format!("{path}: no page says `{key}`")),
        );
        if let Ok(Twice(keys)) = serde_json::from_str(text) {
            findings.extend(keys.into_iter().map(|key| format!("{path}: `{key}` stands there twice")));
        }
    }
    findings
}

/// Keys that stand twice in an object, at any depth.
struct Twice(Vec<String>);

impl<'de> Deserialize<'de> for Twice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Twice;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("words, or objects of them")
            }

            fn visit_str<E>(self, _: &str) -> Result<Twice, E> {
                Ok(Twice(Vec::new()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Twice, A::Error> {
                let (mut seen, mut twice) = (BTreeSet::new(), Vec::new());
                while let Some((key, Twice(below))) = map.next_entry::<String, Twice>()? {
                    twice.extend(below);
                    twice.extend((!seen.insert(key.clone())).then_some(key));
                }
                Ok(Twice(twice))
            }
        }
        deserializer.deserialize_any(Entries)
    }
}

fn keys(words: &Value, start: &str, into: &mut BTreeSet<String>) {
    let Value::Object(entries) = words else { return };
    for (key, value) in entries {
        let plain = PLURALS.iter().find_map(|plural| key.strip_suffix(plural)).unwrap_or(key);
        match value {
            Value::Object(_) => keys(value, &format!("{start}{key}."), into),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                into.insert(format!("{start}{plain}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_samples_are_found() {
        let chinese = ("app/locales/zh-CN.json", r#"{"save": {"done": "已保存"}, "people_other": "{{ count }} 人"}"#);
        let same = ("app/locales/en.json", r#"{"save": {"done": "Saved"}, "people_one": "1", "people_other": "n"}"#);
        assert_eq!(different_keys(&Tree::of(&[chinese, same])), Findings::new());
        let other = ("app/locales/en.json", r#"{"save": {"gone": "Saved"}, "people_other": "n"}"#);
        assert_eq!(
            different_keys(&Tree::of(&[chinese, other])),
            ["app/locales/en lacks `save.done`", "app/locales/zh-CN lacks `save.gone`"]
        );
        assert_eq!(different_keys(&Tree::of(&[chinese])).len(), 1);
        assert_eq!(different_keys(&Tree::of(&[chinese, ("app/locales/en.json", "{")])).len(), 2);
    }

    #[test]
    fn keys_without_use_and_keys_written_twice_are_found() {
        let page = ("app/src/page.rs", "t!(i18n,\n    save.done); t_string!(i18n, people, count = 1)");
        let chinese = ("app/locales/zh-CN.json", r#"{"save": {"done": "已保存", "do": "保存"}, "people_other": "人"}"#);
        assert_eq!(idle_keys(&Tree::of(&[page, chinese])), ["app/locales/zh-CN.json: no page says `save.do`"]);
        let twice = ("app/locales/en.json", r#"{"save": {"done": "Saved", "done": "Kept"}, "people_other": "n"}"#);
        assert_eq!(idle_keys(&Tree::of(&[page, twice])), ["app/locales/en.json: `done` stands there twice"]);
    }
}
