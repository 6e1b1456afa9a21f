//! Wishes for tutoring sessions: who may ask, who sees and decides, and that of two who decide one does.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use server::clock;

use crate::world::{Person, World, problem};

const HOUR: i64 = 3_600_000;
const WISHES: &str = "/api/tutoring/wishes";

/// Of somebody who does not plan there, to the studio of chen.
fn wish(id: &str) -> Value {
    json!({"id": id, "kind": "diagnosis", "title": "看一节分数课", "words": "第一次上公开课",
        "placing": {"subject": "数学", "grade": "三年级"},
        "times": [{"begins": clock::now().0 + HOUR, "minutes": 40}, {"begins": clock::now().0 + 30 * HOUR, "minutes": 60}],
        "shelf": {"type": "team", "id": "chen-studio"}})
}

async fn ask(person: &Person, wish: Value) -> Response {
    person.send(Method::POST, WISHES, wish).await
}

async fn decide(person: &Person, id: &str, decision: Value) -> Response {
    person.send(Method::PUT, &format!("{WISHES}/{id}"), decision).await
}

fn accept(session: &str) -> Value {
    json!({"do": "accept", "session": session, "host": "chen", "begins": clock::now().0 + HOUR, "minutes": 45,
        "said": "请先共享教案"})
}

async fn listed(person: &Person, whose: &str) -> Vec<String> {
    let list = person.json(&format!("{WISHES}?whose={whose}")).await;
    list["wishes"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_and_whoever_plans_there_see_a_wish_and_nobody_else() {
    let world = World::start().await;
    let (ma, chen) = (world.sign_in("ma").await, world.sign_in("chen").await);
    let same = wish("w1");
    let first = ask(&ma, same.clone()).await;
    assert_eq!(first.status(), 201);
    let first: Value = first.json().await.unwrap();
    assert_eq!((first["mine"].as_bool(), first["decides"].as_bool()), (Some(true), Some(false)));
    assert_eq!((first["school"]["id"].as_str(), first["state"].as_str()), (Some("liuxi"), Some("asked")));
    // The answer was lost on the line.
    assert_eq!(ask(&ma, same.clone()).await.status(), 201);
    let mut otherwise = same.clone();
    otherwise["title"] = json!("别的");
    assert_eq!(problem(ask(&ma, otherwise).await).await.1, "sent-otherwise");
    assert_eq!(problem(ask(&world.sign_in("tang").await, same).await).await.1, "id-taken");

    assert_eq!((listed(&ma, "mine").await, listed(&ma, "shelves").await), (vec!["w1".to_owned()], vec![]));
    assert_eq!((listed(&chen, "mine").await, listed(&chen, "shelves").await), (vec![], vec!["w1".to_owned()]));
    assert_eq!(chen.json(&format!("{WISHES}?whose=shelves")).await["waiting"], 1);
    for login in ["tang", "peng"] {
        let stranger = world.sign_in(login).await;
        assert_eq!(listed(&stranger, "mine").await.len() + listed(&stranger, "shelves").await.len(), 0, "{login}");
        for decision in [json!({"do": "withdraw"}), json!({"do": "decline", "said": "不"}), accept("s1")] {
            let answer = decide(&stranger, "w1", decision.clone()).await;
            let absent = decide(&stranger, "nowhere", decision).await;
            assert_eq!((answer.status().as_u16(), absent.status().as_u16()), (404, 404), "{login}");
            assert_eq!(answer.text().await.unwrap(), absent.text().await.unwrap(), "{login}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_does_not_fit_is_refused() {
    let world = World::start().await;
    let ma = world.sign_in("ma").await;
    let now = clock::now().0;
    let time = |begins: i64, minutes: u32| json!([{"begins": begins, "minutes": minutes}]);
    let rows = [
        ("times", json!([]), "tutoring-time-unfit"),
        ("times", time(now - HOUR, 40), "tutoring-time-unfit"),
        ("times", time(now + 400 * 24 * HOUR, 40), "tutoring-time-unfit"),
        ("times", time(now + HOUR, 4), "tutoring-time-unfit"),
        ("times", json!(vec![json!({"begins": now + HOUR, "minutes": 40}); 6]), "tutoring-time-unfit"),
        ("title", json!(" "), "title-empty"),
        ("words", json!("字".repeat(1_001)), "said-too-much"),
        ("shelf", json!({"type": "person", "id": "chen"}), "not-yours-to-wish"),
        ("shelf", json!({"type": "team", "id": "nowhere"}), "not-yours-to-wish"),
    ];
    for (field, value, slug) in rows {
        let mut unfit = wish("w1");
        unfit[field] = value.clone();
        assert_eq!(problem(ask(&ma, unfit).await).await.1, slug, "{field}: {value}");
    }
    assert_eq!(listed(&ma, "mine").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_declined_with_a_sentence_or_taken_back_and_then_it_is_over() {
    let world = World::start().await;
    let (ma, chen) = (world.sign_in("ma").await, world.sign_in("chen").await);
    for id in ["w1", "w2"] {
        assert_eq!(ask(&ma, wish(id)).await.status(), 201);
    }
    let declined = json!({"do": "decline", "said": "这学期排满了"});
    assert_eq!(problem(decide(&ma, "w1", declined.clone()).await).await.1, "not-yours-to-plan");
    assert_eq!(problem(decide(&chen, "w1", json!({"do": "withdraw"})).await).await.1, "only-asker");
    assert_eq!(decide(&chen, "w1", json!({"do": "decline", "said": " "})).await.status(), 422);
    assert_eq!(decide(&chen, "w1", declined.clone()).await.status(), 200);
    // Sent again, as its answer was lost.
    assert_eq!(decide(&chen, "w1", declined).await.status(), 200);
    let seen = ma.json(&format!("{WISHES}?whose=mine")).await;
    let first = seen["wishes"].as_array().unwrap().iter().find(|one| one["id"] == "w1").unwrap().clone();
    assert_eq!((first["state"].as_str(), first["said"].as_str()), (Some("declined"), Some("这学期排满了")));
    assert_eq!(first["decided_by"]["id"], "chen");
    for (person, decision) in [(&chen, accept("s1")), (&ma, json!({"do": "withdraw"}))] {
        assert_eq!(problem(decide(person, "w1", decision).await).await.1, "already-decided");
    }
    assert_eq!(chen.get("/api/tutoring/s1").await.status(), 404);

    assert_eq!(decide(&ma, "w2", json!({"do": "withdraw"})).await.status(), 200);
    assert_eq!(decide(&ma, "w2", json!({"do": "withdraw"})).await.status(), 200);
    assert_eq!(problem(decide(&chen, "w2", accept("s2")).await).await.1, "no-such-wish");
    assert_eq!(listed(&chen, "shelves").await, ["w1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_wish_is_a_session_to_which_those_who_asked_are_invited() {
    let world = World::start().await;
    let (ma, chen) = (world.sign_in("ma").await, world.sign_in("chen").await);
    assert_eq!(ask(&ma, wish("w1")).await.status(), 201);
    let mut late = accept("s1");
    late["begins"] = json!(clock::now().0 - 48 * HOUR);
    assert_eq!(problem(decide(&chen, "w1", late).await).await.1, "tutoring-time-unfit");
    let wish = accept("s1");
    assert_eq!(decide(&chen, "w1", wish.clone()).await.status(), 200);
    let again: Value = decide(&chen, "w1", wish).await.json().await.unwrap();
    assert_eq!((again["state"].as_str(), again["session"].as_str()), (Some("accepted"), Some("s1")));
    let session = ma.json("/api/tutoring/s1").await;
    assert_eq!(session["role"], "participant");
    assert_eq!((session["title"].as_str(), session["about"].as_str()), (Some("看一节分数课"), Some("第一次上公开课")));
    assert_eq!((session["minutes"].as_u64(), session["kind"].as_str()), (Some(45), Some("diagnosis")));
    let invited: Vec<_> = session["invited"].as_array().unwrap().iter().map(|one| &one["with"]["id"]).collect();
    assert_eq!(invited.len(), 2, "{invited:?}");
    assert!(invited.contains(&&json!("liuxi")) && invited.contains(&&json!("chen-studio")), "{invited:?}");
    assert_eq!(world.sign_in("lin").await.get("/api/tutoring/s1").await.status(), 200, "of the school that asked");
    let log = world.sign_in("admin").await.json("/api/audit").await.to_string();
    assert!(log.contains("tutoring.wish-accepted"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_accept_at_once_one_does_and_one_session_is_there() {
    let world = World::start().await;
    let (ma, chen) = (world.sign_in("ma").await, world.sign_in("chen").await);
    for round in 0..6 {
        let id = format!("w{round}");
        assert_eq!(ask(&ma, wish(&id)).await.status(), 201);
        let (one, other) = (format!("one{round}"), format!("other{round}"));
        let answers = tokio::join!(
            decide(&chen, &id, accept(&one)),
            decide(&chen, &id, accept(&other)),
            decide(&ma, &id, json!({"do": "withdraw"})),
        );
        let statuses = [answers.0.status().as_u16(), answers.1.status().as_u16(), answers.2.status().as_u16()];
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 404, 409].contains(status)), "{statuses:?}");
        let mut there = 0;
        for session in [one, other] {
            there += usize::from(chen.get(&format!("/api/tutoring/{session}")).await.status() == 200);
        }
        assert_eq!(there, usize::from(statuses[2] != 200), "{statuses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_wishes_wait_and_no_more() {
    let world = World::start().await;
    let ma = world.sign_in("ma").await;
    for at in 0..10 {
        assert_eq!(ask(&ma, wish(&format!("w{at}"))).await.status(), 201, "{at}");
    }
    assert_eq!(problem(ask(&ma, wish("w10")).await).await.1, "too-many-wishes-open");
    assert_eq!(decide(&ma, "w3", json!({"do": "withdraw"})).await.status(), 200);
    assert_eq!(ask(&ma, wish("w10")).await.status(), 201);
}
