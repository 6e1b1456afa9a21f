//! What is written in documents, read for the search: in a process of its own, as reading may end it (R5).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::document::change::Node;
use shared::document::text::{link_targets, plain_text};
use shared::words::{DocumentId, ItemId, UnixMillis};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

use crate::clock;
use crate::content;
use crate::database::Database;
use crate::store::{self, DocumentText, SharedStore};

/// Documents that one process reads.
const AT_ONCE: u32 = 200;
/// The largest takes a fraction of this.
const EACH_WITHIN: Duration = Duration::from_secs(20);
/// A document is read once nobody has written in it for so long, …
const QUIET_FOR: Duration = Duration::from_secs(2);
/// … and all the same so often while somebody writes on and on.
const AT_LEAST_EVERY: Duration = Duration::from_secs(20);
/// Of a longer one the beginning is found.
const MAX_TEXT_BYTES: usize = 1 << 20;
/// Of more items that a document leads to, the first are its evidence.
const MOST_ITEMS: usize = 500;

/// Reads documents by a process of its own.
pub struct DocumentReader {
    /// The program that reads documents, `gongbei read-documents`.
    program: PathBuf,
    data: PathBuf,
    database: Database,
}

/// One line of that program's answer.
#[derive(Serialize, Deserialize)]
struct Line {
    document: DocumentId,
    text: String,
    items: Vec<ItemId>,
}

impl DocumentReader {
    pub fn new(program: PathBuf, data: PathBuf, database: Database) -> Self {
        Self { program, data, database }
    }

    /// Reads documents that have changed, the newest first. One that can't be read is found by its title alone until it
    /// changes again.
    pub async fn read_changed(&self, store: &SharedStore) -> store::Result<()> {
        loop {
            let now = clock::now();
            let (quiet, long_ago) = (clock::before(now, QUIET_FOR), clock::before(now, AT_LEAST_EVERY));
            let changed = store.unread_documents(quiet, long_ago, AT_ONCE).await?;
            if changed.is_empty() {
                return Ok(());
            }
            let read = self.read(&changed).await;
            store.set_document_texts(&read).await?;
            // With nothing read there is no process to read by: not tried again at once.
            if read.is_empty() || changed.len() < AT_ONCE as usize {
                return Ok(());
            }
        }
    }

    /// The texts of as many of them as one process got through, at least of the first.
    async fn read(&self, changed: &[(DocumentId, UnixMillis)]) -> Vec<DocumentText> {
        let texts = match self.ask(changed).await {
            Ok(texts) => texts,
            Err(error) => {
                tracing::warn!("cannot start a process that reads documents: {error}");
                return Vec::new();
            }
        };
        let mut texts: BTreeMap<_, _> =
            texts.into_iter().map(|line| (line.document, (line.text, line.items))).collect();
        let mut read = Vec::with_capacity(changed.len());
        for (document, at) in changed {
            let (document, at) = (document.clone(), *at);
            let Some((text, items)) = texts.remove(&document) else {
                // The process ended here: not tried again before it changes.
                tracing::warn!(%document, "cannot read what is written in document {document}");
                read.push(DocumentText { document, at, text: String::new(), items: Vec::new() });
                break;
            };
            read.push(DocumentText { document, at, text, items });
        }
        read
    }

    async fn ask(&self, changed: &[(DocumentId, UnixMillis)]) -> std::io::Result<Vec<Line>> {
        let mut command = Command::new(&self.program);
        command.arg("read-documents").arg("--data").arg(&self.data).env_clear().kill_on_drop(true);
        self.database.tell(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (Some(mut stdin), Some(stdout)) = (stdin, stdout) else { return Ok(Vec::new()) };
        let ids: String = changed.iter().map(|(document, _)| format!("{document}\n")).collect();
        // Few enough for the pipe to take them all.
        stdin.write_all(ids.as_bytes()).await.ok();
        drop(stdin);
        let mut lines = BufReader::new(stdout).lines();
        let mut read = Vec::new();
        while let Ok(Ok(Some(line))) = tokio::time::timeout(EACH_WITHIN, lines.next_line()).await {
            let Ok(line) = serde_json::from_str(&line) else { break };
            read.push(line);
        }
        Ok(read)
    }
}

/// `gongbei read-documents`: ids on the standard input, and on the standard output for each a line with its text.
pub async fn read_in_own_process(database: &Database) -> anyhow::Result<()> {
    let store = database.open_to_read().await?;
    for line in std::io::stdin().lines() {
        let document: DocumentId = line?.parse()?;
        let (text, items) = match content::read(&*store, &document).await {
            Ok(content) => (plain_text(&content), items_in(&content)),
            Err(error) => {
                eprintln!("{error}");
                (String::new(), Vec::new())
            }
        };
        // Postgres takes no text with the sign that ends texts.
        let text = text[..text.floor_char_boundary(MAX_TEXT_BYTES)].replace('\0', "\u{fffd}");
        println!("{}", serde_json::to_string(&Line { document, text, items })?);
    }
    Ok(())
}

/// Items of the library that the text leads to: the evidence that it holds something of them.
fn items_in(content: &Node) -> Vec<ItemId> {
    let items: BTreeSet<ItemId> = link_targets(content).into_iter().filter_map(item_at).take(MOST_ITEMS).collect();
    items.into_iter().collect()
}

/// The item whose page is at an address: `…/library/items/{id}`, as the editor writes it.
fn item_at(address: &str) -> Option<ItemId> {
    let (_, id) = address.split_once("/library/items/")?;
    id.split(['/', '?', '#']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use shared::document::build::{doc, link, p, text};

    use super::*;

    #[test]
    fn items_are_those_that_links_lead_to() {
        let cases = [
            ("/library/items/a1", Some("a1")),
            ("https://gongbei.example/library/items/a1?remark=b2#uses", Some("a1")),
            ("/library/items/", None),
            ("/library/items/%2e%2e", None),
            ("/documents/a1", None),
        ];
        for (address, expected) in cases {
            let item = item_at(address);
            assert_eq!(item.as_ref().map(ItemId::as_str), expected, "{address}");
        }
        let whole = doc([
            p([text("《》/library/items/c3")]),
            p([link("二", "/library/items/b2"), link("又", "x/library/items/b2")]),
        ]);
        assert_eq!(items_in(&whole), ["b2".parse().unwrap()], "what is only written leads nowhere");
    }
}
