//! What users of the original get wrong, and what finds it here: the compiler, the launch, or the call that is wrong.
//!
//! In the words of the original. A file is a program that must not compile; its `.stderr` is what the user reads.
//!
//! | mistake | found here | by |
//! | --- | --- | --- |
//! | unknown topic in a result processor | compiler; launch, if nobody serves its method | `tests/ui/r09/topic.rs`, `behaviour::launch::a_campaign_without_a_server_says_that_nothing_is_served` |
//! | unknown pool in a task submitter | compiler | `tests/ui/r05/unknown_pool.rs`, `tests/ui/r05/calls.rs` |
//! | task submitter without a resource counter | there is always one; launch, if it has no slots | `conformance::mistakes::a_submitter_without_slots_does_not_start` |
//! | event that is no attribute of the thinker | compiler | `tests/ui/r08/fields.rs` |
//! | event responder without an event | compiler | `tests/ui/r01/repeated_or_missing.rs` |
//! | `n_slots` names an attribute that does not exist | compiler | `tests/ui/r07/no_count.rs` |
//! | `n_slots` larger than the pool | launch, if larger than all pools together; otherwise a standstill, unless the pool grows | `conformance::mistakes::n_slots_beyond_all_slots_are_refused_at_launch`, `conformance::mistakes::n_slots_beyond_the_pool_are_named_in_the_standstill` |
//! | `gather_from` equals `gather_to` | compiler | `tests/ui/r06/gathering.rs` |
//! | reallocation pools unknown | compiler | `tests/ui/r05/reallocation.rs` |
//! | result processor without the result argument | compiler | `tests/ui/r04/arguments.rs` |
//! | two processors of one topic | compiler, if of one method (several methods may share a topic); launch, without attributes | `tests/ui/r10/two_processors.rs`, `conformance::mistakes::without_attributes_it_is_found_at_launch` |
//! | a topic that no one processes | compiler | `tests/ui/r11/nobody_handles.rs` |
//! | sending to an unknown topic | a task has the topic of its method: compiler; reading from one: at the call | `tests/ui/r11/mistyped.rs`, `conformance::queues::unknown_topic_refused` |
//! | method name mistyped or left out | compiler; at the call, if nobody serves it | `tests/ui/r11/mistyped.rs`, `conformance::servers::unknown_method_is_a_failure` |
//! | wrong arguments to a method | compiler | `tests/ui/r13/inputs.rs` |
//! | input that cannot be serialised | compiler | `tests/ui/r13/sent.rs` |
//! | value that cannot be serialised | compiler | `tests/ui/r13/sent.rs` |
//! | slots not released by a processor | they come free by themselves | `conformance::mistakes::slots_that_nobody_releases_come_free` |
//! | released twice, or more than held | at the call | `conformance::faults::slots::f06_no_more_is_released_than_is_held` |
//! | a thinker without agents | compiler; launch, without attributes | `tests/ui/r14/no_agents.rs`, `conformance::mistakes::without_attributes_it_is_found_at_launch` |
//! | an agent fails, and `join` returns as if all were well | `run` and `join` return an error that names it | `conformance::agents::exception_ends_thinker` |

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
    let rows = include_str!("mistakes.rs").lines().filter_map(|line| line.strip_prefix("//! | "));
    let rows: Vec<&str> = rows.skip(2).collect();
    assert_eq!(rows.len(), 21);
    for row in rows {
        let by = row.trim_end_matches(" |").rsplit(" | ").next().expect("it has columns");
        let mut names = by.split('`').skip(1).step_by(2).peekable();
        assert!(names.peek().is_some(), "found by nothing: {row}");
        names.for_each(|name| assert!(exists(name), "`{name}` does not exist: {row}"));
    }
}
