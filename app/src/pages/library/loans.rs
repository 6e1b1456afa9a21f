//! Borrowing a thing or a place: its calendar, what stands in it, and the form in which one asks.

use leptos::ev;
use leptos::prelude::*;
use shared::api::{ItemView, LoanCard};
use shared::library::LoanState;
use shared::words::{LoanId, UnixMillis};

use super::loan_form::{AskPart, DecideDialog};
use crate::browser::clock::{self, Shape, write_date};
use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::icon::icon;
use crate::components::person::who;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::library::loans::{OpenLoans, local, local_day};
use crate::state::preferences::tag;
use crate::wording::day::{day_name, day_of_month, first_of_month, shown_of_month};

/// What is to be decided, and about which loan.
pub type Asked = RwSignal<Option<(LoanId, LoanState)>>;

#[component]
pub fn LoansPart(loans: OpenLoans, view: ItemView) -> impl IntoView {
    let i18n = use_i18n();
    let asked: Asked = RwSignal::new(None);
    let open = view.binned.is_none();
    let decides = move || loans.calendar.with(|calendar| calendar.as_ref().is_some_and(|calendar| calendar.decides));
    view! {
        <section class="loans" aria-labelledby="loans-title">
            <h3 id="loans-title">{t!(i18n, loan.title)}</h3>
            {move || loans.failure.get().map(|failure| view! {
                <Banner tone=Tone::Warn picture="warn" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| loans.again()>{t!(i18n, common.try_again)}</button> }>{failure_words(&failure)}</Banner>
            })}
            <MonthHead loans/>
            <Month loans/>
            <Entries loans asked/>
            {open.then(|| view! { <AskPart loans decides=Signal::derive(decides)/> })}
            <DecideDialog loans asked/>
        </section>
    }
}

/// Which month is shown, and the ways to the others.
#[component]
fn MonthHead(loans: OpenLoans) -> impl IntoView {
    let i18n = use_i18n();
    let name =
        move || write_date(local(first_of_month(loans.month.get(), 0), 12 * 60), Shape::Month, tag(i18n.get_locale()));
    view! {
        <div class="split">
            <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, loan.month_before) on:click=move |_| loans.turn(-1)>{icon("left")}</button>
            <strong role="status">{name}</strong>
            <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, loan.month_after) on:click=move |_| loans.turn(1)>{icon("next")}</button>
        </div>
    }
}

/// A month as a table of days, where there is room for one. The arrows go from day to day, and Enter takes the day into the
/// form below.
#[component]
fn Month(loans: OpenLoans) -> impl IntoView {
    let i18n = use_i18n();
    let weekdays = move || {
        // 1970-01-05 was a Monday.
        (4..11)
            .map(|day| {
                let name = write_date(local(day, 12 * 60), Shape::Weekday, tag(i18n.get_locale()));
                view! { <th scope="col">{name}</th> }
            })
            .collect_view()
    };
    let focused = RwSignal::new(local_day(clock::wall()));
    let walk = move |event: ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowLeft" => -1,
            "ArrowRight" => 1,
            "ArrowUp" => -7,
            "ArrowDown" => 7,
            _ => return,
        };
        event.prevent_default();
        let to = focused.get_untracked() + step;
        focused.set(to);
        let month = first_of_month(to, 0) - first_of_month(loans.month.get_untracked(), 0);
        if month != 0 {
            loans.turn(month.signum());
        }
        page::later(0, move || dom::focus_id(&format!("day-{to}")));
    };
    // The day that Tab comes to is always one of those shown.
    let stop = move || {
        let shown = first_of_month(loans.month.get(), 0)..first_of_month(loans.month.get(), 1);
        if shown.contains(&focused.get()) { focused.get() } else { shown.start }
    };
    let weeks = move || {
        let shown: Vec<i64> = shown_of_month(loans.month.get()).collect();
        let month = first_of_month(loans.month.get(), 0);
        let cards = loans
            .calendar
            .with(|calendar| calendar.as_ref().map(|calendar| calendar.loans.clone()))
            .unwrap_or_default();
        shown
            .chunks(7)
            .map(|week| {
                let days = week.iter().map(|day| day_cell(loans, *day, month, &cards, stop, focused)).collect_view();
                view! { <tr>{days}</tr> }
            })
            .collect_view()
    };
    view! {
        <table class="month" aria-labelledby="loans-title" on:keydown=walk>
            <thead><tr>{weekdays}</tr></thead>
            <tbody>{weeks}</tbody>
        </table>
    }
}

