//! Access tokens: what they may do, and how each of their ends reaches open sockets.

use std::io::Write;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::clock;
use server::secret::Secret;
use server::store::NewToken;
use shared::api::Scope;

use crate::peer::Peer;
use crate::world::{Person, World, problem};

/// A second is promised; a machine that runs all tests at once gets three.
const AT_ONCE: Duration = Duration::from_secs(3);

/// The token's `id` in the list.
fn id_of(token: &str) -> String {
    Secret::new(token.to_owned()).hash().0[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn lines(person: &Person) -> Vec<Value> {
    person.json("/api/tokens").await.as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_until_it_is_ended_and_others_work_on() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let (token, other) = (zhou.token().await, zhou.token().await);
    let document = zhou.document("令牌").await;
    let http = reqwest::Client::new();
    let with_token = || http.get(world.url("/api/documents")).bearer_auth(&token).send();
    assert_eq!(with_token().await.unwrap().status(), StatusCode::OK);
    let mut peer = Peer::stock(world.address, &document, &token).await;
    let mut page = Peer::page(&zhou, &document).await;
    let mut stays = Peer::stock(world.address, &document, &other).await;
    let id = id_of(&token);
    assert!(!token.starts_with(&id), "the list does not give the token away");
    let ended = Instant::now();
    assert_eq!(zhou.request(Method::DELETE, &format!("/api/tokens/{id}")).send().await.unwrap().status(), 204);
    assert_eq!(peer.until_closed().await, 4401);
    assert!(ended.elapsed() < AT_ONCE);
    assert_eq!(with_token().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    page.write("还在写").await;
    stays.until_text("还在写").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_makes_lists_and_ends_no_tokens() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let token = zhou.token().await;
    let id = lines(&zhou).await[0]["id"].as_str().unwrap().to_owned();
    let cases = [(Method::GET, "".to_owned()), (Method::POST, "".to_owned()), (Method::DELETE, format!("/{id}"))];
    for (method, rest) in cases {
        let url = world.url(&format!("/api/tokens{rest}"));
        let asked = reqwest::Client::new().request(method.clone(), url).bearer_auth(&token);
        let answer = asked.json(&json!({"name": "child"})).send().await.unwrap();
        assert_eq!(problem(answer).await, (403, "only-in-person".to_owned()), "{method}");
    }
    assert_eq!(lines(&zhou).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_when_a_token_was_made_was_used_and_expires() {
    const DAY: i64 = 24 * 3600 * 1000;
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let make = async |days: Value| zhou.send(Method::POST, "/api/tokens", json!({"name": "n", "days": days})).await;
    for wrong in [json!(0), json!(367)] {
        assert_eq!(problem(make(wrong).await).await, (422, "days-invalid".to_owned()));
    }
    for (days, expected) in [(json!(1), 1), (json!(366), 366), (json!(null), 90)] {
        let token = make(days).await.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
        let id = id_of(&token);
        let line = async || lines(&zhou).await.into_iter().find(|line| line["id"] == id.as_str()).unwrap();
        let made = line().await;
        assert_eq!(made["expires"].as_i64().unwrap() - made["created"].as_i64().unwrap(), expected * DAY);
        assert_eq!(made["used"], json!(null));
        reqwest::Client::new().get(world.url("/api/teams")).bearer_auth(&token).send().await.unwrap();
        assert!(line().await["used"].as_i64() >= made["created"].as_i64());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_closes_its_socket_and_opens_none() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("到期").await;
    let (token, person, now) = (Secret::random(), "zhou".parse().unwrap(), clock::now());
    let expires = clock::after(now, Duration::from_secs(2));
    let new = NewToken { hash: token.hash(), person: &person, name: "short", scopes: &Scope::USUAL, at: now, expires };
    world.app.store.add_token(new).await.unwrap();
    let mut peer = Peer::page_with_token(world.address, &document, token.reveal()).await;
    assert_eq!(peer.until_closed().await, 4401);
    let late = clock::now().0 - expires.0;
    assert!((0..3_000).contains(&late), "closed {late} ms after the end");
    assert_eq!(Peer::stock(world.address, &document, token.reveal()).await.until_closed().await, 4401);
    let asked = reqwest::Client::new().get(world.url("/api/documents")).bearer_auth(token.reveal());
    assert_eq!(problem(asked.send().await.unwrap()).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_an_account_closes_its_sockets_whoever_closes_it() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("离职").await;
    let mut program = Peer::page_with_token(world.address, &document, &zhou.token().await).await;
    let mut page = Peer::page(&zhou, &document).await;
    let own = lin.document("在职").await;
    let mut colleague = Peer::page(&lin, &own).await;
    let command = env!("CARGO_BIN_EXE_gongbei");
    let close = |login: &str| {
        std::process::Command::new(command).args(["user", "close", login, "--data"]).arg(world.data.path()).output()
    };
    assert!(!close("nobody").unwrap().status.success());
    assert!(close("zhou").unwrap().status.success());
    let closed = Instant::now();
    assert_eq!((program.until_closed().await, page.until_closed().await), (4401, 4401));
    assert!(closed.elapsed() < AT_ONCE);
    colleague.write("不受影响").await;
    colleague.until_saved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_a_new_password_sends_away_who_came_with_the_old_one_and_nobody_else() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("密码换了").await;
    let mut page = Peer::page(&zhou, &document).await;
    let own = lin.document("不相干").await;
    let mut colleague = Peer::page(&lin, &own).await;
    let set = |login: &str, password: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gongbei"));
        command.args(["user", "password", login, "--data"]).arg(world.data.path());
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
        child.wait().unwrap().success()
    };
    assert!(!set("nobody", "long enough"));
    assert!(!set("zhou", "short"), "as for a new account");
    assert!(set("zhou", "another password"));
    let changed = Instant::now();
    assert_eq!(page.until_closed().await, 4401);
    assert!(changed.elapsed() < AT_ONCE);
    assert_eq!(zhou.get("/api/documents").await.status(), 401);
    let sign_in = async |password: &str| {
        let body = json!({"login": "zhou", "password": password});
        reqwest::Client::new().post(world.url("/api/session")).json(&body).send().await.unwrap()
    };
    assert_eq!(sign_in("gongbei-demo").await.status(), 401);
    let answer = sign_in("another password").await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    // The server looks back over the last seconds again and again: who is here by the new one stays.
    let mut back = zhou.clone();
    back.cookie = cookie;
    let mut page = Peer::page(&back, &document).await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    page.write("新密码").await;
    page.until_saved().await;
    assert_eq!(page.closed, None);
    colleague.write("不受影响").await;
    colleague.until_saved().await;
}
