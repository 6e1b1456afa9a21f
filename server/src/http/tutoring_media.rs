//! Photos and voice clips in tutoring sessions: sent by themselves first, and then part of a question or said to all. Who may
//! read the one may read the other.

use std::collections::BTreeSet;

use axum::Json;
use axum::body::{Body as Bytes, to_bytes};
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use shared::api::{ClipCard, ClipList, MediaCard, SayClip, SendMedia, SessionNews};
use shared::library::FileKind;
use shared::tutoring::{
    MAX_CLIP_BYTES, MAX_CLIP_MILLIS, MAX_PEAK, MAX_PEAKS, MAX_PHOTO_BYTES, MediaKind, Role, Sign, TutoringState,
};
use shared::words::{MediaId, QuestionId, UnixMillis};

use super::attendee::Tutored;
use super::bytes::{self, About, Disposition};
use super::caller::Body;
use super::images::storage;
use super::limits;
use super::pressed::Pressed;
use super::questions::hears;
use super::refusal::Refusal;
use super::tutoring_view::Attendees;
use crate::app::{App, SharedApp};
use crate::clips::{self, NotAClip};
use crate::clock;
use crate::images::{self, ImageKind};
use crate::store::{Account, AddedMedia, MediaPart, NewMedia, StoredMedia};

/// The photo or clip in the path, if whoever asks may know of it.
pub struct Sent {
    session: Tutored,
    media: StoredMedia,
}

#[derive(Deserialize)]
struct InPath {
    media: String,
}

impl FromRequestParts<SharedApp> for Sent {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let session = Tutored::from_request_parts(parts, app).await?;
        let path: Result<Path<InPath>, _> = Path::from_request_parts(parts, app).await;
        let Path(InPath { media }) = path.map_err(|_| Refusal::NoSuchMedia)?;
        let id: MediaId = media.parse().map_err(|_| Refusal::NoSuchMedia)?;
        let media = app.store.media(&session.handle, &id).await?.ok_or(Refusal::NoSuchMedia)?;
        let theirs = match media.part {
            // With a question that is withdrawn what was part of it is gone.
            MediaPart::Question(_) | MediaPart::Said(_) => hears(&session.handle),
            MediaPart::Loose => media.author == *session.who(),
        };
        if theirs { Ok(Self { session, media }) } else { Err(Refusal::NoSuchMedia) }
    }
}

#[derive(Deserialize)]
pub struct NewInPath {
    media: String,
}

/// `PUT /api/tutoring/{session}/media/{media}`. The same again changes nothing.
pub async fn send(
    State(app): State<SharedApp>,
    session: Tutored,
    Path(NewInPath { media }): Path<NewInPath>,
    Query(said): Query<SendMedia>,
    body: Bytes,
) -> Result<(StatusCode, Json<MediaCard>), Refusal> {
    let id: MediaId = media.parse().map_err(|_| Refusal::BadRequest)?;
    if !session.handle.role().is_some_and(Role::asks) && !has_floor(&app, &session).await? {
        return Err(Refusal::OnlyParticipants);
    }
    if session.handle.state() == TutoringState::Cancelled {
        return Err(Refusal::SessionStandsOtherwise);
    }
    limits::speech(&app, session.who())?;
    let now = clock::now();
    let account = Account::of(&app.store.directory(), &session.handle.stored().plan.host, now);
    let media = match said.kind {
        MediaKind::Photo => photo(&app, id, body, account, now).await?,
        MediaKind::Clip => clip(&app, id, &said, body, account, now).await?,
    };
    let status = match app.store.add_media(&session.handle, &media).await? {
        AddedMedia::Now => StatusCode::CREATED,
        AddedMedia::Before => StatusCode::OK,
        AddedMedia::Otherwise => return Err(Refusal::SentOtherwise),
        AddedMedia::TooManyLoose => return Err(Refusal::TooManyMedia),
        AddedMedia::NoRoom => return Err(Refusal::SchoolFull),
    };
    let stored = app.store.media(&session.handle, &media.id).await?.ok_or(Refusal::NoSuchMedia)?;
    Ok((status, Json(card(&stored))))
}

