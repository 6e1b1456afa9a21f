//! The fuzz targets' work, which is that of shared/tests/fuzz.

#![allow(dead_code, reason = "the tests use the rest of it")]

#[path = "../../shared/tests/hostile/arena.rs"]
mod arena;
#[path = "../../shared/tests/hostile/attack.rs"]
mod attack;
#[path = "../../shared/tests/simulation/chance.rs"]
mod chance;
#[path = "../../shared/tests/hostile/corpus.rs"]
mod corpus;
#[path = "../../shared/tests/fuzz/harness.rs"]
pub mod harness;
#[path = "../../shared/tests/admission/raw.rs"]
mod raw;
#[path = "../../shared/tests/document_support/said.rs"]
mod said;
