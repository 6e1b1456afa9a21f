//! Signing in and out, and what it means for open sockets.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::accounts::SessionLimits;
use server::app::Settings;
use shared::api::ASKS_AS;

use crate::peer::Peer;
use crate::world::{World, problem};

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_closes_its_socket() {
    let sessions = SessionLimits { idle: Duration::from_secs(2), absolute: Duration::from_secs(60) };
    let world = World::with(Settings { sessions, ..Settings::default() }).await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("会过期").await;
    let mut page = Peer::page(&zhou, &document).await;
    assert_eq!(page.until_closed().await, 4401);
    assert_eq!(zhou.get("/api/documents").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_keeps_a_session_alive() {
    let sessions = SessionLimits { idle: Duration::from_secs(2), absolute: Duration::from_secs(60) };
    let world = World::with(Settings { sessions, ..Settings::default() }).await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("一直写").await;
    let mut page = Peer::page(&zhou, &document).await;
    for _ in 0..20 {
        page.write("字").await;
        page.until_saved().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(page.closed, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_closes_the_sockets_of_this_session_alone() {
    let world = World::start().await;
    let (here, there) = (world.sign_in("zhou").await, world.sign_in("zhou").await);
    let document = here.document("两台电脑").await;
    let mut page_here = Peer::page(&here, &document).await;
    let mut page_there = Peer::page(&there, &document).await;
    assert_eq!(here.request(Method::DELETE, "/api/session").send().await.unwrap().status(), 204);
    assert_eq!(page_here.until_closed().await, 4401);
    assert_eq!(here.get("/api/documents").await.status(), StatusCode::UNAUTHORIZED);
    page_there.write("还在").await;
    page_there.until_saved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_who_is_signed_in_is_no_error_for_nobody() {
    let world = World::start().await;
    let nobody = || reqwest::Client::new().get(world.url("/api/session"));
    let ended = world.sign_in("zhou").await;
    ended.request(Method::DELETE, "/api/session").send().await.unwrap();
    assert_eq!(nobody().send().await.unwrap().json::<Value>().await.unwrap(), json!(null));
    assert_eq!(ended.json("/api/session").await, json!(null));
    assert_eq!(world.sign_in("lin").await.json("/api/session").await["login"], "lin");
    let wrong = nobody().bearer_auth("no such token").send().await.unwrap();
    assert_eq!(problem(wrong).await, (401, "not-signed-in".to_owned()), "a script must notice");
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_the_session_id_changes_at_sign_in_and_the_old_one_ends() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let body = json!({"login": "zhou", "password": "gongbei-demo"});
    let answer = zhou.send(Method::POST, "/api/session", body).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    assert!(!cookie.starts_with(&zhou.cookie));
    assert_eq!(zhou.get("/api/documents").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn j5_a_page_of_one_person_does_not_come_in_under_anothers_session() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("一台电脑两个人").await;
    zhou.share(&document, &[("lin", "edit")]).await;
    // Zhou's page woke up after Lin had signed in beside it: the browser sends Lin's cookie.
    let mut stale = Peer::page_of(&lin, &document, "zhou").await;
    assert_eq!(stale.until_closed().await, 4401);
    let page = Peer::page_of(&lin, &document, "lin").await;
    assert!(page.welcome.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn j5_a_page_of_one_person_asks_nothing_under_anothers_session() {
    let world = World::start().await;
    let lin = world.sign_in("lin").await;
    let document = lin.document("只是林老师的").await;
    let path = format!("/api/documents/{document}");
    let asked = [
        (Method::GET, path.clone()),
        (Method::PATCH, path.clone()),
        (Method::DELETE, path),
        (Method::POST, "/api/documents".to_owned()),
        (Method::DELETE, "/api/session".to_owned()),
    ];
    let body = json!({"title": "周老师的页面写的", "kind": "page"});
    for (method, path) in asked {
        let request = lin.request(method.clone(), &path).header(ASKS_AS, "zhou").json(&body);
        let answer = request.send().await.unwrap();
        assert_eq!(problem(answer).await, (401, "another-person".to_owned()), "{method} {path}");
    }
    let listed = lin.request(Method::GET, "/api/documents").header(ASKS_AS, "lin").send().await.unwrap();
    assert_eq!(listed.status(), StatusCode::OK, "her own page goes on");
    assert_eq!(lin.json(&format!("/api/documents/{document}")).await["title"], "只是林老师的");
}
