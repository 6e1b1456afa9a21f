//! Photos and voice clips in tutoring sessions: kept once, bare, and read by whoever may read what they are part of.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::tutoring::{go_on, opened, planned};
use crate::tutoring_guests::{code_of, guest, of_guest};
use crate::world::{Person, World, problem};

const CLIP: &[u8] = include_bytes!("../../src/clips/tests/recorded.webm");
const OGG: &[u8] = include_bytes!("../../src/clips/tests/tone.ogg");

fn at(id: &str) -> String {
    format!("/api/tutoring/s1/media/{id}")
}

async fn send(person: &Person, id: &str, how: &str, bytes: &[u8]) -> Response {
    person.request(Method::PUT, &format!("{}?{how}", at(id))).body(bytes.to_vec()).send().await.unwrap()
}

async fn clip(person: &Person, id: &str) {
    assert_eq!(send(person, id, "kind=clip&peaks=0.7.31", CLIP).await.status(), 201);
}

async fn ask(person: &Person, what: Value) -> Response {
    person.send(Method::POST, "/api/tutoring/s1/questions", what).await
}

async fn say(person: &Person, id: &str) -> Response {
    person.send(Method::POST, "/api/tutoring/s1/clips", json!({"clip": id})).await
}

/// A JPEG as cameras make them, with a place in it.
fn photo() -> Vec<u8> {
    let segment =
        |marker: u8, content: &[u8]| [&[0xff, marker][..], &(content.len() as u16 + 2).to_be_bytes(), content].concat();
    [
        vec![0xff, 0xd8],
        segment(0xe1, b"Exif\0\0GPS 31.2N 103.9E"),
        segment(0xc0, &[8, 0, 30, 0, 40, 1, 1, 0x11, 0]),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        vec![0x12, 0x34, 0xff, 0xd9],
    ]
    .concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_asked_by_voice_and_photo_and_read_by_whoever_may_read_it() {
    let world = World::start().await;
    let (chen, lin, ma) = (world.sign_in("chen").await, world.sign_in("lin").await, world.sign_in("ma").await);
    opened(&chen, "s1").await;
    for status in [201, 200] {
        let sent = send(&lin, "p1", "kind=photo", &photo()).await;
        assert_eq!(sent.status(), status);
        let card: Value = sent.json().await.unwrap();
        assert_eq!(
            (&card["media_type"], &card["width"], &card["height"]),
            (&json!("image/jpeg"), &json!(40), &json!(30))
        );
    }
    clip(&lin, "c1").await;
    assert_eq!(problem(send(&lin, "c1", "kind=clip", OGG).await).await.1, "sent-otherwise");
    assert_eq!(problem(send(&ma, "c1", "kind=clip", CLIP).await).await.1, "sent-otherwise");
    // Nowhere yet: nobody else knows of it.
    for person in [&ma, &chen] {
        assert_eq!(problem(person.get(&at("c1")).await).await, (404, "no-such-media".to_owned()));
    }
    assert_eq!(problem(ask(&ma, json!({"id": "q9", "text": "", "clip": "c1"})).await).await.1, "no-such-media");
    assert_eq!(problem(ask(&lin, json!({"id": "q9", "text": "", "clip": "p1"})).await).await.1, "no-such-media");
    assert_eq!(problem(ask(&lin, json!({"id": "q9", "text": ""})).await).await.1, "nothing-said");
    let asked = json!({"id": "q1", "text": "", "photo": "p1", "clip": "c1", "anonymous": true});
    for _ in 0..2 {
        let card: Value = ask(&lin, asked.clone()).await.json().await.unwrap();
        assert_eq!((&card["photo"]["id"], &card["clip"]["peaks"]), (&json!("p1"), &json!([0, 7, 31])));
    }
    assert_eq!(problem(ask(&lin, json!({"id": "q2", "text": "", "clip": "c1"})).await).await.1, "no-such-media");
    let seen = ma.get(&at("p1")).await;
    assert_eq!((seen.status(), &seen.headers()["content-type"]), (StatusCode::OK, &"image/jpeg".parse().unwrap()));
    assert!(!seen.bytes().await.unwrap().windows(3).any(|part| part == b"GPS"), "where it was taken is told to nobody");
    let heard = ma.request(Method::GET, &at("c1")).header("range", "bytes=0-3").send().await.unwrap();
    assert_eq!((heard.status().as_u16(), heard.bytes().await.unwrap().as_ref()), (206, &CLIP[..4]));
    let listed = ma.json("/api/tutoring/s1/questions").await["questions"][0].to_string();
    assert!(listed.contains("\"c1\"") && !listed.contains("lin"), "{listed}");
    let peng = world.sign_in("peng").await;
    assert_eq!(problem(peng.get(&at("c1")).await).await, (404, "no-such-tutoring".to_owned()));
    // A guest, as long as they are let in.
    let (wang, id) = guest(&world, &code_of(&chen, "s1").await, "王老师").await;
    assert_eq!(wang.get(&at("c1")).await.status(), 404);
    assert_eq!(of_guest(&chen, Method::PUT, "s1", &id).await, 200);
    assert_eq!(wang.get(&at("c1")).await.status(), 200);
    clip(&wang, "c2").await;
    assert_eq!(ask(&wang, json!({"id": "q2", "text": "听录音", "clip": "c2"})).await.status(), 201);
    assert_eq!(of_guest(&chen, Method::DELETE, "s1", &id).await, 200);
    assert_eq!(wang.get(&at("c1")).await.status(), 404);
    // With the question what was part of it is gone.
    let withdrawn = lin.send(Method::PUT, "/api/tutoring/s1/questions/q1", json!({"do": "withdraw"})).await;
    assert_eq!(withdrawn.status(), 200);
    for id in ["p1", "c1"] {
        assert_eq!(problem(lin.get(&at(id)).await).await.1, "no-such-media");
    }
    assert_eq!(ma.get(&at("c2")).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_bounded_and_told_by_its_content() {
    let world = World::start().await;
    let (chen, lin) = (world.sign_in("chen").await, world.sign_in("lin").await);
    planned(&chen, "s1").await;
    let gif = b"GIF89a\x01\0\x01\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x01\0\0;";
    let long = include_bytes!("../../src/clips/tests/long.ogg");
    let many = vec!["1"; 65].join(".");
    let rows: [(String, &[u8], u16); 10] = [
        ("kind=photo".to_owned(), CLIP, 415),
        ("kind=photo".to_owned(), gif, 415),
        ("kind=photo".to_owned(), b"", 415),
        ("kind=photo".to_owned(), &vec![0; (4 << 20) + 1], 413),
        ("kind=clip".to_owned(), &photo(), 415),
        ("kind=clip".to_owned(), b"<script>", 415),
        ("kind=clip".to_owned(), &vec![0; (512 << 10) + 1], 413),
        ("kind=clip".to_owned(), long, 413),
        ("kind=clip&peaks=32".to_owned(), CLIP, 400),
        (format!("kind=clip&peaks={many}"), CLIP, 400),
    ];
    for (how, bytes, status) in rows {
        assert_eq!(send(&lin, "m1", &how, bytes).await.status(), status, "{how}, {} bytes", bytes.len());
    }
    let tang = world.sign_in("tang").await;
    assert_eq!(problem(send(&tang, "m1", "kind=clip", CLIP).await).await.1, "only-participants");
    let before = world.app.store.usage(&server::store::Account::School("shiyan".parse().unwrap())).await.unwrap().used;
    for n in 0..10 {
        clip(&lin, &format!("m{n}")).await;
    }
    assert_eq!(problem(send(&lin, "m10", "kind=clip", CLIP).await).await.1, "too-many-media");
    let used = world.app.store.usage(&server::store::Account::School("shiyan".parse().unwrap())).await.unwrap().used;
    assert_eq!(used - before, 10 * CLIP.len() as u64, "of the host's school");
    // What is nowhere is gone after a day, and its bytes with it; what is part of a question stays.
    assert_eq!(ask(&lin, json!({"id": "q1", "text": "", "clip": "m0"})).await.status(), 201);
    let later = shared::words::UnixMillis(server::clock::now().0 + 1);
    world.app.store.forget_loose_media(later).await.unwrap();
    assert_eq!((lin.get(&at("m0")).await.status().as_u16(), lin.get(&at("m1")).await.status().as_u16()), (200, 404));
    assert!(world.app.store.blobs_left().await.unwrap().is_empty(), "the same bytes are part of the question");
    assert_eq!(world.app.store.image_blobs().await.unwrap().len(), 1, "a backup has them");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_floor_speaks_to_all_and_takes_it_back() {
    let world = World::start().await;
    let (chen, zhao, lin) = (world.sign_in("chen").await, world.sign_in("zhao").await, world.sign_in("lin").await);
    let session = planned(&chen, "s1").await;
    clip(&chen, "c1").await;
    assert_eq!(problem(say(&chen, "c1").await).await.1, "session-not-open");
    assert_eq!(go_on(&chen, "s1", "open").await.status(), 200);
    let mut there = Peer::page(&lin, session["board"].as_str().unwrap()).await;
    let own = json!({"clip": "c1", "moment": 1});
    for _ in 0..2 {
        assert_eq!(chen.send(Method::POST, "/api/tutoring/s1/clips", own.clone()).await.status(), 201);
    }
    there.until("told", |peer| peer.told.iter().any(|told| told.starts_with(b"{\"clip\""))).await;
    clip(&lin, "c2").await;
    assert_eq!(problem(say(&lin, "c2").await).await, (403, "without-floor".to_owned()));
    assert_eq!(problem(say(&zhao, "c2").await).await.1, "no-such-media", "of another");
    let floor = "/api/tutoring/s1/signs/floor/lin";
    assert_eq!(chen.request(Method::PUT, floor).send().await.unwrap().status(), 200);
    let said = lin.send(Method::POST, "/api/tutoring/s1/clips", json!({"clip": "c2", "moment": 0})).await;
    assert_eq!(said.status(), 201);
    let beyond = json!({"clip": "c3", "moment": 99_999_999});
    clip(&lin, "c3").await;
    assert_eq!(lin.send(Method::POST, "/api/tutoring/s1/clips", beyond).await.status(), 400);
    let list = zhao.json("/api/tutoring/s1/clips").await["clips"].clone();
    let order: Vec<_> = list.as_array().unwrap().iter().map(|one| (&one["id"], &one["by"]["person"]["id"])).collect();
    assert_eq!(order, [(&json!("c2"), &json!("lin")), (&json!("c1"), &json!("chen"))], "by their moments: {list}");
    let ma = world.sign_in("ma").await;
    let take_back = async |person: &Person, id: &str| {
        person.request(Method::DELETE, &format!("/api/tutoring/s1/clips/{id}")).send().await.unwrap()
    };
    assert_eq!(problem(take_back(&ma, "c2").await).await, (403, "not-your-words".to_owned()));
    assert_eq!(take_back(&zhao, "c2").await.status(), 204);
    assert_eq!(take_back(&chen, "c1").await.status(), 204);
    assert_eq!(take_back(&chen, "c1").await.status(), 404);
    there.until("told", |peer| peer.told.iter().any(|told| &told[..] == b"\"clips\"")).await;
    assert_eq!(zhao.json("/api/tutoring/s1/clips").await["clips"], json!([]));
    let lines = chen.json("/api/audit?act=tutoring").await.to_string();
    assert_eq!(lines.matches("tutoring.clip-removed").count(), 1, "another's is noted, one's own is not");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_takes_along_what_they_did_in_sessions_and_nobody_elses() {
    let world = World::start().await;
    let (chen, lin) = (world.sign_in("chen").await, world.sign_in("lin").await);
    let session = opened(&chen, "s1").await;
    let mut there = Peer::page(&lin, session["board"].as_str().unwrap()).await;
    clip(&lin, "c1").await;
    assert_eq!(ask(&lin, json!({"id": "q1", "text": "林的问题", "clip": "c1", "anonymous": true})).await.status(), 201);
    let answer = json!({"do": "answer-in-writing", "answer": "陈的解答"});
    assert_eq!(chen.send(Method::PUT, "/api/tutoring/s1/questions/q1", answer).await.status(), 200);
    let check = json!({"id": "k1", "kind": "short", "text": "一句话"});
    assert_eq!(chen.send(Method::POST, "/api/tutoring/s1/checks", check).await.status(), 201);
    assert_eq!(chen.send(Method::PUT, "/api/tutoring/s1/checks/k1", json!({"do": "open"})).await.status(), 200);
    let words = json!({"text": "林的作答"});
    assert_eq!(lin.send(Method::PUT, "/api/tutoring/s1/checks/k1/answer", words).await.status(), 200);
    there.until("here", |peer| peer.caught_up).await;
    let own = export(&lin).await;
    assert!(
        own["tutoring/questions 001.json"].contains("林的问题") && own["tutoring/checks 001.json"].contains("林的作答")
    );
    assert!(own["tutoring/questions 001.json"].contains("分数怎么起头"), "the session's title");
    assert!(own.contains_key("tutoring/attendance 001.json") && own.contains_key("tutoring/media/c1.webm"));
    assert!(!own.contains_key("tutoring/sessions 001.json"), "a participant ran nothing");
    assert!(own["index.html"].contains("我的走网课堂"));
    let hosted = export(&chen).await;
    assert!(
        hosted["tutoring/answers 001.json"].contains("陈的解答")
            && hosted["tutoring/sessions 001.json"].contains("\"s1\"")
    );
    let all = hosted.values().cloned().collect::<String>();
    assert!(!all.contains("林的作答") && !hosted.contains_key("tutoring/media/c1.webm"));
    let kept = lin.json("/api/account/kept").await;
    let count =
        |what: &str| kept.as_array().unwrap().iter().find(|line| line["what"] == what).unwrap()["count"].clone();
    assert_eq!([count("questions"), count("checks"), count("clips")], [json!(1), json!(1), json!(1)]);
    // Once the account is closed it stays for the others, as what they say elsewhere does.
    let will = json!({"heir": {"type": "person", "id": "ma"}});
    let ma = world.sign_in("ma").await;
    let closed = ma.send(Method::POST, "/api/people/lin/close", will).await;
    assert_eq!(closed.status(), 200, "{}", closed.text().await.unwrap_or_default());
    let left = chen.json("/api/tutoring/s1/questions").await["questions"][0].clone();
    assert_eq!((&left["answer"], &left["text"]), (&json!("陈的解答"), &json!("林的问题")));
    assert_eq!(ma.get(&at("c1")).await.status(), 200);
    let stays = chen.json("/api/tutoring/s1/attendance").await["stays"].clone();
    assert!(stays.as_array().unwrap().iter().any(|stay| stay["who"]["person"]["id"] == "lin"), "{stays}");
    assert_eq!(chen.json("/api/tutoring/s1/checks/k1").await["answered"], 1);
}

/// Files of "all of mine" by their names; what is no text as far as it is.
async fn export(person: &Person) -> std::collections::BTreeMap<String, String> {
    let bytes = person.get("/api/account/export").await.bytes().await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut files = std::collections::BTreeMap::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let (name, mut content) = (file.name().unwrap().into_owned(), Vec::new());
        std::io::Read::read_to_end(&mut file, &mut content).unwrap();
        files.insert(name, String::from_utf8_lossy(&content).into_owned());
    }
    files
}
