//! Quick checks in a tutoring session: written, opened and closed by host and helpers, answered by everybody else.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use shared::api::{CheckAnswer, CheckCard, CheckList, CheckView, CheckWords, DecideCheck, SessionNews, WriteCheck};
use shared::tutoring::{
    CheckKind, CheckState, MAX_CHECK_CHARS, MAX_CHOICE_CHARS, MAX_CHOICES, MAX_SHORT_CHARS, MIN_CHOICES, Role,
    TutoringState,
};
use shared::words::CheckId;

use super::attendee::Tutored;
use super::caller::Body;
use super::check_results::CheckReader;
use super::limits;
use super::pressed::Pressed;
use super::refusal::Refusal;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::words::checked_words;
use crate::store::{Answered, Said, StoredCheck, TutoringHandle};

/// The check in the path, of the session in the path.
pub struct Checked {
    session: Tutored,
    check: StoredCheck,
}

#[derive(Deserialize)]
struct InPath {
    check: String,
}

impl FromRequestParts<SharedApp> for Checked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let session = Tutored::from_request_parts(parts, app).await?;
        if !hears(&session.handle) {
            return Err(Refusal::NoSuchCheck);
        }
        let path: Result<Path<InPath>, _> = Path::from_request_parts(parts, app).await;
        let Path(InPath { check }) = path.map_err(|_| Refusal::NoSuchCheck)?;
        let id: CheckId = check.parse().map_err(|_| Refusal::NoSuchCheck)?;
        let check = app.store.check(&session.handle, &id).await?.ok_or(Refusal::NoSuchCheck)?;
        Ok(Self { session, check })
    }
}

/// What was checked in a session that is cancelled is for those who prepared it.
fn hears(handle: &TutoringHandle) -> bool {
    match handle.state() {
        TutoringState::Planned | TutoringState::Open | TutoringState::Ended => true,
        TutoringState::Cancelled => handle.leading().is_some(),
    }
}

/// `GET /api/tutoring/{session}/checks`.
pub async fn list(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    session: Tutored,
) -> Result<Pressed<CheckList>, Refusal> {
    let checks = if hears(&session.handle) { app.store.checks(&session.handle).await? } else { Vec::new() };
    let reader = CheckReader::of(&app, &session.handle).await?;
    let checks = checks.iter().map(|check| reader.card(check)).collect();
    Ok(Pressed::new(&headers, CheckList { checks }))
}

/// `GET /api/tutoring/{session}/checks/{check}`.
pub async fn show(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    Checked { session, check }: Checked,
) -> Result<Pressed<CheckView>, Refusal> {
    let reader = CheckReader::of(&app, &session.handle).await?;
    Ok(Pressed::new(&headers, reader.view(&check).await?))
}

/// `POST /api/tutoring/{session}/checks`. Also before it opens.
pub async fn write(
    State(app): State<SharedApp>,
    session: Tutored,
    Body(WriteCheck { id, words }): Body<WriteCheck>,
) -> Result<(StatusCode, Json<CheckCard>), Refusal> {
    let leading = session.leading()?;
    match session.handle.state() {
        TutoringState::Planned | TutoringState::Open => {}
        TutoringState::Ended | TutoringState::Cancelled => return Err(Refusal::SessionStandsOtherwise),
    }
    let words = checked(words)?;
    limits::speech(&app, session.who())?;
    match app.store.write_check(leading, &id, &words, clock::now()).await? {
        Said::Now => tell(&app, &session, SessionNews::Checks),
        Said::Before => {}
        Said::Foreign | Said::NoThread => return Err(Refusal::IdTaken),
        Said::TooManyReplies | Said::ThankedBefore => return Err(Refusal::TooManyChecks),
    }
    let check = app.store.check(&session.handle, &id).await?.ok_or(Refusal::NoSuchCheck)?;
    if check.words != words {
        return Err(Refusal::SentOtherwise);
    }
    Ok((StatusCode::CREATED, Json(CheckReader::of(&app, &session.handle).await?.card(&check))))
}

fn checked(words: CheckWords) -> Result<CheckWords, Refusal> {
    let CheckWords { kind, text, choices, named } = words;
    let text = checked_words(&text, MAX_CHECK_CHARS)?;
    let choices: Vec<String> = choices
        .iter()
        .map(|choice| checked_words(choice, MAX_CHOICE_CHARS).map_err(|_| Refusal::CheckUnfit))
        .collect::<Result<_, _>>()?;
    let many = match kind {
        CheckKind::One | CheckKind::Several => MIN_CHOICES..=MAX_CHOICES,
        CheckKind::TrueFalse | CheckKind::Short => 0..=0,
    };
    let different: BTreeSet<&String> = choices.iter().collect();
    if !many.contains(&choices.len()) || different.len() < choices.len() {
        return Err(Refusal::CheckUnfit);
    }
    Ok(CheckWords { kind, text, choices, named })
}

