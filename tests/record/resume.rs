//! Taking up again: what comes back, what runs again, whenever the process was killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use colmena::prelude::*;
use colmena::wire::Message;
use colmena::{Durability, TaskId};

use crate::{fresh, messages, one_line};

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

/// With the milliseconds from the first time on.
pub(crate) fn say(what: &str, x: u64) {
    static START: OnceLock<Instant> = OnceLock::new();
    println!("{what} {x} {}", START.get_or_init(Instant::now).elapsed().as_millis());
}

/// Says when it runs. Takes its time if the environment says so.
#[method(topic = "simulation")]
fn simulate(x: u64, task: &TaskContext) -> Result<u64> {
    say("ran", x);
    if std::env::var_os("COLMENA_INTERVAL").is_some() {
        task.sleep(Duration::from_millis(2))?;
    }
    Ok(x * x)
}

/// Fails for odd numbers, and says so.
#[method]
fn halve(x: u64) -> Result<u64> {
    say("halved", x);
    if x.is_multiple_of(2) { Ok(x / 2) } else { Err(format!("\"{x}\" is\nodd").into()) }
}

/// Cannot leave the process.
#[method(local)]
fn stay(x: u64) -> u64 {
    say("stayed", x);
    x
}

/// In the first run it does not end.
#[method]
fn hang(x: u64, task: &TaskContext) -> Result<u64> {
    say("hangs", x);
    if std::env::var_os("COLMENA_HANG").is_some() {
        task.sleep(Duration::from_secs(600))?;
    }
    Ok(x)
}

/// Squares of the first `n` numbers, and what else there is to be sent.
struct Search {
    n: u64,
    hangs: bool,
    known: Mutex<BTreeMap<u64, (u64, TaskId, u32)>>,
    halves: Mutex<Vec<std::result::Result<u64, String>>>,
    hung: Mutex<Option<(TaskId, u32)>>,
}

impl Search {
    fn new(n: u64) -> Self {
        let (known, halves, hung) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { n, hangs: false, known, halves, hung }
    }
}

#[thinker(pools = Pool)]
impl Search {
    #[agent(startup)]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        let mut group = agent.group();
        if self.hangs {
            group.push(hang { x: 1 })?;
        }
        for x in 0..self.n {
            let slots = agent.rec().acquire(Pool::Sim, 1)?;
            agent.submit(simulate { x }.holding(slots))?;
        }
        // In another order than the ids of a record that is taken over.
        let first = if self.n.is_multiple_of(2) { [5, 4, 3] } else { [3, 4, 5] };
        for result in agent.gather(first.map(|x| halve { x }))?.all()? {
            self.halves.lock().push(result.into_value().map_err(|failure| failure.message().to_owned()));
        }
        assert_eq!(agent.call(stay { x: 7 })?.into_value()?, 7);
        for result in group {
            let result = result?;
            *self.hung.lock() = Some((result.id(), result.attempts()));
        }
        agent.queues().wait_until_done()?;
        let _all = agent.rec().acquire(Pool::Sim, 2)?;
        agent.done().set();
        Ok(())
    }

    #[result_processor(topic = "simulation")]
    fn store(&self, result: TaskResult<simulate>) -> Result<()> {
        let x = result.inputs().x;
        let before = self.known.lock().insert(x, (*result.value()?, result.id(), result.attempts()));
        assert_eq!(before, None, "{x} came twice");
        say("handled", x);
        Ok(())
    }
}

fn campaign(thinker: Search, dir: &Path) -> Campaign<Search> {
    let server = LocalTaskServer::new().serve::<simulate>().serve::<halve>().serve::<stay>().serve::<hang>();
    Campaign::new(thinker).slots([(Pool::Sim, 2)]).task_server(server).ignore_ctrl_c().resume(dir)
}

fn run(n: u64, dir: &Path) -> (Campaign<Search>, Report) {
    let mut campaign = campaign(Search::new(n), dir);
    let report = campaign.run().unwrap();
    (campaign, report)
}

