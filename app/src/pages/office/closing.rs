use leptos::prelude::*;
use shared::api::{Close, Closed, Closing, PersonLine};
use shared::organisation::{Body, Shelf};

use crate::browser::fetch::{self, Failure, Verb};
use crate::components::banner::{Banner, Tone};
use crate::components::form::{Deed, DeedForm, SelectField};
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::Organisation;
use crate::state::session::Session;
use crate::state::toasts::Toasts;

/// Closes an account for good: first what that means, then who takes over what lies with it.
#[component]
pub fn CloseAccount(organisation: Organisation, line: PersonLine, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let closing = RwSignal::new(None::<Result<Closing, Failure>>);
    let address = StoredValue::new(format!("/api/people/{}/close", line.card.id));
    leptos::task::spawn_local(async move {
        let answer = fetch::get(&address.get_value()).await;
        let _ = closing.try_set(Some(answer.map_err(|failure| session.heed(failure))));
    });
    let line = StoredValue::new(line);
    view! {
        {move || match closing.get() {
            None => view! { <div class="body"><Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/></div> }.into_any(),
            Some(Err(failure)) => view! { <div class="body"><Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner></div> }.into_any(),
            Some(Ok(known)) => view! { <CloseForm organisation line=line.get_value() known address close/> }.into_any(),
        }}
    }
}

#[component]
fn CloseForm(
    organisation: Organisation,
    line: PersonLine,
    known: Closing,
    address: StoredValue<String>,
    close: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let toasts: Toasts = expect_context();
    let name = line.card.name.clone();
    let mut heirs = Vec::new();
    for (seat, place, _) in &line.seats {
        let is_known = heirs.iter().any(|(key, _)| *key == seat.body.to_string());
        if !is_known && matches!(seat.body, Body::School(_) | Body::Team(_)) {
            heirs.push((seat.body.to_string(), place.clone()));
        }
    }
    if let Some(me) = session.me().filter(|me| me.person.id != line.card.id) {
        let words = t_string!(i18n, people.close_to_me, name = me.person.name).to_string();
        heirs.push((Shelf::Person(me.person.id).to_string(), words));
    }
    let heir = RwSignal::new(heirs.first().map(|(key, _)| key.clone()).unwrap_or_default());
    let heirs = Signal::stored(heirs);
    let said = StoredValue::new(name.clone());
    let deed = Callback::new(move |()| -> Option<Deed> {
        let heir: Shelf = heir.get_untracked().parse().ok()?;
        Some(Box::pin(async move {
            let answer: Result<Closed, Failure> =
                fetch::send(Verb::POST, &address.get_value(), &Close { heir, password: None }).await;
            let Closed { documents } = answer.map_err(|failure| session.heed(failure))?;
            let words = t_string!(i18n, people.closed_done, name = said.get_value(), count = documents).to_string();
            toasts.say(words);
            organisation.has_changed();
            Ok(())
        }))
    });
    let Closing { documents, items, elsewhere, seats, .. } = known;
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.close_account).to_string()) words=failure_words deed close grave=true>
            <p>{t_string!(i18n, people.close_words, name = name.clone(), seats = seats).to_string()}</p>
            <p>{t_string!(i18n, people.close_documents, documents = documents, items = items, elsewhere = elsewhere).to_string()}</p>
            <SelectField id="close-heir" label=Signal::derive(move || t_string!(i18n, people.close_heir).to_string()) value=heir options=heirs/>
        </DeedForm>
    }
}