/// `PUT /api/tutoring/{session}/checks/{check}`. What was discarded is answered as it was.
pub async fn decide(
    State(app): State<SharedApp>,
    Checked { session, check }: Checked,
    Body(decision): Body<DecideCheck>,
) -> Result<Json<CheckView>, Refusal> {
    let leading = session.leading()?;
    let id = &check.id;
    let discarded = decision == DecideCheck::Discard;
    let done = match decision {
        DecideCheck::Change(words) => app.store.change_check(leading, id, &checked(words)?).await?,
        DecideCheck::Discard => app.store.discard_check(leading, id).await?,
        DecideCheck::Show => app.store.show_check(leading, id, true).await?,
        DecideCheck::Hide => app.store.show_check(leading, id, false).await?,
        DecideCheck::Open if session.handle.state() != TutoringState::Open => return Err(Refusal::SessionNotOpen),
        DecideCheck::Open => go_on(&app, &session, &check, CheckState::Open).await?,
        DecideCheck::Close => go_on(&app, &session, &check, CheckState::Closed).await?,
    };
    if !done {
        return Err(Refusal::CheckStandsOtherwise);
    }
    tell(&app, &session, SessionNews::Checks);
    let reader = CheckReader::of(&app, &session.handle).await?;
    let now =
        if discarded { check } else { app.store.check(&session.handle, id).await?.ok_or(Refusal::NoSuchCheck)? };
    Ok(Json(reader.view(&now).await?))
}

/// What stands so already is done, also if the answer to that was lost.
async fn go_on(app: &App, session: &Tutored, check: &StoredCheck, to: CheckState) -> Result<bool, Refusal> {
    let from = match (check.state, to) {
        (now, to) if now == to => return Ok(true),
        (CheckState::Written, CheckState::Closed) | (_, CheckState::Written) => return Ok(false),
        (now, CheckState::Open | CheckState::Closed) => now,
    };
    Ok(app.store.move_check(session.leading()?, &check.id, from, to, clock::now()).await?)
}

/// `PUT /api/tutoring/{session}/checks/{check}/answer`.
pub async fn answer(
    State(app): State<SharedApp>,
    Checked { session, check }: Checked,
    Body(answer): Body<CheckAnswer>,
) -> Result<Json<CheckView>, Refusal> {
    if !session.handle.role().is_some_and(Role::answers_checks) {
        return Err(Refusal::NotAsked);
    }
    let answer = fitting(&check.words, answer)?;
    limits::speech(&app, session.who())?;
    let (directory, now) = (app.store.directory(), clock::now());
    let school = directory.school_of(session.who(), now).map(|school| &school.id);
    match app.store.answer_check(&session.handle, &check.id, school, &answer, now).await? {
        Answered::Kept => tell(&app, &session, SessionNews::Answers),
        Answered::Closed => return Err(Refusal::CheckClosed),
        Answered::Full => return Err(Refusal::TooManyAnswers),
    }
    let check = app.store.check(&session.handle, &check.id).await?.ok_or(Refusal::NoSuchCheck)?;
    Ok(Json(CheckReader::of(&app, &session.handle).await?.view(&check).await?))
}

/// The answer as it is kept: choices in their order, each once.
fn fitting(words: &CheckWords, answer: CheckAnswer) -> Result<CheckAnswer, Refusal> {
    let CheckAnswer { choices, text } = answer;
    let chosen: BTreeSet<u8> = choices.into_iter().collect();
    let within = |most: usize| chosen.iter().all(|choice| usize::from(*choice) < most);
    let fits = match words.kind {
        CheckKind::One => text.is_empty() && chosen.len() == 1 && within(words.choices.len()),
        CheckKind::Several => text.is_empty() && !chosen.is_empty() && within(words.choices.len()),
        CheckKind::TrueFalse => text.is_empty() && chosen.len() == 1 && within(2),
        CheckKind::Short => chosen.is_empty(),
    };
    let text = match words.kind {
        CheckKind::Short => checked_words(&text, MAX_SHORT_CHARS)?,
        CheckKind::One | CheckKind::Several | CheckKind::TrueFalse => text,
    };
    if fits { Ok(CheckAnswer { choices: chosen.into_iter().collect(), text }) } else { Err(Refusal::AnswerUnfit) }
}

fn tell(app: &App, session: &Tutored, news: SessionNews) {
    app.tell_session(session.handle.stored(), news);
}
