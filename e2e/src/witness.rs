//! A stock client without a screen: y-protocols over `/sync?token=`, the document in yrs.
//!
//! It sees what the server hands to everybody, independently of our own client.

use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context, Result};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, Transact, TransactionMut, Update, XmlFragment,
    XmlFragmentRef, XmlOut, XmlTextPrelim,
};

use crate::wait::until;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const SYNC: u8 = 0;
const STEP_1: u8 = 0;
const STEP_2: u8 = 1;
const UPDATE: u8 = 2;

/// One connection to one document. Dropped, it leaves.
pub struct Witness {
    doc: Arc<Mutex<Doc>>,
    outbox: UnboundedSender<Bytes>,
    tasks: [tokio::task::JoinHandle<()>; 2],
    heard: Arc<Mutex<bool>>,
}

impl Witness {
    /// Joins; returns when the server's state has arrived.
    pub async fn join(address: &str, document: &str, token: &str) -> Result<Self> {
        let url = format!("{}/sync/{document}?token={token}", address.replace("http://", "ws://"));
        let (socket, _) = connect_async(&url).await.context("the server turned the witness away")?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_nodelay(true).ok();
        }
        let (sink, stream) = socket.split();
        let options = Options { offset_kind: OffsetKind::Utf16, ..Options::default() };
        let doc = Arc::new(Mutex::new(Doc::with_options(options)));
        let heard = Arc::new(Mutex::new(false));
        let (outbox, posts) = unbounded_channel();
        outbox.send(frame(STEP_1, &StateVector::default().encode_v1()))?;
        let tasks = [
            tokio::spawn(write(sink, posts)),
            tokio::spawn(read(stream, Arc::clone(&doc), outbox.clone(), Arc::clone(&heard))),
        ];
        let witness = Self { doc, outbox, tasks, heard };
        until("the server's state", async || Ok(*lock(&witness.heard)), |heard| *heard).await?;
        Ok(witness)
    }

    /// The document as XML text.
    pub fn xml(&self) -> String {
        let doc = lock(&self.doc);
        let content = doc.get_or_insert_xml_fragment("content");
        content.get_string(&doc.transact())
    }

    /// Only the letters of it.
    pub fn letters(&self) -> String {
        let mut letters = String::new();
        let mut inside = false;
        for letter in self.xml().chars() {
            match letter {
                '<' => inside = true,
                '>' => inside = false,
                _ if inside => {}
                _ => letters.push(letter),
            }
        }
        letters
    }

    /// Writes at the end of the first text of the top-level block `block`, in a transaction of its own.
    pub fn write(&self, block: u32, text: &str) -> Result<()> {
        self.edit(|content, change| {
            let Some(XmlOut::Element(element)) = content.get(change, block) else { return };
            let run = match element.get(change, 0) {
                Some(XmlOut::Text(run)) => run,
                _ => element.insert(change, 0, XmlTextPrelim::new("")),
            };
            let end = run.len(change);
            run.insert(change, end, text);
        })
    }

    /// Changes the document in one transaction and sends what changed.
    pub fn edit(&self, edit: impl FnOnce(&XmlFragmentRef, &mut TransactionMut)) -> Result<()> {
        let update = {
            let doc = lock(&self.doc);
            let content = doc.get_or_insert_xml_fragment("content");
            let mut change = doc.transact_mut();
            edit(&content, &mut change);
            change.encode_update_v1()
        };
        self.outbox.send(frame(UPDATE, &update)).context("the witness has left")
    }

    /// Sends these bytes as one frame, whatever they are.
    pub fn send_raw(&self, bytes: &[u8]) -> Result<()> {
        self.outbox.send(Bytes::copy_from_slice(bytes)).context("the witness has left")
    }

    /// Whether the server has closed this connection.
    pub fn is_closed(&self) -> bool {
        self.tasks[1].is_finished()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

async fn write(mut sink: SplitSink<Socket, Message>, mut posts: tokio::sync::mpsc::UnboundedReceiver<Bytes>) {
    while let Some(post) = posts.recv().await {
        if sink.send(Message::Binary(post)).await.is_err() {
            return;
        }
    }
}

async fn read(
    mut stream: SplitStream<Socket>,
    doc: Arc<Mutex<Doc>>,
    outbox: UnboundedSender<Bytes>,
    heard: Arc<Mutex<bool>>,
) {
    while let Some(Ok(message)) = stream.next().await {
        let Message::Binary(bytes) = message else { continue };
        let Some((step, body)) = sync_frame(&bytes) else { continue };
        let doc = lock(&doc);
        if step == STEP_1 {
            let Ok(known) = StateVector::decode_v1(body) else { return };
            let missing = doc.transact().encode_state_as_update_v1(&known);
            outbox.send(frame(STEP_2, &missing)).ok();
            continue;
        }
        let Ok(update) = Update::decode_v1(body) else { return };
        if doc.transact_mut().apply_update(update).is_err() {
            return;
        }
        if step == STEP_2 {
            *lock(&heard) = true;
        }
    }
}

/// `[0, step, length, body…]`
fn frame(step: u8, body: &[u8]) -> Bytes {
    let mut frame = vec![SYNC, step];
    let mut length = body.len();
    while length > 0x7f {
        frame.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    frame.push(length as u8);
    frame.extend_from_slice(body);
    frame.into()
}

/// Step and body of a sync frame; presence and our own messages are none.
fn sync_frame(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let [SYNC, step, rest @ ..] = bytes else { return None };
    let (mut length, mut shift, mut used) = (0_usize, 0, 0);
    for byte in rest {
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        used += 1;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((*step, rest.get(used..used + length)?))
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().expect("no holder panics")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_as_they_went() {
        for length in [0, 1, 127, 128, 300, 70_000] {
            let body = vec![7; length];
            assert_eq!(sync_frame(&frame(UPDATE, &body)), Some((UPDATE, body.as_slice())));
        }
        assert_eq!(sync_frame(&[1, 2, 3]), None);
        assert_eq!(sync_frame(&[0, 2, 9, 1]), None);
    }
}
