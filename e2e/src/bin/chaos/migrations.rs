//! Killed while it brings a folder up to date that an older version has left.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::Group;
use e2e::engine::Chance;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::crew::{Crew, Found, Size};
use crate::page::{Outcome, Row, counted};
use crate::tools;

/// What of the schema each step has brought, taken back; the last step first. Tables that a step goes through from
/// beginning to end get enough to go through.
const STEPS_BACK: [(i64, &str); 24] = [
    (25, "DROP INDEX item_uses_in_document; DROP TABLE document_items;"),
    (
        24,
        "ALTER TABLE item_files DROP COLUMN claim;
        ALTER TABLE uploads DROP COLUMN claim;
        ALTER TABLE files ADD COLUMN facts TEXT NOT NULL DEFAULT '';
        ALTER TABLE files ADD COLUMN text TEXT NOT NULL DEFAULT '';
        UPDATE files SET (facts, text) = (SELECT r.facts, r.text FROM readings AS r WHERE r.blob = files.blob LIMIT 1);
        DROP TABLE readings;",
    ),
    (
        23,
        "DROP TABLE tutoring_media; DROP INDEX tutoring_questions_of_author; DROP INDEX tutoring_attendance_of_person;",
    ),
    (22, "DROP TABLE tutoring_check_answers; DROP TABLE tutoring_checks;"),
    (
        21,
        "DROP TRIGGER questions_for_returned_are_found_anew;
        DROP TRIGGER questions_for_removed_are_found_anew;
        DROP TRIGGER questions_for_uninvited_are_found_anew;
        DROP TRIGGER questions_for_invited_are_found_anew;
        DROP TRIGGER questions_of_sessions_are_found_anew;
        DROP TRIGGER answered_questions_are_found;
        DROP TABLE tutoring_votes;
        DROP TABLE tutoring_questions;
        DELETE FROM entries WHERE key LIKE 'question:%';",
    ),
    (
        20,
        "DROP TRIGGER works_of_renamed_people_are_found_anew;
        DROP TRIGGER works_of_renamed_schools_are_found_anew;
        DROP TRIGGER works_of_renamed_teams_are_found_anew;
        DROP TRIGGER works_of_renamed_groups_are_found_anew;
        DROP INDEX item_authors_by_person;
        DROP INDEX collections_of_author;
        ALTER TABLE documents DROP COLUMN wish;
        ALTER TABLE collections DROP COLUMN wish;
        ALTER TABLE items DROP COLUMN wish;",
    ),
    (
        19,
        "DROP TRIGGER sessions_of_returned_are_found_anew;
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
        ALTER TABLE documents DROP COLUMN session;",
    ),
    (
        18,
        "DROP TRIGGER collections_begin_to_be_found;
        DROP TRIGGER collections_are_found_anew;
        DROP TRIGGER moved_items_are_found_anew_where_they_are_collected;
        DELETE FROM entries WHERE key LIKE 'collection:%';",
    ),
    (17, "DROP TABLE blobs_left; DROP INDEX films_and_recordings; DROP TABLE renditions;"),
    (
        16,
        "DROP INDEX items_in_the_bin;
        ALTER TABLE items DROP COLUMN removed;
        ALTER TABLE item_versions DROP COLUMN bytes;
        ALTER TABLE uploads DROP COLUMN received;",
    ),
    (15, "DROP INDEX items_at_taxon; ALTER TABLE taxa DROP COLUMN ended;"),
    (
        14,
        "DROP TABLE answers_read;
        DROP TABLE loan_slots;
        DROP TABLE loans;
        DROP TABLE ratings;
        DROP TABLE corrections;
        DROP TABLE remarks;",
    ),
    (
        13,
        "DROP TRIGGER collections_begin_on_shelves_that_are_there;
        DROP TRIGGER collections_move_to_shelves_that_are_there;
        DROP TRIGGER people_with_collections_stay;
        DROP TRIGGER teams_with_collections_stay;
        DROP TRIGGER schools_with_collections_stay;
        DROP TRIGGER groups_with_collections_stay;
        DROP INDEX item_versions_by_time;
        DROP TABLE feed_seen;
        DROP TABLE subscriptions;
        DROP TABLE menus;
        DROP TABLE collection_lines;
        DROP TABLE collections;",
    ),
    (
        12,
        "ALTER TABLE uploads DROP COLUMN item;
        DROP TRIGGER documents_begin_to_be_found;
        DROP TRIGGER documents_are_found_anew;
        DROP TRIGGER shares_are_found_anew;
        DROP TRIGGER changed_shares_are_found_anew;
        DROP TRIGGER ended_shares_are_found_anew;
        DROP TRIGGER texts_are_found;
        DROP TRIGGER texts_are_found_anew;
        DROP TRIGGER items_begin_to_be_found;
        DROP TRIGGER items_are_found_anew;
        DROP TRIGGER items_begin_on_shelves_that_are_there;
        DROP TRIGGER items_move_to_shelves_that_are_there;
        DROP TRIGGER people_with_items_stay;
        DROP TRIGGER teams_with_items_stay;
        DROP TRIGGER schools_with_items_stay;
        DROP TRIGGER groups_with_items_stay;
        DROP TABLE catalogue;
        DROP TABLE entries;
        DROP TABLE document_texts;
        DROP TABLE item_uses;
        DROP TABLE item_images;
        DROP TABLE item_files;
        DROP TABLE item_versions;
        DROP TABLE item_tags;
        DROP TABLE item_authors;
        DROP TABLE items;
        DROP TABLE taxa;",
    ),
    (
        11,
        "DROP TABLE school_quotas;
        DROP TABLE uploads;
        DROP TABLE files;",
    ),
    (
        10,
        "DROP TRIGGER people_with_documents_stay;
        DROP TRIGGER teams_with_documents_stay;
        DROP TRIGGER schools_with_documents_stay;
        DROP TRIGGER groups_with_documents_stay;
        DROP TRIGGER shares_are_with_somebody;
        DROP TRIGGER documents_move_to_shelves_that_are_there;
        DROP TRIGGER documents_begin_on_shelves_that_are_there;",
    ),
    (
        9,
        "DROP TRIGGER audit_lines_stay;
        DROP TRIGGER audit_lines_stay_as_they_are;
        ALTER TABLE organisation DROP COLUMN audit_checksum;
        ALTER TABLE organisation DROP COLUMN audit_seq;",
    ),
    (
        8,
        "DROP TABLE sign_ons;
        DROP TABLE recovery_codes;
        DROP TABLE one_time_passwords;
        DROP TABLE open_invitations;
        DROP TABLE start_codes;
        ALTER TABLE tokens DROP COLUMN scopes;
        ALTER TABLE sessions DROP COLUMN network;
        ALTER TABLE sessions DROP COLUMN system;
        ALTER TABLE sessions DROP COLUMN browser;
        ALTER TABLE sessions DROP COLUMN shared_computer;",
    ),
    (7, ORGANISATION_BACK),
    (6, "ALTER TABLE documents DROP COLUMN reached;"),
    (5, "DROP TABLE segments;"),
    (
        4,
        "DROP TABLE familiar;
        CREATE TABLE sign_in_attempts (login TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
        CREATE INDEX sign_in_attempts_of_login ON sign_in_attempts (login, at);
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
            INSERT INTO sign_in_attempts SELECT 'login ' || n, n FROM numbers;",
    ),
    (
        3,
        "ALTER TABLE tokens DROP COLUMN used;
        ALTER TABLE tokens DROP COLUMN expires;
        DELETE FROM tokens WHERE name = 'of long ago';
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
            INSERT INTO tokens (hash, person, name, created)
            SELECT randomblob(32), (SELECT max(id) FROM people), 'of long ago', n FROM numbers;",
    ),
    (2, "ALTER TABLE documents DROP COLUMN shares_version;"),
];
/// Posts were free words, teams were of groups, and a document was its owner's or a team's. What the older view showed is
/// left out: the step only takes it away.
const ORGANISATION_BACK: &str = "
    DROP TABLE ways_back;
    DROP TABLE audit;
    DROP TABLE organisation;
    DROP TABLE regions;

    CREATE TABLE newer AS SELECT * FROM memberships;
    DROP TABLE memberships;
    CREATE TABLE memberships (
        group_id TEXT NOT NULL REFERENCES groups (id), school TEXT NOT NULL REFERENCES schools (id),
        leads INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER, PRIMARY KEY (group_id, school, since)
    ) STRICT;
    CREATE INDEX memberships_of_school ON memberships (school);
    INSERT INTO memberships SELECT group_id, school, leads, since, until FROM newer;
    DROP TABLE newer;

    CREATE TABLE newer AS SELECT * FROM teams;
    DROP TABLE teams;
    CREATE TABLE teams (id TEXT PRIMARY KEY, group_id TEXT NOT NULL REFERENCES groups (id), name TEXT NOT NULL) STRICT;
    INSERT INTO teams SELECT id, substr(home, 7), name FROM newer WHERE home LIKE 'group:%';
    DROP TABLE newer;

    CREATE TABLE newer AS SELECT * FROM seats;
    DROP TABLE seats;
    CREATE TABLE seats (
        person TEXT NOT NULL REFERENCES people (id), school TEXT NOT NULL REFERENCES schools (id), post TEXT NOT NULL,
        main INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER, PRIMARY KEY (person, school, post, since)
    ) STRICT;
    CREATE UNIQUE INDEX main_seat_of_person ON seats (person) WHERE main = 1 AND until IS NULL;
    CREATE INDEX seats_of_school ON seats (school);
    INSERT OR IGNORE INTO seats SELECT person, substr(body, 8), post, main, since, until FROM newer
        WHERE body LIKE 'school:%';
    CREATE TABLE team_members (
        team TEXT NOT NULL REFERENCES teams (id), person TEXT NOT NULL REFERENCES people (id), since INTEGER NOT NULL,
        until INTEGER, PRIMARY KEY (team, person, since)
    ) STRICT;
    CREATE INDEX teams_of_person ON team_members (person);
    INSERT OR IGNORE INTO team_members SELECT substr(body, 6), person, since, until FROM newer WHERE body LIKE 'team:%';
    DROP TABLE newer;

    DROP INDEX documents_on_shelf;
    DROP INDEX documents_of_author;
    ALTER TABLE documents ADD COLUMN team TEXT REFERENCES teams (id);
    UPDATE documents SET team = substr(shelf, 6) WHERE shelf LIKE 'team:%';
    ALTER TABLE documents DROP COLUMN shelf;
    ALTER TABLE documents RENAME COLUMN author TO owner;
    CREATE INDEX documents_of_owner ON documents (owner);
    CREATE INDEX documents_of_team ON documents (team);

    CREATE TABLE logins (
        login TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id), password_hash TEXT NOT NULL,
        changed INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX logins_of_person ON logins (person);
    INSERT INTO logins SELECT login, id, hash, changed FROM people JOIN passwords ON passwords.person = people.id;
    DROP TABLE passwords;
    DROP INDEX people_by_login;
    DROP INDEX people_by_phone;
    DROP INDEX people_by_email;
    ALTER TABLE people DROP COLUMN login;
    ALTER TABLE people DROP COLUMN phone;
    ALTER TABLE people DROP COLUMN email;
    ALTER TABLE people DROP COLUMN teaches;
    ALTER TABLE people DROP COLUMN suspended;
    ALTER TABLE people ADD COLUMN pinyin TEXT NOT NULL DEFAULT '';

    ALTER TABLE groups DROP COLUMN founded;
    ALTER TABLE groups DROP COLUMN kind;
    ALTER TABLE groups DROP COLUMN region;
    ALTER TABLE schools DROP COLUMN pupils;
    ALTER TABLE schools DROP COLUMN rural;
    ALTER TABLE schools DROP COLUMN sort;
    ALTER TABLE schools DROP COLUMN region;
    CREATE VIEW person_cards AS SELECT id, name FROM people;";
const OLDEST: i64 = 1;
const NEWEST: i64 = STEPS_BACK[0].0;

/// Nothing is packed: older versions could not.
const SETTINGS: [(&str, &str); 1] = [("GONGBEI_COMPACT_AFTER", "1000000")];
const WRITES: std::ops::Range<Duration> = Duration::from_millis(150)..Duration::from_millis(400);
/// In a row, before it may come up.
const AT_MOST: usize = 4;

#[derive(Default)]
struct Seen {
    kills: u32,
    /// Kills after which some steps had been made and some had not.
    halfway: u32,
    folders: u32,
    saved: u64,
}

pub async fn play(times: u32, seed: u64) -> Outcome {
    tools::in_own_folder("migrations", seed, async |place| migrate_again_and_again(place, times, seed).await).await
}

async fn migrate_again_and_again(place: &Path, times: u32, seed: u64) -> Result<Vec<Row>> {
    let mut seen = Seen::default();
    let mut chance = Chance::new(seed);
    let mut group = Group::prepare(place.join("server"), place.join("log"))?;
    group.set(SETTINGS);
    group.restart().await?;
    let mut crew = Crew::gather(&group, Size::SMALL, &mut chance).await?;
    let database = group.data().join("gongbei.db");
    group.stop().await?;
    take_back(&database, OLDEST).await?;
    let moments = Duration::ZERO..group.restart().await.context("all steps at once")?;
    while seen.kills < times {
        crew.write_for(chance.time(WRITES)).await?;
        if chance.is_so(50) {
            group.kill();
        } else {
            group.stop().await?;
        }
        crew.go_home().await?;
        // Those of the oldest have most to do.
        let before = if chance.is_so(60) { OLDEST } else { OLDEST + chance.below((NEWEST - OLDEST) as usize) as i64 };
        take_back(&database, before).await.with_context(|| format!("back to step {before}"))?;
        for _ in 0..=chance.below(AT_MOST) {
            group.begin()?;
            tokio::time::sleep(chance.time(moments.clone())).await;
            group.kill();
            seen.kills += 1;
            let now = steps_made(&database, place).await?;
            seen.halfway += u32::from(before < now && now < NEWEST);
        }
        group.restart().await.with_context(|| format!("a start on a folder of step {before}, after kills"))?;
        seen.folders += 1;
        let Found { saved, more: _, lost: _, doubled: _, wrong } = crew.compare(group.listens()).await?;
        ensure!(wrong.is_empty(), "from step {before}, after {} kills: {}", seen.kills, wrong.join("\n"));
        tools::check(&group.data()).await.with_context(|| format!("from step {before}"))?;
        seen.saved = saved;
    }
    crew.finish().await?;
    crew.all_alike(group.listens()).await?;
    Ok(seen.into_rows())
}

/// Makes of the folder one that a version with so many steps has left.
async fn take_back(database: &Path, steps: i64) -> Result<()> {
    let options = SqliteConnectOptions::new().filename(database).foreign_keys(false);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let made = last_step(&mut connection).await?;
    ensure!(made == NEWEST, "the schema has {made} steps: e2e/src/bin/chaos/migrations.rs has to undo them too");
    let mut undoing = connection.begin().await?;
    let packed: i64 = sqlx::query_scalar("SELECT count(*) FROM segments").fetch_one(&mut *undoing).await?;
    ensure!(packed == 0, "something is packed, which an older version could not read");
    for (_, back) in STEPS_BACK.iter().filter(|(step, _)| *step > steps) {
        sqlx::raw_sql(*back).execute(&mut *undoing).await?;
    }
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version > $1").bind(steps).execute(&mut *undoing).await?;
    undoing.commit().await?;
    Ok(connection.close().await?)
}

/// In a copy, as opening it would already tidy up what the kill has left.
async fn steps_made(database: &Path, place: &Path) -> Result<i64> {
    let copy = place.join("looked at.db");
    let beside = |file: &Path, ending: &str| {
        let mut path = file.as_os_str().to_owned();
        path.push(ending);
        std::path::PathBuf::from(path)
    };
    for ending in ["", "-wal", "-shm"] {
        std::fs::remove_file(beside(&copy, ending)).ok();
    }
    std::fs::copy(database, &copy)?;
    if beside(database, "-wal").exists() {
        std::fs::copy(beside(database, "-wal"), beside(&copy, "-wal"))?;
    }
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&copy)).await?;
    let last = last_step(&mut connection).await?;
    connection.close().await?;
    Ok(last)
}

async fn last_step(connection: &mut SqliteConnection) -> Result<i64> {
    let query = "SELECT max(version) FROM _sqlx_migrations WHERE success";
    Ok(sqlx::query_scalar(query).fetch_one(connection).await?)
}

impl Seen {
    fn into_rows(self) -> Vec<Row> {
        let Self { kills, halfway, folders, saved } = self;
        let what = format!(
            "{kills} times killed while it brings a folder of an older version up to date, {halfway} of them between \
             two steps; `gongbei check` after each of {folders} folders"
        );
        let found = format!("{} edits called saved, 0 lost, 0 doubled", counted(saved));
        vec![Row::new(what, found, "0 lost, 0 doubled", true)]
    }
}
