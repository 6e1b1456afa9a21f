//! A page of another origin, in the browser of somebody who is signed in, gets nothing and changes nothing (S1, S6). Once
//! from another port of the same host, whose requests carry the cookie, and once from another host.
#![cfg(feature = "browsers")]

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context, Result, ensure};
use e2e::{Api, Stage, Teacher, target, until};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const PAGE: &str = "<!doctype html><meta charset=utf-8><title>evil</title><button id=open>a prize</button>";

/// What is tried from the page's own script; `arguments[0]` says at whom, `arguments[1]` hears what became of it.
const SCRIPTED: &str = include_str!("attacks_from_another_site/scripted.js");
/// One form, sent as the page's own next address.
const FORM: &str = include_str!("attacks_from_another_site/form.js");

#[tokio::test(flavor = "multi_thread")]
async fn s1_s6_another_port_of_the_same_host_gets_nothing_and_changes_nothing() -> Result<()> {
    attack("attacks_same_host", |server| server.ip()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_s6_another_host_gets_nothing_and_changes_nothing() -> Result<()> {
    attack("attacks_other_host", |_| Ipv4Addr::LOCALHOST.into()).await
}

async fn attack(name: &str, from: fn(SocketAddr) -> IpAddr) -> Result<()> {
    Stage::play(name, async |stage| {
        stage.group.kill();
        stage.group.set([("GONGBEI_LOG", "server=debug")]);
        stage.group.restart().await?;
        let log = target().join("e2e").join(name).join("server.log");
        let evil = Evil::start(from(stage.group.listens())).await?;
        let zhou = stage.teacher("zhou").await?;
        let api = Api::with_cookie(
            &stage.group.address(),
            &format!("gongbei_session={}", zhou.cookie("gongbei_session").await?),
        );
        let victim = Victim::prepare(&zhou, &api).await?;
        let before = victim.state(&api).await?;
        let routes = routes(&api, &victim).await?;
        let posts: Vec<&Route> = routes.iter().filter(|route| route.method == "POST").collect();
        ensure!(posts.len() >= 4, "hardly any route: {routes:?}");
        let heard = std::fs::read_to_string(&log)?.len();

        zhou.visit(&evil.address()).await?;
        let server = stage.group.address();
        let scripted: Vec<_> = routes.iter().map(|Route { method, path, .. }| json!([method, path])).collect();
        let at = json!({
            "server": server, "document": victim.document, "image": victim.image, "routes": scripted, "body": victim.body(),
        });
        let got = zhou.script_async(SCRIPTED, at).await?;
        let got: Vec<&str> = got.as_array().context("no list")?.iter().filter_map(Value::as_str).collect();
        ensure!(got.is_empty(), "the other site got through: {got:?}");
        for enctype in ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"] {
            for Route { path, .. } in &posts {
                zhou.visit(&evil.address()).await?;
                zhou.script(FORM, json!({ "to": format!("{server}{path}"), "enctype": enctype, "body": victim.body() }))
                    .await?;
                until("the form is sent", async || zhou.path().await, |at| at == path.as_str()).await?;
            }
        }
        framing_and_opening(&zhou, &evil, &server, &victim).await?;

        let refused = refused_since(&log, heard)?;
        for Route { method, template, .. } in &routes {
            // Twelve by script and frames, three forms; what is no POST is asked for first, and not sent at all.
            let least = if method == "POST" { 6 } else { 1 };
            let times = refused.get(template).copied().unwrap_or(0);
            ensure!(times >= least, "{method} {template} was tried {times} times only: {refused:?}");
        }
        let after = victim.state(&api).await?;
        ensure!(before == after, "the other site changed something: {before} → {after}");
        stage.account(format!(
            "{} requests that change something, from a page of another origin with the cookie at hand: all refused.",
            refused.values().sum::<usize>()
        ));
        Ok(())
    })
    .await
}

/// What an attacker may know of, and what they would change.
struct Victim {
    document: String,
    image: String,
    token: String,
}

impl Victim {
    async fn prepare(zhou: &Teacher, api: &Api) -> Result<Self> {
        const UPLOAD: &str = "
            const png = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), (c) => c.charCodeAt(0));
            fetch(arguments[0], { method: 'POST', body: png, headers: { 'content-type': 'image/png' } })
                .then((answer) => answer.json()).then((stored) => arguments[1](stored.src));";
        let document = api.create("page", "不许别的网站动").await?;
        api.token().await?;
        let tokens = api.get("/api/tokens").await?;
        let token = tokens.pointer("/0/id").or(tokens.pointer("/tokens/0/id")).context("no token in the list")?;
        let image = zhou.script_async(UPLOAD, json!(format!("/api/documents/{document}/images"))).await?;
        Ok(Self {
            token: token.as_str().map_or_else(|| token.to_string(), str::to_owned),
            image: image.as_str().context("no image stored")?.to_owned(),
            document,
        })
    }

    /// Everything that a route may want to read in a body.
    fn body(&self) -> Value {
        json!({
            "title": "HACKED", "kind": "page", "name": "HACKED", "login": "lin", "password": "gongbei-demo",
            "shares": [{ "with": { "type": "person", "id": "lin" }, "right": "edit" }],
        })
    }

    /// The path with everything of ours in its place.
    fn path(&self, path: &str) -> String {
        let path = path.replace("{document}", &self.document).replace("{token}", &self.token);
        path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/")
    }

    async fn state(&self, api: &Api) -> Result<Value> {
        let mut state = Vec::new();
        for path in ["/api/session", "/api/documents", "/api/tokens"] {
            let mut found = api.get(path).await?;
            forget_times(&mut found);
            state.push(found);
        }
        state.push(api.get(&format!("/api/documents/{}/shares", self.document)).await?);
        Ok(Value::Array(state))
    }
}

