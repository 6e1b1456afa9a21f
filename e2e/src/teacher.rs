//! A teacher at a browser window.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use thirtyfour::session::handle::SessionHandle;
use thirtyfour::{By, Capabilities, WebDriver, WebElement, WindowHandle};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::api::PASSWORD;
use crate::family::{Family, Signal, signal};
use crate::wait::until;

/// What kind of window to open, and at which end of which line.
#[derive(Clone)]
pub struct Window {
    address: String,
    size: (u32, u32),
    profile: Option<PathBuf>,
}

impl Window {
    /// An office PC's: 1366 × 768.
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), size: (1366, 768), profile: None }
    }

    pub fn sized(self, width: u32, height: u32) -> Self {
        Self { size: (width, height), ..self }
    }

    /// With the cookies and the storage of an earlier browser.
    pub fn with_profile(self, profile: PathBuf) -> Self {
        Self { profile: Some(profile), ..self }
    }
}

/// One browser with one window. It lives until the play is over, so that a failure can still be looked at.
pub struct Teacher {
    pub(crate) driver: WebDriver,
    address: String,
    seat: Arc<Seat>,
}

/// The processes behind a window: chromedriver and the browser that it started. Dropped, they are killed.
pub(crate) struct Seat {
    profile: PathBuf,
    browser: u32,
    _chromedriver: Family,
}

impl Teacher {
    /// Opens the browser, which keeps all its things in `folder`; it shows nothing yet.
    pub async fn enter(who: &str, window: Window, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let profile = window.profile.unwrap_or_else(|| folder.join("profile"));
        let (chromedriver, port) = chromedriver(folder).await?;
        let capabilities = capabilities(&profile, window.size)?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities)
            .await
            .with_context(|| format!("chromium did not start for {who}"))?;
        let browser = browser_of(&profile).context("chromium runs but can't be found")?;
        let seat = Arc::new(Seat { profile, browser, _chromedriver: chromedriver });
        let teacher = Self { driver, address: window.address, seat };
        // Several windows on one machine: each believes it is the one in front.
        teacher.cdp("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await?;
        Ok(teacher)
    }

    /// Signs in by the form.
    pub async fn sign_in(&self, login: &str) -> Result<()> {
        self.go("/signin").await?;
        self.fill_sign_in(login).await?;
        until("signed in", async || self.path().await, |path| path != "/signin").await?;
        Ok(())
    }

    /// Comes back to a browser that may or may not remember who was signed in.
    pub async fn come_back(&self, login: &str) -> Result<()> {
        self.go("/documents").await?;
        let look =
            async || Ok((self.count("input[name=login]").await?, self.count("main a[href^='/documents/']").await?));
        let (form, _) = until("the list or the sign-in form", look, |(form, list)| form + list > 0).await?;
        if form > 0 { self.sign_in(login).await } else { Ok(()) }
    }

    /// Fills the sign-in form that is on the screen, and sends it.
    pub async fn fill_sign_in(&self, login: &str) -> Result<()> {
        self.find("input[name=login]").await?.send_keys(login).await?;
        self.find("input[name=password]").await?.send_keys(PASSWORD).await?;
        self.find("form button[type=submit]").await?.click().await?;
        Ok(())
    }

    /// Signs in again where the session has ended: the login is known, the password is asked for.
    pub async fn sign_in_again(&self) -> Result<()> {
        self.find("dialog[open] input[name=password]").await?.send_keys(PASSWORD).await?;
        self.find("dialog[open] form button[type=submit]").await?.click().await?;
        until("the dialog is gone", async || self.count("dialog[open]").await, |open| *open == 0).await?;
        Ok(())
    }

    /// Opens a document and waits until it can be written in.
    pub async fn open(&self, document: &str) -> Result<()> {
        self.go(&format!("/documents/{document}")).await?;
        self.find(".ProseMirror[contenteditable=true]").await?;
        Ok(())
    }

    pub async fn go(&self, path: &str) -> Result<()> {
        Ok(self.driver.goto(format!("{}{path}", self.address)).await?)
    }

    /// Goes to any address, also of another site.
    pub async fn visit(&self, address: &str) -> Result<()> {
        Ok(self.driver.goto(address).await?)
    }

    /// The browser's "back" arrow.
    pub async fn go_back(&self) -> Result<()> {
        Ok(self.driver.back().await?)
    }

    /// The path in the address bar.
    pub async fn path(&self) -> Result<String> {
        Ok(self.driver.current_url().await?.path().to_owned())
    }

    /// The first element of a CSS selector, waited for.
    pub async fn find(&self, selector: &str) -> Result<WebElement> {
        until(selector, async || Ok(self.driver.find(By::Css(selector)).await?), |_| true).await
    }

