//! What a colleague's program writes into names, titles, documents and presence stays text: nothing of it runs, in no page
//! and in no export (S2).
#![cfg(feature = "browsers")]

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use e2e::{Api, Stage, Stock, Teacher, Witness, until};
use serde_json::{Value, json};
use yrs::types::Attrs;
use yrs::{Any, Text, TransactionMut, Xml, XmlElementPrelim, XmlFragment, XmlFragmentRef, XmlTextPrelim};

#[path = "attacks_stored_scripts/payloads.rs"]
mod payloads;

/// Runs in every page before its own scripts.
const SENTINEL: &str = include_str!("attacks_stored_scripts/sentinel.js");
/// Complains about what has run or could.
const INSPECT: &str = include_str!("attacks_stored_scripts/inspect.js");

#[tokio::test(flavor = "multi_thread")]
async fn s2_nothing_that_is_stored_runs() -> Result<()> {
    Stage::play("attacks_stored_scripts", async |stage| {
        let payloads = payloads::all();
        ensure!(payloads.len() >= 300, "only {} payloads", payloads.len());
        let evil = attackers(stage, &payloads).await?;
        let api = stage.group.api("zhou").await?;
        let document = stage.shared_document("page", &title(&payloads[0])).await?;
        for (number, payload) in payloads.iter().step_by(5).enumerate() {
            let named = api.create("page", &title(payload)).await?;
            // As many as one person gets at once.
            if number % 2 == 0 {
                file_name_is_tame(exported(&api, &named).await?.headers())?;
            }
        }
        written(stage, &document, &payloads).await?;
        let addressed = stage.shared_document("page", "地址").await?;
        let closed = refused_at_the_door(stage, &addressed, &payloads).await?;

        let zhou = stage.teacher("zhou").await?;
        zhou.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": SENTINEL })).await?;
        zhou.open(&document).await?;
        let last = format!("<{}", payloads.len() - 1);
        zhou.sees("the last payload", |lines| lines.iter().any(|line| line.starts_with(&last))).await?;
        nothing_ran(&zhou, "the document").await?;
        zhou.find("#outline li").await?;
        zhou.click("共享").await?;
        zhou.find("dialog[open] input[type=search]").await?.send_keys("<").await?;
        nothing_ran(&zhou, "the share form").await?;
        for document in [&document, &addressed] {
            zhou.open(document).await?;
            zhou.find(".ProseMirror p").await?;
            nothing_ran(&zhou, "the document again").await?;
            // Whoever is led by the hand to click on everything.
            zhou.script("for (const link of document.querySelectorAll('.ProseMirror a')) link.click();", Value::Null)
                .await?;
            nothing_ran(&zhou, "clicked links").await?;
        }
        presence(stage, &zhou, &evil, &payloads).await?;
        zhou.go("/documents").await?;
        zhou.find("main a[href^='/documents/']").await?;
        nothing_ran(&zhou, "the list").await?;

        for document in [&document, &addressed] {
            let export = exported(&api, document).await?.text().await?;
            ensure!(export.contains("地址") || export.contains("__xs"), "the export has none of it");
            // As it is opened from the folder of downloads: nothing of ours protects it there.
            let file = stage.folder().join("export.html");
            std::fs::write(&file, export)?;
            zhou.visit(&format!("file://{}", file.display())).await?;
            nothing_ran(&zhou, "the exported page").await?;
        }
        stage.account(format!(
            "{} texts that would run as more than text, in names, titles, marks, attributes, presence and exports: none ran. Of those \
             in the place of an address or a name the server let in none that a browser would run, and closed {closed} \
             connections.",
            payloads.len()
        ));
        Ok(())
    })
    .await
}

/// Everybody but zhou gets a payload for a name, as an import might bring it, and a document that zhou may edit; lin and
/// hers.
async fn attackers(stage: &mut Stage, payloads: &[String]) -> Result<(Api, String)> {
    let short = payloads.iter().filter(|payload| payload.chars().count() <= 100 && !payload.trim().is_empty());
    let mut short = short.step_by(15);
    stage.group.kill();
    let file = format!("sqlite://{}", stage.group.data().join("gongbei.db").display());
    let store = sqlx::SqlitePool::connect(&file).await?;
    let people: Vec<(String,)> = sqlx::query_as("SELECT id FROM people WHERE id <> 'zhou'").fetch_all(&store).await?;
    for (id,) in &people {
        let name = short.next().context("too few short payloads")?;
        sqlx::query("UPDATE people SET name = $1 WHERE id = $2").bind(name).bind(id).execute(&store).await?;
    }
    store.close().await;
    stage.group.restart().await?;
    let zhou = stage.group.api("zhou").await?;
    let mut lins = None;
    for (login, payload) in ["lin", "chen", "zhao", "wu"].into_iter().zip(payloads) {
        let api = stage.group.api(login).await?;
        let document = api.create("page", &title(payload)).await?;
        api.share(&document, &[&zhou], "edit").await?;
        lins.get_or_insert((api, document));
    }
    lins.context("nobody is there")
}

