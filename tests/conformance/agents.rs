//! Agents, by the names of the original's behaviour.
//!
//! Kept in another form: `agents_detected` (the list is a constant of the thinker); `n_slots_by_name` (an expression, read
//! once at launch); `responder_gathers` (as many slots go back as have come, not all of the pool); `run_and_join` (of the
//! campaign).

use std::thread::{self, ThreadId};
use std::time::Duration;

use colmena::prelude::*;
use colmena::{AgentEnd, AgentInfo, AgentKind, Ending, FailureKind, RoundInProgress, Thinker};

use crate::duet::Pool::{self, Ml, Sim};
use crate::duet::{allocated, free};
use crate::world::{HOUR, SECOND, campaign, in_orders, logs, once, pause, problems, report, run_for, square};

/// One agent of each kind, and what is none.
#[derive(Default)]
struct Crew {
    go: Event,
}

#[thinker]
impl Crew {
    #[agent(startup)]
    fn begins(&self) {
        self.go.set();
    }

    #[agent]
    fn plans(&self) {
        self.is_no_agent();
    }

    #[task_submitter]
    fn submits(&self, _slots: Slots) {}

    #[result_processor(topic = "squares")]
    fn stores(&self, _result: TaskResult<square>) {}

    #[event_responder(event = go)]
    fn answers(&self) {}

    fn is_no_agent(&self) {}
}

/// All marked methods are found, with kind, name and startup flag.
#[test]
fn agents_detected() {
    let info = |name, kind, startup| AgentInfo { name, kind, startup };
    let expected = [
        info("begins", AgentKind::Agent, true),
        info("plans", AgentKind::Agent, false),
        info("submits", AgentKind::TaskSubmitter, false),
        info("stores", AgentKind::ResultProcessor, false),
        info("answers", AgentKind::EventResponder, false),
    ];
    assert_eq!((Crew::NAME, Crew::AGENTS), ("Crew", &expected[..]));
    let report = campaign(Crew::default()).unallocated_slots(1).run().expect("nothing fails");
    let names: Vec<_> = report.agents().iter().map(|agent| agent.name).collect();
    assert_eq!(names, expected.map(|agent| agent.name), "and each of them runs");
}

