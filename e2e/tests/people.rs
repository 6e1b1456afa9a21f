//! The administration pages, as a group's secretary uses them.
#![cfg(feature = "browsers")]

use anyhow::{Context, Result, ensure};
use e2e::{Api, Stage, Teacher, until};
use serde_json::Value;

const ROW: &str = "table.table tbody tr";

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_found_by_pinyin_added_to_a_team_and_it_is_taken_back() -> Result<()> {
    Stage::play("people_into_a_team", async |stage| {
        let (office, wu) = tokio::try_join!(stage.group.api("wu"), stage.teacher("wu"))?;
        let before = seats(&office, "shanzhigao").await?;
        wu.go("/people").await?;
        find(&wu, "shanzhigao", "单志高").await?;
        wu.find(&format!("{ROW} input")).await?.click().await?;
        wu.click("加进组").await?;
        // No team is taken for granted: the field says that one has to be chosen, and has the focus.
        wu.find("dialog[open] button[type=submit]").await?.click().await?;
        wu.find("#seat-place[aria-invalid=true]:focus").await?;
        wu.find("#seat-place option[value='team:maths-3']").await?.click().await?;
        wu.find("dialog[open] button[type=submit]").await?.click().await?;
        wu.reads(".toast", |text| text.contains("单志高")).await?;
        let after = seats(&office, "shanzhigao").await?;
        ensure!(after.len() == before.len() + 1, "one seat more than {before:?}, not {after:?}");

        wu.click("撤销").await?;
        let look = async || seats(&office, "shanzhigao").await;
        until("it is as it was", look, |now: &Vec<Value>| *now == before).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_in_the_picture_leads_to_its_people() -> Result<()> {
    Stage::play("people_of_a_school", async |stage| {
        let wu = stage.teacher("wu").await?;
        wu.go("/people").await?;
        wu.find(ROW).await?;
        wu.reads(".picture", |text| text.contains("领衔校") && text.contains("也领衔")).await?;
        wu.click("柳溪小学").await?;
        wu.reads(".body-bar", |text| text.contains("柳溪小学")).await?;
        wu.reads("tbody", |text| text.contains("林秀兰") && !text.contains("赵晓雯")).await?;

        // Somebody who looks after nobody sees the same picture and has nothing to press.
        let lin = stage.teacher("lin").await?;
        lin.go("/people").await?;
        lin.find(ROW).await?;
        ensure!(lin.count(".batch, tbody input, .lead .actions").await? == 0, "lin is offered what is not hers");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_at_work_is_told_and_keeps_the_words() -> Result<()> {
    Stage::play("people_suspended_at_work", async |stage| {
        let document = stage.shared_document("page", "写到一半").await?;
        let (wu, lin) = tokio::try_join!(stage.teacher("wu"), stage.teacher("lin"))?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("Half a thought.").await?;
        lin.saved().await?;
        wu.go("/people").await?;
        find(&wu, "linxiulan", "林秀兰").await?;
        wu.find(&format!("{ROW} input")).await?.click().await?;
        wu.click("停用").await?;
        wu.reads(".toast", |text| text.contains("停用")).await?;

        lin.reads("dialog[open]", |text| text.contains("您写的内容都还在这个页面上")).await?;
        lin.sees_line("Half a thought.").await?;
        wu.click("撤销").await?;
        wu.reads("tbody", |text| text.contains("林秀兰") && !text.contains("已停用")).await?;
        lin.sign_in_again().await?;
        lin.put_caret_at_end(-1).await?;
        lin.type_text(" And the rest.").await?;
        lin.saved().await
    })
    .await
}

/// Types into the search of the table until only that person is in it.
async fn find(teacher: &Teacher, words: &str, name: &str) -> Result<()> {
    teacher.find(ROW).await?;
    teacher.find(".people-find input").await?.send_keys(words).await?;
    let look = async || Ok((teacher.count(ROW).await?, teacher.find(ROW).await?.text().await?));
    until(&format!("{name} alone in the table"), look, |(rows, first)| *rows == 1 && first.contains(name)).await?;
    Ok(())
}

/// The seats of the one person who is found by these words.
async fn seats(office: &Api, words: &str) -> Result<Vec<Value>> {
    let found = office.get(&format!("/api/organisation/people?q={words}")).await?;
    let people = found["people"].as_array().context("no people in the answer")?;
    ensure!(people.len() == 1, "{words} finds {}", people.len());
    Ok(people[0]["seats"].as_array().context("no seats in the answer")?.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_meant_is_named_and_the_rest_is_done() -> Result<()> {
    Stage::play("people_all_of_them", async |stage| {
        let wu = stage.teacher("wu").await?;
        wu.go("/people").await?;
        wu.find(ROW).await?;
        wu.find("thead input").await?.click().await?;
        let note = wu.reads(".batch-note", |text| text.contains("人照发")).await?;
        let rest = note.rsplit_once("其余 ").and_then(|(_, rest)| rest.split_once(" 人照发"));
        let rest: usize = rest.context("how many are left is not said")?.0.parse()?;
        wu.click("发起始码").await?;
        until("a card for each of the rest", async || wu.count(".code-card").await, |cards| *cards == rest).await?;
        let cards = wu.reads("main.codes", |text| text.contains("这个网址别人打不开")).await?;
        ensure!(!cards.contains("http://127.0.0.1"), "an address of this computer is printed: {cards}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_gone_to_when_it_is_chosen_and_from_when_it_is_dissolved() -> Result<()> {
    Stage::play("people_team_band", async |stage| {
        let wu = stage.teacher("wu").await?;
        wu.go("/people").await?;
        wu.find(ROW).await?;
        wu.find(".teams li a").await?.click().await?;
        wu.find(".body-bar:focus").await?;
        wu.click("解散").await?;
        wu.find("dialog[open] form button[type=submit]").await?.click().await?;
        until("the band is gone", async || wu.count(".body-bar").await, |bands| *bands == 0).await?;
        until("the focus stays on the page", async || wu.count("body:focus").await, |lost| *lost == 0).await?;

        // Who is chosen is not kept unseen behind another filter.
        wu.find(ROW).await?;
        wu.find(&format!("{ROW} input")).await?.click().await?;
        wu.find(".people-tools .chip:last-of-type").await?.click().await?;
        wu.reads(".toast", |text| text.contains("已经不选了")).await?;
        ensure!(wu.count(".batch").await? == 0, "somebody is still chosen");
        Ok(())
    })
    .await
}
