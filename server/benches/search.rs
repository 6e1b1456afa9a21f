//! What searches cost.

fn main() {}
