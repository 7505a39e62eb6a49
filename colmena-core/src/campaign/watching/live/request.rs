//! A request, and whether it may be answered: pure, but for the making of a token.

use std::fmt::Write as _;
use std::io::{self, Error, ErrorKind, Read};
use std::net::{IpAddr, SocketAddr};

/// The least length of a token that somebody has chosen.
const SHORTEST: usize = 16;

/// A browser sends some twenty.
const MOST_HEADERS: usize = 64;

/// What of a request counts here.
#[derive(Debug, PartialEq)]
pub(super) struct Request {
    pub(super) method: String,
    /// The path, and what comes after a question mark.
    target: String,
    /// Their names in small letters.
    headers: Vec<(String, String)>,
}

impl Request {
    /// Nothing yet, if more must come.
    pub(super) fn read(head: &[u8]) -> Result<Option<Self>, httparse::Error> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        if request.parse(head)?.is_partial() {
            return Ok(None);
        }
        let of = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let header = |header: &mut httparse::Header<'_>| {
            let value = std::str::from_utf8(header.value).map_err(|_| httparse::Error::HeaderValue)?;
            Ok((header.name.to_ascii_lowercase(), value.to_owned()))
        };
        let (method, target) = (of(request.method), of(request.path));
        Ok(Some(Self { method, target, headers: request.headers.iter_mut().map(header).collect::<Result<_, _>>()? }))
    }

    pub(super) fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The header of this name, if there is one and not two.
    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other == name);
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| &**value)
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(other, _)| other == name)
    }

    /// The token that it shows, wherever.
    fn token(&self) -> Option<&str> {
        let in_query = || self.query().split('&').find_map(|part| part.strip_prefix("token="));
        let bearer = || self.header("authorization")?.strip_prefix("Bearer ");
        self.header("x-colmena-token").or_else(bearer).or_else(in_query)
    }
}

/// Who may do what.
pub(super) struct Access {
    token: String,
    /// Nobody else's machine can reach it: to look on, no token is needed.
    loopback: bool,
}

impl Access {
    /// # Errors
    /// Others can reach the address, and there is no token; it is too short, or has other than letters, digits, `-` and `_`.
    pub(super) fn new(address: SocketAddr, token: Option<&str>) -> io::Result<Self> {
        let refuse = |why| Err(Error::new(ErrorKind::InvalidInput, why));
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        match token {
            None if !address.ip().is_loopback() => {
                refuse("others can reach this address: `.serve_page_to_others` it, with a token")
            }
            None => Ok(Self { token: random()?, loopback: true }),
            Some(token) if token.len() < SHORTEST || !token.chars().all(plain) => {
                refuse("the page's token needs 16 letters, digits, `-` and `_`, or more")
            }
            Some(token) => Ok(Self { token: token.to_owned(), loopback: false }),
        }
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// What changes something needs the token in a header, which pages of other sites cannot send; and must not come from one.
    /// On loopback the name of the host must be the machine's own, so that no name of somebody else's leads here.
    pub(super) fn check(&self, request: &Request) -> Result<(), &'static str> {
        let host = request.header("host").ok_or("without a host\n")?;
        if self.loopback && !is_own(host) {
            return Err("for another host\n");
        }
        let changes = request.method != "GET";
        let token = if changes { request.header("x-colmena-token") } else { request.token() };
        let known = token.is_some_and(|token| same(token, &self.token));
        let open = !changes && (self.loopback || request.path() == "/healthz");
        if !known && !open {
            return Err("a token is needed\n");
        }
        if changes && is_from_elsewhere(request, host) {
            return Err("from another site\n");
        }
        Ok(())
    }
}

fn is_from_elsewhere(request: &Request, host: &str) -> bool {
    let origin = request.has("origin")
        && request.header("origin").and_then(|origin| origin.split_once("://")).is_none_or(|(_, from)| from != host);
    let site =
        request.has("sec-fetch-site") && !matches!(request.header("sec-fetch-site"), Some("same-origin" | "none"));
    origin || site
}

fn is_own(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// In a time that does not tell where they differ.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// A text that nobody guesses.
pub(super) fn random() -> io::Result<String> {
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let mut token = String::new();
    bytes.iter().for_each(|byte| _ = write!(token, "{byte:02x}"));
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(access: &Access, head: &str) -> Result<(), &'static str> {
        access.check(&Request::read(head.as_bytes()).expect("it is a request").expect("it is whole"))
    }

    #[test]
    fn on_loopback_anybody_of_the_machine_looks_on_and_the_page_alone_changes() {
        let access = Access::new(([127, 0, 0, 1], 80).into(), None).expect("it is loopback");
        let token = access.token();
        let post =
            |headers: &str| check(&access, &format!("POST /api/pause HTTP/1.1\r\nHost: localhost:80\r\n{headers}\r\n"));
        assert_eq!(check(&access, "GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"), Ok(()));
        assert_eq!(check(&access, "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), Ok(()));
        assert_eq!(check(&access, "GET / HTTP/1.1\r\nHost: evil.example:80\r\n\r\n"), Err("for another host\n"));
        assert_eq!(check(&access, "GET / HTTP/1.1\r\n\r\n"), Err("without a host\n"));
        assert_eq!(post(""), Err("a token is needed\n"));
        let shown = format!("X-Colmena-Token: {token}\r\n");
        assert_eq!(post(&shown), Ok(()));
        assert_eq!(post(&format!("{shown}Origin: http://localhost:80\r\nSec-Fetch-Site: same-origin\r\n")), Ok(()));
        assert_eq!(post(&format!("{shown}Origin: http://evil.example\r\n")), Err("from another site\n"));
        assert_eq!(post(&format!("{shown}Origin: null\r\n")), Err("from another site\n"));
        assert_eq!(post(&format!("{shown}Sec-Fetch-Site: cross-site\r\n")), Err("from another site\n"));
        let in_query = format!("POST /api/pause?token={token} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(check(&access, &in_query), Err("a token is needed\n"));
    }

    #[test]
    fn elsewhere_a_token_is_needed_for_all_but_health() {
        let everywhere = SocketAddr::from(([0, 0, 0, 0], 80));
        assert!(Access::new(everywhere, None).is_err());
        assert!(Access::new(everywhere, Some("short")).is_err());
        assert!(Access::new(everywhere, Some("\"0123456789abcdef")).is_err());
        let access = Access::new(everywhere, Some("0123456789abcdef")).expect("it is long enough");
        assert_eq!(check(&access, "GET /healthz HTTP/1.1\r\nHost: node7\r\n\r\n"), Ok(()));
        assert_eq!(check(&access, "GET /metrics HTTP/1.1\r\nHost: node7\r\n\r\n"), Err("a token is needed\n"));
        assert_eq!(check(&access, "GET /?token=0123456789abcdef HTTP/1.1\r\nHost: node7\r\n\r\n"), Ok(()));
        let bearer = "GET /metrics HTTP/1.1\r\nHost: node7\r\nAuthorization: Bearer 0123456789abcdef\r\n\r\n";
        assert_eq!(check(&access, bearer), Ok(()));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for head in ["GET /\r\n\r\n", "GET / HTTP/2\r\n\r\n", "GET / a HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nx\r\n\r\n"]
        {
            assert!(Request::read(head.as_bytes()).is_err(), "{head}");
        }
        assert!(Request::read(format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(65)).as_bytes()).is_err());
        assert_eq!(Request::read(b"GET / HTTP/1.1\r\nHost: a\r\n"), Ok(None), "more must come");
    }
}
