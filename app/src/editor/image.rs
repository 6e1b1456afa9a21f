use leptos::html;
use leptos::prelude::*;
use serde_json::{Value, json};

use super::shortcuts::Shortcut;
use super::state::Image;
use crate::browser::editor::Editor;
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::Dialog;
use crate::components::icon::icon;
use crate::i18n::*;
use crate::state::open_document::OpenDocument;

/// The width of a line on the paper in CSS pixels (pages/document.css).
const LINE: f64 = 672.0;

/// How wide an image stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    Small,
    Half,
    Full,
    /// As wide as the file.
    Natural,
}

impl Width {
    /// What the image has now; `None` if it is another width, which somebody chose elsewhere.
    fn of(image: &Image) -> Option<Self> {
        let shown = image.width.or(image.natural);
        match shown {
            Some(width) if width >= LINE => Some(Self::Full),
            Some(width) if Some(width) == image.natural => Some(Self::Natural),
            None => Some(Self::Natural),
            Some(width) => [Self::Small, Self::Half].into_iter().find(|choice| choice.pixels(image) == Some(width)),
        }
    }

    /// An own width over the line's is the line's.
    fn choices(image: &Image) -> Vec<Self> {
        let mut choices = vec![Self::Small, Self::Half, Self::Full];
        if image.natural.is_none_or(|natural| natural < LINE) {
            choices.push(Self::Natural);
        }
        choices
    }

    fn pixels(self, image: &Image) -> Option<f64> {
        match self {
            Self::Small => Some(LINE / 4.0),
            Self::Half => Some(LINE / 2.0),
            Self::Full => Some(LINE),
            Self::Natural => image.natural,
        }
    }

    fn name(self) -> String {
        let i18n = use_i18n();
        match self {
            Self::Small => t_string!(i18n, image.small),
            Self::Half => t_string!(i18n, image.half),
            Self::Full => t_string!(i18n, image.full),
            Self::Natural => t_string!(i18n, image.natural),
        }
        .to_string()
    }
}

/// What the form says, as `setImage` of exec.ts takes it: a description, none because it decorates, or none yet.
fn wish(image: &Image, description: &str, decorative: bool, width: Option<Width>) -> Value {
    let description = description.trim();
    let alt = match (decorative, description.is_empty()) {
        (true, _) => Some(""),
        (false, false) => Some(description),
        (false, true) => None,
    };
    let mut wish = json!({ "alt": alt });
    if let Some(width) = width.filter(|width| Width::of(image) != Some(*width)) {
        wish["width"] = json!(width.pixels(image));
    }
    wish
}

/// Under the text, while an image is selected: whether it is described, and the way to its form.
#[component]
pub fn ImageBar(document: OpenDocument, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let image =
        Memo::new(move |_| document.own.tools.with(|tools| tools.image.clone()).filter(|_| document.may_edit()));
    let words = move |alt: Option<String>| match alt {
        None => t_string!(i18n, image.undescribed).to_string(),
        Some(alt) if alt.is_empty() => t_string!(i18n, image.decorative_is).to_string(),
        Some(alt) => alt,
    };
    view! {
        {move || image.get().map(|image| view! {
            <div class="image-bar" role="group" aria-label=move || t_string!(i18n, image.bar)>
                {icon("image")}
                <span class="grow truncate">{words(image.alt)}</span>
                <button class="button" data-size="small" type="button" aria-keyshortcuts=Shortcut::Image.aria() on:mousedown=|event| event.prevent_default() on:click=move |_| open.set(true)>
                    {t!(i18n, image.deed)}<span class="kbd wide-only" aria-hidden="true">{Shortcut::Image.keys().first().cloned()}</span>
                </button>
            </div>
        })}
    }
}

/// What the selected image shows, in words, how wide it stands; another in its place, or none.
#[component]
pub fn ImageDialog(document: OpenDocument, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, image.title).to_string())>
            {document.own.tools.with_untracked(|tools| tools.image.clone()).map(|image| view! { <ImageForm document open image/> })}
        </Dialog>
    }
}

