#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    nonstandard_style,
    unused
)]
//! Everything that is allowed, with the strictest lints.
use colmena::prelude::*;
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

/// Big: not clonable.
#[derive(serde::Serialize, serde::Deserialize)]
#[expect(missing_debug_implementations, reason = "test")]
pub struct Big(f64);

/// Several.
#[method]
pub fn many(
    big: &Big,
    text: &str,
    path: &Path,
    parts: &[(String, f64)],
    pair: &(u8, u8),
    grid: &[f64; 3],
    /// How many.
    mut count: usize,
    r#type: Option<u32>,
) -> f64 {
    count += 1;
    let _ = (big.0, text, path, parts, pair, grid, count, r#type);
    1.0
}
/// Fails.
#[method(name = "fails_often", kwargs)]
pub fn fails(x: f64) -> Result<f64, std::num::ParseIntError> {
    let _ = x;
    "3".parse::<i32>().map(f64::from)
}
/// Fails, boxed.
#[method(kwargs = false)]
pub(crate) fn fails_boxed() -> Result<()> {
    Ok(())
}
/// io
#[method]
pub fn io() -> std::io::Result<Vec<u8>> {
    Ok(vec![])
}
/// Emits.
#[method(topic = "md")]
pub fn dynamics(steps: u32, task: &TaskContext<f64>) -> f64 {
    for _ in 0..steps {
        task.emit(1.0)
    }
    2.0
}
/// With context.
#[method]
pub fn with_context(_task: &TaskContext) {}
/// Served elsewhere.
#[method(topic = "far")]
pub fn far(x: f64, y: &[f64]) -> f64;
/// Not portable.
#[method(local)]
pub fn here(x: Arc<dyn Fn(&f64) -> f64 + Send + Sync>, y: &std::sync::Mutex<Vec<i32>>) -> Arc<i32> {
    let _ = (x, y);
    Arc::new(1)
}

/// Private ones.
mod inner {
    use colmena::prelude::*;
    #[method]
    pub(super) fn quiet(x: i32) -> i32 {
        x
    }
}
use inner::quiet;

/// Pools.
#[derive(ResourcePool, Debug)]
pub enum Pool {
    /// simulate
    Sim,
    /// learn
    #[pool(name = "learning")]
    Ml,
}

/// Details
#[derive(Debug, Default)]
pub struct Details(u32);

#[derive(Debug, Clone)]
pub(crate) struct Job {
    width: usize,
}

const WIDTH: usize = 3;

/// A generic one.
#[expect(missing_debug_implementations, reason = "test")]
pub struct Steering<E: Debug + Send + Sync + 'static>
where
    E: Clone,
{
    jobs: WorkQueue<Job>,
    go: Arc<Event>,
    width: usize,
    extra: E,
}

#[thinker(pools = Pool, local = Details)]
impl<E: Debug + Send + Sync + 'static> Steering<E>
where
    E: Clone,
{
    const DEEP: usize = 4;
    /// How wide.
    fn width_of(&self, job: &Job) -> usize {
        job.width + self.width
    }

    #[prepare_agent]
    fn prepare_agent(&self, _agent: &Agent<Self>) -> Result<Details> {
        Ok(Details(1))
    }
    #[tear_down_agent]
    fn tear_down_agent(&self, local: &mut Details, _agent: &Agent<Self>) {
        local.0 += 1;
        let _ = &self.extra;
    }

    #[agent]
    fn plain(&self) {}
    #[agent(startup)]
    fn first(&self, local: &mut Details, agent: &Agent<Self>) -> std::io::Result<()> {
        local.0 += 1;
        let _ = agent.submit(many {
            big: Big(1.0),
            text: "".into(),
            path: "".into(),
            parts: vec![],
            pair: (1, 2),
            grid: [0.0; 3],
            count: 1,
            r#type: None,
        });
        let _ = agent.submit(dynamics { steps: 1 });
        let _ = agent.call(far { x: 1.0, y: vec![] });
        let _ = agent.call(quiet { x: 1 });
        Ok(())
    }
    #[agent(startup = true)]
    fn second(&self) -> Result<()> {
        Ok(())
    }
    #[task_submitter(task_type = "sim")]
    fn r#loop(&self, slots: Slots<Pool>) {
        drop(slots)
    }
    #[task_submitter(task_type = Pool::Ml, n_slots = self.width, queue = jobs)]
    fn wide(&self, slots: Slots<Pool>, item: Job, local: &mut Details) {
        local.0 += 1;
        drop((slots, item))
    }
    #[task_submitter(task_type = None, n_slots = |job| self.width_of(job) + job.width, queue = "jobs")]
    fn by_item(&self, slots: Slots<Pool>, _: Job) {
        drop(slots)
    }
    #[task_submitter(n_slots = WIDTH)]
    fn constant(&self, slots: Slots<Pool>) {
        drop(slots)
    }
    #[task_submitter(n_slots = Self::DEEP)]
    fn constant2(&self, slots: Slots<Pool>) {
        drop(slots)
    }
    #[task_submitter(n_slots = 2 * WIDTH + 1,)]
    fn sum(&self, slots: Slots<Pool>) {
        drop(slots)
    }
    #[result_processor("many", threads = 2)]
    fn on_many(&self, result: TaskResult<many>) {
        drop(result)
    }
    #[result_processor(topic = "fails_often", threads = self.width)]
    fn on_fails(
        &self,
        agent: &Agent<Self>,
        result: TaskResult<fails>,
        slots: Slots<Pool>,
    ) -> Result<(), std::fmt::Error> {
        let _ = agent;
        drop((result, slots));
        Ok(())
    }
    #[result_processor]
    fn on_boxed(&self, result: TaskResult<fails_boxed>) -> Result<()> {
        result.into_value()?;
        Ok(())
    }
    #[result_processor(topic = "md", threads = 1)]
    fn on_update(&self, update: TaskUpdate<dynamics>) {
        match update {
            TaskUpdate::Emitted(x) => {
                let _ = x;
            }
            TaskUpdate::Finished(r, _) => drop(r),
        }
    }
    #[event_responder(event_name = "go")]
    fn respond(&self) {}
    #[event_responder(event = go, reallocate_resources = true, gather_from = "sim", gather_to = "learning", disperse_to = None, max_slots = self.width, slot_step = WIDTH)]
    fn respond2(&self) -> Result<()> {
        Ok(())
    }
    #[event_responder(event = go, reallocate_resources, gather_from = None, gather_to = Pool::Ml)]
    fn respond3(&self) {}
    #[cfg(any())]
    #[result_processor]
    fn on_io(&self, result: TaskResult<io>) {
        nothing
    }
    #[cfg(not(any()))]
    #[result_processor]
    fn on_io(&self, result: TaskResult<io>) {
        drop(result)
    }
    #[cfg(any())]
    #[task_submitter(n_slots = self.nope, task_type = "nope")]
    fn nope(&self, slots: Slots<Pool>) {}
}

