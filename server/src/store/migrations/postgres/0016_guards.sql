-- What holds whoever writes, as the triggers of SQLite's steps 9, 10, 12 and 13 do.

CREATE FUNCTION audit_lines_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'lines of the audit log are not changed';
    END IF;
    RAISE EXCEPTION 'lines of the audit log are not deleted';
END $$;
CREATE TRIGGER audit_lines_stay_as_they_are BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_lines_stay();
CREATE TRIGGER audit_lines_stay BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_lines_stay();

-- Whether there is somebody, or some body, of that sort and id.
CREATE FUNCTION is_there(sort TEXT, wanted TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE AS $$
    SELECT CASE sort
        WHEN 'person' THEN EXISTS (SELECT 1 FROM people WHERE id = wanted)
        WHEN 'team' THEN EXISTS (SELECT 1 FROM teams WHERE id = wanted)
        WHEN 'school' THEN EXISTS (SELECT 1 FROM schools WHERE id = wanted)
        WHEN 'group' THEN EXISTS (SELECT 1 FROM groups WHERE id = wanted)
        ELSE FALSE
    END
$$;

-- Documents, items and collections lie on shelves that are there.
CREATE FUNCTION shelf_is_there() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_there(split_part(NEW.shelf, ':', 1), substr(NEW.shelf, strpos(NEW.shelf, ':') + 1)) THEN
        RAISE EXCEPTION 'nobody has this shelf';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_begin_on_shelves_that_are_there BEFORE INSERT ON documents
    FOR EACH ROW EXECUTE FUNCTION shelf_is_there();
CREATE TRIGGER documents_move_to_shelves_that_are_there BEFORE UPDATE OF shelf ON documents
    FOR EACH ROW EXECUTE FUNCTION shelf_is_there();
CREATE TRIGGER items_begin_on_shelves_that_are_there BEFORE INSERT ON items
    FOR EACH ROW EXECUTE FUNCTION shelf_is_there();
CREATE TRIGGER items_move_to_shelves_that_are_there BEFORE UPDATE OF shelf ON items
    FOR EACH ROW EXECUTE FUNCTION shelf_is_there();
CREATE TRIGGER collections_begin_on_shelves_that_are_there BEFORE INSERT ON collections
    FOR EACH ROW EXECUTE FUNCTION shelf_is_there();
CREATE TRIGGER collections_move_to_shelves_that_are_there BEFORE UPDATE OF shelf ON collections
    FOR EACH ROW EXECUTE FUNCTION shelf_is_there();

CREATE FUNCTION grantee_is_there() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_there(NEW.grantee_type, NEW.grantee) THEN
        RAISE EXCEPTION 'there is nobody to share it with';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shares_are_with_somebody BEFORE INSERT ON shares FOR EACH ROW EXECUTE FUNCTION grantee_is_there();

-- Whoever has something stays.
CREATE FUNCTION owner_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sort TEXT := TG_ARGV[0];
    own TEXT := sort || ':' || OLD.id;
BEGIN
    IF EXISTS (SELECT 1 FROM documents WHERE shelf = own)
        OR EXISTS (SELECT 1 FROM shares WHERE grantee_type = sort AND grantee = OLD.id) THEN
        RAISE EXCEPTION 'documents lie there or are shared there';
    END IF;
    IF EXISTS (SELECT 1 FROM items WHERE shelf = own) THEN
        RAISE EXCEPTION 'resources lie there';
    END IF;
    IF EXISTS (SELECT 1 FROM collections WHERE shelf = own) THEN
        RAISE EXCEPTION 'collections lie there';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER people_with_something_stay BEFORE DELETE ON people FOR EACH ROW EXECUTE FUNCTION owner_stays('person');
CREATE TRIGGER teams_with_something_stay BEFORE DELETE ON teams FOR EACH ROW EXECUTE FUNCTION owner_stays('team');
CREATE TRIGGER schools_with_something_stay BEFORE DELETE ON schools FOR EACH ROW EXECUTE FUNCTION owner_stays('school');
CREATE TRIGGER groups_with_something_stay BEFORE DELETE ON groups FOR EACH ROW EXECUTE FUNCTION owner_stays('group');

-- Whatever can be found gets its stamp with each change of what is shown or judged of it (ADR 27). The row of the catalogue
-- is locked until the transaction ends, so that stamps come in the order in which they can be read.
CREATE FUNCTION begins_to_be_found() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest BIGINT;
BEGIN
    UPDATE catalogue SET stamp = stamp + 1 RETURNING stamp INTO newest;
    INSERT INTO entries (key, stamp) VALUES (TG_ARGV[0] || ':' || NEW.id, newest);
    RETURN NULL;
END $$;
CREATE FUNCTION is_found_anew() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest BIGINT;
BEGIN
    UPDATE catalogue SET stamp = stamp + 1 RETURNING stamp INTO newest;
    UPDATE entries SET stamp = newest WHERE key = TG_ARGV[0] || ':' || NEW.id;
    RETURN NULL;
END $$;
CREATE FUNCTION document_is_found_anew() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest BIGINT;
BEGIN
    UPDATE catalogue SET stamp = stamp + 1 RETURNING stamp INTO newest;
    UPDATE entries SET stamp = newest WHERE key = 'document:' || coalesce(NEW.document, OLD.document);
    RETURN NULL;
END $$;
CREATE TRIGGER documents_begin_to_be_found AFTER INSERT ON documents
    FOR EACH ROW EXECUTE FUNCTION begins_to_be_found('document');
-- Not at every change of the content: what is written in it comes by `document_texts`.
CREATE TRIGGER documents_are_found_anew AFTER UPDATE OF kind, title, author, shelf, binned ON documents
    FOR EACH ROW EXECUTE FUNCTION is_found_anew('document');
CREATE TRIGGER shares_are_found_anew AFTER INSERT OR UPDATE OR DELETE ON shares
    FOR EACH ROW EXECUTE FUNCTION document_is_found_anew();
CREATE TRIGGER texts_are_found AFTER INSERT ON document_texts
    FOR EACH ROW EXECUTE FUNCTION document_is_found_anew();
CREATE TRIGGER texts_are_found_anew AFTER UPDATE ON document_texts
    FOR EACH ROW WHEN (NEW.text <> OLD.text) EXECUTE FUNCTION document_is_found_anew();
CREATE TRIGGER items_begin_to_be_found AFTER INSERT ON items
    FOR EACH ROW EXECUTE FUNCTION begins_to_be_found('item');
CREATE TRIGGER items_are_found_anew AFTER UPDATE ON items
    FOR EACH ROW EXECUTE FUNCTION is_found_anew('item');

INSERT INTO organisation (id, version) VALUES (1, 1);
INSERT INTO catalogue (id, stamp, life) VALUES (1, 1, replace(gen_random_uuid()::text, '-', ''));
