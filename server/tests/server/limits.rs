//! Too much at once is refused with a time to come back, and holds up nobody else.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::world::{World, problem};

#[tokio::test(flavor = "multi_thread")]
async fn strangers_who_ask_on_and_on_are_held_up_and_who_is_signed_in_is_not() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let http = reqwest::Client::new();
    let mut asked = 0;
    let refused = loop {
        let answer = http.get(world.url("/api/documents")).send().await.unwrap();
        if answer.status() != StatusCode::UNAUTHORIZED {
            break answer;
        }
        asked += 1;
        assert!(asked < 5_000, "nobody is held up");
    };
    // A whole school behind one address signs in at the same time.
    assert!(asked >= 1_000, "held up after {asked}");
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(problem(refused).await, (429, "too-many-requests".to_owned()));

    for _ in 0..50 {
        assert_eq!(zhou.get("/api/documents").await.status(), StatusCode::OK);
    }
    // A token that is none counts as none. Meanwhile there is room for some again.
    let mut guesses = 0;
    loop {
        let guess = http.get(world.url("/api/documents")).header("authorization", format!("Bearer {guesses:064x}"));
        if problem(guess.send().await.unwrap()).await.0 == 429 {
            break;
        }
        guesses += 1;
        assert!(guesses < 1_000, "guesses are not counted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_gets_so_many_exports_at_once_and_others_theirs() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("导出").await;
    let path = format!("/api/documents/{document}/export?format=md");
    let mut served = 0;
    let refused = loop {
        let answer = zhou.get(&path).await;
        if answer.status() != StatusCode::OK {
            break answer;
        }
        served += 1;
        assert!(served < 1_000, "nobody is held up");
    };
    assert!(served >= 40, "held up after {served}");
    assert_eq!(refused.headers()["retry-after"], "1");
    let english = zhou.request(Method::GET, &path).header("accept-language", "en").send().await.unwrap();
    assert!(english.status() == 429 && english.text().await.unwrap().contains("try again in a moment"));
    assert_eq!(problem(refused).await, (429, "too-many-requests".to_owned()));
    assert_eq!(zhou.get("/api/documents").await.status(), StatusCode::OK, "what is cheap goes on");
    let own = lin.document("别人的").await;
    assert_eq!(lin.get(&format!("/api/documents/{own}/export?format=md")).await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_collections_faster_than_people_do() {
    let world = World::start().await;
    let lin = world.sign_in("lin").await;
    let make = async |number: u32| {
        let body = json!({"title": format!("专题 {number}"), "shelf": {"type": "person", "id": "lin"}, "lines": []});
        lin.send(Method::POST, "/api/collections", body).await
    };
    for number in 0..60 {
        assert_eq!(make(number).await.status(), StatusCode::CREATED, "{number}");
    }
    let mut refused = 0;
    for number in 60..70 {
        // A slow machine takes long enough for one or two more.
        refused += u32::from(make(number).await.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused >= 5, "{refused}");
}
