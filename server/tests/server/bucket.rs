//! Images and files in a bucket that speaks S3, well and unwell.

use std::net::SocketAddr;
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use reqwest::{Method, StatusCode};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use serde_json::Value;
use server::blobs::{Blobs, BucketUrl, hash};
use shared::words::BlobId;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::crash::Killable;
use crate::uploads::{Program, Tus, file, program};
use crate::world::PATIENCE;

/// What the store does with requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Health {
    Well,
    /// Of three requests one is answered, of one the line is cut, before the answer or in the midst of it, and one is
    /// answered with 500.
    Unwell,
    /// Nothing but 503.
    Away,
}

/// A store with one bucket, in this process.
struct Store {
    address: SocketAddr,
    health: Arc<AtomicU8>,
    place: TempDir,
}

impl Store {
    async fn start() -> Self {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("lessons")).unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(place.path()).unwrap());
        service.set_auth(SimpleAuth::from_single("lin", "secret-of-lin"));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let health = Arc::new(AtomicU8::new(Health::Well as u8));
        let (known, number) = (health.clone(), Arc::new(AtomicU64::new(0)));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                socket.set_nodelay(true).unwrap();
                let (service, known, number) = (service.clone(), known.clone(), number.clone());
                let answer = hyper::service::service_fn(move |request| {
                    let number = number.fetch_add(1, Ordering::SeqCst);
                    answer(service.clone(), known.load(Ordering::SeqCst), number, request)
                });
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), answer));
            }
        });
        Self { address, health, place }
    }

    fn set(&self, health: Health) {
        self.health.store(health as u8, Ordering::SeqCst);
    }

    fn variables(&self) -> Vec<(String, String)> {
        let variables = [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "lin".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret-of-lin".to_owned()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
        ];
        variables.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// Under `school/` in the bucket.
    fn blobs(&self, fetched: &Path) -> Blobs {
        let url: BucketUrl = "s3://lessons/school".parse().unwrap();
        Blobs::in_bucket_by(&url, fetched.join("fetched"), self.variables()).unwrap()
    }

    /// Where the store keeps it.
    fn path(&self, prefix: &str, id: &str) -> std::path::PathBuf {
        self.place.path().join("lessons").join(prefix).join(&id[..2]).join(&id[2..])
    }
}

type Answer = hyper::Response<s3s::Body>;

async fn answer(
    service: S3Service,
    health: u8,
    number: u64,
    request: hyper::Request<Incoming>,
) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
    let failed = |status: u16| {
        let answer = hyper::Response::builder().status(status).body(s3s::Body::empty());
        Ok(answer.expect("a status and no body are an answer"))
    };
    let unwell = health == Health::Unwell as u8;
    match number % 3 {
        _ if health == Health::Away as u8 => return failed(503),
        1 if unwell => return failed(500),
        2 if unwell && number.is_multiple_of(2) => return Err("cut".into()),
        _ => {}
    }
    let is_read = request.method() == Method::GET;
    let answer = service.call(request.map(s3s::Body::from)).await.map_err(|error| format!("{error:?}"))?;
    if unwell && is_read && number % 3 == 2 {
        return Ok(cut_short(answer).await);
    }
    Ok(answer)
}

/// The answer, of which the second half does not come.
async fn cut_short(answer: Answer) -> Answer {
    let (mut parts, body) = answer.into_parts();
    let whole = body.collect().await.expect("the store's own disk is well").to_bytes();
    parts.headers.insert("content-length", whole.len().into());
    let half = whole.slice(..whole.len() / 2);
    let pieces = [Ok(Frame::data(half)), Err(std::io::Error::other("cut"))];
    hyper::Response::from_parts(parts, s3s::Body::http_body_unsync(StreamBody::new(stream::iter(pieces))))
}

async fn stretch(blobs: &Blobs, id: &BlobId, range: Range<u64>) -> std::io::Result<Vec<u8>> {
    let pieces: Vec<Bytes> = blobs.stream(id, range).await?.expect("it is there").try_collect().await?;
    Ok(pieces.concat())
}

