use leptos::html;
use leptos::prelude::*;

use crate::browser::{dom, page};

/// One thing to choose.
#[derive(Clone)]
pub struct Choice {
    pub key: String,
    /// Its accessible name.
    pub name: String,
    pub view: ViewFn,
}

const PAUSE: u32 = 200;

/// A field that finds while one types: 汉字, pinyin or initials. Arrows choose, Enter takes, Esc closes.
#[component]
pub fn Combobox(
    id: &'static str,
    #[prop(into)] label: Signal<String>,
    /// What was found for the words.
    choices: RwSignal<Vec<Choice>>,
    /// Said when nothing was found.
    #[prop(into)]
    nothing: Signal<String>,
    #[prop(into)] ask: Callback<String>,
    /// Gets the key of the choice.
    #[prop(into)]
    take: Callback<String>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let at = RwSignal::new(0_usize);
    let words = RwSignal::new(String::new());
    let waiting = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    let open = Memo::new(move |_| !words.with(String::is_empty));
    let listed = move || choices.with(Vec::len);
    Effect::new(move || {
        choices.track();
        at.set(0);
    });
    let type_in = move |text: String| {
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        let text = text.trim().to_owned();
        words.set(text.clone());
        if text.is_empty() {
            return choices.set(Vec::new());
        }
        waiting.set_value(Some(page::later(PAUSE, move || ask.run(text))));
    };
    let clear = move || {
        words.set(String::new());
        choices.set(Vec::new());
        if let Some(input) = input.get_untracked() {
            input.set_value("");
            let _ = input.focus();
        }
    };
    let choose = move |key: String| {
        clear();
        take.run(key);
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if dom::is_composing(&event) {
            return;
        }
        let count = listed();
        match event.key().as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                // Enter never sends the form around.
                event.prevent_default();
                if let Some(key) =
                    choices.with_untracked(|choices| choices.get(at.get_untracked()).map(|choice| choice.key.clone()))
                {
                    choose(key);
                }
                return;
            }
            "Escape" if open.get_untracked() => {
                event.stop_propagation();
                clear();
            }
            _ => return,
        }
        event.prevent_default();
    };
    let list = format!("{id}-list");
    let option = move |at: usize| format!("{id}-{at}");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="combobox">
                <input node_ref=input class="input" id=id type="search" role="combobox" autocomplete="off" aria-autocomplete="list" aria-controls=list.clone()
                    aria-expanded=move || open.get().to_string() aria-activedescendant=move || (listed() > 0).then(|| option(at.get()))
                    on:input=move |event| if !dom::is_composing(&event) { type_in(event_target_value(&event)) }
                    on:compositionend=move |event| type_in(event_target_value(&event))
                    on:keydown=on_key/>
                <div class="listbox" id=list role="listbox" aria-label=move || label.get() hidden=move || !open.get()>
                    {move || if listed() == 0 {
                        view! { <p class="small quiet nothing">{nothing}</p> }.into_any()
                    } else {
                        choices.get().into_iter().enumerate().map(|(number, choice)| {
                            let key = choice.key.clone();
                            view! {
                                <div role="option" id=option(number) aria-label=choice.name.clone() aria-selected=move || (at.get() == number).to_string()
                                    on:mousedown=|event| event.prevent_default() on:click=move |_| choose(key.clone())>{choice.view.run()}</div>
                            }
                        }).collect_view().into_any()
                    }}
                </div>
            </div>
        </div>
    }
}
