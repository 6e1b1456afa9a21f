//! What a person has said, borrowed and gathered in the library, in what they take along.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::words::ItemId;

use super::account_export::{BrokenOff, Files, file, plain};
use super::items::sees;
use crate::accounts::Caller;
use crate::app::App;
use crate::store::{CollectionHandle, LineContent, OwnRating, StoredLoan, StoredRemark};

/// Rows that are read at a time; a file has no more of them.
const AT_ONCE: u32 = 500;

/// What a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Remarks,
    Ratings,
    Loans,
    Collections,
    Subscriptions,
}

/// Sends them; gives what each file has and where it is, for the index.
pub(super) async fn words(app: &App, caller: &Caller, files: &Files) -> Result<Vec<(Sort, String)>, BrokenOff> {
    let (store, person) = (&app.store, &caller.person);
    let mut sent = Vec::new();
    let mut after = 0;
    loop {
        let page = store.remarks_of(person, after, AT_ONCE).await?;
        let Some((_, last)) = page.last() else { break };
        after = last.number;
        let titles = titles(app, caller, page.iter().map(|(item, _)| item)).await?;
        let lines: Vec<_> = page.iter().map(|(item, said)| remark(item, said, &titles)).collect();
        keep(files, &mut sent, Sort::Remarks, &lines).await?;
    }
    let ratings = store.ratings_by(person).await?;
    let seen = titles(app, caller, ratings.iter().map(|rating| &rating.item)).await?;
    let rating = |OwnRating { item, verdict, words, at }: &OwnRating| json!({ "item": item, "title": seen.get(item), "verdict": verdict, "words": words, "at": at });
    keep(files, &mut sent, Sort::Ratings, &ratings.iter().map(rating).collect::<Vec<_>>()).await?;
    let mut before = None;
    loop {
        let page = store.loans_of(person, before, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        let titles = titles(app, caller, page.iter().map(|loan| &loan.item)).await?;
        keep(files, &mut sent, Sort::Loans, &page.iter().map(|one| loan(one, &titles)).collect::<Vec<_>>()).await?;
    }
    collections(app, caller, files, &mut sent).await?;
    let topics = store.subscriptions(person).await?.into_iter().map(|topic| json!(topic)).collect::<Vec<_>>();
    keep(files, &mut sent, Sort::Subscriptions, &topics).await?;
    Ok(sent)
}

/// Each in a file of its own, as far as they see what is in it.
async fn collections(
    app: &App,
    caller: &Caller,
    files: &Files,
    sent: &mut Vec<(Sort, String)>,
) -> Result<(), BrokenOff> {
    for (number, id) in app.store.collections_by(&caller.person).await?.iter().enumerate() {
        let Some(handle) = CollectionHandle::open(&*app.store, &caller.person, id).await? else { continue };
        let lines = app.store.lines(&handle).await?;
        let item = |content: &LineContent| match content {
            LineContent::Item { item, .. } => Some(item.clone()),
            LineContent::Heading(_) => None,
        };
        let items: Vec<ItemId> = lines.iter().filter_map(|line| item(&line.content)).collect();
        let titles = titles(app, caller, items.iter()).await?;
        let contents: Vec<&LineContent> = lines.iter().map(|line| &line.content).collect();
        let lines = told(&contents, &titles, handle.right().may_edit());
        let stored = handle.stored();
        let about = json!({
            "id": id, "title": stored.title, "description": stored.description, "shelf": stored.shelf,
            "created": stored.created, "changed": stored.changed,
            "lines": lines,
        });
        let name = format!("library/collections/{:04} {}.json", number + 1, plain(&stored.title));
        file(files, &name, &about).await?;
        sent.push((Sort::Collections, name));
    }
    Ok(())
}

/// Lines on items that they see. A heading goes with the last item under it, as it may tell of what is not seen; only who
/// edits the list keeps one under which there never was anything.
fn told(contents: &[&LineContent], titles: &BTreeMap<ItemId, String>, edits: bool) -> Vec<Value> {
    let mut told = Vec::with_capacity(contents.len());
    for (place, content) in contents.iter().enumerate() {
        match content {
            LineContent::Heading(text) => {
                let under = contents[place + 1..].iter().map_while(|content| match content {
                    LineContent::Item { item, note: _ } => Some(item),
                    LineContent::Heading(_) => None,
                });
                let mut under = under.peekable();
                if (edits && under.peek().is_none()) || under.any(|item| titles.contains_key(item)) {
                    told.push(json!({ "heading": text }));
                }
            }
            LineContent::Item { item, note } => {
                let line = |title| json!({ "item": item, "title": title, "note": note });
                told.extend(titles.get(item).map(line));
            }
        }
    }
    told
}

async fn keep(files: &Files, sent: &mut Vec<(Sort, String)>, sort: Sort, lines: &[Value]) -> Result<(), BrokenOff> {
    if lines.is_empty() {
        return Ok(());
    }
    let name = match sort {
        Sort::Remarks => "remarks",
        Sort::Ratings => "ratings",
        Sort::Loans => "loans",
        Sort::Collections => "collections",
        Sort::Subscriptions => "subscriptions",
    };
    let part = 1 + sent.iter().filter(|(known, _)| *known == sort).count();
    let name = format!("library/{name} {part:03}.json");
    file(files, &name, &lines).await?;
    sent.push((sort, name));
    Ok(())
}

/// What those are called that they may still see.
async fn titles(
    app: &App,
    caller: &Caller,
    ids: impl Iterator<Item = &ItemId>,
) -> Result<BTreeMap<ItemId, String>, BrokenOff> {
    let mut ids: Vec<ItemId> = ids.cloned().collect();
    ids.sort();
    ids.dedup();
    let items = app.store.items(&ids).await?;
    let seen = items.into_iter().filter(|item| sees(app, caller, &item.access()));
    Ok(seen.map(|item| (item.id, item.words.title.as_str().to_owned())).collect())
}

fn remark(item: &ItemId, said: &StoredRemark, titles: &BTreeMap<ItemId, String>) -> Value {
    let correction = said.correction.as_ref().map(|it| {
        json!({ "version": it.version, "quote": it.quote, "instead": it.instead, "state": it.state, "answer": it.words })
    });
    json!({
        "id": said.id, "item": item, "title": titles.get(item), "replies_to": said.root, "kind": said.kind,
        "text": said.text, "at": said.at, "changed": said.changed, "taken_back": said.taken_back,
        "hidden": said.hidden, "correction": correction,
    })
}

fn loan(loan: &StoredLoan, titles: &BTreeMap<ItemId, String>) -> Value {
    json!({
        "id": loan.id, "item": loan.item, "title": titles.get(&loan.item), "since": loan.since, "until": loan.until,
        "purpose": loan.purpose, "state": loan.state, "at": loan.at, "answer": loan.words,
    })
}
