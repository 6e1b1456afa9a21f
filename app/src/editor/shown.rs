//! Text on the pages around a document.

use leptos::prelude::*;
use shared::document::Binding;

use super::correction::CorrectionBar;
use super::host::notice_words;
use crate::browser::storage::Draft;
use crate::components::banner::{Banner, Tone};
use crate::i18n::*;
use crate::pages::draft::{Reading, Take};
use crate::pages::shown::Shown;
use crate::state::open_document::{OpenDocument, document_of};

impl Shown for Binding {
    fn notes(document: OpenDocument) -> AnyView {
        let i18n = use_i18n();
        view! {
            <CorrectionBar document/>
            {move || document.own.notice.get().map(|notice| view! {
                <Banner tone=Tone::Warn picture="image" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| document.own.notice.set(None)>{t!(i18n, common.understood)}</button> }>
                    {notice_words(&notice)}
                </Banner>
            })}
        }
        .into_any()
    }

    fn take(document: OpenDocument) -> AnyView {
        view! { <Take content=move || document.content() title=document.title()/> }.into_any()
    }

    fn take_draft(draft: &Draft) -> AnyView {
        let content = document_of(draft);
        view! { <Take content=move || Some(content.clone()) title=draft.title.clone()/> }.into_any()
    }

    fn look(document: OpenDocument, draft: &Draft) -> AnyView {
        view! { <Reading document content=document_of(draft)/> }.into_any()
    }

    fn place(document: OpenDocument, caret: &str) -> Option<String> {
        let i18n = use_i18n();
        let mut heading = None;
        document.with_view(|editor| heading = editor.where_is(caret));
        Some(match heading? {
            heading if heading.is_empty() => t_string!(i18n, document.at_start).to_string(),
            heading => t_string!(i18n, document.in_section, heading = heading).to_string(),
        })
    }

    fn go_to(document: OpenDocument, caret: &str) {
        document.with_view(|editor| {
            editor.go_to(caret);
        });
    }
}
