use leptos::html;
use leptos::prelude::*;
use serde_json::json;

use crate::browser::editor::Editor;
use crate::components::dialog::Dialog;
use crate::components::icon::small_icon;
use crate::i18n::*;
use crate::state::open_document::OpenDocument;

/// Where a link leads.
#[component]
pub fn LinkDialog(document: OpenDocument, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let field = NodeRef::<html::Input>::new();
    let wrong = RwSignal::new(false);
    Effect::new(move || {
        if !open.get() {
            wrong.set(false);
        }
    });
    let there = move || document.own.tools.with_untracked(|tools| tools.link.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let Some(href) = address(&text) else { return wrong.set(true) };
        open.set(false);
        document.exec("setLink", json!({ "href": href }));
        document.with_view(Editor::focus);
    };
    let remove = move |_| {
        open.set(false);
        document.exec("removeLink", json!({}));
        document.with_view(Editor::focus);
    };
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, editor.link_title).to_string())>
            <form on:submit=submit>
                <div class="body">
                    <div class="field">
                        <label for="link-address">{t!(i18n, editor.link_address)}</label>
                        <input node_ref=field class="input" id="link-address" inputmode="url" autocomplete="off" autofocus value=there().unwrap_or_default()
                            aria-invalid=move || wrong.get().then_some("true") aria-describedby="link-wrong"/>
                        <Show when=move || wrong.get()><p class="error" id="link-wrong">{small_icon("warn")}{t!(i18n, editor.link_wrong)}</p></Show>
                    </div>
                </div>
                <footer>
                    {there().is_some().then(|| view! { <button class="button" data-kind="danger" type="button" on:click=remove>{t!(i18n, editor.link_remove)}</button> })}
                    <button class="button" type="button" on:click=move |_| open.set(false)>{t!(i18n, common.cancel)}</button>
                    <button class="button" data-kind="primary" type="submit">{t!(i18n, editor.link_set)}</button>
                </footer>
            </form>
        </Dialog>
    }
}

/// What a person means by an address: "example.cn" is a web page, "a@b.cn" a mailbox. Nothing that runs code.
fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if text.is_empty() || text.contains(char::is_whitespace) {
        None
    } else if ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme))
        || text.starts_with('/')
    {
        Some(text.to_owned())
    } else if text.contains(':') && !text.split(':').next().is_some_and(|host| host.contains('.')) {
        None
    } else if text.contains('@') {
        Some(format!("mailto:{text}"))
    } else if text.contains('.') {
        Some(format!("https://{text}"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_is_what_the_person_means() {
        let cases = [
            (" www.example.cn ", Some("https://www.example.cn")),
            ("http://a.cn/x?y", Some("http://a.cn/x?y")),
            ("lin@a.cn", Some("mailto:lin@a.cn")),
            ("a.cn:8080/x", Some("https://a.cn:8080/x")),
            ("/documents/1", Some("/documents/1")),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("备课", None),
            ("a b.cn", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(address(text).as_deref(), expected, "{text}");
        }
    }
}
