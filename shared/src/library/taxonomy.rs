//! A region's taxonomy: the textbooks of its schools as a forest, edition → volume → unit → lesson.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::items::named;
use crate::words::TaxonId;

named! {
    /// How deep a node lies. Each lies under one of the sort before it.
    TaxonSort {
        /// 版本: 人教版
        Edition = "edition",
        /// 册: 三年级上册
        Volume = "volume",
        /// 单元
        Unit = "unit",
        /// 课
        Lesson = "lesson",
    }
}

/// A node, with what it lies under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taxon {
    pub id: TaxonId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<TaxonId>,
    pub sort: TaxonSort,
    /// As the textbook has it: 八 分数的初步认识.
    pub name: String,
    /// Of a volume: the subject it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Of a volume: the grade it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grade: String,
    /// Among those beside it.
    pub position: u32,
    /// Not taught from any more: it is offered nowhere, and what lies there still says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// Why nodes are no taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotATaxonomy {
    #[error("two nodes have the id {0}")]
    Twice(TaxonId),
    #[error("{0} lies under nothing, or under what is not of the sort before it")]
    Misplaced(TaxonId),
    #[error("the name of {0} is empty or has more than {max} characters", max = Taxonomy::MAX_NAME_CHARS)]
    Name(TaxonId),
    #[error("there are {0} nodes, {max} at most", max = Taxonomy::MAX_NODES)]
    TooMany(usize),
}

/// All nodes of a region, checked: each lies under one of the sort before it, so that there are no circles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taxonomy {
    nodes: BTreeMap<TaxonId, Taxon>,
}

impl Taxonomy {
    /// All editions of all subjects of a district have some ten thousand lessons.
    pub const MAX_NODES: usize = 50_000;
    pub const MAX_NAME_CHARS: usize = 60;

    pub fn new(nodes: impl IntoIterator<Item = Taxon>) -> Result<Self, NotATaxonomy> {
        let mut all = BTreeMap::new();
        for node in nodes {
            let id = node.id.clone();
            if !(1..=Self::MAX_NAME_CHARS).contains(&node.name.chars().count()) {
                return Err(NotATaxonomy::Name(id));
            }
            if all.insert(id.clone(), node).is_some() {
                return Err(NotATaxonomy::Twice(id));
            }
        }
        if all.len() > Self::MAX_NODES {
            return Err(NotATaxonomy::TooMany(all.len()));
        }
        for node in all.values() {
            let above = node.parent.as_ref().map(|parent| all.get(parent).map(|parent| parent.sort));
            let fits = match node.sort {
                TaxonSort::Edition => above.is_none(),
                TaxonSort::Volume => above == Some(Some(TaxonSort::Edition)),
                TaxonSort::Unit => above == Some(Some(TaxonSort::Volume)),
                TaxonSort::Lesson => above == Some(Some(TaxonSort::Unit)),
            };
            if !fits {
                return Err(NotATaxonomy::Misplaced(node.id.clone()));
            }
        }
        Ok(Self { nodes: all })
    }

    /// With these nodes added, or in the place of those with their ids.
    ///
    /// # Errors
    /// As [`Taxonomy::new`].
    pub fn with(&self, nodes: &[Taxon]) -> Result<Self, NotATaxonomy> {
        let mut all = self.nodes.clone();
        all.extend(nodes.iter().map(|node| (node.id.clone(), node.clone())));
        Self::new(all.into_values())
    }

    pub fn get(&self, id: &TaxonId) -> Option<&Taxon> {
        self.nodes.get(id)
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Taxon> {
        self.nodes.values()
    }

    /// The node and all it lies under, the edition first; empty if there is no such node.
    pub fn path(&self, id: &TaxonId) -> Vec<&Taxon> {
        let mut path: Vec<_> = std::iter::successors(self.get(id), |node| self.get(node.parent.as_ref()?)).collect();
        path.reverse();
        path
    }

    /// What lies directly under a node, or the editions, in their order, without what has ended.
    pub fn under(&self, parent: Option<&TaxonId>) -> Vec<&Taxon> {
        let beside = self.nodes.values().filter(|node| node.parent.as_ref() == parent && !node.ended);
        let mut under: Vec<_> = beside.collect();
        under.sort_by(|a, b| (a.position, &a.name, &a.id).cmp(&(b.position, &b.name, &b.id)));
        under
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, parent: Option<&str>, sort: TaxonSort) -> Taxon {
        Taxon {
            id: id.parse().unwrap(),
            parent: parent.map(|parent| parent.parse().unwrap()),
            sort,
            name: id.to_owned(),
            subject: String::new(),
            grade: String::new(),
            position: 0,
            ended: false,
        }
    }

    #[test]
    fn every_node_lies_under_one_of_the_sort_before_it() {
        use TaxonSort::{Edition, Lesson, Unit, Volume};
        let whole = [
            node("rj", None, Edition),
            node("rj-3a", Some("rj"), Volume),
            node("rj-3a-8", Some("rj-3a"), Unit),
            node("rj-3a-8-1", Some("rj-3a-8"), Lesson),
        ];
        let taxonomy = Taxonomy::new(whole.clone()).unwrap();
        let path: Vec<_> = taxonomy.path(&"rj-3a-8-1".parse().unwrap()).iter().map(|node| node.sort).collect();
        assert_eq!(path, [Edition, Volume, Unit, Lesson]);
        assert_eq!(taxonomy.under(None).len(), 1);

        let misplaced = |id: &str| Err(NotATaxonomy::Misplaced(id.parse().unwrap()));
        for (nodes, expected) in [
            (vec![node("a", Some("a"), Edition)], misplaced("a")),
            (vec![node("a", None, Edition), node("b", Some("a"), Unit)], misplaced("b")),
            (vec![node("b", Some("gone"), Volume)], misplaced("b")),
            (vec![node("a", None, Edition), node("a", None, Edition)], Err(NotATaxonomy::Twice("a".parse().unwrap()))),
        ] {
            assert_eq!(Taxonomy::new(nodes), expected);
        }
    }
}
