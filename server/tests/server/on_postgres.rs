//! What is promised of a server whose database is one of Postgres: the same schema and the same answers as with a file, a
//! backup that is the same, and a password that stands nowhere.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use server::data_folder::DataFolder;
use server::database::Database;
use server::store::{Address, Log, PostgresStore, SqliteStore, Upkeep};
use server::{archive, check, demo};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tempfile::TempDir;

use crate::search_quality::found;
use crate::search_quality::judged::judged;
use crate::world::database::new_database;
use crate::world::{PATIENCE, Person, World};

async fn file(path: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap()
}

async fn server_of(address: &Address) -> PgConnection {
    let mut connection = PgConnection::connect_with(address.options()).await.unwrap();
    sqlx::query("SET search_path = gongbei").execute(&mut connection).await.unwrap();
    connection
}

/// A column: its type, whether it may be empty, its place in the primary key.
type Columns = BTreeMap<(String, String), (String, bool, i64)>;

/// Whatever the steps of either have made of it, the tables are the same, and texts are sorted by their bytes.
#[tokio::test]
async fn both_schemas_have_the_same_tables() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("test.db");
    drop(SqliteStore::open(&path).await.unwrap());
    let rows: Vec<(String, String, String, bool, i64)> = sqlx::query_as(
        "SELECT t.name, c.name, c.type, c.\"notnull\" OR c.pk > 0, c.pk FROM sqlite_master AS t \
         JOIN pragma_table_info(t.name) AS c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut file(&path).await)
    .await
    .unwrap();
    let same = |name: &str| match name {
        "INTEGER" | "BIGINT" => "bigint".to_owned(),
        "BLOB" => "bytea".to_owned(),
        other => other.to_lowercase(),
    };
    let of_file: Columns =
        rows.into_iter().map(|(table, column, kind, full, key)| ((table, column), (same(&kind), full, key))).collect();
    let address = new_database(place.path()).await;
    PostgresStore::open(&address).await.unwrap().close().await;
    let mut connection = server_of(&address).await;
    let rows: Vec<(String, String, String, bool, i64)> = sqlx::query_as(
        "SELECT CAST(t.relname AS TEXT), CAST(c.attname AS TEXT), format_type(c.atttypid, NULL), c.attnotnull, \
         CAST(coalesce(array_position(k.conkey, c.attnum), 0) AS BIGINT) FROM pg_class t \
         JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped \
         LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p' \
         WHERE t.relnamespace = CAST('gongbei' AS regnamespace) AND t.relkind = 'r' AND t.relname <> '_sqlx_migrations'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let of_server: Columns =
        rows.into_iter().map(|(table, column, kind, full, key)| ((table, column), (kind, full, key))).collect();
    assert!(of_file.len() > 200);
    for (column, is) in &of_file {
        assert_eq!(of_server.get(column), Some(is), "{column:?}");
    }
    assert_eq!(of_server.len(), of_file.len());
    let sorted_otherwise: Vec<(String, String)> = sqlx::query_as(
        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns \
         WHERE table_schema = 'gongbei' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' \
         AND table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(sorted_otherwise, []);
}

/// All judged queries, on both: the same items in the same order, so the same recall and rank.
#[tokio::test(flavor = "multi_thread")]
async fn the_search_answers_as_it_does_with_a_file() {
    let worlds = [World::start().await, World::on_a_file().await];
    for world in &worlds {
        demo::fill_library(&world.app).await.unwrap();
        world.app.findable.index_changed().await.unwrap();
    }
    for one in judged() {
        let [here, there] = [found(&worlds[0], one).await, found(&worlds[1], one).await];
        assert_eq!(here, there, "{} of {}", one.query, one.asker);
    }
}

/// Every row of every table, as SQLite writes values.
async fn dump(path: &Path) -> BTreeMap<String, Vec<String>> {
    let mut connection = file(path).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut dump = BTreeMap::new();
    for table in tables {
        // A restore gives documents new epochs.
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT 'quote(' || name || ')' FROM pragma_table_info($1) WHERE name <> 'epoch'")
                .bind(&table)
                .fetch_all(&mut connection)
                .await
                .unwrap();
        let rows = format!("SELECT {} FROM {table} ORDER BY 1", columns.join(" || ', ' || "));
        let rows = sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&mut connection).await.unwrap();
        dump.insert(table, rows);
    }
    dump
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_file_is_restored_into_postgres_and_back_and_nothing_in_it_changes() {
    let world = World::on_a_file().await;
    demo::fill_library(&world.app).await.unwrap();
    let before = world.stop().await;
    let place = tempfile::tempdir().unwrap();
    let tar = |name: &str| place.path().join(name);
    let folder = DataFolder::beside(before.path()).unwrap();
    archive::backup(&folder, &Database::of(&folder, None).unwrap(), &tar("file.tar")).await.unwrap();

    let root = place.path().join("data");
    // The folder of the data moves later on, and with it the database would count as left behind.
    let address = new_database(place.path()).await;
    archive::restore(&tar("file.tar"), &root, None, Some(&address)).await.unwrap();
    let again = archive::restore(&tar("file.tar"), &place.path().join("more"), None, Some(&address)).await.unwrap_err();
    assert!(format!("{again:#}").contains("give an empty one"), "{again:#}");
    // Killed after all was done: nothing is done twice, and nothing is lost.
    std::fs::write(root.join("restoring.db"), "").unwrap();
    let again = archive::restore(&tar("file.tar"), &root, None, Some(&address)).await.unwrap_err();
    assert!(format!("{again:#}").contains("serve that folder") && !root.join("restoring.db").exists(), "{again:#}");
    let folder = DataFolder::beside(&root).unwrap();
    assert!(!folder.database().exists());
    let database = Database::of(&folder, None).unwrap();
    let checked = check::check(&folder, &database).await.unwrap();
    assert!(checked.problems.is_empty() && checked.documents > 0, "{checked}");
    archive::backup(&folder, &database, &tar("postgres.tar")).await.unwrap();

    let home = place.path().join("home");
    archive::restore(&tar("postgres.tar"), &home, None, None).await.unwrap();
    let (there, here) = (dump(&before.path().join("gongbei.db")).await, dump(&home.join("gongbei.db")).await);
    for (table, rows) in &there {
        assert_eq!(&here[table], rows, "{table}");
    }
    assert!(there["items"].len() > 50 && there["updates"].len() > 10 && there.len() == here.len());

    // What was restored is served, goes on counting, and is guarded as before.
    let world = World::open(Arc::new(moved(root)), server::app::Settings::default(), |log| log).await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("接着写").await;
    assert_eq!(zhou.json(&format!("/api/documents/{document}")).await["title"], "接着写");
    let mut raw = server_of(&address).await;
    let refused = sqlx::query("DELETE FROM audit").execute(&mut raw).await.unwrap_err();
    assert!(refused.to_string().contains("lines of the audit log are not deleted"), "{refused}");
    let orphan = sqlx::query("DELETE FROM documents").execute(&mut raw).await.unwrap_err();
    assert!(orphan.as_database_error().unwrap().is_foreign_key_violation(), "{orphan}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_looks_into_the_database_before_it_writes_there_and_goes_on_where_it_was_killed() {
    let world = World::on_a_file().await;
    let before = world.stop().await;
    let place = tempfile::tempdir().unwrap();
    let tar = place.path().join("file.tar");
    let folder = DataFolder::beside(before.path()).unwrap();
    archive::backup(&folder, &Database::of(&folder, None).unwrap(), &tar).await.unwrap();
    // Of an older program, with somebody in it; and of somebody else.
    for (made, sentence) in [
        (
            "DELETE FROM _sqlx_migrations WHERE version > 15; \
             INSERT INTO people (id, name, login, phone, email, teaches, operator, created) \
             VALUES ('ann', '安', 'ann', '', '', '', 0, 1)",
            "give an empty one",
        ),
        (
            "DROP SCHEMA gongbei CASCADE; CREATE SCHEMA gongbei; CREATE TABLE gongbei._sqlx_migrations (version BIGINT); \
             ALTER TABLE gongbei._sqlx_migrations RENAME TO theirs; CREATE TABLE public._sqlx_migrations (version BIGINT)",
            "not Gongbei's",
        ),
    ] {
        let address = new_database(place.path()).await;
        let mut raw = server_of(&address).await;
        sqlx::raw_sql(AssertSqlSafe(made)).execute(&mut raw).await.unwrap();
        let steps = "SELECT count(*) FROM _sqlx_migrations";
        sqlx::raw_sql("SET search_path = gongbei, public").execute(&mut raw).await.unwrap();
        let had: i64 = sqlx::query_scalar(steps).fetch_one(&mut raw).await.unwrap();
        let refused = archive::restore(&tar, &place.path().join("data"), None, Some(&address)).await.unwrap_err();
        assert!(format!("{refused:#}").contains(sentence), "{refused:#}");
        let has: i64 = sqlx::query_scalar(steps).fetch_one(&mut raw).await.unwrap();
        assert_eq!(has, had, "nothing was brought up to date");
        assert!(!place.path().join("data/database-place").exists());
    }
    // Killed in the moment before everything is there.
    let (address, root) = (new_database(place.path()).await, place.path().join("killed"));
    let folder = DataFolder::beside(&root).unwrap();
    Database::of(&folder, Some(&address)).unwrap().note(&folder).unwrap();
    std::fs::write(root.join("restoring.db"), "half").unwrap();
    let refused = archive::restore(&tar, &root, None, None).await.unwrap_err();
    assert!(format!("{refused:#}").contains("with --database"), "{refused:#}");
    archive::restore(&tar, &root, None, Some(&address)).await.unwrap();
    let checked = check::check(&folder, &Database::of(&folder, None).unwrap()).await.unwrap();
    assert!(checked.problems.is_empty() && checked.documents > 0, "{checked}");
}

/// A server of its own process on this database, once it serves.
struct Serving {
    child: Child,
    site: String,
}

impl Serving {
    fn start(data: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongbei"));
        command.args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"]).arg(data).current_dir(data);
        let log = std::fs::File::create(data.join("told")).unwrap();
        let mut child = command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.map_while(Result::ok).find(|line| line.contains("http://")).expect("it serves");
        let site = line[line.find("http://").unwrap()..].split_whitespace().next().unwrap();
        Self { child, site: site.trim_end_matches(['/', ':']).to_owned() }
    }

    async fn zhou(&self) -> Person {
        Person::signed_in_at(self.site.trim_start_matches("http://").parse().unwrap(), "zhou").await
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Asks until the answer is true.
async fn until(connection: &mut PgConnection, question: &'static str) {
    let asked = async {
        while !sqlx::query_scalar::<_, bool>(question).fetch_one(&mut *connection).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("not in time: {question}"));
}

const SERVERS: &str =
    "FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'gongbei server %'";

#[tokio::test(flavor = "multi_thread")]
async fn a_database_has_one_server_and_one_that_has_lost_it_writes_nothing_and_ends() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let database = new_database(one.path()).await;
    let address = database.with_password();
    let mut first = Serving::start(one.path(), &[("GONGBEI_DATABASE", &address)]);
    let zhou = first.zhou().await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongbei"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(other.path()).current_dir(other.path());
    let second = command.env("GONGBEI_DATABASE", &address).output().unwrap();
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(!second.status.success() && told.contains("another gongbei serves this database"), "{told}");

    // Its connection breaks, and nobody else comes: it goes on.
    let (mut asks, mut waits) = (server_of(&database).await, server_of(&database).await);
    sqlx::query(AssertSqlSafe(format!("SELECT pg_terminate_backend(pid, 5000) {SERVERS}")))
        .execute(&mut asks)
        .await
        .unwrap();
    until(&mut asks, "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 1650813185").await;
    zhou.document("接着写").await;

    // Another one stands at the door while it breaks again.
    let taking = tokio::spawn(async move {
        sqlx::query("SELECT pg_advisory_lock(7453297298632960257)").execute(&mut waits).await.unwrap();
        waits
    });
    until(&mut asks, "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").await;
    sqlx::query(AssertSqlSafe(format!("SELECT pg_terminate_backend(pid, 5000) {SERVERS}")))
        .execute(&mut asks)
        .await
        .unwrap();
    let _other = taking.await.unwrap();
    let body = json!({"kind": "page", "title": "太晚了"});
    let late = zhou.request(Method::POST, "/api/documents").json(&body).send().await;
    assert!(late.is_err() || late.is_ok_and(|answer| answer.status().is_server_error()), "nothing is stored");
    let ended = tokio::task::spawn_blocking(move || first.child.wait().map(|status| (status, first))).await.unwrap();
    assert!(!ended.unwrap().0.success());
    let told = std::fs::read_to_string(one.path().join("told")).unwrap();
    assert!(told.contains("another gongbei serves this database"), "{told}");
    let written: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM documents WHERE title = '太晚了')")
        .fetch_one(&mut asks)
        .await
        .unwrap();
    assert!(!written);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_address_leaves_to_variables_holds_for_the_process_that_reads_documents() {
    let place = tempfile::tempdir().unwrap();
    let database = new_database(place.path()).await;
    let host = database.options().get_socket().unwrap().display().to_string();
    let address = format!("postgres:///{}?user=gongbei", database.options().get_database().unwrap());
    let _server = Serving::start(place.path(), &[("GONGBEI_DATABASE", &address), ("PGHOST", &host)]);
    let mut asks = server_of(&database).await;
    until(&mut asks, "SELECT EXISTS (SELECT 1 FROM document_texts WHERE text <> '')").await;
}

/// The folder as one that is removed in the end.
fn moved(root: std::path::PathBuf) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::remove_dir(place.path()).unwrap();
    std::fs::rename(root, place.path()).unwrap();
    place
}

#[tokio::test]
async fn a_folder_has_one_database_and_says_which() {
    let place = tempfile::tempdir().unwrap();
    let folder = DataFolder::take(place.path()).unwrap();
    let (one, other) = (new_database(place.path()).await, new_database(place.path()).await);
    let asked = Database::of(&folder, Some(&one)).unwrap();
    asked.open(&folder, Default::default()).await.unwrap().close().await;
    assert!(matches!(Database::of(&folder, None).unwrap(), Database::Postgres(noted) if noted == one));
    let refused = Database::of(&folder, Some(&other)).unwrap_err().to_string();
    assert!(refused.contains("make a backup"), "{refused}");
    let own = tempfile::tempdir().unwrap();
    let folder = DataFolder::take(own.path()).unwrap();
    Database::of(&folder, None).unwrap().open(&folder, Default::default()).await.unwrap().close().await;
    assert!(Database::of(&folder, Some(&one)).unwrap_err().to_string().contains("gongbei.db"));
}

/// Not in the log, whatever is logged; not in the folder; not in the list of processes; nor when it can't be reached.
#[tokio::test(flavor = "multi_thread")]
async fn the_password_of_the_database_stands_nowhere() {
    const SECRET: &str = "never-to-be-read";
    let place = tempfile::tempdir().unwrap();
    let address = new_database(place.path()).await.with_password().replace("gongbei@", &format!("gongbei:{SECRET}@"));
    let told = place.path().join("told");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongbei"));
    command.args(["serve", "--demo", "--log", "trace", "--listen", "127.0.0.1:0", "--data"]).arg(place.path());
    command.env("GONGBEI_DATABASE", &address).current_dir(place.path());
    let log = std::fs::File::create(&told).unwrap();
    let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    assert!(lines.map_while(Result::ok).any(|line| line.contains("http://")), "it serves");
    let words = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let has = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
    assert!(!has(&words) && std::fs::metadata(&told).unwrap().len() > 1_000);
    for entry in std::fs::read_dir(place.path()).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        assert!(!has(&std::fs::read(entry.path()).unwrap()), "{}", entry.path().display());
    }
    let away = format!("postgres://gongbei:{SECRET}@127.0.0.1:1/gongbei");
    for wrong in [away.as_str(), "mysql://gongbei:never-to-be-read@localhost/gongbei"] {
        let nowhere = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongbei"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(nowhere.path()).args(["--database", wrong]);
        let ended = command.current_dir(nowhere.path()).output().unwrap();
        assert!(!ended.status.success() && !has(&ended.stderr) && !has(&ended.stdout), "{ended:?}");
        let told = String::from_utf8_lossy(&ended.stderr).matches("list of processes").count();
        assert_eq!(told, usize::from(wrong == away), "whoever shows it to others is told: {ended:?}");
    }
}

#[tokio::test]
async fn a_copy_has_what_was_committed_before_it_began() {
    let place = tempfile::tempdir().unwrap();
    let folder = DataFolder::take(place.path()).unwrap();
    let asked = new_database(place.path()).await;
    let store = Database::of(&folder, Some(&asked)).unwrap().open(&folder, Default::default()).await.unwrap();
    let copy = place.path().join("copy.db");
    store.copy_to(&copy).await.unwrap();
    let copied = SqliteStore::open(&copy).await.unwrap();
    copied.is_current().await.unwrap();
    assert!(copied.integrity().await.unwrap().is_empty() && store.integrity().await.unwrap().is_empty());
    assert!(copied.shrinking().is_some() && store.shrinking().is_none(), "a server uses again what is free");
    store.close().await;
}