#[component]
fn ImageForm(document: OpenDocument, open: RwSignal<bool>, image: Image) -> impl IntoView {
    let i18n = use_i18n();
    let field = NodeRef::<html::Textarea>::new();
    let decorative = RwSignal::new(image.alt.as_deref() == Some(""));
    let width = RwSignal::new(Width::of(&image));
    // A colleague may take it away meanwhile.
    let gone = Memo::new(move |_| document.own.tools.with(|tools| tools.image.is_none()));
    let done = move |command: &'static str, args: Value| {
        document.exec(command, args);
        open.set(false);
        // The dialog gives the focus to whatever had it; the text is where one goes on.
        page::later(0, move || document.with_view(Editor::focus));
    };
    let submit = {
        let image = image.clone();
        move || {
            if !gone.get_untracked() {
                let description = field.get_untracked().map(|field| field.value()).unwrap_or_default();
                done("setImage", wish(&image, &description, decorative.get_untracked(), width.get_untracked()));
            }
        }
    };
    let on_key = {
        let submit = submit.clone();
        move |event: leptos::ev::KeyboardEvent| {
            if event.key() == "Enter" && !event.shift_key() && !dom::is_composing(&event) {
                event.prevent_default();
                submit();
            }
        }
    };
    let choices = Width::choices(&image);
    view! {
        <form on:submit=move |event| { event.prevent_default(); submit(); }>
            <div class="body">
                <Show when=move || gone.get()><Banner tone=Tone::Warn picture="warn">{t!(i18n, image.gone)}</Banner></Show>
                <img class="image-shown" src=image.src.clone() alt=""/>
                <div class="field">
                    <label for="image-alt">{t!(i18n, image.alt)}</label>
                    <textarea node_ref=field class="input" id="image-alt" rows="2" autofocus aria-describedby="image-why" disabled=move || decorative.get()
                        prop:value=image.alt.clone().unwrap_or_default() on:keydown=on_key></textarea>
                    <p class="hint" id="image-why">{t!(i18n, image.why)}</p>
                    <label class="check"><input type="checkbox" prop:checked=decorative on:change=move |event| decorative.set(event_target_checked(&event))/>{t!(i18n, image.decorative)}</label>
                </div>
                <fieldset class="field">
                    <legend>{t!(i18n, image.size)}</legend>
                    <div class="segmented">
                        {choices.into_iter().map(|choice| view! {
                            <label><input type="radio" name="image-width" prop:checked=move || width.get() == Some(choice) on:change=move |_| width.set(Some(choice))/>{move || choice.name()}</label>
                        }).collect_view()}
                    </div>
                </fieldset>
                <div class="cluster">
                    <button class="button" data-size="small" type="button" disabled=move || gone.get() on:click=move |_| done("replaceImage", json!({}))>{icon("upload")}{t!(i18n, image.replace)}</button>
                    <button class="button" data-size="small" data-kind="danger" type="button" disabled=move || gone.get() on:click=move |_| done("deleteSelection", json!({}))>{icon("trash")}{t!(i18n, image.remove)}</button>
                </div>
            </div>
            <footer>
                <button class="button" type="button" on:click=move |_| open.set(false)>{t!(i18n, common.cancel)}</button>
                <button class="button" data-kind="primary" type="submit" disabled=move || gone.get()>{t!(i18n, image.store)}</button>
            </footer>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(width: Option<f64>, natural: Option<f64>) -> Image {
        Image { src: "/p.png".into(), alt: None, width, natural }
    }

    #[test]
    fn the_form_knows_the_width_it_has_set() {
        let cases = [
            (image(Some(168.0), Some(900.0)), Some(Width::Small)),
            (image(Some(336.0), Some(900.0)), Some(Width::Half)),
            (image(Some(672.0), Some(900.0)), Some(Width::Full)),
            (image(Some(900.0), Some(900.0)), Some(Width::Full)),
            (image(None, Some(900.0)), Some(Width::Full)),
            (image(Some(400.0), Some(400.0)), Some(Width::Natural)),
            (image(None, None), Some(Width::Natural)),
            (image(Some(400.0), Some(900.0)), None),
            (image(Some(400.0), None), None),
        ];
        for (image, expected) in cases {
            assert_eq!(Width::of(&image), expected, "{image:?}");
        }
        assert!(!Width::choices(&image(None, Some(900.0))).contains(&Width::Natural));
        assert!(Width::choices(&image(None, Some(400.0))).contains(&Width::Natural));
    }

    #[test]
    fn an_empty_description_is_decorative_only_when_that_is_said() {
        let own = image(Some(400.0), Some(400.0));
        let cases = [
            (wish(&own, " 竖式 ", false, Some(Width::Natural)), json!({ "alt": "竖式" })),
            (wish(&own, "  ", false, None), json!({ "alt": null })),
            (wish(&own, "竖式", true, Some(Width::Natural)), json!({ "alt": "" })),
            (wish(&own, "", false, Some(Width::Half)), json!({ "alt": null, "width": 336.0 })),
            (wish(&image(Some(168.0), None), "", true, Some(Width::Natural)), json!({ "alt": "", "width": null })),
        ];
        for (wish, expected) in cases {
            assert_eq!(wish, expected);
        }
    }
}
