//! A disk that fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use server::app::Settings;
use server::outbox::Outbox;
use server::rooms::ToRoom;
use server::store::{
    Appended, Cause, DocumentHandle, Log, NewSnapshot, NewUpdate, Result, StoredDocument, StoredUpdate,
};
use shared::api::PersonCard;
use shared::sync::room::{Dialect, Join};
use shared::wire::{CloseCode, Message};
use shared::words::{DocumentId, Seq, UserId};
use sqlx::{Connection, SqliteConnection};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use yrs::{Doc, ReadTxn, StateVector, Text, Transact};

use crate::peer::Peer;
use crate::world::{PATIENCE, World};

/// A log on a disk that is full while `full` is set.
struct FullDisk {
    log: Arc<dyn Log>,
    full: Arc<AtomicBool>,
}

#[async_trait]
impl Log for FullDisk {
    fn append(&self, update: NewUpdate, done: mpsc::UnboundedSender<Appended>) {
        if self.full.load(Ordering::SeqCst) {
            done.send(Appended { seq: update.seq, outcome: Err(Cause::Full) }).ok();
        } else {
            self.log.append(update, done);
        }
    }

    async fn load(&self, document: &DocumentId) -> Result<Option<StoredDocument>> {
        self.log.load(document).await
    }

    async fn load_snapshot(&self, document: &DocumentId, below: Seq) -> Result<Option<StoredDocument>> {
        self.log.load_snapshot(document, below).await
    }

    async fn history(&self, document: &DocumentId) -> Result<Vec<StoredUpdate>> {
        self.log.history(document).await
    }

    async fn keep_snapshot(&self, document: &DocumentId, snapshot: NewSnapshot) -> Result<()> {
        self.log.keep_snapshot(document, snapshot).await
    }

    async fn is_writable(&self) -> Result<()> {
        self.log.is_writable().await
    }

    async fn close(&self) {
        self.log.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_a_full_disk_is_told_nothing_is_called_saved_and_it_heals() {
    let full = Arc::new(AtomicBool::new(false));
    let data = Arc::new(tempfile::tempdir().unwrap());
    let switch = full.clone();
    let world = World::open(data, Settings::default(), |log| Arc::new(FullDisk { log, full: switch })).await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("磁盘满").await;
    let mut page = Peer::page(&zhou, &document).await;
    let mut colleague = Peer::page(&zhou, &document).await;
    page.write("满之前。").await;
    page.until_saved().await;
    full.store(true, Ordering::SeqCst);
    let saved = page.saved;
    page.write("满的时候。").await;
    page.until("told of the trouble", |peer| peer.trouble).await;
    colleague.until("told too", |peer| peer.trouble).await;
    assert_eq!(page.saved, saved, "nothing is called saved that is not");
    full.store(false, Ordering::SeqCst);
    page.until_saved().await;
    page.until("the trouble is over", |peer| !peer.trouble).await;
    let world = world.restart().await;
    let zhou = world.sign_in("zhou").await;
    let mut again = Peer::page(&zhou, &document).await;
    again.until_text("满之前。满的时候。").await;
}

/// An update that writes these words at the start of an empty document, in the wire's frame.
fn frame_of(client: u64, words: &str) -> Bytes {
    let doc = Doc::with_client_id(client);
    let text = doc.get_or_insert_text("text");
    text.insert(&mut doc.transact_mut(), 0, words);
    let update = doc.transact().encode_state_as_update_v1(&StateVector::default());
    Message::Update(update.into()).encode()
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_whose_right_the_store_cannot_tell_writes_no_more() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("读不出权限").await;
    let (app, me) = (&world.app, "zhou".parse::<UserId>().unwrap());
    let id: DocumentId = document.parse().unwrap();
    let card = PersonCard::of(&app.store.directory(), &me, server::clock::now()).unwrap();
    let handle = DocumentHandle::open(&*app.store, &me, &id).await.unwrap().unwrap();
    // A socket that is slow to hear of anything, its own end too: its pump is this test.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let _far = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (_near, out) = listener.accept().await.unwrap().0.into_split();
    let outbox = Outbox::new(out);
    let joined = app.rooms.join(&handle, app.rooms.facts_version(), outbox.clone(), |who| Join {
        who,
        person: card.clone(),
        dialect: Dialect::Gongbei,
        right: handle.right_in_room(),
        title: handle.title().clone(),
        client_id: 77,
    });
    let seat = joined.await.unwrap();
    let path = world.data.path().join("gongbei.db");
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query("ALTER TABLE shares RENAME TO away").execute(&mut other).await.unwrap();
    app.rooms.rights_changed_in(&id);
    let close = async {
        while outbox.goodbye().is_none() {
            outbox.called().await;
        }
    };
    tokio::time::timeout(PATIENCE, close).await.expect("sent away");
    assert_eq!(outbox.goodbye().map(|goodbye| goodbye.code), Some(CloseCode::RoomClosed));
    sqlx::query("ALTER TABLE away RENAME TO shares").execute(&mut other).await.unwrap();
    seat.room.send(ToRoom::Frame { from: seat.who, frame: frame_of(77, "之后") }).await.unwrap();
    let mut again = Peer::page(&zhou, &document).await;
    again.write("回来了").await;
    again.until_saved().await;
    let history = app.log.history(&id).await.unwrap();
    assert!(history.iter().all(|update| !update.binds.contains(&77)), "what came after is not in the document");
    assert!(!again.text().contains("之后"));
}
