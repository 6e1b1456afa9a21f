//! A Yjs client as it comes from npm, in Node; see e2e/stock/client.mjs.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// One Node process with one connection. Dropped, it is killed.
pub struct Stock {
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    _node: Child,
}

impl Stock {
    /// Joins the document; returns when the server's state has arrived.
    pub async fn join(address: &str, document: &str, token: &str) -> Result<Self> {
        let mut node = Command::new("node")
            .arg(folder().join("client.mjs"))
            .args([&format!("{}/sync", address.replace("http://", "ws://")), document, token])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start node")?;
        let orders = node.stdin.take().context("node has no input")?;
        let answers = BufReader::new(node.stdout.take().context("node has no output")?).lines();
        let mut stock = Self { orders, answers, _node: node };
        tokio::time::timeout(crate::PATIENCE, stock.tell("synced", json!({})))
            .await
            .context("the stock client did not get the server's state")??;
        Ok(stock)
    }

    /// Has one of the client's deeds done; what it answers.
    pub async fn tell(&mut self, deed: &str, mut details: Value) -> Result<Value> {
        details["deed"] = json!(deed);
        self.orders.write_all(format!("{details}\n").as_bytes()).await.context("the stock client is gone")?;
        let line = self.answers.next_line().await?.context("the stock client ended")?;
        let mut answer: Value = serde_json::from_str(&line)?;
        if let Some(problem) = answer.get("problem") {
            bail!("{deed}: {problem}");
        }
        Ok(answer["ok"].take())
    }
}

/// Has `tus-js-client` send a file to the server at `address`, as long as that takes; what it says of it, see
/// e2e/stock/upload.mjs.
pub async fn upload(address: &str, token: &str, file: &Path) -> Result<Value> {
    let mut node = Command::new("node")
        .arg(folder().join("upload.mjs"))
        .args([address, token])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot start node")?;
    let mut orders = node.stdin.take().context("node has no input")?;
    let mut answers = BufReader::new(node.stdout.take().context("node has no output")?).lines();
    orders.write_all(format!("{}\n", json!({ "file": file })).as_bytes()).await?;
    let line = answers.next_line().await?.context("the client ended; its packages: `cargo xtask test --only stock`")?;
    serde_json::from_str(&line).with_context(|| format!("the client said {line}"))
}

/// The source of axe-core, for a page to run.
pub fn axe() -> Result<String> {
    let file = folder().join("node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file).context("axe-core is missing; run `cargo xtask test --only stock`")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stock")
}
