//! One teacher, one browser, two tabs of the same document: as good as two computers.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, until};

#[tokio::test(flavor = "multi_thread")]
async fn both_tabs_write_and_both_are_saved() -> Result<()> {
    Stage::play("two_tabs", async |stage| {
        let line = stage.line().await?;
        let document = stage.shared_document("page", "两个标签页").await?;
        let lin = stage.enter("lin", e2e::Window::new(&line.address())).await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("one").await?;
        let first = lin.tab().await?;
        let second = lin.new_tab().await?;
        lin.open(&document).await?;
        lin.sees_line("one").await?;
        lin.put_caret_at_end(-1).await?;
        lin.type_text(" two").await?;
        lin.saved().await?;
        lin.switch_to(&first).await?;
        lin.sees_line("one two").await?;

        // Without a line both keep what is theirs; with it both are saved, once.
        line.cut();
        lin.put_caret_at_end(-1).await?;
        lin.type_text(" three").await?;
        until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
        lin.switch_to(&second).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("zero ").await?;
        until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
        line.mend();
        let wanted = "zero one two three";
        lin.sees_line(wanted).await?;
        lin.saved().await?;
        lin.switch_to(&first).await?;
        lin.sees_line(wanted).await?;
        lin.saved().await?;
        let stored = stage.witness(&document).await?.letters();
        ensure!(stored.ends_with(wanted), "stored is {stored:?}");
        Ok(())
    })
    .await
}
