//! `tus-js-client` as it comes from npm, in `e2e/stock`, over lines that are cut and servers that start again.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use server::app::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::World;

struct Client {
    child: Child,
    told: ChildStdin,
    says: BufReader<ChildStdout>,
}

impl Client {
    fn start(site: &str, token: &str) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../e2e/stock/upload.mjs");
        let mut command = Command::new("node");
        command.args([script, site, token]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("node is installed");
        let (told, says) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, told, says }
    }

    /// What came of it.
    async fn send(&mut self, what: Value) -> Value {
        writeln!(self.told, "{what}").unwrap();
        tokio::task::block_in_place(|| {
            let mut line = String::new();
            self.says.read_line(&mut line).unwrap();
            serde_json::from_str(&line).expect("npm packages are installed: `npm ci` in e2e/stock")
        })
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A line to the server that breaks each time so many bytes have gone over it, as often as it is told to.
struct Line {
    site: String,
    cuts: Arc<AtomicU64>,
}

impl Line {
    async fn to(server: std::net::SocketAddr, cuts: u64, after: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = format!("http://{}", listener.local_addr().unwrap());
        let left = Arc::new(AtomicU64::new(cuts));
        let cuts = left.clone();
        tokio::spawn(async move {
            while let Ok((inner, _)) = listener.accept().await {
                tokio::spawn(carry(inner, server, left.clone(), after));
            }
        });
        Self { site, cuts }
    }
}

async fn carry(page: TcpStream, server: std::net::SocketAddr, cuts: Arc<AtomicU64>, after: usize) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let ((mut from_page, mut to_page), (mut from_server, mut to_server)) = (page.into_split(), server.into_split());
    let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_page).await });
    let (mut buffer, mut carried) = (vec![0; 64 << 10], 0);
    while let Ok(read @ 1..) = from_page.read(&mut buffer).await {
        carried += read;
        let breaks = carried >= after
            && cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |cuts| cuts.checked_sub(1)).is_ok();
        if breaks || to_server.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    back.abort();
}

fn file(at: &Path, bytes: usize) -> String {
    let mut content = vec![0; bytes];
    blake3::Hasher::new().update(b"a film").finalize_xof().fill(&mut content);
    std::fs::write(at, &content).unwrap();
    blake3::hash(&content).to_hex().to_string()
}

fn settings() -> Settings {
    Settings { program: Some(env!("CARGO_BIN_EXE_gongbei").into()), ..Settings::default() }
}

fn path_of(url: &Value) -> String {
    let url = url.as_str().unwrap();
    url[url.find("/api/").unwrap()..].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stock_client_sends_a_file_over_a_line_that_is_cut_twenty_times() {
    let world = World::with(settings()).await;
    let zhou = world.sign_in("zhou").await;
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("课堂实录.dat");
    let hash = file(&path, 40_000_000);
    let line = Line::to(world.address, 20, 1_500_000).await;
    let mut client = Client::start(&line.site, &zhou.token().await);
    // Each retry begins anew once something has come, so twenty cuts are not too many.
    let sent = client.send(json!({"file": path, "chunk": 4_000_000})).await;
    assert_eq!(sent["sent"], 40_000_000, "{sent}");
    assert_eq!(line.cuts.load(Ordering::SeqCst), 0, "the line was cut as often as it was to be");
    let card = zhou.json(&format!("{}?wait=1", path_of(&sent["url"]))).await;
    assert_eq!((&card["state"]["blob"], &card["name"]), (&json!(hash), &json!("课堂实录.dat")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stock_client_goes_on_after_a_day_and_a_restart_and_ends_what_is_not_wanted() {
    let mut world = World::with(settings()).await;
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("课堂实录.dat");
    let hash = file(&path, 20_000_000);
    let mut upload = Value::Null;
    for stop_after in [6_000_000, 12_000_000] {
        let token = world.sign_in("zhou").await.token().await;
        let mut client = Client::start(&format!("http://{}", world.address), &token);
        let url = upload.as_str().map(|path| format!("http://{}{path}", world.address));
        let what = json!({"file": path, "url": url, "chunk": 2_000_000, "stop_after": stop_after});
        let stopped = client.send(what).await;
        assert!(stopped["stopped"].as_u64().unwrap() >= stop_after, "{stopped}");
        upload = json!(path_of(&stopped["url"]));
        world = World::open(world.stop().await, settings(), |log| log).await;
    }
    let zhou = world.sign_in("zhou").await;
    let here = zhou.json(upload.as_str().unwrap()).await["received"].as_u64().unwrap();
    assert!(here >= 10_000_000, "{here} bytes are here");
    let site = format!("http://{}", world.address);
    let mut client = Client::start(&site, &zhou.token().await);
    let url = format!("{site}{}", upload.as_str().unwrap());
    let sent = client.send(json!({"file": path, "url": url})).await;
    assert_eq!(sent["sent"], 20_000_000, "{sent}");
    let card = zhou.json(&format!("{}?wait=1", upload.as_str().unwrap())).await;
    assert_eq!(card["state"]["blob"], hash);

    let ended = client.send(json!({"file": path, "chunk": 1_000_000, "stop_after": 3_000_000, "end": true})).await;
    assert_eq!(zhou.get(&path_of(&ended["url"])).await.status(), 404, "{ended}");
}
