//! The schema and how it has grown.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// The first steps stand for the sixteen of SQLite; from 17 on each has its like there, under the same number.
pub fn migrations() -> Migrator {
    let steps = [
        ("words", include_str!("../migrations/postgres/0013_words.sql")),
        ("tables", include_str!("../migrations/postgres/0014_tables.sql")),
        ("library", include_str!("../migrations/postgres/0015_library.sql")),
        ("guards", include_str!("../migrations/postgres/0016_guards.sql")),
        ("renditions", include_str!("../migrations/postgres/0017_renditions.sql")),
        ("collections are found", include_str!("../migrations/postgres/0018_collections_are_found.sql")),
        ("tutoring", include_str!("../migrations/postgres/0019_tutoring.sql")),
        ("wishes", include_str!("../migrations/postgres/0020_wishes.sql")),
        ("questions", include_str!("../migrations/postgres/0021_questions.sql")),
        ("checks", include_str!("../migrations/postgres/0022_checks.sql")),
        ("media", include_str!("../migrations/postgres/0023_media.sql")),
        ("readings", include_str!("../migrations/postgres/0024_readings.sql")),
        ("uses in documents", include_str!("../migrations/postgres/0025_uses_in_documents.sql")),
    ];
    let numbered = (13..).zip(steps).map(|(number, (name, sql))| {
        Migration::new(number, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(numbered.collect())
}
