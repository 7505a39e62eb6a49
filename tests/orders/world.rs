//! What the tests share: small casts of agents, methods, and the laws of conservation.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use colmena::prelude::*;
use colmena::rehearsal::{explore_distinct, orders};
use colmena::{AgentInfo, AgentKind, Agents, BoxError, CampaignError, MethodReport, Thinker};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

#[derive(ResourcePool, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    Sim,
    Ml,
}

/// Runs `program` in 2,000 orders that differ, unless `COLMENA_ORDERS` says how many; in all, if there are fewer.
#[track_caller]
pub(crate) fn in_orders(program: impl Fn(u64) + Send + Sync + 'static) {
    stay_on_one_core();
    let explored = explore_distinct(orders(2000).end, program).unwrap_or_else(|failed| panic!("{failed}"));
    println!("{} orders, {} of them distinct", explored.orders, explored.distinct);
}

/// This thread, and those that it starts: one goes on at a time, and a turn is passed much sooner within a core.
fn stay_on_one_core() {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

        let mut one = CpuSet::new();
        one.set(sched_getcpu());
        sched_setaffinity(None, &one).expect("a thread may choose its core");
    }
}

/// A number below `n` that follows from the seed, and is not the one that the scheduler draws.
pub(crate) fn drawn(seed: u64, n: u64) -> u64 {
    (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) % n
}

/// How often a race went one way and how often the other, over all orders.
#[derive(Clone, Default)]
pub(crate) struct Ways(Arc<[AtomicU64; 2]>);

impl Ways {
    pub(crate) fn note(&self, way: bool) {
        self.0[usize::from(way)].fetch_add(1, Relaxed);
    }

    /// A race that always ends in the same way is none: the test would show nothing.
    #[track_caller]
    pub(crate) fn assert_both(&self) {
        let [no, yes] = [self.0[0].load(Relaxed), self.0[1].load(Relaxed)];
        assert!(no + yes < 100 || (no > 0 && yes > 0), "{no} orders went one way, {yes} the other");
    }
}

/// Lets others go on, perhaps, `n` times.
pub(crate) fn steps(n: u64) {
    let nothing = Mutex::new(());
    (0..n).for_each(|_| drop(nothing.lock()));
}

/// Agents that do one part each, once, in a world that they share.
pub(crate) struct Cast<W: Send + Sync + 'static, const N: usize> {
    pub(crate) world: W,
    pub(crate) parts: [Part<W, N>; N],
}

pub(crate) type Part<W, const N: usize> = fn(&W, &Agent<Cast<W, N>>) -> Result<()>;

const PARTS: [AgentInfo; 6] = [part("one"), part("two"), part("three"), part("four"), part("five"), part("six")];

const fn part(name: &'static str) -> AgentInfo {
    AgentInfo { name, kind: AgentKind::Agent, startup: true }
}

impl<W: Send + Sync + 'static, const N: usize> Thinker for Cast<W, N> {
    type Pools = Pool;
    type Local = ();
    const NAME: &'static str = "Cast";
    const AGENTS: &'static [AgentInfo] = PARTS.split_at(N).0;

    fn describe(agents: &mut Agents<Self>) {
        for (part, AgentInfo { name, .. }) in PARTS.into_iter().enumerate().take(N) {
            agents
                .agent(name)
                .startup()
                .run(move |cast: &Self, agent: &Agent<Self>, _: &mut ()| (cast.parts[part])(&cast.world, agent));
        }
    }

    fn prepare_agent(&self, _: &Agent<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

/// Each part in a thread of its own; what the world has become when all have ended. None may fail or stand still.
#[track_caller]
pub(crate) fn together<W: Send + Sync + 'static, const N: usize>(world: W, parts: [Part<W, N>; N]) -> W {
    let (outcome, world) = play(Campaign::new(Cast { world, parts }));
    outcome.unwrap_or_else(|error| panic!("{error}"));
    world
}

/// Runs a campaign of a cast that may fail; what the world has become.
pub(crate) fn play<W: Send + Sync + 'static, const N: usize>(
    campaign: Campaign<Cast<W, N>>,
) -> (Result<Report, CampaignError>, W) {
    let mut campaign = campaign.ignore_ctrl_c();
    let outcome = campaign.run();
    (outcome, campaign.into_thinker().expect("all threads have ended").world)
}

/// A campaign with a server of [`everything`].
pub(crate) fn campaign<T: Thinker>(thinker: T) -> Campaign<T> {
    Campaign::new(thinker).ignore_ctrl_c().task_server(everything())
}

pub(crate) fn everything() -> LocalTaskServer {
    LocalTaskServer::new().serve::<square>().serve::<double>().serve::<takes>().serve::<fails>().serve::<counts>()
}

#[method]
pub(crate) fn square(x: u64) -> u64 {
    x * x
}

#[method]
pub(crate) fn double(x: u64) -> u64 {
    2 * x
}

/// Takes so long, in virtual time.
#[method]
pub(crate) fn takes(time: Duration) -> Duration {
    let _ = Event::new().wait_timeout(time);
    time
}

/// Fails, by an error or a panic, in all attempts before the one that is asked for.
#[method]
pub(crate) fn fails(until: u32, panics: bool, task: &TaskContext) -> Result<u32> {
    match task.attempt() < until {
        true if panics => panic!("attempt {}", task.attempt()),
        true => Err(format!("attempt {}", task.attempt()).into()),
        false => Ok(until),
    }
}

/// Emits 1 to `n`.
#[method]
pub(crate) fn counts(n: u64, task: &TaskContext<u64>) -> u64 {
    (1..=n).for_each(|i| task.emit(i));
    n
}

/// Keeps the counter of a campaign, to look into it afterwards.
#[derive(Default)]
pub(crate) struct Books(OnceLock<ResourceCounter<Pool>>);

impl Books {
    pub(crate) fn open<T: Thinker<Pools = Pool>>(&self, agent: &Agent<T>) {
        let _ = self.0.set(agent.rec().clone());
    }

    /// All slots are free and nobody waits. How many `Sim` and `Ml` have.
    #[track_caller]
    pub(crate) fn balance(&self, total: usize) -> (usize, usize) {
        balance(self.0.get().expect("an agent has opened the books"), total)
    }
}

/// All `total` slots are free and nobody waits. How many `Sim` and `Ml` have.
#[track_caller]
pub(crate) fn balance(rec: &ResourceCounter<Pool>, total: usize) -> (usize, usize) {
    let pools = rec.snapshot();
    assert!(pools.iter().all(|pool| pool.available == pool.allocated && pool.waiting == 0), "{pools:?}");
    assert_eq!(pools.iter().map(|pool| pool.allocated).sum::<usize>(), total, "{pools:?}");
    (rec.allocated_slots(Pool::Sim), rec.allocated_slots(Pool::Ml))
}

/// The report of a campaign, failed or not.
#[track_caller]
pub(crate) fn report(outcome: &Result<Report, CampaignError>) -> &Report {
    match outcome {
        Ok(report) => report,
        Err(error) => error.report().unwrap_or_else(|| panic!("{error}")),
    }
}

/// How many tasks of all methods have settled.
pub(crate) fn settled(report: &Report) -> u64 {
    report.methods().iter().map(MethodReport::settled).sum()
}
