//! Finding items and documents by what one types.
