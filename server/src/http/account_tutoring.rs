//! What a person did in tutoring sessions, in what they take along.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};
use shared::words::TutoringId;

use super::account_export::{BrokenOff, Files, file, send};
use crate::accounts::Caller;
use crate::app::App;
use crate::store::{OwnMedia, TutoringHandle, TutoringRecord};

/// Lines that a file has at most.
const AT_ONCE: usize = 500;

/// What a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Sessions,
    Questions,
    Answers,
    Checks,
    Attendance,
    Media,
}

/// Sends it; gives what each file has and where it is, for the index.
pub(super) async fn tutoring(app: &App, caller: &Caller, files: &Files) -> Result<Vec<(Sort, String)>, BrokenOff> {
    let TutoringRecord { sessions, questions, answers, checks, stays, media } =
        app.store.tutoring_of(&caller.person).await?;
    let named = sessions.iter().map(|one| &one.session).chain(questions.iter().map(|one| &one.session));
    let named = named.chain(answers.iter().map(|one| &one.session)).chain(checks.iter().map(|one| &one.session));
    let named = named.chain(stays.iter().map(|one| &one.session)).chain(media.iter().map(|one| &one.session));
    let titles = titles(app, caller, named.cloned().collect()).await?;
    let mut sent = Vec::new();
    keep(files, &mut sent, Sort::Sessions, &sessions, &titles).await?;
    keep(files, &mut sent, Sort::Questions, &questions, &titles).await?;
    keep(files, &mut sent, Sort::Answers, &answers, &titles).await?;
    keep(files, &mut sent, Sort::Checks, &checks, &titles).await?;
    keep(files, &mut sent, Sort::Attendance, &stays, &titles).await?;
    keep(files, &mut sent, Sort::Media, &media, &titles).await?;
    for one in &media {
        bytes(app, one, files).await?;
    }
    Ok(sent)
}

async fn bytes(app: &App, media: &OwnMedia, files: &Files) -> Result<(), BrokenOff> {
    let ending = media.media_type.rsplit('/').next().unwrap_or("bin");
    match app.blobs.read(&media.blob).await {
        Ok(Some(bytes)) => send(files, format!("tutoring/media/{}.{ending}", media.media), bytes).await,
        // It may have been withdrawn since; its line says that there was one.
        Ok(None) => Ok(()),
        Err(error) => {
            tracing::warn!("a photo or clip is left out of an export: {error}");
            Ok(())
        }
    }
}

/// What those sessions are called that they may still see.
async fn titles(
    app: &App,
    caller: &Caller,
    sessions: BTreeSet<TutoringId>,
) -> Result<BTreeMap<String, String>, BrokenOff> {
    let mut titles = BTreeMap::new();
    for id in sessions {
        if let Some(handle) = TutoringHandle::open(&*app.store, &caller.person, &id).await? {
            titles.insert(id.to_string(), handle.stored().plan.title.as_str().to_owned());
        }
    }
    Ok(titles)
}

async fn keep(
    files: &Files,
    sent: &mut Vec<(Sort, String)>,
    sort: Sort,
    lines: &[impl Serialize + Sync],
    titles: &BTreeMap<String, String>,
) -> Result<(), BrokenOff> {
    let name = match sort {
        Sort::Sessions => "sessions",
        Sort::Questions => "questions",
        Sort::Answers => "answers",
        Sort::Checks => "checks",
        Sort::Attendance => "attendance",
        Sort::Media => "media",
    };
    for (part, lines) in lines.chunks(AT_ONCE).enumerate() {
        let lines: Vec<Value> = lines.iter().map(|line| titled(line, titles)).collect::<Result<_, _>>()?;
        let name = format!("tutoring/{name} {:03}.json", part + 1);
        file(files, &name, &lines).await?;
        sent.push((sort, name));
    }
    Ok(())
}

fn titled(line: &impl Serialize, titles: &BTreeMap<String, String>) -> serde_json::Result<Value> {
    let mut line = serde_json::to_value(line)?;
    let title = line["session"].as_str().and_then(|session| titles.get(session)).cloned();
    line["title"] = json!(title);
    Ok(line)
}
