-- Tutoring sessions: who plans one, who is asked to come, who came, and what they hold. Roles, states and signs are names of
-- shared::tutoring.

-- The session whose board or notes it is: by it the judge knows who sees it.
ALTER TABLE documents ADD COLUMN session TEXT;

CREATE TABLE tutoring_sessions (
    number INTEGER PRIMARY KEY,
    -- Chosen by whoever plans it, so that a wish that is sent twice is one session.
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    about TEXT NOT NULL,
    author TEXT NOT NULL REFERENCES people (id),
    host TEXT NOT NULL REFERENCES people (id),
    -- As of documents.
    shelf TEXT NOT NULL,
    stage TEXT NOT NULL,
    subject TEXT NOT NULL,
    grade TEXT NOT NULL,
    taxon TEXT,
    lesson_type TEXT NOT NULL,
    begins INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    state TEXT NOT NULL,
    opened INTEGER,
    ended INTEGER,
    board TEXT NOT NULL REFERENCES documents (id),
    notes TEXT NOT NULL REFERENCES documents (id),
    -- What it is about, if it is about one thing.
    plan TEXT REFERENCES documents (id),
    item TEXT REFERENCES items (id),
    -- Guests wait until somebody lets them in: 1.
    lobby INTEGER NOT NULL DEFAULT 1,
    -- What guests come in by, as long as it is not over. It opens no more than the lobby.
    code TEXT UNIQUE,
    created INTEGER NOT NULL,
    -- Counts the changes of its plan, so that two forms open at once don't overwrite one another.
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX tutoring_sessions_on_shelf ON tutoring_sessions (shelf, begins);
CREATE INDEX tutoring_sessions_of_host ON tutoring_sessions (host, begins);
CREATE INDEX tutoring_sessions_of_author ON tutoring_sessions (author);

CREATE TABLE tutoring_invited (
    session TEXT NOT NULL REFERENCES tutoring_sessions (id),
    grantee_type TEXT NOT NULL,
    grantee TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (session, grantee_type, grantee)
) STRICT, WITHOUT ROWID;
CREATE INDEX tutoring_invited_by_grantee ON tutoring_invited (grantee_type, grantee);

-- Whom no invitation brings back.
CREATE TABLE tutoring_removed (
    session TEXT NOT NULL REFERENCES tutoring_sessions (id),
    person TEXT NOT NULL REFERENCES people (id),
    at INTEGER NOT NULL,
    removed_by TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (session, person)
) STRICT, WITHOUT ROWID;

-- Hands that are up, pens, the floor: of people and of guests, while it is open.
CREATE TABLE tutoring_signs (
    session TEXT NOT NULL REFERENCES tutoring_sessions (id),
    sign TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (session, sign, person)
) STRICT, WITHOUT ROWID;

-- Who came by the code, with name and school in their own words. They are nobody in `people`: whatever asks the directory
-- does not know them.
CREATE TABLE tutoring_guests (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL REFERENCES tutoring_sessions (id),
    -- Of the secret in their browser's cookie.
    hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    school TEXT NOT NULL,
    at INTEGER NOT NULL,
    let_in INTEGER,
    sent_away INTEGER
) STRICT;
CREATE INDEX tutoring_guests_of_session ON tutoring_guests (session, number);

-- Who was there from when until when, of people and guests: one row a stay.
CREATE TABLE tutoring_attendance (
    number INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES tutoring_sessions (id),
    person TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    corrected INTEGER,
    corrected_by TEXT REFERENCES people (id)
) STRICT;
CREATE INDEX tutoring_attendance_of_session ON tutoring_attendance (session, number);

-- What a school asks for, until somebody who plans there decides.
CREATE TABLE tutoring_wishes (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES people (id),
    school TEXT NOT NULL REFERENCES schools (id),
    -- Who is to plan it.
    shelf TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    stage TEXT NOT NULL,
    subject TEXT NOT NULL,
    grade TEXT NOT NULL,
    taxon TEXT,
    lesson_type TEXT NOT NULL,
    words TEXT NOT NULL,
    -- JSON of shared::api::WishedTime.
    times TEXT NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    decided INTEGER,
    decided_by TEXT REFERENCES people (id),
    said TEXT NOT NULL DEFAULT '',
    session TEXT REFERENCES tutoring_sessions (id)
) STRICT;
CREATE INDEX tutoring_wishes_on_shelf ON tutoring_wishes (shelf, number);
CREATE INDEX tutoring_wishes_of_person ON tutoring_wishes (person, number);

-- Who may see a session finds its documents (migration 12).
CREATE TRIGGER sessions_are_found_anew AFTER UPDATE OF host, state ON tutoring_sessions
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN ('document:' || NEW.board, 'document:' || NEW.notes);
END;
CREATE TRIGGER invited_sessions_are_found_anew AFTER INSERT ON tutoring_invited
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'document:' || board FROM tutoring_sessions WHERE id = NEW.session
            UNION SELECT 'document:' || notes FROM tutoring_sessions WHERE id = NEW.session);
END;
CREATE TRIGGER uninvited_sessions_are_found_anew AFTER DELETE ON tutoring_invited
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'document:' || board FROM tutoring_sessions WHERE id = OLD.session
            UNION SELECT 'document:' || notes FROM tutoring_sessions WHERE id = OLD.session);
END;
CREATE TRIGGER sessions_of_removed_are_found_anew AFTER INSERT ON tutoring_removed
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'document:' || board FROM tutoring_sessions WHERE id = NEW.session
            UNION SELECT 'document:' || notes FROM tutoring_sessions WHERE id = NEW.session);
END;
CREATE TRIGGER sessions_of_returned_are_found_anew AFTER DELETE ON tutoring_removed
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'document:' || board FROM tutoring_sessions WHERE id = OLD.session
            UNION SELECT 'document:' || notes FROM tutoring_sessions WHERE id = OLD.session);
END;
