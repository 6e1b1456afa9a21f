//! Who × collection × route (S3), and that nothing of what one may not see stands in a list, a count or the feed.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::access::Right;

use crate::collections::{collection, lent, line, on};
use crate::matrix::{Need, PEOPLE, ROWS};
use crate::world::{Person, World};

type Rights = &'static [(&'static str, Right)];

async fn ask(person: &Person, method: &str, path: &str, id: &str) -> reqwest::Response {
    // A term that is long over, so that nothing comes of it.
    let address = path.replace("{collection}", id).replace("{term}", "1999-spring");
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let body = match path.rsplit('/').next() {
        Some("shelf") => json!({"shelf": {"type": "person", "id": "nobody"}}),
        Some("lines") => json!({"item": "nowhere"}),
        _ => json!({"title": "x", "lines": [], "seen": [], "revision": 999}),
    };
    if method == Method::GET { person.get(&address).await } else { person.send(method, &address, body).await }
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_each_person_gets_from_each_route_of_a_collection_what_their_right_gives() {
    use Right::{Comment, Edit, Manage, View};
    let world = World::start().await;
    let shelves: [(&str, Value, Rights); 4] = [
        ("zhou", on("person", "zhou"), &[("zhou", Manage)]),
        (
            "zhou",
            on("team", "maths-3"),
            &[("zhou", Manage), ("lin", Edit), ("ma", Edit), ("qian", Edit), ("yiming", Comment), ("head", View)],
        ),
        ("lin", on("school", "liuxi"), &[("lin", Manage), ("ma", Manage), ("qian", Comment)]),
        ("peng", on("school", "donghe"), &[("peng", Manage)]),
    ];
    let mut cells = 0;
    for (author, shelf, rights) in shelves {
        let id = collection(&world.sign_in(author).await, "架上的专题", shelf, json!([])).await;
        let rights: BTreeMap<&str, Right> = rights.iter().copied().collect();
        for login in PEOPLE {
            let person = world.sign_in(login).await;
            let right = rights.get(login).copied();
            for (method, path, need) in ROWS {
                let Need::OnCollection(needed) = need else { continue };
                let takes_out = *method == "delete" && path.ends_with("{collection}") || path.ends_with("/restore");
                if takes_out && right == Some(Manage) {
                    continue;
                }
                let answer = ask(&person, method, path, &id).await;
                let (status, what) =
                    (answer.status().as_u16(), format!("{login} ({right:?}): {method} {path}, {author}"));
                cells += 1;
                match right {
                    None => {
                        let absent = ask(&person, method, path, "nowhere").await;
                        assert_eq!((status, absent.status().as_u16()), (404, 404), "{what}");
                        assert_eq!(answer.text().await.unwrap(), absent.text().await.unwrap(), "{what}");
                    }
                    // Persons and teams have no menus, whoever asks.
                    Some(_) if path.contains("/menus/") => assert!([403, 422, 200].contains(&status), "{what}"),
                    Some(right) if right < *needed => assert_eq!(status, 403, "{what}"),
                    Some(_) => assert!([200, 404, 409, 422].contains(&status), "{what}: {status}"),
                }
            }
        }
    }
    assert!(cells > 400, "{cells}");
}

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }
}

