//! Data folders of earlier programs are brought up to date.

use std::collections::BTreeMap;

use shared::words::{DocumentId, Seq, Span, UnixMillis, UserId};
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::super::schema::migrations;
use super::super::sql::chain::{Place, chained_checksum};
use crate::store::{
    AuditChain, AuditEntry, By, Documents, Log, Organisation, SqliteStore, StoredState, Upkeep, Uploads,
};

fn up_to(version: i64) -> Migrator {
    let known = migrations().iter().filter(|step| step.version <= version).cloned().collect();
    Migrator::with_migrations(known)
}

/// Somebody with a document of 200 updates and two snapshots, as a program with four steps left it.
async fn fill(connection: &mut SqliteConnection) {
    let fixed = "
        INSERT INTO people (id, name, pinyin, operator, created) VALUES ('ann', '安', 'an a', 0, 1);
        INSERT INTO logins VALUES ('ann', 'ann', 'hash', 1);
        INSERT INTO sessions VALUES (x'01', 'ann', 1, 2);
        INSERT INTO familiar VALUES ('ann', x'02', 3);
        INSERT INTO groups VALUES ('group', '集团');
        INSERT INTO schools VALUES ('school', '学校', '校');
        INSERT INTO memberships VALUES ('group', 'school', 1, 1, NULL);
        INSERT INTO seats VALUES ('ann', 'school', '教师', 1, 1, NULL);
        INSERT INTO teams VALUES ('team', 'group', '组');
        INSERT INTO team_members VALUES ('team', 'ann', 1, 7);
        INSERT INTO documents (id, kind, title, owner, team, epoch, created, changed, shares_version)
            VALUES ('plan', 'page', '一课', 'ann', NULL, 'epoch', 1, 2, 4),
                ('teams-plan', 'page', '二课', 'ann', 'team', 'epoch', 1, 2, 0);
        INSERT INTO client_bindings VALUES ('plan', 7, 'ann', 1), ('plan', 9, 'ann', 120);
        INSERT INTO visits VALUES ('ann', 'plan', 5);";
    sqlx::raw_sql(fixed).execute(&mut *connection).await.unwrap();
    let (document, author): (DocumentId, UserId) = ("plan".parse().unwrap(), "ann".parse().unwrap());
    let mut checksum = Place::START.checksum;
    for seq in 1..=200 {
        let binds: &[u64] = match seq {
            1 => &[7],
            120 => &[9],
            _ => &[],
        };
        let bytes = format!("update {seq}").into_bytes();
        checksum = chained_checksum(&checksum, &document, Seq(seq), &author, UnixMillis(seq as i64), binds, &bytes);
        sqlx::query("INSERT INTO updates VALUES ('plan', $1, 'ann', $1, $2, $3)")
            .bind(seq as i64)
            .bind(&checksum[..])
            .bind(bytes)
            .execute(&mut *connection)
            .await
            .unwrap();
        if seq == 150 || seq == 190 {
            sqlx::query("INSERT INTO snapshots VALUES ('plan', $1, $2, $3, x'00')")
                .bind(seq as i64)
                .bind(&checksum[..])
                .bind(&blake3::hash(&[0]).as_bytes()[..])
                .execute(&mut *connection)
                .await
                .unwrap();
        }
    }
}

