-- Quick checks in tutoring sessions, and what was answered.

CREATE TABLE tutoring_checks (
    number INTEGER PRIMARY KEY,
    -- Chosen by whoever writes it, so that a check that is sent twice is one.
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL REFERENCES tutoring_sessions (id),
    author TEXT NOT NULL REFERENCES people (id),
    -- A name of shared::tutoring::CheckKind.
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    -- JSON: a list of texts.
    choices TEXT NOT NULL,
    -- Host and helpers see who answered what: 1. Everybody is told so before they answer.
    named INTEGER NOT NULL,
    -- A name of shared::tutoring::CheckState.
    state TEXT NOT NULL,
    -- Everybody sees the results: 1.
    shown INTEGER NOT NULL DEFAULT 0,
    at INTEGER NOT NULL,
    -- For the first time.
    opened INTEGER,
    closed INTEGER
) STRICT;
CREATE INDEX tutoring_checks_of_session ON tutoring_checks (session, number);

CREATE TABLE tutoring_check_answers (
    quick_check TEXT NOT NULL REFERENCES tutoring_checks (id),
    -- A person or a guest.
    person TEXT NOT NULL,
    -- In which the person worked when they answered.
    school TEXT REFERENCES schools (id),
    -- JSON: a list of places in the list of choices.
    choices TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (quick_check, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX tutoring_check_answers_of_person ON tutoring_check_answers (person);
