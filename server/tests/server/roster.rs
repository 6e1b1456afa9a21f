//! Rosters by HTTP and by the command line, with the program itself reading the files.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::app::Settings;
use server::roster::{NoTable, TableReader};

use crate::world::{Person, World};

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_gongbei"))
}

async fn world() -> World {
    World::with(Settings { program: Some(program()), ..Settings::default() }).await
}

fn group(world: &World) -> String {
    world.app.store.directory().groups().next().unwrap().id.to_string()
}

async fn previewed(person: &Person, group: &str, options: &str, file: impl Into<reqwest::Body>) -> (StatusCode, Value) {
    let path = format!("/api/organisation/roster?group={group}{options}");
    let answer = person.request(Method::POST, &path).body(file).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn asked(person: &Person, method: Method, plan: &str) -> (StatusCode, Value) {
    let answer = person.request(method, &format!("/api/organisation/roster/{plan}")).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or(Value::Null))
}

async fn answered(person: &Person, plan: &str, answers: Value) -> (StatusCode, Value) {
    let answer = person.send(Method::PUT, &format!("/api/organisation/roster/{plan}"), answers).await;
    (answer.status(), answer.json().await.unwrap_or(Value::Null))
}

fn new_school(name: &str) -> Value {
    json!({"name": name, "answer": {"is": "new", "name": name, "sort": "primary"}})
}

fn new_team(school: &str, name: &str) -> Value {
    json!({"school": school, "name": name, "answer": {"is": "new", "name": name, "sort": "research"}})
}

const NEW_SCHOOL: &str =
    "姓名,学校,岗位,教研组,手机\n何静,东关小学,校长,,13700000001\n钱进,东关小学,,数学教研组,13700000002\n";

#[tokio::test]
async fn r15_files_are_read_in_a_process_of_its_own() {
    let reader = TableReader::new(program());
    let table = reader.read("姓名,学校\n王芳,柳溪小学".as_bytes()).await.unwrap();
    assert_eq!(table[1], ["王芳", "柳溪小学"]);
    assert_eq!(reader.read(b"\x89PNG\r\n\x1a\n\0\0").await, Err(NoTable::Unreadable));
    let gone = TableReader::new(PathBuf::from("/nowhere/gongbei"));
    assert_eq!(gone.read(b"a,b").await, Err(NoTable::Unreadable), "no process, no table");
}

#[tokio::test]
async fn a_roster_is_previewed_and_then_imported_as_shown() {
    let world = world().await;
    let (group, admin) = (group(&world), world.sign_in("admin").await);
    let (status, strict) = previewed(&admin, &group, "", NEW_SCHOOL).await;
    assert_eq!((status, strict["preview"]["verdict"].as_str()), (StatusCode::CREATED, Some("asking")), "{strict}");
    let (refused, _) = asked(&admin, Method::POST, strict["plan"].as_str().unwrap()).await;
    assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY, "what nobody has answered is not imported");
    let people_before = world.app.store.directory().people().count();
    let (_, shown) = previewed(&admin, &group, "&create_schools=true&create_teams=true", NEW_SCHOOL).await;
    assert_eq!(shown["preview"]["verdict"], "ready", "{shown}");
    assert_eq!(shown["preview"]["schools"][0]["name"], "东关小学");
    assert_eq!(world.app.store.directory().people().count(), people_before, "a preview does nothing");
    let plan = shown["plan"].as_str().unwrap();
    let (status, waiting) = asked(&admin, Method::GET, plan).await;
    assert_eq!((status, &waiting["state"]), (StatusCode::OK, &json!("waiting")));
    let (status, done) = asked(&admin, Method::POST, plan).await;
    assert_eq!((status, &done["state"], &done["stored"]), (StatusCode::OK, &json!("done"), &json!(2)), "{done}");
    assert_eq!(done["new_people"].as_array().unwrap().len(), 2);
    assert!(world.app.store.directory().person_named("13700000002").is_some());
    assert_eq!(asked(&admin, Method::POST, plan).await.0, StatusCode::CONFLICT, "once");
    assert_eq!(asked(&admin, Method::DELETE, plan).await.0, StatusCode::CONFLICT, "what is stored is not cancelled");
}

