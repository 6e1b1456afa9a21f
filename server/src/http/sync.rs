//! `GET /sync/{document}`: a websocket into the document's room, pumped in both directions.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, Extension, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use shared::sync::room::{Dialect, Join};
use shared::tutoring::Part;
use shared::wire::{CloseCode, MAX_FIRST_SYNC, SUBPROTOCOL};
use shared::words::{DocumentId, UserId};
use tokio::sync::oneshot;

use super::access::Need;
use super::attendee::guest_for_socket;
use super::caller::{self, Query};
use super::limits::ToStranger;
use super::pulse::{Peer, Pulse};
use super::refusal::Refusal;
use crate::accounts::{Caller, Ground};
use crate::app::{App, SharedApp};
use crate::clock;
use crate::outbox::{Gone, Goodbye, Outbox};
use crate::rooms::{CannotJoin, Seat, ToRoom};
use crate::secret;
use crate::sockets::Ends;
use crate::store::{DocumentHandle, StoreError};

/// Who has been silent for so long is asked for a sign of life …
const PING_AFTER: Duration = Duration::from_secs(20);
/// … and given up when not one byte came for so long (L6), or when not one could be written for so long.
const SILENT_AT_MOST: Duration = Duration::from_secs(45);
/// A socket that is to close gets its last frames within this time.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);
/// tungstenite keeps a buffer of this size per socket, and clears it at each look for news; its default of 128 KiB
/// would be most of an idle socket's memory. A larger frame gets room for itself.
const READ_BUFFER: usize = 1 << 10;

#[derive(Deserialize)]
pub struct SyncParameters {
    token: Option<String>,
    /// Whom the page believes to be signed in (J5).
    person: Option<String>,
}

pub async fn upgrade(
    State(app): State<SharedApp>,
    Path(document): Path<String>,
    Query(SyncParameters { token, person }): Query<SyncParameters>,
    Extension(need): Extension<Need>,
    peer: Option<Extension<ConnectInfo<Peer>>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let upgrade = upgrade.map_err(|_| Refusal::NoWebSocket)?;
    let judged = app.sockets.ends();
    // Whoever shows a token, a good one or not, is no guest: a guest comes from a page of this site.
    let by_token = token.is_some() || caller::bearer(&headers).is_some();
    let caller = caller::for_socket(&headers, token, need, &app).await?;
    let is_named = |who: &UserId| person.as_deref().is_none_or(|person| person == who.as_str());
    let caller = match caller.filter(|caller| is_named(&caller.person)) {
        Some(caller) => Some(caller),
        None if by_token => None,
        None => guest_for_socket(&headers, &document, &app).await?.filter(|guest| is_named(&guest.person)),
    };
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER)
        // Only pongs and the goodbye go this way.
        .write_buffer_size(0)
        .max_message_size(MAX_FIRST_SYNC + 64)
        .max_frame_size(MAX_FIRST_SYNC + 64);
    let Extension(ConnectInfo(peer)) = peer.ok_or(Refusal::NoWebSocket)?;
    let is_stranger = caller.is_none();
    let mut response = upgrade.on_upgrade(move |socket| visit(app, caller, judged, peer, document, socket));
    if is_stranger {
        response.extensions_mut().insert(ToStranger);
    }
    Ok(response)
}

/// A whole visit, from the open socket to the closed one. What was refused is told here and not by an HTTP status,
/// because a page can't read the status of a websocket that did not open.
async fn visit(
    app: SharedApp,
    caller: Option<Box<Caller>>,
    judged: Ends,
    peer: Peer,
    document: String,
    mut socket: WebSocket,
) {
    let Peer { outbox, pulse, .. } = peer;
    outbox.speak_frames();
    let dialect = if socket.protocol().is_some() { Dialect::Gongbei } else { Dialect::Stock };
    // Held until the goodbye is said: a stopping server waits for that.
    let mut entry = None;
    let goodbye = match caller {
        Some(caller) => {
            let (entered, ended) = app.sockets.enter(caller.account().cloned(), caller.ground.hash);
            entry = Some(entered);
            let visitor = Visitor { caller, judged, dialect, pulse };
            stay(&app, visitor, &document, ended, &outbox, &mut socket).await
        }
        None => Some(Goodbye::new(CloseCode::SessionEnded, "sign in")),
    };
    if let Some(Goodbye { code, reason }) = goodbye {
        let frame = CloseFrame { code: code.code(), reason: reason.into() };
        let leaving = async {
            socket.send(Message::Close(Some(frame))).await.ok()?;
            while outbox.waits() {
                outbox.write_on().await.ok()?;
            }
            // Until the peer has closed too: data of theirs left unread would reset the connection and eat the goodbye.
            while let Some(Ok(_)) = socket.recv().await {}
            Some(())
        };
        tokio::time::timeout(GOODBYE_WITHIN, leaving).await.ok();
    }
    drop(entry);
}

