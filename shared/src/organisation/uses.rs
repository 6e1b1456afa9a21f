//! What of a region's words is in use.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::directory::Directory;
use crate::words::{GroupKindId, PostId, RegionId};

/// How often each kind of group and each post of a region is used; what is not used is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    /// By groups.
    pub kinds: Vec<(GroupKindId, u32)>,
    /// By seats, those that are over among them: the log still names what they were.
    pub posts: Vec<(PostId, u32)>,
}

impl Uses {
    pub fn of_kind(&self, id: &GroupKindId) -> u32 {
        self.kinds.iter().find(|(kind, _)| kind == id).map_or(0, |(_, uses)| *uses)
    }

    pub fn of_post(&self, id: &PostId) -> u32 {
        self.posts.iter().find(|(post, _)| post == id).map_or(0, |(_, uses)| *uses)
    }
}

impl Directory {
    pub fn uses(&self, region: &RegionId) -> Uses {
        let (mut kinds, mut posts) = (BTreeMap::<_, u32>::new(), BTreeMap::<_, u32>::new());
        for group in self.groups().filter(|group| group.region == *region) {
            *kinds.entry(group.kind.clone()).or_default() += 1;
        }
        for seat in self.seats().filter(|seat| self.region_of(&seat.body).is_some_and(|of| of.id == *region)) {
            *posts.entry(seat.post.clone()).or_default() += 1;
        }
        Uses { kinds: kinds.into_iter().collect(), posts: posts.into_iter().collect() }
    }
}
