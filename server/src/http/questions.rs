//! Questions in a tutoring session: asking, voting, taking, answering.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use shared::api::{
    AskQuestion, BoardPlace, DecideQuestion, QuestionCard, QuestionList, SchoolCard, SessionNews, WaitingQuestion,
    WaitingQuestions,
};
use shared::organisation::Directory;
use shared::tutoring::{
    MAX_ANSWER_CHARS, MAX_BOARD_PAGE, MAX_BOARD_PLACE, MAX_QUESTION_CHARS, MAX_QUOTE_CHARS, MediaKind, QuestionState,
    Role, TutoringState,
};
use shared::words::{QuestionId, UnixMillis};

use super::attendee::Tutored;
use super::caller::Body;
use super::limits;
use super::pressed::Pressed;
use super::refusal::Refusal;
use super::tutoring_media::{self, own_loose};
use super::tutoring_view::Attendees;
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::words::{checked_saying, checked_words};
use crate::store::{
    MediaPart, NewQuestion, QuestionDecision, Said, StoredGuest, StoredMedia, StoredQuestion, TutoringHandle,
};

/// Of the host's waiting list.
const MOST_WAITING: u32 = 100;

/// The question in the path, of the session in the path.
pub struct Asked {
    session: Tutored,
    question: StoredQuestion,
}

#[derive(Deserialize)]
struct InPath {
    question: String,
}

impl FromRequestParts<SharedApp> for Asked {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let session = Tutored::from_request_parts(parts, app).await?;
        if !hears(&session.handle) {
            return Err(Refusal::NoSuchQuestion);
        }
        let path: Result<Path<InPath>, _> = Path::from_request_parts(parts, app).await;
        let Path(InPath { question }) = path.map_err(|_| Refusal::NoSuchQuestion)?;
        let id: QuestionId = question.parse().map_err(|_| Refusal::NoSuchQuestion)?;
        let question = app.store.question(&session.handle, &id).await?.ok_or(Refusal::NoSuchQuestion)?;
        if question.state == QuestionState::Withdrawn && question.author != *session.who() {
            return Err(Refusal::NoSuchQuestion);
        }
        Ok(Self { session, question })
    }
}

/// Who may see the board may see the questions: before it opens, those who prepare it and those who ask beforehand.
pub fn hears(handle: &TutoringHandle) -> bool {
    match handle.state() {
        TutoringState::Open | TutoringState::Ended => true,
        TutoringState::Planned => handle.role().is_some_and(Role::asks) || handle.leading().is_some(),
        TutoringState::Cancelled => handle.leading().is_some(),
    }
}

/// `GET /api/tutoring/{session}/questions`.
pub async fn list(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    session: Tutored,
) -> Result<Pressed<QuestionList>, Refusal> {
    let mut questions = if hears(&session.handle) { app.store.questions(&session.handle).await? } else { Vec::new() };
    questions.sort_by_key(|one| {
        let votes = if one.state.waits() { one.votes } else { 0 };
        (!one.state.waits(), Reverse(votes), one.number)
    });
    let reader = QuestionReader::of(&app, &session.handle).await?;
    let questions = questions.into_iter().map(|question| reader.card(question)).collect();
    Ok(Pressed::new(&headers, QuestionList { questions }))
}

/// `POST /api/tutoring/{session}/questions`. Also before it opens, and after it has ended, as long as somebody answers.
pub async fn ask(
    State(app): State<SharedApp>,
    session: Tutored,
    Body(AskQuestion { id, text, anonymous, place, quote, follows, photo, clip }): Body<AskQuestion>,
) -> Result<(StatusCode, Json<QuestionCard>), Refusal> {
    if !session.handle.role().is_some_and(Role::asks) {
        return Err(Refusal::OnlyParticipants);
    }
    if session.handle.state() == TutoringState::Cancelled {
        return Err(Refusal::SessionStandsOtherwise);
    }
    let media = own_loose(&app, &session, &id, photo.as_ref(), clip.as_ref()).await?;
    let text = match media.is_empty() {
        true => checked_words(&text, MAX_QUESTION_CHARS)?,
        false => checked_saying(&text, MAX_QUESTION_CHARS)?,
    };
    let quote = checked_saying(&quote, MAX_QUOTE_CHARS)?;
    if !place.is_none_or(is_on_a_board) {
        return Err(Refusal::BadRequest);
    }
    limits::speech(&app, session.who())?;
    let question = NewQuestion { id, text, anonymous, place, quote, follows, media, at: clock::now() };
    match app.store.ask_question(&session.handle, &question).await? {
        Said::Now => {}
        Said::Before => {
            let before = app.store.question(&session.handle, &question.id).await?.ok_or(Refusal::NoSuchQuestion)?;
            if (&before.text, before.anonymous) != (&question.text, question.anonymous) {
                return Err(Refusal::SentOtherwise);
            }
            for id in &question.media {
                let media = app.store.media(&session.handle, id).await?;
                if media.is_none_or(|media| media.part != MediaPart::Question(question.id.clone())) {
                    return Err(Refusal::SentOtherwise);
                }
            }
        }
        Said::Foreign => return Err(Refusal::IdTaken),
        Said::NoThread => return Err(Refusal::NoSuchQuestion),
        Said::TooManyReplies | Said::ThankedBefore => return Err(Refusal::TooManyQuestions),
    }
    Ok((StatusCode::CREATED, told(&app, &session, &question.id).await?))
}

