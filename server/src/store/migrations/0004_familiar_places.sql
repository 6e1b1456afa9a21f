-- Browsers and addresses from which a person has signed in, as hashes: what strangers guess does not count there.
CREATE TABLE familiar (
    person TEXT NOT NULL REFERENCES people (id),
    mark BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, mark)
) STRICT, WITHOUT ROWID;

-- Counted in memory now.
DROP TABLE sign_in_attempts;
