//! The textbooks of all regions, in memory: a few thousand names that every result says some of.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use shared::library::outline::{VolumeChange, VolumePlan, planned};
use shared::library::{NotATaxonomy, Taxon, TaxonSort, Taxonomy};
use shared::words::{RegionId, TaxonId};
use tokio::sync::Mutex;

use crate::store::{self, AuditEntry, By, Library, Organisation};
use crate::{clock, secret};

/// By region. Changed by this process alone.
#[derive(Default)]
pub struct Taxonomies {
    all: RwLock<BTreeMap<RegionId, Arc<Taxonomy>>>,
    /// Whoever changes them holds this.
    changing: Mutex<()>,
}

impl Taxonomies {
    /// Reads them all. One that is stored wrong is left out and logged: items keep what they say beside it.
    pub async fn read(&self, store: &(impl Library + Organisation + ?Sized)) -> store::Result<()> {
        let mut all = BTreeMap::new();
        for region in store.directory().regions() {
            match Taxonomy::new(store.taxa(&region.id).await?) {
                Ok(taxonomy) => {
                    all.insert(region.id.clone(), Arc::new(taxonomy));
                }
                Err(error) => tracing::error!("the textbooks of region {} are left out: {error}", region.id),
            }
        }
        *self.all.write().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(())
    }

    /// Changes a volume as the plan says; nobody else changes one meanwhile. `read` is the state that was gone from; of
    /// another one nothing is changed. With `by` it is stored, without it is only said.
    pub async fn put_volume(
        &self,
        store: &(impl Library + ?Sized),
        region: &RegionId,
        wish: VolumeWish<'_>,
        by: Option<By>,
    ) -> Result<VolumeChange, NotPut> {
        let _alone = self.changing.lock().await;
        let taxonomy = self.of(region);
        let mut is_stale = false;
        if let Some(id) = wish.volume {
            let volume = taxonomy.get(id).filter(|node| node.sort == TaxonSort::Volume).ok_or(NotPut::NoSuchVolume)?;
            is_stale = wish.read.is_some_and(|read| *read != state(&taxonomy, volume));
        }
        let mut new_id = || secret::random_id().parse().expect("random ids are ids");
        let change = planned(&taxonomy, wish.volume, wish.plan, &mut new_id)?;
        // If it is so already, perhaps by this very wish, whose answer got lost, nothing is overwritten.
        if is_stale && !change.stored.is_empty() {
            return Err(NotPut::Stale);
        }
        if let Some(by) = by.filter(|_| !change.stored.is_empty()) {
            self.store(store, region, &taxonomy, &change, by).await?;
        }
        Ok(change)
    }

    /// Ends a volume with all that lies in it.
    pub async fn end_volume(
        &self,
        store: &(impl Library + ?Sized),
        region: &RegionId,
        volume: &TaxonId,
        by: By,
    ) -> Result<(), NotPut> {
        let _alone = self.changing.lock().await;
        let taxonomy = self.of(region);
        let node = taxonomy.get(volume).filter(|node| node.sort == TaxonSort::Volume).ok_or(NotPut::NoSuchVolume)?;
        if node.ended {
            return Ok(());
        }
        let ended: Vec<_> = std::iter::once(node).chain(inside(&taxonomy, volume)).cloned().collect();
        let stored = ended.iter().map(|node| Taxon { ended: true, ..node.clone() }).collect();
        let change = VolumeChange { volume: Some(volume.clone()), stored, ended, ..VolumeChange::default() };
        self.store(store, region, &taxonomy, &change, by).await?;
        Ok(())
    }

    async fn store(
        &self,
        store: &(impl Library + ?Sized),
        region: &RegionId,
        before: &Arc<Taxonomy>,
        change: &VolumeChange,
        by: By,
    ) -> Result<(), NotPut> {
        let after = Arc::new(before.with(&change.stored)?);
        let is_changed = |node: &&Taxon| change.stored.iter().any(|changed| changed.id == node.id);
        let lies_in_changed = |node: &&Taxon| after.path(&node.id).iter().any(is_changed);
        let touched: Vec<_> = after.iter().filter(lies_in_changed).map(|node| node.id.clone()).collect();
        let names: Vec<_> = change.volume.iter().flat_map(|id| after.path(id)).map(|node| &node.name).collect();
        let line = AuditEntry {
            by,
            at: clock::now(),
            act: "textbooks.changed".into(),
            subject: format!("region:{region}"),
            details: serde_json::json!({
                "volume": names, "added": change.added, "renamed": change.renamed,
                "ended": change.ended.iter().map(|node| &node.name).collect::<Vec<_>>(),
            }),
        };
        // Known before it is stored: what is found anew by it is found by the new names.
        self.know(region, after.clone());
        if let Err(error) = store.put_taxa(region, &change.stored, &touched, line).await {
            self.know(region, before.clone());
            return Err(error.into());
        }
        Ok(())
    }

    fn know(&self, region: &RegionId, taxonomy: Arc<Taxonomy>) {
        self.all.write().unwrap_or_else(PoisonError::into_inner).insert(region.clone(), taxonomy);
    }

    pub fn of(&self, region: &RegionId) -> Arc<Taxonomy> {
        self.all.read().unwrap_or_else(PoisonError::into_inner).get(region).cloned().unwrap_or_default()
    }

    /// The node and all it lies under, the edition first; empty if there is no such node.
    pub fn path(&self, id: &TaxonId) -> Vec<Taxon> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        let path = all.values().map(|taxonomy| taxonomy.path(id)).find(|path| !path.is_empty());
        path.unwrap_or_default().into_iter().cloned().collect()
    }

    /// A node's name, for what is counted by it.
    pub fn name(&self, id: &TaxonId) -> Option<String> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.values().find_map(|taxonomy| taxonomy.get(id)).map(|node| node.name.clone())
    }
}

/// What a volume is to become.
pub struct VolumeWish<'a> {
    /// `None`: the one that is called so, or a new one.
    pub volume: Option<&'a TaxonId>,
    pub plan: &'a VolumePlan,
    pub read: Option<&'a String>,
}

/// Why a volume was not changed.
#[derive(Debug, thiserror::Error)]
pub enum NotPut {
    #[error("there is no such volume")]
    NoSuchVolume,
    #[error("it has been changed meanwhile")]
    Stale,
    #[error(transparent)]
    NotATaxonomy(#[from] NotATaxonomy),
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

/// Units and lessons of a volume, each unit before its lessons.
pub fn inside<'a>(taxonomy: &'a Taxonomy, volume: &TaxonId) -> Vec<&'a Taxon> {
    let units = taxonomy.under(Some(volume)).into_iter();
    units.flat_map(|unit| std::iter::once(unit).chain(taxonomy.under(Some(&unit.id)))).collect()
}

/// A name of the state that a volume is in: another one after each change of it.
pub fn state(taxonomy: &Taxonomy, volume: &Taxon) -> String {
    let nodes: Vec<_> = taxonomy.path(&volume.id).into_iter().chain(inside(taxonomy, &volume.id)).collect();
    let hash = blake3::hash(serde_json::json!(nodes).to_string().as_bytes());
    hash.to_hex()[..16].to_owned()
}

/// The node of this sort in a path.
pub fn of_sort(path: &[Taxon], sort: TaxonSort) -> Option<&Taxon> {
    path.iter().find(|node| node.sort == sort)
}
