//! How the tool in the hand draws: colour, width, form.

use leptos::prelude::*;
use shared::board::{Board, Colour, Form};

use super::tools::{COLOURS, FORMS, Style, Tool, widths};
use crate::components::icon::{icon, small_icon};
use crate::components::menu::{Menu, Side};
use crate::i18n::*;
use crate::state::open_document::OpenDocument;

pub fn colour_key(colour: Colour) -> &'static str {
    match colour {
        Colour::Ink => "ink",
        Colour::Red => "red",
        Colour::Blue => "blue",
        Colour::Green => "green",
        Colour::Orange => "orange",
        Colour::Violet => "violet",
        Colour::White => "white",
        Colour::Tone(_) => "tone",
    }
}

fn colour_name(colour: Colour) -> String {
    let i18n = use_i18n();
    match colour {
        Colour::Ink => t_string!(i18n, board.ink),
        Colour::Red => t_string!(i18n, board.red),
        Colour::Blue => t_string!(i18n, board.blue),
        Colour::Green => t_string!(i18n, board.green),
        Colour::Orange => t_string!(i18n, board.orange),
        Colour::Violet => t_string!(i18n, board.violet),
        Colour::White | Colour::Tone(_) => t_string!(i18n, board.white),
    }
    .to_string()
}

fn form_name(form: Form) -> String {
    let i18n = use_i18n();
    match form {
        Form::Line => t_string!(i18n, board.line),
        Form::Arrow => t_string!(i18n, board.arrow),
        Form::Rectangle => t_string!(i18n, board.rectangle),
        Form::Ellipse => t_string!(i18n, board.ellipse),
    }
    .to_string()
}

fn form_icon(form: Form) -> &'static str {
    match form {
        Form::Line => "line",
        Form::Arrow => "arrow",
        Form::Rectangle => "square",
        Form::Ellipse => "circle",
    }
}

/// Shown while there is something to choose.
#[component]
pub fn StyleMenu(document: OpenDocument<Board>) -> impl IntoView {
    let own = document.own;
    let tool = Memo::new(move |_| own.tool.get());
    move || {
        let tool = tool.get();
        tool.is_set().then(|| view! { <StyleOf document tool/> })
    }
}

#[component]
fn StyleOf(document: OpenDocument<Board>, tool: Tool) -> impl IntoView {
    let i18n = use_i18n();
    let own = document.own;
    let style = move || own.styles.with(|styles| styles.of(tool));
    let set = move |change: &dyn Fn(&mut Style)| {
        own.styles.update(|styles| {
            let mut style = styles.of(tool);
            change(&mut style);
            styles.set(tool, style);
        });
    };
    let set = StoredValue::new(set);
    let face =
        move || view! { <span class="pen-dot" data-pen=move || colour_key(style().colour) aria-hidden="true"></span> };
    let sizes = widths(tool);
    let width_name = move |at: usize| match (tool, at, sizes.len()) {
        (_, 0, _) => t_string!(i18n, board.thin).to_string(),
        (_, at, count) if at + 1 == count => t_string!(i18n, board.thick).to_string(),
        (_, 1, _) => t_string!(i18n, board.middle).to_string(),
        (_, _, _) => t_string!(i18n, board.thicker).to_string(),
    };
    view! {
        <div class="board-style">
            <Menu label=Signal::derive(move || t_string!(i18n, board.style).to_string()) side=Side::Start face=ViewFn::from(face)>
                {(tool == Tool::Shape).then(|| view! {
                    <p class="heading">{t!(i18n, board.form)}</p>
                    <div class="choices" role="group" aria-label=move || t_string!(i18n, board.form)>
                        {FORMS.map(|form| view! {
                            <button role="menuitemradio" type="button" aria-checked=move || own.styles.with(|styles| styles.form == form).to_string() aria-label=move || form_name(form) title=move || form_name(form)
                                on:click=move |_| own.styles.update(|styles| styles.form = form)>{icon(form_icon(form))}</button>
                        })}
                    </div>
                })}
                <p class="heading">{t!(i18n, board.colour)}</p>
                <div class="choices" role="group" aria-label=move || t_string!(i18n, board.colour)>
                    {COLOURS.map(|colour| view! {
                        <button role="menuitemradio" type="button" aria-checked=move || (style().colour == colour).to_string() aria-label=move || colour_name(colour) title=move || colour_name(colour)
                            on:click=move |_| set.with_value(|set| set(&|style| style.colour = colour))><span class="pen-dot" data-pen=colour_key(colour) aria-hidden="true"></span>{move || (style().colour == colour).then(|| small_icon("check"))}</button>
                    })}
                </div>
                {(!sizes.is_empty()).then(|| view! {
                    <p class="heading">{move || if tool == Tool::Text { t_string!(i18n, board.letters) } else { t_string!(i18n, board.width) }}</p>
                    <div class="choices" role="group" aria-label=move || t_string!(i18n, board.width)>
                        {sizes.iter().copied().enumerate().map(|(at, width)| view! {
                            <button role="menuitemradio" type="button" aria-checked=move || (style().width == width).to_string() aria-label=move || width_name(at) title=move || width_name(at)
                                on:click=move |_| set.with_value(|set| set(&|style| style.width = width))><span class="pen-width" data-width=at.to_string() aria-hidden="true"></span></button>
                        }).collect_view()}
                    </div>
                })}
            </Menu>
        </div>
    }
}
