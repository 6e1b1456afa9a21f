//! Inline content in Markdown, escaped for the place where it stands.

use crate::document::change::{Mark, Node};
use crate::document::export::MAX_DEPTH;
use crate::document::export::gate::{safe_image, safe_link};
use crate::document::export::runs::{Token, attr, is_ticked, mark_attr, readable, stretches, tokens, words_of_unknown};
use crate::document::text::plain_text;

/// Where a line stands; that decides how a line break is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph,
    Heading,
    Cell,
}

/// Text without marks.
pub(super) fn text(text: &str, place: Place) -> String {
    at_line_starts(&text.split('\n').map(|line| escaped(line.trim())).collect::<Vec<_>>().join(" "), place)
}

/// The content of a text block.
pub(super) fn line(nodes: &[Node], place: Place) -> String {
    let tokens = tokens(nodes);
    let pieces: Vec<String> = tokens.iter().map(|token| piece(token, place)).collect();
    let mut out = String::new();
    let mut code = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(mark) if mark.kind == "code" => code += 1,
            Token::Close(mark) if mark.kind == "code" => code -= 1,
            Token::Open(mark) | Token::Close(mark) => {
                let opens = matches!(token, Token::Open(_));
                out.push_str(&sign(mark, opens, has_clear_edges(&tokens, &pieces, at)));
            }
            // Two code spans side by side would be read as one; a bracket in one would end the link around it.
            Token::Text(text) if code > 0 && (out.ends_with('`') || (out.contains('[') && text.contains(']'))) => {
                out.push_str(&format!("<code>{}</code>", pieces[at]));
            }
            Token::Text(text) if code > 0 => out.push_str(&code_span(text, place)),
            Token::Break if at + 1 == tokens.len() => {}
            Token::Text(_) | Token::Image(_) | Token::Break | Token::Unknown(_) => out.push_str(&pieces[at]),
        }
    }
    // A line break that ends the block would be read as a backslash.
    while out.ends_with("\\\n") {
        out.truncate(out.len() - 2);
    }
    at_line_starts(&out, place)
}

/// All that is in a table cell, on one line.
pub(super) fn cell(cell: &Node) -> String {
    let mut lines = Vec::new();
    cell_lines(&cell.content, "", 0, &mut lines);
    lines.retain(|line| !line.is_empty());
    lines.join("<br>")
}

fn cell_lines(nodes: &[Node], prefix: &str, depth: usize, lines: &mut Vec<String>) {
    for stretch in stretches(nodes) {
        let node = match stretch {
            Ok(node) => node,
            Err(inline) => {
                lines.push(format!("{prefix}{}", line(inline, Place::Cell)));
                continue;
            }
        };
        match node.kind.as_str() {
            _ if depth > MAX_DEPTH => lines.push(format!("{prefix}{}", text(&plain_text(node), Place::Cell))),
            "paragraph" => lines.push(format!("{prefix}{}", line(&node.content, Place::Cell))),
            "heading" => lines.push(format!("{prefix}<b>{}</b>", line(&node.content, Place::Cell))),
            "codeBlock" => {
                let code = plain_text(node);
                lines.extend(code.split('\n').map(|line| format!("{prefix}{}", code_span(line, Place::Cell))));
            }
            "listItem" | "taskItem" => {
                let sign = match node.kind.as_str() {
                    "taskItem" if is_ticked(node) => "☑",
                    "taskItem" => "☐",
                    _ => "•",
                };
                cell_lines(&node.content, &format!("{prefix}{sign} "), depth + 1, lines);
            }
            "orderedList" => {
                for (number, item) in (1..).zip(&node.content) {
                    cell_lines(&item.content, &format!("{prefix}{number}. "), depth + 2, lines);
                }
            }
            "tableRow" => {
                let cells: Vec<String> = node.content.iter().map(|cell| text(&plain_text(cell), Place::Cell)).collect();
                lines.push(format!("{prefix}{}", cells.join(" · ")));
            }
            "unknownBlock" => lines.push(format!("{prefix}{}", text(&words_of_unknown(node), Place::Cell))),
            _ => cell_lines(&node.content, prefix, depth + 1, lines),
        }
    }
}

fn piece(token: &Token<'_>, place: Place) -> String {
    match token {
        Token::Open(_) | Token::Close(_) => String::new(),
        Token::Text(text) => escaped(&text.replace(['\n', '\t'], " ")),
        Token::Break if place == Place::Paragraph => "\\\n".to_owned(),
        Token::Break => "<br>".to_owned(),
        Token::Image(node) => image(node),
        Token::Unknown(node) => escaped(&words_of_unknown(node)),
    }
}

/// How a mark begins or ends. Asterisks only where their `edges` are clear of anything that would make them text.
fn sign(mark: &Mark, opens: bool, edges: bool) -> String {
    let pair = |open: &str, close: &str| (if opens { open } else { close }).to_owned();
    match (mark.kind.as_str(), edges) {
        ("bold", true) => "**".to_owned(),
        ("bold", false) => pair("<b>", "</b>"),
        ("italic", true) => "*".to_owned(),
        ("italic", false) => pair("<i>", "</i>"),
        ("strike", true) => "~~".to_owned(),
        ("strike", false) => pair("<del>", "</del>"),
        ("underline", _) => pair("<u>", "</u>"),
        ("highlight", _) => pair("<mark>", "</mark>"),
        ("link", _) => match mark_attr(mark, "href").and_then(safe_link) {
            Some(href) => pair("[", &format!("]({})", address(href))),
            None => String::new(),
        },
        _ => String::new(),
    }
}

