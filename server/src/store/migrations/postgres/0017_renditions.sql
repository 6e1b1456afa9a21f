-- What was made of films and recordings for weak lines, and bytes that nothing names any more.

CREATE TABLE renditions (
    -- the file it is made of
    of_blob TEXT COLLATE "C" PRIMARY KEY REFERENCES files (blob) ON DELETE CASCADE,
    -- made, needless or failed
    state TEXT COLLATE "C" NOT NULL,
    -- once it is made
    blob TEXT COLLATE "C",
    bytes BIGINT,
    -- why it failed, for whoever runs the server
    why TEXT COLLATE "C",
    tries BIGINT NOT NULL,
    -- when a failed one is tried again; never, if there is no such time
    again BIGINT,
    at BIGINT NOT NULL
);
CREATE INDEX renditions_by_blob ON renditions (blob);
CREATE INDEX films_and_recordings ON files (checked)
    WHERE kind IN ('mp3', 'm4a', 'wav', 'ogg', 'mp4', 'webm', 'film');

-- Blobs that are still to be removed from folder or bucket; also some that are named again, or not yet.
CREATE TABLE blobs_left (
    blob TEXT COLLATE "C" PRIMARY KEY
);
