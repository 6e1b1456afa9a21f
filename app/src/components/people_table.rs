use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::api::PersonCard;
use shared::words::UserId;

use super::icon::small_icon;
use super::person::who;
use crate::i18n::*;

/// What a badge in the table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Plain,
    /// From outside: a guest.
    Guest,
    /// Ends soon, or has ended.
    Pressing,
}

/// One person of the table, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    pub person: PersonCard,
    pub schools: String,
    pub teaches: String,
    pub posts: Vec<(String, Weight)>,
    pub until: (String, Weight),
    pub seen: String,
    /// Where the person's own page is.
    pub href: Option<String>,
}

/// People, to look through and to choose from.
#[component]
pub fn PeopleTable(
    #[prop(into)] lines: Signal<Vec<PersonLine>>,
    /// Of how many these are a part.
    #[prop(into)]
    total: Signal<u32>,
    chosen: RwSignal<BTreeSet<UserId>>,
    /// Whether there is something to do with the chosen.
    #[prop(into)]
    choosing: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let all = move || {
        let lines = lines.get();
        !lines.is_empty() && chosen.with(|chosen| lines.iter().all(|line| chosen.contains(&line.person.id)))
    };
    let some = move || !all() && chosen.with(|chosen| !chosen.is_empty());
    let choose_all = move |event| {
        let ids = lines.with_untracked(|lines| lines.iter().map(|line| line.person.id.clone()).collect::<Vec<_>>());
        chosen.update(|chosen| {
            if event_target_checked(&event) {
                chosen.extend(ids);
            } else {
                chosen.retain(|id| !ids.contains(id));
            }
        });
    };
    let rows = move || {
        let line = move |(at, line): (usize, PersonLine)| view! { <PersonRow line row=at + 2 chosen choosing/> };
        lines.get().into_iter().enumerate().map(line).collect_view()
    };
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label=move || t_string!(i18n, people.table)>
            <table class="table" aria-rowcount=move || (total.get() + 1).to_string()>
                <thead>
                    <tr aria-rowindex="1">
                        {move || choosing.get().then(|| view! { <td><label class="pick"><input class="box" type="checkbox" aria-label=move || t_string!(i18n, people.choose_all) prop:checked=all prop:indeterminate=some on:change=choose_all/></label></td> })}
                        <th scope="col">{t!(i18n, people.name)}</th>
                        <th scope="col">{t!(i18n, people.school)}</th>
                        <th scope="col">{t!(i18n, people.teaches)}</th>
                        <th scope="col">{t!(i18n, people.posts)}</th>
                        <th scope="col">{t!(i18n, people.until)}</th>
                        <th scope="col">{t!(i18n, people.seen)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn PersonRow(
    line: PersonLine,
    row: usize,
    chosen: RwSignal<BTreeSet<UserId>>,
    choosing: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let PersonLine { person, schools, teaches, posts, until, seen, href } = line;
    let id = StoredValue::new(person.id.clone());
    let name = person.name.clone();
    let is_chosen = move || chosen.with(|chosen| id.with_value(|id| chosen.contains(id)));
    let choose = move |event| {
        chosen.update(|chosen| {
            if event_target_checked(&event) {
                chosen.insert(id.get_value());
            } else {
                id.with_value(|id| chosen.remove(id));
            }
        });
    };
    let label = StoredValue::new(name);
    let label = move || t_string!(i18n, people.choose, name = label.get_value()).to_string();
    let named = match href {
        Some(href) => view! { <a class="plain" href=href>{who(&person)}</a> }.into_any(),
        None => who(&person),
    };
    view! {
        <tr aria-rowindex=row.to_string() aria-selected=move || is_chosen().then_some("true")>
            {move || choosing.get().then(|| view! { <td><label class="pick"><input class="box" type="checkbox" aria-label=label prop:checked=is_chosen on:change=choose/></label></td> })}
            <th scope="row">{named}</th>
            <td class="nowrap">{schools}</td>
            <td class="nowrap">{teaches}</td>
            <td class="nowrap"><span class="cluster">{posts.into_iter().map(badge).collect_view()}</span></td>
            <td>{match until.1 {
                Weight::Plain => view! { <span class="quiet nowrap">{until.0}</span> }.into_any(),
                Weight::Guest | Weight::Pressing => badge(until),
            }}</td>
            <td class="nowrap">{seen}</td>
        </tr>
    }
}

fn badge((words, weight): (String, Weight)) -> AnyView {
    match weight {
        Weight::Plain => view! { <span class="badge">{words}</span> }.into_any(),
        Weight::Guest => view! { <span class="badge" data-kind="line">{words}</span> }.into_any(),
        Weight::Pressing => {
            view! { <span class="badge" data-kind="warn">{small_icon("clock")}{words}</span> }.into_any()
        }
    }
}

/// What can be done with those who are chosen, on top of the table; gone while nobody is.
#[component]
pub fn BatchBar(chosen: RwSignal<BTreeSet<UserId>>, children: ChildrenFn) -> impl IntoView {
    let i18n = use_i18n();
    let count = move || chosen.with(BTreeSet::len);
    view! {
        <Show when=move || 0 < count()>
            <div class="batch">
                <b role="status">{move || t_string!(i18n, people.chosen, count = count()).to_string()}</b>
                {children()}
                <button class="button" data-size="small" data-kind="quiet" type="button" on:click=move |_| chosen.set(BTreeSet::new())>{t!(i18n, people.choose_none)}</button>
            </div>
        </Show>
    }
}
