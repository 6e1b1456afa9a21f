//! How an item was in use (用后的话), in words.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{Rate, RatingCard, Ratings};
use shared::library::{MAX_WORDS_CHARS, Verdict};

use crate::components::dialog::Dialog;
use crate::components::form::{Deed, DeedForm};
use crate::components::person::by;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::talk::OpenTalk;
use crate::state::toasts::Toasts;

#[component]
pub fn RatingsPart(talk: OpenTalk) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let open = RwSignal::new(false);
    let shown = move || talk.ratings.get();
    let choose = move |verdict: Verdict| {
        talk.verdict.update(|chosen| *chosen = if *chosen == Some(verdict) { None } else { Some(verdict) });
        talk.read_ratings();
    };
    let take_back = move |_| {
        spawn_local(async move {
            if let Err(failure) = talk.unrate().await {
                toasts.say_refused(failure);
            }
        });
    };
    let chip = move |verdict: Verdict, count: u32| {
        view! {
            <button class="chip" type="button" aria-pressed=move || (talk.verdict.get() == Some(verdict)).to_string() on:click=move |_| choose(verdict)>
                {verdict_words(verdict)}<span class="number">{count}</span>
            </button>
        }
    };
    let chips = move |ratings: &Ratings| {
        Verdict::ALL.iter().filter_map(|verdict| Some(chip(*verdict, *ratings.counts.get(verdict)?))).collect_view()
    };
    view! {
        {move || shown().map(|ratings| view! {
            <section class="ratings" aria-labelledby="ratings-title">
                <h3 id="ratings-title">{t!(i18n, rating.title)}</h3>
                {match ratings.counts.is_empty() {
                    true => view! { <p class="small second">{t!(i18n, rating.none)}</p> }.into_any(),
                    false => view! { <div class="cluster" role="group" aria-label=move || t_string!(i18n, rating.title)>{chips(&ratings)}</div> }.into_any(),
                }}
                {(!ratings.ratings.is_empty()).then(|| view! { <ul class="uses">{ratings.ratings.iter().map(line).collect_view()}</ul> })}
                {ratings.may_rate.then(|| view! {
                    <div class="cluster">
                        <button class="button" data-size="small" type="button" on:click=move |_| open.set(true)>{if ratings.mine.is_some() { t_string!(i18n, rating.change) } else { t_string!(i18n, rating.say) }}</button>
                        {ratings.mine.is_some().then(|| view! { <button class="button" data-size="small" data-kind="quiet" type="button" on:click=take_back>{t!(i18n, rating.take_back)}</button> })}
                    </div>
                })}
            </section>
        })}
        <Dialog open title=Signal::derive(move || t_string!(i18n, rating.title).to_string())>
            <RatingForm talk open/>
        </Dialog>
    }
}

pub fn verdict_words(verdict: Verdict) -> String {
    let i18n = use_i18n();
    match verdict {
        Verdict::Ready => t_string!(i18n, rating.ready),
        Verdict::Adapted => t_string!(i18n, rating.adapted),
        Verdict::Idea => t_string!(i18n, rating.idea),
        Verdict::Unfit => t_string!(i18n, rating.unfit),
    }
    .to_string()
}

fn line(rating: &RatingCard) -> AnyView {
    let i18n = use_i18n();
    let at = rating.at;
    view! {
        <li>
            <p class="small">{by(&rating.by)}" "<b>{verdict_words(rating.verdict)}</b>{rating.used.then(|| view! { " "<span class="badge" data-kind="line">{t!(i18n, rating.used)}</span> })}" "<span class="quiet nowrap">{move || spoken(at)}</span></p>
            <p class="said">{rating.words.clone()}</p>
        </li>
    }
    .into_any()
}

/// One of four, and a sentence if one likes.
#[component]
fn RatingForm(talk: OpenTalk, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let mine = talk.ratings.with_untracked(|ratings| ratings.as_ref().and_then(|ratings| ratings.mine.clone()));
    let verdict = RwSignal::new(mine.as_ref().map(|mine| mine.verdict));
    let words = RwSignal::new(mine.map(|mine| mine.words).unwrap_or_default());
    let tried = RwSignal::new(false);
    let deed = Callback::new(move |()| {
        tried.set(true);
        let verdict = verdict.get_untracked()?;
        let words = words.get_untracked().trim().to_owned();
        let deed: Deed = Box::pin(async move { talk.rate(Rate { verdict, words }).await });
        Some(deed)
    });
    let wrong = move || tried.get() && verdict.with(Option::is_none);
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, rating.submit).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false))>
            <fieldset class="field verdicts" aria-invalid=move || wrong().then_some("true")>
                <legend>{t!(i18n, rating.legend)}</legend>
                {Verdict::ALL.iter().map(|one| {
                    let one = *one;
                    view! { <label class="check"><input type="radio" name="verdict" prop:checked=move || verdict.get() == Some(one) on:change=move |_| verdict.set(Some(one))/>{verdict_words(one)}</label> }
                }).collect_view()}
                {move || wrong().then(|| view! { <p class="error" role="alert">{t!(i18n, rating.choose)}</p> })}
            </fieldset>
            <div class="field">
                <label for="rating-words">{t!(i18n, rating.words)}</label>
                <textarea class="input" id="rating-words" rows="2" maxlength=MAX_WORDS_CHARS.to_string() prop:value=words on:input=move |event| words.set(event_target_value(&event))></textarea>
                <p class="hint">{t!(i18n, rating.hint)}</p>
            </div>
        </DeedForm>
    }
}
