//! Undo takes back what I did, never what a colleague did.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, all_equal};

#[tokio::test(flavor = "multi_thread")]
async fn undo_and_redo_touch_only_my_own() -> Result<()> {
    Stage::play("undo_is_my_own", async |stage| {
        let (zhou, lin, document) = stage.two_in("page").await?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("zhou's ").await?;
        lin.sees_line("zhou's ").await?;
        lin.put_caret_at_end(-1).await?;
        lin.type_text("and lin's").await?;
        zhou.sees_line("zhou's and lin's").await?;

        zhou.press("Control+z").await?;
        lin.sees_line("and lin's").await?;
        zhou.press("Control+Shift+z").await?;
        lin.sees_line("zhou's and lin's").await?;
        lin.press("Control+z").await?;
        zhou.sees_line("zhou's ").await?;
        lin.press("Control+Shift+z").await?;
        zhou.sees_line("zhou's and lin's").await?;

        // A newcomer has nothing to take back: neither this text nor the template.
        let chen = stage.teacher("chen").await?;
        chen.open(&document).await?;
        chen.put_caret_at_end(-1).await?;
        let before = chen.document().await?;
        chen.press("Control+z").await?;
        chen.type_text("x").await?;
        zhou.sees_line("zhou's and lin'sx").await?;
        chen.press("Control+z").await?;
        zhou.sees_line("zhou's and lin's").await?;
        ensure!(
            all_equal(&[&zhou, &lin, &chen]).await? == before,
            "undo by a newcomer changed more than her own letter"
        );
        Ok(())
    })
    .await
}