#[tokio::test]
async fn answers_are_part_of_the_one_import_and_of_its_undo() {
    let world = world().await;
    let (group, wu) = ("qinghe".to_owned(), world.sign_in("wu").await);
    let before = world.app.store.directory();
    let (_, shown) = previewed(&wu, &group, "", NEW_SCHOOL).await;
    let plan = shown["plan"].as_str().unwrap();
    let questions = &shown["preview"]["questions"];
    assert_eq!((&questions["schools"][0]["rows"], &questions["schools"][0]["making"]), (&json!(2), &json!("yours")));
    assert_eq!(questions["teams"][0]["school"], "东关小学", "asked under its school at once");
    let (status, half) = answered(&wu, plan, json!({"schools": [new_school("东关小学")]})).await;
    assert_eq!((status, &half["plan"], &half["preview"]["verdict"]), (StatusCode::OK, &json!(plan), &json!("asking")));
    assert_eq!(
        asked(&wu, Method::POST, plan).await.0,
        StatusCode::UNPROCESSABLE_ENTITY,
        "half answered is not imported"
    );
    let whole = json!({"schools": [new_school("东关小学")], "teams": [new_team("东关小学", "数学教研组")]});
    let (_, ready) = answered(&wu, plan, whole.clone()).await;
    assert_eq!(ready["preview"]["verdict"], "ready", "{ready}");
    assert_eq!(world.app.store.directory().schools().count(), before.schools().count(), "answers do nothing yet");
    let (_, done) = asked(&wu, Method::POST, plan).await;
    assert_eq!((&done["state"], &done["stored"]), (&json!("done"), &json!(2)), "{done}");
    assert_eq!(world.app.store.directory().schools().count(), before.schools().count() + 1);
    assert_eq!(answered(&wu, plan, whole).await.0, StatusCode::CONFLICT, "what is imported is not answered any more");
    let undo = format!("/api/organisation/changes/{}/undo", done["undo"]);
    assert_eq!(wu.request(Method::POST, &undo).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let after = world.app.store.directory();
    assert_eq!(
        (after.schools().count(), after.teams().count(), after.people().count()),
        (before.schools().count(), before.teams().count(), before.people().count())
    );
}

#[tokio::test]
async fn s3_whoever_may_not_make_a_school_makes_none_by_answering() {
    let world = world().await;
    let (group, ma) = ("qinghe".to_owned(), world.sign_in("ma").await);
    let before = world.app.store.directory().schools().count();
    let (_, shown) = previewed(&ma, &group, "", "姓名,学校\n钱进,东关小学\n").await;
    let question = &shown["preview"]["questions"]["schools"][0];
    assert_eq!(question["making"], "others", "{shown}");
    assert!(!question["people"].as_array().unwrap().is_empty(), "and is told who does: {question}");
    let plan = shown["plan"].as_str().unwrap();
    let (_, wrong) = answered(&ma, plan, json!({"schools": [new_school("东关小学")]})).await;
    assert_eq!(wrong["preview"]["rows"][0]["troubles"][0]["problem"], "not-yours", "{wrong}");
    assert_eq!(asked(&ma, Method::POST, plan).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let out = json!({"schools": [{"name": "东关小学", "answer": {"is": "left-out"}}]});
    let (_, nothing) = answered(&ma, plan, out).await;
    assert_eq!(nothing["preview"]["verdict"], "nothing-to-do", "their rows can be left out: {nothing}");
    assert_eq!(world.app.store.directory().schools().count(), before);
    let gone = json!({"schools": [{"name": "东关小学", "answer": {"is": "there", "school": "nowhere"}}]});
    assert_eq!(answered(&ma, plan, gone).await.1["preview"]["verdict"], "asking", "a school of nobody is no answer");
    assert_eq!(answered(&ma, plan, json!({"schools": [{"name": "东关小学"}]})).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_school_made_meanwhile_is_not_made_twice() {
    let world = world().await;
    let (group, wu, admin) = ("qinghe".to_owned(), world.sign_in("wu").await, world.sign_in("admin").await);
    let text = "姓名,学校\n钱进,东关小学\n";
    let made = json!({"schools": [new_school("东关小学")]});
    let (_, first) = previewed(&wu, &group, "", text).await;
    let first = first["plan"].as_str().unwrap();
    assert_eq!(answered(&wu, first, made.clone()).await.1["preview"]["verdict"], "ready");
    let (_, second) = previewed(&admin, &group, "", "姓名,学校\n孙立,东关小学\n").await;
    let second = second["plan"].as_str().unwrap();
    answered(&admin, second, made).await;
    assert_eq!(asked(&admin, Method::POST, second).await.0, StatusCode::OK);
    let (status, changed) = asked(&wu, Method::POST, first).await;
    assert_eq!((status, &changed["state"]), (StatusCode::CONFLICT, &json!("changed")), "it is said first: {changed}");
    assert_eq!(asked(&wu, Method::POST, first).await.0, StatusCode::OK);
    let directory = world.app.store.directory();
    assert_eq!(directory.schools().filter(|school| school.name == "东关小学").count(), 1);
    // Two at once: whichever is second finds what the other has made.
    let race = async |person: &Person, name: &str| {
        let (_, shown) =
            previewed(person, &group, "&create_schools=true", format!("姓名,学校\n{name},西关小学\n")).await;
        asked(person, Method::POST, shown["plan"].as_str().unwrap()).await.0
    };
    let (one, other) = tokio::join!(race(&wu, "周一"), race(&admin, "周二"));
    assert!(one == StatusCode::OK || other == StatusCode::OK, "{one} {other}");
    let directory = world.app.store.directory();
    assert_eq!(directory.schools().filter(|school| school.name == "西关小学").count(), 1, "{one} {other}");
}

#[tokio::test]
async fn an_import_is_one_line_in_the_log_with_all_it_did_and_so_is_its_undo() {
    let world = world().await;
    let (group, wu) = ("qinghe".to_owned(), world.sign_in("wu").await);
    let (_, shown) = previewed(&wu, &group, "&create_schools=true&create_teams=true", NEW_SCHOOL).await;
    let (_, done) = asked(&wu, Method::POST, shown["plan"].as_str().unwrap()).await;
    let folded = wu.json("/api/audit?fold=true&limit=5").await;
    let line = folded["lines"][0].clone();
    assert_eq!((&line["act"], &line["undo"]), (&json!("roster.imported"), &done["undo"]), "{folded}");
    assert_eq!(line["details"]["people"], 2);
    assert_eq!(line["details"]["schools"], json!(["东关小学"]));
    assert_ne!(folded["lines"][1]["at"], line["at"], "its own lines are folded away: {folded}");
    let id = line["details"]["import"].as_str().unwrap().to_owned();
    let within = wu.json(&format!("/api/audit?import={id}")).await;
    let acts: Vec<_> = within["lines"].as_array().unwrap().iter().map(|line| line["act"].as_str().unwrap()).collect();
    // Two accounts with a seat each in the school, one in a team; the school, its membership and the team.
    assert_eq!(acts.len(), 8, "{acts:?}");
    assert!(!acts.contains(&"roster.imported") && acts.contains(&"school.added"), "{acts:?}");
    let all = wu.json("/api/audit?limit=9").await;
    assert_eq!(all["lines"][8]["act"], "roster.imported", "without folding there is every line: {all}");
    for reader in ["zhou", "shen"] {
        let read = world.sign_in(reader).await.json("/api/audit?fold=true").await;
        assert!(!read.to_string().contains("东关小学"), "{reader}");
        let read = world.sign_in(reader).await.json(&format!("/api/audit?import={id}")).await;
        assert_eq!(read["lines"], json!([]), "{reader}");
    }
    let admin = world.sign_in("admin").await;
    let read = admin.json("/api/audit?fold=true").await;
    assert_eq!(read["lines"][0]["act"], "roster.imported", "the operator reads it so, too");
    assert_eq!(read["lines"][0]["undo"], Value::Null, "and it is not theirs to undo");
    let undo = format!("/api/organisation/changes/{}/undo", line["undo"]);
    assert_eq!(admin.request(Method::POST, &undo).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(wu.request(Method::POST, &undo).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let folded = wu.json("/api/audit?fold=true&limit=2").await;
    assert_eq!(folded["lines"][0]["act"], "roster.taken-back", "{folded}");
    assert_eq!((&folded["lines"][1]["act"], &folded["lines"][1]["undo"]), (&json!("roster.imported"), &Value::Null));
    let back = folded["lines"][0]["details"]["import"].as_str().unwrap();
    assert_eq!(wu.json(&format!("/api/audit?import={back}")).await["lines"].as_array().unwrap().len(), 8);
    assert_eq!(wu.json(&format!("/api/audit?import={id}")).await["lines"].as_array().unwrap().len(), 8, "only its own");
}

#[tokio::test]
async fn what_changed_after_the_preview_is_said_first() {
    let world = world().await;
    let (group, admin) = (group(&world), world.sign_in("admin").await);
    let options = "&create_schools=true&create_teams=true";
    let (_, first) = previewed(&admin, &group, options, NEW_SCHOOL).await;
    let (_, second) = previewed(&admin, &group, options, NEW_SCHOOL).await;
    let (first, second) = (first["plan"].as_str().unwrap(), second["plan"].as_str().unwrap());
    assert_eq!(asked(&admin, Method::POST, first).await.0, StatusCode::OK);
    let (status, changed) = asked(&admin, Method::POST, second).await;
    assert_eq!((status, &changed["state"]), (StatusCode::CONFLICT, &json!("changed")), "{changed}");
    assert_eq!(changed["changed"].as_array().unwrap().len(), 2, "both rows are so already: {changed}");
    let (_, third) = previewed(&admin, &group, options, "姓名,学校\n孙立,东关小学").await;
    let third = third["plan"].as_str().unwrap();
    assert_eq!(asked(&admin, Method::DELETE, third).await.0, StatusCode::NO_CONTENT);
    assert_eq!(asked(&admin, Method::POST, third).await.0, StatusCode::NOT_FOUND, "cancelled");
}

#[tokio::test]
async fn what_was_asked_last_is_imported_and_only_what_was_shown() {
    let world = world().await;
    let ma = world.sign_in("ma").await;
    let rows: String =
        (0..3_000).map(|n| format!("教师{}{n},河弯学堂\n", char::from_u32(0x4e00 + n).unwrap())).collect();
    let (_, shown) = previewed(&ma, "qinghe", "", format!("姓名,学校\n{rows}")).await;
    let (plan, first) = (shown["plan"].as_str().unwrap(), shown["shown"].as_u64().unwrap());
    let there = json!({"schools": [{"name": "河弯学堂", "answer": {"is": "there", "school": "liuxi"}}]});
    let out = json!({"schools": [{"name": "河弯学堂", "answer": {"is": "left-out"}}]});
    let both = tokio::join!(answered(&ma, plan, there), answered(&ma, plan, out));
    let looked: Vec<_> = [both.0, both.1].into_iter().filter(|(status, _)| *status == StatusCode::OK).collect();
    let (_, last) = looked.iter().max_by_key(|(_, shown)| shown["shown"].as_u64()).expect("the last is looked at");
    assert_eq!(last["shown"], first + 2, "each has a number of its own");
    let old = format!("{plan}?shown={first}");
    assert_eq!(asked(&ma, Method::POST, &old).await.0, StatusCode::CONFLICT, "that is not what was shown last");
    let people = world.app.store.directory().people().count();
    let (status, done) = asked(&ma, Method::POST, &format!("{plan}?shown={}", last["shown"])).await;
    assert_eq!((status, &done["state"]), (StatusCode::OK, &json!("done")), "{done}");
    let new = usize::try_from(last["preview"]["new_people"].as_u64().unwrap()).unwrap();
    assert_eq!(world.app.store.directory().people().count(), people + new);
}

#[tokio::test]
async fn a_preview_that_is_refused_leaves_the_one_before_as_it_is() {
    let world = world().await;
    let (ma, admin) = (world.sign_in("ma").await, world.sign_in("admin").await);
    let (_, shown) = previewed(&ma, "qinghe", "", "姓名,学校\n测申,柳溪小学\n").await;
    let plan = shown["plan"].as_str().unwrap();
    let directory = world.app.store.directory();
    let ma_id = directory.person_named("ma").unwrap().id.clone();
    let seat = directory.seats_of(&ma_id).find(|seat| seat.post.as_str() == "head").unwrap();
    let held = serde_json::to_value(shared::organisation::Record::Seat(seat.clone())).unwrap();
    let mut ended = held.clone();
    ended["until"] = json!(held["since"].as_i64().unwrap() + 1_000);
    let put = async |record: Value| {
        admin.send(Method::POST, "/api/organisation/changes", json!({"records": [record]})).await.status()
    };
    assert!(put(ended).await.is_success());
    assert_eq!(answered(&ma, plan, json!({})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(asked(&ma, Method::POST, plan).await.0, StatusCode::NOT_FOUND);
    assert!(put(held).await.is_success());
    let (status, done) = asked(&ma, Method::POST, plan).await;
    assert_eq!((status, &done["stored"]), (StatusCode::OK, &json!(1)), "{done}");
}

#[tokio::test]
async fn only_rows_that_are_imported_are_counted() {
    let world = world().await;
    let ma = world.sign_in("ma").await;
    let file = "姓名,学校,手机\n测丑,柳溪小学,\n测寅,柳溪小学,1\n测卯,河弯学堂,\n";
    let (_, shown) = previewed(&ma, "qinghe", "", file).await;
    let plan = shown["plan"].as_str().unwrap();
    let out = json!({"schools": [{"name": "河弯学堂", "answer": {"is": "left-out"}}], "wrong_rows": "skip"});
    assert_eq!(answered(&ma, plan, out).await.1["preview"]["verdict"], "ready");
    let (_, done) = asked(&ma, Method::POST, plan).await;
    assert_eq!((&done["stored"], &done["total"]), (&json!(1), &json!(3)), "{done}");
}

#[tokio::test]
async fn others_neither_import_nor_see_what_is_imported() {
    let world = world().await;
    let (group, admin, zhou) = (group(&world), world.sign_in("admin").await, world.sign_in("zhou").await);
    let (status, _) = previewed(&zhou, &group, "", NEW_SCHOOL).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "a teacher imports nothing");
    let (status, _) = previewed(&admin, "nowhere", "", NEW_SCHOOL).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "absent and forbidden look the same");
    let (_, shown) = previewed(&admin, &group, "&create_schools=true&create_teams=true", NEW_SCHOOL).await;
    let plan = shown["plan"].as_str().unwrap();
    for method in [Method::GET, Method::POST, Method::DELETE] {
        assert_eq!(asked(&zhou, method.clone(), plan).await.0, StatusCode::NOT_FOUND, "{method}");
    }
    assert_eq!(answered(&zhou, plan, json!({})).await.0, StatusCode::NOT_FOUND, "nor answers for others");
    let (status, _) = previewed(&admin, &group, "", vec![0_u8; 100]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "no table");
    let (status, _) = previewed(&admin, &group, "", vec![b','; (5 << 20) + 1]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_template_is_a_workbook_that_can_be_sent_back() {
    let world = world().await;
    let (group, admin) = (group(&world), world.sign_in("admin").await);
    let answer = admin.get("/api/organisation/roster/template.xlsx").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let workbook = answer.bytes().await.unwrap();
    let options = "&create_schools=true&create_teams=true";
    let (status, shown) = previewed(&admin, &group, options, workbook).await;
    assert_eq!((status, shown["preview"]["rows"].as_array().unwrap().len()), (StatusCode::CREATED, 3), "{shown}");
    assert_eq!(shown["preview"]["ignored"], json!([]));
}

#[tokio::test]
async fn three_thousand_rows_are_imported_in_ten_seconds() {
    let world = world().await;
    let (group, admin) = (group(&world), world.sign_in("admin").await);
    let mut file = String::from("姓名,学校,岗位,教研组,手机,学科\n");
    for n in 0..3_000 {
        let school = n % 60;
        file.push_str(&format!("教师{n},第{school}小学,教师,{}年级教研组,137{n:08},数学\n", n % 6 + 1));
    }
    let begun = Instant::now();
    let (_, shown) = previewed(&admin, &group, "&create_schools=true&create_teams=true", file).await;
    let looked = begun.elapsed();
    assert_eq!(shown["preview"]["verdict"], "ready", "{}", shown["preview"]["troubles"]);
    let (status, done) = asked(&admin, Method::POST, shown["plan"].as_str().unwrap()).await;
    let took = begun.elapsed();
    assert_eq!((status, &done["stored"]), (StatusCode::OK, &json!(3_000)), "{done}");
    assert_eq!(done["new_people"].as_array().unwrap().len(), 3_000);
    println!("3,000 rows: previewed in {looked:?}, imported in {took:?}");
    assert!(took < Duration::from_secs(10), "{took:?}, without optimisation");
}

#[test]
fn the_command_line_imports_all_or_says_what_is_wrong() {
    let data = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let world = World::open(std::sync::Arc::new(data), Settings::default(), |log| log).await;
        let folder = world.stop().await;
        let file = folder.path().join("roster.csv");
        let run = |content: &str, more: &[&str]| {
            std::fs::write(&file, content).unwrap();
            let mut command = std::process::Command::new(program());
            command
                .args(["roster", "import", "--group", "qinghe"])
                .arg(&file)
                .args(more)
                .arg("--data")
                .arg(folder.path());
            let output = command.output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            (output.status.success(), text)
        };
        let (ended_well, said) = run(NEW_SCHOOL, &["--dry-run"]);
        assert!(ended_well && said.contains("new school 东关小学"), "{said}");
        let (ended_well, said) = run("姓名,学校\n,东关小学", &[]);
        assert!(!ended_well && said.contains("WRONG"), "{said}");
        let (ended_well, said) = run(NEW_SCHOOL, &[]);
        assert!(ended_well && said.contains("2 people are new"), "{said}");
        let (ended_well, said) = run(NEW_SCHOOL, &["--dry-run"]);
        assert!(ended_well && said.contains("0 new people"), "the same again changes nothing: {said}");
    });
}