/// Without anything.
#[derive(Debug)]
pub struct Bare;
#[thinker]
impl Bare {
    #[task_submitter]
    fn clone(&self, agent: &Agent<Bare>, slots: Slots<()>) {
        let _ = agent;
        drop(slots)
    }
    #[cfg(any())]
    #[prepare_agent]
    fn before(&self) {}
    #[cfg(not(any()))]
    #[prepare_agent]
    fn before2(&self) -> Result<()> {
        Ok(())
    }
}

mod other {
    use colmena::prelude::*;
    /// In a macro.
    macro_rules! made {
        ($name:ident, $method:ty, $count:expr, $queue:ident, $pool:ident) => {
            #[derive(Debug)]
            pub(crate) struct $name {
                width: usize,
                $queue: super::Q,
            }
            #[thinker(pools = super::Pool)]
            impl $name {
                #[result_processor]
                fn store(&self, result: TaskResult<$method>) {
                    drop(result)
                }
                #[task_submitter(n_slots = $count)]
                fn a(&self, slots: Slots<super::Pool>) {
                    drop(slots)
                }
                #[task_submitter(n_slots = self.width, queue = $queue, task_type = $pool)]
                fn b(&self, slots: Slots<super::Pool>, item: f64) -> Result<()> {
                    drop((slots, item));
                    Ok(())
                }
            }
            impl $name {
                pub(crate) fn new() -> Self {
                    $name { width: 1, $queue: super::Q }
                }
            }
        };
    }
    made!(Made, super::many, 4, q, Sim);
}
#[derive(Debug)]
struct Q;
impl Source for Q {
    type Item = f64;
    fn take(&self) -> Option<f64> {
        None
    }
    fn is_finished(&self) -> bool {
        true
    }
    fn watch<'a>(&'a self, _: &mut Watch<'a>) {}
}
impl Lookahead for Q {
    fn peek(&self) -> Option<f64> {
        None
    }
    fn put_back(&self, _: f64) {}
}

fn main() -> Result<()> {
    let _ = Steering { jobs: WorkQueue::new(), go: Arc::new(Event::new()), width: 1, extra: 1 };
    let _ = (Job { width: 1 }, Pool::Sim, other::Made::new(), here(Arc::new(|x| *x), &Default::default()), Bare);
    assert_eq!(<Steering<i32> as Thinker>::AGENTS.len(), 17);
    #[method]
    fn local_one(x: f64) -> f64 {
        x
    }
    struct Local;
    #[thinker]
    impl Local {
        #[agent]
        fn go(&self, agent: &Agent<Self>) -> Result<()> {
            agent.submit(local_one { x: 1.0 })?;
            Ok(())
        }
        #[result_processor(topic = "local_one")]
        fn store(&self, result: TaskResult<local_one>) {
            assert!(result.is_ok())
        }
    }
    Campaign::new(Local).task_server(LocalTaskServer::new().serve::<local_one>()).run()?;
    Ok(())
}
