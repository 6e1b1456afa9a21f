//! Guests of tutoring sessions: in by the code, out within a second, and nobody anywhere else.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::access::Right;

use crate::matrix::ROWS;
use crate::peer::Peer;
use crate::tutoring::{go_on, opened, planned};
use crate::world::{Person, World, problem};

pub async fn code_of(chen: &Person, id: &str) -> String {
    let answer = chen.send(Method::PUT, &format!("/api/tutoring/{id}/code"), json!({"on": true})).await;
    assert_eq!(answer.status(), 200);
    answer.json::<Value>().await.unwrap()["lead"]["code"].as_str().unwrap().to_owned()
}

/// Somebody who typed the code, with the id they got.
pub async fn guest(world: &World, code: &str, name: &str) -> (Person, String) {
    let body = json!({"name": name, "school": "河湾小学"});
    let url = world.url(&format!("/api/tutoring/join/{code}"));
    let answer = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    (Person::with_cookie(world.address, &cookie), id)
}

pub async fn of_guest(by: &Person, method: Method, session: &str, guest: &str) -> u16 {
    by.request(method, &format!("/api/tutoring/{session}/guests/{guest}")).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_waits_is_let_in_looks_and_is_out_within_a_second() {
    let world = World::start().await;
    let (chen, zhao) = (world.sign_in("chen").await, world.sign_in("zhao").await);
    let session = opened(&chen, "s1").await;
    let (board, notes) = (session["board"].as_str().unwrap(), session["notes"].as_str().unwrap());
    let mut host = Peer::page(&chen, board).await;
    host.write("板书").await;
    let code = code_of(&chen, "s1").await;
    let typed = code.to_lowercase().replace('-', " ");
    let looked = reqwest::get(world.url(&format!("/api/tutoring/join/{typed}"))).await.unwrap();
    assert_eq!(looked.json::<Value>().await.unwrap()["title"], "分数怎么起头");
    let (wang, id) = guest(&world, &typed, "王老师").await;
    host.until("told of who waits", |peer| peer.told.iter().any(|told| &told[..] == b"\"lobby\"")).await;
    // In the lobby there is nothing to see.
    assert_eq!(wang.json("/api/tutoring/guest").await["let_in"], false);
    assert_eq!(wang.get("/api/tutoring/s1").await.status(), 404);
    assert_eq!(Peer::page(&wang, board).await.until_closed().await, 4403);
    let waiting = zhao.json("/api/tutoring/s1").await["lead"]["guests"][0].clone();
    assert_eq!((&waiting["name"], &waiting["school"]), (&json!("王老师"), &json!("河湾小学")));
    assert_eq!(of_guest(&zhao, Method::PUT, "s1", &id).await, 200);
    assert_eq!(wang.json("/api/tutoring/guest").await["let_in"], true);
    let seen = wang.json("/api/tutoring/s1").await;
    assert_eq!((&seen["role"], &seen["me"]), (&json!("guest"), &json!(id)));
    assert!(seen["lead"].is_null() && seen["invited"] == json!([]), "{seen}");
    let mut page = Peer::page(&wang, board).await;
    assert_eq!(page.welcome.as_ref().map(|welcome| welcome.right), Some(Right::View));
    page.until_text("板书").await;
    page.write("访客画的").await;
    page.until("refused", |peer| peer.refused.len() == 1).await;
    let mut read = Peer::page(&wang, notes).await;
    assert_eq!(read.welcome.as_ref().map(|welcome| welcome.right), Some(Right::View));
    let here = zhao.json("/api/tutoring/s1").await["here"].clone();
    let there = here.as_array().unwrap().iter().find(|one| one["role"] == "guest").unwrap().clone();
    assert_eq!((&there["person"]["name"], &there["school"]), (&json!("王老师"), &json!("河湾小学")));
    // The hand is theirs to raise; the pen is not to be had.
    let hand = format!("/api/tutoring/s1/signs/hand/{id}");
    assert_eq!(wang.request(Method::PUT, &hand).send().await.unwrap().status(), 200);
    let pen = chen.request(Method::PUT, &format!("/api/tutoring/s1/signs/pen/{id}")).send().await.unwrap();
    assert_eq!(problem(pen).await, (422, "not-in-session".to_owned()));
    let started = Instant::now();
    assert_eq!(of_guest(&chen, Method::DELETE, "s1", &id).await, 200);
    assert_eq!((page.until_closed().await, read.until_closed().await), (4403, 4403));
    assert!(started.elapsed() < Duration::from_secs(1), "took {:?}", started.elapsed());
    assert_eq!(wang.json("/api/tutoring/guest").await["sent_away"], true);
    assert_eq!(Peer::page(&wang, board).await.until_closed().await, 4403);
    assert_eq!(of_guest(&chen, Method::PUT, "s1", &id).await, 422, "sent away for good");
    assert_eq!(chen.json("/api/tutoring/s1").await["signs"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_lobby_guests_are_in_at_once_and_the_end_sends_all_of_them_home() {
    let world = World::start().await;
    let chen = world.sign_in("chen").await;
    let mut plan = crate::tutoring::plan("s1");
    plan["lobby"] = json!(false);
    assert_eq!(chen.send(Method::POST, "/api/tutoring", plan).await.status(), 201);
    let code = code_of(&chen, "s1").await;
    let (wang, id) = guest(&world, &code, "王老师").await;
    assert_eq!(wang.get("/api/tutoring/s1").await.status(), 404, "before it begins");
    let session: Value = go_on(&chen, "s1", "open").await.json().await.unwrap();
    let board = session["board"].as_str().unwrap();
    let mut page = Peer::page_of(&wang, board, &id).await;
    assert_eq!(page.welcome.as_ref().map(|welcome| welcome.right), Some(Right::View));
    // What happens to the organisation is no reason to send guests away.
    world.app.organisation_changed();
    page.take_what_is_there().await;
    assert_eq!(page.closed, None);
    let started = Instant::now();
    assert_eq!(go_on(&chen, "s1", "ended").await.status(), 200);
    assert_eq!(page.until_closed().await, 4403);
    assert!(started.elapsed() < Duration::from_secs(1), "took {:?}", started.elapsed());
    assert_eq!(wang.get("/api/tutoring/s1").await.status(), 404);
    let late = reqwest::get(world.url(&format!("/api/tutoring/join/{code}"))).await.unwrap();
    assert_eq!(problem(late).await, (404, "no-such-code".to_owned()));
    assert_eq!(problem(chen.send(Method::PUT, "/api/tutoring/s1/code", json!({"on": true})).await).await.0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_renewed_and_switched_off_and_guessing_at_it_ends() {
    let world = World::start().await;
    let chen = world.sign_in("chen").await;
    planned(&chen, "s1").await;
    let first = code_of(&chen, "s1").await;
    let second = code_of(&chen, "s1").await;
    let look =
        async |code: &str| reqwest::get(world.url(&format!("/api/tutoring/join/{code}"))).await.unwrap().status();
    assert_eq!((look(&first).await, look(&second).await), (StatusCode::NOT_FOUND, StatusCode::OK));
    let off = chen.send(Method::PUT, "/api/tutoring/s1/code", json!({"on": false})).await;
    assert!(off.json::<Value>().await.unwrap()["lead"]["code"].is_null());
    let mut guesses = 0;
    while look(&second).await == StatusCode::NOT_FOUND {
        guesses += 1;
        assert!(guesses <= 40, "{guesses} guesses");
    }
    assert_eq!(look(&second).await, StatusCode::TOO_MANY_REQUESTS);
}

/// Every route of the matrix, asked with a guest's cookie: nothing but their own session knows them.
#[tokio::test(flavor = "multi_thread")]
async fn s3_a_guest_is_nobody_to_every_other_route_and_in_no_list() {
    let world = World::start().await;
    let (chen, zhou) = (world.sign_in("chen").await, world.sign_in("zhou").await);
    let session = opened(&chen, "s1").await;
    let other = opened(&chen, "s2").await;
    let code = code_of(&chen, "s1").await;
    let (wang, id) = guest(&world, &code, "王无名").await;
    assert_eq!(of_guest(&chen, Method::PUT, "s1", &id).await, 200);
    let own = zhou.document("别人的").await;
    for (method, path, need) in ROWS {
        if matches!(need, crate::matrix::Need::Open) || path.starts_with("/api/tutoring/{session}") {
            continue;
        }
        let address = path.replace("{document}", session["board"].as_str().unwrap()).replace(['{', '}'], "");
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let answer = wang.send(method.clone(), &address, json!({})).await;
        // Of their board they see pictures: this one is none.
        let expected = if *path == "/api/documents/{document}/images/{blob}" { 404 } else { 401 };
        assert_eq!(answer.status(), expected, "{method} {path}");
    }
    // Another session, and its documents, are as if they were not there.
    assert_eq!(wang.get("/api/tutoring/s2").await.status(), 404);
    for document in [other["board"].as_str().unwrap(), other["notes"].as_str().unwrap(), &own, "nowhere"] {
        assert!([4401, 4403].contains(&Peer::page(&wang, document).await.until_closed().await), "{document}");
    }
    for (method, path, body) in [
        (Method::PUT, "/api/tutoring/s1", json!({})),
        (Method::PUT, "/api/tutoring/s1/state", json!({"state": "ended"})),
        (Method::PUT, "/api/tutoring/s1/invited", json!({"invited": []})),
        (Method::PUT, "/api/tutoring/s1/code", json!({"on": true})),
        (Method::PUT, "/api/tutoring/s1/signs/pen/lin", json!({})),
        (Method::DELETE, "/api/tutoring/s1/people/lin", json!({})),
        (Method::PUT, "/api/tutoring/s1/guests/nobody", json!({})),
    ] {
        let (status, _) = problem(wang.send(method.clone(), path, body).await).await;
        assert!([400, 403].contains(&status), "{method} {path}: {status}");
    }
    // Nobody finds them, shares with them, or has them in what they keep.
    let found = chen.json("/api/people?q=%E7%8E%8B%E6%97%A0%E5%90%8D").await;
    assert_eq!(found["people"], json!([]));
    let share = json!({"shares": [{"with": {"type": "person", "id": id}, "right": "view"}]});
    let path = format!("/api/documents/{own}/shares");
    assert_eq!(problem(zhou.send(Method::PUT, &path, share).await).await.1, "unknown-grantee");
    let asked = json!({"invited": [{"with": {"type": "person", "id": id}, "role": "participant"}]});
    assert_eq!(problem(chen.send(Method::PUT, "/api/tutoring/s1/invited", asked).await).await.1, "invited-unfit");
    let export = chen.get("/api/account/export").await.bytes().await.unwrap();
    assert!(!export.windows(id.len()).any(|part| part == id.as_bytes()));
    let who = chen.json(&format!("/api/documents/{}/who", session["board"].as_str().unwrap())).await;
    assert!(!who.to_string().contains(&id), "{who}");
    // Gone by themselves, with their cookie.
    let answer = wang.request(Method::DELETE, "/api/tutoring/guest").send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert!(answer.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(wang.get("/api/tutoring/s1").await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_and_a_guest_is_who_the_page_says() {
    let world = World::start().await;
    let (chen, peng) = (world.sign_in("chen").await, world.sign_in("peng").await);
    let session = opened(&chen, "s1").await;
    let board = session["board"].as_str().unwrap();
    let (wang, id) = guest(&world, &code_of(&chen, "s1").await, "彭老师").await;
    assert_eq!(of_guest(&chen, Method::PUT, "s1", &id).await, 200);
    let both = Person::with_cookie(world.address, &format!("{}; {}", peng.cookie, wang.cookie));
    assert_eq!(both.get("/api/tutoring/s1").await.status(), 404, "as peng, who was not asked");
    let as_guest = both.request(Method::GET, "/api/tutoring/s1").header("x-gongbei-person", &id).send().await.unwrap();
    assert_eq!(as_guest.status(), 200);
    assert_eq!(Peer::page(&both, board).await.until_closed().await, 4403);
    let mut page = Peer::page_of(&both, board, &id).await;
    assert_eq!(page.welcome.as_ref().map(|welcome| welcome.right), Some(Right::View));
    // Another site's page brings the cookie along, and is refused.
    let elsewhere = reqwest::Client::new()
        .request(Method::DELETE, world.url("/api/tutoring/guest"))
        .header("cookie", &wang.cookie)
        .header("origin", "https://elsewhere.example");
    assert_eq!(elsewhere.send().await.unwrap().status(), 403);
    page.take_what_is_there().await;
    assert_eq!(page.closed, None);
}
