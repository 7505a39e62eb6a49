//! What agents cannot return.
#![allow(unused)]

use colmena::prelude::*;

#[method]
fn simulate(x: f64) -> f64 {
    x
}

struct NoError;

struct Steering {
    retrain: Event,
}

#[thinker]
impl Steering {
    #[agent]
    //@ R4 agent - return
    fn number(&self) -> u32 {
        3
    }

    #[agent]
    //@ R4 agent - return
    fn option(&self) -> Option<()> {
        None
    }

    #[agent]
    //@ R4 agent - return
    fn value(&self) -> Result<u32> {
        Ok(3)
    }

    #[agent]
    //@ R4 agent - return
    fn error(&self) -> Result<(), NoError> {
        Ok(())
    }

    #[result_processor]
    //@ R4 result_processor - return
    fn store(&self, result: TaskResult<simulate>) -> bool {
        true
    }

    #[task_submitter]
    //@ R4 task_submitter - return
    fn submit(&self, slots: Slots) -> Result<TaskId> {
        unimplemented!()
    }

    #[event_responder(event = retrain)]
    //@ R4 event_responder - return
    fn train(&self) -> (u32, u32) {
        (1, 2)
    }

    #[tear_down_agent]
    //@ R4 tear_down_agent - return
    fn tear_down(&self) -> u32 {
        3
    }
}

fn main() {}
