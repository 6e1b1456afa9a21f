//! Who has shown a password and not yet a one-time password. In memory alone: after a restart they begin anew.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use shared::words::UserId;

use crate::secret::{Secret, SecretHash};
use crate::store::UsedBy;

const LASTS: Duration = Duration::from_secs(5 * 60);
const TRIES: u32 = 5;
/// Tickets at a time, some 150 bytes each.
const MOST: usize = 10_000;

#[derive(Default)]
pub struct Tickets(Mutex<HashMap<SecretHash, Ticket>>);

struct Ticket {
    person: UserId,
    computer: UsedBy,
    issued: Instant,
    tries: u32,
}

impl Tickets {
    pub fn issue(&self, person: UserId, computer: UsedBy, now: Instant) -> Secret {
        let mut all = self.all();
        if all.len() >= MOST {
            all.retain(|_, ticket| ticket.lasts(now));
        }
        if all.len() >= MOST
            && let Some(oldest) = all.iter().min_by_key(|(_, ticket)| ticket.issued).map(|(hash, _)| *hash)
        {
            all.remove(&oldest);
        }
        let secret = Secret::random();
        all.insert(secret.hash(), Ticket { person, computer, issued: now, tries: 0 });
        secret
    }

    /// Whose it is. Each look is a try.
    pub fn holder(&self, ticket: &Secret, now: Instant) -> Option<(UserId, UsedBy)> {
        let (mut all, hash) = (self.all(), ticket.hash());
        let found = all.get_mut(&hash)?;
        if !found.lasts(now) || found.tries >= TRIES {
            all.remove(&hash);
            return None;
        }
        found.tries += 1;
        Some((found.person.clone(), found.computer))
    }

    /// `false` if it was used up before.
    pub fn use_up(&self, ticket: &Secret) -> bool {
        self.all().remove(&ticket.hash()).is_some()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<SecretHash, Ticket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    fn lasts(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.issued) < LASTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_once_for_five_minutes_and_five_tries() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let zhou: UserId = "zhou".parse().unwrap();
        let issue = || tickets.issue(zhou.clone(), UsedBy::One, now);
        let ticket = issue();
        assert!(tickets.holder(&Secret::random(), now).is_none());
        assert_eq!(tickets.holder(&ticket, now), Some((zhou.clone(), UsedBy::One)));
        assert!(tickets.use_up(&ticket) && !tickets.use_up(&ticket));
        assert!(tickets.holder(&ticket, now).is_none(), "used up");
        assert!(tickets.holder(&issue(), now + LASTS).is_none(), "too late");
        let ticket = issue();
        assert_eq!((0..20).filter(|_| tickets.holder(&ticket, now).is_some()).count(), TRIES as usize);
    }
}
