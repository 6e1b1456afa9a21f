//! The words of a document without their form: plain text, outline, length.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change::Node;
use super::walk::{Step, walk};

/// One heading of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    pub text: String,
}

/// The text: one line a text block, cells of a row with tabs between them, without empty lines.
/// Images stand as their description.
pub fn plain_text(node: &Node) -> String {
    let mut text = String::new();
    let mut gap = None;
    for step in walk(node) {
        match step {
            Step::Enter(node) => {
                let words = words_of(node);
                if !words.is_empty() {
                    text.extend(gap.take().filter(|_| !text.is_empty()));
                    text.push_str(words);
                }
            }
            Step::Leave(node) => match node.kind.as_str() {
                "text" | "image" | "unknownInline" => {}
                "tableCell" | "tableHeader" => gap = Some('\t'),
                _ => gap = Some('\n'),
            },
        }
    }
    text
}

/// The headings in their order, empty ones left out.
pub fn outline(node: &Node) -> Vec<Heading> {
    walk(node)
        .filter_map(|step| match step {
            Step::Enter(node) if node.kind == "heading" => Some(node),
            Step::Enter(_) | Step::Leave(_) => None,
        })
        .map(|node| Heading { level: level(node), text: plain_text(node).replace('\n', " ").trim().to_owned() })
        .filter(|heading| !heading.text.is_empty())
        .collect()
}

/// The length as Chinese teachers count it (WPS and Word: 字数): each 汉字 and each full-width mark is one,
/// and so is each stretch of other characters without a space, be it a word, a number or a formula.
/// A word may be half bold; a line break or a picture ends it. The editor counts alike (app/js/src/words.ts).
pub fn count(node: &Node) -> usize {
    let mut words = 0;
    let mut stretch = String::new();
    for step in walk(node) {
        match step {
            Step::Enter(node) | Step::Leave(node) if node.kind != "text" => {
                words += count_in(&stretch);
                stretch.clear();
            }
            Step::Enter(node) => stretch.push_str(node.text.as_deref().unwrap_or_default()),
            Step::Leave(_) => {}
        }
    }
    words + count_in(&stretch)
}

fn count_in(text: &str) -> usize {
    let mut words = 0;
    let mut in_word = false;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let apostrophe = char == '’' && in_word && chars.peek().is_some_and(char::is_ascii_alphanumeric);
        if char.is_whitespace() || char.is_control() {
            in_word = false;
        } else if is_full_width(char) && !apostrophe {
            in_word = false;
            words += 1;
        } else if !in_word {
            in_word = true;
            words += 1;
        }
    }
    words
}

/// Addresses of the images, in their order and each once.
pub fn image_sources(node: &Node) -> Vec<&str> {
    let mut sources = Vec::new();
    for step in walk(node) {
        if let Step::Enter(node) = step
            && node.kind == "image"
            && let Some(src) = node.attrs.get("src").and_then(Value::as_str)
            && !sources.contains(&src)
        {
            sources.push(src);
        }
    }
    sources
}

/// Addresses that links of the text lead to, in their order and each once.
pub fn link_targets(node: &Node) -> Vec<&str> {
    let mut targets = Vec::new();
    let mut met = BTreeSet::new();
    for step in walk(node) {
        let Step::Enter(node) = step else { continue };
        let links = node.marks.iter().filter(|mark| mark.kind == "link");
        let leads_to = links.filter_map(|mark| mark.attrs.get("href").and_then(Value::as_str));
        targets.extend(leads_to.filter(|target| met.insert(*target)));
    }
    targets
}

/// What a node itself says, without its children.
fn words_of(node: &Node) -> &str {
    match node.kind.as_str() {
        "text" => node.text.as_deref().unwrap_or_default(),
        "image" => node.attrs.get("alt").and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}

/// The level of a heading, brought into 1 to 6.
pub(super) fn level(heading: &Node) -> u8 {
    let level = heading.attrs.get("level").and_then(Value::as_i64).unwrap_or(1);
    level.clamp(1, 6) as u8
}

/// Characters that fill a square of their own in Chinese text, its quotes, dashes and dots included.
fn is_full_width(char: char) -> bool {
    matches!(char,
        '·' | '—' | '‘' | '’' | '“' | '”' | '…'
        | '\u{2460}'..='\u{24ff}' // ①
        | '\u{2e80}'..='\u{303f}' // radicals, 。、《》
        | '\u{3040}'..='\u{9fff}' // kana, bopomofo, 汉字
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' // Hangul
        | '\u{f900}'..='\u{faff}' // compatibility 汉字
        | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff65}' | '\u{ffe0}'..='\u{ffe6}' // （，！
        | '\u{20000}'..='\u{3ffff}') // rare 汉字
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Deserialize)]
    struct Table {
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        runs: Vec<Option<String>>,
        count: usize,
    }

    #[test]
    fn length_is_counted_as_in_wps() {
        let table: Table = serde_json::from_str(include_str!("../../tests/word_count.json")).unwrap();
        for Case { runs, count: expected } in table.cases {
            let content: Vec<_> = runs.iter().enumerate().map(|(at, run)| inline(at, run.as_deref())).collect();
            let paragraph: Node = serde_json::from_value(json!({ "type": "paragraph", "content": content })).unwrap();
            assert_eq!(count(&paragraph), expected, "{runs:?}");
            if let [Some(text)] = &runs[..] {
                assert_eq!(count_in(text), expected, "{text:?}");
            }
            let twice: Node =
                serde_json::from_value(json!({ "type": "doc", "content": [paragraph, paragraph] })).unwrap();
            assert_eq!(count(&twice), 2 * expected, "a block ends a word: {runs:?}");
        }
    }

    /// Neighbouring runs differ in their marks.
    fn inline(at: usize, text: Option<&str>) -> serde_json::Value {
        match text {
            None => json!({ "type": "hardBreak" }),
            Some(text) if at.is_multiple_of(2) => json!({ "type": "text", "text": text }),
            Some(text) => json!({ "type": "text", "text": text, "marks": [{ "type": "bold" }] }),
        }
    }
}
