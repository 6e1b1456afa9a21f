//! All of the database into a file of SQLite and back, table by table: so a backup is the same whatever the engine, and the
//! way from one to the other (ADR 34). What is in memory of it is a few hundred KiB.

use std::path::Path;

use futures_util::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Column, Connection as _, Row, SqliteConnection, TypeInfo, ValueRef};

use super::Address;
use super::engine::{ConnectOptions, Connection, cause, connect, has_schema, reading};
use super::sql::connections::Connections;
use super::sql::transaction::Transaction;
use super::sql::{Deed, SqlStore};
use crate::store::sqlite::{cause_of, make_empty};
use crate::store::{Cause, Result, StoreError};

/// So many bytes go to the server at a time.
const PIECE: usize = 256 << 10;

/// A table and its columns.
type Table = (String, Vec<String>);

/// Writes all that is committed at one moment into a new file of SQLite, while others go on writing.
pub async fn copy_to(read: &Connections, file: &Path) -> Result<()> {
    let mut copy = make_empty(file).await?;
    let mut reading = Transaction::begin_to_read(read).await.deed(|| deed(file))?;
    let guards = begin_copy(&mut copy).await.map_err(|error| in_file(file, &error))?;
    for table in tables_of_file(&mut copy).await.map_err(|error| in_file(file, &error))? {
        copy_table(&mut reading, &mut copy, &table).await.map_err(|error| match error {
            Failed::Here(error) => error,
            Failed::InFile(error) => in_file(file, &error),
        })?;
    }
    reading.commit().await.deed(|| deed(file))?;
    end_copy(copy, guards).await.map_err(|error| in_file(file, &error))
}

fn deed(file: &Path) -> String {
    format!("copy the database to {}", file.display())
}

fn in_file(file: &Path, error: &sqlx::Error) -> StoreError {
    StoreError { deed: deed(file), cause: cause_of(error) }
}

/// Which of the two databases it was.
enum Failed {
    Here(StoreError),
    InFile(sqlx::Error),
}

/// A trigger, and what makes it.
type Guard = (String, String);

/// What triggers would do was done when the rows came into the other database.
async fn begin_copy(copy: &mut SqliteConnection) -> sqlx::Result<Vec<Guard>> {
    let guards: Vec<Guard> =
        sqlx::query_as("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetch_all(&mut *copy).await?;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *copy).await?;
    for (name, _) in &guards {
        sqlx::query(AssertSqlSafe(format!("DROP TRIGGER {name}"))).execute(&mut *copy).await?;
    }
    Ok(guards)
}

async fn copy_table(
    reading: &mut Connection,
    copy: &mut SqliteConnection,
    (table, columns): &Table,
) -> Result<(), Failed> {
    let here =
        |error: sqlx::Error| Failed::Here(StoreError { deed: format!("read table {table}"), cause: cause(&error) });
    let names = columns.join(", ");
    let places: Vec<_> = (1..=columns.len()).map(|place| format!("${place}")).collect();
    let emptied = sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut *copy).await;
    emptied.map_err(Failed::InFile)?;
    let insert = format!("INSERT INTO {table} ({names}) VALUES ({})", places.join(", "));
    let mut rows = sqlx::query(AssertSqlSafe(format!("SELECT {names} FROM {table}"))).fetch(reading);
    while let Some(row) = rows.try_next().await.map_err(here)? {
        let values = values(&row).map_err(here)?;
        let inserted = sqlx::query_with(AssertSqlSafe(insert.clone()), values).execute(&mut *copy).await;
        inserted.map_err(Failed::InFile)?;
    }
    Ok(())
}

async fn end_copy(mut copy: SqliteConnection, guards: Vec<Guard>) -> sqlx::Result<()> {
    for (_, guard) in guards {
        sqlx::raw_sql(AssertSqlSafe(guard)).execute(&mut copy).await?;
    }
    sqlx::query("COMMIT").execute(&mut copy).await?;
    copy.close().await
}

