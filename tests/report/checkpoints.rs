//! `colmena report` says when the last checkpoint was taken, and who has kept the next from it. In virtual time.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use colmena::rehearsal::explore;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

/// Comes to a safe point once, and then no more.
#[derive(Checkpoint)]
struct Toiling {
    turns: AtomicU64,
}

#[thinker]
impl Toiling {
    #[agent]
    fn toil(&self, agent: &Agent<Self>) -> Result<()> {
        agent.safe_point(|| agent.sleep(MINUTE))?;
        self.turns.fetch_add(1, SeqCst);
        Ok(agent.sleep(60 * MINUTE)?)
    }
}

#[test]
fn when_the_last_checkpoint_was_and_who_keeps_off_the_next() {
    let dir = fresh("checkpoints");
    let there = dir.clone();
    let toiled = explore(0..1, move |_| {
        let campaign = Campaign::new(Toiling { turns: 0.into() }).ignore_ctrl_c().record_in(&there);
        let _ = campaign.checkpoint_every(MINUTE / 4).time_limit(2 * MINUTE).run().expect("nothing fails");
    });
    toiled.unwrap_or_else(|failed| panic!("{failed}"));
    let text = printed(&dir, &["--print-only"]);
    assert_fits(&text);
    assert!(text.contains("\n  no checkpoint since 60.0 s: `toil` came neither to the end of a call"), "{text}");
    let _ = printed(&dir, &[]);
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    let line = page.lines().find(|line| line.contains("no checkpoint since")).expect("it is told");
    assert!(line.contains("<p class=bad>") && line.contains("`toil` came neither to the end of a call nor"), "{line}");
    fs::remove_dir_all(dir).unwrap();
}
