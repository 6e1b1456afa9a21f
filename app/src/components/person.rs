use leptos::prelude::*;
use shared::api::{PersonCard, SchoolCard};

use crate::wording::person::glyph;

/// Round: a person. Shows the last character of the name in their tone, with the seal of their school.
pub fn avatar(person: &PersonCard, here: Option<String>) -> AnyView {
    let school = person.school.clone();
    let mut name = person.name.clone();
    if let Some(school) = &school {
        name = format!("{name}，{}", school.name);
    }
    let is_here = here.is_some();
    if let Some(here) = here {
        name = format!("{name}，{here}");
    }
    view! {
        <span class="avatar" data-tone=person.tone.number().to_string() data-here=is_here.then_some("") role="img" aria-label=name title=person.name.clone()>
            {glyph(&person.name)}
            {school.map(|school| view! { <span class="seal" data-lead=school.lead.then_some("") aria-hidden="true">{school.seal}</span> })}
        </span>
    }
    .into_any()
}

/// Square: a school.
pub fn seal(school: &SchoolCard) -> AnyView {
    view! { <span class="seal" data-lead=school.lead.then_some("") role="img" aria-label=school.name.clone() title=school.name.clone()>{school.seal.clone()}</span> }
        .into_any()
}

/// A person on a line: small avatar, name, seal.
pub fn who(person: &PersonCard) -> AnyView {
    view! {
        <span class="who" data-tone=person.tone.number().to_string()>
            <span class="avatar" data-size="small" aria-hidden="true">{glyph(&person.name)}</span>
            <span class="name">{person.name.clone()}</span>
            {person.school.as_ref().map(seal)}
        </span>
    }
    .into_any()
}

/// A person in passing: name and seal.
pub fn by(person: &PersonCard) -> AnyView {
    view! { <span class="by">{person.name.clone()}{person.school.as_ref().map(seal)}</span> }.into_any()
}
