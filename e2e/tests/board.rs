//! Two people at one board: what one draws the other sees while it is drawn, nothing of it is lost by a cut line or a
//! killed browser, everybody takes back their own, and notes are written with an input method.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, Window, until};
use serde_json::{Value, json};

/// The layer of what lies on the board, and the one of what is on the move.
const SETTLED: usize = 0;
const MOVING: usize = 1;

/// A part of the surface, in CSS pixels from its corner: left, top, width, height.
type Part = [i64; 4];

const LINE: Part = [300, 180, 300, 40];
const SECOND: Part = [300, 380, 300, 40];

/// The board in a window.
struct Seat<'a>(&'a Teacher);

impl<'a> Seat<'a> {
    async fn take(teacher: &'a Teacher, board: &str) -> Result<Self> {
        teacher.go(&format!("/boards/{board}")).await?;
        teacher.find(".board-tools").await?;
        Ok(Self(teacher))
    }

    /// How many pixels of a part of a layer have something on them.
    async fn inked(&self, layer: usize, part: Part) -> Result<u64> {
        const COUNT: &str = "
            const [layer, [left, top, width, height]] = arguments[0];
            const canvas = document.querySelectorAll('#board-surface canvas')[layer];
            const scale = canvas.width / canvas.clientWidth;
            const pixels = canvas.getContext('2d').getImageData(left * scale, top * scale, width * scale, height * scale).data;
            let inked = 0;
            for (let at = 3; at < pixels.length; at += 4) if (pixels[at] > 0) inked += 1;
            return inked;";
        Ok(self.0.script(COUNT, json!([layer, part])).await?.as_u64().unwrap_or(0))
    }

    async fn sees(&self, what: &str, layer: usize, part: Part) -> Result<()> {
        until(what, async || self.inked(layer, part).await, |inked| *inked > 100).await.map(drop)
    }

    async fn sees_nothing(&self, what: &str, layer: usize, part: Part) -> Result<()> {
        until(what, async || self.inked(layer, part).await, |inked| *inked == 0).await.map(drop)
    }

    async fn mouse(&self, kind: &str, x: i64, y: i64) -> Result<()> {
        let corner = self
            .0
            .script(
                "const r = document.getElementById('board-surface').getBoundingClientRect(); return [r.left, r.top];",
                Value::Null,
            )
            .await?;
        let at = |axis: usize, by: i64| corner[axis].as_f64().unwrap_or(0.0) + by as f64;
        let down = i64::from(kind != "mouseReleased");
        let event = json!({ "type": kind, "x": at(0, x), "y": at(1, y), "button": "left", "buttons": down, "clickCount": 1, "pointerType": "mouse" });
        self.0.cdp("Input.dispatchMouseEvent", event).await.map(drop)
    }

    /// Draws through the middle of a part and leaves the pen down.
    async fn begin_line(&self, [left, top, width, height]: Part) -> Result<()> {
        self.mouse("mousePressed", left, top + height / 2).await?;
        for step in 1..=12 {
            self.mouse("mouseMoved", left + width * step / 12, top + height / 2).await?;
        }
        Ok(())
    }

    async fn lift(&self, [left, top, width, height]: Part) -> Result<()> {
        self.mouse("mouseReleased", left + width, top + height / 2).await
    }

    async fn draw(&self, part: Part) -> Result<()> {
        self.begin_line(part).await?;
        self.lift(part).await
    }