#[test]
fn what_has_settled_comes_back_and_does_not_run() {
    let dir = fresh("resume");
    let (first, report) = run(20, &dir);
    assert_eq!((report.taken_over(), report.sent_again()), (0, 0));
    let (second, report) = run(20, &dir);
    assert_eq!((report.taken_over(), report.sent_again(), report.unclaimed().count()), (23, 0, 0));
    assert_eq!(*first.thinker().known.lock(), *second.thinker().known.lock());
    assert_eq!(*first.thinker().halves.lock(), *second.thinker().halves.lock());
    assert_eq!(messages(&dir.join("results/simulation.jsonl")).len(), 20, "they are not recorded twice");
    let (third, report) = run(25, &dir);
    assert_eq!((report.taken_over(), third.thinker().known.lock().len()), (23, 25));
    let ids: BTreeSet<TaskId> = third.thinker().known.lock().values().map(|known| known.1).collect();
    assert_eq!(ids.len(), 25, "no id is used twice");
    let text = |x: u64| Err(format!("\"{x}\" is\nodd"));
    assert_eq!(*third.thinker().halves.lock(), [text(3), Ok(2), text(5)], "in the order sent");
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_nobody_claims_is_reported() {
    let dir = fresh("unclaimed");
    let _ = run(20, &dir);
    let (_, report) = run(12, &dir);
    assert_eq!(report.unclaimed().collect::<Vec<_>>(), [("simulate", 8)]);
    assert!(report.to_string().contains("not claimed: 8 of the record's tasks of `simulate`"), "{report}");
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_file_that_is_cut_short_is_read_up_to_there() {
    let dir = fresh("cut");
    let _ = run(20, &dir);
    let path = dir.join("results/simulation.jsonl");
    for cut in [1, 30, 200] {
        let whole = fs::metadata(&path).unwrap().len();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(whole - cut).unwrap();
        OpenOptions::new().append(true).open(dir.join("agents.jsonl")).unwrap().write_all(b"{\"at\": 1").unwrap();
        let (campaign, report) = run(20, &dir);
        assert_eq!((report.taken_over(), campaign.thinker().known.lock().len()), (22, 20), "{cut}");
        assert_eq!(messages(&path).len(), 20);
    }
    let _ = crate::json(&dir.join("agents.jsonl"));
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"rubbish\n").unwrap();
    let text = one_line(campaign(Search::new(1), &dir).run().unwrap_err());
    assert!(text.contains("line 21 of"), "{text}");
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn another_thinker_does_not_take_it_up() {
    let dir = fresh("other");
    let _ = crate::campaign(1, &dir).run().unwrap();
    let text = one_line(campaign(Search::new(1), &dir).run().unwrap_err());
    assert!(text.contains("has the record of a run of `Squares`"), "{text}");
    fs::remove_dir_all(dir).unwrap();
}

/// The child of the tests below.
#[test]
fn in_a_process_that_is_killed_and_resumed() {
    let Some(dir) = std::env::var_os("COLMENA_RESUME_IN") else { return };
    let n = std::env::var("COLMENA_TASKS").unwrap().parse().unwrap();
    let thinker = Search { hangs: std::env::var_os("COLMENA_HANG").is_some(), ..Search::new(n) };
    let interval = std::env::var("COLMENA_INTERVAL").map(|ms| Duration::from_millis(ms.parse().unwrap()));
    let durability = interval.map_or(Durability::Every, Durability::Interval);
    let _ = campaign(thinker, &PathBuf::from(dir)).durability(durability).run().unwrap();
}

fn child(dir: &Path, n: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["resume::in_a_process_that_is_killed_and_resumed", "--exact", "--nocapture"]);
    command.env("COLMENA_RESUME_IN", dir).env("COLMENA_TASKS", n.to_string()).stdout(Stdio::piped());
    command
}

/// Kills it when it has said `what` so often; what it has said, then or until its end, and when.
pub(crate) fn kill_after(child: &mut Child, what: &str, most: usize) -> Vec<(String, u64, u64)> {
    let mut said = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let (word, numbers) = line.split_once(' ').unwrap_or_default();
        let numbers = numbers.split_once(' ').and_then(|(x, at)| Some((x.parse().ok()?, at.parse().ok()?)));
        said.extend(numbers.map(|(x, at)| (word.to_owned(), x, at)));
        if said.iter().filter(|(word, ..)| word == what).count() >= most {
            child.kill().unwrap();
        }
    }
    let _ = child.wait().unwrap();
    said
}

