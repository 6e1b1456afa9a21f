-- An update up to which the log went for certain, noted a moment after it was stored: a chain of checksums does not
-- show that its end is gone.
ALTER TABLE documents ADD COLUMN reached INTEGER NOT NULL DEFAULT 0;
