use leptos::prelude::*;
use shared::organisation::{Group, Membership, Record, School};
use shared::words::Span;

use super::words::{SCHOOL_SORTS, named, school_sort, since_of, today};
use crate::browser::clock;
use crate::components::form::{CheckField, Deed, DeedForm, SelectField, TextField};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::{Look, Organisation, Said, fresh_id};

/// What one says of a school.
#[derive(Clone, Copy)]
struct Fields {
    name: RwSignal<String>,
    seal: RwSignal<String>,
    sort: RwSignal<String>,
    rural: RwSignal<bool>,
    pupils: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
}

impl Fields {
    fn of(school: Option<&School>) -> Self {
        let sort = school.map(|school| school.sort);
        let sort = SCHOOL_SORTS.iter().find(|(known, _)| Some(*known) == sort).unwrap_or(&SCHOOL_SORTS[0]).1;
        let text = |of: fn(&School) -> String| RwSignal::new(school.map(of).unwrap_or_default());
        Self {
            name: text(|school| school.name.clone()),
            seal: text(|school| school.seal.clone()),
            sort: RwSignal::new(sort.to_owned()),
            rural: RwSignal::new(school.is_some_and(|school| school.rural)),
            pupils: text(|school| school.pupils.map(|pupils| pupils.to_string()).unwrap_or_default()),
            wrong: RwSignal::new(None),
        }
    }

    /// Puts what was said into a school; nothing if there is no name.
    fn write(self, school: School, nameless: String) -> Option<School> {
        let name = self.name.get_untracked().trim().to_owned();
        self.wrong.set(name.is_empty().then_some(nameless));
        let seal = self.seal.get_untracked().trim().chars().next().or(name.chars().next())?;
        Some(School {
            name,
            seal: seal.to_string(),
            sort: named(&SCHOOL_SORTS, &self.sort.get_untracked()).unwrap_or(SCHOOL_SORTS[0].0),
            rural: self.rural.get_untracked(),
            pupils: self.pupils.get_untracked().trim().parse().ok(),
            ..school
        })
    }
}

#[component]
fn SchoolFields(fields: Fields) -> impl IntoView {
    let i18n = use_i18n();
    let sorts = Signal::derive(move || {
        SCHOOL_SORTS.map(|(sort, key)| (key.to_owned(), school_sort(i18n, sort))).into_iter().collect::<Vec<_>>()
    });
    view! {
        <TextField id="school-name" label=Signal::derive(move || t_string!(i18n, people.school_name).to_string()) value=fields.name wrong=fields.wrong/>
        <TextField id="school-seal" label=Signal::derive(move || t_string!(i18n, people.school_seal).to_string()) value=fields.seal
            hint=Signal::derive(move || Some(t_string!(i18n, people.school_seal_hint).to_string()))/>
        <SelectField id="school-sort" label=Signal::derive(move || t_string!(i18n, people.school_sort).to_string()) value=fields.sort options=sorts/>
        <TextField id="school-pupils" kind="number" label=Signal::derive(move || t_string!(i18n, people.school_pupils).to_string()) value=fields.pupils/>
        <CheckField label=Signal::derive(move || t_string!(i18n, people.school_rural).to_string()) value=fields.rural/>
    }
}

/// What a school is called and how it is shown.
#[component]
pub fn EditSchool(organisation: Organisation, school: School, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let fields = Fields::of(Some(&school));
    let deed = Callback::new(move |()| -> Option<Deed> {
        let read = vec![Record::School(school.clone())];
        let school = fields.write(school.clone(), t_string!(i18n, people.no_name).to_string())?;
        let said = Said {
            done: t_string!(i18n, people.changed, name = school.name.clone()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = school.name.clone()).to_string(),
        };
        Some(Box::pin(organisation.change(read, vec![Record::School(school)], said)))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.store).to_string()) words=failure_words deed close>
            <SchoolFields fields/>
        </DeedForm>
    }
}

/// A school joins the group: a new one, or one that is known already.
#[component]
pub fn AddSchool(organisation: Organisation, group: Group, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let fields = Fields::of(None);
    let (known, since) = (RwSignal::new(String::new()), RwSignal::new(today()));
    let leads = RwSignal::new(false);
    let others = {
        let group = group.clone();
        Signal::derive(move || {
            let now = clock::wall();
            let first = (String::new(), t_string!(i18n, people.school_new).to_string());
            let others = organisation.look(|view| {
                let inside: Vec<_> =
                    view.schools_of(&group).into_iter().filter(|(place, _)| place.span.holds(now)).collect();
                let other =
                    |school: &&shared::organisation::School| !inside.iter().any(|(_, known)| known.id == school.id);
                let others = view.schools.iter().filter(other);
                others.map(|school| (school.id.to_string(), school.name.clone())).collect::<Vec<_>>()
            });
            std::iter::once(first).chain(others).collect::<Vec<_>>()
        })
    };
    let has_others = move || others.with(|others| others.len() > 1);
    let deed = Callback::new(move |()| -> Option<Deed> {
        let mut records = Vec::new();
        let known = known.get_untracked();
        let known = organisation.look(|view| view.schools.iter().find(|school| school.id.as_str() == known).cloned());
        let school = match known {
            Some(school) => school,
            None => {
                let blank = School {
                    id: fresh_id(),
                    region: group.region.clone(),
                    name: String::new(),
                    seal: String::new(),
                    sort: SCHOOL_SORTS[0].0,
                    rural: false,
                    pupils: None,
                };
                let school = fields.write(blank, t_string!(i18n, people.no_name).to_string())?;
                records.push(Record::School(school.clone()));
                school
            }
        };
        let since = since_of(&since.get_untracked()).unwrap_or_else(clock::wall);
        records.push(Record::Membership(Membership {
            id: fresh_id(),
            group: group.id.clone(),
            school: school.id.clone(),
            leads: leads.get_untracked(),
            span: Span::from(since),
            reason: String::new(),
            handed_over: String::new(),
        }));
        let said = Said {
            done: t_string!(i18n, people.joined_done, school = school.name.clone()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = school.name.clone()).to_string(),
        };
        Some(Box::pin(organisation.change(Vec::new(), records, said)))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.add_school).to_string()) words=failure_words deed close>
            {has_others().then(|| view! {
                <SelectField id="school-known" label=Signal::derive(move || t_string!(i18n, people.school_which).to_string()) value=known options=others
                    hint=Signal::derive(move || Some(t_string!(i18n, people.school_which_hint).to_string()))/>
            })}
            <Show when=move || known.with(String::is_empty)><SchoolFields fields/></Show>
            <TextField id="school-since" kind="date" label=Signal::derive(move || t_string!(i18n, people.joined_since).to_string()) value=since/>
            <CheckField label=Signal::derive(move || t_string!(i18n, people.is_lead).to_string()) value=leads/>
        </DeedForm>
    }
}
