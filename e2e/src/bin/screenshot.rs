//! `cargo run -p e2e --bin screenshot FILE.png`: the README's picture, taken from the real product.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Teacher, Window, until};

/// A picture in a README should not slow the reader down.
const LARGEST: usize = 300_000;

#[tokio::main]
async fn main() -> Result<()> {
    let file = PathBuf::from(std::env::args().nth(1).context("usage: screenshot FILE.png")?);
    Stage::play("screenshot", async |stage| {
        let documents = stage.group.api("zhou").await?.get("/api/documents?kind=lesson-plan").await?;
        let document = documents["documents"][0]["id"].as_str().context("the demo has no lesson plan")?.to_owned();
        let window = Window::new(&stage.group.address()).sized(1366, 940);
        let (zhou, lin, zhao) =
            tokio::try_join!(stage.enter("zhou", window), stage.teacher("lin"), stage.teacher("zhao"))?;
        tokio::try_join!(zhou.open(&document), lin.open(&document), zhao.open(&document))?;

        // Two colleagues are in the part that the picture shows: one with a caret, one with a selection.
        let lines = zhou.lines().await?;
        let long: Vec<usize> = (0..lines.len()).filter(|line| lines[*line].chars().count() > 14).take(2).collect();
        let [first, second] = long[..] else { anyhow::bail!("the lesson plan has no two long lines") };
        lin.put_caret_at_end(first as isize).await?;
        zhao.put_caret(second as isize, 2).await?;
        for _ in 0..8 {
            zhao.press("Shift+ArrowRight").await?;
        }
        zhou.script("document.querySelector('.ProseMirror').blur(); scrollTo(0, 0)", serde_json::Value::Null).await?;
        until("both carets on zhou's screen", async || carets(&zhou).await, |count| *count >= 2).await?;
        zhou.saved().await?;
        // Names are shown while somebody moves.
        lin.press("ArrowLeft").await?;
        tokio::try_join!(lin.press("ArrowRight"), zhao.press("Shift+ArrowRight"))?;
        until("a moving colleague's name", async || zhou.count(".carets .flag").await, |count| *count >= 2).await?;
        let picture = zhou.picture().await?;
        ensure!(picture.len() <= LARGEST, "the picture has {} bytes, {LARGEST} at most", picture.len());
        std::fs::write(&file, picture)?;
        Ok(())
    })
    .await
}

async fn carets(teacher: &Teacher) -> Result<usize> {
    teacher.count(".carets .caret").await
}
