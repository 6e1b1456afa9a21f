//! What is measured inside a page.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{Teacher, until};
use serde_json::{Value, json};

use crate::report::Figures;

/// Absolute milliseconds, the same in every window of one machine, and a way to be told after the next paint. One
/// channel serves all: to make one takes as long as a paint.
const CLOCK: &str = "
    const now = () => performance.timeOrigin + performance.now();
    const channel = new MessageChannel();
    let waiting = [];
    channel.port1.onmessage = () => { const told = waiting; waiting = []; told.forEach((then) => then(now())); };
    const painted = (then) => requestAnimationFrame(() => { if (waiting.push(then) === 1) channel.port2.postMessage(0); });";

/// From the list of documents: the time from the click on a title until the document takes letters.
pub async fn click_to_editable(teacher: &Teacher, title: &str) -> Result<Duration> {
    const WATCH: &str = "
        window.__opened = null;
        addEventListener('click', (click) => {
            const began = performance.timeOrigin + click.timeStamp;
            const look = () => document.querySelector('.ProseMirror[contenteditable=true]')?.textContent.length > 100
                ? painted((at) => { window.__opened = at - began; }) : setTimeout(look, 2);
            look();
        }, { capture: true, once: true });";
    teacher.go("/documents").await?;
    until("the title in the list", async || teacher.script(HAS_TITLE, json!(title)).await, |has| *has == json!(true))
        .await?;
    teacher.script(&format!("{CLOCK} {WATCH}"), Value::Null).await?;
    teacher.script(CLICK_TITLE, json!(title)).await?;
    let opened = until(
        "an editable document",
        async || teacher.script("return window.__opened", Value::Null).await,
        Value::is_number,
    );
    Ok(Duration::from_secs_f64(opened.await?.as_f64().unwrap_or_default() / 1000.0))
}

const HAS_TITLE: &str =
    "return [...document.querySelectorAll('main a')].some((a) => a.textContent.includes(arguments[0]))";
const CLICK_TITLE: &str =
    "[...document.querySelectorAll('main a')].find((a) => a.textContent.includes(arguments[0])).click()";

/// Notes for every key when it went down, when the letter was in the page, and when it was painted.
pub async fn watch_own(writer: &Teacher) -> Result<()> {
    const WATCH: &str = "
        window.__keys = [];
        window.__watching?.abort();
        window.__watching = new AbortController();
        addEventListener('keydown', (key) => {
            const entry = { down: performance.timeOrigin + key.timeStamp };
            window.__keys.push(entry);
            painted((at) => { entry.painted = at; });
        }, { capture: true, signal: window.__watching.signal });
        addEventListener('input', () => queueMicrotask(() => {
            const entry = window.__keys.at(-1);
            if (entry && !entry.written) entry.written = now();
        }), { capture: true, signal: window.__watching.signal });";
    writer.script(&format!("{CLOCK} {WATCH}"), Value::Null).await?;
    Ok(())
}

/// Notes for every new letter of a line when it was painted.
pub async fn watch_other(reader: &Teacher, line: isize) -> Result<()> {
    const WATCH: &str = "
        const lines = document.querySelectorAll('.ProseMirror :is(p, h1, h2, h3, h4, h5, h6, pre)');
        const line = [...lines].at(arguments[0]);
        line.scrollIntoView({ block: 'center' });
        const letters = () => line.textContent.match(/[beik]/g)?.length ?? 0;
        const before = letters();
        window.__arrived = [];
        window.__arriving?.disconnect();
        window.__arriving = new MutationObserver(() => {
            const count = letters() - before;
            painted((at) => { while (window.__arrived.length < count) window.__arrived.push(at); });
        });
        window.__arriving.observe(line, { childList: true, characterData: true, subtree: true });";
    reader.script(&format!("{CLOCK} {WATCH}"), json!(line)).await?;
    Ok(())
}

/// Leaves the document for a page without a program: an element of the browser's own that can be edited, with the same
/// nodes in it. What a key takes there is the browser's own share.
pub async fn open_bare(writer: &Teacher) -> Result<()> {
    const SHOW: &str = "
        document.body.innerHTML = '<div><div class=ProseMirror contenteditable=true>' + arguments[0] + '</div></div>';
        const [desk] = document.body.children;
        Object.assign(desk.style, { height: '700px', overflow: 'auto' });
        Object.assign(desk.firstChild.style, { width: '672px', margin: 'auto' });";
    let nodes = writer.script("return document.querySelector('.ProseMirror').innerHTML", Value::Null).await?;
    writer.go("/healthz").await?;
    writer.script(SHOW, nodes).await?;
    Ok(())
}

/// The times of the last typing on the own screen.
pub async fn own_figures(writer: &Teacher, keys: usize) -> Result<Figures> {
    let look = async || writer.script("return window.__keys", Value::Null).await;
    let all_painted = |pressed: &Value| {
        pressed.as_array().is_some_and(|all| all.len() == keys && all.iter().all(|key| key["painted"].is_number()))
    };
    let pressed = until("all keys painted", look, all_painted).await?;
    let mut figures = Figures::default();
    for key in pressed.as_array().into_iter().flatten() {
        let since_down = |name: &str| Some(key[name].as_f64()? - key["down"].as_f64()?);
        figures.own_screen.extend(since_down("painted"));
        figures.handled.extend(since_down("written"));
    }
    Ok(figures)
}

/// As [`own_figures`], and when the letters were on a colleague's screen.
pub async fn figures(writer: &Teacher, reader: &Teacher, keys: usize) -> Result<Figures> {
    let look = async || reader.script("return window.__arrived", Value::Null).await;
    let arrived =
        until("all letters on the other screen", look, |arrived| arrived.as_array().is_some_and(|a| a.len() >= keys))
            .await?;
    let mut figures = own_figures(writer, keys).await?;
    let pressed = writer.script("return window.__keys.map((key) => key.down)", Value::Null).await?;
    let (Some(arrived), Some(pressed)) = (arrived.as_array(), pressed.as_array()) else {
        return Ok(figures);
    };
    ensure!(arrived.len() == keys, "{keys} keys, {} arrived", arrived.len());
    let times = pressed.iter().zip(arrived).filter_map(|(down, arrived)| Some(arrived.as_f64()? - down.as_f64()?));
    figures.other_screen.extend(times);
    Ok(figures)
}
