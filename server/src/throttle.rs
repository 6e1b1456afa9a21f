//! How often passwords may be guessed (docs/adr/0010). In memory alone: a full disk neither opens nor shuts the door.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use shared::words::UserId;

use crate::secret::SecretHash;

/// Attempts are counted for so long.
pub const WITHIN: Duration = Duration::from_secs(15 * 60);
/// Names that are somebody else's are counted for longer: nobody is in a hurry to learn whose number it is.
const NAMES_WITHIN: Duration = Duration::from_secs(60 * 60);
/// Attempts at one person, by whichever name: by all strangers together, and by each browser or address they have signed in
/// from before.
const MOST_PER_PERSON: usize = 10;
/// Attempts from one address at all people it is strange to, and at all to whom it is familiar. A school often has one
/// address for everybody: who comes in after all has their slips forgiven.
const MOST_PER_ADDRESS: usize = 100;
/// Names that turn out to be somebody else's, by one person and by all newcomers from one address.
const MOST_NAMES: usize = 6;
const MOST_NAMES_PER_ADDRESS: usize = 40;
/// Wrong codes from one address.
const MOST_CODES_PER_ADDRESS: usize = 10;
const MOST_SESSION_CODES_PER_ADDRESS: usize = 40;
/// After half of the attempts one has to wait so long, then twice as long five times.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const DOUBLINGS: usize = 5;
/// Counters kept at a time, some 200 bytes each.
const MAX_COUNTERS: usize = 20_000;

/// What attempts are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Counter {
    key: [u8; 32],
    most: usize,
    within: Duration,
}

/// At whom an attempt is made.
#[derive(Debug, Clone, Copy)]
pub enum Whom<'a> {
    /// Whether by login, telephone or e-mail.
    Person(&'a UserId),
    /// A name that is nobody's.
    Nobody(&'a str),
}

impl Whom<'_> {
    fn parts(&self) -> [&[u8]; 2] {
        match self {
            Self::Person(person) => [b"person", person.as_str().as_bytes()],
            Self::Nobody(name) => [b"nobody", name.as_bytes()],
        }
    }
}

impl Counter {
    /// Everybody at this person who comes from nowhere familiar.
    pub fn strangers_at(whom: Whom<'_>) -> Self {
        Self::new("strangers", &whom.parts(), MOST_PER_PERSON)
    }

    /// This person from a browser or address they have signed in from before.
    pub fn familiar_at(whom: Whom<'_>, mark: SecretHash) -> Self {
        let [kind, name] = whom.parts();
        Self::new("familiar", &[kind, name, &mark.0], MOST_PER_PERSON)
    }

    /// All people from an address they have not signed in from before.
    pub fn strangers_from(address: IpAddr) -> Self {
        Self::new("address", &[network(address).to_string().as_bytes()], MOST_PER_ADDRESS)
    }

    /// All people from an address they have signed in from before.
    pub fn familiar_from(address: IpAddr) -> Self {
        Self::new("familiar address", &[network(address).to_string().as_bytes()], MOST_PER_ADDRESS)
    }

    /// Names that this person would like to have and that are somebody else's.
    pub fn names_tried_by(person: &UserId) -> Self {
        let counter = Self::new("names", &[person.as_str().as_bytes()], MOST_NAMES);
        Self { within: NAMES_WITHIN, ..counter }
    }

    /// The same for those who have no account yet.
    pub fn names_tried_from(address: IpAddr) -> Self {
        let counter = Self::new("names from", &[network(address).to_string().as_bytes()], MOST_NAMES_PER_ADDRESS);
        Self { within: NAMES_WITHIN, ..counter }
    }

    /// One-time passwords of this person, from wherever: whoever gets so far knows the password.
    pub fn second_step_of(person: &UserId) -> Self {
        Self::new("second step", &[person.as_str().as_bytes()], MOST_PER_PERSON)
    }

    /// The own password, asked for again of somebody who is signed in.
    pub fn own_password_of(person: &UserId) -> Self {
        Self::new("own password", &[person.as_str().as_bytes()], MOST_PER_PERSON)
    }

    /// Start codes, open invitations and the code of the first start from an address.
    pub fn codes_from(address: IpAddr) -> Self {
        Self::new("codes", &[network(address).to_string().as_bytes()], MOST_CODES_PER_ADDRESS)
    }