    /// How many elements a CSS selector has now.
    pub async fn count(&self, selector: &str) -> Result<usize> {
        Ok(self.driver.find_all(By::Css(selector)).await?.len())
    }

    /// The visible text of the first element of a selector, waited for until `is_it`.
    pub async fn reads(&self, selector: &str, is_it: impl Fn(&str) -> bool) -> Result<String> {
        let look = async || Ok(self.driver.find(By::Css(selector)).await?.text().await?);
        until(selector, look, |text: &String| is_it(text)).await
    }

    /// An attribute of the first element of a selector, waited for.
    pub async fn reads_attribute(&self, selector: &str, name: &str) -> Result<String> {
        Ok(self.find(selector).await?.attr(name).await?.unwrap_or_default())
    }

    /// Clicks a button or link by its accessible name.
    pub async fn click(&self, name: &str) -> Result<()> {
        const FIND: &str = "
            const shown = (e) => e.getClientRects().length > 0;
            const name = (e) => (e.getAttribute('aria-label') ?? e.textContent).trim();
            const all = [...document.querySelectorAll('button, a, [role=menuitem], [role=option], [role=tab], label')].filter(shown);
            return all.find((e) => name(e) === arguments[0]) ?? all.find((e) => name(e).startsWith(arguments[0])) ?? null;";
        let look = async || Ok(self.driver.execute(FIND, vec![json!(name)]).await?.element()?);
        let element = until(&format!("something to click named {name}"), look, |_| true).await?;
        element.click().await.with_context(|| format!("{name} can't be clicked"))
    }

    /// Waits until the document is shown as saved on the server, twice a frame apart.
    pub async fn saved(&self) -> Result<()> {
        until("saved on the server", async || self.save_state().await, |at| at == "server").await?;
        Ok(())
    }

    /// Where the last edit is shown to be: `tab`, `device` or `server`.
    pub async fn save_state(&self) -> Result<String> {
        const LOOK: &str = "
            const done = arguments[0];
            requestAnimationFrame(() => requestAnimationFrame(() =>
                done(document.querySelector('.save')?.dataset.at ?? 'absent')));";
        let at = self.driver.execute_async(LOOK, Vec::<Value>::new()).await?;
        Ok(at.convert()?)
    }

    /// Runs a script in the page; `arguments[0]` is `argument`.
    pub async fn script(&self, script: &str, argument: Value) -> Result<Value> {
        Ok(self.driver.execute(script, vec![argument]).await?.json().clone())
    }

    /// As [`Teacher::script`]; the script calls `arguments[1]` with its answer.
    pub async fn script_async(&self, script: &str, argument: Value) -> Result<Value> {
        Ok(self.driver.execute_async(script, vec![argument]).await?.json().clone())
    }

    /// Drags with the mouse from one point of the window to another, by way of the middle.
    pub async fn drag(&self, from: (i64, i64), to: (i64, i64)) -> Result<()> {
        let middle = (i64::midpoint(from.0, to.0), i64::midpoint(from.1, to.1));
        let hand = self.driver.action_chain().move_to(from.0, from.1).click_and_hold();
        let hand = hand.move_to(from.0 - 8, from.1 + 4).move_to(middle.0, middle.1).move_to(to.0, to.1);
        Ok(hand.move_to(to.0 + 2, to.1).release().perform().await?)
    }

    /// A command of the browser's own protocol.
    pub async fn cdp(&self, method: &str, params: Value) -> Result<Value> {
        self.driver.cdp().send_raw(method, params).await.with_context(|| method.to_owned())
    }

    /// Shows the page as on a screen of that width and height, in the light or the dark theme.
    pub async fn look_through(&self, width: u32, height: u32, theme: &str) -> Result<()> {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", screen).await?;
        // Without motion, so that no colour is looked at on its way to another.
        let wish = json!({ "features": [
            { "name": "prefers-color-scheme", "value": theme }, { "name": "prefers-reduced-motion", "value": "reduce" }] });
        self.cdp("Emulation.setEmulatedMedia", wish).await?;
        Ok(())
    }

    /// The tab in front.
    pub async fn tab(&self) -> Result<WindowHandle> {
        Ok(self.driver.window().await?)
    }

    /// All tabs of this browser.
    pub async fn tabs(&self) -> Result<Vec<WindowHandle>> {
        Ok(self.driver.windows().await?)
    }

    /// Opens another tab and brings it to the front.
    pub async fn new_tab(&self) -> Result<WindowHandle> {
        let tab = self.driver.new_tab().await?;
        self.switch_to(&tab).await?;
        Ok(tab)
    }

