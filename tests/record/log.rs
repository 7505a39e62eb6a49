//! What is said in a campaign's threads is in the record, each under its thread's name.

use std::time::Duration;

use super::*;

/// Says so.
#[method]
fn say(x: u64) -> u64 {
    tracing::info!(x, "said by a method");
    x
}

/// Until it is told to end.
#[method]
fn last(task: &TaskContext) -> Result<()> {
    Ok(task.sleep(Duration::from_secs(600))?)
}

struct Talking;

#[thinker]
impl Talking {
    #[agent]
    fn talk(&self, agent: &Agent<Self>) -> Result<()> {
        let _ = agent.call(say { x: 5 })?;
        let limited = agent.call(last {}.time_limit(Duration::from_millis(20)))?;
        assert_eq!(limited.failure().map(|failure| failure.kind()), Some(FailureKind::TimedOut));
        agent.queues().send_inputs(last {}.time_limit(Duration::from_millis(20)))?; // it is out when the agent ends
        tracing::warn!("said by an agent");
        Ok(())
    }
}

#[test]
fn what_agents_workers_and_other_threads_say_is_recorded_under_their_names() {
    let dir = fresh("log");
    let server = LocalTaskServer::new().serve::<say>().serve::<last>();
    let campaign = Campaign::new(Talking).unallocated_slots(2).task_server(server).ignore_ctrl_c();
    let _ = campaign.record_in(&dir).run().unwrap();
    let log = json(&dir.join("log.jsonl"));
    let said_by = |text: &str| {
        let line = log.iter().find(|line| line["message"].as_str().unwrap().contains(text));
        let line = line.unwrap_or_else(|| panic!("{text}: {log:#?}"));
        let who = if line["agent"].is_null() { "thread" } else { "agent" };
        (who, line[who].as_str().unwrap().to_owned(), line["level"].as_str().unwrap().to_owned())
    };
    let (who, worker, level) = said_by("said by a method");
    assert!((who, &*level) == ("thread", "INFO") && worker.starts_with("worker "), "{worker}");
    assert_eq!(said_by("said by an agent"), ("agent", "talk".into(), "WARN".into()));
    assert_eq!(said_by("later failures of `last`"), ("thread", "time limits".into(), "WARN".into()));
    assert_eq!(said_by("done; waiting for tasks that are out"), ("thread", "campaign".into(), "INFO".into()));
    fs::remove_dir_all(dir).unwrap();
}
