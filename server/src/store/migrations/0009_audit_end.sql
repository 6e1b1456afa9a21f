-- Where the audit log ends, beside it: lines cut off its end are missed, and the next one covers the true last one.
ALTER TABLE organisation ADD COLUMN audit_seq INTEGER NOT NULL DEFAULT 0;
-- NULL as long as there is no line.
ALTER TABLE organisation ADD COLUMN audit_checksum BLOB;
UPDATE organisation SET
    audit_seq = coalesce((SELECT max(seq) FROM audit), 0),
    audit_checksum = (SELECT checksum FROM audit ORDER BY seq DESC LIMIT 1);

CREATE TRIGGER audit_lines_stay_as_they_are BEFORE UPDATE ON audit
BEGIN
    SELECT raise(ABORT, 'lines of the audit log are not changed');
END;
CREATE TRIGGER audit_lines_stay BEFORE DELETE ON audit
BEGIN
    SELECT raise(ABORT, 'lines of the audit log are not deleted');
END;
