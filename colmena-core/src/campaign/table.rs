//! The report as a person reads it: at most 80 columns, if names are not long.

use std::fmt;
use std::time::Duration;

use super::Report;
use super::launch_error::write_wrapped;
use super::report::{AgentReport, PoolReport};
use super::watching::IdleTime;
use crate::queue::tally::{MethodReport, Percentiles, Retries};
use crate::queue::unused::{Unused, Why};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} after {}", self.thinker, self.ending, short(self.wall_time))?;
        let name = self.longest_name();
        self.write_agents(f, name)?;
        self.write_waits(f, name)?;
        self.write_methods(f, name)?;
        self.write_pools(f, name)?;
        self.write_failures(f)?;
        self.write_retries(f)?;
        for Unused { method, why, n } in self.unused.iter().filter(|unused| unused.why != Why::Cancelled) {
            let results = if *n == 1 { "result" } else { "results" };
            write!(f, "\n  not used: {n} {results} of `{method}` ({why})")?;
        }
        if let Some(checkpoints) = &self.checkpoints {
            f.write_str("\n")?;
            write_wrapped(f, "  ", &checkpoints.to_string())?;
        }
        if self.handled_before() > 0 {
            write!(f, "\n  from the checkpoint: {} results had been handled", self.handled_before())?;
        }
        let (taken_over, sent_again) = (self.taken_over(), self.sent_again());
        if taken_over + sent_again > 0 {
            write!(f, "\n  from the record: {taken_over} results taken over, {sent_again} tasks sent again")?;
        }
        for (method, n) in self.unclaimed() {
            write!(f, "\n  not claimed: {n} of the record's tasks of `{method}`")?;
        }
        for worker in &self.left_behind {
            write!(f, "\n  left behind: {worker}")?;
        }
        Ok(())
    }
}

impl Report {
    fn longest_name(&self) -> usize {
        let agents = self.agents.iter().map(|agent| agent.name);
        let methods = self.methods.iter().map(|method| method.name);
        let pools = self.pools_with_slots().map(|pool| pool.name);
        agents.chain(methods).chain(pools).map(str::len).fold("method".len(), usize::max)
    }

    /// That had some at some time.
    fn pools_with_slots(&self) -> impl Iterator<Item = &PoolReport> {
        self.pools.iter().filter(|pool| pool.slot_seconds > 0.0 || pool.slots > 0)
    }

    fn write_agents(&self, f: &mut fmt::Formatter<'_>, name: usize) -> fmt::Result {
        write!(f, "\n  {:<name$}  {:<16} {:>8}  ended", "agent", "kind", "calls")?;
        for AgentReport { name: agent, kind, end, calls, .. } in &self.agents {
            write!(f, "\n  {agent:<name$}  {:<16} {calls:>8}  {end}", kind.to_string())?;
        }
        Ok(())
    }

    /// Of each agent, the two things that it waited for longest.
    fn write_waits(&self, f: &mut fmt::Formatter<'_>, name: usize) -> fmt::Result {
        let mut heading = format!("\n  {:<name$}  {:>9}", "", "waited");
        for AgentReport { name: agent, waited, .. } in &self.agents {
            let worth_a_line = |(_, time): &&(String, Duration)| *time * 100 >= self.wall_time && !time.is_zero();
            for (i, (what, time)) in waited.iter().filter(worth_a_line).take(2).enumerate() {
                let agent = if i == 0 { agent } else { "" };
                let what = what.strip_prefix("waits ").unwrap_or(what);
                write!(f, "{}\n  {agent:<name$}  {:>9}  {what}", std::mem::take(&mut heading), short(*time))?;
            }
        }
        Ok(())
    }

    fn write_methods(&self, f: &mut fmt::Formatter<'_>, name: usize) -> fmt::Result {
        if self.methods.is_empty() {
            return Ok(());
        }
        write!(f, "\n  {:<name$}  {:>7} {:>7} {:>9} {:>7}", "method", "ok", "failed", "cancelled", "retries")?;
        for MethodReport { name: method, succeeded, failed, timed_out, cancelled, retries, .. } in &self.methods {
            let failed = failed + timed_out;
            write!(f, "\n  {method:<name$}  {succeeded:>7} {failed:>7} {cancelled:>9} {retries:>7}")?;
        }
        if self.methods.iter().all(|method| method.settled() == 0) {
            return Ok(());
        }
        write!(f, "\n  {:<name$}  {:<8} {:>9} {:>9} {:>9}", "times", "", "p50", "p95", "p99")?;
        for method in self.methods.iter().filter(|method| method.settled() > 0) {
            write_times(f, name, method.name, "ran", method.running)?;
            write_times(f, name, "", "waited", method.waiting)?;
        }
        Ok(())
    }

