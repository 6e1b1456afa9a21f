//! Who reads which line of the audit log, and what of it (S3): a table of lines and readers.

use reqwest::Method;
use serde_json::{Value, json};
use server::store::{AuditChain, By, NewChanges};
use shared::organisation::{Body, Change, Person as Account, Record, Seat};
use shared::words::{Span, UnixMillis};

use crate::uploads::{Tus, decided, file};
use crate::world::{Person, World};

const READERS: [&str; 11] = ["zhou", "lin", "ma", "wu", "head", "sun", "tang", "shen", "peng", "qian", "liu"];

/// What is so when the lines are read: Tang has left Sun's kindergarten for Donghe, of another group, and Qian has left
/// Zhou's team. The operator reads all of it.
struct Row {
    act: &'static str,
    subject: String,
    /// Who did it; empty for the operator.
    by: &'static str,
    /// Who reads all of it.
    whole: &'static [&'static str],
    /// Who reads that they did it, and no more.
    bare: &'static [&'static str],
}

fn row(
    act: &'static str,
    subject: &str,
    by: &'static str,
    whole: &'static [&'static str],
    bare: &'static [&'static str],
) -> Row {
    Row { act, subject: subject.to_owned(), by, whole, bare }
}

fn seat(id: &str, person: &str, body: &str, post: &str) -> Record {
    let (body, span): (Body, _) = (body.parse().unwrap(), Span::from(UnixMillis(server::clock::now().0 - 1_000)));
    let (id, person, post) = (id.parse().unwrap(), person.parse().unwrap(), post.parse().unwrap());
    Record::Seat(Seat { id, person, body, post, main: false, span })
}

fn newcomer(id: &str, phone: &str) -> Record {
    let account = Account::new(id.parse().unwrap(), "新同事", id, server::clock::now());
    Record::Person(Account { phone: Some(phone.to_owned()), ..account })
}

async fn does(world: &World, by: &str, record: Record) {
    let changes = [Change::Put(record)];
    let asked = NewChanges::new(By::Person(by.parse().unwrap()), &changes, server::clock::now());
    world.app.store.change(asked).await.unwrap_or_else(|error| panic!("{by}: {error}"));
}

/// What people say of themselves.
async fn has_phone(world: &World, person: &str, by: By, phone: &str) {
    let account = world.app.store.directory().person(&person.parse().unwrap()).unwrap().clone();
    let changes = [Change::Put(Record::Person(Account { phone: Some(phone.to_owned()), ..account }))];
    world.app.store.change(NewChanges::new(by, &changes, server::clock::now())).await.unwrap();
}

async fn ends(world: &World, by: &str, person: &str, body: &str) {
    let seat = world.seat(person, body);
    let span = Span { until: Some(server::clock::now()), ..seat.span };
    does(world, by, Record::Seat(Seat { span, ..seat })).await;
}

/// A new document of which there is a line in the log.
async fn shared(world: &World, author: &str, shelf: Value, with: &str) -> String {
    let author = world.sign_in(author).await;
    let made =
        author.send(Method::POST, "/api/documents", json!({"kind": "page", "title": "分享", "shelf": shelf})).await;
    let id = made.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    author.share(&id, &[(with, "view")]).await;
    format!("document:{id}")
}

/// A new item of the library.
async fn lent(world: &World, author: &str, shelf: Value) -> String {
    let author = world.sign_in(author).await;
    let item = json!({"kind": "equipment", "title": "显微镜", "licence": "group-use", "shelf": shelf,
        "substance": {"type": "nothing"}});
    let made = author.send(Method::POST, "/api/items", item).await;
    format!("item:{}", made.json::<Value>().await.unwrap()["id"].as_str().unwrap())
}

