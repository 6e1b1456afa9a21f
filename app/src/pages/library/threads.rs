//! One thread of what is said of an item, and what may be done with its words.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CorrectionCard, RemarkCard, Thread};
use shared::library::{CorrectionState, RemarkKind};
use shared::words::RemarkId;

use super::talk::{About, WritingForm, begin_writing, kind_words};
use crate::browser::fetch::Failure;
use crate::components::dialog::{Dialog, open_while};
use crate::components::form::{Deed, DeedForm, TextField};
use crate::components::icon::icon;
use crate::components::menu::Menu;
use crate::components::person::who;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::talk::Writing;
use crate::state::toasts::Toasts;
use crate::state::way::Way;

/// What is asked about before it is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    TakeBack(RemarkId),
    Hide(RemarkId),
    Decide(RemarkId, CorrectionState),
}

#[component]
pub fn ThreadCard(about: About, thread: Thread, binned: bool) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let talk = about.talk;
    let Thread { root, kind, decides, answered, correction, replies, next } = thread;
    let id = StoredValue::new(root.id.clone());
    let tone = root.by.as_ref().map(|person| person.tone.number().to_string());
    let stands = !root.taken_back && root.hidden.is_none();
    let asks = root.mine && kind == RemarkKind::Question && !answered && stands && !binned;
    let close = move |_| done(toasts, async move { talk.close(id.get_value()).await });
    let badge = move || match (kind, answered) {
        (RemarkKind::Question, true) => Some((t_string!(i18n, talk.answered).to_string(), "line")),
        (RemarkKind::Question, false) => Some((t_string!(i18n, talk.open).to_string(), "accent")),
        (RemarkKind::Thanks, _) => Some((kind_words(kind), "line")),
        (RemarkKind::Remark | RemarkKind::Correction, _) => None,
    };
    let badge = stands.then_some(badge);
    let offered = root.mine && !binned;
    let more = next.map(|after| {
        let press = move |_| done(toasts, async move { talk.more_replies(id.get_value(), after).await });
        view! { <button class="button" data-size="small" data-kind="quiet" type="button" on:click=press>{t!(i18n, talk.more_replies)}</button> }
    });
    let is_replied = move || talk.writing.with(|writing| *writing == Some(Writing::Reply(id.get_value())));
    view! {
        <article class="thread" data-tone=tone id=format!("remark-{}", id.get_value()) tabindex="-1">
            {correction.map(|correction| view! { <CorrectionPart about id=id.get_value() correction decides=decides && !binned mine=offered/> })}
            <RemarkPart about root=id.get_value() card=root badge=badge.and_then(|badge| badge()) binned/>
            {(!replies.is_empty()).then(|| view! { <div class="replies">{replies.into_iter().map(|card| view! { <RemarkPart about root=id.get_value() card badge=None binned/> }).collect_view()}</div> })}
            {more}
            {(stands && !binned).then(|| view! {
                <div class="cluster">
                    {move || (!is_replied()).then(|| view! { <button class="button" data-size="small" data-kind="quiet" type="button" on:click=move |_| begin_writing(about, Writing::Reply(id.get_value()), "")>{move || if decides && asks_author(kind, answered) { t_string!(i18n, talk.answer).to_string() } else { t_string!(i18n, talk.reply).to_string() }}</button> })}
                    {asks.then(|| view! { <button class="button" data-size="small" data-kind="quiet" type="button" on:click=close>{t!(i18n, talk.close)}</button> })}
                </div>
                {move || is_replied().then(|| view! { <WritingForm about writing=Writing::Reply(id.get_value())/> })}
            })}
        </article>
    }
}

fn asks_author(kind: RemarkKind, answered: bool) -> bool {
    kind == RemarkKind::Question && !answered
}

/// Does it, and says why it was refused.
fn done(toasts: Toasts, deed: impl Future<Output = Result<(), Failure>> + 'static) {
    spawn_local(async move {
        if let Err(failure) = deed.await {
            toasts.say_refused(failure);
        }
    });
}

