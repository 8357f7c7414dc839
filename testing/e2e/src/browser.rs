//! A real browser, driven as a person would: Debian's Chromium or Firefox, headless, with a profile of its own.

mod axe;
mod fits;
mod hand;
mod machine;
mod memory;
mod people;
mod work;

pub use people::in_browsers;

use crate::DEADLINE;
use crate::process::Owned;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
use thirtyfour::prelude::*;

/// How often it is looked whether what is waited for is there.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const ARGUMENTS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--lang=en",
    // A microphone that beeps, and a camera.
    "--use-fake-device-for-media-stream",
    "--window-size=1600,1200",
    // A mouse, on machines without one: what appears under a pointer appears.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
];

/// A window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 1440x900.
    Desktop,
    /// 390x844, with touch.
    Phone,
}

/// What the system asks pages for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// A browser, and whether its window is a private one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Chromium,
    ChromiumPrivate,
    Firefox,
    FirefoxPrivate,
}

/// A browser with one window.
pub struct Browser {
    page: WebDriver,
    profile: tempfile::TempDir,
    // Ends with the browser.
    driver: Owned,
}

impl Browser {
    /// Starts Chromium. It and its driver have to be installed.
    pub async fn start() -> Result<Self> {
        Self::start_kind(Kind::Chromium).await
    }

