//! The first start of an empty server, as whoever started it sees it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::world::problem;

struct Server {
    child: Child,
    _data: tempfile::TempDir,
    site: String,
    code: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Server {
    fn start(data: tempfile::TempDir) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongbei"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The log says that it serves after everything else was said.
        let log = BufReader::new(child.stderr.take().unwrap());
        log.lines().map_while(Result::ok).find(|line| line.contains("serving on")).expect("it serves");
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let site = line.trim().rsplit(' ').next().unwrap().to_owned();
        let mut lines = said.lines().map_while(Result::ok);
        let code = lines.find_map(|line| line.split_once("/setup#").map(|(_, code)| code.to_owned()));
        Self { child, _data: data, site, code: code.expect("a link") }
    }

    async fn set_up(&self, code: &str, login: &str) -> Response {
        let wish = json!({
            "code": code, "name": "周明远", "login": login, "password": "山高水长又是一春",
            "group": {"name": "清河教育集团", "kind": "close"}, "school": {"name": "清河实验小学", "sort": "primary"},
        });
        Client::new().post(format!("{}/api/setup", self.site)).json(&wish).send().await.unwrap()
    }
}

async fn is_empty(server: &Server) -> Value {
    reqwest::get(format!("{}/api/setup", server.site)).await.unwrap().json::<Value>().await.unwrap()["empty"].clone()
}

#[test]
fn a_log_that_nobody_reads_any_more_does_no_harm() {
    // Its log is cut off once it serves, and it has more to say when it stops.
    let mut server = Server::start(tempfile::tempdir().unwrap());
    assert!(Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap().success());
    assert!(server.child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_started_an_empty_server_sets_it_up_once() {
    let server = Server::start(tempfile::tempdir().unwrap());
    let code = server.code.clone();
    assert_eq!(code.len(), 64);
    for path in ["/", "/signin"] {
        let plain = reqwest::get(format!("{}{path}", server.site)).await.unwrap();
        assert_eq!(plain.url().path(), "/setup", "its plain address leads to where it says how to begin");
    }
    assert_eq!(is_empty(&server).await, true);
    let wrong = problem(server.set_up(&code.replace(char::is_numeric, "x"), "zhou").await).await;
    assert_eq!(wrong, (403, "not-to-be-set-up".to_owned()));
    let unfit = problem(server.set_up(&code, "not a login").await).await;
    assert_eq!(unfit, (422, "does-not-fit".to_owned()), "and nothing of it is stored");
    assert_eq!(is_empty(&server).await, true);
    let answer = server.set_up(&code, "zhou").await;
    assert_eq!(answer.status(), 200);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let me: Value = answer.json().await.unwrap();
    assert_eq!(
        (&me["operator"], &me["administers"], &me["group"]),
        (&json!(true), &json!(true), &json!("清河教育集团"))
    );
    let plain = reqwest::get(format!("{}/signin", server.site)).await.unwrap();
    assert_eq!(plain.url().path(), "/signin", "now there is somebody to sign in");
    let asked = Client::new().get(format!("{}/api/organisation", server.site)).header("cookie", &cookie);
    let organisation: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(organisation["schools"][0]["seal"], "清");
    assert_eq!(organisation["memberships"][0]["leads"], true);
    assert_eq!(organisation["heads"][0]["seat"]["post"], "office");
    assert_eq!(is_empty(&server).await, false);
    let again = problem(server.set_up(&code, "other").await).await;
    assert_eq!(again, (403, "not-to-be-set-up".to_owned()));
}
