//! A computer that several people use: whoever comes next finds nothing of the one before, and the way out is open.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, until};
use serde_json::Value;

const CODE: &str = ".code-card b";
/// The browser takes every wish to open its store and never answers.
const SILENT_STORE: &str = "IDBFactory.prototype.open = () => new EventTarget();";

#[tokio::test(flavor = "multi_thread")]
async fn start_codes_are_gone_with_their_page_and_with_who_made_them() -> Result<()> {
    Stage::play("codes_next_person", async |stage| {
        let wu = stage.teacher("wu").await?;
        let code = make_a_code(&wu).await?;
        wu.click("回到组织").await?;
        // They are on no paper yet.
        wu.reads("dialog[open]", |text| text.contains("起始码还没有打印")).await?;
        ensure!(wu.count(CODE).await? == 1, "the code has gone before the answer");
        wu.click("离开，不要这部分").await?;
        wu.find("main.people h1").await?;
        wu.go_back().await?;
        wu.reads("main.codes", |text| text.contains("现在没有要打印的起始码")).await?;
        ensure!(wu.count(CODE).await? == 0, "the codes are still there behind the arrow");

        make_a_code(&wu).await?;
        wu.click("我：").await?;
        wu.click("退出登录").await?;
        until("at the door", async || wu.path().await, |path| path == "/signin").await?;
        let asked = wu.script("return location.search", Value::Null).await?;
        ensure!(asked == "", "the door leads on to {asked}");
        // The next teacher, in the same tab.
        wu.fill_sign_in("lin").await?;
        until("at home", async || wu.path().await, |path| path == "/").await?;
        wu.go("/people").await?;
        wu.find("main.people h1").await?;
        wu.script(
            "document.querySelector('.brand').insertAdjacentHTML('afterend', '<a id=on href=\"/people/codes\">on</a>')",
            Value::Null,
        )
        .await?;
        wu.find("#on").await?.click().await?;
        let shown = wu.reads("main.codes", |text| !text.is_empty()).await?;
        ensure!(!shown.contains(&code) && wu.count(CODE).await? == 0, "lin reads {shown}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_does_not_wait_for_a_store_that_never_answers() -> Result<()> {
    Stage::play("signing_out_silent_store", async |stage| {
        let wu = stage.teacher("wu").await?;
        wu.go("/account").await?;
        wu.find("main h1").await?;
        wu.script(SILENT_STORE, Value::Null).await?;
        wu.click("我：").await?;
        wu.click("退出登录").await?;
        wu.find(".me[aria-busy=true]").await?;
        wu.reads("dialog[open]", |text| text.contains("这个浏览器没有回答")).await?;
        wu.find("dialog[open] footer .button:not([data-kind=primary])").await?.click().await?;
        until("at the door", async || wu.path().await, |path| path == "/signin").await?;
        wu.go("/account").await?;
        until("she is out", async || wu.path().await, |path| path == "/signin").await?;
        Ok(())
    })
    .await
}

/// A start code for somebody, as the card shows it.
async fn make_a_code(wu: &Teacher) -> Result<String> {
    wu.go("/people").await?;
    wu.find("table.table tbody tr").await?;
    wu.find(".people-find input").await?.send_keys("liuwenjing").await?;
    until("one person", async || wu.count("table.table tbody tr").await, |rows| *rows == 1).await?;
    wu.find("table.table tbody input").await?.click().await?;
    wu.click("发起始码").await?;
    Ok(wu.find(CODE).await?.text().await?)
}
