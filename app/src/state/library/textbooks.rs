//! Keeping the textbooks: volumes are read and stored one at a time.

use leptos::prelude::*;
use shared::api::{PutVolume, PutVolumeAnswer, VolumeText};
use shared::library::outline::{VolumePlan, write_outline};
use shared::words::TaxonId;

use super::vocabulary::LibraryVocabulary;
use crate::browser::fetch::{self, Failure, Verb};
use crate::state::session::Session;

#[derive(Debug, Clone, Copy)]
pub struct Textbooks {
    session: Session,
    vocabulary: LibraryVocabulary,
}

/// How far a table has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TableProgress {
    pub stored: usize,
    pub all: usize,
}

impl Textbooks {
    pub fn new(session: Session, vocabulary: LibraryVocabulary) -> Self {
        Self { session, vocabulary }
    }

    pub async fn read(self, volume: &TaxonId) -> Result<VolumeText, Failure> {
        fetch::get(&format!("/api/library/volumes/{volume}")).await.map_err(|failure| self.session.heed(failure))
    }

    /// Stores a volume, or with `only_ask` says what that would change.
    pub async fn put(self, volume: &PutVolume) -> Result<PutVolumeAnswer, Failure> {
        let answer: Result<PutVolumeAnswer, _> = fetch::send(Verb::PUT, "/api/library/volumes", volume).await;
        if answer.is_ok() && !volume.only_ask {
            self.vocabulary.refresh();
        }
        answer.map_err(|failure| self.session.heed(failure))
    }

    pub async fn end(self, volume: &TaxonId) -> Result<(), Failure> {
        let ended = fetch::bid(Verb::DELETE, &format!("/api/library/volumes/{volume}")).await;
        self.vocabulary.refresh();
        ended.map_err(|failure| self.session.heed(failure))
    }

    /// Stores volume after volume, until all are stored or `progress` is gone with its form. What is stored stays so.
    pub async fn put_table(self, plans: Vec<VolumePlan>, progress: RwSignal<TableProgress>) -> Result<(), Failure> {
        let all = plans.len();
        for (stored, plan) in plans.into_iter().enumerate() {
            if progress.try_set(TableProgress { stored, all }).is_some() {
                return Ok(());
            }
            self.put(&wish(None, plan)).await?;
        }
        let _ = progress.try_set(TableProgress { stored: all, all });
        Ok(())
    }
}

fn wish(volume: Option<TaxonId>, plan: VolumePlan) -> PutVolume {
    let VolumePlan { edition, name, subject, grade, units } = plan;
    PutVolume { volume, edition, name, subject, grade, outline: write_outline(&units), read: None, only_ask: false }
}
