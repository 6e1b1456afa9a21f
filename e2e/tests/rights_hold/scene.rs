//! One teacher at two windows: in one she types while it happens, the other one is cut off and hears of it later.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use e2e::{Api, Line, Stage, Teacher, Window, Witness, until};
use serde_json::{Value, json};

/// The page says so within so many milliseconds of the answer to whoever did it.
const AT_ONCE: i64 = 1_000;
const EDITABLE: &str = ".ProseMirror[contenteditable=true]";
const OFFLINE: &str = " Cut off.";

/// The page notes what its banners and dialogs say, and since when.
const WATCH: &str = "
    window.__said = [];
    const look = () => {
        const shown = [...document.querySelectorAll('.doc-notes, dialog[open]')].map((part) => part.textContent).join(' ');
        if (shown !== window.__said.at(-1)?.[1]) window.__said.push([Date.now(), shown]);
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });";
const SINCE: &str = "return window.__said.find(([, shown]) => shown.includes(arguments[0]))?.[0] ?? null";
const COPIED: &str = "navigator.clipboard.readText().then(arguments[1], (error) => arguments[1](`${error}`))";

pub struct Scene {
    pub here: Seated,
    there: Teacher,
    line: Line,
    document: String,
    /// What the server has.
    witness: Witness,
}

/// The window in which she types.
pub struct Seated(Teacher);

impl std::ops::Deref for Seated {
    type Target = Teacher;

    fn deref(&self) -> &Teacher {
        &self.0
    }
}

impl Seated {
    /// Fills in the form that asks her again, and sends it.
    pub async fn fill_again(&self) -> Result<()> {
        let password = self.find("dialog[open] input[name=password]").await?;
        password.clear().await?;
        password.send_keys("gongbei-demo").await?;
        self.find("dialog[open] form button[type=submit]").await?.click().await?;
        Ok(())
    }
}

impl Scene {
    /// Both windows show the document, and in the one that is cut off is something that is not saved.
    pub async fn open(stage: &Stage, login: &str, document: &str, author: &Api) -> Result<Self> {
        let line = stage.line().await?;
        let far = Window::new(&line.address());
        let (here, there) = tokio::try_join!(stage.teacher(login), stage.enter(login, far))?;
        tokio::try_join!(here.open(document), there.open(document))?;
        here.put_caret(-1, 0).await?;
        here.type_text("Begin.").await?;
        here.saved().await?;
        there.sees_line("Begin.").await?;
        line.cut();
        there.put_caret_at_end(-1).await?;
        there.type_text(OFFLINE).await?;
        until("kept on the device", async || there.save_state().await, |at| at == "device").await?;
        let witness = Witness::join(&stage.group.address(), document, &author.token().await?).await?;
        let scene = Self { here: Seated(here), there, line, document: document.to_owned(), witness };
        scene.watch().await?;
        Ok(scene)
    }

    /// From now on the page in front of her notes what it says.
    pub async fn watch(&self) -> Result<()> {
        self.here.script(WATCH, Value::Null).await?;
        Ok(())
    }

    /// She loses a right by `change`, which gives the moment from which it holds. How many milliseconds later the page
    /// said so.
    pub async fn loses_right(&self, says: &str, change: impl AsyncFnOnce() -> Result<i64>) -> Result<i64> {
        let (told, _) = self.types_on(says, change).await?;
        until("nothing can be written", async || self.here.count(EDITABLE).await, |count| *count == 0).await?;
        let line = self.last_line(&self.here).await?;
        let accepted = self.accepted().await?;
        ensure!(line.starts_with(&accepted), "on the screen is {line:?}, accepted was {accepted:?}");
        if line != accepted {
            draft_has(&self.here, &line).await?;
        }

        self.line.mend();
        self.there.reads(".doc-notes", |text| text.contains(says) && text.contains("已留作您的草稿")).await?;
        // Whoever may still look sees in it what others wrote, too.
        draft_has(&self.there, OFFLINE.trim()).await?;
        // And it is found again by whoever comes to the document later.
        self.there.go(&format!("/documents/{}", self.document)).await?;
        draft_has(&self.there, OFFLINE.trim()).await?;
        ensure!(self.accepted().await? == accepted, "something got in afterwards: {}", self.witness.xml());
        Ok(told)
    }

    /// She is signed out by `change`. How many milliseconds later the page said so, and the moment it counts from.
    pub async fn signed_out(&self, says: &str, change: impl AsyncFnOnce() -> Result<i64>) -> Result<(i64, i64)> {
        let told = self.types_on(says, change).await?;
        self.here.find("dialog[open] input[name=password]").await?;
        let accepted = self.accepted().await?;
        self.line.mend();
        self.there.find("dialog[open] input[name=password]").await?;
        ensure!(self.there.save_state().await? == "device", "what nobody wrote can't be saved");
        ensure!(self.accepted().await? == accepted, "something got in afterwards: {}", self.witness.xml());
        Ok(told)
    }

