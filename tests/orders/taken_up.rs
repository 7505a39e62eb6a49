//! Runs that are killed and taken up again, in any order of events: what is in a checkpoint belongs to one moment, and what
//! the record has is taken over once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use colmena::Durability;
use colmena::prelude::*;

use crate::world::{Pool, Ways, drawn, in_orders};

/// The least work.
#[method(topic = "numbers")]
fn add(n: u64, of: u64) -> u64 {
    n + of
}

/// Passes numbers from one queue to another: each is waiting, or in a task, or checked, or stored.
#[derive(Checkpoint)]
struct Passing {
    waiting: WorkQueue<u64>,
    checked: WorkQueue<u64>,
    check: Event,
    stored: Mutex<Vec<u64>>,
    passed: AtomicU64,
    #[checkpoint(skip)]
    killed: Option<Killed>,
}

/// The process is killed when so many results have been handled: what is on the disk then is copied, while nobody else runs.
struct Killed {
    after: u64,
    from: PathBuf,
    to: PathBuf,
}

const NUMBERS: u64 = 6;

impl Killed {
    fn copy(&self) {
        fs::create_dir_all(self.to.join("results")).unwrap();
        for folder in ["", "results"] {
            let (from, to) = (self.from.join(folder), self.to.join(folder));
            for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
                let name = entry.file_name();
                if entry.path().is_file() && name != "lock" {
                    fs::copy(entry.path(), to.join(name)).unwrap();
                }
            }
        }
    }
}

impl Passing {
    fn new(killed: Option<Killed>) -> Self {
        let (waiting, checked) = ((0..NUMBERS).collect(), WorkQueue::new());
        Self { waiting, checked, check: Event::new(), stored: Mutex::default(), passed: AtomicU64::new(0), killed }
    }
}

#[thinker(pools = Pool)]
impl Passing {
    #[task_submitter(task_type = Sim, queue = waiting)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, n: u64) -> Result<()> {
        agent.submit(add { n, of: 100 }.holding(slots))?;
        Ok(())
    }

    /// Between its steps the number is nowhere: no checkpoint is to see that.
    #[result_processor(topic = "numbers")]
    fn pass_on(&self, result: TaskResult<add>, slots: Slots<Pool>) -> Result<()> {
        drop(slots);
        let passed = self.passed.fetch_add(1, SeqCst) + 1;
        if let Some(killed) = self.killed.as_ref().filter(|killed| killed.after == passed) {
            killed.copy();
        }
        self.checked.push(*result.value()?)?;
        self.check.set_again();
        Ok(())
    }

    #[event_responder(event = check, reallocate_resources,
                      gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 1)]
    fn store(&self, agent: &Agent<Self>) -> Result<()> {
        while let Some(n) = self.checked.try_pop() {
            let n = agent.call(add { n, of: 1000 })?.into_value()?;
            self.stored.lock().push(n);
        }
        if self.stored.lock().len() as u64 == NUMBERS {
            agent.done().set();
        }
        Ok(())
    }
}

fn campaign(killed: Option<Killed>, dir: &Path, durability: Durability) -> Campaign<Passing> {
    let server = LocalTaskServer::new().serve::<add>().workers(2);
    let campaign = Campaign::new(Passing::new(killed)).slots([(Pool::Sim, 2)]).task_server(server);
    campaign.ignore_ctrl_c().resume(dir).durability(durability)
}

fn with_checkpoints(campaign: Campaign<Passing>) -> Campaign<Passing> {
    campaign.checkpoint_every(CheckpointEvery::Results(1))
}

/// In memory where that can be: an order takes a few hundred writes.
fn fresh(name: &str, seed: u64) -> PathBuf {
    let shared = Path::new("/dev/shm");
    let top = if shared.is_dir() { shared } else { Path::new(env!("CARGO_TARGET_TMPDIR")) };
    let dir = top.join(format!("colmena-{name}-{}-{seed}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    dir
}

fn assert_all_stored(campaign: &Campaign<Passing>, report: &Report) {
    let Passing { waiting, checked, stored, .. } = campaign.thinker();
    let mut stored = stored.lock().clone();
    stored.sort_unstable();
    assert_eq!(stored, (1100..1100 + NUMBERS).collect::<Vec<_>>(), "each number is stored once");
    assert_eq!((waiting.len(), checked.len()), (0, 0));
    assert_eq!(report.pools().iter().map(|pool| pool.slots).sum::<usize>(), 2, "no slot is lost");
}

/// Runs it until it is killed, and takes it up again from what is on the disk then; the report of that run.
fn killed_and_taken_up(what: &str, seed: u64, prepared: fn(Campaign<Passing>) -> Campaign<Passing>) -> Report {
    let (first, second) = (fresh(&format!("{what}-1"), seed), fresh(&format!("{what}-2"), seed));
    let killed = Killed { after: 1 + drawn(seed, NUMBERS), from: first.clone(), to: second.clone() };
    let durability = if drawn(seed, 2) == 0 { Durability::Every } else { Durability::default() };
    let mut unbroken = prepared(campaign(Some(killed), &first, durability));
    let report = unbroken.run().unwrap_or_else(|error| panic!("{error}"));
    assert_all_stored(&unbroken, &report);
    let mut broken = prepared(campaign(None, &second, Durability::Every));
    let report = broken.run().unwrap_or_else(|error| panic!("{error}"));
    assert_all_stored(&broken, &report);
    let lines = fs::read_to_string(second.join("results/numbers.jsonl")).unwrap();
    assert_eq!(lines.lines().count() as u64, 2 * NUMBERS, "what had settled does not run again");
    [first, second].iter().for_each(|dir| fs::remove_dir_all(dir).unwrap());
    report
}

/// ```text
/// submitter            processor               responder              checkpoints         writer
///   takes slots, item
///                        takes a result          calls, moves a slot
///                        stores half of it                              waits for a cut
///   submits              .. the other half       gives the slot back
///                                                                       takes it            writes it
///                        kill -9: goes on from what is on the disk, in another order
/// ```
#[test]
fn a_run_goes_on_from_the_checkpoint_on_the_disk_and_loses_nothing() {
    let went_on = Ways::default();
    let ways = went_on.clone();
    in_orders(move |seed| ways.note(killed_and_taken_up("checkpoint", seed, with_checkpoints).handled_before() > 0));
    went_on.assert_both();
}

/// ```text
/// submitter            processor               responder              writer
///   submits 1, 2
///                        stores 2                calls                  writes 2, not yet 1
///                        kill -9: replayed from the start, in another order
///   submits 2, 1: the first comes back at once, the second runs
/// ```
#[test]
fn a_replayed_run_claims_each_record_once_and_loses_nothing() {
    let replayed = Ways::default();
    let ways = replayed.clone();
    in_orders(move |seed| {
        let report = killed_and_taken_up("replay", seed, |campaign| campaign);
        assert_eq!(report.unclaimed().count(), 0, "all of it is asked for again");
        ways.note(report.taken_over() > 0);
    });
    replayed.assert_both();
}
