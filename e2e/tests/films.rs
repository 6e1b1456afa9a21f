//! A film in a real browser, on a machine with `ffmpeg`: the version for slow lines plays first, and the original by a press.
#![cfg(feature = "browsers")]

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use e2e::{Stage, until};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_film_plays_small_first_and_the_original_goes_on_where_it_was() -> Result<()> {
    Stage::play("films", async |stage| {
        let lin = stage.teacher("lin").await?;
        let film = film(stage)?;
        lin.go("/library/new").await?;
        lin.find("#put-in-files").await?.send_keys(film.to_str().context("the path is text")?).await?;
        lin.reads(".upload", |text| text.contains("传好了")).await?;
        lin.click("放进资源库").await?;
        lin.reads(".draft", |text| text.contains("已放进资源库")).await?;
        let item = lin.reads_attribute(".draft a[href^='/library/items/']", "href").await?;

        let api = stage.group.api("lin").await?;
        let made = async || api.get(&format!("/api{}", item.trim_start_matches("/library"))).await;
        let view = until("it is made small", made, |view| view["versions"][0]["files"][0]["small"].is_object()).await?;
        let file = &view["versions"][0]["files"][0];
        let (small, whole) = (file["small"]["bytes"].as_u64(), file["bytes"].as_u64());
        ensure!(small < whole.map(|bytes| bytes / 4), "{small:?} of {whole:?}");

        lin.go(&item).await?;
        let plays = async || lin.script(PLAYS, Value::Null).await;
        let shown = until("it can be played", plays, |shown| shown["ready"] == 4).await?;
        ensure!(shown["small"] == true && shown["width"] == 640, "{shown}");
        lin.script("document.querySelector('video.played').currentTime = 7;", Value::Null).await?;
        until("it has gone there", plays, |shown| shown["at"] == 7 && shown["ready"] == 4).await?;
        lin.script("document.querySelector('input[name=rendition]:not(:checked)').click();", Value::Null).await?;
        until("the original goes on", plays, |shown| {
            *shown == json!({ "small": false, "width": 1280, "at": 7, "ready": 4 })
        })
        .await?;
        Ok(())
    })
    .await
}

const PLAYS: &str = "
    const film = document.querySelector('video.played');
    const address = new URL(film.src);
    return { small: address.pathname.endsWith('/small'), width: film.videoWidth, at: Math.floor(film.currentTime), ready: film.readyState };";

/// Twelve seconds of a moving picture with a tone, 3 Mbit/s.
fn film(stage: &Stage) -> Result<PathBuf> {
    let path = stage.folder().join("三年级折纸课堂实录.mp4");
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30"])
        .args(["-f", "lavfi", "-i", "sine=frequency=440", "-t", "12", "-c:v", "libx264", "-preset", "ultrafast"])
        .args(["-b:v", "3000k", "-pix_fmt", "yuv420p", "-c:a", "aac"])
        .arg(&path)
        .status()
        .context("this play needs ffmpeg: cargo xtask test --only ffmpeg")?;
    ensure!(made.success(), "ffmpeg made no film");
    Ok(path)
}
