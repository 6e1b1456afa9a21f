//! Files on their way in: the tus protocol 1.0.0, and what a page asks beside it.

use std::time::Duration;

use axum::Json;
use axum::body::Body as Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use shared::api::{AnswerKnown, AskKnown, KnownChallenge, MAX_UPLOAD_BYTES, UploadCard, UploadList, UploadRoom};
use shared::sizes::size;
use shared::words::{UnixMillis, UploadId};

use super::bytes::{self, About, Disposition, storage};
use super::caller::{Body, Query};
use super::language;
use super::refusal::{self, Language, Refusal};
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::library::uploads::{NotBegun, NotKnown, NotReceived};
use crate::store::{StoreError, StoredState, StoredUpload, Usage};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,termination,expiration";
const CHUNK: &str = "application/offset+octet-stream";
/// Whoever waits for the end of a check asks again after so long.
const WAITS: Duration = Duration::from_secs(25);

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// Why something about an upload was refused.
pub enum Refused {
    Plainly(Refusal),
    /// With the figures.
    NoRoom(Usage, Language),
    Version,
}

/// The caller's upload in the path, as long as nothing was made of it; those of others look absent.
pub struct Own {
    upload: StoredUpload,
    caller: Caller,
}

#[derive(Deserialize)]
pub struct InPath {
    upload: String,
}

impl FromRequestParts<SharedApp> for Own {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let Path(InPath { upload }) = Path::from_request_parts(parts, app).await.map_err(|_| Refusal::NoSuchUpload)?;
        let id: UploadId = upload.parse().map_err(|_| Refusal::NoSuchUpload)?;
        let upload = app.uploads.find(&id, &caller.person).await?.ok_or(Refusal::NoSuchUpload)?;
        Ok(Self { upload, caller })
    }
}

pub async fn options() -> Response {
    let about = [
        (RESUMABLE, HeaderValue::from_static(VERSION)),
        (HeaderName::from_static("tus-version"), HeaderValue::from_static(VERSION)),
        (HeaderName::from_static("tus-extension"), HeaderValue::from_static(EXTENSIONS)),
        (HeaderName::from_static("tus-max-size"), HeaderValue::from(MAX_UPLOAD_BYTES)),
    ];
    (StatusCode::NO_CONTENT, about).into_response()
}

pub async fn create(State(app): State<SharedApp>, caller: Caller, headers: HeaderMap, body: Bytes) -> Response {
    tus(begin(&app, &caller, &headers, body).await)
}

async fn begin(app: &SharedApp, caller: &Caller, headers: &HeaderMap, body: Bytes) -> Result<Response, Refused> {
    is_our_version(headers)?;
    let bytes = number(headers, &LENGTH)?;
    let name = file_name(headers)?;
    let begun = app.uploads.begin(&caller.person, &name, bytes).await;
    let upload = begun.map_err(|error| not_begun(error, headers))?;
    let offset = if is_chunk(headers) {
        match app.uploads.receive(&upload.id, 0, body.into_data_stream()).await {
            Ok(here) => here,
            // The upload is there, and it can be gone on with.
            Err(NotReceived::Stalled | NotReceived::Over | NotReceived::TooMuch) => {
                app.uploads.settle(&upload).await.map_err(not_received)?
            }
            Err(error) => return Err(not_received(error)),
        }
    } else {
        0
    };
    let place = HeaderValue::from_str(&format!("/api/uploads/{}", upload.id)).map_err(|_| Refusal::Internal)?;
    let about = [(header::LOCATION, place), (OFFSET, HeaderValue::from(offset)), expires(app.uploads.ends(&upload))];
    Ok((StatusCode::CREATED, about).into_response())
}

#[derive(Deserialize)]
pub struct Waiting {
    /// Answer once the check is over, or after a while.
    #[serde(default)]
    wait: u8,
}

