//! Files on their way in: each verb of tus, cuts, kills, two pages at once, files that are here already, and room.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::app::Settings;
use server::clock::now;
use server::store::By;
use shared::words::UnixMillis;

use crate::crash::Killable;
use crate::world::{PATIENCE, Person, World, problem};

const CHUNK: &str = "application/offset+octet-stream";
/// "课.dat"
const NAMED: &str = "filename 6K++LmRhdA==,filetype YXBwbGljYXRpb24=";

/// Somebody who speaks tus.
pub trait Tus {
    fn tus(&self, method: Method, path: &str) -> RequestBuilder;

    fn creation(&self, bytes: u64) -> RequestBuilder {
        let request = self.tus(Method::POST, "/api/uploads");
        request.header("upload-length", bytes).header("upload-metadata", NAMED)
    }

    fn chunk(&self, place: &str, from: u64, body: impl Into<Body>) -> RequestBuilder {
        let request = self.tus(Method::PATCH, place);
        request.header("upload-offset", from).header("content-type", CHUNK).body(body)
    }

    /// The address of a new upload.
    async fn begin(&self, bytes: u64) -> String {
        let answer = self.creation(bytes).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn offset(&self, place: &str) -> u64 {
        let answer = self.tus(Method::HEAD, place).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        number(&answer, "upload-offset")
    }

    /// The whole file at once; the address.
    async fn upload(&self, bytes: &[u8]) -> String {
        let place = self.begin(bytes.len() as u64).await;
        let answer = self.chunk(&place, 0, bytes.to_vec()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        place
    }
}

impl Tus for Person {
    fn tus(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("tus-resumable", "1.0.0")
    }
}

/// A program with an access token.
pub struct Program {
    http: reqwest::Client,
    pub site: String,
    token: String,
}

impl Tus for Program {
    fn tus(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.site));
        request.bearer_auth(&self.token).header("tus-resumable", "1.0.0")
    }
}

/// Files are read by processes of the real binary.
pub fn settings() -> Settings {
    Settings { program: Some(env!("CARGO_BIN_EXE_gongbei").into()), ..Settings::default() }
}

pub async fn world() -> World {
    World::with(settings()).await
}

fn number(answer: &Response, header: &str) -> u64 {
    answer.headers()[header].to_str().unwrap().parse().unwrap()
}

/// Bytes that no other number gives, of no known kind.
pub fn file(number: u64, bytes: usize) -> Vec<u8> {
    let mut file = vec![0; bytes];
    blake3::Hasher::new().update(&number.to_le_bytes()).finalize_xof().fill(&mut file);
    file
}

