//! What users of the original get wrong, and what finds it here: the compiler, the launch, or the call that is wrong.
//!
//! The table of them is in the documentation of `#[thinker]`: `colmena-macros/src/mistakes.md`. What it points to exists.

use std::fs;
use std::path::Path;

use colmena::prelude::*;
use colmena::{AgentInfo, AgentKind, Agents, BoxError, Thinker};

use crate::duet::Pool::{self, Ml, Sim};
use crate::world::{campaign, in_orders, problems, square, without_lines};

/// Wants three slots at a time.
struct Wide;

#[thinker(pools = Pool)]
impl Wide {
    #[task_submitter(task_type = Sim, n_slots = 3)]
    fn submit(&self, _slots: Slots<Pool>) {}
}

#[test]
fn a_submitter_without_slots_does_not_start() {
    let error = campaign(Wide).run().expect_err("there are no slots");
    assert_eq!(
        without_lines(&error),
        "\
the campaign of `Wide` cannot start

error: `n_slots` is 3, but the campaign has 0 slots
 --> tests/conformance/mistakes.rs
  | #[task_submitter(..)] Wide::submit
  = help: give the campaign at least 3 by `.slots(..)`, or ask for fewer"
    );
}

#[test]
fn n_slots_beyond_all_slots_are_refused_at_launch() {
    let error = campaign(Wide).slots([(Sim, 1)]).unallocated_slots(1).run().expect_err("there are two");
    assert!(error.report().is_none(), "nothing has run");
    assert!(error.to_string().contains("`n_slots` is 3, but the campaign has 2 slots"), "{error}");
}

#[test]
fn n_slots_beyond_the_pool_are_named_in_the_standstill() {
    in_orders(20, || {
        let [text] = &problems(campaign(Wide).slots([(Sim, 2), (Ml, 2)]).run())[..] else { panic!("one problem") };
        assert!(text.contains("\n    `submit` waits for 3 slots of `sim`\n"), "{text}");
    });
}

/// A processor that takes no slots, and a submitter that goes on only if they come free.
#[derive(Default)]
struct Forgetful {
    work: WorkQueue<u64>,
}

#[thinker(pools = Pool)]
impl Forgetful {
    #[task_submitter(task_type = Sim, n_slots = 2, queue = work)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(square { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "squares")]
    fn store(&self, _result: TaskResult<square>) {}
}

#[test]
fn slots_that_nobody_releases_come_free() {
    in_orders(100, || {
        let work: WorkQueue<u64> = (0..10).collect();
        work.close();
        let report = campaign(Forgetful { work }).slots([(Sim, 2)]).run().expect("no standstill");
        assert_eq!(report.agent("submit").expect("it is one").calls, 10);
    });
}

const fn processor(name: &'static str) -> AgentInfo {
    AgentInfo { name, kind: AgentKind::ResultProcessor, startup: false }
}

/// Described by hand: none of its agents, or two processors of one method.
struct ByHand<const PROCESSORS: usize>;

impl<const PROCESSORS: usize> Thinker for ByHand<PROCESSORS> {
    type Pools = ();
    type Local = ();
    const NAME: &'static str = "ByHand";
    const AGENTS: &'static [AgentInfo] = [processor("one"), processor("two")].split_at(PROCESSORS).0;

    fn describe(agents: &mut Agents<Self>) {
        for name in ["one", "two"].into_iter().take(PROCESSORS) {
            agents.result_processor::<square>(name).run(|_, _, _, _| ());
        }
    }

    fn prepare_agent(&self, _: &Agent<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

#[test]
fn without_attributes_it_is_found_at_launch() {
    let nobody = campaign(ByHand::<0>).run().expect_err("no agents");
    assert_eq!(
        without_lines(&nobody),
        "\
the campaign of `ByHand` cannot start

error: the thinker `ByHand` has no agents
  = help: mark a method with `#[agent]`, `#[task_submitter]`, .."
    );
    let twins = campaign(ByHand::<2>).run().expect_err("two of one method");
    assert_eq!(
        without_lines(&twins),
        "\
the campaign of `ByHand` cannot start

error: `one` handles the results of `square`, too
 --> tests/conformance/mistakes.rs
  | #[result_processor(..)] ByHand::two
  = help: remove one of the two; `threads = N` handles results in parallel"
    );
}

/// Whether there is a program of this name that must not compile, or else a test.
fn exists(name: &str) -> bool {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    if name.starts_with("tests/ui/") {
        let program = top.join(name);
        return program.is_file() && program.with_extension("stderr").is_file();
    }
    let Some((module, test)) = name.rsplit_once("::") else { return false };
    let file = top.join("tests").join(module.replace("::", "/")).with_extension("rs");
    fs::read_to_string(file).is_ok_and(|text| text.contains(&format!("#[test]\nfn {test}() {{")))
}

#[test]
fn whatever_the_table_points_to_exists() {
    let table = include_str!("../../colmena-macros/src/mistakes.md");
    let rows: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(rows.len(), 21, "as many as the original's users are known to make, and an agent that fails");
    for row in rows {
        let columns: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").collect();
        let [_, _, here, by] = columns[..] else { panic!("four columns: {row}") };
        let names: Vec<&str> = by.split('`').skip(1).step_by(2).collect();
        names.iter().for_each(|name| assert!(exists(name), "`{name}` does not exist: {row}"));
        let (programs, tests): (Vec<&str>, Vec<&str>) =
            names.iter().copied().partition(|name| name.starts_with("tests/ui/"));
        assert!(!programs.is_empty() || !here.contains("compile error"), "no program that must not compile: {row}");
        assert!(
            !tests.is_empty() || ["compile error", "impossible"].iter().any(|way| here.contains(way)),
            "no test: {row}"
        );
        assert!(!tests.is_empty() || !here.contains("launch error"), "no test of the launch: {row}");
    }
}
