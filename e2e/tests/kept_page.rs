//! The page that a browser keeps for its "back" arrow (back/forward cache): nobody is in it, and nobody else finds it.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, until};
use serde_json::Value;

/// What the page shows to whoever looks at the screen.
async fn seen(teacher: &Teacher) -> Result<Value> {
    const SEEN: &str = "return getComputedStyle(document.body).visibility === 'visible' ? document.body.innerText : ''";
    teacher.script(SEEN, Value::Null).await
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_back_to_a_plan_goes_on_with_it() -> Result<()> {
    Stage::play("kept_page_goes_on", async |stage| {
        let (zhou, lin, document) = stage.two_in("page").await?;
        zhou.find(".people-here").await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Before.").await?;
        lin.saved().await?;

        lin.go("/documents").await?;
        until("nobody else is here", async || zhou.count(".people-here").await, |count| *count == 0).await?;
        zhou.put_caret_at_end(-1).await?;
        zhou.type_text(" Meanwhile.").await?;
        zhou.saved().await?;

        lin.go_back().await?;
        lin.reads(".ProseMirror[contenteditable=true]", |text| text.contains("Before. Meanwhile.")).await?;
        zhou.find(".people-here").await?;
        lin.put_caret_at_end(-1).await?;
        lin.type_text(" After.").await?;
        lin.saved().await?;
        zhou.reads(".ProseMirror", |text| text.contains("Before. Meanwhile. After.")).await?;
        ensure!(lin.path().await?.contains(&document));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_signed_out_leaves_no_plan_behind_the_arrow() -> Result<()> {
    Stage::play("kept_page_signed_out", async |stage| {
        let (zhou, lin, _) = stage.two_in("page").await?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("Only for colleagues.").await?;
        lin.reads(".ProseMirror", |text| text.contains("Only for colleagues.")).await?;
        lin.go("/documents").await?;
        lin.click("我：").await?;
        lin.click("退出登录").await?;
        until("signed out", async || lin.path().await, |path| path == "/signin").await?;
        for _ in 0..2 {
            lin.go_back().await?;
            lin.find("input[name=login]").await?;
            let seen = seen(&lin).await?.to_string();
            ensure!(!seen.contains("Only for colleagues."), "the screen shows {seen}");
        }
        Ok(())
    })
    .await
}
