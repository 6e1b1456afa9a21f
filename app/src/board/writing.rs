//! The field over the canvas in which words are written: a real one, so that input methods work in it.

use leptos::html;
use leptos::prelude::*;
use shared::board::coding::MAX_TEXT;
use shared::board::{Board, Body};

use super::figure::NOTE_EDGE;
use super::own::Writing;
use super::style_menu::colour_key;
use super::tools::Tool;
use crate::browser::dom;
use crate::i18n::*;
use crate::pages::board_desk::SURFACE;
use crate::state::open_document::OpenDocument;

/// Letters of the field of a note, in board units; those of the note fit themselves to its words.
const NOTE_LETTERS: f32 = 19.0;

#[component]
pub fn WritingField(document: OpenDocument<Board>) -> impl IntoView {
    let own = document.own;
    let writing = Memo::new(move |_| own.writing.get());
    move || writing.get().map(|writing| view! { <Field document writing/> })
}

#[component]
fn Field(document: OpenDocument<Board>, writing: Writing) -> impl IntoView {
    let i18n = use_i18n();
    let own = document.own;
    let field = NodeRef::<html::Textarea>::new();
    Effect::new(move || {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let (place, body) = (writing.place, writing.body);
    let corner = move || {
        own.moves.track();
        let mut at = (0.0, 0.0);
        document.with_view(|view| at = view.to_screen((place.x, place.y)));
        at
    };
    let scale = move || own.zoom.get() * place.scale_x;
    let (is_note, colour, size, letters) = match body {
        Body::Note { colour, size, .. } => (true, colour, Some(size), NOTE_LETTERS),
        Body::Text { colour, size, .. } => (false, colour, None, size),
        Body::Stroke(_) | Body::Shape { .. } | Body::Picture { .. } => return ().into_any(),
    };
    let done = move || {
        own.end_writing(document);
        let _ = own.tool.try_set(Tool::Select);
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        event.stop_propagation();
        let ends = event.key() == "Escape" || (event.key() == "Enter" && (event.ctrl_key() || event.meta_key()));
        if ends && !dom::is_composing(&event) {
            event.prevent_default();
            done();
            dom::focus_id(SURFACE);
        }
    };
    let pixels = move |length: f32| format!("{:.1}px", length * scale());
    view! {
        <div class="board-writing" data-note=is_note.then_some("") data-pen=colour_key(colour) data-value=move || own.written.get()
            style:left=move || format!("{:.1}px", corner().0) style:top=move || format!("{:.1}px", corner().1)
            style:font-size=move || pixels(letters) style:width=move || size.map(|size| pixels(size.0)) style:min-height=move || size.map(|size| pixels(size.1))
            style:padding=move || size.map(|_| pixels(NOTE_EDGE))>
            <textarea node_ref=field rows="1" maxlength=MAX_TEXT.to_string() aria-label=move || if is_note { t_string!(i18n, board.note_words) } else { t_string!(i18n, board.text_words) }
                prop:value=own.written.get_untracked() on:input=move |event| own.written.set(event_target_value(&event)) on:keydown=on_key on:blur=move |_| done()></textarea>
        </div>
    }
    .into_any()
}