#[component]
fn RemarkPart(
    about: About,
    root: RemarkId,
    card: RemarkCard,
    badge: Option<(String, &'static str)>,
    binned: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let RemarkCard { id, by, at, changed, text, taken_back, hidden, mine, by_author } = card;
    let change = Writing::Change(root, id.clone());
    let is_changed = {
        let change = change.clone();
        Memo::new(move |_| about.talk.writing.with(|writing| writing.as_ref() == Some(&change)))
    };
    let shown = by.is_some();
    let hidden_words = match (&hidden, shown) {
        (Some(why), true) => Some(t_string!(i18n, talk.hidden_why, why = why.clone()).to_string()),
        (Some(_), false) => Some(t_string!(i18n, talk.hidden).to_string()),
        (None, false) if taken_back => Some(t_string!(i18n, talk.taken_back).to_string()),
        (None, _) => None,
    };
    let may_do = shown && !binned && (mine || about.manages);
    let is_hidden = hidden.is_some();
    let (words, form) = (StoredValue::new(text.clone()), StoredValue::new(change));
    let id = StoredValue::new(id);
    view! {
        <div class="remark">
            <header>
                {by.as_ref().map(who)}
                {by_author.then(|| view! { <span class="badge">{t!(i18n, talk.author)}</span> })}
                {badge.map(|(words, kind)| view! { <span class="badge" data-kind=kind>{words}</span> })}
                <span class="tiny quiet nowrap">{move || spoken(at)}{changed.map(|_| view! { " · "{t!(i18n, talk.changed)} })}</span>
                {may_do.then(|| view! { <RemarkMenu about id form words mine is_hidden/> })}
            </header>
            {hidden_words.map(|words| view! { <p class="small second">{words}</p> })}
            {move || match is_changed.get() {
                true => view! { <WritingForm about writing=form.get_value()/> }.into_any(),
                false => words.with_value(|words| (!words.is_empty()).then(|| view! { <p class="said">{words.clone()}</p> })).into_any(),
            }}
        </div>
    }
}

/// Changing and taking back one's own words; hiding those of others.
#[component]
fn RemarkMenu(
    about: About,
    id: StoredValue<RemarkId>,
    form: StoredValue<Writing>,
    words: StoredValue<String>,
    mine: bool,
    is_hidden: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let talk = about.talk;
    let change = move |_| begin_writing(about, form.get_value(), &words.get_value());
    let show = move |_| done(toasts, async move { talk.hide(id.get_value(), None).await });
    view! {
        <Menu label=Signal::derive(move || t_string!(i18n, talk.deeds).to_string()) size="small" face=ViewFn::from(|| icon("more"))>
            {(mine && !is_hidden).then(|| view! { <button role="menuitem" tabindex="-1" type="button" on:click=change>{t!(i18n, talk.change)}</button> })}
            {mine.then(|| view! { <button role="menuitem" tabindex="-1" type="button" on:click=move |_| about.asked.set(Some(Asked::TakeBack(id.get_value())))>{t!(i18n, talk.take_back)}</button> })}
            {(about.manages && !is_hidden && !mine).then(|| view! { <button role="menuitem" tabindex="-1" type="button" on:click=move |_| about.asked.set(Some(Asked::Hide(id.get_value())))>{t!(i18n, talk.hide)}</button> })}
            {(about.manages && is_hidden).then(|| view! { <button role="menuitem" tabindex="-1" type="button" on:click=show>{t!(i18n, talk.show)}</button> })}
        </Menu>
    }
}

/// What should stand in the place of a passage, and what became of it.
#[component]
fn CorrectionPart(about: About, id: RemarkId, correction: CorrectionCard, decides: bool, mine: bool) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let way: Way = expect_context();
    let talk = about.talk;
    let CorrectionCard { version, quote, instead, state, decided: _, decided_by, words } = correction;
    let by = decided_by.map(|person| person.name).unwrap_or_default();
    let badge = move || {
        let name = by.clone();
        match state {
            CorrectionState::Offered => t_string!(i18n, talk.offered).to_string(),
            CorrectionState::Taken => t_string!(i18n, talk.taken_by, name = name).to_string(),
            CorrectionState::Declined => t_string!(i18n, talk.declined_by, name = name).to_string(),
            CorrectionState::Withdrawn => t_string!(i18n, talk.withdrawn).to_string(),
        }
    };
    let open = matches!(state, CorrectionState::Offered);
    let may_take = decides && matches!(state, CorrectionState::Offered | CorrectionState::Declined);
    let id = StoredValue::new(id);
    let ask = move |state| about.asked.set(Some(Asked::Decide(id.get_value(), state)));
    let withdraw = move |_| {
        done(toasts, async move { talk.decide(id.get_value(), CorrectionState::Withdrawn, String::new()).await })
    };
    let take = move || {
        match about.document.get_value() {
        Some(document) => {
            let href = format!("{document}&correction={}", id.get_value());
            let rel = way.rel(&href);
            view! { <a class="button" data-size="small" href=href rel=rel>{t!(i18n, talk.take_in_document)}</a> }.into_any()
        }
        None => view! { <button class="button" data-size="small" type="button" on:click=move |_| ask(CorrectionState::Taken)>{t!(i18n, talk.take)}</button> }.into_any(),
    }
    };
    view! {
        <div class="correction">
            <p class="cluster"><span class="badge" data-kind=if open { "accent" } else { "line" }>{kind_words(RemarkKind::Correction)}" · "{badge}</span><span class="tiny quiet">{move || t_string!(i18n, talk.of_version, number = version).to_string()}</span></p>
            <p class="change"><del>{quote}</del>{(!instead.is_empty()).then(|| view! { " "<ins>{instead}</ins> })}</p>
            {(!words.is_empty()).then(|| view! { <p class="small second">{words}</p> })}
            {(may_take || (mine && open)).then(|| view! {
                <div class="cluster">
                    {may_take.then(take)}
                    {(decides && open).then(|| view! { <button class="button" data-size="small" data-kind="quiet" type="button" on:click=move |_| ask(CorrectionState::Declined)>{t!(i18n, talk.decline)}</button> })}
                    {(mine && open).then(|| view! { <button class="button" data-size="small" data-kind="quiet" type="button" on:click=withdraw>{t!(i18n, talk.withdraw)}</button> })}
                </div>
            })}
        </div>
    }
}

