//! What of a region's words is in use.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::directory::Directory;
use crate::words::{GroupKindId, PostId, RegionId};

/// How often each kind of group and each post of a region is used; what is not used is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    /// By groups.
    pub kinds: BTreeMap<GroupKindId, u32>,
    /// By seats, those that are over among them: the log still names what they were.
    pub posts: BTreeMap<PostId, u32>,
}

impl Directory {
    pub fn uses(&self, region: &RegionId) -> Uses {
        let mut uses = Uses::default();
        for group in self.groups().filter(|group| group.region == *region) {
            *uses.kinds.entry(group.kind.clone()).or_default() += 1;
        }
        for seat in self.seats().filter(|seat| self.region_of(&seat.body).is_some_and(|of| of.id == *region)) {
            *uses.posts.entry(seat.post.clone()).or_default() += 1;
        }
        uses
    }
}
