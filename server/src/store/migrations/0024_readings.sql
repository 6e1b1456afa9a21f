-- What is found out of a file under the kind of name that somebody gave it. Texts are told apart by their names alone, and
-- a name that says another kind is warned of: what one sender's name does must not show in another's file.
CREATE TABLE readings (
    blob TEXT NOT NULL REFERENCES files (blob) ON DELETE CASCADE,
    -- What the name claims, as the reader puts it; '?' for what was read before that was noted.
    claim TEXT NOT NULL,
    -- as JSON
    facts TEXT NOT NULL,
    -- what the search finds
    text TEXT NOT NULL,
    PRIMARY KEY (blob, claim)
) STRICT;
INSERT INTO readings (blob, claim, facts, text) SELECT blob, '?', facts, text FROM files;
ALTER TABLE files DROP COLUMN facts;
ALTER TABLE files DROP COLUMN text;

-- Once it is ready.
ALTER TABLE uploads ADD COLUMN claim TEXT;
UPDATE uploads SET claim = '?' WHERE blob IS NOT NULL;
ALTER TABLE item_files ADD COLUMN claim TEXT NOT NULL DEFAULT '?';
