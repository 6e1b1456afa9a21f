//! One end of a `/sync` socket with a document of its own: a stock y-websocket client, or ours without its queue.

use std::net::SocketAddr;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use shared::document::new_doc;
use shared::sync::packed::unpack;
use shared::wire::{Message, SUBPROTOCOL, Welcome, live_entries};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::Message as Ws;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Doc, GetString, ReadTxn, StateVector, Text, Transact, Update};

use crate::world::{PATIENCE, Person};

/// What a socket goes over: a plain line or an encrypted one.
pub trait Line: AsyncRead + AsyncWrite + Send + Unpin {}

impl<L: AsyncRead + AsyncWrite + Send + Unpin> Line for L {}

pub struct Peer {
    socket: WebSocketStream<Box<dyn Line>>,
    pub doc: Doc,
    pub welcome: Option<Welcome>,
    /// Frames that the server has said are durable.
    pub saved: u64,
    /// Update-carrying frames sent.
    pub sent: u64,
    pub refused: Vec<(u64, String)>,
    pub trouble: bool,
    pub right: Option<shared::access::Right>,
    pub title: Option<String>,
    /// What changed beside the document.
    pub told: Vec<Bytes>,
    /// What others drew, and who.
    pub live: Vec<(u64, Bytes)>,
    pub closed: Option<u16>,
    /// The answer to the first question has come.
    pub caught_up: bool,
}

impl Peer {
    /// A stock client: a token in the address, a client id of its own.
    pub async fn stock(address: SocketAddr, document: &str, token: &str) -> Self {
        let request = format!("ws://{address}/sync/{document}?token={token}").into_client_request().unwrap();
        let mut peer = Self::connect(request).await;
        peer.hello(Message::Step1).await;
        peer
    }

    /// Our own client with an access token.
    pub async fn page_with_token(address: SocketAddr, document: &str, token: &str) -> Self {
        let mut request = format!("ws://{address}/sync/{document}?token={token}").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        Self::welcomed(request).await
    }

    /// Our own client with the cookie of its page.
    pub async fn page(person: &Person, document: &str) -> Self {
        Self::page_at(person, format!("/sync/{document}")).await
    }

    /// The same, where the page was opened by whoever has the id `opened_by`.
    pub async fn page_of(person: &Person, document: &str, opened_by: &str) -> Self {
        Self::page_at(person, format!("/sync/{document}?person={opened_by}")).await
    }

    async fn page_at(person: &Person, path: String) -> Self {
        let mut request = format!("ws://{}{path}", person.address).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        headers.insert("cookie", person.cookie.parse().unwrap());
        headers.insert("origin", person.origin().parse().unwrap());
        Self::welcomed(request).await
    }

    async fn welcomed(request: tokio_tungstenite::tungstenite::http::Request<()>) -> Self {
        let mut peer = Self::connect(request).await;
        peer.until("welcomed or closed", |peer| peer.welcome.is_some() || peer.closed.is_some()).await;
        if let Some(welcome) = &peer.welcome {
            peer.doc = new_doc(welcome.client_id);
            peer.hello(Message::Ask).await;
        }
        peer
    }

    async fn connect(request: tokio_tungstenite::tungstenite::http::Request<()>) -> Self {
        let address = request.uri().authority().expect("a request names its server").as_str();
        let line = TcpStream::connect(address).await.expect("the server takes connections");
        Self::over(Box::new(line), request).await
    }

    /// The same over a line that is there already.
    pub async fn over(line: Box<dyn Line>, request: tokio_tungstenite::tungstenite::http::Request<()>) -> Self {
        let (socket, _) = tokio_tungstenite::client_async(request, line).await.expect("the socket opens");
        Self {
            socket,
            doc: new_doc(u64::from(rand::random::<u32>())),
            welcome: None,
            saved: 0,
            sent: 0,
            refused: Vec::new(),
            trouble: false,
            right: None,
            title: None,
            told: Vec::new(),
            live: Vec::new(),
            closed: None,
            caught_up: false,
        }
    }

    /// Asks for what this side lacks.
    pub async fn hello(&mut self, question: fn(Bytes) -> Message) {
        let state_vector = self.doc.transact().state_vector().encode_v1();
        self.send(question(state_vector.into()).encode()).await;
    }

