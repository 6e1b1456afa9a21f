//! Who may see and change a document, as the browser shows it, and how fast a change of mind reaches open windows.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, until};

const EDITABLE: &str = ".ProseMirror[contenteditable=true]";
const READ_ONLY: &str = ".ProseMirror[contenteditable=false]";

#[tokio::test(flavor = "multi_thread")]
async fn a_right_given_or_taken_reaches_the_open_window() -> Result<()> {
    Stage::play("sharing_rights", async |stage| {
        let zhou = stage.group.api("zhou").await?;
        let lins_account = stage.group.api("lin").await?;
        let document = zhou.create("page", "给谁看").await?;
        let lin = stage.teacher("lin").await?;

        // Not shared: for lin it does not exist, in the same words as one that never did.
        lin.go(&format!("/documents/{document}")).await?;
        let hidden = verdict(&lin).await?;
        lin.go("/documents/no-such-document").await?;
        let absent = verdict(&lin).await?;
        ensure!(hidden == absent, "hidden: {hidden:?}, absent: {absent:?}");

        zhou.share(&document, &[&lins_account], "view").await?;
        lin.go(&format!("/documents/{document}")).await?;
        lin.find(READ_ONLY).await?;
        let before = lin.document().await?;
        lin.find(".ProseMirror").await?.click().await?;
        lin.type_text("not mine to write").await?;
        ensure!(lin.document().await? == before, "a viewer wrote");

        // The window is open all the time.
        zhou.share(&document, &[&lins_account], "edit").await?;
        lin.find(EDITABLE).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("now mine too").await?;
        lin.saved().await?;
        zhou.share(&document, &[&lins_account], "view").await?;
        lin.find(READ_ONLY).await?;
        let witness = stage.witness(&document).await?;
        ensure!(witness.letters().ends_with("now mine too"), "{}", witness.xml());

        zhou.share(&document, &[], "view").await?;
        until("lin is told", async || lin.count(EDITABLE).await, |count| *count == 0).await?;
        let shown = lins_account.send(reqwest::Method::GET, &format!("/api/documents/{document}"), None).await?;
        ensure!(shown.status() == 404, "after the last right is gone: {}", shown.status());
        Ok(())
    })
    .await
}

/// What the page says instead of a document.
async fn verdict(teacher: &Teacher) -> Result<String> {
    teacher.reads("main h1", |text| !text.is_empty()).await?;
    teacher.reads("main", |text| !text.is_empty()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_shared_by_the_form() -> Result<()> {
    Stage::play("sharing_form", async |stage| {
        let document = stage.group.api("zhou").await?.create("lesson-plan", "表内乘法").await?;
        let (zhou, lin) = tokio::try_join!(stage.teacher("zhou"), stage.teacher("lin"))?;
        zhou.open(&document).await?;
        zhou.click("共享").await?;
        let search = zhou.find("dialog[open] input[type=search]").await?;
        search.send_keys("林秀兰").await?;
        zhou.click("林秀兰").await?;
        zhou.reads(".share-lines", |text| text.contains("林秀兰")).await?;
        lin.open(&document).await?;
        lin.put_caret_at_end(-1).await?;
        lin.type_text("by lin").await?;
        zhou.sees("lin's letters", |lines| lines.concat().contains("by lin")).await?;

        // And away again: her open window closes its paper.
        zhou.click("不再共享给林秀兰").await?;
        until("lin is told", async || lin.count(EDITABLE).await, |count| *count == 0).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_forms_open_at_once_keep_both_changes() -> Result<()> {
    Stage::play("sharing_twice", async |stage| {
        let document = stage.group.api("zhou").await?.create("page", "两边一起共享").await?;
        let (here, there) = tokio::try_join!(stage.teacher("zhou"), stage.teacher("zhou"))?;
        for zhou in [&here, &there] {
            zhou.open(&document).await?;
            zhou.click("共享").await?;
            zhou.find("dialog[open] input[type=search]").await?;
        }
        for (zhou, name) in [(&here, "林秀兰"), (&there, "陈静秋")] {
            zhou.find("dialog[open] input[type=search]").await?.send_keys(name).await?;
            zhou.click(name).await?;
            zhou.reads(".share-lines", |text| text.contains(name)).await?;
        }
        // The second form was made from a list that is no longer so: it takes in the first one's change, and says it.
        there.reads(".share-lines", |text| text.contains("林秀兰") && text.contains("陈静秋")).await?;
        there.reads("dialog[open] [role=status]", |text| text.contains("别人")).await?;
        let shares = stage.group.api("zhou").await?.get(&format!("/api/documents/{document}/shares")).await?;
        ensure!(shares["shares"].as_array().is_some_and(|lines| lines.len() == 2), "{shares}");
        Ok(())
    })
    .await
}
