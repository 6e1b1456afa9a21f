//! The box over everything: documents, items, collections, people and places, as far as the asker may see each.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::clock;
use server::store::{By, NewChanges};
use shared::organisation::{Change, Person as Named, Record, School, Team};

use crate::collections::{collection, lent, line, on};
use crate::world::{Person, World};

async fn glance(person: &Person, q: &str) -> Value {
    person.json(&format!("/api/find?q={q}")).await
}

/// The group with its count and titles; `None` if nothing of the sort was found.
fn group(glance: &Value, of: &str) -> Option<(u64, Vec<String>)> {
    let groups = glance["groups"].as_array().unwrap();
    let group = groups.iter().find(|group| group["of"] == of)?;
    let lines = group["lines"].as_array().unwrap().iter();
    Some((group["total"].as_u64().unwrap(), lines.map(|line| text(&line["title"])).collect()))
}

fn text(pieces: &Value) -> String {
    pieces.as_array().into_iter().flatten().map(|piece| piece["text"].as_str().unwrap()).collect()
}

fn one(title: &str) -> Option<(u64, Vec<String>)> {
    Some((1, vec![title.to_owned()]))
}

async fn indexed(world: &World) {
    world.app.findable.index_changed().await.unwrap();
}

fn heading(text: &str) -> Value {
    json!({"type": "heading", "text": text})
}

