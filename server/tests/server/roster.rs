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
    assert_eq!((status, strict["preview"]["verdict"].as_str()), (StatusCode::CREATED, Some("wrong")), "{strict}");
    let (refused, _) = asked(&admin, Method::POST, strict["plan"].as_str().unwrap()).await;
    assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY, "what is wrong is not imported");
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
