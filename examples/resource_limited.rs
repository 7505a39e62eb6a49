//! Agents that share resources: one gives nodes away, the other receives them.
//!
//! All nodes begin in pool `a`. `give_away` moves them to pool `b` one at a time, at random intervals; `receive` reserves
//! each as it comes. Neither knows of the other: the resource counter is between them, and no wait polls.
//!
//! After the example of the original's guide, where `receive` takes the nodes out of `a` and so competes with `give_away`,
//! which then waits for ever.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use clap::Parser;
use colmena::prelude::*;
use rand::RngExt;
use tracing::info;

#[derive(ResourcePool)]
enum Pool {
    A,
    B,
}

/// What the agents share.
struct ResourceLimited {
    received: AtomicUsize,
    nodes: usize,
    longest_pause: Duration,
}

#[thinker(pools = Pool)]
impl ResourceLimited {
    /// Moves all nodes from `a` to `b`. A `startup` agent: its end does not end the campaign.
    #[agent(startup)]
    fn give_away(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..agent.rec().allocated_slots(Pool::A) {
            agent.sleep(self.longest_pause.mul_f64(agent.rng().random()))?;
            agent.rec().reallocate(Pool::A, Pool::B, 1)?;
            info!("gave 1 node from a to b");
        }
        info!("done giving nodes away");
        Ok(())
    }

    /// Reserves the nodes of `b` as they come. At first there are none, which the log warns of: without somebody who moves
    /// nodes there, it would wait in vain. Its end sets `done`; were `done` set before, by Ctrl-C say, `acquire` would end
    /// with `Stopped`, and so would the agent.
    #[agent]
    fn receive(&self, agent: &Agent<Self>) -> Result<()> {
        let mut mine = Vec::with_capacity(self.nodes);
        for n in 1..=self.nodes {
            mine.push(agent.rec().acquire(Pool::B, 1)?);
            self.received.store(n, Relaxed);
            info!("reserved a node for task type b: {n} of {}", self.nodes);
        }
        Ok(()) // `mine` is dropped here, which releases the nodes
    }
}

/// One agent moves nodes from one pool to another; there another reserves them.
#[derive(Parser)]
struct Options {
    /// Nodes to give away
    #[arg(long, value_name = "N", default_value_t = 8)]
    nodes: usize,
    /// The longest pause before a gift
    #[arg(long, value_name = "MS", default_value_t = 500)]
    pause: u64,
    /// Seed of the pauses
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

fn main() -> Result<()> {
    let options = Options::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).without_time().compact().init();

    let mut campaign = Campaign::new(ResourceLimited {
        received: AtomicUsize::new(0),
        nodes: options.nodes,
        longest_pause: Duration::from_millis(options.pause),
    })
    .slots([(Pool::A, options.nodes)])
    .seed(options.seed);
    let report = campaign.run()?;

    let received = campaign.thinker().received.load(Relaxed);
    println!("{report}");
    println!("{received} of {} nodes went from a to b in {:.1} s", options.nodes, report.wall_time().as_secs_f64());
    Ok(())
}