    /// Starts one. `cargo xtask test` installs what it takes.
    pub async fn start_kind(kind: Kind) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        // A driver takes a port that is free in one family of addresses, and ends where the other has it in use.
        let mut starts = 0..5;
        let (driver, wishes, port) = loop {
            starts.next().context("the browser's driver finds no port")?;
            let (mut driver, wishes) = match kind {
                Kind::Chromium | Kind::ChromiumPrivate => chromium(kind, profile.path())?,
                Kind::Firefox | Kind::FirefoxPrivate => firefox(kind)?,
            };
            if let Some(port) = port(driver.take_stdout()?)? {
                break (driver, wishes, port);
            }
        };
        let page = WebDriver::new(format!("http://127.0.0.1:{port}"), wishes).await?;
        Ok(Self { page, profile, driver })
    }

    /// Opens an address.
    pub async fn open(&self, address: &str) -> Result<()> {
        Ok(self.page.goto(address).await?)
    }

    /// Loads the page again.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.page.refresh().await?)
    }

    /// Opens one more tab at an address; it is the one that is driven from now on.
    pub async fn new_tab(&self, address: &str) -> Result<()> {
        let tab = self.page.new_tab().await?;
        self.page.switch_to_window(tab).await?;
        self.open(address).await
    }

    /// Closes the tab that was opened first, at once; the last one is driven from now on.
    pub async fn close_first_tab(&self) -> Result<()> {
        let tabs = self.page.windows().await?;
        let (Some(first), Some(last)) = (tabs.first(), tabs.last()) else { bail!("no tabs") };
        self.page.switch_to_window(first.clone()).await?;
        self.page.close_window().await?;
        Ok(self.page.switch_to_window(last.clone()).await?)
    }

    /// Closes the tab that is driven; the first of the others is driven from now on.
    pub async fn close_tab(&self) -> Result<()> {
        self.page.close_window().await?;
        let tabs = self.page.windows().await?;
        let Some(first) = tabs.first() else { bail!("no tabs") };
        Ok(self.page.switch_to_window(first.clone()).await?)
    }

    /// Waits for something that can be seen.
    pub async fn see(&self, what: impl Into<By>) -> Result<WebElement> {
        let what = what.into();
        let told = format!("{what:?}");
        let found = self.page.query(what).wait(DEADLINE, LOOK_EVERY).and_displayed().first().await;
        match found {
            Ok(found) => Ok(found),
            Err(_) => {
                let shown = self.text().await.unwrap_or_default();
                bail!("{told} does not appear; the page says:\n{shown}")
            }
        }
    }

    /// Waits until an expression in the page has a value that counts as true, looked at in each frame; the value.
    pub async fn until(&self, expression: &str) -> Result<serde_json::Value> {
        let look = format!(
            "while (true) {{
                const value = {expression};
                if (value) return value;
                await new Promise(requestAnimationFrame);
            }}"
        );
        self.script(&look, DEADLINE).await
    }

    /// Waits until something is not there any more.
    pub async fn see_gone(&self, what: impl Into<By>) -> Result<()> {
        let what = what.into();
        let told = format!("{what:?}");
        let gone = self.page.query(what).wait(DEADLINE, LOOK_EVERY).not_exists().await?;
        if gone { Ok(()) } else { bail!("{told} stays") }
    }

    /// Waits for a text anywhere.
    pub async fn see_text(&self, text: &str) -> Result<WebElement> {
        self.see(By::XPath(format!("//*[text()[contains(., {})]]", quoted(text)))).await
    }

    /// Waits for a button or link of this name and presses it.
    pub async fn press(&self, name: &str) -> Result<()> {
        let name = quoted(name);
        let path = format!(
            "//*[self::button or self::a][normalize-space(.)={name} or @aria-label={name}]"
        );
        Ok(self.see(By::XPath(path)).await?.click().await?)
    }

    /// The same in the dialog that is open.
    pub async fn press_in_dialog(&self, name: &str) -> Result<()> {
        let name = quoted(name);
        let path = format!("//dialog//button[normalize-space(.)={name} or @aria-label={name}]");
        Ok(self.see(By::XPath(path)).await?.click().await?)
    }

    /// Opens the chat of this name from the list.
    pub async fn press_chat(&self, name: &str) -> Result<()> {
        let name = quoted(name);
        let path = format!("//section//a[starts-with(@href, '#/chat/')][contains(., {name})]");
        Ok(self.see(By::XPath(path)).await?.click().await?)
    }

    /// What the field of this id holds.
    pub async fn value(&self, id: &str) -> Result<String> {
        let value = self.see(By::Id(id)).await?.prop("value").await?;
        value.context("the field holds nothing")
    }

    /// Writes into the field of this id, in place of what is there.
    pub async fn write(&self, id: &str, text: &str) -> Result<()> {
        let field = self.see(By::Id(id)).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Writes into the field of this id and presses Enter.
    pub async fn write_and_enter(&self, id: &str, text: &str) -> Result<()> {
        let field = self.see(By::Id(id)).await?;
        field.send_keys(text).await?;
        Ok(field.send_keys("" + Key::Enter).await?)
    }

    /// Chooses a file in the page's first field for files.
    pub async fn choose_file(&self, path: &Path) -> Result<()> {
        let field = self.page.query(By::Css("input[type=file]")).wait(DEADLINE, LOOK_EVERY);
        let path = path.to_str().context("the path is not UTF-8")?;
        Ok(field.first().await?.send_keys(path).await?)
    }

    /// Presses a key where the focus is.
    pub async fn press_key(&self, key: impl Into<TypingData>) -> Result<()> {
        Ok(self.page.active_element().await?.send_keys(key).await?)
    }

    /// Waits for something and presses it.
    pub async fn press_at(&self, what: impl Into<By>) -> Result<()> {
        Ok(self.see(what).await?.click().await?)
    }

    /// Presses the other button of the pointer on something.
    pub async fn press_other(&self, what: impl Into<By>) -> Result<()> {
        let pressed = self.see(what).await?;
        Ok(self.page.action_chain().context_click_element(&pressed).perform().await?)
    }

    /// Holds the pointer down on something.
    pub async fn hold(&self, what: impl Into<By>) -> Result<()> {
        let held = self.see(what).await?;
        Ok(self.page.action_chain().click_and_hold_element(&held).perform().await?)
    }

    /// Moves the pointer by so many pixels.
    pub async fn slide(&self, x: i64, y: i64) -> Result<()> {
        Ok(self.page.action_chain().move_by_offset(x, y).perform().await?)
    }

    /// Lets go of what is held.
    pub async fn let_go(&self) -> Result<()> {
        Ok(self.page.action_chain().release().perform().await?)
    }

    /// Chooses a file in the field for files of this id.
    pub async fn choose_file_in(&self, id: &str, path: &Path) -> Result<()> {
        let field = self.page.query(By::Id(id)).wait(DEADLINE, LOOK_EVERY).first().await?;
        Ok(field.send_keys(path.to_str().context("the path is not UTF-8")?).await?)
    }

    /// The address of the page.
    pub async fn address(&self) -> Result<String> {
        Ok(self.page.current_url().await?.into())
    }

    /// Waits until the browser keeps the page for times without a network.
    pub async fn page_is_kept(&self) -> Result<()> {
        let script =
            "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true));";
        self.page.execute_async(script, Vec::new()).await?;
        Ok(())
    }

    /// Waits until nothing moves.
    async fn is_still(&self) -> Result<()> {
        let script = "const done = arguments[0];
            const ends = (one) => one.effect.getComputedTiming().iterations !== Infinity;
            const still = document.getAnimations().filter(ends).map((one) => one.finished.catch(() => 0));
            requestAnimationFrame(() => Promise.all(still).then(() => done(true)));";
        self.page.execute_async(script, Vec::new()).await?;
        Ok(())
    }

    /// Runs a script in the page: an async function's body, whose outcome is returned. For what a person cannot
    /// measure.
    pub async fn script(&self, body: &str, most: Duration) -> Result<serde_json::Value> {
        self.page.set_script_timeout(most).await?;
        let script = format!(
            "const done = arguments[0];
            (async () => {{ {body} }})().then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
        );
        let outcome: serde_json::Value =
            self.page.execute_async(script, Vec::new()).await?.convert()?;
        if let Some(error) = outcome.get("error") {
            bail!("the script failed: {error}");
        }
        Ok(outcome.get("value").cloned().unwrap_or_default())
    }

    /// Bytes of memory that the pages of this browser use now, their workers included.
    pub fn page_memory(&self) -> Result<u64> {
        memory::of_pages(self.driver.id())
    }

    /// What is written on the page.
    pub async fn text(&self) -> Result<String> {
        Ok(self.page.find(By::Tag("body")).await?.text().await?)
    }

    /// Gives the window a size and the system a theme.
    pub async fn look(&self, size: Size, theme: Theme) -> Result<()> {
        let tools = self.page.cdp();
        let (width, height, phone) = match size {
            Size::Desktop => (1440, 900, false),
            Size::Phone => (390, 844, true),
        };
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone,
        });
        tools.send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        let scheme = if theme == Theme::Dark { "dark" } else { "light" };
        let features = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        tools.send_raw("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// A picture of the page, as PNG, in both sizes and themes, under `target/screens/NAME-SIZE-THEME.png`. Whatever is
    /// not accessible on one of them is an error.
    pub async fn pictures(&self, name: &str) -> Result<()> {
        for size in [Size::Desktop, Size::Phone] {
            self.pictures_of(name, size).await?;
        }
        self.look(Size::Desktop, Theme::Light).await
    }

    /// The same in one size, which stays.
    pub async fn pictures_of(&self, name: &str, size: Size) -> Result<()> {
        let folder = screens()?;
        let size_name = if size == Size::Phone { "phone" } else { "desk" };
        for (theme, theme_name) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
            self.look(size, theme).await?;
            self.is_still().await?;
            let path = folder.join(format!("{name}-{size_name}-{theme_name}.png"));
            self.page.screenshot(&path).await?;
            self.is_accessible().await.with_context(|| format!("{}", path.display()))?;
        }
        Ok(())
    }

    /// A picture of the page as it is, under `target/screens/NAME.png`.
    pub async fn picture(&self, name: &str) -> Result<()> {
        self.is_still().await?;
        Ok(self.page.screenshot(&screens()?.join(format!("{name}.png"))).await?)
    }

    /// Ends it, and waits for that.
    pub async fn close(self) -> Result<()> {
        self.page.quit().await?;
        drop(self.profile);
        Ok(())
    }
}

