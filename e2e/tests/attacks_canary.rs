//! What nobody may find: a password, a token and a paragraph go through everything that a server does, at its most talkative,
//! and are then looked for in its log, its metrics, its refusals and its files (S7).
#![cfg(feature = "browsers")]

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Witness, target, tool, until};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const PLAY: &str = "attacks_canary";
const PASSWORD: &str = "canary-Kx7-password-hunter";
const WRONG: &str = "canary-Kx7-wrong-guess";
const PARAGRAPH: &str = "canary-Kx7 这一段只有文档里才有";

#[tokio::test(flavor = "multi_thread")]
async fn s7_password_token_and_paragraph_are_found_nowhere_else() -> Result<()> {
    Stage::play(PLAY, async |stage| {
        add_account(&stage.group.data()).await?;
        stage.group.kill();
        let metrics: &'static str = format!("{}:9464", stage.group.listens().ip()).leak();
        stage.group.set([("GONGBEI_LOG", "trace"), ("GONGBEI_ADMIN_LISTEN", metrics)]);
        stage.group.restart().await?;
        let address = stage.group.address();
        let mut said = Vec::new();

        let cookie = signed_in(&address, &mut said).await?;
        let client = client(&address, &cookie)?;
        let document = asked(&client, &address, Method::POST, "/api/documents", json!({ "kind": "page", "title": "金丝雀" }));
        let document = document.await?["id"].as_str().context("no document")?.to_owned();
        let made = asked(&client, &address, Method::POST, "/api/tokens", json!({ "name": "canary" })).await?;
        let token = made["token"].as_str().context("no token")?.to_owned();
        let session = cookie.split_once('=').context("no cookie")?.1.to_owned();

        write_and_misbehave(&address, &document, &token).await?;
        ask_for_everything(&client, &address, &document, &token, &mut said).await?;
        let look_in = stage.look_in("canary", e2e::Window::new(&address)).await?;
        look_in.go(&format!("/sync/{document}?token={token}")).await?;
        said.push(reqwest::get(format!("http://{metrics}/metrics")).await?.text().await?);
        // In the middle of something, and in order.
        stage.group.kill();
        stage.group.restart().await?;
        stage.group.stop().await?;

        let log = target().join("e2e").join(PLAY).join("server.log");
        let talk = std::fs::read(&log)?;
        ensure!(talk.len() > 10_000, "the log says next to nothing");
        let secrets = [("password", PASSWORD), ("wrong guess", WRONG), ("token", &token), ("session", &session)];
        for (what, secret) in secrets.into_iter().chain([("paragraph", PARAGRAPH)]) {
            ensure!(!has(&talk, secret), "the {what} is in the log");
            ensure!(!said.iter().any(|answer| answer.contains(secret)), "the {what} is in an answer or the metrics");
        }
        let mut files = 0;
        for file in all_files(&stage.group.data())? {
            files += 1;
            let bytes = std::fs::read(&file)?;
            for (what, secret) in secrets {
                ensure!(!has(&bytes, secret), "the {what} is in {}", file.display());
            }
            let is_store = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("gongbei.db"));
            ensure!(is_store || !has(&bytes, PARAGRAPH), "the paragraph is in {}", file.display());
        }
        ensure!(files > 0, "there are no files");
        paragraph_only_in_the_document(&stage.group.data()).await?;
        stage.account(format!(
            "A password, a wrong one, a token, a session and a paragraph through everything the server does, its log at \
             trace: none of them in {} KB of log, {} answers, the metrics and {files} files, but the paragraph in its document.",
            talk.len() >> 10,
            said.len()
        ));
        Ok(())
    })
    .await
}

async fn add_account(data: &Path) -> Result<()> {
    let mut command = tool()?;
    command.args(["user", "add", "canary", "--name", "金丝雀", "--data"]).arg(data);
    let mut adding = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    adding.stdin.take().context("no input")?.write_all(format!("{PASSWORD}\n").as_bytes()).await?;
    ensure!(adding.wait().await?.success(), "no account");
    Ok(())
}

/// Right, wrong, and in the wrong place; the session's cookie.
async fn signed_in(address: &str, said: &mut Vec<String>) -> Result<String> {
    let url = format!("{address}/api/session");
    let bodies = [
        json!({ "login": "canary", "password": WRONG }).to_string(),
        json!({ "login": PASSWORD, "password": WRONG }).to_string(),
        json!({ "login": "canary", "password": [PASSWORD] }).to_string(),
        format!("{{\"login\":\"canary\",\"password\":\"{PASSWORD}"),
        json!({ "login": "canary", "password": PASSWORD }).to_string(),
    ];
    let mut cookie = None;
    for body in bodies {
        let answer = Client::new().post(&url).header("content-type", "application/json").body(body).send().await?;
        if let Some(set) = answer.headers().get("set-cookie") {
            cookie = set.to_str()?.split(';').next().map(str::to_owned);
        }
        said.push(answer.text().await?);
    }
    cookie.context("not signed in")
}

