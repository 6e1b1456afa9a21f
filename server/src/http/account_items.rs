//! The resources that a person has put in, in what they take along: what is said of each, and its newest files.

use futures_util::StreamExt;
use serde_json::json;
use shared::document::change::Node;
use shared::document::export;
use shared::words::Title;

use super::account_export::{BrokenOff, Files, Part, file, plain, plain_name, send, send_part};
use crate::accounts::Caller;
use crate::app::App;
use crate::store::{ItemFile, ItemHandle, StoredItem, StoredVersion};

/// Sends them; gives titles and the folders they are in, for the index.
pub(super) async fn items(app: &App, caller: &Caller, files: &Files) -> Result<Vec<(String, String)>, BrokenOff> {
    let (mut listed, mut unreadable) = (Vec::new(), Vec::new());
    for (number, id) in app.store.put_in_by(&caller.person).await?.iter().enumerate() {
        // What the person may not see any more is not theirs to take away.
        let Some(handle) = ItemHandle::open(&*app.store, &caller.person, id).await? else { continue };
        let Some(item) = app.store.items(std::slice::from_ref(id)).await?.into_iter().next() else { continue };
        let folder = format!("resources/{:04} {}", number + 1, plain(&item.words.title));
        let versions = app.store.versions(&handle).await?;
        file(files, &format!("{folder}/about.json"), &about(&item, &versions)).await?;
        if let Some(newest) = versions.first() {
            substance(app, &handle, &item.words.title, newest, &folder, files, &mut unreadable).await?;
        }
        listed.push((item.words.title.as_str().to_owned(), folder));
    }
    if !unreadable.is_empty() {
        file(files, "unreadable-resources.json", &unreadable).await?;
    }
    Ok(listed)
}

fn about(item: &StoredItem, versions: &[StoredVersion]) -> serde_json::Value {
    let words = &item.words;
    let version = |version: &StoredVersion| {
        let names: Vec<_> = version.files.iter().map(|file| &file.name).collect();
        json!({ "number": version.number, "at": version.at, "by": version.author, "note": version.note, "files": names })
    };
    json!({
        "id": item.id, "kind": words.kind, "title": words.title, "description": words.description,
        "authors": words.authors, "licence": words.licence, "source": words.source, "placing": words.placing,
        "tags": words.tags, "shelf": item.shelf, "school": item.school, "created": item.created,
        "changed": item.changed,
        "versions": versions.iter().map(version).collect::<Vec<_>>(),
    })
}

/// The files of a version, or what was written here.
async fn substance(
    app: &App,
    handle: &ItemHandle,
    title: &Title,
    version: &StoredVersion,
    folder: &str,
    files: &Files,
    unreadable: &mut Vec<String>,
) -> Result<(), BrokenOff> {
    for ItemFile { place, name, blob, bytes, .. } in &version.files {
        let name = format!("{folder}/{place} {}", plain_name(name));
        match app.blobs.stream(blob, 0..*bytes).await {
            Ok(Some(mut pieces)) => {
                send_part(files, Part::Begin { name: name.clone() }).await?;
                while let Some(piece) = pieces.next().await {
                    match piece {
                        Ok(piece) => send_part(files, Part::More(piece)).await?,
                        // What is damaged does not keep the rest from its owner.
                        Err(error) => {
                            tracing::warn!(%blob, "a file is not whole in an export: {error}");
                            unreadable.push(name);
                            break;
                        }
                    }
                }
            }
            Ok(None) => unreadable.push(name),
            Err(error) => {
                tracing::warn!(%blob, "a file is left out of an export: {error}");
                unreadable.push(name);
            }
        }
    }
    if let Some(content) = app.store.content(handle, version.number).await? {
        let node: Node = serde_json::from_str(&content)?;
        let html = export::html_page(title, &node, |_| None);
        send(files, format!("{folder}/content.html"), html.into()).await?;
        send(files, format!("{folder}/content.json"), content.into()).await?;
    }
    Ok(())
}
