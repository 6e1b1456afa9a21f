//! Tutoring sessions: who sees and does what, and that it reaches open sockets.

use std::time::{Duration, Instant};

use reqwest::{Method, Response};
use serde_json::{Value, json};
use server::clock;
use shared::access::Right;

use crate::library::{on, published};
use crate::peer::Peer;
use crate::world::{Person, World, problem};

const HOUR: i64 = 3_600_000;

/// Of the studio of chen, with the teachers of 柳溪小学 as participants, tang as a listener and zhao as helper.
pub fn plan(id: &str) -> Value {
    json!({"id": id, "kind": "questions", "title": "分数怎么起头", "host": "chen", "about": "从半个讲起",
        "placing": {"subject": "数学", "grade": "三年级"}, "begins": clock::now().0 + HOUR, "minutes": 40,
        "shelf": {"type": "team", "id": "chen-studio"}, "invited": [
            {"with": {"type": "school", "id": "liuxi"}, "role": "participant"},
            {"with": {"type": "person", "id": "tang"}, "role": "listener"},
            {"with": {"type": "person", "id": "zhao"}, "role": "helper"}]})
}

pub async fn planned(chen: &Person, id: &str) -> Value {
    assert_eq!(chen.send(Method::POST, "/api/tutoring", plan(id)).await.status(), 201);
    chen.json(&format!("/api/tutoring/{id}")).await
}

pub async fn go_on(person: &Person, id: &str, state: &str) -> Response {
    person.send(Method::PUT, &format!("/api/tutoring/{id}/state"), json!({"state": state})).await
}

