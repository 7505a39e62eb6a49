//! The page: a small server of HTTP/1.1 over `std::net`, in threads of its own.
//!
//! It answers one request for each connection, whose head has at most 8 KiB and 5 seconds, from at most 32 connections; or
//! sends the status as server-sent events, until the browser leaves. Who may see what is decided in `request.rs`, before
//! anything is done. The threads are ended by closing what they read.
//!
//! Why not a server from a library: `tiny_http`, which most use that want no executor, has had no release since 2022 and
//! starts its threads and waits out of the runtime's sight; the maintained ones need an executor. The reading of a head, where
//! mistakes are made, is `httparse`'s.

mod metrics;
mod request;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown as Ends, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::status::Watcher;
use crate::thinker::Done;
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Flag, Left, Limits, Over, WaitingFor, now, wait};
use crate::wire::Serialization;
use request::{Access, Request, random};

const MOST_CONNECTIONS: usize = 32;
const LONGEST_HEAD: usize = 8192;
/// Of what comes after a head, so much is read, to be forgotten.
const LONGEST_REST: u64 = 1 << 16;
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two events.
const TICK: Duration = Duration::from_millis(500);

/// Where the page is to be served, and the token that must be shown.
#[derive(Clone)]
pub(in crate::campaign) struct Address {
    pub(in crate::campaign) address: String,
    pub(in crate::campaign) token: Option<String>,
}

/// The server, until it is dropped.
pub(in crate::campaign) struct Live {
    pub(in crate::campaign) address: SocketAddr,
    site: Arc<Site>,
    acceptor: Thread,
}

struct Site {
    watcher: Arc<Watcher>,
    access: Access,
    /// Tells a page that was open before that this is another run.
    name: String,
    listener: TcpListener,
    end: Flag,
}

impl Live {
    /// # Errors
    /// Those of the operating system; an address that others can reach, without a token; a token that is too weak.
    pub(in crate::campaign) fn start(wanted: &Address, watcher: Arc<Watcher>) -> io::Result<Self> {
        let listener = TcpListener::bind(&*wanted.address)?;
        let address = listener.local_addr()?;
        let access = Access::new(address, wanted.token.as_deref())?;
        let site = Arc::new(Site { watcher, access, name: random()?, listener, end: Flag::default() });
        let theirs = Arc::clone(&site);
        let acceptor = thread().start(move || accept(&theirs))?;
        tracing::info!("the campaign can be watched at http://{address}/");
        Ok(Self { address, site, acceptor })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.site.end.set();
        let _ = rustix::net::shutdown(&self.site.listener, rustix::net::Shutdown::Both);
        self.acceptor.join(None);
    }
}

/// `done` that is set by the page is set by a thread of this name.
fn thread() -> Spawn {
    Spawn { name: "page".into(), realm: None, over: Over::Never, holder: 0 }
}

/// Until the listener is shut down; then the connections are.
fn accept(site: &Arc<Site>) {
    let mut connections: Vec<(TcpStream, Thread)> = Vec::new();
    loop {
        let accepted = site.listener.accept();
        if site.end.is_set() {
            break;
        }
        connections.retain(|(_, thread)| !thread.seen().1.is_set());
        match accepted {
            Ok((stream, _)) if connections.len() < MOST_CONNECTIONS => connections.extend(begin(site, stream)),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!("the page cannot be served at the moment: {error}");
                let _ = wait(&mut &site.end, within(PATIENCE), WaitingFor::Time); // no descriptors are left, say
            }
        }
    }
    for (stream, thread) in connections {
        let _ = stream.shutdown(Ends::Both);
        thread.join(None);
    }
}

/// A connection that cannot be served is dropped: the browser asks again.
fn begin(site: &Arc<Site>, stream: TcpStream) -> Option<(TcpStream, Thread)> {
    let (theirs, site) = (stream.try_clone().ok()?, Arc::clone(site));
    let thread = thread().start(move || {
        let _ = site.serve(theirs); // who has left needs no answer
    });
    Some((stream, thread.ok()?))
}

