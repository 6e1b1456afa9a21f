//! The group's library in real browsers: what one teacher puts in another finds, looks at and uses, and the author sees
//! where it went; and a file comes through a line that is cut.
#![cfg(feature = "browsers")]

use std::path::PathBuf;

use anyhow::{Context, Result};
use e2e::{Stage, Teacher, Window, until};
use serde_json::{Value, json};

const PASSAGE: &str = "横折、竖折、斜折，每一份都是它的二分之一。";

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_finds_it_quotes_it_and_the_author_sees_where_it_went() -> Result<()> {
    Stage::play("library", async |stage| {
        let (wu, lin) = tokio::try_join!(stage.teacher("wu"), stage.teacher("lin"))?;
        let plan = stage.group.api("lin").await?.create("page", "我的折纸课").await?;
        let file = written(stage, "三年级月饼分四份教案.txt", format!("准备正方形纸。\n{PASSAGE}\n").as_bytes())?;

        wu.go("/library/new").await?;
        choose(&wu, &file).await?;
        keep_with_the_group(&wu).await?;
        wu.click("放进资源库").await?;
        wu.reads(".draft", |text| text.contains("已放进资源库")).await?;

        // Texts are found a moment after they are there.
        let api = stage.group.api("lin").await?;
        let found = async || api.get("/api/search?q=%E6%9C%88%E9%A5%BC%E5%88%86%E5%9B%9B").await;
        let is_there = |answer: &Value| answer.to_string().contains("月饼分四份");
        until("it can be found", found, is_there).await?;
        lin.go("/library").await?;
        lin.find("main .input[type=search]").await?.send_keys("月饼分四").await?;
        lin.reads("#results mark", |text| text.contains("月饼分四")).await?;
        lin.find("#results a.title").await?.click().await?;
        lin.reads("#preview", |text| text.contains(PASSAGE)).await?;
        let item = item_in_the_address(&lin).await?;
        lin.go_back().await?;
        until("the preview is closed", async || lin.count("#preview").await, |count| *count == 0).await?;

        lin.open(&format!("{plan}?library={item}")).await?;
        lin.put_caret(-1, 0).await?;
        lin.reads("#library-passages", |text| text.contains(PASSAGE)).await?;
        select_passage(&lin, PASSAGE).await?;
        lin.click("引用选中的").await?;
        lin.reads(".ProseMirror blockquote", |text| text.contains(PASSAGE) && text.contains("月饼分四份")).await?;
        lin.saved().await?;

        noted(stage, &item, "二分之一").await?;
        wu.go(&format!("/library/items/{item}")).await?;
        wu.reads(".uses", |text| text.contains("林") && text.contains("二分之一")).await?;
        Ok(())
    })
    .await
}

/// The lead school's courseware of a unit, in the demo.
const COURSEWARE: &str = "折纸三法";
const IN_COURSEWARE: &str = "先让形状一样，只看份数。";

