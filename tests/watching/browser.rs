//! A headless Chromium, spoken to over its pipe: messages of the DevTools protocol, each ended by a zero byte.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// The browser, with one page open. Ended when it is dropped.
pub(crate) struct Browser {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    session: String,
    sent: u64,
    profile: std::path::PathBuf,
}

/// The browser reads commands from descriptor 3, and writes to 4: the shell makes them of its own input and output.
const START: &str = r#"exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;

impl Browser {
    /// Opens a page at this address.
    pub(crate) fn open(url: &str) -> Self {
        static OPENED: AtomicUsize = AtomicUsize::new(0);
        let name = format!("colmena-chromium-{}-{}", std::process::id(), OPENED.fetch_add(1, SeqCst));
        let profile = std::env::temp_dir().join(name);
        let options =
            ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe"];
        let mut process = Command::new("sh")
            .args(["-c", START, "sh", "chromium"])
            .args(options)
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let commands = process.stdin.take().expect("it is piped");
        let answers = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut browser = Self { process, commands, answers, session: String::new(), sent: 0, profile };
        let target = browser.command("Target.createTarget", json!({ "url": "about:blank" }));
        let attached =
            browser.command("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().expect("it is attached").to_owned();
        browser.command("Page.enable", json!({}));
        browser.command("Page.navigate", json!({ "url": url }));
        while browser.message()["method"] != "Page.loadEventFired" {}
        browser
    }

    /// Sends a command, and waits for its answer.
    pub(crate) fn command(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": params });
        let for_browser = method.starts_with("Target.") || method.starts_with("SystemInfo.");
        if !for_browser {
            message["sessionId"] = json!(self.session);
        }
        write!(self.commands, "{message}\0").expect("it listens");
        loop {
            let answer = self.message();
            if answer["id"] == json!(self.sent) {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    /// The next message, an answer or an event.
    fn message(&mut self) -> Value {
        let mut message = Vec::new();
        self.answers.read_until(0, &mut message).expect("it writes");
        assert_eq!(message.pop(), Some(0), "the browser has ended: is it installed?");
        serde_json::from_slice(&message).expect("it is JSON")
    }

    /// Evaluates JavaScript in the page; of a promise, what it comes to.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.command("Runtime.evaluate", params);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until this holds, looking after each change of the document.
    pub(crate) fn wait_until(&mut self, condition: &str) {
        let all = "{ subtree: true, childList: true, characterData: true, attributes: true }";
        self.evaluate(&format!(
            "new Promise(done => {{ const look = () => {{ if ({condition}) done(true) }}; \
             new MutationObserver(look).observe(document, {all}); look(); }})"
        ));
    }

    pub(crate) fn click(&mut self, id: &str) {
        self.evaluate(&format!("document.getElementById('{id}').click()"));
    }

    /// The memory of the page's process, in bytes: its own, and its part of what it shares with others.
    pub(crate) fn memory(&mut self) -> u64 {
        let processes = self.command("SystemInfo.getProcessInfo", json!({}));
        let renderers = processes["processInfo"].as_array().into_iter().flatten().filter(|of| of["type"] == "renderer");
        renderers.filter_map(|of| of["id"].as_u64()).map(proportional_size).max().unwrap_or(0)
    }
}

fn proportional_size(process: u64) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = write!(self.commands, "{}\0", json!({ "id": 0, "method": "Browser.close" }));
        let _ = self.answers.read_to_end(&mut Vec::new());
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

/// Stands between the browser and the server, and cuts what goes through when it is told to.
pub(crate) struct Between {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    cut: bool,
    streams: Vec<TcpStream>,
}

impl Between {
    pub(crate) fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let address = listener.local_addr().expect("it has an address");
        let state = Arc::new(Mutex::new(State::default()));
        let theirs = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut state = theirs.lock().expect("nobody panics");
                if !state.cut
                    && let Ok(other) = TcpStream::connect(server)
                {
                    pass_on(&stream, &other);
                    state.streams.extend([stream, other]);
                }
            }
        });
        Self { address, state }
    }

    /// Ends all connections and takes no others, or takes them again.
    pub(crate) fn cut(&self, cut: bool) {
        let mut state = self.state.lock().expect("nobody panics");
        state.cut = cut;
        for stream in state.streams.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// In both directions, until one side ends.
fn pass_on(one: &TcpStream, other: &TcpStream) {
    for (from, to) in [(one, other), (other, one)] {
        let (mut from, mut to) = (from.try_clone().expect("it is open"), to.try_clone().expect("it is open"));
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
}
