//! The figures for programs: as JSON, and as rows of CSV.

use crate::figures::Figures;
use crate::figures::spread::Spread;

/// One object; times in seconds.
///
/// # Errors
/// Those of `serde_json`.
pub(crate) fn json(figures: &Figures) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(figures)? + "\n")
}

/// A row for each figure: what it is of, its name, its number, its unit.
pub(crate) fn csv(figures: &Figures) -> String {
    let mut rows = Rows("of,name,figure,value,unit\n".into());
    rows.row("run", &figures.title, "length", figures.seconds, "s");
    rows.row("run", &figures.title, "tasks", figures.tasks as f64, "");
    rows.row("run", &figures.title, "updates", figures.updates as f64, "");
    rows.row("run", &figures.title, "notes", figures.notes.n as f64, "");
    rows.row("run", &figures.title, "never settled", figures.unsettled.n as f64, "");
    figures.resumed.iter().for_each(|resumed| rows.row("run", &figures.title, "taken up again", resumed.at, "s"));
    for method in &figures.methods {
        let name = format!("{} on {}", method.method, method.topic);
        rows.row("method", &name, "succeeded", method.succeeded as f64, "");
        rows.row("method", &name, "failed", method.failed as f64, "");
        rows.row("method", &name, "retries", method.retries as f64, "");
        for failures in &method.failures {
            rows.row("method", &name, &format!("failed: {}", failures.cause), failures.n as f64, "");
        }
        method.spreads().into_iter().for_each(|(figure, spread)| rows.spread("method", &name, figure, spread));
    }
    for pool in &figures.pools {
        rows.row("pool", &pool.pool, "slots", pool.slots.into(), "");
        rows.row("pool", &pool.pool, "allocated", pool.slot_seconds, "slot s");
        rows.row("pool", &pool.pool, "utilisation", pool.utilisation, "");
        rows.row("pool", &pool.pool, "idle: no candidate", pool.idle.no_candidate, "slot s");
        rows.row("pool", &pool.pool, "idle: no decision", pool.idle.no_decision, "slot s");
        rows.row("pool", &pool.pool, "idle: waiting for server", pool.idle.waiting_for_server, "slot s");
        rows.row("pool", &pool.pool, "idle: result on its way", pool.idle.result_on_its_way, "slot s");
        rows.spread("pool", &pool.pool, "between tasks", &pool.between);
    }
    for agent in &figures.agents {
        rows.spread("agent", &agent.agent, "call", &agent.call);
        rows.row("agent", &agent.agent, "busy", agent.seconds, "s");
    }
    for unread in &figures.unread {
        rows.row("file", &unread.file, "lines not read", unread.lines as f64, "");
        rows.row("file", &unread.file, "cut short", f64::from(u8::from(unread.cut)), "");
    }
    rows.0
}

struct Rows(String);

impl Rows {
    fn row(&mut self, of: &str, name: &str, figure: &str, value: f64, unit: &str) {
        let row = [quoted(of), quoted(name), quoted(figure), value.to_string(), quoted(unit)];
        self.0.push_str(&row.join(","));
        self.0.push('\n');
    }

    fn spread(&mut self, of: &str, name: &str, figure: &str, spread: &Spread) {
        self.row(of, name, &format!("{figure}: n"), spread.n as f64, "");
        if spread.n == 0 {
            return;
        }
        let Spread { mean, p50, p95, p99, most, .. } = *spread;
        for (part, value) in [("mean", mean), ("p50", p50), ("p95", p95), ("p99", p99), ("longest", most)] {
            self.row(of, name, &format!("{figure}: {part}"), value, "s");
        }
    }
}

/// In quotes, where RFC 4180 wants them.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
