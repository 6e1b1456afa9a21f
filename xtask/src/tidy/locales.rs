//! The interface in two languages: what one can say, the other can.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Findings;
use super::tree::Tree;

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
}
