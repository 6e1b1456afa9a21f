//! The room, rule by rule (docs/protocol.md: J, E, S, L, P and X).

mod edits;
mod ending;
mod hostile;
mod joining;
mod live;
mod presence;
mod saved;
mod scene;
mod slow;
