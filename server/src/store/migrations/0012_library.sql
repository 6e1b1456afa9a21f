-- The library: textbooks of a region, items with their versions, what became of them, and what is to be found.

-- As shared::library::Taxon.
CREATE TABLE taxa (
    id TEXT PRIMARY KEY,
    region TEXT NOT NULL REFERENCES regions (id),
    parent TEXT,
    sort TEXT NOT NULL,
    name TEXT NOT NULL,
    subject TEXT NOT NULL,
    grade TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;
CREATE INDEX taxa_of_region ON taxa (region);

CREATE TABLE items (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    -- Who put it in.
    author TEXT NOT NULL REFERENCES people (id),
    -- `person:`, `team:`, `school:` or `group:` and an id, as of documents.
    shelf TEXT NOT NULL,
    -- Where it comes from: the author's main school when it was put in.
    school TEXT REFERENCES schools (id),
    licence TEXT NOT NULL,
    source TEXT NOT NULL,
    stage TEXT NOT NULL,
    subject TEXT NOT NULL,
    grade TEXT NOT NULL,
    taxon TEXT,
    lesson_type TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    -- The newest version.
    version INTEGER NOT NULL,
    -- What it was published from last.
    document TEXT REFERENCES documents (id),
    adapted_from TEXT REFERENCES items (id),
    binned INTEGER,
    -- People but the author who took it into their own work.
    uses INTEGER NOT NULL DEFAULT 0,
    -- Counts the changes of its words, so that two forms open at once don't overwrite one another.
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX items_of_author ON items (author);
CREATE INDEX items_on_shelf ON items (shelf);
CREATE INDEX items_of_document ON items (document);
CREATE INDEX items_of_school ON items (school);
CREATE INDEX items_adapted_from ON items (adapted_from);

-- Somebody here, or a name.
CREATE TABLE item_authors (
    item TEXT NOT NULL REFERENCES items (id),
    position INTEGER NOT NULL,
    person TEXT REFERENCES people (id),
    name TEXT NOT NULL,
    PRIMARY KEY (item, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_tags (
    item TEXT NOT NULL REFERENCES items (id),
    position INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (item, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_versions (
    item TEXT NOT NULL REFERENCES items (id),
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    author TEXT NOT NULL REFERENCES people (id),
    note TEXT NOT NULL,
    -- What stood in the document, as shared::document::change::Node in JSON; NULL for files, things and places.
    content TEXT,
    -- What is written in it, for the search.
    text TEXT NOT NULL,
    PRIMARY KEY (item, number)
) STRICT;

CREATE TABLE item_files (
    item TEXT NOT NULL,
    version INTEGER NOT NULL,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    blob TEXT NOT NULL REFERENCES files (blob),
    PRIMARY KEY (item, version, place),
    FOREIGN KEY (item, version) REFERENCES item_versions (item, number)
) STRICT;
CREATE INDEX item_files_by_blob ON item_files (blob);

-- What was made of an upload: whoever has not heard the answer and asks again is told of it.
ALTER TABLE uploads ADD COLUMN item TEXT;

-- Images in what was published from documents.
CREATE TABLE item_images (
    item TEXT NOT NULL REFERENCES items (id),
    blob TEXT NOT NULL,
    media_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (item, blob)
) STRICT, WITHOUT ROWID;

-- What somebody did with an item. Never changed: it is the evidence behind the counts.
CREATE TABLE item_uses (
    id INTEGER PRIMARY KEY,
    item TEXT NOT NULL REFERENCES items (id),
    version INTEGER NOT NULL,
    -- A name of shared::api::Deed.
    deed TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id),
    -- Their main school then.
    school TEXT,
    document TEXT REFERENCES documents (id),
    -- The item that was made of it.
    adapted TEXT REFERENCES items (id),
    quote TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX item_uses_of_item ON item_uses (item, id);
CREATE INDEX item_uses_by_school ON item_uses (school, at);

-- What is written in documents, for the search alone: `at` is the document's `changed` that it was read at.
CREATE TABLE document_texts (
    document TEXT PRIMARY KEY REFERENCES documents (id),
    at INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

-- Whatever can be found has a number for life. Its stamp grows with every change of what is shown or judged of it: by it
-- each server keeps its index in step, whoever made the change.
CREATE TABLE entries (
    number INTEGER PRIMARY KEY,
    -- `item:` or `document:` and an id.
    key TEXT NOT NULL UNIQUE,
    stamp INTEGER NOT NULL
) STRICT;
CREATE INDEX entries_by_stamp ON entries (stamp);

-- One row: the newest stamp, and a name of its own, so that an index of another database is not taken for one of this.
CREATE TABLE catalogue (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    stamp INTEGER NOT NULL,
    life TEXT NOT NULL
) STRICT;
INSERT INTO catalogue (id, stamp, life) VALUES (1, 1, lower(hex(randomblob(16))));
INSERT INTO entries (key, stamp) SELECT 'document:' || id, 1 FROM documents;

CREATE TRIGGER documents_begin_to_be_found AFTER INSERT ON documents
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    INSERT INTO entries (key, stamp) SELECT 'document:' || NEW.id, stamp FROM catalogue;
END;
-- Not at every change of the content: what is written in it comes by `document_texts`.
CREATE TRIGGER documents_are_found_anew AFTER UPDATE OF kind, title, author, shelf, binned ON documents
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue) WHERE key = 'document:' || NEW.id;
END;
CREATE TRIGGER shares_are_found_anew AFTER INSERT ON shares
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue) WHERE key = 'document:' || NEW.document;
END;
CREATE TRIGGER changed_shares_are_found_anew AFTER UPDATE ON shares
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue) WHERE key = 'document:' || NEW.document;
END;
CREATE TRIGGER ended_shares_are_found_anew AFTER DELETE ON shares
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue) WHERE key = 'document:' || OLD.document;
END;
CREATE TRIGGER texts_are_found AFTER INSERT ON document_texts
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue) WHERE key = 'document:' || NEW.document;
END;
CREATE TRIGGER texts_are_found_anew AFTER UPDATE ON document_texts
    WHEN NEW.text <> OLD.text
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue) WHERE key = 'document:' || NEW.document;
END;
CREATE TRIGGER items_begin_to_be_found AFTER INSERT ON items
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    INSERT INTO entries (key, stamp) SELECT 'item:' || NEW.id, stamp FROM catalogue;
END;
CREATE TRIGGER items_are_found_anew AFTER UPDATE ON items
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue) WHERE key = 'item:' || NEW.id;
END;