fn client(address: &str, cookie: &str) -> Result<Client> {
    let mut headers = HeaderMap::new();
    headers.insert("cookie", HeaderValue::from_str(cookie)?);
    headers.insert("origin", HeaderValue::from_str(address)?);
    Ok(Client::builder().default_headers(headers).build()?)
}

async fn asked(client: &Client, address: &str, method: Method, path: &str, body: Value) -> Result<Value> {
    let request = client.request(method, format!("{address}{path}")).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await?.error_for_status()?;
    Ok(serde_json::from_str(&answer.text().await?)?)
}

/// Writes the paragraph, and sends frames with it and the token in them that can't be read.
async fn write_and_misbehave(address: &str, document: &str, token: &str) -> Result<()> {
    let writer = Witness::join(address, document, token).await?;
    writer.write(0, PARAGRAPH)?;
    let reader = Witness::join(address, document, token).await?;
    until("the paragraph is there", async || Ok(reader.letters()), |letters| letters.contains(PARAGRAPH)).await?;
    for start in [&[][..], &[0, 2, 60], &[0, 0, 60], &[1, 60], &[9, 9]] {
        let attacker = Witness::join(address, document, token).await?;
        attacker.send_raw(&[start, PARAGRAPH.as_bytes(), token.as_bytes()].concat())?;
        until("closed", async || Ok(attacker.is_closed()), |closed| *closed).await?;
    }
    // No HTTP at all.
    let host = address.trim_start_matches("http://");
    for line in [format!("{PASSWORD} {token}\r\n\r\n"), format!("GET /{token} HTTP/9\r\n{PARAGRAPH}\r\n\r\n")] {
        TcpStream::connect(host).await?.write_all(line.as_bytes()).await?;
    }
    Ok(())
}

/// Good and bad requests with secrets wherever one may put them.
async fn ask_for_everything(
    client: &Client,
    address: &str,
    document: &str,
    token: &str,
    said: &mut Vec<String>,
) -> Result<()> {
    let stranger = Client::new();
    for path in [
        format!("/api/documents/{token}"),
        format!("/api/documents/{document}?token={token}"),
        format!("/api/documents/{document}/export?format={token}"),
        format!("/api/documents/{document}/images/{token}"),
        format!("/sync/{document}?token={token}x"),
        format!("/sync/{token}?token={token}"),
        format!("/{token}?password={PASSWORD}"),
        format!("/api/search?q={PASSWORD}&query={PASSWORD}"),
    ] {
        for who in [client, &stranger] {
            let answer = who.get(format!("{address}{path}")).header("authorization", format!("Bearer {token}x"));
            said.push(answer.send().await?.text().await?);
            said.push(who.get(format!("{address}{path}")).send().await?.text().await?);
        }
    }
    let bad = json!({ "title": PARAGRAPH.repeat(20), "name": token, "days": PARAGRAPH, "shares": [PARAGRAPH] });
    for (method, path) in [
        (Method::PATCH, format!("/api/documents/{document}")),
        (Method::PUT, format!("/api/documents/{document}/shares")),
        (Method::POST, "/api/tokens".to_owned()),
        (Method::POST, format!("/api/documents/{document}/images")),
    ] {
        let request = client.request(method, format!("{address}{path}")).header("content-type", "application/json");
        said.push(request.body(bad.to_string()).send().await?.text().await?);
    }
    // These are for the document's own people, and have it.
    for format in ["md", "html", "json"] {
        let path = format!("{address}/api/documents/{document}/export?format={format}");
        ensure!(client.get(path).send().await?.text().await?.contains("canary-Kx7"), "{format} lacks the paragraph");
    }
    Ok(())
}

/// In the tables of the log and its snapshots, and in no other.
async fn paragraph_only_in_the_document(data: &Path) -> Result<()> {
    let store = sqlx::SqlitePool::connect(&format!("sqlite://{}", data.join("gongbei.db").display())).await?;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(&store).await?;
    let mut found = Vec::new();
    for table in tables {
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT name FROM pragma_table_info($1)").bind(&table).fetch_all(&store).await?;
        for column in columns {
            let query = format!(
                "SELECT count(*) FROM \"{table}\" WHERE instr(CAST(\"{column}\" AS BLOB), CAST($1 AS BLOB)) > 0"
            );
            let hits: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(PARAGRAPH).fetch_one(&store).await?;
            if hits > 0 {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    store.close().await;
    ensure!(
        // What is written in a document is read out of its log for the search, in one place.
        found.iter().all(|place| {
            ["updates", "segments", "snapshots", "document_texts"].iter().any(|own| place.starts_with(own))
        }),
        "{found:?}"
    );
    Ok(())
}

fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(all_files(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// As they are, or as hexadecimal digits.
fn has(bytes: &[u8], words: &str) -> bool {
    let digits: String = words.bytes().map(|byte| format!("{byte:02x}")).collect();
    [words, &digits].iter().any(|words| bytes.windows(words.len()).any(|window| window == words.as_bytes()))
}
