//! What eyes see on the paper: its lines as they stand on the screen, and where the caret is.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::teacher::Teacher;
use crate::wait::until;

/// Text blocks in order; helpers for text without colleagues' carets and the browser's fillers.
const BLOCKS: &str = "
    const paper = document.querySelector('.ProseMirror');
    const blocks = paper ? [...paper.querySelectorAll('p, h1, h2, h3, h4, h5, h6, pre')] : [];
    const foreign = (n) => n.parentElement?.closest('.ProseMirror-widget') != null;
    const plain = (block) => {
        const copy = block.cloneNode(true);
        copy.querySelectorAll('.ProseMirror-widget').forEach((n) => n.remove());
        return copy.textContent.replaceAll('\\u200b', '');
    };";

/// A caret: the text block's number from the top, and the UTF-16 units before it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caret {
    pub line: usize,
    pub offset: usize,
}

impl Teacher {
    /// The text of every paragraph, heading and cell, top to bottom.
    pub async fn lines(&self) -> Result<Vec<String>> {
        let lines = self.script(&format!("{BLOCKS} return blocks.map(plain);"), Value::Null).await?;
        Ok(serde_json::from_value(lines)?)
    }

    /// Waits until the lines are as wanted.
    pub async fn sees(&self, what: &str, is_it: impl Fn(&[String]) -> bool) -> Result<Vec<String>> {
        until(what, async || self.lines().await, |lines: &Vec<String>| is_it(lines)).await
    }

    /// Waits until some line is exactly this.
    pub async fn sees_line(&self, line: &str) -> Result<()> {
        self.sees(&format!("a line {line:?}"), |lines| lines.iter().any(|seen| seen == line)).await?;
        Ok(())
    }

    /// The whole document as the editor holds it, in ProseMirror's JSON.
    pub async fn document(&self) -> Result<Value> {
        let json =
            self.script("return document.querySelector('.ProseMirror').pmViewDesc.node.toJSON()", Value::Null).await?;
        ensure!(json.is_object(), "there is no editor on the page");
        Ok(json)
    }

    /// Clicks into a line (from 0; negative from the end) and puts the caret behind its first `offset` units.
    pub async fn put_caret(&self, line: isize, offset: usize) -> Result<Caret> {
        let number = if line < 0 { self.lines().await?.len().checked_add_signed(line) } else { Some(line as usize) };
        let number = number.context("there is no such line")?;
        let place = self
            .script(
                &format!(
                    "{BLOCKS} const block = blocks[arguments[0]]; block.scrollIntoView({{block: 'center'}});
                     const box = block.getBoundingClientRect(); return [box.left + 8, box.top + box.height / 2];"
                ),
                json!(number),
            )
            .await
            .with_context(|| format!("there is no line {number}"))?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.cdp("Input.dispatchMouseEvent", event).await?;
        }
        let wanted = Caret { line: number, offset };
        let collapse = format!(
            "{BLOCKS} const [line, offset] = arguments[0]; const block = blocks[line];
             const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT); let left = offset, last = null;
             for (let n = walk.nextNode(); n; n = walk.nextNode()) {{
                 if (foreign(n)) continue;
                 last = n;
                 if (left <= n.length) {{ getSelection().collapse(n, left); return; }}
                 left -= n.length;
             }}
             last ? getSelection().collapse(last, last.length) : getSelection().collapse(block, 0);"
        );
        until(
            &format!("the caret at {wanted:?}"),
            async || {
                self.script(&collapse, json!([number, offset])).await?;
                self.caret().await
            },
            |caret| *caret == Some(wanted),
        )
        .await?;
        Ok(wanted)
    }

    /// Puts the caret at the end of a line.
    pub async fn put_caret_at_end(&self, line: isize) -> Result<Caret> {
        let lines = self.lines().await?;
        let number = if line < 0 { lines.len().checked_add_signed(line) } else { Some(line as usize) };
        let number = number.context("there is no such line")?;
        let length = lines.get(number).context("there is no such line")?.encode_utf16().count();
        self.put_caret(number as isize, length).await
    }

    /// Where the caret is, if it is in the paper.
    pub async fn caret(&self) -> Result<Option<Caret>> {
        let script = format!(
            "{BLOCKS} const s = getSelection(); if (!s.focusNode) return null;
             const line = blocks.findIndex((b) => b.contains(s.focusNode)); if (line < 0) return null;
             const range = document.createRange(); range.setStart(blocks[line], 0); range.setEnd(s.focusNode, s.focusOffset);
             const holder = document.createElement('div'); holder.append(range.cloneContents());
             return [line, plain(holder).length];"
        );
        let at = self.script(&script, Value::Null).await?;
        Ok(at.as_array().map(|at| Caret {
            line: at[0].as_u64().unwrap_or(0) as usize,
            offset: at[1].as_u64().unwrap_or(0) as usize,
        }))
    }
}

/// Waits until all these windows hold the same document, and returns it.
pub async fn all_equal(teachers: &[&Teacher]) -> Result<Value> {
    let look = async || {
        let mut documents = Vec::new();
        for teacher in teachers {
            documents.push(teacher.document().await?);
        }
        Ok(documents)
    };
    let equal =
        until("equal documents", look, |documents: &Vec<Value>| documents.windows(2).all(|pair| pair[0] == pair[1]))
            .await?;
    equal.into_iter().next().context("nobody to compare")
}