/// Does one thing of each kind.
async fn rows(world: &World) -> Vec<Row> {
    let directory = world.app.store.directory();
    does(world, "ma", newcomer("jia", "13912340001")).await;
    does(world, "ma", seat("jia-liuxi", "jia", "school:liuxi", "teacher")).await;
    does(world, "shen", newcomer("yi", "13912340002")).await;
    does(world, "shen", seat("yi-donghe", "yi", "school:donghe", "teacher")).await;
    has_phone(world, "lin", By::Judged("lin".parse().unwrap()), "13912340003").await;
    does(world, "zhou", seat("liu-maths", "liu", "team:maths-3", "member")).await;
    let team = directory.team(&"maths-3".parse().unwrap()).unwrap().clone();
    does(world, "zhou", Record::Team(shared::organisation::Team { stage: "低段".to_owned(), ..team })).await;
    let school = directory.school(&"liuxi".parse().unwrap()).unwrap().clone();
    does(world, "ma", Record::School(shared::organisation::School { pupils: Some(150), ..school })).await;
    let left = directory.memberships().find(|place| place.id.as_str() == "qinghe-maping").unwrap().clone();
    let left = shared::organisation::Membership { handed_over: "都移交了".to_owned(), ..left };
    does(world, "wu", Record::Membership(left)).await;
    let region = directory.regions().next().unwrap().clone();
    does(world, "admin", Record::Region(shared::organisation::Region { name: "清河".to_owned(), ..region })).await;
    let lins = shared(world, "lin", json!({"type": "person", "id": "lin"}), "shan").await;
    let schools = shared(world, "lin", json!({"type": "school", "id": "liuxi"}), "ma").await;
    let teams = shared(world, "qian", json!({"type": "team", "id": "maths-3"}), "lin").await;
    let groups = shared(world, "wu", json!({"type": "group", "id": "qinghe"}), "lin").await;
    let own_item = lent(world, "lin", json!({"type": "person", "id": "lin"})).await;
    let school_item = lent(world, "lin", json!({"type": "school", "id": "liuxi"})).await;
    let team_item = lent(world, "qian", json!({"type": "team", "id": "maths-3"})).await;
    let collection = json!({"title": "专题", "shelf": {"type": "school", "id": "liuxi"}});
    let made = world.sign_in("lin").await.send(Method::POST, "/api/collections", collection).await;
    let school_collection = format!("collection:{}", made.json::<Value>().await.unwrap()["id"].as_str().unwrap());
    let guest = json!({"body": {"type": "school", "id": "liuxi"}, "post": "teacher", "uses": 2,
        "ends": server::clock::now().0 + 3_600_000});
    let opened = world.sign_in("ma").await.send(Method::POST, "/api/invitations/open", guest).await;
    assert_eq!(opened.status(), 201);
    let invited = world.sign_in("ma").await.send(Method::POST, "/api/invitations", json!({"people": ["jia"]})).await;
    assert_eq!(invited.status(), 201);
    // From here on people leave.
    has_phone(world, "tang", By::Person("sun".parse().unwrap()), "13912340004").await;
    does(world, "admin", seat("tang-donghe", "tang", "school:donghe", "teacher")).await;
    ends(world, "sun", "tang", "school:qinghe-youeryuan").await;
    has_phone(world, "tang", By::Judged("tang".parse().unwrap()), "13912340005").await;
    ends(world, "zhou", "qian", "team:maths-3").await;
    vec![
        row("person.added", "person:jia", "ma", &["ma", "wu", "head"], &[]),
        row("seat.added", "person:jia", "ma", &["ma", "wu", "head"], &[]),
        row("person.invited", "person:jia", "ma", &["ma", "wu", "head"], &[]),
        row("person.added", "person:yi", "shen", &["shen"], &[]),
        row("seat.added", "person:yi", "shen", &["shen"], &[]),
        row("person.changed", "person:lin", "lin", &["lin", "ma", "wu", "head"], &[]),
        row("seat.added", "person:liu", "zhou", &["zhou", "wu", "head", "liu"], &[]),
        row("team.changed", "team:maths-3", "zhou", &["zhou", "wu", "head"], &[]),
        row("school.changed", "school:liuxi", "ma", &["ma", "wu", "head"], &[]),
        row("invitation.opened", "school:liuxi", "ma", &["ma", "wu", "head"], &[]),
        row("membership.changed", "school:maping", "wu", &["wu", "head"], &[]),
        row("region.changed", "region:qinghe-xian", "", &[], &[]),
        row("document.shared", &lins, "lin", &["lin"], &[]),
        row("document.shared", &schools, "lin", &["lin", "ma"], &[]),
        row("document.shared", &teams, "qian", &["zhou"], &["qian"]),
        row("document.shared", &groups, "wu", &["wu", "head"], &[]),
        row("collection.added", &school_collection, "lin", &["lin", "ma"], &[]),
        row("item.added", &own_item, "lin", &["lin"], &[]),
        row("item.added", &school_item, "lin", &["lin", "ma"], &[]),
        row("item.added", &team_item, "qian", &["zhou"], &["qian"]),
        row("person.changed", "person:tang", "sun", &["tang", "shen"], &["sun"]),
        row("person.changed", "person:tang", "tang", &["tang", "shen"], &[]),
        row("seat.ended", "person:tang", "sun", &["tang", "sun", "wu", "head"], &[]),
        row("seat.added", "person:tang", "", &["tang", "shen"], &[]),
        row("seat.ended", "person:qian", "zhou", &["qian", "zhou", "wu", "head"], &[]),
    ]
}

