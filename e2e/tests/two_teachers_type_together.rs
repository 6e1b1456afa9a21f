//! Two teachers write in one place at the same time; every letter of both is there, once, in its order.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, all_equal};

const DIGITS: &str = "12345678901234567890123456789012345678901234567890";
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx";

#[tokio::test(flavor = "multi_thread")]
async fn in_the_same_paragraph() -> Result<()> {
    Stage::play("in_the_same_paragraph", async |stage| {
        let (zhou, lin, document) = stage.two_in("page").await?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("。").await?;
        lin.sees_line("。").await?;

        // One before the full stop, one behind it.
        zhou.press("Home").await?;
        lin.put_caret_at_end(-1).await?;
        tokio::try_join!(zhou.type_text(DIGITS), lin.type_text(LETTERS))?;
        let wanted = format!("{DIGITS}。{LETTERS}");
        zhou.sees_line(&wanted).await?;
        lin.sees_line(&wanted).await?;

        // Both at the very same place: the pieces may mix, the letters of each stay in order.
        zhou.press("Enter").await?;
        lin.sees("the new line", |lines| lines.iter().any(|line| *line == format!("。{LETTERS}"))).await?;
        lin.put_caret(-1, 0).await?;
        tokio::try_join!(zhou.type_text(DIGITS), lin.type_text(LETTERS))?;
        all_equal(&[&zhou, &lin]).await?;
        let lines = zhou.lines().await?;
        let last = lines.last().cloned().unwrap_or_default();
        let (before, after) = last.split_once('。').unwrap_or_default();
        ensure!(kept(before, char::is_numeric) == DIGITS, "zhou's digits in {before:?}");
        ensure!(kept(before, char::is_alphabetic) == LETTERS, "lin's letters in {before:?}");
        ensure!(after == LETTERS && before.len() == DIGITS.len() + LETTERS.len(), "{last:?}");

        both_saved(stage, &zhou, &lin, &document).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_table() -> Result<()> {
    Stage::play("in_a_table", async |stage| {
        // The template's 教学过程 is a table.
        let (zhou, lin, document) = stage.two_in("lesson-plan").await?;
        let (one, other) = two_cells(&zhou).await?;

        zhou.put_caret_at_end(one).await?;
        lin.put_caret_at_end(other).await?;
        tokio::try_join!(zhou.type_text("one cell"), lin.type_text("another cell"))?;
        for teacher in [&zhou, &lin] {
            teacher
                .sees("both cells", |lines| ends(lines, one, "one cell") && ends(lines, other, "another cell"))
                .await?;
        }

        // Now in one and the same cell, while the rows change under it.
        lin.put_caret_at_end(one).await?;
        zhou.put_caret_at_end(one).await?;
        tokio::try_join!(
            async {
                // Tab selects what the next cell holds; End puts the caret behind it.
                zhou.press("Tab").await?;
                zhou.press("End").await?;
                zhou.type_text("12345").await
            },
            lin.type_text(" and more"),
        )?;
        let document_now = all_equal(&[&zhou, &lin]).await?.to_string();
        for text in ["one cell and more", "another cell12345"] {
            ensure!(document_now.contains(text), "{text} is missing");
        }
        both_saved(stage, &zhou, &lin, &document).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_list() -> Result<()> {
    Stage::play("in_a_list", async |stage| {
        let (zhou, lin, document) = stage.two_in("page").await?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("- first").await?;
        zhou.press("Enter").await?;
        zhou.type_text("second").await?;
        lin.sees("the list", |lines| lines.ends_with(&["first".to_owned(), "second".to_owned()])).await?;
        ensure!(lin.count(".ProseMirror ul li").await? == 2, "lin sees no list of two");

        // lin writes in the first item while zhou splits the second and goes deeper.
        lin.put_caret_at_end(-2).await?;
        tokio::try_join!(lin.type_text(" item of lin's"), async {
            zhou.press("Enter").await?;
            zhou.type_text("third").await?;
            zhou.press("Tab").await?;
            zhou.type_text(" deeper").await
        })?;
        all_equal(&[&zhou, &lin]).await?;
        let wanted = ["first item of lin's", "second", "third deeper"].map(str::to_owned);
        zhou.sees("all items", |lines| lines.ends_with(&wanted)).await?;
        ensure!(lin.count(".ProseMirror li li").await? == 1, "the third item is not a level deeper");

        // zhou splits the very item that lin is writing in.
        lin.put_caret_at_end(-3).await?;
        zhou.put_caret(-3, "first".len()).await?;
        tokio::try_join!(lin.type_text("12345"), zhou.press("Enter"))?;
        let all = all_equal(&[&zhou, &lin]).await?.to_string();
        ensure!(all.contains("first") && all.contains("lin's"), "{all}");
        let digits = kept(&zhou.lines().await?.concat(), char::is_numeric);
        ensure!(digits == "12345", "of lin's digits {digits} are there");
        both_saved(stage, &zhou, &lin, &document).await
    })
    .await
}

/// Both are told that all is saved, and a stranger to our client reads the same letters from the server.
async fn both_saved(stage: &Stage, zhou: &Teacher, lin: &Teacher, document: &str) -> Result<()> {
    tokio::try_join!(zhou.saved(), lin.saved())?;
    let seen = zhou.lines().await?.concat();
    let stored = stage.witness(document).await?.letters();
    ensure!(stored == seen, "on the server: {stored:?}, on the screen: {seen:?}");
    Ok(())
}

/// The numbers of the first two lines that lie in the cells of a table's second row.
async fn two_cells(teacher: &Teacher) -> Result<(isize, isize)> {
    const LOOK: &str = "
        const blocks = [...document.querySelectorAll('.ProseMirror :is(p, h1, h2, h3, h4, h5, h6, pre)')];
        const cells = [...document.querySelector('.ProseMirror table').rows[1].cells];
        return cells.slice(0, 2).map((cell) => blocks.findIndex((block) => cell.contains(block)));";
    let numbers: Vec<isize> = serde_json::from_value(teacher.script(LOOK, serde_json::Value::Null).await?)?;
    ensure!(numbers.len() == 2 && numbers[0] >= 0, "the template has no table with two cells a row");
    Ok((numbers[0], numbers[1]))
}

fn ends(lines: &[String], line: isize, ending: &str) -> bool {
    lines.get(line as usize).is_some_and(|text| text.ends_with(ending))
}

fn kept(text: &str, wanted: impl Fn(char) -> bool) -> String {
    text.chars().filter(|letter| wanted(*letter)).collect()
}
