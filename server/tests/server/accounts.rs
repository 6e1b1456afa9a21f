//! Invitations, one's own account, closing it, and the first start.

use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use shared::api::Scope;

use crate::peer::Peer;
use crate::world::{Person, World, problem};

const PASSWORD: &str = "山高水长又是一春";

/// Posts without being signed in.
async fn post(world: &World, path: &str, body: Value) -> Response {
    reqwest::Client::new().post(world.url(path)).json(&body).send().await.unwrap()
}

async fn sign_in(world: &World, login: &str, password: &str) -> Response {
    post(world, "/api/session", json!({"login": login, "password": password})).await
}

/// The person whose session's cookie is in the answer.
async fn whoever(world: &World, answer: &Response) -> Person {
    let mut person = world.sign_in("shan").await;
    person.cookie = session_of(answer.headers()).split(';').next().unwrap().to_owned();
    person
}

fn session_of(headers: &HeaderMap) -> String {
    let cookies = headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
    cookies.into_iter().find(|cookie| cookie.starts_with("gongbei_session=")).expect("a session").to_owned()
}

async fn body(answer: Response) -> Value {
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.json().await.unwrap()
}

/// A start code that the operator makes.
async fn code_for(world: &World, person: &str) -> String {
    let admin = world.sign_in("admin").await;
    let made = body(admin.send(Method::POST, "/api/invitations", json!({"people": [person]})).await).await;
    made[0]["code"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_code_sets_a_password_once_and_a_new_one_ends_the_older() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let (older, code) = (code_for(&world, "zhou").await, code_for(&world, "zhou").await);
    let join = async |code: &str, password: &str| {
        post(&world, &format!("/api/join/{code}"), json!({"join": "start", "password": password})).await
    };
    assert_eq!(problem(join(&older, PASSWORD).await).await, (404, "no-such-code".to_owned()));
    let typed = code.to_lowercase().replace('-', "");
    let look = reqwest::get(world.url(&format!("/api/join/{typed}"))).await.unwrap();
    let invited = body(look).await;
    assert_eq!(
        (&invited["name"], &invited["login"], &invited["again"]),
        (&json!("周明远"), &json!("zhou"), &json!(true))
    );
    assert_eq!(problem(join(&code, "short").await).await, (422, "password-unfit".to_owned()));
    let document = zhou.document("开着").await;
    let mut page = Peer::page(&zhou, &document).await;
    let answer = join(&typed, PASSWORD).await;
    let back = whoever(&world, &answer).await;
    assert_eq!(body(answer).await["login"], "zhou");
    assert_eq!(back.json("/api/session").await["login"], "zhou");
    assert_eq!(page.until_closed().await, 4401, "what came in with the older password has ended");
    assert_eq!(problem(join(&code, PASSWORD).await).await, (404, "no-such-code".to_owned()), "used");
    assert_eq!(sign_in(&world, "zhou", "gongbei-demo").await.status(), 401);
    assert_eq!(sign_in(&world, "zhou", PASSWORD).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_looks_after_all_of_them_makes_start_codes() {
    let world = World::start().await;
    let invite = async |by: &str, people: Value| {
        let by = world.sign_in(by).await;
        by.send(Method::POST, "/api/invitations", json!({"people": people})).await
    };
    for (by, people) in [("zhou", json!(["lin"])), ("ma", json!(["lin", "zhou"])), ("admin", json!(["nobody"]))] {
        assert_eq!(problem(invite(by, people).await).await, (404, "no-such-person".to_owned()), "{by}");
    }
    assert_eq!(problem(invite("zhou", json!(["zhou"])).await).await.0, 404, "not for oneself");
    assert_eq!(problem(invite("admin", json!([])).await).await, (422, "invitation-limits".to_owned()));
    assert_eq!(invite("admin", json!(["lin", "zhou"])).await.status(), 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_codes_are_guessed_ten_times_in_a_quarter_of_an_hour() {
    let world = World::start().await;
    let code = code_for(&world, "lin").await;
    let look = async |code: &str| reqwest::get(world.url(&format!("/api/join/{code}"))).await.unwrap();
    for _ in 0..20 {
        assert_eq!(look(&code).await.status(), 200, "the right one is no guess");
    }
    for _ in 0..5 {
        assert_eq!(problem(look("2222-2222-2222").await).await, (404, "no-such-code".to_owned()));
    }
    let late = look("2222-2222-2222").await;
    assert!(late.headers().contains_key("retry-after"));
    assert_eq!(problem(late).await, (429, "too-many-attempts".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_invitation_gives_its_seat_as_often_as_it_says_and_no_more() {
    let world = World::start().await;
    let wu = world.sign_in("admin").await;
    let team = json!({"type": "team", "id": "maths-3"});
    let ends = server::clock::now().0 + 3_600_000;
    let open = |post: &str, uses: u32| json!({"body": team, "post": post, "uses": uses, "ends": ends});
    let ask = async |by: &Person, wish: Value| by.send(Method::POST, "/api/invitations/open", wish).await;
    assert_eq!(problem(ask(&wu, open("preparation-lead", 1)).await).await, (422, "post-decides".to_owned()));
    assert_eq!(problem(ask(&wu, open("member", 0)).await).await, (422, "invitation-limits".to_owned()));
    let tang = world.sign_in("tang").await;
    assert_eq!(problem(ask(&tang, open("member", 1)).await).await, (404, "not-your-place".to_owned()));
    let made = body(ask(&wu, open("member", 2)).await).await;
    let code = made["code"].as_str().unwrap().to_owned();
    let path = format!("/api/join/{code}");
    assert_eq!(body(reqwest::get(world.url(&path)).await.unwrap()).await["name"], made["invitation"]["name"]);
    let new = |login: &str| json!({"join": "new", "name": "新老师", "login": login, "password": PASSWORD});
    let taken = problem(post(&world, &path, new("zhou")).await).await;
    assert_eq!(taken, (422, "does-not-fit".to_owned()), "and it costs no use");
    let answer = post(&world, &path, new("xin")).await;
    assert_eq!(body(answer).await["teams"][0]["id"], "maths-3");
    assert_eq!(sign_in(&world, "xin", PASSWORD).await.status(), 200);
    let myself = body(tang.send(Method::POST, &path, json!({"join": "myself"})).await).await;
    assert!(myself["teams"].as_array().unwrap().iter().any(|team| team["id"] == "maths-3"));
    assert_eq!(problem(post(&world, &path, new("third")).await).await, (404, "no-such-code".to_owned()), "used up");
    let another = body(ask(&wu, open("member", 5)).await).await;
    let id = another["invitation"]["id"].as_str().unwrap();
    let end = async |by: &Person| by.send(Method::DELETE, &format!("/api/invitations/open/{id}"), json!({})).await;
    assert_eq!(problem(end(&world.sign_in("shan").await).await).await, (404, "no-such-invitation".to_owned()));
    assert_eq!(end(&wu).await.status(), 204);
    let ended = reqwest::get(world.url(&format!("/api/join/{}", another["code"].as_str().unwrap()))).await.unwrap();
    assert_eq!(problem(ended).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_keeps_this_browser_and_sends_every_other_away() {
    let world = World::start().await;
    let (zhou, elsewhere) = (world.sign_in("zhou").await, world.sign_in("zhou").await);
    let token = zhou.token().await;
    let document = zhou.document("口令").await;
    let mut page = Peer::page(&elsewhere, &document).await;
    let change = async |old: &str, new: &str| {
        zhou.send(Method::POST, "/api/account/password", json!({"old": old, "new": new})).await
    };
    assert_eq!(problem(change("wrong", PASSWORD).await).await, (403, "own-password-wrong".to_owned()));
    assert_eq!(problem(change("gongbei-demo", "short").await).await, (422, "password-unfit".to_owned()));
    let answer = change("gongbei-demo", PASSWORD).await;
    assert_eq!(answer.status(), 204);
    let mut here = zhou.clone();
    here.cookie = session_of(answer.headers()).split(';').next().unwrap().to_owned();
    assert_ne!(here.cookie, zhou.cookie, "a fresh id");
    assert_eq!(page.until_closed().await, 4401);
    assert_eq!(here.get("/api/documents").await.status(), 200);
    for old in [&zhou, &elsewhere] {
        assert_eq!(old.get("/api/documents").await.status(), 401);
    }
    let program = reqwest::Client::new().get(world.url("/api/documents")).bearer_auth(&token).send().await.unwrap();
    assert_eq!(program.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_are_listed_in_words_and_ended_one_by_one_or_all() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0";
    let asked = reqwest::Client::new().post(world.url("/api/session")).header("user-agent", agent);
    let answer = asked.json(&json!({"login": "zhou", "password": "gongbei-demo"})).send().await.unwrap();
    let edge = whoever(&world, &answer).await;
    let lines = zhou.json("/api/account/sessions").await;
    let lines = lines.as_array().unwrap();
    let line = lines.iter().find(|line| line["browser"] == "Edge 131").expect("the other device");
    assert_eq!((&line["system"], &line["network"]), (&json!("Windows"), &json!("127.0.0.1")));
    assert_eq!(lines.iter().filter(|line| line["this"] == true).count(), 1);
    let document = zhou.document("设备").await;
    let mut page = Peer::page(&edge, &document).await;
    let path = format!("/api/account/sessions/{}", line["id"].as_str().unwrap());
    let lin = world.sign_in("lin").await;
    assert_eq!(problem(lin.send(Method::DELETE, &path, json!({})).await).await, (404, "no-such-session".to_owned()));
    assert_eq!(zhou.send(Method::DELETE, &path, json!({})).await.status(), 204);
    assert_eq!(page.until_closed().await, 4401);
    assert_eq!(edge.get("/api/account").await.status(), 401);
    assert_eq!(zhou.send(Method::DELETE, "/api/account/sessions", json!({})).await.status(), 204);
    assert_eq!(zhou.get("/api/account").await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_say_their_own_telephone_and_sign_in_by_it() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let set = async |who: &Person, phone: &str| {
        let profile = json!({"phone": phone, "email": "", "teaches": "数学", "password": "gongbei-demo"});
        who.send(Method::PUT, "/api/account/profile", profile).await
    };
    let account = body(set(&zhou, "138 0000-1111").await).await;
    assert_eq!((&account["person"]["phone"], &account["person"]["teaches"]), (&json!("13800001111"), &json!("数学")));
    for typed in ["13800001111", "138 0000-1111", "１３８００００１１１１", "+86 138 0000 1111"] {
        assert_eq!(sign_in(&world, typed, "gongbei-demo").await.status(), 200, "{typed}");
    }
    assert_eq!(problem(set(&lin, "13800001111").await).await, (422, "does-not-fit".to_owned()), "one person's only");
    for typed in ["abc", "1381000", "12012345678", "87654321"] {
        assert_eq!(problem(set(&lin, typed).await).await, (422, "does-not-fit".to_owned()), "{typed}");
    }
    let admin = world.sign_in("admin").await;
    let audit = admin.json("/api/audit?act=person.changed").await;
    assert_eq!(audit["lines"][0]["actor"]["id"], "zhou");
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_a_browser_left_open_gives_nobody_another_way_in() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let set = async |profile: Value| zhou.send(Method::PUT, "/api/account/profile", profile).await;
    for way_in in [json!({"phone": "13800001111"}), json!({"email": "zhou@qinghe.example"})] {
        assert_eq!(problem(set(way_in.clone()).await).await, (403, "password-asked".to_owned()));
        let mut wrong = way_in;
        wrong["password"] = json!("a guess");
        assert_eq!(problem(set(wrong).await).await, (403, "own-password-wrong".to_owned()));
    }
    assert_eq!(set(json!({"teaches": "语文"})).await.status(), 200, "what is no way in needs none");
    let long = format!("{}@qinghe.example", "z".repeat(239));
    let account = body(set(json!({"email": long, "password": "gongbei-demo"})).await).await;
    assert_eq!(account["person"]["email"], long);
    assert_eq!(sign_in(&world, &long, "gongbei-demo").await.status(), 200, "as long as they are taken");
    assert_eq!(set(json!({"email": long, "teaches": "数学"})).await.status(), 200, "it is the same one");
    assert_eq!(problem(set(json!({"teaches": "数学"})).await).await, (403, "password-asked".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_telephone_it_is_is_asked_a_few_times_and_no_more() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let set = async |who: &Person, phone: &str| {
        let profile = json!({"phone": phone, "password": "gongbei-demo"});
        problem_or_none(who.send(Method::PUT, "/api/account/profile", profile).await).await
    };
    assert_eq!(set(&zhou, "13800001111").await, None);
    for _ in 0..3 {
        assert_eq!(set(&lin, "13800001111").await.as_deref(), Some("does-not-fit"));
    }
    assert_eq!(set(&lin, "13800001111").await.as_deref(), Some("too-many-names"));
    assert_eq!(set(&zhou, "13800002222").await, None, "that is lin's alone");
}

async fn problem_or_none(answer: Response) -> Option<String> {
    if answer.status().is_success() { None } else { Some(problem(answer).await.1) }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_tokens_in_by_its_scope_alone() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let token = async |scopes: &[Scope]| {
        let wish = json!({"name": "scoped", "scopes": scopes});
        body(zhou.send(Method::POST, "/api/tokens", wish).await).await["token"].as_str().unwrap().to_owned()
    };
    let nothing = zhou.send(Method::POST, "/api/tokens", json!({"name": "n", "scopes": []})).await;
    assert_eq!(problem(nothing).await, (422, "scopes-invalid".to_owned()));
    let all = token(&Scope::ALL).await;
    assert_eq!(server::http::NEEDS.len(), server::http::ROUTES.len());
    for ((method, path), need) in server::http::ROUTES.iter().zip(server::http::NEEDS) {
        // Its refusal comes with the websocket: see below.
        if *path == "/sync/{document}" {
            continue;
        }
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let url = world.url(&path.replace(['{', '}'], ""));
        let ask = async |token: &str| {
            let answer = reqwest::Client::new().request(method.clone(), &url).bearer_auth(token).send().await.unwrap();
            match answer.headers().get("content-type") {
                Some(kind) if kind == "application/problem+json" => problem(answer).await.1,
                Some(_) | None => answer.status().to_string(),
            }
        };
        let shut = ["only-in-person", "scope-missing"];
        match need {
            server::http::Need::Open => assert!(!shut.contains(&ask(&all).await.as_str()), "{method} {path}"),
            server::http::Need::Account | server::http::Need::InPerson => {
                assert_eq!(ask(&all).await, "only-in-person", "{method} {path}");
            }
            server::http::Need::Scope(scope) => {
                let others: Vec<Scope> = Scope::ALL.into_iter().filter(|other| other != scope).collect();
                assert_eq!(ask(&token(&others).await).await, "scope-missing", "{method} {path}");
                assert!(!shut.contains(&ask(&token(&[*scope]).await).await.as_str()), "{method} {path}");
            }
        }
    }
    let document = zhou.document("只读").await;
    let address = format!("ws://{}/sync/{document}?token={}", world.address, token(&[Scope::DocumentsRead]).await);
    let refused = tokio_tungstenite::connect_async(address).await;
    assert!(matches!(refused, Err(tokio_tungstenite::tungstenite::Error::Http(answer)) if answer.status() == 403));
    let usual = zhou.json("/api/tokens").await;
    let lines = usual.as_array().unwrap();
    assert!(lines.iter().any(|line| line["scopes"].as_array().unwrap().len() == 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_computer_keeps_nothing() {
    let world = World::start().await;
    let wish = json!({"login": "zhou", "password": "gongbei-demo", "shared_computer": true});
    let answer = post(&world, "/api/session", wish).await;
    let cookies: Vec<_> = answer.headers().get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect();
    assert!(cookies.len() == 1 && cookies[0].starts_with("gongbei_session=") && !cookies[0].contains("Max-Age"));
    let zhou = whoever(&world, &answer).await;
    assert_eq!(body(answer).await["shared_computer"], true);
    let document = zhou.document("公用").await;
    let until = zhou.json("/api/account/sessions").await;
    assert!(until.as_array().unwrap().iter().any(|line| line["this"] == true && line["shared_computer"] == true));
    assert_eq!(zhou.get(&format!("/api/documents/{document}")).await.status(), 200);
    let gone = zhou.send(Method::DELETE, "/api/session", json!({})).await;
    assert_eq!(gone.headers()["clear-site-data"], "\"cache\", \"storage\"");
    let own = world.sign_in("lin").await.send(Method::DELETE, "/api/session", json!({})).await;
    assert!(!own.headers().contains_key("clear-site-data"));
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_an_account_hands_over_its_shelf_and_nothing_is_lost() {
    let world = World::start().await;
    let (zhou, lin, admin) = (world.sign_in("zhou").await, world.sign_in("lin").await, world.sign_in("admin").await);
    let document = zhou.document("移交").await;
    zhou.share(&document, &[("tang", "view")]).await;
    let mut page = Peer::page(&zhou, &document).await;
    let preview = admin.json("/api/people/zhou/close").await;
    assert!(preview["documents"].as_u64().unwrap() > 0 && preview["seats"].as_u64().unwrap() > 0);
    let close = async |by: &Person, heir: Value, password: Option<&str>| {
        by.send(Method::POST, "/api/people/zhou/close", json!({"heir": heir, "password": password})).await
    };
    let to_lin = json!({"type": "person", "id": "lin"});
    assert_eq!(problem(close(&lin, to_lin.clone(), None).await).await, (404, "no-such-person".to_owned()));
    assert_eq!(problem(close(&zhou, to_lin.clone(), None).await).await, (403, "own-password-wrong".to_owned()));
    for heir in [json!({"type": "person", "id": "zhou"}), json!({"type": "group", "id": "qinghe"})] {
        assert_eq!(problem(close(&admin, heir, None).await).await, (422, "heir-unfit".to_owned()));
    }
    let closed = body(close(&admin, to_lin, None).await).await;
    assert_eq!(closed["documents"], preview["documents"]);
    assert_eq!(page.until_closed().await, 4401);
    assert_eq!(sign_in(&world, "zhou", "gongbei-demo").await.status(), 401);
    let card = lin.json(&format!("/api/documents/{document}")).await;
    assert_eq!((&card["owner"]["id"], &card["right"]), (&json!("zhou"), &json!("manage")), "the author stays");
    let tang = world.sign_in("tang").await;
    assert_eq!(tang.get(&format!("/api/documents/{document}")).await.status(), 200, "shares stay");
    let directory = world.app.store.directory();
    let now = server::clock::now();
    assert_eq!(directory.current_seats_of(&"zhou".parse().unwrap(), now).count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_take_everything_of_theirs_along() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    zhou.lesson_plan("带走").await;
    world.sign_in("lin").await.document("别人的").await;
    let kept = zhou.json("/api/account/kept").await;
    assert!(kept.as_array().unwrap().iter().all(|line| line["sentence"].as_str().unwrap().ends_with('。')));
    let answer = zhou.get("/api/account/export").await;
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let bytes = answer.bytes().await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    for name in ["account.json", "sessions.json", "tokens.json", "visits.json", "kept.json", "audit/001.json"] {
        assert!(names.iter().any(|known| known == name), "{name} of {names:?}");
    }
    for ending in ["带走.md", "带走.html", "带走.json"] {
        assert!(names.iter().any(|name| name.starts_with("documents/") && name.ends_with(ending)), "{ending}");
    }
    assert!(!names.iter().any(|name| name.contains("别人的")));
    let page = names.iter().find(|name| name.ends_with("带走.html")).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(page).unwrap(), &mut text).unwrap();
    assert!(text.contains("带走"));
}