    fn write_pools(&self, f: &mut fmt::Formatter<'_>, name: usize) -> fmt::Result {
        if self.pools_with_slots().next().is_none() {
            return Ok(());
        }
        write!(f, "\n  {:<name$}  {:>7} {:>14} {:>12}", "pool", "slots", "slot-seconds", "utilisation")?;
        for PoolReport { name: pool, slots, utilisation, slot_seconds, .. } in self.pools_with_slots() {
            write!(f, "\n  {pool:<name$}  {slots:>7} {slot_seconds:>14.2} {utilisation:>12.3}")?;
        }
        self.pools_with_slots().try_for_each(|pool| write_idle(f, pool))
    }

    /// Why tasks failed: of each method the first one.
    fn write_failures(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for method in &self.methods {
            let Some(first) = &method.first_failure else { continue };
            f.write_str("\n")?;
            match method.failed + method.timed_out {
                1 => write_wrapped(f, "  failed: ", &first.to_string())?,
                n => {
                    writeln!(f, "  failed: {n} tasks of `{}`, of which the first:", method.name)?;
                    write_wrapped(f, "    ", &first.to_string())?;
                }
            }
        }
        Ok(())
    }
}

impl Report {
    /// After what there were retries.
    fn write_retries(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for MethodReport { name, retries_after, .. } in
            self.methods.iter().filter(|method| method.retries_after.total() > 0)
        {
            let Retries { errors, panics, lost_workers, time_limits } = *retries_after;
            let causes =
                [(errors, "error"), (panics, "panic"), (lost_workers, "lost worker"), (time_limits, "time limit")];
            let some = causes.into_iter().filter(|(n, _)| *n > 0);
            let causes: Vec<_> =
                some.map(|(n, cause)| format!("{n} {cause}{}", if n == 1 { "" } else { "s" })).collect();
            write!(f, "\n  retried: `{name}` after {}", causes.join(", "))?;
        }
        Ok(())
    }
}

/// Where the idle time of its slots went, if that is more than one per cent.
fn write_idle(f: &mut fmt::Formatter<'_>, pool: &PoolReport) -> fmt::Result {
    let PoolReport { name, slot_seconds, idle_time, .. } = pool;
    let IdleTime { no_candidate, no_decision, waiting_for_server } = idle_time;
    let causes = [
        (no_candidate, "no candidate"),
        (no_decision, "no decision yet"),
        (waiting_for_server, "waiting for the server"),
    ];
    let share = |(time, cause): (&f64, _)| (100.0 * time / slot_seconds.max(f64::MIN_POSITIVE), cause);
    let causes = causes.map(share).into_iter().filter(|(share, _)| *share >= 1.0);
    let causes: Vec<_> = causes.map(|(share, cause)| format!("{share:.0} % {cause}")).collect();
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(f)?;
    write_wrapped(f, "  idle: ", &format!("`{name}` {}", causes.join(", ")))
}

fn write_times(f: &mut fmt::Formatter<'_>, name: usize, method: &str, what: &str, times: Percentiles) -> fmt::Result {
    let Percentiles { p50, p95, p99 } = times;
    write!(f, "\n  {method:<name$}  {what:<8} {:>9} {:>9} {:>9}", short(p50), short(p95), short(p99))
}

/// Three significant digits, with a unit; down to 0.01 us.
fn short(time: Duration) -> String {
    let (value, unit) = match time.as_secs_f64() {
        s if s < 5e-9 => return "0 s".to_owned(),
        s if s < 1e-3 => (s * 1e6, "us"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s if s < 120.0 => (s, "s"),
        s if s < 7200.0 => (s / 60.0, "min"),
        s => (s / 3600.0, "h"),
    };
    let digits = match value {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit() {
        let texts = [(0, "0 s"), (70, "0.07 us"), (37_800, "37.8 us"), (185_900, "186 us"), (9_999_000, "10.0 ms")];
        assert!(texts.into_iter().all(|(nanos, text)| short(Duration::from_nanos(nanos)) == text));
        let texts = [(1, "1.00 s"), (119, "119 s"), (120, "2.00 min"), (7199, "120 min"), (90_000, "25.0 h")];
        assert!(texts.into_iter().all(|(seconds, text)| short(Duration::from_secs(seconds)) == text));
    }
}