/// Would signs of Markdown at both ends of the mark that opens or closes at `at` be read as such?
///
/// CommonMark decides it by the characters on both sides ("flanking"), which goes wrong in Chinese text:
/// `**重点：**理解` is not bold. And next to each other, signs melt into one.
fn has_clear_edges(tokens: &[Token<'_>], pieces: &[String], at: usize) -> bool {
    let (open, close) = ends(tokens, at);
    let char_after = |from: usize| match tokens.get(from) {
        Some(Token::Open(_) | Token::Close(_)) => None,
        Some(Token::Text(_)) | Some(Token::Unknown(_)) | Some(Token::Image(_)) => pieces[from].chars().next(),
        Some(Token::Break) | None => Some('\n'),
    };
    let char_before = |to: usize| match to.checked_sub(1).map(|before| (before, &tokens[before])) {
        Some((_, Token::Open(_) | Token::Close(_))) => None,
        Some((before, Token::Text(_) | Token::Unknown(_) | Token::Image(_))) => pieces[before].chars().next_back(),
        Some((_, Token::Break)) | None => Some('\n'),
    };
    let (Some(outer_left), Some(inner_left)) = (char_before(open), char_after(open + 1)) else { return false };
    let (Some(inner_right), Some(outer_right)) = (char_before(close), char_after(close + 1)) else { return false };
    let flanks = |inner: char, outer: char| {
        !inner.is_whitespace() && (!is_mark(inner) || outer.is_whitespace() || is_mark(outer))
    };
    flanks(inner_left, outer_left) && flanks(inner_right, outer_right)
}

/// Where the mark that opens or closes at `at` opens and closes.
fn ends(tokens: &[Token<'_>], at: usize) -> (usize, usize) {
    let mut depth = 0_usize;
    let step = |token: &Token<'_>, forth: bool, depth: &mut usize| {
        match token {
            Token::Open(_) if forth => *depth += 1,
            Token::Close(_) if !forth => *depth += 1,
            Token::Open(_) | Token::Close(_) => *depth -= 1,
            Token::Text(_) | Token::Image(_) | Token::Break | Token::Unknown(_) => {}
        }
        *depth == 0
    };
    let nested = "tokens() closes every mark it opens";
    if matches!(tokens[at], Token::Open(_)) {
        let length = tokens[at..].iter().position(|token| step(token, true, &mut depth)).expect(nested);
        (at, at + length)
    } else {
        let length = tokens[..=at].iter().rev().position(|token| step(token, false, &mut depth)).expect(nested);
        (at - length, at)
    }
}

/// What is neither letter, digit nor white space: CommonMark's punctuation, generously.
fn is_mark(char: char) -> bool {
    !char.is_alphanumeric() && !char.is_whitespace()
}

fn image(node: &Node) -> String {
    let alt = escaped(&attr(node, "alt").unwrap_or_default().replace(['\n', '\t'], " "));
    match attr(node, "src").and_then(safe_image) {
        Some(src) => format!("![{alt}]({})", address(src)),
        None => alt,
    }
}

/// An address in round brackets: what would end it is percent-encoded.
fn address(href: &str) -> String {
    let mut out = String::new();
    for char in href.chars() {
        match char {
            '(' | ')' | '<' | '>' | '\\' | '|' | '`' | '*' | '"' => out.push_str(&format!("%{:02X}", char as u32)),
            '&' if href.contains(';') => out.push_str("&amp;"),
            char if char.is_whitespace() || char.is_control() => {
                let mut bytes = [0; 4];
                out.extend(char.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
            }
            char => out.push(char),
        }
    }
    out
}

fn code_span(text: &str, place: Place) -> String {
    let text: String = text.chars().map(|char| if char == '\n' { ' ' } else { readable(char) }).collect();
    if text.is_empty() {
        return text;
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    // One space on each side is taken away again by the reader, and keeps backticks apart.
    let spaced = text.starts_with(' ') && text.ends_with(' ') && text.contains(|char| char != ' ');
    let pad = if spaced || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    let text = if place == Place::Cell { text.replace('|', "\\|") } else { text };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Length of the longest row of this character.
pub(super) fn longest_run(text: &str, of: char) -> usize {
    text.split(|char| char != of).map(|run| run.chars().count()).max().unwrap_or(0)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars().map(readable) {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '!' | '$' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    out
}

/// Escapes what would make a heading, a list, a rule or code of the beginning of a line.
fn at_line_starts(text: &str, place: Place) -> String {
    if place == Place::Cell {
        return text.to_owned();
    }
    // A row of number signs at the end of a heading would be taken for its frame.
    let words = text.trim_end_matches('#');
    if place == Place::Heading && words.len() < text.len() {
        return at_line_start(&format!("{words}\\{}", &text[words.len()..]));
    }
    text.split('\n').map(at_line_start).collect::<Vec<_>>().join("\n")
}

fn at_line_start(line: &str) -> String {
    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
    let (blank, rest) = line.split_at(blanks);
    let blank = "&#32;".repeat(blank.len());
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ends_number = |rest: &str| rest.starts_with(['.', ')']);
    match rest.chars().next() {
        Some('#' | '-' | '+' | '=' | ':') => format!("{blank}\\{rest}"),
        Some('0'..='9') if ends_number(&rest[digits..]) => format!("{blank}{}\\{}", &rest[..digits], &rest[digits..]),
        _ => format!("{blank}{rest}"),
    }
}
