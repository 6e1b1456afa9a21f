use leptos::prelude::*;
use shared::sync::PresentPerson;

use crate::components::icon::small_icon;
use crate::components::menu::Menu;
use crate::i18n::*;
use crate::pages::shown::Shown;
use crate::state::open_document::{Colleague, OpenDocument};
use crate::wording::person::glyph;

/// The others who are here: their faces, and under them a list with names, schools and where they are.
#[component]
pub fn People<M: Shown>(document: OpenDocument<M>) -> impl IntoView {
    let i18n = use_i18n();
    let some = Memo::new(move |_| document.people.with(|people| !people.is_empty()));
    let label = Signal::derive(move || {
        let names: Vec<String> =
            document.people.with(|people| people.iter().map(|colleague| colleague.person.name.clone()).collect());
        let between = match i18n.get_locale() {
            Locale::zh_CN => "、",
            Locale::en => ", ",
        };
        t_string!(i18n, document.people_are, names = names.join(between)).to_string()
    });
    let faces = move || {
        // The button stays, its faces come and go.
        move || {
            let people = document.people.get();
            let count = people.len();
            view! {
                <span class="avatars wide-only">
                    {people.iter().take(4).map(|colleague| face(&colleague.person)).collect_view()}
                    <span class="more full-only">{move || t_string!(i18n, document.you_and, count = count).to_string()}</span>
                </span>
                <span class="avatars phone-only">
                    {people.first().map(|colleague| face(&colleague.person))}
                    {(count > 1).then(|| view! { <span class="more">"+"{count - 1}</span> })}
                </span>
                <span class="wide-only">{small_icon("down")}</span>
            }
        }
    };
    view! {
        <Show when=move || some.get()>
            <Menu label class="people-here" face=ViewFn::from(faces)>
                <p class="heading">{t!(i18n, document.people)}</p>
                {move || document.people.get().into_iter().map(|colleague| view! { <Entry document colleague/> }).collect_view()}
            </Menu>
        </Show>
    }
}

#[component]
fn Entry<M: Shown>(document: OpenDocument<M>, colleague: Colleague) -> impl IntoView {
    let i18n = use_i18n();
    let Colleague { person, caret } = colleague;
    let place = caret.as_ref().and_then(|caret| M::place(document, caret));
    let here = place.is_some();
    let place = place.unwrap_or_else(|| t_string!(i18n, document.no_caret).to_string());
    let go = move |_| {
        if let Some(caret) = &caret {
            M::go_to(document, caret);
        }
    };
    view! {
        <button class="person-here" role="menuitem" type="button" aria-disabled=(!here).then_some("true") on:click=go>
            {face(&person)}
            <span class="grow">
                <span class="name">{person.name.clone()}</span>
                <small>{person.school.clone()}</small>
                <small>{place}</small>
            </span>
        </button>
    }
}

/// The glyph of a name in the person's tone, with the seal of their school. The name stands beside it or on its button.
fn face(person: &PresentPerson) -> impl IntoView + use<> {
    view! {
        <span class="avatar" data-tone=person.tone.number().to_string() data-here="" aria-hidden="true">
            {glyph(&person.name)}
            {person.seal.clone().map(|seal| view! { <span class="seal" data-lead=person.lead.then_some("")>{seal}</span> })}
        </span>
    }
}
