//! Quick checks in tutoring sessions: who writes, answers and sees what, and that numbers name nobody.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::tutoring::{go_on, opened, planned};
use crate::tutoring_guests::{code_of, guest, of_guest};
use crate::world::{Person, World, problem};

fn poll(id: &str) -> Value {
    json!({"id": id, "kind": "one", "text": "先出现哪一个？", "choices": ["二分之一", "四分之一"], "named": false})
}

async fn write(person: &Person, check: Value) -> Response {
    person.send(Method::POST, "/api/tutoring/s1/checks", check).await
}

async fn decide(person: &Person, id: &str, what: Value) -> Response {
    person.send(Method::PUT, &format!("/api/tutoring/s1/checks/{id}"), what).await
}

async fn answer(person: &Person, id: &str, what: Value) -> Response {
    person.send(Method::PUT, &format!("/api/tutoring/s1/checks/{id}/answer"), what).await
}

async fn chosen(person: &Person, id: &str, choice: u8) {
    assert_eq!(answer(person, id, json!({"choices": [choice]})).await.status(), 200);
}

async fn open(chen: &Person, check: Value) {
    let id = check["id"].as_str().unwrap().to_owned();
    assert_eq!(write(chen, check).await.status(), 201);
    assert_eq!(decide(chen, &id, json!({"do": "open"})).await.status(), 200);
}

