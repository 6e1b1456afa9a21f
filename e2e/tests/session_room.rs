//! A tutoring session in two browsers: a hand goes up, the pen is given and draws, a question is asked with an input method and
//! answered live, what was asked without a line arrives, and whoever is sent away is out at once.
#![cfg(feature = "browsers")]

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Teacher, Window, until};
use reqwest::Method;
use serde_json::{Value, json};

/// Who is sent away is out after so long at most.
const OUT: Duration = Duration::from_secs(1);

/// An open session of chen's with lin and ma in it; gives its id.
async fn open_session(stage: &Stage) -> Result<String> {
    let chen = stage.group.api("chen").await?;
    let id = "room-play".to_owned();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis();
    let plan = json!({
        "id": id, "kind": "questions", "title": "分数怎么起头", "about": "从“半个”讲到二分之一。", "host": "chen",
        "begins": u64::try_from(now)? + 60_000, "minutes": 40, "shelf": { "type": "team", "id": "chen-studio" },
        "invited": [
            { "with": { "type": "person", "id": "lin" }, "role": "participant" },
            { "with": { "type": "person", "id": "ma" }, "role": "participant" },
            { "with": { "type": "person", "id": "qian" }, "role": "listener" },
        ],
    });
    chen.post("/api/tutoring", plan).await?;
    let opened = chen.send(Method::PUT, &format!("/api/tutoring/{id}/state"), Some(json!({ "state": "open" }))).await?;
    ensure!(opened.status().is_success(), "the session opens: {}", opened.status());
    Ok(id)
}

/// Comes into the room.
async fn come_in(teacher: &Teacher, id: &str) -> Result<()> {
    teacher.go(&format!("/tutoring/{id}")).await?;
    teacher.find("#board-surface canvas").await?;
    teacher.find(".board-pages").await?;
    Ok(())
}

/// How many pixels of the middle of the board have something settled on them.
async fn inked(teacher: &Teacher) -> Result<u64> {
    const COUNT: &str = "
        const canvas = document.querySelector('#board-surface canvas');
        const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let inked = 0;
        for (let at = 3; at < pixels.length; at += 4) if (pixels[at] > 0) inked += 1;
        return inked;";
    Ok(teacher.script(COUNT, Value::Null).await?.as_u64().unwrap_or(0))
}

/// Draws a line through the middle of the board.
async fn draw(teacher: &Teacher) -> Result<()> {
    const WHERE: &str = "
        const r = document.getElementById('board-surface').getBoundingClientRect();
        return [Math.round(r.left + r.width / 2), Math.round(r.top + r.height / 2)];";
    let at = teacher.script(WHERE, Value::Null).await?;
    let at = |axis: usize| at[axis].as_i64().context("the surface has a place");
    let (x, y) = (at(0)?, at(1)?);
    teacher.drag((x - 100, y), (x + 100, y + 4)).await
}