/// What others get has no place, time or device in it (ADR 47).
async fn photo(app: &App, id: MediaId, body: Bytes, account: Account, at: UnixMillis) -> Result<NewMedia, Refusal> {
    let bytes = to_bytes(body, MAX_PHOTO_BYTES).await.map_err(|_| Refusal::PhotoTooLarge)?;
    let facts = images::inspect(&bytes).map_err(super::images::refusal)?;
    if facts.kind == ImageKind::Gif {
        return Err(Refusal::NotAPhoto);
    }
    let bare = images::bare(facts.kind, &bytes).ok_or(Refusal::NotAPhoto)?;
    let size = bare.len() as u64;
    let blob = app.blobs.keep(bare.into()).await.map_err(storage)?;
    let media_type = facts.kind.media_type();
    let size_shown = Some((facts.width, facts.height));
    let kind = MediaKind::Photo;
    Ok(NewMedia {
        id,
        kind,
        blob,
        media_type,
        bytes: size,
        size: size_shown,
        millis: None,
        peaks: Vec::new(),
        account,
        at,
    })
}

async fn clip(
    app: &App,
    id: MediaId,
    said: &SendMedia,
    body: Bytes,
    account: Account,
    at: UnixMillis,
) -> Result<NewMedia, Refusal> {
    let bytes = to_bytes(body, MAX_CLIP_BYTES).await.map_err(|_| Refusal::ClipTooLong)?;
    let facts = clips::inspect(&bytes).map_err(|why| {
        tracing::debug!("refused a clip: {why}");
        match why {
            NotAClip::TooLarge(_) | NotAClip::TooLong(_) => Refusal::ClipTooLong,
            NotAClip::Other => Refusal::NotAClip,
        }
    })?;
    let peaks = peaks_of(&said.peaks)?;
    let measured = u32::try_from(facts.millis).unwrap_or(MAX_CLIP_MILLIS);
    let millis = if measured > 0 { measured } else { said.millis.unwrap_or_default() }.min(MAX_CLIP_MILLIS);
    let size = bytes.len() as u64;
    let blob = app.blobs.keep(bytes).await.map_err(storage)?;
    let (kind, media_type) = (MediaKind::Clip, facts.kind.media_type());
    Ok(NewMedia { id, kind, blob, media_type, bytes: size, size: None, millis: Some(millis), peaks, account, at })
}

fn peaks_of(said: &str) -> Result<Vec<u8>, Refusal> {
    let numbers = said.split('.').filter(|number| !number.is_empty());
    let peaks: Vec<u8> = numbers.map(|one| one.parse().map_err(|_| Refusal::BadRequest)).collect::<Result<_, _>>()?;
    let fits = peaks.len() <= MAX_PEAKS && peaks.iter().all(|peak| *peak <= MAX_PEAK);
    if fits { Ok(peaks) } else { Err(Refusal::BadRequest) }
}

async fn has_floor(app: &App, session: &Tutored) -> Result<bool, Refusal> {
    let signs = app.store.signs(&session.handle).await?;
    Ok(signs.iter().any(|one| one.sign == Sign::Floor && one.who == *session.who()))
}

/// `GET /api/tutoring/{session}/media/{media}`, whole or a stretch of it.
pub async fn show(
    State(app): State<SharedApp>,
    Sent { session: _, media }: Sent,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (name, kind) = match media.media_type.as_str() {
        "image/png" => ("photo.png", FileKind::Png),
        "image/jpeg" => ("photo.jpg", FileKind::Jpeg),
        "image/webp" => ("photo.webp", FileKind::Webp),
        "audio/webm" => ("clip.webm", FileKind::Webm),
        "audio/ogg" => ("clip.ogg", FileKind::Ogg),
        "audio/mp4" => ("clip.m4a", FileKind::M4a),
        _ => return Err(Refusal::Internal),
    };
    let about = About { name, kind, disposition: Disposition::Inline };
    bytes::answer(&app.blobs, &media.blob, about, &headers, &method).await
}

/// `GET /api/tutoring/{session}/clips`.
pub async fn clips(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    session: Tutored,
) -> Result<Pressed<ClipList>, Refusal> {
    let media = if hears(&session.handle) { app.store.media_of(&session.handle).await? } else { Vec::new() };
    let guests = app.store.guests(session.handle.id()).await?;
    let attendees = Attendees {
        app: &app,
        directory: &app.store.directory(),
        session: session.handle.stored(),
        guests: &guests,
        now: clock::now(),
    };
    let clips = media.iter().filter_map(|one| clip_card(&attendees, one)).collect();
    Ok(Pressed::new(&headers, ClipList { clips }))
}

