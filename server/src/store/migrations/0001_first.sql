-- Times are Unix milliseconds; ids are text; rights and kinds are the names of their Rust enums.

CREATE TABLE groups (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE schools (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    seal TEXT NOT NULL
) STRICT;

-- Which schools belong to which group, and who leads, from when to when.
CREATE TABLE memberships (
    group_id TEXT NOT NULL REFERENCES groups (id),
    school TEXT NOT NULL REFERENCES schools (id),
    leads INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    PRIMARY KEY (group_id, school, since)
) STRICT;
CREATE INDEX memberships_of_school ON memberships (school);

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- The name in pinyin, joined and as initials, every common reading: what people type to find someone.
    pinyin TEXT NOT NULL,
    operator INTEGER NOT NULL,
    created INTEGER NOT NULL,
    -- When the account was closed; a closed account may do nothing.
    closed INTEGER
) STRICT;

CREATE TABLE logins (
    login TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    password_hash TEXT NOT NULL,
    changed INTEGER NOT NULL
) STRICT;
CREATE INDEX logins_of_person ON logins (person);

CREATE TABLE sign_in_attempts (
    login TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_attempts_of_login ON sign_in_attempts (login, at);

-- A person's dated places in schools; the main one gives the seal they wear.
CREATE TABLE seats (
    person TEXT NOT NULL REFERENCES people (id),
    school TEXT NOT NULL REFERENCES schools (id),
    post TEXT NOT NULL,
    main INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    PRIMARY KEY (person, school, post, since)
) STRICT;
CREATE UNIQUE INDEX main_seat_of_person ON seats (person) WHERE main = 1 AND until IS NULL;
CREATE INDEX seats_of_school ON seats (school);

CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES groups (id),
    name TEXT NOT NULL
) STRICT;

CREATE TABLE team_members (
    team TEXT NOT NULL REFERENCES teams (id),
    person TEXT NOT NULL REFERENCES people (id),
    since INTEGER NOT NULL,
    until INTEGER,
    PRIMARY KEY (team, person, since)
) STRICT;
CREATE INDEX teams_of_person ON team_members (person);

-- Only hashes of the secrets are kept.
CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_person ON sessions (person);

CREATE TABLE tokens (
    hash BLOB PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX tokens_of_person ON tokens (person);

CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    owner TEXT NOT NULL REFERENCES people (id),
    team TEXT REFERENCES teams (id),
    -- Made with the document and never again: a copy under another epoch must not be merged into it.
    epoch TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    changed_by TEXT REFERENCES people (id),
    binned INTEGER
) STRICT;
CREATE INDEX documents_by_change ON documents (changed, id);
CREATE INDEX documents_of_owner ON documents (owner);
CREATE INDEX documents_of_team ON documents (team);

CREATE TABLE shares (
    document TEXT NOT NULL REFERENCES documents (id),
    grantee_type TEXT NOT NULL,
    grantee TEXT NOT NULL,
    access TEXT NOT NULL,
    PRIMARY KEY (document, grantee_type, grantee)
) STRICT;
CREATE INDEX shares_of_grantee ON shares (grantee_type, grantee);

-- The log: the accepted bytes as they came, in order, each checksum covering the one before it.
CREATE TABLE updates (
    document TEXT NOT NULL REFERENCES documents (id),
    seq INTEGER NOT NULL,
    author TEXT NOT NULL REFERENCES people (id),
    at INTEGER NOT NULL,
    checksum BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (document, seq)
) STRICT, WITHOUT ROWID;

-- Whose hand each Yjs client id of a document is, from the update on that first showed it; never changed.
CREATE TABLE client_bindings (
    document TEXT NOT NULL REFERENCES documents (id),
    client INTEGER NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    seq INTEGER NOT NULL,
    PRIMARY KEY (document, client)
) STRICT, WITHOUT ROWID;

-- A cache of the log up to `seq`; may be thrown away at any time.
CREATE TABLE snapshots (
    document TEXT NOT NULL REFERENCES documents (id),
    seq INTEGER NOT NULL,
    -- Of the log at `seq`, so that a snapshot never stands for another history.
    log_checksum BLOB NOT NULL,
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (document, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE visits (
    person TEXT NOT NULL REFERENCES people (id),
    document TEXT NOT NULL REFERENCES documents (id),
    at INTEGER NOT NULL,
    PRIMARY KEY (person, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX visits_by_time ON visits (person, at);

-- Images that a document may show. The bytes lie in the blob folder under their hash.
CREATE TABLE images (
    document TEXT NOT NULL REFERENCES documents (id),
    blob TEXT NOT NULL,
    media_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    author TEXT NOT NULL REFERENCES people (id),
    at INTEGER NOT NULL,
    PRIMARY KEY (document, blob)
) STRICT;

-- Written to find out whether anything can be written.
CREATE TABLE probe (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;

CREATE VIEW person_cards AS
SELECT people.id AS id, people.name AS name,
    schools.id AS school, schools.name AS school_name, schools.seal AS seal,
    EXISTS (
        SELECT 1 FROM memberships
        WHERE memberships.school = schools.id AND memberships.leads = 1 AND memberships.until IS NULL
    ) AS lead
FROM people
LEFT JOIN seats ON seats.person = people.id AND seats.main = 1 AND seats.until IS NULL
LEFT JOIN schools ON schools.id = seats.school;
