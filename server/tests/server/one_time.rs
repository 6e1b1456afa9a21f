//! One-time passwords: as a second step, demanded of those who look after others, and their end.

use std::time::Duration;

use reqwest::{Method, Response};
use ring::hmac;
use serde_json::{Value, json};
use server::accounts::OneTimeFor;
use server::app::Settings;

use crate::world::{Person, World, problem};

const STEP: i64 = 30_000;

/// What a telephone shows for this secret: `later` steps of thirty seconds from now.
fn shown(base32: &str, later: i64) -> String {
    let digit = |c: char| match c {
        'A'..='Z' => c as u64 - 'A' as u64,
        _ => c as u64 - '2' as u64 + 26,
    };
    let digits: Vec<u64> = base32.chars().map(digit).collect();
    let part = |part: &[u64]| part.iter().fold(0, |bits, digit| bits << 5 | digit).to_be_bytes()[3..].to_vec();
    let secret: Vec<u8> = digits.chunks(8).flat_map(part).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let step = (server::clock::now().0 / STEP + later) as u64;
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 0xf);
    let whole = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", whole % 1_000_000)
}

/// Not so near the end of a step that the next one begins while the test looks.
async fn away_from_the_edge() {
    let left = STEP - server::clock::now().0 % STEP;
    if left < 5_000 {
        tokio::time::sleep(Duration::from_millis(left as u64)).await;
    }
}

async fn set_up(person: &Person) -> (String, Vec<String>) {
    let begun = person.send(Method::POST, "/api/account/one-time", json!({"password": "gongbei-demo"})).await;
    let begun: Value = begun.json().await.unwrap();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    assert_eq!(secret.len(), 32);
    assert!(begun["uri"].as_str().unwrap().contains(&secret) && begun["qr_path"].as_str().unwrap().starts_with('M'));
    let code = shown(&secret, -1);
    let confirmed = person.send(Method::POST, "/api/account/one-time/confirm", json!({"code": code})).await;
    let confirmed: Value = confirmed.json().await.unwrap();
    let codes = confirmed["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned());
    (secret, codes.collect())
}

async fn ticket(world: &World) -> String {
    let wish = json!({"login": "zhou", "password": "gongbei-demo"});
    let answer = reqwest::Client::new().post(world.url("/api/session")).json(&wish).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    assert!(!answer.headers().contains_key("set-cookie"), "half way is not in");
    answer.json::<Value>().await.unwrap()["ticket"].as_str().unwrap().to_owned()
}

async fn second(world: &World, ticket: &str, code: &str) -> Response {
    let step = json!({"ticket": ticket, "code": code});
    reqwest::Client::new().post(world.url("/api/session/second")).json(&step).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_a_one_time_password_is_asked_for_and_good_once() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let wrong = zhou.send(Method::POST, "/api/account/one-time", json!({"password": "wrong"})).await;
    assert_eq!(problem(wrong).await, (403, "own-password-wrong".to_owned()));
    away_from_the_edge().await;
    let (secret, recovery) = set_up(&zhou).await;
    assert_eq!(recovery.len(), 10);
    let again = zhou.send(Method::POST, "/api/account/one-time", json!({"password": "gongbei-demo"})).await;
    assert_eq!(problem(again).await, (409, "one-time-in-use".to_owned()), "a session alone puts no other in its place");

    let first = ticket(&world).await;
    let used = problem(second(&world, &first, &shown(&secret, -1)).await).await;
    assert_eq!(used, (403, "wrong-one-time".to_owned()), "the one that confirmed it is used");
    let code = shown(&secret, 0);
    let answer = second(&world, &first, &code).await;
    assert_eq!((answer.status().as_u16(), answer.headers().contains_key("set-cookie")), (200, true));
    assert_eq!(problem(second(&world, &first, &code).await).await, (401, "second-step-ended".to_owned()));
    let another = ticket(&world).await;
    assert_eq!(problem(second(&world, &another, &code).await).await.1, "wrong-one-time", "replayed");
    assert_eq!(second(&world, &another, &recovery[0].to_lowercase()).await.status(), 200);
    let last = ticket(&world).await;
    assert_eq!(problem(second(&world, &last, &recovery[0]).await).await.1, "wrong-one-time", "each is good once");
    assert_eq!(zhou.json("/api/account").await["recovery_codes"], 9);

    let end = async |password: &str, code: &str| {
        let wish = json!({"password": password, "code": code});
        zhou.send(Method::POST, "/api/account/one-time/end", wish).await
    };
    assert_eq!(problem(end("wrong", &recovery[1]).await).await.1, "own-password-wrong");
    assert_eq!(problem(end("gongbei-demo", "000000").await).await.1, "wrong-one-time");
    assert_eq!(end("gongbei-demo", &recovery[1]).await.status(), 204);
    world.sign_in("zhou").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_code_sets_a_password_and_is_no_way_around_the_second_step() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    away_from_the_edge().await;
    let (_, recovery) = set_up(&zhou).await;
    let admin = world.sign_in("admin").await;
    let made: Value =
        admin.send(Method::POST, "/api/invitations", json!({"people": ["zhou"]})).await.json().await.unwrap();
    let path = format!("/api/join/{}", made[0]["code"].as_str().unwrap());
    let start = json!({"join": "start", "password": "gongbei-demo"});
    let answer = reqwest::Client::new().post(world.url(&path)).json(&start).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().contains_key("set-cookie")), (202, false));
    let ticket = answer.json::<Value>().await.unwrap()["ticket"].as_str().unwrap().to_owned();
    assert_eq!(second(&world, &ticket, &recovery[0]).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_they_are_demanded_who_looks_after_others_does_nothing_without_them() {
    let world = World::with(Settings { one_time_for: OneTimeFor::Administrators, ..Settings::default() }).await;
    let (ma, zhao) = (world.sign_in("ma").await, world.sign_in("zhao").await);
    assert_eq!(zhao.get("/api/documents").await.status(), 200, "of a teacher none is demanded");
    assert_eq!(ma.json("/api/session").await["must_set_up_one_time"], true);
    for path in ["/api/documents", "/api/organisation", "/api/tokens", "/api/account/export"] {
        assert_eq!(problem(ma.get(path).await).await, (403, "one-time-needed".to_owned()), "{path}");
    }
    let document = zhao.document("看不到").await;
    let mut socket = tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(format!(
        "ws://{}/sync/{document}",
        world.address
    ))
    .unwrap();
    socket.headers_mut().insert("cookie", ma.cookie.parse().unwrap());
    socket.headers_mut().insert("origin", ma.origin().parse().unwrap());
    let refused = tokio_tungstenite::connect_async(socket).await;
    assert!(matches!(refused, Err(tokio_tungstenite::tungstenite::Error::Http(answer)) if answer.status() == 403));
    away_from_the_edge().await;
    set_up(&ma).await;
    assert_eq!(ma.get("/api/documents").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_helps_whoever_has_lost_their_telephone() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    away_from_the_edge().await;
    set_up(&zhou).await;
    let end = async |by: &str| {
        let by = world.sign_in(by).await;
        by.send(Method::POST, "/api/people/zhou/one-time/end", json!({})).await
    };
    assert_eq!(problem(end("head").await).await, (404, "no-such-person".to_owned()));
    assert_eq!(end("admin").await.status(), 204);
    world.sign_in("zhou").await;
}