pub fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The state of an upload once it has been checked.
pub async fn decided(person: &Person, place: &str) -> Value {
    let card = person.json(&format!("{place}?wait=1")).await;
    assert!(card["state"]["is"] == "ready" || card["state"]["is"] == "refused", "{card}");
    card
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_in_pieces_is_checked_and_is_ready() {
    let world = world().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let bytes = file(1, 300_000);
    let created = zhou.creation(300_000).send().await.unwrap();
    assert_eq!(created.headers()["tus-resumable"], "1.0.0");
    assert!(created.headers()["upload-expires"].to_str().unwrap().ends_with(" GMT"));
    let place = created.headers()["location"].to_str().unwrap().to_owned();
    let mut from = 0;
    for piece in [&bytes[..1], &bytes[1..200_000], &bytes[200_000..]] {
        assert_eq!(zhou.offset(&place).await, from);
        let card = zhou.json(&place).await;
        assert_eq!((&card["received"], &card["state"]), (&json!(from), &json!({"is": "receiving"})));
        let answer = zhou.chunk(&place, from, piece.to_vec()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        from += piece.len() as u64;
        assert_eq!(number(&answer, "upload-offset"), from);
        assert!(answer.headers().contains_key("upload-expires"));
    }
    let card = decided(&zhou, &place).await;
    let state = json!({"is": "ready", "blob": hash(&bytes), "facts": {"kind": "other", "has_thumbnail": false}});
    assert_eq!((&card["name"], &card["bytes"], &card["state"]), (&json!("课.dat"), &json!(300_000), &state));
    let blob = hash(&bytes).parse().unwrap();
    assert_eq!(world.app.blobs.read(&blob).await.unwrap().unwrap(), bytes);
    assert_eq!(std::fs::read_dir(world.data.path().join("uploads")).unwrap().count(), 0, "nothing is left of it");
    assert_eq!(zhou.json("/api/uploads").await["uploads"], json!([card]));
    assert_eq!(zhou.offset(&place).await, 300_000);
    let all = zhou.get(&format!("{place}/bytes")).await;
    assert_eq!(all.headers()["content-type"], "application/octet-stream");
    assert_eq!(all.headers()["content-disposition"], "attachment; filename=\"_.dat\"; filename*=UTF-8''%E8%AF%BE.dat");
    assert_eq!(all.bytes().await.unwrap(), bytes);
    let part =
        zhou.request(Method::GET, &format!("{place}/bytes")).header("range", "bytes=1000-").send().await.unwrap();
    assert_eq!((part.status(), part.content_length()), (StatusCode::PARTIAL_CONTENT, Some(299_000)));
    assert_eq!(part.bytes().await.unwrap(), bytes[1000..]);
    let head = zhou.request(Method::HEAD, &format!("{place}/bytes")).send().await.unwrap();
    assert_eq!(head.headers()["content-length"], "300000");
    assert_eq!(lin.get(&format!("{place}/bytes")).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(lin.json("/api/uploads").await["uploads"], json!([]));

    let ids = [card["id"].as_str().unwrap().parse().unwrap()];
    let now = UnixMillis(1);
    assert!(!world.app.store.use_uploads(&ids, &"lin".parse().unwrap(), now).await.unwrap(), "it is not hers");
    assert!(world.app.store.use_uploads(&ids, &"zhou".parse().unwrap(), now).await.unwrap());
    assert_eq!(zhou.json("/api/uploads").await["uploads"], json!([]), "something was made of it");
    assert_eq!(problem(zhou.tus(Method::DELETE, &place).send().await.unwrap()).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_verb_of_tus_answers_as_the_protocol_has_it() {
    let world = world().await;
    let zhou = world.sign_in("zhou").await;
    let options = reqwest::Client::new().request(Method::OPTIONS, world.url("/api/uploads")).send().await.unwrap();
    assert_eq!(options.status(), StatusCode::NO_CONTENT);
    let said = ["tus-resumable", "tus-version", "tus-extension", "tus-max-size"]
        .map(|name| options.headers()[name].to_str().unwrap().to_owned());
    assert_eq!(said, ["1.0.0", "1.0.0", "creation,creation-with-upload,termination,expiration", "8589934592"]);

    let with_upload = zhou.creation(5).header("content-type", CHUNK).body("hel").send().await.unwrap();
    assert_eq!((with_upload.status(), number(&with_upload, "upload-offset")), (StatusCode::CREATED, 3));
    let place = with_upload.headers()["location"].to_str().unwrap();
    let head = zhou.tus(Method::HEAD, place).send().await.unwrap();
    assert_eq!((number(&head, "upload-offset"), number(&head, "upload-length")), (3, 5));
    assert_eq!(head.headers()["cache-control"], "no-store");

    let old = zhou.request(Method::HEAD, place).header("tus-resumable", "0.2.2").send().await.unwrap();
    assert_eq!(
        (old.status(), &old.headers()["tus-version"]),
        (StatusCode::PRECONDITION_FAILED, &"1.0.0".parse().unwrap())
    );
    let post = |length: &'static str| zhou.tus(Method::POST, "/api/uploads").header("upload-length", length);
    let cases = [
        ("no version", zhou.request(Method::POST, "/api/uploads").header("upload-length", 5), 412, "upload-version"),
        ("no length", zhou.tus(Method::POST, "/api/uploads"), 400, "bad-request"),
        ("length unknown", zhou.tus(Method::POST, "/api/uploads").header("upload-defer-length", 1), 400, "bad-request"),
        ("no number", post("-5"), 400, "bad-request"),
        ("too large", post("8589934593"), 413, "upload-too-large"),
        ("bad metadata", post("5").header("upload-metadata", "filename !"), 400, "bad-request"),
        ("not there", zhou.chunk(place, 2, "l"), 409, "upload-elsewhere"),
        ("not there yet", zhou.chunk(place, 4, "o"), 409, "upload-elsewhere"),
        ("too much", zhou.chunk(place, 3, "lo, world"), 400, "upload-too-much"),
        ("no offset", zhou.tus(Method::PATCH, place).header("content-type", CHUNK).body("lo"), 400, "bad-request"),
        (
            "not a chunk",
            zhou.tus(Method::PATCH, place).header("upload-offset", 3).body("lo"),
            415,
            "wrong-content-type",
        ),
        ("unknown", zhou.chunk("/api/uploads/nobodys", 0, "a"), 404, "no-such-upload"),
        ("no method", zhou.tus(Method::POST, place).header("upload-offset", 3), 405, "method-not-allowed"),
        ("cross-site", zhou.chunk(place, 3, "lo").header("sec-fetch-site", "cross-site"), 403, "cross-site"),
    ];
    for (what, request, status, slug) in cases {
        assert_eq!(problem(request.send().await.unwrap()).await, (status, slug.to_owned()), "{what}");
    }
    assert_eq!(zhou.offset(place).await, 3, "nothing of that was taken");

    let override_of = zhou.tus(Method::POST, place).header("x-http-method-override", "PATCH");
    let answer = override_of.header("upload-offset", 3).header("content-type", CHUNK).body("lo").send().await.unwrap();
    assert_eq!((answer.status(), number(&answer, "upload-offset")), (StatusCode::NO_CONTENT, 5));
    decided(&zhou, place).await;
    let nothing = zhou.chunk(place, 5, "").send().await.unwrap();
    assert_eq!(nothing.status(), StatusCode::NO_CONTENT, "who has not heard that it is whole may say so again");

    assert_eq!(zhou.tus(Method::DELETE, place).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let gone = problem(zhou.chunk(place, 3, "lo").send().await.unwrap()).await;
    assert_eq!(gone, (404, "no-such-upload".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_an_upload_is_its_senders_alone_and_looks_absent_to_others() {
    let world = world().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let place = zhou.begin(10).await;
    for request in [
        lin.tus(Method::GET, &place),
        lin.chunk(&place, 0, "a"),
        lin.tus(Method::DELETE, &place),
        lin.tus(Method::POST, &place).header("x-http-method-override", "DELETE"),
    ] {
        assert_eq!(problem(request.send().await.unwrap()).await, (404, "no-such-upload".to_owned()));
    }
    assert_eq!(lin.tus(Method::HEAD, &place).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(zhou.offset(&place).await, 0);
}

/// A piece of the file, and then a line that breaks.
fn cut_after(bytes: Vec<u8>) -> Body {
    let sent = stream::iter([Ok(Bytes::from(bytes))]);
    Body::wrap_stream(sent.chain(stream::iter([Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))])))
}

/// A piece of the file, and then a line on which nothing comes any more.
fn silent_after(bytes: Vec<u8>) -> Body {
    let sent: std::pin::Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send + Sync>> =
        Box::pin(stream::iter([Ok(Bytes::from(bytes))]).chain(stream::pending()));
    Body::wrap_stream(sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_cut_twenty_times_and_two_restarts_cost_nothing_but_time() {
    let mut world = world().await;
    let mut zhou = world.sign_in("zhou").await;
    let bytes = file(2, 3_000_000);
    let place = zhou.begin(bytes.len() as u64).await;
    for cut in 1..=20u64 {
        let here = zhou.offset(&place).await;
        let until = cut * 140_000;
        let piece = bytes[here as usize..until as usize].to_vec();
        assert!(zhou.chunk(&place, here, cut_after(piece)).send().await.is_err(), "the line is cut");
        // What came before the cut may come short, and never wrong.
        let now = zhou.offset(&place).await;
        assert!((here..=until).contains(&now), "{here} {now} {until}");
        if cut % 8 == 0 {
            world = World::open(world.stop().await, settings(), |log| log).await;
            zhou = world.sign_in("zhou").await;
            assert_eq!(zhou.offset(&place).await, now, "the server has started again");
        }
    }
    let here = zhou.offset(&place).await;
    let rest = bytes[here as usize..].to_vec();
    assert_eq!(zhou.chunk(&place, here, rest).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(decided(&zhou, &place).await["state"]["blob"], hash(&bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_later_takes_over_and_nothing_is_interleaved() {
    let world = world().await;
    let zhou = world.sign_in("zhou").await;
    let bytes = file(3, 500_000);
    let place = zhou.begin(bytes.len() as u64).await;
    let first = tokio::spawn(zhou.chunk(&place, 0, silent_after(bytes[..200_000].to_vec())).send());
    // Both look at the file until the first has sent its piece; only GET leaves it alone.
    let until = tokio::time::Instant::now() + PATIENCE;
    while zhou.json(&place).await["received"] != 200_000 {
        assert!(tokio::time::Instant::now() < until);
    }
    // Clearing away leaves alone what is being sent, and nothing else that nobody knows.
    let folder = world.data.path().join("uploads");
    std::fs::write(folder.join("stray"), b"left by a cut").unwrap();
    world.app.uploads.sweep(server::clock::now()).await.unwrap();
    assert!(!folder.join("stray").exists() && folder.join(place.rsplit('/').next().unwrap()).exists());
    let here = zhou.offset(&place).await;
    assert_eq!(here, 200_000);
    let over = tokio::time::timeout(PATIENCE, first).await.unwrap().unwrap();
    assert_eq!(problem(over.unwrap()).await, (423, "upload-taken-over".to_owned()));
    let (one, other) = tokio::join!(
        zhou.chunk(&place, here, bytes[200_000..].to_vec()).send(),
        zhou.chunk(&place, here, bytes[200_000..].to_vec()).send()
    );
    let mut answers = vec![one.unwrap().status().as_u16(), other.unwrap().status().as_u16()];
    answers.sort_unstable();
    assert!(answers.iter().all(|status| [204, 409, 423].contains(status)), "{answers:?}");
    let here = zhou.offset(&place).await;
    if here < 500_000 {
        zhou.chunk(&place, here, bytes[here as usize..].to_vec()).send().await.unwrap();
    }
    assert_eq!(decided(&zhou, &place).await["state"]["blob"], hash(&bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_a_kill_at_any_moment_loses_nothing_that_was_said_to_be_here() {
    let data = tempfile::tempdir().unwrap();
    let bytes = file(4, 30_000_000);
    let server = Killable::start(data.path());
    let mut zhou = program(&server).await;
    let place = zhou.begin(bytes.len() as u64).await;
    let mut server = Some(server);
    let mut said = 0;
    for round in 0..4u64 {
        let here = zhou.offset(&place).await;
        assert!(here >= said, "{here} bytes are here, {said} were said to be");
        // The first kill comes after an answer, the others in the middle of the bytes.
        if round == 0 {
            let answer = zhou.chunk(&place, here, bytes[..5_000_000].to_vec()).send().await.unwrap();
            said = number(&answer, "upload-offset");
        } else {
            said = here;
            let until = (here as usize + 7_000_000).min(bytes.len() - 1);
            let sending =
                tokio::spawn(zhou.chunk(&place, here, silent_after(bytes[here as usize..until].to_vec())).send());
            let path = data.path().join("uploads").join(place.rsplit('/').next().unwrap());
            let limit = tokio::time::Instant::now() + PATIENCE;
            while std::fs::metadata(&path).map_or(0, |about| about.len()) <= here {
                assert!(tokio::time::Instant::now() < limit);
                tokio::task::yield_now().await;
            }
            drop(server.take());
            sending.abort();
        }
        drop(server.take());
        let again = Killable::start(data.path());
        zhou.site = format!("http://{}", again.address);
        server = Some(again);
    }
    let here = zhou.offset(&place).await;
    let rest = bytes[here as usize..].to_vec();
    assert_eq!(zhou.chunk(&place, here, rest).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    // Killed again, now that all of it is here: the next server goes on with the check.
    drop(server.take());
    let server = Killable::start(data.path());
    zhou.site = format!("http://{}", server.address);
    let card = zhou.tus(Method::GET, &format!("{place}?wait=1")).send().await.unwrap().json::<Value>().await.unwrap();
    assert_eq!(card["state"]["blob"], hash(&bytes), "{card}");
}

pub async fn program(server: &Killable) -> Program {
    let http = reqwest::Client::new();
    let site = format!("http://{}", server.address);
    let body = json!({"login": "zhou", "password": "gongbei-demo"});
    let session = http.post(format!("{site}/api/session")).json(&body).send().await.unwrap();
    let cookie = session.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let request = http.post(format!("{site}/api/tokens")).header("cookie", cookie).header("origin", &site);
    let made = request.json(&json!({"name": "test"})).send().await.unwrap();
    let token = made.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
    Program { http, site, token }
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_what_is_refused_is_not_kept_and_says_why() {
    let world = world().await;
    let zhou = world.sign_in("zhou").await;
    let program = [&b"MZ\x90\0"[..], &file(5, 1000)].concat();
    for (bytes, why) in [(&program[..], "program"), (b"", "empty")] {
        let place = if bytes.is_empty() { zhou.begin(0).await } else { zhou.upload(bytes).await };
        let card = decided(&zhou, &place).await;
        assert_eq!(card["state"], json!({"is": "refused", "why": why}));
        let blob = hash(bytes).parse().unwrap();
        assert!(!world.app.blobs.exists(&blob).await.unwrap());
        assert!(world.app.store.file(&blob).await.unwrap().is_none());
        assert_eq!(zhou.tus(Method::DELETE, &place).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(std::fs::read_dir(world.data.path().join("uploads")).unwrap().count(), 0);
}

/// What a page answers that has the file.
pub fn answer(challenge: &Value, bytes: &[u8]) -> String {
    let nonce = blake3::Hash::from_hex(challenge["nonce"].as_str().unwrap()).unwrap();
    let mut hasher = blake3::Hasher::new_keyed(nonce.as_bytes());
    for range in challenge["ranges"].as_array().unwrap() {
        let (from, length) = (range["from"].as_u64().unwrap() as usize, range["length"].as_u64().unwrap() as usize);
        hasher.update(&bytes[from..from + length]);
    }
    hasher.finalize().to_hex().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_here_is_sent_once_and_only_whoever_has_it_learns_that_it_is() {
    let world = world().await;
    let (zhou, tang) = (world.sign_in("zhou").await, world.sign_in("tang").await);
    let (bytes, absent) = (file(6, 200_000), file(7, 200_000));
    let place = zhou.upload(&bytes).await;
    decided(&zhou, &place).await;

    let ask = async |person: &Person, bytes: &[u8], length: usize| {
        let body = json!({"name": "../还是那节课.dat", "bytes": length, "hash": hash(bytes)});
        let asked = person.send(Method::POST, "/api/uploads/known", body).await;
        assert_eq!(asked.status(), StatusCode::OK);
        asked.json::<Value>().await.unwrap()
    };
    let put = async |person: &Person, challenge: &Value, answer: &str| {
        let path = format!("/api/uploads/known/{}", challenge["id"].as_str().unwrap());
        person.send(Method::PUT, &path, json!({"answer": answer})).await
    };
    let not_known = (404, "not-known".to_owned());

    let challenge = ask(&tang, &bytes, bytes.len()).await;
    assert_eq!(challenge["ranges"].as_array().unwrap().len(), 32);
    let right = answer(&challenge, &bytes);
    assert_eq!(problem(put(&zhou, &challenge, &right).await).await, not_known, "it was not asked of zhou");
    let known = put(&tang, &challenge, &right).await;
    assert_eq!(known.status(), StatusCode::OK);
    let card: Value = known.json().await.unwrap();
    assert_eq!((&card["state"]["is"], &card["state"]["blob"]), (&json!("ready"), &json!(hash(&bytes))));
    assert_eq!(card["name"], "还是那节课.dat");
    assert_eq!(tang.json("/api/uploads").await["uploads"], json!([card]));
    assert_eq!(problem(put(&tang, &challenge, &right).await).await, not_known, "there is one try");

    // Only the hash; another answer; a hash of nothing that is here; a right answer about another length.
    let challenge = ask(&tang, &bytes, bytes.len()).await;
    assert_eq!(problem(put(&tang, &challenge, &hash(&bytes)).await).await, not_known);
    assert_eq!(problem(put(&tang, &challenge, &answer(&challenge, &bytes)).await).await, not_known, "nor a second one");
    let challenge = ask(&tang, &absent, absent.len()).await;
    assert_eq!(problem(put(&tang, &challenge, &answer(&challenge, &absent)).await).await, not_known);
    let challenge = ask(&tang, &bytes, bytes.len() - 1).await;
    assert_eq!(problem(put(&tang, &challenge, &answer(&challenge, &bytes)).await).await, not_known);
    assert_eq!(problem(put(&tang, &json!({"id": "invented"}), "ab").await).await, not_known);
    let body = json!({"name": "a", "bytes": 1, "hash": "ab"});
    assert_eq!(problem(tang.send(Method::POST, "/api/uploads/known", body).await).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_keeps_as_much_as_it_may_each_file_once() {
    let world = world().await;
    let (zhou, other) = (world.sign_in("zhou").await, world.sign_in("head").await);
    let directory = world.app.store.directory();
    let school = directory.school_of(&"zhou".parse().unwrap(), server::clock::now()).unwrap().id.clone();
    world.app.store.set_quota(&school, Some(1_000_000), By::Server, now()).await.unwrap();
    let place = zhou.begin(600_000).await;
    assert_eq!(zhou.json("/api/uploads/room").await, json!({"used": 600_000, "limit": 1_000_000, "free": 400_000}));
    let refused = zhou.creation(400_001).header("accept-language", "en").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let said: Value = refused.json().await.unwrap();
    assert_eq!(said["type"], "/problems/school-full");
    assert!(said["title"].as_str().unwrap().contains("600 KB of 1.0 MB are used, 400 KB are free"), "{said}");
    zhou.tus(Method::DELETE, &place).send().await.unwrap();
    assert_eq!(zhou.json("/api/uploads/room").await["used"], 0);

    let bytes = file(8, 600_000);
    for person in [&zhou, &other] {
        let place = person.begin(600_000).await;
        let sent = person.chunk(&place, 0, bytes.clone()).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::NO_CONTENT);
        decided(person, &place).await;
        assert_eq!(zhou.json("/api/uploads/room").await["used"], 600_000, "each file once");
        // Another is counted as long as it is on its way: there is no telling that it is the same.
        world.app.store.set_quota(&school, Some(1_300_000), By::Server, now()).await.unwrap();
    }
    world.app.store.set_quota(&school, None, By::Server, now()).await.unwrap();
    assert_eq!(zhou.json("/api/uploads/room").await["limit"], 200u64 << 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_files_may_be_under_way_and_whoever_goes_on_with_none_loses_them_after_a_week() {
    let world = world().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let mut places = Vec::new();
    for _ in 0..20 {
        places.push(zhou.begin(10).await);
    }
    let refused = problem(zhou.creation(10).send().await.unwrap()).await;
    assert_eq!(refused, (422, "too-many-uploads".to_owned()));
    lin.begin(10).await;
    zhou.chunk(&places[0], 0, "a").send().await.unwrap();
    let ready = lin.upload(b"a lesson").await;
    let card = decided(&lin, &ready).await;
    let used = lin.upload(b"another lesson").await;
    let ids = [decided(&lin, &used).await["id"].as_str().unwrap().parse().unwrap()];
    let now = server::clock::now();
    assert!(world.app.store.use_uploads(&ids, &"lin".parse().unwrap(), now).await.unwrap());

    let day = 24 * 3_600_000;
    world.app.uploads.sweep(UnixMillis(now.0 + 6 * day)).await.unwrap();
    assert_eq!(zhou.json("/api/uploads").await["uploads"].as_array().unwrap().len(), 20);
    world.app.uploads.sweep(UnixMillis(now.0 + 8 * day)).await.unwrap();
    assert_eq!(zhou.json("/api/uploads").await["uploads"], json!([]));
    assert_eq!(std::fs::read_dir(world.data.path().join("uploads")).unwrap().count(), 0);
    assert_eq!(lin.json("/api/uploads").await["uploads"], json!([]));
    let blob = card["state"]["blob"].as_str().unwrap().parse().unwrap();
    assert!(world.app.store.file(&blob).await.unwrap().is_none(), "nobody has it");
    let of_used = hash(b"another lesson").parse().unwrap();
    assert!(world.app.store.file(&of_used).await.unwrap().is_some());
    assert!(world.app.blobs.exists(&of_used).await.unwrap());
    assert!(zhou.creation(10).send().await.unwrap().status() == StatusCode::CREATED, "there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_and_check_know_files_and_leave_out_what_is_on_its_way() {
    let world = world().await;
    let zhou = world.sign_in("zhou").await;
    let bytes = file(9, 100_000);
    let ready = zhou.upload(&bytes).await;
    decided(&zhou, &ready).await;
    let on_its_way = zhou.begin(10).await;
    zhou.chunk(&on_its_way, 0, "abc").send().await.unwrap();
    let data = world.stop().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("gongbei.tar");
    let folder = server::data_folder::DataFolder::beside(data.path()).unwrap();
    let database = server::database::Database::of(&folder, None).unwrap();
    let written = server::archive::backup(&folder, &database, &file).await.unwrap();
    assert_eq!((written.blobs, written.lacking.len()), (1, 0));
    let report = server::check::check(&folder, &database).await.unwrap();
    assert_eq!((report.blobs, report.problems.len()), (1, 0), "{report}");
    let root = elsewhere.path().join("data");
    assert_eq!(server::archive::restore(&file, &root, None, None).await.unwrap().blobs, 1);

    let restored = Arc::new(elsewhere);
    let folder = server::data_folder::DataFolder::beside(&root).unwrap();
    let database = server::database::Database::of(&folder, None).unwrap();
    let blobs = server::blobs::Blobs::open(folder.blobs()).unwrap();
    assert_eq!(blobs.read(&hash(&bytes).parse().unwrap()).await.unwrap().unwrap(), bytes);
    std::fs::remove_dir_all(folder.blobs()).unwrap();
    let report = server::check::check(&folder, &database).await.unwrap();
    assert!(report.to_string().contains("is missing"), "{report}");
    drop(restored);
}
