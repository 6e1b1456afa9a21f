//! The same wish a second time, as the answer to the first was lost on the line: nothing doubles, and nothing is dropped.

use reqwest::Method;
use serde_json::{Value, json};
use server::store::NewCollection;
use shared::words::{Title, UnixMillis};

use crate::collections::{collection, lent, on};
use crate::library::is_seen_to_hold;
use crate::uploads::{self, Tus, decided, file};
use crate::world::{Person, problem};

async fn sent(person: &Person, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let answer = person.send(method, path, body.clone()).await;
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn ready(person: &Person, number: u64) -> String {
    let place = person.upload(&file(number, 20_000)).await;
    decided(person, &place).await;
    place.rsplit('/').next().unwrap().to_owned()
}

fn item(title: &str, substance: Value) -> Value {
    json!({"kind": "courseware", "title": title, "licence": "group-use",
        "shelf": {"type": "school", "id": "liuxi"}, "substance": substance})
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_in_again_is_the_same_item_and_other_words_are_not_dropped() {
    let world = uploads::world().await;
    let lin = world.sign_in("lin").await;
    let (first, second, third) = (ready(&lin, 1).await, ready(&lin, 2).await, ready(&lin, 3).await);
    let files = |ids: &[&String]| json!({"type": "files", "of": ids});
    let (_, made) = sent(&lin, Method::POST, "/api/items", &item("分数墙", files(&[&first]))).await;
    let again = sent(&lin, Method::POST, "/api/items", &item("分数墙", files(&[&first]))).await;
    assert_eq!(again, (201, made.clone()));
    let other = lin.send(Method::POST, "/api/items", item("另一件", files(&[&first, &second]))).await;
    assert_eq!(problem(other).await, (409, "uploads-not-ready".to_owned()));
    let path = format!("/api/items/{}", made["id"].as_str().unwrap());
    let version = json!({"substance": files(&[&third]), "note": "换了图\u{202e}"});
    for _ in 0..2 {
        let (status, view) = sent(&lin, Method::POST, &format!("{path}/versions"), &version).await;
        assert_eq!((status, &view["version"], &view["versions"][0]["note"]), (200, &json!(2), &json!("换了图")));
    }
    let words = json!({"kind": "courseware", "title": "分数墙（新）", "licence": "group-use", "revision": 0});
    for _ in 0..2 {
        let (status, view) = sent(&lin, Method::PUT, &path, &words).await;
        assert_eq!((status, &view["title"]), (200, &json!("分数墙（新）")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_again_unchanged_is_no_second_one() {
    let world = uploads::world().await;
    let lin = world.sign_in("lin").await;
    let document = lin.lesson_plan("分月饼").await;
    let wish = item("分月饼", json!({"type": "document", "of": document}));
    let (first, made) = sent(&lin, Method::POST, "/api/items", &wish).await;
    assert_eq!((first, sent(&lin, Method::POST, "/api/items", &wish).await), (201, (201, made.clone())));
    let versions = format!("/api/items/{}/versions", made["id"].as_str().unwrap());
    let version = json!({"substance": {"type": "document", "of": document}});
    let (_, view) = sent(&lin, Method::POST, &versions, &version).await;
    assert_eq!(view["version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_a_name_of_the_askers_own_is_made_once_and_other_words_under_it_are_told_apart() {
    let world = uploads::world().await;
    let (lin, zhou) = (world.sign_in("lin").await, world.sign_in("zhou").await);
    let named = |id: &str, mut body: Value| {
        body["id"] = json!(id);
        body
    };
    let thing = |title: &str| {
        named(
            "thing-1",
            json!({"kind": "equipment", "title": title, "licence": "group-use",
            "shelf": {"type": "school", "id": "liuxi"}, "substance": {"type": "nothing"}}),
        )
    };
    let list = |title: &str, shelf: &str| {
        named("list-1", json!({"title": title, "shelf": {"type": "person", "id": shelf}, "lines": []}))
    };
    let copy = |title: &str| named("copy-1", json!({"title": title}));
    for (path, first, other, id) in [
        ("/api/items", thing("月相演示仪"), thing("月相演示仪二"), "thing-1"),
        ("/api/collections", list("单元", "lin"), list("单元二", "lin"), "list-1"),
        ("/api/items/thing-1/copy", copy("看月亮"), copy("看太阳"), "copy-1"),
    ] {
        // Also while the first is still under way.
        let all = futures_util::future::join_all((0..6).map(|_| sent(&lin, Method::POST, path, &first))).await;
        assert!(all.iter().all(|answer| *answer == (201, json!({"id": id}))), "{path}: {all:?}");
        let otherwise = lin.send(Method::POST, path, other).await;
        assert_eq!(problem(otherwise).await, (409, "sent-otherwise".to_owned()), "{path}");
    }
    let foreign = zhou.send(Method::POST, "/api/collections", list("单元", "zhou")).await;
    assert_eq!(problem(foreign).await, (409, "id-taken".to_owned()));
    assert_eq!(lin.json("/api/collections?which=mine").await["collections"].as_array().unwrap().len(), 1);
    let copies = lin.json("/api/documents?which=mine").await["documents"].as_array().unwrap().clone();
    assert_eq!(copies.iter().filter(|document| document["title"] == "看月亮").count(), 1, "{copies:?}");
    is_seen_to_hold(&world, "copy-1", "thing-1").await;
    let uses = lin.json("/api/items/thing-1/uses").await;
    assert_eq!(uses["uses"].as_array().unwrap().len(), 1, "{uses}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_saved_again_has_each_line_once() {
    let world = uploads::world().await;
    let lin = world.sign_in("lin").await;
    let new = json!({"title": "单元", "shelf": {"type": "person", "id": "lin"}});
    let (_, made) = sent(&lin, Method::POST, "/api/collections", &new).await;
    let path = format!("/api/collections/{}", made["id"].as_str().unwrap());
    let saved = |revision: u64| {
        json!({"title": "单元", "description": "", "seen": [], "revision": revision,
            "lines": [{"type": "heading", "text": "第一单元"}]})
    };
    let (status, view) = sent(&lin, Method::PUT, &path, &saved(0)).await;
    assert_eq!(status, 200, "{view}");
    // The answer was lost; what is there now was never seen, and is saved beside.
    let (status, view) = sent(&lin, Method::PUT, &path, &saved(view["revision"].as_u64().unwrap())).await;
    assert_eq!((status, view["lines"].as_array().unwrap().len()), (200, 1), "{view}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_keeps_nothing_else_from_its_owner() {
    let world = uploads::world().await;
    let lin = world.sign_in("lin").await;
    let upload = ready(&lin, 7).await;
    let wish = item("坏了的", json!({"type": "files", "of": [upload]}));
    assert_eq!(sent(&lin, Method::POST, "/api/items", &wish).await.0, 201);
    let blob = blake3::hash(&file(7, 20_000)).to_hex().to_string();
    let bytes = world.app.blobs.file(&blob.parse().unwrap()).await.unwrap().unwrap();
    std::fs::File::options().write(true).open(bytes.path()).unwrap().set_len(19_999).unwrap();
    let export = lin.get("/api/account/export").await.bytes().await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(export.to_vec())).unwrap();
    assert!(archive.by_name("index.html").is_ok());
    let mut named = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("unreadable-resources.json").unwrap(), &mut named).unwrap();
    assert!(named.contains("坏了的"), "{named}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_wish_is_compared_and_a_new_name_of_what_was_made_is_no_other_wish() {
    let world = uploads::world().await;
    let lin = world.sign_in("lin").await;
    let on_school = json!({"type": "school", "id": "liuxi"});
    let thing = |id: &str, source: &str| {
        json!({"id": id, "kind": "equipment", "title": "月相演示仪", "licence": "group-use", "source": source,
            "shelf": on_school, "substance": {"type": "nothing"}})
    };
    let list = |note: &str| {
        json!({"id": "list-1", "title": "单元", "shelf": {"type": "person", "id": "lin"},
            "lines": [{"type": "item", "item": "thing-1", "note": note}]})
    };
    let copy = json!({"id": "copy-1", "title": "看月亮"});
    let made = sent(&lin, Method::POST, "/api/items", &thing("thing-2", "")).await;
    assert_eq!(made.0, 201, "{made:?}");
    let renamed = json!({"kind": "equipment", "title": "改了名的", "licence": "group-use", "revision": 0});
    let listed = json!({"title": "改了名的", "description": "", "lines": [], "seen": [], "revision": 0});
    for (path, first, other, (method, address, rename)) in [
        ("/api/items", thing("thing-1", ""), thing("thing-1", "旧教具"), (Method::PUT, "/api/items/thing-1", renamed)),
        ("/api/collections", list("一"), list("二"), (Method::PUT, "/api/collections/list-1", listed)),
        (
            "/api/items/thing-1/copy",
            copy.clone(),
            json!({"id": "copy-1", "title": "看月亮", "shelf": on_school}),
            (Method::PATCH, "/api/documents/copy-1", json!({"title": "改了名的"})),
        ),
    ] {
        let (status, made) = sent(&lin, Method::POST, path, &first).await;
        assert_eq!(status, 201, "{path}: {made}");
        let (status, after) = sent(&lin, method, address, &rename).await;
        assert_eq!((status, &after["title"]), (200, &json!("改了名的")), "{after}");
        assert_eq!(sent(&lin, Method::POST, path, &first).await, (201, made), "{path}");
        let otherwise = lin.send(Method::POST, path, other).await;
        assert_eq!(problem(otherwise).await, (409, "sent-otherwise".to_owned()), "{path}");
    }
    // A copy of something else is another wish, with the same words.
    let elsewhere = lin.send(Method::POST, "/api/items/thing-2/copy", copy).await;
    assert_eq!(problem(elsewhere).await, (409, "sent-otherwise".to_owned()));
    let uses = lin.json("/api/items/thing-2/uses").await;
    assert_eq!(uses["uses"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_before_wishes_were_kept_is_compared_by_title_and_shelf() {
    let world = uploads::world().await;
    let lin = world.sign_in("lin").await;
    let list = |title: &str, description: &str| {
        json!({"id": "old", "title": title, "description": description,
            "shelf": {"type": "person", "id": "lin"}, "lines": []})
    };
    let (title, shelf) = (Title::new("单元").unwrap(), "person:lin".parse().unwrap());
    let (id, author, description) = ("old".parse().unwrap(), "lin".parse().unwrap(), String::new());
    let old = NewCollection { id, title, description, author, shelf, lines: Vec::new(), wish: None, at: UnixMillis(1) };
    world.app.store.add_collection(old).await.unwrap();
    let again = sent(&lin, Method::POST, "/api/collections", &list("单元", "别的话")).await;
    assert_eq!(again, (201, json!({"id": "old"})));
    let otherwise = lin.send(Method::POST, "/api/collections", list("单元二", "")).await;
    assert_eq!(problem(otherwise).await, (409, "sent-otherwise".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_added_again_with_another_note_is_told_and_not_dropped() {
    let world = uploads::world().await;
    let lin = world.sign_in("lin").await;
    let item = lent(&lin, "月相演示仪", on("school", "liuxi")).await;
    let id = collection(&lin, "单元", on("person", "lin"), json!([])).await;
    let path = format!("/api/collections/{id}/lines");
    let wish = |note: &str| json!({"item": item, "note": note});
    // The last says nothing of it: it is there.
    for note in ["借一套", "借一套", ""] {
        let (status, view) = sent(&lin, Method::POST, &path, &wish(note)).await;
        assert_eq!((status, &view["lines"][0]["note"]), (200, &json!("借一套")), "{view}");
        assert_eq!(view["lines"].as_array().unwrap().len(), 1);
    }
    let otherwise = lin.send(Method::POST, &path, wish("借两套")).await;
    assert_eq!(problem(otherwise).await, (409, "sent-otherwise".to_owned()));
}
