//! Files on their way in, over lines that are cut.