/// Who came, how they speak, and whether they live.
struct Visitor {
    caller: Box<Caller>,
    /// When the caller was read.
    judged: Ends,
    dialect: Dialect,
    pulse: Pulse,
}

/// Joins the room and pumps until one side ends it; `None` if the peer is gone already.
async fn stay(
    app: &App,
    Visitor { caller, judged, dialect, pulse }: Visitor,
    document: &str,
    ended: oneshot::Receiver<()>,
    outbox: &Outbox,
    socket: &mut WebSocket,
) -> Option<Goodbye> {
    let (person, who) = (caller.account().cloned(), caller.person.clone());
    // Boxed: it is over in a moment, and what it needs would stay part of the visit.
    let (seat, document, is_session) =
        match Box::pin(join(app, &caller, judged, document, dialect, outbox.clone())).await {
            Ok(joined) => joined,
            Err(goodbye) => return Some(goodbye),
        };
    let ground = caller.ground;
    // A visit may be long, and is one of thousands.
    drop(caller);
    note_visit(app, person.as_ref(), &document);
    let stay = if is_session { arrive(app, &document, &who).await } else { None };
    pulse.hear();
    let signs = Signs { pulse, used: AtomicBool::new(false) };
    let goodbye = tokio::select! {
        goodbye = receive(socket, &seat, &signs) => goodbye,
        goodbye = send(outbox, &seat, &signs) => goodbye,
        goodbye = watch_ground(app, ground, &signs) => Some(goodbye),
        Ok(()) = ended => Some(Goodbye::new(CloseCode::SessionEnded, "session ended")),
    };
    seat.room.send(ToRoom::Leave { who: seat.who }).await.ok();
    note_visit(app, person.as_ref(), &document);
    if is_session {
        depart(app, &document, &who, stay).await;
    }
    match goodbye {
        // An account that is closed loses its rights, too, and whichever is heard first: it is the session that ended.
        Some(Goodbye { code: CloseCode::NoRight, .. }) if has_ended(app, ground).await => {
            Some(Goodbye::new(CloseCode::SessionEnded, "session ended"))
        }
        goodbye => goodbye,
    }
}

/// Guests have no list of what they had open.
fn note_visit(app: &App, person: Option<&UserId>, document: &DocumentId) {
    if let Some(person) = person {
        app.visits.note(person.clone(), document.clone(), clock::now());
    }
}

/// What can't be noted keeps nobody from the session.
async fn arrive(app: &App, board: &DocumentId, who: &UserId) -> Option<u64> {
    let noted = app.store.note_arrival(board, who, clock::now()).await;
    noted.inspect_err(|error| tracing::warn!("{error}")).ok().flatten()
}

async fn depart(app: &App, board: &DocumentId, who: &UserId, stay: Option<u64>) {
    if let Err(error) = app.store.note_departure(board, who, stay, clock::now()).await {
        tracing::warn!("{error}");
    }
}

async fn has_ended(app: &App, ground: Ground) -> bool {
    matches!(app.accounts.ground_until(ground, false).await, Ok(None))
}

