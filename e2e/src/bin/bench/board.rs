//! A board in real browsers: how soon a line is on the other screen, how smoothly a full board moves, how soon one who
//! comes over a thin line sees what lies there.

use std::time::Duration;

use anyhow::{Context, Result};
use e2e::engine::{Chalk, Client, Heard, Speech, Step, Way};
use e2e::{Stage, Teacher, Window, until};
use serde_json::{Value, json};

#[derive(Default)]
pub struct BoardFigures {
    /// Milliseconds from a movement of the pointer until the line has grown on the other screen.
    pub drawn: Vec<f64>,
    /// Milliseconds between two pictures while the full board is moved about.
    pub frames: Vec<f64>,
    /// Milliseconds from the address to strokes on the screen, over the thin line, after a first load on a good one.
    pub joined: Vec<f64>,
}

const STROKES: usize = 20_000;
/// Strokes that one update brings.
const AT_ONCE: usize = 200;
const MOVEMENTS: u32 = 60;
const MOVED: Duration = Duration::from_secs(6);
/// 400 kbit/s.
const THIN: u32 = 50_000;
const VISITS: usize = 5;
/// Where the line is drawn, in CSS pixels from the corner of the surface, and how far one movement goes.
const LEFT: u32 = 260;
const TOP: u32 = 300;
const STEP: u32 = 12;

pub async fn measure(stage: &Stage) -> Result<BoardFigures> {
    let mut figures = BoardFigures::default();
    let empty = stage.shared_document("board", "一块空的白板").await?;
    let (zhou, lin) = tokio::try_join!(stage.teacher("zhou"), stage.teacher("lin"))?;
    for teacher in [&zhou, &lin] {
        open(teacher, &empty).await?;
    }
    figures.drawn = drawn(&zhou, &lin).await?;

    let full = stage.shared_document("board", "两万笔").await?;
    fill(stage, &full).await?;
    open(&zhou, &full).await?;
    until("strokes", async || inked(&zhou).await, |inked| *inked > 0).await?;
    figures.frames = moved(&zhou).await?;

    let line = stage.line().await?;
    let far = stage.enter("lin", Window::new(&line.address())).await?;
    open(&far, &empty).await?;
    for _ in 0..VISITS {
        line.thin_out(THIN);
        far.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WHEN_INKED })).await?;
        far.go(&format!("/boards/{full}")).await?;
        let seen = async || far.script("return window.__inked ?? null", Value::Null).await;
        let took = until("strokes over the thin line", seen, Value::is_number).await?;
        figures.joined.push(took.as_f64().context("a number")?);
        line.mend();
        open(&far, &empty).await?;
    }
    Ok(figures)
}

async fn open(teacher: &Teacher, board: &str) -> Result<()> {
    teacher.go(&format!("/boards/{board}")).await?;
    teacher.find(".board-tools").await.map(drop)
}

/// Draws the board full by one socket, as our page would.
async fn fill(stage: &Stage, board: &str) -> Result<()> {
    let token = stage.group.api("zhou").await?.token().await?;
    let path = format!("/sync/{board}?token={token}");
    let way = Way { address: stage.group.listens(), path, speech: Speech::Gongbei, answers: true };
    let (mut client, _) = Client::join(&way).await?;
    let mut chalk = Chalk::new(77);
    for sent in 1..=STROKES / AT_ONCE {
        let strokes = client.speech().sync(Step::Update, &chalk.strokes(AT_ONCE));
        client.say(strokes).await?;
        // Step 2 of the beginning is the first.
        while !matches!(client.hear().await?, Heard::Saved(saved) if saved > sent as u64) {}
    }
    Ok(())
}

