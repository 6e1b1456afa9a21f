//! Whoever may do less from now on, in the middle of a word, is told so in under a second and loses nothing: what was
//! not accepted is theirs to keep, and nothing that is typed afterwards gets into the document (R11, R12).
#![cfg(feature = "browsers")]

use anyhow::{Context, Result, ensure};
use e2e::{Api, Stage, until};
use reqwest::Method;
use serde_json::{Value, json};

#[path = "rights_hold/scene.rs"]
mod scene;

use scene::{Scene, now};

const READS_ONLY: &str = "您在这份文档里只能看";
const GONE: &str = "您不能再看这份文档了";
const SIGNED_OUT: &str = "您的登录已经结束";

#[tokio::test(flavor = "multi_thread")]
async fn lowered_from_editing_to_viewing() -> Result<()> {
    Stage::play("rights_lowered", async |stage| {
        let (zhou, lin) = (stage.group.api("zhou").await?, stage.group.api("lin").await?);
        let document = zhou.create("page", "改成只能看").await?;
        zhou.share(&document, &[&lin], "edit").await?;
        let scene = Scene::open(stage, "lin", &document, &zhou).await?;
        let lower = async || {
            zhou.share(&document, &[&lin], "view").await?;
            Ok(now())
        };
        let told = scene.loses_right(READS_ONLY, lower).await?;
        stage.account(format!("lowered from editing to viewing: said after {told} ms"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_in_a_team_ends() -> Result<()> {
    Stage::play("rights_seat", async |stage| {
        let (zhou, wu) = (stage.group.api("zhou").await?, stage.group.api("wu").await?);
        let document = create(&zhou, json!({ "kind": "page", "title": "备课组的教案", "team": "maths-3" })).await?;
        let seat = seat(&wu, "zhao", "maths-3").await?;
        let scene = Scene::open(stage, "zhao", &document, &zhou).await?;
        let told = scene.loses_right(GONE, async || put(&wu, ended(&seat, now())).await).await?;
        stage.account(format!("a seat in a team ended: said after {told} ms"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_leaves_the_group() -> Result<()> {
    Stage::play("rights_school", async |stage| {
        let (wu, admin) = (stage.group.api("wu").await?, stage.group.api("admin").await?);
        let shelf = json!({ "type": "group", "id": "qinghe" });
        let document = create(&wu, json!({ "kind": "page", "title": "集团的资源", "shelf": shelf })).await?;
        share(&wu, &document, &shelf).await?;
        let picture = admin.get("/api/organisation").await?;
        let places = picture["memberships"].as_array().context("no memberships")?;
        let place = places.iter().find(|place| place["id"] == "qinghe-beiguan").context("beiguan is in no group")?;
        let place = record("membership", place);
        let scene = Scene::open(stage, "shan", &document, &wu).await?;
        let told = scene.loses_right(GONE, async || put(&admin, ended(&place, now())).await).await?;
        stage.account(format!("a school left the group: said after {told} ms"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guests_time_ends_by_its_date() -> Result<()> {
    const STAYS_MILLIS: i64 = 3_000;
    Stage::play("rights_guest", async |stage| {
        let (zhou, wu) = (stage.group.api("zhou").await?, stage.group.api("wu").await?);
        let document = create(&zhou, json!({ "kind": "page", "title": "请专家来写", "team": "maths-3" })).await?;
        share(&zhou, &document, &json!({ "type": "team", "id": "maths-3" })).await?;
        let seat = seat(&wu, "yiming", "maths-3").await?;
        let scene = Scene::open(stage, "yiming", &document, &zhou).await?;
        let leaves = async || {
            let until = now() + STAYS_MILLIS;
            put(&wu, ended(&seat, until)).await?;
            // Nobody does anything more: the date comes.
            let left = u64::try_from(until - now()).unwrap_or(0);
            tokio::time::sleep(std::time::Duration::from_millis(left)).await;
            Ok(until)
        };
        let told = scene.loses_right(GONE, leaves).await?;
        stage.account(format!("a guest's date came: said after {told} ms"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_goes_to_another_shelf() -> Result<()> {
    Stage::play("rights_shelf", async |stage| {
        let zhou = stage.group.api("zhou").await?;
        let document = create(&zhou, json!({ "kind": "page", "title": "拿回自己的书架", "team": "maths-3" })).await?;
        let scene = Scene::open(stage, "zhao", &document, &zhou).await?;
        let own = json!({ "shelf": { "type": "person", "id": "zhou" } });
        let moves = async || {
            done(&zhou, Method::PUT, &format!("/api/documents/{document}/shelf"), own).await?;
            Ok(now())
        };
        let told = scene.loses_right(GONE, moves).await?;
        stage.account(format!("a document moved to another shelf: said after {told} ms"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_suspended_and_comes_back() -> Result<()> {
    Stage::play("rights_suspended", async |stage| {
        let (zhou, lin, admin) =
            (stage.group.api("zhou").await?, stage.group.api("lin").await?, stage.group.api("admin").await?);
        let document = zhou.create("page", "停用再启用").await?;
        zhou.share(&document, &[&lin], "edit").await?;
        let account = record("person", &admin.get("/api/organisation/people/lin").await?["person"]);
        let scene = Scene::open(stage, "lin", &document, &zhou).await?;
        let first = scene.here.tab().await?;
        let second = scene.here.new_tab().await?;
        scene.here.open(&document).await?;
        scene.watch().await?;
        scene.here.switch_to(&first).await?;

        let mut suspended = account.clone();
        let suspend = async || {
            suspended["suspended"] = json!(now());
            put(&admin, suspended).await
        };
        let (told, at) = scene.signed_out(SIGNED_OUT, suspend).await?;
        scene.here.switch_to(&second).await?;
        let told_there = scene.said_after(SIGNED_OUT, at).await?;
        scene.here.switch_to(&first).await?;
        // The right password does not help her now, and she is told what that may mean.
        scene.here.fill_again().await?;
        scene.here.reads("dialog[open] .banner", |text| !text.is_empty()).await?;
        scene.here.reads("dialog[open]", |text| text.contains("停用")).await?;

        put(&admin, account).await?;
        scene.comes_back().await?;
        scene.here.switch_to(&second).await?;
        until("the other tab goes on", async || scene.here.count("dialog[open]").await, |open| *open == 0).await?;
        scene.here.sees("what the first tab wrote", |lines| lines.concat().contains(" w1 ")).await?;
        stage.account(format!(
            "an account was suspended: said after {told} ms, in another tab after {told_there} ms; resumed, all was saved"
        ));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_out_everywhere_from_another_window() -> Result<()> {
    Stage::play("rights_signed_out", async |stage| {
        let (zhou, lin) = (stage.group.api("zhou").await?, stage.group.api("lin").await?);
        let document = zhou.create("page", "在别处退出").await?;
        zhou.share(&document, &[&lin], "edit").await?;
        let scene = Scene::open(stage, "lin", &document, &zhou).await?;
        let sign_out = async || {
            lin.delete("/api/account/sessions").await?;
            Ok(now())
        };
        let (told, _) = scene.signed_out(SIGNED_OUT, sign_out).await?;
        scene.comes_back().await?;
        stage.account(format!("signed out everywhere: said after {told} ms; signed in again, all was saved"));
        Ok(())
    })
    .await
}

async fn create(api: &Api, wish: Value) -> Result<String> {
    let made = api.post("/api/documents", wish).await?;
    Ok(made["id"].as_str().context("no id in the answer")?.to_owned())
}

/// Everybody of that body may write in it.
async fn share(api: &Api, document: &str, with: &Value) -> Result<()> {
    let shares = json!({ "shares": [{ "with": with, "right": "edit" }] });
    done(api, Method::PUT, &format!("/api/documents/{document}/shares"), shares).await
}

/// Changes a record of the organisation; when it was answered.
async fn put(api: &Api, record: Value) -> Result<i64> {
    done(api, Method::POST, "/api/organisation/changes", json!({ "records": [record] })).await?;
    Ok(now())
}

async fn done(api: &Api, method: Method, path: &str, body: Value) -> Result<()> {
    let answer = api.send(method, path, Some(body)).await?;
    let status = answer.status();
    ensure!(status.is_success(), "{path}: {status} {}", answer.text().await?);
    Ok(())
}

/// The seat of somebody in a team.
async fn seat(api: &Api, person: &str, team: &str) -> Result<Value> {
    let line = api.get(&format!("/api/organisation/people/{person}")).await?;
    let seats = line["seats"].as_array().context("no seats")?;
    let seat = seats.iter().map(|seat| &seat[0]).find(|seat| seat["body"]["id"] == team);
    Ok(record("seat", seat.with_context(|| format!("{person} has no seat in {team}"))?))
}

fn record(kind: &str, fields: &Value) -> Value {
    let mut record = fields.clone();
    record["record"] = json!(kind);
    record
}

fn ended(record: &Value, until: i64) -> Value {
    let mut record = record.clone();
    record["until"] = json!(until);
    record
}
