//! What hands do: keys, input methods, the mouse. All through the browser's own input pipeline.

use anyhow::{Context, Result};
use serde_json::json;

use crate::secrets;
use crate::teacher::Teacher;

const SHIFT: u32 = 8;
const CTRL: u32 = 2;
const ALT: u32 = 1;
/// What a keyboard reports while an input method takes the keys.
const PROCESS_KEY: u32 = 229;

impl Teacher {
    /// Types letter by letter, as a keyboard without input method does.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        secrets::remember(text.trim());
        for letter in text.chars() {
            let letter = letter.to_string();
            self.key("keyDown", json!({ "text": letter, "unmodifiedText": letter, "key": letter })).await?;
            self.key("keyUp", json!({ "key": letter })).await?;
        }
        Ok(())
    }

    /// A key with its modifiers: `Enter`, `Tab`, `Control+z`, `Control+Shift+z`, `End` …
    pub async fn press(&self, chord: &str) -> Result<()> {
        let mut modifiers = 0;
        let mut name = "";
        for part in chord.split('+') {
            match part {
                "Control" => modifiers |= CTRL,
                "Shift" => modifiers |= SHIFT,
                "Alt" => modifiers |= ALT,
                key => name = key,
            }
        }
        let (code, virtual_key, text) = match name {
            "Enter" => ("Enter".to_owned(), 13, Some("\r")),
            "Tab" => ("Tab".to_owned(), 9, None),
            "Escape" => ("Escape".to_owned(), 27, None),
            "Backspace" => ("Backspace".to_owned(), 8, None),
            "Delete" => ("Delete".to_owned(), 46, None),
            "End" => ("End".to_owned(), 35, None),
            "Home" => ("Home".to_owned(), 36, None),
            "ArrowLeft" => ("ArrowLeft".to_owned(), 37, None),
            "ArrowUp" => ("ArrowUp".to_owned(), 38, None),
            "ArrowRight" => ("ArrowRight".to_owned(), 39, None),
            "ArrowDown" => ("ArrowDown".to_owned(), 40, None),
            key => {
                let letter = key.chars().next().context("a chord without a key")?.to_ascii_uppercase();
                (format!("Key{letter}"), u32::from(letter), None)
            }
        };
        let mut down =
            json!({ "key": name, "code": code, "windowsVirtualKeyCode": virtual_key, "modifiers": modifiers });
        if let Some(text) = text {
            down["text"] = json!(text);
        }
        let kind = if text.is_some() { "keyDown" } else { "rawKeyDown" };
        self.key(kind, down.clone()).await?;
        down.as_object_mut().expect("it is one").remove("text");
        self.key("keyUp", down).await?;
        // The browser tells the page of a moved caret with the next frame; no hand is faster, this program is.
        self.script_async("requestAnimationFrame(() => setTimeout(() => arguments[1](null)))", json!(null)).await?;
        Ok(())
    }

    /// Shows these letters as composition, in place of what was composed before.
    pub async fn compose(&self, letters: &str) -> Result<()> {
        let process = json!({ "key": "Process", "windowsVirtualKeyCode": PROCESS_KEY });
        self.key("rawKeyDown", process.clone()).await?;
        let end = letters.encode_utf16().count();
        let composition = json!({ "text": letters, "selectionStart": end, "selectionEnd": end });
        self.cdp("Input.imeSetComposition", composition).await?;
        self.key("keyUp", process).await
    }

    /// Ends the composition with the word that was picked.
    pub async fn commit(&self, word: &str) -> Result<()> {
        self.cdp("Input.insertText", json!({ "text": word })).await?;
        Ok(())
    }

    /// Whether an input method is composing in the page now, as the editor sees it.
    pub async fn is_composing(&self) -> Result<bool> {
        Ok(self.script("return window.__composing === true", json!(null)).await? == json!(true))
    }

    /// Has the page note every beginning and end of a composition; see [`Teacher::compositions`].
    pub async fn watch_compositions(&self) -> Result<()> {
        const WATCH: &str = "
            window.__compositions = [];
            const note = (e) => { window.__composing = e.type !== 'compositionend'; window.__compositions.push(e.type.slice(11)); };
            addEventListener('compositionstart', note, true);
            addEventListener('compositionend', note, true);";
        self.script(WATCH, json!(null)).await?;
        Ok(())
    }

    /// `start` and `end` since [`Teacher::watch_compositions`].
    pub async fn compositions(&self) -> Result<Vec<String>> {
        let seen = self.script("return window.__compositions", json!(null)).await?;
        Ok(serde_json::from_value(seen)?)
    }

    async fn key(&self, kind: &str, mut event: serde_json::Value) -> Result<()> {
        event["type"] = json!(kind);
        self.cdp("Input.dispatchKeyEvent", event).await?;
        Ok(())
    }
}
