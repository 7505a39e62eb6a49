//! The last row of the table: what an outstanding task costs in memory. A program of its own, since it counts every
//! allocation, which takes time.

#[path = "speed/table.rs"]
mod table;

use std::process::ExitCode;
use std::sync::LazyLock;

use colmena::prelude::*;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const TASKS: usize = 100_000;
/// Bytes for each task.
const GOAL: usize = 300;

static GATE: LazyLock<Event> = LazyLock::new(Event::new);

#[method]
fn pass_gate(x: u64) -> u64 {
    GATE.wait().expect("a worker's wait does not end at `done`");
    x
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

#[derive(Default)]
struct Crowd {
    bytes: Mutex<usize>,
}

#[thinker(pools = Pool)]
impl Crowd {
    /// Sends all tasks while the worker is held up at the first one.
    #[agent]
    fn submit(&self, agent: &Agent<Self>) -> Result<()> {
        let send = |x: u64| -> Result<()> {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            agent.submit(pass_gate { x }.holding(slots))?;
            Ok(())
        };
        send(0)?;
        let before = dhat::HeapStats::get().curr_bytes;
        (1..=TASKS as u64).try_for_each(send)?;
        *self.bytes.lock() = dhat::HeapStats::get().curr_bytes - before;
        GATE.set();
        Ok(())
    }

    #[result_processor(topic = "pass_gate")]
    fn handle(&self, _result: TaskResult<pass_gate>) {}
}

fn main() -> Result<ExitCode> {
    let _profiler = dhat::Profiler::builder().testing().build();
    let server = LocalTaskServer::new().serve::<pass_gate>().workers(1);
    let mut campaign = Campaign::new(Crowd::default()).slots([(Pool::Sim, TASKS + 1)]).task_server(server);
    campaign.run()?;
    let bytes = *campaign.thinker().bytes.lock() / TASKS - size_of::<pass_gate>();
    let met = bytes <= GOAL;
    let goal = format!("{GOAL}{}", if met { "" } else { ", missed" });
    table::print_row("bytes per outstanding task, of 100,000", &bytes.to_string(), "", "", &goal);
    Ok(if met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