-- As documents, items lie on shelves that are there.
CREATE TRIGGER items_begin_on_shelves_that_are_there BEFORE INSERT ON items
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
CREATE TRIGGER items_move_to_shelves_that_are_there BEFORE UPDATE OF shelf ON items
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
CREATE TRIGGER people_with_items_stay BEFORE DELETE ON people
    WHEN EXISTS (SELECT 1 FROM items WHERE shelf = 'person:' || OLD.id)
BEGIN
    SELECT raise(ABORT, 'resources lie there');
END;
CREATE TRIGGER teams_with_items_stay BEFORE DELETE ON teams
    WHEN EXISTS (SELECT 1 FROM items WHERE shelf = 'team:' || OLD.id)
BEGIN
    SELECT raise(ABORT, 'resources lie there');
END;
CREATE TRIGGER schools_with_items_stay BEFORE DELETE ON schools
    WHEN EXISTS (SELECT 1 FROM items WHERE shelf = 'school:' || OLD.id)
BEGIN
    SELECT raise(ABORT, 'resources lie there');
END;
CREATE TRIGGER groups_with_items_stay BEFORE DELETE ON groups
    WHEN EXISTS (SELECT 1 FROM items WHERE shelf = 'group:' || OLD.id)
BEGIN
    SELECT raise(ABORT, 'resources lie there');
END;
