//! E15: a document that can't be read whole is shown as it was, and nobody's document is the worse for it.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use server::app::Settings;
use server::rooms::RoomLimits;
use shared::access::Right;
use sqlx::{Connection, SqliteConnection};

use crate::peer::Peer;
use crate::world::{PATIENCE, Person, World};

/// Rooms leave memory at once and keep a snapshot each time.
fn settings() -> Settings {
    let rooms = RoomLimits { idle: Duration::from_millis(100), snapshot_after: 1 };
    Settings { rooms, program: Some(gongbei()), ..Settings::default() }
}

fn gongbei() -> PathBuf {
    env!("CARGO_BIN_EXE_gongbei").into()
}

/// One visit: writes the words, and goes when they are stored and the room has left memory.
async fn visit(world: &World, person: &Person, document: &str, words: &str) {
    let mut page = Peer::page(person, document).await;
    page.until("caught up", |peer| peer.caught_up).await;
    page.write(words).await;
    page.until_saved().await;
    drop(page);
    left_memory(world).await;
}

async fn left_memory(world: &World) {
    let started = Instant::now();
    while world.app.rooms.open_rooms() > 0 {
        assert!(started.elapsed() < PATIENCE, "a room stays in memory");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Joins, and says whether the document is sealed and what is in it.
async fn look(person: &Person, document: &str) -> (bool, String) {
    let mut page = Peer::page(person, document).await;
    page.until("caught up", |peer| peer.caught_up).await;
    let right = page.welcome.as_ref().expect("welcomed").right;
    assert_eq!(page.trouble, right == Right::View, "who may not edit is told why");
    (page.trouble, page.text())
}

async fn execute(world: &World, sql: &'static str, document: &str) {
    let path = world.data.path().join("gongbei.db");
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query(sql).bind(document).execute(&mut other).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn e15_behind_a_damaged_log_the_last_good_snapshot_is_shown() {
    let world = World::with(settings()).await;
    let zhou = world.sign_in("zhou").await;
    let (document, other) = (zhou.document("坏了一截").await, zhou.document("好好的").await);
    for words in ["第一段。", "第二段。", "第三段。"] {
        visit(&world, &zhou, &document, words).await;
        visit(&world, &zhou, &other, words).await;
    }
    execute(&world, "DELETE FROM snapshots WHERE document = $1 AND seq = (SELECT MAX(seq) FROM snapshots)", &document)
        .await;
    execute(&world, "UPDATE updates SET bytes = x'00' WHERE document = $1 AND seq = (SELECT MAX(seq) FROM updates WHERE document = $1)", &document)
        .await;

    let mut page = Peer::page(&zhou, &document).await;
    page.until("caught up", |peer| peer.caught_up).await;
    assert_eq!((page.trouble, page.text().as_str()), (true, "第一段。第二段。"));
    page.write("不该进去。").await;
    page.until("refused", |peer| peer.refused.iter().any(|(_, reason)| reason == "ViewOnly")).await;
    assert_eq!(look(&zhou, &other).await, (false, "第一段。第二段。第三段。".into()));
    drop(page);
    left_memory(&world).await;
    let world = world.restart().await;
    let zhou = world.sign_in("zhou").await;
    assert_eq!(look(&zhou, &document).await.1, "第一段。第二段。", "nothing was written over what is damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn e15_whose_opening_ended_the_process_twice_is_tried_apart_first() {
    let world = World::with(settings()).await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("两次没打开").await;
    visit(&world, &zhou, &document, "都在。").await;
    let marker = world.data.path().join("opening").join(&document);
    assert!(!marker.exists(), "a document that is open leaves no marker");
    let cases = [("1", "/bin/false".into(), false), ("2", gongbei(), false), ("2", "/bin/false".into(), true)];
    let mut data = world.stop().await;
    for (unended, program, sealed) in cases {
        fs::create_dir_all(data.path().join("opening")).unwrap();
        fs::write(&marker, unended).unwrap();
        let world = World::open(data, Settings { program: Some(program), ..settings() }, |log| log).await;
        let zhou = world.sign_in("zhou").await;
        assert_eq!(look(&zhou, &document).await, (sealed, "都在。".into()), "{unended}");
        left_memory(&world).await;
        assert_eq!(marker.exists(), sealed, "who has failed a trial is tried again the next time");
        data = world.stop().await;
    }
}
