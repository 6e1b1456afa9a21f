//! Who × what × route (S3): every route has a row, every cell is tried, and what one may not see looks absent.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::access::Right;

use crate::peer::Peer;
use crate::world::{Person, World, problem};

/// What a route asks of who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Open,
    /// To be signed in; what is answered is the caller's own, or judged by itself in a test of its own.
    SignedIn,
    /// The same, and not by an access token.
    InPerson,
    /// This right on the document in the path.
    On(Right),
    /// … on the collection in the path: see `collection_rights`.
    OnCollection(Right),
    /// … on the item in the path: see `s3_each_person_gets_from_each_route_of_an_item_what_their_right_gives`.
    OnItem(Right),
}

use Need::{InPerson, On, OnCollection, OnItem, Open, SignedIn};

/// A route without a row fails the test below.
pub const ROWS: &[(&str, &str, Need)] = &[
    ("get", "/api/session", Open),
    ("post", "/api/session", Open),
    ("delete", "/api/session", SignedIn),
    ("get", "/api/oidc", Open),
    ("get", "/api/oidc/start", Open),
    ("get", "/api/oidc/back", Open),
    ("get", "/api/tokens", InPerson),
    ("post", "/api/tokens", InPerson),
    ("delete", "/api/tokens/{token}", InPerson),
    ("post", "/api/session/second", Open),
    ("get", "/api/account", InPerson),
    ("put", "/api/account/profile", InPerson),
    ("post", "/api/account/password", InPerson),
    ("get", "/api/account/kept", InPerson),
    ("get", "/api/account/export", InPerson),
    ("get", "/api/account/sessions", InPerson),
    ("delete", "/api/account/sessions", InPerson),
    ("delete", "/api/account/sessions/{session}", InPerson),
    ("delete", "/api/account/sign-on", InPerson),
    ("post", "/api/account/one-time", InPerson),
    ("post", "/api/account/one-time/confirm", InPerson),
    ("post", "/api/account/one-time/end", InPerson),
    ("get", "/api/people/{person}/close", InPerson),
    ("post", "/api/people/{person}/close", InPerson),
    ("post", "/api/people/{person}/one-time/end", InPerson),
    ("post", "/api/invitations", InPerson),
    ("get", "/api/invitations/open", InPerson),
    ("post", "/api/invitations/open", InPerson),
    ("delete", "/api/invitations/open/{invitation}", InPerson),
    // Who has the code is let in: see the tests of accounts.
    ("get", "/api/join/{code}", Open),
    ("post", "/api/join/{code}", Open),
    ("get", "/api/setup", Open),
    ("post", "/api/setup", Open),
    ("get", "/api/people", SignedIn),
    ("get", "/api/teams", SignedIn),
    ("get", "/api/documents", SignedIn),
    ("post", "/api/documents", SignedIn),
    ("get", "/api/documents/{document}", On(Right::View)),
    ("patch", "/api/documents/{document}", On(Right::Manage)),
    ("delete", "/api/documents/{document}", On(Right::Manage)),
    ("post", "/api/documents/{document}/restore", On(Right::Manage)),
    ("get", "/api/documents/{document}/shares", On(Right::View)),
    ("put", "/api/documents/{document}/shares", On(Right::Manage)),
    ("post", "/api/documents/{document}/images", On(Right::Edit)),
    ("get", "/api/documents/{document}/images/{blob}", On(Right::View)),
    ("get", "/api/documents/{document}/export", On(Right::View)),
    ("get", "/api/documents/{document}/replay", On(Right::Edit)),
    ("get", "/api/documents/{document}/who", On(Right::View)),
    ("put", "/api/documents/{document}/shelf", On(Right::Manage)),
    ("get", "/api/documents/{document}/items", On(Right::View)),
    ("options", "/api/uploads", Open),
    ("get", "/api/uploads", SignedIn),
    ("post", "/api/uploads", SignedIn),
    ("get", "/api/uploads/room", SignedIn),
    ("post", "/api/uploads/known", SignedIn),
    ("put", "/api/uploads/known/{upload}", SignedIn),
    ("get", "/api/uploads/{upload}", SignedIn),
    ("patch", "/api/uploads/{upload}", SignedIn),
    ("delete", "/api/uploads/{upload}", SignedIn),
    ("post", "/api/uploads/{upload}", SignedIn),
    ("get", "/api/uploads/{upload}/bytes", SignedIn),
    ("get", "/api/organisation", SignedIn),
    ("get", "/api/organisation/people", SignedIn),
    ("get", "/api/organisation/people/{person}", SignedIn),
    ("post", "/api/organisation/changes", SignedIn),
    ("post", "/api/organisation/changes/{change}/undo", SignedIn),
    ("post", "/api/organisation/roster", SignedIn),
    ("get", "/api/organisation/roster/template.xlsx", SignedIn),
    ("get", "/api/organisation/roster/{plan}", SignedIn),
    ("put", "/api/organisation/roster/{plan}", SignedIn),
    ("post", "/api/organisation/roster/{plan}", SignedIn),
    ("delete", "/api/organisation/roster/{plan}", SignedIn),
    ("get", "/api/audit", SignedIn),
    ("get", "/api/audit/export", SignedIn),
    ("get", "/api/find", SignedIn),
    ("get", "/api/search", SignedIn),
    ("get", "/api/library", SignedIn),
    ("get", "/api/library/taxonomy", SignedIn),
    ("get", "/api/library/quota", SignedIn),
    ("put", "/api/library/quota", InPerson),
    ("get", "/api/library/schools", SignedIn),
    ("get", "/api/library/exchange", SignedIn),
    ("get", "/api/library/waiting", SignedIn),
    ("put", "/api/library/waiting/read", SignedIn),
    ("put", "/api/library/volumes", SignedIn),
    ("get", "/api/library/volumes/{volume}", SignedIn),
    ("delete", "/api/library/volumes/{volume}", SignedIn),
    ("post", "/api/items", SignedIn),
    ("get", "/api/items/{item}", OnItem(Right::View)),
    ("put", "/api/items/{item}", OnItem(Right::Edit)),
    ("delete", "/api/items/{item}", OnItem(Right::Manage)),
    ("post", "/api/items/{item}/restore", OnItem(Right::Manage)),
    ("put", "/api/items/{item}/shelf", OnItem(Right::Manage)),
    ("post", "/api/items/{item}/versions", OnItem(Right::Edit)),
    ("get", "/api/items/{item}/versions/{version}/files/{place}", OnItem(Right::View)),
    ("get", "/api/items/{item}/versions/{version}/files/{place}/small", OnItem(Right::View)),
    ("get", "/api/items/{item}/versions/{version}/files/{place}/thumbnail", OnItem(Right::View)),
    ("get", "/api/items/{item}/versions/{version}/files/{place}/pages/{page}", OnItem(Right::View)),
    ("get", "/api/items/{item}/versions/{version}/files/{place}/text", OnItem(Right::View)),
    ("get", "/api/items/{item}/versions/{version}/content", OnItem(Right::View)),
    ("get", "/api/items/{item}/images/{blob}", OnItem(Right::View)),
    ("get", "/api/items/{item}/uses", OnItem(Right::View)),
    ("post", "/api/items/{item}/uses", OnItem(Right::View)),
    ("post", "/api/items/{item}/copy", OnItem(Right::View)),
    ("get", "/api/collections", SignedIn),
    ("post", "/api/collections", SignedIn),
    ("get", "/api/collections/{collection}", OnCollection(Right::View)),
    ("put", "/api/collections/{collection}", OnCollection(Right::Edit)),
    ("delete", "/api/collections/{collection}", OnCollection(Right::Manage)),
    ("post", "/api/collections/{collection}/restore", OnCollection(Right::Manage)),
    ("put", "/api/collections/{collection}/shelf", OnCollection(Right::Manage)),
    ("post", "/api/collections/{collection}/lines", OnCollection(Right::Edit)),
    ("get", "/api/collections/{collection}/uses", OnCollection(Right::View)),
    // Whoever manages the shelf, which is fewer.
    ("put", "/api/collections/{collection}/menus/{term}", OnCollection(Right::Manage)),
    ("delete", "/api/collections/{collection}/menus/{term}", OnCollection(Right::Manage)),
    ("get", "/api/library/menus", SignedIn),
    ("get", "/api/library/feed", SignedIn),
    ("put", "/api/library/feed/seen", SignedIn),
    ("get", "/api/library/subscriptions", SignedIn),
    ("post", "/api/library/subscriptions", SignedIn),
    ("post", "/api/library/subscriptions/end", SignedIn),
    ("get", "/api/items/{item}/remarks", OnItem(Right::View)),
    ("post", "/api/items/{item}/remarks", OnItem(Right::View)),
    ("get", "/api/items/{item}/remarks/{remark}", OnItem(Right::View)),
    // By whoever wrote it, which is not in the right: see the tests of talk.
    ("put", "/api/items/{item}/remarks/{remark}", OnItem(Right::View)),
    ("delete", "/api/items/{item}/remarks/{remark}", OnItem(Right::View)),
    ("put", "/api/items/{item}/remarks/{remark}/hidden", OnItem(Right::Manage)),
    ("delete", "/api/items/{item}/remarks/{remark}/hidden", OnItem(Right::Manage)),
    ("post", "/api/items/{item}/remarks/{remark}/close", OnItem(Right::View)),
    ("put", "/api/items/{item}/remarks/{remark}/correction", OnItem(Right::View)),
    ("get", "/api/items/{item}/ratings", OnItem(Right::View)),
    ("put", "/api/items/{item}/rating", OnItem(Right::View)),
    ("delete", "/api/items/{item}/rating", OnItem(Right::View)),
    ("get", "/api/items/{item}/loans", OnItem(Right::View)),
    ("post", "/api/items/{item}/loans", OnItem(Right::View)),
    // By who manages the item, or whoever asked: see the tests of loans.
    ("put", "/api/items/{item}/loans/{loan}", OnItem(Right::View)),
    ("get", "/api/items/{item}/loans/{loan}/ics", OnItem(Right::View)),
    ("get", "/api/library/loans", SignedIn),
    ("get", "/api/tutoring", SignedIn),
    ("post", "/api/tutoring", SignedIn),
    // By their part in the session, which is not in the right: see the tests of tutoring.
    ("get", "/api/tutoring/{session}", SignedIn),
    ("put", "/api/tutoring/{session}", SignedIn),
    ("put", "/api/tutoring/{session}/state", SignedIn),
    ("put", "/api/tutoring/{session}/invited", SignedIn),
    ("get", "/api/tutoring/{session}/ics", SignedIn),
    ("put", "/api/tutoring/{session}/signs/{sign}/{person}", SignedIn),
    ("delete", "/api/tutoring/{session}/signs/{sign}/{person}", SignedIn),
    ("put", "/api/tutoring/{session}/people/{person}", SignedIn),
    ("delete", "/api/tutoring/{session}/people/{person}", SignedIn),
    ("get", "/api/tutoring/{session}/attendance", SignedIn),
    ("put", "/api/tutoring/{session}/attendance/{stay}", SignedIn),
    ("get", "/api/tutoring/questions/waiting", SignedIn),
    ("get", "/api/tutoring/{session}/checks", SignedIn),
    ("post", "/api/tutoring/{session}/checks", SignedIn),
    ("get", "/api/tutoring/{session}/checks/{check}", SignedIn),
    ("put", "/api/tutoring/{session}/checks/{check}", SignedIn),
    ("put", "/api/tutoring/{session}/checks/{check}/answer", SignedIn),
    ("get", "/api/tutoring/{session}/clips", SignedIn),
    ("post", "/api/tutoring/{session}/clips", SignedIn),
    ("delete", "/api/tutoring/{session}/clips/{media}", SignedIn),
    ("get", "/api/tutoring/{session}/media/{media}", SignedIn),
    ("put", "/api/tutoring/{session}/media/{media}", SignedIn),
    // By whoever asked, or plans there: see the tests of wishes.
    ("get", "/api/tutoring/wishes", SignedIn),
    ("post", "/api/tutoring/wishes", SignedIn),
    ("put", "/api/tutoring/wishes/{wish}", SignedIn),
    ("get", "/api/tutoring/{session}/questions", SignedIn),
    ("post", "/api/tutoring/{session}/questions", SignedIn),
    ("put", "/api/tutoring/{session}/questions/{question}", SignedIn),
    ("put", "/api/tutoring/{session}/questions/{question}/vote", SignedIn),
    ("delete", "/api/tutoring/{session}/questions/{question}/vote", SignedIn),
    ("put", "/api/tutoring/{session}/code", SignedIn),
    ("put", "/api/tutoring/{session}/guests/{guest}", SignedIn),
    ("delete", "/api/tutoring/{session}/guests/{guest}", SignedIn),
    // By the code, and by the cookie that it gives: see the tests of guests.
    ("get", "/api/tutoring/join/{code}", Open),
    ("post", "/api/tutoring/join/{code}", Open),
    ("get", "/api/tutoring/guest", Open),
    ("delete", "/api/tutoring/guest", Open),
    ("get", "/api/openapi.json", Open),
    // Judged on the socket: see `socket_frames_and_lists_leak_nothing` and the tests of sync.
    ("get", "/sync/{document}", Open),
    ("get", "/healthz", Open),
    ("get", "/readyz", Open),
];

