//! Full disks: small file systems, on each of which one file of a record is, and all others elsewhere.
//!
//! The campaign ends in order and names the file; what is there are whole lines; and once there is room, the run is taken up
//! again and comes to its end.

use std::time::Duration;

use super::*;

/// Mounts a small file system where nobody else sees it, and goes on there. Status 77: it may not.
const ON_A_SMALL_DISK: &str = r#"mount -t tmpfs -o size=32k none "$1" || exit 77; shift; exec "$@""#;
const ON: &str = "COLMENA_RECORD_ON_A_SMALL_DISK";

/// Takes long enough to be seen while it runs.
#[method]
fn wait(x: u64, task: &TaskContext) -> Result<u64> {
    task.sleep(Duration::from_millis(3))?;
    Ok(x)
}

/// Everything that is recorded, again and again, until there is no more room for it.
#[derive(Checkpoint)]
struct Filling {
    #[checkpoint(skip)]
    rounds: u64,
    kept: Mutex<Vec<String>>,
}

#[thinker(pools = Pool)]
impl Filling {
    #[agent(startup)]
    fn fill(&self, agent: &Agent<Self>) -> Result<()> {
        for x in 0..self.rounds {
            agent.submit(wait { x })?;
            agent.queues().wait_until_done()?;
            agent.rec().reallocate(Pool::Sim, Pool::Ml, 1)?;
            agent.rec().reallocate(Pool::Ml, Pool::Sim, 1)?;
            tracing::info!(x, "a round is over, which is said in some {} words", 10);
            agent.safe_point(|| ());
        }
        agent.done().set();
        Ok(())
    }

    #[result_processor]
    fn note(&self, result: TaskResult<wait>) {
        result.note(STEP, 3);
        self.kept.lock().push("x".repeat(500));
    }
}

/// The files, and how many rounds are too much for them.
const FILES: [(&str, u64); 7] = [
    ("results/wait.jsonl", 2000),
    ("started.jsonl", 4000),
    ("notes.jsonl", 2000),
    ("allocation.jsonl", 2000),
    ("agents.jsonl", 4000),
    ("log.jsonl", 2000),
    ("checkpoint.json", 2000),
];

fn filling(rounds: u64, dir: &Path) -> Campaign<Filling> {
    let thinker = Filling { rounds, kept: Mutex::default() };
    let server = LocalTaskServer::new().serve::<wait>().workers(2);
    let campaign = Campaign::new(thinker).slots([(Pool::Sim, 2)]).task_server(server).ignore_ctrl_c();
    campaign.resume(dir).durability(Durability::Interval(Duration::from_millis(1)))
}

/// A directory on the small disk, in which one file is, and links to all others.
fn with_one_file(small: &Path, roomy: &Path, file: &str) -> PathBuf {
    let (dir, others) = (small.join("run"), roomy.join(file.replace('/', "-")));
    fs::create_dir_all(dir.join("results")).unwrap();
    fs::create_dir_all(others.join("results")).unwrap();
    for (other, _) in FILES.iter().filter(|(other, _)| *other != file && *other != "checkpoint.json") {
        fs::File::create(others.join(other)).unwrap();
        symlink(others.join(other), dir.join(other)).unwrap();
    }
    dir
}

fn all_lines_are_whole(dir: &Path) {
    for (file, _) in FILES {
        let text = fs::read_to_string(dir.join(file)).unwrap_or_default();
        assert!(text.is_empty() || text.ends_with('\n'), "{file} is cut");
        assert!(
            file.ends_with(".json") || text.lines().all(|line| line.starts_with('{') && line.ends_with('}')),
            "{file} has a line that is none"
        );
    }
}

fn resize(small: &Path, size: &str) {
    let size = format!("remount,size={size}");
    assert!(Command::new("mount").args(["-o", &size]).arg(small).status().unwrap().success());
}

fn fill(small: &Path, file: &str, rounds: u64) {
    // Short, so that links to it take no room.
    let roomy = std::env::temp_dir().join(format!("colmena-full-{}", std::process::id()));
    let dir = with_one_file(small, &roomy, file);
    let with_checkpoints = file == "checkpoint.json";
    let prepared = |rounds| match with_checkpoints {
        true => filling(rounds, &dir).checkpoint_every(CheckpointEvery::Results(1)),
        false => filling(rounds, &dir),
    };
    let outcome = prepared(rounds).run();
    let text = one_line(outcome.as_ref().expect_err("the disk is full"));
    assert_eq!(path_of_failure(outcome), dir.join(file), "{text}");
    assert!(text.contains("No space left on device") && text.contains("help: make room there"), "{text}");
    all_lines_are_whole(&dir);
    assert!(!dir.join("checkpoint.json.new").exists(), "half of a checkpoint takes no room");
    resize(small, "64m");
    let report = prepared(20).run().unwrap();
    let taken_over = report.taken_over() + report.handled_before();
    assert!(taken_over >= 10 || with_checkpoints, "{file}: what was recorded is taken over: {report}");
    all_lines_are_whole(&dir);
    [dir, roomy].iter().for_each(|dir| fs::remove_dir_all(dir).unwrap());
    resize(small, "32k");
}

/// Nothing can be started where `run.json` has no room.
fn fill_before_the_start(small: &Path) {
    let dir = small.join("run");
    fs::create_dir_all(dir.join("results")).unwrap();
    fs::write(dir.join("lock"), "").unwrap();
    let _ = fs::write(small.join("ballast"), vec![0; 1 << 20]);
    let text = one_line(filling(1, &dir).run().unwrap_err());
    assert!(text.contains("run.json` cannot be written: No space left"), "{text}");
    assert!(!dir.join("run.json").exists() && !dir.join("run.json.new").exists());
    fs::remove_file(small.join("ballast")).unwrap();
    let _ = filling(1, &dir).run().unwrap();
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn on_a_full_disk_each_file_is_whole_and_the_run_can_be_taken_up_again() {
    if let Some(small) = std::env::var_os(ON).map(PathBuf::from) {
        fill_before_the_start(&small);
        return FILES.into_iter().for_each(|(file, rounds)| fill(&small, file, rounds));
    }
    let small = fresh("small-disk");
    fs::create_dir_all(&small).unwrap();
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, "sh"]).arg(&small);
    unshare.arg(std::env::current_exe().unwrap()).env(ON, &small);
    let this = "full::on_a_full_disk_each_file_is_whole_and_the_run_can_be_taken_up_again";
    let status = unshare.args(["--exact", this, "--nocapture"]).status();
    match status.as_ref().map(|status| status.code()) {
        Ok(Some(77)) | Err(_) => eprintln!("not tested: no file system may be mounted here ({status:?})"),
        _ => assert!(status.is_ok_and(|status| status.success())),
    }
    fs::remove_dir_all(small).unwrap();
}
