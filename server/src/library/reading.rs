//! What is read out of files, in a process of its own.
