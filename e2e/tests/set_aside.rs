//! What can't go into its document is set aside whole, and only that: other tabs keep what is theirs.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, Window, Witness, until};
use serde_json::{Value, json};

/// The page gets no socket any more, as behind a proxy that lets none through; everything else works.
const NO_SOCKETS: &str = "window.WebSocket = class { constructor() { throw new Error('none') } };";
/// How many records the browser keeps: edits, drafts, what goes with edits, and documents that edits build on.
const KEPT: &str = "
    const done = arguments[1];
    indexedDB.open('gongbei').onsuccess = ({ target: { result: base } }) => {
        const keys = (store) => new Promise((told) => {
            base.transaction(store).objectStore(store).getAllKeys().onsuccess = (event) => told(event.target.result);
        });
        Promise.all(['kept', 'drafts', 'documents'].map(keys)).then(([edits, drafts, memories]) => {
            base.close();
            const bases = memories.filter((key) => key[3] === 'base');
            done([edits, drafts, memories, bases].map((found) => found.length));
        });
    };";
/// Puts another page's edit beside each that is kept: the same of another document, or one that nobody can read.
const ADD: &str = "
    const [how, done] = arguments;
    indexedDB.open('gongbei').onsuccess = ({ target: { result: base } }) => {
        const writes = base.transaction(['kept', 'documents'], 'readwrite');
        for (const name of ['kept', 'documents']) {
            writes.objectStore(name).openCursor().onsuccess = ({ target: { result: cursor } }) => {
                // It comes after all others, so that it is nobody's turn to be opened with.
                if (!cursor || cursor.key[2] === 'zz') return;
                const [person, document, , ...rest] = cursor.key;
                let value = cursor.value;
                if (typeof value === 'string' && how === 'foreign') value = JSON.stringify({ ...JSON.parse(value), epoch: '00000000000000000000000000' });
                if (name === 'kept' && how === 'unreadable') value = new Uint8Array([255, 1, 2]);
                cursor.source.put(value, [person, document, 'zz', ...rest]);
                cursor.continue();
            };
        }
        writes.oncomplete = () => { base.close(); done(null); };
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
        lin.reads(".doc-notes", |notes| notes.contains("您在这份文档里只能看") && notes.contains("重新载入")).await?;
        lin.click("看看草稿").await?;
        lin.reads(".draft-text", |text| text.contains("Begin second")).await?;
        let Kept { edits, drafts, .. } = kept(&lin).await?;
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
        ensure!(xml.matches("基本信息").count() == 1, "no template stands above the draft: {xml}");

        // It says where the draft went, and stays until she lets it go.
        lin.go(&old).await?;
        lin.find(&format!(".banner a[href='{path}']")).await?;
        lin.click("不要了").await?;
        until("the draft is gone", async || kept(&lin).await, |kept| kept.drafts == 0).await?;
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
        ensure!(kept(&lin).await?.edits > 0, "what was to be kept is gone");
        lin.sign_in("lin").await?;
        lin.open(&document).await?;
        lin.sees_line("Saved. Not saved.").await?;
        lin.saved().await?;

        // With nothing that waits she is out at once, and nothing of hers stays.
        sign_out(&lin).await?;
        until("signed out", async || lin.path().await, |path| path == "/signin").await?;
        until("nothing stays", async || kept(&lin).await, |kept| *kept == Kept::default()).await?;

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
        until("nothing stays", async || kept(&lin).await, |kept| *kept == Kept::default()).await?;
        let letters = stage.witness(&document).await?.letters();
        ensure!(letters.ends_with("Saved. Not saved."), "stored is {letters:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_what_is_being_composed_goes_into_the_draft() -> Result<()> {
    Stage::play("set_aside_composing", async |stage| {
        let line = stage.line().await?;
        let zhou = stage.group.api("zhou").await?;
        let document = stage.shared_document("page", "写到一半").await?;
        let lin = stage.enter("lin", Window::new(&line.address())).await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Begin").await?;
        lin.saved().await?;
        line.cut();
        write_offline(&lin, " offline ").await?;
        lin.compose("bei").await?;
        zhou.share(&document, &[], "view").await?;
        line.mend();
        lin.click("看看草稿").await?;
        lin.reads(".draft-text", |text| text.contains("Begin offline bei")).await?;
        until("all is in the draft", async || kept(&lin).await, |kept| (kept.edits, kept.drafts) == (0, 1)).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_edits_of_another_document_that_were_left_become_a_draft() -> Result<()> {
    Stage::play("set_aside_foreign", async |stage| {
        let (lin, _) = page_with_edits_left(stage, "foreign").await?;
        lin.click("看看草稿").await?;
        lin.reads(".draft-text", |text| text.contains("Begin offline")).await?;
        until("nothing waits", async || kept(&lin).await, |kept| (kept.edits, kept.drafts) == (0, 1)).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn c10_an_edit_that_cannot_be_read_is_never_taken_for_saved() -> Result<()> {
    Stage::play("set_aside_unreadable", async |stage| {
        let (lin, left) = page_with_edits_left(stage, "unreadable").await?;
        lin.click("看看草稿").await?;
        until("what could be read is up", async || kept(&lin).await, |kept| (kept.edits, kept.drafts) == (left, 1))
            .await?;
        lin.click("不要了").await?;
        lin.click("丢掉这份草稿").await?;
        until("it is gone", async || kept(&lin).await, |kept| (kept.edits, kept.drafts) == (0, 0)).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_who_leaves_at_once_leaves_the_document_behind_too() -> Result<()> {
    Stage::play("set_aside_leaving", async |stage| {
        let line = stage.line().await?;
        let document = stage.shared_document("page", "写完就走").await?;
        let lin = stage.enter("lin", Window::new(&line.address())).await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Begin").await?;
        lin.saved().await?;
        // The page does not know yet that nothing gets through.
        line.fall_silent();
        lin.type_text(" and go").await?;
        until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
        ensure!(kept(&lin).await?.bases == 0, "online, the edits alone are enough");
        lin.click("回到文档").await?;
        until("the document is kept with its edits", async || kept(&lin).await, |kept| kept.bases == 1).await?;
        Ok(())
    })
    .await
}

/// lin comes back to a document with edits of hers that go up, and beside them as many of that kind ([`ADD`]).
async fn page_with_edits_left(stage: &Stage, how: &str) -> Result<(Teacher, usize)> {
    let document = stage.shared_document("page", "留下的修改").await?;
    let line = stage.line().await?;
    let lin = stage.enter("lin", Window::new(&line.address())).await?;
    lin.open(&document).await?;
    lin.put_caret(-1, 0).await?;
    lin.type_text("Begin").await?;
    lin.saved().await?;
    lin.script(NO_SOCKETS, Value::Null).await?;
    line.cut();
    write_offline(&lin, " offline").await?;
    line.mend();
    lin.go("/documents").await?;
    let left = kept(&lin).await?.edits;
    lin.script_async(ADD, json!(how)).await?;
    lin.open(&document).await?;
    lin.sees_line("Begin offline").await?;
    lin.saved().await?;
    Ok((lin, left))
}

async fn write_offline(teacher: &Teacher, text: &str) -> Result<()> {
    let bases = kept(teacher).await?.bases;
    teacher.put_caret_at_end(-1).await?;
    teacher.type_text(text).await?;
    until("kept on the device", async || teacher.save_state().await, |at| at == "device").await?;
    // What the edits build on is kept half a second later, for each tab its own.
    until("the document is kept with them", async || kept(teacher).await, |kept| kept.bases > bases).await?;
    Ok(())
}

async fn sign_out(teacher: &Teacher) -> Result<()> {
    teacher.click("更多").await?;
    teacher.click("退出登录").await
}

/// What [`KEPT`] counts.
#[derive(Debug, Default, PartialEq)]
struct Kept {
    edits: usize,
    drafts: usize,
    memories: usize,
    bases: usize,
}

async fn kept(teacher: &Teacher) -> Result<Kept> {
    let [edits, drafts, memories, bases] = serde_json::from_value(teacher.script_async(KEPT, json!(null)).await?)?;
    Ok(Kept { edits, drafts, memories, bases })
}