fn is_on_a_board(BoardPlace { page, x, y }: BoardPlace) -> bool {
    let within = -MAX_BOARD_PLACE..=MAX_BOARD_PLACE;
    page <= MAX_BOARD_PAGE && within.contains(&x) && within.contains(&y)
}

/// `PUT /api/tutoring/{session}/questions/{question}`.
pub async fn decide(
    State(app): State<SharedApp>,
    Asked { session, question }: Asked,
    Body(decision): Body<DecideQuestion>,
) -> Result<Json<QuestionCard>, Refusal> {
    let now = clock::now();
    match decision {
        DecideQuestion::Withdraw if question.author == *session.who() => {
            let done = app.store.withdraw_question(&session.handle, &question.id, now).await?;
            if !done && question.state != QuestionState::Withdrawn {
                return Err(Refusal::AlreadyDecided);
            }
            // What was merged into it waits again.
            app.tell_session(session.handle.stored(), SessionNews::Questions);
        }
        DecideQuestion::Withdraw => return Err(Refusal::NotYourWords),
        DecideQuestion::Merge { into } => {
            let leading = session.leading()?;
            let same = question.state == QuestionState::Merged && question.merged_into.as_ref() == Some(&into);
            if !same && !app.store.merge_question(leading, &question.id, &into, now).await? {
                return Err(Refusal::AlreadyDecided);
            }
            if !same {
                drop(told(&app, &session, &into).await?);
            }
        }
        DecideQuestion::Take
        | DecideQuestion::AnsweredLive { .. }
        | DecideQuestion::AnswerInWriting { .. }
        | DecideQuestion::PutAside
        | DecideQuestion::Reopen => settle(&app, &session, &question, decision, now).await?,
    }
    told(&app, &session, &question.id).await
}

async fn settle(
    app: &App,
    session: &Tutored,
    question: &StoredQuestion,
    decision: DecideQuestion,
    now: UnixMillis,
) -> Result<(), Refusal> {
    let leading = session.leading()?;
    let (to, moment, answer) = match decision {
        DecideQuestion::Take => (QuestionState::Taken, None, String::new()),
        DecideQuestion::AnsweredLive { moment } => {
            // What was said live goes beside what was written before.
            let moment = moment_of(&session.handle, moment, now)?;
            (QuestionState::Answered, Some(moment), question.answer.clone())
        }
        DecideQuestion::AnswerInWriting { answer } => {
            (QuestionState::Answered, question.moment, checked_words(&answer, MAX_ANSWER_CHARS)?)
        }
        DecideQuestion::PutAside => (QuestionState::Aside, None, String::new()),
        DecideQuestion::Reopen => (QuestionState::Asked, None, String::new()),
        DecideQuestion::Merge { .. } | DecideQuestion::Withdraw => return Err(Refusal::Internal),
    };
    if matches!(question.state, QuestionState::Merged | QuestionState::Withdrawn) {
        return Err(Refusal::AlreadyDecided);
    }
    let decision = QuestionDecision { from: question.state, since: question.decided, to, moment, answer, at: now };
    match app.store.decide_question(leading, &question.id, &decision).await? {
        true => Ok(()),
        false => Err(Refusal::AlreadyDecided),
    }
}

/// In milliseconds since the session began; it can't be marked before it does, nor after it has ended.
fn moment_of(handle: &TutoringHandle, moment: Option<i64>, now: UnixMillis) -> Result<i64, Refusal> {
    let opened = handle.stored().opened.ok_or(Refusal::SessionNotOpen)?;
    let last = handle.stored().ended.unwrap_or(now).0 - opened.0;
    let moment = moment.unwrap_or(now.0 - opened.0);
    if (0..=last).contains(&moment) { Ok(moment) } else { Err(Refusal::SessionNotOpen) }
}

/// `PUT /api/tutoring/{session}/questions/{question}/vote`.
pub async fn vote(State(app): State<SharedApp>, asked: Asked) -> Result<Json<QuestionCard>, Refusal> {
    let Asked { session, question } = may_vote(asked)?;
    limits::gesture(&app, session.who())?;
    match app.store.vote(&session.handle, &question.id).await? {
        true => told(&app, &session, &question.id).await,
        false => own(&app, &session, &question.id).await,
    }
}

