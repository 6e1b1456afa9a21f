//! What is changed in a file behind the store's back is found.

use super::*;

/// Whatever is done to a line of the audit log, and lines taken out, its last ones too, is found.
#[tokio::test(flavor = "multi_thread")]
async fn r16_a_changed_audit_log_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path()).await;
    furnish(&store).await;
    let whole = store.check_audit().await.unwrap();
    let AuditChain::Whole { lines, .. } = whole else { panic!("{whole:?}") };
    let changes = ["at = at + 1", "actor = 'bob'", "act = 'seat.ended'", "subject = 'person:nobody'", "details = '{}'"];
    let changes = changes.map(|change| format!("UPDATE audit SET {change} WHERE seq = 3"));
    let cuts = ["seq = 3", "seq = (SELECT max(seq) FROM audit)", "seq > 2", "TRUE"];
    let cuts = cuts.map(|which| format!("DELETE FROM audit WHERE {which}"));
    let more =
        "INSERT INTO audit SELECT max(seq) + 1, at, actor, act, subject, details, checksum FROM audit".to_owned();
    let path = folder.path().join("test.db");
    let url = format!("sqlite://{}", path.display());
    let mut raw = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    for refused in changes.iter().chain(&cuts) {
        let refused = sqlx::query(sqlx::AssertSqlSafe(refused.clone())).execute(&mut raw).await.unwrap_err();
        assert!(refused.to_string().contains("lines of the audit log are not"), "{refused}");
    }
    assert_eq!(store.check_audit().await.unwrap(), whole);
    let unguarded =
        "PRAGMA foreign_keys = OFF; DROP TRIGGER audit_lines_stay; DROP TRIGGER audit_lines_stay_as_they_are;
        CREATE TABLE before AS SELECT * FROM audit";
    sqlx::raw_sql(unguarded).execute(&mut raw).await.unwrap();
    for change in changes.into_iter().chain(cuts).chain([more]) {
        sqlx::query(sqlx::AssertSqlSafe(change.clone())).execute(&mut raw).await.unwrap();
        let broken = store.check_audit().await.unwrap();
        assert!(matches!(broken, AuditChain::Broken(_)), "{change}: {broken:?}");
        let back = "DELETE FROM audit; INSERT INTO audit SELECT * FROM before";
        sqlx::raw_sql(back).execute(&mut raw).await.unwrap();
        assert_eq!(store.check_audit().await.unwrap(), whole, "{change}");
    }
    // What is written later does not hide it.
    sqlx::query("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)").execute(&mut raw).await.unwrap();
    put(&store, [Record::Person(Person { name: "Bobby".into(), ..new_person("bob") })]).await;
    let missing = format!("line {lines} of the audit log is missing");
    assert_eq!(store.check_audit().await.unwrap(), AuditChain::Broken(missing));
    store.close().await;
}

/// A flipped bit anywhere in the log is found, not served.
#[tokio::test(flavor = "multi_thread")]
async fn d7_a_changed_log_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let changes = [
        "UPDATE updates SET bytes = x'00' WHERE seq = 2",
        "UPDATE updates SET author = 'bob' WHERE seq = 3",
        "UPDATE updates SET at = at + 1 WHERE seq = 1",
        "DELETE FROM updates WHERE seq = 2",
        "DELETE FROM updates WHERE seq = 4",
        "UPDATE client_bindings SET person = 'bob' WHERE client = 7",
        "UPDATE client_bindings SET client = 6 WHERE client = 7",
        "UPDATE updates SET checksum = zeroblob(32) WHERE seq = 4",
    ];
    let store = SqliteStore::open(&file).await.unwrap();
    furnish(&store).await;
    append(&store, (2..=4).map(|seq| update("plan", seq, "x")).collect()).await;
    store.close().await;
    let document: DocumentId = id("plan");
    for change in changes {
        let copy = folder.path().join("copy.db");
        std::fs::copy(&file, &copy).unwrap();
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&copy);
        let mut raw = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
        sqlx::query(change).execute(&mut raw).await.unwrap();
        sqlx::Connection::close(raw).await.unwrap();
        let changed = SqliteStore::open(&copy).await.unwrap();
        let read = changed.history(&document).await;
        assert!(matches!(read, Err(StoreError { cause: Cause::Damaged(_), .. })), "{change}: {read:?}");
        changed.close().await;
    }
}
