//! Inputs are lent, not copied: a call with a large one takes as long as one with a small one.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use colmena::prelude::*;

use crate::pairs::{Effort, median};
use crate::tasks::PAUSE;

const CALLS: usize = 12;
const LARGE: usize = 100_000_000;
const SMALL: usize = 8;

#[method]
fn first(bytes: &[u8]) -> u8 {
    bytes[0]
}

struct Calling {
    calls: usize,
    size: usize,
    times: Mutex<Vec<f64>>,
}

#[thinker]
impl Calling {
    #[agent]
    fn call(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..self.calls {
            let scratch = black_box(vec![1; LARGE]); // so that the caches are as cold in both cases
            let bytes = if self.size == LARGE { scratch } else { black_box(vec![1; self.size]) };
            thread::sleep(PAUSE);
            let began = Instant::now();
            let result = agent.call(first { bytes })?;
            let time = began.elapsed();
            assert!(matches!(result.value(), Ok(1)));
            self.times.lock().push(time.as_nanos() as f64);
        }
        Ok(())
    }
}

fn call(effort: Effort, size: usize) -> f64 {
    let thinker = Calling { calls: effort.of(CALLS), size, times: Mutex::default() };
    let server = LocalTaskServer::new().serve::<first>().workers(1);
    let mut campaign = Campaign::new(thinker).task_server(server).ignore_ctrl_c();
    campaign.run().expect("nothing fails");
    let times = campaign.thinker().times.lock().clone();
    median(times)
}

pub(crate) fn large(effort: Effort) -> f64 {
    call(effort, LARGE)
}

pub(crate) fn small(effort: Effort) -> f64 {
    call(effort, SMALL)
}
