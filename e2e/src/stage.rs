//! Where a play takes place: one group, its teachers, and what is kept of them when it fails.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use tempfile::TempDir;
use thirtyfour::session::handle::SessionHandle;
use tokio::signal::unix::{SignalKind, signal};

use crate::family;
use crate::group::{Group, target};
use crate::line::Line;
use crate::secrets;
use crate::teacher::{Seat, Teacher, Window};

/// The long forms of tests: `cargo xtask test --soak`.
pub fn soak() -> bool {
    std::env::var_os("GONGBEI_SOAK").is_some()
}

/// No play takes longer; a hanging one fails with its screenshots.
const LONGEST: Duration = Duration::from_secs(180);
const LONGEST_SOAK: Duration = Duration::from_secs(3600);

/// A window by its picture's name. The seat keeps it alive until the picture is taken.
#[derive(Clone)]
struct Opened {
    name: String,
    session: Arc<SessionHandle>,
    _seat: Arc<Seat>,
}

/// One test's world. What it starts is ended and what it writes is gone when the play is over, however it ends.
pub struct Stage {
    pub group: Group,
    /// What a failed play leaves to be looked at.
    evidence: PathBuf,
    windows: Mutex<Vec<Opened>>,
    accounts: Mutex<Vec<String>>,
    /// Last, because it must outlive the programs that write in it.
    folder: TempDir,
}

impl Stage {
    /// Starts a group and runs the play; on failure every window's picture and console go to target/e2e/`name`.
    pub async fn play(name: &str, play: impl AsyncFnOnce(&mut Stage) -> Result<()>) -> Result<()> {
        Self::play_within(if soak() { LONGEST_SOAK } else { LONGEST }, name, play).await
    }

    /// As [`Stage::play`], for plays that take their time.
    pub async fn play_within(
        longest: Duration,
        name: &str,
        play: impl AsyncFnOnce(&mut Stage) -> Result<()>,
    ) -> Result<()> {
        let evidence = target().join("e2e").join(name);
        std::fs::remove_dir_all(&evidence).ok();
        std::fs::create_dir_all(&evidence)?;
        let (mut stopped, mut ended) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let folder = family::folder()?;
        let group = Group::start(folder.path().join("server"), evidence.join("server.log")).await?;
        let mut stage = Self { group, evidence, windows: Mutex::default(), accounts: Mutex::default(), folder };
        let result = tokio::select! {
            played = play(&mut stage) => played,
            () = tokio::time::sleep(longest) => Err(anyhow!("the play did not end within {longest:?}")),
            _ = stopped.recv() => return Err(anyhow!("stopped")),
            _ = ended.recv() => return Err(anyhow!("stopped")),
        };
        let result = match result {
            Ok(()) => stage.said_nothing_wrong().await,
            failed => failed,
        };
        if result.is_err() {
            stage.keep_pictures().await;
        } else {
            std::fs::remove_dir_all(&stage.evidence).ok();
            tell(name, &stage.accounts.lock().expect("no holder panics"))?;
        }
        result.with_context(|| format!("windows, consoles and the server's log are in {}", stage.evidence.display()))
    }

    /// What the play has found out, in a sentence with figures; `cargo xtask test` prints it if the play succeeds.
    pub fn account(&self, sentence: String) {
        self.accounts.lock().expect("no holder panics").push(sentence);
    }

    /// A folder of the play's own, gone when it is over.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A new browser, signed in.
    pub async fn teacher(&self, login: &str) -> Result<Teacher> {
        self.enter(login, Window::new(&self.group.address())).await
    }

    /// As [`Stage::teacher`], in a window of that kind.
    pub async fn enter(&self, login: &str, window: Window) -> Result<Teacher> {
        let teacher = self.look_in(login, window).await?;
        teacher.sign_in(login).await?;
        Ok(teacher)
    }

    /// A new browser that shows nothing yet; `who` names its picture.
    pub async fn look_in(&self, who: &str, window: Window) -> Result<Teacher> {
        let folder = tempfile::Builder::new().prefix("").tempdir_in(&self.folder)?.keep();
        let teacher = Teacher::enter(who, window, &folder).await?;
        let mut windows = self.windows.lock().expect("no holder panics");
        let name = format!("{}-{who}", windows.len() + 1);
        let (session, seat) = teacher.session();
        windows.push(Opened { name, session, _seat: seat });
        Ok(teacher)
    }

    /// zhou and lin, both in a new document of that kind; and its id.
    pub async fn two_in(&self, kind: &str) -> Result<(Teacher, Teacher, String)> {
        let (document, zhou, lin) =
            tokio::try_join!(self.shared_document(kind, "两个人一起写"), self.teacher("zhou"), self.teacher("lin"))?;
        tokio::try_join!(zhou.open(&document), lin.open(&document))?;
        Ok((zhou, lin, document))
    }

    /// A line of its own to the server.
    pub async fn line(&self) -> Result<Line> {
        Line::to(self.group.listens()).await
    }

    /// A document of zhou's that lin, chen and zhao may edit.
    pub async fn shared_document(&self, kind: &str, title: &str) -> Result<String> {
        let zhou = self.group.api("zhou").await?;
        let document = zhou.create(kind, title).await?;
        let mut others = Vec::new();
        for login in ["lin", "chen", "zhao"] {
            others.push(self.group.api(login).await?);
        }
        zhou.share(&document, &others.iter().collect::<Vec<_>>(), "edit").await?;
        Ok(document)
    }

    /// A stock client that sees the document as zhou does.
    pub async fn witness(&self, document: &str) -> Result<crate::Witness> {
        let token = self.group.api("zhou").await?.token().await?;
        crate::Witness::join(&self.group.address(), document, &token).await
    }

    /// A page whose program has panicked may look well and do nothing any more. And nobody may have told a secret.
    async fn said_nothing_wrong(&self) -> Result<()> {
        secrets::not_in("the server's log", &self.group.said()?)?;
        let windows = self.windows.lock().expect("no holder panics").clone();
        for Opened { name, session, _seat } in &windows {
            // A window that was closed or killed has no console any more.
            let console = tokio::time::timeout(Duration::from_secs(5), session.get_log("browser")).await;
            for entry in console.ok().and_then(Result::ok).into_iter().flatten() {
                let entry = format!("{entry:?}");
                ensure!(!entry.contains("panicked at"), "the page of {name} panicked: {entry}");
                secrets::not_in(&format!("the console of {name}"), &entry)?;
            }
        }
        Ok(())
    }

    async fn keep_pictures(&self) {
        let windows = self.windows.lock().expect("no holder panics").clone();
        for Opened { name, session, _seat } in &windows {
            let look = async {
                let picture = session.screenshot_as_png().await?;
                std::fs::write(self.evidence.join(format!("{name}.png")), picture)?;
                let source = session.source().await?;
                std::fs::write(self.evidence.join(format!("{name}.html")), source)?;
                let console = session.get_log("browser").await?;
                let lines: Vec<String> = console.into_iter().map(|entry| format!("{entry:?}\n")).collect();
                std::fs::write(self.evidence.join(format!("{name}.console")), lines.concat())?;
                anyhow::Ok(())
            };
            // A window that was closed or killed has no picture to keep.
            tokio::time::timeout(Duration::from_secs(5), look).await.ok();
        }
    }
}

/// Leaves a play's accounts where `cargo xtask test` looks for them: one file a play, one line an account.
fn tell(name: &str, accounts: &[String]) -> Result<()> {
    if accounts.is_empty() {
        return Ok(());
    }
    let folder = target().join("e2e/accounts");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(format!("{name}.txt")), accounts.join("\n"))?)
}
