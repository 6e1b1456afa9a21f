//! The schema and how it has grown.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// The schema's steps, oldest first. A data folder with a step not listed here is of a newer server and is refused.
pub fn migrations() -> Migrator {
    let steps = [
        ("first", include_str!("../migrations/0001_first.sql")),
        ("shares version", include_str!("../migrations/0002_shares_version.sql")),
        ("token expiry", include_str!("../migrations/0003_token_expiry.sql")),
        ("familiar places", include_str!("../migrations/0004_familiar_places.sql")),
        ("segments", include_str!("../migrations/0005_segments.sql")),
        ("reached", include_str!("../migrations/0006_reached.sql")),
        ("organisation", include_str!("../migrations/0007_organisation.sql")),
        ("accounts", include_str!("../migrations/0008_accounts.sql")),
        ("audit end", include_str!("../migrations/0009_audit_end.sql")),
        ("shelves are there", include_str!("../migrations/0010_shelves_are_there.sql")),
        ("files", include_str!("../migrations/0011_files.sql")),
        ("library", include_str!("../migrations/0012_library.sql")),
        ("collections", include_str!("../migrations/0013_collections.sql")),
        ("talk", include_str!("../migrations/0014_talk.sql")),
        ("ended taxa", include_str!("../migrations/0015_ended_taxa.sql")),
        ("room", include_str!("../migrations/0016_room.sql")),
        ("renditions", include_str!("../migrations/0017_renditions.sql")),
        ("collections are found", include_str!("../migrations/0018_collections_are_found.sql")),
        ("tutoring", include_str!("../migrations/0019_tutoring.sql")),
        ("wishes", include_str!("../migrations/0020_wishes.sql")),
        ("questions", include_str!("../migrations/0021_questions.sql")),
        ("checks", include_str!("../migrations/0022_checks.sql")),
        ("media", include_str!("../migrations/0023_media.sql")),
        ("readings", include_str!("../migrations/0024_readings.sql")),
        ("uses in documents", include_str!("../migrations/0025_uses_in_documents.sql")),
    ];
    let numbered = (1..).zip(steps).map(|(number, (name, sql))| {
        Migration::new(number, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(numbered.collect())
}
