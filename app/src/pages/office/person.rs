use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::PersonLine;
use shared::organisation::{Person, Record, Seat};

use super::able::{Act, may};
use super::audit::AuditLines;
use super::closing::CloseAccount;
use super::person_forms::EditPerson;
use super::seat_forms::{AddSeat, EndSeats};
use super::start_codes::Codes;
use super::words::{date, last_day, word};
use crate::browser::clock::{self, Shape};
use crate::browser::fetch::{self, Failure};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::components::icon::{icon, small_icon};
use crate::components::person::avatar;
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::audit::{AuditLog, AuditWish};
use crate::state::organisation::{Organisation, Said, keep_focus};
use crate::state::session::Session;
use crate::state::way::{Trace, use_way};

/// What a form of this page is about.
#[derive(Debug, Clone, PartialEq)]
enum Asking {
    Edit,
    Seat,
    End(Seat, String),
    Close,
}

/// One person: where they have seats, what is known of their account, and what was done to it.
#[component]
pub fn PersonPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let organisation = Organisation::new(session, expect_context());
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("person")).unwrap_or_default());
    let line = RwSignal::new(None::<PersonLine>);
    let failure = RwSignal::new(None::<Failure>);
    let tries = RwSignal::new(0_u32);
    Effect::new(move || {
        organisation.changes.track();
        tries.track();
        let id = id.get();
        leptos::task::spawn_local(async move {
            let answer = fetch::get(&format!("/api/organisation/people/{}", dom::encode(&id))).await;
            match answer {
                Ok(fresh) => {
                    let _ = failure.try_set(None);
                    let is_anew = line.try_with_untracked(Option::is_some) == Some(true);
                    let _ = line.try_set(Some(fresh));
                    if is_anew {
                        keep_focus();
                    }
                }
                Err(reason) => drop(failure.try_set(Some(session.heed(reason)))),
            }
        });
    });
    let again = move |()| {
        organisation.again();
        tries.update(|tries| *tries += 1);
    };
    // Whoever has signed in again, or is back on the network, need not ask for it.
    session.on_return(move || again(()));
    page::on_network(move |is| {
        if is && failure.with_untracked(Option::is_some) {
            again(());
        }
    });
    Effect::new(move || {
        let name = line.with(|line| line.as_ref().map(|line| line.card.name.clone())).unwrap_or_default();
        dom::set_title(&t_string!(i18n, people.person_tab, name = name).to_string());
    });
    view! {
        <main class="main person" id="main" tabindex="-1">
            {move || failure.get().or_else(|| organisation.failure.get()).map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! {
                    <button class="button" data-size="small" type="button" on:click=move |_| again(())>{t!(i18n, common.try_again)}</button>
                    <a class="button" data-size="small" href="/people">{t!(i18n, people.back)}</a>
                }>{failure_words(&failure)}</Banner>
            })}
            {move || match line.get() {
                None if failure.with(Option::is_some) => ().into_any(),
                None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
                Some(line) => view! { <Shown organisation line/> }.into_any(),
            }}
        </main>
    }
}

