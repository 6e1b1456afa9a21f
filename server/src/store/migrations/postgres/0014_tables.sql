-- The tables as SQLite has them after sixteen steps. Times are Unix milliseconds; ids are text; rights and kinds are the names
-- of their Rust enums. Texts are sorted by their bytes, as SQLite does, whatever the database does otherwise.

-- Who is who, as shared::organisation has it: regions with their words, kinds of groups, dated memberships and seats.
CREATE TABLE regions (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    -- JSON of shared::organisation::Vocabulary.
    vocabulary TEXT COLLATE "C" NOT NULL
);

CREATE TABLE groups (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL DEFAULT 'region',
    kind TEXT COLLATE "C" NOT NULL DEFAULT 'cooperative',
    founded BIGINT
);

CREATE TABLE schools (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    seal TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL DEFAULT 'region',
    sort TEXT COLLATE "C" NOT NULL DEFAULT 'primary',
    rural BIGINT NOT NULL DEFAULT 0,
    pupils BIGINT
);

CREATE TABLE memberships (
    id TEXT COLLATE "C" PRIMARY KEY,
    group_id TEXT COLLATE "C" NOT NULL REFERENCES groups (id),
    school TEXT COLLATE "C" NOT NULL REFERENCES schools (id),
    leads BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    reason TEXT COLLATE "C" NOT NULL DEFAULT '',
    handed_over TEXT COLLATE "C" NOT NULL DEFAULT ''
);

CREATE TABLE teams (
    id TEXT COLLATE "C" PRIMARY KEY,
    -- `group:` or `school:` and an id.
    home TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    sort TEXT COLLATE "C" NOT NULL DEFAULT 'preparation',
    subject TEXT COLLATE "C" NOT NULL DEFAULT '',
    stage TEXT COLLATE "C" NOT NULL DEFAULT '',
    ended BIGINT
);

CREATE TABLE people (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    operator BIGINT NOT NULL,
    created BIGINT NOT NULL,
    -- When the account was closed; a closed account may do nothing.
    closed BIGINT,
    login TEXT COLLATE "C" NOT NULL DEFAULT '',
    phone TEXT COLLATE "C",
    email TEXT COLLATE "C",
    teaches TEXT COLLATE "C" NOT NULL DEFAULT '',
    suspended BIGINT
);
CREATE UNIQUE INDEX people_by_login ON people (login);
CREATE UNIQUE INDEX people_by_phone ON people (phone);
CREATE UNIQUE INDEX people_by_email ON people (email);

CREATE TABLE seats (
    id TEXT COLLATE "C" PRIMARY KEY,
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    -- `group:`, `school:` or `team:` and an id.
    body TEXT COLLATE "C" NOT NULL,
    post TEXT COLLATE "C" NOT NULL,
    main BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT
);

-- Only hashes of the secrets are kept.
CREATE TABLE sessions (
    hash BYTEA PRIMARY KEY,
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    -- Others use that computer, too: 1.
    shared_computer BIGINT NOT NULL DEFAULT 0,
    browser TEXT COLLATE "C",
    system TEXT COLLATE "C",
    network TEXT COLLATE "C"
);
CREATE INDEX sessions_of_person ON sessions (person);

CREATE TABLE tokens (
    hash BYTEA PRIMARY KEY,
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    name TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL DEFAULT 0,
    used BIGINT,
    -- Names of shared::api::Scope with a space between.
    scopes TEXT COLLATE "C" NOT NULL DEFAULT 'documents:read documents:write'
);
CREATE INDEX tokens_of_person ON tokens (person);

