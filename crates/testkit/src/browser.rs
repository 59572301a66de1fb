//! A real browser: Chromium behind ChromeDriver, started by process id and stopped with the test.

use base64::Engine;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a page may take to get somewhere, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(40);

/// A running ChromeDriver; stopped when dropped.
pub struct Driver {
    child: Child,
    port: u16,
    _profile: tempfile::TempDir,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Already gone is as good as stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How the window is.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Whether pages may run scripts.
    pub scripts: bool,
    /// Whether the reader prefers dark.
    pub dark: bool,
}

impl Window {
    /// A telephone of 360 pixels.
    pub const PHONE: Window = Window { width: 360, height: 780, scripts: true, dark: false };
    /// A desk.
    pub const DESK: Window = Window { width: 1280, height: 900, scripts: true, dark: false };

    /// The same window without scripts.
    pub fn plain(self) -> Window {
        Window { scripts: false, ..self }
    }

    /// The same window in the dark.
    pub fn dark(self) -> Window {
        Window { dark: true, ..self }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

impl Driver {
    /// Starts ChromeDriver; `None` where there is none, which the caller tells as a skip.
    pub fn start() -> Option<Driver> {
        Driver::start_in("en_US")
    }

    /// The same, for windows whose own words (those of fields for dates and files) are in a language such
    /// as `zh_CN`.
    pub fn start_in(language: &str) -> Option<Driver> {
        let program =
            std::env::var("LIANXIN_CHROMEDRIVER").unwrap_or_else(|_| "/usr/bin/chromedriver".into());
        if !Path::new(&program).exists() {
            return None;
        }
        let port = free_port();
        let profile = tempfile::tempdir().ok()?;
        let mut child = Command::new(program)
            .arg(format!("--port={port}"))
            .env("HOME", profile.path())
            .env("LANGUAGE", language)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        // It says so when it listens; what it says later is thrown away by a reader of its own.
        let mut lines = BufReader::new(child.stdout.take()?).lines();
        let started = lines.by_ref().map_while(Result::ok).any(|l| l.contains("started successfully"));
        std::thread::spawn(move || for _ in lines {});
        started.then_some(Driver { child, port, _profile: profile })
    }

    /// Opens a window.
    pub async fn open(&self, window: Window) -> Page {
        self.open_on(window, None).await
    }

    /// The same on a device that keeps what it stores, in a folder, from one browser to the next.
    pub async fn open_on(&self, window: Window, device: Option<&Path>) -> Page {
        let chromium = std::env::var("LIANXIN_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into());
        let mut args = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".into(),
            "--disable-gpu".into(),
            "--disable-quic".into(),
            "--disable-dev-shm-usage".into(),
            "--no-first-run".into(),
            "--disable-background-networking".into(),
            "--disable-component-update".into(),
            "--disable-sync".into(),
            "--hide-scrollbars".into(),
            "--force-device-scale-factor=1".into(),
            format!("--window-size={},{}", window.width, window.height),
        ];
        if let Some(device) = device {
            args.push(format!("--user-data-dir={}", device.display()));
        }
        if window.dark {
            args.push("--blink-settings=preferredColorScheme=0".into());
        }
        let mut options = json!({ "binary": chromium, "args": args });
        options["mobileEmulation"] = match window.width {
            w if w < 600 => {
                json!({ "deviceMetrics": { "width": w, "height": window.height, "pixelRatio": 1.0 } })
            }
            _ => Value::Null,
        };
        if options["mobileEmulation"].is_null() {
            options.as_object_mut().expect("an object").remove("mobileEmulation");
        }
        if !window.scripts {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let mut wants = serde_json::Map::new();
        wants.insert("browserName".into(), json!("chrome"));
        wants.insert("goog:chromeOptions".into(), options);
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(wants)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .expect("a window opens");
        Page { client, window }
    }
}

/// A command of Chromium's own, through ChromeDriver.
#[derive(Debug)]
struct Devtools(&'static str, Value);

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.0, "params": self.1 }).to_string()))
    }
}

