//! Who is in the session: hands in the order in which they went up, guests at the door, everybody who is there.

use leptos::prelude::*;
use shared::access::Grantee;
use shared::api::{AttendeeCard, GuestLine, InvitedLine, PersonCard};
use shared::tutoring::{Role, Sign};
use shared::words::Tone;

use super::person::{Gone, Row, SendAwayDialog};
use crate::components::person::who;
use crate::i18n::*;
use crate::state::toasts::Toasts;
use crate::state::tutoring::room::Room;

#[component]
pub fn People(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    let going = RwSignal::new(None::<Gone>);
    let leads = Memo::new(move |_| room.leads());
    let hands = Memo::new(move |_| room.with_sign(Sign::Hand));
    let here = Memo::new(move |_| here_sorted(room));
    let guests = Memo::new(move |_| waiting_guests(room));
    let away = Memo::new(move |_| sent_away(room));
    let expected = Memo::new(move |_| expected(room));
    view! {
        <Show when=move || !guests.with(Vec::is_empty)>
            <section class="people-part" aria-labelledby="people-door">
                <h3 id="people-door">{t!(i18n, room.at_door)}" "<span class="count">{move || guests.with(Vec::len)}</span></h3>
                <ul><For each=move || guests.get() key=|guest| guest.id.clone() let:guest><AtDoor room guest/></For></ul>
            </section>
        </Show>
        <Show when=move || !hands.with(Vec::is_empty)>
            <section class="people-part" aria-labelledby="people-hands">
                <h3 id="people-hands">{t!(i18n, room.hands)}" "<span class="number">{move || hands.with(Vec::len)}</span></h3>
                <ol><For each=move || hands.get() key=|one| one.person.id.clone() let:one><HandUp room one/></For></ol>
            </section>
        </Show>
        <section class="people-part" aria-labelledby="people-here">
            <h3 id="people-here">{t!(i18n, room.here)}" "<span class="number">{move || here.with(Vec::len)}</span></h3>
            <ul><For each=move || here.get() key=|one| (one.person.id.clone(), one.role) let:one><Row room one going/></For></ul>
        </section>
        <Show when=move || !expected.with(Vec::is_empty)>
            <section class="people-part" aria-labelledby="people-expected">
                <h3 id="people-expected">{t!(i18n, room.expected)}</h3>
                <p class="small second">{move || expected.with(|names| names.join("、"))}</p>
            </section>
        </Show>
        <Show when=move || leads.get() && !away.with(Vec::is_empty)>
            <section class="people-part" aria-labelledby="people-away">
                <h3 id="people-away">{t!(i18n, room.away)}</h3>
                <ul><For each=move || away.get() key=|(person, _)| person.id.clone() let:one><Away room one/></For></ul>
            </section>
        </Show>
        <SendAwayDialog room going/>
    }
}

/// Whoever answers first, then by name.
fn here_sorted(room: Room) -> Vec<AttendeeCard> {
    let mut here = room.view.with(|view| view.as_ref().map(|view| view.here.clone()).unwrap_or_default());
    here.sort_by(|one, other| {
        let by_name = || crate::browser::clock::collate(&one.person.name, &other.person.name);
        other.role.cmp(&one.role).then_with(by_name)
    });
    here
}

fn waiting_guests(room: Room) -> Vec<GuestLine> {
    room.view.with(|view| {
        let Some((lobby, lead)) = view.as_ref().and_then(|view| Some((view.lobby, view.lead.as_ref()?))) else {
            return Vec::new();
        };
        let waits = |guest: &&GuestLine| lobby && guest.let_in.is_none() && guest.sent_away.is_none();
        lead.guests.iter().filter(waits).cloned().collect()
    })
}

/// Who was sent away, people and guests.
fn sent_away(room: Room) -> Vec<(PersonCard, bool)> {
    room.view.with(|view| {
        let Some(lead) = view.as_ref().and_then(|view| view.lead.as_ref()) else { return Vec::new() };
        let guests = lead.guests.iter().filter(|guest| guest.sent_away.is_some()).map(|guest| (card_of(guest), true));
        lead.removed.iter().map(|person| (person.clone(), false)).chain(guests).collect()
    })
}

