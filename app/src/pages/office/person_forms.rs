use leptos::prelude::*;
use shared::api::PersonLine;
use shared::organisation::phone;
use shared::organisation::{Body, BodyKind, Group, Person, Record};

use super::seat_forms::{SeatFields, SeatInputs, first_place, places};
use super::words::{body_kind, no_phone};
use crate::browser::clock;
use crate::components::form::{Deed, DeedForm, TextField};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::{Organisation, Said, fresh_id};

type I18n = leptos_i18n::I18nContext<Locale>;

/// What one says of a person.
#[derive(Clone, Copy)]
struct Fields {
    name: RwSignal<String>,
    login: RwSignal<String>,
    phone: RwSignal<String>,
    email: RwSignal<String>,
    teaches: RwSignal<String>,
    nameless: RwSignal<Option<String>>,
    without_login: RwSignal<Option<String>>,
    no_number: RwSignal<Option<String>>,
}

impl Fields {
    fn of(person: Option<&Person>) -> Self {
        let text = |of: fn(&Person) -> String| RwSignal::new(person.map(of).unwrap_or_default());
        Self {
            name: text(|person| person.name.clone()),
            login: text(|person| person.login.clone()),
            phone: text(|person| person.phone.clone().unwrap_or_default()),
            email: text(|person| person.email.clone().unwrap_or_default()),
            teaches: text(|person| person.teaches.clone()),
            nameless: RwSignal::new(None),
            without_login: RwSignal::new(None),
            no_number: RwSignal::new(None),
        }
    }

    /// Puts what was said into a person; nothing if name or login are missing or the number is none, which says so.
    fn write(self, i18n: I18n, person: Person) -> Option<Person> {
        let no_name = t_string!(i18n, people.no_name).to_string();
        let no_login = t_string!(i18n, people.no_login).to_string();
        let text = |of: RwSignal<String>| of.get_untracked().trim().to_owned();
        let some = |of: RwSignal<String>| Some(text(of)).filter(|text| !text.is_empty());
        let (name, login) = (text(self.name), text(self.login).to_lowercase());
        self.nameless.set(name.is_empty().then_some(no_name));
        self.without_login.set(login.is_empty().then_some(no_login));
        let number = some(self.phone);
        let phone = match number {
            Some(number) if person.phone.as_ref() != Some(&number) => phone::read(&number).map(Some),
            same => Ok(same),
        };
        self.no_number.set(phone.as_ref().err().map(|why| no_phone(i18n, *why)));
        let phone = phone.ok()?;
        (!name.is_empty() && !login.is_empty()).then(|| Person {
            name,
            login,
            phone,
            email: some(self.email),
            teaches: text(self.teaches),
            ..person
        })
    }
}

#[component]
fn PersonFields(
    fields: Fields,
    /// With what the person signs in by.
    signs_in: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <TextField id="person-name" label=Signal::derive(move || t_string!(i18n, people.name).to_string()) value=fields.name wrong=fields.nameless/>
        {signs_in.then(|| view! { <TextField id="person-login" label=Signal::derive(move || t_string!(i18n, people.login).to_string()) value=fields.login wrong=fields.without_login
            hint=Signal::derive(move || Some(t_string!(i18n, people.login_hint).to_string()))/> })}
        <TextField id="person-teaches" label=Signal::derive(move || t_string!(i18n, people.teaches).to_string()) value=fields.teaches
            hint=Signal::derive(move || Some(t_string!(i18n, people.teaches_hint).to_string()))/>
        {signs_in.then(|| view! {
            <TextField id="person-phone" kind="tel" label=Signal::derive(move || t_string!(i18n, people.phone).to_string()) value=fields.phone wrong=fields.no_number/>
            <TextField id="person-email" kind="email" label=Signal::derive(move || t_string!(i18n, people.email).to_string()) value=fields.email/>
        })}
    }
}

/// What is known of somebody.
#[component]
pub fn EditPerson(organisation: Organisation, line: PersonLine, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let (person, signs_in) = (line.person, line.administered);
    let fields = Fields::of(Some(&person));
    let deed = Callback::new(move |()| -> Option<Deed> {
        let read = vec![Record::Person(person.clone())];
        let person = fields.write(i18n, person.clone())?;
        let said = Said {
            done: t_string!(i18n, people.changed, name = person.name.clone()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = person.name.clone()).to_string(),
        };
        Some(Box::pin(organisation.change(read, vec![Record::Person(person)], said)))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.store).to_string()) words=failure_words deed close>
            <PersonFields fields signs_in/>
            {(!signs_in).then(|| view! { <p class="hint">{t!(i18n, people.sign_in_elsewhere)}</p> })}
        </DeedForm>
    }
}

/// Somebody new, with a first seat.
#[component]
pub fn NewPerson(
    organisation: Organisation,
    group: Option<Group>,
    /// The place that is looked at.
    shown: Option<Body>,
    close: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let fields = Fields::of(None);
    let schools = places(organisation, Some(BodyKind::School));
    // Somebody new is of a school, unless another place is looked at.
    let is_school = shown.as_ref().is_none_or(|body| body.kind() == BodyKind::School);
    let first = first_place(&schools, shown.as_ref());
    let places = if schools.is_empty() || !is_school {
        places(organisation, None)
    } else {
        // A guest, or a second head of the office, is of the group itself.
        let named = |(key, name)| (key, format!("{}：{name}", body_kind(i18n, BodyKind::Group)));
        let groups = places(organisation, Some(BodyKind::Group)).into_iter().map(named);
        schools.into_iter().chain(groups).collect()
    };
    let first = first_place(&places, shown.as_ref()).or(first);
    let seat = SeatFields::new(organisation, first);
    let about = group.map(|group| t_string!(i18n, people.add_person_words, group = group.name).to_string());
    let deed = Callback::new(move |()| -> Option<Deed> {
        let blank = Person {
            id: fresh_id(),
            name: String::new(),
            login: String::new(),
            phone: None,
            email: None,
            teaches: String::new(),
            operator: false,
            created: clock::wall(),
            suspended: None,
            closed: None,
        };
        let person = fields.write(i18n, blank);
        let main = untrack(|| seat.place.get()).starts_with("school:");
        let id = person.as_ref().map_or_else(fresh_id, |person| person.id.clone());
        let seat = seat.seat(id, main);
        let (person, seat) = (person?, seat?);
        let said = Said {
            done: t_string!(i18n, people.person_made, name = person.name.clone()).to_string(),
            undone: t_string!(i18n, people.changed_back, name = person.name.clone()).to_string(),
        };
        Some(Box::pin(organisation.change(Vec::new(), vec![Record::Person(person), Record::Seat(seat)], said)))
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.add_person).to_string()) words=failure_words deed close>
            <p>{about}</p>
            <PersonFields fields signs_in=true/>
            <SeatInputs fields=seat places/>
        </DeedForm>
    }
}
