//! A page of a board as an SVG of its own.

use std::fmt::Write;

use shared::board::{Background, Board, Element, PageId, Rect};

use super::figure::{Ink, Mark, Measure, marks};

/// Around what lies on the page, in board units.
pub const MARGIN: f32 = 32.0;
/// What an empty page shows.
const EMPTY: Rect = Rect { left: 0.0, top: 0.0, right: 800.0, bottom: 450.0 };
/// Between the lines of ruled and squared pages.
const RULE: f32 = 40.0;

/// How the page is drawn.
pub struct Look<'a> {
    pub measure: Measure<'a>,
    /// A colour as in CSS.
    pub ink: &'a dyn Fn(Ink) -> String,
    /// That of the lines of ruled pages.
    pub rule: &'a str,
    pub family: &'a str,
    /// What stands in `href` for the picture at an address of this site; `None`: it is left out.
    pub picture: &'a dyn Fn(&str) -> Option<String>,
}

/// The part of a page that is kept: all that lies on it.
pub fn frame(board: &Board, page: PageId) -> Rect {
    let background = board.page(page).and_then(|page| match &page.background {
        Background::Picture { size, .. } => Some(Rect { left: 0.0, top: 0.0, right: size.0, bottom: size.1 }),
        Background::Plain | Background::Ruled | Background::Grid => None,
    });
    let parts = [board.extent(page), background].into_iter().flatten();
    let all = Rect::around(parts.flat_map(|rect| [(rect.left, rect.top), (rect.right, rect.bottom)]));
    all.unwrap_or(EMPTY).grown(MARGIN)
}

pub fn page(board: &Board, page: PageId, title: &str, look: &Look<'_>) -> String {
    let rect = frame(board, page);
    let (left, top, width, height) = (rect.left, rect.top, rect.width(), rect.height());
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"{left:.2} {top:.2} {width:.2} {height:.2}\"><title>{}</title><rect x=\"{left:.2}\" y=\"{top:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"{}\"/>",
        escaped(title),
        (look.ink)(Ink::Paper)
    );
    background(&mut out, board, page, &rect, look);
    for element in board.visible(page, rect) {
        put(&mut out, element, look);
    }
    out.push_str("</svg>");
    out
}

fn background(out: &mut String, board: &Board, page: PageId, rect: &Rect, look: &Look<'_>) {
    let Some(page) = board.page(page) else { return };
    let mut lines = String::new();
    let first = |from: f32| (from / RULE).ceil() as i32;
    let rows = first(rect.top)..=(rect.bottom / RULE).floor() as i32;
    let columns = first(rect.left)..=(rect.right / RULE).floor() as i32;
    match &page.background {
        Background::Plain => return,
        Background::Ruled | Background::Grid => {
            for row in rows {
                let _ = write!(lines, "M{:.1} {:.1}H{:.1}", rect.left, row as f32 * RULE, rect.right);
            }
            if page.background == Background::Grid {
                for column in columns {
                    let _ = write!(lines, "M{:.1} {:.1}V{:.1}", column as f32 * RULE, rect.top, rect.bottom);
                }
            }
        }
        Background::Picture { address, size } => {
            if let Some(href) = (look.picture)(address) {
                image(out, &href, *size);
            }
            return;
        }
    }
    let _ = write!(out, "<path d=\"{lines}\" fill=\"none\" stroke=\"{}\"/>", escaped(look.rule));
}

fn put(out: &mut String, element: &Element, look: &Look<'_>) {
    let place = &element.place;
    let (sin, cos) = place.turn.sin_cos();
    let (sx, sy) = (place.scale_x, place.scale_y);
    let _ = write!(
        out,
        "<g transform=\"matrix({:.5} {:.5} {:.5} {:.5} {:.3} {:.3})\">",
        sx * cos,
        sx * sin,
        -sy * sin,
        sy * cos,
        place.x,
        place.y
    );
    for mark in marks(&element.body, look.measure) {
        put_mark(out, &mark, look);
    }
    out.push_str("</g>");
}

fn put_mark(out: &mut String, mark: &Mark, look: &Look<'_>) {
    let _ = match mark {
        Mark::Fill { path, ink, opacity } if *opacity < 1.0 => {
            write!(out, "<path d=\"{path}\" fill=\"{}\" fill-opacity=\"{opacity}\"/>", (look.ink)(*ink))
        }
        Mark::Fill { path, ink, .. } => write!(out, "<path d=\"{path}\" fill=\"{}\"/>", (look.ink)(*ink)),
        Mark::Line { path, ink, width } => write!(
            out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>",
            (look.ink)(*ink)
        ),
        Mark::Words { text, ink, size, x, y } => write!(
            out,
            "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size}\" font-family=\"{}\" fill=\"{}\" xml:space=\"preserve\">{}</text>",
            escaped(look.family),
            (look.ink)(*ink),
            escaped(text)
        ),
        Mark::Picture { address, width, height } => {
            if let Some(href) = (look.picture)(address) {
                image(out, &href, (*width, *height));
            }
            Ok(())
        }
    };
}

fn image(out: &mut String, href: &str, (width, height): (f32, f32)) {
    let href = escaped(href);
    let _ = write!(
        out,
        "<image href=\"{href}\" width=\"{width:.2}\" height=\"{height:.2}\" preserveAspectRatio=\"none\"/>"
    );
}

/// Text for XML; what XML has no place for is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use shared::board::{Body, Colour, ElementId, Place};

    use super::*;

    fn drawn(body: Body, background: &Background) -> String {
        let mut board = Board::open(1);
        board.set_background(PageId::FIRST, background);
        board.put(&[Element::new(ElementId::new(1), PageId::FIRST, Place::at(10.0, 20.0, 1), body)]);
        let look = Look {
            measure: &|text, size| text.chars().count() as f32 * size,
            ink: &|ink| if ink == Ink::Paper { "white".to_owned() } else { "black".to_owned() },
            rule: "grey",
            family: "\"Noto Sans SC\", sans-serif",
            picture: &|address| address.ends_with("here").then(|| "data:image/png;base64,AA==".to_owned()),
        };
        page(&board, PageId::FIRST, "分数 <1>", &look)
    }

    #[test]
    fn words_are_text_and_nothing_else() {
        let text = "</text><script>1&2</script>\u{7}".to_owned();
        let svg = drawn(Body::Text { text, colour: Colour::Ink, size: 28.0 }, &Background::Plain);
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;1&amp;2&lt;/script&gt;</text>"), "{svg}");
        assert!(svg.contains("<title>分数 &lt;1&gt;</title>") && !svg.contains("<script"), "{svg}");
    }

    #[test]
    fn all_of_the_page_is_in_it_with_a_margin() {
        let svg =
            drawn(Body::Note { text: "一".to_owned(), colour: Colour::Orange, size: (100.0, 50.0) }, &Background::Grid);
        assert!(svg.contains("viewBox=\"-22.00 -12.00 164.00 114.00\""), "{svg}");
        assert!(
            svg.contains("stroke=\"grey\"") && svg.contains("matrix(1.00000 0.00000 -0.00000 1.00000 10.000 20.000)"),
            "{svg}"
        );
    }

    #[test]
    fn only_pictures_that_have_come_are_shown() {
        for (address, shown) in [("/api/documents/a/images/here", true), ("/api/documents/a/images/gone", false)] {
            let svg = drawn(Body::Picture { address: address.to_owned(), size: (40.0, 30.0) }, &Background::Plain);
            assert_eq!(svg.contains("<image"), shown, "{address}");
            assert!(!svg.contains("/api/"), "nothing leads back to this site");
        }
    }
}