/// Every line, so many at a time.
async fn lines(reader: &Person, at_once: usize) -> Vec<Value> {
    let (mut lines, mut before) = (Vec::new(), String::new());
    loop {
        let page = reader.json(&format!("/api/audit?limit={at_once}{before}")).await;
        let found = page["lines"].as_array().unwrap();
        assert!(found.len() <= at_once);
        lines.extend(found.iter().cloned());
        match page["next"].as_u64() {
            Some(next) => {
                assert_eq!(found.len(), at_once, "a page before the last one is full");
                before = format!("&before={next}");
            }
            None => return lines,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_each_line_of_the_audit_log_is_read_by_those_it_is_for_now() {
    let world = World::start().await;
    let rows = rows(&world).await;
    let all = lines(&world.sign_in("admin").await, 100).await;
    let found = |row: &Row| {
        let by = |line: &Value| match line["actor"]["id"].as_str() {
            Some("admin") | None => row.by.is_empty(),
            Some(actor) => actor == row.by,
        };
        // The demo itself has given people seats, as the server.
        let is_it = |line: &&Value| line["act"] == row.act && line["subject"] == row.subject && by(line);
        let line = all.iter().find(is_it).unwrap_or_else(|| panic!("no line: {} of {}", row.act, row.subject));
        assert_ne!(line["details"], json!({}), "{}: the operator reads all", row.act);
        line.clone()
    };
    let AuditChain::Whole { end, .. } = world.app.store.check_audit().await.unwrap() else { panic!("broken") };
    let table = world.sign_in("admin").await.get("/api/audit/export").await.text().await.unwrap();
    assert!(table.lines().nth(1).unwrap().ends_with(&format!(",\"{end}\"")), "the operator takes away where it ends");
    let expected: Vec<_> = rows.iter().map(|row| (row, found(row))).collect();
    for login in READERS {
        let reader = world.sign_in(login).await;
        let read = lines(&reader, 100).await;
        assert_eq!(lines(&reader, 3).await, read, "{login}: the same in small pages");
        let table = reader.get("/api/audit/export").await.text().await.unwrap();
        let programs = reader.get("/api/audit/export?format=jsonl").await.text().await.unwrap();
        let programs: Vec<Value> = programs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(programs.iter().all(|line| line["checksum"].is_null()), "{login}: as in the table");
        let without_sum = table.lines().skip(1).all(|line| line.ends_with(",\"\""));
        assert!(without_sum, "{login}: a checksum would tell what it covers");
        for (row, line) in &expected {
            let what = format!("{login}: {} of {} by {}", row.act, row.subject, row.by);
            let seen = read.iter().find(|seen| seen["seq"] == line["seq"]);
            let in_table = table.contains(&format!(",\"{}\",\"\"\r\n", line["seq"]));
            let for_programs = programs.iter().find(|seen| seen["seq"] == line["seq"]);
            let details = seen.map(|seen| seen["details"].to_string());
            assert_eq!(for_programs.and_then(|seen| seen["details"].as_str()), details.as_deref(), "{what}: as lines");
            let whole = row.whole.contains(&login);
            match seen {
                Some(seen) if whole => assert_eq!(seen["details"], line["details"], "{what}"),
                Some(seen) => {
                    assert!(row.bare.contains(&login), "{what} is not for them");
                    assert_eq!(seen["details"], json!({}), "{what}: no details");
                }
                None => assert!(!whole && !row.bare.contains(&login), "{what} is for them"),
            }
            assert_eq!(in_table, seen.is_some(), "{what}: the table has the same lines");
        }
        let text = serde_json::to_string(&read).unwrap() + &table;
        for (phone, readers) in [
            ("13912340001", &["ma", "wu", "head"][..]),
            ("13912340002", &["shen"]),
            ("13912340003", &["lin", "ma", "wu", "head"]),
            ("13912340004", &["tang", "shen"]),
            ("13912340005", &["tang", "shen"]),
        ] {
            assert_eq!(text.contains(phone), readers.contains(&login), "{login}: {phone}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_the_audit_log_is_in_sentences() {
    let world = World::start().await;
    rows(&world).await;
    let wu = world.sign_in("wu").await;
    let table = |language: &'static str, wanted: &'static str| {
        let path = format!("/api/audit/export?offset=480{wanted}");
        let request = wu.request(Method::GET, &path).header("accept-language", language);
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    let chinese = table("zh-CN", "").await;
    assert!(
        chinese.starts_with("\u{feff}\"时间\",\"谁\",\"做了什么\",\"对象\",\"学校\",\"来源\",\"序号\",\"校验值\"\r\n")
    );
    let row = "\"马国强\",\"把 新同事 加进 柳溪小学，身份 教师\",\"新同事\",\"柳溪小学\",\"登录的人\",";
    let line = chinese.lines().find(|line| line.contains(row)).unwrap_or_else(|| panic!("not a word of it: {chinese}"));
    assert!(line[..28].ends_with(" +08:00\""), "with its zone: {line}");
    assert!(!chinese.contains('{'), "no cell is for programs: {chinese}");
    let english = table("en", "").await;
    assert!(english.contains("\"added 新同事 to 柳溪小学 as "), "{english}");
    assert_eq!(table("en", "&language=zh-CN").await, chinese, "as the page is, not the browser");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_take_along_begins_with_a_page_to_read() {
    let world = crate::uploads::world().await;
    let zhou = world.sign_in("zhou").await;
    zhou.lesson_plan("<b>带走</b>").await;
    let bytes = file(5, 300_000);
    let upload = zhou.upload(&bytes).await;
    decided(&zhou, &upload).await;
    let item = json!({"kind": "courseware", "title": "<i>折纸</i>", "licence": "group-use",
        "shelf": {"type": "person", "id": "zhou"},
        "substance": {"type": "files", "of": [upload.rsplit('/').next().unwrap()]}});
    assert_eq!(zhou.send(Method::POST, "/api/items", item).await.status(), 201);
    let lin = world.sign_in("lin").await;
    let thing = json!({"kind": "equipment", "title": "月相仪", "licence": "group-use",
        "shelf": {"type": "team", "id": "maths-3"}, "substance": {"type": "nothing"}});
    let thing = lin.send(Method::POST, "/api/items", thing).await.json::<Value>().await.unwrap();
    let thing = thing["id"].as_str().unwrap();
    let morning = (server::clock::now().0 / 3_600_000 + 24) * 3_600_000;
    for (method, path, body) in [
        (
            Method::POST,
            format!("items/{thing}/remarks"),
            json!({"id": "said-1", "type": "remark", "text": "<u>好用</u>"}),
        ),
        (Method::PUT, format!("items/{thing}/rating"), json!({"verdict": "ready", "words": "一节课够了"})),
        (
            Method::POST,
            format!("items/{thing}/loans"),
            json!({"id": "loan-1", "since": morning,
            "until": morning + 3_600_000, "purpose": "看月亮", "wish": "ask"}),
        ),
        (
            Method::POST,
            "collections".to_owned(),
            json!({"title": "看天", "shelf": {"type": "person", "id": "zhou"},
            "lines": [{"type": "item", "item": thing, "note": "带去操场"}]}),
        ),
        (Method::POST, "library/subscriptions".to_owned(), json!({"type": "subject", "of": "数学"})),
    ] {
        let answer = zhou.send(method, &format!("/api/{path}"), body).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    }
    let export = zhou.get("/api/account/export").await.bytes().await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(export.to_vec())).unwrap();
    let mut page = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("index.html").unwrap(), &mut page).unwrap();
    for expected in ["<dd>周明远</dd>", "清河实验小学 · 教师", "&lt;b&gt;带走&lt;/b&gt;</a>", "我写的文档"]
    {
        assert!(page.contains(expected), "{expected} in {page}");
    }
    assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    let links: Vec<String> =
        page.split("href=\"").skip(1).map(|link| decoded(link.split('"').next().unwrap())).collect();
    assert!(links.iter().any(|link| link.ends_with("带走__b_.html")), "{links:?}");
    let folder = links.iter().find_map(|link| link.strip_suffix("/about.json")).unwrap();
    let mut taken = Vec::new();
    let name = format!("{folder}/1 课.dat");
    std::io::Read::read_to_end(&mut archive.by_name(&name).unwrap(), &mut taken).unwrap();
    assert!(taken == bytes, "the file comes as it went in");
    for (name, words) in [
        ("library/remarks 001.json", "<u>好用</u>"),
        ("library/ratings 001.json", "一节课够了"),
        ("library/loans 001.json", "看月亮"),
        ("library/collections/0001 看天.json", "带去操场"),
        ("library/subscriptions 001.json", "数学"),
        ("kept.json", "您在资源库的订阅 1 个"),
    ] {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut archive.by_name(name).expect(name), &mut text).unwrap();
        assert!(text.contains(words), "{name}: {text}");
        assert!(name == "kept.json" || links.iter().any(|link| link == name), "{name} is in the index: {links:?}");
    }
    for link in links {
        assert!(archive.file_names().any(|name| name.unwrap() == link), "{link} is in the archive");
    }
}

fn decoded(address: &str) -> String {
    let mut parts = address.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).unwrap()
}

/// As docs/trust.md tells others to do it.
#[tokio::test(flavor = "multi_thread")]
async fn the_chain_of_the_audit_log_can_be_verified_by_others() {
    let world = World::start().await;
    rows(&world).await;
    let lines = world.sign_in("admin").await.get("/api/audit/export?format=jsonl").await.text().await.unwrap();
    let mut before = vec![0; 32];
    for line in lines.lines().rev() {
        let line: Value = serde_json::from_str(line).unwrap();
        let mut bytes = before;
        bytes.extend(line["seq"].as_i64().unwrap().to_le_bytes());
        bytes.extend(line["at"].as_i64().unwrap().to_le_bytes());
        for part in ["actor", "act", "subject", "details"] {
            let text = line[part].as_str().unwrap();
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        let sum = blake3::hash(&bytes);
        assert_eq!(line["checksum"], sum.to_hex().as_str(), "line {}", line["seq"]);
        before = sum.as_bytes().to_vec();
    }
    let AuditChain::Whole { end, .. } = world.app.store.check_audit().await.unwrap() else { panic!("broken") };
    assert!(lines.lines().next().unwrap().contains(&end), "to the end");
}

/// Asking for a person, an actor or an act finds nothing that is not shown without asking.
#[tokio::test(flavor = "multi_thread")]
async fn s3_asking_narrowly_finds_no_more_of_the_audit_log() {
    let world = World::start().await;
    let rows = rows(&world).await;
    for login in ["zhou", "sun", "wu"] {
        let reader = world.sign_in(login).await;
        let read = lines(&reader, 100).await;
        for Row { act, subject, by, .. } in &rows {
            for asked in [format!("subject={subject}"), format!("act={act}"), format!("actor={by}")] {
                if asked == "actor=" {
                    continue;
                }
                let found = reader.json(&format!("/api/audit?{asked}")).await;
                for line in found["lines"].as_array().unwrap() {
                    assert!(read.contains(line), "{login}: {asked}: {line}");
                }
            }
        }
    }
}