/// A device that holds passkeys, made up by the browser: a telephone that knows its owner.
#[derive(Debug)]
struct VirtualDevice;

impl WebDriverCompatibleCommand for VirtualDevice {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/webauthn/authenticator", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let device = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "isUserConsenting": true,
        });
        (http::Method::POST, Some(device.to_string()))
    }
}

/// A window with a page in it.
pub struct Page {
    /// For what this does not offer.
    pub client: Client,
    window: Window,
}

impl Page {
    /// Goes to an address.
    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.expect("the page opens");
    }

    /// Gives the browser a device that holds passkeys and knows its owner.
    pub async fn with_device(&self) {
        self.client.issue_cmd(VirtualDevice).await.expect("a virtual authenticator");
    }

    /// Ends the browser as a dead battery does: it gets to finish nothing.
    pub async fn die(self) {
        // There is nobody left to answer.
        let _ = self.client.issue_cmd(Devtools("Browser.crash", json!({}))).await;
    }

    /// The text of the first element that fits.
    pub async fn text(&self, css: &str) -> String {
        let found = self.client.find(Locator::Css(css)).await.unwrap_or_else(|e| panic!("{css}: {e}"));
        found.text().await.expect("its text")
    }

    /// Whether anything fits.
    pub async fn has(&self, css: &str) -> bool {
        !self.client.find_all(Locator::Css(css)).await.unwrap_or_default().is_empty()
    }

    /// Clicks the first element that fits.
    pub async fn click(&self, css: &str) {
        let found = self.client.find(Locator::Css(css)).await.unwrap_or_else(|e| panic!("{css}: {e}"));
        found.click().await.unwrap_or_else(|e| panic!("{css}: {e}"));
    }

    /// Sends a command of Chromium's own and gives back what it answers.
    pub async fn devtools(&self, command: &'static str, params: Value) -> Value {
        let answer = self.client.issue_cmd(Devtools(command, params)).await;
        answer.unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    /// Presses the first element that fits with a finger, at a part of its width and height: `(0.5, 0.5)` is
    /// its middle. Unlike [`Page::click`] it also works where pages may run no scripts.
    pub async fn press(&self, css: &str, (part_x, part_y): (f64, f64)) {
        let document = self.devtools("DOM.getDocument", json!({ "depth": 0 })).await;
        let root = document["root"]["nodeId"].clone();
        let found = self.devtools("DOM.querySelector", json!({ "nodeId": root, "selector": css })).await;
        let node = json!({ "nodeId": found["nodeId"] });
        assert!(found["nodeId"].as_u64() > Some(0), "nothing fits {css}");
        self.devtools("DOM.scrollIntoViewIfNeeded", node.clone()).await;
        let boxed = self.devtools("DOM.getBoxModel", node).await;
        let corner = |i: usize| boxed["model"]["border"][i].as_f64().expect("a corner");
        let (left, top, right, bottom) = (corner(0), corner(1), corner(4), corner(5));
        let (x, y) = (left + (right - left) * part_x, top + (bottom - top) * part_y);
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.devtools("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Types into the first element that fits, in place of what stands there; waits for it.
    pub async fn fill(&self, css: &str, text: &str) {
        self.until(css).await;
        let found = self.client.find(Locator::Css(css)).await.unwrap_or_else(|e| panic!("{css}: {e}"));
        found.clear().await.ok();
        found.send_keys(text).await.unwrap_or_else(|e| panic!("{css}: {e}"));
    }

    /// Types into the first element that fits, after what stands there: for fields of files, their paths.
    pub async fn type_into(&self, css: &str, text: &str) {
        let found = self.client.find(Locator::Css(css)).await.unwrap_or_else(|e| panic!("{css}: {e}"));
        found.send_keys(text).await.unwrap_or_else(|e| panic!("{css}: {e}"));
    }

    /// Sends keys to whatever has the focus.
    pub async fn keys(&self, keys: &str) {
        let active = self.client.active_element().await.expect("something has the focus");
        active.send_keys(keys).await.expect("keys are taken");
    }

    /// Waits until something fits, at most [`PATIENCE`].
    pub async fn until(&self, css: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.has(css).await {
            assert!(Instant::now() < end, "{css} does not appear on {:?}", self.client.current_url().await);
            tokio::task::yield_now().await;
        }
    }

    /// Waits until a script returns `true`, at most [`PATIENCE`].
    pub async fn until_true(&self, script: &str) {
        let end = Instant::now() + PATIENCE;
        while self.run(script).await != Value::Bool(true) {
            assert!(Instant::now() < end, "not so on {:?}: {script}", self.client.current_url().await);
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the address is another than this one, at most [`PATIENCE`]: then what was sent there is answered.
    pub async fn until_left(&self, path: &str) {
        let end = Instant::now() + PATIENCE;
        while self.path().await == path {
            assert!(Instant::now() < end, "still on {path}: {}", self.text("main").await);
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the address begins with `prefix`, at most [`PATIENCE`]; gives it back.
    pub async fn until_path(&self, prefix: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let path = self.path().await;
            if path.starts_with(prefix) {
                return path;
            }
            assert!(Instant::now() < end, "still on {path}: {}", self.text("main").await);
            tokio::task::yield_now().await;
        }
    }

    /// Runs a script and gives back what it returns.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap_or_else(|e| panic!("script: {e}"))
    }

    /// The address without its host.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("an address");
        match url.query() {
            Some(q) => format!("{}?{q}", url.path()),
            None => url.path().to_owned(),
        }
    }

    /// Steps into a person of the demonstration, such as `officer1`, with the one click.
    pub async fn enter(&self, base: &str, login: &str) {
        self.client.delete_all_cookies().await.ok();
        self.goto(&format!("{base}/")).await;
        self.click(&format!("button[name='login'][value='{login}']")).await;
        // Signing in leads on to the desk; before that the cookie is not there.
        let end = Instant::now() + PATIENCE;
        while matches!(self.path().await.as_str(), "/" | "/demo/enter") {
            assert!(Instant::now() < end, "stepping into {login} leads nowhere");
            tokio::task::yield_now().await;
        }
    }

    /// A picture of the whole page, as tall as it is (at most 6,000 pixels).
    pub async fn shoot(&self, file: &Path) {
        self.shoot_part(file, 6_000).await;
    }

    /// A picture of the page down to so many pixels.
    pub async fn shoot_part(&self, file: &Path, most: u64) {
        let size = self.run("return document.documentElement.scrollHeight").await.as_u64().unwrap_or(900);
        let clip = json!({
            "x": 0, "y": 0, "width": self.window.width, "height": size.clamp(u64::from(self.window.height), most), "scale": 1
        });
        let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let answer = self.devtools("Page.captureScreenshot", params).await;
        let data = answer.get("data").and_then(Value::as_str).expect("its bytes");
        let png = base64::engine::general_purpose::STANDARD.decode(data).expect("base64");
        std::fs::write(file, png).expect("the picture is kept");
    }

    /// What axe finds wrong, as `rule: where`; `None` where axe is not at hand.
    pub async fn axe(&self) -> Option<Vec<String>> {
        let file = std::env::var("LIANXIN_AXE").ok()?;
        let source = std::fs::read_to_string(file).ok()?;
        self.client.execute(&source, vec![]).await.ok()?;
        let found = self
            .client
            .execute_async(
                "const done = arguments[arguments.length - 1]; axe.run(document, {runOnly: \
                 ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']}).then(r => done(r.violations.map(v => v.id + ': ' + \
                 v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + (n.failureSummary || '')).join(' | '))), e => done([String(e)]))",
                vec![],
            )
            .await
            .expect("axe runs");
        Some(found.as_array()?.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect())
    }

    /// Whether the page is wider than its window.
    pub async fn too_wide(&self) -> bool {
        let wide = self.run("return document.documentElement.scrollWidth").await.as_u64().unwrap_or(0);
        wide > u64::from(self.window.width)
    }

    /// Closes the window.
    pub async fn close(self) {
        self.client.close().await.ok();
    }
}
