-- Files on their way in, what was found out about those that are here, and how much each school may keep.
CREATE TABLE files (
    -- blake3 of the content
    blob TEXT NOT NULL PRIMARY KEY,
    bytes BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- as JSON
    facts TEXT NOT NULL,
    -- what the search finds
    text TEXT NOT NULL,
    -- a blob of its own
    thumbnail TEXT,
    checked BIGINT NOT NULL
);

CREATE TABLE uploads (
    id TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- whose room it takes; the person's own if they are of no school
    school TEXT REFERENCES schools (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    -- receiving, checking, ready or refused
    state TEXT NOT NULL,
    -- once it is ready
    blob TEXT REFERENCES files (blob),
    -- why it was refused
    why TEXT,
    made BIGINT NOT NULL,
    -- the last byte, or the end of the check
    touched BIGINT NOT NULL,
    -- since when something is made of it
    used BIGINT
);
CREATE INDEX uploads_by_person ON uploads (person, made);
CREATE INDEX uploads_by_school ON uploads (school, state);
CREATE INDEX uploads_by_blob ON uploads (blob);

-- Where a school may keep more or less than the usual.
CREATE TABLE school_quotas (
    school TEXT NOT NULL PRIMARY KEY REFERENCES schools (id) ON DELETE CASCADE,
    bytes BIGINT NOT NULL
);
