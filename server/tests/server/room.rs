//! What takes room in the library, who sees and sets how much there is, and what gives it back.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::clock::now;
use server::store::By;
use shared::words::{BlobId, UnixMillis};

use crate::library::{created, on, published, with, words};
use crate::uploads::{Tus, decided, file, world};
use crate::world::{Person, problem};

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_goes_on_with_holds_room_for_an_hour_and_then_for_what_came() {
    let world = world().await;
    let (zhou, head) = (world.sign_in("zhou").await, world.sign_in("head").await);
    let store = &world.app.store;
    let school = store.directory().school_of(&"zhou".parse().unwrap(), now()).unwrap().id.clone();
    store.set_quota(&school, Some(1_000_000), By::Server, now()).await.unwrap();
    let place = zhou.begin(900_000).await;
    let sent = zhou.chunk(&place, 0, file(9, 900_000)[..100_000].to_vec()).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
    let used = async || zhou.json("/api/uploads/room").await["used"].as_u64().unwrap();
    assert_eq!(used().await, 900_000, "bytes come: all of it has its room");
    let id = place.rsplit('/').next().unwrap().parse().unwrap();
    let long_ago = UnixMillis(now().0 - 3_600_001);
    store.touch_upload(&id, 100_000, long_ago).await.unwrap();
    assert_eq!(used().await, 100_000, "an hour later what came");
    // Somebody else has taken the room meanwhile.
    let other = head.begin(850_000).await;
    let rest = file(9, 900_000)[100_000..].to_vec();
    let late = zhou.chunk(&place, 100_000, rest.clone()).send().await.unwrap();
    assert_eq!(problem(late).await, (413, "school-full".to_owned()));
    assert_eq!(zhou.offset(&place).await, 100_000, "what came stays");
    head.tus(Method::DELETE, &other).send().await.unwrap();
    let sent = zhou.chunk(&place, 100_000, rest).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
    assert_eq!(decided(&zhou, &place).await["state"]["is"], "ready");
    assert_eq!(used().await, 900_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_a_schools_room_is_seen_by_whoever_leads_it_and_set_by_the_operator() {
    let world = world().await;
    let school = world.app.store.directory().school_of(&"zhou".parse().unwrap(), now()).unwrap().id.clone();
    let path = format!("/api/library/quota?school={school}");
    let [zhou, head, operator] =
        [world.sign_in("zhou").await, world.sign_in("head").await, world.sign_in("admin").await];
    let view = json!({"used": 0, "limit": 200u64 << 30, "bin": 0});
    assert_eq!(head.json(&path).await, view);
    assert_eq!(operator.json(&path).await, view);
    let absent = (404, "not-found".to_owned());
    assert_eq!(problem(zhou.get(&path).await).await, absent);
    assert_eq!(problem(head.get("/api/library/quota?school=nowhere").await).await, absent);
    let set = |bytes: Value| json!({"school": school, "bytes": bytes});
    let put = async |person: &Person, bytes: Value| person.send(Method::PUT, "/api/library/quota", set(bytes)).await;
    assert_eq!(problem(put(&zhou, json!(1)).await).await, absent);
    assert_eq!(problem(put(&head, json!(1)).await).await, (403, "not-yours".to_owned()));
    assert_eq!(problem(put(&operator, json!((1u64 << 50) + 1)).await).await.0, 400);
    assert_eq!(put(&operator, json!(5_000_000)).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(head.json(&path).await["limit"], 5_000_000);
    let lines = operator.json("/api/audit").await;
    let line = &lines["lines"][0];
    assert_eq!((&line["act"], &line["details"]["bytes"]), (&json!("quota.set"), &json!(5_000_000)), "{lines}");
    assert_eq!(put(&operator, Value::Null).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(head.json(&path).await, view);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_the_bin_for_thirty_days_is_removed_and_what_others_made_of_it_stays() {
    let world = world().await;
    let (zhou, head) = (world.sign_in("zhou").await, world.sign_in("head").await);
    let store = &world.app.store;
    let school = store.directory().school_of(&"zhou".parse().unwrap(), now()).unwrap().id.clone();
    let path = format!("/api/library/quota?school={school}");
    let place = zhou.upload(&file(10, 300_000)).await;
    let blob = decided(&zhou, &place).await["state"]["blob"].as_str().unwrap().to_owned();
    let shelf = on("school", school.as_str());
    let substance = json!({"type": "files", "of": [place.rsplit('/').next()]});
    let body = with(words("courseware", "分数墙"), json!({"shelf": shelf, "substance": substance}));
    let item = created(zhou.send(Method::POST, "/api/items", body).await).await;
    let (written, _) = published(&zhou, "一课", shelf.clone()).await;
    let room = head.json(&path).await;
    let words_alone = room["used"].as_u64().unwrap() - 300_000;
    assert!(words_alone > 100, "what is written counts, too: {room}");
    assert_eq!(room["bin"], 0);
    let document = head.lesson_plan("用到了分数墙").await;
    let cited = json!({"deed": "cited", "version": 1, "document": document});
    let noted = head.send(Method::POST, &format!("/api/items/{item}/uses"), cited).await;
    assert!(noted.status().is_success(), "{}", noted.text().await.unwrap());

    for item in [&item, &written] {
        let path = format!("/api/items/{item}");
        assert_eq!(zhou.request(Method::DELETE, &path).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(head.json(&path).await, json!({"used": room["used"], "limit": room["limit"], "bin": room["used"]}));
    let days = |days: i64| UnixMillis(now().0 + days * UnixMillis::DAY);
    world.app.uploads.sweep(days(29)).await.unwrap();
    assert_eq!(head.json(&path).await["bin"], room["used"], "it can still be put back");
    world.app.uploads.sweep(days(31)).await.unwrap();
    assert_eq!(head.json(&path).await, json!({"used": 0, "limit": room["limit"], "bin": 0}));
    let gone = zhou.send(Method::POST, &format!("/api/items/{item}/restore"), json!({})).await;
    assert_eq!(problem(gone).await, (404, "not-found".to_owned()));
    assert_eq!(zhou.get(&format!("/api/items/{item}")).await.status(), StatusCode::NOT_FOUND);
    let blob: BlobId = blob.parse().unwrap();
    assert!(store.file(&blob).await.unwrap().is_none(), "nobody has the file any more");
    // Who did something with it, and with what, is evidence.
    let item = item.parse().unwrap();
    assert!(store.items(&[item]).await.unwrap().is_empty());
    let lines = world.sign_in("admin").await.json("/api/audit").await;
    let removed = lines["lines"].as_array().unwrap().iter().filter(|line| line["act"] == "item.removed");
    assert_eq!(removed.count(), 2, "{lines}");
}
