//! The status as Prometheus reads it.

use std::fmt::Write as _;

use crate::{IdleTime, Status};

/// The text format, version 0.0.4.
pub(super) fn of(status: &Status) -> String {
    let mut text = Text(String::new());
    let budget = status.budget.map(|budget| (vec![], budget as f64));
    text.family("elapsed_seconds", "gauge", "Time since the launch.", [(vec![], status.elapsed)]);
    text.family("paused", "gauge", "1 while no task is sent.", [(vec![], flag(status.paused))]);
    text.family("done", "gauge", "1 once done is set.", [(vec![], flag(status.done))]);
    text.family("budget_tasks", "gauge", "Tasks that the campaign is to settle.", budget);
    let tasks = status.methods.iter().flat_map(|method| {
        let outcomes = [("ok", method.ok), ("failed", method.failed), ("cancelled", method.cancelled)];
        outcomes.map(|(outcome, n)| (vec![("method", method.name), ("outcome", outcome)], n as f64))
    });
    text.family("tasks_total", "counter", "Tasks that have settled.", tasks);
    let in_flight = status.methods.iter().flat_map(|method| {
        let states = [("waiting", method.waiting), ("running", method.running)];
        states.map(|(state, n)| (vec![("method", method.name), ("state", state)], n as f64))
    });
    text.family("tasks_in_flight", "gauge", "Tasks that have been sent and have not settled.", in_flight);
    let slots = status.pools.iter().flat_map(|pool| {
        let states = [("allocated", pool.allocated), ("free", pool.free), ("busy", pool.busy)];
        states.map(|(state, n)| (vec![("pool", pool.name), ("state", state)], f64::from(n)))
    });
    text.family("slots", "gauge", "Slots of a pool; busy ones run tasks.", slots);
    let idle = status.pools.iter().flat_map(|pool| {
        let IdleTime { no_candidate, no_decision, waiting_for_server } = pool.idle_time;
        let causes = [("candidate", no_candidate), ("decision", no_decision), ("server", waiting_for_server)];
        causes.map(|(cause, time)| (vec![("pool", pool.name), ("waits_for", cause)], time))
    });
    text.family("idle_slot_seconds", "gauge", "Slot-seconds in which no task ran, by what was waited for.", idle);
    let calls = status.agents.iter().map(|agent| (vec![("agent", &*agent.name)], agent.calls as f64));
    text.family("agent_calls_total", "counter", "Calls of the method of an agent's thread.", calls);
    let waits = status.agents.iter().filter_map(|agent| Some((vec![("agent", &*agent.name)], agent.waits_since?)));
    text.family("agent_wait_seconds", "gauge", "How long an agent's thread has been in its present wait.", waits);
    let last = status.checkpoints.iter().filter_map(|checkpoints| Some((vec![], status.elapsed - checkpoints.last?)));
    text.family("checkpoint_age_seconds", "gauge", "Time since the last checkpoint was taken.", last);
    text.0
}

fn flag(set: bool) -> f64 {
    f64::from(u8::from(set))
}

/// A value, with the labels that tell it from the others of its name.
type Sample<'a> = (Vec<(&'static str, &'a str)>, f64);

struct Text(String);

impl Text {
    fn family<'a>(&mut self, name: &str, kind: &str, help: &str, samples: impl IntoIterator<Item = Sample<'a>>) {
        let _ = writeln!(self.0, "# HELP colmena_{name} {help}\n# TYPE colmena_{name} {kind}");
        for (labels, value) in samples {
            let labels: Vec<_> = labels.iter().map(|(label, of)| format!("{label}=\"{}\"", escaped(of))).collect();
            let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
            let _ = writeln!(self.0, "colmena_{name}{labels} {value}");
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_may_be_any_text() {
        let mut text = Text(String::new());
        text.family("slots", "gauge", "Slots.", [(vec![("pool", "a \"b\"\n\\"), ("state", "free")], 3.0)]);
        let line = r#"colmena_slots{pool="a \"b\"\n\\",state="free"} 3"#;
        assert_eq!(text.0, format!("# HELP colmena_slots Slots.\n# TYPE colmena_slots gauge\n{line}\n"));
    }
}
