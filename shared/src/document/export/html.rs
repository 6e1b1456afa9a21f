//! HTML: as one fragment, or as a page of its own.

use serde_json::Value;

use crate::document::change::{Mark, Node};
use crate::document::text::{level, plain_text};

use super::MAX_DEPTH;
use super::gate::{is_own_image, safe_colour, safe_image, safe_link};
use super::runs::{Token, attr, is_ticked, mark_attr, number, readable, stretches, tokens, words_of_unknown};

const STYLE: &str = include_str!("page.css");

/// Another address for an image of our own.
type Images<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What is still to be written.
enum Todo<'a> {
    Node { node: &'a Node, depth: usize },
    Inline(&'a [Node]),
    Row { row: &'a Node, scope: &'static str, depth: usize },
    Header { cell: &'a Node, scope: &'static str, depth: usize },
    Markup(&'static str),
}

pub(super) fn page(title: &str, content: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' data: https:; \
         style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1 class=\"title\">{title}</h1>\n{content}</main>\n</body>\n\
         </html>\n"
    )
}

pub(super) fn fragment(doc: &Node, images: Images<'_>) -> String {
    let mut out = String::new();
    let mut todo = Vec::new();
    push_children(&mut todo, doc, 0);
    while let Some(next) = todo.pop() {
        match next {
            Todo::Markup(markup) => out.push_str(markup),
            Todo::Inline(nodes) => inline(&mut out, nodes, images),
            Todo::Row { row, scope, depth } => open_row(&mut out, &mut todo, row, scope, depth),
            Todo::Header { cell, scope, depth } => open_header(&mut out, &mut todo, cell, scope, depth),
            Todo::Node { node, depth } if depth > MAX_DEPTH => {
                out.push_str(&format!("<p>{}</p>\n", escaped(&plain_text(node))));
            }
            Todo::Node { node, depth } => open(&mut out, &mut todo, node, depth),
        }
    }
    out
}

fn push_children<'a>(todo: &mut Vec<Todo<'a>>, node: &'a Node, depth: usize) {
    todo.extend(stretches(&node.content).rev().map(|stretch| match stretch {
        Ok(node) => Todo::Node { node, depth },
        Err(inline) => Todo::Inline(inline),
    }));
}

/// Writes a block's opening tag and leaves its content and closing tag to do.
fn open<'a>(out: &mut String, todo: &mut Vec<Todo<'a>>, node: &'a Node, depth: usize) {
    let close = match node.kind.as_str() {
        "paragraph" => {
            out.push_str(&format!("<p{}>", alignment(node)));
            if node.content.is_empty() { "<br></p>\n" } else { "</p>\n" }
        }
        "heading" => {
            let level = level(node);
            out.push_str(&format!("<h{level}{}>", alignment(node)));
            ["</h1>\n", "</h2>\n", "</h3>\n", "</h4>\n", "</h5>\n", "</h6>\n"][usize::from(level) - 1]
        }
        "blockquote" => tag(out, "<blockquote>\n", "</blockquote>\n"),
        "codeBlock" => {
            let language = attr(node, "language").filter(|name| is_language(name));
            let class = language.map(|name| format!(" class=\"language-{name}\"")).unwrap_or_default();
            out.push_str(&format!("<pre><code{class}>{}</code></pre>\n", escaped(&plain_text(node))));
            return;
        }
        "horizontalRule" => {
            out.push_str("<hr>\n");
            return;
        }
        "bulletList" => tag(out, "<ul>\n", "</ul>\n"),
        "orderedList" => {
            let start = node.attrs.get("start").and_then(Value::as_i64).filter(|start| *start != 1);
            out.push_str(&start.map_or("<ol>\n".to_owned(), |start| format!("<ol start=\"{start}\">\n")));
            "</ol>\n"
        }
        "listItem" => tag(out, "<li>", "</li>\n"),
        "taskList" => tag(out, "<ul class=\"tasks\">\n", "</ul>\n"),
        "taskItem" => {
            let checked = if is_ticked(node) { " checked" } else { "" };
            out.push_str(&format!("<li><input type=\"checkbox\" disabled{checked}>"));
            "</li>\n"
        }
        "table" => {
            open_table(out, todo, node, depth);
            return;
        }
        "tableRow" => {
            todo.push(Todo::Row { row: node, scope: "row", depth });
            return;
        }
        "tableCell" => {
            out.push_str(&format!("<td{}>", spans(node)));
            "</td>\n"
        }
        "tableHeader" => {
            todo.push(Todo::Header { cell: node, scope: "row", depth });
            return;
        }
        "unknownBlock" => {
            let words = words_of_unknown(node);
            if !words.is_empty() {
                out.push_str(&format!("<p>{}</p>\n", escaped(&words)));
            }
            return;
        }
        _ => tag(out, "<div>", "</div>\n"),
    };
    todo.push(Todo::Markup(close));
    push_children(todo, node, depth + 1);
}

fn open_table<'a>(out: &mut String, todo: &mut Vec<Todo<'a>>, table: &'a Node, depth: usize) {
    out.push_str("<table>\n");
    out.push_str(&column_widths(table));
    let header = table.content.first().filter(|row| has_only_header_cells(row));
    let body = &table.content[usize::from(header.is_some())..];
    todo.push(Todo::Markup("</table>\n"));
    if !body.is_empty() {
        todo.push(Todo::Markup("</tbody>\n"));
        todo.extend(body.iter().rev().map(|row| Todo::Row { row, scope: "row", depth }));
        todo.push(Todo::Markup("<tbody>\n"));
    }
    if let Some(row) = header {
        todo.push(Todo::Markup("</thead>\n"));
        todo.push(Todo::Row { row, scope: "col", depth });
        todo.push(Todo::Markup("<thead>\n"));
    }
}

