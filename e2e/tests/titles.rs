//! A new title is seen at once by everybody who has the document open, and never comes over what somebody types.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, until};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_title_reaches_open_pages_and_interrupts_nobody() -> Result<()> {
    Stage::play("titles", async |stage| {
        let document = stage.shared_document("page", "第一个标题").await?;
        let (zhou, lin, again) = tokio::try_join!(stage.teacher("zhou"), stage.teacher("lin"), stage.teacher("zhou"))?;
        tokio::try_join!(zhou.open(&document), lin.open(&document), again.open(&document))?;

        retitle(&zhou, "第二个标题").await?;
        zhou.press("Enter").await?;
        lin.reads("#doc-title", |title| title == "第二个标题").await?;
        lin.reads(".paper .doc-title", |title| title == "第二个标题").await?;
        let tab = async || lin.script("return document.title", Value::Null).await;
        until("the tab has the new title", tab, |title| *title == json!("第二个标题 · 共备")).await?;
        until("so has the field in zhou's other window", async || field(&again).await, |title| title == "第二个标题")
            .await?;

        // In the middle of typing: what is typed stays, and a line says what the other one wrote.
        retitle(&again, "写到一半").await?;
        retitle(&zhou, "第三个标题").await?;
        zhou.press("Enter").await?;
        again.reads("#doc-title-theirs", |hint| hint.contains("第三个标题")).await?;
        ensure!(field(&again).await? == "写到一半", "typing was interrupted: {}", field(&again).await?);
        again.press("Escape").await?;
        until("Esc takes theirs", async || field(&again).await, |title| title == "第三个标题").await?;

        // Going back into the text is no answer: theirs stands, mine is still offered.
        retitle(&again, "又写到一半").await?;
        retitle(&zhou, "第四个标题").await?;
        zhou.press("Enter").await?;
        again.reads("#doc-title-theirs", |hint| hint.contains("第四个标题")).await?;
        again.put_caret(-1, 0).await?;
        again.type_text("Text.").await?;
        lin.sees_line("Text.").await?;
        ensure!(again.count("#doc-title-theirs").await? == 1, "the question is gone");
        ensure!(field(&again).await? == "又写到一半", "what was typed is gone: {}", field(&again).await?);
        lin.reads("#doc-title", |title| title == "第四个标题").await?;

        retitle(&again, "还是用我的").await?;
        again.press("Enter").await?;
        lin.reads("#doc-title", |title| title == "还是用我的").await?;
        Ok(())
    })
    .await
}

/// Types another title over the one in the field, without Enter.
async fn retitle(teacher: &Teacher, title: &str) -> Result<()> {
    teacher.find("input#doc-title").await?.click().await?;
    teacher.press("Control+a").await?;
    teacher.cdp("Input.insertText", json!({ "text": title })).await?;
    until("the field has it", async || field(teacher).await, |now| now == title).await?;
    Ok(())
}

/// What stands in the field.
async fn field(teacher: &Teacher) -> Result<String> {
    let value = teacher.script("return document.querySelector('input#doc-title').value", Value::Null).await?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}
