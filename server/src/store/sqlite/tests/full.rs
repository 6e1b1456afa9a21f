//! A disk that is full.

use crate::store::contract::{add_person, new_page, new_person};
use bytes::Bytes;
use shared::words::{Seq, UnixMillis};
use tokio::sync::mpsc;

use crate::store::{Appended, Cause, Log, NewUpdate, SqliteStore};

async fn append(store: &SqliteStore, seq: u64, size: usize) -> Result<(), Cause> {
    let (done, mut answers) = mpsc::unbounded_channel();
    let update = NewUpdate {
        document: "plan".parse().unwrap(),
        seq: Seq(seq),
        author: "ann".parse().unwrap(),
        at: UnixMillis(1),
        bytes: Bytes::from(vec![7; size]),
        binds: Vec::new(),
    };
    store.append(update, done);
    let Appended { outcome, .. } = answers.recv().await.unwrap();
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_a_full_database_fails_the_append_and_takes_it_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("test.db")).await.unwrap();
    add_person(&store, new_person("ann")).await.unwrap();
    crate::store::Documents::create(&store, new_page("plan")).await.unwrap();
    append(&store, 1, 10).await.unwrap();
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&store.write).await.unwrap();
    let limit = |pages: i64| sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}")));
    limit(pages + 2).execute(&store.write).await.unwrap();
    let full = append(&store, 2, 100_000).await;
    assert!(matches!(full, Err(Cause::Full)), "{full:?}");
    assert!(matches!(append(&store, 3, 10).await, Err(Cause::OutOfOrder { .. })), "nothing overtakes it");
    // The limit was the connection's, and that was thrown away.
    append(&store, 2, 100_000).await.unwrap();
    append(&store, 3, 10).await.unwrap();
    assert_eq!(store.history(&"plan".parse().unwrap()).await.unwrap().len(), 3);
}
