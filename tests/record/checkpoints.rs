//! Checkpoints: a run goes on from where it was, whenever its process was killed, and comes to the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use colmena::prelude::*;
use colmena::{Durability, Ending};
use rand::RngExt;

use crate::resume::{kill_after, recorded_in, say};
use crate::{fresh, messages, one_line};

#[derive(ResourcePool, Clone, Copy)]
enum Pool {
    Sim,
    Ml,
}

const WALKER: Info<u64> = Info::new("walker");

/// Says when it runs.
#[method(topic = "simulation")]
fn walk(walker: u64, at: u64) -> u64 {
    say("ran", at << 8 | walker);
    at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 11
}

/// Ranks the walkers.
#[method(topic = "plan")]
fn rank(places: &[u64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|&walker| places[walker]);
    order
}

/// Walkers, each of which takes `steps` steps; now and then the queue of the waiting ones is put in the order of their places.
#[derive(Checkpoint)]
struct Walk {
    /// By walker: its place, and how many steps it has taken.
    places: Mutex<Vec<(u64, u64)>>,
    waiting: WorkQueue<u64>,
    rerank: Event,
    taken: AtomicU64,
    ranked: AtomicU64,
    started: AtomicU64,
    /// What `watch` has drawn.
    drawn: Mutex<Vec<u64>>,
    #[checkpoint(skip)]
    steps: u64,
}

const WALKERS: u64 = 8;

impl Walk {
    fn new(steps: u64) -> Self {
        let places = Mutex::new((0..WALKERS).map(|walker| (walker, 0)).collect());
        let (waiting, rerank) = (WorkQueue::new(), Event::new());
        let (taken, ranked, started) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        Self { places, waiting, rerank, taken, ranked, started, drawn: Mutex::default(), steps }
    }
}

#[thinker(pools = Pool)]
impl Walk {
    /// Runs once, in whichever process.
    #[agent(startup)]
    fn begin(&self) -> Result<()> {
        self.started.fetch_add(1, SeqCst);
        self.waiting.extend(0..WALKERS)?;
        Ok(())
    }

    #[task_submitter(task_type = Sim, queue = waiting)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, walker: u64) -> Result<()> {
        let at = self.places.lock()[walker as usize].0;
        agent.submit(walk { walker, at }.holding(slots).info(WALKER, walker))?;
        Ok(())
    }

    #[result_processor(topic = "simulation")]
    fn store(&self, agent: &Agent<Self>, result: TaskResult<walk>) -> Result<()> {
        let (walker, place) = (*result.info(WALKER).ok_or("the note has come along")?, *result.value()?);
        say("handled", result.inputs().at << 8 | walker);
        let steps = {
            let mut places = self.places.lock();
            let before = &mut places[walker as usize];
            assert_eq!(before.0, result.inputs().at, "each step is taken once");
            *before = (place, before.1 + 1);
            before.1
        };
        let taken = self.taken.fetch_add(1, SeqCst) + 1;
        if steps < self.steps {
            self.waiting.push(walker)?;
        } else if taken == WALKERS * self.steps {
            agent.done().set();
        }
        if taken.is_multiple_of(20) {
            self.rerank.set();
        }
        Ok(())
    }

    #[event_responder(event = rerank, reallocate_resources,
                      gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 1)]
    fn reorder(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Ml, 1)?;
        let seen = self.waiting.snapshot();
        let places = { seen.to_vec().iter().map(|&walker| self.places.lock()[walker as usize].0).collect() };
        let order = agent.call(rank { places }.holding(slots))?.into_value()?;
        self.waiting.reorder(&seen, &order)?;
        self.ranked.fetch_add(1, SeqCst);
        Ok(())
    }

    /// Goes on and on.
    #[agent(startup)]
    fn watch(&self, agent: &Agent<Self>) -> Result<()> {
        loop {
            agent.safe_point(|| agent.sleep(Duration::from_millis(1)))?;
            self.drawn.lock().push(agent.rng().random());
        }
    }
}

fn campaign(thinker: Walk, dir: &Path, every: impl Into<CheckpointEvery>) -> Campaign<Walk> {
    let server = LocalTaskServer::new().serve::<walk>().serve::<rank>();
    let campaign = Campaign::new(thinker).slots([(Pool::Sim, 3)]).task_server(server).ignore_ctrl_c();
    campaign.resume(dir).checkpoint_every(every)
}

