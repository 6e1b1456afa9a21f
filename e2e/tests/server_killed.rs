//! `kill -9` for the server while a teacher types: what was shown as saved is there, and nothing is there twice.
#![cfg(feature = "browsers")]

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{Stage, Window, soak};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_shown_as_saved_is_lost_and_nothing_is_doubled() -> Result<()> {
    Stage::play("server_killed", async |stage| {
        let kills = if soak() { 100 } else { 5 };
        let line = stage.line().await?;
        let document = stage.shared_document("page", "服务器断电").await?;
        let lin = stage.enter("lin", Window::new(&line.address())).await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        let token = stage.group.api("zhou").await?.token().await?;
        let mut typed = lin.lines().await?.concat();
        let (mut number, mut saved) = (0, 0);
        for round in 0..kills {
            // Words go on being typed around the moment of death, which is a different one each round.
            let mut shown_as_saved = typed.clone();
            // All words of the rounds before.
            saved = number;
            let moment = Duration::from_millis(40 + (round * 137) % 600);
            let typing = async {
                for _ in 0..12 {
                    number += 1;
                    let word = format!("{number},");
                    lin.type_text(&word).await?;
                    typed.push_str(&word);
                    if lin.save_state().await? == "server" {
                        shown_as_saved.clone_from(&typed);
                        saved = number;
                    }
                }
                anyhow::Ok(())
            };
            let dying = async {
                tokio::time::sleep(moment).await;
                stage.group.kill();
                // The window must not help the server out before the witness has looked.
                line.cut();
                anyhow::Ok(())
            };
            tokio::try_join!(typing, dying)?;
            stage.group.restart().await?;
            let stored = e2e::Witness::join(&stage.group.address(), &document, &token).await?.letters();
            ensure!(
                stored.starts_with(&shown_as_saved),
                "round {round}: {shown_as_saved:?} was shown as saved, stored is {stored:?}"
            );
            ensure!(typed.starts_with(&stored), "round {round}: {typed:?} was typed, stored is {stored:?}");
            line.mend();
            lin.saved().await?;
        }
        let stored = e2e::Witness::join(&stage.group.address(), &document, &token).await?.letters();
        ensure!(stored == typed, "at the end {typed:?} was typed, stored is {stored:?}");
        ensure!(lin.lines().await?.concat() == typed, "the window shows something else");
        stage.account(format!(
            "{kills} server kills: {number} words typed, {saved} of them shown as saved before a kill and found after it, \
             none lost, none doubled"
        ));
        Ok(())
    })
    .await
}
