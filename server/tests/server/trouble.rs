//! A disk that fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use server::app::Settings;
use server::store::{Appended, Cause, Log, NewSnapshot, NewUpdate, Result, StoredDocument, StoredUpdate};
use shared::words::DocumentId;
use tokio::sync::mpsc;

use crate::peer::Peer;
use crate::world::World;

/// A log on a disk that is full while `full` is set.
struct FullDisk {
    log: Arc<dyn Log>,
    full: Arc<AtomicBool>,
}

#[async_trait]
impl Log for FullDisk {
    fn append(&self, update: NewUpdate, done: mpsc::UnboundedSender<Appended>) {
        if self.full.load(Ordering::SeqCst) {
            done.send(Appended { seq: update.seq, outcome: Err(Cause::Full) }).ok();
        } else {
            self.log.append(update, done);
        }
    }

    async fn load(&self, document: &DocumentId) -> Result<Option<StoredDocument>> {
        self.log.load(document).await
    }

    async fn history(&self, document: &DocumentId) -> Result<Vec<StoredUpdate>> {
        self.log.history(document).await
    }

    async fn keep_snapshot(&self, document: &DocumentId, snapshot: NewSnapshot) -> Result<()> {
        self.log.keep_snapshot(document, snapshot).await
    }

    async fn is_writable(&self) -> Result<()> {
        self.log.is_writable().await
    }

    async fn close(&self) {
        self.log.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_a_full_disk_is_told_nothing_is_called_saved_and_it_heals() {
    let full = Arc::new(AtomicBool::new(false));
    let data = Arc::new(tempfile::tempdir().unwrap());
    let switch = full.clone();
    let world = World::open(data, Settings::default(), |log| Arc::new(FullDisk { log, full: switch })).await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("磁盘满").await;
    let mut page = Peer::page(&zhou, &document).await;
    let mut colleague = Peer::page(&zhou, &document).await;
    page.write("满之前。").await;
    page.until_saved().await;
    full.store(true, Ordering::SeqCst);
    let saved = page.saved;
    page.write("满的时候。").await;
    page.until("told of the trouble", |peer| peer.trouble).await;
    colleague.until("told too", |peer| peer.trouble).await;
    assert_eq!(page.saved, saved, "nothing is called saved that is not");
    full.store(false, Ordering::SeqCst);
    page.until_saved().await;
    page.until("the trouble is over", |peer| !peer.trouble).await;
    let world = world.restart().await;
    let zhou = world.sign_in("zhou").await;
    let mut again = Peer::page(&zhou, &document).await;
    again.until_text("满之前。满的时候。").await;
}
