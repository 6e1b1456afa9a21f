//! The canvas of a board with all that one draws by, alone or in a tutoring session.

use leptos::html;
use leptos::prelude::*;
use shared::board::Board;

use crate::board::pager::Pager;
use crate::board::style_menu::StyleMenu;
use crate::board::toolbar::Toolbar;
use crate::board::view::BoardView;
use crate::board::writing::WritingField;
use crate::browser::page;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::state::open_document::{OpenDocument, Stage, View};
use crate::state::preferences::Preferences;

/// The element in which the board is drawn.
pub const SURFACE: &str = "board-surface";

/// The canvas, and what lies over it.
#[component]
pub fn BoardDesk(
    document: OpenDocument<Board>,
    /// With whom one looks, if not with any of those who are here.
    #[prop(optional)]
    follow: Option<ViewFn>,
    /// What else lies over the canvas.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let i18n = use_i18n();
    let preferences: Preferences = expect_context();
    let own = document.own;
    let place = NodeRef::<html::Div>::new();
    let ready = Memo::new(move |_| document.stage.get() == Stage::Ready);
    Effect::new(move || {
        if let (true, Some(place)) = (ready.get(), place.get()) {
            document.show(|()| BoardView::mount(document, &place));
            document.with_view(|view| {
                view.set_editable(untrack(|| document.may_edit()));
                view.focus();
            });
        }
    });
    let editable = Memo::new(move |_| document.may_edit());
    Effect::new(move || {
        let editable = editable.get();
        document.with_view(|view| view.set_editable(editable));
    });
    Effect::new(move || {
        let tool = own.tool.get();
        document.with_view(|view| view.take(tool));
    });
    Effect::new(move || {
        own.styles.track();
        document.with_view(BoardView::set_styles);
    });
    Effect::new(move || {
        preferences.track_theme();
        // The page has the theme after this turn.
        page::later(0, move || document.with_view(BoardView::read_inks));
    });
    let number =
        move || own.pages.with(|pages| pages.iter().position(|page| page.id == own.page.get())).unwrap_or(0) + 1;
    let name = move || {
        let (page, pages) = (number(), own.pages.with(Vec::len));
        t_string!(i18n, board.name, page = page, pages = pages).to_string()
    };
    let words = move || own.words.get();
    view! {
        <main class="board" id="main" tabindex="-1" data-tool=move || if document.may_edit() { own.tool.get().icon() } else { "hand" }>
            <div class="board-surface" id=SURFACE node_ref=place tabindex="0" role="application" aria-label=name aria-describedby="board-words">
                <canvas></canvas>
                <canvas></canvas>
            </div>
            <section class="visually-hidden" id="board-words" aria-label=move || t_string!(i18n, board.words)>
                <Show when=move || own.words.with(Vec::is_empty)><p>{t!(i18n, board.no_words)}</p></Show>
                <ul>
                    <For each=words key=|told| (told.element.number(), told.words.clone()) let:told>
                        <li>{if told.is_note { format!("{}：{}", t_string!(i18n, board.note), told.words) } else { told.words.clone() }}</li>
                    </For>
                </ul>
            </section>
            <Show when=move || document.stage.get() == Stage::Opening>
                <div class="board-opening"><Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/></div>
            </Show>
            <Show when=move || ready.get() && document.may_edit()>
                <Toolbar document/>
                <StyleMenu document/>
                <WritingField document/>
            </Show>
            {move || ready.get().then(|| match follow.clone() {
                Some(follow) => view! { <Pager document follow/> }.into_any(),
                None => view! { <Pager document/> }.into_any(),
            })}
            {children.map(|children| children())}
        </main>
    }
}