/// Moves the pen step by step; how long each step takes to the other screen.
async fn drawn(here: &Teacher, there: &Teacher) -> Result<Vec<f64>> {
    there.script(WATCH, json!([LEFT, TOP, MOVEMENTS * STEP])).await?;
    here.script(NOTE, Value::Null).await?;
    let corner = here.script(CORNER, Value::Null).await?;
    let at = |axis: usize, by: u32| corner[axis].as_f64().unwrap_or(0.0) + f64::from(by);
    let event = |kind: &str, moved: u32| {
        json!({
            "type": kind, "x": at(0, LEFT + moved * STEP), "y": at(1, TOP), "button": "left",
            "buttons": i32::from(kind != "mouseReleased"), "clickCount": 1, "pointerType": "mouse",
        })
    };
    here.cdp("Input.dispatchMouseEvent", event("mousePressed", 0)).await?;
    for moved in 1..=MOVEMENTS {
        here.cdp("Input.dispatchMouseEvent", event("mouseMoved", moved)).await?;
        // Each by itself, and not in step with pictures of the screen.
        tokio::time::sleep(Duration::from_millis(110 + u64::from(moved * 7 % 30))).await;
    }
    here.cdp("Input.dispatchMouseEvent", event("mouseReleased", MOVEMENTS)).await?;
    let moved = numbers(&here.script("return window.__moved", Value::Null).await?);
    let grown = numbers(&there.script("return window.__grown", Value::Null).await?);
    // The first picture in which the line has grown after each movement, before the next one.
    let next = moved.iter().skip(1).copied().chain([f64::INFINITY]);
    let took = moved.iter().zip(next).filter_map(|(at, next)| {
        let seen = grown.iter().find(|seen| **seen >= *at).filter(|seen| **seen < next)?;
        Some(seen - at)
    });
    Ok(took.collect())
}

/// Pushes the paper about, a picture at a time; how long each took.
async fn moved(teacher: &Teacher) -> Result<Vec<f64>> {
    let frames = teacher.script_async(PUSH, json!(MOVED.as_millis() as u64)).await?;
    Ok(numbers(&frames))
}

async fn inked(teacher: &Teacher) -> Result<u64> {
    Ok(teacher.script(&format!("{INKED} return inked();"), Value::Null).await?.as_u64().unwrap_or(0))
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

const CORNER: &str =
    "const r = document.getElementById('board-surface').getBoundingClientRect(); return [r.left, r.top];";

/// Times of pointer events, by the clock of the machine.
const NOTE: &str = "
    window.__moved = [];
    document.getElementById('board-surface').addEventListener('pointermove', (event) => {
        if (event.buttons) window.__moved.push(performance.timeOrigin + event.timeStamp);
    }, true);";

/// Times of pictures in which the line has grown, on either layer.
const WATCH: &str = "
    const [left, top, width] = arguments[0];
    window.__grown = [];
    let furthest = 0;
    const look = () => {
        let now = 0;
        for (const canvas of document.querySelectorAll('#board-surface canvas')) {
            const scale = canvas.width / canvas.clientWidth;
            const strip = canvas.getContext('2d').getImageData(left * scale, top * scale, width * scale, 1);
            for (let at = strip.width - 1; at > now; at -= 1) if (strip.data[4 * at + 3] > 0) { now = at; break; }
        }
        if (now > furthest + 3) {
            furthest = now;
            window.__grown.push(performance.timeOrigin + performance.now());
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);";

const INKED: &str = "
    const inked = () => {
        const canvas = document.querySelector('#board-surface canvas');
        if (!canvas || !canvas.width) return 0;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let at = 3; at < data.length; at += 4) if (data[at] > 0) count += 1;
        return count;
    };";

/// Notes when there is something on the lower layer.
const WHEN_INKED: &str = "
    const look = () => {
        const canvas = document.querySelector('#board-surface canvas');
        const there = canvas && canvas.width
            && canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((part, at) => at % 4 === 3 && part > 0);
        if (there) window.__inked = performance.now();
        else setTimeout(look, 20);
    };
    if (location.pathname.startsWith('/boards/')) look();";

/// A wheel that turns with every picture.
const PUSH: &str = "
    const done = arguments[arguments.length - 1];
    const surface = document.getElementById('board-surface');
    const r = surface.getBoundingClientRect();
    const frames = [];
    const began = performance.now();
    let last = began;
    const push = (now) => {
        frames.push(now - last);
        last = now;
        if (now - began > arguments[0]) return done(frames.slice(2));
        const turn = (now - began) / 700;
        surface.dispatchEvent(new WheelEvent('wheel', {
            deltaX: 40 * Math.cos(turn), deltaY: 40 * Math.sin(turn) + 12, bubbles: true, cancelable: true,
            clientX: r.left + r.width / 2, clientY: r.top + r.height / 2,
        }));
        requestAnimationFrame(push);
    };
    requestAnimationFrame(push);";