#[test]
fn s3_every_route_has_a_row_and_every_row_a_route() {
    let mut routes: Vec<_> = server::http::ROUTES.to_vec();
    let mut rows: Vec<_> = ROWS.iter().map(|(method, path, _)| (*method, *path)).collect();
    routes.sort();
    rows.sort();
    let lacking: Vec<_> = routes.iter().filter(|route| !rows.contains(route)).collect();
    assert!(lacking.is_empty(), "routes without a row in the matrix: {lacking:?}");
    assert_eq!(rows, routes);
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_who_is_not_signed_in_gets_nothing_and_a_token_does_nothing_in_person() {
    let world = World::start().await;
    let token = world.sign_in("zhou").await.token().await;
    for (method, path, need) in ROWS {
        let path = path.replace(['{', '}'], "");
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let ask = || reqwest::Client::new().request(method.clone(), world.url(&path)).json(&json!({}));
        match need {
            Open => continue,
            SignedIn | InPerson | On(_) | OnItem(_) | OnCollection(_) => {
                assert_eq!(problem(ask().send().await.unwrap()).await.0, 401, "{method} {path}");
            }
        }
        if *need == InPerson {
            let answer = ask().bearer_auth(&token).send().await.unwrap();
            assert_eq!(problem(answer).await, (403, "only-in-person".to_owned()), "{method} {path}");
        }
    }
}

/// People of the demo, and what each stands for here.
pub const PEOPLE: [&str; 12] = [
    "zhou",   // author
    "lin",    // in the team, of the village school
    "ma",     // head of the village school
    "wu",     // office of the group
    "head",   // heads group and lead school
    "tang",   // of another school of the group
    "shan",   // somebody it is shared with
    "qian",   // on two campuses
    "shen",   // head of a member school that leads another group
    "peng",   // of that other group
    "yiming", // guest in the team for a time
    "admin",  // operator: looks after the server, not into documents
];

struct Made {
    id: String,
    author: &'static str,
    rights: BTreeMap<&'static str, Right>,
}

/// A document on each kind of shelf, and who has which right on it in a cooperative group.
async fn documents(world: &World) -> Vec<Made> {
    use Right::{Comment, Edit, Manage, View};
    let make = async |author: &'static str, body: Value, rights: &[(&'static str, Right)]| {
        let made = world.sign_in(author).await.send(Method::POST, "/api/documents", body).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let id = made.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        Made { id, author, rights: rights.iter().copied().collect() }
    };
    let own = json!({"kind": "page", "title": "自己的"});
    let on = |kind: &str, id: &str| json!({"kind": "page", "title": "架上的", "shelf": {"type": kind, "id": id}});
    let shared = make("zhou", own.clone(), &[("zhou", Manage), ("shan", View), ("tang", Comment), ("lin", Edit)]).await;
    let shares = json!({"shares": [
        {"with": {"type": "person", "id": "shan"}, "right": "view"},
        {"with": {"type": "team", "id": "kindergarten-maths"}, "right": "comment"},
        {"with": {"type": "person", "id": "lin"}, "right": "edit"},
    ]});
    let path = format!("/api/documents/{}/shares", shared.id);
    assert_eq!(world.sign_in("zhou").await.send(Method::PUT, &path, shares).await.status(), StatusCode::OK);
    let everybody_reads = [
        ("wu", Manage),
        ("head", Manage),
        ("zhou", View),
        ("lin", View),
        ("ma", View),
        ("tang", View),
        ("shan", View),
        ("qian", View),
        ("shen", View),
        ("admin", View),
    ];
    vec![
        shared,
        make("zhou", own, &[("zhou", Manage)]).await,
        make(
            "zhou",
            on("team", "maths-3"),
            &[("zhou", Manage), ("lin", Edit), ("ma", Edit), ("qian", Edit), ("yiming", Comment), ("head", View)],
        )
        .await,
        make("lin", on("school", "liuxi"), &[("lin", Manage), ("ma", Manage), ("qian", Comment)]).await,
        make("wu", on("group", "qinghe"), &everybody_reads).await,
        make("peng", on("school", "donghe"), &[("peng", Manage)]).await,
    ]
}