/// A startup agent and a plain one, which end as they are told.
struct Ends(&'static str);

#[thinker]
impl Ends {
    #[agent(startup)]
    fn prepares(&self) -> Result<()> {
        if self.0 == "startup fails" { Err("no licence".into()) } else { Ok(()) }
    }

    #[agent]
    fn plans(&self) -> Result<()> {
        match self.0 {
            "plain fails" => Err("no plan".into()),
            "plain ends" => Ok(()),
            _ => {
                pause(HOUR);
                Ok(())
            }
        }
    }

    #[agent]
    fn waits(&self, agent: &Agent<Self>) {
        agent.done().wait();
    }
}

/// A startup agent that ends does not end the campaign; a plain one does; either one does that fails.
#[test]
fn startup_end_is_silent() {
    for (how, ending, hours) in [
        ("startup ends", Ending::AgentEnded("plans"), 1),
        ("plain ends", Ending::AgentEnded("plans"), 0),
        ("startup fails", Ending::AgentFailed("prepares"), 0),
        ("plain fails", Ending::AgentFailed("plans"), 0),
    ] {
        in_orders(50, move || {
            let outcome = campaign(Ends(how)).run();
            let report = report(&outcome);
            assert_eq!((report.ending(), report.wall_time()), (&ending, HOUR * hours));
            assert_eq!(outcome.is_err(), how.ends_with("fails"));
        });
    }
}

/// What one agent has for itself.
struct Details {
    thread: ThreadId,
    owner: &'static str,
    calls: u32,
}

#[derive(Default)]
struct Private {
    log: Mutex<Vec<(&'static str, u32)>>,
}

#[thinker(local = Details)]
impl Private {
    #[prepare_agent]
    fn prepare(&self, agent: &Agent<Self>) -> Details {
        Details { thread: thread::current().id(), owner: agent.name(), calls: 0 }
    }

    #[agent(startup)]
    fn one(&self, local: &mut Details) {
        local.calls += 1;
    }

    #[agent(startup)]
    fn two(&self, agent: &Agent<Self>, local: &mut Details) {
        assert_eq!(agent.name(), "two");
        local.calls += 2;
    }

    #[tear_down_agent]
    fn tear_down(&self, agent: &Agent<Self>, local: &mut Details) {
        assert_eq!((local.thread, local.owner), (thread::current().id(), agent.name()));
        self.log.lock().push((local.owner, local.calls));
    }
}

/// `prepare_agent` and `tear_down_agent` run in each agent's thread and see its name and its local details, no others'.
#[test]
fn prepare_and_tear_down_in_own_thread() {
    in_orders(100, || {
        let mut campaign = campaign(Private::default());
        campaign.run().expect("nothing fails");
        let mut log = campaign.thinker().log.lock().clone();
        log.sort_unstable();
        assert_eq!(log, [("one", 1), ("two", 2)]);
    });
}

/// Three tasks that end in another order than they begin in; one of them fails.
#[derive(Default)]
struct Racing {
    came: Mutex<Vec<(u64, Option<FailureKind>)>>,
}

#[thinker]
impl Racing {
    #[agent]
    fn sends(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(run_for { time: SECOND * 3 })?;
        agent.submit(run_for { time: SECOND * 5 / 2 }.time_limit(SECOND * 2))?;
        agent.submit(run_for { time: SECOND })?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<run_for>) {
        let running = result.times().running().as_secs_f64().round() as u64;
        self.came.lock().push((running, result.failure().map(|failure| failure.kind())));
    }
}

/// A result processor runs once for each result of its topic, in the order of completion, also for failures.
#[test]
fn result_processor_runs_per_result() {
    in_orders(100, || {
        let mut campaign = campaign(Racing::default()).unallocated_slots(3);
        campaign.run().expect("a failed task is no failure of the campaign");
        let came = campaign.thinker().came.lock().clone();
        assert_eq!(came, [(1, None), (2, Some(FailureKind::TimedOut)), (3, None)]);
    });
}

/// A submitter that is at work when the campaign is done, and a task that is out.
#[derive(Default)]
struct Lingering {
    handled: Mutex<Vec<u64>>,
}

#[thinker]
impl Lingering {
    #[task_submitter]
    fn submit(&self, agent: &Agent<Self>, slots: Slots) -> Result<()> {
        agent.done().set();
        let time = agent.call(run_for { time: HOUR }.after_done())?.into_value()?;
        agent.submit(run_for { time: time * 2 }.after_done().holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<run_for>) {
        self.handled.lock().push(result.inputs().time.as_secs() / 3600);
    }
}

/// After `done`, processors go on until the submitters have ended and no task is active: its last result is handled.
#[test]
fn processors_drain() {
    in_orders(100, || {
        let mut campaign = campaign(Lingering::default()).unallocated_slots(1);
        let report = campaign.run().expect("nothing fails");
        assert_eq!((report.wall_time(), report.uncollected()), (HOUR * 3, 0));
        assert_eq!(*campaign.thinker().handled.lock(), [2]);
    });
}

/// Keeps what it is granted.
#[derive(Default)]
struct Hoarding {
    granted: Mutex<Vec<Slots<Pool>>>,
    free: Mutex<Vec<usize>>,
}

#[thinker(pools = Pool)]
impl Hoarding {
    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>) {
        self.granted.lock().push(slots);
        self.free.lock().push(agent.rec().available_slots(Sim));
    }

    #[agent]
    fn ends(&self) {
        pause(HOUR);
    }
}

/// A task submitter runs when its slots have been acquired, which stay held; it ends at `done`, also when it is blocked.
#[test]
fn submitter_runs_per_grant() {
    in_orders(100, || {
        let mut campaign = campaign(Hoarding::default()).slots([(Sim, 5)]);
        let report = campaign.run().expect("nothing fails");
        assert_eq!((report.wall_time(), &*campaign.thinker().free.lock()), (HOUR, &vec![3, 1]));
        let submit = report.agent("submit").expect("it is one");
        assert_eq!((submit.calls, submit.end), (2, AgentEnd::Stopped));
    });
}

/// Its fields say how many slots.
#[derive(Default)]
struct Sized {
    width: Mutex<usize>,
    most: usize,
    train: Event,
    widths: Mutex<Vec<usize>>,
}

#[thinker(pools = Pool)]
impl Sized {
    #[task_submitter(task_type = Sim, n_slots = *self.width.lock())]
    fn submit(&self, slots: Slots<Pool>) {
        *self.width.lock() = 1; // too late
        self.widths.lock().push(slots.count());
        self.train.set();
        pause(SECOND);
    }

    #[event_responder(event = train, reallocate_resources, gather_from = None, gather_to = Ml, max_slots = self.most)]
    fn train(&self, agent: &Agent<Self>) {
        pause(SECOND * 3 / 2);
        assert_eq!(agent.rec().allocated_slots(Ml), self.most);
        agent.done().set();
    }
}

/// The number of slots can come from a field of the thinker, which is read once, at launch.
#[test]
fn n_slots_by_name() {
    in_orders(50, || {
        let sized = Sized { width: Mutex::new(2), most: 3, ..Sized::default() };
        let mut campaign = campaign(sized).slots([(Sim, 2)]).unallocated_slots(4);
        campaign.run().expect("nothing fails");
        assert_eq!(*campaign.thinker().widths.lock(), [2, 2]);
    });
}

/// Two responders of one event.
#[derive(Default)]
struct Rounds {
    event: Event,
    log: Mutex<Vec<&'static str>>,
}

#[thinker]
impl Rounds {
    #[event_responder(event = event)]
    fn quick(&self) {
        self.log.lock().push("quick");
    }

    #[event_responder(event = event)]
    fn slow(&self) {
        pause(SECOND * 2);
        assert_eq!(self.event.clear(), Err(RoundInProgress), "a user's `clear` inside a round is refused");
        self.log.lock().push("slow");
    }

    #[agent]
    fn sets(&self) -> Result<()> {
        assert!(self.event.set());
        pause(SECOND);
        assert!(!self.event.set(), "during a round it changes nothing");
        assert!(self.event.is_set(), "until the last one has ended");
        pause(SECOND * 2);
        assert!(!self.event.is_set(), "then it is cleared");
        assert_eq!(*self.log.lock(), ["quick", "slow"]);
        assert!(self.event.set());
        pause(SECOND);
        assert!(self.event.set_again() && !self.event.set_again(), "one more round afterwards");
        pause(SECOND * 2);
        assert!(self.event.is_set());
        pause(SECOND * 3);
        assert_eq!(self.log.lock().len(), 6);
        assert!(self.event.set(), "the last round starts before `done`, and is answered");
        Ok(())
    }
}

/// A responder runs each time the event is set.
#[test]
fn responder_runs_on_event() {
    in_orders(300, || {
        let report = campaign(Rounds::default()).run().expect("nothing fails");
        let calls = |name| report.agent(name).expect("it is one").calls;
        assert_eq!((calls("quick"), calls("slow")), (4, 4));
    });
}

/// The event is cleared when all its responders have finished, and that is logged once for each round.
#[test]
fn event_cleared_after_all() {
    let logs = logs();
    once(|| {
        let mut campaign = campaign(Rounds::default());
        campaign.run().expect("nothing fails");
        assert!(!campaign.thinker().event.is_set());
    });
    let text = logs.text();
    let ended =
        text.lines().filter(|line| line.contains("thinker=\"Rounds\"") && line.contains("all responses complete"));
    // The other test of this thinker may run in this process, too: whole runs, of four rounds each.
    let rounds = ended.count();
    assert!(rounds > 0 && rounds.is_multiple_of(4), "{text}");
}

/// A responder that gathers slots that no pool has.
#[derive(Default)]
struct Gathering {
    train: Event,
}

#[thinker(pools = Pool)]
impl Gathering {
    #[event_responder(event = train, reallocate_resources, gather_from = None, gather_to = Ml, disperse_to = Sim, max_slots = 3)]
    fn train(&self, agent: &Agent<Self>) -> Result<()> {
        let _all = agent.rec().acquire(Ml, 3)?;
        assert_eq!((allocated(agent.rec()), free(agent.rec())), ([2, 3, 0], [2, 0, 0]));
        Ok(())
    }

    #[agent]
    fn sets(&self, agent: &Agent<Self>) {
        self.train.set();
        pause(SECOND);
        assert_eq!((allocated(agent.rec()), self.train.is_set()), ([2, 1, 2], false));
    }
}

/// While a responder runs, slots move to its pool, up to `max_slots`; afterwards as many move on to `disperse_to`. `None`
/// is the pool of the unallocated ones.
#[test]
fn responder_gathers() {
    in_orders(200, || {
        campaign(Gathering::default()).slots([(Ml, 1)]).unallocated_slots(4).run().expect("nothing fails");
    });
}

/// One agent of each kind, one of which panics.
struct Fragile {
    who: &'static str,
    go: Event,
}

impl Fragile {
    fn pass(&self, who: &str) {
        assert!(who != self.who, "out of luck");
    }
}

#[thinker]
impl Fragile {
    #[prepare_agent]
    fn prepare(&self, agent: &Agent<Self>) {
        if agent.name() == "plan" {
            self.pass("prepare");
        }
    }

    #[agent]
    fn plan(&self, agent: &Agent<Self>) -> Result<()> {
        self.pass("plan");
        self.go.set();
        agent.submit(square { x: 1 })?;
        agent.sleep(HOUR)?;
        Ok(())
    }

    #[task_submitter]
    fn submit(&self, _slots: Slots) {
        self.pass("submit");
        pause(HOUR);
    }

    #[result_processor(topic = "squares")]
    fn store(&self, _result: TaskResult<square>) {
        self.pass("store");
    }

    #[event_responder(event = go)]
    fn answer(&self) {
        self.pass("answer");
    }

    #[agent(startup)]
    fn waits(&self, agent: &Agent<Self>) {
        agent.done().wait();
    }
}

/// An exception anywhere in an agent sets `done` and ends the campaign, at once; it is reported with its place.
#[test]
fn exception_ends_thinker() {
    for who in ["prepare", "plan", "submit", "store", "answer"] {
        in_orders(50, move || {
            let outcome = campaign(Fragile { who, go: Event::new() }).unallocated_slots(1).run();
            assert_eq!(report(&outcome).wall_time(), Duration::ZERO);
            let agent = if who == "prepare" { "plan" } else { who };
            let expected = format!("the agent `{agent}` panicked: out of luck\n    at tests/conformance/agents.rs:");
            let [text] = &problems(outcome)[..] else { panic!("one problem") };
            assert!(text.starts_with(&expected), "{text}");
        });
    }
}

struct Speaking;

#[thinker]
impl Speaking {
    #[agent]
    fn says_hello(&self, agent: &Agent<Self>) -> Result<()> {
        tracing::info!("hello from {}", agent.name());
        agent.submit(square { x: 1 })?;
        Ok(())
    }

    #[result_processor(threads = 2)]
    fn says_goodbye(&self, _result: TaskResult<square>) {
        tracing::info!("goodbye");
    }
}

/// What an agent logs says who speaks.
#[test]
fn logger_has_agent_name() {
    let logs = logs();
    campaign(Speaking).run().expect("nothing fails");
    let line = "agent{thinker=\"Speaking\" agent=\"says_hello\"}: conformance::agents: hello from says_hello";
    assert!(logs.have(line), "{}", logs.text());
    let of = |n| format!("agent{{thinker=\"Speaking\" agent=\"says_goodbye {n}\"}}: conformance::agents: goodbye");
    assert!(logs.have(&of(1)) || logs.have(&of(2)), "{}", logs.text());
}

/// The run time of each call of an agent is logged.
#[test]
fn run_times_of_handlers_are_logged() {
    let logs = logs();
    once(|| {
        campaign(Idle).run().expect("nothing fails");
    });
    let line = "agent{thinker=\"Idle\" agent=\"waits\"}: colmena_core::thinker::agent: a call has ended took=3600s";
    assert!(logs.have(line), "{}", logs.text());
}

struct Idle;

#[thinker]
impl Idle {
    #[agent]
    fn waits(&self) {
        pause(HOUR);
    }
}

/// `run` blocks until the end; `start` and `join` do the same in the background.
#[test]
fn run_and_join() {
    in_orders(50, || {
        assert_eq!(campaign(Idle).run().expect("nothing fails").wall_time(), HOUR);
        let running = campaign(Idle).start().expect("nothing is wrong");
        pause(SECOND);
        assert!(!running.done().is_set());
        running.done().set();
        assert_eq!(running.join().expect("nothing fails").wall_time(), SECOND);
    });
}