/// One dialog for all threads: only one thing is asked at a time.
#[component]
pub fn TalkDialogs(about: About) -> impl IntoView {
    let i18n = use_i18n();
    let open = open_while(about.asked);
    let title = move || match about.asked.get() {
        None | Some(Asked::TakeBack(_)) => t_string!(i18n, talk.take_back_title).to_string(),
        Some(Asked::Hide(_)) => t_string!(i18n, talk.hide_title).to_string(),
        Some(Asked::Decide(_, CorrectionState::Taken)) => t_string!(i18n, talk.take_title).to_string(),
        Some(Asked::Decide(..)) => t_string!(i18n, talk.decline_title).to_string(),
    };
    view! { <Dialog open title=Signal::derive(title)>{move || about.asked.get_untracked().map(|asked| view! { <AskedForm about asked open/> })}</Dialog> }
}

#[component]
fn AskedForm(about: About, asked: Asked, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let talk = about.talk;
    let words = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let grave = matches!(asked, Asked::TakeBack(_));
    let needs_words = matches!(asked, Asked::Hide(_));
    let (said, submit, label) = match &asked {
        Asked::TakeBack(_) => (t_string!(i18n, talk.take_back_words), t_string!(i18n, talk.take_back), None),
        Asked::Hide(_) => {
            (t_string!(i18n, talk.hide_words), t_string!(i18n, talk.hide), Some(t_string!(i18n, talk.hide_label)))
        }
        Asked::Decide(_, CorrectionState::Taken) => {
            (t_string!(i18n, talk.take_words), t_string!(i18n, talk.take), Some(t_string!(i18n, talk.decide_label)))
        }
        Asked::Decide(..) => (
            t_string!(i18n, talk.decline_words),
            t_string!(i18n, talk.decline),
            Some(t_string!(i18n, talk.decide_label)),
        ),
    };
    let (said, submit, label) = (said.to_string(), submit.to_string(), label.map(|label| label.to_string()));
    let deed = Callback::new(move |()| {
        tried.set(true);
        let said = words.get_untracked().trim().to_owned();
        if needs_words && said.is_empty() {
            return None;
        }
        let asked = asked.clone();
        let deed: Deed = Box::pin(async move {
            match asked {
                Asked::TakeBack(id) => talk.take_back(id).await,
                Asked::Hide(id) => talk.hide(id, Some(said)).await,
                Asked::Decide(id, state) => talk.decide(id, state, said).await,
            }
        });
        Some(deed)
    });
    let wrong = Signal::derive(move || {
        (needs_words && tried.get() && words.with(|words| words.trim().is_empty()))
            .then(|| t_string!(i18n, talk.no_reason).to_string())
    });
    view! {
        <DeedForm submit=Signal::derive(move || submit.clone()) words=failure_words deed close=Callback::new(move |()| open.set(false)) grave>
            <p>{said}</p>
            {label.map(|label| view! { <TextField id="talk-reason" label=Signal::derive(move || label.clone()) value=words wrong=wrong/> })}
        </DeedForm>
    }
}
