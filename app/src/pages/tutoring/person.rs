//! Somebody who is in the session: what they are, what they hold, and what whoever leads gives and takes.

use leptos::prelude::*;
use shared::api::AttendeeCard;
use shared::tutoring::{Role, Sign};
use shared::words::UserId;

use super::words::{role_name, with_school};
use crate::components::dialog::{Dialog, open_while};
use crate::components::form::{Deed, DeedForm};
use crate::components::icon::icon;
use crate::components::menu::Menu;
use crate::components::person::who;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::toasts::Toasts;
use crate::state::tutoring::room::Room;

/// Who is to be sent away.
#[derive(Debug, Clone, PartialEq)]
pub struct Gone {
    pub id: UserId,
    pub name: String,
    pub is_guest: bool,
}

#[component]
pub fn Row(room: Room, one: AttendeeCard, going: RwSignal<Option<Gone>>) -> impl IntoView {
    let i18n = use_i18n();
    let id = StoredValue::new(one.person.id.clone());
    let role = one.role;
    let has = move |sign: Sign| Memo::new(move |_| id.with_value(|id| room.has(sign, id)));
    let (hand, pen, floor) = (has(Sign::Hand), has(Sign::Pen), has(Sign::Floor));
    let is_me = Memo::new(move |_| room.me().is_some_and(|me| id.with_value(|id| me == *id)));
    let is_host = Memo::new(move |_| {
        room.view.with(|view| view.as_ref().is_some_and(|view| id.with_value(|id| view.card.host.id == *id)))
    });
    let leads = Memo::new(move |_| room.leads());
    let may_send = Memo::new(move |_| !is_me.get() && !is_host.get() && (role != Some(Role::Helper) || room.runs()));
    let by_role = role.filter(|role| *role != Role::Participant).map(|role| {
        let kind = (role != Role::Host).then_some("line");
        view! { <span class="badge" data-kind=kind>{role_name(role)}</span> }
    });
    // Whoever leads draws and speaks anyway.
    let is_given = role.is_none_or(|role| !role.leads());
    let person = StoredValue::new(one.clone());
    view! {
        <li>
            <span class="grow">{who(&one.person)}{(!one.school.is_empty()).then(|| view! { <span class="small second">{one.school.clone()}</span> })}</span>
            {move || is_me.get().then(|| view! { <span class="small quiet">{t!(i18n, room.you)}</span> })}
            {by_role}
            {move || hand.get().then(|| view! { <span class="badge" data-kind="warn">{t!(i18n, room.has_hand)}</span> })}
            {move || pen.get().then(|| view! { <span class="badge" data-kind="accent">{t!(i18n, room.has_pen)}</span> })}
            {move || floor.get().then(|| view! { <span class="badge" data-kind="accent">{t!(i18n, room.has_floor)}</span> })}
            {move || (leads.get() && (is_given || may_send.get())).then(|| view! { <PersonMenu room person is_given pen floor may_send going/> })}
        </li>
    }
}

#[component]
fn PersonMenu(
    room: Room,
    person: StoredValue<AttendeeCard>,
    is_given: bool,
    pen: Memo<bool>,
    floor: Memo<bool>,
    may_send: Memo<bool>,
    going: RwSignal<Option<Gone>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let label = Signal::derive(move || {
        let name = person.with_value(|one| with_school(&one.person, &one.school));
        t_string!(i18n, room.person_deeds, name = name).to_string()
    });
    let change = move |sign: Sign, has: bool| {
        let id = person.with_value(|one| one.person.id.clone());
        leptos::task::spawn_local(async move {
            let answer = if has { room.take(sign, id).await } else { room.give(sign, id).await };
            if let Err(failure) = answer {
                toasts.say_refused(failure);
            }
        });
    };
    let is_guest = person.with_value(|one| one.role == Some(Role::Guest));
    let send = move |_| {
        going.set(Some(person.with_value(|one| Gone {
            id: one.person.id.clone(),
            name: one.person.name.clone(),
            is_guest,
        })));
    };
    view! {
        <Menu label size="small" face=ViewFn::from(|| icon("more"))>
            {(is_given && !is_guest).then(|| view! {
                <button role="menuitem" type="button" on:click=move |_| change(Sign::Pen, pen.get_untracked())>{icon("pen")}{move || if pen.get() { t_string!(i18n, room.take_pen) } else { t_string!(i18n, room.give_pen) }}</button>
            })}
            {is_given.then(|| view! {
                <button role="menuitem" type="button" on:click=move |_| change(Sign::Floor, floor.get_untracked())>{icon("mic")}{move || if floor.get() { t_string!(i18n, room.take_floor) } else { t_string!(i18n, room.give_floor) }}</button>
            })}
            {move || may_send.get().then(|| view! {
                <div role="separator"></div>
                <button role="menuitem" type="button" data-kind="danger" on:click=send>{icon("exit")}{t!(i18n, room.send_away)}</button>
            })}
        </Menu>
    }
}

/// Out of the session at once: asked before.
#[component]
pub fn SendAwayDialog(room: Room, going: RwSignal<Option<Gone>>) -> impl IntoView {
    let i18n = use_i18n();
    let open = open_while(going);
    let name = move || going.with(|going| going.as_ref().map(|gone| gone.name.clone()).unwrap_or_default());
    let deed = Callback::new(move |()| {
        let Gone { id, is_guest, .. } = going.get_untracked()?;
        Some(Box::pin(room.send_away(id, is_guest)) as Deed)
    });
    view! {
        <Dialog open title=Signal::derive(move || t_string!(i18n, room.send_away_title, name = name()).to_string())>
            <DeedForm submit=Signal::derive(move || t_string!(i18n, room.send_away).to_string()) words=failure_words deed close=Callback::new(move |()| open.set(false)) grave=true>
                <p>{t!(i18n, room.send_away_words)}</p>
            </DeedForm>
        </Dialog>
    }
}
