//! The browser dies without a line to the server: what it showed as kept on this computer comes back.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Window, soak, until};

#[tokio::test(flavor = "multi_thread")]
async fn edits_kept_on_the_device_survive_a_killed_browser() -> Result<()> {
    Stage::play("browser_killed_offline", async |stage| {
        let rounds = if soak() { 25 } else { 2 };
        let line = stage.line().await?;
        let document = stage.shared_document("page", "浏览器被结束").await?;
        let window = Window::new(&line.address());
        let mut lin = stage.enter("lin", window.clone()).await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Begin.").await?;
        lin.saved().await?;
        let mut wanted = "Begin.".to_owned();
        for round in 0..rounds {
            line.cut();
            let sentence = format!(" Offline {round}.");
            lin.put_caret_at_end(-1).await?;
            lin.type_text(&sentence).await?;
            until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
            wanted += &sentence;
            let profile = lin.kill_browser().await?;

            line.mend();
            lin = stage.look_in("lin", window.clone().with_profile(profile)).await?;
            // A browser writes cookies down now and then, so that she may have to sign in again.
            lin.come_back("lin").await?;
            lin.open(&document).await?;
            lin.sees_line(&wanted).await?;
            lin.saved().await?;
            let stored = stage.witness(&document).await?.letters();
            ensure!(stored.ends_with(&wanted), "round {round}: stored is {stored:?}");
        }
        stage.account(format!(
            "{rounds} browser kills without a line: {rounds} sentences kept on the device, none lost, none doubled"
        ));
        Ok(())
    })
    .await
}
