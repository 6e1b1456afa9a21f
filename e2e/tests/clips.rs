//! Voices and photos in a tutoring session, by the browser's own fake microphone: a spoken question waits out a cut line and a
//! closed page and arrives once, its photo arrives small, and what is said to all is heard by the other and in the playback.
#![cfg(feature = "browsers")]

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Teacher, Window, until};
use reqwest::Method;
use serde_json::{Value, json};

/// Width and height of the photo as it is chosen.
const CHOSEN: (u32, u32) = (2_400, 1_800);

/// An open session of chen's with lin in it; gives its id.
async fn open_session(stage: &Stage, id: &str) -> Result<()> {
    let chen = stage.group.api("chen").await?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis();
    let plan = json!({
        "id": id, "kind": "questions", "title": "分数怎么起头", "host": "chen",
        "begins": u64::try_from(now)? + 60_000, "minutes": 40, "shelf": { "type": "team", "id": "chen-studio" },
        "invited": [{ "with": { "type": "person", "id": "lin" }, "role": "participant" }],
    });
    chen.post("/api/tutoring", plan).await?;
    stand(stage, id, "open").await
}

async fn stand(stage: &Stage, id: &str, state: &str) -> Result<()> {
    let chen = stage.group.api("chen").await?;
    let path = format!("/api/tutoring/{id}/state");
    let answer = chen.send(Method::PUT, &path, Some(json!({ "state": state }))).await?;
    ensure!(answer.status().is_success(), "the session is {state}: {}", answer.status());
    Ok(())
}

async fn come_in(teacher: &Teacher, id: &str) -> Result<()> {
    teacher.go(&format!("/tutoring/{id}")).await?;
    teacher.find(".board-pages").await?;
    teacher.find("#ask").await?;
    Ok(())
}

/// Speaks for a second at least, by the controls of these names.
async fn speak(teacher: &Teacher, begin: &str, stop: &str) -> Result<()> {
    teacher.find(begin).await?.click().await?;
    teacher.reads(".voice-on .number", |count| !count.starts_with('0')).await?;
    teacher.find(stop).await?.click().await?;
    teacher.find(".voice .clip").await?;
    Ok(())
}

/// How far the first sound inside of that has been played, in seconds.
async fn plays(teacher: &Teacher, inside: &str) -> Result<f64> {
    const LOOK: &str = "
        const audio = document.querySelector(arguments[0] + ' audio');
        return audio?.currentTime ?? 0;";
    Ok(teacher.script(LOOK, json!(inside)).await?.as_f64().unwrap_or(0.0))
}

/// A photo as a camera without compression would give it: 13 MB.
fn photo(stage: &Stage) -> Result<PathBuf> {
    const HEAD: u32 = 54;
    let (width, height) = CHOSEN;
    let mut bytes = b"BM".to_vec();
    for number in [HEAD + width * height * 3, 0, HEAD, 40, width, height] {
        bytes.extend(number.to_le_bytes());
    }
    for number in [1u16, 24] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([0; 24]);
    for row in 0..height {
        bytes.extend((0..width).flat_map(|column| [column, row, column ^ row].map(|light| light.to_le_bytes()[0])));
    }
    let path = stage.folder().join("board.bmp");
    std::fs::write(&path, bytes)?;
    Ok(path)
}

async fn questions(stage: &Stage, id: &str) -> Result<Vec<Value>> {
    let answer = stage.group.api("chen").await?.get(&format!("/api/tutoring/{id}/questions")).await?;
    Ok(answer["questions"].as_array().cloned().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoken_question_with_a_photo_waits_out_a_cut_line_and_arrives_once() -> Result<()> {
    Stage::play("clips_question", async |stage| {
        const ID: &str = "clips-question";
        let line = stage.line().await?;
        open_session(stage, ID).await?;
        let far = Window::new(&line.address());
        let (chen, lin) = tokio::try_join!(stage.teacher("chen"), stage.enter("lin", far))?;
        tokio::try_join!(come_in(&chen, ID), come_in(&lin, ID))?;
        let path = photo(stage)?;
        lin.find("input.ask-photo").await?.send_keys(path.to_str().context("the path of a photo is text")?).await?;
        lin.find(".ask-photo-shown img").await?;
        speak(&lin, "#voice-begin", "#voice-stop").await?;
        line.cut();
        lin.find("#ask").await?.click().await?;
        lin.type_text("断网时说的").await?;
        lin.press("Control+Enter").await?;
        lin.reads(".unsent li", |row| row.contains("断网时说的") && row.contains("已存在这台设备上")).await?;
        ensure!(questions(stage, ID).await?.is_empty(), "the line was not cut");
        // The page is closed with nothing sent, and another one goes on.
        lin.visit("about:blank").await?;
        line.mend();
        come_in(&lin, ID).await?;
        chen.reads(".queue li", |row| row.contains("断网时说的")).await?;
        until("it is on its way no more", async || lin.count(".unsent li").await, |unsent| *unsent == 0).await?;
        let asked = questions(stage, ID).await?;
        ensure!(asked.len() == 1, "it was asked once: {asked:?}");
        let (photo, clip) = (&asked[0]["photo"], &asked[0]["clip"]);
        let (width, height) = (photo["width"].as_u64(), photo["height"].as_u64());
        ensure!(width.is_some_and(|width| width <= 1_600) && height.is_some_and(|height| height <= 1_200), "{photo}");
        ensure!(photo["bytes"].as_u64().is_some_and(|bytes| bytes < 400_000), "a photo for a weak line: {photo}");
        ensure!(clip["millis"].as_u64().is_some_and(|millis| millis >= 1_000), "{clip}");
        let peaks = clip["peaks"].as_array().cloned().unwrap_or_default();
        ensure!(peaks.iter().any(|peak| peak.as_u64() > Some(0)), "the microphone beeps: {clip}");
        chen.find(".queue .clip button").await?.click().await?;
        until("he hears her", async || plays(&chen, ".queue .clip").await, |played| *played > 0.1).await?;
        chen.find(".queue .question-media img").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_to_all_is_heard_by_the_other_and_in_the_playback() -> Result<()> {
    Stage::play("clips_said", async |stage| {
        const ID: &str = "clips-said";
        open_session(stage, ID).await?;
        let (chen, lin) = tokio::try_join!(stage.teacher("chen"), stage.teacher("lin"))?;
        tokio::try_join!(come_in(&chen, ID), come_in(&lin, ID))?;
        ensure!(lin.count("#voice-begin-all").await? == 0, "who has no floor does not speak to all");
        speak(&chen, "#voice-begin-all", "#voice-stop-all").await?;
        chen.click("说给大家听").await?;
        lin.reads(".said li", |row| row.contains("陈静秋")).await?;
        ensure!(lin.count(".said li .split > button").await? == 0, "what others said is not hers to remove");
        lin.find(".said li .clip button").await?.click().await?;
        until("she hears him", async || plays(&lin, ".said li .clip").await, |played| *played > 0.1).await?;
        stand(stage, ID, "ended").await?;
        lin.find(".card.said .clip").await?;
        chen.go(&format!("/tutoring/{ID}/replay")).await?;
        chen.find(".replay-moments .clip-line").await?;
        chen.find(".replay-moments button").await?.click().await?;
        chen.find(".replay-bar .icon-button").await?.click().await?;
        until("it is heard again", async || plays(&chen, ".replay-side").await, |played| *played > 0.1).await?;
        Ok(())
    })
    .await
}