/// What any place for blobs has to do.
async fn check_a_place(blobs: &Blobs, scratch: &Path) {
    let bytes = file(1, 20_000_000);
    let path = scratch.join("film");
    std::fs::write(&path, &bytes).unwrap();
    let id = hash(&bytes[..]).unwrap().0;
    assert!(!blobs.exists(&id).await.unwrap() && blobs.read(&id).await.unwrap().is_none());
    assert!(blobs.stream(&id, 0..1).await.unwrap().is_none() && blobs.file(&id).await.unwrap().is_none());
    assert!(!blobs.is_whole(&id).await.unwrap());
    for _ in 0..2 {
        blobs.keep_file(&path, &id).await.unwrap();
        assert_eq!(blobs.size(&id).await.unwrap(), Some(20_000_000));
    }
    assert!(path.exists(), "the file stays");
    for range in [0..20_000_000, 0..1, 19_999_999..20_000_000, 8_388_607..8_388_610, 5..5] {
        let expected = &bytes[range.start as usize..range.end as usize];
        assert!(stretch(blobs, &id, range.clone()).await.unwrap() == expected, "{range:?}");
    }
    assert!(stretch(blobs, &id, 19_999_990..20_000_010).await.is_err(), "it is shorter");
    assert!(blobs.is_whole(&id).await.unwrap());
    assert!(blobs.read(&id).await.unwrap().unwrap() == bytes);
    let local = blobs.file(&id).await.unwrap().unwrap();
    assert!(std::fs::read(local.path()).unwrap() == bytes);

    let picture = blobs.keep(Bytes::from_static(b"picture")).await.unwrap();
    assert_eq!(blobs.keep(Bytes::from_static(b"picture")).await.unwrap(), picture);
    assert_eq!(blobs.read(&picture).await.unwrap().unwrap(), "picture");
    assert_eq!(blobs.keep_all(&mut &b"picture"[..]).await.unwrap(), picture);
    let minute = Duration::from_secs(60);
    assert!(!blobs.forget(&picture, SystemTime::now() - minute).await.unwrap(), "it was kept lately");
    assert!(blobs.forget(&picture, SystemTime::now() + minute).await.unwrap());
    assert!(!blobs.exists(&picture).await.unwrap());
    assert!(blobs.forget(&picture, SystemTime::now() + minute).await.unwrap(), "it is gone");
    assert!(blobs.exists(&id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_does_what_a_folder_does() {
    let scratch = tempfile::tempdir().unwrap();
    check_a_place(&Blobs::open(scratch.path().join("blobs")).unwrap(), scratch.path()).await;
    let store = Store::start().await;
    check_a_place(&store.blobs(scratch.path()), scratch.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_now_and_then_is_asked_again() {
    let (scratch, store) = (tempfile::tempdir().unwrap(), Store::start().await);
    store.set(Health::Unwell);
    check_a_place(&store.blobs(scratch.path()), scratch.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bucket_has_changed_is_not_given_out_as_if_it_were_whole() {
    let (scratch, store) = (tempfile::tempdir().unwrap(), Store::start().await);
    let blobs = store.blobs(scratch.path());
    let id = blobs.keep(Bytes::from_static(b"picture")).await.unwrap();
    std::fs::write(store.path("school", id.as_str()), b"pictura").unwrap();
    assert_eq!(blobs.read(&id).await.unwrap_err().kind(), std::io::ErrorKind::InvalidData);
    assert!(!blobs.is_whole(&id).await.unwrap());
    assert!(blobs.file(&id).await.is_err());
    assert_eq!(std::fs::read_dir(scratch.path().join("fetched")).unwrap().count(), 0, "nothing is left of it");
}

/// The real binary with its blobs in the bucket.
fn serve(store: &Store, data: &Path) -> Killable {
    Killable::start_in(&[], data, &["--blobs", "s3://lessons/school"], &store.variables())
}

/// One of the program's commands: whether it went well, and what it said.
fn run(store: &Store, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongbei"));
    let output = command.args(arguments).envs(store.variables()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

async fn card(person: &Program, place: &str) -> Value {
    person.tus(Method::GET, place).send().await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_a_store_that_is_away_loses_no_upload_and_says_so() {
    let (data, store) = (tempfile::tempdir().unwrap(), Store::start().await);
    let server = serve(&store, data.path());
    let mut zhou = program(&server).await;
    let bytes = file(2, 12_000_000);
    let first = zhou.upload(&bytes).await;
    assert_eq!(card(&zhou, &format!("{first}?wait=1")).await["state"]["is"], "ready");
    assert!(!data.path().join("blobs").exists(), "nothing of it is in the data folder");
    let part = zhou.tus(Method::GET, &format!("{first}/bytes")).header("range", "bytes=9000000-9000009");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.unwrap(), bytes[9_000_000..9_000_010]);

    store.set(Health::Away);
    let away = zhou.tus(Method::GET, &format!("{first}/bytes")).header("accept-language", "zh").send().await.unwrap();
    assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
    let said: Value = away.json().await.unwrap();
    assert!(said["title"].as_str().unwrap().contains("存放图片和文件的地方暂时连不上"), "{said}");
    let other = file(3, 9_000_000);
    let second = zhou.upload(&other).await;
    // It is being checked until the store takes it; the file is here meanwhile.
    let waiting = data.path().join("uploads").join(second.rsplit('/').next().unwrap());
    assert_eq!(card(&zhou, &second).await["state"]["is"], "checking");
    assert_eq!(std::fs::metadata(&waiting).unwrap().len(), 9_000_000);
    drop(server);
    // Documents are served although the store is away, and the note in the folder says where the blobs are.
    let server = Killable::start_in(&[], data.path(), &[], &store.variables());
    zhou.site = format!("http://{}", server.address);
    assert_eq!(card(&zhou, &second).await["state"]["is"], "checking");
    store.set(Health::Well);
    drop(server);
    let server = serve(&store, data.path());
    zhou.site = format!("http://{}", server.address);
    let kept = card(&zhou, &format!("{second}?wait=1")).await;
    assert_eq!(kept["state"]["blob"], blake3::hash(&other).to_hex().as_str(), "{kept}");
    assert!(store.path("school", kept["state"]["blob"].as_str().unwrap()).is_file());
    let limit = tokio::time::Instant::now() + PATIENCE;
    while waiting.exists() {
        assert!(tokio::time::Instant::now() < limit, "it is left here");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d8_backup_restore_and_check_know_the_bucket() {
    let (data, store) = (tempfile::tempdir().unwrap(), Store::start().await);
    let folder = data.path().join("data");
    std::fs::create_dir(&folder).unwrap();
    let server = serve(&store, &folder);
    let zhou = program(&server).await;
    let place = zhou.upload(&file(4, 10_000_000)).await;
    let blob = card(&zhou, &format!("{place}?wait=1")).await["state"]["blob"].as_str().unwrap().to_owned();
    drop(server);
    let at = |name: &str| data.path().join(name).to_str().unwrap().to_owned();
    let (source, backup, elsewhere) = (at("data"), at("backup.tar"), at("elsewhere"));
    let (well, said) = run(&store, &["check", "--data", &source]);
    assert!(well && said.contains("all is well"), "{said}");
    let (well, said) = run(&store, &["serve", "--data", &source, "--blobs", "s3://lessons/other"]);
    assert!(!well && said.contains("are in s3://lessons/school"), "{said}");
    let (well, said) = run(&store, &["backup", &backup, "--data", &source]);
    assert!(well, "{said}");
    let (well, said) = run(&store, &["restore", &backup, "--data", &elsewhere, "--blobs", "s3://lessons/restored"]);
    assert!(well, "{said}");
    assert!(store.path("restored", &blob).is_file());
    let (well, said) = run(&store, &["check", "--data", &elsewhere]);
    assert!(well && said.contains("all is well"), "{said}");

    std::fs::remove_file(store.path("restored", &blob)).unwrap();
    let (well, said) = run(&store, &["check", "--data", &elsewhere]);
    assert!(!well && said.contains(&format!("image or file {blob} is missing")), "{said}");
    store.set(Health::Away);
    let (well, said) = run(&store, &["check", "--data", &elsewhere]);
    assert!(
        !well && !said.contains("is missing"),
        "a store that is away is no reason to call all of it missing: {said}"
    );
    let (well, said) = run(&store, &["backup", &at("second.tar"), "--data", &source]);
    assert!(!well && said.contains("s3://lessons/school"), "{said}");
    assert!(!Path::new(&at("second.tar")).exists(), "a backup without its files would be none");
}
