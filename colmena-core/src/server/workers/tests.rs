//! Workers that are lost: a server whose every attempt may lose one, whatever really ran it.

use std::io;

use super::{Fault, Methods, Runner, Terms, Workers};
use crate::campaign::{Campaign, CampaignError, Ending, LaunchProblem, Problem, Report};
use crate::rehearsal::{explore, orders};
use crate::server::sealed::Sealed;
use crate::server::{Known, Link, Running, TaskServer};
use crate::task::{FailureKind, IntoTask, Method, Retry, Task, TaskContext, TaskOptions};
use crate::thinker::{Agent, AgentInfo, AgentKind, Agents, Thinker};

/// Loses its worker in all attempts before this one.
struct Fragile {
    until: u32,
}

impl Method for Fragile {
    const NAME: &'static str = "fragile";
    const TOPIC: &'static str = "fragile";
    const PARAMETERS: &'static [&'static str] = &["until"];
    type Value = u32;
    type Emission = ();
}

impl IntoTask for Fragile {
    type Method = Self;

    fn into_task(self) -> Task<Self> {
        Task::new(self)
    }
}

/// Each thread has a worker; this counts how many it has had.
struct Losing;

impl Runner<Fragile, u32> for Losing {
    fn run(&self, inputs: &Fragile, context: &TaskContext, workers: &mut u32) -> Result<u32, Fault> {
        if context.attempt() < inputs.until {
            *workers += 1;
            return Err(Fault::lost("killed by signal 9"));
        }
        Ok(*workers)
    }
}

struct LosingServer(Methods<u32>);

impl TaskServer for LosingServer {}

impl Sealed for LosingServer {
    fn name(&self) -> &'static str {
        "LosingServer"
    }

    fn methods(&self) -> Vec<Known> {
        self.0.known().collect()
    }

    fn check(&self) -> Vec<LaunchProblem> {
        self.0.check()
    }

    fn start(self: Box<Self>, link: Link) -> io::Result<Box<dyn Running>> {
        let terms = Terms { server: "LosingServer", workers: Some(1), stuck_limit: None };
        Ok(Box::new(Workers::start(self.0, terms, link, |_| 1)?))
    }
}

/// One agent.
struct Sender(fn(&Agent<Sender>) -> crate::Result<()>);

impl Thinker for Sender {
    type Pools = ();
    type Local = ();
    const NAME: &'static str = "Sender";
    const AGENTS: &'static [AgentInfo] = &[AgentInfo { name: "sends", kind: AgentKind::Agent, startup: false }];

    fn describe(agents: &mut Agents<Self>) {
        agents.agent("sends").run(|sender: &Self, agent: &Agent<Self>, _| (sender.0)(agent));
    }

    fn prepare_agent(&self, _: &Agent<Self>) -> crate::Result<()> {
        Ok(())
    }
}

fn run(crash_limit: Option<u32>, sends: fn(&Agent<Sender>) -> crate::Result<()>) -> Result<Report, CampaignError> {
    let mut methods = Methods::default();
    methods.add::<Fragile>(Losing);
    methods.retry::<Fragile>(Retry::times(3));
    let campaign = Campaign::new(Sender(sends)).ignore_ctrl_c().task_server(LosingServer(methods));
    campaign.crash_limit(crash_limit.unwrap_or(u32::MAX)).run()
}

#[test]
fn a_task_that_loses_its_worker_is_tried_again_with_another_one() {
    let outcome = explore(orders(100), |_| {
        let report = run(None, |agent| {
            let result = agent.call(Fragile { until: 4 })?;
            assert_eq!((result.attempts(), result.value()?), (4, &4), "each thread keeps what it has for itself");
            let text = "task 1 of `fragile` lost its worker: killed by signal 9";
            assert_eq!(result.earlier_failures()[0].to_string(), text);
            let result = agent.call(Fragile { until: 4 }.retries(2))?;
            assert_eq!(result.failure().map(|failure| failure.kind()), Some(FailureKind::WorkerLost));
            Ok(())
        });
        let report = report.expect("nothing fails");
        assert_eq!(report.method("fragile").expect("it was used").retries_after.lost_workers, 5);
    });
    outcome.unwrap_or_else(|failed| panic!("{failed}"));
}

/// The fourth is one too many: the task is not tried again, and those that wait are not begun.
#[test]
fn a_campaign_that_loses_too_many_workers_ends_and_says_so() {
    let outcome = explore(orders(300), |_| {
        let outcome = run(Some(3), |agent| {
            let group = agent.gather([3, 9, 1, 1].map(|until| Fragile { until }.after_done()))?;
            let results = group.all()?;
            let told: Vec<_> =
                results.iter().map(|one| (one.failure().map(|one| one.kind()), one.attempts())).collect();
            let ended = (Some(FailureKind::ServerEnded), 0);
            assert_eq!(told, [(None, 3), (Some(FailureKind::WorkerLost), 2), ended, ended]);
            Ok(())
        });
        let error = outcome.expect_err("it is too much");
        assert!(matches!(error.problems(), [Problem::Crashes { limit: 3, .. }]), "{error}");
        let text = "more than 3 worker processes were lost; the last: task 2 of `fragile` lost its worker (2 attempts): \
                    killed by signal 9\n    help: if so many are to be expected, raise `.crash_limit(..)`";
        assert_eq!(error.problems()[0].to_string(), text);
        let report = error.report().expect("it has run");
        assert_eq!(*report.ending(), Ending::ServerFailed("LosingServer"));
        assert_eq!(report.uncollected(), 0);
    });
    outcome.unwrap_or_else(|failed| panic!("{failed}"));

    let outcome = run(Some(4), |agent| {
        assert_eq!(agent.call(Fragile { until: 3 })?.attempts(), 3);
        assert_eq!(agent.call(Fragile { until: 3 })?.attempts(), 3);
        Ok(())
    });
    outcome.expect("so many may be");
}
