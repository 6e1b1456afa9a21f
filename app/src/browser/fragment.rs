//! Content that the server exported, shown as elements: only what a document can hold comes through, and no styles, which
//! the page's policy would refuse as attributes.

use web_sys::{DomParser, Element, Node, SupportedType};

use super::dom;
use shared::document::export::{safe_image, safe_link};

/// Elements of a document; others appear as what is in them.
const KEPT: [&str; 28] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "strong",
    "em",
    "u",
    "s",
    "mark",
    "a",
    "img",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "br",
    "hr",
];

/// Their text is no content.
const DROPPED: [&str; 6] = ["script", "style", "template", "noscript", "iframe", "title"];

/// Attributes that say something a reader needs, beside addresses.
const SAID: [&str; 6] = ["alt", "colspan", "rowspan", "start", "width", "height"];

/// Deeper than any export goes.
const DEEPEST: usize = 120;

/// Shows `html` in the place of what `place` shows now.
pub fn show(place: &Element, html: &str) {
    place.set_text_content(None);
    // It is read in a document that is never shown: nothing of it runs or is loaded.
    let bare = bare(html);
    let parsed = DomParser::new().and_then(|parser| parser.parse_from_string(&bare, SupportedType::TextHtml));
    if let Some(body) = parsed.ok().and_then(|parsed| parsed.body()) {
        copy(&body, place, 0);
    }
}

/// A picture of an item on this server, or one that an export may name.
fn is_own_picture(src: &str) -> bool {
    src.starts_with("/api/items/") || safe_image(src).is_some()
}

/// `html` without styles and handlers in its tags: the page's policy would report each as an attack when it is read.
pub fn bare(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        out += text;
        let end = end_of_tag(tag);
        write_bare(&tag[..end], &mut out);
        rest = &tag[end..];
    }
    out + rest
}

/// The length of the tag that a text begins with; a `>` in quotes does not end it.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None | Some(_), _) => {}
        }
    }
    tag.len()
}

fn write_bare(tag: &str, out: &mut String) {
    let mut quote = None;
    let mut fresh = false;
    for (at, letter) in tag.char_indices() {
        let rest = &tag[at..];
        let starts = |word: &str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if fresh && quote.is_none() && (starts("style") || starts("on")) {
            *out += "data-";
        }
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None | Some(_), _) => {}
        }
        // An attribute may follow another's quote without a space between them.
        fresh = letter.is_whitespace() || letter == '/' || (quote.is_none() && matches!(letter, '"' | '\''));
        out.push(letter);
    }
}

fn copy(from: &Node, into: &Element, depth: usize) {
    let mut next = from.first_child();
    while let Some(node) = next {
        next = node.next_sibling();
        let name = node.node_name().to_ascii_lowercase();
        match node.node_type() {
            Node::TEXT_NODE => {
                let text = dom::document().create_text_node(&node.text_content().unwrap_or_default());
                let _ = into.append_child(&text);
            }
            Node::ELEMENT_NODE if DROPPED.contains(&name.as_str()) => {}
            Node::ELEMENT_NODE if depth < DEEPEST && KEPT.contains(&name.as_str()) => {
                let Ok(element) = dom::document().create_element(&name) else { continue };
                say(&node, &element, &name);
                let _ = into.append_child(&element);
                copy(&node, &element, depth + 1);
            }
            Node::ELEMENT_NODE if depth < DEEPEST => copy(&node, into, depth + 1),
            _ => {}
        }
    }
}

fn say(node: &Node, element: &Element, name: &str) {
    use wasm_bindgen::JsCast;
    let Some(from) = node.dyn_ref::<Element>() else { return };
    let put = |attribute: &str, value: &str| drop(element.set_attribute(attribute, value));
    for attribute in SAID {
        if let Some(value) = from.get_attribute(attribute) {
            put(attribute, &value);
        }
    }
    if name == "a"
        && let Some(href) = from.get_attribute("href").filter(|href| safe_link(href).is_some())
    {
        put("href", &href);
        put("target", "_blank");
        put("rel", "noopener noreferrer");
    }
    if name == "img"
        && let Some(src) = from.get_attribute("src").filter(|src| is_own_picture(src))
    {
        put("loading", "lazy");
        put("src", &src);
    }
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn tags_lose_styles_and_handlers_and_texts_lose_nothing() {
        for (html, expected) in [
            ("<p style=\"color:#ff0000\">a style=\"b\"</p>", "<p data-style=\"color:#ff0000\">a style=\"b\"</p>"),
            ("<td colspan=2 STYLE='x>y' onclick=a>c", "<td colspan=2 data-STYLE='x>y' data-onclick=a>c"),
            ("<img alt=\" style=1\"onerror=b>", "<img alt=\" style=1\"data-onerror=b>"),
            ("<img/onerror=b>", "<img/data-onerror=b>"),
            ("1 < 2 分", "1 < 2 分"),
            ("", ""),
        ] {
            assert_eq!(bare(html), expected);
        }
    }
}