    pub async fn send(&mut self, frame: Bytes) {
        if self.socket.send(Ws::Binary(frame)).await.is_err() {
            self.closed.get_or_insert(0);
        }
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Ws::Text(text.into())).await.unwrap();
    }

    /// Writes at the end of the text `text` and sends the update.
    pub async fn write(&mut self, words: &str) {
        let update = self.write_unsent(words);
        self.sent += 1;
        self.send(Message::Update(update).encode()).await;
    }

    pub fn write_unsent(&self, words: &str) -> Bytes {
        let text = self.doc.get_or_insert_text("text");
        let mut txn = self.doc.transact_mut();
        let before = txn.state_vector();
        let end = text.len(&txn);
        text.insert(&mut txn, end, words);
        txn.encode_diff_v1(&before).into()
    }

    pub fn text(&self) -> String {
        let text = self.doc.get_or_insert_text("text");
        text.get_string(&self.doc.transact())
    }

    /// Takes what comes until `done`, or fails the test.
    pub async fn until(&mut self, what: &str, mut done: impl FnMut(&Self) -> bool) {
        let waited = tokio::time::timeout(PATIENCE, async { while !done(self) && self.step().await {} });
        waited.await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
        assert!(done(self), "closed with {:?} before: {what}", self.closed);
    }

    /// Takes one message; `false` once the socket is closed.
    async fn step(&mut self) -> bool {
        let Some(Ok(message)) = self.socket.next().await else {
            self.closed.get_or_insert(0);
            return false;
        };
        match message {
            Ws::Binary(frame) => self.take(Message::decode(&frame).expect("the server's frames can be read")).await,
            Ws::Close(frame) => {
                self.closed = Some(frame.map_or(0, |frame| frame.code.into()));
                return false;
            }
            Ws::Text(_) | Ws::Ping(_) | Ws::Pong(_) | Ws::Frame(_) => {}
        }
        true
    }

    /// Takes what has arrived already.
    pub async fn take_what_is_there(&mut self) {
        while let Ok(true) = tokio::time::timeout(std::time::Duration::from_millis(1), self.step()).await {}
    }

    async fn take(&mut self, message: Message) {
        match message {
            Message::Step1(state_vector) => {
                let state_vector = StateVector::decode_v1(&state_vector).unwrap();
                let lacking = self.doc.transact().encode_diff_v1(&state_vector);
                self.sent += 1;
                self.send(Message::Step2(lacking.into()).encode()).await;
            }
            Message::Step2(update) => {
                self.apply(&update);
                self.caught_up = true;
            }
            Message::Packed(packed) => {
                self.apply(&unpack(&packed).unwrap());
                self.caught_up = true;
            }
            Message::Update(update) => self.apply(&update),
            Message::Welcome(welcome) => self.welcome = Some(welcome),
            Message::Saved { frames } => self.saved = frames,
            Message::Refused(refused) => self.refused.push((refused.frame, format!("{:?}", refused.reason))),
            Message::Right(right) => self.right = Some(right),
            Message::Title(title) => self.title = Some(title.as_str().to_owned()),
            Message::Trouble(_) => self.trouble = true,
            Message::TroubleOver => self.trouble = false,
            Message::Ping => self.send(Message::Pong.encode()).await,
            Message::Told(payload) => self.told.push(payload),
            Message::Live(payload) => self.live.extend(live_entries(&payload).unwrap()),
            Message::Awareness(_)
            | Message::QueryAwareness
            | Message::Pong
            | Message::Ask(_)
            | Message::Look(_)
            | Message::Glance(_) => {}
        }
    }

    fn apply(&mut self, update: &[u8]) {
        self.doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
    }

    /// Until everything sent so far is durable.
    pub async fn until_saved(&mut self) {
        self.until("everything is saved", |peer| peer.saved >= peer.sent).await;
    }

    /// Until a page knows all that was there when it came: only then is it asked for what it has itself.
    pub async fn until_all_is_told(&mut self) {
        self.until("asked back", |peer| peer.sent > 0).await;
    }

    pub async fn until_text(&mut self, part: &str) {
        self.until(&format!("the text has {part}"), |peer| peer.text().contains(part)).await;
    }

    pub async fn until_closed(&mut self) -> u16 {
        self.until("the socket is closed", |peer| peer.closed.is_some()).await;
        self.closed.unwrap()
    }
}
