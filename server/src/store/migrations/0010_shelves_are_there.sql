-- A document lies on a shelf that is there, and is shared with somebody who is: also when the making of a team is undone
-- in the very moment in which somebody puts a document there.
-- What has lost its shelf goes back to its author.
UPDATE documents SET shelf = 'person:' || author WHERE NOT CASE substr(shelf, 1, instr(shelf, ':') - 1)
        WHEN 'person' THEN EXISTS (SELECT 1 FROM people WHERE id = substr(shelf, 8))
        WHEN 'team' THEN EXISTS (SELECT 1 FROM teams WHERE id = substr(shelf, 6))
        WHEN 'school' THEN EXISTS (SELECT 1 FROM schools WHERE id = substr(shelf, 8))
        WHEN 'group' THEN EXISTS (SELECT 1 FROM groups WHERE id = substr(shelf, 7))
        ELSE 0
    END;
DELETE FROM shares WHERE NOT CASE grantee_type
        WHEN 'person' THEN EXISTS (SELECT 1 FROM people WHERE id = grantee)
        WHEN 'team' THEN EXISTS (SELECT 1 FROM teams WHERE id = grantee)
        WHEN 'school' THEN EXISTS (SELECT 1 FROM schools WHERE id = grantee)
        WHEN 'group' THEN EXISTS (SELECT 1 FROM groups WHERE id = grantee)
        ELSE 0
    END;

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
CREATE TRIGGER people_with_documents_stay BEFORE DELETE ON people
    WHEN EXISTS (SELECT 1 FROM documents WHERE shelf = 'person:' || OLD.id)
        OR EXISTS (SELECT 1 FROM shares WHERE grantee_type = 'person' AND grantee = OLD.id)
BEGIN
    SELECT raise(ABORT, 'documents lie there or are shared there');
END;
CREATE TRIGGER teams_with_documents_stay BEFORE DELETE ON teams
    WHEN EXISTS (SELECT 1 FROM documents WHERE shelf = 'team:' || OLD.id)
        OR EXISTS (SELECT 1 FROM shares WHERE grantee_type = 'team' AND grantee = OLD.id)
BEGIN
    SELECT raise(ABORT, 'documents lie there or are shared there');
END;
CREATE TRIGGER schools_with_documents_stay BEFORE DELETE ON schools
    WHEN EXISTS (SELECT 1 FROM documents WHERE shelf = 'school:' || OLD.id)
        OR EXISTS (SELECT 1 FROM shares WHERE grantee_type = 'school' AND grantee = OLD.id)
BEGIN
    SELECT raise(ABORT, 'documents lie there or are shared there');
END;
CREATE TRIGGER groups_with_documents_stay BEFORE DELETE ON groups
    WHEN EXISTS (SELECT 1 FROM documents WHERE shelf = 'group:' || OLD.id)
        OR EXISTS (SELECT 1 FROM shares WHERE grantee_type = 'group' AND grantee = OLD.id)
BEGIN
    SELECT raise(ABORT, 'documents lie there or are shared there');
END;
