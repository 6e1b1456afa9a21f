//! The demo's library, put into the store.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;
use shared::api::Deed;
use shared::library::{MAX_SUBSCRIPTIONS, TermName};
use shared::organisation::Shelf;
use shared::words::{BlobId, CollectionId, ItemId, Title, UnixMillis, UserId};

use super::library::collections::{COLLECTIONS, DemoLine, subscriptions};
use super::library::{DemoFile, DemoItem, DemoVersion, items, taxonomy};
use crate::blobs::Blobs;
use crate::clock;
use crate::library::reading::claim_of;
use crate::library::taxonomies::Taxonomies;
use crate::store::{
    CollectionHandle, Deposit, LineContent, NamedFile, NewCollection, NewItem, NewSubstance, NewUse, NewVersion, Store,
    StoredFile, Words,
};

/// Where the textbooks are.
const REGION: &str = "qinghe-xian";

/// Puts all of it in, with its bytes into `blobs`.
pub async fn fill(store: &dyn Store, taxonomies: &Taxonomies, blobs: &Blobs) -> anyhow::Result<()> {
    let now = clock::now();
    store.set_taxa(&REGION.parse()?, &taxonomy()).await?;
    taxonomies.read(store).await?;
    let directory = store.directory();
    let school = |person: &UserId| directory.school_of(person, now).map(|school| school.id.clone());
    let items = items();
    let talk = super::talk::talk(&items, now)?;
    let loans = super::loans::loans(&items, now)?;
    let origins: BTreeMap<String, Option<String>> =
        items.iter().map(|item| (item.id.clone(), item.adapted_from.clone())).collect();
    let mut deposits = Vec::with_capacity(items.len());
    for item in items {
        let by: UserId = item.by.parse()?;
        let mut files = Vec::new();
        let mut made = Vec::with_capacity(item.versions.len());
        // Each version a week after the one before it, the last of them so long ago.
        for (place, version) in (0..).zip(&item.versions) {
            let weeks = item.versions.len() as u64 - 1 - place;
            let at = ago(now, u64::from(item.days_ago) + 7 * weeks);
            made.push(new_version(version, &by, at, blobs, &mut files).await?);
        }
        let mut made = made.into_iter();
        let first = made.next().ok_or_else(|| anyhow::anyhow!("{} has no version", item.id))?;
        let newest = item.versions.len() as u32;
        let uses = item.uses.iter().map(|one| {
            let person: UserId = one.by.parse()?;
            Ok(NewUse {
                item: item.id.parse()?,
                version: newest,
                deed: one.deed,
                school: school(&person),
                person,
                document: None,
                adapted: None,
                quote: one.quote.clone(),
                at: ago(now, u64::from(one.days_ago)),
            })
        });
        let uses = uses.filter(|one| !matches!(one, Ok(NewUse { deed: Deed::Adapted, .. })));
        let uses = uses.collect::<anyhow::Result<Vec<_>>>()?;
        let adapted_from = item.adapted_from.as_ref().map(|id| id.parse::<ItemId>()).transpose()?;
        let new = NewItem {
            id: item.id.parse()?,
            school: school(&by),
            shelf: item.shelf.clone(),
            words: words(item)?,
            author: by,
            adapted_from,
            wish: None,
            version: first,
        };
        deposits.push(Deposit { item: new, versions: made.collect(), uses, files });
    }
    // An item comes after those that it was made from.
    deposits.sort_by_key(|deposit| generations(&origins, deposit.item.id.as_str()));
    store.put_in(&deposits).await?;
    store.put_talk(&talk).await?;
    store.put_loans(&loans).await?;
    collect(store, now).await
}