#[tokio::test(flavor = "multi_thread")]
async fn a_passage_of_the_lead_schools_courseware_is_dragged_into_a_plan() -> Result<()> {
    Stage::play("library_drag", async |stage| {
        let (lin, chen) = tokio::try_join!(stage.teacher("lin"), stage.teacher("chen"))?;
        let plan = stage.group.api("lin").await?.create("page", "我的折纸课").await?;
        lin.go("/library?kind=courseware").await?;
        lin.find("main .input[type=search]").await?.send_keys("三年级上册 折纸三法").await?;
        lin.reads("#results a.title", |text| text.contains(COURSEWARE)).await?;
        lin.find("#results a.title").await?.click().await?;
        lin.reads("#preview", |text| text.contains(IN_COURSEWARE) && text.contains("陈静秋")).await?;
        let item = item_in_the_address(&lin).await?;

        lin.open(&format!("{plan}?library={item}")).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("先写一句自己的话。").await?;
        lin.reads("#library-passages", |text| text.contains(IN_COURSEWARE)).await?;
        select_passage(&lin, IN_COURSEWARE).await?;
        let (from, to) = (selected_point(&lin).await?, point_of(&lin, ".ProseMirror p").await?);
        lin.drag(from, to).await?;
        let is_quoted = |text: &str| text.contains(IN_COURSEWARE) && text.contains("陈静秋");
        lin.reads(".ProseMirror blockquote", is_quoted).await?;
        lin.type_text("接着写。").await?;
        lin.reads(".ProseMirror", |text| is_quoted(text) && text.contains("接着写。")).await?;
        lin.reads(".ProseMirror", |text| text.contains("先写一句自己的话。")).await?;
        lin.saved().await?;

        noted(stage, &item, IN_COURSEWARE).await?;
        chen.go(&format!("/library/items/{item}")).await?;
        chen.reads(".uses", |text| text.contains("林秀兰") && text.contains(IN_COURSEWARE)).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_published_and_published_again() -> Result<()> {
    Stage::play("library_publish", async |stage| {
        let lin = stage.teacher("lin").await?;
        let plan = stage.group.api("lin").await?.create("page", "三年级数学 分月饼").await?;
        lin.open(&plan).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("月饼分成四份。").await?;
        lin.saved().await?;
        let publish = format!("/library/publish/{plan}");
        lin.go(&publish).await?;
        lin.find("#publish-shelf").await?;
        lin.click("定稿入库").await?;
        lin.reads(".written", |text| text.contains("月饼分成四份。")).await?;

        lin.open(&plan).await?;
        lin.put_caret_at_end(-1).await?;
        lin.type_text("再涂一份。").await?;
        lin.saved().await?;
        lin.go(&publish).await?;
        lin.find("#publish-note").await?.send_keys("加了涂色").await?;
        lin.click("定稿入库").await?;
        lin.reads(".written", |text| text.contains("再涂一份。")).await?;
        lin.reads("main", |text| text.contains("第 2 版") && text.contains("加了涂色")).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_through_a_line_that_is_cut() -> Result<()> {
    Stage::play("library_line", async |stage| {
        const BYTES: usize = 2 << 20;
        let line = stage.line().await?;
        let lin = stage.enter("lin", Window::new(&line.address())).await?;
        lin.go("/library/new").await?;
        lin.find("main.put-in .empty").await?;
        // So thin that it is cut long before the end.
        let thin = json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200 * 1024 });
        lin.cdp("Network.enable", json!({})).await?;
        lin.cdp("Network.emulateNetworkConditions", thin).await?;
        // Nothing that a compressing line could make smaller.
        let content: Vec<u8> = (0..BYTES).map(|at| (at as u32).wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
        let file = written(stage, "课堂录音.bin", &content)?;
        choose(&lin, &file).await?;
        lin.reads(".upload", |text| text.contains("已传")).await?;
        line.cut();
        lin.reads(".upload", |text| text.contains("恢复后从断点继续")).await?;
        line.mend();
        lin.reads(".upload", |text| text.contains("传好了")).await?;
        lin.click("放进资源库").await?;
        lin.reads(".draft", |text| text.contains("已放进资源库")).await?;
        Ok(())
    })
    .await
}

fn written(stage: &Stage, name: &str, content: &[u8]) -> Result<PathBuf> {
    let path = stage.folder().join(name);
    std::fs::write(&path, content)?;
    Ok(path)
}

/// Chooses a file on the page that puts in.
async fn choose(teacher: &Teacher, file: &std::path::Path) -> Result<()> {
    let field = teacher.find("#put-in-files").await?;
    field.send_keys(file.to_str().context("the path is text")?).await?;
    teacher.find(".draft").await?;
    Ok(())
}

/// Chooses the group's shelf, which its office is offered.
async fn keep_with_the_group(teacher: &Teacher) -> Result<()> {
    const CHOOSE: &str = "
        const field = document.querySelector('#put-in-shelf');
        const wide = [...field.options].find((one) => one.value.includes('group'));
        field.value = wide.value;
        field.dispatchEvent(new Event('change', { bubbles: true }));
        return wide.value;";
    teacher.script(CHOOSE, Value::Null).await?;
    Ok(())
}

/// A use is told a moment after its text is there.
async fn noted(stage: &Stage, item: &str, quote: &str) -> Result<()> {
    let api = stage.group.api("lin").await?;
    let chain = async || api.get(&format!("/api/items/{item}/uses")).await;
    until("the use is seen in the document", chain, |chain: &Value| chain.to_string().contains(quote)).await?;
    Ok(())
}

async fn item_in_the_address(teacher: &Teacher) -> Result<String> {
    let item = teacher.script("return new URLSearchParams(location.search).get('item')", Value::Null).await?;
    Ok(item.as_str().context("the open item does not stand in the address")?.to_owned())
}

/// Selects the line of the passage, as a mouse would.
async fn select_passage(teacher: &Teacher, passage: &str) -> Result<()> {
    const SELECT: &str = "
        const lines = [...document.querySelectorAll('#library-passages p')];
        const line = lines.find((one) => one.textContent.includes(arguments[0]));
        getSelection().selectAllChildren(line);";
    teacher.script(SELECT, json!(passage)).await?;
    Ok(())
}

/// A point of what is selected.
async fn selected_point(teacher: &Teacher) -> Result<(i64, i64)> {
    const POINT: &str = "
        const line = getSelection().getRangeAt(0).getClientRects()[0];
        return [Math.round(line.x + 20), Math.round(line.y + line.height / 2)];";
    Ok(serde_json::from_value(teacher.script(POINT, Value::Null).await?)?)
}

/// The end of the last element that fits.
async fn point_of(teacher: &Teacher, selector: &str) -> Result<(i64, i64)> {
    const POINT: &str = "
        const box = [...document.querySelectorAll(arguments[0])].at(-1).getBoundingClientRect();
        return [Math.round(box.x + box.width / 2), Math.round(box.bottom - 4)];";
    Ok(serde_json::from_value(teacher.script(POINT, json!(selector)).await?)?)
}
