//! A correction that a colleague offered to what was published from this document: old and new words, and one press that
//! puts the new ones into the text.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use serde::Deserialize;
use serde_json::json;
use shared::words::{ItemId, RemarkId};

use crate::browser::fetch::{self, Failure, Verb};
use crate::components::banner::{Banner, Tone};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::item::read_into;
use crate::state::open_document::{OpenDocument, Stage};
use crate::state::session::Session;

/// A part of the thread, so that the program in which one writes stays small.
#[derive(Debug, Clone, Deserialize)]
struct Offered {
    by: Option<Named>,
    #[serde(default)]
    text: String,
    correction: Wanted,
}

#[derive(Debug, Clone, Deserialize)]
struct Named {
    name: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Wanted {
    quote: String,
    instead: String,
    state: String,
}

/// What was done with it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Offered,
    /// The passage does not stand in the text (any more).
    NotThere,
    /// The new words stand in the text, and it is not yet marked as taken.
    Put,
    Taken,
    Closed,
}

#[component]
pub fn CorrectionBar(document: OpenDocument) -> impl IntoView {
    let address = use_query_map().with_untracked(|query| {
        let item: ItemId = query.get("of")?.parse().ok()?;
        let remark: RemarkId = query.get("correction")?.parse().ok()?;
        Some(format!("/api/items/{item}/remarks/{remark}"))
    });
    address.map(|address| view! { <Bar document address/> })
}

#[component]
fn Bar(document: OpenDocument, address: String) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let read = RwSignal::new(None::<Result<Offered, Failure>>);
    read_into(address.clone(), read);
    let decide = StoredValue::new(format!("{address}/correction"));
    let (step, busy) = (RwSignal::new(Step::Offered), RwSignal::new(false));
    let failure = RwSignal::new(None::<Failure>);
    let mark = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = fetch::tell(Verb::PUT, &decide.get_value(), &json!({ "state": "taken" })).await;
            let _ = busy.try_set(false);
            let _ = match answer {
                Ok(()) => step.try_set(Step::Taken).map(drop),
                Err(reason) => failure.try_set(Some(session.heed(reason))).map(drop),
            };
        });
    };
    let put = move |wanted: Wanted| {
        let args = json!({ "quote": wanted.quote, "instead": wanted.instead });
        match document.does("replacePassage", &args) {
            true => {
                step.set(Step::Put);
                mark();
            }
            false => step.set(Step::NotThere),
        }
    };
    let ready = move || document.stage.get() == Stage::Ready && document.may_edit();
    let bar = move |offered: Offered| {
        let Offered { by, text, correction } = offered;
        let name = by.map(|by| by.name).unwrap_or_default();
        let open = matches!(correction.state.as_str(), "offered" | "declined");
        let (quote, instead) = (correction.quote.clone(), correction.instead.clone());
        let wanted = StoredValue::new(correction);
        let show = move |_| {
            if !document.does("showPassage", &json!({ "quote": wanted.with_value(|wanted| wanted.quote.clone()) })) {
                step.set(Step::NotThere);
            }
        };
        let deeds = move || {
            let ready = ready();
            let button = |primary: bool, words: String, press: Callback<()>| {
                view! { <button class="button" data-size="small" data-kind=primary.then_some("primary") type="button" disabled=!ready aria-busy=move || busy.get().then_some("true") on:click=move |_| press.run(())>{words}</button> }
            };
            let take = Callback::new(move |()| put(wanted.get_value()));
            let only_mark = Callback::new(move |()| mark());
            match step.get() {
                Step::Offered if open => view! {
                    {button(true, t_string!(i18n, correction.take).to_string(), take)}
                    <button class="button" data-size="small" type="button" disabled=!ready on:click=show>{t!(i18n, correction.show)}</button>
                }.into_any(),
                Step::NotThere | Step::Put => button(true, t_string!(i18n, correction.mark).to_string(), only_mark).into_any(),
                Step::Offered | Step::Taken | Step::Closed => ().into_any(),
            }
        };
        let said = move || match step.get() {
            Step::Offered if !open => Some(t_string!(i18n, correction.decided).to_string()),
            Step::NotThere => Some(t_string!(i18n, correction.not_there).to_string()),
            Step::Put => Some(t_string!(i18n, correction.put).to_string()),
            Step::Taken => Some(t_string!(i18n, correction.taken).to_string()),
            Step::Offered | Step::Closed => None,
        };
        view! {
            <div class="doc-correction" role="region" aria-label=move || t_string!(i18n, correction.name)>
                <div class="grow">
                    <p class="small">{t_string!(i18n, correction.by, name = name).to_string()}</p>
                    <p class="change"><del>{quote}</del>{(!instead.is_empty()).then(|| view! { " "<ins>{instead}</ins> })}</p>
                    {(!text.is_empty()).then(|| view! { <p class="small second">{text}</p> })}
                    <p class="small" role="status">{said}</p>
                    {move || failure.get().map(|failure| view! { <p class="small error" role="alert">{failure_words(&failure)}</p> })}
                </div>
                <div class="cluster">
                    {deeds}
                    <button class="button" data-size="small" data-kind="quiet" type="button" on:click=move |_| step.set(Step::Closed)>{t!(i18n, correction.close)}</button>
                </div>
            </div>
        }
    };
    let closed = Memo::new(move |_| step.get() == Step::Closed);
    move || match read.get() {
        None => None,
        Some(_) if closed.get() => None,
        Some(Ok(offered)) => Some(bar(offered).into_any()),
        Some(Err(failure)) => {
            Some(view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> }.into_any())
        }
    }
}