impl Site {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        match read_head(&mut stream)? {
            Some(request) => self.answer(&mut stream, &request)?,
            None => respond(&mut stream, "400 Bad Request", "text/plain", "not a request\n")?,
        }
        // Closed with something unread, the connection would be reset, and the answer lost.
        stream.shutdown(Ends::Write)?;
        io::copy(&mut stream.take(LONGEST_REST), &mut io::sink()).map(|_| ())
    }

    fn answer(&self, stream: &mut TcpStream, request: &Request) -> io::Result<()> {
        if let Err(why) = self.access.check(request) {
            return respond(stream, "403 Forbidden", "text/plain", why);
        }
        let realm = &self.watcher.realm;
        match (&*request.method, request.path()) {
            ("GET", "/") => respond(stream, "200 OK", "text/html", &self.page()),
            ("GET", "/healthz") => respond(stream, "200 OK", "text/plain", "ok\n"),
            ("GET", "/api/status") => respond(stream, "200 OK", "application/json", &self.status()),
            ("GET", "/metrics") => {
                let text = metrics::of(&self.watcher.status());
                respond(stream, "200 OK", "text/plain; version=0.0.4", &text)
            }
            ("GET", "/events") => self.stream(stream),
            ("POST", "/api/pause") => done(stream, || realm.pause(true)),
            ("POST", "/api/resume") => done(stream, || realm.pause(false)),
            ("POST", "/api/finish") => done(stream, || _ = Done::new(&self.watcher.shutdown).set()),
            _ => respond(stream, "404 Not Found", "text/plain", "nothing is here\n"),
        }
    }

    fn page(&self) -> String {
        include_str!("page.html").replace("@TOKEN@", self.access.token()).replace("@SERVER@", &self.name)
    }

    fn status(&self) -> String {
        Serialization::Json.encode(&self.watcher.status()).unwrap_or_default()
    }

    /// Until the browser has left, or the campaign has ended. The browser comes back a second after the connection is cut.
    fn stream(&self, stream: &mut TcpStream) -> io::Result<()> {
        head(stream, "200 OK", "text/event-stream", None)?;
        write!(stream, "retry: 1000\nevent: server\ndata: {}\n\n", self.name)?;
        loop {
            write!(stream, "event: tick\ndata: {}\n\n", self.status())?;
            if wait(&mut &self.end, within(TICK), WaitingFor::Time) != Err(Left::TimedOut) {
                return Ok(());
            }
        }
    }
}

fn within(time: Duration) -> Limits {
    Limits { spin: false, ..Limits::NONE.within(Some(time)) }
}

/// Up to the empty line; what follows is no part of any request here. Nothing, if it is no request.
fn read_head(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let (mut head, mut part, begun) = (Vec::new(), [0; 1024], now());
    loop {
        let n = stream.read(&mut part)?;
        if n == 0 || now().saturating_duration_since(begun) > PATIENCE {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(&part[..n]);
        match Request::read(&head) {
            Ok(Some(request)) => return Ok(Some(request)),
            Ok(None) if head.len() < LONGEST_HEAD => {}
            Ok(None) | Err(_) => return Ok(None),
        }
    }
}

fn done(stream: &mut TcpStream, act: impl FnOnce()) -> io::Result<()> {
    act();
    respond(stream, "200 OK", "text/plain", "done\n")
}

fn respond(stream: &mut TcpStream, status: &str, kind: &str, body: &str) -> io::Result<()> {
    head(stream, status, kind, Some(body.len()))?;
    stream.write_all(body.as_bytes())
}

/// Nothing is loaded from elsewhere, kept, or shown in somebody else's frame.
fn head(stream: &mut TcpStream, status: &str, kind: &str, length: Option<usize>) -> io::Result<()> {
    let length = length.map_or(String::new(), |n| format!("Content-Length: {n}\r\n"));
    let policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                  frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{length}Connection: close\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: {policy}\r\n\r\n"
    );
    stream.write_all(head.as_bytes())
}