/// What somebody says of themselves to everybody who is there.
async fn presence(stage: &Stage, zhou: &Teacher, (evil, document): &(Api, String), payloads: &[String]) -> Result<()> {
    zhou.open(document).await?;
    let token = evil.token().await?;
    let mut stock = Stock::join(&stage.group.address(), document, &token).await?;
    for payload in payloads.iter().step_by(9) {
        let user = json!({ "name": payload, "color": payload, "colorLight": payload, "avatar": payload });
        let state = json!({ "user": user, "cursor": { "anchor": payload, "head": payload }, payload: payload });
        stock.tell("presence", json!({ "state": state })).await?;
    }
    zhou.reads_attribute(".people-here", "aria-label").await?;
    nothing_ran(zhou, "presence").await
}

/// A title may have 200 characters.
fn title(payload: &str) -> String {
    payload.chars().take(190).collect()
}

async fn exported(api: &Api, document: &str) -> Result<reqwest::Response> {
    let path = format!("/api/documents/{document}/export?format=html");
    Ok(api.send(reqwest::Method::GET, &path, None).await?.error_for_status()?)
}

fn file_name_is_tame(headers: &reqwest::header::HeaderMap) -> Result<()> {
    let named = headers.get("content-disposition").context("no file name")?.to_str()?;
    let (_, name) = named.split_once("filename*=UTF-8''").with_context(|| named.to_owned())?;
    let tame = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.%".contains(&byte));
    ensure!(tame && named.starts_with("attachment; filename=\"gongbei."), "{named}");
    Ok(())
}

/// Everything straight into the CRDT, in several updates, as no editor would write it.
async fn written(stage: &Stage, document: &str, payloads: &[String]) -> Result<()> {
    let witness = stage.witness(document).await?;
    for (at, some) in payloads.chunks(12).enumerate() {
        witness.edit(|content, change| {
            for (number, payload) in some.iter().enumerate() {
                texts(content, change, at * 12 + number, payload);
            }
        })?;
    }
    let reader = stage.witness(document).await?;
    let last = format!("&lt;{}", payloads.len() - 1);
    let last_plain = format!("<{}", payloads.len() - 1);
    until(
        "the server has everything",
        async || Ok(reader.xml()),
        |xml| xml.contains(&last) || xml.contains(&last_plain),
    )
    .await?;
    ensure!(!witness.is_closed(), "the server took it for an attack on itself, so nothing was shown");
    Ok(())
}

/// What the server lets in, since it knows no list of names: texts in every place that is no address.
fn texts(content: &XmlFragmentRef, change: &mut TransactionMut, number: usize, payload: &str) {
    let kind = if number.is_multiple_of(8) { "heading" } else { "paragraph" };
    let block = content.push_back(change, XmlElementPrelim::empty(kind));
    for name in ["onclick", "onmouseover", "style", "class", "id", "textAlign", "level", "innerHTML", "srcdoc"] {
        block.insert_attribute(change, name, payload);
    }
    let run = block.push_back(change, XmlTextPrelim::new(""));
    run.insert(change, 0, &format!("<{number} {payload}"));
    let all = [
        marks("link", &[("href", "https://gongbei.test"), ("target", payload), ("rel", payload), ("title", payload)]),
        marks("textStyle", &[("color", payload)]),
        marks("highlight", &[("color", payload)]),
        marks("onload", &[("style", payload)]),
    ];
    for attrs in all {
        let end = run.len(change);
        run.insert_with_attributes(change, end, "x", attrs);
    }
    let image = block.push_back(change, XmlElementPrelim::empty("image"));
    for name in ["alt", "title", "width", "height", "onerror", "srcset", "style"] {
        image.insert_attribute(change, name, payload);
    }
    match number % 4 {
        0 => {
            let code = content.push_back(change, XmlElementPrelim::empty("codeBlock"));
            code.insert_attribute(change, "language", payload);
            code.push_back(change, XmlTextPrelim::new(payload));
        }
        1 => {
            let table = content.push_back(change, XmlElementPrelim::empty("table"));
            let row = table.push_back(change, XmlElementPrelim::empty("tableRow"));
            let cell = row.push_back(change, XmlElementPrelim::empty("tableCell"));
            for name in ["colspan", "rowspan", "colwidth", "style", "background", "onclick"] {
                cell.insert_attribute(change, name, payload);
            }
            let inside = cell.push_back(change, XmlElementPrelim::empty("paragraph"));
            inside.push_back(change, XmlTextPrelim::new(payload));
        }
        2 => {
            const NAMES: [&str; 6] = ["script", "iframe", "svg", "style", "object", "math"];
            let unknown = content.push_back(change, XmlElementPrelim::empty(NAMES[number / 4 % NAMES.len()]));
            for name in ["srcdoc", "onload", "type"] {
                unknown.insert_attribute(change, name, payload);
            }
            unknown.push_back(change, XmlTextPrelim::new(payload));
        }
        _ => {
            let list = content.push_back(change, XmlElementPrelim::empty("orderedList"));
            list.insert_attribute(change, "start", payload);
            let item = list.push_back(change, XmlElementPrelim::empty("listItem"));
            let inside = item.push_back(change, XmlElementPrelim::empty("paragraph"));
            inside.push_back(change, XmlTextPrelim::new(payload));
        }
    }
}

