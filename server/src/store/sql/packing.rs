//! Packs logs in the background, one after the other.

use std::time::Duration;

use shared::words::DocumentId;
use tokio::sync::{mpsc, watch};

use super::packer::Packer;

/// What an earlier server left to be packed is looked for so long after the start, when everybody is back.
const LOOK_AROUND_AFTER: Duration = Duration::from_secs(60);

/// The task; it ends with this value, or when it is told to.
pub struct Packing {
    documents: mpsc::UnboundedSender<DocumentId>,
    stop: watch::Sender<bool>,
}

impl Packing {
    /// Packs a log whenever at least `least` of its updates can be.
    pub fn start(packer: Packer, least: u64) -> Self {
        let (documents, asked) = mpsc::unbounded_channel();
        let (stop, stopping) = watch::channel(false);
        tokio::spawn(Working { packer, least, stopping }.run(asked));
        Self { documents, stop }
    }

    /// Call when a snapshot was kept: only then more can be packed.
    pub fn look_at(&self, document: &DocumentId) {
        self.documents.send(document.clone()).ok();
    }

    /// Comes back when the segment under way is stored, and no other will be.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        self.stop.closed().await;
    }
}

struct Working {
    packer: Packer,
    least: u64,
    stopping: watch::Receiver<bool>,
}

impl Working {
    async fn run(mut self, mut asked: mpsc::UnboundedReceiver<DocumentId>) {
        let look_around = tokio::time::sleep(LOOK_AROUND_AFTER);
        tokio::pin!(look_around);
        let mut looked_around = false;
        loop {
            let documents = tokio::select! {
                biased;
                _ = self.stopping.changed() => return,
                document = asked.recv() => match document {
                    Some(document) => vec![document],
                    None => return,
                },
                () = &mut look_around, if !looked_around => {
                    looked_around = true;
                    self.packer.worth_it(self.least).await.unwrap_or_else(|error| {
                        tracing::warn!("{error}");
                        Vec::new()
                    })
                }
            };
            for document in documents {
                self.pack(&document).await;
            }
        }
    }

    /// Nobody waits for it, and the log is as good without: an error is told and no more.
    async fn pack(&self, document: &DocumentId) {
        while !*self.stopping.borrow() {
            match self.packer.pack_some(document, self.least).await {
                Ok(Some(_)) => {}
                Ok(None) => return,
                Err(error) => return tracing::warn!(%document, "{error}"),
            }
        }
    }
}