    async fn click(&self, x: i64, y: i64) -> Result<()> {
        self.mouse("mousePressed", x, y).await?;
        self.mouse("mouseReleased", x, y).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stroke_is_seen_while_it_is_drawn_and_taken_back_by_whoever_drew_it() -> Result<()> {
    Stage::play("board_together", async |stage| {
        let board = stage.shared_document("board", "分数怎么起头").await?;
        let (zhou, lin) = tokio::try_join!(stage.teacher("zhou"), stage.teacher("lin"))?;
        let (here, there) = tokio::try_join!(Seat::take(&zhou, &board), Seat::take(&lin, &board))?;
        here.begin_line(LINE).await?;
        there.sees("a stroke that is being drawn", MOVING, LINE).await?;
        ensure!(there.inked(SETTLED, LINE).await? == 0, "it is not lifted yet");
        here.lift(LINE).await?;
        there.sees("the stroke", SETTLED, LINE).await?;
        there.sees_nothing("its living form is gone", MOVING, LINE).await?;
        zhou.saved().await?;
        there.draw(SECOND).await?;
        here.sees("hers", SETTLED, SECOND).await?;
        zhou.press("Control+z").await?;
        there.sees_nothing("his is taken back", SETTLED, LINE).await?;
        ensure!(here.inked(SETTLED, SECOND).await? > 100, "hers stays");
        zhou.press("Control+Shift+z").await?;
        there.sees("it is there again", SETTLED, LINE).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_behind_a_cut_line_comes_through() -> Result<()> {
    Stage::play("board_line_cut", async |stage| {
        let line = stage.line().await?;
        let board = stage.shared_document("board", "断网也能画").await?;
        let far = Window::new(&line.address());
        let (zhou, lin) = tokio::try_join!(stage.teacher("zhou"), stage.enter("lin", far))?;
        let (here, there) = tokio::try_join!(Seat::take(&zhou, &board), Seat::take(&lin, &board))?;
        line.cut();
        there.draw(LINE).await?;
        until("kept on the device", async || lin.save_state().await, |at| at == "device").await?;
        here.draw(SECOND).await?;
        zhou.saved().await?;
        ensure!(here.inked(SETTLED, LINE).await? == 0, "the line was not cut");
        line.mend();
        lin.saved().await?;
        here.sees("what was drawn without a line", SETTLED, LINE).await?;
        there.sees("what was drawn meanwhile", SETTLED, SECOND).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_right_leaves_the_strokes_in_a_draft() -> Result<()> {
    Stage::play("board_lost_right", async |stage| {
        let line = stage.line().await?;
        let (zhou, lin) = (stage.group.api("zhou").await?, stage.group.api("lin").await?);
        let board = zhou.create("board", "改成只能看").await?;
        zhou.share(&board, &[&lin], "edit").await?;
        let teacher = stage.enter("lin", Window::new(&line.address())).await?;
        let seat = Seat::take(&teacher, &board).await?;
        line.cut();
        seat.draw(LINE).await?;
        until("kept on the device", async || teacher.save_state().await, |at| at == "device").await?;
        zhou.share(&board, &[&lin], "view").await?;
        line.mend();
        teacher.reads(".doc-notes", |text| text.contains("草稿")).await?;
        teacher.click("看看草稿").await?;
        teacher.find(".draft-page svg path").await?;
        teacher.click("放进一份新文档").await?;
        until(
            "the new board",
            async || teacher.path().await,
            |path| path.starts_with("/boards/") && !path.ends_with(&board),
        )
        .await?;
        teacher.find(".board-tools").await?;
        teacher.saved().await?;
        ensure!(seat.inked(SETTLED, [0, 0, 1_000, 600]).await? > 100, "the stroke is on the new board");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_written_with_an_input_method() -> Result<()> {
    Stage::play("board_note", async |stage| {
        let board = stage.shared_document("board", "便签").await?;
        let (zhou, lin) = tokio::try_join!(stage.teacher("zhou"), stage.teacher("lin"))?;
        let (here, there) = tokio::try_join!(Seat::take(&zhou, &board), Seat::take(&lin, &board))?;
        zhou.press("n").await?;
        here.click(500, 300).await?;
        zhou.find(".board-writing textarea").await?;
        for letters in ["p", "pi", "pin", "ping"] {
            zhou.compose(letters).await?;
        }
        zhou.commit("平均分").await?;
        // What a colleague draws meanwhile takes nothing out of the field.
        there.draw(LINE).await?;
        here.sees("hers", SETTLED, LINE).await?;
        zhou.type_text("!").await?;
        zhou.press("Escape").await?;
        zhou.saved().await?;
        // The list is for whoever does not see the canvas.
        let told = async || lin.script("return document.getElementById('board-words').textContent;", Value::Null).await;
        until("the words are told", told, |words| words.as_str().is_some_and(|words| words.contains("平均分!")))
            .await?;
        Ok(())
    })
    .await
}
