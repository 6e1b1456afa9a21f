//! One websocket to one document.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::pen::EMPTY;
use super::speech::{Heard, Speech, Step};

/// How to come to a document.
#[derive(Debug, Clone)]
pub struct Way {
    pub address: SocketAddr,
    /// With what the server wants to know, a token for example.
    pub path: String,
    pub speech: Speech,
    /// A bare broadcast answers nothing.
    pub answers: bool,
}

/// What a document may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);
/// One loopback address has ports for fewer connections than are held here.
const FROM_ONE_ADDRESS: u32 = 10_000;
/// The default of 128 KiB would make thousands of clients heavy.
const BUFFER: usize = 4 << 10;

pub struct Client {
    socket: WebSocketStream<TcpStream>,
    speech: Speech,
    /// Bytes of frames heard.
    received: u64,
}

pub struct Mouth {
    sink: SplitSink<WebSocketStream<TcpStream>, Message>,
    speech: Speech,
}

pub struct Ear {
    stream: SplitStream<WebSocketStream<TcpStream>>,
    speech: Speech,
    received: u64,
}

impl Client {
    /// An open socket on which nothing has been said but what the server wants to hear first.
    pub async fn connect(way: &Way) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(source())?;
        let stream = socket.connect(way.address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let mut request = format!("ws://{}{}", way.address, way.path).into_client_request()?;
        if way.speech == Speech::Gongbei {
            request.headers_mut().insert("sec-websocket-protocol", "gongbei.v1".parse()?);
        }
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(BUFFER)
            .max_message_size(None)
            .max_frame_size(None);
        let opened = client_async_with_config(request, stream, Some(config)).await;
        let (socket, _) = opened.context("the server opened no websocket")?;
        let mut client = Self { socket, speech: way.speech.clone(), received: 0 };
        if let Some(greeting) = client.speech.greeting() {
            client.socket.feed(Message::Binary(greeting)).await?;
        }
        Ok(client)
    }

    /// Opens the document as a stock client does that has nothing yet; gives what the server has of it.
    pub async fn join(way: &Way) -> Result<(Self, Bytes)> {
        Self::join_with(way, EMPTY, &[0]).await
    }

    /// The same for somebody who comes back with `own`, whose state vector is given.
    pub async fn join_with(way: &Way, own: &[u8], state_vector: &[u8]) -> Result<(Self, Bytes)> {
        let mut client = Self::connect(way).await?;
        let first = client.speech.sync(Step::One, state_vector);
        client.say(first).await?;
        if !way.answers {
            return Ok((client, Bytes::from_static(EMPTY)));
        }
        let joining = async {
            // What came since the answer was written goes after it as updates.
            let (mut has, mut is_answered, mut was_asked) = (Vec::new(), false, false);
            while !(is_answered && was_asked) {
                match client.hear().await? {
                    Heard::Sync(Step::One, _) => {
                        let answer = client.speech.sync(Step::Two, own);
                        client.say(answer).await?;
                        was_asked = true;
                    }
                    Heard::Sync(step, update) => {
                        is_answered |= step == Step::Two;
                        has.push(update);
                    }
                    Heard::Saved(_) | Heard::SavedOne | Heard::Live(_) | Heard::Told(_) | Heard::Else => {}
                }
            }
            match has.as_slice() {
                [whole] => Ok(whole.clone()),
                several => anyhow::Ok(yrs::merge_updates_v1(several)?.into()),
            }
        };
        let has = tokio::time::timeout(PATIENCE, joining).await.context("the document did not arrive")??;
        Ok((client, has))
    }

    /// What the server has of the document, once it says nothing more: some answer before they have read their store.
    pub async fn look(way: &Way) -> Result<Vec<Bytes>> {
        const NOTHING_MORE: Duration = Duration::from_millis(1_000);
        let (mut client, first) = Self::join(way).await?;
        let mut updates = vec![first];
        while let Ok(heard) = tokio::time::timeout(NOTHING_MORE, client.hear()).await {
            if let Heard::Sync(Step::Two | Step::Update, update) = heard? {
                updates.push(update);
            }
        }
        Ok(updates)
    }

    /// The next frame that makes sense.
    ///
    /// # Errors
    /// When the server has closed.
    pub async fn hear(&mut self) -> Result<Heard> {
        hear(&mut self.socket, &self.speech, &mut self.received).await
    }

    /// Bytes of all frames heard so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Sends a whole frame.
    pub async fn say(&mut self, frame: Bytes) -> Result<()> {
        Ok(self.socket.send(Message::Binary(frame)).await?)
    }

    /// Sends what no client of this family sends.
    pub async fn say_text(&mut self, text: &str) -> Result<()> {
        Ok(self.socket.send(Message::text(text)).await?)
    }

    pub fn speech(&self) -> &Speech {
        &self.speech
    }

    /// The connection under the websocket, for what no websocket would send.
    pub fn connection(&mut self) -> &mut TcpStream {
        self.socket.get_mut()
    }

    pub fn split(self) -> (Mouth, Ear) {
        let Self { socket, speech, received } = self;
        let (sink, stream) = socket.split();
        (Mouth { sink, speech: speech.clone() }, Ear { stream, speech, received })
    }
}

impl Mouth {
    pub fn speech(&self) -> &Speech {
        &self.speech
    }

    pub async fn say(&mut self, frame: Bytes) -> Result<()> {
        Ok(self.sink.send(Message::Binary(frame)).await?)
    }

    /// As [`Mouth::say`], together with what is said next.
    pub async fn say_soon(&mut self, frame: Bytes) -> Result<()> {
        Ok(self.sink.feed(Message::Binary(frame)).await?)
    }

    pub async fn flush(&mut self) -> Result<()> {
        Ok(self.sink.flush().await?)
    }
}

impl Ear {
    pub async fn hear(&mut self) -> Result<Heard> {
        hear(&mut self.stream, &self.speech, &mut self.received).await
    }
}

type Incoming = Result<Message, tokio_tungstenite::tungstenite::Error>;

async fn hear(
    stream: &mut (impl StreamExt<Item = Incoming> + Unpin),
    speech: &Speech,
    received: &mut u64,
) -> Result<Heard> {
    while let Some(message) = stream.next().await {
        match message? {
            Message::Binary(frame) => {
                *received += frame.len() as u64;
                if let Some(heard) = speech.read(&frame) {
                    return Ok(heard);
                }
            }
            Message::Close(why) => bail!("the server closed: {why:?}"),
            Message::Text(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
    bail!("the server is gone")
}

/// Loopback addresses in turn, any port.
fn source() -> SocketAddr {
    static CONNECTIONS: AtomicU32 = AtomicU32::new(0);
    let number = CONNECTIONS.fetch_add(1, Ordering::Relaxed) / FROM_ONE_ADDRESS;
    (Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 0, 0, 2)) + number % 200), 0).into()
}