fn day_cell(
    loans: OpenLoans,
    day: i64,
    month: i64,
    cards: &[LoanCard],
    stop: impl Fn() -> i64 + Copy + Send + Sync + 'static,
    focused: RwSignal<i64>,
) -> AnyView {
    let i18n = use_i18n();
    let (begins, ends) = (local(day, 0), local(day + 1, 0));
    let of_day: Vec<&LoanCard> =
        cards.iter().filter(|card| stands(card) && card.since < ends && card.until > begins).collect();
    let marks: Vec<_> = of_day
        .iter()
        .take(2)
        .map(|card| {
            let words = short(card, begins, ends);
            view! { <span class="mark" data-state=card.state.as_str() data-mine=card.mine.then_some("")>{words}</span> }
        })
        .collect();
    let more = of_day.len().saturating_sub(2);
    let said: Vec<String> =
        of_day.iter().map(|card| format!("{} {}", state_words(card.state), short(card, begins, ends))).collect();
    let name = write_date(local(day, 12 * 60), Shape::DayAndWeekday, tag(i18n.get_locale()));
    let label = if said.is_empty() {
        t_string!(i18n, loan.free_day, day = name).to_string()
    } else {
        format!("{name}，{}", said.join("，"))
    };
    let other = first_of_month(day, 0) != month;
    let today = day == local_day(clock::wall());
    let past = day < local_day(clock::wall());
    let choose = move |_| {
        focused.set(day);
        if !past {
            loans.draft.since_day.set(day_name(day));
            loans.draft.until_day.set(day_name(day));
            dom::focus_id("loan-since-time");
        }
    };
    view! {
        <td data-other=other.then_some("") data-past=past.then_some("")>
            <button type="button" id=format!("day-{day}") aria-label=label aria-current=today.then_some("date") tabindex=move || if stop() == day { "0" } else { "-1" } on:focus=move |_| focused.set(day) on:click=choose>
                <span class="number">{day_of_month(day)}</span>{marks.into_iter().collect_view()}{(more > 0).then(|| format!("+{more}"))}
            </button>
        </td>
    }
    .into_any()
}

/// Whether it is in the calendar; what came to nothing is only in one's own list.
fn stands(card: &LoanCard) -> bool {
    matches!(card.state, LoanState::Asked | LoanState::Agreed | LoanState::Blocked | LoanState::Returned)
}

/// Its hours within one day.
fn short(card: &LoanCard, begins: UnixMillis, ends: UnixMillis) -> String {
    let i18n = use_i18n();
    if card.since <= begins && card.until >= ends {
        return t_string!(i18n, loan.all_day).to_string();
    }
    let time = |at: UnixMillis| write_date(at, Shape::Time, tag(i18n.get_locale()));
    match (card.since > begins, card.until < ends) {
        (true, true) => format!("{}–{}", time(card.since), time(card.until)),
        (true, false) => t_string!(i18n, loan.from, time = time(card.since)).to_string(),
        (false, _) => t_string!(i18n, loan.until, time = time(card.until)).to_string(),
    }
}

/// 11月24日 星期二 8:00 – 10:00.
pub fn stretch(since: UnixMillis, until: UnixMillis) -> String {
    let i18n = use_i18n();
    let language = tag(i18n.get_locale());
    let day = |at| write_date(at, Shape::DayAndWeekday, language);
    let time = |at| write_date(at, Shape::Time, language);
    match local_day(since) == local_day(until) {
        true => format!("{} {} – {}", day(since), time(since), time(until)),
        false => format!("{} {} – {} {}", day(since), time(since), day(until), time(until)),
    }
}

