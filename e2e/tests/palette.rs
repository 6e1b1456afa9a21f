//! The box over everything, in real browsers: Ctrl K in each of the three programs, Chinese by an input method, arrows,
//! Enter, Esc.
#![cfg(feature = "browsers")]

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Teacher, until};
use serde_json::{Value, json};

const FIELD: &str = ".palette[open] input";
const PEOPLE: &str = "return [...document.querySelectorAll('.palette [role=option]')].filter((row) => \
    row.getAttribute('href').startsWith('/people/person/')).map((row) => row.querySelector('.name').textContent)";

#[tokio::test(flavor = "multi_thread")]
async fn one_box_finds_everything_from_each_of_the_three_programs() -> Result<()> {
    Stage::play("palette", async |stage| {
        let lin = stage.teacher("lin").await?;
        for (path, ready) in [("/documents", "main h1"), ("/library", ".lib-search"), ("/people", "main.people h1")] {
            lin.go(path).await?;
            lin.find(ready).await?;
            opens_and_gives_the_focus_back(&lin).await?;
            composes_undisturbed(&lin).await?;
            follows(&lin, path).await?;
        }
        Ok(())
    })
    .await
}

async fn opens_and_gives_the_focus_back(lin: &Teacher) -> Result<()> {
    lin.find(".bar .seek").await?.focus().await?;
    lin.press("Control+k").await?;
    lin.find(FIELD).await?;
    ensure!(focused(lin).await? == json!("combobox"), "the keyboard is not in the box");
    // What was open last stands there before anything is typed.
    lin.reads(".palette .heading", |text| text == "最近打开的").await?;
    lin.press("Escape").await?;
    closed(lin).await?;
    let back = lin.script("return document.activeElement.className", Value::Null).await?;
    ensure!(back == json!("seek"), "Esc left the keyboard at {back}");
    Ok(())
}

/// Letters of an input method are no question, and the Enter that ends them opens nothing.
async fn composes_undisturbed(lin: &Teacher) -> Result<()> {
    lin.press("Control+k").await?;
    lin.find(FIELD).await?;
    lin.reads(".palette .heading", |text| text == "最近打开的").await?;
    let before = lin.path().await?;
    for letters in ["zhou", "zhou ming", "zhou ming yuan"] {
        lin.compose(letters).await?;
    }
    lin.press("Enter").await?;
    let heading = lin.reads(".palette .heading", |_| true).await?;
    ensure!(heading == "最近打开的", "letters of a composition were looked for: {heading}");
    ensure!(lin.path().await? == before, "Enter within a composition led to {}", lin.path().await?);
    lin.commit("周明远").await?;
    let people = async || lin.script(PEOPLE, Value::Null).await;
    until("a colleague found by name", people, |names| *names == json!(["周明远"])).await?;
    Ok(())
}

async fn follows(lin: &Teacher, from: &str) -> Result<()> {
    for _ in 0.."周明远".chars().count() {
        lin.press("Backspace").await?;
    }
    lin.commit("分数的初步认识").await?;
    // Marked: what was open last is gone from the list.
    lin.reads(".palette mark", |text| text == "分数的初步认识").await?;
    // Down from the first, up over the beginning to the last, and back: always one, and always shown.
    for (key, expected) in [("ArrowDown", 1), ("ArrowUp", 0), ("End", -1), ("Home", 0)] {
        lin.press(key).await?;
        let rows = i64::try_from(lin.count(".palette [role=option]").await?)?;
        let active = lin.reads_attribute(FIELD, "aria-activedescendant").await?;
        let expected = format!("palette-row-{}", if expected < 0 { rows + expected } else { expected });
        ensure!(active == expected, "{key} from {from}: {active} and not {expected}");
        let selected = lin.reads_attribute(".palette [aria-selected=true]", "id").await?;
        ensure!(selected == expected && lin.count(".palette [aria-selected=true]").await? == 1, "{key}: {selected}");
    }
    let href = lin.reads_attribute(".palette [aria-selected=true]", "href").await?;
    lin.press("Enter").await?;
    until("the page that was chosen", async || lin.path().await, |path| href.ends_with(path)).await?;
    closed(lin).await?;
    lin.go_back().await.context("the way back")?;
    until("the page before", async || lin.path().await, |path| path == from).await?;
    Ok(())
}

async fn closed(lin: &Teacher) -> Result<()> {
    until("the box closed", async || lin.count(".palette[open]").await, |count| *count == 0).await?;
    Ok(())
}

async fn focused(lin: &Teacher) -> Result<Value> {
    lin.script("return document.activeElement.getAttribute('role')", Value::Null).await
}