    /// Codes of tutoring sessions from an address: a whole school may type one from the board in the same minute.
    pub fn session_codes_from(address: IpAddr) -> Self {
        Self::new("session codes", &[network(address).to_string().as_bytes()], MOST_SESSION_CODES_PER_ADDRESS)
    }

    fn new(kind: &str, parts: &[&[u8]], most: usize) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in [kind.as_bytes()].iter().chain(parts) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self { key: *hasher.finalize().as_bytes(), most, within: WITHIN }
    }
}

/// The address as far as it tells subscribers apart: of IPv6 the first 64 bits.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => std::net::Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[derive(Default)]
pub struct Throttle {
    attempts: Mutex<HashMap<Counter, Attempts>>,
}

/// When attempts were made, oldest first.
#[derive(Default)]
struct Attempts(VecDeque<Instant>);

impl Throttle {
    /// Counts an attempt, before the password is looked at: guesses sent side by side don't slip through together.
    ///
    /// With one of the counters used up nothing is counted, and it says how long to wait.
    pub fn take(&self, counters: &[Counter], now: Instant) -> Result<(), Duration> {
        let mut all = self.attempts();
        let wait = counters.iter().filter_map(|counter| all.get_mut(counter)?.wait(counter, now)).max();
        if let Some(wait) = wait {
            return Err(wait);
        }
        for counter in counters {
            make_room(&mut all, now);
            all.entry(*counter).or_default().0.push_back(now);
        }
        Ok(())
    }

    /// The attempt taken at `taken` was no guess.
    pub fn give_back(&self, counters: &[Counter], taken: Instant) {
        let mut all = self.attempts();
        for counter in counters {
            if let Some(Attempts(times)) = all.get_mut(counter)
                && let Some(at) = times.iter().rposition(|time| *time == taken)
            {
                times.remove(at);
            }
        }
    }

    /// Takes the attempts of `one` out of `over_all`: whoever made them has shown who they are. `one` keeps them.
    pub fn forgive(&self, over_all: Counter, one: Counter) {
        let mut all = self.attempts();
        let Some(Attempts(slips)) = all.get(&one) else { return };
        let slips = slips.clone();
        if let Some(Attempts(times)) = all.get_mut(&over_all) {
            times.retain(|time| !slips.contains(time));
        }
    }

    fn attempts(&self) -> MutexGuard<'_, HashMap<Counter, Attempts>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempts {
    /// How long the next attempt has to wait, if at all.
    fn wait(&mut self, &Counter { key: _, most, within }: &Counter, now: Instant) -> Option<Duration> {
        while self.0.front().is_some_and(|time| now.saturating_duration_since(*time) >= within) {
            self.0.pop_front();
        }
        let (first, last) = (*self.0.front()?, *self.0.back()?);
        let free_at = if self.0.len() >= most {
            first + within
        } else {
            // Who looked at the clock a moment before somebody else, and comes a moment after them, does not wait for that.
            last + wait_after(self.0.len(), most)?
        };
        Some(free_at.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
    }
}

/// `None` as long as nobody has to wait.
fn wait_after(attempts: usize, most: usize) -> Option<Duration> {
    let free = most / 2;
    let doublings = attempts.checked_sub(free)? * DOUBLINGS / (most - free);
    Some(FIRST_WAIT * (1 << doublings))
}

/// Lets go of what is long past, and in a flood of the counter that has rested longest.
fn make_room(all: &mut HashMap<Counter, Attempts>, now: Instant) {
    if all.len() < MAX_COUNTERS {
        return;
    }
    all.retain(|counter, Attempts(times)| {
        times.back().is_some_and(|last| now.saturating_duration_since(*last) < counter.within)
    });
    if all.len() >= MAX_COUNTERS
        && let Some(rested) = all.iter().min_by_key(|(_, Attempts(times))| times.back()).map(|(counter, _)| *counter)
    {
        all.remove(&rested);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strangers_at(name: &str) -> Counter {
        Counter::strangers_at(Whom::Nobody(name))
    }

    #[test]
    fn two_in_the_same_moment_do_not_wait_for_one_another() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let counters = [strangers_at("zhou")];
        // The later one came through the door first.
        assert_eq!(throttle.take(&counters, now + Duration::from_nanos(1)), Ok(()));
        assert_eq!(throttle.take(&counters, now), Ok(()));
    }

    /// Attempts, each as soon as it may be made, for so long; gives when they were made, in seconds.
    fn as_often_as_allowed(throttle: &Throttle, counters: &[Counter], from: Instant, seconds: u64) -> Vec<u64> {
        let mut made = Vec::new();
        let mut now = from;
        while now < from + Duration::from_secs(seconds) {
            match throttle.take(counters, now) {
                Ok(()) => made.push((now - from).as_secs()),
                Err(wait) => now += wait,
            }
        }
        made
    }

    #[test]
    fn s6_ten_guesses_in_any_quarter_of_an_hour_with_growing_waits() {
        let made = as_often_as_allowed(&Throttle::default(), &[strangers_at("lin")], Instant::now(), 3 * 3600);
        assert_eq!(made[..10], [0, 0, 0, 0, 0, 5, 15, 35, 75, 155]);
        for (at, first) in made.iter().enumerate() {
            let within = made[at..].iter().filter(|later| **later - first < WITHIN.as_secs()).count();
            assert!(within <= 10, "{within} guesses from second {first} on");
        }
    }

    #[test]
    fn r13_strangers_use_up_neither_a_familiar_browser_nor_another_login() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let familiar = Counter::familiar_at(Whom::Nobody("lin"), SecretHash([1; 32]));
        as_often_as_allowed(&throttle, &[strangers_at("lin")], now, 600);
        let later = now + Duration::from_secs(600);
        assert!(throttle.take(&[strangers_at("lin")], later).is_err());
        assert_eq!(throttle.take(&[familiar], later), Ok(()));
        assert_eq!(throttle.take(&[strangers_at("chen")], later), Ok(()));
    }

