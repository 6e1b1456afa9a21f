-- Questions in tutoring sessions, and what was answered is found.

CREATE TABLE tutoring_questions (
    number INTEGER PRIMARY KEY,
    -- Chosen by whoever asks, so that a question that is sent twice is one.
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL REFERENCES tutoring_sessions (id),
    -- A person or a guest, told to nobody if they want it so.
    author TEXT NOT NULL,
    anonymous INTEGER NOT NULL,
    text TEXT NOT NULL,
    -- Where on the board: a page, and a place on it in its own measure.
    page INTEGER,
    x INTEGER,
    y INTEGER,
    -- A passage of the plan that it is about.
    quote TEXT NOT NULL DEFAULT '',
    -- The question that it goes on from.
    follows TEXT REFERENCES tutoring_questions (id),
    at INTEGER NOT NULL,
    -- A name of shared::tutoring::QuestionState.
    state TEXT NOT NULL,
    decided INTEGER,
    decided_by TEXT,
    -- Whose votes are counted with those of this one, as it asks the same.
    merged_into TEXT REFERENCES tutoring_questions (id),
    -- Answered live: milliseconds since the session began.
    moment INTEGER,
    -- Answered in writing.
    answer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX tutoring_questions_of_session ON tutoring_questions (session, number);
CREATE INDEX tutoring_questions_to_answer ON tutoring_questions (session, number) WHERE state IN ('asked', 'taken');

CREATE TABLE tutoring_votes (
    question TEXT NOT NULL REFERENCES tutoring_questions (id),
    person TEXT NOT NULL,
    PRIMARY KEY (question, person)
) STRICT, WITHOUT ROWID;

-- What was answered is found by whoever may see the session (migration 12).
CREATE TRIGGER answered_questions_are_found AFTER UPDATE OF state, text, answer ON tutoring_questions
    WHEN NEW.state = 'answered' OR OLD.state = 'answered'
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    INSERT INTO entries (key, stamp) SELECT 'question:' || NEW.id, stamp FROM catalogue WHERE TRUE
        ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp;
END;
CREATE TRIGGER questions_of_sessions_are_found_anew AFTER UPDATE ON tutoring_sessions
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'question:' || id FROM tutoring_questions WHERE session = NEW.id AND state = 'answered');
END;
CREATE TRIGGER questions_for_invited_are_found_anew AFTER INSERT ON tutoring_invited
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'question:' || id FROM tutoring_questions WHERE session = NEW.session AND state = 'answered');
END;
CREATE TRIGGER questions_for_uninvited_are_found_anew AFTER DELETE ON tutoring_invited
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'question:' || id FROM tutoring_questions WHERE session = OLD.session AND state = 'answered');
END;
CREATE TRIGGER questions_for_removed_are_found_anew AFTER INSERT ON tutoring_removed
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'question:' || id FROM tutoring_questions WHERE session = NEW.session AND state = 'answered');
END;
CREATE TRIGGER questions_for_returned_are_found_anew AFTER DELETE ON tutoring_removed
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'question:' || id FROM tutoring_questions WHERE session = OLD.session AND state = 'answered');
END;