/// Of the whole lines.
pub(crate) fn recorded_in(dir: &Path, of: impl Fn(Message) -> u64) -> BTreeSet<u64> {
    let text = fs::read_to_string(dir.join("results/simulation.jsonl")).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| of(Message::read_plain(line.as_bytes()).unwrap())).collect()
}

fn recorded(dir: &Path) -> BTreeSet<u64> {
    recorded_in(dir, |message| message.argument(0, "x").unwrap())
}

/// `COLMENA_KILLS=200` kills it more often.
#[test]
fn killed_at_any_moment_it_loses_nothing_and_repeats_nothing_that_had_settled() {
    let kills: u64 = std::env::var("COLMENA_KILLS").map_or(20, |kills| kills.parse().unwrap());
    let (dir, n) = (fresh("kills"), 10 * kills);
    let mut state = 88_172_645_463_325_252_u64;
    for _ in 0..kills {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let settled = recorded(&dir);
        let said = kill_after(&mut child(&dir, n).spawn().unwrap(), "ran", (state % 13) as usize);
        let again: Vec<_> = said.iter().filter(|(what, x, _)| what == "ran" && settled.contains(x)).collect();
        assert!(again.is_empty(), "ran again: {again:?}");
        let handled = said.iter().filter(|(what, ..)| what == "handled").map(|(_, x, _)| *x);
        assert!(handled.collect::<BTreeSet<_>>().is_subset(&recorded(&dir)), "what was seen is recorded");
    }
    let settled = recorded(&dir);
    assert!(settled.len() as u64 > kills, "it got on");
    let said = kill_after(&mut child(&dir, n).spawn().unwrap(), "never", 1);
    let ran = said.iter().filter(|(what, ..)| what == "ran").map(|(_, x, _)| *x).collect::<BTreeSet<_>>();
    let handled = said.iter().filter(|(what, ..)| what == "handled").count() as u64;
    assert!(ran.is_disjoint(&settled) && (ran.len() + settled.len()) as u64 == n && handled == n);
    let lines = messages(&dir.join("results/simulation.jsonl"));
    let ids: BTreeSet<_> = lines.iter().map(|message| message.task_id.clone()).collect();
    assert_eq!((lines.len() as u64, ids.len() as u64), (n, n), "each once");
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_was_under_way_is_sent_again_under_its_old_id() {
    let dir = fresh("under-way");
    let mut first = child(&dir, 3).env("COLMENA_HANG", "1").spawn().unwrap();
    let said = kill_after(&mut first, "handled", 3);
    assert!(said.iter().any(|(what, ..)| what == "hangs"), "{said:?}");
    let mut second = campaign(Search { hangs: true, ..Search::new(3) }, &dir);
    let report = second.run().unwrap();
    let (id, attempts) = second.thinker().hung.lock().unwrap();
    assert_eq!((id.get(), attempts, report.sent_again() >= 1), (1, 2, true), "{report}");
    fs::remove_dir_all(dir).unwrap();
}

/// What came within the interval may be lost, and what was being written: 300 ms are more than enough for that.
#[test]
fn a_killed_process_loses_no_more_than_came_within_the_interval() {
    let dir = fresh("interval");
    let mut child = child(&dir, 10_000).env("COLMENA_INTERVAL", "50").spawn().unwrap();
    let said = kill_after(&mut child, "handled", 600);
    let (killed, recorded) = (said.iter().map(|(.., at)| *at).max().unwrap(), recorded(&dir));
    let old: Vec<_> = said.iter().filter(|(what, _, at)| what == "handled" && at + 350 < killed).collect();
    let lost: Vec<_> = old.iter().filter(|(_, x, _)| !recorded.contains(x)).collect();
    assert!(!old.is_empty() && lost.is_empty(), "lost: {lost:?} of {}", old.len());
    fs::remove_dir_all(dir).unwrap();
}
