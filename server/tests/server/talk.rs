//! What is said of items: threads, questions, corrections, ratings, and what waits for whom.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{Person, World, problem};

/// A lesson design of lin's on the shelf of her team, which zhou leads, published from a document.
async fn published(lin: &Person) -> String {
    let document = lin.lesson_plan("分一分").await;
    let body = json!({"kind": "lesson-design", "title": "分一分", "licence": "group-adapt",
        "shelf": {"type": "team", "id": "maths-3"}, "substance": {"type": "document", "of": document}});
    let answer = lin.send(Method::POST, "/api/items", body).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn say(person: &Person, item: &str, what: Value) -> reqwest::Response {
    person.send(Method::POST, &format!("/api/items/{item}/remarks"), what).await
}

/// Says it, and gives the thread.
async fn said(person: &Person, item: &str, what: Value) -> Value {
    let answer = say(person, item, what).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json().await.unwrap()
}

async fn talk(person: &Person, item: &str) -> Value {
    person.json(&format!("/api/items/{item}/remarks")).await
}

fn question(id: &str, text: &str) -> Value {
    json!({"id": id, "type": "question", "text": text})
}

fn reply(id: &str, to: &str, text: &str) -> Value {
    json!({"id": id, "type": "reply", "to": to, "text": text})
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_waits_for_the_author_until_it_is_answered_and_the_answer_for_who_asked() {
    let world = World::start().await;
    let (lin, zhou, qian) = (world.sign_in("lin").await, world.sign_in("zhou").await, world.sign_in("qian").await);
    let item = published(&lin).await;
    let asked = said(&qian, &item, question("q1", "折纸前要先画线吗？")).await;
    assert_eq!((&asked["kind"], &asked["mine"], &asked["decides"]), (&json!("question"), &json!(true), &json!(false)));
    // The author, and who leads the team.
    for person in [&lin, &zhou] {
        let waiting = person.json("/api/library/waiting").await;
        assert_eq!((&waiting["count"], &waiting["lines"][0]["remark"]), (&json!(1), &json!("q1")), "{waiting}");
        assert_eq!(waiting["lines"][0]["item"]["title"], "分一分");
    }
    assert_eq!(qian.json("/api/library/waiting").await["count"], 0, "one does not wait for oneself");

    let again = said(&qian, &item, reply("q1-a", "q1", "用正方形纸。")).await;
    assert!(again["answered"].is_null(), "who asks does not answer: {again}");
    let answered = said(&lin, &item, reply("q1-b", "q1", "不画，让孩子自己找折痕。")).await;
    assert_eq!((&answered["answered"], &answered["replies"][1]["by_author"]), (&json!(true), &json!(true)));
    assert_eq!(zhou.json("/api/library/waiting").await, json!({"lines": [], "count": 0}));
    let news = qian.json("/api/library/waiting").await;
    assert_eq!((&news["count"], &news["lines"][0]["text"]), (&json!(1), &json!("不画，让孩子自己找折痕。")));
    let read = json!({"at": news["lines"][0]["at"]});
    assert_eq!(qian.send(Method::PUT, "/api/library/waiting/read", read).await.status(), 204);
    let news = qian.json("/api/library/waiting").await;
    assert_eq!((&news["count"], &news["lines"][0]["new"]), (&json!(0), &json!(false)), "read, and still to be found");

    // An answer that is taken back is none, and who asked may leave it at that.
    let path = format!("/api/items/{item}/remarks");
    assert_eq!(lin.request(Method::DELETE, &format!("{path}/q1-b")).send().await.unwrap().status(), 204);
    assert_eq!(zhou.json("/api/library/waiting").await["count"], 1);
    assert_eq!(
        problem(zhou.send(Method::POST, &format!("{path}/q1/close"), json!({})).await).await.1,
        "not-your-words"
    );
    let closed: Value = qian.send(Method::POST, &format!("{path}/q1/close"), json!({})).await.json().await.unwrap();
    assert_eq!(closed["answered"], true);
    assert_eq!(zhou.json("/api/library/waiting").await["count"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_twice_is_said_once() {
    let world = World::start().await;
    let (lin, qian) = (world.sign_in("lin").await, world.sign_in("qian").await);
    let item = published(&lin).await;
    let remark = || json!({"id": "once", "type": "remark", "text": "上过了，孩子很喜欢。"});
    let (one, two) = tokio::join!(say(&qian, &item, remark()), say(&qian, &item, remark()));
    assert_eq!((one.status(), two.status()), (StatusCode::CREATED, StatusCode::CREATED));
    said(&qian, &item, remark()).await;
    assert_eq!(talk(&lin, &item).await["total"], 1);
    assert_eq!(problem(say(&lin, &item, remark()).await).await, (409, "id-taken".to_owned()));
    for id in ["t1", "t2"] {
        let thanks = said(&qian, &item, json!({"id": id, "type": "thanks"})).await;
        assert_eq!(thanks["id"], "t1", "somebody thanks once");
    }
    let seen = talk(&lin, &item).await;
    assert_eq!((&seen["thanks"], &seen["total"], &seen["thanked_by"][0]["id"]), (&json!(1), &json!(1), &json!("qian")));
    let path = format!("/api/items/{item}/remarks/t1");
    assert_eq!(qian.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    assert_eq!(talk(&lin, &item).await["thanks"], 0);
    said(&qian, &item, json!({"id": "t3", "type": "thanks", "text": "谢谢林老师"})).await;
    assert_eq!(talk(&lin, &item).await["total"], 2, "thanks with words are read");
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_words_are_ones_own_and_who_manages_hides_with_a_reason() {
    let world = World::start().await;
    let (lin, zhou, qian) = (world.sign_in("lin").await, world.sign_in("zhou").await, world.sign_in("qian").await);
    let item = published(&lin).await;
    said(&qian, &item, json!({"id": "r1", "type": "remark", "text": "三班的小明没听懂。"})).await;
    let path = format!("/api/items/{item}/remarks/r1");
    assert_eq!(problem(zhou.send(Method::PUT, &path, json!({"text": "别的话"})).await).await.1, "not-your-words");
    assert_eq!(problem(zhou.request(Method::DELETE, &path).send().await.unwrap()).await.1, "not-your-words");
    let changed: Value = qian.send(Method::PUT, &path, json!({"text": "有个孩子没听懂。"})).await.json().await.unwrap();
    assert!(changed["changed"].is_number() && changed["text"] == "有个孩子没听懂。", "{changed}");

    let hidden = format!("{path}/hidden");
    assert_eq!(problem(qian.send(Method::PUT, &hidden, json!({"why": "x"})).await).await.1, "only-managers");
    assert_eq!(problem(zhou.send(Method::PUT, &hidden, json!({"why": " "})).await).await.1, "nothing-said");
    assert_eq!(zhou.send(Method::PUT, &hidden, json!({"why": "说到了学生"})).await.status(), 204);
    assert_eq!(talk(&qian, &item).await["threads"][0]["hidden"], "说到了学生", "the writer reads why");
    let news = qian.json("/api/library/waiting").await;
    assert_eq!((&news["lines"][0]["type"], &news["lines"][0]["why"]), (&json!("hidden"), &json!("说到了学生")));
    let ma = world.sign_in("ma").await;
    assert_eq!(talk(&ma, &item).await["threads"], json!([]), "who manages nothing there does not see it");
    assert_eq!(problem(ma.get(&path).await).await.0, 404);
    assert_eq!(zhou.request(Method::DELETE, &hidden).send().await.unwrap().status(), 204);
    assert!(talk(&qian, &item).await["threads"][0]["hidden"].is_null());

    said(&lin, &item, reply("r1-a", "r1", "下次我讲慢一点。")).await;
    for _ in 0..2 {
        assert_eq!(qian.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    }
    let left = talk(&lin, &item).await["threads"][0].clone();
    assert_eq!((&left["taken_back"], &left["text"]), (&json!(true), &json!("")));
    assert!(left["by"].is_null() && left["replies"][0]["text"] == "下次我讲慢一点。", "{left}");
    assert_eq!(problem(say(&zhou, &item, reply("r1-b", "r1", "好")).await).await.1, "thread-gone");
    assert_eq!(
        lin.request(Method::DELETE, &format!("/api/items/{item}/remarks/r1-a")).send().await.unwrap().status(),
        204
    );
    assert_eq!(talk(&lin, &item).await["threads"], json!([]), "without replies nothing stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_of_what_stands_there_and_whose_was_taken_is_named() {
    let world = World::start().await;
    let (lin, qian) = (world.sign_in("lin").await, world.sign_in("qian").await);
    let item = published(&lin).await;
    let correction = |id: &str, quote: &str| json!({"id": id, "type": "correction", "version": 1, "quote": quote, "instead": "学习目标", "text": "新课标的说法。"});
    assert_eq!(problem(say(&qian, &item, correction("c0", "编出来的话")).await).await.1, "passage-not-there");
    said(&qian, &item, correction("c1", "教学 目标")).await;
    assert_eq!(lin.json("/api/library/waiting").await["lines"][0]["type"], "correction");
    let path = format!("/api/items/{item}/remarks/c1/correction");
    let taken = || json!({"state": "taken", "words": "谢谢"});
    assert_eq!(problem(qian.send(Method::PUT, &path, taken()).await).await.1, "only-authors");
    assert_eq!(problem(lin.send(Method::PUT, &path, json!({"state": "withdrawn"})).await).await.1, "not-your-words");
    let declined: Value =
        lin.send(Method::PUT, &path, json!({"state": "declined", "words": "先不改"})).await.json().await.unwrap();
    assert_eq!(declined["correction"]["state"], "declined");
    for _ in 0..2 {
        assert_eq!(lin.send(Method::PUT, &path, taken()).await.status(), 200);
    }
    let seen = talk(&qian, &item).await;
    assert_eq!(
        (&seen["corrected_by"][0]["id"], &seen["threads"][0]["correction"]["words"]),
        (&json!("qian"), &json!("谢谢"))
    );
    let news = qian.json("/api/library/waiting").await;
    assert_eq!((&news["lines"][0]["type"], &news["lines"][0]["state"]), (&json!("decided"), &json!("taken")));
    assert_eq!(lin.json("/api/library/waiting").await["count"], 0);
    assert_eq!(problem(qian.send(Method::PUT, &path, json!({"state": "withdrawn"})).await).await.1, "already-decided");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_it_was_in_use_is_said_in_words_by_others_than_its_author() {
    let world = World::start().await;
    let (lin, ma, qian) = (world.sign_in("lin").await, world.sign_in("ma").await, world.sign_in("qian").await);
    let item = published(&lin).await;
    let (path, listed) = (format!("/api/items/{item}/rating"), format!("/api/items/{item}/ratings"));
    assert_eq!(problem(lin.send(Method::PUT, &path, json!({"verdict": "ready"})).await).await.1, "own-work");
    assert_eq!(lin.json(&listed).await["may_rate"], false);
    assert_eq!(problem(qian.send(Method::PUT, &path, json!({"verdict": "five-stars"})).await).await.0, 400);
    for verdict in ["ready", "adapted"] {
        let body = json!({"verdict": verdict, "words": "删了第三步，正好一节课。"});
        assert_eq!(qian.send(Method::PUT, &path, body).await.status(), 200);
    }
    assert_eq!(ma.send(Method::PUT, &path, json!({"verdict": "idea"})).await.status(), 200);
    let seen = lin.json(&listed).await;
    assert_eq!(seen["counts"], json!({"adapted": 1, "idea": 1}));
    assert_eq!((list(&seen["ratings"]).len(), &seen["ratings"][0]["used"]), (1, &json!(false)));
    assert_eq!(qian.send(Method::POST, &format!("/api/items/{item}/copy"), json!({})).await.status(), 201);
    let seen = lin.json(&format!("{listed}?verdict=adapted")).await;
    assert_eq!(seen["ratings"][0]["used"], true, "the reuse chain has it");
    assert_eq!(ma.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    assert_eq!(lin.json(&listed).await["counts"], json!({"adapted": 1}));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_an_item_finds_no_trace_of_what_is_said_of_it() {
    let world = World::start().await;
    let (lin, qian, peng) = (world.sign_in("lin").await, world.sign_in("qian").await, world.sign_in("peng").await);
    let item = published(&lin).await;
    said(&qian, &item, question("q1", "什么时候上？")).await;
    said(&lin, &item, reply("q1-a", "q1", "下周三。")).await;
    assert_eq!(qian.json("/api/library/waiting").await["count"], 1);
    for path in ["/remarks", "/remarks/q1", "/ratings"] {
        let hidden = problem(peng.get(&format!("/api/items/{item}{path}")).await).await;
        assert_eq!(hidden, (404, "not-found".to_owned()), "{path}");
    }
    assert_eq!(problem(say(&peng, &item, question("q2", "?")).await).await, (404, "not-found".to_owned()));
    // Out of sight: what they were told of it goes with it.
    let zhou = world.sign_in("zhou").await;
    let path = format!("/api/items/{item}");
    assert_eq!(zhou.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    let news = qian.json("/api/library/waiting").await;
    assert_eq!((&news["count"], &news["lines"]), (&json!(0), &json!([])));
    assert_eq!(problem(say(&zhou, &item, question("q3", "?")).await).await.1, "item-binned");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_kept_as_words_and_within_bounds() {
    let world = World::start().await;
    let (lin, qian) = (world.sign_in("lin").await, world.sign_in("qian").await);
    let item = published(&lin).await;
    let hostile = "<script>alert(1)</script>\u{202e}倒过来\u{2066}\u{1}\u{7}\n**第二行**";
    let kept = said(&qian, &item, json!({"id": "h1", "type": "remark", "text": hostile})).await;
    assert_eq!(kept["text"], "<script>alert(1)</script>倒过来\n**第二行**");
    for (text, slug) in [(" \u{202e}\n ".to_owned(), "nothing-said"), ("字".repeat(2_001), "said-too-much")] {
        assert_eq!(problem(say(&qian, &item, question("h2", &text)).await).await.1, slug);
    }
    assert_eq!(problem(say(&qian, &item, question("不是编号", "?")).await).await.0, 400);
    said(&qian, &item, question("h3", &"字".repeat(2_000))).await;
    let mut last = StatusCode::CREATED;
    for number in 0..40 {
        let one = say(&qian, &item, json!({"id": format!("f{number}"), "type": "remark", "text": "又一条"})).await;
        last = one.status();
        if last != StatusCode::CREATED {
            assert_eq!(one.headers()["retry-after"], "10");
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let page = talk(&lin, &item).await;
    assert_eq!(list(&page["threads"]).len(), 20);
    let rest = lin.json(&format!("/api/items/{item}/remarks?before={}", page["next"])).await;
    assert_eq!(20 + list(&rest["threads"]).len() as u64, page["total"].as_u64().unwrap());
    assert_eq!(lin.json(&format!("/api/items/{item}/remarks?kind=question")).await["threads"][0]["id"], "h3");
}
