//! The first content of a document, as an update.

use yrs::{Transact, XmlFragment};

use super::change::Node;
use super::{CONTENT, new_doc, replica, write};

/// The update (v1 encoding) that gives an empty document the content of `doc`, written by the client `client_id`
/// (53 bits). The tree must fit the schema. Apply it once in a document's life: a second time, even by another
/// client, the content would stand there twice.
pub fn seed(doc: &Node, client_id: u64) -> Vec<u8> {
    let first = new_doc(client_id);
    let content = first.get_or_insert_xml_fragment(CONTENT);
    let mut txn = first.transact_mut();
    for block in &doc.content {
        let end = content.len(&txn);
        write::insert_block(&mut txn, &content, end, block);
    }
    drop(txn);
    replica::snapshot(&first)
}
