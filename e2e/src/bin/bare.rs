//! A bare broadcast: what comes from one socket goes to the others on the same path. No document, no store, no rights.
//!
//! What any server of this kind costs at least on this machine; `cargo xtask bench --engine` measures it beside ours.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context, Result};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

type Room = Arc<Mutex<HashMap<SocketAddr, UnboundedSender<Bytes>>>>;
type Rooms = Arc<Mutex<HashMap<String, Room>>>;

const BUFFER: usize = 4 << 10;

#[tokio::main]
async fn main() -> Result<()> {
    let address: SocketAddr = std::env::args().nth(1).context("usage: bare ADDRESS:PORT")?.parse()?;
    let listener = TcpListener::bind(address).await?;
    let rooms = Rooms::default();
    loop {
        let (stream, peer) = listener.accept().await?;
        let rooms = Arc::clone(&rooms);
        // A connection that fails has nothing to say to the others.
        tokio::spawn(async move { visit(stream, peer, &rooms).await.ok() });
    }
}

async fn visit(stream: TcpStream, peer: SocketAddr, rooms: &Rooms) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut path = String::new();
    let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(BUFFER);
    #[expect(clippy::result_large_err, reason = "the library says what a callback returns")]
    let note_path = |request: &Request, response: Response| {
        request.uri().path().clone_into(&mut path);
        Ok(response)
    };
    let socket = accept_hdr_async_with_config(stream, note_path, Some(config)).await?;
    let room = Arc::clone(lock(rooms).entry(path).or_default());
    let result = stay(socket, peer, &room).await;
    lock(&room).remove(&peer);
    result
}

async fn stay(socket: WebSocketStream<TcpStream>, peer: SocketAddr, room: &Room) -> Result<()> {
    let (mut sink, mut stream) = socket.split();
    let (outbox, mut queue) = unbounded_channel::<Bytes>();
    lock(room).insert(peer, outbox);
    let receiving = async {
        while let Some(message) = stream.next().await {
            let Message::Binary(frame) = message? else { continue };
            for (_, other) in lock(room).iter().filter(|(who, _)| **who != peer) {
                other.send(frame.clone()).ok();
            }
        }
        anyhow::Ok(())
    };
    let sending = async {
        while let Some(frame) = queue.recv().await {
            sink.feed(Message::Binary(frame)).await?;
            while let Ok(frame) = queue.try_recv() {
                sink.feed(Message::Binary(frame)).await?;
            }
            sink.flush().await?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        ended = receiving => ended,
        ended = sending => ended,
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().expect("no holder panics")
}