fn chromium(kind: Kind, profile: &Path) -> Result<(Owned, Capabilities)> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let driver = Owned::spawn(&mut command).context("is chromium-driver installed?")?;
    let mut wishes = DesiredCapabilities::chrome();
    for argument in ARGUMENTS {
        wishes.add_arg(argument)?;
    }
    wishes.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    let camera = machine::camera(profile);
    wishes.add_arg(&format!("--use-file-for-fake-video-capture={}", camera.display()))?;
    if kind == Kind::ChromiumPrivate {
        wishes.add_arg("--incognito")?;
    }
    Ok((driver, wishes.into()))
}

/// Firefox makes a profile by itself and removes it.
fn firefox(kind: Kind) -> Result<(Owned, Capabilities)> {
    let mut command = Command::new(target()?.join("tools/bin/geckodriver"));
    command.args(["--port", "0", "--websocket-port", "0"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let driver = Owned::spawn(&mut command).context("`cargo xtask test` installs geckodriver")?;
    let mut wishes = DesiredCapabilities::firefox();
    wishes.add_arg("-headless")?;
    wishes.add_arg("--width=1440")?;
    wishes.add_arg("--height=900")?;
    let mut preferences = FirefoxPreferences::new();
    preferences.set("browser.privatebrowsing.autostart", kind == Kind::FirefoxPrivate)?;
    preferences.set("intl.accept_languages", "en")?;
    wishes.set_preferences(preferences)?;
    Ok((driver, wishes.into()))
}

/// The folder of what was built.
fn target() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let target = own.ancestors().nth(3).context("this test lies in no target folder")?;
    Ok(target.to_path_buf())
}

/// Beside what was built.
fn screens() -> Result<PathBuf> {
    let folder = target()?.join("screens");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A text as XPath writes it.
fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') { '"' } else { '\'' };
    format!("{quote}{text}{quote}")
}

/// The port that the driver tells; `None` when it ended without one.
fn port(stdout: impl std::io::Read + Send + 'static) -> Result<Option<u16>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // Chromium's driver: "... successfully on port 1234."; Firefox's: "... Listening on 127.0.0.1:1234".
            let port = ["successfully on port ", "Listening on 127.0.0.1:"]
                .iter()
                .find_map(|before| line.split(before).nth(1));
            let port = port.and_then(|rest| rest.trim_end_matches('.').parse::<u16>().ok());
            // The receiver is gone after the port.
            let _ = port.map(|port| sender.send(port));
        }
    });
    match receiver.recv_timeout(DEADLINE) {
        Ok(port) => Ok(Some(port)),
        Err(RecvTimeoutError::Disconnected) => Ok(None),
        Err(RecvTimeoutError::Timeout) => bail!("the browser's driver does not tell its port"),
    }
}
