use leptos::prelude::*;

use crate::browser::editor::Editor;
use crate::browser::{clock, dom};
use crate::i18n::*;
use crate::state::open_document::OpenDocument;
use crate::state::preferences::tag;

/// Whether it stands beside the text; otherwise it lies over it (document.css).
pub fn has_room() -> bool {
    dom::width() >= 1200.0
}

/// The document's headings; the one the caret stands under is marked.
#[component]
pub fn Outline(document: OpenDocument, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let headings = Memo::new(move |_| document.own.tools.with(|tools| tools.outline.clone()));
    let section = Memo::new(move |_| document.own.tools.with(|tools| tools.section));
    let words = Memo::new(move |_| document.own.tools.with(|tools| tools.words));
    let count = move || {
        t_string!(i18n, document.words, count = clock::write_number(words.get(), tag(i18n.get_locale()))).to_string()
    };
    let go = move |at: usize| {
        document.with_view(|editor: &Editor| editor.scroll_to_heading(at));
        if !has_room() {
            open.set(false);
        }
    };
    view! {
        <nav class="doc-outline" id="outline" aria-label=move || t_string!(i18n, document.outline) hidden=move || !open.get()>
            <p class="heading small">{t!(i18n, document.outline)}<span class="quiet">{count}</span></p>
            <ol class="outline">
                {move || {
                    let headings = headings.get();
                    let highest = headings.iter().map(|heading| heading.level).min().unwrap_or(1);
                    headings.into_iter().enumerate().map(|(at, heading)| {
                        let deep = (heading.level - highest).min(2);
                        view! {
                            <li><button type="button" data-deep=deep.to_string() aria-current=move || (section.get() == at as i32).then_some("location") on:click=move |_| go(at)>{heading.text}</button></li>
                        }
                    }).collect_view()
                }}
            </ol>
            <Show when=move || headings.with(Vec::is_empty)><p class="tiny quiet">{t!(i18n, document.outline_empty)}</p></Show>
        </nav>
    }
}
