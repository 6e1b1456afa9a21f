-- A document lies on a shelf that is there, and is shared with somebody who is: also when the making of a team is undone
-- in the very moment in which somebody puts a document there.
CREATE TRIGGER documents_begin_on_shelves_that_are_there BEFORE INSERT ON documents
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
CREATE TRIGGER documents_move_to_shelves_that_are_there BEFORE UPDATE OF shelf ON documents
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
CREATE TRIGGER shares_are_with_somebody BEFORE INSERT ON shares
    WHEN NOT CASE NEW.grantee_type
        WHEN 'person' THEN EXISTS (SELECT 1 FROM people WHERE id = NEW.grantee)
        WHEN 'team' THEN EXISTS (SELECT 1 FROM teams WHERE id = NEW.grantee)
        WHEN 'school' THEN EXISTS (SELECT 1 FROM schools WHERE id = NEW.grantee)
        WHEN 'group' THEN EXISTS (SELECT 1 FROM groups WHERE id = NEW.grantee)
        ELSE 0
    END
BEGIN
    SELECT raise(ABORT, 'there is nobody to share it with');
END;
