//! Items of the library, what becomes of them, and how they are found.

use std::collections::HashMap;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::store::DocumentText;
use shared::wire::Message;
use shared::words::UnixMillis;
use yrs::types::Attrs;
use yrs::{Any, ReadTxn, Text, Transact, XmlElementPrelim, XmlFragment, XmlTextPrelim};

use crate::peer::Peer;
use crate::world::{PATIENCE, Person, World, problem};

pub fn words(kind: &str, title: &str) -> Value {
    json!({
        "kind": kind, "title": title, "description": "一张纸折出二分之一", "licence": "group-adapt",
        "placing": {"stage": "小学", "subject": "数学", "grade": "三年级"}, "tags": ["折纸"],
    })
}

pub fn with(mut body: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

/// Something that a school lends: an item without files.
async fn lent(person: &Person, title: &str, shelf: Value) -> String {
    let body = with(words("equipment", title), json!({"shelf": shelf, "substance": {"type": "nothing"}}));
    created(person.send(Method::POST, "/api/items", body).await).await
}

/// What stands in a document of theirs, as an item.
pub async fn published(person: &Person, title: &str, shelf: Value) -> (String, String) {
    let document = person.lesson_plan(title).await;
    let substance = json!({"type": "document", "of": document});
    let body = with(words("lesson-design", title), json!({"shelf": shelf, "substance": substance}));
    (created(person.send(Method::POST, "/api/items", body).await).await, document)
}

pub async fn created(answer: reqwest::Response) -> String {
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

pub fn on(kind: &str, id: &str) -> Value {
    json!({"type": kind, "id": id})
}

/// Titles of what a person finds.
async fn found(person: &Person, query: &str) -> Vec<String> {
    let answer = person.json(&format!("/api/search?{query}")).await;
    let hits = answer["hits"].as_array().unwrap();
    assert_eq!(answer["total"], hits.len(), "{query}");
    let title =
        |hit: &Value| hit["marked"].as_array().unwrap().iter().map(|piece| piece["text"].as_str().unwrap()).collect();
    hits.iter().map(title).collect()
}

/// The index follows a moment later than what may be seen.
async fn indexed(world: &World) {
    world.app.findable.index_changed().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_in_is_found_by_whoever_may_see_it_and_by_nobody_else() {
    let world = World::start().await;
    let (lin, ma, peng) = (world.sign_in("lin").await, world.sign_in("ma").await, world.sign_in("peng").await);
    let item = lent(&lin, "分数墙学具箱", on("school", "liuxi")).await;
    indexed(&world).await;
    for query in
        ["q=分数墙", "q=fenshuqiang", "q=fsq", "q=折出", "q=林秀兰 学具箱", "q=分數牆", "q=学具箱&kind=equipment"]
    {
        // What is only like the question may come after it.
        assert_eq!(found(&lin, query).await[0], "分数墙学具箱", "{query}");
        assert_eq!(found(&ma, query).await[0], "分数墙学具箱", "{query}");
        let nothing = peng.json(&format!("/api/search?{query}")).await;
        let counts = nothing["facets"].as_object().unwrap().values().flat_map(|values| values.as_array().unwrap());
        assert!(counts.clone().all(|value| value["count"] == 0), "{query}: {nothing}");
        assert_eq!(nothing["total"], 0, "{query}: {nothing}");
    }
    assert_eq!(problem(peng.get(&format!("/api/items/{item}")).await).await, (404, "not-found".to_owned()));
    let view = ma.json(&format!("/api/items/{item}")).await;
    assert_eq!((&view["right"], &view["mine"]), (&json!("manage"), &json!(false)));
    assert_eq!(view["school"]["id"], "liuxi");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_has_gone_is_gone_from_results_and_counts_with_the_next_question() {
    let world = World::start().await;
    let (lin, qian) = (world.sign_in("lin").await, world.sign_in("qian").await);
    let item = lent(&lin, "月相演示仪", on("school", "liuxi")).await;
    indexed(&world).await;
    assert_eq!(found(&qian, "q=月相演示仪").await, ["月相演示仪"]);
    let moved = lin.send(Method::PUT, &format!("/api/items/{item}/shelf"), json!({"shelf": on("person", "lin")})).await;
    // What lies with a school leaves it only by those who manage there.
    assert_eq!(problem(moved).await.0, 403);
    let ma = world.sign_in("ma").await;
    assert_eq!(ma.request(Method::DELETE, &format!("/api/items/{item}")).send().await.unwrap().status(), 204);
    assert_eq!(qian.json("/api/search?q=月相演示仪").await["total"], 0);
    assert_eq!(ma.send(Method::POST, &format!("/api/items/{item}/restore"), json!({})).await.status(), 200);
    assert_eq!(found(&qian, "q=月相演示仪").await, ["月相演示仪"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_becomes_an_item_and_lives_on_in_copies_that_say_where_they_are_from() {
    let world = World::start().await;
    let (zhou, lin, wu) = (world.sign_in("zhou").await, world.sign_in("lin").await, world.sign_in("wu").await);
    let (item, document) = published(&zhou, "认识二分之一定稿", on("school", "shiyan")).await;
    let view = zhou.json(&format!("/api/items/{item}")).await;
    assert_eq!((&view["document"]["id"], &view["versions"][0]["written"]), (&json!(document), &json!(true)));
    assert_eq!(problem(lin.get(&format!("/api/items/{item}")).await).await.0, 404, "it lies with the school");
    let head = world.sign_in("head").await;
    let moved =
        head.send(Method::PUT, &format!("/api/items/{item}/shelf"), json!({"shelf": on("group", "qinghe")})).await;
    assert_eq!(moved.status(), 200);
    let seen = lin.json(&format!("/api/items/{item}")).await;
    assert!(seen["document"].is_null(), "the document itself is not hers to see");

    let copied = lin.send(Method::POST, &format!("/api/items/{item}/copy"), json!({"title": "二次备课"})).await;
    assert_eq!(copied.status(), 201);
    let copy = copied.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let text = lin.get(&format!("/api/documents/{copy}/export?format=md")).await.text().await.unwrap();
    assert!(
        text.contains(&format!("来自[《认识二分之一定稿》](/library/items/{item})（周明远，清河实验小学，第 1 版）")),
        "{text}"
    );

    let chain = zhou.json(&format!("/api/items/{item}/uses")).await;
    assert_eq!((&chain["adopters"], &chain["uses"][0]["deed"]), (&json!(1), &json!("template")));
    assert_eq!(chain["uses"][0]["by"]["id"], "lin");
    assert!(chain["uses"][0]["document"].is_null(), "whose work it lives on in is told, not what they write");
    let of_lin = lin.json(&format!("/api/items/{item}/uses")).await;
    assert_eq!(of_lin["uses"][0]["document"]["title"], "二次备课");
    let exchange = wu.json("/api/library/exchange?school=shiyan").await;
    assert_eq!((&exchange["given"], &exchange["given_to"][0]["school"]["id"]), (&json!(1), &json!("liuxi")));
    assert_eq!(wu.json("/api/library/exchange?school=liuxi").await["taken"], 1);
    assert_eq!(problem(wu.get("/api/library/exchange?school=donghe").await).await.0, 404);

    let schools = async |person: &Person| {
        let list = person.json("/api/library/schools").await;
        let line = |line: &Value| (line["school"]["id"].as_str().unwrap().to_owned(), line["keeps_room"] == true);
        let lines: Vec<_> = list["schools"].as_array().unwrap().iter().map(line).collect();
        (lines, list["sets_room"] == true)
    };
    let (of_lin, sets) = schools(&lin).await;
    assert_eq!(of_lin[0], ("liuxi".to_owned(), false), "her own comes first");
    assert!(of_lin.iter().all(|(id, _)| id != "donghe") && !sets, "one that she does not know of is not there");
    let (of_head, _) = schools(&head).await;
    assert_eq!(of_head[0], ("shiyan".to_owned(), true));
    let (of_operator, sets) = schools(&world.sign_in("admin").await).await;
    assert!(sets && of_operator.iter().all(|(_, keeps)| *keeps) && of_operator.len() > of_head.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_open_at_once_do_not_overwrite_one_another() {
    let world = World::start().await;
    let lin = world.sign_in("lin").await;
    let item = lent(&lin, "天平", on("person", "lin")).await;
    let path = format!("/api/items/{item}");
    let change = |title: &str| with(words("equipment", title), json!({"revision": 0}));
    let changed: Value = lin.send(Method::PUT, &path, change("托盘天平")).await.json().await.unwrap();
    assert_eq!((&changed["title"], &changed["revision"]), (&json!("托盘天平"), &json!(1)));
    assert_eq!(problem(lin.send(Method::PUT, &path, change("电子天平")).await).await.1, "stale-form");
    let files =
        with(words("courseware", "天平"), json!({"shelf": on("person", "lin"), "substance": {"type": "nothing"}}));
    assert_eq!(problem(lin.send(Method::POST, "/api/items", files).await).await.1, "nothing-in-it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_in_documents_is_found_mid_sentence() {
    let world = World::start().await;
    let (lin, peng) = (world.sign_in("lin").await, world.sign_in("peng").await);
    world.app.findable.read_documents().await.unwrap();
    indexed(&world).await;
    let answer = lin.json("/api/search?q=平均分").await;
    let hits = answer["hits"].as_array().unwrap();
    let by_text = hits.iter().find(|hit| hit["type"] == "document" && hit["snippet"].to_string().contains("平均分"));
    assert!(by_text.is_some(), "{answer}");
    assert_eq!(peng.json("/api/search?q=平均分&kind=document:lesson-plan").await["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_with_a_school_does_not_leave_it_by_being_published_or_copied() {
    let world = World::start().await;
    let (qian, zhou, lin) = (world.sign_in("qian").await, world.sign_in("zhou").await, world.sign_in("lin").await);
    let made = json!({"kind": "page", "title": "北关的", "shelf": on("school", "beiguan")});
    let document = created(qian.send(Method::POST, "/api/documents", made).await).await;
    for shelf in [on("school", "liuxi"), on("person", "qian")] {
        let substance = json!({"type": "document", "of": document});
        let body = with(words("lesson-design", "北关的"), json!({"shelf": shelf, "substance": substance}));
        assert_eq!(problem(qian.send(Method::POST, "/api/items", body).await).await.1, "leaves-the-house", "{shelf}");
    }
    let item = lent(&qian, "北关的天平", on("school", "beiguan")).await;
    let copy =
        qian.send(Method::POST, &format!("/api/items/{item}/copy"), json!({"shelf": on("school", "liuxi")})).await;
    assert_eq!(problem(copy).await.1, "leaves-the-house");

    // Who mends a word does not decide what others may do with it.
    let body = with(
        words("equipment", "只能照用"),
        json!({"licence": "group-use", "shelf": on("team", "maths-3"),
        "substance": {"type": "nothing"}}),
    );
    let item = created(zhou.send(Method::POST, "/api/items", body).await).await;
    let mended = |licence: &str| {
        let authors = json!([{"type": "person", "is": "zhou"}]);
        with(words("equipment", "只能照样用"), json!({"licence": licence, "authors": authors, "revision": 0}))
    };
    let path = format!("/api/items/{item}");
    assert_eq!(problem(lin.send(Method::PUT, &path, mended("public-domain")).await).await.1, "only-managers");
    assert_eq!(lin.send(Method::PUT, &path, mended("group-use")).await.status(), 200);
    let own = created(lin.send(Method::POST, "/api/documents", json!({"kind": "page", "title": "我的"})).await).await;
    let copied = json!({"deed": "copied", "version": 1, "document": own, "quote": "x"});
    assert_eq!(problem(lin.send(Method::POST, &format!("{path}/uses"), copied).await).await.1, "not-to-be-changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn uses_are_evidence_and_tell_nothing_of_what_is_hidden() {
    let world = World::start().await;
    let (lin, ma, peng) = (world.sign_in("lin").await, world.sign_in("ma").await, world.sign_in("peng").await);
    let (item, _) = published(&lin, "分一分", on("school", "liuxi")).await;
    let own = created(ma.send(Method::POST, "/api/documents", json!({"kind": "page", "title": "我的"})).await).await;
    let path = format!("/api/items/{item}/uses");
    for quote in ["编出来的话", "教学 目标"] {
        let said = json!({"deed": "cited", "version": 1, "document": own, "quote": quote});
        assert_eq!(ma.send(Method::POST, &path, said).await.status(), 204);
    }
    is_seen_to_hold(&world, &own, &item).await;
    let private = with(
        words("equipment", "自己改的"),
        json!({"shelf": on("person", "ma"), "adapted_from": item,
        "substance": {"type": "nothing"}}),
    );
    created(ma.send(Method::POST, "/api/items", private).await).await;
    let of_lin = lin.json(&path).await;
    assert_eq!(
        (of_lin["uses"].as_array().unwrap().len(), &of_lin["uses"][0]["deed"]),
        (1, &json!("cited")),
        "{of_lin}"
    );
    assert!(of_lin["uses"][0]["quote"].is_null(), "what does not stand in it is not kept: {of_lin}");
    let copied = json!({"deed": "copied", "version": 1, "document": own, "quote": "编出来的话"});
    assert_eq!(problem(ma.send(Method::POST, &path, copied).await).await, (422, "not-in-the-item".to_owned()));
    assert_eq!(ma.json(&path).await["uses"].as_array().unwrap().len(), 2);

    let strangers = with(
        words("equipment", "x"),
        json!({"authors": [{"type": "person", "is": "head"}],
        "shelf": on("person", "peng"), "substance": {"type": "nothing"}}),
    );
    assert_eq!(problem(peng.send(Method::POST, "/api/items", strangers).await).await.1, "item-author-unknown");
    let guessed = peng.json("/api/search?school=shiyan").await;
    assert!(!guessed.to_string().contains("清河实验小学"), "{guessed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_heard_the_answer_asks_again_and_gets_the_same_item() {
    let world = World::start().await;
    let lin = world.sign_in("lin").await;
    let upload = lin.request(Method::POST, "/api/uploads").header("tus-resumable", "1.0.0");
    let upload = upload.header("upload-length", "6").header("upload-metadata", "filename 5paH5Lu2LnR4dA==");
    let made = upload.header("content-type", "application/offset+octet-stream").body("分数").send().await.unwrap();
    assert_eq!(made.status(), 201);
    let upload = made.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
    while lin.json(&format!("/api/uploads/{upload}?wait=1")).await["state"]["is"] != "ready" {}
    let body = || {
        let substance = json!({"type": "files", "of": [upload]});
        with(words("courseware", "文件"), json!({"shelf": on("person", "lin"), "substance": substance}))
    };
    let item = created(lin.send(Method::POST, "/api/items", body()).await).await;
    assert_eq!(created(lin.send(Method::POST, "/api/items", body()).await).await, item);
    let other = with(
        words("courseware", "文件"),
        json!({"shelf": on("person", "ma"),
        "substance": {"type": "files", "of": [upload]}}),
    );
    let ma = world.sign_in("ma").await;
    assert_eq!(problem(ma.send(Method::POST, "/api/items", other).await).await.1, "uploads-not-ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn results_come_pressed_to_whoever_reads_that() {
    let world = World::start().await;
    let lin = world.sign_in("lin").await;
    for number in 0..20 {
        lent(&lin, &format!("分数墙学具箱 {number}"), on("school", "liuxi")).await;
    }
    let plain = lin.get("/api/search?q=").await;
    assert!(plain.headers().get("content-encoding").is_none());
    let plain = plain.bytes().await.unwrap();
    let pressed =
        lin.request(Method::GET, "/api/search?q=").header("accept-encoding", "br;q=0, gzip").send().await.unwrap();
    assert_eq!(pressed.headers()["content-encoding"], "gzip");
    assert_eq!(pressed.headers()["vary"], "accept-encoding");
    let pressed = pressed.bytes().await.unwrap();
    assert!(pressed.len() * 3 < plain.len(), "{} of {}", pressed.len(), plain.len());
    let mut read = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&pressed[..]), &mut read).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&read).unwrap(), serde_json::from_slice::<Value>(&plain).unwrap());
}

/// As if the document had been read just now, and had led to this item.
pub async fn is_seen_to_hold(world: &World, document: &str, item: &str) {
    let (document, items) = (document.parse().unwrap(), vec![item.parse().unwrap()]);
    let text = DocumentText { document, at: UnixMillis(i64::MAX), text: String::new(), items };
    world.app.store.set_document_texts(&[text]).await.unwrap();
}

/// Reads what is written in documents, once they rest, until it is so.
async fn read_until(world: &World, what: &str, is_so: impl AsyncFn() -> bool) {
    let reading = async {
        while !is_so().await {
            world.app.findable.read_documents().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

/// A line with a link to the page of an item, as the editor writes it; or without, if there is none.
async fn write_line(peer: &mut Peer, words: &str, item: Option<&str>) {
    let content = peer.doc.get_or_insert_xml_fragment("content");
    let update = {
        let mut txn = peer.doc.transact_mut();
        let before = txn.state_vector();
        let line = content.push_back(&mut txn, XmlElementPrelim::empty("paragraph"));
        let text = line.push_back(&mut txn, XmlTextPrelim::new(""));
        match item {
            Some(item) => {
                let href = format!("http://gongbei.test/library/items/{item}");
                let link = Any::from(HashMap::from([("href".to_owned(), Any::from(href))]));
                text.insert_with_attributes(&mut txn, 0, words, Attrs::from([("link".into(), link)]));
            }
            None => text.insert(&mut txn, 0, words),
        }
        txn.encode_diff_v1(&before)
    };
    peer.sent += 1;
    peer.send(Message::Update(update.into()).encode()).await;
    peer.until_saved().await;
}

/// Whose work an item lives on in: what its chain tells, how many it counts, what its school gave.
async fn counted(wu: &Person, item: &str) -> (usize, u64, u64) {
    let chain = wu.json(&format!("/api/items/{item}/uses")).await;
    let given = wu.json("/api/library/exchange?school=shiyan").await["given"].as_u64().unwrap();
    (chain["uses"].as_array().unwrap().len(), chain["adopters"].as_u64().unwrap(), given)
}

/// An item of Zhou's that the whole group sees.
async fn of_zhou(world: &World) -> String {
    let (item, _) = published(&world.sign_in("zhou").await, "分一分", on("school", "shiyan")).await;
    let shelf = json!({"shelf": on("group", "qinghe")});
    let moved = world.sign_in("head").await.send(Method::PUT, &format!("/api/items/{item}/shelf"), shelf).await;
    assert_eq!(moved.status(), 200);
    item
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_counts_as_long_as_its_document_holds_it_and_is_not_in_the_bin() {
    let world = World::start().await;
    let (lin, wu, item) = (world.sign_in("lin").await, world.sign_in("wu").await, of_zhou(&world).await);
    let (.., before) = counted(&wu, &item).await;
    let (nothing, once) = ((0, 0, before), (1, 1, before + 1));
    let until = async |what: &str, expected| {
        read_until(&world, what, async || counted(&wu, &item).await == expected).await;
    };
    let note = async |document: &str| {
        let noted = json!({"deed": "cited", "version": 1, "document": document});
        assert_eq!(lin.send(Method::POST, &format!("/api/items/{item}/uses"), noted).await.status(), 204);
    };
    let own = lin.document("我的").await;
    for _ in 0..2 {
        note(&own).await;
    }
    assert_eq!(counted(&wu, &item).await, nothing, "nothing of it is there yet");
    let mut page = Peer::page(&lin, &own).await;
    write_line(&mut page, "《分一分》", Some(&item)).await;
    until("noted first", once).await;
    let update = {
        let content = page.doc.get_or_insert_xml_fragment("content");
        let mut txn = page.doc.transact_mut();
        let (before, length) = (txn.state_vector(), content.len(&txn));
        content.remove_range(&mut txn, 0, length);
        txn.encode_diff_v1(&before)
    };
    page.sent += 1;
    page.send(Message::Update(update.into()).encode()).await;
    until("it was deleted", nothing).await;

    let other = lin.document("我的第二份").await;
    write_line(&mut Peer::page(&lin, &other).await, "《分一分》", Some(&item)).await;
    let (links, id) = ("/library/items/", other.parse().unwrap());
    read_until(&world, "its text is read", async || {
        let later = UnixMillis(i64::MAX);
        let unread = world.app.store.unread_documents(later, later, 500).await.unwrap();
        let written = server::content::read(&*world.app.store, &id).await.unwrap();
        serde_json::to_string(&written).unwrap().contains(links) && unread.is_empty()
    })
    .await;
    for _ in 0..2 {
        note(&other).await;
    }
    until("noted afterwards", once).await;
    let binned = lin.send(Method::DELETE, &format!("/api/documents/{other}"), json!({})).await;
    assert!(binned.status().is_success(), "{binned:?}");
    assert_eq!(counted(&wu, &item).await, nothing, "in the bin");
    let back = lin.send(Method::POST, &format!("/api/documents/{other}/restore"), json!({})).await;
    assert!(back.status().is_success(), "{back:?}");
    assert_eq!(counted(&wu, &item).await, once);
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_notes_of_uses_count_nothing_where_nothing_was_used() {
    let world = World::start().await;
    let (lin, wu, item) = (world.sign_in("lin").await, world.sign_in("wu").await, of_zhou(&world).await);
    let (.., before) = counted(&wu, &item).await;
    let mut written = lin.document("空页").await;
    for number in 0..15 {
        for deed in ["cited", "copied"] {
            let noted = json!({"deed": deed, "version": 1, "document": written});
            assert_eq!(lin.send(Method::POST, &format!("/api/items/{item}/uses"), noted).await.status(), 204);
        }
        if number < 14 {
            written = lin.document("空页").await;
        }
    }
    // Its address alone leads nowhere, and neither does its title.
    write_line(&mut Peer::page(&lin, &written).await, &format!("《分一分》盼着数一数 /library/items/{item}"), None)
        .await;
    read_until(&world, "the page is read", async || {
        indexed(&world).await;
        lin.json("/api/search?q=盼着数一数").await["total"] == 1
    })
    .await;
    assert_eq!(counted(&wu, &item).await, (0, 0, before));
}
