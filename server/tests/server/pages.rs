//! Pages, headers, health.

use reqwest::Method;

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

#[tokio::test(flavor = "multi_thread")]
async fn head_answers_as_get_would_but_for_the_body() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("只看头").await;
    let mut paths = ["/", "/documents/abc", "/no-such.js", "/healthz", "/readyz"].map(str::to_owned).to_vec();
    for path in ["session", "documents", "nothing", "openapi.json", "documents/absent"] {
        paths.push(format!("/api/{path}"));
    }
    paths.push(format!("/api/documents/{document}/export?format=md"));
    // Whatever the front end consists of.
    let index = zhou.get("/").await.text().await.unwrap();
    paths.extend(index.split('"').filter(|part| part.starts_with('/') && part.contains('.')).map(str::to_owned));
    for path in &paths {
        for encoding in ["identity", "gzip", "br, gzip"] {
            let ask = async |method: Method| {
                let answer = zhou.request(method, path).header("accept-encoding", encoding).send().await.unwrap();
                let mut headers = answer.headers().clone();
                headers.remove("date");
                (answer.status(), headers, answer.bytes().await.unwrap())
            };
            let (status, headers, body) = ask(Method::GET).await;
            let length = headers["content-length"].to_str().unwrap().to_owned();
            assert_eq!(length, body.len().to_string(), "GET {path} {encoding}");
            let head = ask(Method::HEAD).await;
            assert_eq!((head.0, head.1), (status, headers), "HEAD {path} {encoding}");
            assert!(head.2.is_empty());
        }
    }
}
