//! Two who change the same record at the same moment: neither takes back what the other has done.

use futures_util::future::join;
use reqwest::Method;
use server::accounts::{CloseError, Will, close};
use server::clock;
use server::secret::Secret;
use server::store::{By, NewChanges};
use shared::api::SetProfile;
use shared::organisation::{Change, Person, Record, Shelf};

use crate::world::World;

fn person(world: &World, id: &str) -> Person {
    world.app.store.directory().person(&id.parse().unwrap()).unwrap().clone()
}

/// Puts the record in its place; what is joined with it begins when this is under way and not done.
async fn put(world: &World, person: Person) {
    let changes = [Change::Put(Record::Person(person))];
    world.app.store.change(NewChanges::new(By::Server, &changes, clock::now())).await.unwrap();
}

fn teaches(teaches: &str) -> SetProfile {
    SetProfile { phone: None, email: None, teaches: teaches.to_owned(), password: None }
}

#[tokio::test]
async fn what_people_say_of_themselves_takes_no_suspension_and_no_name_back() {
    let world = World::start().await;
    let accounts = &world.app.accounts;
    let lin = person(&world, "lin");
    let renamed = Person { name: "林小满".to_owned(), ..lin.clone() };
    let (_, said) = join(put(&world, renamed.clone()), accounts.set_profile(&lin.id, teaches("语文"))).await;
    said.unwrap();
    assert_eq!(person(&world, "lin"), Person { teaches: "语文".to_owned(), ..renamed.clone() });
    let suspended = Person { suspended: Some(clock::now()), ..renamed };
    let (_, said) = join(put(&world, suspended.clone()), accounts.set_profile(&lin.id, teaches("数学"))).await;
    assert!(said.is_err(), "whoever is suspended says nothing any more");
    assert_eq!(person(&world, "lin"), suspended);
}

#[tokio::test]
async fn closing_an_account_takes_nothing_else_back() {
    let world = World::start().await;
    let cookie = world.sign_in("admin").await.cookie;
    let session = Secret::new(cookie.split_once('=').unwrap().1.to_owned());
    let admin = world.app.accounts.caller_by_session(&session).await.unwrap().unwrap();
    let renamed = Person { name: "林小满".to_owned(), ..person(&world, "lin") };
    let will = Will { heir: Shelf::Person("zhou".parse().unwrap()), password: None };
    let closing = world.app.accounts.close_and_hand_over(&admin, &renamed.id, will);
    join(put(&world, renamed.clone()), closing).await.1.unwrap();
    let closed = person(&world, "lin");
    assert!(closed.closed.is_some());
    assert_eq!(Person { closed: None, ..closed }, renamed);

    let renamed = Person { name: "沈老师".to_owned(), ..person(&world, "shen") };
    join(put(&world, renamed.clone()), close(&*world.app.store, "shen")).await.1.unwrap();
    assert_eq!(Person { closed: None, ..person(&world, "shen") }, renamed, "from the command line, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_somebody_else_has_overtaken_is_refused_and_overwrites_nothing() {
    let world = World::start().await;
    let wu = world.sign_in("wu").await;
    let read = person(&world, "lin");
    put(&world, Person { teaches: "语文 三年级".to_owned(), ..read.clone() }).await;
    let stored = person(&world, "lin");
    let wish = |read: Option<&Person>, name: &str, base: &Person| {
        let read: Vec<Record> = read.cloned().map(Record::Person).into_iter().collect();
        let record = Record::Person(Person { name: name.to_owned(), ..base.clone() });
        serde_json::json!({ "records": [record], "read": read })
    };
    let path = "/api/organisation/changes";
    let late = wu.send(Method::POST, path, wish(Some(&read), "林小满", &read)).await;
    assert_eq!(late.status(), 409);
    let problem: serde_json::Value = late.json().await.unwrap();
    assert_eq!(problem["type"], "/problems/stale-form");
    assert_eq!(person(&world, "lin"), stored, "what the other has stored stands");
    // Whoever may not change it learns nothing of it.
    let stranger = world.sign_in("peng").await.send(Method::POST, path, wish(Some(&read), "x", &read)).await;
    let same = world.sign_in("peng").await.send(Method::POST, path, wish(Some(&stored), "x", &stored)).await;
    assert_eq!((stranger.status(), same.status()), (403.try_into().unwrap(), 403.try_into().unwrap()));
    let fresh = wu.send(Method::POST, path, wish(Some(&stored), "林小满", &stored)).await;
    assert_eq!(fresh.status(), 200);
    assert_eq!(person(&world, "lin"), Person { name: "林小满".to_owned(), ..stored.clone() });
    let script = wu.send(Method::POST, path, wish(None, "林秀兰", &read)).await;
    assert_eq!(script.status(), 200, "who knows the whole record need not say what it was");
}

#[tokio::test]
async fn the_last_operator_stays() {
    let world = World::start().await;
    let cookie = world.sign_in("admin").await.cookie;
    let session = Secret::new(cookie.split_once('=').unwrap().1.to_owned());
    let admin = world.app.accounts.caller_by_session(&session).await.unwrap().unwrap();
    let close = async || {
        let password = Some(Secret::new("gongbei-demo".to_owned()));
        let will = Will { heir: Shelf::Person("wu".parse().unwrap()), password };
        world.app.accounts.close_and_hand_over(&admin, &admin.person, will).await
    };
    assert!(matches!(close().await, Err(CloseError::LastOperator)));
    assert!(person(&world, "admin").is_active());
    // Somebody suspended runs no server.
    let second = Person { operator: true, suspended: Some(clock::now()), ..person(&world, "zhou") };
    put(&world, second.clone()).await;
    assert!(matches!(close().await, Err(CloseError::LastOperator)));
    put(&world, Person { suspended: None, ..second }).await;
    close().await.unwrap();
    assert!(person(&world, "admin").closed.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_with_a_guest_says_until_when_they_are_one() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.lesson_plan("客座").await;
    zhou.share(&document, &[("yiming", "comment"), ("lin", "view")]).await;
    let shares = zhou.json(&format!("/api/documents/{document}/shares")).await;
    let until = |id: &str| {
        let lines = shares["shares"].as_array().unwrap();
        lines.iter().find(|line| line["person"]["id"] == id).unwrap()["until"].as_i64()
    };
    assert_eq!(until("lin"), None);
    assert_eq!(until("yiming"), world.seat("yiming", "team:maths-3").span.until.map(|until| until.0));
}
