//! Pages about people and accounts are a program of their own: one goes there and back as anywhere else, and a document
//! loads nothing of them.
#![cfg(feature = "browsers")]

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Teacher, until};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn one_goes_from_documents_to_people_and_back() -> Result<()> {
    Stage::play("two_programs", async |stage| {
        let document = stage.shared_document("page", "两个程序").await?;
        let zhou = stage.teacher("zhou").await?;
        zhou.open(&document).await?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("Before I go.").await?;
        ensure!(loads(&zhou, "office").await? == json!(0), "a document loads what belongs to the office");

        // Straight from the last key to the other program: what was typed is there afterwards.
        zhou.click("组织").await?;
        is_at(&zhou, "/people").await?;
        zhou.find("main.people h1").await?;
        ensure!(loads(&zhou, "app").await? == json!(0), "the office loads the editor's program");
        zhou.go_back().await?;
        zhou.sees_line("Before I go.").await?;
        zhou.saved().await?;

        zhou.click("我的工作").await?;
        zhou.click("我：").await?;
        zhou.click("我的账号").await?;
        is_at(&zhou, "/account").await?;
        zhou.click("文档").await?;
        is_at(&zhou, "/documents").await?;
        zhou.find("main a[href^='/documents/']").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_of_the_office_leads_back_to_it() -> Result<()> {
    Stage::play("door_of_the_office", async |stage| {
        let lin = stage.look_in("lin", e2e::Window::new(&stage.group.address())).await?;
        lin.go("/account").await?;
        is_at(&lin, "/signin").await?;
        lin.fill_sign_in("lin").await?;
        is_at(&lin, "/account").await?;
        lin.click("我：").await?;
        lin.click("退出登录").await?;
        is_at(&lin, "/signin").await?;
        lin.go("/people").await?;
        is_at(&lin, "/signin").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_is_good_for_nothing_when_it_has_ended() -> Result<()> {
    Stage::play("tokens_on_the_page", async |stage| {
        let zhou = stage.teacher("zhou").await?;
        zhou.go("/account").await?;
        zhou.click("新建令牌").await?;
        zhou.find("#token-name").await?.send_keys("机房的备份程序").await?;
        zhou.click("新建").await?;
        let shown = zhou.find("#token-made").await?.prop("value").await?.context("the field has a value")?;
        let asks = async || -> Result<u16> {
            let address = format!("{}/api/documents", stage.group.address());
            Ok(reqwest::Client::new().get(address).bearer_auth(&shown).send().await?.status().as_u16())
        };
        ensure!(asks().await? == 200, "the token that was shown is refused");
        zhou.click("我已经保存好").await?;
        zhou.reads(".account", |page| page.contains("机房的备份程序")).await?;
        zhou.go("/account").await?;
        let used = |page: &str| page.split_once("机房的备份程序").is_some_and(|(_, rest)| rest.contains("最近用过"));
        zhou.reads(".account", used).await?;
        let text = zhou.script("return document.documentElement.outerHTML", Value::Null).await?;
        ensure!(!text.as_str().context("a page is text")?.contains(&shown), "the token is on the page again");

        zhou.click("作废令牌“机房的备份程序”").await?;
        zhou.find("dialog[open] .button[data-kind=danger]").await?.click().await?;
        zhou.find(".account .empty").await?;
        ensure!(asks().await? == 401, "a token that has ended is still good");
        Ok(())
    })
    .await
}

/// Waits until the page is at a path, and shows more than that it is being loaded.
async fn is_at(teacher: &Teacher, path: &str) -> Result<()> {
    until(&format!("at {path}"), async || teacher.path().await, |at| at == path).await?;
    teacher.find("main#main").await?;
    Ok(())
}

/// How many files of this program the page has loaded.
async fn loads(teacher: &Teacher, program: &str) -> Result<Value> {
    const COUNT: &str = "
        const names = performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname);
        return names.filter((name) => name.startsWith(`/${arguments[0]}-`)).length";
    teacher.script(COUNT, json!(program)).await
}
