//! Arguments that do not fit the kind of agent.
#![allow(unused)]

use colmena::prelude::*;

#[derive(ResourcePool)]
enum Pool {
    Sim,
}

#[method]
fn simulate(x: f64) -> f64 {
    x
}

#[method]
fn m1() {}

#[method]
fn m2() {}

#[method]
fn m3() {}

#[method]
fn m4() {}

#[method]
fn m5() {}

type Alias = TaskResult<simulate>;

struct Other;

struct Steering {
    jobs: WorkQueue<f64>,
    retrain: Event,
}

#[thinker(pools = Pool, local = u32)]
impl Steering {
    #[agent]
    //@ R4 agent - argument
    fn agent_by_value(&self, agent: Agent<Self>) {}

    #[agent]
    //@ R4 agent - argument
    fn agent_by_mut(&self, agent: &mut Agent<Self>) {}

    #[agent]
    //@ R4 agent - argument
    fn slots_of_an_agent(&self, slots: Slots<Pool>) {}

    #[agent]
    //@ R4 agent - argument
    fn anything_borrowed(&self, jobs: &WorkQueue<f64>) {}

    #[agent]
    //@ R4 agent - another-thinker
    fn agent_of_another(&self, agent: &Agent<Other>) {}

    #[agent]
    //@ R4 agent - twice
    fn agent_twice(&self, agent: &Agent<Self>, local: &mut u32, again: &Agent<Self>) {}

    #[result_processor]
    //@ R4 result_processor - nothing
    fn no_result(&self) {}

    #[result_processor]
    //@ R4 result_processor - nothing
    fn only_slots(&self, slots: Slots<Pool>) {}

    #[result_processor]
    //@ R4 result_processor - argument
    fn borrowed_result(&self, result: &TaskResult<m1>) {}

    #[result_processor]
    //@ R4 result_processor - argument
    fn result_of_nothing(&self, result: TaskResult) {}

    #[result_processor]
    //@ R4 result_processor - argument
    fn alias(&self, result: Alias) {}

    #[result_processor]
    //@ R4 result_processor - argument
    fn result_and_item(&self, result: TaskResult<m2>, x: f64) {}

    #[result_processor]
    //@ R4 result_processor - order
    fn wrong_order(&self, slots: Slots<Pool>, result: TaskResult<m3>) {}

    #[result_processor]
    //@ R4 result_processor - twice
    fn two_results(&self, result: TaskResult<m4>, other: TaskResult<m4>) {}

    #[result_processor]
    //@ R4 result_processor - another-thinker
    fn of_another(&self, agent: &Agent<Other>, result: TaskResult<m5>) {}

    #[task_submitter(task_type = Sim)]
    //@ R4 task_submitter - nothing
    fn no_slots(&self, agent: &Agent<Self>) {}

    #[task_submitter(task_type = Sim, queue = jobs)]
    //@ R4 task_submitter - nothing
    fn no_slots_but_an_item(&self, x: f64) {}

    #[task_submitter(task_type = Sim)]
    //@ R4 task_submitter - argument
    fn slots_by_mut(&self, slots: &mut Slots<Pool>) {}

    #[task_submitter(task_type = Sim)]
    //@ R4 task_submitter - argument
    fn result_of_a_submitter(&self, slots: Slots<Pool>, result: TaskResult<simulate>) {}

    #[task_submitter(task_type = Sim)]
    //@ R4 task_submitter queue no-queue
    fn item_without_a_queue(&self, slots: Slots<Pool>, x: f64) {}

    #[task_submitter(task_type = Sim, queue = jobs)]
    //@ R4 task_submitter queue no-item
    fn queue_without_an_item(&self, slots: Slots<Pool>) {}

    #[task_submitter(task_type = Sim, queue = jobs)]
    //@ R4 task_submitter - order
    fn item_first(&self, x: f64, slots: Slots<Pool>) {}

    #[task_submitter(task_type = Sim)]
    //@ R4 task_submitter - twice
    fn two_slots(&self, slots: Slots<Pool>, more: Slots<Pool>) {}

    #[task_submitter(task_type = Sim)]
    //@ R4 task_submitter - another-thinker
    fn submitter_of_another(&self, agent: &Agent<Other>, slots: Slots<Pool>) {}

    #[event_responder(event = retrain)]
    //@ R4 event_responder - argument
    fn argument_of_a_responder(&self, x: f64) {}

    #[event_responder(event = retrain)]
    //@ R4 event_responder - argument
    fn event_of_a_responder(&self, event: &Event) {}

    #[event_responder(event = retrain)]
    //@ R4 event_responder - another-thinker
    fn responder_of_another(&self, agent: &Agent<Other>) {}

    #[event_responder(event = retrain)]
    //@ R4 event_responder - twice
    fn details_twice(&self, local: &mut u32, again: &mut u32) {}

    #[prepare_agent]
    //@ R4 prepare_agent - argument
    fn prepare(&self, local: &mut u32) -> u32 {
        3
    }

    #[tear_down_agent]
    //@ R4 tear_down_agent - argument
    fn tear_down(&self, slots: Slots<Pool>) {}
}

struct Another;

#[thinker(local = u32)]
impl Another {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R4 prepare_agent - another-thinker
    fn prepare(&self, agent: &Agent<Steering>) -> u32 {
        3
    }

    #[tear_down_agent]
    //@ R4 tear_down_agent - another-thinker
    fn tear_down(&self, agent: &Agent<Steering>) {}
}

struct Third;

#[thinker(local = u32)]
impl Third {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R4 prepare_agent - twice
    fn prepare(&self, agent: &Agent<Self>, again: &Agent<Self>) -> u32 {
        3
    }

    #[tear_down_agent]
    //@ R4 tear_down_agent - twice
    fn tear_down(&self, local: &mut u32, again: &mut u32) {}
}

fn main() {}
