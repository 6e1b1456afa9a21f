//! What teachers say of an item, in real browsers: a question waits for the author and is answered; a correction is taken
//! into the document and credited; a thing is asked for and lent.
#![cfg(feature = "browsers")]

use anyhow::{Context, Result};
use e2e::{Stage, Teacher};
use serde_json::{Value, json};

const WRONG: &str = "四分之一大于二分之一";
const RIGHT: &str = "四分之一小于二分之一";

#[tokio::test(flavor = "multi_thread")]
async fn a_question_waits_for_the_author_and_the_answer_for_who_asked() -> Result<()> {
    Stage::play("talk_question", async |stage| {
        let (wu, lin) = tokio::try_join!(stage.teacher("wu"), stage.teacher("lin"))?;
        let item = published(stage, &wu, "月饼怎么分").await?;

        lin.go(&format!("/library/items/{item}")).await?;
        lin.click("问作者").await?;
        write(&lin, "#talk-text", "没有月饼，用烙饼行吗？").await?;
        lin.click("发出").await?;
        lin.reads(".thread", |text| text.contains("用烙饼行吗") && text.contains("等作者回答")).await?;

        wu.go("/library/waiting").await?;
        wu.reads(".wait", |text| text.contains("用烙饼行吗") && text.contains("林秀兰")).await?;
        wu.find(".wait a.title").await?.click().await?;
        wu.reads(".thread", |text| text.contains("用烙饼行吗")).await?;
        wu.click("回答").await?;
        write(&wu, "#talk-text", "行，烙饼更好切。").await?;
        wu.click("发出").await?;
        wu.reads(".thread", |text| text.contains("烙饼更好切") && text.contains("已回答")).await?;

        lin.go("/library/waiting").await?;
        lin.reads(".wait", |text| text.contains("烙饼更好切") && text.contains("答复您")).await?;
        lin.find(".wait a.title").await?.click().await?;
        lin.reads(".thread", |text| text.contains("烙饼更好切") && text.contains("作者")).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_taken_in_the_document_and_credited() -> Result<()> {
    Stage::play("talk_correction", async |stage| {
        let (wu, lin) = tokio::try_join!(stage.teacher("wu"), stage.teacher("lin"))?;
        let item = published(stage, &wu, "比一比分数").await?;

        lin.go(&format!("/library/items/{item}")).await?;
        lin.click("指出错误").await?;
        write(&lin, "#talk-quote", WRONG).await?;
        write(&lin, "#talk-instead", RIGHT).await?;
        write(&lin, "#talk-text", "写反了。").await?;
        lin.click("发出").await?;
        lin.reads(".correction", |text| text.contains(RIGHT) && text.contains("等作者定")).await?;

        wu.go(&format!("/library/items/{item}")).await?;
        wu.click("去文档里采纳").await?;
        wu.reads(".doc-correction", |text| text.contains(WRONG) && text.contains("林秀兰")).await?;
        wu.reads(".ProseMirror", |text| text.contains(WRONG)).await?;
        wu.click("采纳，改到正文里").await?;
        wu.reads(".ProseMirror", |text| text.contains(RIGHT) && !text.contains(WRONG)).await?;
        wu.reads(".doc-correction", |text| text.contains("也标成已采纳")).await?;
        wu.saved().await?;

        lin.go(&format!("/library/items/{item}")).await?;
        lin.reads(".correction", |text| text.contains("已采纳")).await?;
        lin.reads(".lib-item", |text| text.contains("更正：林秀兰")).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thing_is_put_in_asked_for_and_lent() -> Result<()> {
    Stage::play("talk_loan", async |stage| {
        let (wu, lin) = tokio::try_join!(stage.teacher("wu"), stage.teacher("lin"))?;
        wu.go("/library/new").await?;
        wu.click("登记可借的东西").await?;
        write(&wu, "dialog input[id^=item-title]", "电路实验箱（新）").await?;
        choose_group(&wu).await?;
        wu.click("登记").await?;
        wu.reads(".lib-item h1", |text| text.contains("电路实验箱（新）")).await?;
        let item = wu.path().await?.rsplit('/').next().context("the item has an address")?.to_owned();

        lin.go(&format!("/library/items/{item}")).await?;
        write(&lin, "#loan-purpose", "三年级实验课").await?;
        lin.click("提交").await?;
        lin.reads(".loan-lines", |text| text.contains("等回复") && text.contains("三年级实验课")).await?;

        wu.go("/library/waiting").await?;
        wu.reads(".wait", |text| text.contains("想借") && text.contains("三年级实验课")).await?;
        wu.find(".wait a.title").await?.click().await?;
        wu.reads(".loan-lines", |text| text.contains("三年级实验课")).await?;
        wu.click("同意").await?;
        write(&wu, "#loan-words", "钥匙在门卫").await?;
        wu.find("dialog[open] button[type=submit]").await?.click().await?;
        wu.reads(".loan-lines", |text| text.contains("已借出")).await?;

        lin.go("/library/loans").await?;
        lin.reads(".wait", |text| text.contains("已借出") && text.contains("钥匙在门卫")).await?;
        Ok(())
    })
    .await
}

/// A lesson design of theirs on the group's shelf, published from a page with a mistake in it.
async fn published(stage: &Stage, teacher: &Teacher, title: &str) -> Result<String> {
    let api = stage.group.api("wu").await?;
    let document = api.create("page", title).await?;
    teacher.open(&document).await?;
    teacher.put_caret(-1, 0).await?;
    teacher.type_text(&format!("想一想：{WRONG}吗？")).await?;
    teacher.saved().await?;
    let body = json!({"kind": "lesson-design", "title": title, "licence": "group-adapt",
        "shelf": {"type": "group", "id": "qinghe"}, "substance": {"type": "document", "of": document}});
    let made = api.post("/api/items", body).await?;
    Ok(made["id"].as_str().context("the item has an id")?.to_owned())
}

async fn write(teacher: &Teacher, field: &str, words: &str) -> Result<()> {
    teacher.find(field).await?.send_keys(words).await?;
    Ok(())
}

/// Chooses the group's shelf in the form of a thing that is lent.
async fn choose_group(teacher: &Teacher) -> Result<()> {
    const CHOOSE: &str = "
        const field = document.querySelector('#lend-shelf');
        field.value = [...field.options].find((one) => one.value.includes('group')).value;
        field.dispatchEvent(new Event('change', { bubbles: true }));
        return field.value;";
    teacher.script(CHOOSE, Value::Null).await?;
    Ok(())
}
