//! The status as Prometheus reads it.

use std::fmt::Write as _;

use crate::Status;

/// The text format, version 0.0.4. Names of methods, pools and agents are identifiers, which need no escapes.
pub(super) fn of(status: &Status) -> String {
    let mut text = String::new();
    family(&mut text, "colmena_elapsed_seconds", "gauge", [(String::new(), status.elapsed)]);
    family(&mut text, "colmena_paused", "gauge", [(String::new(), f64::from(u8::from(status.paused)))]);
    let tasks = status.methods.iter().flat_map(|method| {
        let outcomes = [("ok", method.ok), ("failed", method.failed), ("cancelled", method.cancelled)];
        outcomes.map(|(outcome, n)| (format!("{{method=\"{}\",outcome=\"{outcome}\"}}", method.name), n as f64))
    });
    family(&mut text, "colmena_tasks_total", "counter", tasks);
    let in_flight = status.methods.iter().flat_map(|method| {
        let states = [("waiting", method.waiting), ("running", method.running)];
        states.map(|(state, n)| (format!("{{method=\"{}\",state=\"{state}\"}}", method.name), n as f64))
    });
    family(&mut text, "colmena_tasks_in_flight", "gauge", in_flight);
    let slots = status.pools.iter().flat_map(|pool| {
        let states = [("allocated", pool.allocated), ("free", pool.free), ("busy", pool.busy)];
        states.map(|(state, n)| (format!("{{pool=\"{}\",state=\"{state}\"}}", pool.name), f64::from(n)))
    });
    family(&mut text, "colmena_slots", "gauge", slots);
    let calls = status.agents.iter().map(|agent| (format!("{{agent=\"{}\"}}", agent.name), agent.calls as f64));
    family(&mut text, "colmena_agent_calls_total", "counter", calls);
    text
}

fn family(text: &mut String, name: &str, kind: &str, samples: impl IntoIterator<Item = (String, f64)>) {
    let _ = writeln!(text, "# TYPE {name} {kind}");
    for (labels, value) in samples {
        let _ = writeln!(text, "{name}{labels} {value}");
    }
}
