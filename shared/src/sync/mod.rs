//! Both ends of docs/protocol.md as state machines.
