//! A certificate from an authority: Pebble, the one that Let's Encrypt tests clients with (`apt install pebble`).

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use server::app::Settings;
use server::tls::{Acme, Certificate};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use crate::tls::connect;
use crate::world::World;

/// An authority has a few seconds for what takes it one.
const WITHIN: Duration = Duration::from_secs(60);

struct Program(Child);

impl Program {
    fn start(command: &mut Command) -> Self {
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(started.expect("pebble is installed: apt install pebble"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Starts the authority, which will look for us on `port` under any name; its directory's address.
fn authority(folder: &Path, port: u16) -> (String, [Program; 2]) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(folder.join("pebble.pem"), made.cert.pem()).unwrap();
    fs::write(folder.join("pebble.key"), made.signing_key.serialize_pem()).unwrap();
    let (listen, management, names) = (free_port(), free_port(), free_port());
    let config = serde_json::json!({ "pebble": {
        "listenAddress": format!("127.0.0.1:{listen}"), "managementListenAddress": format!("127.0.0.1:{management}"),
        "certificate": folder.join("pebble.pem"), "privateKey": folder.join("pebble.key"),
        "httpPort": 1, "tlsPort": port, "ocspResponderURL": "", "externalAccountBindingRequired": false,
    }});
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
    let mut dns = Command::new("pebble-challtestsrv");
    dns.args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", &format!("127.0.0.1:{names}")]);
    dns.args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-management", &format!("127.0.0.1:{}", free_port())]);
    let mut pebble = Command::new("pebble");
    pebble.env("PEBBLE_VA_NOSLEEP", "1").arg("-config").arg(folder.join("config.json"));
    pebble.args(["-dnsserver", &format!("127.0.0.1:{names}")]);
    (format!("https://localhost:{listen}/dir"), [Program::start(&mut dns), Program::start(&mut pebble)])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_comes_from_an_authority_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let listener = server::app::listen(([127, 0, 0, 1], 0).into()).unwrap();
    let (directory, _programs) = authority(folder.path(), listener.local_addr().unwrap().port());
    let acme = Acme {
        names: vec!["gongbei.test".to_owned()],
        contact: Some("it@school.example".to_owned()),
        root: Some(folder.path().join("pebble.pem")),
        directory: directory.clone(),
    };
    let authoritys_port = directory.trim_start_matches("https://").trim_end_matches("/dir").to_owned();
    let began = Instant::now();
    while tokio::net::TcpStream::connect(&authoritys_port).await.is_err() {
        assert!(began.elapsed() < WITHIN, "pebble does not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let settings = Settings { tls: Some(Certificate::Authority(acme.clone())), ..Settings::default() };
    let world = World::open_at(listener, Arc::new(tempfile::tempdir().unwrap()), settings.clone(), |log| log).await;
    let kept = world.data.path().join("tls/chain.pem");
    let began = Instant::now();
    while !kept.is_file() {
        assert!(began.elapsed() < WITHIN, "no certificate came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let chain: Vec<CertificateDer> = CertificateDer::pem_file_iter(&kept).unwrap().map(Result::unwrap).collect();
    let issuer = chain.last().unwrap().clone();
    let line = connect(&world, &issuer).await.expect("it is shown, and is the authority's");
    assert_eq!(line.get_ref().1.peer_certificates().unwrap()[0], chain[0]);

    // After a restart it is shown at once, and no other is asked for.
    let before = fs::metadata(&kept).unwrap().modified().unwrap();
    let data = world.stop().await;
    let world = World::open(data, settings, |log| log).await;
    connect(&world, &issuer).await.expect("it is shown again");
    assert_eq!(fs::metadata(&kept).unwrap().modified().unwrap(), before);
}
