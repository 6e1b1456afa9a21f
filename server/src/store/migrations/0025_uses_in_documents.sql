-- Whose work a resource lives on in is counted without what is in the bin.
CREATE INDEX item_uses_in_document ON item_uses (document);
UPDATE items SET uses = (SELECT count(DISTINCT person) FROM item_uses AS u
    WHERE u.item = items.id AND person <> items.author AND u.deed NOT IN ('downloaded', 'adapted')
    AND NOT EXISTS (SELECT 1 FROM documents AS d WHERE d.id = u.document AND d.binned IS NOT NULL))
    WHERE id IN (SELECT item FROM item_uses JOIN documents ON documents.id = document
        WHERE documents.binned IS NOT NULL);
