-- Access tokens end. Those that were made to last for ever get as long as a new one.
ALTER TABLE tokens ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN used INTEGER;
UPDATE tokens SET expires = (unixepoch() + 90 * 86400) * 1000;
