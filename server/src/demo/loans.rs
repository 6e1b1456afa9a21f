//! Who of the demo's teachers borrows what: things and places on the group's shelf, in the weeks around now.

use shared::library::LoanState;
use shared::organisation::Shelf;
use shared::words::{UnixMillis, UserId};

use super::library::DemoItem;
use crate::store::{DepositedLoan, NewLoan};

const HOUR: i64 = 3_600_000;
/// The demo's schools are in China.
const OFFSET: i64 = 8 * HOUR;

/// School days from now, beginning and ending hours, who borrows, what for, and what became of it.
const PLANS: [(i64, i64, i64, &str, &str, LoanState); 7] = [
    (-12, 8, 12, "lin", "三年级上册实验课，用完擦干净放回箱里", LoanState::Returned),
    (-6, 14, 16, "qian", "两个校区各上一节", LoanState::Returned),
    (-2, 8, 10, "shan", "公开课试讲", LoanState::Returned),
    (3, 8, 11, "ma", "村小联合教研，四所学校一起用", LoanState::Agreed),
    (5, 14, 17, "lin", "三年级展示课", LoanState::Asked),
    (9, 8, 10, "zhao", "班级活动", LoanState::Asked),
    (7, 6, 22, "", "检修和盘点", LoanState::Blocked),
];

/// All of them. What would be lent twice is left out by the store.
pub fn loans(items: &[DemoItem], now: UnixMillis) -> anyhow::Result<Vec<DepositedLoan>> {
    let mut all = Vec::new();
    let shared =
        |item: &&DemoItem| item.kind.is_lent() && matches!(&item.shelf, Shelf::Group(id) if id.as_str() == "qinghe");
    for (place, item) in items.iter().filter(shared).enumerate() {
        let keeper: UserId = item.by.parse()?;
        for (number, (days, from, to, by, purpose, state)) in PLANS.iter().enumerate() {
            // Not everything is asked for by everybody, and nobody asks themselves.
            if (place + number) % 3 == 0 || *by == item.by {
                continue;
            }
            // One thing a day or two before the other, and what is over stays over.
            let apart = i64::from(place as u32 % 3) * days.signum();
            let day = school_day(now, *days + apart);
            let person: UserId = if by.is_empty() { keeper.clone() } else { by.parse()? };
            let asked = UnixMillis(now.0.min(day) - 4 * UnixMillis::DAY);
            let decided = UnixMillis(asked.0 + 5 * HOUR);
            all.push(DepositedLoan {
                item: item.id.parse()?,
                person,
                loan: NewLoan {
                    id: format!("{}-jie-{number}", item.id).parse()?,
                    since: UnixMillis(day + from * HOUR),
                    until: UnixMillis(day + to * HOUR),
                    purpose: (*purpose).to_owned(),
                    at: asked,
                },
                state: *state,
                decided: (*state != LoanState::Asked).then(|| (keeper.clone(), decided)),
            });
        }
    }
    all.sort_by_key(|one| one.loan.at);
    Ok(all)
}

/// The midnight of the day so many from now; in place of a weekend to come of the Monday after it, of a past one of the
/// Friday before.
fn school_day(now: UnixMillis, days: i64) -> i64 {
    let day = (now.0 + OFFSET).div_euclid(UnixMillis::DAY) + days;
    // 1970-01-01 was a Thursday.
    let weekend = match ((day + 3).rem_euclid(7), days < 0) {
        (5, false) => 2,
        (5, true) => -1,
        (6, false) => 1,
        (6, true) => -2,
        _ => 0,
    };
    (day + weekend) * UnixMillis::DAY - OFFSET
}

#[cfg(test)]
mod tests {
    use super::super::library::items;
    use super::*;

    #[test]
    fn loans_are_of_school_days_between_six_and_ten_and_what_is_over_came_back() {
        let items = items();
        for days in 0..7 {
            check(&items, UnixMillis(1_795_276_800_000 + days * UnixMillis::DAY));
        }
    }

    fn check(items: &[DemoItem], now: UnixMillis) {
        let all = loans(items, now).unwrap();
        assert!(all.len() > 30, "{}", all.len());
        for DepositedLoan { item, loan, state, .. } in &all {
            let hour = |at: UnixMillis| (at.0 + OFFSET).rem_euclid(UnixMillis::DAY) / HOUR;
            assert!(loan.since < loan.until && hour(loan.since) >= 6 && hour(loan.until) <= 22, "{item}");
            assert!(((loan.since.0 + OFFSET).div_euclid(UnixMillis::DAY) + 3).rem_euclid(7) < 5, "{item}");
            assert_eq!(*state == LoanState::Returned, loan.until < now, "{item}");
            assert!(loan.at < loan.since, "{item}");
        }
    }
}