#[component]
fn Shown(organisation: Organisation, line: PersonLine) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let asking = RwSignal::new(None::<Asking>);
    let card = line.card.clone();
    let about = [card.school.as_ref().map(|school| school.name.clone()), Some(line.person.teaches.clone())];
    let about: Vec<_> = about.into_iter().flatten().filter(|words| !words.is_empty()).collect();
    let suspended = line.person.suspended;
    let closed = line.person.closed.is_some();
    let looked_after = line.looked_after;
    let may_close = may(&line, Act::Close, session.person().as_ref());
    let subject = format!("person:{}", card.id);
    let here = StoredValue::new(line.clone());
    let seats = line.seats.clone();
    view! {
        <div class="lead">
            <span class="person-face">{avatar(&card, None)}</span>
            <div>
                <h1>{card.name.clone()}</h1>
                <p>{about.join(" · ")}</p>
            </div>
            <div class="actions">
                <a class="button" data-kind="quiet" href="/people">{t!(i18n, people.back)}</a>
                {looked_after.then(|| view! { <Deeds organisation line=here.get_value() asking/> })}
            </div>
        </div>
        {suspended.map(|at| view! { <Banner tone=Tone::Warn picture="lock">{move || t_string!(i18n, people.suspended_since, day = date(i18n, at, Shape::DayAndYear)).to_string()}</Banner> })}
        <section aria-labelledby="h-seats">
            <div class="section-head">
                <h2 id="h-seats">{t!(i18n, people.seats)}</h2>
                {move || (!closed && organisation.administers_anything()).then(|| view! { <button class="button" type="button" on:click=move |_| asking.set(Some(Asking::Seat))>{icon("plus")}{t!(i18n, people.add_seat)}</button> })}
            </div>
            {if seats.is_empty() {
                view! { <p class="quiet card">{t!(i18n, people.no_seats)}</p> }.into_any()
            } else {
                view! { <ul class="rows">{seats.into_iter().map(|(seat, place, post)| {
                    let mine = organisation.runs(&seat.body);
                    let post = post.map(|post| word(i18n, &post.name)).unwrap_or_default();
                    seat_row(seat, place, post, mine, asking)
                }).collect_view()}</ul> }.into_any()
            }}
        </section>
        {(looked_after || session.person() == Some(card.id.clone())).then(|| view! {
            <AccountFacts line=here.get_value()/>
            {may_close.then(|| view! {
                <p class="person-close"><button class="button" data-kind="danger" data-size="small" type="button" on:click=move |_| asking.set(Some(Asking::Close))>{t!(i18n, people.close_account)}</button></p>
            })}
            <section aria-labelledby="h-done">
                <h2 class="section-title" id="h-done">{t!(i18n, people.done_here)}</h2>
                <AuditLines organisation log=AuditLog::new(session, AuditWish { subject: Some(subject.clone()), ..AuditWish::default() }, organisation.changes)/>
            </section>
        })}
        <AskingDialog organisation line=here asking/>
    }
}

fn seat_row(seat: Seat, place: String, post: String, mine: bool, asking: RwSignal<Option<Asking>>) -> AnyView {
    let i18n = use_i18n();
    let span = seat.span;
    let begun = span.since <= clock::wall();
    let since = move || {
        let day = date(i18n, span.since, Shape::DayAndYear);
        if begun {
            t_string!(i18n, people.from_day, day = day).to_string()
        } else {
            t_string!(i18n, people.begins_on, day = day).to_string()
        }
    };
    let until = move || match span.until {
        Some(until) => t_string!(i18n, people.until_day, day = last_day(i18n, until)).to_string(),
        None => t_string!(i18n, people.lasting).to_string(),
    };
    let label = t_string!(i18n, people.end_seat_named, place = place.clone(), post = post.clone()).to_string();
    let (seat, name) = (StoredValue::new(seat), StoredValue::new(place.clone()));
    let end = move |_| asking.set(Some(Asking::End(seat.get_value(), name.get_value())));
    view! {
        <li class="row">
            <div class="grow"><p><b>{place}</b></p><p class="second">{post}</p></div>
            <span class="facts">{since}" · "{until}</span>
            {mine.then(|| view! { <button class="button" data-size="small" type="button" aria-label=label on:click=end>{t!(i18n, people.end_seat)}</button> })}
        </li>
    }
    .into_any()
}

#[component]
fn AccountFacts(line: PersonLine) -> impl IntoView {
    let i18n = use_i18n();
    let Person { login, phone, email, .. } = line.person;
    let seen = line.seen;
    let arrived = line.arrived;
    let seen = move || match seen {
        Some(seen) => spoken(seen),
        None if arrived => String::new(),
        None => t_string!(i18n, people.never).to_string(),
    };
    let unknown = move || t_string!(i18n, people.unknown).to_string();
    view! {
        <section aria-labelledby="h-account">
            <h2 class="section-title" id="h-account">{t!(i18n, people.account)}</h2>
            <dl class="card facts-list">
                <dt>{t!(i18n, people.login)}</dt><dd class="code">{login}</dd>
                <dt>{t!(i18n, people.phone)}</dt><dd>{move || phone.clone().unwrap_or_else(unknown)}</dd>
                <dt>{t!(i18n, people.email)}</dt><dd>{move || email.clone().unwrap_or_else(unknown)}</dd>
                <dt>{t!(i18n, people.seen)}</dt><dd>{seen}</dd>
            </dl>
        </section>
    }
}

