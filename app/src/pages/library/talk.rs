//! What is said of an item (老师们说), and the form in which one says it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::access::Right;
use shared::api::{ItemView, PersonCard};
use shared::library::{MAX_PASSAGE_CHARS, MAX_REMARK_CHARS, RemarkKind};

use super::threads::{TalkDialogs, ThreadCard};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::pager::Pager;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::talk::{Draft, OpenTalk, Writing};
use crate::state::toasts::Toasts;

/// What the threads have to know of the item.
#[derive(Clone, Copy)]
pub struct About {
    pub talk: OpenTalk,
    pub manages: bool,
    /// The newest.
    pub version: u32,
    /// It has words that can be corrected.
    pub has_words: bool,
    /// The document that a correction can be taken into, by whoever looks.
    pub document: StoredValue<Option<String>>,
    pub asked: RwSignal<Option<super::threads::Asked>>,
}

#[component]
pub fn TalkPart(talk: OpenTalk, view: ItemView) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let document = view
        .document
        .as_ref()
        .filter(|document| document.right.may_edit())
        .map(|document| format!("/documents/{}?of={}", document.id, view.card.id));
    let about = About {
        talk,
        manages: view.right == Right::Manage,
        version: view.card.version,
        has_words: !view.card.kind.is_lent(),
        document: StoredValue::new(document),
        asked: RwSignal::new(None),
    };
    let binned = view.binned.is_some();
    let older = RwSignal::new(false);
    let more = Callback::new(move |()| {
        older.set(true);
        spawn_local(async move {
            let answer = talk.more().await;
            let _ = older.try_set(false);
            if let Err(failure) = answer {
                toasts.say_refused(failure);
            }
        });
    });
    let total = move || talk.talk.with(|talk| talk.as_ref().map_or(0, |talk| talk.total));
    view! {
        <section class="talk" aria-labelledby="talk-title">
            <h3 id="talk-title">{t!(i18n, talk.title)}{move || (total() > 0).then(|| view! { <span class="quiet">" "{total()}</span> })}</h3>
            {(!binned).then(|| view! { <Begin about/> })}
            {move || talk.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| talk.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
            })}
            {move || talk.talk.with(|known| known.as_ref().is_some_and(|known| known.threads.is_empty())).then(|| view! { <p class="small second">{t!(i18n, talk.empty)}</p> })}
            {move || talk.talk.with(|known| known.as_ref().map(|known| known.threads.clone())).unwrap_or_default().into_iter().map(|thread| view! { <ThreadCard about thread binned/> }).collect_view()}
            <Pager label=Signal::derive(move || t_string!(i18n, talk.older).to_string()) more=Signal::derive(move || talk.talk.with(|talk| talk.as_ref().is_some_and(|talk| talk.next.is_some()))) busy=older go_on=more/>
            <TalkDialogs about/>
        </section>
    }
}

/// Thanks in one press, and what else one may begin.
#[component]
fn Begin(about: About) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let talk = about.talk;
    let thanked = move || talk.talk.with(|known| known.as_ref().is_some_and(|known| known.my_thanks.is_some()));
    let thanks = move || talk.talk.with(|known| known.as_ref().map_or(0, |known| known.thanks));
    let thank = move |_| {
        spawn_local(async move {
            if let Err(failure) = talk.thank().await {
                toasts.say_refused(failure);
            }
        });
    };
    let by = move || talk.talk.with(|known| known.as_ref().map(|known| names(&known.thanked_by)).unwrap_or_default());
    let begin = move |kind: RemarkKind| {
        let is_on = move || talk.writing.with(|writing| *writing == Some(Writing::Root(kind)));
        let press = move |_| match is_on() {
            true => talk.put_aside(),
            false => begin_writing(about, Writing::Root(kind), ""),
        };
        view! { <button class="chip" type="button" aria-pressed=move || is_on().to_string() on:click=press>{move || kind_words(kind)}</button> }
    };
    let new = move || {
        let writing = talk.writing.get();
        matches!(writing, Some(Writing::Root(_))).then(|| writing.map(|writing| view! { <WritingForm about writing/> }))
    };
    view! {
        <div class="cluster" role="group" aria-label=move || t_string!(i18n, talk.begin)>
            <button class="chip" type="button" aria-pressed=move || thanked().to_string() on:click=thank>{icon("check")}{move || kind_words(RemarkKind::Thanks)}<span class="number">{move || Some(thanks()).filter(|count| *count > 0)}</span></button>
            {begin(RemarkKind::Remark)}
            {begin(RemarkKind::Question)}
            {about.has_words.then(|| begin(RemarkKind::Correction))}
        </div>
        {move || (thanks() > 0).then(|| view! { <p class="small second">{move || t_string!(i18n, talk.thanked_by, names = by(), count = thanks()).to_string()}</p> })}
        {new}
    }
}

pub fn names(people: &[PersonCard]) -> String {
    people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join("、")
}

