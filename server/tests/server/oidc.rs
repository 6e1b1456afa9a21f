//! Single sign-on with a real provider: `oidc-provider` from npm, in `e2e/stock`.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, Url};
use serde_json::{Value, json};
use server::accounts::{Claim, SignOnSettings};
use server::app::Settings;
use server::secret::Secret;

use crate::world::World;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// The address that the provider knows; the world's own is another at each run.
const SITE: &str = "http://gongbei.test";

struct Provider {
    child: Child,
    /// Held open: whoever speaks into a closed pipe ends.
    _said: BufReader<ChildStdout>,
    issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Provider {
    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../e2e/stock/provider.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(format!("{SITE}/api/oidc/back"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("node is installed");
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let issuer = line.trim().strip_prefix("issuer ").expect("npm packages are installed: `npm ci` in e2e/stock");
        Self { child, issuer: issuer.to_owned(), _said: said }
    }

    fn settings(&self) -> Settings {
        let sign_on = SignOnSettings {
            issuer: self.issuer.clone(),
            client: "gongbei".to_owned(),
            secret: Some(Arc::new(Secret::new("told-to-gongbei-alone".to_owned()))),
            label: "教育局统一登录".to_owned(),
            claim: Claim::Email,
        };
        Settings { sign_on: Some(sign_on), origin: Some(SITE.to_owned()), ..Settings::default() }
    }
}

fn browser() -> Client {
    Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap()
}

fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// The link of the button, as far as the provider's address.
async fn begin(world: &World, browser: &Client) -> Url {
    let answer = browser.get(world.url("/api/oidc/start")).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    location(&answer).parse().unwrap()
}

/// Through the provider's pages as `name`, up to the address that it sends the browser back to.
async fn through_the_provider(browser: &Client, begin: Url, name: &str) -> Url {
    let mut next = browser.get(begin.clone());
    for _ in 0..20 {
        let answer = next.send().await.unwrap();
        if answer.status().is_redirection() {
            let to = answer.url().join(&location(&answer)).unwrap();
            if to.as_str().starts_with(SITE) {
                return to;
            }
            next = browser.get(to);
            continue;
        }
        let address = answer.url().clone();
        let page = answer.text().await.unwrap();
        let action = page.split("action=\"").nth(1).expect(&page).split('"').next().unwrap().to_owned();
        let form = match page.contains("name=\"login\"") {
            true => vec![("prompt", "login"), ("login", name), ("password", "any")],
            false => vec![("prompt", "consent")],
        };
        next = browser.post(address.join(&action).unwrap()).form(&form);
    }
    panic!("the provider sends nobody back");
}

/// Comes back; where to from there.
async fn back(world: &World, browser: &Client, returned: &Url) -> (String, Response) {
    let path = format!("{}?{}", returned.path(), returned.query().unwrap());
    let answer = browser.get(world.url(&path)).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    (location(&answer), answer)
}

async fn come(world: &World, name: &str) -> (Client, String) {
    let browser = browser();
    let returned = through_the_provider(&browser, begin(world, &browser).await, name).await;
    let (to, _) = back(world, &browser, &returned).await;
    (browser, to)
}

async fn set_email(world: &World, person: &str, email: &str) {
    let person = world.sign_in(person).await;
    let request = reqwest::Client::new().request(Method::PUT, world.url("/api/account/profile"));
    let profile = json!({ "email": email, "teaches": "", "password": "gongbei-demo" });
    let asked = request.header("cookie", &person.cookie).header("origin", SITE).json(&profile);
    assert_eq!(asked.send().await.unwrap().status(), 200);
}

async fn who(world: &World, browser: &Client) -> Value {
    browser.get(world.url("/api/session")).send().await.unwrap().json().await.unwrap()
}

fn changed(address: &Url, name: &str, value: &str) -> Url {
    let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    let mut changed = address.clone();
    let pairs = pairs.into_iter().map(|(key, old)| if key == name { (key, value.to_owned()) } else { (key, old) });
    changed.query_pairs_mut().clear().extend_pairs(pairs);
    changed
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_provider_vouches_for_comes_in_as_who_they_are_here() {
    let provider = Provider::start();
    let world = World::with(provider.settings()).await;
    let shown: Value = reqwest::get(world.url("/api/oidc")).await.unwrap().json().await.unwrap();
    assert_eq!(shown["label"], "教育局统一登录");
    let unknown = "/signin?problem=sign-on-unknown";
    assert_eq!(come(&world, "zhou").await.1, unknown, "nobody has said that address yet");
    for (person, email) in [("zhou", "zhou"), ("lin", "lin"), ("admin", "admin")] {
        set_email(&world, person, &format!("{email}@qinghe.example")).await;
    }
    let people = world.app.store.directory().people().count();
    for name in ["stranger", "lin", "admin"] {
        let (browser, to) = come(&world, name).await;
        assert_eq!(to, unknown, "{name}: unknown, not verified, and no operator by a claim");
        assert_eq!(who(&world, &browser).await, Value::Null);
    }
    let (browser, to) = come(&world, "zhou").await;
    assert_eq!(to, "/");
    assert_eq!(who(&world, &browser).await["login"], "zhou");
    set_email(&world, "zhou", "other@qinghe.example").await;
    let (browser, to) = come(&world, "zhou").await;
    assert_eq!(
        (to.as_str(), &who(&world, &browser).await["login"]),
        ("/", &json!("zhou")),
        "by the account from now on"
    );
    assert_eq!(world.app.store.directory().people().count(), people, "it makes no accounts");
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_what_was_tampered_with_or_comes_twice_lets_nobody_in() {
    let provider = Provider::start();
    let world = World::with(provider.settings()).await;
    set_email(&world, "zhou", "zhou@qinghe.example").await;
    let (stale, failing) = ("/signin?problem=sign-on-stale", "/signin?problem=sign-on-failing");

    let one = browser();
    let returned = through_the_provider(&one, begin(&world, &one).await, "zhou").await;
    assert_eq!(back(&world, &browser(), &returned).await.0, stale, "another browser");
    let another = browser();
    begin(&world, &another).await;
    assert_eq!(back(&world, &another, &returned).await.0, stale, "another that has begun one of its own");
    assert_eq!(back(&world, &one, &returned).await.0, stale, "and that has used it up");

    let one = browser();
    let returned = through_the_provider(&one, begin(&world, &one).await, "zhou").await;
    assert_eq!(back(&world, &one, &changed(&returned, "state", "made-up")).await.0, stale);
    begin(&world, &one).await;
    assert_eq!(back(&world, &one, &returned).await.0, stale, "the browser has begun another one since");

    let one = browser();
    let returned = through_the_provider(&one, begin(&world, &one).await, "zhou").await;
    assert_eq!(back(&world, &one, &changed(&returned, "code", "made-up")).await.0, failing);

    let one = browser();
    let asked = changed(&begin(&world, &one).await, "nonce", "made-up");
    let returned = through_the_provider(&one, asked, "zhou").await;
    assert_eq!(back(&world, &one, &returned).await.0, failing, "an answer to another question");

    let one = browser();
    let returned = through_the_provider(&one, begin(&world, &one).await, "zhou").await;
    assert_eq!(back(&world, &one, &returned).await.0, "/");
    let again = begin(&world, &one).await;
    let state = again.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let replayed = changed(&returned, "state", &state);
    assert_eq!(back(&world, &one, &replayed).await.0, failing, "a code is good once");
    let denied = format!("{SITE}/api/oidc/back?error=access_denied&state=x").parse().unwrap();
    let another = browser();
    begin(&world, &another).await;
    assert_eq!(back(&world, &another, &denied).await.0, "/signin?problem=sign-on-denied");
    drop(provider);
    assert_eq!(who(&world, &another).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_gone_is_said_in_words() {
    let provider = Provider::start();
    let settings = provider.settings();
    drop(provider);
    let world = World::with(settings).await;
    let answer = browser().get(world.url("/api/oidc/start")).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/signin?problem=sign-on-failing".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn s6_a_second_account_of_the_provider_with_the_same_address_stays_outside_and_a_new_password_parts_all() {
    let provider = Provider::start();
    let world = World::with(provider.settings()).await;
    set_email(&world, "zhou", "zhou@qinghe.example").await;
    let (browser, to) = come(&world, "zhou").await;
    assert_eq!((to.as_str(), &who(&world, &browser).await["login"]), ("/", &json!("zhou")));
    set_email(&world, "zhou", "another@qinghe.example").await;
    let (browser, to) = come(&world, "another").await;
    assert_eq!(to, "/signin?problem=sign-on-taken");
    assert_eq!(who(&world, &browser).await, Value::Null);

    let zhou = "zhou".parse().unwrap();
    let store = &world.app.store;
    server::accounts::set_password(&**store, "zhou", Secret::new("gongbei-demo".to_owned())).await.unwrap();
    assert!(!store.has_sign_on(&zhou).await.unwrap());
    assert_eq!(come(&world, "another").await.1, "/", "who is known by that address now");
    let code = world.app.accounts.invite(&"admin".parse().unwrap(), std::slice::from_ref(&zhou), DAY).await.unwrap();
    let path = world.url(&format!("/api/join/{}", code[0].1.reveal()));
    let start = json!({"join": "start", "password": "gongbei-demo"});
    assert_eq!(Client::new().post(path).json(&start).send().await.unwrap().status(), 200);
    assert!(!store.has_sign_on(&zhou).await.unwrap());
}
