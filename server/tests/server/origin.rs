//! Requests from other sites.

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::world::{World, problem};

#[tokio::test(flavor = "multi_thread")]
async fn s6_every_route_that_changes_something_refuses_another_site() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("受保护").await;
    for (method, path) in server::http::ROUTES.iter().filter(|(method, _)| *method != "get") {
        let path = path.replace("{document}", &document).replace("{token}", "0");
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        for origin in ["http://evil.test", "null", "http://127.0.0.1:1"] {
            let request = reqwest::Client::new().request(method.clone(), world.url(&path));
            let body = json!({"login": "zhou", "password": "gongbei-demo"});
            let answer = request.header("cookie", &zhou.cookie).header("origin", origin).json(&body).send().await;
            assert_eq!(problem(answer.unwrap()).await, (403, "cross-site".to_owned()), "{method} {path} from {origin}");
        }
    }
    assert_eq!(zhou.get("/api/session").await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_a_socket_with_a_cookie_opens_from_our_own_origin_only() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("套接字").await;
    let ours = zhou.origin();
    let cases = [
        (Some(ours.as_str()), true),
        (Some("http://evil.test"), false),
        (Some("null"), false),
        (Some("http://127.0.0.1"), false),
        (None, false),
    ];
    for (origin, opens) in cases {
        let mut request = format!("ws://{}/sync/{document}", world.address).into_client_request().unwrap();
        request.headers_mut().insert("cookie", zhou.cookie.parse().unwrap());
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok(_) => assert!(opens, "opened from {origin:?}"),
            Err(Error::Http(answer)) => {
                assert!(!opens, "refused from {origin:?}");
                assert_eq!(answer.status(), 403);
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_session_alone_changes_nothing_whatever_else_the_request_shows() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let bearer = format!("Bearer {}", zhou.token().await);
    let ours = zhou.origin();
    let cases = [
        (Some("http://evil.test"), Some("Basic eDp5"), 403),
        (None, Some("Basic eDp5"), 403),
        (None, None, 403),
        (Some("null"), None, 403),
        (Some(ours.as_str()), None, 201),
        (Some(ours.as_str()), Some("Basic eDp5"), 201),
        (None, Some(bearer.as_str()), 201),
    ];
    for (origin, authorization, expected) in cases {
        let mut request = reqwest::Client::new().post(world.url("/api/documents")).header("cookie", &zhou.cookie);
        for (name, value) in [("origin", origin), ("authorization", authorization)] {
            request = value.into_iter().fold(request, |request, value| request.header(name, value));
        }
        let answer = request.json(&json!({"kind": "page", "title": "来源"})).send().await.unwrap();
        assert_eq!(answer.status(), expected, "{origin:?} {authorization:?}");
    }
}