/// An item and whoever may put it into the bin.
struct Thing {
    id: String,
    title: String,
    keeper: &'static str,
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_what_the_judge_forbids_is_listed_counted_or_told() {
    let world = World::start().await;
    let mut people = BTreeMap::new();
    for login in PEOPLE {
        people.insert(login, world.sign_in(login).await);
    }
    let shelves = [
        ("zhou", on("person", "zhou")),
        ("zhou", on("team", "maths-3")),
        ("lin", on("person", "lin")),
        ("lin", on("school", "liuxi")),
        ("head", on("school", "shiyan")),
        ("wu", on("group", "qinghe")),
        ("shen", on("school", "beiguan")),
        ("shen", on("group", "beiguan-lianmeng")),
        ("peng", on("school", "donghe")),
    ];
    let mut things = Vec::new();
    for (number, (keeper, shelf)) in shelves.iter().cycle().take(27).enumerate() {
        let title = format!("物件{number:02}号");
        things.push(Thing { id: lent(&people[keeper], &title, shelf.clone()).await, title, keeper });
    }
    let mut dice = Dice(5);
    // Each collection holds what its maker may see of everything, in some order.
    let mut collections = Vec::new();
    for (number, (author, shelf)) in shelves.iter().cycle().take(12).enumerate() {
        let mut lines = vec![json!({"type": "heading", "text": "一起"})];
        for _ in 0..8 {
            let thing = &things[dice.below(things.len())];
            if sees(&people[author], thing).await {
                lines.push(line(&thing.id, "说明"));
            }
        }
        let title = format!("专题{number:02}号");
        let id = collection(&people[author], &title, shelf.clone(), json!(lines)).await;
        collections.push((id, title, *author));
    }
    for (number, login) in PEOPLE.iter().enumerate() {
        for (id, ..) in &collections {
            let topic = json!({"type": "collection", "of": id});
            let answer = people[login].send(Method::POST, "/api/library/subscriptions", topic).await;
            assert!([200, 404].contains(&answer.status().as_u16()));
        }
        if number % 2 == 0 {
            let topic = json!({"type": "subject", "of": "数学"});
            assert_eq!(people[login].send(Method::POST, "/api/library/subscriptions", topic).await.status(), 200);
        }
    }
    for round in 0..4 {
        for (login, person) in &people {
            nothing_hidden_is_told(person, &things, &collections, &format!("round {round}: {login}")).await;
        }
        // What is taken out is gone for everybody, and comes back.
        for _ in 0..4 {
            let thing = &things[dice.below(things.len())];
            let path = format!("/api/items/{}", thing.id);
            if sees(&people[thing.keeper], thing).await {
                people[thing.keeper].request(Method::DELETE, &path).send().await.unwrap();
            }
            let (id, _, author) = &collections[dice.below(collections.len())];
            let of_collection = format!("/api/collections/{id}");
            match dice.below(2) {
                0 => people[author].request(Method::DELETE, &of_collection).send().await.unwrap(),
                _ => people[author].send(Method::POST, &format!("{of_collection}/restore"), json!({})).await,
            };
        }
    }
}

/// In the bin it is to be found by those who manage it, and in no list.
async fn sees(person: &Person, thing: &Thing) -> bool {
    let answer = person.get(&format!("/api/items/{}", thing.id)).await;
    answer.status() == StatusCode::OK && answer.json::<Value>().await.unwrap()["binned"].is_null()
}

async fn nothing_hidden_is_told(person: &Person, things: &[Thing], collections: &[(String, String, &str)], who: &str) {
    let mut hidden = BTreeSet::new();
    for thing in things {
        if !sees(person, thing).await {
            hidden.extend([format!("\"{}\"", thing.id), thing.title.clone()]);
        }
    }
    let mut open = BTreeSet::new();
    for (id, title, _) in collections {
        let answer = person.get(&format!("/api/collections/{id}")).await;
        match answer.status() {
            StatusCode::OK => {
                let view: Value = answer.json().await.unwrap();
                let lines = view["lines"].as_array().unwrap();
                let items = lines.iter().filter(|line| line["type"] == "item").count();
                assert_eq!(view["items"], items, "{who}: {title}");
                assert!(lines.len() > items || items == 0, "{who}: a heading over something is shown");
                told(&view, &hidden, &format!("{who}: {title}"));
                if view["binned"].is_null() {
                    open.insert(id.as_str());
                } else {
                    hidden.insert(title.clone());
                }
            }
            _ => hidden.extend([format!("\"{id}\""), title.clone()]),
        }
    }
    let list = person.json("/api/collections?limit=50").await;
    let listed: BTreeSet<&str> =
        list["collections"].as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap()).collect();
    assert_eq!(listed, open, "{who}");
    for path in ["/api/collections?limit=50", "/api/library/menus", "/api/library/subscriptions"] {
        told(&person.json(path).await, &hidden, &format!("{who}: {path}"));
    }
    for id in &open {
        told(&person.json(&format!("/api/collections/{id}/uses")).await, &hidden, who);
    }
    let (mut count, mut before) = (0, String::new());
    loop {
        let feed = person.json(&format!("/api/library/feed?limit=7{before}")).await;
        told(&feed, &hidden, &format!("{who}: feed"));
        count += feed["lines"].as_array().unwrap().len();
        match feed["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => {
                assert_eq!(feed["unread"], count, "{who}: what is counted as unread is what is told");
                return;
            }
        }
    }
}

fn told(answer: &Value, hidden: &BTreeSet<String>, what: &str) {
    let text = answer.to_string();
    for one in hidden {
        assert!(!text.contains(one), "{what} tells of {one}: {text}");
    }
}
