//! One document under attack, forty times: what came of it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::MEMORY;
use super::arena::{Arena, busy};
use super::attack::{KINDS, frames};
use super::chance::Chance;

/// Attacks on one document.
pub const ATTACKS: u64 = 40;
/// A frame that takes longer holds up others; without optimisation all takes long.
const TOO_LONG: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2_000 } else { 50 });
/// What a frame of up to a mebibyte may take for itself; of a longer one, each mebibyte.
const TOO_MUCH: usize = 16 << 20;
const MEBIBYTE: usize = 1 << 20;

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    pub attacks: u64,
    pub frames: u64,
    pub admitted: u64,
    pub closed: u64,
    /// By reason.
    pub refused: BTreeMap<String, u64>,
    /// The longest any frame took, in microseconds, and the most it took for itself, in bytes.
    pub longest: u64,
    pub largest: usize,
    /// What each of the large frames took, in bytes.
    pub costs: Vec<(String, usize)>,
    /// What must never happen, with the seed of the batch.
    pub harm: Vec<(u64, String)>,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        let Tally { attacks, frames, admitted, closed, refused, longest, largest, costs, harm } = other;
        self.attacks += attacks;
        self.frames += frames;
        self.admitted += admitted;
        self.closed += closed;
        for (reason, count) in refused {
            *self.refused.entry(reason).or_default() += count;
        }
        self.longest = self.longest.max(longest);
        self.largest = self.largest.max(largest);
        self.costs.extend(costs);
        self.harm.extend(harm);
    }
}

/// Where the last panic was.
pub static PANICKED: Mutex<String> = Mutex::new(String::new());

/// Attacks one document; the same seed does the same again.
pub fn run(seed: u64, documents: &[Bytes]) -> Tally {
    let mut chance = Chance::new(seed);
    let mut tally = Tally::default();
    let stored = documents[chance.within(0, documents.len() as u64) as usize].clone();
    let mut arena = Arena::new(stored);
    for _ in 0..ATTACKS {
        let kind = chance.within(0, KINDS.len() as u64) as usize;
        let frames = frames(kind, &mut chance, &arena, documents);
        tally.attacks += 1;
        for frame in frames {
            let allowed = allowance(frame.len());
            if let Err(harm) = attack(&mut arena, frame, allowed, &mut tally) {
                tally.harm.push((seed, format!("{}: {harm}", KINDS[kind])));
                return tally;
            }
        }
        if arena.has_grown() {
            break;
        }
    }
    match catch_unwind(AssertUnwindSafe(|| arena.reload())) {
        Ok(None) => {}
        Ok(Some(difference)) => tally.harm.push((seed, format!("reloads differently, {difference}"))),
        Err(_) => tally.harm.push((seed, format!("panics when it is opened again, {}", panicked()))),
    }
    if catch_unwind(AssertUnwindSafe(|| arena.read())).is_err() {
        tally.harm.push((seed, format!("panics when it is read, {}", panicked())));
    }
    tally
}

fn panicked() -> String {
    PANICKED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What a frame of so many bytes may take.
pub fn allowance(len: usize) -> usize {
    TOO_MUCH * len.div_ceil(MEBIBYTE).max(1)
}

/// One frame, with everything that must never happen; the bytes it took, of those it may.
pub fn attack(arena: &mut Arena, frame: Bytes, allowed: usize, tally: &mut Tally) -> Result<usize, String> {
    let before = arena.encoded();
    let len = frame.len();
    let busy_before = busy();
    MEMORY.reset_peak_usage();
    let (started, memory) = (Instant::now(), MEMORY.current_usage());
    let verdict = catch_unwind(AssertUnwindSafe(|| arena.frame(frame)));
    let wall = started.elapsed();
    let took = match busy_before.zip(busy()) {
        // Others want the processor too.
        Some((before, after)) if wall > TOO_LONG / 2 => wall.min(after.saturating_sub(before)),
        Some(_) | None => wall,
    };
    // With the frame itself.
    let memory = MEMORY.peak_usage().saturating_sub(memory) + len;
    let verdict = verdict.map_err(|_| format!("panics, {}", panicked()))?;

    tally.frames += 1;
    tally.admitted += u64::from(verdict.admitted);
    tally.closed += u64::from(verdict.closed);
    if let Some(reason) = verdict.refused {
        *tally.refused.entry(format!("{reason:?}")).or_default() += 1;
    }
    if len <= MEBIBYTE {
        tally.longest = tally.longest.max(took.as_micros() as u64);
    }
    if allowed == TOO_MUCH {
        tally.largest = tally.largest.max(memory);
    }
    if verdict.broken {
        return Err("yrs gives up".into());
    }
    let after =
        catch_unwind(AssertUnwindSafe(|| arena.encoded())).map_err(|_| format!("poisons it, {}", panicked()))?;
    if !verdict.admitted && after != before {
        return Err("is refused, and the document is another".into());
    }
    if len <= MEBIBYTE && took > TOO_LONG {
        return Err(format!("takes {} ms, {len} bytes", took.as_millis()));
    }
    if memory > allowed {
        return Err(format!("takes {} KiB, {len} bytes", memory >> 10));
    }
    Ok(memory)
}