/// People and schools that were asked and of whom nobody is seen. Whose seats a team or a group has, the page does not know.
fn expected(room: Room) -> Vec<String> {
    room.view.with(|view| {
        let Some(view) = view else { return Vec::new() };
        let is_out = |line: &&InvitedLine| match &line.invitation.with {
            Grantee::Person(id) => view.here.iter().all(|one| one.person.id != *id),
            Grantee::School(id) => {
                view.here.iter().all(|one| one.person.school.as_ref().is_none_or(|school| school.id != *id))
            }
            Grantee::Team(_) | Grantee::Group(_) => false,
        };
        view.invited.iter().filter(is_out).map(|line| line.name.clone()).collect()
    })
}

fn card_of(guest: &GuestLine) -> PersonCard {
    PersonCard { id: guest.id.clone(), name: guest.name.clone(), tone: Tone::of(&guest.id), school: None }
}

/// A guest who waits until somebody lets them in.
#[component]
fn AtDoor(room: Room, guest: GuestLine) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let card = card_of(&guest);
    let id = StoredValue::new(guest.id.clone());
    let decide = move |lets_in: bool| {
        let id = id.get_value();
        leptos::task::spawn_local(async move {
            let answer = if lets_in { room.let_in(id, true).await } else { room.send_away(id, true).await };
            if let Err(failure) = answer {
                toasts.say_refused(failure);
            }
        });
    };
    let (name_in, name_away) = (guest.name.clone(), guest.name.clone());
    view! {
        <li>
            <span class="grow">{who(&card)}<span class="small second">{guest.school}</span></span>
            <button class="button" data-kind="primary" data-size="small" type="button" aria-label=move || t_string!(i18n, room.let_in_name, name = name_in.clone()).to_string() on:click=move |_| decide(true)>{t!(i18n, room.let_in)}</button>
            <button class="button" data-size="small" type="button" aria-label=move || t_string!(i18n, room.turn_away_name, name = name_away.clone()).to_string() on:click=move |_| decide(false)>{t!(i18n, room.turn_away)}</button>
        </li>
    }
}

/// A hand that is up; whoever leads gives pen or floor, and the hand goes down with it.
#[component]
fn HandUp(room: Room, one: AttendeeCard) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let leads = Memo::new(move |_| room.leads());
    let id = StoredValue::new(one.person.id.clone());
    let draws = one.role != Some(Role::Guest);
    let is_here = Memo::new(move |_| {
        room.view.with(|view| {
            let here = view.iter().flat_map(|view| &view.here);
            id.with_value(|id| here.into_iter().any(|one| one.person.id == *id))
        })
    });
    let give = move |sign: Sign| {
        let id = id.get_value();
        leptos::task::spawn_local(async move {
            let given = room.give(sign, id.clone()).await;
            let answer = match given {
                Ok(()) => room.take(Sign::Hand, id).await,
                refused => refused,
            };
            if let Err(failure) = answer {
                toasts.say_refused(failure);
            }
        });
    };
    view! {
        <li>
            <span class="grow">{who(&one.person)}{(!one.school.is_empty()).then(|| view! { <span class="small second">{one.school.clone()}</span> })}</span>
            {move || (!is_here.get()).then(|| view! { <span class="small quiet">{t!(i18n, room.not_here)}</span> })}
            {move || leads.get().then(|| view! {
                {draws.then(|| view! { <button class="button" data-size="small" type="button" on:click=move |_| give(Sign::Pen)>{t!(i18n, room.give_pen)}</button> })}
                <button class="button" data-size="small" type="button" on:click=move |_| give(Sign::Floor)>{t!(i18n, room.give_floor)}</button>
            })}
        </li>
    }
}

/// Somebody who was sent away.
#[component]
fn Away(room: Room, one: (PersonCard, bool)) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let (person, is_guest) = one;
    let id = StoredValue::new(person.id.clone());
    let back = move |_| {
        let id = id.get_value();
        leptos::task::spawn_local(async move {
            if let Err(failure) = room.let_in(id, is_guest).await {
                toasts.say_refused(failure);
            }
        });
    };
    view! {
        <li>
            <span class="grow">{who(&person)}</span>
            <button class="button" data-size="small" type="button" on:click=back>{t!(i18n, room.let_return)}</button>
        </li>
    }
}
