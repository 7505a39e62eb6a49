//! `colmena report` on a run that was killed: what its agents were at is known until then.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use colmena::Durability;

use super::*;

/// One agent gets on, another waits all the time, in one call.
struct Waiting {
    never: Event,
}

#[thinker]
impl Waiting {
    #[agent]
    fn get_on(&self, agent: &Agent<Self>) -> Result<()> {
        for n in 0.. {
            let _ = agent.call(rank { n })?;
            println!("\ngot on");
            agent.sleep(Duration::from_millis(10))?;
        }
        Ok(())
    }

    #[agent]
    fn wait(&self) -> Result<()> {
        Ok(self.never.wait()?)
    }
}

/// Not a test by itself: what is killed.
#[test]
fn in_a_process_that_is_killed() {
    let Some(dir) = std::env::var_os("COLMENA_KILLED_IN") else { return };
    let server = LocalTaskServer::new().serve::<rank>();
    let campaign = Campaign::new(Waiting { never: Event::new() }).unallocated_slots(1).task_server(server);
    let _ = campaign.resume(PathBuf::from(dir)).durability(Durability::Interval(Duration::from_millis(20))).run();
}

fn run_and_kill(dir: &Path) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["killed::in_a_process_that_is_killed", "--exact", "--nocapture"])
        .env("COLMENA_KILLED_IN", dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| line.unwrap());
    assert_eq!(lines.filter(|line| line == "got on").take(50).count(), 50);
    child.kill().unwrap();
    let _ = child.wait().unwrap();
}

/// The agent of this name, how long it waited for what it waited for longest, and how long it was in calls.
fn agent(figures: &Value, name: &str) -> (String, f64, f64) {
    let agents = figures["agents"].as_array().unwrap();
    let agent = agents.iter().find(|agent| agent["agent"] == name).unwrap();
    assert_eq!(agent["end"], Value::Null, "it was killed");
    let [what, seconds] = [0, 1].map(|place| &agent["waited"][0][place]);
    (what.as_str().unwrap().to_owned(), seconds.as_f64().unwrap(), agent["seconds"].as_f64().unwrap())
}

#[test]
fn what_agents_were_at_when_they_were_killed_is_known() {
    let dir = fresh("killed");
    run_and_kill(&dir);
    let figures = json(&dir);
    let all = figures["seconds"].as_f64().unwrap();
    let (what, waited, called) = agent(&figures, "wait");
    assert!(what == "waits for an event" && 0.25 < waited && waited <= called && called <= all, "{figures:#}");
    let (what, slept, called) = agent(&figures, "get_on");
    assert!(what == "sleeps" && 0.25 < slept && slept <= called && called <= all, "{figures:#}");
    let text = printed(&dir, &["--print-only"]);
    assert!(text.contains("  for an event\n") && text.contains("  asleep\n"), "{text}");
    // Those of both processes add up.
    run_and_kill(&dir);
    let figures = json(&dir);
    let (_, again, _) = agent(&figures, "wait");
    assert!(waited + 0.25 < again, "{waited} s, and then {again} s");
    fs::remove_dir_all(dir).unwrap();
}
