//! The textbooks of all regions, in memory: a few thousand names that every result says some of.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use shared::library::{Taxon, TaxonSort, Taxonomy};
use shared::words::{RegionId, TaxonId};

use crate::store::{self, Library, Organisation};

/// By region. Changed by this process alone.
#[derive(Default)]
pub struct Taxonomies(RwLock<BTreeMap<RegionId, Arc<Taxonomy>>>);

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
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
        Ok(())
    }

    pub fn of(&self, region: &RegionId) -> Arc<Taxonomy> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(region).cloned().unwrap_or_default()
    }

    /// The node and all it lies under, the edition first; empty if there is no such node.
    pub fn path(&self, id: &TaxonId) -> Vec<Taxon> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let path = all.values().map(|taxonomy| taxonomy.path(id)).find(|path| !path.is_empty());
        path.unwrap_or_default().into_iter().cloned().collect()
    }

    /// A node's name, for what is counted by it.
    pub fn name(&self, id: &TaxonId) -> Option<String> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.values().find_map(|taxonomy| taxonomy.get(id)).map(|node| node.name.clone())
    }
}

/// The node of this sort in a path.
pub fn of_sort(path: &[Taxon], sort: TaxonSort) -> Option<&Taxon> {
    path.iter().find(|node| node.sort == sort)
}