/// When something was last used changes by looking at it.
fn forget_times(found: &mut Value) {
    match found {
        Value::Object(fields) => {
            fields.retain(|name, _| !["lastUsed", "last_used", "used", "visited", "opened"].contains(&name.as_str()));
            fields.values_mut().for_each(forget_times);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_times),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What changes something.
#[derive(Debug)]
struct Route {
    method: String,
    /// As in the server's description.
    template: String,
    /// With everything of the victim's in its place.
    path: String,
}

/// Every route that changes something, from the server's own description: new ones are attacked too.
async fn routes(api: &Api, victim: &Victim) -> Result<Vec<Route>> {
    let described = api.get("/api/openapi.json").await?;
    let paths = described["paths"].as_object().context("no paths")?;
    let each = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
        let changing = methods.filter(|method| ["POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()));
        changing.map(|method| Route { method, template: path.clone(), path: victim.path(path) })
    });
    Ok(each.collect())
}

/// How often each path was tried, by the log; fails if one try was not refused.
fn refused_since(log: &std::path::Path, heard: usize) -> Result<BTreeMap<String, usize>> {
    let said = std::fs::read_to_string(log)?;
    let mut refused = BTreeMap::new();
    for line in said[heard..].lines() {
        let Some((_, asked)) = line.split_once("method=") else { continue };
        let mut parts = asked.split_whitespace();
        let method = parts.next().unwrap_or_default();
        if ["GET", "HEAD"].contains(&method) {
            continue;
        }
        let mut parts = parts.filter_map(|part| part.split_once('='));
        let route = parts.next().context("no route")?.1.trim_matches('"').to_owned();
        let status: u16 = parts.next().context("no status")?.1.parse()?;
        ensure!((400..500).contains(&status), "not refused: {line}");
        *refused.entry(route).or_default() += 1;
    }
    Ok(refused)
}

/// The page is in nobody's frame, and whoever opens it in a window has no hold on it.
async fn framing_and_opening(zhou: &Teacher, evil: &Evil, server: &str, victim: &Victim) -> Result<()> {
    const FRAME: &str = "
        const frames = arguments[0].map((src) => new Promise((done) => {
            const frame = document.createElement('iframe');
            frame.onload = done; frame.onerror = done; frame.src = src; document.body.append(frame);
        }));
        Promise.all(frames).then(() => arguments[1](frames.length));";
    const OPEN: &str = "document.getElementById('open').onclick = () => {
        globalThis.opened = window.open(arguments[0]); };";
    zhou.visit(&evil.address()).await?;
    let pages = [format!("{server}/"), format!("{server}/documents/{}", victim.document), format!("{server}/signin")];
    zhou.script_async(FRAME, json!(pages)).await?;
    let tree = zhou.cdp("Page.getFrameTree", json!({})).await?;
    for frame in tree["frameTree"]["childFrames"].as_array().into_iter().flatten() {
        let shown = frame["frame"]["url"].as_str().unwrap_or_default();
        ensure!(!shown.starts_with(server), "{shown} is shown in another site's frame");
    }

    zhou.script(OPEN, json!(format!("{server}/documents"))).await?;
    let evils = zhou.tab().await?;
    zhou.find("#open").await?.click().await?;
    let tabs = until("a window opens", async || zhou.tabs().await, |tabs| tabs.len() > 1).await?;
    let opened = tabs.into_iter().find(|tab| *tab != evils).context("no other tab")?;
    zhou.switch_to(&opened).await?;
    zhou.find("main").await?;
    ensure!(zhou.script("return window.opener === null", Value::Null).await? == json!(true), "it knows its opener");
    zhou.switch_to(&evils).await?;
    let lost = zhou.script("return opened.closed && opened.length === 0", Value::Null).await?;
    ensure!(lost == json!(true), "the opener keeps a hold on the window");
    Ok(())
}

/// A little server of somebody else's.
struct Evil {
    listens: SocketAddr,
    serving: JoinHandle<()>,
}

impl Evil {
    async fn start(at: IpAddr) -> Result<Self> {
        let listener = TcpListener::bind((at, 0)).await?;
        let listens = listener.local_addr()?;
        let serving = tokio::spawn(async move {
            while let Ok((mut line, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    if line.read(&mut request).await.is_ok() {
                        let answer = format!(
                            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{PAGE}",
                            PAGE.len()
                        );
                        line.write_all(answer.as_bytes()).await.ok();
                        line.shutdown().await.ok();
                    }
                });
            }
        });
        Ok(Self { listens, serving })
    }

    fn address(&self) -> String {
        format!("http://{}/", self.listens)
    }
}

impl Drop for Evil {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