async fn seen(person: &Person, id: &str) -> Value {
    person.json(&format!("/api/tutoring/s1/checks/{id}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_are_written_by_leaders_and_answered_once_by_the_others_as_long_as_they_are_open() {
    let world = World::start().await;
    let (chen, zhao, lin) = (world.sign_in("chen").await, world.sign_in("zhao").await, world.sign_in("lin").await);
    planned(&chen, "s1").await;
    assert_eq!(problem(write(&lin, poll("c1")).await).await.1, "only-session-leaders");
    for _ in 0..2 {
        assert_eq!(write(&zhao, poll("c1")).await.status(), 201, "beforehand, by a helper");
    }
    let mut otherwise = poll("c1");
    otherwise["text"] = json!("别的");
    assert_eq!(problem(write(&zhao, otherwise).await).await.1, "sent-otherwise");
    assert_eq!(problem(write(&chen, poll("c1")).await).await.1, "id-taken");
    assert_eq!(problem(decide(&zhao, "c1", json!({"do": "open"})).await).await.1, "session-not-open");
    assert_eq!(lin.json("/api/tutoring/s1/checks").await["checks"], json!([]), "not opened yet");
    assert_eq!(problem(lin.get("/api/tutoring/s1/checks/c1").await).await, (404, "no-such-check".to_owned()));
    assert_eq!(go_on(&chen, "s1", "open").await.status(), 200);
    assert_eq!(problem(answer(&lin, "c1", json!({"choices": [0]})).await).await.0, 404);
    for _ in 0..2 {
        assert_eq!(decide(&chen, "c1", json!({"do": "open"})).await.status(), 200);
    }
    for what in [json!({"do": "discard"}), json!({"do": "change", "kind": "short", "text": "改"})] {
        assert_eq!(problem(decide(&chen, "c1", what).await).await.1, "check-stands-otherwise");
    }
    assert_eq!(problem(decide(&lin, "c1", json!({"do": "close"})).await).await.1, "only-session-leaders");
    // Another choice takes the place of the first.
    chosen(&lin, "c1", 0).await;
    chosen(&lin, "c1", 1).await;
    let mine = seen(&lin, "c1").await;
    assert_eq!((&mine["answered"], &mine["mine"]["choices"], mine.get("results")), (&json!(1), &json!([1]), None));
    for (what, why) in [
        (json!({"choices": []}), "answer-unfit"),
        (json!({"choices": [2]}), "answer-unfit"),
        (json!({"choices": [0, 1]}), "answer-unfit"),
        (json!({"choices": [0], "text": "也许"}), "answer-unfit"),
    ] {
        assert_eq!(problem(answer(&lin, "c1", what).await).await.1, why);
    }
    let tang = world.sign_in("tang").await;
    for person in [&tang, &zhao, &chen] {
        assert_eq!(problem(answer(person, "c1", json!({"choices": [0]})).await).await, (403, "not-asked".to_owned()));
    }
    assert_eq!(seen(&tang, "c1").await["answered"], 1, "a listener looks");
    let peng = world.sign_in("peng").await;
    for path in ["/api/tutoring/s1/checks", "/api/tutoring/s1/checks/c1"] {
        assert_eq!(problem(peng.get(path).await).await, (404, "no-such-tutoring".to_owned()));
    }
    assert_eq!(decide(&chen, "c1", json!({"do": "close"})).await.status(), 200);
    assert_eq!(problem(answer(&lin, "c1", json!({"choices": [0]})).await).await.1, "check-closed");
    assert_eq!(decide(&chen, "c1", json!({"do": "open"})).await.status(), 200);
    chosen(&lin, "c1", 0).await;
    // With the session it ends, and stays for the summary.
    assert_eq!(go_on(&chen, "s1", "ended").await.status(), 200);
    assert_eq!(problem(answer(&lin, "c1", json!({"choices": [1]})).await).await.1, "check-closed");
    assert_eq!((&seen(&lin, "c1").await["state"], &seen(&lin, "c1").await["answered"]), (&json!("closed"), &json!(1)));
    assert_eq!(problem(write(&chen, poll("c9")).await).await.1, "session-stands-otherwise");
    let lines = chen.json("/api/audit?act=tutoring").await;
    let acts: Vec<_> = lines["lines"].as_array().unwrap().iter().map(|line| line["act"].as_str().unwrap()).collect();
    let many = |act: &str| acts.iter().filter(|one| **one == act).count();
    assert_eq!((many("tutoring.check-opened"), many("tutoring.check-closed")), (2, 1), "{acts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_bounded() {
    let world = World::start().await;
    let chen = world.sign_in("chen").await;
    opened(&chen, "s1").await;
    let many = |n: usize| (0..n).map(|i| json!(format!("选项{i}"))).collect::<Vec<_>>();
    let rows = [
        (json!({"kind": "one", "text": "题", "choices": many(1)}), "check-unfit"),
        (json!({"kind": "several", "text": "题", "choices": many(9)}), "check-unfit"),
        (json!({"kind": "one", "text": "题", "choices": ["同", " 同 "]}), "check-unfit"),
        (json!({"kind": "one", "text": "题", "choices": ["一", ""]}), "check-unfit"),
        (json!({"kind": "one", "text": "题", "choices": ["一", "长".repeat(101)]}), "check-unfit"),
        (json!({"kind": "true-false", "text": "题", "choices": many(2)}), "check-unfit"),
        (json!({"kind": "short", "text": " "}), "nothing-said"),
        (json!({"kind": "short", "text": "长".repeat(301)}), "said-too-much"),
    ];
    for (mut check, why) in rows {
        check["id"] = json!("c1");
        assert_eq!(problem(write(&chen, check.clone()).await).await, (422, why.to_owned()), "{check}");
    }
    open(&chen, json!({"id": "c1", "kind": "short", "text": "一句话说说"})).await;
    let lin = world.sign_in("lin").await;
    for (text, why) in [(String::new(), "nothing-said"), ("长".repeat(201), "said-too-much")] {
        assert_eq!(problem(answer(&lin, "c1", json!({"text": text})).await).await.1, why);
    }
    // Rationed as all that is put before others.
    let mut last = 0;
    for n in 0..40 {
        let check = json!({"id": format!("d{n}"), "kind": "true-false", "text": "题"});
        last = write(&chen, check).await.status().as_u16();
        if last != 201 {
            break;
        }
    }
    assert_eq!(last, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_names_nobody_is_named_and_few_are_not_told_apart() {
    let world = World::start().await;
    let chen = world.sign_in("chen").await;
    let session = opened(&chen, "s1").await;
    let board = session["board"].as_str().unwrap();
    let code = code_of(&chen, "s1").await;
    let (lin, ma) = (world.sign_in("lin").await, world.sign_in("ma").await);
    let mut there = Peer::page(&lin, board).await;
    let mut host = Peer::page(&chen, board).await;
    open(&chen, poll("c1")).await;
    there.until("told", |peer| peer.told.iter().any(|told| &told[..] == b"\"checks\"")).await;
    chosen(&lin, "c1", 0).await;
    host.until("told of an answer", |peer| peer.told.iter().any(|told| &told[..] == b"\"answers\"")).await;
    chosen(&ma, "c1", 1).await;
    let two = seen(&chen, "c1").await;
    assert_eq!((&two["answered"], two.get("results")), (&json!(2), None), "two are too few");
    // Guests of one school: four first, then a fifth.
    for n in 0..5 {
        let (wang, id) = guest(&world, &code, &format!("王老师{n}")).await;
        assert_eq!(answer(&wang, "c1", json!({"choices": [0]})).await.status(), 404, "in the lobby");
        assert_eq!(of_guest(&chen, Method::PUT, "s1", &id).await, 200);
        chosen(&wang, "c1", 0).await;
        if n == 2 {
            let five = seen(&chen, "c1").await["results"].clone();
            assert_eq!(
                five,
                json!({"answered": 5, "counts": [4, 1], "schools": [],
                "others": {"answered": 5, "counts": [4, 1]}})
            );
        }
    }
    // 河湾小学 has five answers, but what is left would be the two of 柳溪小学.
    let seven = seen(&chen, "c1").await["results"].clone();
    assert_eq!(seven["schools"], json!([]));
    assert_eq!((&seven["others"]["answered"], &seven["counts"]), (&json!(7), &json!([6, 1])));
    let audit = chen.json("/api/audit?act=tutoring").await.to_string();
    for said in [seen(&chen, "c1").await.to_string(), chen.json("/api/tutoring/s1/checks").await.to_string(), audit] {
        for name in ["\"lin\"", "林秀兰", "\"ma\"", "王老师"] {
            assert!(!said.contains(name), "{name}: {said}");
        }
    }
    // To everybody once they are shown, and only until they are hidden again.
    assert_eq!(seen(&lin, "c1").await.get("results"), None);
    assert_eq!(decide(&chen, "c1", json!({"do": "show"})).await.status(), 200);
    assert_eq!(seen(&lin, "c1").await["results"], seven);
    assert_eq!(decide(&chen, "c1", json!({"do": "hide"})).await.status(), 200);
    assert_eq!(seen(&lin, "c1").await.get("results"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_for_leaders_alone_if_that_was_said_before() {
    let world = World::start().await;
    let (chen, lin, ma) = (world.sign_in("chen").await, world.sign_in("lin").await, world.sign_in("ma").await);
    opened(&chen, "s1").await;
    open(&chen, json!({"id": "c1", "kind": "short", "text": "一句话说说", "named": true})).await;
    assert_eq!(answer(&lin, "c1", json!({"text": "先折纸"})).await.status(), 200);
    assert_eq!(answer(&ma, "c1", json!({"text": "先写线"})).await.status(), 200);
    assert_eq!(decide(&chen, "c1", json!({"do": "show"})).await.status(), 200);
    let named = seen(&world.sign_in("zhao").await, "c1").await["results"].clone();
    let who: Vec<_> =
        named["answers"].as_array().unwrap().iter().map(|one| (&one["who"]["person"]["id"], &one["text"])).collect();
    assert_eq!(who, [(&json!("lin"), &json!("先折纸")), (&json!("ma"), &json!("先写线"))]);
    assert_eq!((&named["schools"][0]["school"]["id"], &named["schools"][0]["answered"]), (&json!("liuxi"), &json!(2)));
    let for_all = seen(&lin, "c1").await;
    assert_eq!((&for_all["named"], for_all.get("results")), (&json!(true), None), "two are too few for the others");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_close_and_answer_at_once_no_answer_is_counted_after_the_end() {
    let world = World::start().await;
    let (chen, lin) = (world.sign_in("chen").await, world.sign_in("lin").await);
    opened(&chen, "s1").await;
    open(&chen, poll("c1")).await;
    let (closed, answered) =
        tokio::join!(decide(&chen, "c1", json!({"do": "close"})), answer(&lin, "c1", json!({"choices": [0]})));
    assert_eq!(closed.status(), 200);
    let kept = answered.status().as_u16();
    assert!([200, 409].contains(&kept), "{kept}");
    assert_eq!(seen(&chen, "c1").await["answered"], u8::from(kept == 200));
}
