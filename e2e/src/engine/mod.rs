//! The sync engine under load, seen from outside: stock clients, servers as they come from their makers, and what the
//! system says they cost. `cargo xtask bench --engine` and `cargo xtask chaos` are made of it.

mod chalk;
mod chance;
mod client;
mod contender;
mod meter;
mod pen;
mod speech;

pub use chalk::{Chalk, Drawn, MESSAGES_PER_SECOND, drawn};
pub use chance::Chance;
pub use client::{Client, Ear, Mouth, Way};
pub use contender::{Contender, Running, own_folder};
pub use meter::{cpu, most_resident, own_cpu, resident, until_quiet};
pub use pen::{Pen, Seen, text_of};
pub use speech::{Heard, LEFT_OUT, MISSING, STORAGE_FULL, Speech, Step, TROUBLE_FULL, Told, put_uint};
