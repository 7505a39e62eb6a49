//! Local details of another type.
#![allow(unused)]

use colmena::prelude::*;

struct Details;
struct Other;
struct NoError;

struct Steering {
    retrain: Event,
}

#[method]
fn simulate(x: f64) -> f64 {
    x
}

#[thinker(local = Details)]
impl Steering {
    #[agent]
    //@ R14 agent - local
    fn plan(&self, local: &mut Other) {}

    #[result_processor]
    //@ R14 result_processor - local
    fn store(&self, local: &mut Other, result: TaskResult<simulate>) {}

    #[task_submitter]
    //@ R14 task_submitter - local
    fn submit(&self, local: &mut Other, slots: Slots) {}

    #[event_responder(event = retrain)]
    //@ R14 event_responder - local
    fn respond(&self, local: &mut Other) {}

    #[prepare_agent]
    //@ R14 prepare_agent - local
    fn prepare(&self) -> Result<Other> {
        Ok(Other)
    }

    #[tear_down_agent]
    //@ R14 tear_down_agent - local
    fn tear_down(&self, local: &mut Other) {}
}

struct WithNoError;

#[thinker(local = Details)]
impl WithNoError {
    #[agent]
    fn plan(&self) {}

    #[prepare_agent]
    //@ R14 prepare_agent - error
    fn prepare(&self) -> Result<Details, NoError> {
        Ok(Details)
    }
}

struct NoDefault;

//@ R14 thinker local no-default
#[thinker(local = Details)]
impl NoDefault {
    #[agent]
    fn plan(&self) {}
}

struct NoLocal;

#[thinker]
impl NoLocal {
    #[agent]
    //@ R14 agent - without-local
    fn plan(&self, local: &mut Details) {}
}

fn main() {}