async fn ask(person: &Person, method: &str, path: &str, document: &str, made: &Made) -> reqwest::Response {
    let address = path.replace("{document}", document).replace("{blob}", &"0".repeat(64));
    let title = json!({"title": "架上的"});
    let shelf = || json!({"shelf": {"type": "person", "id": made.author}});
    match (method, path) {
        ("patch", _) => person.send(Method::PATCH, &address, title).await,
        ("delete", _) => person.request(Method::DELETE, &address).send().await.unwrap(),
        ("put", "/api/documents/{document}/shares") => {
            // A list that is out of date: what is asked is whether one may, and nothing is to change.
            person.send(Method::PUT, &address, json!({"shares": [], "version": 999_999})).await
        }
        ("put", _) => person.send(Method::PUT, &address, shelf()).await,
        ("post", "/api/documents/{document}/images") => {
            person.request(Method::POST, &address).body("no image").send().await.unwrap()
        }
        ("post", _) => person.send(Method::POST, &address, json!({})).await,
        (_, "/api/documents/{document}/export") => person.get(&format!("{address}?format=md")).await,
        _ => person.get(&address).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_each_person_gets_from_each_route_what_their_right_gives() {
    let world = World::start().await;
    let documents = documents(&world).await;
    let mut cells = 0;
    for login in PEOPLE {
        let person = world.sign_in(login).await;
        for made in &documents {
            let right = made.rights.get(login).copied();
            for (method, path, need) in ROWS {
                let On(needed) = need else { continue };
                // Whoever manages would really do it: that is tried once, by the author, below.
                if *needed == Right::Manage && right == Some(Right::Manage) {
                    continue;
                }
                let answer = ask(&person, method, path, &made.id, made).await;
                let what = format!("{login} ({right:?}): {method} {path} of {}", made.author);
                cells += 1;
                match right {
                    None => {
                        let absent = ask(&person, method, path, "nowhere", made).await;
                        assert_eq!(
                            (answer.status(), absent.status()),
                            (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND),
                            "{what}"
                        );
                        let headers = |answer: &reqwest::Response| {
                            let mut names: Vec<_> = answer
                                .headers()
                                .iter()
                                .filter(|(name, _)| *name != "date")
                                .map(|(name, value)| (name.clone(), value.clone()))
                                .collect();
                            names.sort_by(|one, other| one.0.as_str().cmp(other.0.as_str()));
                            names
                        };
                        assert_eq!(headers(&answer), headers(&absent), "{what}");
                        assert_eq!(answer.text().await.unwrap(), absent.text().await.unwrap(), "{what}");
                    }
                    Some(right) if right < *needed => {
                        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{what}");
                    }
                    Some(_) => {
                        let status = answer.status();
                        let looked_at = [200, 404, 415, 422].contains(&status.as_u16());
                        assert!(looked_at, "{what}: {status}");
                        // No such picture in it is said only to who may know the document.
                        if status == StatusCode::NOT_FOUND {
                            assert_eq!(problem(answer).await.1, "no-such-image", "{what}");
                        }
                    }
                }
            }
        }
    }
    assert!(cells > 600, "{cells}");
    for made in &documents {
        let author = world.sign_in(made.author).await;
        for (method, path, need) in ROWS.iter().filter(|(_, _, need)| *need == On(Right::Manage)) {
            let status = ask(&author, method, path, &made.id, made).await.status().as_u16();
            let expected: &[u16] = match (*method, *path) {
                ("put", "/api/documents/{document}/shares") => &[409],
                // From a team's, school's or group's shelf to one's own is for those who manage there.
                ("put", _) => &[200, 403],
                ("delete", _) => &[204],
                _ => &[200],
            };
            assert!(expected.contains(&status), "{}: {method} {path}: {status}, {need:?}", made.author);
        }
    }
}

/// Items on each kind of shelf, and who has which right on them.
async fn items(world: &World) -> Vec<Made> {
    use Right::{Comment, Edit, Manage, View};
    type Rights = &'static [(&'static str, Right)];
    let shelves: [(&str, Value, Rights); 4] = [
        ("zhou", json!({"type": "person", "id": "zhou"}), &[("zhou", Manage)]),
        (
            "zhou",
            json!({"type": "team", "id": "maths-3"}),
            &[("zhou", Manage), ("lin", Edit), ("ma", Edit), ("qian", Edit), ("yiming", Comment), ("head", View)],
        ),
        ("lin", json!({"type": "school", "id": "liuxi"}), &[("lin", Manage), ("ma", Manage), ("qian", Comment)]),
        ("peng", json!({"type": "school", "id": "donghe"}), &[("peng", Manage)]),
    ];
    let mut made = Vec::new();
    for (author, shelf, rights) in shelves {
        let item = json!({"kind": "equipment", "title": "架上的", "licence": "group-use", "shelf": shelf,
            "substance": {"type": "nothing"}});
        let answer = world.sign_in(author).await.send(Method::POST, "/api/items", item).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        let said = json!({"id": remark_of(&id), "type": "remark", "text": "放在科学教室。"});
        let answer = world.sign_in(author).await.send(Method::POST, &format!("/api/items/{id}/remarks"), said).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        made.push(Made { id, author, rights: rights.iter().copied().collect() });
    }
    made
}

