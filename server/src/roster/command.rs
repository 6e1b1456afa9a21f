//! `gongbei roster import`.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use shared::organisation::Change;
use shared::organisation::roster::{Doing, Plan, Preview, Problem, RosterOptions, Trouble, Unknown, WrongRows};
use shared::words::{GroupId, UnixMillis};

use super::import::line_of;
use super::{MAX_FILE_BYTES, TableReader, Wish, plan_now};
use crate::clock;
use crate::store::{By, NewChanges, Organisation};

/// Whoever has the command line has looked at the file: schools and teams that are not there are created.
pub fn options_of_command_line(skip_wrong: bool) -> RosterOptions {
    let wrong_rows = if skip_wrong { WrongRows::Skip } else { WrongRows::Stop };
    RosterOptions { schools: Unknown::Created, teams: Unknown::Created, wrong_rows }
}

/// What importing the file would do to which group. Without one it is the only one there is.
pub async fn plan_file(
    store: &(impl Organisation + ?Sized),
    file: &Path,
    group: Option<GroupId>,
    options: RosterOptions,
) -> anyhow::Result<(GroupId, Plan)> {
    let size = tokio::fs::metadata(file).await.with_context(|| format!("cannot read {}", file.display()))?.len();
    if size > MAX_FILE_BYTES as u64 {
        bail!("{} is larger than {} MiB", file.display(), MAX_FILE_BYTES >> 20);
    }
    let bytes = tokio::fs::read(file).await.with_context(|| format!("cannot read {}", file.display()))?;
    let reader = TableReader::new(std::env::current_exe()?);
    let table = reader.read(&bytes).await.with_context(|| format!("cannot read {}", file.display()))?;
    let directory = store.directory();
    let group = match (group, directory.groups().collect::<Vec<_>>().as_slice()) {
        (Some(group), _) => group,
        (None, [only]) => only.id.clone(),
        (None, []) => bail!("there is no group yet"),
        (None, several) => {
            let several: Vec<_> = several.iter().map(|group| format!("{} ({})", group.id, group.name)).collect();
            bail!("say which --group: {}", several.join(", "))
        }
    };
    let wish = Wish { group, table: Arc::new(table), options, answers: Arc::default() };
    let plan = plan_now(&directory, &wish, None, clock::now());
    Ok((wish.group, plan))
}

/// Does what is planned, all or none of it.
pub async fn import(store: &(impl Organisation + ?Sized), group: &GroupId, plan: Plan) -> anyhow::Result<()> {
    let line = line_of(group, &plan.preview);
    let people = plan.new_people.len();
    let changes: Vec<Change> = plan.records.into_iter().map(Change::Put).collect();
    let asked = NewChanges::new(By::Server, &changes, clock::now());
    store.change(NewChanges { import: Some(&line), ..asked }).await?;
    println!("imported; {people} people are new");
    Ok(())
}

/// A preview as lines of text.
pub struct Report<'a>(pub &'a Preview);

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let preview = self.0;
        for trouble in &preview.troubles {
            writeln!(f, "{}", said(trouble))?;
        }
        for row in &preview.rows {
            write!(f, "row {}  {}  {}", row.row, row.name, row.school)?;
            for does in &row.does {
                match does {
                    Doing::Adds { login, phone, email, teaches } => {
                        let more = [phone.as_deref(), email.as_deref(), Some(teaches.as_str())];
                        let more = more.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>();
                        write!(f, "  + account {login} {}", more.join(" "))?
                    }
                    Doing::Finds { at } => write!(f, "  = account of somebody at {at}")?,
                    Doing::Joins { body, post, until } => write!(f, "  + {} {body}{}", post.zh, ending(*until))?,
                    Doing::Dates { body, post, until } => write!(f, "  dates of {} {body}{}", post.zh, ending(*until))?,
                    Doing::Changes { column, from, to } => write!(f, "  {column:?}: {from} -> {to}")?,
                }
            }
            for trouble in &row.troubles {
                write!(f, "  WRONG {}", said(trouble))?;
            }
            writeln!(f)?;
        }
        for school in &preview.schools {
            writeln!(f, "new school {} [{}] {:?}", school.name, school.seal, school.sort)?;
        }
        for team in &preview.teams {
            writeln!(f, "new team {} of {}", team.name, team.home)?;
        }
        let Preview { new_people, changed_people, unchanged_rows, wrong_rows, left_alone, .. } = preview;
        write!(
            f,
            "{new_people} new people, {changed_people} changed, {unchanged_rows} rows as they are, {wrong_rows} wrong, \
             {left_alone} people of the group who are not in the file stay as they are"
        )
    }
}

fn ending(until: Option<UnixMillis>) -> String {
    until.map(|until| format!(" until {}", clock::rfc3339(until))).unwrap_or_default()
}

fn said(trouble: &Trouble) -> String {
    let place = trouble.column.map_or_else(String::new, |column| format!("{column:?}: "));
    let what = match &trouble.problem {
        Problem::NoGroup => "there is no such group".to_owned(),
        Problem::NoHeadings => "no row names the columns".to_owned(),
        Problem::Empty => "nobody is in the table".to_owned(),
        Problem::TooManyRows { most } => format!("more than {most} rows"),
        Problem::TooManyColumns { most } => format!("more than {most} columns"),
        Problem::Missing => "is empty".to_owned(),
        Problem::TooLong { most } => format!("has more than {most} characters"),
        Problem::TooManyPlaces { most } => format!("names more than {most}"),
        Problem::NoPhone { text, why } => format!("is no phone number: {text} ({why:?})"),
        Problem::Unreadable { text } => format!("can't be read: {text}"),
        Problem::UnknownSchool { name } => format!("no school {name}"),
        Problem::SchoolElsewhere { name } => format!("{name} is not in this group"),
        Problem::UnknownTeam { name } => format!("no team {name}"),
        Problem::UnknownPost { name } => format!("no post {name}"),
        Problem::PostNeedsSchool { name } => format!("{name} needs a school"),
        Problem::PostNeedsTeam { name } => format!("{name} needs a team"),
        Problem::Namesakes { people } => format!("{people} people have this name there"),
        Problem::Taken { by: Some(name), row: Some(row) } => format!("belongs to {name} in row {row}"),
        Problem::Taken { by: Some(name), row: None } => format!("belongs to {name}"),
        Problem::Taken { by: None, row: _ } => "belongs to somebody else".to_owned(),
        Problem::EndsBeforeBeginning => "the end is before the beginning".to_owned(),
        Problem::SameAs { row } => format!("says the same as row {row}"),
        Problem::AccountElsewhere => "belongs to an account outside the schools of this group".to_owned(),
        Problem::AccountClosed => "the account is closed".to_owned(),
        Problem::NotYours => "is not yours to do".to_owned(),
        Problem::Misfit { misfit } => misfit.to_string(),
    };
    format!("{place}{what}")
}
