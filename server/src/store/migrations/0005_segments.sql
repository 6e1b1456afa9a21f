-- Older parts of the log, packed: what `updates` held of them stands in `bytes` and in `client_bindings`, all of it.
-- A document's segments and then its rows in `updates` are its log, without a gap.
CREATE TABLE segments (
    document TEXT NOT NULL REFERENCES documents (id),
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    -- Of the log at `last`.
    checksum BLOB NOT NULL,
    encoding INTEGER NOT NULL,
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (document, first)
) STRICT;
