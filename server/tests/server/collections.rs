//! Collections, menus of the term, subscriptions and the feed.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::library::TermName;

use crate::library::is_seen_to_hold;
use crate::world::{Person, World, problem};

pub fn on(kind: &str, id: &str) -> Value {
    json!({"type": kind, "id": id})
}

pub fn line(item: &str, note: &str) -> Value {
    json!({"type": "item", "item": item, "note": note})
}

fn heading(text: &str) -> Value {
    json!({"type": "heading", "text": text})
}

async fn created(answer: reqwest::Response) -> String {
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

/// Something that is lent: an item without files, of mathematics.
pub async fn lent(person: &Person, title: &str, shelf: Value) -> String {
    let body = json!({"kind": "equipment", "title": title, "licence": "group-adapt", "shelf": shelf,
        "placing": {"subject": "数学"}, "substance": {"type": "nothing"}});
    created(person.send(Method::POST, "/api/items", body).await).await
}

pub async fn collection(person: &Person, title: &str, shelf: Value, lines: Value) -> String {
    let body = json!({"title": title, "shelf": shelf, "lines": lines});
    created(person.send(Method::POST, "/api/collections", body).await).await
}

/// What the page would send that has read `view` and wants these lines.
fn change(view: &Value, lines: Value) -> Value {
    let seen: Vec<&Value> = view["lines"].as_array().unwrap().iter().map(|line| &line["id"]).collect();
    json!({"title": view["title"], "description": "", "lines": lines, "seen": seen, "revision": view["revision"]})
}

/// The lines of a view, as they would be sent back.
fn as_they_are(view: &Value) -> Vec<Value> {
    let wish = |line: &Value| match line["type"].as_str() {
        Some("item") => {
            json!({"id": line["id"], "type": "item", "item": line["item"]["id"], "note": line["note"]})
        }
        _ => line.clone(),
    };
    view["lines"].as_array().unwrap().iter().map(wish).collect()
}

/// Headings and titles in their order.
fn read(view: &Value) -> Vec<&str> {
    let words = |line: &'_ Value| line["text"].as_str().is_some();
    let lines = view["lines"].as_array().unwrap().iter();
    lines.map(|line| if words(line) { &line["text"] } else { &line["item"]["title"] }.as_str().unwrap()).collect()
}

async fn put(person: &Person, id: &str, body: Value) -> Value {
    let answer = person.send(Method::PUT, &format!("/api/collections/{id}"), body).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_see_a_line_neither_reads_nor_loses_it() {
    let world = World::start().await;
    let (zhou, lin, ma) = (world.sign_in("zhou").await, world.sign_in("lin").await, world.sign_in("ma").await);
    let own = lent(&zhou, "周老师自己的", on("person", "zhou")).await;
    let shared = lent(&zhou, "组里的", on("team", "maths-3")).await;
    let village = lent(&lin, "柳溪的", on("school", "liuxi")).await;
    let lines = json!([heading("第一周"), line(&own, "还没写好"), heading("第二周"), line(&shared, "")]);
    let id = collection(&zhou, "分数单元", on("team", "maths-3"), lines).await;
    let path = format!("/api/collections/{id}");

    let of_lin = lin.json(&path).await;
    assert_eq!(read(&of_lin), ["第一周", "第二周", "组里的"]);
    assert_eq!((&of_lin["items"], &of_lin["right"]), (&json!(1), &json!("edit")));
    assert!(!of_lin.to_string().contains("还没写好"));
    // A reader who edits nothing is not shown a heading over what they may not see.
    let of_yiming = world.sign_in("yiming").await.json(&path).await;
    assert_eq!(read(&of_yiming), ["第二周", "组里的"]);

    let mut wish = as_they_are(&of_lin);
    wish.reverse();
    wish.push(line(&village, "借一套"));
    let after = put(&lin, &id, change(&of_lin, json!(wish))).await;
    assert_eq!(read(&after), ["组里的", "第二周", "第一周", "柳溪的"]);
    let of_zhou = zhou.json(&path).await;
    assert_eq!(read(&of_zhou), ["组里的", "第二周", "第一周", "周老师自己的"], "what lin lent to her school is hidden");
    assert_eq!(of_zhou["lines"][3]["note"], "还没写好");
    let of_ma = ma.json(&path).await;
    assert_eq!(read(&of_ma), ["组里的", "第二周", "第一周", "柳溪的"]);

    // What is in the bin is out of the list, and back in its place when it comes back.
    assert_eq!(zhou.request(Method::DELETE, &format!("/api/items/{shared}")).send().await.unwrap().status(), 204);
    let without = lin.json(&path).await;
    assert_eq!((read(&without), &without["items"]), (vec!["第二周", "第一周", "柳溪的"], &json!(1)));
    put(&lin, &id, change(&without, json!(as_they_are(&without)))).await;
    zhou.send(Method::POST, &format!("/api/items/{shared}/restore"), json!({})).await;
    assert_eq!(read(&lin.json(&path).await), ["组里的", "第二周", "第一周", "柳溪的"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_edit_at_once_lose_nothing() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let mut items = Vec::new();
    for title in ["甲", "乙", "丙", "丁"] {
        items.push(lent(&zhou, title, on("team", "maths-3")).await);
    }
    let id =
        collection(&zhou, "一起编", on("team", "maths-3"), json!([line(&items[0], ""), line(&items[1], "")])).await;
    let path = format!("/api/collections/{id}");
    let (of_zhou, of_lin) = (zhou.json(&path).await, lin.json(&path).await);
    let mut wish = as_they_are(&of_zhou);
    wish.insert(0, line(&items[2], "周"));
    put(&zhou, &id, change(&of_zhou, json!(wish))).await;
    let mut wish = as_they_are(&of_lin);
    wish.swap(0, 1);
    wish.push(line(&items[3], "林"));
    let stale = change(&of_lin, json!(wish));
    assert_eq!(problem(lin.send(Method::PUT, &path, stale.clone()).await).await.1, "stale-form");
    assert_eq!(read(&zhou.json(&path).await), ["丙", "甲", "乙"]);
    // The page takes the new state and sends her list again with what she had seen: his line stays.
    let mut again = stale;
    again["revision"] = zhou.json(&path).await["revision"].clone();
    assert_eq!(read(&put(&lin, &id, again).await), ["丙", "乙", "甲", "丁"]);

    // What is put in at the end is there once, and makes an open list stale.
    let before = zhou.json(&path).await;
    for _ in 0..2 {
        let added = lin.send(Method::POST, &format!("{path}/lines"), json!({"item": items[3]})).await;
        assert_eq!(added.status(), 200);
    }
    let village = lent(&lin, "戊", on("team", "maths-3")).await;
    let added = lin.send(Method::POST, &format!("{path}/lines"), json!({"item": village, "note": "新"})).await;
    assert_eq!(read(&added.json::<Value>().await.unwrap()), ["丙", "乙", "甲", "丁", "戊"]);
    let late = zhou.send(Method::PUT, &path, change(&before, json!([]))).await;
    assert_eq!(problem(late).await.1, "stale-form");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_is_checked() {
    let world = World::start().await;
    let (zhou, peng) = (world.sign_in("zhou").await, world.sign_in("peng").await);
    let hidden = lent(&peng, "东河的", on("school", "donghe")).await;
    let item = lent(&zhou, "自己的", on("person", "zhou")).await;
    let make = async |body: Value| problem(zhou.send(Method::POST, "/api/collections", body).await).await.1;
    let shelf = on("person", "zhou");
    for (body, expected) in [
        (json!({"title": " ", "shelf": shelf}), "title-empty"),
        (json!({"title": "x", "shelf": on("group", "qinghe")}), "not-your-shelf"),
        (json!({"title": "x", "shelf": shelf, "description": "长".repeat(1_001)}), "collection-words-too-much"),
        (json!({"title": "x", "shelf": shelf, "lines": [line(&item, &"长".repeat(301))]}), "collection-words-too-much"),
        (json!({"title": "x", "shelf": shelf, "lines": vec![heading("又"); 301]}), "collection-full"),
        // What one may not see is as what is not there.
        (json!({"title": "x", "shelf": shelf, "lines": [line(&hidden, "")]}), "line-item-gone"),
        (json!({"title": "x", "shelf": shelf, "lines": [line("nowhere", "")]}), "line-item-gone"),
    ] {
        assert_eq!(make(body.clone()).await, expected, "{body}");
    }
    let id = collection(&zhou, "一", shelf, json!([line(&item, ""), heading("  ")])).await;
    let path = format!("/api/collections/{id}");
    let view = zhou.json(&path).await;
    assert_eq!(read(&view), ["自己的"], "a heading without words is none");
    // A line stands for its item, whatever a request says it is.
    let mut wish = as_they_are(&view);
    wish[0]["item"] = json!(hidden);
    assert_eq!(read(&put(&zhou, &id, change(&view, json!(wish))).await), ["自己的"]);
    let twice = json!([as_they_are(&view)[0], as_they_are(&view)[0]]);
    let mut body = change(&view, twice);
    body["revision"] = json!(1);
    assert_eq!(problem(zhou.send(Method::PUT, &path, body).await).await.0, 400);
    for topic in [on("school", "donghe"), on("collection", "nowhere"), on("taxon", "nowhere")] {
        let body = json!({"type": topic["type"], "of": topic["id"]});
        assert_eq!(problem(zhou.send(Method::POST, "/api/library/subscriptions", body).await).await.0, 404, "{topic}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_has_one_menu_of_a_term_and_who_manages_its_shelf_publishes_it() {
    let world = World::start().await;
    let (wu, zhou, lin, peng) = (
        world.sign_in("wu").await,
        world.sign_in("zhou").await,
        world.sign_in("lin").await,
        world.sign_in("peng").await,
    );
    let item = lent(&wu, "集团的天平", on("group", "qinghe")).await;
    let id = collection(&wu, "秋季菜单", on("group", "qinghe"), json!([line(&item, "先看")])).await;
    let other = collection(&wu, "另一份", on("group", "qinghe"), json!([])).await;
    let term = TermName::at(server::clock::now());
    let menu = |id: &str, term: TermName| format!("/api/collections/{id}/menus/{term}");
    let menus = async |person: &Person| person.json("/api/library/menus").await["menus"].as_array().unwrap().clone();

    assert_eq!(wu.json(&format!("/api/collections/{id}")).await["may_publish"], json!([term, term.next()]));
    assert!(zhou.json(&format!("/api/collections/{id}")).await["may_publish"].is_null());
    assert_eq!(problem(zhou.send(Method::PUT, &menu(&id, term), json!({})).await).await.1, "only-managers");
    let long_ago = TermName { year: 1999, ..term };
    assert_eq!(problem(wu.send(Method::PUT, &menu(&id, long_ago), json!({})).await).await.1, "term-not-open");
    let own = collection(&zhou, "自己的", on("person", "zhou"), json!([])).await;
    assert_eq!(problem(zhou.send(Method::PUT, &menu(&own, term), json!({})).await).await.1, "no-menu-there");
    for id in [&other, &id, &id] {
        assert_eq!(wu.send(Method::PUT, &menu(id, term), json!({})).await.status(), 200);
    }
    let of_lin = menus(&lin).await;
    assert_eq!((of_lin.len(), &of_lin[0]["collection"]["id"]), (1, &json!(id)));
    assert_eq!((&of_lin[0]["collection"]["items"], &of_lin[0]["term"]), (&json!(1), &json!(term)));
    assert_eq!(menus(&peng).await, Vec::<Value>::new());
    assert!(zhou.json(&format!("/api/collections/{other}")).await["menus"].is_null());

    // What was used since the term began: people, without the author, each once.
    for person in [&wu, &lin, &lin] {
        let copied = person.send(Method::POST, &format!("/api/items/{item}/copy"), json!({})).await;
        is_seen_to_hold(&world, &created(copied).await, &item).await;
    }
    let uses = zhou.json(&format!("/api/collections/{id}/uses")).await;
    assert_eq!((&uses["people"], &uses["items"][0]["people"]), (&json!(1), &json!(1)));
    assert_eq!(uses["items"][0]["uses"][0]["by"]["id"], "lin");
    let later = zhou.json(&format!("/api/collections/{id}/uses?term={}", term.next())).await;
    assert_eq!((&later["people"], &later["items"]), (&json!(0), &json!([])));

    // In the bin it is nobody's menu; on another shelf it is none any more.
    let path = format!("/api/collections/{id}");
    assert_eq!(wu.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    assert_eq!(menus(&lin).await.len(), 0);
    assert_eq!(wu.send(Method::POST, &format!("{path}/restore"), json!({})).await.status(), 200);
    assert_eq!(menus(&lin).await.len(), 1);
    let moved = wu.send(Method::PUT, &format!("{path}/shelf"), json!({"shelf": on("school", "shiyan")})).await;
    assert_eq!(moved.status(), 200);
    assert_eq!(menus(&lin).await.len(), 0);
    let back = wu.send(Method::PUT, &format!("{path}/shelf"), json!({"shelf": on("group", "qinghe")})).await;
    assert_eq!((back.status(), menus(&lin).await.len()), (StatusCode::OK, 0));

    assert_eq!(wu.send(Method::PUT, &menu(&other, term), json!({})).await.status(), 200);
    assert_eq!(wu.request(Method::DELETE, &menu(&other, term)).send().await.unwrap().status(), 200);
    assert_eq!(menus(&lin).await.len(), 0);
    let log = wu.json("/api/audit?limit=100").await.to_string();
    for act in ["collection.added", "menu.published", "menu.ended", "collection.binned", "collection.moved"] {
        assert!(log.contains(act), "{act}: {log}");
    }
}

/// The sorts of news with what they are about.
fn news(feed: &Value) -> Vec<(String, String)> {
    let of = |line: &Value| {
        let card = if line["item"].is_null() { &line["collection"] } else { &line["item"] };
        (line["type"].as_str().unwrap().to_owned(), card["title"].as_str().unwrap().to_owned())
    };
    feed["lines"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_tells_what_is_new_of_what_one_subscribes_to() {
    let world = World::start().await;
    let (wu, lin) = (world.sign_in("wu").await, world.sign_in("lin").await);
    let say = |kind: &str, title: &str| (kind.to_owned(), title.to_owned());
    let feed = async |person: &Person| person.json("/api/library/feed").await;
    let item = lent(&wu, "集团的天平", on("group", "qinghe")).await;
    let id = collection(&wu, "秋季菜单", on("group", "qinghe"), json!([line(&item, "")])).await;
    // Without subscriptions it is by one's schools and groups, and one's own acts are no news.
    let of_lin = feed(&lin).await;
    assert_eq!(news(&of_lin), [say("collection", "秋季菜单"), say("item", "集团的天平")]);
    assert_eq!((&of_lin["by_default"], &of_lin["unread"]), (&json!(true), &json!(2)));
    assert_eq!(news(&feed(&wu).await), []);

    let subscribe = async |topic: Value| {
        let answer = lin.send(Method::POST, "/api/library/subscriptions", topic).await;
        assert_eq!(answer.status(), 200);
        answer.json::<Value>().await.unwrap()["topics"].as_array().unwrap().len()
    };
    let topic = json!({"type": "collection", "of": id});
    assert_eq!((subscribe(topic.clone()).await, subscribe(topic.clone()).await), (1, 1));
    assert!(lin.json(&format!("/api/collections/{id}")).await["subscribed"].as_bool().unwrap());
    let other = lent(&wu, "别的", on("group", "qinghe")).await;
    assert_eq!(news(&feed(&lin).await), [say("collection", "秋季菜单"), say("item", "集团的天平")]);
    let added = wu.send(Method::POST, &format!("/api/collections/{id}/lines"), json!({"item": other})).await;
    assert_eq!(added.status(), 200);
    let version = json!({"substance": {"type": "nothing"}, "note": "换了砝码"});
    assert_eq!(wu.send(Method::POST, &format!("/api/items/{item}/versions"), version).await.status(), 200);
    let told = feed(&lin).await;
    assert_eq!(news(&told)[..2], [say("version", "集团的天平"), say("lines", "秋季菜单")]);
    assert_eq!(
        (&told["lines"][0]["note"], &told["lines"][0]["because"]["name"]),
        (&json!("换了砝码"), &json!("秋季菜单"))
    );
    assert_eq!((&told["lines"][1]["count"], &told["lines"][1]["items"][0]["title"]), (&json!(1), &json!("别的")));

    // Read up to there: the mark never goes back.
    for up_to in [told["lines"][0]["at"].clone(), json!(5)] {
        assert_eq!(lin.send(Method::PUT, "/api/library/feed/seen", json!({"up_to": up_to})).await.status(), 204);
    }
    assert_eq!(feed(&lin).await["unread"], 0);
    let term = TermName::at(server::clock::now());
    let published = wu.send(Method::PUT, &format!("/api/collections/{id}/menus/{term}"), json!({})).await;
    assert_eq!(published.status(), 200);
    let told = feed(&lin).await;
    assert_eq!((&news(&told)[0], &told["unread"]), (&say("menu", "秋季菜单"), &json!(1)));

    // By pages it is the same.
    let (mut paged, mut before) = (Vec::new(), String::new());
    loop {
        let page = lin.json(&format!("/api/library/feed?limit=2{before}")).await;
        paged.extend(news(&page));
        match page["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(paged, news(&told));

    // A subject, and the end of it.
    assert_eq!(subscribe(json!({"type": "subject", "of": "数学"})).await, 2);
    assert!(news(&feed(&lin).await).contains(&say("item", "别的")));
    for topic in [topic, json!({"type": "subject", "of": "数学"})] {
        assert_eq!(lin.send(Method::POST, "/api/library/subscriptions/end", topic).await.status(), 200);
    }
    assert_eq!(feed(&lin).await["by_default"], true);
}

/// What a file of the export has.
fn exported(export: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(export)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(name).unwrap(), &mut text).unwrap();
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_tells_no_heading_over_what_is_not_seen_any_more() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let secret = lent(&zhou, "周老师的", on("team", "maths-3")).await;
    let shared = lent(&zhou, "组里的", on("team", "maths-3")).await;
    let lines =
        json!([heading("期末卷"), line(&secret, "先别传"), heading("第二周"), line(&shared, ""), heading("待定")]);
    collection(&lin, "分数单元", on("person", "lin"), lines).await;
    let answer =
        zhou.send(Method::PUT, &format!("/api/items/{secret}/shelf"), json!({"shelf": on("person", "zhou")})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let export = lin.get("/api/account/export").await.bytes().await.unwrap();
    let told = exported(&export, "library/collections/0001 分数单元.json");
    assert!(told.contains("第二周") && told.contains("组里的") && told.contains("待定"), "{told}");
    assert!(!told.contains("期末卷") && !told.contains("周老师的") && !told.contains("先别传"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_nul_in_it_is_refused_in_words_wherever_it_is_sent() {
    let world = World::start().await;
    let lin = world.sign_in("lin").await;
    for (path, body) in [
        ("/api/collections", json!({"title": "单\0元", "shelf": on("person", "lin")})),
        ("/api/collections", json!({"title": "单元", "description": "\0", "shelf": on("person", "lin")})),
        ("/api/documents", json!({"kind": "page", "title": "\\\0"})),
    ] {
        assert_eq!(problem(lin.send(Method::POST, path, body).await).await, (400, "has-nul".to_owned()), "{path}");
    }
    // These six letters behind a backslash are words.
    let harmless = json!({"kind": "page", "title": "写作 \\u0000 的意思"});
    assert_eq!(lin.send(Method::POST, "/api/documents", harmless).await.status(), StatusCode::CREATED);
}
