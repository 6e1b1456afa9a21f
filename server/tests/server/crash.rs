//! `kill -9` while people type, and power cuts.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::peer::Peer;

#[cfg(feature = "power")]
mod power;

/// The real binary, killed when dropped.
pub struct Killable {
    child: Child,
    pub address: SocketAddr,
}

impl Killable {
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    pub fn start_with(data: &Path, flags: &[&str]) -> Self {
        Self::start_under(&[], data, flags)
    }

    /// Run by another program, which must become the server.
    pub fn start_under(program: &[&str], data: &Path, flags: &[&str]) -> Self {
        Self::start_in(program, data, flags, &[])
    }

    /// With these variables, too.
    pub fn start_in(program: &[&str], data: &Path, flags: &[&str], variables: &[(String, String)]) -> Self {
        // A write past a limit of the process shall fail as on a bad disk, not end it.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
            .args(program)
            .arg(env!("CARGO_BIN_EXE_gongbei"))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(flags)
            .envs(variables.iter().cloned())
            .current_dir(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.rsplit_once("http://").map(|(_, address)| address.trim().to_owned()))
            .expect("the server says where it listens");
        Self { child, address: address.parse().unwrap() }
    }
}

impl Killable {
    /// Lets no file of the server grow beyond this size; `None` lifts the limit.
    fn limit_files(&self, bytes: Option<u64>) {
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let pid = self.child.id().to_string();
        let limited = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={limit}:unlimited")]).status();
        assert!(limited.expect("prlimit is part of util-linux").success());
    }
}

