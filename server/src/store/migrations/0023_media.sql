-- Photos and voice clips in tutoring sessions: sent first, and then part of a question or said to all.

CREATE TABLE tutoring_media (
    number INTEGER PRIMARY KEY,
    -- Chosen by whoever sends it, so that what is sent twice is one.
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL REFERENCES tutoring_sessions (id),
    -- A person or a guest.
    author TEXT NOT NULL,
    -- A name of shared::tutoring::MediaKind.
    kind TEXT NOT NULL,
    blob TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    -- Of a photo, in pixels.
    width INTEGER,
    height INTEGER,
    -- Of a clip: how long it lasts, and how loud it is, as a list in JSON.
    millis INTEGER,
    peaks TEXT NOT NULL,
    -- Whose room it takes: that of the host's school, or of a host who is of none.
    school TEXT REFERENCES schools (id),
    payer TEXT REFERENCES people (id),
    at INTEGER NOT NULL,
    -- Of which question it is a part, or when it was said to all, in milliseconds since the session opened; neither yet.
    question TEXT REFERENCES tutoring_questions (id),
    moment INTEGER
) STRICT;
CREATE INDEX tutoring_media_of_session ON tutoring_media (session, number);
CREATE INDEX tutoring_media_of_question ON tutoring_media (question) WHERE question IS NOT NULL;
CREATE INDEX tutoring_media_by_blob ON tutoring_media (blob);
CREATE INDEX tutoring_media_of_school ON tutoring_media (school, bytes);
CREATE INDEX tutoring_media_of_payer ON tutoring_media (payer, bytes) WHERE payer IS NOT NULL;
CREATE INDEX tutoring_media_of_author ON tutoring_media (author);
CREATE INDEX tutoring_media_nowhere ON tutoring_media (at) WHERE question IS NULL AND moment IS NULL;

-- What of one person is counted and taken along.
CREATE INDEX tutoring_questions_of_author ON tutoring_questions (author);
CREATE INDEX tutoring_attendance_of_person ON tutoring_attendance (person);
