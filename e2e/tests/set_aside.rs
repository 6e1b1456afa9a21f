//! What can't go into its document is set aside whole, and only that: other tabs keep what is theirs.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, Window, Witness, until};
use serde_json::{Value, json};

/// The page gets no socket any more, as behind a proxy that lets none through; everything else works.
const NO_SOCKETS: &str = "window.WebSocket = class { constructor() { throw new Error('none') } };";
/// How many records the browser keeps: edits, drafts, what goes with edits.
const KEPT: &str = "
    const done = arguments[1];
    indexedDB.open('gongbei').onsuccess = ({ target: { result: base } }) => {
        const count = (store) => new Promise((told) => {
            base.transaction(store).objectStore(store).count().onsuccess = (event) => told(event.target.result);
        });
        Promise.all(['kept', 'drafts', 'documents'].map(count)).then((counts) => { base.close(); done(counts); });
    };";

#[tokio::test(flavor = "multi_thread")]
async fn c10_one_tab_set_aside_leaves_the_other_tabs_edits_alone() -> Result<()> {
    Stage::play("set_aside_tabs", async |stage| {
        let line = stage.line().await?;
        let (zhou, lin_by_api) = (stage.group.api("zhou").await?, stage.group.api("lin").await?);
        let document = stage.shared_document("page", "两个标签页，一份草稿").await?;
        let window = Window::new(&line.address());
        let lin = stage.enter("lin", window.clone()).await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Begin").await?;
        lin.saved().await?;
        let first = lin.tab().await?;
        let second = lin.new_tab().await?;
        lin.open(&document).await?;
        lin.sees_line("Begin").await?;

        // Both tabs write offline; only the second one gets through again, when lin may no longer write.
        lin.switch_to(&first).await?;
        lin.script(NO_SOCKETS, Value::Null).await?;
        line.cut();
        write_offline(&lin, " first").await?;
        lin.switch_to(&second).await?;
        write_offline(&lin, " second").await?;
        zhou.share(&document, &[&lin_by_api], "view").await?;
        line.mend();
        lin.click("看看草稿").await?;
        lin.reads(".draft-text", |text| text.contains("Begin second")).await?;
        let [edits, drafts, _] = kept(&lin).await?;
        ensure!(edits > 0 && drafts == 1, "the first tab's edits are gone: {edits} edits, {drafts} drafts");

        // The browser dies; the first tab's edits go up by themselves once lin may write again.
        zhou.share(&document, &[&lin_by_api], "edit").await?;
        let profile = lin.kill_browser().await?;
        let lin = stage.look_in("lin", window.with_profile(profile)).await?;
        lin.come_back("lin").await?;
        lin.open(&document).await?;
        lin.sees_line("Begin first").await?;
        lin.saved().await?;
        let letters = stage.witness(&document).await?.letters();
        ensure!(letters.ends_with("Begin first"), "stored is {letters:?}");
        lin.click("看看草稿").await?;
        lin.reads(".draft-text", |text| text.contains("Begin second")).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_a_draft_keeps_its_table_and_goes_into_a_new_document() -> Result<()> {
    Stage::play("set_aside_table", async |stage| {
        let line = stage.line().await?;
        let (zhou, lin_by_api) = (stage.group.api("zhou").await?, stage.group.api("lin").await?);
        let document = stage.shared_document("lesson-plan", "分数的初步认识").await?;
        let lin = stage.enter("lin", Window::new(&line.address())).await?;
        lin.open(&document).await?;
        let cells = lin.count(".ProseMirror :is(td, th)").await?;
        ensure!(cells > 5, "a lesson plan has a table, this one has {cells} cells");
        line.cut();
        write_offline(&lin, "没来得及上传").await?;
        zhou.share(&document, &[&lin_by_api], "view").await?;
        // Her browser is killed before it can say anything: the draft is made of what it had kept.
        let profile = lin.kill_browser().await?;
        line.mend();
        let lin = stage.look_in("lin", Window::new(&line.address()).with_profile(profile)).await?;
        lin.come_back("lin").await?;
        lin.go(&format!("/documents/{document}")).await?;
        lin.click("看看草稿").await?;
        lin.reads(".draft-text", |text| text.contains("没来得及上传")).await?;
        let drafted = lin.count(".draft-text :is(td, th)").await?;
        ensure!(drafted == cells, "the draft has {drafted} of {cells} cells");

        lin.click("放进一份新文档").await?;
        let old = format!("/documents/{document}");
        let path = until("the new document", async || lin.path().await, |path| *path != old).await?;
        lin.sees("the text that could not go up", |lines| lines.iter().any(|line| line.contains("没来得及上传")))
            .await?;
        lin.saved().await?;
        let id = path.trim_start_matches("/documents/");
        let token = lin_by_api.token().await?;
        let xml = Witness::join(&stage.group.address(), id, &token).await?.xml();
        ensure!(xml.contains("没来得及上传") && xml.contains("<table"), "stored is {xml}");

        // The draft stays until she lets it go, and is asked.
        lin.go(&old).await?;
        lin.click("看看草稿").await?;
        lin.click("不要了").await?;
        lin.click("丢掉这份草稿").await?;
        until("the draft is gone", async || kept(&lin).await, |[_, drafts, _]| *drafts == 0).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn c12_signing_out_asks_about_what_only_this_computer_has() -> Result<()> {
    Stage::play("signing_out_asks", async |stage| {
        let line = stage.line().await?;
        let document = stage.shared_document("page", "走之前").await?;
        let lin = stage.enter("lin", Window::new(&line.address())).await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Saved.").await?;
        lin.saved().await?;

        // Of a sign-out that got no answer it is not said that it failed, nor that it did not.
        line.cut();
        write_offline(&lin, " Not saved.").await?;
        sign_out(&lin).await?;
        lin.reads("dialog[open]", |text| text.contains("走之前")).await?;
        lin.click("退出，给我留在这台电脑").await?;
        lin.reads("dialog[open] [role=alert]", |text| text.contains("不知道退出了没有")).await?;
        lin.click("先不退出").await?;
        ensure!(lin.path().await? == format!("/documents/{document}"), "she is where she was");

        // Kept, it is still there when she comes back, and goes up.
        lin.script(NO_SOCKETS, Value::Null).await?;
        line.mend();
        sign_out(&lin).await?;
        lin.click("退出，给我留在这台电脑").await?;
        until("signed out", async || lin.path().await, |path| path == "/signin").await?;
        ensure!(kept(&lin).await?[0] > 0, "what was to be kept is gone");
        lin.sign_in("lin").await?;
        lin.open(&document).await?;
        lin.sees_line("Saved. Not saved.").await?;
        lin.saved().await?;

        // With nothing that waits she is out at once, and nothing of hers stays.
        sign_out(&lin).await?;
        until("signed out", async || lin.path().await, |path| path == "/signin").await?;
        until("nothing stays", async || kept(&lin).await, |counts| *counts == [0, 0, 0]).await?;

        // Removed, it is gone after she was asked twice.
        lin.sign_in("lin").await?;
        lin.open(&document).await?;
        lin.script(NO_SOCKETS, Value::Null).await?;
        line.cut();
        write_offline(&lin, " Let it go.").await?;
        line.mend();
        sign_out(&lin).await?;
        lin.click("退出，并从这台电脑删掉").await?;
        lin.reads("dialog[open] [role=alert]", |text| text.contains("找不回来")).await?;
        lin.click("退出并删掉").await?;
        until("signed out", async || lin.path().await, |path| path == "/signin").await?;
        until("nothing stays", async || kept(&lin).await, |counts| *counts == [0, 0, 0]).await?;
        let letters = stage.witness(&document).await?.letters();
        ensure!(letters.ends_with("Saved. Not saved."), "stored is {letters:?}");
        Ok(())
    })
    .await
}

async fn write_offline(teacher: &Teacher, text: &str) -> Result<()> {
    teacher.put_caret_at_end(-1).await?;
    teacher.type_text(text).await?;
    until("kept on the device", async || teacher.save_state().await, |at| at == "device").await?;
    // What the edits build on is kept half a second later.
    until("the document is kept with them", async || kept(teacher).await, |[_, _, memories]| *memories > 1).await?;
    Ok(())
}

async fn sign_out(teacher: &Teacher) -> Result<()> {
    teacher.click("更多").await?;
    teacher.click("退出登录").await
}

async fn kept(teacher: &Teacher) -> Result<[usize; 3]> {
    Ok(serde_json::from_value(teacher.script_async(KEPT, json!(null)).await?)?)
}