pub fn kind_words(kind: RemarkKind) -> String {
    let i18n = use_i18n();
    match kind {
        RemarkKind::Remark => t_string!(i18n, talk.remark),
        RemarkKind::Thanks => t_string!(i18n, talk.thanks),
        RemarkKind::Question => t_string!(i18n, talk.question),
        RemarkKind::Correction => t_string!(i18n, talk.correction),
    }
    .to_string()
}

/// Opens the form and puts the caret into it.
pub fn begin_writing(about: About, writing: Writing, words: &str) {
    let first = if writing == Writing::Root(RemarkKind::Correction) { "talk-quote" } else { "talk-text" };
    about.talk.write(writing, about.version, words);
    page::later(0, move || dom::focus_id(first));
}

/// The words one is writing. They stay when the line is cut, and until they are sent.
#[component]
pub fn WritingForm(about: About, writing: Writing) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let talk = about.talk;
    let tried = RwSignal::new(false);
    let corrects = writing == Writing::Root(RemarkKind::Correction);
    let writing = StoredValue::new(writing);
    let draft = move |read: fn(&Draft) -> &String| {
        talk.drafts.with(|drafts| {
            writing.with_value(|writing| drafts.get(writing).map(|draft| read(draft).clone())).unwrap_or_default()
        })
    };
    let set = move |put: fn(&mut Draft, String), words: String| {
        talk.drafts.update(|drafts| {
            if let Some(draft) = writing.with_value(|writing| drafts.get_mut(writing)) {
                put(draft, words);
            }
        });
    };
    let (text, quote, instead) = (
        move || draft(|draft| &draft.text),
        move || draft(|draft| &draft.quote),
        move || draft(|draft| &draft.instead),
    );
    let lacks = move || if corrects { quote().trim().is_empty() } else { text().trim().is_empty() };
    let wrong = move || (tried.get() && lacks()).then_some("true");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if lacks() {
            dom::focus_id(if corrects { "talk-quote" } else { "talk-text" });
            return;
        }
        spawn_local(async move {
            if talk.send(writing.get_value()).await {
                toasts.say(t_string!(i18n, talk.sent).to_string());
            }
        });
    };
    let label = move || match writing.get_value() {
        Writing::Root(RemarkKind::Question) => t_string!(i18n, talk.question_label).to_string(),
        Writing::Root(RemarkKind::Correction) => t_string!(i18n, talk.why_label).to_string(),
        Writing::Root(RemarkKind::Remark | RemarkKind::Thanks) => t_string!(i18n, talk.remark_label).to_string(),
        Writing::Reply(_) => t_string!(i18n, talk.reply_label).to_string(),
        Writing::Change(..) => t_string!(i18n, talk.change_label).to_string(),
    };
    let passages = corrects.then(|| view! {
        <div class="field">
            <label for="talk-quote">{move || t_string!(i18n, talk.quote_label, number = about.version).to_string()}</label>
            <textarea class="input" id="talk-quote" rows="2" maxlength=MAX_PASSAGE_CHARS.to_string() aria-invalid=wrong aria-describedby="talk-quote-hint" prop:value=quote on:input=move |event| set(|draft, words| draft.quote = words, event_target_value(&event))></textarea>
            <p class="hint" id="talk-quote-hint">{t!(i18n, talk.quote_hint)}</p>
        </div>
        <div class="field">
            <label for="talk-instead">{t!(i18n, talk.instead_label)}</label>
            <textarea class="input" id="talk-instead" rows="2" maxlength=MAX_PASSAGE_CHARS.to_string() aria-describedby="talk-instead-hint" prop:value=instead on:input=move |event| set(|draft, words| draft.instead = words, event_target_value(&event))></textarea>
            <p class="hint" id="talk-instead-hint">{t!(i18n, talk.instead_hint)}</p>
        </div>
    });
    view! {
        <form class="talk-form" novalidate on:submit=send>
            {move || talk.unsent.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            {passages}
            <div class="field">
                <label for="talk-text">{label}</label>
                <textarea class="input" id="talk-text" rows="3" maxlength=MAX_REMARK_CHARS.to_string() aria-invalid=move || if corrects { None } else { wrong() } prop:value=text on:input=move |event| set(|draft, words| draft.text = words, event_target_value(&event))></textarea>
                {move || wrong().map(|_| view! { <p class="error" role="alert">{if corrects { t_string!(i18n, talk.no_quote) } else { t_string!(i18n, talk.no_words) }}</p> })}
            </div>
            <div class="cluster">
                <button class="button" data-kind="primary" data-size="small" type="submit" aria-busy=move || talk.busy.get().then_some("true")>{t!(i18n, talk.send)}</button>
                <button class="button" data-size="small" type="button" on:click=move |_| talk.put_aside()>{t!(i18n, talk.put_aside)}</button>
            </div>
        </form>
    }
}
