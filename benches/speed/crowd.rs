//! What an outstanding task costs in memory: many are sent while the only worker is held up at the first one.

use std::sync::LazyLock;

use colmena::prelude::*;

const TASKS: usize = 100_000;

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

struct Crowd {
    in_use: fn() -> usize,
    bytes: Mutex<usize>,
}

#[thinker(pools = Pool)]
impl Crowd {
    #[agent]
    fn submit(&self, agent: &Agent<Self>) -> Result<()> {
        let send = |x: u64| -> Result<()> {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            agent.submit(pass_gate { x }.holding(slots))?;
            Ok(())
        };
        send(0)?;
        let before = (self.in_use)();
        (1..=TASKS as u64).try_for_each(send)?;
        *self.bytes.lock() = (self.in_use)() - before;
        GATE.set();
        Ok(())
    }

    #[result_processor(topic = "pass_gate")]
    fn handle(&self, _result: TaskResult<pass_gate>) {}
}

/// Bytes for each of `TASKS` tasks, without their inputs; `in_use` gives the bytes that this program uses. Once only in a
/// program: afterwards the gate is open.
pub(crate) fn bytes_per_task(in_use: fn() -> usize) -> usize {
    let server = LocalTaskServer::new().serve::<pass_gate>().workers(1);
    let mut campaign =
        Campaign::new(Crowd { in_use, bytes: Mutex::new(0) }).slots([(Pool::Sim, TASKS + 1)]).task_server(server);
    campaign.run().expect("nothing fails");
    let bytes = *campaign.thinker().bytes.lock();
    bytes / TASKS - size_of::<pass_gate>()
}