/// What an unbroken run comes to.
fn places(steps: u64) -> Vec<(u64, u64)> {
    let step = |at: u64, _| at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 11;
    (0..WALKERS).map(|walker| ((0..steps).fold(walker, step), steps)).collect()
}

#[track_caller]
fn assert_ended_as_unbroken(campaign: &Campaign<Walk>, steps: u64) {
    let Walk { places: found, taken, started, drawn, .. } = campaign.thinker();
    let drawn = drawn.lock();
    assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), drawn.len(), "no number is drawn twice");
    assert_eq!(*found.lock(), places(steps));
    assert_eq!((taken.load(SeqCst), started.load(SeqCst)), (WALKERS * steps, 1));
}

#[test]
fn a_run_that_has_ended_is_left_as_it_ended() {
    let dir = fresh("checkpoint-ended");
    let mut first = campaign(Walk::new(10), &dir, CheckpointEvery::Results(7));
    let report = first.run().unwrap();
    assert_ended_as_unbroken(&first, 10);
    let before = fs::read(dir.join("results/simulation.jsonl")).unwrap();
    assert!(matches!(report.ending(), Ending::SetBy(_)), "{report}");
    let mut second = campaign(Walk::new(10), &dir, CheckpointEvery::Results(7));
    let report = second.run().unwrap();
    assert_eq!((report.ending(), report.handled_before()), (&Ending::EndedBefore, 80), "{report}");
    assert_ended_as_unbroken(&second, 10);
    assert_eq!(second.thinker().ranked.load(SeqCst), first.thinker().ranked.load(SeqCst));
    assert!(before == fs::read(dir.join("results/simulation.jsonl")).unwrap());
    fs::remove_dir_all(dir).unwrap();
}

/// The child of the tests below.
#[test]
fn in_a_process_that_is_killed_and_goes_on() {
    let Some(dir) = std::env::var_os("COLMENA_GO_ON_IN") else { return };
    let steps = std::env::var("COLMENA_STEPS").unwrap().parse().unwrap();
    let mut campaign =
        campaign(Walk::new(steps), &PathBuf::from(dir), CheckpointEvery::Results(10)).durability(Durability::Every);
    let _ = campaign.run().unwrap();
    assert_ended_as_unbroken(&campaign, steps);
    say("ended", 1);
}

fn child(dir: &Path, steps: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["checkpoints::in_a_process_that_is_killed_and_goes_on", "--exact", "--nocapture"]);
    command.env("COLMENA_GO_ON_IN", dir).env("COLMENA_STEPS", steps.to_string()).stdout(Stdio::piped());
    command
}

fn recorded(dir: &Path) -> BTreeSet<u64> {
    recorded_in(dir, |message| {
        message.argument::<u64>(1, "at").unwrap() << 8 | message.argument::<u64>(0, "walker").unwrap()
    })
}

/// `COLMENA_KILLS=200` kills it more often.
#[test]
fn killed_at_any_moment_it_goes_on_and_comes_to_the_same() {
    let kills: u64 = std::env::var("COLMENA_KILLS").map_or(20, |kills| kills.parse().unwrap());
    let (dir, steps) = (fresh("checkpoint-kills"), 3 * kills);
    let (mut state, mut handled) = (88_172_645_463_325_252_u64, 0);
    for _ in 0..kills {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let settled = recorded(&dir);
        let said = kill_after(&mut child(&dir, steps).spawn().unwrap(), "handled", (state % 40) as usize);
        let again: Vec<_> = said.iter().filter(|(what, x, _)| what == "ran" && settled.contains(x)).collect();
        assert!(again.is_empty(), "ran again: {again:?}");
        handled += said.iter().filter(|(what, ..)| what == "handled").count();
    }
    let settled = recorded(&dir);
    let checkpoint = fs::read_to_string(dir.join("checkpoint.json")).unwrap();
    assert!(settled.len() as u64 > kills && checkpoint.contains("\"handled\": "), "it got on");
    let said = kill_after(&mut child(&dir, steps).spawn().unwrap(), "never", 1);
    assert!(said.iter().any(|(what, ..)| what == "ended"), "it has come to the same: {said:?}");
    assert!(said.iter().all(|(what, x, _)| what != "ran" || !settled.contains(x)));
    let lines = messages(&dir.join("results/simulation.jsonl"));
    let ids: BTreeSet<_> = lines.iter().map(|message| message.task_id.clone()).collect();
    assert_eq!((lines.len() as u64, ids.len() as u64), (WALKERS * steps, WALKERS * steps), "each once");
    println!("{handled} results handled before a kill, of {}", WALKERS * steps);
    fs::remove_dir_all(dir).unwrap();
}

