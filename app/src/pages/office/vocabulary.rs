use leptos::prelude::*;
use shared::organisation::Region;

use super::vocabulary_list::WordList;
use super::vocabulary_words::difference_words;
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::components::form::{SelectField, TextField};
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::{Organisation, Said};
use crate::state::session::Session;
use crate::state::vocabulary::VocabularyForm;
use crate::state::way::{Trace, use_way};
use crate::wording::vocabulary::{EN, List, ZH};

/// What of the page is at risk.
const FORM: &str = "vocabulary";

/// A region's words, for the operator to change.
#[component]
pub fn VocabularyPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let organisation = Organisation::new(session, expect_context());
    Effect::new(move || dom::set_title(t_string!(i18n, words.tab)));
    let mine = Memo::new(move |_| organisation.view.with(|view| view.as_ref().map(|view| view.operator)));
    view! {
        <main class="main vocabulary" id="main" tabindex="-1">
            <div class="lead">
                <div><h1>{t!(i18n, words.title)}</h1>{move || (mine.get() == Some(true)).then(|| view! { <p>{t!(i18n, words.about)}</p> })}</div>
                <div class="actions"><a class="button" href="/people">{t!(i18n, people.back)}</a></div>
            </div>
            {move || organisation.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            {move || match mine.get() {
                None if organisation.failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                Some(false) => view! { <p class="card quiet" role="status">{t!(i18n, words.not_yours)}</p> }.into_any(),
                Some(true) => view! { <Editing session organisation/> }.into_any(),
            }}
        </main>
    }
}

#[component]
fn Editing(session: Session, organisation: Organisation) -> impl IntoView {
    let i18n = use_i18n();
    let form = VocabularyForm::new(organisation);
    let dirty = Memo::new(move |_| form.is_dirty());
    // Who signs out meanwhile is asked, too.
    Effect::new(move || session.note_risk(FORM, dirty.get()));
    on_cleanup(move || session.note_risk(FORM, false));
    view! {
        {move || if form.stored.with(Option::is_some) {
            view! {
                <Regions organisation form dirty/>
                {List::ALL.map(|list| view! { <WordList form list/> })}
                <Sizes form/>
            }.into_any()
        } else {
            view! { <p class="card quiet">{t!(i18n, words.no_region)}</p> }.into_any()
        }}
        {move || dirty.get().then(|| view! { <StoreBar form/> }.into_any())}
        <StayDialog dirty/>
    }
}

/// Of several regions, which one; not while something is written in one of them.
#[component]
fn Regions(organisation: Organisation, form: VocabularyForm, dirty: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let regions = Signal::derive(move || {
        let named = |region: &Region| (region.id.to_string(), region.name.clone());
        organisation.look(|view| view.regions.iter().map(named).collect::<Vec<_>>())
    });
    let label = Signal::derive(move || t_string!(i18n, words.region).to_string());
    move || {
        (regions.with(Vec::len) > 1 && !dirty.get())
            .then(|| view! { <SelectField id="region" label value=form.chosen options=regions/> }.into_any())
    }
}

#[component]
fn Sizes(form: VocabularyForm) -> impl IntoView {
    let i18n = use_i18n();
    let none = Signal::derive(move || Some(t_string!(i18n, words.no_most).to_string()));
    let schools = Signal::derive(move || t_string!(i18n, words.most_schools).to_string());
    let pupils = Signal::derive(move || t_string!(i18n, words.most_pupils).to_string());
    move || {
        view! {
            <section aria-labelledby="h-sizes">
                <h2 id="h-sizes">{t_string!(i18n, words.sizes)}</h2>
                <p class="section-words">{t_string!(i18n, words.sizes_about)}</p>
                <div class="card word-sizes">
                    <TextField id="most-schools" kind="number" label=schools value=form.most_schools hint=none/>
                    <TextField id="most-pupils" kind="number" label=pupils value=form.most_pupils hint=none/>
                </div>
            </section>
        }
        .into_any()
    }
}

/// What is not stored yet, and what to do with it.
#[component]
fn StoreBar(form: VocabularyForm) -> impl IntoView {
    let i18n = use_i18n();
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None);
    let changes = move || {
        let english = matches!(i18n.get_locale(), Locale::en);
        let region = form.stored.get()?;
        let differences = form.differences(&region.vocabulary, if english { EN } else { ZH });
        let mut parts: Vec<_> = differences.iter().map(|difference| difference_words(i18n, difference)).collect();
        if form.changes_sizes(&region.vocabulary) {
            parts.push(t_string!(i18n, words.sizes_changed).to_string());
        }
        let changes = parts.join(if english { "; " } else { "；" });
        Some(t_string!(i18n, words.not_stored, changes = changes).to_string())
    };
    let store = move |_| {
        if busy.get_untracked() {
            return;
        }
        form.tried.set(true);
        if let Some(line) = untrack(|| form.first_wrong()) {
            return dom::focus_id(&format!("word-{}-{ZH}", line.key));
        }
        let region = form.stored.with_untracked(|region| region.as_ref().map(|region| region.name.clone()));
        let name = region.unwrap_or_default();
        let said = Said {
            done: t_string!(i18n, words.done, name = name.clone()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = name).to_string(),
        };
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = form.store(said).await;
            let _ = busy.try_set(false);
            match answer {
                // The button goes: the keyboard goes on from the top.
                Ok(()) => {
                    let _ = form.tried.try_set(false);
                    dom::focus_id("main");
                }
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    view! {
        <section class="store-bar" aria-label=move || t_string!(i18n, people.store)>
            {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <p class="grow" role="status">{changes}</p>
            <button class="button" type="button" on:click=move |_| { form.reset(); dom::focus_id("main"); }>{t!(i18n, words.discard)}</button>
            <button class="button" data-kind="primary" type="button" aria-busy=move || busy.get().then_some("true") on:click=store>{t!(i18n, people.store)}</button>
        </section>
    }
}

/// Holds whoever goes elsewhere before storing.
#[component]
fn StayDialog(dirty: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let going = RwSignal::new(None::<String>);
    let open = open_while(going);
    let way = StoredValue::new_local(use_way());
    // Who has said that they go is not asked again.
    let leaves = RwSignal::new(false);
    let holds = move || dirty.get_untracked() && !leaves.get_untracked();
    page::warn_before_leaving(holds);
    page::hold_inside("/people/words".to_owned(), holds, move |to| going.set(Some(to)));
    let go = move |_| {
        if let Some(to) = going.get_untracked() {
            leaves.set(true);
            open.set(false);
            way.with_value(|way| way(&to, Trace::Leave));
        }
    };
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, away.title).to_string())>
            <div class="body"><p>{t!(i18n, words.away)}</p></div>
            <footer>
                <button class="button" data-kind="danger" type="button" on:click=go>{t!(i18n, away.leave)}</button>
                <button class="button" data-kind="primary" type="button" autofocus on:click=move |_| open.set(false)>{t!(i18n, away.stay)}</button>
            </footer>
        </Dialog>
    }
}
