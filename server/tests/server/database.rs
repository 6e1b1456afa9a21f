//! A Postgres database for one test, on the cluster that `GONGBEI_TEST_POSTGRES` names.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

use super::{Address, Log, PostgresStore};

/// Filled once by whichever test comes first; the others begin with a copy.
const TEMPLATE: &str = "gongbei_empty";

/// Databases of this process, and the folder whose test each belongs to.
static IN_USE: Mutex<Vec<(String, PathBuf)>> = Mutex::new(Vec::new());

/// A new one with our tables in it. A later test takes it away once the folder, or this process, is no more.
pub async fn new_database(folder: &Path) -> Address {
    let mut keeper = PgConnection::connect(&on_cluster("postgres")).await.unwrap();
    make_template(&mut keeper).await;
    sweep(&mut keeper).await;
    let name = format!("test_{}_{:016x}", std::process::id(), rand::random::<u64>());
    tell(&mut keeper, format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
    keeper.close().await.unwrap();
    IN_USE.lock().unwrap().push((name.clone(), folder.to_owned()));
    on_cluster(&name).parse().unwrap()
}

fn on_cluster(database: &str) -> String {
    let cluster = std::env::var("GONGBEI_TEST_POSTGRES").expect("run by `cargo xtask test --only postgres`");
    let (before, after) = cluster.split_once("/postgres?").expect("postgres://user@host/postgres?…");
    format!("{before}/{database}?{after}")
}

async fn tell(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

async fn make_template(keeper: &mut PgConnection) {
    tell(keeper, "SELECT pg_advisory_lock(1)".to_owned()).await;
    let is_there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(TEMPLATE)
        .fetch_one(&mut *keeper)
        .await
        .unwrap();
    if !is_there {
        // Under another name until it is whole: a test may be killed in the middle.
        tell(keeper, "DROP DATABASE IF EXISTS gongbei_begun WITH (FORCE)".to_owned()).await;
        // The database's own order of words is not ours, so that what is sorted by it shows.
        let made = "CREATE DATABASE gongbei_begun TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu \
            ICU_LOCALE 'zh' LC_COLLATE 'C' LC_CTYPE 'C'";
        tell(keeper, made.to_owned()).await;
        PostgresStore::open(&on_cluster("gongbei_begun").parse().unwrap()).await.unwrap().close().await;
        tell(keeper, format!("ALTER DATABASE gongbei_begun RENAME TO {TEMPLATE}")).await;
    }
    tell(keeper, "SELECT pg_advisory_unlock(1)".to_owned()).await;
}

/// Drops what tests have left.
async fn sweep(keeper: &mut PgConnection) {
    let nobody_else: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(2)").fetch_one(&mut *keeper).await.unwrap();
    if !nobody_else {
        return;
    }
    let names: Vec<String> =
        sqlx::query_scalar("SELECT CAST(datname AS TEXT) FROM pg_database WHERE datname LIKE 'test\\_%'")
            .fetch_all(&mut *keeper)
            .await
            .unwrap();
    let left = |name: &&String| match name.split('_').nth(1).and_then(|process| process.parse::<u32>().ok()) {
        Some(process) if process == std::process::id() => {
            let mut in_use = IN_USE.lock().unwrap();
            let at = in_use.iter().position(|(known, folder)| known == *name && !folder.exists());
            at.map(|at| in_use.swap_remove(at)).is_some()
        }
        Some(process) => !Path::new("/proc").join(process.to_string()).exists(),
        None => false,
    };
    for name in names.iter().filter(left) {
        tell(keeper, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }
    tell(keeper, "SELECT pg_advisory_unlock(2)".to_owned()).await;
}
