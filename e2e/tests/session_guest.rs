//! Around the room of a tutoring session: it is planned in the form, a guest with a phone comes by its code, waits, is let
//! in and sent away; and a session that a village school asked for is accepted with a time.
#![cfg(feature = "browsers")]

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Teacher, Window, until};
use reqwest::Method;
use serde_json::Value;

/// Whoever is sent away is out within this.
const OUT: Duration = Duration::from_secs(1);

async fn fill(teacher: &Teacher, field: &str, words: &str) -> Result<()> {
    let field = teacher.find(field).await?;
    field.clear().await?;
    field.send_keys(words).await?;
    Ok(())
}

/// The id of the session whose page is shown.
async fn session_shown(teacher: &Teacher) -> Result<String> {
    let is_session =
        |path: &String| path.strip_prefix("/tutoring/").is_some_and(|id| !id.contains(['/', '?']) && id != "new");
    let path = until("the page of the session is shown", async || teacher.path().await, is_session).await?;
    Ok(path.trim_start_matches("/tutoring/").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_with_a_phone_waits_comes_in_and_is_out_when_sent_away() -> Result<()> {
    Stage::play("session_guest", async |stage| {
        let chen = stage.teacher("chen").await?;
        chen.go("/tutoring/new").await?;
        chen.find("#session-title").await?;
        // Nothing that was typed is lost by a line that does not fit.
        fill(&chen, "#session-about", "先看教案的导入部分").await?;
        chen.click("约好").await?;
        chen.find("#session-title[aria-invalid=true]").await?;
        fill(&chen, "#session-title", "倍的认识怎么讲").await?;
        chen.click("约好").await?;
        let session = session_shown(&chen).await?;
        chen.reads(".around .about", |text| text.contains("先看教案的导入部分")).await?;

        chen.click("请来宾用口令进来").await?;
        chen.click("开一个口令").await?;
        chen.find("#room-code").await?;
        let code = chen.script("return document.getElementById('room-code').value", Value::Null).await?;
        let code = code.as_str().context("no code is shown")?.to_owned();

        let phone = Window::new(&stage.group.address()).sized(360, 740);
        let guest = stage.look_in("guest", phone).await?;
        guest.go(&format!("/tutoring/join/{code}")).await?;
        guest.reads(".session-at-door h2", |text| text == "倍的认识怎么讲").await?;
        fill(&guest, "#guest-name", "李小梅").await?;
        guest.click("进入课堂").await?;
        guest.find("#guest-school[aria-invalid=true]").await?;
        fill(&guest, "#guest-school", "云山小学").await?;
        guest.click("进入课堂").await?;
        guest.reads(".door-card h1", |text| text == "来早了一点").await?;

        let api = stage.group.api("chen").await?;
        let address = format!("/api/tutoring/{session}");
        let open = serde_json::json!({ "state": "open" });
        ensure!(api.send(Method::PUT, &format!("{address}/state"), Some(open)).await?.status().is_success());
        guest.reads(".door-card h1", |text| text == "请稍等").await?;
        let waiting = api.get(&address).await?["lead"]["guests"][0]["id"].clone();
        let waiting = format!("{address}/guests/{}", waiting.as_str().context("nobody waits")?);
        ensure!(api.send(Method::PUT, &waiting, None).await?.status().is_success());
        guest.find("#board-surface").await?;
        ensure!(guest.count(".rail a").await? == 0, "a guest is shown ways into the house");
        // A guest has one page: everywhere else they are nobody.
        guest.go("/tutoring").await?;
        guest.find("input[name=login]").await?;
        guest.go(&format!("/tutoring/{session}")).await?;
        guest.find("#board-surface").await?;

        let sent = Instant::now();
        ensure!(api.send(Method::DELETE, &waiting, None).await?.status().is_success());
        guest.reads(".door-card h1", |text| text == "您不在这节课堂里了").await?;
        ensure!(sent.elapsed() < OUT, "the guest was out only after {:?}", sent.elapsed());
        ensure!(guest.count("#board-surface").await? == 0, "the board is still shown");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_asks_for_a_session_and_gets_one() -> Result<()> {
    Stage::play("session_wish", async |stage| {
        let lin = stage.teacher("lin").await?;
        lin.go("/tutoring/wishes/new").await?;
        fill(&lin, "#session-title", "分数的初步认识怎么导入").await?;
        lin.find("#wish-shelf").await?.send_keys("陈静秋").await?;
        let studio = "return [...document.querySelectorAll('#wish-shelf-list [role=option]')].find((o) => o.getAttribute('aria-label').includes('工作室'))?.id ?? ''";
        let option = until("the studio is offered", async || lin.script(studio, Value::Null).await, |id| {
            id.as_str().is_some_and(|id| !id.is_empty())
        })
        .await?;
        lin.find(&format!("#{}", option.as_str().unwrap_or_default())).await?.click().await?;
        lin.click("提交申请").await?;
        lin.reads(".wish", |text| text.contains("等答复")).await?;

        let chen = stage.teacher("chen").await?;
        chen.go("/tutoring/wishes?whose=shelves").await?;
        chen.reads(".wish", |text| text.contains("分数的初步认识怎么导入")).await?;
        chen.click("约个时间").await?;
        chen.find("#wish-said").await?;
        fill(&chen, "#wish-said", "请先把教案共享给我").await?;
        chen.click("约好").await?;
        chen.reads(".wish", |text| text.contains("已经约好")).await?;

        lin.go("/tutoring/wishes").await?;
        lin.reads(".wish", |text| text.contains("请先把教案共享给我")).await?;
        lin.find(".wish a.button").await?.click().await?;
        session_shown(&lin).await?;
        lin.reads(".around h1", |text| text == "分数的初步认识怎么导入").await?;
        Ok(())
    })
    .await
}
