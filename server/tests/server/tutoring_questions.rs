//! Questions in tutoring sessions: who asks, votes and answers, and that answers stay findable.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::tutoring::{go_on, opened, planned};
use crate::tutoring_guests::{code_of, guest, of_guest};
use crate::world::{Person, World, problem};

async fn ask(person: &Person, id: &str, text: &str) -> Response {
    person.send(Method::POST, "/api/tutoring/s1/questions", json!({"id": id, "text": text})).await
}

async fn decide(person: &Person, id: &str, what: Value) -> Response {
    person.send(Method::PUT, &format!("/api/tutoring/s1/questions/{id}"), what).await
}

async fn vote(person: &Person, method: Method, id: &str) -> Response {
    person.request(method, &format!("/api/tutoring/s1/questions/{id}/vote")).send().await.unwrap()
}

async fn order(person: &Person) -> Vec<String> {
    let list = person.json("/api/tutoring/s1/questions").await;
    list["questions"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_asked_once_voted_for_once_and_stand_by_votes_and_age() {
    let world = World::start().await;
    let (chen, lin, ma) = (world.sign_in("chen").await, world.sign_in("lin").await, world.sign_in("ma").await);
    opened(&chen, "s1").await;
    for _ in 0..2 {
        assert_eq!(ask(&lin, "q1", "分数线为什么要先写？").await.status(), 201);
    }
    assert_eq!(problem(ask(&lin, "q1", "别的").await).await.1, "sent-otherwise");
    assert_eq!(problem(ask(&ma, "q1", "别的").await).await.1, "id-taken");
    assert_eq!(ask(&ma, "q2", "导入一定要用圆形吗？").await.status(), 201);
    assert_eq!(ask(&ma, "q3", "大班孩子能接触“一半”到什么程度？").await.status(), 201);
    assert_eq!(order(&chen).await, ["q1", "q2", "q3"]);
    for _ in 0..2 {
        assert_eq!(vote(&lin, Method::PUT, "q3").await.json::<Value>().await.unwrap()["votes"], 2);
    }
    assert_eq!(order(&chen).await, ["q3", "q1", "q2"]);
    assert_eq!(vote(&lin, Method::DELETE, "q3").await.json::<Value>().await.unwrap()["votes"], 1);
    assert_eq!(vote(&ma, Method::DELETE, "q3").await.json::<Value>().await.unwrap()["votes"], 1, "one's own stays");
    let tang = world.sign_in("tang").await;
    for answer in [ask(&tang, "q9", "旁听").await, vote(&tang, Method::PUT, "q1").await] {
        assert_eq!(problem(answer).await, (403, "only-participants".to_owned()));
    }
    for (text, why) in [(String::new(), "nothing-said"), ("长".repeat(2_001), "said-too-much")] {
        assert_eq!(problem(ask(&lin, "q8", &text).await).await.1, why);
    }
    let peng = world.sign_in("peng").await;
    assert_eq!(problem(ask(&peng, "q8", "外人").await).await, (404, "no-such-tutoring".to_owned()));
    // Doubles are counted together, each person once.
    vote(&lin, Method::PUT, "q2").await;
    assert_eq!(problem(decide(&lin, "q2", json!({"do": "merge", "into": "q1"})).await).await.1, "only-session-leaders");
    for _ in 0..2 {
        assert_eq!(decide(&chen, "q2", json!({"do": "merge", "into": "q1"})).await.status(), 200);
    }
    let list = lin.json("/api/tutoring/s1/questions").await;
    let of = |id: &str| list["questions"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    assert_eq!((&of("q1")["votes"], &of("q2")["merged_into"]), (&json!(2), &json!("q1")));
    assert_eq!(problem(decide(&chen, "q1", json!({"do": "merge", "into": "q1"})).await).await.1, "already-decided");
    assert_eq!(problem(vote(&lin, Method::PUT, "q2").await).await.1, "already-decided");
    let waiting = chen.json("/api/tutoring/questions/waiting").await;
    assert_eq!((&waiting["total"], &waiting["questions"][0]["question"]["id"]), (&json!(2), &json!("q1")));
    assert_eq!(lin.json("/api/tutoring/questions/waiting").await["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_without_a_name_is_named_to_nobody() {
    let world = World::start().await;
    let (chen, lin) = (world.sign_in("chen").await, world.sign_in("lin").await);
    let session = opened(&chen, "s1").await;
    let mut host = Peer::page(&chen, session["board"].as_str().unwrap()).await;
    let body =
        json!({"id": "q1", "text": "这个问题不好意思问", "anonymous": true, "place": {"page": 2, "x": 3, "y": -4}});
    let asked = lin.send(Method::POST, "/api/tutoring/s1/questions", body).await;
    assert_eq!(asked.status(), 201);
    assert_eq!(asked.json::<Value>().await.unwrap()["mine"], true);
    host.until("told", |peer| !peer.told.is_empty()).await;
    let told: Value = serde_json::from_slice(&host.told[0]).unwrap();
    assert_eq!((&told["question"]["id"], &told["question"]["place"]["y"]), (&json!("q1"), &json!(-4)));
    decide(&chen, "q1", json!({"do": "answer-in-writing", "answer": "没有什么不好意思的。"})).await;
    world.app.findable.index_changed().await.unwrap();
    let others = [
        told.to_string(),
        chen.json("/api/tutoring/s1/questions").await.to_string(),
        world.sign_in("zhao").await.json("/api/tutoring/s1/questions").await.to_string(),
        chen.json("/api/search?q=%E4%B8%8D%E5%A5%BD%E6%84%8F%E6%80%9D").await.to_string(),
        chen.json("/api/audit?act=tutoring").await.to_string(),
    ];
    for (place, said) in others.iter().enumerate() {
        assert!(!said.contains("\"lin\"") && !said.contains("林秀兰"), "{place}: {said}");
    }
    assert!(others[1].contains("柳溪小学"), "their school is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_marked_and_found_by_whoever_may_see_the_session() {
    let world = World::start().await;
    let (chen, lin, ma) = (world.sign_in("chen").await, world.sign_in("lin").await, world.sign_in("ma").await);
    planned(&chen, "s1").await;
    // Asked beforehand.
    assert_eq!(ask(&lin, "q1", "四分之一读成一分之四，怎么纠正？").await.status(), 201);
    let early = decide(&chen, "q1", json!({"do": "answered-live"})).await;
    assert_eq!(problem(early).await.1, "session-not-open");
    assert_eq!(go_on(&chen, "s1", "open").await.status(), 200);
    assert_eq!(problem(decide(&lin, "q1", json!({"do": "take"})).await).await.1, "only-session-leaders");
    let taken: Value = decide(&chen, "q1", json!({"do": "take"})).await.json().await.unwrap();
    assert_eq!((&taken["state"], &taken["decided_by"]["id"]), (&json!("taken"), &json!("chen")));
    assert_eq!(problem(decide(&chen, "q1", json!({"do": "answered-live", "moment": 999_999_999})).await).await.0, 409);
    let answered: Value = decide(&chen, "q1", json!({"do": "answered-live", "moment": 0})).await.json().await.unwrap();
    assert_eq!((&answered["state"], &answered["moment"]), (&json!("answered"), &json!(0)));
    assert_eq!(problem(decide(&lin, "q1", json!({"do": "withdraw"})).await).await.1, "already-decided");
    assert_eq!(ask(&ma, "q2", "先写横线表示什么意思？").await.status(), 201);
    let written = json!({"do": "answer-in-writing", "answer": "表示平均分。"});
    assert_eq!(decide(&chen, "q2", written).await.status(), 200);
    assert_eq!(ask(&ma, "q3", "收回的四分之一").await.status(), 201);
    assert_eq!(problem(decide(&chen, "q3", json!({"do": "withdraw"})).await).await.1, "not-your-words");
    assert_eq!(decide(&ma, "q3", json!({"do": "withdraw"})).await.status(), 200);
    assert_eq!(vote(&lin, Method::PUT, "q3").await.status(), 404);

    let finds = async |login: &str, q: &str| {
        world.app.findable.index_changed().await.unwrap();
        let hits = world.sign_in(login).await.json(&format!("/api/search?q={q}&kind=question")).await;
        let ids = hits["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_str().unwrap().to_owned());
        (ids.collect::<Vec<_>>(), hits["total"].clone())
    };
    let fraction = "%E5%9B%9B%E5%88%86%E4%B9%8B%E4%B8%80";
    let evenly = "%E5%B9%B3%E5%9D%87%E5%88%86";
    assert_eq!(finds("lin", fraction).await, (vec!["q1".to_owned()], json!(1)));
    assert_eq!(finds("tang", evenly).await.0, ["q2"], "by what was written");
    assert_eq!(finds("lin", "%E4%B8%89%E5%B9%B4%E7%BA%A7").await.0.len(), 2, "by the grade of the session");
    // Of the studio, on whose shelf it lies: not before it has ended.
    for login in ["shan", "peng", "admin"] {
        assert_eq!(finds(login, fraction).await, (Vec::new(), json!(0)), "{login}");
    }
    let glance = lin.json(&format!("/api/find?q={fraction}")).await;
    let group = glance["groups"].as_array().unwrap().iter().find(|group| group["of"] == "questions").unwrap().clone();
    assert_eq!(group["lines"][0]["href"], "/tutoring/s1?question=q1");
    assert_eq!(go_on(&chen, "s1", "ended").await.status(), 200);
    assert_eq!(finds("shan", fraction).await.0, ["q1"]);
    assert_eq!(finds("peng", fraction).await.0, [""; 0]);
    assert_eq!(finds("ma", fraction).await.0, ["q1"]);
    // Whoever is sent away, and what is opened again, is found no more.
    let away = chen.request(Method::DELETE, "/api/tutoring/s1/people/ma").send().await.unwrap();
    assert_eq!(away.status(), 200);
    assert_eq!(finds("ma", fraction).await.0, [""; 0]);
    assert_eq!(decide(&chen, "q2", json!({"do": "reopen"})).await.status(), 200);
    assert_eq!(finds("tang", evenly).await.0, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_ask_and_vote_as_themselves() {
    let world = World::start().await;
    let chen = world.sign_in("chen").await;
    opened(&chen, "s1").await;
    let (wang, id) = guest(&world, &code_of(&chen, "s1").await, "王老师").await;
    assert_eq!(ask(&wang, "q1", "在门外").await.status(), 404);
    assert_eq!(of_guest(&chen, Method::PUT, "s1", &id).await, 200);
    assert_eq!(ask(&wang, "q1", "访客的问题").await.status(), 201);
    assert_eq!(problem(decide(&wang, "q1", json!({"do": "take"})).await).await.1, "only-session-leaders");
    assert_eq!(vote(&wang, Method::PUT, "q1").await.status(), 200);
    let seen = chen.json("/api/tutoring/s1/questions").await["questions"][0].clone();
    assert_eq!((&seen["by"]["person"]["name"], &seen["by"]["school"]), (&json!("王老师"), &json!("河湾小学")));
    assert_eq!(of_guest(&chen, Method::DELETE, "s1", &id).await, 200);
    assert_eq!(ask(&wang, "q2", "又来").await.status(), 404);
}
