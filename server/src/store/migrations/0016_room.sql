-- What takes room: bytes that have come of uploads, written versions, and what is finally removed.

-- How many of its bytes are here, as of `touched`.
ALTER TABLE uploads ADD COLUMN received BIGINT NOT NULL DEFAULT 0;

-- Of what is written in it; its files have their own.
ALTER TABLE item_versions ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE item_versions SET bytes = length(CAST(content AS BLOB)) + length(CAST(text AS BLOB)) WHERE content IS NOT NULL;

-- Since when nothing is left of it but that it was there: its title, its authors, and what others did with it.
ALTER TABLE items ADD COLUMN removed INTEGER;
CREATE INDEX items_in_the_bin ON items (binned) WHERE binned IS NOT NULL AND removed IS NULL;
