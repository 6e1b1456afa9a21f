//! The panel beside the board: questions, notes, the plan, who is there. On a phone a sheet over the board.

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::board::Board;
use shared::tutoring::Role;

use super::ask::AskForm;
use super::checks::Checks;
use super::notes::{Notes, Plan};
use super::people::People;
use super::queue::QueueList;
use super::said::SaidToAll;
use super::unsent::Unsent;
use crate::browser::{dom, page, settings};
use crate::components::icon::icon;
use crate::i18n::*;
use crate::state::open_document::OpenDocument;
use crate::state::tutoring::room::Room;

/// From this width on, in CSS pixels, it stands beside the board (room.css).
const WIDE: f64 = 768.0;
const KEPT: &str = "class-side";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Questions,
    Checks,
    Notes,
    Plan,
    People,
}

impl Tab {
    fn name(self) -> &'static str {
        match self {
            Tab::Questions => "questions",
            Tab::Checks => "checks",
            Tab::Notes => "notes",
            Tab::Plan => "plan",
            Tab::People => "people",
        }
    }

    fn id(self) -> String {
        format!("side-tab-{}", self.name())
    }

    fn panel(self) -> String {
        format!("side-{}", self.name())
    }
}

#[derive(Clone, Copy)]
pub struct Side {
    pub open: RwSignal<bool>,
    pub tab: RwSignal<Tab>,
    /// What was looked at: only then is the editor's code asked for, and what is open stays open.
    notes: RwSignal<bool>,
    plan: RwSignal<bool>,
}

impl Side {
    pub fn new() -> Self {
        let open = dom::width() >= WIDE && settings::read(KEPT).as_deref() != Some("shut");
        Self {
            open: RwSignal::new(open),
            tab: RwSignal::new(Tab::Questions),
            notes: RwSignal::new(false),
            plan: RwSignal::new(false),
        }
    }

    pub fn show(self, tab: Tab) {
        match tab {
            Tab::Notes => self.notes.set(true),
            Tab::Plan => self.plan.set(true),
            Tab::Questions | Tab::Checks | Tab::People => {}
        }
        self.tab.set(tab);
        self.open.set(true);
    }

    pub fn toggle(self) {
        if self.open.get_untracked() {
            return self.shut();
        }
        self.open.set(true);
        self.keep();
        if dom::width() < WIDE {
            // It is there after this turn.
            page::later(0, move || dom::focus_id(&self.tab.get_untracked().id()));
        }
    }

    fn shut(self) {
        self.open.set(false);
        self.keep();
        dom::focus_id("side-toggle");
    }

    /// On a phone it is always shut at first.
    fn keep(self) {
        if dom::width() >= WIDE {
            settings::write(KEPT, (!self.open.get_untracked()).then_some("shut"));
        }
    }

    /// Goes to a question in the list.
    pub fn go_to(self, question: &shared::words::QuestionId) {
        self.show(Tab::Questions);
        let id = format!("question-{question}");
        page::later(0, move || {
            dom::focus_id(&id);
            dom::show_nearest(&id);
        });
    }
}

