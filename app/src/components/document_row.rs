use leptos::prelude::*;
use shared::api::DocumentCard;
use shared::pages::document_address;

use super::icon::kind_icon;
use super::person::avatar;
use super::time::spoken;
use crate::i18n::*;
use crate::pages::words::kind_name;
use crate::state::way::Way;

/// A document in a list: title, what and whose it is, who changed it when, who is in it.
#[component]
pub fn DocumentRow(
    card: DocumentCard,
    /// What can be done with it, at the end of the row.
    #[prop(optional, into)]
    deeds: Option<ViewFn>,
) -> impl IntoView {
    let i18n = use_i18n();
    let way: Way = expect_context();
    let href = document_address(card.kind, &card.id);
    let rel = way.rel(&href);
    let changed = card.changed;
    let (kind, team, changed_by) = (card.kind, card.team.clone(), card.changed_by.clone());
    let second = move || {
        let mut parts = vec![kind_name(kind)];
        if let Some(team) = &team {
            parts.push(team.name.clone());
        }
        parts.push(match &changed_by {
            Some(person) => {
                t_string!(i18n, documents.changed_by, name = person.name.clone(), time = spoken(changed)).to_string()
            }
            None => t_string!(i18n, documents.created_at, time = spoken(changed)).to_string(),
        });
        parts.join(" · ")
    };
    let here = card.here.clone();
    let people = (!here.is_empty()).then(|| {
        view! {
            <span class="avatars">
                {move || here.iter().take(3).map(|person| avatar(person, Some(t_string!(i18n, document.is_here).to_string()))).collect_view()}
            </span>
        }
    });
    view! {
        <li class="row">
            {kind_icon(card.kind)}
            <div class="grow">
                <a class="title" href=href rel=rel>{card.title.clone()}</a>
                <p class="second">{second}</p>
            </div>
            {people.map(|people| view! { <span class="facts">{people}</span> })}
            {deeds.map(|deeds| deeds.run())}
        </li>
    }
}