/// Every row of every table, as SQLite writes values.
async fn dump(connection: &mut SqliteConnection) -> BTreeMap<String, Vec<String>> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
            .fetch_all(&mut *connection)
            .await
            .unwrap();
    let mut dump = BTreeMap::new();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("SELECT 'quote(' || name || ')' FROM pragma_table_info($1)")
            .bind(&table)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        let rows = format!("SELECT {} FROM {table} ORDER BY 1", columns.join(" || ', ' || "));
        let rows = sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&mut *connection).await.unwrap();
        dump.insert(table, rows);
    }
    dump
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_of_a_program_with_eight_steps_ends_where_it_ended() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("test.db");
    let store = SqliteStore::open(&file).await.unwrap();
    let line = |act: &'static str| AuditEntry {
        by: By::Server,
        at: UnixMillis(1),
        act: act.into(),
        subject: "person:ann".to_owned(),
        details: serde_json::json!({}),
    };
    store.note(line("password.set")).await.unwrap();
    store.note(line("one-time.begun")).await.unwrap();
    let before = store.check_audit().await.unwrap();
    store.close().await;
    let mut older = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&file)).await.unwrap();
    let back = "DROP TABLE readings; DROP TABLE tutoring_media; DROP INDEX tutoring_questions_of_author;
        DROP INDEX tutoring_attendance_of_person;
        DROP TABLE tutoring_check_answers; DROP TABLE tutoring_checks;
        DROP TRIGGER questions_for_returned_are_found_anew;
        DROP TRIGGER questions_for_removed_are_found_anew;
        DROP TRIGGER questions_for_uninvited_are_found_anew;
        DROP TRIGGER questions_for_invited_are_found_anew;
        DROP TRIGGER questions_of_sessions_are_found_anew;
        DROP TRIGGER answered_questions_are_found;
        DROP TABLE tutoring_votes;
        DROP TABLE tutoring_questions;
        DROP TRIGGER works_of_renamed_people_are_found_anew; DROP TRIGGER works_of_renamed_schools_are_found_anew;
        DROP TRIGGER works_of_renamed_teams_are_found_anew; DROP TRIGGER works_of_renamed_groups_are_found_anew;
        ALTER TABLE documents DROP COLUMN wish;
        DROP TRIGGER sessions_of_returned_are_found_anew;
        DROP TRIGGER sessions_of_removed_are_found_anew;
        DROP TRIGGER uninvited_sessions_are_found_anew;
        DROP TRIGGER invited_sessions_are_found_anew;
        DROP TRIGGER sessions_are_found_anew;
        DROP TABLE tutoring_wishes;
        DROP TABLE tutoring_attendance;
        DROP TABLE tutoring_guests;
        DROP TABLE tutoring_signs;
        DROP TABLE tutoring_removed;
        DROP TABLE tutoring_invited;
        DROP TABLE tutoring_sessions;
        ALTER TABLE documents DROP COLUMN session;
        DROP TABLE blobs_left; DROP TABLE renditions; DROP TABLE answers_read; DROP TABLE loan_slots; DROP TABLE loans; DROP TABLE ratings;
        DROP TABLE corrections; DROP TABLE remarks;
        DROP TRIGGER collections_begin_to_be_found; DROP TRIGGER collections_are_found_anew;
        DROP TRIGGER moved_items_are_found_anew_where_they_are_collected;
        DROP TRIGGER collections_begin_on_shelves_that_are_there;
        DROP TRIGGER collections_move_to_shelves_that_are_there; DROP TRIGGER people_with_collections_stay;
        DROP TRIGGER teams_with_collections_stay; DROP TRIGGER schools_with_collections_stay;
        DROP TRIGGER groups_with_collections_stay; DROP INDEX item_versions_by_time; DROP TABLE feed_seen;
        DROP TABLE subscriptions; DROP TABLE menus; DROP TABLE collection_lines; DROP TABLE collections;
        ALTER TABLE uploads DROP COLUMN item; DROP TRIGGER documents_begin_to_be_found; DROP TRIGGER documents_are_found_anew;
        DROP TRIGGER shares_are_found_anew; DROP TRIGGER changed_shares_are_found_anew;
        DROP TRIGGER ended_shares_are_found_anew; DROP TRIGGER texts_are_found;
        DROP TRIGGER texts_are_found_anew; DROP TRIGGER items_begin_to_be_found;
        DROP TRIGGER items_are_found_anew; DROP TRIGGER items_begin_on_shelves_that_are_there;
        DROP TRIGGER items_move_to_shelves_that_are_there; DROP TRIGGER people_with_items_stay;
        DROP TRIGGER teams_with_items_stay; DROP TRIGGER schools_with_items_stay;
        DROP TRIGGER groups_with_items_stay; DROP TABLE catalogue; DROP TABLE entries;
        DROP TABLE document_items; DROP TABLE document_texts; DROP TABLE item_uses; DROP TABLE item_images; DROP TABLE item_files;
        DROP TABLE item_versions; DROP TABLE item_tags; DROP TABLE item_authors; DROP TABLE items;
        DROP TABLE taxa;
        DROP TABLE school_quotas; DROP TABLE uploads; DROP TABLE files;
        DROP TRIGGER people_with_documents_stay; DROP TRIGGER teams_with_documents_stay;
        DROP TRIGGER schools_with_documents_stay; DROP TRIGGER groups_with_documents_stay;
        DROP TRIGGER shares_are_with_somebody; DROP TRIGGER documents_move_to_shelves_that_are_there;
        DROP TRIGGER documents_begin_on_shelves_that_are_there;
        DROP TRIGGER audit_lines_stay; DROP TRIGGER audit_lines_stay_as_they_are;
        ALTER TABLE organisation DROP COLUMN audit_checksum; ALTER TABLE organisation DROP COLUMN audit_seq;
        DELETE FROM _sqlx_migrations WHERE version > 8";
    sqlx::raw_sql(back).execute(&mut older).await.unwrap();
    older.close().await.unwrap();

    let store = SqliteStore::open(&file).await.unwrap();
    assert!(matches!(before, AuditChain::Whole { lines: 2, .. }), "{before:?}");
    assert_eq!(store.check_audit().await.unwrap(), before);
    store.note(line("one-time.ended")).await.unwrap();
    assert!(matches!(store.check_audit().await.unwrap(), AuditChain::Whole { lines: 3, .. }));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_of_before_segments_is_brought_up_to_date_and_nothing_in_it_changes() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("test.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut older = SqliteConnection::connect_with(&options).await.unwrap();
    up_to(4).run(&mut older).await.unwrap();
    fill(&mut older).await;
    let before = dump(&mut older).await;
    assert!(before["updates"].len() == 200 && before["visits"].len() == 1);
    older.close().await.unwrap();

    let store = SqliteStore::open(&file).await.unwrap();
    store.is_current().await.unwrap();
    let document: DocumentId = "plan".parse().unwrap();
    let history = store.history(&document).await.unwrap();
    assert_eq!(history.len(), 200);
    let mut same = SqliteConnection::connect_with(&options).await.unwrap();
    let after = dump(&mut same).await;
    for table in ["updates", "snapshots", "client_bindings", "visits", "familiar", "images"] {
        assert_eq!(after[table], before[table], "{table}");
    }
    assert_eq!(after["passwords"], ["'ann', 'hash', 1"]);
    assert!(up_to(4).run(&mut same).await.is_err(), "the older program leaves it alone from now on");
    same.close().await.unwrap();

    assert_eq!(store.compact(&document).await.unwrap().updates, 150);
    assert_eq!(store.history(&document).await.unwrap(), history);
    assert_eq!(store.all_documents().await.unwrap(), [document, "teams-plan".parse().unwrap()]);
    let directory = store.directory();
    let seats: Vec<_> =
        directory.seats_of(&"ann".parse().unwrap()).map(|seat| (seat.body.to_string(), seat.span)).collect();
    let school = ("school:school".to_owned(), Span { since: UnixMillis(1), until: None });
    let team = ("team:team".to_owned(), Span { since: UnixMillis(1), until: Some(UnixMillis(7)) });
    assert!(seats.len() == 2 && seats.contains(&school) && seats.contains(&team), "{seats:?}");
    assert_eq!(directory.person_named("ann").unwrap().name, "安");
    assert!(directory.leads(&"school".parse().unwrap(), UnixMillis(5)));
    for (document, shelf) in [("plan", "person:ann"), ("teams-plan", "team:team")] {
        let facts = store.facts(&document.parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(facts.access.shelf.to_string(), shelf);
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_were_read_once_for_all_names_keep_what_was_read() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("test.db");
    // Rows stand alone here.
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true).foreign_keys(false);
    let mut older = SqliteConnection::connect_with(&options).await.unwrap();
    up_to(23).run(&mut older).await.unwrap();
    let fixed = r#"
        INSERT INTO files VALUES ('ab', 6, 'csv', '{"kind":"csv","has_thumbnail":false}', '面积', NULL, 1);
        INSERT INTO uploads (id, person, name, bytes, state, blob, made, touched)
            VALUES ('one', 'ann', 'x.csv', 6, 'ready', 'ab', 1, 1), ('two', 'ann', 'y.csv', 6, 'receiving', NULL, 1, 1);
        INSERT INTO item_files VALUES ('item', 1, 1, 'x.csv', 'ab');"#;
    sqlx::raw_sql(fixed).execute(&mut older).await.unwrap();
    older.close().await.unwrap();

    let store = SqliteStore::open(&file).await.unwrap();
    let read = store.reading(&"ab".parse().unwrap(), "?").await.unwrap().unwrap();
    assert_eq!((read.text.as_str(), read.facts.kind.as_str(), read.bytes), ("面积", "csv", 6));
    let upload = store.upload(&"one".parse().unwrap()).await.unwrap().unwrap();
    assert!(matches!(upload.state, StoredState::Ready { facts, .. } if facts == read.facts));
    assert_eq!(store.upload(&"two".parse().unwrap()).await.unwrap().unwrap().state, StoredState::Receiving);
    store.close().await;
    let mut same = SqliteConnection::connect_with(&options).await.unwrap();
    assert_eq!(dump(&mut same).await["item_files"], ["'item', 1, 1, 'x.csv', 'ab', '?'"]);
    same.close().await.unwrap();
}