#[component]
pub fn SidePanel(room: Room, document: OpenDocument<Board>, side: Side) -> impl IntoView {
    let i18n = use_i18n();
    let bar = NodeRef::<html::Div>::new();
    let notes = Memo::new(move |_| room.view.with(|view| view.as_ref().and_then(|view| view.notes.clone())));
    let plan = Memo::new(move |_| room.view.with(|view| view.as_ref().and_then(|view| view.plan.clone())));
    let answers = Memo::new(move |_| room.role().is_some_and(Role::answers_checks));
    // For who only looks there is nothing to see before the first one.
    let has_checks = Memo::new(move |_| {
        room.leads() || room.checks.cards.with(|cards| cards.as_ref().is_some_and(|cards| !cards.is_empty()))
    });
    let asked_for = use_query_map().with_untracked(|query| query.get("question")).and_then(|id| id.parse().ok());
    let asked_for = StoredValue::new(asked_for);
    Effect::new(move || {
        // Whoever comes by the search goes to what they found, once it is there.
        if room.queue.order.with(|order| !order.is_empty()) {
            asked_for.try_update_value(Option::take).flatten().iter().for_each(|id| side.go_to(id));
        }
    });
    let keys = move |event: leptos::ev::KeyboardEvent| {
        if let Some(bar) = dom::element(bar) {
            dom::rove(&bar, &event, false);
        }
    };
    let escape = move |event: leptos::ev::KeyboardEvent| {
        let is_it = event.key() == "Escape" && !event.default_prevented() && !dom::is_composing(&event);
        if is_it && dom::width() < WIDE && !dom::has_dialog() {
            event.prevent_default();
            side.shut();
        }
    };
    let tab = move |tab: Tab, name: Signal<String>, count: Signal<usize>, waits: Signal<usize>| {
        let is_on = move || side.tab.get() == tab;
        view! {
            <button role="tab" type="button" id=tab.id() aria-controls=tab.panel() aria-selected=move || is_on().to_string() tabindex=move || if is_on() { "0" } else { "-1" }
                on:click=move |_| side.show(tab) on:focus=move |_| side.show(tab)>
                {name}
                {move || Some(count.get()).filter(|count| *count > 0).map(|count| view! { <span class="number">{count}</span> })}
                {move || Some(waits.get()).filter(|count| *count > 0).map(|count| view! { <span class="count">{count}<span class="visually-hidden">{t!(i18n, room.wait_here)}</span></span> })}
            </button>
        }
    };
    macro_rules! words {
        ($($key:tt)*) => { Signal::derive(move || t_string!(i18n, $($key)*).to_string()) };
    }
    let none = Signal::derive(|| 0);
    let is_hidden = move |tab: Tab| side.tab.get() != tab;
    view! {
        <aside class="panel class-side" id="side" aria-label=move || t_string!(i18n, room.side) hidden=move || !side.open.get() on:keydown=escape>
            <header>
                <div class="tabs" role="tablist" aria-label=move || t_string!(i18n, room.side) node_ref=bar on:keydown=keys>
                    {tab(Tab::Questions, words!(room.tab_questions), Signal::derive(move || room.queue.waiting()), none)}
                    {move || has_checks.get().then(|| tab(Tab::Checks, words!(check.tab), Signal::derive(move || if answers.get() { room.checks.to_answer() } else { 0 }), none))}
                    {move || notes.with(Option::is_some).then(|| tab(Tab::Notes, words!(room.tab_notes), none, none))}
                    {move || plan.with(Option::is_some).then(|| tab(Tab::Plan, words!(room.tab_plan), none, none))}
                    {tab(Tab::People, words!(room.tab_people), Signal::derive(move || room.view.with(|view| view.as_ref().map_or(0, |view| view.here.len()))), Signal::derive(move || room.waiting()))}
                </div>
                <button class="icon-button phone-only" type="button" aria-label=move || t_string!(i18n, room.shut) on:click=move |_| side.shut()>{icon("close")}</button>
            </header>
            <div class="body" role="tabpanel" id=Tab::Questions.panel() aria-labelledby=Tab::Questions.id() tabindex="0" hidden=move || is_hidden(Tab::Questions)>
                <SaidToAll room/>
                <QueueList room document/>
            </div>
            <Show when=move || side.tab.get() == Tab::Questions><Unsent asking=room.asking/></Show>
            <Show when=move || side.tab.get() == Tab::Questions && room.asks()><AskForm room document/></Show>
            <div class="body" role="tabpanel" id=Tab::Checks.panel() aria-labelledby=Tab::Checks.id() tabindex="0" hidden=move || is_hidden(Tab::Checks)>
                <Show when=move || side.tab.get() == Tab::Checks><Checks room/></Show>
            </div>
            <div class="body class-notes" role="tabpanel" id=Tab::Notes.panel() aria-labelledby=Tab::Notes.id() hidden=move || is_hidden(Tab::Notes)>
                {move || notes.get().filter(|_| side.notes.get()).map(|id| view! { <Notes id/> })}
            </div>
            <div class="body class-notes" role="tabpanel" id=Tab::Plan.panel() aria-labelledby=Tab::Plan.id() tabindex="0" hidden=move || is_hidden(Tab::Plan)>
                {move || plan.get().filter(|_| side.plan.get()).map(|plan| view! { <Plan plan/> })}
            </div>
            <div class="body" role="tabpanel" id=Tab::People.panel() aria-labelledby=Tab::People.id() tabindex="0" hidden=move || is_hidden(Tab::People)>
                <Show when=move || side.tab.get() == Tab::People><People room/></Show>
            </div>
        </aside>
    }
}