/// GET: the state; HEAD: where to go on, as tus has it.
pub async fn show(
    State(app): State<SharedApp>,
    own: Own,
    Query(Waiting { wait }): Query<Waiting>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    if method == Method::HEAD {
        return tus(whereabouts(&app, &own.upload, &headers).await);
    }
    state(&app, own, wait != 0).await.into_response()
}

async fn state(app: &SharedApp, Own { upload, caller }: Own, wait: bool) -> Result<Json<UploadCard>, Refusal> {
    let upload = if wait {
        app.uploads.when_decided(&upload.id, &caller.person, WAITS).await?.ok_or(Refusal::NoSuchUpload)?
    } else {
        upload
    };
    Ok(Json(app.uploads.card(upload).await.map_err(plainly)?))
}

async fn whereabouts(app: &SharedApp, upload: &StoredUpload, headers: &HeaderMap) -> Result<Response, Refused> {
    is_our_version(headers)?;
    let here = app.uploads.settle(upload).await.map_err(not_received)?;
    let about = [
        (OFFSET, HeaderValue::from(here)),
        (LENGTH, HeaderValue::from(upload.bytes)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        expires(app.uploads.ends(upload)),
    ];
    Ok((StatusCode::OK, about).into_response())
}

pub async fn append(State(app): State<SharedApp>, own: Own, headers: HeaderMap, body: Bytes) -> Response {
    tus(receive(&app, &own.upload, &headers, body).await)
}

async fn receive(
    app: &SharedApp,
    upload: &StoredUpload,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    is_our_version(headers)?;
    if !is_chunk(headers) {
        return Err(Refusal::WrongContentType.into());
    }
    let from = number(headers, &OFFSET)?;
    let sent = headers.get(header::CONTENT_LENGTH).map_or(Ok(0), |_| number(headers, &header::CONTENT_LENGTH))?;
    if from.saturating_add(sent) > upload.bytes {
        return Err(Refusal::UploadTooMuch.into());
    }
    let here = app.uploads.receive(&upload.id, from, body.into_data_stream()).await.map_err(not_received)?;
    // It lasts on from this moment.
    let touched = StoredUpload { touched: crate::clock::now(), ..upload.clone() };
    let about = [(OFFSET, HeaderValue::from(here)), expires(app.uploads.ends(&touched))];
    Ok((StatusCode::NO_CONTENT, about).into_response())
}

pub async fn end(State(app): State<SharedApp>, own: Own, headers: HeaderMap) -> Response {
    tus(terminate(&app, &own.upload, &headers).await)
}

async fn terminate(app: &SharedApp, upload: &StoredUpload, headers: &HeaderMap) -> Result<Response, Refused> {
    is_our_version(headers)?;
    match app.uploads.end(&upload.id).await.map_err(not_received)? {
        true => Ok(StatusCode::NO_CONTENT.into_response()),
        false => Err(Refusal::NoSuchUpload.into()),
    }
}

/// For lines on which nothing but GET and POST gets through.
pub async fn in_other_words(State(app): State<SharedApp>, own: Own, headers: HeaderMap, body: Bytes) -> Response {
    let meant = headers.get("x-http-method-override").map(HeaderValue::as_bytes);
    tus(match meant {
        Some(b"PATCH") => receive(&app, &own.upload, &headers, body).await,
        Some(b"DELETE") => terminate(&app, &own.upload, &headers).await,
        Some(b"HEAD") => whereabouts(&app, &own.upload, &headers).await,
        Some(_) | None => Err(Refusal::MethodNotAllowed.into()),
    })
}

#[derive(Deserialize)]
pub struct Saving {
    /// To be saved rather than shown.
    #[serde(default)]
    save: u8,
}

/// The sender's own file, to look at before something is made of it.
pub async fn bytes(
    State(app): State<SharedApp>,
    own: Own,
    Query(Saving { save }): Query<Saving>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let disposition = if save == 0 { Disposition::Inline } else { Disposition::Attachment };
    let StoredState::Ready { blob, facts } = &own.upload.state else { return Err(Refusal::NoSuchFile) };
    let about = About { name: &own.upload.name, kind: facts.kind, disposition };
    bytes::answer(&app.blobs, blob, about, &headers, &method).await
}

pub async fn list(State(app): State<SharedApp>, caller: Caller) -> Result<Json<UploadList>, Refusal> {
    let uploads = app.uploads.list(&caller.person).await.map_err(plainly)?;
    Ok(Json(UploadList { uploads }))
}

pub async fn room(
    State(app): State<SharedApp>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<UploadRoom>, Refused> {
    let room = app.uploads.room(&caller.person).await;
    Ok(Json(room.map_err(|error| not_begun(error, &headers))?))
}

pub async fn ask_known(
    State(app): State<SharedApp>,
    caller: Caller,
    headers: HeaderMap,
    Body(AskKnown { name, bytes, hash }): Body<AskKnown>,
) -> Result<Json<KnownChallenge>, Refused> {
    if blake3::Hash::from_hex(hash.as_str()).is_err() {
        return Err(Refusal::BadRequest.into());
    }
    let asked = app.uploads.ask_known(&caller.person, &name, bytes, hash);
    Ok(Json(asked.map_err(|error| not_begun(error, &headers))?))
}

pub async fn answer_known(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(InPath { upload }): Path<InPath>,
    headers: HeaderMap,
    Body(AnswerKnown { answer }): Body<AnswerKnown>,
) -> Result<Json<UploadCard>, Refused> {
    let id: UploadId = upload.parse().map_err(|_| Refusal::NotKnown)?;
    let upload = app.uploads.answer_known(&id, &caller.person, &answer).await.map_err(|error| match error {
        NotKnown::Unknown => Refusal::NotKnown.into(),
        NotKnown::NoRoom(usage) => Refused::NoRoom(usage, language::of(&headers)),
        NotKnown::Disk(error) => storage(error).into(),
        NotKnown::Store(error) => error.into(),
    })?;
    Ok(Json(app.uploads.card(upload).await.map_err(plainly)?))
}

/// Each answer names the version of the protocol.
fn tus(answer: Result<Response, Refused>) -> Response {
    let mut answer = answer.unwrap_or_else(IntoResponse::into_response);
    answer.headers_mut().insert(RESUMABLE, HeaderValue::from_static(VERSION));
    answer
}

fn is_our_version(headers: &HeaderMap) -> Result<(), Refused> {
    match headers.get(RESUMABLE) {
        Some(version) if version.as_bytes() == VERSION.as_bytes() => Ok(()),
        Some(_) | None => Err(Refused::Version),
    }
}

fn is_chunk(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == CHUNK.as_bytes())
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Refusal> {
    let text = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(Refusal::BadRequest)
}

/// `filename` of the metadata: pairs of a word and its value in base64, with commas.
fn file_name(headers: &HeaderMap) -> Result<String, Refusal> {
    let Some(metadata) = headers.get(METADATA) else { return Ok(String::new()) };
    let metadata = metadata.to_str().map_err(|_| Refusal::BadRequest)?;
    let mut pairs = metadata.split(',').map(|pair| pair.trim().split_once(' ').unwrap_or((pair.trim(), "")));
    let Some((_, value)) = pairs.find(|(word, _)| *word == "filename") else { return Ok(String::new()) };
    let bytes = BASE64_STANDARD.decode(value.trim()).map_err(|_| Refusal::BadRequest)?;
    String::from_utf8(bytes).map_err(|_| Refusal::BadRequest)
}

fn expires(at: UnixMillis) -> (HeaderName, HeaderValue) {
    let at = chrono::DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    let written = at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    (EXPIRES, HeaderValue::try_from(written).unwrap_or(HeaderValue::from_static("")))
}

fn not_begun(error: NotBegun, headers: &HeaderMap) -> Refused {
    match error {
        NotBegun::TooLarge => Refusal::UploadTooLarge.into(),
        NotBegun::TooMany => Refusal::TooManyUploads.into(),
        NotBegun::NoRoom(usage) => Refused::NoRoom(usage, language::of(headers)),
        NotBegun::DiskNearlyFull => Refusal::DiskNearlyFull.into(),
        NotBegun::Disk(error) => storage(error).into(),
        NotBegun::Store(error) => error.into(),
    }
}

fn not_received(error: NotReceived) -> Refused {
    plainly(error).into()
}

fn plainly(error: NotReceived) -> Refusal {
    match error {
        NotReceived::Elsewhere(_) => Refusal::UploadElsewhere,
        NotReceived::TooMuch => Refusal::UploadTooMuch,
        NotReceived::Stalled => Refusal::UploadStalled,
        NotReceived::Over => Refusal::UploadTakenOver,
        NotReceived::Gone => Refusal::NoSuchUpload,
        NotReceived::NoRoom(_) => Refusal::SchoolFull,
        NotReceived::DiskNearlyFull => Refusal::DiskNearlyFull,
        NotReceived::Disk(error) => storage(error),
        NotReceived::Store(error) => error.into(),
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Plainly(refusal)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Plainly(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Plainly(refusal) => refusal.into_response(),
            Self::NoRoom(usage, language) => {
                refusal::with_sentence(Refusal::SchoolFull, no_room(usage, language), language)
            }
            Self::Version => {
                let version = [(HeaderName::from_static("tus-version"), HeaderValue::from_static(VERSION))];
                (version, Refusal::UploadVersion).into_response()
            }
        }
    }
}

fn no_room(usage: Usage, language: Language) -> String {
    let (used, limit, free) = (size(usage.used), size(usage.limit), size(usage.free()));
    match language {
        Language::Chinese => format!(
            "学校的空间不够放这个文件：一共 {limit}，已用 {used}，还剩 {free}。没有开始上传。请先删掉不用的文件，或者请管理员增加空间。"
        ),
        Language::English => format!(
            "Your school has no room for this file: {used} of {limit} are used, {free} are free. Nothing was sent. Please \
             remove files that nobody needs, or ask the administrator for more."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_in_the_metadata_and_else_there_is_none() {
        let cases = [
            (None, Ok("")),
            (Some("filename YS5wZGY="), Ok("a.pdf")),
            (Some("filetype YQ==,filename 6K++Lm1wNA==, relativePath"), Ok("课.mp4")),
            (Some("filetype YQ=="), Ok("")),
            (Some("filename"), Ok("")),
            (Some("filename !!!"), Err(Refusal::BadRequest)),
            (Some("filename /w=="), Err(Refusal::BadRequest)),
        ];
        for (metadata, expected) in cases {
            let mut headers = HeaderMap::new();
            if let Some(metadata) = metadata {
                headers.insert(METADATA, metadata.parse().unwrap());
            }
            assert_eq!(file_name(&headers).as_deref().map_err(|refusal| *refusal), expected, "{metadata:?}");
        }
    }

    #[test]
    fn a_number_is_digits_alone() {
        for (text, expected) in
            [("0", Some(0)), ("17", Some(17)), ("+1", None), ("-1", None), ("", None), ("1e3", None)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(OFFSET, text.parse().unwrap());
            assert_eq!(number(&headers, &OFFSET).ok(), expected, "{text:?}");
        }
        assert!(number(&HeaderMap::new(), &LENGTH).is_err());
    }

    #[test]
    fn a_full_school_is_told_how_much_is_used_and_free() {
        let usage = Usage { used: (199 << 30) + (1 << 29), limit: 200 << 30, binned: 0 };
        assert!(no_room(usage, Language::Chinese).contains("一共 215 GB，已用 214 GB，还剩 537 MB"));
        assert!(no_room(usage, Language::English).contains("214 GB of 215 GB are used, 537 MB are free"));
    }
}