fn clip_card(attendees: &Attendees<'_>, media: &StoredMedia) -> Option<ClipCard> {
    match media.part {
        MediaPart::Said(moment) => {
            Some(ClipCard { media: card(media), by: attendees.of(&media.author), moment, at: media.at })
        }
        MediaPart::Loose | MediaPart::Question(_) => None,
    }
}

/// `POST /api/tutoring/{session}/clips`: by host and helpers, and whoever has the floor.
pub async fn say(
    State(app): State<SharedApp>,
    session: Tutored,
    Body(SayClip { clip, moment }): Body<SayClip>,
) -> Result<(StatusCode, Json<ClipCard>), Refusal> {
    if session.leading().is_err() && !has_floor(&app, &session).await? {
        return Err(Refusal::WithoutFloor);
    }
    let media = app.store.media(&session.handle, &clip).await?.filter(|media| media.author == *session.who());
    let media = media.ok_or(Refusal::NoSuchMedia)?;
    if media.part == MediaPart::Loose {
        if session.handle.state() != TutoringState::Open {
            return Err(Refusal::SessionNotOpen);
        }
        let moment = moment_of(&session, &media, moment)?;
        if !app.store.say_clip(&session.handle, &clip, moment).await? {
            return Err(Refusal::TooManyClips);
        }
    }
    let media = app.store.media(&session.handle, &clip).await?.ok_or(Refusal::NoSuchMedia)?;
    let (directory, now) = (app.store.directory(), clock::now());
    let guests = app.store.guests(session.handle.id()).await?;
    let plan = session.handle.stored();
    let attendees = Attendees { app: &app, directory: &directory, session: plan, guests: &guests, now };
    let card = clip_card(&attendees, &media).ok_or(Refusal::NoSuchMedia)?;
    app.tell_session(plan, SessionNews::Clip(Box::new(card.clone())));
    Ok((StatusCode::CREATED, Json(card)))
}

/// When it was begun: within the session, as far as that has come.
fn moment_of(session: &Tutored, media: &StoredMedia, moment: Option<i64>) -> Result<i64, Refusal> {
    let opened = session.handle.stored().opened.ok_or(Refusal::SessionNotOpen)?;
    let so_far = clock::now().0 - opened.0;
    let moment = moment.unwrap_or_else(|| (so_far - i64::from(media.millis.unwrap_or_default())).max(0));
    if (0..=so_far).contains(&moment) { Ok(moment) } else { Err(Refusal::BadRequest) }
}

/// `DELETE /api/tutoring/{session}/clips/{media}`: by who spoke, or by host and helpers.
pub async fn withdraw(State(app): State<SharedApp>, sent: Sent) -> Result<StatusCode, Refusal> {
    let Sent { session, media } = sent;
    let gone = if media.author == *session.who() {
        app.store.withdraw_clip(&session.handle, &media.id).await?
    } else {
        let leading = session.leading().map_err(|_| Refusal::NotYourWords)?;
        app.store.remove_clip(leading, &media.id, clock::now()).await?
    };
    if !gone {
        return Err(Refusal::NoSuchMedia);
    }
    app.tell_session(session.handle.stored(), SessionNews::Clips);
    Ok(StatusCode::NO_CONTENT)
}

/// What is to be part of this question, or is already: loose ones of whoever asks, of the kind that is said.
pub async fn own_loose(
    app: &App,
    session: &Tutored,
    question: &QuestionId,
    photo: Option<&MediaId>,
    clip: Option<&MediaId>,
) -> Result<Vec<MediaId>, Refusal> {
    let mut own = BTreeSet::new();
    for (id, kind) in photo.map(|id| (id, MediaKind::Photo)).into_iter().chain(clip.map(|id| (id, MediaKind::Clip))) {
        let media = app.store.media(&session.handle, id).await?.ok_or(Refusal::NoSuchMedia)?;
        let free = media.part == MediaPart::Loose || media.part == MediaPart::Question(question.clone());
        if media.author != *session.who() || media.kind != kind || !free {
            return Err(Refusal::NoSuchMedia);
        }
        own.insert(id.clone());
    }
    Ok(own.into_iter().collect())
}

pub fn card(media: &StoredMedia) -> MediaCard {
    let StoredMedia { id, author: _, kind, blob: _, media_type, bytes, size, millis, peaks, at: _, part: _ } =
        media.clone();
    let (width, height) = size.unzip();
    MediaCard { id, kind, media_type, bytes, width, height, millis, peaks }
}
