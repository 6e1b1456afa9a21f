//! The library's page: how soon results come after a key, and how soon the page can be used again on a slow line.

use std::time::Duration;

use anyhow::{Context, Result};
use e2e::{Stage, Teacher, until};
use serde_json::{Value, json};

/// What is typed, once in each round: Chinese, pinyin, initials, Traditional.
const QUESTIONS: [&str; 6] = ["分数", "fenshu", "fs", "集體備課", "三年级上册 分数", "教案"];
const ROUNDS: usize = 5;
/// A village line: 400 kbit/s both ways, 300 ms there and back.
const SLOW_BYTES_A_SECOND: u64 = 50_000;
const SLOW_MILLIS: u64 = 300;
const VISITS: usize = 5;

#[derive(Default)]
pub struct LibraryFigures {
    /// Milliseconds from the last key of a question until its results are painted.
    pub results: Vec<f64>,
    /// Milliseconds from the address to results one can choose, on the slow line, after a first load on a good one.
    pub again: Vec<f64>,
}

pub async fn measure(stage: &Stage) -> Result<LibraryFigures> {
    let lin = stage.teacher("lin").await?;
    let mut figures = LibraryFigures::default();
    lin.go("/library").await?;
    lin.find("#results .row").await?;
    for _ in 0..ROUNDS {
        for question in QUESTIONS {
            figures.results.push(key_to_results(&lin, question).await?);
        }
    }
    lin.cdp("Network.enable", json!({})).await?;
    lin.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WHEN_USABLE })).await?;
    lin.cdp("Network.emulateNetworkConditions", line(SLOW_MILLIS, Some(SLOW_BYTES_A_SECOND))).await?;
    for _ in 0..VISITS {
        lin.go("/library").await?;
        let usable = async || lin.script("return window.__usable ?? null", Value::Null).await;
        let took = until("results on the slow line", usable, Value::is_number).await?;
        figures.again.push(took.as_f64().context("a number")?);
    }
    lin.cdp("Network.emulateNetworkConditions", line(0, None)).await?;
    Ok(figures)
}

fn line(latency: u64, bytes_a_second: Option<u64>) -> Value {
    let through = bytes_a_second.map_or(json!(-1), |bytes| json!(bytes));
    json!({ "offline": false, "latency": latency, "downloadThroughput": through, "uploadThroughput": through })
}

/// Notes when there are results and a box to type into.
const WHEN_USABLE: &str = "
    const look = () => {
        const box = document.querySelector('main .input[type=search]');
        if (box && document.querySelector('#results .row a.title')) {
            requestAnimationFrame(() => { window.__usable = performance.now(); });
        } else setTimeout(look, 5);
    };
    look();";

/// Puts the question into the box as one key would, and waits until the results have marks.
async fn key_to_results(teacher: &Teacher, question: &str) -> Result<f64> {
    const EMPTY: &str = "
        const box = document.querySelector('main .input[type=search]');
        box.value = '';
        box.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    const TYPE: &str = "
        const box = document.querySelector('main .input[type=search]');
        const results = document.querySelector('section.results');
        window.__found = null;
        const began = performance.now();
        const seen = new MutationObserver(() => {
            if (!results.querySelector('mark')) return;
            seen.disconnect();
            requestAnimationFrame(() => { window.__found = performance.now() - began; });
        });
        seen.observe(results, { childList: true, characterData: true, subtree: true });
        box.value = arguments[0];
        box.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    teacher.script(EMPTY, Value::Null).await?;
    until("no marks", async || teacher.count("section.results mark").await, |count| *count == 0).await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    teacher.script(TYPE, json!(question)).await?;
    let found = until("results", async || teacher.script("return window.__found", Value::Null).await, Value::is_number);
    found.await?.as_f64().context("a number")
}
