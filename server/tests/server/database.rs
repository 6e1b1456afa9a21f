//! A Postgres database for one test, on the cluster that `GONGBEI_TEST_POSTGRES` names.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

use super::{Address, Log, PostgresStore};

/// Dropped, it is gone from the cluster.
pub struct TestDatabase {
    pub address: Address,
    name: String,
}

/// Filled once by whichever test comes first; the others begin with a copy.
const TEMPLATE: &str = "gongbei_empty";

fn cluster(database: &str) -> String {
    let cluster = std::env::var("GONGBEI_TEST_POSTGRES").expect("run by `cargo xtask test --only postgres`");
    let (before, after) = cluster.split_once("/postgres?").expect("postgres://user@host/postgres?…");
    format!("{before}/{database}?{after}")
}

async fn tell(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

impl TestDatabase {
    pub async fn new() -> Self {
        let mut keeper = PgConnection::connect(&cluster("postgres")).await.unwrap();
        make_template(&mut keeper).await;
        let name = format!("test_{}_{:016x}", std::process::id(), rand::random::<u64>());
        tell(&mut keeper, format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
        keeper.close().await.unwrap();
        Self { address: cluster(&name).parse().unwrap(), name }
    }
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
        PostgresStore::open(&cluster("gongbei_begun").parse().unwrap()).await.unwrap().close().await;
        tell(keeper, format!("ALTER DATABASE gongbei_begun RENAME TO {TEMPLATE}")).await;
    }
    tell(keeper, "SELECT pg_advisory_unlock(1)".to_owned()).await;
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (keeper, name) = (cluster("postgres"), self.name.clone());
        // In a thread of its own: this one may be in the middle of a runtime.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut keeper = PgConnection::connect(&keeper).await.unwrap();
                tell(&mut keeper, format!("DROP DATABASE {name} WITH (FORCE)")).await;
            });
        });
        dropping.join().ok();
    }
}
