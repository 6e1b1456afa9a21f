//! Documents over HTTP.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{Person, World, problem};

async fn titles(person: &Person, query: &str) -> Vec<String> {
    let list = person.json(&format!("/api/documents?{query}")).await;
    let documents = list["documents"].as_array().unwrap();
    documents.iter().map(|document| document["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_group_can_be_worked_with_at_once() {
    let world = World::start().await;
    for login in ["zhou", "lin", "chen", "wu", "head", "admin"] {
        let person = world.sign_in(login).await;
        let me = person.json("/api/session").await;
        assert_eq!(me["login"], login);
        assert_eq!(me["group"], "清河教育集团");
        assert_eq!(me["operator"], login == "admin");
    }
    let zhou = world.sign_in("zhou").await;
    assert!(titles(&zhou, "").await.len() >= 8);
    assert!(!titles(&zhou, "which=recent").await.is_empty());
    let list = zhou.json("/api/documents").await;
    for document in list["documents"].as_array().unwrap() {
        let path = format!("/api/documents/{}/export?format=md", document["id"].as_str().unwrap());
        let markdown = zhou.get(&path).await.text().await.unwrap();
        assert!(markdown.chars().count() > 200, "{} has content", document["title"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered_and_paged_without_gaps() {
    let world = World::start().await;
    let sun = world.sign_in("sun").await;
    for n in 0..25 {
        let kind = if n % 5 == 0 { "agenda" } else { "page" };
        let body = json!({"kind": kind, "title": format!("编号 {n:02} 100%_")});
        assert_eq!(sun.send(Method::POST, "/api/documents", body).await.status(), StatusCode::CREATED);
    }
    assert_eq!(titles(&sun, "q=100%25_&kind=agenda").await.len(), 5);
    assert_eq!(titles(&sun, "q=%E7%BC%96%E5%8F%B7").await.len(), 25, "found by 编号");
    assert_eq!(titles(&sun, "q=nothing").await.len(), 0);
    let mut seen = Vec::new();
    let mut before = String::new();
    loop {
        let list = sun.json(&format!("/api/documents?which=mine&limit=7{before}")).await;
        seen.extend(list["documents"].as_array().unwrap().iter().map(|document| document["id"].clone()));
        match list["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    let all = sun.json("/api/documents?which=mine").await;
    let all: Vec<Value> = all["documents"].as_array().unwrap().iter().map(|document| document["id"].clone()).collect();
    assert_eq!(seen, all);
    assert_eq!(problem(sun.get("/api/documents?before=x").await).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_absent_and_forbidden_look_the_same() {
    let world = World::start().await;
    let (zhou, sun) = (world.sign_in("zhou").await, world.sign_in("sun").await);
    let document = zhou.document("别人看不见").await;
    let routes = [
        (Method::GET, "", json!(null)),
        (Method::PATCH, "", json!({"title": "x"})),
        (Method::DELETE, "", json!(null)),
        (Method::POST, "/restore", json!(null)),
        (Method::GET, "/shares", json!(null)),
        (Method::PUT, "/shares", json!({"shares": []})),
        (Method::POST, "/images", json!(null)),
        (Method::GET, "/images/abc", json!(null)),
        (Method::GET, "/export?format=md", json!(null)),
    ];
    for (method, rest, body) in routes {
        let mut answers = Vec::new();
        for id in [document.as_str(), "absent", "not%20an%20id"] {
            let path = format!("/api/documents/{id}{rest}");
            answers.push(problem(sun.send(method.clone(), &path, body.clone()).await).await);
        }
        assert!(answers.iter().all(|answer| *answer == (404, "not-found".to_owned())), "{method} {rest}: {answers:?}");
    }
    assert!(titles(&sun, "q=%E5%88%AB%E4%BA%BA").await.is_empty());
    let found = sun.json("/api/search?q=%E5%88%AB%E4%BA%BA").await;
    // By now others' documents may be found that have the word.
    let hits = found["hits"].as_array().unwrap();
    assert!(found["total"] == hits.len() && hits.iter().all(|hit| hit["id"] != document.as_str()), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_managers_rename_share_and_bin() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("谁说了算").await;
    zhou.share(&document, &[("lin", "edit")]).await;
    let path = format!("/api/documents/{document}");
    for (method, rest, body) in [
        (Method::PATCH, "", json!({"title": "x"})),
        (Method::DELETE, "", json!(null)),
        (Method::POST, "/restore", json!(null)),
        (Method::PUT, "/shares", json!({"shares": []})),
    ] {
        let answer = lin.send(method.clone(), &format!("{path}{rest}"), body).await;
        assert_eq!(problem(answer).await, (403, "only-managers".to_owned()), "{method} {rest}");
    }
    let renamed: Value = zhou.send(Method::PATCH, &path, json!({"title": " 我 说了算 "})).await.json().await.unwrap();
    assert_eq!(renamed["title"], "我 说了算");
    assert_eq!(lin.json(&path).await["right"], "edit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_goes_to_the_bin_and_back() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("扔掉再捡回").await;
    zhou.share(&document, &[("lin", "edit")]).await;
    let path = format!("/api/documents/{document}");
    assert_eq!(zhou.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    assert_eq!(titles(&zhou, "which=bin").await, ["扔掉再捡回"]);
    assert!(!titles(&zhou, "").await.contains(&"扔掉再捡回".to_owned()));
    assert_eq!(lin.get(&path).await.status(), 404);
    assert!(titles(&lin, "which=bin").await.is_empty());
    assert_eq!(zhou.send(Method::POST, &format!("{path}/restore"), json!({})).await.status(), 200);
    assert!(titles(&lin, "which=shared").await.contains(&"扔掉再捡回".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_starts_with_its_template_or_empty() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let cases = [
        ("lesson-plan", json!(null), true),
        ("unit-plan", json!(false), true),
        ("lesson-plan", json!(true), false),
        ("page", json!(false), false),
    ];
    for (kind, empty, filled) in cases {
        let mut body = json!({"kind": kind, "title": "认识周长"});
        if !empty.is_null() {
            body["empty"] = empty.clone();
        }
        let answer = zhou.send(Method::POST, "/api/documents", body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let made = answer.json::<Value>().await.unwrap();
        let path = format!("/api/documents/{}/export?format=md", made["id"].as_str().unwrap());
        let markdown = zhou.get(&path).await.text().await.unwrap();
        assert_eq!(markdown.contains("周明远（清河实验小学）"), filled, "{kind}, empty {empty}: {markdown}");
        assert_eq!(markdown.replace("# 认识周长", "").trim().is_empty(), !filled, "{kind}, empty {empty}: {markdown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_gets_a_sentence() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let cases = [
        (json!({"kind": "page", "title": "字".repeat(10_000)}), 422, "title-too-long"),
        (json!({"kind": "page", "title": " \n "}), 422, "title-empty"),
        (json!({"kind": "spreadsheet", "title": "x"}), 422, "bad-request"),
        (json!({"title": "x"}), 422, "bad-request"),
        (json!({"kind": "page", "title": "x", "team": "kindergarten-maths"}), 422, "not-your-shelf"),
        (json!({"kind": "page", "title": "x", "team": "no such team"}), 422, "bad-request"),
    ];
    for (body, status, slug) in cases {
        let (got, kind) = problem(zhou.send(Method::POST, "/api/documents", body.clone()).await).await;
        assert_eq!(kind, slug, "{body}");
        assert!(got == status || got == 400, "{body}: {got}");
    }
    let english =
        zhou.request(Method::GET, "/api/documents/none").header("accept-language", "en").send().await.unwrap();
    assert!(english.text().await.unwrap().contains("There is no such document"));
    let not_json = zhou.request(Method::POST, "/api/documents").header("content-type", "text/plain").body("{}");
    assert_eq!(problem(not_json.send().await.unwrap()).await, (415, "wrong-content-type".to_owned()));
    assert_eq!(problem(zhou.get("/api/nothing").await).await, (404, "no-such-address".to_owned()));
    assert_eq!(problem(zhou.send(Method::PUT, "/api/documents", json!({})).await).await.0, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn sharing_reaches_people_and_teams_of_the_group_only() {
    let world = World::start().await;
    let (zhou, sun) = (world.sign_in("zhou").await, world.sign_in("sun").await);
    let document = zhou.document("给谁看").await;
    let path = format!("/api/documents/{document}/shares");
    let stranger = json!({"shares": [{"with": {"type": "person", "id": "nobody"}, "right": "edit"}]});
    assert_eq!(problem(zhou.send(Method::PUT, &path, stranger).await).await, (422, "unknown-grantee".to_owned()));
    let team = json!({"shares": [{"with": {"type": "team", "id": "kindergarten-maths"}, "right": "comment"}]});
    assert_eq!(zhou.send(Method::PUT, &path, team).await.status(), 200);
    assert_eq!(sun.json(&format!("/api/documents/{document}")).await["right"], "comment");
    let shares = sun.json(&path).await;
    assert_eq!(shares["shares"][0]["name"], "幼儿园数学领域组");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sharing_forms_open_at_once_do_not_overwrite_one_another() {
    let world = World::start().await;
    let (here, there) = (world.sign_in("zhou").await, world.sign_in("zhou").await);
    let path = format!("/api/documents/{}/shares", here.document("两个窗口").await);
    let form = here.json(&path).await;
    let with = |person: &str| json!([{"with": {"type": "person", "id": person}, "right": "edit"}]);
    let stored: Value = there
        .send(Method::PUT, &path, json!({"shares": with("lin"), "version": form["version"]}))
        .await
        .json()
        .await
        .unwrap();
    let late = here.send(Method::PUT, &path, json!({"shares": with("chen"), "version": form["version"]})).await;
    assert_eq!(problem(late).await, (409, "shares-changed".to_owned()));
    assert_eq!(here.json(&path).await, stored, "the first one's list is as it was");
    let again = here.send(Method::PUT, &path, json!({"shares": with("chen"), "version": stored["version"]})).await;
    assert_eq!(again.status(), 200);
    let script = here.send(Method::PUT, &path, json!({"shares": with("lin")})).await;
    assert_eq!(script.status(), 200, "who knows the whole list needs no version");
}

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_are_found_by_name_pinyin_initials_and_login() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let cases = [
        ("林秀", "林秀兰"),
        ("linxiu", "林秀兰"),
        ("lxl", "林秀兰"),
        ("shan", "单志高"),
        ("dzg", "单志高"),
        ("lin", "林秀兰"),
    ];
    for (q, expected) in cases {
        let found = zhou.json(&format!("/api/people?q={q}")).await;
        let names: Vec<&str> =
            found["people"].as_array().unwrap().iter().filter_map(|person| person["name"].as_str()).collect();
        assert!(names.contains(&expected), "{q} finds {names:?}");
    }
    let found = zhou.json("/api/people?q=%E5%B9%BC%E5%84%BF%E5%9B%AD").await;
    assert_eq!(found["teams"][0]["name"], "幼儿园数学领域组");
    for q in ["%E5%8C%97%E5%85%B3", "beiguan", "bg"] {
        let found = zhou.json(&format!("/api/people?q={q}")).await;
        let schools = found["schools"].as_array().unwrap();
        assert!(schools.iter().any(|school| school["id"] == "beiguan"), "{q} finds {found}");
    }
    assert_eq!(zhou.json("/api/people?q=qinghe").await["groups"][0]["id"], "qinghe");
    let stranger = world.sign_in("peng").await.json("/api/people?q=qinghe").await;
    assert_eq!((&stranger["schools"], &stranger["groups"]), (&json!([]), &json!([])), "another group's are not told");
    assert_eq!(zhou.json("/api/people?q=%25").await["people"], json!([]), "a percent sign is a percent sign");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_must_fit_and_may_be_of_a_school_a_team_or_a_subject() {
    let world = World::start().await;
    let wu = world.sign_in("wu").await;
    let cases: [(&str, &[&str]); 10] = [
        ("柳溪 数学", &["林秀兰", "马国强", "钱立"]),
        ("liuxi  shuxue", &["林秀兰", "马国强", "钱立"]),
        ("林 柳溪小学", &["林秀兰"]),
        ("備課組 數學", &["林秀兰", "马国强", "钱立", "唐一鸣", "赵晓雯", "周明远"]),
        ("北关 英语", &["单志高"]),
        ("柳溪 语文", &[]),
        // Who is called so stands before who is in that studio.
        ("陳靜秋", &["陈静秋", "林秀兰", "刘文静", "单志高", "周明远"]),
        ("zhou mingy", &["周明远"]),
        ("shan", &["单志高"]),
        ("lx", &["林秀兰"]),
    ];
    for (words, expected) in cases {
        let answer = wu.request(Method::GET, "/api/organisation/people").query(&[("q", words)]).send().await.unwrap();
        let found: Value = answer.json().await.unwrap();
        let lines = found["people"].as_array().unwrap().iter();
        let names: Vec<&str> = lines.filter_map(|line| line["person"]["name"].as_str()).collect();
        assert_eq!(names, expected, "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_exported_as_it_is() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let body = json!({"kind": "lesson-plan", "title": "《认识钟表》"});
    let id = zhou.send(Method::POST, "/api/documents", body).await.json::<Value>().await.unwrap()["id"].clone();
    let path = format!("/api/documents/{}/export", id.as_str().unwrap());
    for (format, media_type) in [("md", "text/markdown"), ("html", "text/html"), ("json", "application/json")] {
        let answer = zhou.get(&format!("{path}?format={format}")).await;
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(media_type));
        assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
        let text = answer.text().await.unwrap();
        for part in ["教学目标", "学情分析", "教学重难点", "板书设计", "环节", "设计意图"] {
            assert!(text.contains(part), "{format} has {part}");
        }
    }
    assert_eq!(problem(zhou.get(&format!("{path}?format=exe")).await).await, (400, "unknown-format".to_owned()));
}
