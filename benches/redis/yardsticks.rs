//! What Redis and its bare client do without Colmena.

use std::process::Command;
use std::time::Instant;

use colmena::wire::{Message, Serialization};
use redis::{Connection, cmd};

const OPERATIONS: usize = 200_000;
const TRIPS: usize = 15;

/// How many tasks a second there could be by `redis-benchmark`, if each is no more than two pushes and two pops of a
/// message of this library's size.
pub(crate) fn tasks_of_benchmark(port: u16) -> f64 {
    let (port, operations, size) = (port.to_string(), OPERATIONS.to_string(), message_size().to_string());
    let mut benchmark = Command::new("redis-benchmark");
    benchmark.args(["-p", &port, "-t", "rpush,lpop", "-c", "2", "-P", "16", "-n", &operations, "-d", &size, "--csv"]);
    let output = benchmark.output().expect("it is installed with Redis");
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = |name: &str| -> f64 {
        let line = text.lines().find(|line| line.starts_with(&format!("\"{name}\""))).expect("it was asked for");
        line.split('"').nth(3).and_then(|rate| rate.parse().ok()).expect("a rate")
    };
    1.0 / (2.0 / rate("RPUSH") + 2.0 / rate("LPOP"))
}

fn message_size() -> usize {
    let mut message = Message::new(&"0".repeat(36), "no_op", "no_op", Serialization::Json);
    message.args = vec!["12345".to_owned()];
    message.to_request().expect("it can be written").len()
}

/// Megabytes per second, of a text that goes there and comes back through lists, by two threads with a connection each.
pub(crate) fn megabytes_of_client(port: u16, bytes: usize) -> f64 {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}")).expect("it is an address");
    let connect = || client.get_connection().expect("Redis is there");
    let (mut here, mut there) = (connect(), connect());
    let text = "x".repeat(bytes);
    let times = std::thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..TRIPS {
                let text = pop(&mut there, "bench_there");
                push(&mut there, "bench_back", &text);
            }
        });
        let trip = |_| {
            let since = Instant::now();
            push(&mut here, "bench_there", text.as_bytes());
            assert_eq!(pop(&mut here, "bench_back").len(), bytes);
            since.elapsed().as_nanos() as f64
        };
        (0..TRIPS).map(trip).collect()
    });
    2.0 * bytes as f64 * 1e3 / super::median(times)
}

fn push(connection: &mut Connection, list: &str, text: &[u8]) {
    cmd("RPUSH").arg(list).arg(text).query::<()>(connection).expect("Redis takes it");
}

fn pop(connection: &mut Connection, list: &str) -> Vec<u8> {
    let popped: (String, Vec<u8>) = cmd("BLPOP").arg(list).arg(0).query(connection).expect("Redis gives it");
    popped.1
}
