//! What people and guests of a tutoring session might do to the others in it.

use reqwest::Method;
use serde_json::{Value, json};
use server::clock;
use server::store::{By, NewChanges};
use shared::organisation::{Change, Person as Account, Record};

use crate::images::{PIXEL, upload};
use crate::peer::Peer;
use crate::tutoring::{go_on, opened, plan};
use crate::tutoring_guests::{code_of, guest, of_guest};
use crate::world::{Person, World, problem};

async fn ask(person: &Person, id: &str, anonymous: bool) -> Value {
    let body = json!({"id": id, "text": format!("{id}？"), "anonymous": anonymous});
    person.send(Method::POST, "/api/tutoring/s1/questions", body).await.json().await.unwrap()
}

async fn decide(person: &Person, id: &str, what: Value) -> u16 {
    person.send(Method::PUT, &format!("/api/tutoring/s1/questions/{id}"), what).await.status().as_u16()
}

async fn question(person: &Person, id: &str) -> Value {
    let list = person.json("/api/tutoring/s1/questions").await;
    list["questions"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_nothing_is_told_to_nobody_and_presses_are_rationed() {
    let world = World::start().await;
    let (chen, lin) = (world.sign_in("chen").await, world.sign_in("lin").await);
    let session = opened(&chen, "s1").await;
    ask(&chen, "q1", false).await;
    let mut host = Peer::page(&chen, session["board"].as_str().unwrap()).await;
    let press = async |method: Method, path: &str| {
        lin.request(method, &format!("/api/tutoring/s1/{path}")).send().await.unwrap().status().as_u16()
    };
    for _ in 0..5 {
        assert_eq!(press(Method::PUT, "questions/q1/vote").await, 200);
        assert_eq!(press(Method::DELETE, "signs/pen/lin").await, 200);
        assert_eq!(press(Method::PUT, "signs/hand/lin").await, 200);
    }
    host.until("told of vote and hand", |peer| peer.told.len() >= 2).await;
    host.take_what_is_there().await;
    assert_eq!(host.told.len(), 2, "{:?}", host.told);
    let mut refused = 0;
    for press_number in 0..80 {
        let method = if press_number % 2 == 0 { Method::DELETE } else { Method::PUT };
        refused += u32::from(press(method, "questions/q1/vote").await == 429);
    }
    assert!(refused > 20, "{refused}");
    // Whoever did nothing of that is not held up.
    let vote = chen.request(Method::PUT, "/api/tutoring/s1/questions/q1/vote").send().await.unwrap();
    assert_eq!(vote.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_use_up_neither_the_questions_nor_the_door() {
    let world = World::start().await;
    let (chen, lin) = (world.sign_in("chen").await, world.sign_in("lin").await);
    let session = opened(&chen, "s1").await;
    let board = session["board"].as_str().unwrap();
    let code = code_of(&chen, "s1").await;
    let (wang, id) = guest(&world, &code, "王老师").await;
    let (waits, _) = guest(&world, &code, "等着的").await;
    assert_eq!(of_guest(&chen, Method::PUT, "s1", &id).await, 200);
    for number in 0..10 {
        assert_eq!(ask(&wang, &format!("w{number}"), false).await["state"], "asked");
    }
    let eleventh = json!({"id": "w10", "text": "还有？"});
    let eleventh = wang.send(Method::POST, "/api/tutoring/s1/questions", eleventh).await;
    assert_eq!(problem(eleventh).await.1, "too-many-questions");
    assert_eq!(ask(&lin, "q1", false).await["state"], "asked");
    // One that is withdrawn makes room.
    assert_eq!(decide(&wang, "w0", json!({"do": "withdraw"})).await, 200);
    assert_eq!(ask(&wang, "w11", false).await["state"], "asked");
    // Another code clears the door, and nobody who is in.
    code_of(&chen, "s1").await;
    assert_eq!(
        (waits.get("/api/tutoring/guest").await.status(), wang.get("/api/tutoring/s1").await.status().as_u16()),
        (reqwest::StatusCode::NOT_FOUND, 200)
    );
    // A token, good or not, makes nobody a guest: other sites could not be told apart then.
    let url = format!("/sync/{board}?token=x");
    let shown = wang.request(Method::GET, &url).header("origin", "https://elsewhere.example");
    let upgrade = shown
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    let mut answer = upgrade.send().await.unwrap().upgrade().await.unwrap();
    let mut first = [0_u8; 4];
    tokio::io::AsyncReadExt::read_exact(&mut answer, &mut first).await.unwrap();
    assert_eq!((first[0], u16::from_be_bytes([first[2], first[3]])), (0x88, 4401), "closed at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_see_the_pictures_of_their_board_and_of_no_other_document() {
    let world = World::start().await;
    let chen = world.sign_in("chen").await;
    let session = opened(&chen, "s1").await;
    let sent = async |document: &str| {
        let stored: Value = upload(&chen, document, PIXEL).await.json().await.unwrap();
        stored["src"].as_str().unwrap().to_owned()
    };
    let here = sent(session["board"].as_str().unwrap()).await;
    let other = sent(&chen.lesson_plan("别的").await).await;
    let (wang, id) = guest(&world, &code_of(&chen, "s1").await, "王老师").await;
    assert_eq!(wang.get(&here).await.status(), 404, "in the lobby");
    assert_eq!(of_guest(&chen, Method::PUT, "s1", &id).await, 200);
    assert_eq!((wang.get(&here).await.status().as_u16(), wang.get(&other).await.status().as_u16()), (200, 404));
    assert_eq!(of_guest(&chen, Method::DELETE, "s1", &id).await, 200);
    assert_eq!(wang.get(&here).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn merging_tells_nothing_of_who_asked_and_withdrawing_buries_nobody() {
    let world = World::start().await;
    let (chen, lin, ma) = (world.sign_in("chen").await, world.sign_in("lin").await, world.sign_in("ma").await);
    opened(&chen, "s1").await;
    ask(&lin, "hidden", true).await;
    ask(&lin, "named", false).await;
    ask(&ma, "other", false).await;
    for merged in ["named", "other"] {
        assert_eq!(decide(&chen, merged, json!({"do": "merge", "into": "hidden"})).await, 200);
    }
    assert_eq!(question(&chen, "hidden").await["votes"], 3, "one for each, whoever asked");
    assert_eq!(decide(&lin, "hidden", json!({"do": "withdraw"})).await, 200);
    assert_eq!(question(&ma, "other").await["state"], "asked", "it waits for itself again");
    let waiting = chen.json("/api/tutoring/questions/waiting").await;
    assert_eq!(waiting["total"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn board_and_notes_stay_with_a_session_that_is_not_over() {
    let world = World::start().await;
    let chen = world.sign_in("chen").await;
    let session = opened(&chen, "s1").await;
    for part in ["board", "notes"] {
        let path = format!("/api/documents/{}", session[part].as_str().unwrap());
        let bin = chen.request(Method::DELETE, &path).send().await.unwrap();
        assert_eq!(problem(bin).await, (409, "part-of-session".to_owned()));
        let own = json!({"shelf": {"type": "person", "id": "chen"}});
        let moved = chen.send(Method::PUT, &format!("{path}/shelf"), own).await;
        assert_eq!(problem(moved).await.1, "part-of-session");
    }
    assert_eq!(go_on(&chen, "s1", "ended").await.status(), 200);
    let path = format!("/api/documents/{}", session["notes"].as_str().unwrap());
    assert_eq!(chen.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_host_is_gone_is_ended_by_who_helps_or_speaks_for_its_shelf() {
    let world = World::start().await;
    let (chen, zhao, wu) = (world.sign_in("chen").await, world.sign_in("zhao").await, world.sign_in("wu").await);
    let sun = world.sign_in("sun").await;
    opened(&chen, "s1").await;
    assert_eq!(chen.send(Method::POST, "/api/tutoring", plan("s2")).await.status(), 201);
    assert_eq!(go_on(&zhao, "s1", "ended").await.status(), 403, "the host is there");
    let known = world.app.store.directory().person(&"chen".parse().unwrap()).unwrap().clone();
    let rests = [Change::Put(Record::Person(Account { suspended: Some(clock::now()), ..known }))];
    world.app.store.change(NewChanges::new(By::Server, &rests, clock::now())).await.unwrap();
    assert_eq!(sun.get("/api/tutoring/s1").await.status(), 404, "who speaks for nothing of it");
    assert_eq!(wu.json("/api/tutoring/s1").await["runs"], true, "the studio is of wu's group");
    let code = zhao.send(Method::PUT, "/api/tutoring/s1/code", json!({"on": false})).await;
    assert_eq!((code.status(), go_on(&zhao, "s1", "ended").await.status().as_u16()), (reqwest::StatusCode::OK, 200));
    assert_eq!(go_on(&zhao, "s2", "cancelled").await.status(), 200);
}