/// Something that was said of the item.
fn remark_of(item: &str) -> String {
    format!("of-{item}")
}

async fn ask_item(person: &Person, method: &str, path: &str, item: &str) -> reqwest::Response {
    let address = path.replace("{item}", item).replace("{blob}", &"0".repeat(64));
    let address = address.replace("{remark}", &remark_of(item));
    let address = address.replace("{version}", "1").replace("{place}", "1").replace("{page}", "1");
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let body = match path.rsplit('/').next() {
        Some("shelf") => json!({"shelf": {"type": "person", "id": "nobody"}}),
        Some("versions") => json!({"substance": {"type": "files", "of": []}}),
        Some("uses") => json!({"deed": "downloaded", "version": 1, "document": "nowhere"}),
        // On a shelf that is nobody's, so that nothing comes of it.
        Some("copy") => json!({"shelf": {"type": "person", "id": "nobody"}}),
        Some("hidden") => json!({"why": ""}),
        _ => json!({"kind": "equipment", "title": "x", "licence": "group-use", "revision": 999}),
    };
    if method == Method::GET { person.get(&address).await } else { person.send(method, &address, body).await }
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_each_person_gets_from_each_route_of_an_item_what_their_right_gives() {
    let world = World::start().await;
    let items = items(&world).await;
    let mut cells = 0;
    for login in PEOPLE {
        let person = world.sign_in(login).await;
        for made in &items {
            let right = made.rights.get(login).copied();
            for (method, path, need) in ROWS {
                let OnItem(needed) = need else { continue };
                let takes_out = matches!((*method, *path), ("delete", _) | (_, "/api/items/{item}/restore"));
                if takes_out && right == Some(Right::Manage) {
                    continue;
                }
                let answer = ask_item(&person, method, path, &made.id).await;
                let what = format!("{login} ({right:?}): {method} {path} of {}", made.author);
                let status = answer.status().as_u16();
                cells += 1;
                match right {
                    None => {
                        let absent = ask_item(&person, method, path, "nowhere").await;
                        assert_eq!((status, absent.status().as_u16()), (404, 404), "{what}");
                        assert_eq!(answer.text().await.unwrap(), absent.text().await.unwrap(), "{what}");
                    }
                    Some(right) if right < *needed => assert_eq!(status, 403, "{what}"),
                    // Nothing is in it, and what is asked for can't be done: but it was looked at.
                    Some(_) if status == 403 => {
                        let own = ["not-your-words", "own-work", "only-authors"];
                        let why = problem(answer).await.1;
                        assert!(own.contains(&why.as_str()), "{what}: {why}");
                    }
                    Some(_) => assert!([200, 204, 400, 404, 409, 422].contains(&status), "{what}: {status}"),
                }
            }
        }
    }
    assert!(cells > 500, "{cells}");
}

/// Document ids in lists, search hits and socket frames.
#[tokio::test(flavor = "multi_thread")]
async fn s3_lists_and_search_name_just_what_one_has_a_right_on() {
    let world = World::start().await;
    let documents = documents(&world).await;
    world.app.findable.index_changed().await.unwrap();
    for login in PEOPLE {
        let person = world.sign_in(login).await;
        for list in [
            "/api/documents",
            "/api/search?q=%E7%9A%84&limit=50",
            "/api/documents?which=shared",
            "/api/documents?which=mine",
        ] {
            let listed = person.json(list).await;
            let cards = listed["documents"].as_array().or_else(|| listed["hits"].as_array()).unwrap();
            let ids: Vec<_> = cards.iter().map(|card| card["id"].as_str().unwrap()).collect();
            for made in &documents {
                let right = made.rights.get(login).copied();
                let is_listed = ids.contains(&made.id.as_str());
                let belongs = match list {
                    "/api/documents?which=mine" => made.author == login,
                    "/api/documents?which=shared" => made.author != login,
                    _ => true,
                };
                assert_eq!(is_listed, right.is_some() && belongs, "{login}: {list}: {} {right:?}", made.author);
            }
        }
        for made in &documents {
            let mut page = Peer::page(&person, &made.id).await;
            match made.rights.get(login) {
                Some(right) => assert_eq!(
                    page.welcome.as_ref().map(|welcome| welcome.right),
                    Some(*right),
                    "{login} in the room of {}",
                    made.author
                ),
                None => {
                    let absent = Peer::page(&person, "nowhere").await.until_closed().await;
                    assert_eq!((page.until_closed().await, absent), (4403, 4403), "{login}: {}", made.author);
                }
            }
        }
    }
}
