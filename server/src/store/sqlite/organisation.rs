//! Groups, schools and teams in SQLite.

use async_trait::async_trait;
use shared::api::{PersonCard, SchoolCard, TeamCard};
use shared::words::{GroupId, SchoolId, TeamId, UnixMillis, UserId};
use sqlx::AssertSqlSafe;

use super::rows::{anywhere, person_card, team_card};
use super::{Deed, SqliteStore};
use crate::store::{Organisation, Result};

/// Whom a person may find: everyone with a seat in a school of one of their groups, and everyone in a team with them.
const COLLEAGUES: &str = "
    SELECT theirs.person FROM seats AS mine
    JOIN memberships AS here ON here.school = mine.school AND here.until IS NULL
    JOIN memberships AS there ON there.group_id = here.group_id AND there.until IS NULL
    JOIN seats AS theirs ON theirs.school = there.school AND theirs.until IS NULL
    WHERE mine.person = $1 AND mine.until IS NULL
    UNION
    SELECT theirs.person FROM team_members AS mine
    JOIN team_members AS theirs ON theirs.team = mine.team AND theirs.until IS NULL
    WHERE mine.person = $1 AND mine.until IS NULL";

/// Which teams a person may find: those of their groups, and their own.
const TEAMS_IN_REACH: &str = "(teams.group_id IN (
        SELECT memberships.group_id FROM seats
        JOIN memberships ON memberships.school = seats.school AND memberships.until IS NULL
        WHERE seats.person = $1 AND seats.until IS NULL)
    OR teams.id IN (SELECT team FROM team_members WHERE person = $1 AND until IS NULL))";

#[async_trait]
impl Organisation for SqliteStore {
    async fn add_group(&self, id: &GroupId, name: &str) -> Result<()> {
        sqlx::query("INSERT INTO groups (id, name) VALUES ($1, $2)")
            .bind(id.as_str())
            .bind(name)
            .execute(&self.write)
            .await
            .deed(|| format!("add group {id}"))
            .map(|_| ())
    }

