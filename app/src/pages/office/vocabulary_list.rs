use leptos::prelude::*;

use super::vocabulary_words::{Kind, choices, field_name, fields, list_about, list_id, list_name, wrong_words};
use crate::browser::{dom, page};
use crate::components::icon::{icon, small_icon};
use crate::i18n::*;
use crate::state::vocabulary::{Line, Move, VocabularyForm};
use crate::wording::vocabulary::{EN, FIRST, List, TICKED, ZH};

/// As many words as the server takes in a list.
const MOST: usize = 100;

/// One list of words, each a line, and a button for one more. Another language makes it anew; what is written stays.
#[component]
pub fn WordList(form: VocabularyForm, list: List) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let lines = form.lines(list);
        let (name, heading) = (list_name(i18n, list), format!("h-{}", list_id(list)));
        let add = move |_: leptos::ev::MouseEvent| {
            if lines.with_untracked(Vec::len) < MOST {
                let line = form.add(list);
                page::later(0, move || dom::focus_id(&input_id(line, ZH)));
            }
        };
        let line = move |line| word_line(form, list, line);
        view! {
            <section aria-labelledby=heading.clone()>
                <h2 id=heading.clone()>{name.clone()}</h2>
                <p class="section-words">{list_about(i18n, list)}</p>
                <ul class="rows words" data-list=list_id(list)>
                    <For each=move || lines.get() key=|line| line.key children=line/>
                </ul>
                <button class="button" data-size="small" type="button" id=format!("add-{}", list_id(list))
                    aria-label=t_string!(i18n, words.add_to, list = name).to_string() on:click=add>
                    {icon("plus")}{t_string!(i18n, words.add)}
                </button>
            </section>
        }
        .into_any()
    }
}

fn input_id(line: Line, field: usize) -> String {
    format!("word-{}-{field}", line.key)
}

fn word_line(form: VocabularyForm, list: List, line: Line) -> AnyView {
    let i18n = use_i18n();
    let uses = form.uses(list, &line.entry.with_untracked(|entry| entry.id.clone()));
    let name = move || line.entry.with(|entry| entry.fields[ZH].clone());
    let wrong = move || {
        form.wrong(list, line.key).map(|wrong| {
            view! { <p class="word-wrong" id=wrong_id(line)>{small_icon("warn")}{wrong_words(i18n, wrong)}</p> }
        })
    };
    let field = |(field, kind): &(usize, Kind)| word_field(form, list, line, *field, *kind, uses);
    view! {
        <li>
            <div class="word" role="group" aria-label=name>
                {fields(list).iter().map(field).collect_view()}
                {tools(form, list, line, uses)}
            </div>
            {wrong}
        </li>
    }
    .into_any()
}

fn wrong_id(line: Line) -> String {
    format!("word-{}-wrong", line.key)
}

/// A name or a setting. Where a post can be held stays as long as somebody holds it.
fn word_field(form: VocabularyForm, list: List, line: Line, field: usize, kind: Kind, uses: u32) -> AnyView {
    let i18n = use_i18n();
    let (id, label) = (input_id(line, field), field_name(i18n, list, field));
    // Nothing but the field itself changes what is in it.
    let value = line.entry.with_untracked(|entry| entry.fields[field].clone());
    let put = move |text: String| line.entry.update(|entry| entry.fields[field] = text);
    let write = move |event: leptos::ev::Event| put(event_target_value(&event));
    let control = match kind {
        Kind::Text | Kind::Day => {
            let named = field == ZH;
            let wrong = move || (named && form.wrong(list, line.key).is_some()).then_some("true");
            view! {
                <input class="input" id=id.clone() type=if kind == Kind::Day { "date" } else { "text" } autocomplete="off" spellcheck="false"
                    maxlength=if field <= EN { "100" } else { "1000" } value=value aria-invalid=wrong
                    aria-describedby=named.then(|| wrong_id(line)) on:input=write/>
            }
            .into_any()
        }
        Kind::Choice => {
            let options = choices(i18n, list, field).into_iter();
            let options =
                options.map(|(key, words)| view! { <option value=key selected=value == key>{words}</option> });
            let stays = list == List::Posts && field == FIRST && uses > 0;
            view! { <span class="select"><select id=id.clone() disabled=stays on:input=write>{options.collect_view()}</select></span> }
                .into_any()
        }
        Kind::Box => {
            let tick = move |event: leptos::ev::Event| {
                put(if event_target_checked(&event) { TICKED.to_owned() } else { String::new() });
            };
            let ticked = value == TICKED;
            return view! { <label class="check"><input type="checkbox" checked=ticked on:input=tick/>{label}</label> }
                .into_any();
        }
    };
    view! { <div class="field"><label for=id>{label}</label>{control}</div> }.into_any()
}

/// Up, down, and out where nothing uses the word. The style sheet hides the arrow that leads nowhere.
fn tools(form: VocabularyForm, list: List, line: Line, uses: u32) -> AnyView {
    let i18n = use_i18n();
    let arrow = move |to: Move| {
        let (turn, other, words) = match to {
            Move::Up => ("up", "down", t_string!(i18n, words.up)),
            Move::Down => ("down", "up", t_string!(i18n, words.down)),
        };
        let id = move |turn| format!("word-{}-{turn}", line.key);
        let shift = move |_: leptos::ev::MouseEvent| {
            form.shift(list, line.key, to);
            // A line that moves loses the focus; at its end of the list only the other arrow takes it.
            page::later(0, move || [other, turn].into_iter().for_each(|turn| dom::focus_id(&id(turn))));
        };
        view! { <button class="icon-button" data-turn=turn type="button" id=id(turn) aria-label=words on:click=shift>{icon("down")}</button> }
    };
    let remove = move |_: leptos::ev::MouseEvent| {
        form.remove(list, line.key);
        dom::focus_id(&format!("add-{}", list_id(list)));
    };
    let out = match uses {
        0 => view! { <button class="icon-button" type="button" aria-label=t_string!(i18n, words.remove) on:click=remove>{icon("trash")}</button> }.into_any(),
        uses => view! { <span class="tiny quiet">{t_string!(i18n, words.uses, count = uses).to_string()}</span> }.into_any(),
    };
    view! { <span class="word-tools">{arrow(Move::Up)}{arrow(Move::Down)}{out}</span> }.into_any()
}
