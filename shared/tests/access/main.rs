//! The judge as tables and by properties.

#[path = "../organisation_support/mod.rs"]
mod organisation_support;

mod administration;
mod attack;
mod properties;
mod rights;
mod tutoring;