fn values(row: &PgRow) -> sqlx::Result<SqliteArguments> {
    let mut values = SqliteArguments::default();
    for (place, column) in row.columns().iter().enumerate() {
        let added = match column.type_info().name() {
            "INT8" => sqlx::Arguments::add(&mut values, row.try_get::<Option<i64>, _>(place)?),
            "TEXT" => sqlx::Arguments::add(&mut values, row.try_get::<Option<String>, _>(place)?),
            "BYTEA" => sqlx::Arguments::add(&mut values, row.try_get::<Option<Vec<u8>>, _>(place)?),
            other => Err(format!("a column of the type {other}").into()),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(values)
}

async fn tables_of_file(file: &mut SqliteConnection) -> sqlx::Result<Vec<Table>> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND name <> '_sqlx_migrations' ORDER BY name",
    )
    .fetch_all(&mut *file)
    .await?;
    let mut tables = Vec::with_capacity(names.len());
    for name in names {
        let columns = sqlx::query_scalar("SELECT name FROM pragma_table_info($1) ORDER BY name");
        let columns = columns.bind(&name).fetch_all(&mut *file).await?;
        tables.push((name, columns));
    }
    Ok(tables)
}

impl SqlStore {
    /// Takes all that is in a file of SQLite, in one transaction, which is committed only if `note` succeeds: with it, whoever
    /// asks notes where everything will be.
    ///
    /// # Errors
    /// If anything is in the database already, or if the file's schema is not that of this program.
    pub async fn take_over(&self, file: &Path, note: impl FnOnce() -> anyhow::Result<()> + Send) -> Result<()> {
        let deed = || format!("take over the database {}", file.display());
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let opened = SqliteConnection::connect_with(&options).await;
        let mut from = opened.map_err(|error| StoreError { deed: deed(), cause: cause_of(&error) })?;
        let mut transaction = Transaction::begin(&self.write).await.deed(deed)?;
        let tables = tables_of_file(&mut from).await.deed(deed)?;
        if tables != own_tables(&mut transaction).await.deed(deed)? {
            let cause = Cause::Other("it has other tables than this program knows".to_owned());
            return Err(StoreError { deed: deed(), cause });
        }
        if !is_empty(&mut transaction, &tables).await.deed(deed)? {
            return Err(StoreError { deed: deed(), cause: Cause::Other(NOT_EMPTY.to_owned()) });
        }
        fill(&mut transaction, &mut from, &tables).await.deed(deed)?;
        note().map_err(|error| StoreError { deed: deed(), cause: Cause::Other(format!("{error:#}")) })?;
        transaction.commit().await.deed(deed)?;
        from.close().await.ok();
        self.read_again().await.map(drop)
    }
}

const NOT_EMPTY: &str = "there is something in the database already: give an empty one";

/// Whether nothing of ours is in a database, as it is: nothing is written, whatever version its tables are of.
///
/// # Errors
/// If it can't be reached or is not good enough, or if somebody else's tables are where ours would be.
pub async fn is_vacant(address: &Address) -> Result<bool> {
    let deed = || format!("look into the database {address}");
    let mut connection = connect(&reading(ConnectOptions::of(address))).await.deed(deed)?;
    if !has_schema(&mut connection).await.deed(deed)? {
        return Ok(true);
    }
    let tables = own_tables(&mut connection).await.deed(deed)?;
    let ours: Option<String> = sqlx::query_scalar("SELECT CAST(to_regclass('gongbei._sqlx_migrations') AS TEXT)")
        .fetch_one(&mut connection)
        .await
        .deed(deed)?;
    if ours.is_none() && !tables.is_empty() {
        let cause = Cause::Other("its schema gongbei has tables that are not Gongbei's".to_owned());
        return Err(StoreError { deed: deed(), cause });
    }
    let vacant = is_empty(&mut connection, &tables).await.deed(deed)?;
    connection.close().await.ok();
    Ok(vacant)
}

async fn fill(connection: &mut Connection, from: &mut SqliteConnection, tables: &[Table]) -> sqlx::Result<()> {
    guard(connection, Guards::Lowered).await?;
    for table in tables {
        take(connection, from, table).await?;
    }
    number_on(connection).await?;
    guard(connection, Guards::Raised).await
}

async fn own_tables(connection: &mut Connection) -> sqlx::Result<Vec<Table>> {
    sqlx::query_as(
        "SELECT CAST(t.relname AS TEXT), array_agg(CAST(c.attname AS TEXT) ORDER BY c.attname COLLATE \"C\") \
         FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped \
         WHERE t.relnamespace = CAST('gongbei' AS regnamespace) AND t.relkind = 'r' AND t.relname <> '_sqlx_migrations' \
         GROUP BY t.relname ORDER BY t.relname COLLATE \"C\"",
    )
    .fetch_all(connection)
    .await
}

