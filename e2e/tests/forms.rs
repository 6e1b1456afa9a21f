//! What somebody has typed is not lost by a key, and what they look for stands in the address.
#![cfg(feature = "browsers")]

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Teacher, until};
use serde_json::json;

const ROW: &str = "table.table tbody tr";
const FORM: &str = "dialog[open] #person-teaches";
const QUESTION: &str = "dialog[open]:not(:has(form))";

#[tokio::test(flavor = "multi_thread")]
async fn what_people_look_for_stands_in_the_address() -> Result<()> {
    Stage::play("people_in_the_address", async |stage| {
        let wu = stage.teacher("wu").await?;
        wu.go("/people").await?;
        wu.find(ROW).await?;
        wu.find(".people-find input").await?.send_keys("柳溪 数学").await?;
        rows(&wu, 3).await?;
        until("the words are in the address", async || address(&wu).await, |address| address.contains("q=")).await?;
        let found = address(&wu).await?;
        wu.go(&found).await?;
        rows(&wu, 3).await?;
        let typed = wu.find(".people-find input").await?.prop("value").await?;
        ensure!(typed.as_deref() == Some("柳溪 数学"), "the field says what is looked for: {typed:?}");

        // Back from somebody's page it is the same.
        wu.find(&format!("{ROW} a")).await?.click().await?;
        wu.find("main.person h1").await?;
        wu.go_back().await?;
        rows(&wu, 3).await?;
        wu.find(".people-tools .chip:last-of-type").await?.click().await?;
        rows(&wu, 0).await?;
        ensure!(address(&wu).await?.contains("filter=suspended"), "the filter, too");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_filled_form_asks_before_it_goes() -> Result<()> {
    Stage::play("forms_half_filled", async |stage| {
        let wu = stage.teacher("wu").await?;
        wu.go("/people?q=linxiulan").await?;
        rows(&wu, 1).await?;
        wu.find(&format!("{ROW} a")).await?.click().await?;
        wu.find("main.person h1").await?;

        // Nothing was typed: nothing is asked.
        wu.click("改资料").await?;
        wu.find(FORM).await?;
        wu.press("Escape").await?;
        gone(&wu).await?;

        wu.click("改资料").await?;
        wu.find(FORM).await?.send_keys("，带班").await?;
        // However often: Chromium lets Esc be refused once only.
        for _ in 0..2 {
            wu.press("Escape").await?;
            wu.find(QUESTION).await?;
            wu.press("Escape").await?;
            until("the question is gone", async || wu.count(QUESTION).await, |open| *open == 0).await?;
            wu.find(FORM).await?;
        }
        wu.go_back().await?;
        wu.find(QUESTION).await?;
        wu.click("继续填写").await?;
        let typed = wu.find(FORM).await?.prop("value").await?.unwrap_or_default();
        ensure!(typed.ends_with("，带班"), "what was typed is there: {typed}");
        ensure!(wu.path().await?.starts_with("/people/person/"), "and so is the page");

        wu.press("Escape").await?;
        wu.find(QUESTION).await?;
        wu.click("放弃").await?;
        gone(&wu).await?;

        // The browser has scrolled to where the page before was.
        wu.script("window.scrollTo(0, 0)", json!(null)).await?;

        // What was done is taken back by the keyboard alone.
        wu.click("改资料").await?;
        wu.find(FORM).await?.send_keys("，带班").await?;
        wu.press("Enter").await?;
        wu.reads(".toast", |text| text.contains("撤销")).await?;
        wu.press("Alt+z").await?;
        wu.find(".toast button:focus").await?;
        wu.press("Enter").await?;
        wu.reads("main.person", |text| !text.contains("带班")).await?;
        Ok(())
    })
    .await
}

/// Path and query.
async fn address(teacher: &Teacher) -> Result<String> {
    let address = teacher.script("return location.pathname + location.search", json!(null)).await?;
    Ok(address.as_str().context("an address is text")?.to_owned())
}

async fn rows(teacher: &Teacher, count: usize) -> Result<()> {
    until(&format!("{count} people"), async || teacher.count(ROW).await, |rows| *rows == count).await?;
    Ok(())
}

async fn gone(teacher: &Teacher) -> Result<()> {
    until("no dialog is open", async || teacher.count("dialog[open]").await, |open| *open == 0).await?;
    Ok(())
}
