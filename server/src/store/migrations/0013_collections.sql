-- Collections of items, the menus of the terms, and what people subscribe to.

CREATE TABLE collections (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    -- Who made it.
    author TEXT NOT NULL REFERENCES people (id),
    -- `person:`, `team:`, `school:` or `group:` and an id, as of documents and items.
    shelf TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    binned INTEGER,
    -- Counts the changes of its words and its list, so that two who edit it at once don't overwrite one another.
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX collections_on_shelf ON collections (shelf, changed);
CREATE INDEX collections_by_time ON collections (created);

CREATE TABLE collection_lines (
    collection TEXT NOT NULL REFERENCES collections (id),
    id TEXT NOT NULL,
    position INTEGER NOT NULL,
    -- NULL for a heading.
    item TEXT REFERENCES items (id),
    -- The heading, or the note on the item.
    text TEXT NOT NULL,
    -- When it was put in, and by whom.
    added INTEGER NOT NULL,
    by TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (collection, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_lines_of_item ON collection_lines (item);

-- What a school or group publishes as its menu of a term: one at a time.
CREATE TABLE menus (
    shelf TEXT NOT NULL,
    -- As shared::library::TermName writes it: 2026-autumn.
    term TEXT NOT NULL,
    collection TEXT NOT NULL REFERENCES collections (id),
    by TEXT NOT NULL REFERENCES people (id),
    at INTEGER NOT NULL,
    PRIMARY KEY (shelf, term)
) STRICT, WITHOUT ROWID;
CREATE INDEX menus_of_collection ON menus (collection);

CREATE TABLE subscriptions (
    person TEXT NOT NULL REFERENCES people (id),
    -- As shared::library::Topic writes it: subject:数学.
    topic TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, topic)
) STRICT, WITHOUT ROWID;

-- How far somebody has read what is new for them.
CREATE TABLE feed_seen (
    person TEXT PRIMARY KEY REFERENCES people (id),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is new is asked for by time, and what was used since a term began.
CREATE INDEX item_versions_by_time ON item_versions (at);

-- As documents and items, collections lie on shelves that are there.
CREATE TRIGGER collections_begin_on_shelves_that_are_there BEFORE INSERT ON collections
    WHEN NOT CASE substr(NEW.shelf, 1, instr(NEW.shelf, ':') - 1)
        WHEN 'person' THEN EXISTS (SELECT 1 FROM people WHERE id = substr(NEW.shelf, 8))
        WHEN 'team' THEN EXISTS (SELECT 1 FROM teams WHERE id = substr(NEW.shelf, 6))
        WHEN 'school' THEN EXISTS (SELECT 1 FROM schools WHERE id = substr(NEW.shelf, 8))
        WHEN 'group' THEN EXISTS (SELECT 1 FROM groups WHERE id = substr(NEW.shelf, 7))
        ELSE 0
    END
BEGIN
    SELECT raise(ABORT, 'nobody has this shelf');
END;
CREATE TRIGGER collections_move_to_shelves_that_are_there BEFORE UPDATE OF shelf ON collections
    WHEN NOT CASE substr(NEW.shelf, 1, instr(NEW.shelf, ':') - 1)
        WHEN 'person' THEN EXISTS (SELECT 1 FROM people WHERE id = substr(NEW.shelf, 8))
        WHEN 'team' THEN EXISTS (SELECT 1 FROM teams WHERE id = substr(NEW.shelf, 6))
        WHEN 'school' THEN EXISTS (SELECT 1 FROM schools WHERE id = substr(NEW.shelf, 8))
        WHEN 'group' THEN EXISTS (SELECT 1 FROM groups WHERE id = substr(NEW.shelf, 7))
        ELSE 0
    END
BEGIN
    SELECT raise(ABORT, 'nobody has this shelf');
END;
CREATE TRIGGER people_with_collections_stay BEFORE DELETE ON people
    WHEN EXISTS (SELECT 1 FROM collections WHERE shelf = 'person:' || OLD.id)
BEGIN
    SELECT raise(ABORT, 'collections lie there');
END;
CREATE TRIGGER teams_with_collections_stay BEFORE DELETE ON teams
    WHEN EXISTS (SELECT 1 FROM collections WHERE shelf = 'team:' || OLD.id)
BEGIN
    SELECT raise(ABORT, 'collections lie there');
END;
CREATE TRIGGER schools_with_collections_stay BEFORE DELETE ON schools
    WHEN EXISTS (SELECT 1 FROM collections WHERE shelf = 'school:' || OLD.id)
BEGIN
    SELECT raise(ABORT, 'collections lie there');
END;
CREATE TRIGGER groups_with_collections_stay BEFORE DELETE ON groups
    WHEN EXISTS (SELECT 1 FROM collections WHERE shelf = 'group:' || OLD.id)
BEGIN
    SELECT raise(ABORT, 'collections lie there');
END;
