//! What is said of an item: remarks with replies, thanks, questions to the author, corrections.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use shared::api::{ChangeRemark, DecideCorrection, HideRemark, Say, Saying, Talk, Thread};
use shared::library::{CorrectionState, MAX_PASSAGE_CHARS, MAX_REMARK_CHARS, MAX_REPLIES, MAX_WORDS_CHARS, RemarkKind};
use shared::words::RemarkId;

use super::caller::{Body, Query};
use super::item_uses::without_spaces;
use super::items::{Item, stored};
use super::limits;
use super::refusal::Refusal;
use crate::app::SharedApp;
use crate::clock;
use crate::library::cards::Reader;
use crate::library::talk::{Listener, speaks_for};
use crate::library::words::{checked_saying, checked_words};
use crate::store::{Decision, NewCorrection, NewRemark, Said, StoredItem, StoredRemark, ThreadPage};

const THREADS: u32 = 20;
const REPLIES: u32 = 20;

/// The remark in the path, as far as the caller may know of it.
pub struct Remark {
    item: Item,
    remark: StoredRemark,
}

#[derive(Deserialize)]
struct InPath {
    remark: String,
}

impl FromRequestParts<SharedApp> for Remark {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let item = Item::from_request_parts(parts, app).await?;
        let Path(InPath { remark }) = Path::from_request_parts(parts, app).await.map_err(|_| Refusal::NotFound)?;
        let id: RemarkId = remark.parse().map_err(|_| Refusal::NotFound)?;
        let remark = app.store.remark(&item.handle, &id).await?.ok_or(Refusal::NotFound)?;
        Ok(Self { item, remark })
    }
}

impl Remark {
    /// Not there for whom it was hidden from, or once it was taken back by somebody else.
    fn seen(self) -> Result<Self, Refusal> {
        let mine = self.remark.author == self.item.caller.person;
        let shown = !self.remark.taken_back && (self.remark.hidden.is_none() || self.item.handle.manages());
        if mine || shown { Ok(self) } else { Err(Refusal::NotFound) }
    }

    fn root(&self) -> RemarkId {
        self.remark.root.as_ref().unwrap_or(&self.remark.id).clone()
    }
}

#[derive(Deserialize)]
pub struct TalkParameters {
    before: Option<u64>,
    kind: Option<RemarkKind>,
}

/// `GET /api/items/{item}/remarks`.
pub async fn list(
    State(app): State<SharedApp>,
    item: Item,
    Query(TalkParameters { before, kind }): Query<TalkParameters>,
) -> Result<Json<Talk>, Refusal> {
    let mut roots = app.store.threads(&item.handle, ThreadPage { before, kind, limit: THREADS + 1 }).await?;
    let next = cut(&mut roots, THREADS);
    let counts = app.store.talk_counts(&item.handle).await?;
    let threads = threads(&app, &item, roots, 0, REPLIES).await?;
    let directory = app.store.directory();
    let reader = Reader::new(&item.caller.person, &directory, &app.taxonomies);
    Ok(Json(Talk {
        threads,
        next,
        total: counts.threads,
        thanks: counts.thanks,
        thanked_by: counts.thanked_by.iter().map(|id| reader.person(id)).collect(),
        my_thanks: counts.my_thanks,
        open_questions: counts.open_questions,
        corrected_by: counts.corrected_by.iter().map(|id| reader.person(id)).collect(),
    }))
}

/// Leaves so many, and gives the number of the last if there are more.
fn cut(remarks: &mut Vec<StoredRemark>, most: u32) -> Option<u64> {
    let more = remarks.len() > most as usize;
    remarks.truncate(most as usize);
    remarks.last().filter(|_| more).map(|remark| remark.number)
}

/// The roots with so much of what was replied after a number.
async fn threads(
    app: &SharedApp,
    item: &Item,
    roots: Vec<StoredRemark>,
    after: u64,
    most: u32,
) -> Result<Vec<Thread>, Refusal> {
    let whole = stored(app, &item.handle).await?;
    let ids: Vec<_> = roots.iter().map(|root| root.id.clone()).collect();
    let mut replies: BTreeMap<RemarkId, Vec<StoredRemark>> = BTreeMap::new();
    for reply in app.store.replies(&item.handle, &ids, after, most + 1).await? {
        if let Some(root) = reply.root.clone() {
            replies.entry(root).or_default().push(reply);
        }
    }
    let directory = app.store.directory();
    let reader = Reader::new(&item.caller.person, &directory, &app.taxonomies);
    let listener = Listener { reader, person: &item.caller.person, right: item.handle.right(), item: &whole };
    let thread = |root: StoredRemark| {
        let mut replies = replies.remove(&root.id).unwrap_or_default();
        let next = cut(&mut replies, most);
        listener.thread(root, replies, next)
    };
    Ok(roots.into_iter().map(thread).collect())
}