/// Where an address stands.
fn addresses(content: &XmlFragmentRef, change: &mut TransactionMut, number: usize, payload: &str) {
    let block = content.push_back(change, XmlElementPrelim::empty("paragraph"));
    let run = block.push_back(change, XmlTextPrelim::new(format!("[{number}]")));
    let end = run.len(change);
    run.insert_with_attributes(change, end, "link", marks("link", &[("href", payload)]));
    let image = block.push_back(change, XmlElementPrelim::empty("image"));
    image.insert_attribute(change, "src", payload);
    let unknown = content.push_back(change, XmlElementPrelim::empty("iframe"));
    for name in ["src", "href", "data", "action", "xlink:href"] {
        unknown.insert_attribute(change, name, payload);
    }
}

/// As the names of things.
fn names(content: &XmlFragmentRef, change: &mut TransactionMut, payload: &str) {
    let block = content.push_back(change, XmlElementPrelim::empty(payload));
    block.insert_attribute(change, payload, payload);
    let run = block.push_back(change, XmlTextPrelim::new("names"));
    run.insert_with_attributes(change, 0, "x", marks(payload, &[(payload, payload)]));
}

fn marks(name: &str, fields: &[(&str, &str)]) -> Attrs {
    let fields: HashMap<String, Any> =
        fields.iter().map(|(key, value)| ((*key).to_owned(), Any::from(*value))).collect();
    Attrs::from([(Arc::from(name), Any::from(fields))])
}

/// Whoever sends what a browser would run as an address, or a name that is none, is closed; what is let in is looked at in
/// the browser. How many were closed.
async fn refused_at_the_door(stage: &Stage, document: &str, payloads: &[String]) -> Result<usize> {
    let token = stage.group.api("zhou").await?.token().await?;
    let address = stage.group.address();
    let attack = async || Witness::join(&address, document, &token).await;
    let reader = attack().await?;
    let mut closed = 0;
    for (number, payload) in payloads.iter().enumerate().filter(|(number, _)| number % 4 == 0) {
        let attacker = attack().await?;
        attacker.edit(|content, change| addresses(content, change, number, payload))?;
        let look = async || Ok((attacker.is_closed(), reader.xml().contains(&format!("[{number}]"))));
        let (refused, _) = until("closed or let in", look, |(refused, came)| *refused || *came).await?;
        let runs =
            payload.starts_with("javascript:") || payload.starts_with("JaVa") || payload.starts_with("vbscript:");
        ensure!(refused || !runs, "{payload:?} was let in as an address");
        closed += usize::from(refused);
    }
    for payload in payloads.iter().step_by(16) {
        let attacker = attack().await?;
        attacker.edit(|content, change| names(content, change, payload))?;
        until("closed", async || Ok(attacker.is_closed()), |closed| *closed).await?;
        closed += 1;
    }
    Ok(closed)
}

async fn nothing_ran(teacher: &Teacher, place: &str) -> Result<()> {
    // Whatever loads, focuses, begins or times out has done so by then.
    const SETTLE: &str = "const done = arguments[1]; setTimeout(() => requestAnimationFrame(() => done(true)), 400);";
    teacher.script_async(SETTLE, Value::Null).await?;
    let complaints = teacher.script(INSPECT, Value::Null).await?;
    ensure!(complaints == json!([]), "{place}: {complaints:#}");
    Ok(())
}
