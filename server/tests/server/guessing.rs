//! Guessing passwords and logins: how far one gets, and that it keeps nobody else out (docs/adr/0010).

use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;
use server::app::Settings;
use server::store::{By, NewChanges};
use shared::organisation::{Change, Person, Record};

use crate::world::{World, problem};

const PASSWORD: &str = "gongbei-demo";

/// A server behind a proxy, so that tests can come from anywhere.
async fn behind_a_proxy() -> World {
    World::with(Settings { trust_proxy: true, ..Settings::default() }).await
}

fn attempt(world: &World, login: &str, password: &str, address: &str) -> RequestBuilder {
    let body = json!({"login": login, "password": password});
    reqwest::Client::new().post(world.url("/api/session")).json(&body).header("x-forwarded-for", address)
}

async fn status(attempt: RequestBuilder) -> u16 {
    attempt.send().await.unwrap().status().as_u16()
}

/// Guesses side by side from as many addresses; gives how many were looked at.
async fn strangers_guess(world: &World, login: &str, guesses: usize) -> usize {
    let guess = |n| status(attempt(world, login, &format!("guess {n}"), &format!("198.51.100.{n}")));
    join_all((0..guesses).map(guess)).await.iter().filter(|status| **status == 401).count()
}

/// The cookie that names the browser.
fn device(answer: &Response) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let device = cookies.map(|cookie| cookie.split(';').next().unwrap()).find(|c| c.starts_with("gongbei_device="));
    device.expect("the browser gets a name").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_strangers_get_few_guesses_even_side_by_side_and_from_many_addresses() {
    let world = behind_a_proxy().await;
    assert_eq!(strangers_guess(&world, "lin", 20).await, 5, "then one has to wait");
    let answer = attempt(&world, "lin", PASSWORD, "198.51.100.99").send().await.unwrap();
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=5).contains(&wait), "{wait}");
    assert_eq!(problem(answer).await, (429, "too-many-attempts".to_owned()), "a lucky guess is not looked at either");
    assert_eq!(status(attempt(&world, "zhou", PASSWORD, "198.51.100.99")).await, 200);
    assert_eq!(strangers_guess(&world, "no-such-login", 20).await, 5, "as if there were one");
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_strangers_lock_nobody_out_of_a_familiar_address_or_browser() {
    let world = behind_a_proxy().await;
    let answer = attempt(&world, "lin", PASSWORD, "203.0.113.5").send().await.unwrap();
    let browser = device(&answer);
    strangers_guess(&world, "lin", 20).await;
    assert_eq!(status(attempt(&world, "lin", PASSWORD, "198.51.100.99")).await, 429);
    assert_eq!(status(attempt(&world, "lin", PASSWORD, "203.0.113.5")).await, 200, "the same address");
    let elsewhere = attempt(&world, "lin", PASSWORD, "192.0.2.1").header("cookie", &browser);
    assert_eq!(status(elsewhere).await, 200, "the same browser somewhere else");
    let made_up = format!("gongbei_device={}", "0".repeat(64));
    let made_up = attempt(&world, "lin", PASSWORD, "198.51.100.98").header("cookie", made_up);
    assert_eq!(status(made_up).await, 429, "a browser that lin never used");
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_a_guesser_at_the_same_school_does_not_keep_out_the_browser_that_is_known() {
    let world = behind_a_proxy().await;
    let browser = device(&attempt(&world, "lin", PASSWORD, "203.0.113.5").send().await.unwrap());
    for n in 0..10 {
        status(attempt(&world, "lin", &format!("guess {n}"), "203.0.113.5")).await;
    }
    assert_eq!(status(attempt(&world, "lin", PASSWORD, "203.0.113.5")).await, 429);
    let own = attempt(&world, "lin", PASSWORD, "203.0.113.5").header("cookie", browser);
    assert_eq!(status(own).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_who_signs_in_beside_a_guesser_makes_no_room_for_guesses() {
    let world = behind_a_proxy().await;
    let at_school = |password: &str| attempt(&world, "lin", password, "203.0.113.5");
    status(at_school(PASSWORD)).await;
    for n in 0..4 {
        assert_eq!(status(at_school(&format!("guess {n}"))).await, 401);
    }
    // Her new browser at the same address, which the guesser has too.
    assert_eq!(status(at_school(PASSWORD)).await, 200);
    assert_eq!(status(at_school("guess 4")).await, 401);
    assert_eq!(status(at_school("guess 5")).await, 429, "five guesses, with or without her between them");
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_one_address_gets_few_guesses_over_all_logins_whatever_it_says_of_itself() {
    let world = World::start().await;
    let mut looked_at = 0;
    for n in 0..60 {
        let guess = attempt(&world, &format!("login{n}"), "guess", &format!("198.51.100.{n}"));
        looked_at += usize::from(status(guess).await == 401);
    }
    assert!((50..60).contains(&looked_at), "without a trusted proxy the header counts for nothing: {looked_at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_login_telephone_and_address_of_one_person_are_guessed_at_together() {
    let world = behind_a_proxy().await;
    let profile = json!({"phone": "13800001111", "email": "lin@qinghe.example", "password": PASSWORD});
    let lin = world.sign_in("lin").await;
    assert_eq!(lin.send(Method::PUT, "/api/account/profile", profile).await.status(), 200);
    let mut looked_at = 0;
    for name in ["lin", "13800001111", "138 0000 1111", "lin@qinghe.example"] {
        looked_at += strangers_guess(&world, name, 10).await;
    }
    assert_eq!(looked_at, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_who_guesses_at_everybody_of_a_school_from_within_has_to_wait_and_browsers_that_are_known_do_not() {
    let world = behind_a_proxy().await;
    let directory = world.app.store.directory();
    let logins: Vec<String> = directory.people().map(|person| person.login.clone()).collect();
    let mut browser = String::new();
    for login in &logins {
        let answer = attempt(&world, login, PASSWORD, "203.0.113.5").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{login}");
        browser = device(&answer);
    }
    let mut looked_at = 0;
    for n in 0..5 {
        for login in &logins {
            looked_at += usize::from(status(attempt(&world, login, &format!("guess {n}"), "203.0.113.5")).await == 401);
        }
    }
    assert_eq!(looked_at, 50, "of {} people", logins.len());
    let known = attempt(&world, logins.last().unwrap(), PASSWORD, "203.0.113.5").header("cookie", browser);
    assert_eq!(status(known).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_spells_out_the_login_of_somebody_they_do_not_look_after() {
    let world = World::start().await;
    let directory = world.app.store.directory();
    let lin = Person { login: "13955551234".to_owned(), ..directory.person(&"lin".parse().unwrap()).unwrap().clone() };
    let changes = [Change::Put(Record::Person(lin))];
    world.app.store.change(NewChanges::new(By::Server, &changes, server::clock::now())).await.unwrap();
    for (who, words, expected) in
        [("zhou", "1395555", false), ("zhou", "13955551234", true), ("admin", "1395555", true), ("zhou", "lin", true)]
    {
        let found = world.sign_in(who).await.json(&format!("/api/people?q={words}")).await;
        let lin = found["people"].as_array().unwrap().iter().any(|person| person["id"] == "lin");
        assert_eq!(lin, expected, "{who} looks for {words}");
    }
}