fn open_row<'a>(out: &mut String, todo: &mut Vec<Todo<'a>>, row: &'a Node, scope: &'static str, depth: usize) {
    out.push_str("<tr>\n");
    todo.push(Todo::Markup("</tr>\n"));
    todo.extend(row.content.iter().rev().map(|node| match node.kind.as_str() {
        "tableHeader" => Todo::Header { cell: node, scope, depth: depth + 1 },
        _ => Todo::Node { node, depth: depth + 1 },
    }));
}

fn open_header<'a>(out: &mut String, todo: &mut Vec<Todo<'a>>, cell: &'a Node, scope: &'static str, depth: usize) {
    out.push_str(&format!("<th scope=\"{scope}\"{}>", spans(cell)));
    todo.push(Todo::Markup("</th>\n"));
    push_children(todo, cell, depth + 1);
}

fn tag(out: &mut String, open: &str, close: &'static str) -> &'static str {
    out.push_str(open);
    close
}

fn has_only_header_cells(row: &Node) -> bool {
    let alone = |cell: &Node| cell.kind == "tableHeader" && number(cell, "rowspan", 1_000).unwrap_or(1) == 1;
    !row.content.is_empty() && row.content.iter().all(alone)
}

/// The widths of the columns, as far as the cells of the first row tell them.
fn column_widths(table: &Node) -> String {
    let mut columns = String::new();
    let mut any = false;
    for cell in table.content.first().map(|row| row.content.as_slice()).unwrap_or_default() {
        let widths = cell.attrs.get("colwidth").and_then(Value::as_array);
        for column in 0..number(cell, "colspan", 1_000).unwrap_or(1) as usize {
            let width = widths.and_then(|widths| widths.get(column)).and_then(Value::as_u64);
            match width.filter(|width| (1..=10_000).contains(width)) {
                Some(width) => {
                    any = true;
                    columns.push_str(&format!("<col style=\"width:{width}px\">"));
                }
                None => columns.push_str("<col>"),
            }
        }
    }
    if any { format!("<colgroup>{columns}</colgroup>\n") } else { String::new() }
}

fn spans(cell: &Node) -> String {
    let span = |name| number(cell, name, 1_000).filter(|span| *span > 1);
    let attr = |name| span(name).map(|span| format!(" {name}=\"{span}\"")).unwrap_or_default();
    format!("{}{}", attr("colspan"), attr("rowspan"))
}

fn alignment(node: &Node) -> String {
    match attr(node, "textAlign") {
        Some(side @ ("left" | "center" | "right" | "justify")) => format!(" style=\"text-align:{side}\""),
        Some(_) | None => String::new(),
    }
}

fn is_language(name: &str) -> bool {
    !name.is_empty() && name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+#_-.".contains(&b))
}

fn inline(out: &mut String, nodes: &[Node], images: Images<'_>) {
    for token in tokens(nodes) {
        match token {
            Token::Open(mark) => out.push_str(&opening(mark)),
            Token::Close(mark) => out.push_str(closing(mark)),
            Token::Text(text) => out.push_str(&escaped(text)),
            Token::Break => out.push_str("<br>"),
            Token::Image(image) => out.push_str(&image_tag(image, images)),
            Token::Unknown(node) => out.push_str(&escaped(&words_of_unknown(node))),
        }
    }
}

fn opening(mark: &Mark) -> String {
    let colour = mark_attr(mark, "color").and_then(safe_colour);
    match mark.kind.as_str() {
        "link" => match mark_attr(mark, "href").and_then(safe_link) {
            Some(href) => format!("<a href=\"{}\" rel=\"noopener noreferrer\">", escaped(href)),
            None => "<span>".to_owned(),
        },
        "bold" => "<strong>".to_owned(),
        "italic" => "<em>".to_owned(),
        "strike" => "<s>".to_owned(),
        "underline" => "<u>".to_owned(),
        "code" => "<code>".to_owned(),
        "highlight" => match colour {
            Some(colour) => format!("<mark style=\"background-color:{colour}\">"),
            None => "<mark>".to_owned(),
        },
        _ => match colour {
            Some(colour) => format!("<span style=\"color:{colour}\">"),
            None => "<span>".to_owned(),
        },
    }
}

fn closing(mark: &Mark) -> &'static str {
    match mark.kind.as_str() {
        "link" if mark_attr(mark, "href").and_then(safe_link).is_some() => "</a>",
        "bold" => "</strong>",
        "italic" => "</em>",
        "strike" => "</s>",
        "underline" => "</u>",
        "code" => "</code>",
        "highlight" => "</mark>",
        _ => "</span>",
    }
}

/// An image that may be shown, or else its description.
fn image_tag(image: &Node, images: Images<'_>) -> String {
    let alt = escaped(attr(image, "alt").unwrap_or_default());
    let Some(src) = attr(image, "src").and_then(safe_image) else { return alt };
    let other = if is_own_image(src) { images(src) } else { None };
    let src = escaped(other.as_deref().unwrap_or(src));
    let title = attr(image, "title").map(|title| format!(" title=\"{}\"", escaped(title))).unwrap_or_default();
    let side = |name| number(image, name, 10_000).map(|px| format!(" {name}=\"{px}\"")).unwrap_or_default();
    format!("<img src=\"{src}\" alt=\"{alt}\"{title}{}{}>", side("width"), side("height"))
}

/// Text for element content and quoted attributes alike.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars().map(readable) {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            char => out.push(char),
        }
    }
    out
}
