use leptos::prelude::*;
use shared::api::SchoolCard;

/// How a school stands to the group in whose picture it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Lead,
    Member,
    /// It has left.
    Past,
}

/// A school in the group's picture: seal, name, and lines about it, the most telling first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSchool {
    pub school: SchoolCard,
    pub standing: Standing,
    /// Who leads it, or when it left.
    pub second: String,
    /// How many teachers, since when.
    pub third: String,
    /// What else it is, on a badge: the lead of another group.
    pub also: Option<String>,
    /// What leads to its people.
    pub href: Option<String>,
    /// It is looked at: its people are in the table.
    pub current: bool,
}

/// The group as a picture: the lead school, its members under it, those that left at the end.
#[component]
pub fn GroupPicture(#[prop(into)] schools: Signal<Vec<ShownSchool>>) -> impl IntoView {
    let of = move |lead: bool| {
        let schools = schools.get();
        schools.into_iter().filter(move |shown| (shown.standing == Standing::Lead) == lead)
    };
    view! {
        <div class="picture">
            {move || of(true).map(|shown| view! { <article class="school" data-lead>{inside(shown)}</article> }).collect_view()}
            {move || of(false).next().is_some().then(|| view! {
                <ul class="members">
                    {of(false).map(|shown| {
                        let past = shown.standing == Standing::Past;
                        view! { <li class="school" data-past=past.then_some("")>{inside(shown)}</li> }
                    }).collect_view()}
                </ul>
            })}
        </div>
    }
}

fn inside(shown: ShownSchool) -> AnyView {
    let ShownSchool { school, standing, second, third, also, href, current } = shown;
    let name = match href {
        Some(href) => {
            view! { <a href=href aria-current=current.then_some("true")>{school.name.clone()}</a> }.into_any()
        }
        None => school.name.clone().into_any(),
    };
    view! {
        <span class="seal" data-size="large" data-lead=(standing == Standing::Lead).then_some("") data-past=(standing == Standing::Past).then_some("") role="img" aria-label=school.name>{school.seal}</span>
        <div>
            <h3>{name}</h3>
            <p class="small second">{second}</p>
            <p class="small quiet">{third}</p>
            {also.map(|also| view! { <p class="small"><span class="badge" data-kind="line">{also}</span></p> })}
        </div>
    }
    .into_any()
}