/// `DELETE /api/tutoring/{session}/questions/{question}/vote`.
pub async fn unvote(State(app): State<SharedApp>, asked: Asked) -> Result<Json<QuestionCard>, Refusal> {
    let Asked { session, question } = may_vote(asked)?;
    // Whoever asked it wants to know it.
    limits::gesture(&app, session.who())?;
    if question.author != *session.who() && app.store.unvote(&session.handle, &question.id).await? {
        told(&app, &session, &question.id).await
    } else {
        own(&app, &session, &question.id).await
    }
}

fn may_vote(asked: Asked) -> Result<Asked, Refusal> {
    if !asked.session.handle.role().is_some_and(Role::asks) {
        return Err(Refusal::OnlyParticipants);
    }
    if asked.question.state.waits() { Ok(asked) } else { Err(Refusal::AlreadyDecided) }
}

/// The question as it is now: told to all who are there, and answered to whoever did it.
async fn told(app: &App, session: &Tutored, id: &QuestionId) -> Result<Json<QuestionCard>, Refusal> {
    let card = own(app, session, id).await?;
    let for_all = QuestionCard { mine: false, voted: false, ..card.0.clone() };
    app.tell_session(session.handle.stored(), SessionNews::Question(Box::new(for_all)));
    Ok(card)
}

/// The question as it is now, for whoever asked for that.
async fn own(app: &App, session: &Tutored, id: &QuestionId) -> Result<Json<QuestionCard>, Refusal> {
    let question = app.store.question(&session.handle, id).await?.ok_or(Refusal::NoSuchQuestion)?;
    Ok(Json(QuestionReader::of(app, &session.handle).await?.card(question)))
}

/// `GET /api/tutoring/questions/waiting`.
pub async fn waiting(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Pressed<WaitingQuestions>, Refusal> {
    let (found, total) = app.store.questions_waiting_for(&caller.person, MOST_WAITING).await?;
    let sessions: BTreeSet<_> = found.iter().map(|question| &question.session).collect();
    let mut handles: Vec<TutoringHandle> = Vec::with_capacity(sessions.len());
    for session in sessions {
        handles.extend(TutoringHandle::open(&*app.store, &caller.person, session).await?);
    }
    let mut readers = Vec::with_capacity(handles.len());
    for handle in &handles {
        readers.push(QuestionReader::of(&app, handle).await?);
    }
    let questions = found.into_iter().filter_map(|question| {
        let reader = readers.iter().find(|reader| *reader.handle.id() == question.session)?;
        let title = reader.handle.stored().plan.title.as_str().to_owned();
        Some(WaitingQuestion { session: question.session.clone(), title, question: reader.card(question) })
    });
    let questions = questions.collect();
    Ok(Pressed::new(&headers, WaitingQuestions { questions, total }))
}

/// Makes cards of questions for one who may see them.
struct QuestionReader<'a> {
    app: &'a App,
    directory: std::sync::Arc<Directory>,
    handle: &'a TutoringHandle,
    guests: Vec<StoredGuest>,
    media: Vec<StoredMedia>,
    now: UnixMillis,
}

impl<'a> QuestionReader<'a> {
    async fn of(app: &'a App, handle: &'a TutoringHandle) -> Result<Self, Refusal> {
        let guests = app.store.guests(handle.id()).await?;
        let media = app.store.media_of(handle).await?;
        Ok(Self { app, directory: app.store.directory(), handle, guests, media, now: clock::now() })
    }

    fn card(&self, question: StoredQuestion) -> QuestionCard {
        let session = self.handle.stored();
        let attendees =
            Attendees { app: self.app, directory: &self.directory, session, guests: &self.guests, now: self.now };
        let mine = question.author == *self.handle.who();
        let school = || {
            let school = self.directory.school_of(&question.author, self.now)?;
            let lead = self.directory.leads(&school.id, self.now);
            Some(SchoolCard { id: school.id.clone(), name: school.name.clone(), seal: school.seal.clone(), lead })
        };
        let of_it = |kind| {
            let is_it = |one: &&StoredMedia| one.kind == kind && one.part == MediaPart::Question(question.id.clone());
            self.media.iter().find(is_it).map(tutoring_media::card)
        };
        QuestionCard {
            photo: of_it(MediaKind::Photo),
            clip: of_it(MediaKind::Clip),
            by: (!question.anonymous).then(|| attendees.of(&question.author)),
            school: question.anonymous.then(school).flatten(),
            decided_by: question.decided_by.as_ref().map(|id| attendees.of(id).person),
            id: question.id,
            number: question.number,
            text: question.text,
            place: question.place,
            quote: question.quote,
            follows: question.follows,
            at: question.at,
            state: question.state,
            decided: question.decided,
            merged_into: question.merged_into,
            moment: question.moment,
            answer: question.answer,
            votes: question.votes,
            mine,
            voted: question.voted,
        }
    }
}