    /// She signs in again in both windows, and everything is saved.
    pub async fn comes_back(&self) -> Result<()> {
        let line = self.last_line(&self.here).await?;
        self.here.fill_again().await?;
        until("the dialog is gone", async || self.here.count("dialog[open]").await, |open| *open == 0).await?;
        self.here.saved().await?;
        until("all of it is stored", async || Ok(self.witness.letters()), |letters| letters.ends_with(&line)).await?;
        self.there.sign_in_again().await?;
        self.there.saved().await?;
        let typed = line.trim_start_matches("Begin.");
        let both = |letters: &String| letters.contains(OFFLINE) && letters.contains(typed);
        until("that of both windows", async || Ok(self.witness.letters()), both).await?;
        Ok(())
    }

    /// How many milliseconds after `at` the page in front of her has said so.
    pub async fn said_after(&self, says: &str, at: i64) -> Result<i64> {
        let look = async || Ok(self.here.script(SINCE, json!(says)).await?.as_i64());
        let since = until(&format!("the page says {says}"), look, Option::is_some).await?;
        let told = (since.context("it was seen")? - at).max(0);
        ensure!(told < AT_ONCE, "the page said {says:?} only after {told} ms");
        Ok(told)
    }

    /// She types word after word until the page has said it; no word that she began later may be accepted.
    async fn types_on(&self, says: &str, change: impl AsyncFnOnce() -> Result<i64>) -> Result<(i64, i64)> {
        let (words, enough) = (AtomicUsize::new(0), AtomicBool::new(false));
        let typing = async {
            self.here.put_caret_at_end(-1).await?;
            while !enough.load(Ordering::Relaxed) {
                let word = words.fetch_add(1, Ordering::Relaxed) + 1;
                self.here.type_text(&format!(" w{word}")).await?;
            }
            anyhow::Ok(())
        };
        let changing = async {
            until("she types", async || Ok(words.load(Ordering::Relaxed)), |words| *words > 3).await?;
            let at = change().await?;
            let begun = words.load(Ordering::Relaxed);
            let told = self.said_after(says, at).await;
            // A few more, after she was told.
            let more = words.load(Ordering::Relaxed) + 2;
            until("she types on", async || Ok(words.load(Ordering::Relaxed)), |words| *words > more).await?;
            enough.store(true, Ordering::Relaxed);
            anyhow::Ok((told?, at, begun))
        };
        let ((), (told, at, begun)) = tokio::try_join!(typing, changing)?;
        let accepted = self.accepted().await?;
        let last = accepted.split_whitespace().filter_map(|word| word.strip_prefix('w')?.parse::<usize>().ok()).max();
        ensure!(last <= Some(begun), "{begun} words were begun when it was over, accepted is {accepted:?}");
        Ok((told, at))
    }

    /// What the server has of her line, once it has come to rest.
    async fn accepted(&self) -> Result<String> {
        let mut before = None;
        let look = async || {
            let now = self.witness.letters();
            Ok((before.replace(now.clone()) == Some(now.clone()), now))
        };
        let (_, letters) = until("the text rests", look, |(rests, _)| *rests).await?;
        let begins = letters.find("Begin.").context("the beginning is gone")?;
        Ok(letters[begins..].to_owned())
    }

    async fn last_line(&self, teacher: &Teacher) -> Result<String> {
        teacher.lines().await?.pop().context("the paper is empty")
    }
}

/// What was not accepted is in her draft, whole, and can be taken along.
async fn draft_has(teacher: &Teacher, line: &str) -> Result<()> {
    let origin = teacher.script("return location.origin", Value::Null).await?;
    let allowed = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": origin });
    teacher.cdp("Browser.grantPermissions", allowed).await?;
    teacher.click("看看草稿").await?;
    let line = line.trim_end();
    teacher.reads("dialog[open] .draft-text", |text| text.contains(line)).await?;
    teacher.find("dialog[open] footer .cluster button").await?.click().await?;
    teacher.reads("dialog[open] footer .cluster button", |text| text == "已复制").await?;
    let copied = teacher.script_async(COPIED, Value::Null).await?;
    ensure!(copied.as_str().is_some_and(|text| text.contains(line)), "copied was {copied}");
    teacher.press("Escape").await
}

/// Milliseconds of this machine's clock, which the browsers share.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