#[tokio::test(flavor = "multi_thread")]
async fn one_question_finds_a_few_of_each_sort_in_any_way_of_typing() {
    let world = World::start().await;
    let lin = world.sign_in("lin").await;
    lin.document("月相观察教案").await;
    let item = lent(&lin, "月相演示仪", on("school", "liuxi")).await;
    collection(&lin, "月相一条龙", on("school", "liuxi"), json!([line(&item, "借一套")])).await;
    indexed(&world).await;
    for q in ["月相", "yuexiang", "yx"] {
        let found = glance(&lin, q).await;
        assert_eq!(group(&found, "documents"), one("月相观察教案"), "{q}");
        assert_eq!(group(&found, "items"), one("月相演示仪"), "{q}");
        assert_eq!(group(&found, "collections"), one("月相一条龙"), "{q}");
    }
    let found = glance(&lin, "月相").await;
    let line = &found["groups"][0]["lines"][0];
    assert_eq!((&line["kind"], &line["by"]), (&json!("document:page"), &json!("林秀兰")));
    assert_eq!(line["title"][0], json!({"text": "月相", "hit": true}));
    let of_items = &found["groups"][1]["lines"][0];
    assert_eq!(of_items["href"], format!("/library/items/{item}"));
    assert_eq!((&of_items["place"], &of_items["kind"]), (&json!("柳溪小学"), &json!("equipment")));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_places_are_found_as_in_the_sharing_form_and_nobody_else_is_counted() {
    let world = World::start().await;
    let (lin, peng) = (world.sign_in("lin").await, world.sign_in("peng").await);
    indexed(&world).await;
    for q in ["周明远", "周明遠", "zhoumingyuan", "zmy", "zhou"] {
        let found = glance(&lin, q).await;
        assert_eq!(group(&found, "people"), one("周明远"), "{q}");
        if q.chars().count() == 3 && !q.is_ascii() || q == "zhoumingyuan" {
            assert!(group(&found, "documents").is_some(), "{q}: what they have written");
            assert_eq!(found["groups"][0]["of"], "people", "{q}: a whole name means the person");
        }
        assert_eq!(group(&glance(&peng, q).await, "people"), None, "{q}: of another group");
    }
    let (count, names) = group(&glance(&lin, "数学").await, "people").unwrap();
    let all = lin.json("/api/people?q=数学").await;
    assert_eq!((count as usize, names.len()), (all["people"].as_array().unwrap().len(), 5));
    assert!(count > 5);
    let found = glance(&lin, "柳溪").await;
    assert_eq!(group(&found, "places"), one("柳溪小学"));
    assert_eq!(group(&glance(&peng, "柳溪").await, "places"), None);
    let person = &glance(&lin, "周明远").await["groups"];
    let line = person.as_array().unwrap().iter().find(|group| group["of"] == "people").unwrap()["lines"][0].clone();
    assert_eq!((&line["href"], &line["place"]), (&json!("/people/person/zhou"), &json!("清河实验小学")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_is_found_by_what_it_says_and_leaves_no_trace_for_others() {
    let world = World::start().await;
    let (zhou, lin, peng) = (world.sign_in("zhou").await, world.sign_in("lin").await, world.sign_in("peng").await);
    let item = lent(&zhou, "方格纸", on("team", "maths-3")).await;
    let lines = json!([heading("画平行线"), line(&item, "墨水别蘸太多")]);
    let body =
        json!({"title": "几何作图锦囊", "description": "尺规两件套", "shelf": on("team", "maths-3"), "lines": lines});
    let made = zhou.send(Method::POST, "/api/collections", body).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let id = made.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    indexed(&world).await;
    for q in ["几何作图", "jihezuotu", "幾何作圖", "尺规", "画平行线", "墨水", "锦囊 墨水"] {
        assert_eq!(group(&glance(&lin, q).await, "collections"), one("几何作图锦囊"), "{q}");
        let others = peng.json(&format!("/api/search?q={q}")).await;
        assert_eq!((&others["total"], &others["facets"]), (&json!(0), &json!({})), "{q}");
        assert_eq!(glance(&peng, q).await["groups"], json!([]), "{q}");
    }
    let answer = lin.json("/api/search?q=墨水&kind=collection").await;
    assert_eq!((&answer["total"], &answer["hits"][0]["type"]), (&json!(1), &json!("collection")));
    assert_eq!((&answer["hits"][0]["id"], &answer["hits"][0]["items"]), (&json!(id), &json!(1)));
    assert!(text(&answer["hits"][0]["snippet"]).contains("墨水别蘸太多"), "{answer}");
    assert_eq!(answer["facets"]["kind"], json!([{"value": "collection", "count": 1}]));

    let path = format!("/api/collections/{id}");
    assert_eq!(zhou.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    assert_eq!(glance(&lin, "几何作图").await["groups"], json!([]), "in the bin");
    assert_eq!(zhou.send(Method::POST, &format!("{path}/restore"), json!({})).await.status(), 200);
    assert_eq!(group(&glance(&lin, "几何作图").await, "collections"), one("几何作图锦囊"));
    let moved = zhou.send(Method::PUT, &format!("{path}/shelf"), json!({"shelf": on("person", "zhou")})).await;
    assert_eq!(moved.status(), 200);
    assert_eq!(glance(&lin, "几何作图").await["groups"], json!([]), "on another shelf, at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_on_lines_is_found_and_shown_as_far_as_their_items_are_seen() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let own = lent(&zhou, "没写完的", on("person", "zhou")).await;
    let shared = lent(&zhou, "写完的", on("team", "maths-3")).await;
    let lines = json!([heading("悄悄话"), line(&own, "蓝色封皮"), heading("公开的"), line(&shared, "红色封皮")]);
    let id = collection(&zhou, "学期杂物", on("team", "maths-3"), lines).await;
    indexed(&world).await;
    for (q, of_zhou, of_lin) in
        [("蓝色封皮", true, false), ("悄悄话", true, false), ("红色封皮", true, true), ("公开的", true, true)]
    {
        for (person, finds) in [(&zhou, of_zhou), (&lin, of_lin)] {
            // 红色封皮 and 蓝色封皮 are alike: what is only like it comes behind.
            let answer = person.json(&format!("/api/search?q={q}")).await;
            let is_it = |hit: &Value| text(&hit["snippet"]).contains(q);
            assert_eq!(answer["hits"].as_array().unwrap().iter().any(is_it), finds, "{q}");
        }
    }
    let of_lin = lin.json("/api/search?q=封皮").await.to_string();
    assert!(of_lin.contains("红色") && !of_lin.contains("蓝色") && !of_lin.contains("悄悄话"), "{of_lin}");
    // The item goes to its author alone, and its note with it, before the index knows.
    let moved =
        zhou.send(Method::PUT, &format!("/api/items/{shared}/shelf"), json!({"shelf": on("person", "zhou")})).await;
    assert_eq!(moved.status(), 200);
    assert_eq!(lin.json("/api/search?q=红色封皮").await["total"], 0);
    indexed(&world).await;
    assert_eq!(lin.json("/api/search?q=红色封皮").await["total"], 0);
    assert_eq!(group(&glance(&lin, "学期杂物").await, "collections"), one("学期杂物"), "its title is everybody's");
    assert_eq!(zhou.json("/api/search?q=红色封皮").await["hits"][0]["id"], id);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_asked_for_one_gets_what_one_had_open_last() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    lin.document("第一份").await;
    lin.document("第二份").await;
    zhou.document("周老师的").await;
    let found = glance(&lin, "%20").await;
    let (_, titles) = group(&found, "recent").unwrap();
    assert_eq!(titles[..2], ["第二份", "第一份"]);
    assert!(titles.len() <= 7 && !titles.contains(&"周老师的".to_owned()), "{titles:?}");
    assert_eq!(found["groups"].as_array().unwrap().len(), 1);
    let too_long = "长".repeat(5_000);
    assert_eq!(glance(&lin, &too_long).await["groups"], json!([]), "only the beginning counts");
}

/// The titles that are found, with their texts as they are now.
async fn titles(world: &World, person: &Person, q: &str) -> BTreeSet<String> {
    indexed(world).await;
    let found = glance(person, q).await;
    let groups = ["documents", "items", "collections"].map(|of| group(&found, of));
    groups.into_iter().flatten().flat_map(|(_, titles)| titles).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_made_is_found_by_their_new_name_and_the_new_name_of_their_school() {
    let world = World::start().await;
    let lin = world.sign_in("lin").await;
    lin.document("月相观察教案").await;
    let item = lent(&lin, "月相演示仪", on("school", "liuxi")).await;
    collection(&lin, "月相一条龙", on("school", "liuxi"), json!([line(&item, "")])).await;
    collection(&lin, "教研组的单子", on("team", "maths-3"), json!([])).await;
    let own = ["月相观察教案", "月相演示仪", "月相一条龙", "教研组的单子"];
    // Others have her name in what they wrote.
    let mine = |found: BTreeSet<String>| own.iter().filter(|title| found.contains(**title)).count();
    assert_eq!(mine(titles(&world, &lin, "林秀兰").await), own.len());
    let directory = world.app.store.directory();
    let person = directory.person(&"lin".parse().unwrap()).unwrap().clone();
    put(&world, Record::Person(Named { name: "林望舒".to_owned(), ..person })).await;
    assert_eq!(mine(titles(&world, &lin, "林望舒").await), own.len());
    assert_eq!(mine(titles(&world, &lin, "林秀兰").await), 0);
    let school = directory.school(&"liuxi".parse().unwrap()).unwrap().clone();
    put(&world, Record::School(School { name: "柳岸小学".to_owned(), ..school })).await;
    let of_school = titles(&world, &lin, "柳岸小学").await;
    assert!(["月相一条龙", "月相演示仪"].iter().all(|title| of_school.contains(*title)), "{of_school:?}");
    let team = directory.team(&"maths-3".parse().unwrap()).unwrap().clone();
    put(&world, Record::Team(Team { name: "望舒备课组".to_owned(), ..team })).await;
    assert!(titles(&world, &lin, "望舒备课组").await.contains("教研组的单子"));
}

async fn put(world: &World, record: Record) {
    let changes = [Change::Put(record)];
    world.app.store.change(NewChanges::new(By::Server, &changes, clock::now())).await.unwrap();
}