pub async fn opened(chen: &Person, id: &str) -> Value {
    planned(chen, id).await;
    let answer = go_on(chen, id, "open").await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

async fn sign(person: &Person, method: Method, id: &str, sign: &str, who: &str) -> Response {
    person.request(method, &format!("/api/tutoring/{id}/signs/{sign}/{who}")).send().await.unwrap()
}

async fn person(by: &Person, method: Method, id: &str, who: &str) -> Response {
    by.request(method, &format!("/api/tutoring/{id}/people/{who}")).send().await.unwrap()
}

fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of[field].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_planned_once_and_each_sees_what_their_part_gives() {
    let world = World::start().await;
    let chen = world.sign_in("chen").await;
    let session = planned(&chen, "s1").await;
    // The answer was lost on the line.
    assert_eq!(chen.send(Method::POST, "/api/tutoring", plan("s1")).await.status(), 201);
    let other = json!({"title": "别的"});
    let mut otherwise = plan("s1");
    otherwise["title"] = other["title"].clone();
    assert_eq!(problem(chen.send(Method::POST, "/api/tutoring", otherwise).await).await.1, "sent-otherwise");
    let zhou = world.sign_in("zhou").await;
    assert_eq!(problem(zhou.send(Method::POST, "/api/tutoring", plan("s1")).await).await.1, "id-taken");
    let lin = world.sign_in("lin").await;
    assert_eq!(
        problem(
            lin.send(
                Method::POST,
                "/api/tutoring",
                json!({"id": "s2", "kind": "questions", "title": "x",
        "host": "lin", "begins": clock::now().0 + HOUR, "minutes": 40, "shelf": {"type": "group", "id": "qinghe"}})
            )
            .await
        )
        .await
        .1,
        "not-yours-to-plan"
    );
    let (board, notes) = (text(&session, "board"), text(&session, "notes"));
    // Role, and whether the documents are there while it is planned, while it is open, once it has ended.
    let rows: [(&str, Option<&str>, [bool; 3]); 9] = [
        ("chen", Some("host"), [true, true, true]),
        ("zhao", Some("helper"), [true, true, true]),
        ("lin", Some("participant"), [false, true, true]),
        ("ma", Some("participant"), [false, true, true]),
        ("tang", Some("listener"), [false, true, true]),
        // In the studio, on whose shelf it lies: open to them once it has ended.
        ("shan", None, [false, false, true]),
        // Looks into the group's teams, as its head.
        ("head", None, [false, false, true]),
        ("peng", None, [false, false, false]),
        ("admin", None, [false, false, false]),
    ];
    for (stage, state) in ["planned", "open", "ended"].iter().enumerate() {
        if stage > 0 {
            assert_eq!(go_on(&chen, "s1", state).await.status(), 200, "{state}");
        }
        for (login, role, sees) in rows {
            let person = world.sign_in(login).await;
            let what = format!("{login} while it is {state}");
            let answer = person.get("/api/tutoring/s1").await;
            let listed = person.json(if *state == "ended" { "/api/tutoring?when=past" } else { "/api/tutoring" }).await;
            let is_listed = listed["sessions"].as_array().unwrap().iter().any(|one| one["id"] == "s1");
            if role.is_none() && !sees[stage] {
                let absent = person.get("/api/tutoring/nowhere").await;
                assert_eq!((answer.status().as_u16(), absent.status().as_u16()), (404, 404), "{what}");
                assert_eq!(answer.text().await.unwrap(), absent.text().await.unwrap(), "{what}");
                assert!(!is_listed, "{what}");
            } else {
                let seen: Value = answer.json().await.unwrap();
                assert_eq!(seen["role"].as_str(), role, "{what}");
                assert_eq!(seen["board"].is_string(), sees[stage], "{what}");
                assert!(is_listed, "{what}: {listed}");
                assert_eq!(seen["lead"].is_object(), ["chen", "zhao"].contains(&login), "{what}");
            }
            for document in [board, notes] {
                let status = person.get(&format!("/api/documents/{document}")).await.status();
                assert_eq!(status.as_u16(), if sees[stage] { 200 } else { 404 }, "{what}");
            }
            let found = person.json("/api/documents?q=%E5%88%86%E6%95%B0%E6%80%8E%E4%B9%88%E8%B5%B7%E5%A4%B4").await;
            let found = found["documents"].as_array().unwrap();
            assert!(sees[stage] || found.iter().all(|card| card["id"] != board && card["id"] != notes), "{what}");
            world.app.findable.index_changed().await.unwrap();
            let hits =
                person.json("/api/search?q=%E5%88%86%E6%95%B0%E6%80%8E%E4%B9%88%E8%B5%B7%E5%A4%B4&limit=50").await;
            let hit = hits["hits"].as_array().unwrap().iter().any(|hit| hit["id"] == board);
            assert_eq!(hit, sees[stage], "{what}: {hits}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_does_what_their_part_lets_them_do() {
    let world = World::start().await;
    let chen = world.sign_in("chen").await;
    opened(&chen, "s1").await;
    let revision = chen.json("/api/tutoring/s1").await["revision"].clone();
    let change = || {
        let mut body = plan("s1");
        body["revision"] = revision.clone();
        body["minutes"] = json!(3);
        body
    };
    for (login, runs, leads) in
        [("chen", true, true), ("zhao", false, true), ("lin", false, false), ("tang", false, false)]
    {
        let who = world.sign_in(login).await;
        let refused = |allowed: bool, why: &'static str| if allowed { None } else { Some((403, why.to_owned())) };
        let cells = [
            (who.send(Method::PUT, "/api/tutoring/s1", change()).await, refused(runs, "only-session-host")),
            (
                who.send(
                    Method::PUT,
                    "/api/tutoring/s1/invited",
                    json!({"invited": [{"with": {"type": "person",
                    "id": "peng"}, "role": "listener"}]}),
                )
                .await,
                refused(runs, "only-session-host"),
            ),
            (sign(&who, Method::PUT, "s1", "pen", "peng").await, refused(leads, "only-session-leaders")),
            (sign(&who, Method::PUT, "s1", "floor", "peng").await, refused(leads, "only-session-leaders")),
            (person(&who, Method::DELETE, "s1", "peng").await, refused(leads, "only-session-leaders")),
            (person(&who, Method::PUT, "s1", "peng").await, refused(leads, "only-session-leaders")),
            (
                go_on(&who, "s1", "cancelled").await,
                refused(leads, "only-session-leaders").or(refused(runs, "only-session-host")),
            ),
        ];
        for (number, (answer, expected)) in cells.into_iter().enumerate() {
            let (status, why) = problem(answer).await;
            match expected {
                Some(expected) => assert_eq!((status, why), expected, "{login}: {number}"),
                None => assert!([409, 422].contains(&status), "{login}: {number}: {status} {why}"),
            }
        }
    }
    let lin = world.sign_in("lin").await;
    assert_eq!(sign(&lin, Method::PUT, "s1", "hand", "lin").await.status(), 200);
    assert_eq!(problem(sign(&lin, Method::PUT, "s1", "hand", "ma").await).await.1, "not-in-session");
    assert_eq!(problem(sign(&lin, Method::DELETE, "s1", "hand", "ma").await).await.1, "only-session-leaders");
    let tang = world.sign_in("tang").await;
    assert_eq!(problem(sign(&tang, Method::PUT, "s1", "hand", "tang").await).await.1, "not-in-session");
    let signs = chen.json("/api/tutoring/s1").await["signs"].clone();
    assert_eq!((&signs[0]["sign"], &signs[0]["who"]["person"]["id"]), (&json!("hand"), &json!("lin")));
    assert_eq!(sign(&chen, Method::DELETE, "s1", "hand", "lin").await.status(), 200);
    assert_eq!(problem(person(&chen, Method::DELETE, "s1", "chen").await).await.1, "runner-stays");
    for (state, expected) in [("planned", 409), ("ended", 200), ("ended", 200), ("open", 409), ("cancelled", 409)] {
        assert_eq!(go_on(&chen, "s1", state).await.status(), expected, "{state}");
    }
    assert_eq!(problem(sign(&chen, Method::PUT, "s1", "pen", "lin").await).await.1, "session-not-open");
    let acts: Vec<_> = chen.json("/api/audit?act=tutoring").await["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["act"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(acts, ["tutoring.ended", "tutoring.opened", "tutoring.planned"]);
}

/// From now on, at most a second.
struct Within(Instant);

impl Within {
    fn a_second() -> Self {
        Self(Instant::now())
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        let took = self.0.elapsed();
        assert!(std::thread::panicking() || took < Duration::from_secs(1), "took {took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pen_the_way_out_and_the_end_reach_open_sockets_within_a_second() {
    let world = World::start().await;
    let (chen, lin, zhao) = (world.sign_in("chen").await, world.sign_in("lin").await, world.sign_in("zhao").await);
    let session = opened(&chen, "s1").await;
    let (board, notes) = (text(&session, "board"), text(&session, "notes"));
    let mut host = Peer::page(&chen, board).await;
    host.write("主讲人画的。").await;
    host.until_saved().await;
    let mut page = Peer::page(&lin, board).await;
    assert_eq!(page.welcome.as_ref().map(|welcome| welcome.right), Some(Right::View));
    page.write("没有笔").await;
    page.until("refused", |peer| peer.refused.len() == 1).await;
    let mut written = Peer::page(&lin, notes).await;
    assert_eq!(written.welcome.as_ref().map(|welcome| welcome.right), Some(Right::Edit));
    written.write("笔记").await;
    written.until_saved().await;
    {
        let _within = Within::a_second();
        assert_eq!(sign(&zhao, Method::PUT, "s1", "pen", "lin").await.status(), 200);
        page.until("has the pen", |peer| peer.right == Some(Right::Edit)).await;
    }
    let mut page = Peer::page(&lin, board).await;
    page.write("有笔了。").await;
    page.until_saved().await;
    host.until_text("有笔了。").await;
    {
        let _within = Within::a_second();
        assert_eq!(sign(&chen, Method::DELETE, "s1", "pen", "lin").await.status(), 200);
        page.until("lost the pen", |peer| peer.right == Some(Right::View)).await;
    }
    page.write("笔收走了").await;
    page.until("refused", |peer| peer.refused.len() == 1).await;
    {
        let _within = Within::a_second();
        assert_eq!(person(&zhao, Method::DELETE, "s1", "lin").await.status(), 200);
        assert_eq!((page.until_closed().await, written.until_closed().await), (4403, 4403));
    }
    // And stays out, by whichever way they try.
    assert_eq!(Peer::page(&lin, board).await.until_closed().await, 4403);
    assert_eq!(lin.get("/api/tutoring/s1").await.status(), 404);
    assert_eq!(lin.get(&format!("/api/documents/{notes}")).await.status(), 404);
    assert_eq!(chen.json("/api/tutoring/s1").await["lead"]["removed"][0]["id"], "lin");
    assert_eq!(person(&chen, Method::PUT, "s1", "lin").await.status(), 200);
    let mut again = Peer::page(&lin, board).await;
    assert_eq!(again.welcome.as_ref().map(|welcome| welcome.right), Some(Right::View));
    {
        let _within = Within::a_second();
        assert_eq!(go_on(&chen, "s1", "ended").await.status(), 200);
        host.until("closed for writing", |peer| peer.right == Some(Right::View)).await;
    }
    host.write("下课以后").await;
    host.until("refused", |peer| peer.refused.len() == 1).await;
    again.until_text("有笔了。").await;
    assert!(!again.text().contains("下课以后") && again.closed.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_invitation_ends_is_out_and_hears_nothing_more() {
    let world = World::start().await;
    let (chen, lin) = (world.sign_in("chen").await, world.sign_in("lin").await);
    let session = opened(&chen, "s1").await;
    let mut page = Peer::page(&lin, text(&session, "board")).await;
    let mut host = Peer::page(&chen, text(&session, "board")).await;
    let unknown = json!({"invited": [{"with": {"type": "school", "id": "nowhere"}, "role": "participant"}]});
    for list in [
        unknown,
        json!({"invited": [{"with": {"type": "school", "id": "liuxi"}, "role": "helper"}]}),
        json!({"invited": [{"with": {"type": "person", "id": "lin"}, "role": "host"}]}),
        json!({"invited": [{"with": {"type": "person", "id": "lin"}, "role": "guest"}]}),
        json!({"invited": vec![json!({"with": {"type": "person", "id": "lin"}, "role": "listener"}); 2]}),
    ] {
        assert_eq!(problem(chen.send(Method::PUT, "/api/tutoring/s1/invited", list).await).await.1, "invited-unfit");
    }
    let nobody = json!({"invited": []});
    assert_eq!(chen.send(Method::PUT, "/api/tutoring/s1/invited", nobody).await.status(), 200);
    assert_eq!(page.until_closed().await, 4403);
    host.write("您走了以后").await;
    host.until_saved().await;
    assert!(!page.text().contains("您走了以后"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_changed_by_one_form_at_a_time_and_goes_into_calendars() {
    let world = World::start().await;
    let chen = world.sign_in("chen").await;
    let session = planned(&chen, "s1").await;
    let change = |revision: u64, title: &str| {
        let mut body = plan("s1");
        (body["revision"], body["title"], body["minutes"]) = (json!(revision), json!(title), json!(90));
        body
    };
    let answer = chen.send(Method::PUT, "/api/tutoring/s1", change(0, "分数从哪里来")).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(problem(chen.send(Method::PUT, "/api/tutoring/s1", change(0, "晚了")).await).await.1, "stale-form");
    let board = chen.json(&format!("/api/documents/{}", text(&session, "board"))).await;
    assert_eq!(board["title"], "分数从哪里来");
    for (field, value, why) in [
        ("minutes", json!(481), "tutoring-time-unfit"),
        ("begins", json!(clock::now().0 + 400 * 24 * HOUR), "tutoring-time-unfit"),
        ("host", json!("peng"), "host-unfit"),
        ("about", json!("长".repeat(1_001)), "said-too-much"),
        ("title", json!(""), "title-empty"),
        ("plan", json!("nowhere"), "not-found"),
    ] {
        let mut body = change(1, "分数从哪里来");
        body[field] = value;
        assert_eq!(problem(chen.send(Method::PUT, "/api/tutoring/s1", body).await).await.1, why, "{field}");
    }
    let ics = world.sign_in("lin").await.get("/api/tutoring/s1/ics").await;
    assert_eq!(ics.headers()["content-type"], "text/calendar; charset=utf-8");
    let ics = ics.text().await.unwrap();
    assert!(ics.contains("SUMMARY:分数从哪里来\r\n") && ics.contains("UID:s1@gongbei"), "{ics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_there_is_noted_and_corrected_by_hand() {
    let world = World::start().await;
    let (chen, lin) = (world.sign_in("chen").await, world.sign_in("lin").await);
    let session = planned(&chen, "s1").await;
    let board = text(&session, "board");
    // Who prepares it is there when it begins, and was not before.
    let mut host = Peer::page(&chen, board).await;
    host.write("备好了。").await;
    host.until_saved().await;
    assert_eq!(go_on(&chen, "s1", "open").await.status(), 200);
    let page = Peer::page(&lin, board).await;
    let stays = async || chen.json("/api/tutoring/s1/attendance").await["stays"].as_array().unwrap().clone();
    let names =
        |stays: &[Value]| stays.iter().map(|one| text(&one["who"]["person"], "id").to_owned()).collect::<Vec<_>>();
    // It is noted once she is in the room.
    let started = Instant::now();
    while stays().await.len() < 2 {
        assert!(started.elapsed() < crate::world::PATIENCE, "lin has come");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(names(&stays().await), ["chen", "lin"]);
    assert!(stays().await.iter().all(|one| one["until"].is_null()));
    drop(page);
    let started = Instant::now();
    while stays().await[1]["until"].is_null() {
        assert!(started.elapsed() < crate::world::PATIENCE, "lin is there still");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(go_on(&chen, "s1", "ended").await.status(), 200);
    let after = stays().await;
    assert!(after.iter().all(|one| one["until"].is_i64()), "{after:?}");
    let (number, since) = (after[1]["number"].clone(), after[1]["since"].as_i64().unwrap());
    let until = chen.json("/api/tutoring/s1").await["ended"].as_i64().unwrap();
    let path = format!("/api/tutoring/s1/attendance/{number}");
    for (by, body, why) in [
        (&lin, json!({"since": since, "until": until}), "only-session-host"),
        (&chen, json!({"since": since, "until": since}), "stay-unfit"),
        (&chen, json!({"since": since, "until": until + HOUR}), "stay-unfit"),
    ] {
        assert_eq!(problem(by.send(Method::PUT, &path, body).await).await.1, why);
    }
    let body = json!({"since": since, "until": until});
    let corrected: Value = chen.send(Method::PUT, &path, body.clone()).await.json().await.unwrap();
    assert_eq!(
        (&corrected["stays"][1]["until"], &corrected["stays"][1]["corrected_by"]["id"]),
        (&json!(until), &json!("chen"))
    );
    let absent = chen.send(Method::PUT, "/api/tutoring/s1/attendance/999", body).await;
    assert_eq!(problem(absent).await.1, "no-such-stay");
    assert_eq!(problem(lin.get("/api/tutoring/s1/attendance").await).await.1, "only-session-leaders");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_session_that_took_place_and_one_to_come() {
    let world = World::start().await;
    server::demo::fill_tutoring(&world.app).await.unwrap();
    world.app.findable.index_changed().await.unwrap();
    let ma = world.sign_in("ma").await;
    let titles = async |when: &str| {
        let list = ma.json(&format!("/api/tutoring?when={when}")).await;
        list["sessions"].as_array().unwrap().iter().map(|one| text(one, "title").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (titles("coming").await, titles("past").await),
        (vec!["看一节《周长》的导入".into()], vec!["分数怎么起头".into()])
    );
    let questions = ma.json("/api/tutoring/demo-fenshu/questions").await["questions"].as_array().unwrap().clone();
    assert!(questions.len() == 5 && questions.iter().all(|one| one["state"] == "answered"), "{questions:?}");
    assert!(questions[3]["by"].is_null() && questions[3]["school"]["name"] == "清河幼儿园", "{}", questions[3]);
    let hits = ma.json("/api/search?q=%E4%B8%80%E5%88%86%E4%B9%8B%E5%9B%9B").await;
    assert_eq!(hits["hits"][0]["id"], "demo-fenshu-2");
    assert_eq!(world.sign_in("chen").await.json("/api/tutoring/questions/waiting").await["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_shown_when_its_session_opens_and_not_before() {
    let world = World::start().await;
    let (chen, zhou, wu) = (world.sign_in("chen").await, world.sign_in("zhou").await, world.sign_in("wu").await);
    let (item, _) = published(&zhou, "半个怎么写", on("school", "shiyan")).await;
    let (later, _) = published(&zhou, "四分之一怎么读", on("school", "shiyan")).await;
    let uses = |item: &str| format!("/api/items/{item}/uses");
    let about = |item: &str| {
        let mut plan = plan("s1");
        plan["item"] = json!(item);
        plan
    };
    assert_eq!(chen.send(Method::POST, "/api/tutoring", about(&item)).await.status(), 201);
    assert_eq!(chen.json(&uses(&item)).await["uses"], json!([]), "planned is not shown");
    let helper = world.sign_in("zhao").await;
    for _ in 0..2 {
        assert_eq!(go_on(&helper, "s1", "open").await.status(), 200, "asked again after a lost answer");
    }
    let chain = chen.json(&uses(&item)).await;
    assert_eq!((&chain["adopters"], chain["uses"].as_array().unwrap().len()), (&json!(1), 1));
    let line = &chain["uses"][0];
    assert_eq!((&line["deed"], &line["by"]["id"], &line["session"]), (&json!("shown"), &json!("chen"), &json!("s1")));
    assert_eq!(line["document"]["title"], "分数怎么起头");
    let unasked = &wu.json(&uses(&item)).await["uses"][0];
    assert_eq!((&unasked["by"]["id"], &unasked["session"]), (&json!("chen"), &json!(null)), "{unasked}");
    let mut change = about(&later);
    change["revision"] = chen.json("/api/tutoring/s1").await["revision"].clone();
    assert_eq!(chen.send(Method::PUT, "/api/tutoring/s1", change).await.status(), 200);
    assert_eq!(chen.json(&uses(&later)).await["uses"][0]["session"], "s1", "another one while it is open");
}
