//! What an open page costs a campaign: no-op tasks while somebody reads the page's events, and without a page.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use colmena::prelude::*;

use crate::pairs::{Effort, time};

/// Enough for a second, in which the page is told the news twice.
const TASKS: usize = 2_000_000;
const OUTSTANDING: usize = 1024;

#[method(topic = "watched")]
fn nothing(x: u64) -> u64 {
    x
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

struct Pipeline(AtomicUsize);

#[thinker(pools = Pool)]
impl Pipeline {
    #[task_submitter(task_type = Sim)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(nothing { x: 0 }.holding(slots))?;
        if self.0.fetch_add(1, SeqCst) + 1 == TASKS {
            agent.done().set();
        }
        Ok(())
    }

    #[result_processor(topic = "watched")]
    fn handle(&self, result: TaskResult<nothing>) {
        let _ = black_box(result);
    }
}

fn campaign() -> Campaign<Pipeline> {
    let server = LocalTaskServer::new().serve::<nothing>().workers(1);
    let campaign = Campaign::new(Pipeline(AtomicUsize::new(0))).slots([(Pool::Sim, OUTSTANDING)]);
    campaign.task_server(server).ignore_ctrl_c()
}

/// The time for a task, in nanoseconds.
pub(crate) fn open(_: Effort) -> f64 {
    let mut campaign = campaign().serve_page("127.0.0.1:0");
    let took = time(|| {
        let running = campaign.start().expect("nothing is wrong");
        let page = running.page().expect("it is served");
        let reader = std::thread::spawn(move || read_events(page));
        running.join().expect("nothing fails");
        assert!(reader.join().expect("it reads to the end") > 0);
    });
    took / TASKS as f64
}

pub(crate) fn closed(_: Effort) -> f64 {
    let mut campaign = campaign();
    let took = time(|| _ = campaign.run().expect("nothing fails"));
    took / TASKS as f64
}

/// How many bytes came until the campaign ended.
fn read_events(page: SocketAddr) -> usize {
    let mut stream = TcpStream::connect(page).expect("it listens");
    write!(stream, "GET /events HTTP/1.1\r\nHost: {page}\r\n\r\n").expect("it takes requests");
    let mut events = Vec::new();
    stream.read_to_end(&mut events).expect("it ends in order");
    events.len()
}
