-- Where and how somebody signed in, what a token may do, and the ways to come in beside a password.

-- Others use that computer, too: 1.
ALTER TABLE sessions ADD COLUMN shared_computer INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN browser TEXT;
ALTER TABLE sessions ADD COLUMN system TEXT;
ALTER TABLE sessions ADD COLUMN network TEXT;

-- Names of shared::api::Scope with a space between.
ALTER TABLE tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT 'documents:read documents:write';

-- With one of these a person sets their first password, or a new one. Of the code only a hash is kept.
CREATE TABLE start_codes (
    person TEXT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    hash BLOB NOT NULL UNIQUE,
    -- Empty for the server itself.
    made_by TEXT NOT NULL,
    made INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;

-- With one of these several people take a seat of their own accord.
CREATE TABLE open_invitations (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    body TEXT NOT NULL,
    post TEXT NOT NULL,
    uses INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0,
    made_by TEXT NOT NULL,
    made INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    seats_until INTEGER
) STRICT;

-- RFC 6238. It counts once it is confirmed; a step of 30 seconds that was used is good for nothing any more.
CREATE TABLE one_time_passwords (
    person TEXT PRIMARY KEY REFERENCES people (id),
    secret BLOB NOT NULL,
    made INTEGER NOT NULL,
    confirmed INTEGER,
    last_step INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE recovery_codes (
    person TEXT NOT NULL REFERENCES people (id),
    hash BLOB NOT NULL,
    PRIMARY KEY (person, hash)
) STRICT, WITHOUT ROWID;

-- Accounts of a single sign-on and whose they are here.
CREATE TABLE sign_ons (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    linked INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_ons_of_person ON sign_ons (person);