/// The hour never comes: what it goes on from is what was taken before the limit.
#[test]
fn before_the_time_limit_ends_it_a_checkpoint_is_taken() {
    let dir = fresh("checkpoint-limit");
    let mut before = Vec::new();
    for limit in (1..).map(|n| Duration::from_millis(10 * n)) {
        let mut campaign = campaign(Walk::new(1000), &dir, Duration::from_secs(3600)).time_limit(limit);
        let report = campaign.run().unwrap();
        before.push(report.handled_before());
        if report.ending() != &Ending::TimeLimit {
            assert_ended_as_unbroken(&campaign, 1000);
            break;
        }
    }
    assert!(before.is_sorted() && before.last() > Some(&0), "{before:?}");
    fs::remove_dir_all(dir).unwrap();
}

/// Has what JSON does not have: keys that are pairs; and a processor of a method whose tasks stay here.
#[derive(Checkpoint)]
struct Unsaved {
    known: Mutex<std::collections::BTreeMap<(u64, u64), u64>>,
}

/// Cannot leave the process.
#[method(local)]
fn stay(x: u64) -> u64 {
    x
}

#[thinker]
impl Unsaved {
    #[agent]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        agent.submit(stay { x: 1 })?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<stay>) {
        self.known.lock().insert((result.inputs().x, 0), 0);
    }
}

/// The same without the processor.
#[derive(Checkpoint)]
struct Pairs {
    known: Mutex<std::collections::BTreeMap<(u64, u64), u64>>,
}

#[thinker]
impl Pairs {
    #[agent]
    fn note(&self) {
        self.known.lock().insert((1, 2), 3);
    }
}

#[test]
fn what_cannot_be_saved_or_gone_on_from_is_said() {
    let dir = fresh("checkpoint-refused");
    let server = || LocalTaskServer::new().serve::<walk>().serve::<rank>();
    let results = CheckpointEvery::Results(1);
    let nowhere = Campaign::new(Walk::new(1)).slots([(Pool::Sim, 3)]).task_server(server()).checkpoint_every(results);
    let text = |error| one_line(error);
    assert!(text(nowhere.ignore_ctrl_c().run().unwrap_err()).contains("no directory for the checkpoints"));

    let unsaved =
        Campaign::new(Unsaved { known: Mutex::default() }).task_server(LocalTaskServer::new().serve::<stay>());
    let unsaved = unsaved.unallocated_slots(1).ignore_ctrl_c().record_in(dir.join("local")).checkpoint_every(results);
    let local = text({ unsaved }.run().unwrap_err());
    assert!(local.contains("`stay` is local: its tasks cannot be in a checkpoint"), "{local}");

    let pairs = Campaign::new(Pairs { known: Mutex::default() }).task_server(LocalTaskServer::new());
    let pairs = pairs.ignore_ctrl_c().record_in(dir.join("pairs")).checkpoint_every(results);
    let pairs = text({ pairs }.run().unwrap_err());
    assert!(pairs.contains("no checkpoint can be taken: `known`: "), "{pairs}");

    let _ = campaign(Walk::new(3), &dir.join("walk"), results).run().unwrap();
    let other = Campaign::new(Walk::new(3)).slots([(Pool::Sim, 4)]).task_server(server()).ignore_ctrl_c();
    let other = text(other.resume(dir.join("walk")).checkpoint_every(results).run().unwrap_err());
    assert!(other.contains("0 of `unallocated`, 3 of `sim`, 0 of `ml`; here are"), "{other}");
    fs::write(dir.join("walk/checkpoint.json"), "{\"cut\": {").unwrap();
    let cut = text(campaign(Walk::new(3), &dir.join("walk"), results).run().unwrap_err());
    assert!(cut.contains("checkpoint.json` cannot be gone on from"), "{cut}");
    fs::remove_file(dir.join("walk/checkpoint.json")).unwrap();
    let replayed = campaign(Walk::new(3), &dir.join("walk"), results).run().unwrap();
    assert!(
        replayed.handled_before() == 0 && replayed.taken_over() >= 24,
        "without it, the run is replayed: {replayed}"
    );
    fs::remove_dir_all(dir).unwrap();
}
