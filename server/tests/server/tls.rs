//! TLS of our own: pages, rooms, readers that are slow, and a certificate that changes.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use server::app::Settings;
use server::tls::{Certificate, Pair};
use shared::wire::{Message, SUBPROTOCOL};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::peer::Peer;
use crate::world::{PATIENCE, World};

const NAME: &str = "gongbei.test";

/// A server with a certificate of its own making.
struct Sealed {
    world: World,
    folder: TempDir,
    certificate: CertificateDer<'static>,
}

impl Sealed {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let certificate = write_pair(&folder);
        let settings = Settings { tls: Some(Certificate::Files(pair(&folder))), ..Settings::default() };
        Self { world: World::with(settings).await, folder, certificate }
    }

    async fn line(&self) -> TlsStream<TcpStream> {
        connect(&self.world, &self.certificate).await.expect("the certificate is the one that is known")
    }

    /// The whole answer to one request.
    async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut line = self.line().await;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {NAME}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        line.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A line that is cut instead of closed would be an error here.
        line.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The session cookie, `name=value`, and the whole answer that set it.
    async fn sign_in(&self, login: &str) -> (String, String) {
        let body = format!("{{\"login\":\"{login}\",\"password\":\"gongbei-demo\"}}");
        let answer = self.ask("POST", "/api/session", "content-type: application/json\r\n", &body).await;
        let cookie = answer.split("set-cookie: ").nth(1).expect("signed in").split(';').next().unwrap();
        (cookie.to_owned(), answer)
    }

    /// A new document of whoever has this cookie.
    async fn document(&self, cookie: &str) -> String {
        let headers = format!("content-type: application/json\r\ncookie: {cookie}\r\norigin: https://{NAME}\r\n");
        let body = "{\"kind\":\"page\",\"title\":\"secret\"}";
        let answer = self.ask("POST", "/api/documents", &headers, body).await;
        answer.split("\"id\":\"").nth(1).expect("made").split('"').next().unwrap().to_owned()
    }

    async fn page(&self, cookie: &str, document: &str) -> Peer {
        let mut request = format!("wss://{NAME}/sync/{document}").into_client_request().unwrap();
        for (name, value) in
            [("sec-websocket-protocol", SUBPROTOCOL), ("cookie", cookie), ("origin", &format!("https://{NAME}"))]
        {
            request.headers_mut().insert(
                name.parse::<tokio_tungstenite::tungstenite::http::HeaderName>().unwrap(),
                value.parse().unwrap(),
            );
        }
        let mut peer = Peer::over(Box::new(self.line().await), request).await;
        peer.until("welcomed", |peer| peer.welcome.is_some()).await;
        peer.hello(Message::Ask).await;
        peer
    }
}

fn pair(folder: &TempDir) -> Pair {
    Pair { certificate: folder.path().join("chain.pem"), key: folder.path().join("key.pem") }
}

fn write_pair(folder: &TempDir) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
    let Pair { certificate, key } = pair(folder);
    fs::write(certificate, made.cert.pem()).unwrap();
    fs::write(key, made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

pub async fn connect(world: &World, trusted: &CertificateDer<'static>) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let line = TcpStream::connect(world.address).await?;
    let connector = TlsConnector::from(Arc::new(config.with_no_client_auth()));
    connector.connect(ServerName::try_from(NAME).unwrap(), line).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_over_tls_pages_come_with_hsts_and_cookies_are_of_this_host_alone() {
    let sealed = Sealed::start().await;
    let page = sealed.ask("GET", "/healthz", "", "").await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("strict-transport-security: max-age="), "{page}");
    let (cookie, answer) = sealed.sign_in("zhou").await;
    assert!(cookie.starts_with("__Host-gongbei_session="), "{cookie}");
    assert_eq!(answer.matches("HttpOnly; SameSite=Lax; Secure").count(), 2, "{answer}");
    assert!(answer.contains("__Host-gongbei_device=") && !answer.contains("Domain"), "{answer}");

    let me = sealed.ask("GET", "/api/session", &format!("cookie: {cookie}\r\n"), "").await;
    assert!(me.contains("zhou"), "{me}");
    let plain = cookie.replace("__Host-", "");
    let nobody = sealed.ask("GET", "/api/session", &format!("cookie: {plain}\r\n"), "").await;
    assert!(nobody.ends_with("null"), "a cookie that a plain page could have set: {nobody}");

    for (origin, status) in [("http://gongbei.test", 403), ("https://gongbei.test", 204)] {
        let headers = format!("cookie: {cookie}\r\norigin: {origin}\r\n");
        let answer = sealed.ask("DELETE", "/api/session", &headers, "").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "from {origin}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_write_in_one_room_over_tls() {
    let sealed = Sealed::start().await;
    let (cookie, _) = sealed.sign_in("zhou").await;
    let document = sealed.document(&cookie).await;
    let mut first = sealed.page(&cookie, &document).await;
    let mut second = sealed.page(&cookie, &document).await;
    first.write("一起").await;
    second.until_text("一起").await;
    // More than one record, in both directions.
    let long = "写".repeat(100_000);
    second.write(&long).await;
    first.until_text(&long).await;
    tokio::join!(first.until_saved(), second.until_saved());
    let (closed, _) = tokio::join!(first.until_closed(), sealed.world.stop());
    assert_eq!(closed, 1012, "the goodbye comes over TLS too");
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_a_slow_reader_over_tls_holds_up_nobody_and_catches_up() {
    let sealed = Sealed::start().await;
    let (cookie, _) = sealed.sign_in("zhou").await;
    let document = sealed.document(&cookie).await;
    let mut writer = sealed.page(&cookie, &document).await;
    let mut slow = sealed.page(&cookie, &document).await;
    slow.until("has the document", |peer| peer.caught_up).await;
    // Far more than what the system and the queue hold for somebody who reads nothing.
    let letters = "慢".repeat(30_000);
    for _ in 0..100 {
        writer.write(&letters).await;
        writer.until_saved().await;
    }
    let all = writer.text().len();
    slow.until("everything has come", |peer| peer.text().len() == all).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_in_plain() {
    let sealed = Sealed::start().await;
    let mut line = TcpStream::connect(sealed.world.address).await.unwrap();
    line.write_all(b"GET /healthz HTTP/1.1\r\nhost: gongbei.test\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, line.read_to_end(&mut answer)).await.expect("closed").ok();
    // At most an alert: a record of type 21.
    assert!(answer.is_empty() || answer[0] == 21, "{answer:?}");
    assert!(answer.len() < 16, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_shown_without_a_restart_and_open_sockets_stay() {
    let sealed = Sealed::start().await;
    let (cookie, _) = sealed.sign_in("zhou").await;
    let document = sealed.document(&cookie).await;
    let mut page = sealed.page(&cookie, &document).await;
    let renewed = write_pair(&sealed.folder);
    let began = std::time::Instant::now();
    while connect(&sealed.world, &renewed).await.is_err() {
        assert!(began.elapsed() < PATIENCE, "the old certificate is shown on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(connect(&sealed.world, &sealed.certificate).await.is_err(), "the old one is shown too");
    page.write("still here").await;
    page.until_saved().await;
}