    pub async fn switch_to(&self, tab: &WindowHandle) -> Result<()> {
        self.driver.switch_to_window(tab.clone()).await?;
        self.cdp("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await?;
        Ok(())
    }

    /// What the window shows, as PNG.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        Ok(self.driver.screenshot_as_png().await?)
    }

    /// The value of a cookie of this page, scripts may see it or not.
    pub async fn cookie(&self, name: &str) -> Result<String> {
        Ok(self.driver.get_named_cookie(name).await?.value)
    }

    /// What the page said on its console as errors.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let log = self.driver.browser_log().await?;
        let entries = log.into_iter().map(|entry| format!("{entry:?}"));
        Ok(entries.filter(|entry| entry.contains("Severe") || entry.contains("SEVERE")).collect())
    }

    /// SIGKILL for the browser; its profile, as it was, is handed back.
    pub async fn kill_browser(self) -> Result<PathBuf> {
        let profile = self.seat.profile.clone();
        signal(Signal::Kill, &self.seat.browser.to_string());
        until("the browser is gone", async || Ok(browser_of(&profile)), Option::is_none).await?;
        drop(self);
        // The next browser would take the dead one's lock for a living one on another machine.
        for lock in ["SingletonLock", "SingletonCookie", "SingletonSocket"] {
            std::fs::remove_file(profile.join(lock)).ok();
        }
        Ok(profile)
    }

    /// What the stage keeps of a teacher who has left.
    pub(crate) fn session(&self) -> (Arc<SessionHandle>, Arc<Seat>) {
        (Arc::clone(self.driver.handle()), Arc::clone(&self.seat))
    }
}

impl Drop for Teacher {
    fn drop(&mut self) {
        // Or thirtyfour would ask the browser to quit; the seat ends it.
        self.driver.clone().leak().ok();
    }
}

/// A driver on a port of its own choice.
async fn chromedriver(folder: &Path) -> Result<(Family, u16)> {
    let program = std::env::var_os("GONGBEI_CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
    let mut command = Command::new(program);
    command.arg(format!("--port={}", own_port()?)).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut driver =
        Family::start(&mut command, folder).context("`cargo xtask test --only chromium` says how to get it")?;
    let mut lines = BufReader::new(driver.output().expect("it was asked for")).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            let port = port.trim_end_matches('.').parse().context("chromedriver names no port")?;
            // Read on, or it would stop when the pipe is full.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((driver, port));
        }
    }
    anyhow::bail!("chromedriver ended before it was ready")
}

/// A port that is free for both versions of IP. With `--port=0` chromedriver takes one of the system's for the first and
/// ends if somebody has the same for the second; those here are below the system's, and each process has its own few.
fn own_port() -> Result<u16> {
    const FIRST: u32 = 12_000;
    const EACH: u32 = 40;
    const PROCESSES: u32 = 500;
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let own = FIRST + std::process::id() % PROCESSES * EACH;
    let is_free = |port: u16| {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
            // Where there is no IPv6 at all, chromedriver does without.
            && TcpListener::bind((Ipv6Addr::LOCALHOST, port))
                .map_or_else(|error| error.kind() != ErrorKind::AddrInUse, |_| true)
    };
    (0..EACH)
        .map(|_| own + TAKEN.fetch_add(1, Ordering::Relaxed) % EACH)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| is_free(*port))
        .with_context(|| format!("no port from {own} to {} is free", own + EACH - 1))
}

fn capabilities(profile: &Path, (width, height): (u32, u32)) -> Result<Capabilities> {
    let mut args: Vec<String> = [
        "--headless=new",
        "--no-sandbox",
        // A camera and a microphone of its own, which no dialog has to allow.
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
        "--disable-features=Translate,OptimizationHints,MediaRouter",
        "--lang=zh-CN",
        "--accept-lang=zh-CN",
    ]
    .map(str::to_owned)
    .into();
    args.push(format!("--user-data-dir={}", profile.display()));
    args.push(format!("--window-size={width},{height}"));
    let mut options = json!({ "args": args });
    if let Ok(binary) = std::env::var("GONGBEI_CHROMIUM") {
        options["binary"] = json!(binary);
    }
    let mut capabilities = Capabilities::new();
    capabilities.set("browserName", json!("chrome"))?;
    capabilities.set("goog:chromeOptions", options)?;
    capabilities.set("goog:loggingPrefs", json!({ "browser": "ALL" }))?;
    Ok(capabilities)
}

/// The browser process that works in this profile.
fn browser_of(profile: &Path) -> Option<u32> {
    let flag = format!("--user-data-dir={}", profile.display());
    std::fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
        let ours = words.contains(&flag.as_bytes());
        // Its children carry --type=…, chromedriver carries no profile.
        let main = !words.iter().any(|word| word.starts_with(b"--type="));
        (ours && main).then_some(pid)
    })
}
