-- Collections are found, too (migration 12 has items and documents). Their lines change only together with them: whoever
-- changes the list counts its revision.

UPDATE catalogue SET stamp = stamp + 1;
INSERT INTO entries (key, stamp) SELECT 'collection:' || collections.id, stamp FROM collections, catalogue;

CREATE TRIGGER collections_begin_to_be_found AFTER INSERT ON collections
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    INSERT INTO entries (key, stamp) SELECT 'collection:' || NEW.id, stamp FROM catalogue;
END;
CREATE TRIGGER collections_are_found_anew AFTER UPDATE ON collections
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue) WHERE key = 'collection:' || NEW.id;
END;
-- Who sees an item sees the notes on it.
CREATE TRIGGER moved_items_are_found_anew_where_they_are_collected AFTER UPDATE OF author, shelf, binned ON items
    WHEN EXISTS (SELECT 1 FROM collection_lines WHERE item = NEW.id)
BEGIN
    UPDATE catalogue SET stamp = stamp + 1;
    UPDATE entries SET stamp = (SELECT stamp FROM catalogue)
        WHERE key IN (SELECT 'collection:' || collection FROM collection_lines WHERE item = NEW.id);
END;
