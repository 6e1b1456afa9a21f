//! The textbooks of a region: who keeps them, and that nothing loses its place when they change.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Person, World};

const OUTLINE: &str = "一 时、分、秒\n  秒的认识\n  时间的计算\n八 分数的初步认识\n  认识几分之一\n";

fn volume(outline: &str) -> Value {
    json!({"edition": "试用版", "name": "三年级上册", "subject": "数学", "grade": "三年级", "outline": outline})
}

async fn put(person: &Person, body: Value) -> (u16, Value) {
    let answer = person.send(Method::PUT, "/api/library/volumes", body).await;
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_textbooks_are_kept_by_those_who_run_a_group() {
    let world = World::start().await;
    for (login, allowed) in [("lin", false), ("ma", false), ("wu", true), ("head", true), ("admin", true)] {
        let person = world.sign_in(login).await;
        let (status, answer) = put(&person, volume(OUTLINE)).await;
        assert_eq!(status == 200, allowed, "{login}: {answer}");
        assert_eq!(person.json("/api/library").await["keeps_textbooks"], json!(allowed), "{login}");
        if !allowed {
            assert_eq!(answer["type"], "/problems/not-yours");
            let old = person.send(Method::GET, "/api/library/volumes/any", json!({})).await;
            assert_eq!(old.status(), 403, "{login}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_a_unit_keeps_its_place_through_every_change() {
    let world = World::start().await;
    let (wu, head, lin) = (world.sign_in("wu").await, world.sign_in("head").await, world.sign_in("lin").await);
    let asked = json!({"only_ask": true});
    let (_, preview) = put(&wu, merged(volume(OUTLINE), asked.clone())).await;
    assert_eq!((preview["volume"].is_null(), preview["added"].as_array().unwrap().len()), (true, 7));
    let (_, made) = put(&wu, volume(OUTLINE)).await;
    let id = made["volume"].as_str().unwrap().to_owned();

    let inside = lin.json(&format!("/api/library/taxonomy?under={id}")).await;
    let lesson = inside["taxa"].as_array().unwrap().iter().find(|node| node["name"] == "认识几分之一").unwrap();
    let item = json!({"kind": "equipment", "title": "分数墙", "licence": "group-use",
        "shelf": {"type": "school", "id": "liuxi"}, "substance": {"type": "nothing"},
        "placing": {"subject": "数学", "taxon": lesson["id"]}});
    let item = lin.send(Method::POST, "/api/items", item).await.json::<Value>().await.unwrap();
    let place = async |expected: &str| {
        let view = lin.json(&format!("/api/items/{}", item["id"].as_str().unwrap())).await;
        assert_eq!(view["place"], json!(["试用版", "三年级上册", "八 分数的初步认识", expected]));
        world.app.findable.index_changed().await.unwrap();
        let found = lin.json("/api/search?q=%E5%88%86%E6%95%B0%E5%A2%99").await;
        assert_eq!(found["hits"][0]["place"][3], json!(expected), "{found}");
    };
    place("认识几分之一").await;

    let text = wu.json(&format!("/api/library/volumes/{id}")).await;
    let renamed = text["outline"].as_str().unwrap().replace("认识几分之一", "几分之一");
    let change = json!({"volume": id, "outline": renamed, "read": text["read"]});
    let (_, change_answer) = put(&head, merged(volume(OUTLINE), change.clone())).await;
    assert_eq!(change_answer["renamed"], json!([{"before": "认识几分之一", "after": "几分之一"}]));
    place("几分之一").await;
    let (status, stale) = put(&wu, merged(volume(OUTLINE), json!({"volume": id, "read": text["read"]}))).await;
    assert_eq!((status, &stale["type"]), (409, &json!("/problems/stale-form")));

    let so_already = json!({"volume": id, "outline": renamed, "read": "an older state"});
    assert_eq!(put(&wu, merged(volume(OUTLINE), so_already)).await.0, 200, "the answer to it may have been lost");
    let beside = merged(volume(OUTLINE), json!({"name": "三年级下册"}));
    let beside = put(&wu, beside).await.1["volume"].clone();
    let same_name = merged(volume(OUTLINE), json!({"volume": beside}));
    assert_eq!(put(&wu, same_name).await.0, 422, "no two volumes are called alike");

    for _ in 0..2 {
        let gone = wu.send(Method::DELETE, &format!("/api/library/volumes/{id}"), json!({})).await;
        assert_eq!(gone.status(), 204);
    }
    place("几分之一").await;
    let offered = lin.json("/api/library").await;
    assert!(!offered["taxa"].to_string().contains(&id), "{offered}");
    let (_, back) = put(&wu, merged(volume(&renamed), json!({"volume": id}))).await;
    assert_eq!(back["added"].as_array().unwrap().len(), 6);
    assert!(lin.json("/api/library").await["taxa"].to_string().contains(&id));

    for wrong in ["  课在前面\n", "一\n一\n", &"长".repeat(61)] {
        let (status, answer) = put(&wu, volume(wrong)).await;
        assert_eq!((status, &answer["type"]), (422, &json!("/problems/not-a-volume")), "{wrong}");
    }
}

fn merged(mut one: Value, other: Value) -> Value {
    let fields = one.as_object_mut().unwrap();
    fields.extend(other.as_object().unwrap().clone());
    one
}
