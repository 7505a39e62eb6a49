//! The two waits for the writer, in seeded orders: for room, and until a result is on the disk.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use super::*;
use crate::rehearsal::{explore, orders};

const AGENTS: usize = 2;
const LINES: usize = 3;
const NUMBERS: File = File::Results("numbers");

/// In memory where that can be.
fn fresh(name: &str, seed: u64) -> PathBuf {
    let shared = Path::new("/dev/shm");
    let top = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    let dir = top.join(format!("colmena-writer-{name}-{}-{seed}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    dir
}

fn start(name: &str, realm: &Arc<Realm>, body: impl FnOnce() + Send + 'static) -> Thread {
    let spawn = Spawn { name: name.into(), realm: Some(Arc::clone(realm)), over: Over::Never, holder: 0 };
    spawn.start(body).expect("a thread can be started")
}

/// Agents put results while a writer writes them, which each order makes slow or quick; `seen` looks on whenever one goes on.
fn race(dir: &Path, durability: Durability, most: usize, seen: impl Fn(&Record, &str) + Send + Sync + 'static) {
    let (realm, seen) = (Arc::new(Realm::default()), Arc::new(seen));
    let record = Arc::new(Record::new(durability, 0, (Duration::ZERO, now()), most));
    let lock = lock(dir).unwrap_or_else(|refused| panic!("{refused}"));
    fs::write(dir.join("run.json"), "{}").expect("it can be written");
    let mut files = Files { dir: dir.to_owned(), durability, campaign: 0, open: BTreeMap::new(), _lock: lock };
    let writing = Arc::clone(&record);
    let writer = start("writer", &realm, move || assert!(writing.write_all(&mut files).is_ok()));
    let agent = |agent: usize| {
        let (record, seen) = (Arc::clone(&record), Arc::clone(&seen));
        start("agent", &realm, move || {
            for n in 0..LINES {
                let line = format!("{agent} {n}\n");
                record.put_result(NUMBERS, &line);
                seen(&record, &line);
            }
        })
    };
    let agents: Vec<Thread> = (0..AGENTS).map(agent).collect();
    agents.iter().for_each(|agent| _ = agent.join(None));
    record.close();
    writer.join(None);
    let written = fs::read_to_string(dir.join(name(NUMBERS))).expect("it is there");
    for agent in 0..AGENTS {
        let of_agent = written.lines().filter(|line| line.starts_with(&format!("{agent} ")));
        let in_order: Vec<String> = (0..LINES).map(|n| format!("{agent} {n}")).collect();
        assert_eq!(of_agent.collect::<Vec<_>>(), in_order, "each line once, in order");
    }
    assert_eq!(written.lines().count(), AGENTS * LINES);
    fs::remove_dir_all(dir).expect("it is there");
}

/// ```text
/// agent 1              agent 2              writer
///   puts: it is full
///                        puts
///   waits for room       waits for room
///                                             takes all, and writes it
///                                             wakes both
/// ```
#[test]
fn whoever_waits_for_room_goes_on_and_little_more_than_the_bound_is_kept() {
    static FULL: AtomicU64 = AtomicU64::new(0);
    const LINE: usize = 4;
    let program = |seed| {
        race(&fresh("room", seed), Durability::default(), LINE, |record, line| {
            let kept = record.state.lock().kept.bytes;
            assert!(line.len() == LINE && kept <= LINE * (1 + AGENTS), "{kept} bytes wait to be written");
            FULL.fetch_add(u64::from(kept > LINE), SeqCst);
        });
    };
    explore(orders(1000), program).unwrap_or_else(|failed| panic!("{failed}"));
    assert!(orders(1000).end < 100 || FULL.load(SeqCst) > 0, "in no order was the bound reached");
}

/// ```text
/// agent 1              agent 2              writer
///   puts, and waits
///                                             takes it
///                        puts, and waits
///                                             writes that of agent 1, says so, wakes both
///   goes on              waits on
/// ```
#[test]
fn nobody_goes_on_before_its_result_is_on_the_disk() {
    let program = |seed| {
        let dir = fresh("every", seed);
        let results = dir.join(name(NUMBERS));
        race(&dir, Durability::Every, MOST_KEPT, move |_, line| {
            let written = fs::read_to_string(&results).expect("it is there");
            assert!(written.contains(line), "{line} is not in {written}");
        });
    };
    explore(orders(1000), program).unwrap_or_else(|failed| panic!("{failed}"));
}
