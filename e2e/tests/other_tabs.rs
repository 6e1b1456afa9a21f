//! Signing in and out concerns the whole browser: no tab keeps, sends or does anything for who has left.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, Window, until};
use serde_json::{Value, json};

/// The page gets no socket for now; everything else works.
const NO_SOCKETS: &str = "window.WebSocket = class { constructor() { throw new Error('none') } };";
/// How many records the browser keeps in all.
const KEPT: &str = "
    const done = arguments[1];
    indexedDB.open('gongbei').onsuccess = ({ target: { result: base } }) => {
        const count = (store) => new Promise((told) => {
            base.transaction(store).objectStore(store).count().onsuccess = (event) => told(event.target.result);
        });
        Promise.all([...base.objectStoreNames].map(count)).then((counts) => {
            base.close();
            done(counts.reduce((sum, more) => sum + more, 0));
        });
    };";

#[tokio::test(flavor = "multi_thread")]
async fn c12_what_was_removed_at_signing_out_does_not_come_back_from_another_tab() -> Result<()> {
    Stage::play("signing_out_other_tabs", async |stage| {
        let line = stage.line().await?;
        let document = stage.shared_document("page", "两个标签页，一次退出").await?;
        let lin = stage.enter("lin", Window::new(&line.address())).await?;
        lin.go("/documents").await?;
        let first = lin.tab().await?;
        let second = lin.new_tab().await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Saved.").await?;
        lin.saved().await?;
        lin.script(NO_SOCKETS, Value::Null).await?;
        line.cut();
        lin.put_caret_at_end(-1).await?;
        lin.type_text(" Let it go.").await?;
        until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
        line.mend();

        lin.switch_to(&first).await?;
        lin.click("我：").await?;
        lin.click("退出登录").await?;
        lin.reads("dialog[open]", |text| text.contains("两个标签页，一次退出")).await?;
        lin.click("退出，并从这台电脑删掉").await?;
        lin.click("退出并删掉").await?;
        until("signed out", async || lin.path().await, |path| path == "/signin").await?;
        lin.switch_to(&second).await?;
        until("signed out here too", async || lin.path().await, |path| path == "/signin").await?;
        until("nothing stays", async || kept(&lin).await, |records| *records == 0).await?;

        // She comes back in the same tab, which has nothing left to send.
        lin.fill_sign_in("lin").await?;
        until("at home", async || lin.path().await, |path| path == "/").await?;
        lin.open(&document).await?;
        lin.put_caret_at_end(-1).await?;
        lin.type_text(" Again.").await?;
        lin.saved().await?;
        let letters = stage.witness(&document).await?.letters();
        ensure!(letters.ends_with("Saved. Again."), "stored is {letters:?}");
        lin.switch_to(&first).await?;
        until("the first tab is in again by itself", async || lin.path().await, |path| path != "/signin").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_beside_a_forgotten_page_does_not_stand_before_it() -> Result<()> {
    Stage::play("another_person_beside", async |stage| {
        let document = stage.group.api("zhou").await?.create("page", "只是周老师的").await?;
        let browser = stage.teacher("zhou").await?;
        browser.open(&document).await?;
        browser.put_caret(-1, 0).await?;
        browser.type_text("Mine.").await?;
        browser.saved().await?;
        let forgotten = browser.tab().await?;
        let cookie = browser.cookie("gongbei_session").await?;
        stage.group.end_session(&format!("gongbei_session={cookie}")).await?;
        browser.find("dialog[open] input[name=password]").await?;

        // Somebody else sits down, opens another tab and signs in.
        browser.new_tab().await?;
        browser.sign_in("lin").await?;
        browser.switch_to(&forgotten).await?;
        until("nobody's way leads there", async || browser.path().await, |path| path == "/").await?;
        browser.find("main.home h1").await?;
        ensure!(browser.count(".ProseMirror").await? == 0, "zhou's page is still there");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_of_a_session_that_has_ended_is_signing_out() -> Result<()> {
    Stage::play("signing_out_ended", async |stage| {
        let lin = stage.teacher("lin").await?;
        lin.go("/documents").await?;
        lin.find("main a[href^='/documents/']").await?;
        let cookie = lin.cookie("gongbei_session").await?;
        stage.group.end_session(&format!("gongbei_session={cookie}")).await?;
        lin.click("我：").await?;
        lin.click("退出登录").await?;
        until("signed out", async || lin.path().await, |path| path == "/signin").await?;
        Ok(())
    })
    .await
}

async fn kept(teacher: &Teacher) -> Result<usize> {
    Ok(serde_json::from_value(teacher.script_async(KEPT, json!(null)).await?)?)
}