CREATE TABLE documents (
    id TEXT COLLATE "C" PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    -- A copy under another epoch must not be merged into it.
    epoch TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    changed_by TEXT COLLATE "C" REFERENCES people (id),
    binned BIGINT,
    -- Counts the changes of its list of shares, so that two forms open at once don't overwrite one another.
    shares_version BIGINT NOT NULL DEFAULT 0,
    -- An update up to which the log went for certain: a chain of checksums does not show that its end is gone.
    reached BIGINT NOT NULL DEFAULT 0,
    -- `person:`, `team:`, `school:` or `group:` and an id.
    shelf TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX documents_by_change ON documents (changed, id);
CREATE INDEX documents_of_author ON documents (author);
CREATE INDEX documents_on_shelf ON documents (shelf);

CREATE TABLE shares (
    document TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    grantee_type TEXT COLLATE "C" NOT NULL,
    grantee TEXT COLLATE "C" NOT NULL,
    access TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (document, grantee_type, grantee)
);
CREATE INDEX shares_of_grantee ON shares (grantee_type, grantee);

-- The log: the accepted bytes as they came, in order, each checksum covering the one before it.
CREATE TABLE updates (
    document TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    seq BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    checksum BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (document, seq)
);

-- Whose hand each Yjs client id of a document is, from the update on that first showed it; never changed.
CREATE TABLE client_bindings (
    document TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    client BIGINT NOT NULL,
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    seq BIGINT NOT NULL,
    PRIMARY KEY (document, client)
);

-- A cache of the log up to `seq`; may be thrown away at any time.
CREATE TABLE snapshots (
    document TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    seq BIGINT NOT NULL,
    -- Of the log at `seq`, so that a snapshot never stands for another history.
    log_checksum BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (document, seq)
);

CREATE TABLE visits (
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    document TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (person, document)
);
CREATE INDEX visits_by_time ON visits (person, at);

-- Images that a document may show. The bytes lie in the blob folder under their hash.
CREATE TABLE images (
    document TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    blob TEXT COLLATE "C" NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (document, blob)
);

-- Written to find out whether anything can be written.
CREATE TABLE probe (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL
);

-- Browsers and addresses from which a person has signed in, as hashes: what strangers guess does not count there.
CREATE TABLE familiar (
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    mark BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, mark)
);

-- Older parts of the log, packed. A document's segments and then its rows in `updates` are its log, without a gap.
CREATE TABLE segments (
    document TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    -- Of the log at `last`.
    checksum BYTEA NOT NULL,
    encoding BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (document, first)
);

-- Whoever was invited and has not been here yet has none.
CREATE TABLE passwords (
    person TEXT COLLATE "C" PRIMARY KEY REFERENCES people (id),
    hash TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL
);

-- One row: `version` grows with every change of who is who, so that other processes hear of it. Where the audit log ends stands
-- beside it: lines cut off its end are missed.
CREATE TABLE organisation (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    audit_seq BIGINT NOT NULL DEFAULT 0,
    -- NULL as long as there is no line.
    audit_checksum BYTEA
);

-- What was done by whom, never changed; each checksum covers the one before it.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    -- Who did it; empty for the server itself and the command line.
    actor TEXT COLLATE "C" NOT NULL,
    act TEXT COLLATE "C" NOT NULL,
    -- `type:id` of what it was done to.
    subject TEXT COLLATE "C" NOT NULL,
    -- JSON: what the act was in detail.
    details TEXT COLLATE "C" NOT NULL,
    checksum BYTEA NOT NULL
);
CREATE INDEX audit_of_subject ON audit (subject, seq);
CREATE INDEX audit_of_actor ON audit (actor, seq);
CREATE INDEX audit_by_act ON audit (act, seq);
CREATE INDEX audit_by_time ON audit (at);

-- The ways back of what was done in one go, so that it can be undone.
CREATE TABLE ways_back (
    -- The first of its lines in the audit.
    audit BIGINT PRIMARY KEY REFERENCES audit (seq),
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    -- JSON: the changes that take it back, and the records as they were left.
    changes TEXT COLLATE "C" NOT NULL,
    undone BIGINT
);

-- With one of these a person sets their first password, or a new one. Of the code only a hash is kept.
CREATE TABLE start_codes (
    person TEXT COLLATE "C" PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    hash BYTEA NOT NULL UNIQUE,
    -- Empty for the server itself.
    made_by TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

-- With one of these several people take a seat of their own accord.
CREATE TABLE open_invitations (
    id TEXT COLLATE "C" PRIMARY KEY,
    hash BYTEA NOT NULL UNIQUE,
    body TEXT COLLATE "C" NOT NULL,
    post TEXT COLLATE "C" NOT NULL,
    uses BIGINT NOT NULL,
    used BIGINT NOT NULL DEFAULT 0,
    made_by TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    seats_until BIGINT
);

-- RFC 6238. It counts once it is confirmed; a step of 30 seconds that was used is good for nothing any more.
CREATE TABLE one_time_passwords (
    person TEXT COLLATE "C" PRIMARY KEY REFERENCES people (id),
    secret BYTEA NOT NULL,
    made BIGINT NOT NULL,
    confirmed BIGINT,
    last_step BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE recovery_codes (
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    hash BYTEA NOT NULL,
    PRIMARY KEY (person, hash)
);

-- Accounts of a single sign-on and whose they are here.
CREATE TABLE sign_ons (
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    linked BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX sign_ons_of_person ON sign_ons (person);
