use leptos::prelude::*;
use shared::api::SchoolCard;

use super::person::seal;

/// A team across campuses: its name, the seals of its schools, how many and who leads.
#[component]
pub fn TeamLine(
    name: String,
    /// Where it leads, if it has a page of its own.
    #[prop(optional, into)]
    href: Option<String>,
    /// It is looked at: its people are in the table.
    #[prop(optional)]
    current: bool,
    schools: Vec<SchoolCard>,
    #[prop(into)] words: Signal<String>,
) -> impl IntoView {
    let name = match href {
        Some(href) => view! { <a href=href aria-current=current.then_some("true")><b>{name}</b></a> }.into_any(),
        None => view! { <b>{name}</b> }.into_any(),
    };
    let seals =
        (!schools.is_empty()).then(|| view! { <span class="seals">{schools.iter().map(seal).collect_view()}</span> });
    view! { <li>{name}{seals}<span class="quiet small">{words}</span></li> }
}
