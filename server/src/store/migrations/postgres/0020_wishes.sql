-- What was asked for when something was made, as a hash: the same wish under its name is answered once more, another one is
-- refused. What is older has none.
ALTER TABLE items ADD COLUMN wish BYTEA;
ALTER TABLE collections ADD COLUMN wish BYTEA;
ALTER TABLE documents ADD COLUMN wish BYTEA;

-- Whatever is found by the name of a person, school, team or group is found by the new one once it has changed (step 16).
CREATE INDEX item_authors_by_person ON item_authors (person);
CREATE INDEX collections_of_author ON collections (author);
CREATE FUNCTION works_are_found_anew() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sort TEXT := TG_ARGV[0];
    newest BIGINT;
BEGIN
    UPDATE catalogue SET stamp = stamp + 1 RETURNING stamp INTO newest;
    UPDATE entries SET stamp = newest WHERE key IN (
        SELECT 'document:' || id FROM documents WHERE sort = 'person' AND author = NEW.id
        UNION ALL SELECT 'item:' || item FROM item_authors WHERE sort = 'person' AND person = NEW.id
        UNION ALL SELECT 'item:' || id FROM items WHERE sort = 'school' AND school = NEW.id
        UNION ALL SELECT 'collection:' || id FROM collections WHERE sort = 'person' AND author = NEW.id
        UNION ALL SELECT 'collection:' || id FROM collections WHERE shelf = sort || ':' || NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER works_of_renamed_people_are_found_anew AFTER UPDATE OF name ON people
    FOR EACH ROW WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION works_are_found_anew('person');
CREATE TRIGGER works_of_renamed_schools_are_found_anew AFTER UPDATE OF name ON schools
    FOR EACH ROW WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION works_are_found_anew('school');
CREATE TRIGGER works_of_renamed_teams_are_found_anew AFTER UPDATE OF name ON teams
    FOR EACH ROW WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION works_are_found_anew('team');
CREATE TRIGGER works_of_renamed_groups_are_found_anew AFTER UPDATE OF name ON groups
    FOR EACH ROW WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION works_are_found_anew('group');
