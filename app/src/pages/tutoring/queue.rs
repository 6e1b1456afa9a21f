//! The list of questions.

use leptos::html;
use leptos::prelude::*;
use shared::board::Board;

use super::decide::{Asked, DecideDialogs};
use super::question::QuestionRow;
use crate::browser::dom;
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::open_document::OpenDocument;
use crate::state::tutoring::room::Room;

#[component]
pub fn QueueList(room: Room, document: OpenDocument<Board>) -> impl IntoView {
    let i18n = use_i18n();
    let queue = room.queue;
    let asked = RwSignal::new(None::<Asked>);
    let list = NodeRef::<html::Div>::new();
    // Who has the pointer or the focus on it is about to press something: nothing moves away from under them.
    let let_go = move |event: leptos::ev::FocusEvent| {
        if dom::element(list).is_some_and(|list| !dom::keeps_focus(&list, &event)) {
            queue.held.set(false);
        }
    };
    let empty =
        Memo::new(move |_| queue.cards.with(|cards| cards.as_ref().is_some_and(|_| queue.order.with(Vec::is_empty))));
    let nothing = move || empty.get() && room.asking.errands.rows.with(Vec::is_empty);
    view! {
        {move || queue.failure.get().filter(|_| queue.cards.with(Option::is_none)).map(|failure| view! {
            <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| queue.read()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
        })}
        <Show when=move || queue.cards.with(Option::is_none) && queue.failure.with(Option::is_none)>
            <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/>
        </Show>
        <Show when=nothing>
            <div class="queue-empty">
                {icon("hand")}
                <p>{t!(i18n, room.no_questions)}</p>
                <p class="small second">{move || if room.asks() { t_string!(i18n, room.no_questions_ask) } else { t_string!(i18n, room.no_questions_look) }}</p>
            </div>
        </Show>
        <div node_ref=list on:pointerenter=move |_| queue.held.set(true) on:pointerleave=move |_| queue.held.set(false) on:focusin=move |_| queue.held.set(true) on:focusout=let_go>
            <ol class="queue" aria-label=move || t_string!(i18n, room.tab_questions)>
                <For each=move || queue.order.get() key=Clone::clone let:id><QuestionRow room document id asked/></For>
            </ol>
        </div>
        <DecideDialogs room asked/>
    }
}