/// The questions of the session as the server has them for this person.
async fn questions(stage: &Stage, login: &str, id: &str) -> Result<Vec<Value>> {
    let answer = stage.group.api(login).await?.get(&format!("/api/tutoring/{id}/questions")).await?;
    Ok(answer["questions"].as_array().cloned().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_goes_up_and_the_pen_is_given_draws_and_is_taken() -> Result<()> {
    Stage::play("session_room_pen", async |stage| {
        let id = open_session(stage).await?;
        let (chen, lin) = tokio::try_join!(stage.teacher("chen"), stage.teacher("lin"))?;
        tokio::try_join!(come_in(&chen, &id), come_in(&lin, &id))?;
        ensure!(lin.count(".board-tools").await? == 0, "nobody draws without the pen");
        lin.click("举手").await?;
        chen.reads(".side-toggle .count", |count| count == "1").await?;
        chen.find("#side-tab-people").await?.click().await?;
        chen.reads("#side-people ol li", |hand| hand.contains("林秀兰")).await?;
        chen.click("给笔").await?;
        lin.find(".board-tools").await?;
        lin.reads(".holding", |words| words.contains("您有笔")).await?;
        draw(&lin).await?;
        until("her line on his board", async || inked(&chen).await, |inked| *inked > 100).await?;
        // The hand went down with what it was up for.
        until("no hand is up", async || chen.count("#side-people ol li").await, |hands| *hands == 0).await?;
        lin.click("交还").await?;
        until("the tools are gone", async || lin.count(".board-tools").await, |tools| *tools == 0).await?;
        ensure!(inked(&lin).await? > 100, "what she drew stays");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_asked_with_an_input_method_voted_for_and_answered_live() -> Result<()> {
    Stage::play("session_room_question", async |stage| {
        let id = open_session(stage).await?;
        let (chen, lin, ma) = tokio::try_join!(stage.teacher("chen"), stage.teacher("lin"), stage.teacher("ma"))?;
        tokio::try_join!(come_in(&chen, &id), come_in(&lin, &id), come_in(&ma, &id))?;
        lin.find("#ask").await?.click().await?;
        for letters in ["f", "fe", "fens", "fenshu"] {
            lin.compose(letters).await?;
        }
        // Enter belongs to the input method as long as it composes.
        lin.press("Control+Enter").await?;
        lin.commit("分数线为什么要先写？").await?;
        ensure!(questions(stage, "lin", &id).await?.is_empty(), "nothing was sent while she composed");
        // What is typed is there again after a reload.
        lin.go(&format!("/tutoring/{id}")).await?;
        let typed = async || lin.script("return document.getElementById('ask')?.value ?? '';", Value::Null).await;
        until("the question is still there", typed, |typed| typed.as_str() == Some("分数线为什么要先写？")).await?;
        lin.find("#ask").await?.click().await?;
        lin.press("Control+Enter").await?;
        chen.reads(".queue li", |row| row.contains("分数线") && row.contains("林秀兰")).await?;
        ma.click("我也想问").await?;
        chen.reads(".queue li .vote", |votes| votes.trim() == "2").await?;
        chen.click("回答").await?;
        lin.reads(".queue li[aria-current]", |row| row.contains("正在回答")).await?;
        chen.click("答完了").await?;
        ma.reads(".queue li[data-kind=done]", |row| row.contains("已答，课上第")).await?;
        let asked = questions(stage, "ma", &id).await?;
        ensure!(asked.len() == 1 && asked[0]["state"] == "answered" && asked[0]["moment"].is_i64(), "{asked:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_without_a_line_arrives_once() -> Result<()> {
    Stage::play("session_room_cut", async |stage| {
        let line = stage.line().await?;
        let id = open_session(stage).await?;
        let far = Window::new(&line.address());
        let (chen, lin) = tokio::try_join!(stage.teacher("chen"), stage.enter("lin", far))?;
        tokio::try_join!(come_in(&chen, &id), come_in(&lin, &id))?;
        line.cut();
        lin.find("#ask").await?.click().await?;
        lin.type_text("断网时问的").await?;
        lin.press("Control+Enter").await?;
        lin.reads(".unsent li", |row| row.contains("断网时问的") && row.contains("正在发送")).await?;
        ensure!(questions(stage, "chen", &id).await?.is_empty(), "the line was not cut");
        line.mend();
        chen.reads(".queue li", |row| row.contains("断网时问的")).await?;
        until("it is on its way no more", async || lin.count(".unsent li").await, |unsent| *unsent == 0).await?;
        ensure!(questions(stage, "chen", &id).await?.len() == 1, "it was asked once");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_sent_away_is_out_at_once_and_can_be_let_return() -> Result<()> {
    Stage::play("session_room_sent_away", async |stage| {
        let id = open_session(stage).await?;
        let (chen, lin) = tokio::try_join!(stage.teacher("chen"), stage.teacher("lin"))?;
        tokio::try_join!(come_in(&chen, &id), come_in(&lin, &id))?;
        chen.find("#side-tab-people").await?.click().await?;
        chen.click("林秀兰，柳溪小学：给笔、发言、请出").await?;
        chen.click("请出课堂").await?;
        chen.reads("dialog[open]", |dialog| dialog.contains("请林秀兰离开课堂")).await?;
        chen.find("dialog[open] button[data-kind=danger]").await?.click().await?;
        let said = Instant::now();
        lin.reads("main h1", |words| words.contains("您已经不在这堂课里了")).await?;
        ensure!(said.elapsed() < OUT, "she was in it for another {:?}", said.elapsed());
        ensure!(lin.count("#board-surface").await? == 0, "the board is gone from her screen");
        chen.click("让回来").await?;
        until("she is let return", async || chen.count("#people-away").await, |away| *away == 0).await?;
        come_in(&lin, &id).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_are_written_together_and_read_by_listeners() -> Result<()> {
    Stage::play("session_room_notes", async |stage| {
        let id = open_session(stage).await?;
        let (lin, qian) = tokio::try_join!(stage.teacher("lin"), stage.teacher("qian"))?;
        tokio::try_join!(come_in(&lin, &id), come_in(&qian, &id))?;
        for teacher in [&lin, &qian] {
            teacher.find("#side-tab-notes").await?.click().await?;
        }
        lin.find(".notes-text .ProseMirror[contenteditable=true]").await?.click().await?;
        lin.type_text("从下往上读：四分之一。").await?;
        qian.reads(".notes-text .ProseMirror[contenteditable=false]", |text| text.contains("四分之一")).await?;
        ensure!(qian.count(".notes-head .toolbar").await? == 0, "a listener has no tools");
        ensure!(qian.count("#ask").await? == 0, "a listener does not ask");
        Ok(())
    })
    .await
}
