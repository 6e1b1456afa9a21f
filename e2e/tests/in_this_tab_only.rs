//! What only the tab has is never called stored, and nobody leaves it behind without being asked.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, Window, until};
use serde_json::Value;

/// The browser's disk takes nothing any more.
const FULL: &str = "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') };";

#[tokio::test(flavor = "multi_thread")]
async fn c11_a_draft_that_the_device_does_not_take_is_not_called_stored() -> Result<()> {
    Stage::play("draft_in_tab", async |stage| {
        let line = stage.line().await?;
        let (zhou, lin_by_api) = (stage.group.api("zhou").await?, stage.group.api("lin").await?);
        let document = stage.shared_document("page", "存不下的草稿").await?;
        let lin = enter_from_the_list(stage, &line.address(), &document).await?;
        lin.script(FULL, Value::Null).await?;
        line.cut();
        lin.type_text(" offline").await?;
        until("in the tab", async || lin.save_state().await, |at| at == "tab").await?;
        zhou.share(&document, &[&lin_by_api], "view").await?;
        line.mend();
        lin.reads(".doc-notes", |text| text.contains("没能存下这份草稿") && text.contains("复制（带格式）")).await?;
        let said = lin.reads(".doc-notes", |text| text.contains("起，您在这份文档里只能看")).await?;
        ensure!(said.contains("请先不要关掉或重新载入"), "it says {said}");
        ensure!(!said.contains("已留作您的草稿") && !said.contains("存在这台电脑"), "it says {said}");
        let reloads =
            "return [...document.querySelectorAll('.doc-notes button')].some((b) => b.textContent === '重新载入')";
        ensure!(lin.script(reloads, Value::Null).await? == Value::Bool(false), "reloading would lose the draft");

        lin.click("回到文档").await?;
        lin.reads("dialog[open]", |text| text.contains("存不进这台电脑")).await?;
        lin.click("留在这里").await?;
        lin.click("看看草稿").await?;
        lin.reads(".draft-text", |text| text.contains("Begin offline")).await?;
        lin.click("不要了").await?;
        lin.click("丢掉这份草稿").await?;
        lin.click("回到文档").await?;
        until("the list", async || lin.path().await, |path| path == "/documents").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_leaves_a_page_with_unstored_edits_unasked() -> Result<()> {
    Stage::play("leaving_unstored", async |stage| {
        let line = stage.line().await?;
        let document = stage.shared_document("page", "没存下来").await?;
        let here = format!("/documents/{document}");
        let lin = enter_from_the_list(stage, &line.address(), &document).await?;
        lin.script(FULL, Value::Null).await?;
        line.cut();
        lin.type_text(" offline").await?;
        until("in the tab", async || lin.save_state().await, |at| at == "tab").await?;

        // The browser's own arrow.
        lin.script("history.back()", Value::Null).await?;
        lin.reads("dialog[open]", |text| text.contains("只在这个标签页里")).await?;
        ensure!(lin.path().await? == here, "the address is another one already");
        lin.click("留在这里").await?;
        lin.sees_line("Begin offline").await?;

        // A link. Once the server has the edits nothing holds her any more.
        lin.click("回到文档").await?;
        lin.reads("dialog[open]", |text| text.contains("只在这个标签页里")).await?;
        ensure!(lin.path().await? == here, "the address is another one already");
        line.mend();
        until("the list", async || lin.path().await, |path| path == "/documents").await?;
        let letters = stage.witness(&document).await?.letters();
        ensure!(letters.ends_with("Begin offline"), "stored is {letters:?}");

        // Who wants to go goes.
        lin.click("没存下来").await?;
        lin.find(".ProseMirror[contenteditable=true]").await?;
        line.cut();
        lin.put_caret_at_end(-1).await?;
        lin.type_text(" not this").await?;
        until("in the tab", async || lin.save_state().await, |at| at == "tab").await?;
        lin.click("回到文档").await?;
        lin.click("离开，不要这部分").await?;
        until("the list", async || lin.path().await, |path| path == "/documents").await?;
        Ok(())
    })
    .await
}

/// lin, who came from the list and has begun to write.
async fn enter_from_the_list(stage: &Stage, address: &str, document: &str) -> Result<Teacher> {
    let lin = stage.enter("lin", Window::new(address)).await?;
    lin.go("/documents").await?;
    lin.find(&format!("main a[href='/documents/{document}']")).await?.click().await?;
    lin.find(".ProseMirror[contenteditable=true]").await?;
    lin.put_caret(-1, 0).await?;
    lin.type_text("Begin").await?;
    lin.saved().await?;
    Ok(lin)
}