/// The thread that begins with this remark, as it is now.
async fn thread(app: &SharedApp, item: &Item, root: &RemarkId, after: u64, most: u32) -> Result<Json<Thread>, Refusal> {
    let root = app.store.remark(&item.handle, root).await?.ok_or(Refusal::NotFound)?;
    let one = threads(app, item, vec![root], after, most).await?.pop().ok_or(Refusal::NotFound)?;
    // Nothing is left of it that they might read.
    let gone = one.root.by.is_none() && !one.root.mine && one.replies.is_empty() && after == 0;
    if gone { Err(Refusal::NotFound) } else { Ok(Json(one)) }
}

#[derive(Deserialize)]
pub struct ThreadParameters {
    after: Option<u64>,
}

/// `GET /api/items/{item}/remarks/{remark}`: the thread in which it stands.
pub async fn show(
    State(app): State<SharedApp>,
    remark: Remark,
    Query(ThreadParameters { after }): Query<ThreadParameters>,
) -> Result<Json<Thread>, Refusal> {
    thread(&app, &remark.item, &remark.root(), after.unwrap_or_default(), REPLIES).await
}

/// `POST /api/items/{item}/remarks`.
pub async fn say(
    State(app): State<SharedApp>,
    item: Item,
    Body(Say { id, what }): Body<Say>,
) -> Result<(StatusCode, Json<Thread>), Refusal> {
    let speaking = item.speaking()?;
    let whole = stored(&app, &item.handle).await?;
    let remark = new_remark(&app, &item, &whole, id.clone(), what).await?;
    limits::speech(&app, &item.caller.person)?;
    let root = remark.root.clone().unwrap_or_else(|| id.clone());
    let sent = (remark.kind, remark.root.clone(), remark.text.clone(), remark.correction.clone());
    let root = match app.store.say(speaking, remark).await? {
        Said::Now => root,
        Said::Before => {
            let before = app.store.remark(&item.handle, &id).await?.ok_or(Refusal::NotFound)?;
            said_so(before, sent)?;
            root
        }
        Said::Foreign => return Err(Refusal::IdTaken),
        Said::NoThread => return Err(Refusal::ThreadGone),
        Said::TooManyReplies => return Err(Refusal::ThreadFull),
        // From another tab, or before the page knew: there is nothing to complain about.
        Said::ThankedBefore => app.store.talk_counts(&item.handle).await?.my_thanks.ok_or(Refusal::IdTaken)?,
    };
    Ok((StatusCode::CREATED, thread(&app, &item, &root, 0, MAX_REPLIES).await?))
}

/// What was changed or taken back since is what its writer wants it to be.
fn said_so(
    before: StoredRemark,
    sent: (RemarkKind, Option<RemarkId>, String, Option<NewCorrection>),
) -> Result<(), Refusal> {
    let correction =
        before.correction.map(|it| NewCorrection { version: it.version, quote: it.quote, instead: it.instead });
    let same = (before.kind, before.root, before.text, correction) == sent;
    if same || before.changed.is_some() || before.taken_back { Ok(()) } else { Err(Refusal::SentOtherwise) }
}

async fn new_remark(
    app: &SharedApp,
    item: &Item,
    whole: &StoredItem,
    id: RemarkId,
    what: Saying,
) -> Result<NewRemark, Refusal> {
    let (kind, root, text, correction) = match what {
        Saying::Remark { text } => (RemarkKind::Remark, None, checked_words(&text, MAX_REMARK_CHARS)?, None),
        Saying::Thanks { text } => (RemarkKind::Thanks, None, checked_saying(&text, MAX_REMARK_CHARS)?, None),
        Saying::Question { text } => (RemarkKind::Question, None, checked_words(&text, MAX_REMARK_CHARS)?, None),
        Saying::Reply { to, text } => (RemarkKind::Remark, Some(to), checked_words(&text, MAX_REMARK_CHARS)?, None),
        Saying::Correction { version, quote, instead, text } => {
            let text = checked_saying(&text, MAX_REMARK_CHARS)?;
            let correction = new_correction(app, item, version, &quote, &instead).await?;
            (RemarkKind::Correction, None, text, Some(correction))
        }
    };
    let for_item = speaks_for(whole, &item.caller.person, item.handle.right());
    Ok(NewRemark { id, root, kind, text, at: clock::now(), for_item, correction })
}

