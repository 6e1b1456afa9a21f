//! The line of one campus breaks; both sides write on; afterwards both have everything.
#![cfg(feature = "browsers")]

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{Stage, Window, all_equal, soak, until, until_within};

#[tokio::test(flavor = "multi_thread")]
async fn edits_on_both_sides_of_a_cut_meet_again() -> Result<()> {
    Stage::play("line_cut", async |stage| {
        let line = stage.line().await?;
        let document = stage.shared_document("page", "断网也能写").await?;
        let far = Window::new(&line.address());
        let (zhou, lin) = tokio::try_join!(stage.teacher("zhou"), stage.enter("lin", far))?;
        tokio::try_join!(zhou.open(&document), lin.open(&document))?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("Start.").await?;
        lin.sees_line("Start.").await?;

        line.cut();
        lin.put_caret_at_end(-1).await?;
        lin.type_text(" Lin without a line.").await?;
        zhou.press("Home").await?;
        zhou.type_text("Zhou meanwhile. ").await?;
        zhou.saved().await?;
        // What lin wrote is safe on her computer, and nothing claims more.
        until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
        lin.reads("body", |text| text.contains("连不上服务器")).await?;
        // Long enough for both ends to have given the line up and tried again in vain: the cut itself is what is tested.
        tokio::time::sleep(Duration::from_secs(30)).await;
        ensure!(lin.save_state().await? == "device", "without a line nothing is on the server");
        ensure!(!zhou.lines().await?.concat().contains("Lin without"), "the line was not cut");

        line.mend();
        let wanted = "Zhou meanwhile. Start. Lin without a line.";
        lin.sees_line(wanted).await?;
        zhou.sees_line(wanted).await?;
        lin.saved().await?;
        all_equal(&[&zhou, &lin]).await?;
        stage.account(
            "a line cut for 30 s, edits on both sides: both windows equal, none lost, none doubled".to_owned(),
        );
        Ok(())
    })
    .await
}

/// A heading that was a paragraph is another element: words written in the old one must find it.
#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_changed_its_kind_behind_a_cut_takes_the_words_of_others_along() -> Result<()> {
    Stage::play("line_cut_kind", async |stage| {
        let line = stage.line().await?;
        let document = stage.shared_document("page", "断网时改样式").await?;
        let far = Window::new(&line.address());
        let (zhou, lin) = tokio::try_join!(stage.teacher("zhou"), stage.enter("lin", far))?;
        tokio::try_join!(zhou.open(&document), lin.open(&document))?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("Goals.").await?;
        zhou.saved().await?;
        lin.sees_line("Goals.").await?;

        line.cut();
        lin.put_caret_at_end(-1).await?;
        lin.press("Control+Alt+2").await?;
        lin.find(".ProseMirror h2").await?;
        until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
        zhou.put_caret_at_end(-1).await?;
        zhou.type_text(" Two of them.").await?;
        zhou.saved().await?;
        ensure!(zhou.count(".ProseMirror h2").await? == 0, "the line was not cut");

        line.mend();
        for window in [&zhou, &lin] {
            window.reads(".ProseMirror h2", |text| text == "Goals. Two of them.").await?;
        }
        lin.saved().await?;
        all_equal(&[&zhou, &lin]).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_falls_silent_is_noticed_and_replaced() -> Result<()> {
    Stage::play("line_silent", async |stage| {
        let line = stage.line().await?;
        let document = stage.shared_document("page", "线路没有声音").await?;
        let lin = stage.enter("lin", Window::new(&line.address())).await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Before.").await?;
        lin.saved().await?;

        // Her connection is dead and nobody is told: after half a minute (C9) the window takes another.
        line.forget();
        lin.type_text(" During.").await?;
        until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
        let look = async || lin.save_state().await;
        until_within(Duration::from_secs(60), "saved by a new connection", look, |at| at == "server").await?;

        // Now no new one gets through either; in the soak long enough for every timeout to pass.
        line.fall_silent();
        lin.type_text(" Silence.").await?;
        until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
        let silence = Duration::from_secs(if soak() { 90 } else { 2 });
        tokio::time::sleep(silence).await;
        ensure!(lin.save_state().await? == "device", "a silent line saves nothing");
        line.mend();
        lin.type_text(" After.").await?;
        lin.saved().await?;
        let witness = stage.witness(&document).await?;
        ensure!(witness.letters().ends_with("Before. During. Silence. After."), "{}", witness.xml());
        stage.account(format!(
            "a dead connection replaced, a line silent for {} s: all edits saved, none doubled",
            silence.as_secs()
        ));
        Ok(())
    })
    .await
}
