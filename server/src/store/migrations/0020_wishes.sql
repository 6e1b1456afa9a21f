-- What was asked for when something was made, as a hash: the same wish under its name is answered once more, another one is
-- refused. What is older has none.
ALTER TABLE items ADD COLUMN wish BLOB;
ALTER TABLE collections ADD COLUMN wish BLOB;
ALTER TABLE documents ADD COLUMN wish BLOB;

-- Whatever is found by the name of a person, school, team or group is found by the new one once it has changed (migration 12).
CREATE INDEX item_authors_by_person ON item_authors (person);
CREATE INDEX collections_of_author ON collections (author);
CREATE TRIGGER works_of_renamed_people_are_found_anew AFTER UPDATE OF name ON people
    WHEN NEW.name <> OLD.name
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue) WHERE key IN (
        SELECT 'document:' || id FROM documents WHERE author = NEW.id
        UNION ALL SELECT 'item:' || item FROM item_authors WHERE person = NEW.id
        UNION ALL SELECT 'collection:' || id FROM collections WHERE author = NEW.id
        UNION ALL SELECT 'collection:' || id FROM collections WHERE shelf = 'person:' || NEW.id);
END;
CREATE TRIGGER works_of_renamed_schools_are_found_anew AFTER UPDATE OF name ON schools
    WHEN NEW.name <> OLD.name
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue) WHERE key IN (
        SELECT 'item:' || id FROM items WHERE school = NEW.id
        UNION ALL SELECT 'collection:' || id FROM collections WHERE shelf = 'school:' || NEW.id);
END;
CREATE TRIGGER works_of_renamed_teams_are_found_anew AFTER UPDATE OF name ON teams
    WHEN NEW.name <> OLD.name
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'collection:' || id FROM collections WHERE shelf = 'team:' || NEW.id);
END;
CREATE TRIGGER works_of_renamed_groups_are_found_anew AFTER UPDATE OF name ON groups
    WHEN NEW.name <> OLD.name
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'collection:' || id FROM collections WHERE shelf = 'group:' || NEW.id);
END;