/// What can be done with the account as a whole.
#[component]
fn Deeds(organisation: Organisation, line: PersonLine, asking: RwSignal<Option<Asking>>) -> impl IntoView {
    let i18n = use_i18n();
    let codes: Codes = expect_context();
    let way = StoredValue::new_local(use_way());
    let session: Session = expect_context();
    let busy = RwSignal::new(false);
    let me = session.person();
    let (may_invite, may_suspend) = (may(&line, Act::Invite, me.as_ref()), may(&line, Act::Suspend, me.as_ref()));
    let person = StoredValue::new(line.person);
    let is_suspended = person.with_value(|person| person.suspended.is_some());
    let switch = move |_| {
        if busy.get_untracked() {
            return;
        }
        let person = person.get_value();
        let who = person.name.clone();
        let since = (!is_suspended).then(clock::wall);
        let done = match is_suspended {
            true => t_string!(i18n, people.resumed, who = who.clone()).to_string(),
            false => t_string!(i18n, people.suspended_done, who = who.clone()).to_string(),
        };
        let said = Said { done, undone: t_string!(i18n, people.changed_back, name = who).to_string() };
        busy.set(true);
        leptos::task::spawn_local(async move {
            let read = vec![Record::Person(person.clone())];
            let record = Record::Person(Person { suspended: since, ..person });
            if let Err(reason) = organisation.change(read, vec![record], said).await {
                let _ = organisation.failure.try_set(Some(reason));
            }
            let _ = busy.try_set(false);
        });
    };
    let invite = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let id = person.with_value(|person| person.id.clone());
        leptos::task::spawn_local(async move {
            let answer = codes.make(vec![id]).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => way.with_value(|way| way("/people/codes", Trace::Leave)),
                Err(reason) => drop(organisation.failure.try_set(Some(reason))),
            }
        });
    };
    view! {
        <button class="button" type="button" on:click=move |_| asking.set(Some(Asking::Edit))>{t!(i18n, people.edit)}</button>
        {may_invite.then(|| view! { <button class="button" type="button" on:click=invite>{small_icon("lock")}{t!(i18n, people.invite)}</button> })}
        {may_suspend.then(|| view! {
            <button class="button" data-kind=(!is_suspended).then_some("danger") type="button" aria-busy=move || busy.get().then_some("true") on:click=switch>
                {move || if is_suspended { t_string!(i18n, people.resume) } else { t_string!(i18n, people.suspend) }}
            </button>
        })}
    }
}

#[component]
fn AskingDialog(
    organisation: Organisation,
    line: StoredValue<PersonLine>,
    asking: RwSignal<Option<Asking>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let open = open_while(asking);
    let close = Callback::new(move |()| open.set(false));
    let title = Signal::derive(move || match asking.get() {
        Some(Asking::Edit) | None => t_string!(i18n, people.edit).to_string(),
        Some(Asking::Seat) => t_string!(i18n, people.add_seat).to_string(),
        Some(Asking::End(..)) => t_string!(i18n, people.end_seat).to_string(),
        Some(Asking::Close) => t_string!(i18n, people.close_account).to_string(),
    });
    let form = move || {
        let here = line.get_value();
        Some(match asking.get_untracked()? {
            Asking::Edit => view! { <EditPerson organisation line=here close/> }.into_any(),
            Asking::Seat => view! { <AddSeat organisation people=vec![here] kind=None shown=None close/> }.into_any(),
            Asking::End(seat, place) => {
                view! { <EndSeats organisation who=here.card.name seats=vec![(seat, place)] close/> }.into_any()
            }
            Asking::Close => view! { <CloseAccount organisation line=here close/> }.into_any(),
        })
    };
    view! { <Dialog open title>{form}</Dialog> }
}
