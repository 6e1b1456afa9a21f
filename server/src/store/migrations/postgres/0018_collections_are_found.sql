-- Collections are found, too (step 16 has items and documents). Their lines change only together with them: whoever
-- changes the list counts its revision.

UPDATE catalogue SET stamp = stamp + 1;
INSERT INTO entries (key, stamp) SELECT 'collection:' || collections.id, stamp FROM collections, catalogue;

CREATE TRIGGER collections_begin_to_be_found AFTER INSERT ON collections
    FOR EACH ROW EXECUTE FUNCTION begins_to_be_found('collection');
CREATE TRIGGER collections_are_found_anew AFTER UPDATE ON collections
    FOR EACH ROW EXECUTE FUNCTION is_found_anew('collection');

-- Who sees an item sees the notes on it.
CREATE FUNCTION collections_of_item_are_found_anew() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest BIGINT;
BEGIN
    IF EXISTS (SELECT 1 FROM collection_lines WHERE item = NEW.id) THEN
        UPDATE catalogue SET stamp = stamp + 1 RETURNING stamp INTO newest;
        UPDATE entries SET stamp = newest
            WHERE key IN (SELECT 'collection:' || collection FROM collection_lines WHERE item = NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER moved_items_are_found_anew_where_they_are_collected AFTER UPDATE OF author, shelf, binned ON items
    FOR EACH ROW EXECUTE FUNCTION collections_of_item_are_found_anew();