async fn new_correction(
    app: &SharedApp,
    item: &Item,
    version: u32,
    quote: &str,
    instead: &str,
) -> Result<NewCorrection, Refusal> {
    if version == 0 || version > item.handle.facts().version {
        return Err(Refusal::BadRequest);
    }
    let (quote, instead) = (checked_words(quote, MAX_PASSAGE_CHARS)?, checked_saying(instead, MAX_PASSAGE_CHARS)?);
    // Other white space stands in a file than in what is copied from it.
    let said = without_spaces(&app.store.said_in(&item.handle, version).await?);
    if !said.contains(&without_spaces(&quote)) {
        return Err(Refusal::PassageNotThere);
    }
    Ok(NewCorrection { version, quote, instead })
}

/// `PUT /api/items/{item}/remarks/{remark}`.
pub async fn change(
    State(app): State<SharedApp>,
    remark: Remark,
    Body(ChangeRemark { text }): Body<ChangeRemark>,
) -> Result<Json<Thread>, Refusal> {
    let remark = remark.seen()?;
    let text = match remark.remark.kind {
        RemarkKind::Remark | RemarkKind::Question => checked_words(&text, MAX_REMARK_CHARS)?,
        RemarkKind::Thanks | RemarkKind::Correction => checked_saying(&text, MAX_REMARK_CHARS)?,
    };
    let speaking = remark.item.speaking()?;
    if !app.store.change_remark(speaking, &remark.remark.id, &text, clock::now()).await? {
        return Err(Refusal::NotYourWords);
    }
    thread(&app, &remark.item, &remark.root(), 0, MAX_REPLIES).await
}

/// `DELETE /api/items/{item}/remarks/{remark}`.
pub async fn take_back(State(app): State<SharedApp>, remark: Remark) -> Result<StatusCode, Refusal> {
    let remark = remark.seen()?;
    match app.store.take_back(remark.item.speaking()?, &remark.remark.id, clock::now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Refusal::NotYourWords),
    }
}

/// `PUT /api/items/{item}/remarks/{remark}/hidden`.
pub async fn hide(
    State(app): State<SharedApp>,
    remark: Remark,
    Body(HideRemark { why }): Body<HideRemark>,
) -> Result<StatusCode, Refusal> {
    remark.item.keeping()?;
    let why = checked_words(&why, MAX_WORDS_CHARS)?;
    set_hidden(&app, remark, Some(&why)).await
}

/// `DELETE /api/items/{item}/remarks/{remark}/hidden`.
pub async fn show_again(State(app): State<SharedApp>, remark: Remark) -> Result<StatusCode, Refusal> {
    set_hidden(&app, remark, None).await
}

async fn set_hidden(app: &SharedApp, remark: Remark, why: Option<&str>) -> Result<StatusCode, Refusal> {
    let remark = remark.seen()?;
    let keeping = remark.item.keeping()?;
    match app.store.set_hidden(keeping, &remark.remark.id, why, clock::now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Refusal::NotFound),
    }
}

/// `POST /api/items/{item}/remarks/{remark}/close`: the asker has their answer, or does not want it any more.
pub async fn close(State(app): State<SharedApp>, remark: Remark) -> Result<Json<Thread>, Refusal> {
    let remark = remark.seen()?;
    if !app.store.close_question(remark.item.speaking()?, &remark.remark.id, clock::now()).await? {
        return Err(Refusal::NotYourWords);
    }
    thread(&app, &remark.item, &remark.root(), 0, MAX_REPLIES).await
}

/// `PUT /api/items/{item}/remarks/{remark}/correction`.
pub async fn decide(
    State(app): State<SharedApp>,
    remark: Remark,
    Body(DecideCorrection { state, words }): Body<DecideCorrection>,
) -> Result<Json<Thread>, Refusal> {
    let remark = remark.seen()?;
    let known = remark.remark.correction.as_ref().ok_or(Refusal::NotFound)?;
    let me = &remark.item.caller.person;
    match state {
        CorrectionState::Offered => return Err(Refusal::BadRequest),
        CorrectionState::Withdrawn if remark.remark.author != *me => return Err(Refusal::NotYourWords),
        CorrectionState::Withdrawn => {}
        CorrectionState::Taken | CorrectionState::Declined => {
            let whole = stored(&app, &remark.item.handle).await?;
            if !speaks_for(&whole, me, remark.item.handle.right()) {
                return Err(Refusal::OnlyAuthors);
            }
        }
    }
    let words = checked_saying(&words, MAX_WORDS_CHARS)?;
    let repeated = known.state == state;
    if repeated && known.decided_by.as_ref() == Some(me) && known.words != words {
        return Err(Refusal::SentOtherwise);
    }
    let decision = Decision { state, words, at: clock::now() };
    let speaking = remark.item.speaking()?;
    if !repeated && !app.store.decide_correction(speaking, &remark.remark.id, decision).await? {
        return Err(Refusal::AlreadyDecided);
    }
    thread(&app, &remark.item, &remark.root(), 0, MAX_REPLIES).await
}
