-- The tables of the library, as SQLite has them after sixteen steps.

-- What was found out about the files that are here.
CREATE TABLE files (
    -- blake3 of the content
    blob TEXT COLLATE "C" PRIMARY KEY,
    bytes BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    -- As JSON
    facts TEXT COLLATE "C" NOT NULL,
    -- What the search finds
    text TEXT COLLATE "C" NOT NULL,
    -- A blob of its own
    thumbnail TEXT COLLATE "C",
    checked BIGINT NOT NULL
);

-- Files on their way in.
CREATE TABLE uploads (
    id TEXT COLLATE "C" PRIMARY KEY,
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- Whose room it takes; the person's own if they are of no school
    school TEXT COLLATE "C" REFERENCES schools (id) ON DELETE SET NULL,
    name TEXT COLLATE "C" NOT NULL,
    bytes BIGINT NOT NULL,
    -- Receiving, checking, ready or refused
    state TEXT COLLATE "C" NOT NULL,
    -- Once it is ready
    blob TEXT COLLATE "C" REFERENCES files (blob),
    -- Why it was refused
    why TEXT COLLATE "C",
    made BIGINT NOT NULL,
    -- The last byte, or the end of the check
    touched BIGINT NOT NULL,
    -- Since when something is made of it
    used BIGINT,
    -- What was made of it: whoever has not heard the answer and asks again is told of it.
    item TEXT COLLATE "C",
    -- How many of its bytes are here, as of `touched`.
    received BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX uploads_by_person ON uploads (person, made);
CREATE INDEX uploads_by_school ON uploads (school, state);
CREATE INDEX uploads_by_blob ON uploads (blob);

-- Where a school may keep more or less than the usual.
CREATE TABLE school_quotas (
    school TEXT COLLATE "C" PRIMARY KEY REFERENCES schools (id) ON DELETE CASCADE,
    bytes BIGINT NOT NULL
);

-- As shared::library::Taxon.
CREATE TABLE taxa (
    id TEXT COLLATE "C" PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (id),
    parent TEXT COLLATE "C",
    sort TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    grade TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    -- What is not taught from any more keeps its name, for what lies there.
    ended BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX taxa_of_region ON taxa (region);

CREATE TABLE items (
    id TEXT COLLATE "C" PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    -- Who put it in.
    author TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    -- `person:`, `team:`, `school:` or `group:` and an id, as of documents.
    shelf TEXT COLLATE "C" NOT NULL,
    -- Where it comes from: the author's main school when it was put in.
    school TEXT COLLATE "C" REFERENCES schools (id),
    licence TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    grade TEXT COLLATE "C" NOT NULL,
    taxon TEXT COLLATE "C",
    lesson_type TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    -- The newest version.
    version BIGINT NOT NULL,
    -- What it was published from last.
    document TEXT COLLATE "C" REFERENCES documents (id),
    adapted_from TEXT COLLATE "C" REFERENCES items (id),
    binned BIGINT,
    -- People but the author who took it into their own work.
    uses BIGINT NOT NULL DEFAULT 0,
    -- Counts the changes of its words, so that two forms open at once don't overwrite one another.
    revision BIGINT NOT NULL DEFAULT 0,
    -- Since when nothing is left of it but that it was there.
    removed BIGINT
);
CREATE INDEX items_of_author ON items (author);
CREATE INDEX items_on_shelf ON items (shelf);
CREATE INDEX items_of_document ON items (document);
CREATE INDEX items_of_school ON items (school);
CREATE INDEX items_adapted_from ON items (adapted_from);
CREATE INDEX items_at_taxon ON items (taxon);
CREATE INDEX items_in_the_bin ON items (binned) WHERE binned IS NOT NULL AND removed IS NULL;

-- Somebody here, or a name.
CREATE TABLE item_authors (
    item TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    position BIGINT NOT NULL,
    person TEXT COLLATE "C" REFERENCES people (id),
    name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (item, position)
);

CREATE TABLE item_tags (
    item TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    position BIGINT NOT NULL,
    tag TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (item, position)
);

CREATE TABLE item_versions (
    item TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    note TEXT COLLATE "C" NOT NULL,
    -- What stood in the document, as shared::document::change::Node in JSON; NULL for files, things and places.
    content TEXT COLLATE "C",
    -- What is written in it, for the search.
    text TEXT COLLATE "C" NOT NULL,
    -- Of what is written in it; its files have their own.
    bytes BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (item, number)
);
CREATE INDEX item_versions_by_time ON item_versions (at);

CREATE TABLE item_files (
    item TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    place BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    blob TEXT COLLATE "C" NOT NULL REFERENCES files (blob),
    PRIMARY KEY (item, version, place),
    FOREIGN KEY (item, version) REFERENCES item_versions (item, number)
);
CREATE INDEX item_files_by_blob ON item_files (blob);

-- Images in what was published from documents.
CREATE TABLE item_images (
    item TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    blob TEXT COLLATE "C" NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (item, blob)
);

-- What somebody did with an item. Never changed: it is the evidence behind the counts.
CREATE TABLE item_uses (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    item TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    version BIGINT NOT NULL,
    -- A name of shared::api::Deed.
    deed TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    -- Their main school then.
    school TEXT COLLATE "C",
    document TEXT COLLATE "C" REFERENCES documents (id),
    -- The item that was made of it.
    adapted TEXT COLLATE "C" REFERENCES items (id),
    quote TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX item_uses_of_item ON item_uses (item, id);
CREATE INDEX item_uses_by_school ON item_uses (school, at);

-- What is written in documents, for the search alone: `at` is the document's `changed` that it was read at.
CREATE TABLE document_texts (
    document TEXT COLLATE "C" PRIMARY KEY REFERENCES documents (id),
    at BIGINT NOT NULL,
    text TEXT COLLATE "C" NOT NULL
);

-- Whatever can be found has a number for life. Its stamp grows with every change of what is shown or judged of it: by it
-- each server keeps its index in step, whoever made the change.
CREATE TABLE entries (
    number BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    -- `item:` or `document:` and an id.
    key TEXT COLLATE "C" NOT NULL UNIQUE,
    stamp BIGINT NOT NULL
);
CREATE INDEX entries_by_stamp ON entries (stamp);

-- One row: the newest stamp, and a name of its own, so that an index of another database is not taken for one of this.
CREATE TABLE catalogue (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    stamp BIGINT NOT NULL,
    life TEXT COLLATE "C" NOT NULL
);

CREATE TABLE collections (
    id TEXT COLLATE "C" PRIMARY KEY,
    title TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    -- Who made it.
    author TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    -- `person:`, `team:`, `school:` or `group:` and an id, as of documents and items.
    shelf TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    binned BIGINT,
    -- Counts the changes of its words and its list, so that two who edit it at once don't overwrite one another.
    revision BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX collections_on_shelf ON collections (shelf, changed);
CREATE INDEX collections_by_time ON collections (created);

CREATE TABLE collection_lines (
    collection TEXT COLLATE "C" NOT NULL REFERENCES collections (id),
    id TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    -- NULL for a heading.
    item TEXT COLLATE "C" REFERENCES items (id),
    -- The heading, or the note on the item.
    text TEXT COLLATE "C" NOT NULL,
    -- When it was put in, and by whom.
    added BIGINT NOT NULL,
    by TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    PRIMARY KEY (collection, id)
);
CREATE INDEX collection_lines_of_item ON collection_lines (item);

-- What a school or group publishes as its menu of a term: one at a time.
CREATE TABLE menus (
    shelf TEXT COLLATE "C" NOT NULL,
    -- As shared::library::TermName writes it: 2026-autumn.
    term TEXT COLLATE "C" NOT NULL,
    collection TEXT COLLATE "C" NOT NULL REFERENCES collections (id),
    by TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (shelf, term)
);
CREATE INDEX menus_of_collection ON menus (collection);

CREATE TABLE subscriptions (
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    -- As shared::library::Topic writes it: subject:数学.
    topic TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, topic)
);

-- How far somebody has read what is new for them.
CREATE TABLE feed_seen (
    person TEXT COLLATE "C" PRIMARY KEY REFERENCES people (id),
    at BIGINT NOT NULL
);

CREATE TABLE remarks (
    -- In the order in which they came.
    number BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    -- Chosen by whoever wrote it, so that a wish that is sent twice is one remark.
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    item TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    -- What it replies to: always the beginning of a thread.
    root TEXT COLLATE "C" REFERENCES remarks (id),
    -- A name of shared::library::RemarkKind; replies are remarks.
    kind TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    -- Empty once it is taken back.
    text TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    changed BIGINT,
    taken_back BIGINT,
    hidden BIGINT,
    hidden_by TEXT COLLATE "C" REFERENCES people (id),
    hidden_why TEXT COLLATE "C" NOT NULL DEFAULT '',
    -- When whoever asked said that the question is settled.
    closed BIGINT,
    -- A reply by somebody who speaks for the item: as long as it stands, the question is answered.
    answers BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX remarks_of_item ON remarks (item, number) WHERE root IS NULL;
CREATE INDEX replies_of_remark ON remarks (root, number) WHERE root IS NOT NULL;
CREATE INDEX remarks_by_author ON remarks (author, number);
CREATE INDEX questions ON remarks (item, number) WHERE kind = 'question' AND closed IS NULL;
CREATE UNIQUE INDEX thanks_once ON remarks (item, author) WHERE kind = 'thanks' AND taken_back IS NULL;

-- What a remark of the kind `correction` wants changed; why is the remark's text.
CREATE TABLE corrections (
    remark TEXT COLLATE "C" PRIMARY KEY REFERENCES remarks (id),
    version BIGINT NOT NULL,
    quote TEXT COLLATE "C" NOT NULL,
    instead TEXT COLLATE "C" NOT NULL,
    -- A name of shared::library::CorrectionState.
    state TEXT COLLATE "C" NOT NULL,
    decided BIGINT,
    decided_by TEXT COLLATE "C" REFERENCES people (id),
    words TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX corrections_by_state ON corrections (state);

CREATE TABLE ratings (
    number BIGINT PRIMARY KEY,
    item TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    -- A name of shared::library::Verdict.
    verdict TEXT COLLATE "C" NOT NULL,
    words TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (item, person)
);

CREATE TABLE loans (
    number BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    -- Chosen by whoever asks, as of remarks.
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    item TEXT COLLATE "C" NOT NULL REFERENCES items (id),
    person TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    -- A name of shared::library::LoanState.
    state TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    decided BIGINT,
    decided_by TEXT COLLATE "C" REFERENCES people (id),
    words TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX loans_of_item ON loans (item, until);
CREATE INDEX loans_of_person ON loans (person, number);
CREATE INDEX loans_by_state ON loans (state, item);

-- The half hours that an agreed loan or a block takes: nobody else has them.
CREATE TABLE loan_slots (
    item TEXT COLLATE "C" NOT NULL,
    -- Half hours since 1970-01-01T00:00Z.
    slot BIGINT NOT NULL,
    loan TEXT COLLATE "C" NOT NULL REFERENCES loans (id),
    PRIMARY KEY (item, slot)
);
CREATE INDEX slots_of_loan ON loan_slots (loan);

-- Until when somebody has read what others answered them.
CREATE TABLE answers_read (
    person TEXT COLLATE "C" PRIMARY KEY REFERENCES people (id),
    at BIGINT NOT NULL
);
