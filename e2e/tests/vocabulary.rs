//! The words of a region, as the operator changes them.
#![cfg(feature = "browsers")]

use anyhow::{Context, Result, ensure};
use e2e::{Api, Stage, Teacher, until};
use serde_json::{Value, json};

const SUBJECT: &str = "书法";
const TERM: &str = "2027 年春季学期";

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_and_a_term_are_added_kept_and_taken_back() -> Result<()> {
    Stage::play("vocabulary_is_changed", async |stage| {
        let (api, admin) = tokio::try_join!(stage.group.api("admin"), stage.teacher("admin"))?;
        let before = words(&api).await?;
        admin.go("/people").await?;
        admin.click("词汇").await?;
        write_new(&admin, "学科", "subjects", SUBJECT).await?;
        write_new(&admin, "学期", "terms", TERM).await?;
        put_day(&admin, 3, "2027-02-22").await?;
        put_day(&admin, 4, "2027-07-09").await?;
        admin.reads(".store-bar p", |text| text.contains(SUBJECT) && text.contains(TERM)).await?;
        let of_teacher = "[aria-label='教师'] [aria-label";
        ensure!(admin.count(&format!("{of_teacher}='下移']")).await? == 1, "there is no line for teachers");
        ensure!(admin.count(&format!("{of_teacher}='去掉']")).await? == 0, "a post in use is offered to be taken out");

        // Going elsewhere is asked about: nothing is stored yet.
        admin.script("scrollTo(0, 0)", Value::Null).await?;
        admin.click("回到组织").await?;
        admin.reads("dialog[open]", |text| text.contains("还没有存好")).await?;
        admin.click("留在这里").await?;
        ensure!(words(&api).await? == before, "something was stored before anybody said so");

        admin.click("存好").await?;
        admin.reads(".toast", |text| text.contains("已存好")).await?;
        admin.go("/people/words").await?;
        for (list, word) in [("subjects", SUBJECT), ("terms", TERM)] {
            let look = async || last_name(&admin, list).await;
            until(&format!("{word} after reloading"), look, |name| name == word).await?;
        }
        let after = words(&api).await?;
        let term = after["terms"].as_array().and_then(|terms| terms.last()).context("there is no term")?;
        let (ends, begins) = term["until"].as_i64().zip(term["since"].as_i64()).context("the term has no dates")?;
        // Summer time may begin on the way.
        let hours = (ends - begins) / 3_600_000;
        ensure!((138 * 24 - 1..=138 * 24).contains(&hours), "not from 22 February to the end of 9 July: {term}");

        admin.go("/people/audit").await?;
        admin.click("撤销：改了").await?;
        until("it is as it was", async || words(&api).await, |now| *now == before).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_wrong_says_so_and_nothing_is_stored() -> Result<()> {
    Stage::play("vocabulary_is_wrong", async |stage| {
        let (api, admin) = tokio::try_join!(stage.group.api("admin"), stage.teacher("admin"))?;
        let before = words(&api).await?;
        admin.go("/people/words").await?;
        write_new(&admin, "学科", "subjects", "语文").await?;
        admin.click("存好").await?;
        admin.reads(".word-wrong", |text| text.contains("已经有了")).await?;
        ensure!(words(&api).await? == before, "a subject is there twice");
        admin.click("放弃修改").await?;
        until("nothing is left to store", async || admin.count(".store-bar").await, |bars| *bars == 0).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_run_the_server_does_not_get_the_page() -> Result<()> {
    Stage::play("vocabulary_is_not_yours", async |stage| {
        for login in ["lin", "wu"] {
            let teacher = stage.teacher(login).await?;
            teacher.go("/people").await?;
            teacher.find("table.table tbody tr").await?;
            ensure!(teacher.count("a[href='/people/words']").await? == 0, "{login} gets the link");
            teacher.go("/people/words").await?;
            teacher.reads("main", |text| text.contains("由管理这台服务器的人来改")).await?;
            ensure!(teacher.count(".words, .store-bar").await? == 0, "{login} gets the form");
        }
        Ok(())
    })
    .await
}

/// Adds a line to a list and writes its name.
async fn write_new(teacher: &Teacher, heading: &str, list: &str, name: &str) -> Result<()> {
    let lines = format!(".words[data-list={list}] > li");
    teacher.find(&format!("#add-{list}")).await?;
    let before = teacher.count(&lines).await?;
    teacher.click(&format!("{heading}：加一项")).await?;
    until("one line more", async || teacher.count(&lines).await, |now| *now == before + 1).await?;
    teacher.find(&format!("{lines}:last-child input")).await?.send_keys(name).await?;
    Ok(())
}

/// Fills a date of the last term, as the browser's calendar does.
async fn put_day(teacher: &Teacher, field: u32, day: &str) -> Result<()> {
    const PUT: &str = "
        const [field, day] = arguments[0];
        const input = document.querySelector(`.words[data-list=terms] > li:last-child .field:nth-child(${field}) input`);
        input.value = day;
        input.dispatchEvent(new Event('input', { bubbles: true }));";
    teacher.script(PUT, json!([field, day])).await?;
    Ok(())
}

/// What the last line of a list is called.
async fn last_name(teacher: &Teacher, list: &str) -> Result<String> {
    const LOOK: &str = "
        return document.querySelector(`.words[data-list=${arguments[0]}] > li:last-child input`)?.value ?? ''";
    let name = teacher.script(LOOK, json!(list)).await?;
    Ok(name.as_str().unwrap_or_default().to_owned())
}

/// The region's vocabulary as the server has it.
async fn words(api: &Api) -> Result<Value> {
    let view = api.get("/api/organisation").await?;
    view.pointer("/regions/0/vocabulary").cloned().context("there is no vocabulary")
}
