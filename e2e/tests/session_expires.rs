//! A session ends while its owner is writing: she signs in where she is, and nothing is lost.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, until};

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_in_place_keeps_what_was_written() -> Result<()> {
    Stage::play("session_expires", async |stage| {
        let (zhou, lin, document) = stage.two_in("page").await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Before.").await?;
        lin.saved().await?;

        // Her session ends on the server, as after "sign out everywhere" on another computer.
        let cookie = lin.cookie("gongbei_session").await?;
        stage.group.end_session(&format!("gongbei_session={cookie}")).await?;
        lin.find("dialog[open] input[name=password]").await?;
        ensure!(lin.path().await? == format!("/documents/{document}"), "she was sent away from her document");
        let witness = stage.witness(&document).await?;
        lin.press("Escape").await?;
        lin.sign_in_again().await?;
        lin.put_caret_at_end(-1).await?;
        lin.type_text(" After.").await?;
        lin.saved().await?;
        zhou.sees_line("Before. After.").await?;
        until("the witness has it", async || Ok(witness.letters()), |letters| letters.ends_with("Before. After."))
            .await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_after_the_end_waits_on_the_device() -> Result<()> {
    Stage::play("session_expires_offline", async |stage| {
        let line = stage.line().await?;
        let document = stage.shared_document("page", "登录过期").await?;
        let lin = stage.enter("lin", e2e::Window::new(&line.address())).await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Before.").await?;
        lin.saved().await?;
        // Cut off, she writes on; meanwhile her session ends; the line comes back and the server wants to know who she is.
        line.cut();
        lin.type_text(" During.").await?;
        until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
        let cookie = lin.cookie("gongbei_session").await?;
        stage.group.end_session(&format!("gongbei_session={cookie}")).await?;
        line.mend();
        lin.find("dialog[open] input[name=password]").await?;
        ensure!(lin.save_state().await? == "device", "nothing may be shown as saved by nobody");
        lin.sign_in_again().await?;
        lin.saved().await?;
        let stored = stage.witness(&document).await?.letters();
        ensure!(stored.ends_with("Before. During."), "stored is {stored:?}");
        Ok(())
    })
    .await
}
