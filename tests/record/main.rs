//! A run's directory: what is in it, and what happens when it cannot be written.

mod checkpoints;
mod full;
mod log;
mod python;
mod rehearsed;
mod resume;

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use colmena::prelude::*;
use colmena::wire::Message;
use colmena::{CampaignError, Durability, Problem};
use serde_json::Value;

/// The least work.
#[method(topic = "squares")]
fn square(x: u64) -> u64 {
    x * x
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

/// Fails.
#[method(topic = "odd {things}")]
fn odd(x: u64) -> Result<f64> {
    Err(format!("{x} is odd").into())
}

/// Cannot leave the process.
#[method(local)]
fn stay(x: u64) -> u64 {
    x
}

/// A number that JSON does not know.
#[method]
fn no_number() -> f64 {
    f64::NAN
}

const STEP: Info<u32> = Info::new("step");
const LARGE: Info<bool> = Info::new("large");

struct Squares {
    n: u64,
    /// Called when a result is handled.
    seen: fn(u64),
    /// Set when the other agent has done its part: before, the campaign is not to end.
    others_are_through: Event,
}

impl Squares {
    fn new(n: u64, seen: fn(u64)) -> Self {
        Self { n, seen, others_are_through: Event::new() }
    }
}

#[thinker(pools = Pool)]
impl Squares {
    #[agent(startup)]
    fn others(&self, agent: &Agent<Self>) -> Result<()> {
        let _ = agent.call(odd { x: 3 })?;
        let _ = agent.call(stay { x: 4 })?;
        let _ = agent.call(no_number {})?;
        agent.rec().reallocate(Pool::Sim, Pool::Ml, 1)?;
        tracing::info!(step = 3, name = "a", "moved {} slot", 1);
        tracing::debug!("not kept");
        self.others_are_through.set();
        Ok(())
    }

    #[agent(startup)]
    fn send(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 1..=self.n {
            agent.submit(square { x }.info(STEP, 7))?;
        }
        agent.queues().wait_until_done()?;
        self.others_are_through.wait()?;
        agent.done().set();
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn handle(&self, result: TaskResult<square>) {
        result.note(LARGE, result.inputs().x > 3);
        (self.seen)(result.inputs().x);
    }
}

fn server() -> LocalTaskServer {
    LocalTaskServer::new().serve::<square>().serve::<odd>().serve::<stay>().serve::<no_number>()
}

fn campaign(n: u64, dir: &Path) -> Campaign<Squares> {
    let campaign = Campaign::new(Squares::new(n, |_| {})).slots([(Pool::Sim, 2)]).task_server(server());
    campaign.ignore_ctrl_c().record_in(dir).parameters(&[("n", n)])
}

/// A directory that is not there yet.
fn fresh(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("record").join(format!("{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    dir
}

/// Its text without line breaks, whose places depend on the length of the directory's path.
fn one_line(error: impl ToString) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.ends_with('\n'), "{} is cut", path.display());
    text.lines().map(str::to_owned).collect()
}

fn messages(path: &Path) -> Vec<Message> {
    lines(path).iter().map(|line| Message::read_plain(line.as_bytes()).unwrap()).collect()
}

fn json(path: &Path) -> Vec<Value> {
    lines(path).iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn path_of_failure(outcome: std::result::Result<Report, CampaignError>) -> PathBuf {
    match outcome.expect_err("it cannot be recorded").problems() {
        [Problem::Record { path, .. }] => path.clone(),
        others => panic!("{others:?}"),
    }
}

#[test]
fn each_settled_task_is_a_line_in_the_originals_form() {
    let dir = fresh("lines");
    let _ = campaign(20, &dir).run().unwrap();
    let squares = messages(&dir.join("results/squares.jsonl"));
    assert_eq!(squares.len(), 20);
    for message in &squares {
        let x: u64 = message.argument(0, "x").unwrap();
        assert_eq!(message.value::<u64>().unwrap(), x * x);
        assert_eq!(
            (message.success, message.complete, &*message.task_info),
            (Some(true), Some(true), r#"{"step": 7}"#)
        );
        assert!(message.worker_info.as_ref().is_some_and(|info| info.contains("hostname")));
        let (inputs, value) = (x.to_string().len() + 49, (x * x).to_string().len() + 49);
        assert_eq!(message.message_sizes, format!("{{\"inputs\": {inputs}, \"value\": {value}}}"));
        let (created, ended) = (message.timestamp.created.unwrap(), message.timestamp.compute_ended.unwrap());
        assert!(created <= ended && message.time.running.unwrap() >= 0.0);
    }
    let odd = &messages(&dir.join("results/odd%20%7Bthings%7D.jsonl"))[0];
    assert_eq!(odd.failure.as_ref().unwrap().exception, r#"Error("3 is odd")"#);
    let local = &messages(&dir.join("results/stay.jsonl"))[0];
    assert_eq!((local.args.len(), &local.value, local.keep_inputs), (0, &None, false));
    assert!(messages(&dir.join("results/no_number.jsonl"))[0].value::<f64>().unwrap().is_nan());
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_was_started_allocated_and_called_is_there() {
    let dir = fresh("others");
    let _ = campaign(5, &dir).seed(9).run().unwrap();
    let run = &json(&dir.join("run.json"))[0];
    assert_eq!((&run["thinker"], &run["seed"], &run["parameters"][0][1]), (&"Squares".into(), &9.into(), &5.into()));
    let allocation = json(&dir.join("allocation.jsonl"));
    let slots: Vec<_> = allocation.iter().map(|line| (&line["allocated"]["sim"], &line["allocated"]["ml"])).collect();
    assert_eq!(slots, [(&2.into(), &0.into()), (&1.into(), &1.into())]);
    let agents = json(&dir.join("agents.jsonl"));
    let of = |what: &str| agents.iter().filter(|line| line["what"] == what).count();
    assert_eq!((of("start"), of("end"), of("call")), (3, 3, 2 + 5));
    let log = json(&dir.join("log.jsonl"));
    let said = log.iter().find(|line| line["message"] == "moved 1 slot").unwrap();
    assert_eq!((&said["agent"], &said["level"], &said["target"]), (&"others".into(), &"INFO".into(), &"record".into()));
    assert_eq!(said["fields"], serde_json::json!({"step": 3, "name": "a"}));
    assert!(log.iter().all(|line| line["message"] != "not kept"));
    let notes = json(&dir.join("notes.jsonl"));
    let large = notes.iter().filter(|line| line["task_info"] == serde_json::json!({"step": 7, "large": true}));
    assert_eq!((notes.len(), large.count()), (5, 2));
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_directory_is_for_one_run() {
    let dir = fresh("lock");
    fs::create_dir_all(&dir).unwrap();
    let lock = fs::File::create(dir.join("lock")).unwrap();
    lock.lock().unwrap();
    let text = one_line(campaign(1, &dir).run().unwrap_err());
    assert!(text.contains("another campaign records in"), "{text}");
    drop(lock);
    let _ = campaign(1, &dir).run().unwrap();
    let text = one_line(campaign(1, &dir).run().unwrap_err());
    assert!(text.contains("has the record"), "{text}");
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn a_full_disk_ends_the_campaign_in_order() {
    for durability in [Durability::default(), Durability::Every] {
        let dir = fresh("full");
        fs::create_dir_all(dir.join("results")).unwrap();
        symlink("/dev/full", dir.join("results/squares.jsonl")).unwrap();
        let outcome = campaign(2000, &dir).durability(durability).run();
        assert_eq!(path_of_failure(outcome), dir.join("results/squares.jsonl"));
        fs::remove_dir_all(dir).unwrap();
    }
}

#[test]
fn a_directory_that_vanishes_ends_the_campaign_in_order() {
    static DIR: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let dir = DIR.get_or_init(|| fresh("vanished"));
    let mut campaign = campaign(100, dir);
    let thinker = Squares::new(100, |x| _ = (x == 50).then(|| fs::remove_dir_all(DIR.get().unwrap())));
    let _ = std::mem::replace(&mut campaign, Campaign::new(thinker).slots([(Pool::Sim, 2)]).task_server(server()));
    let outcome = campaign.ignore_ctrl_c().record_in(dir).run();
    assert!(path_of_failure(outcome).starts_with(dir));
}

/// The child of the next test: says what it has handled.
#[test]
fn in_a_process_that_is_killed() {
    let Some(dir) = std::env::var_os("COLMENA_RECORD_IN") else { return };
    let thinker = Squares::new(1_000_000, |x| println!("handled {x}"));
    let campaign = Campaign::new(thinker).slots([(Pool::Sim, 2)]).task_server(server());
    let _ = campaign.record_in(PathBuf::from(dir)).durability(Durability::Every).run();
}

#[test]
fn a_killed_process_loses_no_result_that_was_seen() {
    for most in [1, 20, 300] {
        let dir = fresh(&format!("killed-{most}"));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["in_a_process_that_is_killed", "--exact", "--nocapture"])
            .env("COLMENA_RECORD_IN", &dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut handled = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            handled.extend(line.unwrap().strip_prefix("handled ").map(|x| x.parse::<u64>().unwrap()));
            if handled.len() == most {
                child.kill().unwrap();
            }
        }
        let _ = child.wait().unwrap();
        let text = fs::read_to_string(dir.join("results/squares.jsonl")).unwrap();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let read = |line: &str| Message::read_plain(line.as_bytes()).unwrap().argument::<u64>(0, "x").unwrap();
        let recorded: std::collections::BTreeSet<_> = whole.lines().map(read).collect();
        assert!(handled.len() >= most && handled.iter().all(|x| recorded.contains(x)), "{most}");
        fs::remove_dir_all(dir).unwrap();
    }
}

/// The length of a model, times `x`.
#[method]
fn weigh(model: &Shared<Vec<u8>>, x: u64) -> u64 {
    model.len() as u64 * x
}

struct Weighing(Shared<Vec<u8>>);

#[thinker]
impl Weighing {
    #[agent]
    fn ask(&self, agent: &Agent<Self>) -> Result<()> {
        let _ = agent.gather((0..50).map(|x| weigh { model: self.0.clone(), x }))?.all()?;
        Ok(())
    }
}

#[test]
fn a_shared_input_is_recorded_as_a_hash_and_a_size() {
    let dir = fresh("shared");
    let weighing = || {
        let campaign = Campaign::new(Weighing(Shared::new(vec![7; 100_000]))).unallocated_slots(2);
        campaign.task_server(LocalTaskServer::new().serve::<weigh>()).ignore_ctrl_c().resume(&dir).run().unwrap()
    };
    let _ = weighing();
    let recorded = messages(&dir.join("results/weigh.jsonl"));
    let models: Vec<Value> = recorded.iter().map(|message| message.argument(0, "model").unwrap()).collect();
    assert!(models.len() == 50 && models.iter().all(|model| *model == models[0]));
    assert_eq!((models[0]["bytes"].as_u64(), models[0]["shared"].as_str().unwrap().len()), (Some(300_000), 32));
    assert_eq!(weighing().taken_over(), 50, "an equal one is made in the next run");
    fs::remove_dir_all(dir).unwrap();
}
