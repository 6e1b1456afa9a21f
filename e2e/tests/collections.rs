//! Collections in real browsers: a librarian makes one and publishes it as the menu of the term; a teacher of a member
//! school sees it, subscribes, and hears of a new version.
#![cfg(feature = "browsers")]

use anyhow::{Context, Result};
use e2e::Stage;
use serde_json::{Value, json};

const TITLE: &str = "开学第一周就能用的";
const NOTE: &str = "先借，再上课。";

#[tokio::test(flavor = "multi_thread")]
async fn a_menu_is_published_and_a_subscriber_hears_of_a_new_version() -> Result<()> {
    Stage::play("collections", async |stage| {
        let (wu, lin) = tokio::try_join!(stage.teacher("wu"), stage.teacher("lin"))?;
        let api = stage.group.api("wu").await?;
        let shelf = json!({"type": "group", "id": "qinghe"});
        let item = |title: &str| {
            json!({"kind": "equipment", "title": title, "licence": "group-use", "shelf": shelf,
                "substance": {"type": "nothing"}})
        };
        let scales = id(&api.post("/api/items", item("托盘天平二十架")).await?)?;
        let clock = id(&api.post("/api/items", item("大钟面一个")).await?)?;

        // She makes it, puts two things into it from their pages, and puts one before the other.
        wu.go("/library/collections").await?;
        wu.click("新建专题").await?;
        wu.find("#collection-title").await?.send_keys(TITLE).await?;
        on_the_shelf_of_the_group(&wu, "collection-shelf").await?;
        wu.click("新建").await?;
        wu.reads(".lib-collection h1", |text| text == TITLE).await?;
        let address = wu.path().await?;
        for item in [&scales, &clock] {
            wu.go(&format!("/library/items/{item}")).await?;
            wu.click("放进专题").await?;
            wu.click(&format!("放进专题《{TITLE}》")).await?;
            wu.reads(".toasts", |text| text.contains("已放进专题")).await?;
        }
        wu.go(&address).await?;
        wu.click("编辑").await?;
        wu.find(".edit-line .input").await?.send_keys(NOTE).await?;
        wu.click("上移：大钟面一个").await?;
        wu.click("存下").await?;
        let in_order = |text: &str| text.find("大钟面一个") < text.find("托盘天平二十架");
        wu.reads(".collection-lines", |text| text.contains(NOTE) && in_order(text)).await?;
        let term = wu.reads(".collection-deeds .button", |text| text.contains("共享菜单")).await?;
        wu.click(term.trim()).await?;
        wu.reads(".collection-head .badge", |text| text.contains("共享菜单")).await?;

        // It is on the first page of everybody in the group, and she subscribes there.
        lin.go("/library").await?;
        lin.reads(".menus", |text| text.contains(TITLE) && text.contains("清河教育集团")).await?;
        lin.find(".menu-line .chip").await?.click().await?;
        lin.reads(".topics", |text| text.contains(TITLE)).await?;
        lin.find(".menu-line a.title").await?.click().await?;
        lin.reads(".collection-lines", |text| text.contains(NOTE)).await?;

        let version = json!({"substance": {"type": "nothing"}, "note": "换了新砝码"});
        api.post(&format!("/api/items/{scales}/versions"), version).await?;
        lin.go("/library").await?;
        lin.reads("#feed", |text| text.contains("托盘天平二十架") && text.contains("换了新砝码")).await?;
        lin.click("都看过了").await?;
        e2e::until("nothing is unread", async || lin.count(".news .badge").await, |count| *count == 0).await?;
        Ok(())
    })
    .await
}

fn id(made: &Value) -> Result<String> {
    Ok(made["id"].as_str().context("what was made has no id")?.to_owned())
}

/// Chooses the group's shelf, which its office is offered.
async fn on_the_shelf_of_the_group(teacher: &e2e::Teacher, field: &str) -> Result<()> {
    const CHOOSE: &str = "
        const field = document.getElementById(arguments[0]);
        const wide = [...field.options].find((one) => one.value.includes('group'));
        field.value = wide.value;
        field.dispatchEvent(new Event('change', { bubbles: true }));";
    teacher.script(CHOOSE, json!(field)).await?;
    Ok(())
}
