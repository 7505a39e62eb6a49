//! The page, by plain requests to its server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use colmena::prelude::*;

use crate::steady::{campaign, square};

/// Waits until it is done.
struct Idles;

#[thinker]
impl Idles {
    #[agent]
    fn wait(&self, agent: &Agent<Self>) -> Result<()> {
        agent.call(square { x: 3 })?.into_value()?;
        agent.done().wait();
        Ok(())
    }
}

fn send(address: SocketAddr, line: &str, headers: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "{line} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n").expect("it is sent");
    stream
}

fn ask(address: SocketAddr, line: &str, headers: &str) -> String {
    let mut answer = String::new();
    send(address, line, headers).read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn the_page_shows_the_campaign_and_its_buttons_need_its_token() {
    let mut campaign = campaign(Idles).woken_from_outside().serve_page("127.0.0.1:0");
    let running = campaign.start().expect("nothing is wrong");
    let address = running.page().expect("it is served");
    assert!(ask(address, "GET /healthz", "").ends_with("\r\n\r\nok\n"));
    let page = ask(address, "GET /", "");
    let token = page.split_once("token = \"").and_then(|(_, rest)| rest.split_once('"')).expect("it has a token").0;

    assert!(ask(address, "POST /api/pause", "").starts_with("HTTP/1.1 403 "));
    let shown = format!("X-Colmena-Token: {token}\r\n");
    let foreign = format!("{shown}Origin: http://example.org\r\n");
    assert!(ask(address, "POST /api/pause", &foreign).starts_with("HTTP/1.1 403 "));
    assert!(!running.status().paused);
    assert!(ask(address, "POST /api/pause", &shown).starts_with("HTTP/1.1 200 "));
    assert!(ask(address, "GET /api/status", "").contains("\"paused\": true"));
    assert!(ask(address, "POST /api/resume", &shown).starts_with("HTTP/1.1 200 "));
    assert!(ask(address, "GET /metrics", "").contains("\ncolmena_paused 0\n"));

    let mut events = BufReader::new(send(address, "GET /events", "")).lines();
    let mut next = || events.by_ref().map_while(std::result::Result::ok).find(|line| line.starts_with("data: {"));
    for _ in 0..2 {
        assert!(next().expect("a tick comes").contains("\"thinker\": \"Idles\""));
    }
    assert!(ask(address, "POST /api/finish", &shown).starts_with("HTTP/1.1 200 "));
    running.join().expect("nothing fails");
    assert_eq!(next(), None, "the stream ends with the campaign");
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn an_address_that_others_reach_needs_a_token() {
    let refused = campaign(Idles).serve_page("0.0.0.0:0").run().expect_err("anybody could finish it");
    assert!(refused.to_string().contains("with a token"), "{refused}");
}
