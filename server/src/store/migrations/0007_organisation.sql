-- Who is who, as shared::organisation has it: regions with their words, kinds of groups, dated memberships and seats.

CREATE TABLE regions (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- JSON of shared::organisation::Vocabulary.
    vocabulary TEXT NOT NULL
) STRICT;

ALTER TABLE groups ADD COLUMN region TEXT NOT NULL DEFAULT 'region';
ALTER TABLE groups ADD COLUMN kind TEXT NOT NULL DEFAULT 'cooperative';
ALTER TABLE groups ADD COLUMN founded INTEGER;

ALTER TABLE schools ADD COLUMN region TEXT NOT NULL DEFAULT 'region';
ALTER TABLE schools ADD COLUMN sort TEXT NOT NULL DEFAULT 'primary';
ALTER TABLE schools ADD COLUMN rural INTEGER NOT NULL DEFAULT 0;
ALTER TABLE schools ADD COLUMN pupils INTEGER;

DROP VIEW person_cards;

CREATE TABLE older_memberships AS SELECT * FROM memberships;
DROP TABLE memberships;
CREATE TABLE memberships (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL REFERENCES groups (id),
    school TEXT NOT NULL REFERENCES schools (id),
    leads INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    handed_over TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO memberships (id, group_id, school, leads, since, until)
    SELECT lower(hex(randomblob(13))), group_id, school, leads, since, until FROM older_memberships;
DROP TABLE older_memberships;

-- A document lies on a shelf, `person:`, `team:`, `school:` or `group:` and an id; its owner is now its author.
ALTER TABLE documents RENAME COLUMN owner TO author;
ALTER TABLE documents ADD COLUMN shelf TEXT NOT NULL DEFAULT '';
UPDATE documents SET shelf = CASE WHEN team IS NULL THEN 'person:' || author ELSE 'team:' || team END;
DROP INDEX documents_of_team;
DROP INDEX documents_of_owner;
UPDATE documents SET team = NULL;
CREATE INDEX documents_of_author ON documents (author);
CREATE INDEX documents_on_shelf ON documents (shelf);

-- A team is of a group or a school; its members have seats.
CREATE TABLE older_teams AS SELECT * FROM teams;
CREATE TABLE older_team_members AS SELECT * FROM team_members;
DROP TABLE team_members;
DROP TABLE teams;
CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    -- `group:` or `school:` and an id.
    home TEXT NOT NULL,
    name TEXT NOT NULL,
    sort TEXT NOT NULL DEFAULT 'preparation',
    subject TEXT NOT NULL DEFAULT '',
    stage TEXT NOT NULL DEFAULT '',
    ended INTEGER
) STRICT;
INSERT INTO teams (id, home, name) SELECT id, 'group:' || group_id, name FROM older_teams;
DROP TABLE older_teams;
ALTER TABLE documents DROP COLUMN team;

CREATE TABLE older_seats AS SELECT * FROM seats;
DROP TABLE seats;
CREATE TABLE seats (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id),
    -- `group:`, `school:` or `team:` and an id.
    body TEXT NOT NULL,
    post TEXT NOT NULL,
    main INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER
) STRICT;
-- Posts were free words; whoever was more than a teacher is given their post anew.
INSERT INTO seats (id, person, body, post, main, since, until)
    SELECT lower(hex(randomblob(13))), person, 'school:' || school, 'teacher', main, since, until FROM older_seats;
INSERT INTO seats (id, person, body, post, main, since, until)
    SELECT lower(hex(randomblob(13))), person, 'team:' || team, 'member', 0, since, until FROM older_team_members;
DROP TABLE older_seats;
DROP TABLE older_team_members;

ALTER TABLE people ADD COLUMN login TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN phone TEXT;
ALTER TABLE people ADD COLUMN email TEXT;
ALTER TABLE people ADD COLUMN teaches TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN suspended INTEGER;
UPDATE people SET login = coalesce((SELECT login FROM logins WHERE logins.person = people.id), id);
CREATE UNIQUE INDEX people_by_login ON people (login);
CREATE UNIQUE INDEX people_by_phone ON people (phone);
CREATE UNIQUE INDEX people_by_email ON people (email);
ALTER TABLE people DROP COLUMN pinyin;

-- Whoever was invited and has not been here yet has none.
CREATE TABLE passwords (
    person TEXT PRIMARY KEY REFERENCES people (id),
    hash TEXT NOT NULL,
    changed INTEGER NOT NULL
) STRICT;
INSERT INTO passwords (person, hash, changed) SELECT person, password_hash, changed FROM logins;
DROP TABLE logins;

-- Until now there was one group of words for all.
INSERT INTO regions (id, name, vocabulary)
    SELECT 'region', '本区域', '' WHERE EXISTS (SELECT 1 FROM groups) OR EXISTS (SELECT 1 FROM schools);

-- One row: grows with every change of the tables above, so that other processes hear of it.
CREATE TABLE organisation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO organisation (id, version) VALUES (1, 1);

-- What was done by whom, never changed; each checksum covers the one before it.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    -- Who did it; empty for the server itself and the command line.
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    -- `type:id` of what it was done to.
    subject TEXT NOT NULL,
    -- JSON: what the act was in detail.
    details TEXT NOT NULL,
    checksum BLOB NOT NULL
) STRICT;
CREATE INDEX audit_of_subject ON audit (subject, seq);
CREATE INDEX audit_of_actor ON audit (actor, seq);
CREATE INDEX audit_by_act ON audit (act, seq);
CREATE INDEX audit_by_time ON audit (at);

-- The ways back of what was done in one go, so that it can be undone.
CREATE TABLE ways_back (
    -- The first of its lines in the audit.
    audit INTEGER PRIMARY KEY REFERENCES audit (seq),
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- JSON: the changes that take it back, and the records as they were left.
    changes TEXT NOT NULL,
    undone INTEGER
) STRICT;