/// Whether it is the board of a session, too: who has that open attends.
async fn join(
    app: &App,
    caller: &Caller,
    caller_judged: Ends,
    document: &str,
    dialect: Dialect,
    outbox: Outbox,
) -> Result<(Seat, DocumentId, bool), Goodbye> {
    let failing = |error: StoreError| {
        tracing::error!("{error}");
        Goodbye::new(CloseCode::RoomClosed, "store failing")
    };
    // The ground may have ended while the socket was opening, before it was entered among those to be closed.
    if app.sockets.ends() != caller_judged {
        let until = app.accounts.ground_until(caller.ground, false).await.map_err(failing)?;
        until.ok_or(Goodbye::new(CloseCode::SessionEnded, "session ended"))?;
    }
    let judged = app.rooms.facts_version();
    let no_right = || Goodbye::new(CloseCode::NoRight, "no right");
    let id: DocumentId = document.parse().map_err(|_| no_right())?;
    let handle = DocumentHandle::open(&*app.store, &caller.person, &id).await.map_err(failing)?.ok_or_else(no_right)?;
    let joined = app.rooms.join(&handle, judged, outbox, |who| Join {
        who,
        person: caller.card.clone(),
        dialect,
        right: handle.right_in_room(),
        title: handle.title().clone(),
        client_id: secret::random_client_id(),
    });
    match joined.await {
        Ok(seat) => {
            let of = handle.facts().access.session.as_deref();
            Ok((seat, id, of.is_some_and(|of| of.part == Part::Board)))
        }
        Err(CannotJoin) => Err(Goodbye::new(CloseCode::RoomClosed, "come back")),
    }
}

/// What the two pumps tell each other.
struct Signs {
    pulse: Pulse,
    /// Whether the peer has sent a frame since the session was last looked at.
    used: AtomicBool,
}

/// Socket → room. A full inbox stops the reading, and so in the end the peer.
async fn receive(socket: &mut WebSocket, seat: &Seat, signs: &Signs) -> Option<Goodbye> {
    while let Some(message) = socket.recv().await {
        signs.pulse.hear();
        let frame = match message {
            Ok(Message::Binary(frame)) => frame,
            Ok(Message::Ping(_) | Message::Pong(_)) => continue,
            Ok(Message::Text(_)) => return Some(Goodbye::new(CloseCode::Malformed, "frames are binary")),
            Ok(Message::Close(_)) => return None,
            Err(error) => {
                tracing::debug!("a socket failed: {error}");
                return Some(Goodbye::new(CloseCode::Malformed, "unreadable or too large"));
            }
        };
        signs.used.store(true, Ordering::Relaxed);
        if seat.room.send(ToRoom::Frame { from: seat.who, frame }).await.is_err() {
            return Some(Goodbye::new(CloseCode::RoomClosed, "come back"));
        }
    }
    None
}

/// What the room could not write at once goes on from here, and who says nothing is asked for a sign of life.
async fn send(outbox: &Outbox, seat: &Seat, signs: &Signs) -> Option<Goodbye> {
    loop {
        if tokio::time::timeout(PING_AFTER, outbox.called()).await.is_err() {
            let silent = signs.pulse.silent_for();
            if silent >= SILENT_AT_MOST {
                return None;
            } else if silent >= PING_AFTER {
                outbox.ping();
            }
        }
        while outbox.waits() {
            // Neither in time nor broken: the peer is gone, or has read nothing for too long.
            let written = tokio::time::timeout(SILENT_AT_MOST, outbox.write_on()).await.ok()?.ok()?;
            if let Some(Gone { frames, bytes }) = written {
                let drained = ToRoom::Drained { who: seat.who, frames, bytes };
                if seat.room.send(drained).await.is_err() {
                    return Some(Goodbye::new(CloseCode::RoomClosed, "come back"));
                }
            }
        }
        if outbox.is_broken() {
            return None;
        }
        if let Some(goodbye) = outbox.goodbye() {
            return Some(goodbye);
        }
    }
}

/// Ends when the session or token does. Writing counts as use of it, as does every request.
async fn watch_ground(app: &App, ground: Ground, signs: &Signs) -> Goodbye {
    let mut until = ground.until;
    let look_every = app.accounts.limits().idle / 4;
    loop {
        let left = u64::try_from(until.0 - clock::now().0).unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(left).min(look_every)).await;
        match app.accounts.ground_until(ground, signs.used.swap(false, Ordering::Relaxed)).await {
            Ok(Some(later)) => until = later,
            Ok(None) => return Goodbye::new(CloseCode::SessionEnded, "session ended"),
            // A failing disk must not throw people out of what they write.
            Err(error) => {
                tracing::warn!("{error}");
                until = clock::after(clock::now(), look_every);
            }
        }
    }
}
