//! While somebody composes Chinese, a colleague writes in the same paragraph: the composition goes on, its letters stay
//! private, nothing is lost, and the caret is where it was.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Caret, Stage, Teacher, all_equal};

/// What a pinyin input method shows while 备课 is typed.
const PINYIN: [&str; 6] = ["b", "be", "bei", "bei k", "bei ke", "bei'ke"];
const START: &str = "一二三四五";

#[tokio::test(flavor = "multi_thread")]
async fn one_composes_while_the_other_types_before_the_caret() -> Result<()> {
    Stage::play("compose_type_before", async |stage| {
        let (zhou, lin, document) = stage.two_in("page").await?;
        let line = paragraph(&zhou, &lin).await?;
        zhou.put_caret(line, 4).await?;
        lin.put_caret(line, 1).await?;
        zhou.watch_compositions().await?;
        for (letters, typed) in PINYIN.iter().zip(["1", "2", "3", "4", "5", "6"]) {
            zhou.compose(letters).await?;
            lin.type_text(typed).await?;
            ensure!(zhou.compositions().await? == ["start"], "lin's typing ended zhou's composition");
            no_latin(&lin).await?;
        }
        let mine = zhou.lines().await?[line as usize].clone();
        ensure!(mine.contains("bei'ke"), "the composed letters are gone from zhou's own line: {mine:?}");
        zhou.commit("备课").await?;
        ensure!(zhou.compositions().await? == ["start", "end"], "the composition did not end once");

        let wanted = "一123456二三四备课五";
        zhou.sees_line(wanted).await?;
        lin.sees_line(wanted).await?;
        ensure!(
            zhou.caret().await? == Some(caret(line, wanted, '五')),
            "zhou's caret moved: {:?}",
            zhou.caret().await?
        );
        ensure!(lin.caret().await? == Some(caret(line, wanted, '二')), "lin's caret moved: {:?}", lin.caret().await?);

        // The keyboard goes on where the word ended.
        zhou.type_text("!").await?;
        lin.sees_line("一123456二三四备课!五").await?;
        agree(stage, &zhou, &lin, &document).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_composes_while_the_other_types_behind_and_at_the_caret() -> Result<()> {
    Stage::play("compose_type_behind", async |stage| {
        let (lin, zhou, document) = stage.two_in("page").await?;
        let line = paragraph(&zhou, &lin).await?;
        zhou.put_caret(line, 2).await?;
        lin.put_caret(line, 5).await?;
        zhou.watch_compositions().await?;
        for (letters, typed) in PINYIN.iter().zip(["1", "2", "3", "4", "5", "6"]) {
            zhou.compose(letters).await?;
            lin.type_text(typed).await?;
            no_latin(&lin).await?;
        }
        // Right where zhou composes, and deleting the letter before it.
        lin.put_caret(line, 2).await?;
        lin.press("Backspace").await?;
        lin.type_text("7").await?;
        ensure!(zhou.compositions().await? == ["start"], "lin's typing ended zhou's composition");
        zhou.commit("备课").await?;
        all_equal(&[&zhou, &lin]).await?;
        let seen = zhou.lines().await?[line as usize].clone();
        ensure!(seen == "一7备课三四五123456" || seen == "一备课7三四五123456", "after the composition: {seen:?}");
        ensure!(
            zhou.caret().await? == Some(after(line, &seen, "备课")),
            "zhou's caret moved: {:?}",
            zhou.caret().await?
        );
        agree(stage, &zhou, &lin, &document).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn both_compose_at_once() -> Result<()> {
    Stage::play("both_compose", async |stage| {
        let (zhou, lin, document) = stage.two_in("page").await?;
        let line = paragraph(&zhou, &lin).await?;
        zhou.put_caret(line, 1).await?;
        lin.put_caret(line, 4).await?;
        tokio::try_join!(zhou.watch_compositions(), lin.watch_compositions())?;
        for (mine, yours) in PINYIN.iter().zip(["j", "ji", "jia", "jiao", "jiao a", "jiao an"]) {
            tokio::try_join!(zhou.compose(mine), lin.compose(yours))?;
        }
        zhou.commit("备课").await?;
        // lin still composes: her view takes zhou's word only when she is done.
        ensure!(lin.compositions().await? == ["start"], "zhou's word ended lin's composition");
        ensure!(
            zhou.lines().await?[line as usize] == "一备课二三四五",
            "lin's letters leaked: {:?}",
            zhou.lines().await?
        );
        lin.commit("教案").await?;
        let wanted = "一备课二三四教案五";
        zhou.sees_line(wanted).await?;
        lin.sees_line(wanted).await?;
        ensure!(
            zhou.caret().await? == Some(caret(line, wanted, '二')),
            "zhou's caret moved: {:?}",
            zhou.caret().await?
        );
        ensure!(lin.caret().await? == Some(caret(line, wanted, '五')), "lin's caret moved: {:?}", lin.caret().await?);
        for teacher in [&zhou, &lin] {
            ensure!(teacher.compositions().await? == ["start", "end"], "a composition was broken");
        }
        agree(stage, &zhou, &lin, &document).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_composition_leaves_nothing_behind() -> Result<()> {
    Stage::play("compose_cancelled", async |stage| {
        let (zhou, lin, document) = stage.two_in("page").await?;
        let line = paragraph(&zhou, &lin).await?;
        zhou.put_caret(line, 3).await?;
        zhou.compose("bei").await?;
        lin.put_caret(line, 0).await?;
        lin.type_text("0").await?;
        zhou.compose("").await?;
        for teacher in [&zhou, &lin] {
            teacher.sees_line("0一二三四五").await?;
        }
        // A colleague takes the whole paragraph away while a word is composed in it.
        zhou.put_caret(line, 3).await?;
        zhou.watch_compositions().await?;
        zhou.compose("bei").await?;
        lin.put_caret_at_end(line).await?;
        for _ in 0.."0一二三四五".chars().count() {
            lin.press("Backspace").await?;
        }
        ensure!(zhou.compositions().await? == ["start"], "deleting around it ended the composition");
        zhou.commit("备课").await?;
        zhou.sees_line("备课").await?;
        lin.sees_line("备课").await?;
        agree(stage, &zhou, &lin, &document).await
    })
    .await
}

/// A paragraph that both see; its number.
async fn paragraph(writer: &Teacher, reader: &Teacher) -> Result<isize> {
    writer.put_caret(-1, 0).await?;
    for word in ["一二", "三四五"] {
        writer.compose("zi mu").await?;
        writer.commit(word).await?;
    }
    writer.sees_line(START).await?;
    let lines = reader.sees("the paragraph", |lines| lines.iter().any(|line| line == START)).await?;
    Ok(lines.iter().position(|line| line == START).unwrap_or_default() as isize)
}

/// No half-typed letters are to be seen on this screen.
async fn no_latin(teacher: &Teacher) -> Result<()> {
    let lines = teacher.lines().await?;
    ensure!(!lines.concat().contains(|letter: char| letter.is_ascii_alphabetic()), "pinyin leaked: {lines:?}");
    Ok(())
}

/// Right before the first `letter` of the line.
fn caret(line: isize, text: &str, letter: char) -> Caret {
    let before = text.split(letter).next().unwrap_or_default();
    Caret { line: line as usize, offset: before.encode_utf16().count() }
}

fn after(line: isize, text: &str, word: &str) -> Caret {
    let (before, _) = text.split_once(word).unwrap_or_default();
    Caret { line: line as usize, offset: before.encode_utf16().count() + word.encode_utf16().count() }
}

async fn agree(stage: &Stage, zhou: &Teacher, lin: &Teacher, document: &str) -> Result<()> {
    all_equal(&[zhou, lin]).await?;
    tokio::try_join!(zhou.saved(), lin.saved())?;
    let (stored, seen) = (stage.witness(document).await?.letters(), zhou.lines().await?.concat());
    ensure!(stored == seen, "on the server: {stored:?}, on the screen: {seen:?}");
    Ok(())
}
