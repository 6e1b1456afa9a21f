use leptos::html;
use leptos::prelude::*;
use shared::api::CreateDocument;
use shared::pages::document_address;
use shared::words::{DocumentKind, InvalidTitle, TeamId, Title};

use crate::browser::fetch::Failure;
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::components::icon::{kind_icon, small_icon};
use crate::i18n::*;
use crate::pages::words::{failure_words, kind_name};
use crate::state::documents::create;
use crate::state::session::Session;
use crate::state::way::{Trace, use_way};

/// The kinds that can be made, each with its template. A board begins empty.
pub(super) const KINDS: [DocumentKind; 6] = [
    DocumentKind::LessonPlan,
    DocumentKind::UnitPlan,
    DocumentKind::Resource,
    DocumentKind::Agenda,
    DocumentKind::Page,
    DocumentKind::Board,
];

/// Makes a document and opens it. Open while `kind` says which one to begin with.
#[component]
pub fn CreateDialog(kind: RwSignal<Option<DocumentKind>>) -> impl IntoView {
    let i18n = use_i18n();
    let open = open_while(kind);
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, create.title).to_string())>
            <CreateForm first=kind.get_untracked().unwrap_or(DocumentKind::LessonPlan) close=move || open.set(false)/>
        </Dialog>
    }
}

#[component]
fn CreateForm(first: DocumentKind, close: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let way = use_way();
    let kind = RwSignal::new(first);
    let title = NodeRef::<html::Input>::new();
    let team = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<InvalidTitle>);
    let failure = RwSignal::new(None::<Failure>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = title.get_untracked().map(|input| input.value()).unwrap_or_default();
        let title = match Title::new(&text) {
            Ok(title) => title,
            Err(reason) => return wrong.set(Some(reason)),
        };
        if busy.get_untracked() {
            return;
        }
        wrong.set(None);
        busy.set(true);
        let team = team.with_untracked(|team| team.parse::<TeamId>().ok());
        let made = kind.get_untracked();
        let wish = CreateDocument {
            kind: made,
            title: title.as_str().to_owned(),
            team,
            shelf: None,
            empty: made == DocumentKind::Board,
        };
        let way = way.clone();
        leptos::task::spawn_local(async move {
            let answer = create(session, wish).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(id) => {
                    close();
                    way(&document_address(made, &id), Trace::Leave);
                }
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    let teams = untrack(|| session.me()).map(|me| me.teams).unwrap_or_default();
    view! {
        <form on:submit=submit>
            <div class="body">
                {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
                <fieldset class="field">
                    <legend>{t!(i18n, create.kind)}</legend>
                    <div class="kinds-choice">
                        {KINDS.map(|choice| view! {
                            <label class="kind-choice">
                                <input type="radio" name="kind" prop:checked=move || kind.get() == choice on:change=move |_| kind.set(choice)/>
                                {kind_icon(choice)}<span>{move || kind_name(choice)}</span>
                            </label>
                        })}
                    </div>
                    <p class="hint">{move || kind_hint(kind.get())}</p>
                </fieldset>
                <div class="field">
                    <label for="new-title">{t!(i18n, create.name)}</label>
                    <input node_ref=title class="input" id="new-title" autofocus autocomplete="off" aria-invalid=move || wrong.with(Option::is_some).then_some("true") aria-describedby="new-title-wrong"/>
                    {move || wrong.get().map(|reason| view! { <p class="error" id="new-title-wrong">{small_icon("warn")}{title_words(reason)}</p> })}
                </div>
                <div class="field">
                    <label for="new-team">{t!(i18n, create.team)}</label>
                    <span class="select">
                        <select id="new-team" on:change=move |event| team.set(event_target_value(&event))>
                            <option value="">{t!(i18n, create.only_me)}</option>
                            {teams.into_iter().map(|team| view! { <option value=team.id.to_string()>{team.name}</option> }).collect_view()}
                        </select>
                    </span>
                    <p class="hint">{t!(i18n, create.team_hint)}</p>
                </div>
            </div>
            <footer>
                <button class="button" type="button" on:click=move |_| close()>{t!(i18n, common.cancel)}</button>
                <button class="button" data-kind="primary" type="submit" aria-busy=move || busy.get().then_some("true")>{t!(i18n, create.submit)}</button>
            </footer>
        </form>
    }
}

fn kind_hint(kind: DocumentKind) -> String {
    let i18n = use_i18n();
    match kind {
        DocumentKind::LessonPlan => t_string!(i18n, create.hint_lesson_plan),
        DocumentKind::UnitPlan => t_string!(i18n, create.hint_unit_plan),
        DocumentKind::Resource => t_string!(i18n, create.hint_resource),
        DocumentKind::Agenda => t_string!(i18n, create.hint_agenda),
        DocumentKind::Page => t_string!(i18n, create.hint_page),
        DocumentKind::Board => t_string!(i18n, create.hint_board),
    }
    .to_string()
}

/// Why a title can't be taken, and what to do.
pub fn title_words(reason: InvalidTitle) -> String {
    let i18n = use_i18n();
    match reason {
        InvalidTitle::Empty => t_string!(i18n, create.title_empty).to_string(),
        InvalidTitle::TooLong(length) => {
            t_string!(i18n, create.title_long, length = length, most = Title::MAX_CHARS).to_string()
        }
    }
}