/// Whether nothing is in it but what the schema begins with.
async fn is_empty(connection: &mut Connection, tables: &[Table]) -> sqlx::Result<bool> {
    for (table, _) in
        tables.iter().filter(|(table, _)| !["organisation", "catalogue", "probe"].contains(&table.as_str()))
    {
        let sql = AssertSqlSafe(format!("SELECT EXISTS (SELECT 1 FROM {table})"));
        if sqlx::query_scalar(sql).fetch_one(&mut *connection).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

enum Guards {
    Lowered,
    Raised,
}

/// Rows come in any order, so what refers to others is looked at in the end; what triggers would do was done before.
async fn guard(connection: &mut Connection, guards: Guards) -> sqlx::Result<()> {
    let (before, triggers, references) = match guards {
        Guards::Lowered => ("SELECT 1", "DISABLE", "DEFERRABLE INITIALLY DEFERRED"),
        Guards::Raised => ("SET CONSTRAINTS ALL IMMEDIATE", "ENABLE", "NOT DEFERRABLE"),
    };
    sqlx::raw_sql(before).execute(&mut *connection).await?;
    let changes: Vec<String> = sqlx::query_scalar(
        "SELECT format('ALTER TABLE %I %s TRIGGER USER', relname, $1) FROM pg_class \
         WHERE relnamespace = CAST('gongbei' AS regnamespace) AND relkind = 'r' \
         UNION ALL SELECT format('ALTER TABLE %I ALTER CONSTRAINT %I %s', t.relname, c.conname, $2) \
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
         WHERE c.connamespace = CAST('gongbei' AS regnamespace) AND c.contype = 'f'",
    )
    .bind(triggers)
    .bind(references)
    .fetch_all(&mut *connection)
    .await?;
    for change in changes {
        sqlx::raw_sql(AssertSqlSafe(change)).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn take(connection: &mut Connection, from: &mut SqliteConnection, (table, columns): &Table) -> sqlx::Result<()> {
    let names = columns.join(", ");
    sqlx::raw_sql(AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut *connection).await?;
    let mut rows = sqlx::query(AssertSqlSafe(format!("SELECT {names} FROM {table}"))).fetch(from);
    let mut into = connection.copy_in_raw(&format!("COPY {table} ({names}) FROM STDIN")).await?;
    let mut piece = String::with_capacity(PIECE);
    while let Some(row) = rows.try_next().await? {
        write_row(&mut piece, &row)?;
        if piece.len() >= PIECE {
            into.send(piece.as_bytes()).await?;
            piece.clear();
        }
    }
    into.send(piece.as_bytes()).await?;
    into.finish().await.map(drop)
}

/// As `COPY` has it in its text format.
fn write_row(piece: &mut String, row: &SqliteRow) -> sqlx::Result<()> {
    for place in 0..row.columns().len() {
        if place > 0 {
            piece.push('\t');
        }
        let value = row.try_get_raw(place)?;
        if value.is_null() {
            piece.push_str("\\N");
            continue;
        }
        match value.type_info().name() {
            "INTEGER" => piece.push_str(&row.try_get::<i64, _>(place)?.to_string()),
            "BLOB" => {
                piece.push_str("\\\\x");
                for byte in row.try_get::<&[u8], _>(place)? {
                    piece.extend([byte >> 4, byte & 15].map(|half| char::from(b"0123456789abcdef"[usize::from(half)])));
                }
            }
            _ => {
                for letter in row.try_get::<&str, _>(place)?.chars() {
                    match letter {
                        '\\' => piece.push_str("\\\\"),
                        '\n' => piece.push_str("\\n"),
                        '\r' => piece.push_str("\\r"),
                        '\t' => piece.push_str("\\t"),
                        // A text in Postgres can't hold it.
                        '\0' => piece.push('\u{fffd}'),
                        other => piece.push(other),
                    }
                }
            }
        }
    }
    piece.push('\n');
    Ok(())
}

/// Whatever is numbered by the database goes on behind the last one.
async fn number_on(connection: &mut Connection) -> sqlx::Result<()> {
    let numbered: Vec<(String, String)> = sqlx::query_as(
        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns \
         WHERE table_schema = 'gongbei' AND is_identity = 'YES'",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (table, column) in numbered {
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('gongbei.{table}', '{column}'), coalesce(max({column}), 1), \
             max({column}) IS NOT NULL) FROM {table}"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *connection).await?;
    }
    Ok(())
}
