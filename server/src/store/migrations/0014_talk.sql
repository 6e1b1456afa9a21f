-- What people say of items: remarks with replies, corrections, what they found in use, and what is lent to whom.

CREATE TABLE remarks (
    -- In the order in which they came.
    number INTEGER PRIMARY KEY,
    -- Chosen by whoever wrote it, so that a wish that is sent twice is one remark.
    id TEXT NOT NULL UNIQUE,
    item TEXT NOT NULL REFERENCES items (id),
    -- What it replies to: always the beginning of a thread.
    root TEXT REFERENCES remarks (id),
    -- A name of shared::library::RemarkKind; replies are remarks.
    kind TEXT NOT NULL,
    author TEXT NOT NULL REFERENCES people (id),
    -- Empty once it is taken back.
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    changed INTEGER,
    taken_back INTEGER,
    hidden INTEGER,
    hidden_by TEXT REFERENCES people (id),
    hidden_why TEXT NOT NULL DEFAULT '',
    -- When whoever asked said that the question is settled.
    closed INTEGER,
    -- A reply by somebody who speaks for the item: as long as it stands, the question is answered.
    answers INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX remarks_of_item ON remarks (item, number) WHERE root IS NULL;
CREATE INDEX replies_of_remark ON remarks (root, number) WHERE root IS NOT NULL;
CREATE INDEX remarks_by_author ON remarks (author, number);
CREATE INDEX questions ON remarks (item, number) WHERE kind = 'question' AND closed IS NULL;
CREATE UNIQUE INDEX thanks_once ON remarks (item, author) WHERE kind = 'thanks' AND taken_back IS NULL;

-- What a remark of the kind `correction` wants changed; why is the remark's text.
CREATE TABLE corrections (
    remark TEXT PRIMARY KEY REFERENCES remarks (id),
    version INTEGER NOT NULL,
    quote TEXT NOT NULL,
    instead TEXT NOT NULL,
    -- A name of shared::library::CorrectionState.
    state TEXT NOT NULL,
    decided INTEGER,
    decided_by TEXT REFERENCES people (id),
    words TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX corrections_by_state ON corrections (state);

CREATE TABLE ratings (
    number INTEGER PRIMARY KEY,
    item TEXT NOT NULL REFERENCES items (id),
    person TEXT NOT NULL REFERENCES people (id),
    -- A name of shared::library::Verdict.
    verdict TEXT NOT NULL,
    words TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (item, person)
) STRICT;

CREATE TABLE loans (
    number INTEGER PRIMARY KEY,
    -- Chosen by whoever asks, as of remarks.
    id TEXT NOT NULL UNIQUE,
    item TEXT NOT NULL REFERENCES items (id),
    person TEXT NOT NULL REFERENCES people (id),
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    -- A name of shared::library::LoanState.
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    decided INTEGER,
    decided_by TEXT REFERENCES people (id),
    words TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX loans_of_item ON loans (item, until);
CREATE INDEX loans_of_person ON loans (person, number);
CREATE INDEX loans_by_state ON loans (state, item);

-- The half hours that an agreed loan or a block takes: nobody else has them.
CREATE TABLE loan_slots (
    item TEXT NOT NULL,
    -- Half hours since 1970-01-01T00:00Z.
    slot INTEGER NOT NULL,
    loan TEXT NOT NULL REFERENCES loans (id),
    PRIMARY KEY (item, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX slots_of_loan ON loan_slots (loan);

-- Until when somebody has read what others answered them.
CREATE TABLE answers_read (
    person TEXT PRIMARY KEY REFERENCES people (id),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
