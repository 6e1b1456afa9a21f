//! `--demo`: an education group to try things out, put into an empty data folder.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use anyhow::Context;
use shared::access::{Grantee, Share};
use shared::api::SchoolCard;
use shared::words::{DocumentId, GroupId, SchoolId, TeamId, Title, UserId};

use crate::app::{App, Settings};
use crate::clock;
use crate::data_folder::{self, DataFolder};
use crate::new_document;
use crate::secret::Secret;
use crate::store::{DocumentHandle, Log, NewPerson, Organisation, SqliteStore, Store, Visit};

mod documents;

const PASSWORD: &str = "gongbei-demo";
const GROUP: (&str, &str) = ("qinghe", "清河教育集团");

/// Id, name, seal, whether it leads.
const SCHOOLS: [(&str, &str, &str, bool); 4] = [
    ("shiyan", "清河实验小学", "实", true),
    ("beiguan", "北关小学", "北", false),
    ("liuxi", "柳溪小学", "柳", false),
    ("qinghe-youeryuan", "清河幼儿园", "幼", false),
];

struct DemoPerson {
    login: &'static str,
    name: &'static str,
    school: &'static str,
    post: &'static str,
    /// What the table of accounts says.
    role: &'static str,
}

const fn person(
    login: &'static str,
    name: &'static str,
    school: &'static str,
    post: &'static str,
    role: &'static str,
) -> DemoPerson {
    DemoPerson { login, name, school, post, role }
}

const PEOPLE: [DemoPerson; 12] = [
    person("zhou", "周明远", "shiyan", "备课组长", "lead preparer 主备人"),
    person("lin", "林秀兰", "liuxi", "教师", "teacher, rural school 乡村教师"),
    person("chen", "陈静秋", "shiyan", "名师", "well-known teacher 名师"),
    person("wu", "吴敏", "shiyan", "办公室主任", "group office 集团办公室"),
    person("head", "何建国", "shiyan", "校长", "headmaster 校长"),
    person("admin", "运维", "shiyan", "系统管理员", "operator 运维"),
    person("zhao", "赵晓雯", "beiguan", "教师", "teacher 教师"),
    person("ma", "马国强", "liuxi", "教师", "teacher, rural school 乡村教师"),
    person("sun", "孙悦", "qinghe-youeryuan", "教师", "kindergarten teacher 幼儿园教师"),
    person("tang", "唐雨桐", "qinghe-youeryuan", "教研组长", "kindergarten, lead 幼儿园教研组长"),
    person("shan", "单志高", "beiguan", "教师", "teacher 教师"),
    person("liu", "刘文静", "shiyan", "教师", "teacher 教师"),
];

/// Id, name, members.
const TEAMS: [(&str, &str, &[&str]); 3] = [
    ("maths-3", "三年级数学备课组", &["zhou", "lin", "zhao", "ma"]),
    ("chen-studio", "陈静秋名师工作室", &["chen", "zhou", "lin", "shan", "liu"]),
    ("kindergarten-maths", "幼儿园数学领域组", &["tang", "sun"]),
];

/// Whether the folder was empty.
#[derive(Debug, PartialEq, Eq)]
pub enum Filled {
    Now,
    Before,
}

