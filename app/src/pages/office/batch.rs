use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::api::PersonLine;
use shared::organisation::{BodyKind, Person, Record};
use shared::words::UserId;

use super::able::{Act, may, names};
use super::seat_forms::{AddSeat, EndSeats, MoveSchool, whom};
use super::start_codes::Codes;
use crate::browser::clock;
use crate::browser::fetch::Failure;
use crate::components::banner::{Banner, Tone};
use crate::components::dialog::{Dialog, open_while};
use crate::components::people_table::BatchBar;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::organisation::{Organisation, Said};
use crate::state::people::People;
use crate::state::session::Session;
use crate::state::way::{Trace, use_way};

/// What is to be done with the chosen, as far as it asks something first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    Team,
    School,
    End,
}

/// What can be done with several people at once. Each deed is done at once and can be taken back.
#[component]
pub fn Batch(organisation: Organisation, people: People, chosen: RwSignal<BTreeSet<UserId>>) -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let codes: Codes = expect_context();
    let way = StoredValue::new_local(use_way());
    let asking = RwSignal::new(None::<Asking>);
    let open = open_while(asking);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    // Who was chosen stays chosen when something else is looked for; what is known of them is what was seen last.
    let seen = StoredValue::new(Vec::<PersonLine>::new());
    Effect::new(move || {
        people.found.with(|found| {
            let fresh = found.iter().flat_map(|found| &found.people);
            seen.update_value(|seen| {
                for line in fresh {
                    seen.retain(|known| known.card.id != line.card.id);
                    seen.push(line.clone());
                }
            });
        });
    });
    let lines = move || {
        let mut lines = seen.get_value();
        chosen.with_untracked(|chosen| lines.retain(|line| chosen.contains(&line.card.id)));
        lines
    };
    // Who can be meant by a deed, and who can't.
    let parted =
        move |act| lines().into_iter().partition::<Vec<_>, _>(|line| may(line, act, session.person().as_ref()));
    let suspended = move || {
        people.found.track();
        chosen.track();
        let (can, _) = parted(Act::Suspend);
        !can.is_empty() && can.iter().all(|line| line.person.suspended.is_some())
    };
    let left_out = move || {
        people.found.track();
        chosen.track();
        let back = suspended();
        let words = move |act| {
            let (can, not) = parted(act);
            (!not.is_empty() && !can.is_empty()).then(|| {
                let (who, rest) = (names(&not), can.len());
                match act {
                    Act::Invite => t_string!(i18n, people.not_invited, who = who, rest = rest).to_string(),
                    Act::Suspend if back => t_string!(i18n, people.not_resumed, who = who, rest = rest).to_string(),
                    Act::Suspend | Act::Close => {
                        t_string!(i18n, people.not_suspended, who = who, rest = rest).to_string()
                    }
                }
            })
        };
        [Act::Invite, Act::Suspend].into_iter().filter_map(words).collect::<Vec<_>>()
    };
    let nobody = move |act| {
        chosen.track();
        people.found.track();
        parted(act).0.is_empty()
    };
    let switch = move |_| {
        if busy.get_untracked() {
            return;
        }
        let ((lines, _), back) = (parted(Act::Suspend), untrack(suspended));
        if lines.is_empty() {
            return;
        }
        let since = (!back).then(clock::wall);
        let put = |line: &PersonLine| Record::Person(Person { suspended: since, ..line.person.clone() });
        let (records, who) = (lines.iter().map(put).collect(), whom(&lines));
        let read = lines.iter().map(|line| Record::Person(line.person.clone())).collect();
        let done = match back {
            true => t_string!(i18n, people.resumed, who = who.clone()).to_string(),
            false => t_string!(i18n, people.suspended_done, who = who.clone()).to_string(),
        };
        let said = Said { done, undone: t_string!(i18n, people.changed_back, name = who).to_string() };
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = organisation.change(read, records, said).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => drop(chosen.try_set(BTreeSet::new())),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    let invite = move |_| {
        if busy.get_untracked() {
            return;
        }
        let ids: Vec<_> = parted(Act::Invite).0.into_iter().map(|line| line.card.id).collect();
        if ids.is_empty() {
            return;
        }
        busy.set(true);
        failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = codes.make(ids).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => way.with_value(|way| way("/people/codes", Trace::Leave)),
                Err(reason) => drop(failure.try_set(Some(reason))),
            }
        });
    };
    let close = Callback::new(move |()| {
        open.set(false);
        chosen.set(BTreeSet::new());
    });
    let title = Signal::derive(move || match asking.get() {
        Some(Asking::Team) | None => t_string!(i18n, people.into_team).to_string(),
        Some(Asking::School) => t_string!(i18n, people.move_school).to_string(),
        Some(Asking::End) => t_string!(i18n, people.end_seat).to_string(),
    });
    let form = move || {
        let people_chosen = lines();
        let close = Callback::new(move |()| close.run(()));
        Some(match asking.get_untracked()? {
            Asking::Team => {
                view! { <AddSeat organisation people=people_chosen kind=Some(BodyKind::Team) shown=people.body.get_untracked() close/> }.into_any()
            }
            Asking::School => view! { <MoveSchool organisation people=people_chosen close/> }.into_any(),
            Asking::End => {
                let body = people.body.get_untracked()?;
                let held = people_chosen.iter().flat_map(|line| &line.seats);
                let held =
                    held.filter(|(seat, _, _)| seat.body == body).map(|(seat, name, _)| (seat.clone(), name.clone()));
                let seats: Vec<_> = held.collect();
                view! { <EndSeats organisation who=whom(&people_chosen) seats close/> }.into_any()
            }
        })
    };
    let small = move |words: Signal<String>, deed: Asking| {
        view! { <button class="button" data-size="small" type="button" on:click=move |_| asking.set(Some(deed))>{words}</button> }
    };
    let of = move |deed| {
        Signal::derive(move || match deed {
            Asking::Team => t_string!(i18n, people.into_team).to_string(),
            Asking::School => t_string!(i18n, people.move_school).to_string(),
            Asking::End => t_string!(i18n, people.end_seat).to_string(),
        })
    };
    view! {
        {move || failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
        <BatchBar chosen>
            {small(of(Asking::Team), Asking::Team)}
            {small(of(Asking::School), Asking::School)}
            <Show when=move || people.body.with(Option::is_some)>{small(of(Asking::End), Asking::End)}</Show>
            <button class="button" data-size="small" type="button" disabled=move || nobody(Act::Invite) aria-busy=move || busy.get().then_some("true") on:click=invite>{t!(i18n, people.invite)}</button>
            <button class="button" data-size="small" data-kind=move || (!suspended()).then_some("danger") type="button" disabled=move || nobody(Act::Suspend) aria-busy=move || busy.get().then_some("true") on:click=switch>
                {move || if suspended() { t_string!(i18n, people.resume) } else { t_string!(i18n, people.suspend) }}
            </button>
        </BatchBar>
        {move || left_out().into_iter().map(|words| view! { <p class="small quiet batch-note" role="status">{words}</p> }).collect_view()}
        <Dialog open title>{form}</Dialog>
    }
}