    #[test]
    fn r13_one_address_is_counted_over_all_logins_and_what_was_right_is_no_guess() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let address = Counter::strangers_from("2001:db8::1".parse().unwrap());
        assert_eq!(address, Counter::strangers_from("2001:db8::2:3".parse().unwrap()), "one subscriber");
        assert_ne!(address, Counter::strangers_from("2001:db8:0:1::1".parse().unwrap()));
        let guess = |n: usize, now| throttle.take(&[strangers_at(&n.to_string()), address], now);
        for right in 0..1_000 {
            assert_eq!(guess(right, now), Ok(()));
            throttle.give_back(&[strangers_at(&right.to_string()), address], now);
        }
        let guessed = as_often_as_allowed(&throttle, &[address], now, WITHIN.as_secs()).len();
        assert!((50..=100).contains(&guessed), "{guessed}");
    }

    #[test]
    fn r13_a_school_of_300_mistypes_and_comes_in_and_one_who_guesses_does_not() {
        let (throttle, mut now) = (Throttle::default(), Instant::now());
        let address = Counter::familiar_from("203.0.113.5".parse().unwrap());
        let own = |n: usize| Counter::familiar_at(Whom::Nobody(&n.to_string()), SecretHash([1; 32]));
        for teacher in 0..300 {
            now += Duration::from_millis(10);
            assert_eq!(throttle.take(&[own(teacher), address], now), Ok(()), "{teacher} slips");
            now += Duration::from_millis(10);
            assert_eq!(throttle.take(&[own(teacher), address], now), Ok(()), "{teacher} is right");
            throttle.give_back(&[own(teacher), address], now);
            throttle.forgive(address, own(teacher));
        }
        let mut guesses = 0;
        for teacher in (0..300).cycle().take(3_000) {
            now += Duration::from_millis(100);
            guesses += usize::from(throttle.take(&[own(teacher), address], now).is_ok());
        }
        assert!((50..=100).contains(&guesses), "{guesses}");
    }

    #[test]
    fn whose_name_it_is_is_asked_six_times_an_hour() {
        let lin: UserId = "lin".parse().unwrap();
        let made =
            as_often_as_allowed(&Throttle::default(), &[Counter::names_tried_by(&lin)], Instant::now(), 3 * 3600);
        for (at, first) in made.iter().enumerate() {
            assert!(made[at..].iter().filter(|later| **later - first < 3600).count() <= 6, "from second {first} on");
        }
    }

    #[test]
    fn a_flood_of_logins_takes_bounded_memory_and_frees_no_busy_counter() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let busy = strangers_at("busy");
        for n in 0..MAX_COUNTERS + 100 {
            let now = now + Duration::from_micros(n as u64);
            throttle.take(&[strangers_at(&n.to_string())], now).unwrap();
            if n % 5_000 == 0 {
                throttle.take(&[busy], now).unwrap();
            }
        }
        assert_eq!(throttle.attempts().len(), MAX_COUNTERS);
        assert!(throttle.attempts()[&busy].0.len() >= 5);
    }
}