pub fn state_words(state: LoanState) -> String {
    let i18n = use_i18n();
    match state {
        LoanState::Asked => t_string!(i18n, loan.asked),
        LoanState::Agreed => t_string!(i18n, loan.agreed),
        LoanState::Declined => t_string!(i18n, loan.declined),
        LoanState::Withdrawn => t_string!(i18n, loan.withdrawn),
        LoanState::Returned => t_string!(i18n, loan.returned),
        LoanState::Lapsed => t_string!(i18n, loan.lapsed),
        LoanState::Blocked => t_string!(i18n, loan.blocked),
    }
    .to_string()
}

/// The month once more as a list, with what may be done: on a phone it is the calendar.
#[component]
fn Entries(loans: OpenLoans, asked: Asked) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        loans.calendar.get().map(|calendar| {
            let decides = calendar.decides;
            match calendar.loans.is_empty() {
                true => view! { <p class="small second">{t!(i18n, loan.none)}</p> }.into_any(),
                false => view! { <ul class="loan-lines">{calendar.loans.into_iter().map(|card| view! { <Entry loans card decides asked/> }).collect_view()}</ul> }.into_any(),
            }
        })
    }
}

#[component]
fn Entry(loans: OpenLoans, card: LoanCard, decides: bool, asked: Asked) -> impl IntoView {
    let i18n = use_i18n();
    let LoanCard { id, since, until, state, by, purpose, mine, decided_by: _, words } = card;
    let ics = loans.ics(&id);
    let name = format!("loan-{id}");
    let id = StoredValue::new(id);
    let kind = if state.takes_time() { "accent" } else { "line" };
    let ask = move |to: LoanState| asked.set(Some((id.get_value(), to)));
    let button = move |to: LoanState, words: fn(LoanState) -> String| view! { <button class="button" data-size="small" type="button" on:click=move |_| ask(to)>{move || words(to)}</button> };
    let may: Vec<LoanState> = match state {
        LoanState::Asked if decides => vec![LoanState::Agreed, LoanState::Declined],
        LoanState::Agreed if decides && since <= clock::wall() => vec![LoanState::Returned],
        LoanState::Agreed if decides && !mine => vec![LoanState::Declined],
        LoanState::Blocked if decides => vec![LoanState::Withdrawn],
        _ => Vec::new(),
    };
    let may_withdraw = mine && (state == LoanState::Asked || (state == LoanState::Agreed && since > clock::wall()));
    let own = (mine || decides) && state == LoanState::Agreed;
    view! {
        <li id=name tabindex="-1">
            <p class="cluster"><span class="badge" data-kind=kind>{move || state_words(state)}</span><span class="nowrap-line">{move || stretch(since, until)}</span>{by.as_ref().map(who)}</p>
            {(!purpose.is_empty()).then(|| view! { <p class="small second said">{purpose}</p> })}
            {(!words.is_empty()).then(|| view! { <p class="small said">{words}</p> })}
            {(state == LoanState::Lapsed).then(|| view! { <p class="small second">{t!(i18n, loan.lapsed_words)}</p> })}
            <div class="cluster">
                {may.into_iter().map(|to| button(to, deed_words)).collect_view()}
                {may_withdraw.then(|| button(LoanState::Withdrawn, |_| withdraw_words()))}
                {own.then(|| view! { <a class="button" data-size="small" data-kind="quiet" href=ics download rel="external">{t!(i18n, loan.ics)}</a> })}
            </div>
        </li>
    }
}

/// What a button says that decides so.
pub fn deed_words(to: LoanState) -> String {
    let i18n = use_i18n();
    match to {
        LoanState::Agreed => t_string!(i18n, loan.agree),
        LoanState::Declined => t_string!(i18n, loan.decline),
        LoanState::Returned => t_string!(i18n, loan.give_back),
        LoanState::Withdrawn => t_string!(i18n, loan.unblock),
        LoanState::Asked | LoanState::Lapsed | LoanState::Blocked => t_string!(i18n, loan.submit),
    }
    .to_string()
}

fn withdraw_words() -> String {
    let i18n = use_i18n();
    t_string!(i18n, loan.withdraw).to_string()
}
