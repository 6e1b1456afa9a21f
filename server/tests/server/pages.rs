//! Pages, headers, health.

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_headers_that_keep_it_in_its_place() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    for path in ["/", "/documents/abc", "/api/session", "/api/nothing", "/healthz", "/api/openapi.json"] {
        let answer = zhou.get(path).await;
        let headers = answer.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_that_it_is_alive_and_ready() {
    let world = World::start().await;
    assert_eq!(reqwest::get(world.url("/healthz")).await.unwrap().status(), 200);
    assert_eq!(reqwest::get(world.url("/readyz")).await.unwrap().text().await.unwrap(), "ready\n");
    let description: serde_json::Value =
        reqwest::get(world.url("/api/openapi.json")).await.unwrap().json().await.unwrap();
    assert_eq!(description["openapi"], "3.1.0");
}