impl Drop for Killable {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d11_sigterm_stops_in_order_within_five_seconds() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Killable::start(data.path());
    let (token, document) = token(server.address).await;
    let mut writer = Peer::page_with_token(server.address, &document, &token).await;
    writer.write("停机前存好的一句").await;
    writer.until_saved().await;
    let told = std::time::Instant::now();
    assert!(Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap().success());
    assert_eq!(writer.until_closed().await, 1012);
    drop(writer);
    let exit = tokio::task::spawn_blocking(move || server.child.wait().map(|exit| (exit, server)));
    let (exit, _server) = tokio::time::timeout(Duration::from_secs(10), exit).await.unwrap().unwrap().unwrap();
    assert!(exit.success());
    assert!(told.elapsed() < Duration::from_secs(5), "took {:?}", told.elapsed());
    let again = Killable::start(data.path());
    let mut reader = Peer::page_with_token(again.address, &document, &token).await;
    reader.until_text("停机前存好的一句").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_a_disk_that_fails_again_and_again_loses_nothing_that_was_called_saved() {
    let data = tempfile::tempdir().unwrap();
    let server = Killable::start(data.path());
    let (token, document) = token(server.address).await;
    let mut writer = Peer::page_with_token(server.address, &document, &token).await;
    writer.until("caught up", |peer| peer.caught_up).await;
    let largest = || {
        let files = std::fs::read_dir(data.path()).unwrap().map(|file| file.unwrap().metadata().unwrap());
        files.filter(std::fs::Metadata::is_file).map(|file| file.len()).max().unwrap()
    };
    let mut words = Vec::new();
    for round in 0..3 {
        server.limit_files(Some(largest() / 2 + (round << 16)));
        while !writer.trouble {
            let word = format!("<{}>", words.len());
            writer.write(&format!("{word}{}", "长".repeat(5_000))).await;
            words.push(word);
            writer.take_what_is_there().await;
            assert!(words.len() < 400, "the disk never failed");
        }
        // Small ones may find a place where large ones did not.
        for _ in 0..3 {
            let word = format!("<{}>", words.len());
            writer.write(&word).await;
            words.push(word);
            tokio::time::sleep(Duration::from_millis(900)).await;
        }
        server.limit_files(None);
        writer.until_saved().await;
        writer.until("the trouble is over", |peer| !peer.trouble).await;
    }
    assert!(writer.refused.is_empty(), "{:?}", writer.refused);
    drop(server);
    let again = Killable::start(data.path());
    let mut reader = Peer::page_with_token(again.address, &document, &token).await;
    reader.until("caught up", |peer| peer.caught_up).await;
    for word in &words {
        assert_eq!(reader.text().matches(word.as_str()).count(), 1, "{word} was called saved");
    }
}

#[test]
fn two_servers_do_not_share_a_data_folder() {
    let data = tempfile::tempdir().unwrap();
    let _first = Killable::start(data.path());
    let mut second = Command::new(env!("CARGO_BIN_EXE_gongbei"));
    second.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path()).current_dir(data.path());
    let mut second = second.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let started = std::time::Instant::now();
    let exit = loop {
        match second.try_wait().unwrap() {
            Some(exit) => break exit,
            None if started.elapsed() > Duration::from_secs(10) => {
                second.kill().unwrap();
                panic!("the second server runs");
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    assert!(!exit.success());
    let words = std::io::read_to_string(second.stderr.take().unwrap()).unwrap();
    assert!(words.contains("another gongbei is serving"), "{words}");
}

/// Signs in; gives a token, and a document of one's own.
pub async fn token(address: SocketAddr) -> (String, String) {
    let http = reqwest::Client::new();
    let body = json!({"login": "zhou", "password": "gongbei-demo"});
    let answer = http.post(format!("http://{address}/api/session")).json(&body).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let site = format!("http://{address}");
    let post = |path: &str, body: Value| {
        http.post(format!("{site}{path}")).header("cookie", &cookie).header("origin", &site).json(&body).send()
    };
    let token: Value = post("/api/tokens", json!({"name": "crash"})).await.unwrap().json().await.unwrap();
    let document: Value =
        post("/api/documents", json!({"kind": "page", "title": "断电"})).await.unwrap().json().await.unwrap();
    (token["token"].as_str().unwrap().to_owned(), document["id"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_with_a_full_disk_people_sign_in_and_out_and_it_is_written_once_it_heals() {
    let data = tempfile::tempdir().unwrap();
    let server = Killable::start(data.path());
    let http = reqwest::Client::new();
    let sign_in = async |login: &str| {
        let body = json!({"login": login, "password": "gongbei-demo"});
        let answer = http.post(format!("http://{}/api/session", server.address)).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{login}");
        answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
    };
    let who = async |address: SocketAddr, cookie: &str| {
        let asked = http.get(format!("http://{address}/api/session")).header("cookie", cookie).send().await.unwrap();
        asked.json::<Value>().await.unwrap()["login"].clone()
    };
    let zhou = sign_in("zhou").await;
    server.limit_files(Some(1));
    let lin = sign_in("lin").await;
    assert_eq!(who(server.address, &lin).await, "lin");
    let site = format!("http://{}", server.address);
    let out = http.delete(format!("{site}/api/session")).header("cookie", &zhou).header("origin", &site);
    assert_eq!(out.send().await.unwrap().status(), 204);
    assert_eq!(who(server.address, &zhou).await, Value::Null);
    server.limit_files(None);
    let url = format!("sqlite://{}", data.path().join("gongbei.db").display());
    let stored = async || {
        let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
        sqlx::query_scalar::<_, String>("SELECT person FROM sessions").fetch_all(&pool).await.unwrap()
    };
    tokio::time::timeout(Duration::from_secs(20), async {
        while stored().await != ["lin"] {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    })
    .await
    .expect("written once the disk takes it");
    drop(server);
    let again = Killable::start(data.path());
    assert_eq!((who(again.address, &lin).await, who(again.address, &zhou).await), (json!("lin"), Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_what_was_called_saved_survives_kill_9() {
    let data = tempfile::tempdir().unwrap();
    let server = Killable::start(data.path());
    let (token, document) = token(server.address).await;
    let mut server = Some(server);
    let mut known_saved: Vec<String> = Vec::new();
    for round in 0..4 {
        let running = server.take().unwrap_or_else(|| Killable::start(data.path()));
        let address = running.address;
        let mut writer = Peer::page_with_token(address, &document, &token).await;
        writer.until("caught up", |peer| peer.caught_up).await;
        for word in &known_saved {
            assert_eq!(writer.text().matches(word.as_str()).count(), 1, "{word} is there once in round {round}");
        }
        let killer = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(150 + 170 * round)).await;
            drop(running);
        });
        let mut written = Vec::new();
        while writer.closed.is_none() && written.len() < 100_000 {
            let word = format!("<{round}.{}>", written.len());
            writer.write(&word).await;
            written.push((writer.sent, word));
            writer.take_what_is_there().await;
        }
        killer.await.unwrap();
        assert!(writer.refused.is_empty(), "nothing was refused: {:?}", writer.refused);
        known_saved.extend(written.into_iter().filter(|(frame, _)| *frame <= writer.saved).map(|(_, word)| word));
    }
    assert!(known_saved.len() > 100, "only {} updates were saved between the kills", known_saved.len());
    let running = Killable::start(data.path());
    let mut reader = Peer::page_with_token(running.address, &document, &token).await;
    reader.until("caught up", |peer| peer.caught_up).await;
    for word in &known_saved {
        assert_eq!(reader.text().matches(word.as_str()).count(), 1, "{word} is there once");
    }
    drop(running);
    gongbei("check", data.path());
}

/// Runs a command on the data folder, and gives what it tells.
pub fn gongbei(command: &str, data: &Path) -> String {
    let ran = Command::new(env!("CARGO_BIN_EXE_gongbei")).args([command, "--data"]).arg(data).output().unwrap();
    let told = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{command}: {told}{}", String::from_utf8_lossy(&ran.stderr));
    told
}
