//! Promises of the search, kept by the whole of it.
