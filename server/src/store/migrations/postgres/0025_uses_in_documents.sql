-- Whose work a resource lives on in is counted by what documents hold, and without those in the bin (ADR 49).

-- Items that a document leads to, as of its text in `document_texts`.
CREATE TABLE document_items (
    document TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    item TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (document, item)
);
CREATE INDEX item_uses_in_document ON item_uses (document);

-- What was noted before waits to be seen there: those documents are read anew.
UPDATE document_texts SET at = -1 WHERE document IN (SELECT document FROM item_uses WHERE deed IN ('copied', 'cited'));
UPDATE items SET uses = (SELECT count(DISTINCT person) FROM item_uses AS u
    WHERE u.item = items.id AND person <> items.author AND u.deed NOT IN ('downloaded', 'adapted')
    AND (u.document IS NULL OR EXISTS (SELECT 1 FROM documents AS d WHERE d.id = u.document AND d.binned IS NULL)
        AND u.deed NOT IN ('copied', 'cited')))
    WHERE id IN (SELECT item FROM item_uses WHERE document IS NOT NULL);