/// Makes the collections, publishes the menu, and subscribes for some.
async fn collect(store: &dyn Store, now: UnixMillis) -> anyhow::Result<()> {
    let content = |line: &DemoLine| {
        Ok(match line {
            DemoLine::Heading(text) => LineContent::Heading((*text).to_owned()),
            DemoLine::Item(item, note) => LineContent::Item { item: item.parse()?, note: (*note).to_owned() },
        })
    };
    for demo in &COLLECTIONS {
        let id: CollectionId = demo.id.parse()?;
        let shelf: Shelf = demo.shelf.parse().with_context(|| format!("{}: {}", demo.id, demo.shelf))?;
        let lines = demo.lines.iter().map(content).collect::<anyhow::Result<_>>()?;
        store
            .add_collection(NewCollection {
                id: id.clone(),
                title: Title::new(demo.title)?,
                description: demo.description.to_owned(),
                author: demo.by.parse()?,
                shelf,
                lines,
                wish: None,
                at: ago(now, demo.days_ago),
            })
            .await?;
        let open = async |by: &str| {
            let handle = CollectionHandle::open(store, &by.parse()?, &id).await?;
            handle.with_context(|| format!("{by} does not see collection {id}"))
        };
        for (item, by, days) in demo.added {
            let handle = open(by).await?;
            let curating = handle.curating().with_context(|| format!("{by} does not edit collection {id}"))?;
            store.add_line(curating, &item.parse()?, "", ago(now, *days)).await?;
        }
        if let Some((by, days)) = demo.menu {
            let handle = open(by).await?;
            store.publish_menu(handle.publishing(&store.directory())?, TermName::at(now), ago(now, days)).await?;
        }
    }
    for (number, (person, topic)) in (1..).zip(subscriptions()?) {
        // In their order.
        store.subscribe(&person.parse()?, &topic, MAX_SUBSCRIPTIONS, UnixMillis(ago(now, 30).0 + number)).await?;
    }
    Ok(())
}

/// How many items lie between this one and one that was made from nothing.
fn generations(origins: &BTreeMap<String, Option<String>>, id: &str) -> usize {
    let origin = |id: &&str| origins.get(*id).and_then(Option::as_deref);
    // No chain is longer than all of them, and none goes round for ever.
    std::iter::successors(Some(id), origin).take(origins.len()).count()
}

fn ago(now: UnixMillis, days: u64) -> UnixMillis {
    clock::before(now, Duration::from_secs(days * 24 * 3600))
}

fn words(item: DemoItem) -> anyhow::Result<Words> {
    Ok(Words {
        kind: item.kind,
        title: Title::new(&item.title)?,
        description: item.description,
        authors: item.authors,
        licence: item.licence,
        source: item.source,
        placing: item.placing,
        tags: item.tags,
    })
}

async fn new_version(
    version: &DemoVersion,
    by: &UserId,
    at: UnixMillis,
    blobs: &Blobs,
    files: &mut Vec<StoredFile>,
) -> anyhow::Result<NewVersion> {
    let mut named = Vec::with_capacity(version.files.len());
    for file in &version.files {
        let blob = keep(file, at, blobs, files).await?;
        let claim = claim_of(&file.name).unwrap_or_default().to_owned();
        named.push(NamedFile { name: file.name.clone(), blob, claim });
    }
    let substance = if named.is_empty() { NewSubstance::Nothing } else { NewSubstance::Files(named) };
    Ok(NewVersion { by: by.clone(), at, note: version.note.clone(), substance })
}

async fn keep(file: &DemoFile, at: UnixMillis, blobs: &Blobs, files: &mut Vec<StoredFile>) -> anyhow::Result<BlobId> {
    let blob = blobs.keep(file.bytes.clone().into()).await?;
    let thumbnail = match &file.thumbnail {
        Some(picture) => Some(blobs.keep(picture.clone().into()).await?),
        None => None,
    };
    files.push(StoredFile {
        blob: blob.clone(),
        bytes: file.bytes.len() as u64,
        claim: claim_of(&file.name).unwrap_or_default().to_owned(),
        facts: file.facts.clone(),
        text: file.text.clone(),
        thumbnail,
        checked: at,
    });
    Ok(blob)
}
