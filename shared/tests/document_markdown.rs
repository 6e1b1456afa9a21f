//! What is exported as Markdown is read back by a reader of GitHub's dialect as it was written.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;
use serde_json::{Map, json};
use shared::document::build::{doc, p, text};
use shared::document::change::{Mark, Node};
use shared::document::export::markdown;
use shared::words::Title;

const MARKS: [&str; 6] = ["bold", "italic", "strike", "underline", "link", "code"];
/// Everything that means something in Markdown, beside what makes Chinese text hard for its readers.
const CHARS: &str = "ab1 中文：“”（）。\u{3000}*_~`[]()<>#-+=|\\!&;.:)$/\"'";

/// A character with the marks on it, as bits in the order of `MARKS`.
type Marked = (char, u8);

#[derive(Debug, Clone)]
struct Run {
    words: String,
    marks: u8,
}

fn run() -> impl Strategy<Value = Run> {
    let char = prop::sample::select(CHARS.chars().collect::<Vec<_>>());
    let words = prop::collection::vec(char, 1..6).prop_map(String::from_iter);
    // Code is rarer than the other marks.
    let marks = (0u8..32, prop::bool::weighted(0.1)).prop_map(|(marks, code)| marks | u8::from(code) << 5);
    (words, marks).prop_map(|(words, marks)| Run { words, marks })
}

fn node(run: &Run) -> Node {
    let marks = MARKS.iter().enumerate().filter(|(bit, _)| run.marks >> bit & 1 == 1).map(|(_, kind)| {
        let attrs = match *kind {
            "link" => Map::from_iter([("href".to_owned(), json!("https://example.org/a_b(c)*d"))]),
            _ => Map::new(),
        };
        Mark { kind: (*kind).to_owned(), attrs }
    });
    Node { marks: marks.collect(), ..text(&run.words) }
}

fn written(runs: &[Run]) -> String {
    let paragraph = Node { content: runs.iter().map(node).collect(), ..p("") };
    markdown(&Title::new("题").expect("a title"), &doc([paragraph]))
}

/// The characters of the paragraph below the title, as a reader sees them.
fn read(markdown: &str) -> Vec<Marked> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    let arena = Arena::new();
    let document = parse_document(&arena, markdown, &options);
    let mut chars = Vec::new();
    for block in document.children().skip(1) {
        assert!(matches!(block.data.borrow().value, NodeValue::Paragraph), "{markdown:?} holds more than a paragraph");
        let mut tags = 0;
        block.children().for_each(|child| collect(child, 0, &mut tags, &mut chars));
    }
    chars
}

/// `marks` come from the nodes around, `tags` from HTML that opened before.
fn collect<'a>(node: &'a AstNode<'a>, marks: u8, tags: &mut u8, chars: &mut Vec<Marked>) {
    let bit = |mark: &str| MARKS.iter().position(|known| *known == mark).map_or(0, |place| 1 << place);
    let inside = match &node.data.borrow().value {
        NodeValue::Text(text) => {
            chars.extend(text.chars().map(|char| (char, marks | *tags)));
            marks
        }
        NodeValue::Code(code) => {
            chars.extend(code.literal.chars().map(|char| (char, marks | *tags | bit("code"))));
            marks
        }
        NodeValue::HtmlInline(tag) => {
            let name = tag.trim_matches(['<', '/', '>']);
            let names = [("b", "bold"), ("i", "italic"), ("del", "strike"), ("u", "underline"), ("code", "code")];
            let (_, mark) = names.iter().find(|(known, _)| *known == name).expect("only our own tags come out");
            if tag.starts_with("</") {
                *tags &= !bit(mark)
            } else {
                *tags |= bit(mark)
            }
            marks
        }
        NodeValue::Strong => marks | bit("bold"),
        NodeValue::Emph => marks | bit("italic"),
        NodeValue::Strikethrough => marks | bit("strike"),
        NodeValue::Link(_) => marks | bit("link"),
        other => panic!("{other:?} in a paragraph"),
    };
    node.children().for_each(|child| collect(child, inside, tags, chars));
}

/// Spaces at the ends of a paragraph mean nothing in Markdown.
fn without_outer_spaces(mut chars: Vec<Marked>) -> Vec<Marked> {
    while chars.last().is_some_and(|(char, _)| *char == ' ') {
        chars.pop();
    }
    let start = chars.iter().position(|(char, _)| *char != ' ').unwrap_or(chars.len());
    chars.split_off(start)
}

fn check(runs: &[Run]) {
    let expected = runs.iter().flat_map(|run| run.words.chars().map(|char| (char, run.marks))).collect();
    let markdown = written(runs);
    assert_eq!(without_outer_spaces(read(&markdown)), without_outer_spaces(expected), "{markdown}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_and_marks_come_back(runs in prop::collection::vec(run(), 1..5)) {
        check(&runs);
    }
}
