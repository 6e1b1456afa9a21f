//! Borrowing: calendars, requests, decisions, and that nothing is lent twice.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use server::clock;

use crate::world::{Person, World, problem};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A full hour so many days from now.
fn day(days: i64) -> i64 {
    clock::now().0.div_euclid(HOUR) * HOUR + days * DAY
}

/// Something that the team of zhou lends, put in by lin.
async fn lent(lin: &Person) -> String {
    let body = json!({"kind": "equipment", "title": "电路实验箱", "licence": "group-use",
        "shelf": {"type": "team", "id": "maths-3"}, "substance": {"type": "nothing"}});
    let answer = lin.send(Method::POST, "/api/items", body).await;
    assert_eq!(answer.status(), 201);
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn ask(person: &Person, item: &str, id: &str, since: i64, until: i64, wish: &str) -> Response {
    let body = json!({"id": id, "since": since, "until": until, "purpose": "三年级实验课", "wish": wish});
    person.send(Method::POST, &format!("/api/items/{item}/loans"), body).await
}

async fn decide(person: &Person, item: &str, id: &str, state: &str) -> Response {
    person
        .send(Method::PUT, &format!("/api/items/{item}/loans/{id}"), json!({"state": state, "words": "钥匙在门卫"}))
        .await
}

async fn calendar(person: &Person, item: &str) -> Value {
    person.json(&format!("/api/items/{item}/loans?since={}&until={}", day(-5), day(60))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_is_answered_by_who_manages_it_and_others_see_only_that_it_is_out() {
    let world = World::start().await;
    let (lin, qian, ma) = (world.sign_in("lin").await, world.sign_in("qian").await, world.sign_in("ma").await);
    let item = lent(&lin).await;
    for _ in 0..2 {
        assert_eq!(ask(&qian, &item, "l1", day(1), day(1) + 2 * HOUR, "ask").await.status(), 201);
    }
    assert_eq!(problem(ask(&ma, &item, "l1", day(1), day(1) + HOUR, "ask").await).await.1, "id-taken");
    let waiting = lin.json("/api/library/waiting").await;
    assert_eq!(
        (&waiting["lines"][0]["type"], &waiting["lines"][0]["loan"]),
        (&json!("loan"), &json!("l1")),
        "{waiting}"
    );
    let before = calendar(&ma, &item).await;
    assert!(before["loans"][0]["by"].is_null() && before["loans"][0]["purpose"].is_null(), "{before}");
    assert_eq!((&before["loans"][0]["state"], &before["decides"]), (&json!("asked"), &json!(false)));
    assert_eq!(problem(decide(&ma, &item, "l1", "agreed").await).await.0, 404, "what was asked is not theirs to know");
    assert_eq!(problem(decide(&qian, &item, "l1", "agreed").await).await.1, "only-managers");
    for _ in 0..2 {
        assert_eq!(decide(&lin, &item, "l1", "agreed").await.status(), 200);
    }
    let after = calendar(&ma, &item).await;
    assert_eq!((&after["loans"][0]["by"]["id"], &after["loans"][0]["state"]), (&json!("qian"), &json!("agreed")));
    assert!(after["loans"][0]["purpose"].is_null(), "{after}");
    let own = qian.json("/api/library/loans").await;
    assert_eq!(
        (&own["loans"][0]["item"]["title"], &own["loans"][0]["words"]),
        (&json!("电路实验箱"), &json!("钥匙在门卫"))
    );
    let news = qian.json("/api/library/waiting").await;
    assert_eq!((&news["lines"][0]["type"], &news["lines"][0]["state"]), (&json!("loan-decided"), &json!("agreed")));
    let ics = qian.get(&format!("/api/items/{item}/loans/l1/ics")).await;
    assert_eq!(ics.headers()["content-type"], "text/calendar; charset=utf-8");
    let ics = ics.text().await.unwrap();
    assert!(ics.contains("SUMMARY:电路实验箱\r\n") && ics.lines().all(|line| line.len() <= 75), "{ics}");
    assert_eq!(problem(ma.get(&format!("/api/items/{item}/loans/l1/ics")).await).await.0, 404);
    assert_eq!(decide(&lin, &item, "l1", "returned").await.status(), 200);
    assert_eq!(problem(decide(&lin, &item, "l1", "agreed").await).await.1, "already-decided");
    assert_eq!(ask(&ma, &item, "l2", day(1), day(1) + HOUR, "ask").await.status(), 201, "what came back is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn overlapping_requests_agreed_at_once_are_lent_to_one() {
    let world = World::start().await;
    let (lin, zhou) = (world.sign_in("lin").await, world.sign_in("zhou").await);
    let item = lent(&lin).await;
    let people = [world.sign_in("qian").await, world.sign_in("ma").await];
    let mut ids = Vec::new();
    for number in 0..8_i64 {
        let id = format!("o{number}");
        let since = day(2) + number * HOUR / 2;
        let person = &people[usize::from(number % 2 == 0)];
        assert_eq!(ask(person, &item, &id, since, since + 5 * HOUR, "ask").await.status(), 201);
        ids.push(id);
    }
    let decisions = ids.iter().enumerate().map(|(at, id)| {
        let (person, item) = (if at % 2 == 0 { lin.clone() } else { zhou.clone() }, item.clone());
        let id = id.clone();
        tokio::spawn(async move { decide(&person, &item, &id, "agreed").await })
    });
    let mut outcomes = Vec::new();
    for decision in decisions.collect::<Vec<_>>() {
        outcomes.push(decision.await.unwrap());
    }
    let mut agreed = 0;
    for outcome in outcomes {
        match outcome.status().as_u16() {
            200 => agreed += 1,
            _ => assert_eq!(problem(outcome).await, (409, "lent-then".to_owned())),
        }
    }
    assert_eq!(agreed, 1);
    let seen = calendar(&lin, &item).await;
    let out = seen["loans"].as_array().unwrap().iter().filter(|loan| loan["state"] == "agreed").count();
    assert_eq!(out, 1, "{seen}");
    assert_eq!(
        problem(ask(&people[0], &item, "late", day(2) + 4 * HOUR, day(2) + 5 * HOUR, "ask").await).await.1,
        "lent-then"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_it_blocks_times_and_takes_it_at_once() {
    let world = World::start().await;
    let (lin, qian) = (world.sign_in("lin").await, world.sign_in("qian").await);
    let item = lent(&lin).await;
    assert_eq!(problem(ask(&qian, &item, "b0", day(3), day(4), "block").await).await.1, "only-managers");
    assert_eq!(ask(&lin, &item, "b1", day(3), day(4), "block").await.status(), 201);
    assert_eq!(problem(ask(&qian, &item, "b2", day(3) + HOUR, day(3) + 2 * HOUR, "ask").await).await.1, "lent-then");
    assert_eq!(ask(&qian, &item, "b3", day(4), day(4) + HOUR, "ask").await.status(), 201, "until is not within it");
    assert_eq!(ask(&lin, &item, "b4", day(5), day(5) + HOUR, "agree").await.status(), 201);
    assert_eq!(decide(&lin, &item, "b1", "withdrawn").await.status(), 200);
    assert_eq!(ask(&qian, &item, "b5", day(3) + HOUR, day(3) + 2 * HOUR, "ask").await.status(), 201);
    assert_eq!(decide(&qian, &item, "b5", "withdrawn").await.status(), 200);
    assert_eq!(problem(decide(&lin, &item, "b5", "agreed").await).await.1, "already-decided");
    let unfit = [
        (day(6), day(6)),
        (day(6), day(6) + 1),
        (day(6) + 60_000, day(6) + HOUR),
        (day(-2), day(-1)),
        (day(6), day(6) + 32 * DAY),
        (day(366), day(367)),
        (i64::MIN + 808, i64::MAX - 807),
    ];
    for (since, until) in unfit {
        let refused = problem(ask(&qian, &item, "u", since, until, "ask").await).await;
        assert_eq!(refused, (422, "time-unfit".to_owned()), "{since} {until}");
    }
    let words = json!({"id": "p", "since": day(6), "until": day(6) + HOUR, "purpose": "\u{202e}"});
    assert_eq!(
        problem(qian.send(Method::POST, &format!("/api/items/{item}/loans"), words).await).await.1,
        "nothing-said"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_sight_is_lent_to_nobody_and_shows_no_trace() {
    let world = World::start().await;
    let (lin, qian, zhou) = (world.sign_in("lin").await, world.sign_in("qian").await, world.sign_in("zhou").await);
    let (item, peng) = (lent(&lin).await, world.sign_in("peng").await);
    assert_eq!(ask(&qian, &item, "s1", day(1), day(1) + HOUR, "ask").await.status(), 201);
    let path = format!("/api/items/{item}/loans?since={}&until={}", day(0), day(9));
    assert_eq!(problem(peng.get(&path).await).await, (404, "not-found".to_owned()));
    assert_eq!(problem(ask(&peng, &item, "s2", day(1), day(1) + HOUR, "ask").await).await.0, 404);
    let shelf = json!({"shelf": {"type": "person", "id": "zhou"}});
    let moved = zhou.send(Method::PUT, &format!("/api/items/{item}/shelf"), shelf).await;
    assert_eq!(moved.status(), 200);
    let own = qian.json("/api/library/loans").await;
    assert_eq!((&own["loans"][0]["state"], &own["loans"][0]["item"]), (&json!("lapsed"), &Value::Null));
    assert_eq!(qian.json("/api/library/waiting").await, json!({"lines": [], "count": 0}));

    let item = lent(&lin).await;
    assert_eq!(ask(&qian, &item, "s3", day(1), day(1) + HOUR, "ask").await.status(), 201);
    assert_eq!(lin.request(Method::DELETE, &format!("/api/items/{item}")).send().await.unwrap().status(), 204);
    assert_eq!(qian.json("/api/library/loans").await["loans"][0]["state"], "lapsed");
    let body = json!({"kind": "courseware", "title": "x", "licence": "group-use", "shelf": {"type": "person", "id": "lin"},
        "substance": {"type": "document", "of": lin.lesson_plan("课").await}});
    let written = lin.send(Method::POST, "/api/items", body).await.json::<Value>().await.unwrap();
    let written = written["id"].as_str().unwrap();
    assert_eq!(problem(ask(&lin, written, "s4", day(1), day(2), "agree").await).await.1, "not-lent");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_into_the_bin_is_told_by_its_name_and_comes_back_with_its_loans() {
    let world = World::start().await;
    let [lin, qian, ma] = [world.sign_in("lin").await, world.sign_in("qian").await, world.sign_in("ma").await];
    let peng = world.sign_in("peng").await;
    let item = lent(&lin).await;
    for (person, id, on) in [(&qian, "agreed-1", 1), (&ma, "asked-1", 2)] {
        assert_eq!(ask(person, &item, id, day(on), day(on) + HOUR, "ask").await.status(), 201);
    }
    assert_eq!(decide(&lin, &item, "agreed-1", "agreed").await.status(), 200);
    let path = format!("/api/items/{item}");
    assert_eq!(lin.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    for person in [&qian, &ma] {
        let own = person.json("/api/library/loans").await;
        let line = &own["loans"][0];
        assert_eq!((&line["state"], &line["called"]), (&json!("lapsed"), &json!("电路实验箱")), "{own}");
        assert!(line["item"].is_null(), "there is nothing to open: {own}");
        let news = person.json("/api/library/waiting").await;
        let line = &news["lines"][0];
        assert_eq!((&line["type"], &line["state"]), (&json!("loan-decided"), &json!("lapsed")), "{news}");
        assert_eq!(line["item"]["title"], "电路实验箱");
    }
    assert_eq!(peng.json("/api/library/waiting").await, json!({"lines": [], "count": 0}));
    assert_eq!(lin.send(Method::POST, &format!("{path}/restore"), json!({})).await.status(), 200);
    let states = async |person: &Person| person.json("/api/library/loans").await["loans"][0]["state"].clone();
    assert_eq!((states(&qian).await, states(&ma).await), (json!("agreed"), json!("asked")));
    assert_eq!(
        problem(ask(&lin, &item, "other", day(1), day(1) + HOUR, "agree").await).await.1,
        "lent-then",
        "its half hours are still hers"
    );
    let waits = lin.json("/api/library/waiting").await;
    assert_eq!((&waits["lines"][0]["type"], &waits["lines"][0]["loan"]), (&json!("loan"), &json!("asked-1")));

    // Who has lost sight of it meanwhile gets nothing back.
    assert_eq!(lin.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    let shelf = json!({"shelf": {"type": "person", "id": "zhou"}});
    let zhou = world.sign_in("zhou").await;
    assert_eq!(zhou.send(Method::PUT, &format!("{path}/shelf"), shelf).await.status(), 200);
    assert_eq!(zhou.send(Method::POST, &format!("{path}/restore"), json!({})).await.status(), 200);
    let own = qian.json("/api/library/loans").await;
    assert_eq!((&own["loans"][0]["state"], &own["loans"][0]["called"]), (&json!("lapsed"), &Value::Null));
    assert_eq!(ask(&zhou, &item, "free", day(1), day(1) + HOUR, "agree").await.status(), 201, "and it is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_with_other_words_is_told_apart() {
    let world = World::start().await;
    let (lin, qian) = (world.sign_in("lin").await, world.sign_in("qian").await);
    let item = lent(&lin).await;
    assert_eq!(ask(&qian, &item, "w1", day(1), day(1) + HOUR, "ask").await.status(), 201);
    let otherwise = (409, "sent-otherwise".to_owned());
    assert_eq!(problem(ask(&qian, &item, "w1", day(2), day(2) + HOUR, "ask").await).await, otherwise);
    for _ in 0..2 {
        assert_eq!(decide(&lin, &item, "w1", "declined").await.status(), 200);
    }
    let path = format!("/api/items/{item}/loans/w1");
    let other = lin.send(Method::PUT, &path, json!({"state": "declined", "words": "已经坏了"})).await;
    assert_eq!(problem(other).await, otherwise);
    let remarks = format!("/api/items/{item}/remarks");
    let remark = |text: &str| json!({"id": "w2", "type": "remark", "text": text});
    for _ in 0..2 {
        let said = qian.send(Method::POST, &remarks, remark("很好用")).await;
        assert_eq!(said.status(), 201, "{}", said.text().await.unwrap());
    }
    assert_eq!(problem(qian.send(Method::POST, &remarks, remark("不好用")).await).await, otherwise);
    let changed = qian.send(Method::PUT, &format!("{remarks}/w2"), json!({"text": "还可以"})).await;
    assert_eq!(changed.status(), 200);
    let again = qian.send(Method::POST, &remarks, remark("很好用")).await;
    assert_eq!(again.status(), 201, "they have changed it since: nothing is to be said");
}