    async fn add_school(&self, school: &SchoolCard, group: &GroupId, since: UnixMillis) -> Result<()> {
        let deed = || format!("add school {} to group {group}", school.id);
        let mut transaction = self.begin(deed).await?;
        sqlx::query("INSERT INTO schools (id, name, seal) VALUES ($1, $2, $3)")
            .bind(school.id.as_str())
            .bind(&school.name)
            .bind(&school.seal)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        sqlx::query("INSERT INTO memberships (group_id, school, leads, since) VALUES ($1, $2, $3, $4)")
            .bind(group.as_str())
            .bind(school.id.as_str())
            .bind(i64::from(school.lead))
            .bind(since.0)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn add_seat(&self, person: &UserId, school: &SchoolId, post: &str, since: UnixMillis) -> Result<()> {
        sqlx::query(
            "INSERT INTO seats (person, school, post, main, since) VALUES ($1, $2, $3, \
             NOT EXISTS (SELECT 1 FROM seats WHERE person = $1 AND main = 1 AND until IS NULL), $4)",
        )
        .bind(person.as_str())
        .bind(school.as_str())
        .bind(post)
        .bind(since.0)
        .execute(&self.write)
        .await
        .deed(|| format!("seat {person} in school {school}"))
        .map(|_| ())
    }

    async fn add_team(&self, id: &TeamId, group: &GroupId, name: &str) -> Result<()> {
        sqlx::query("INSERT INTO teams (id, group_id, name) VALUES ($1, $2, $3)")
            .bind(id.as_str())
            .bind(group.as_str())
            .bind(name)
            .execute(&self.write)
            .await
            .deed(|| format!("add team {id}"))
            .map(|_| ())
    }

    async fn join_team(&self, team: &TeamId, person: &UserId, since: UnixMillis) -> Result<()> {
        sqlx::query("INSERT INTO team_members (team, person, since) VALUES ($1, $2, $3)")
            .bind(team.as_str())
            .bind(person.as_str())
            .bind(since.0)
            .execute(&self.write)
            .await
            .deed(|| format!("add {person} to team {team}"))
            .map(|_| ())
    }

    async fn leave_team(&self, team: &TeamId, person: &UserId, at: UnixMillis) -> Result<()> {
        sqlx::query("UPDATE team_members SET until = $3 WHERE team = $1 AND person = $2 AND until IS NULL")
            .bind(team.as_str())
            .bind(person.as_str())
            .bind(at.0)
            .execute(&self.write)
            .await
            .deed(|| format!("take {person} out of team {team}"))
            .map(|_| ())
    }

    async fn teams_of(&self, person: &UserId, at: UnixMillis) -> Result<Vec<TeamCard>> {
        let deed = || format!("list the teams of {person}");
        let rows = sqlx::query(
            "SELECT teams.id AS id, teams.name AS name, \
             (SELECT COUNT(*) FROM team_members AS all_members WHERE all_members.team = teams.id \
              AND (all_members.until IS NULL OR all_members.until > $2)) AS members \
             FROM team_members JOIN teams ON teams.id = team_members.team \
             WHERE team_members.person = $1 AND team_members.since <= $2 \
             AND (team_members.until IS NULL OR team_members.until > $2) ORDER BY teams.name",
        )
        .bind(person.as_str())
        .bind(at.0)
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        rows.iter().map(team_card).collect::<Result<_, _>>().deed(deed)
    }

    async fn find_people(&self, person: &UserId, q: &str, limit: u32) -> Result<(Vec<PersonCard>, Vec<TeamCard>)> {
        let deed = || format!("find colleagues of {person}");
        let pattern = anywhere(&q.to_lowercase());
        let people = sqlx::query(AssertSqlSafe(format!(
            "SELECT person_cards.* FROM person_cards JOIN people ON people.id = person_cards.id \
             LEFT JOIN logins ON logins.person = people.id \
             WHERE people.closed IS NULL AND people.id IN ({COLLEAGUES}) AND (lower(people.name) LIKE $2 ESCAPE '\\' \
             OR people.pinyin LIKE $2 ESCAPE '\\' OR logins.login LIKE $2 ESCAPE '\\') \
             ORDER BY people.pinyin, people.id LIMIT $3"
        )))
        .bind(person.as_str())
        .bind(&pattern)
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let people =
            people.iter().filter_map(|row| person_card(row, "").transpose()).collect::<Result<_, _>>().deed(deed)?;
        let teams = sqlx::query(AssertSqlSafe(format!(
            "SELECT teams.id AS id, teams.name AS name, \
                 (SELECT COUNT(*) FROM team_members WHERE team = teams.id AND until IS NULL) AS members FROM teams \
                 WHERE lower(teams.name) LIKE $2 ESCAPE '\\' AND {TEAMS_IN_REACH} ORDER BY teams.name LIMIT $3"
        )))
        .bind(person.as_str())
        .bind(&pattern)
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        Ok((people, teams.iter().map(team_card).collect::<Result<_, _>>().deed(deed)?))
    }

    async fn may_find_person(&self, person: &UserId, other: &UserId) -> Result<bool> {
        let sql =
            format!("SELECT EXISTS (SELECT 1 FROM people WHERE id = $2 AND closed IS NULL AND id IN ({COLLEAGUES}))");
        sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(person.as_str())
            .bind(other.as_str())
            .fetch_one(&self.read)
            .await
            .deed(|| format!("find a colleague of {person}"))
    }

    async fn may_find_team(&self, person: &UserId, team: &TeamId) -> Result<bool> {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM teams WHERE id = $2 AND {TEAMS_IN_REACH})");
        sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(person.as_str())
            .bind(team.as_str())
            .fetch_one(&self.read)
            .await
            .deed(|| format!("find a team of {person}"))
    }

    async fn is_empty(&self) -> Result<bool> {
        let people: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM people")
            .fetch_one(&self.read)
            .await
            .deed(|| "count people".to_owned())?;
        Ok(people == 0)
    }
}
