//! A stock Yjs client (yjs, y-websocket, y-prosemirror from npm) writes in the same document, and what our editor does
//! not know survives it.
#![cfg(feature = "browsers")]

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Stock, until};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn both_write_and_both_end_equal() -> Result<()> {
    Stage::play("stock_both_write", async |stage| {
        let document = stage.shared_document("page", "别人的程序也能写").await?;
        let token = stage.group.api("lin").await?.token().await?;
        let address = stage.group.address();
        let (mut stock, zhou) = tokio::try_join!(Stock::join(&address, &document, &token), stage.teacher("zhou"))?;
        zhou.open(&document).await?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("from our client").await?;
        let reads = until(
            "our letters at the stock client",
            async || stock.tell("read", json!({})).await,
            |read| read.to_string().contains("from our client"),
        )
        .await?;

        // The stock client edits as y-prosemirror's binding does: a list, a table, marks, an emoji.
        let mut content = reads["content"].as_array().context("no content")?.clone();
        content.extend([
            json!({"type": "paragraph", "content": [{"type": "text", "text": "粗体😀", "marks": [{"type": "bold"}]}, {"type": "text", "text": " 接着写"}]}),
            json!({"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "一项"}]}]}]}),
            json!({"type": "table", "content": [{"type": "tableRow", "content": [
                {"type": "tableCell", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "左"}]}]},
                {"type": "tableCell", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "右"}]}]}]}]}),
            json!({"type": "paragraph", "content": [{"type": "text", "text": "last"}]}),
        ]);
        stock.tell("write", json!({ "json": { "type": "doc", "content": content } })).await?;
        zhou.sees("what the stock client wrote", |lines| {
            ["粗体😀 接着写", "一项", "左", "右", "last"].iter().all(|text| lines.iter().any(|line| line == text))
        })
        .await?;
        ensure!(zhou.count(".ProseMirror strong, .ProseMirror b").await? >= 1, "the bold text is not bold");

        // At the same time, in the same paragraph, behind an emoji.
        let blocks = stock.tell("blocks", json!({})).await?.as_u64().context("no count")?;
        zhou.put_caret_at_end(-1).await?;
        let typing = async {
            for letter in "ABCDEFGHIJ".chars() {
                stock.tell("type", json!({ "block": blocks - 1, "at": 0, "text": letter.to_string() })).await?;
            }
            anyhow::Ok(())
        };
        tokio::try_join!(zhou.type_text("0123456789"), typing)?;
        zhou.sees_line("JIHGFEDCBAlast0123456789").await?;
        zhou.saved().await?;
        let theirs = until(
            "all letters at the stock client",
            async || stock.tell("read", json!({})).await,
            |read| read.to_string().contains("JIHGFEDCBAlast0123456789"),
        )
        .await?;
        ensure!(plain(&theirs) == plain(&zhou.document().await?), "the two documents differ");

        // Presence goes both ways, and nobody can call themselves somebody else.
        let here = async || stock.tell("here", json!({})).await;
        until("zhou at the stock client", here, |here| here.to_string().contains("周明远")).await?;
        let name = async || zhou.reads_attribute(".people-here", "aria-label").await;
        until("the stock client under its owner's name", name, |name| name.contains("林秀兰")).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_our_editor_does_not_know_survives_it() -> Result<()> {
    Stage::play("stock_unknown", async |stage| {
        let document = stage.shared_document("page", "看不懂也不弄丢").await?;
        let token = stage.group.api("lin").await?.token().await?;
        let address = stage.group.address();
        let (mut stock, zhou) = tokio::try_join!(Stock::join(&address, &document, &token), stage.teacher("zhou"))?;
        zhou.open(&document).await?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("known text").await?;
        until("our letters", async || stock.tell("xml", json!({})).await, |xml| xml.to_string().contains("known text"))
            .await?;
        zhou.saved().await?;

        let last = stock.tell("blocks", json!({})).await?.as_u64().context("no count")? - 1;
        stock.tell("setAttribute", json!({ "block": last, "key": "indent", "value": "3" })).await?;
        stock
            .tell("format", json!({ "block": last, "at": 0, "length": 5, "marks": { "sparkle": { "hue": 7 } } }))
            .await?;
        stock
            .tell(
                "insertUnknown",
                json!({ "at": last, "name": "hologram", "attrs": { "depth": "9" }, "text": "inside" }),
            )
            .await?;

        // zhou writes around all of it, also inside the run with the unknown mark, and splits the paragraph.
        zhou.sees("the paragraph under the unknown node", |lines| {
            lines.last().is_some_and(|line| line == "known text")
        })
        .await?;
        zhou.put_caret(-1, 2).await?;
        zhou.type_text("X").await?;
        zhou.press("End").await?;
        zhou.press("Enter").await?;
        zhou.type_text("next").await?;
        zhou.saved().await?;
        let xml = until(
            "zhou's letters",
            async || stock.tell("xml", json!({})).await,
            |xml| xml.to_string().contains("next"),
        )
        .await?;
        let xml = xml.as_str().unwrap_or_default();
        ensure!(
            xml.contains("hologram") && xml.contains("depth=\"9\"") && xml.contains("inside"),
            "the unknown node is gone: {xml}"
        );
        let attributes = stock.tell("attributes", json!({ "block": last + 1 })).await?;
        ensure!(attributes["indent"] == "3", "the unknown attribute is gone: {attributes}");
        let delta = stock.tell("delta", json!({ "block": last + 1 })).await?;
        let marked: String = delta
            .as_array()
            .context("no delta")?
            .iter()
            .filter(|piece| piece["attributes"]["sparkle"] == json!({ "hue": 7 }))
            .filter_map(|piece| piece["insert"].as_str())
            .collect();
        ensure!(marked == "knXown", "the unknown mark is on {marked:?}: {delta}");
        Ok(())
    })
    .await
}

/// A document without attributes that say nothing, for comparison across schemas.
fn plain(node: &Value) -> Value {
    match node {
        Value::Object(fields) => {
            let kept =
                fields.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), plain(value)));
            let kept =
                kept.filter(|(key, value)| key != "attrs" || value.as_object().is_none_or(|attrs| !attrs.is_empty()));
            Value::Object(kept.collect())
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => node.clone(),
    }
}
