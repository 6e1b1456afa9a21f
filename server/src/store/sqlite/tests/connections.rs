//! Connections that are lent.

use futures_util::FutureExt;
use sqlx::Error;
use sqlx::sqlite::SqliteConnectOptions;

use super::super::sql::connections::Connections;

#[tokio::test]
async fn whoever_is_cut_off_in_the_middle_leaves_nothing_open() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new().filename(folder.path().join("test.db")).create_if_missing(true);
    let connections = Connections::new(options, 1);
    sqlx::query("CREATE TABLE words (word TEXT)").execute(&connections).await.unwrap();
    let mut lent = connections.lend().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *lent).await.unwrap();
    sqlx::query("INSERT INTO words VALUES ('half')").execute(&mut *lent).await.unwrap();
    assert_eq!(connections.free_and_idle(), (0, 0));
    drop(lent);
    sqlx::query("INSERT INTO words VALUES ('whole')").execute(&connections).await.unwrap();
    let words: Vec<String> = sqlx::query_scalar("SELECT word FROM words").fetch_all(&connections).await.unwrap();
    assert_eq!(words, ["whole"]);
    assert_eq!(connections.free_and_idle(), (1, 1), "and it is used again");
}

#[tokio::test]
async fn closing_waits_for_what_is_lent_and_lends_no_more() {
    let options = SqliteConnectOptions::new().in_memory(true);
    let connections = Connections::new(options, 2);
    let lent = connections.lend().await.unwrap();
    let mut closing = std::pin::pin!(connections.close());
    assert!(closing.as_mut().now_or_never().is_none(), "somebody still has one");
    lent.give_back();
    closing.await;
    assert!(matches!(connections.lend().await, Err(Error::PoolClosed)));
    connections.close().await;
}
