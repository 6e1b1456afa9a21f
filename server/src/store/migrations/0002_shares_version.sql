-- Counts the changes of a document's list of shares, so that two forms open at once don't overwrite one another.
ALTER TABLE documents ADD COLUMN shares_version INTEGER NOT NULL DEFAULT 0;