/// Gives a folder without people a database with the group in it, and leaves any other as it is.
///
/// The group is made aside and renamed into place: whoever ends the program meanwhile finds the folder as it was, and
/// the next start makes it.
pub async fn fill_folder(folder: &DataFolder) -> anyhow::Result<Filled> {
    if folder.database().is_file() {
        let store = SqliteStore::open(&folder.database()).await?;
        let is_empty = store.is_empty().await;
        store.close().await;
        if !is_empty? {
            return Ok(Filled::Before);
        }
    }
    let aside = folder.root().join("demo");
    remove(&aside)?;
    let made = DataFolder::beside(&aside)?;
    let app = App::open(&made, Settings::default()).await?;
    fill(&app).await?;
    app.log.close().await;
    drop(app);
    // What SQLite had kept beside an empty database must never be taken for a part of this one.
    for ending in ["", "-wal", "-shm"] {
        let mut old = folder.database().into_os_string();
        old.push(ending);
        remove(Path::new(&old))?;
    }
    fs::rename(made.database(), folder.database())?;
    remove(&aside)?;
    data_folder::sync(folder.root())?;
    Ok(Filled::Now)
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Fills an empty store; leaves any other as it is.
pub async fn fill(app: &App) -> anyhow::Result<Filled> {
    let store = &*app.store;
    if !store.is_empty().await? {
        return Ok(Filled::Before);
    }
    let now = clock::now();
    let group: GroupId = GROUP.0.parse()?;
    store.add_group(&group, GROUP.1).await?;
    for (id, name, seal, lead) in SCHOOLS {
        let school = SchoolCard { id: id.parse()?, name: name.to_owned(), seal: seal.to_owned(), lead };
        store.add_school(&school, &group, now).await?;
    }
    // One hash for all: it is the same password, and everybody knows it.
    let password_hash = app.accounts.hash(Secret::new(PASSWORD.to_owned())).await;
    for DemoPerson { login, name, school, post, role: _ } in &PEOPLE {
        let id: UserId = login.parse()?;
        let person = NewPerson {
            id: id.clone(),
            name: (*name).to_owned(),
            login: (*login).to_owned(),
            password_hash: password_hash.clone(),
            operator: *login == "admin",
            at: now,
        };
        store.add_person(person).await?;
        let school: SchoolId = school.parse()?;
        store.add_seat(&id, &school, post, now).await?;
    }
    for (id, name, members) in TEAMS {
        let team: TeamId = id.parse()?;
        store.add_team(&team, &group, name).await?;
        for member in members {
            store.join_team(&team, &member.parse()?, now).await?;
        }
    }
    for document in documents::all() {
        add(store, document).await?;
    }
    Ok(Filled::Now)
}

async fn add(store: &dyn Store, demo: documents::Demo) -> anyhow::Result<()> {
    let documents::Demo { kind, title, owner, team, shares, visited_by, hours_ago, content } = demo;
    let at = clock::before(clock::now(), Duration::from_secs(u64::from(hours_ago) * 3_600));
    let owner: UserId = owner.parse()?;
    let team: Option<TeamId> = team.map(str::parse).transpose()?;
    let named = Title::new(title)?;
    let id = new_document::create_with(store, owner.clone(), kind, named, team, &content, at)
        .await
        .with_context(|| format!("cannot create the demo document {title}"))?;
    let shares: Vec<Share> = shares
        .iter()
        .map(|(with, right)| Ok(Share { with: Grantee::Person(with.parse()?), right: *right }))
        .collect::<anyhow::Result<_>>()?;
    if !shares.is_empty() {
        share(store, &owner, &id, &shares).await?;
    }
    let visits: Vec<Visit> = visited_by
        .iter()
        .map(|person| Ok(Visit { person: person.parse()?, document: id.clone(), at }))
        .collect::<anyhow::Result<_>>()?;
    store.note_visits(&visits).await?;
    Ok(())
}

async fn share(store: &dyn Store, owner: &UserId, id: &DocumentId, shares: &[Share]) -> anyhow::Result<()> {
    let person = store.person(owner, clock::now()).await?.context("the owner was just added")?;
    let handle = DocumentHandle::open(store, &person, id).await?.context("the document was just added")?;
    let managing = handle.managing().context("owners manage")?;
    store.set_shares(managing, shares, None).await?;
    Ok(())
}

/// Address and accounts, for the terminal.
pub fn accounts_table(address: &str) -> String {
    let mut table = format!("\nGongbei 共备: {address}\n\nEvery account has the password {PASSWORD}\n\n");
    for DemoPerson { login, name, school, post: _, role } in &PEOPLE {
        let school = SCHOOLS.iter().find(|(id, ..)| id == school).map_or("", |(_, name, ..)| name);
        writeln!(table, "  {login:<6} {}{}{role}", wide(name, 8), wide(school, 14)).expect("writing to a string");
    }
    table
}

/// Padded to so many columns; a Chinese character takes two.
fn wide(text: &str, columns: usize) -> String {
    let width: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(columns.saturating_sub(width) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Documents;

    #[tokio::test]
    async fn a_start_that_was_killed_is_made_good_by_the_next() {
        let root = tempfile::tempdir().unwrap();
        let folder = DataFolder::take(root.path()).unwrap();
        // What a kill may leave: something in the making, and a store that has begun to fill and has no people yet.
        fs::create_dir_all(root.path().join("demo/blobs")).unwrap();
        let store = SqliteStore::open(&folder.database()).await.unwrap();
        store.add_group(&GROUP.0.parse().unwrap(), GROUP.1).await.unwrap();
        store.close().await;
        for expected in [Filled::Now, Filled::Before] {
            assert_eq!(fill_folder(&folder).await.unwrap(), expected);
            let store = SqliteStore::open(&folder.database()).await.unwrap();
            assert_eq!(store.all_documents().await.unwrap().len(), documents::all().len());
            store.close().await;
        }
        assert!(!root.path().join("demo").exists());
    }
}
