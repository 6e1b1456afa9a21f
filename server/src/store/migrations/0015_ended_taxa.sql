-- What is not taught from any more keeps its name, for what lies there.
ALTER TABLE taxa ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
CREATE INDEX items_at_taxon ON items (taxon);
