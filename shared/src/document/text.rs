//! The words of a document without their form: plain text, outline, length.

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
pub fn count(node: &Node) -> usize {
    let mut words = 0;
    let mut counter = Counter::default();
    for step in walk(node) {
        match step {
            Step::Enter(node) if node.kind == "text" => {
                words += counter.take(node.text.as_deref().unwrap_or_default());
            }
            Step::Enter(_) => counter = Counter::default(),
            Step::Leave(node) if node.kind == "text" => {}
            Step::Leave(_) => counter = Counter::default(),
        }
    }
    words
}

/// The length of a text, counted like [`count`].
pub fn count_in(text: &str) -> usize {
    Counter::default().take(text)
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

/// Counts on over runs of text, because a word may be half bold.
#[derive(Default)]
struct Counter {
    in_word: bool,
}

impl Counter {
    fn take(&mut self, text: &str) -> usize {
        let mut words = 0;
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            let apostrophe =
                char == '’' && self.in_word && chars.peek().is_some_and(|next| next.is_ascii_alphanumeric());
            if char.is_whitespace() || char.is_control() {
                self.in_word = false;
            } else if is_full_width(char) && !apostrophe {
                self.in_word = false;
                words += 1;
            } else if !self.in_word {
                self.in_word = true;
                words += 1;
            }
        }
        words
    }
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
    use super::count_in;

    #[test]
    fn length_is_counted_as_in_wps() {
        let cases = [
            ("", 0),
            ("  \u{3000}\n\t", 0),
            ("分数的初步认识（一）", 10),
            ("你好，world！", 5),
            ("It’s a pen.", 3),
            ("用“能……”来写", 8),
            ("3/4 + 1/4 = 1", 5),
            ("二分之一写作1/2。", 8),
            ("𠮷野家", 3),
            ("👨‍👩‍👧 一家", 3),
            ("第①题", 3),
        ];
        for (text, expected) in cases {
            assert_eq!(count_in(text), expected, "{text:?}");
        }
    }
}
