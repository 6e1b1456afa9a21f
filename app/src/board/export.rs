//! A page of the board as a file of the person's own, or on paper. It is drawn as by day, whatever the theme.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::board::{Board, PageId};

use super::figure::Ink;
use super::inks::Inks;
use super::scene::Scene;
use super::svg::{self, Look};
use crate::browser::canvas::Canvas;
use crate::browser::{dom, page};
use crate::state::open_document::OpenDocument;

/// Longest edge of a PNG, in pixels; some browsers have no larger canvases.
const LONGEST: f32 = 8_000.0;
/// Pixels for a board unit, if there is room.
const SHARP: f32 = 2.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Png,
    Svg,
}

/// Gives the person the page on the screen as a file.
pub fn keep(document: OpenDocument<Board>, form: Form) {
    let name = file_name(document);
    match form {
        Form::Svg => {
            if let Some(svg) = as_svg(document) {
                dom::download(&format!("{name}.svg"), "image/svg+xml", &svg);
            }
        }
        Form::Png => {
            let Some(canvas) = as_canvas(document) else { return };
            spawn_local(async move {
                match canvas.png().await {
                    Some(blob) => dom::download_blob(&format!("{name}.png"), &blob),
                    None => page::log("the browser makes no PNG of the page"),
                }
            });
        }
    }
}

/// Prints the page on the screen; a browser makes a PDF of it, with text that can be found.
pub fn print(document: OpenDocument<Board>) {
    if let Some(svg) = as_svg(document) {
        dom::print_svg(&svg);
    }
}

fn file_name(document: OpenDocument<Board>) -> String {
    let own = document.own;
    let number = own.pages.with_untracked(|pages| pages.iter().position(|page| page.id == own.page.get_untracked()));
    let title = document.title().replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], " ");
    format!("{title} {}", number.unwrap_or(0) + 1)
}

fn as_svg(document: OpenDocument<Board>) -> Option<String> {
    let page = document.own.page.get_untracked();
    let title = document.title();
    let mut made = None;
    document.with_view(|view| {
        made = view.with_scene(|scene| document.with_replica(|board| svg_of(board, page, &title, scene)));
    });
    made
}

/// The page with the letters and pictures of a scene.
fn svg_of(board: &Board, page: PageId, title: &str, scene: &Scene) -> String {
    let inks = Inks::by_day();
    let look = Look {
        measure: &|text, size| scene.measure(text, size),
        ink: &|ink| inks.of(ink).to_owned(),
        rule: &inks.rule,
        family: inks.family(),
        picture: &|address| scene.pictures().get(address).filter(|picture| picture.is_here())?.as_data(),
    };
    svg::page(board, page, title, &look)
}

fn as_canvas(document: OpenDocument<Board>) -> Option<Canvas> {
    let page = document.own.page.get_untracked();
    let mut made = None;
    document.with_view(|view| {
        made = view.with_scene(|scene| document.with_replica(|board| canvas_of(board, page, scene)).flatten());
    });
    made
}

fn canvas_of(board: &Board, page: PageId, scene: &mut Scene) -> Option<Canvas> {
    let rect = svg::frame(board, page);
    let scale = SHARP.min(LONGEST / rect.width().max(rect.height()).max(1.0));
    let (width, height) = ((rect.width() * scale).ceil(), (rect.height() * scale).ceil());
    let canvas = Canvas::apart(width as u32, height as u32)?;
    let inks = std::mem::replace(&mut scene.inks, Inks::by_day());
    canvas.rectangle(scene.inks.of(Ink::Paper), 0.0, 0.0, width.into(), height.into());
    let origin = (f64::from(-rect.left * scale), f64::from(-rect.top * scale));
    scene.draw_background(&canvas, board, scale, origin);
    for element in board.visible(page, rect) {
        scene.draw(&canvas, element, scale, origin, 1.0);
    }
    scene.inks = inks;
    Some(canvas)
}
