//! Bodies of the library's curated side: collections, menus of a term, subscriptions and the feed.

use serde::{Deserialize, Serialize};

use super::{ItemCard, PersonCard, SchoolCard, ShelfCard, TitledItem, UseLine};
use crate::access::Right;
use crate::library::{TermName, Topic};
use crate::organisation::Shelf;
use crate::words::{CollectionId, ItemId, LineId, UnixMillis};

/// A line as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishedLine {
    /// Of a line that is there; a new one has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<LineId>,
    #[serde(flatten)]
    pub what: WishedOf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum WishedOf {
    /// 1 to 300 characters.
    Heading { text: String },
    Item {
        item: ItemId,
        /// At most 300 characters.
        #[serde(default)]
        note: String,
    },
}

/// `POST /api/collections`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateCollection {
    /// A name of the asker's own: the same wish under it is granted once (ADR 29). Without one, the server chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CollectionId>,
    pub title: String,
    /// At most 1,000 characters.
    #[serde(default)]
    pub description: String,
    pub shelf: Shelf,
    /// At most 300.
    #[serde(default)]
    pub lines: Vec<WishedLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedCollection {
    pub id: CollectionId,
}

/// `PUT /api/collections/{collection}`: the words and the whole list at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeCollection {
    pub title: String,
    #[serde(default)]
    pub description: String,
    /// At most 300, in their order.
    pub lines: Vec<WishedLine>,
    /// The lines that the page showed. What is not among them is kept, so that nobody takes out what they do not see.
    pub seen: Vec<LineId>,
    /// The state that the list was made from; another one is refused as `stale-form`.
    pub revision: u64,
}

/// `POST /api/collections/{collection}/lines`: puts an item at the end. Nothing happens if it is there
/// with this note, or if none is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddLine {
    pub item: ItemId,
    #[serde(default)]
    pub note: String,
}

/// `PUT /api/collections/{collection}/shelf`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveCollection {
    pub shelf: Shelf,
}

/// A collection as a line in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionCard {
    pub id: CollectionId,
    pub title: String,
    pub shelf: ShelfCard,
    pub by: PersonCard,
    pub changed: UnixMillis,
    /// Lines with items that the asking person may see.
    pub items: u32,
    pub right: Right,
    /// The terms whose menu it is, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub menus: Vec<TermName>,
    /// Whether the item that the list was asked about is in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has: bool,
}

/// `GET /api/collections`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionList {
    pub collections: Vec<CollectionCard>,
    /// For `after`, if there may be more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionLine {
    pub id: LineId,
    #[serde(flatten)]
    pub what: LineOf,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum LineOf {
    Heading {
        text: String,
    },
    Item {
        item: Box<ItemCard>,
        #[serde(default)]
        note: String,
    },
}

/// `GET /api/collections/{collection}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionView {
    #[serde(flatten)]
    pub card: CollectionCard,
    pub description: String,
    pub created: UnixMillis,
    pub revision: u64,
    /// Those that the asking person may see.
    pub lines: Vec<CollectionLine>,
    pub subscribed: bool,
    /// The terms that the asking person may publish it for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_publish: Vec<TermName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binned: Option<UnixMillis>,
}

/// `GET /api/library/menus`: what one's groups and schools have published for this term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuList {
    pub term: TermName,
    pub menus: Vec<MenuCard>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuCard {
    pub term: TermName,
    pub collection: CollectionCard,
    /// Whoever published it.
    pub by: PersonCard,
    pub at: UnixMillis,
}

/// `GET /api/collections/{collection}/uses?term=`: what of it was taken into people's own work since the term began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionUses {
    pub term: TermName,
    /// When that term began.
    pub since: UnixMillis,
    /// People, each counted once, without the authors of what they took.
    pub people: u32,
    /// Those of its items that somebody took, the most used first.
    pub items: Vec<UsedItem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedItem {
    pub item: TitledItem,
    pub people: u32,
    /// The evidence, newest first, at most 50.
    pub uses: Vec<UseLine>,
}

/// A topic as it says on screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicCard {
    #[serde(flatten)]
    pub topic: Topic,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school: Option<SchoolCard>,
}

/// `GET /api/library/subscriptions`, and the answer to changes of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionList {
    pub topics: Vec<TopicCard>,
}

/// `POST /api/library/subscriptions` and `…/end`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribe {
    #[serde(flatten)]
    pub topic: Topic,
}

/// `GET /api/library/feed?before=`: what is new for the asking person, of the last half year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Newest first.
    pub lines: Vec<FeedLine>,
    /// For `before`, if there may be more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How far they have read.
    pub seen: UnixMillis,
    /// How many lines are newer than that; 99 stands for 99 and more.
    pub unread: u32,
    /// There are no subscriptions yet: this is what is new in the person's schools and groups.
    pub by_default: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedLine {
    /// Names the line among the others.
    pub key: String,
    pub at: UnixMillis,
    /// Whose act it is.
    pub by: PersonCard,
    /// The subscription by which it came; nothing if by one's school or group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<TopicCard>,
    #[serde(flatten)]
    pub what: News,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum News {
    Item {
        item: Box<ItemCard>,
    },
    Version {
        item: Box<ItemCard>,
        number: u32,
        note: String,
    },
    Collection {
        collection: Box<CollectionCard>,
    },
    Menu {
        collection: Box<CollectionCard>,
        term: TermName,
    },
    /// Items that were put into a collection at once.
    Lines {
        collection: Box<CollectionCard>,
        /// At most 5 of them.
        items: Vec<ItemCard>,
        /// How many there are, as far as the asking person may see them.
        count: u32,
    },
}

/// `PUT /api/library/feed/seen`. It never goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkSeen {
    pub up_to: UnixMillis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_written() {
        let wishes = r#"[{"type":"heading","text":"第一周"},{"id":"l1","type":"item","item":"a1","note":"先看这个"},
            {"type":"item","item":"a2"}]"#;
        let read: Vec<WishedLine> = serde_json::from_str(wishes).unwrap();
        assert_eq!(read[1].id, Some("l1".parse().unwrap()));
        assert_eq!(read[2].what, WishedOf::Item { item: "a2".parse().unwrap(), note: String::new() });
        let again: Vec<WishedLine> = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(again, read);
        let topic: Subscribe = serde_json::from_str(r#"{"type":"subject","of":"数学"}"#).unwrap();
        assert_eq!(topic.topic, Topic::Subject("数学".to_owned()));
    }
}
