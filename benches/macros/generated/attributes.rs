//! A thinker of 50 agents, with attributes. Written by a test of colmena-macros, `tests/expanded.rs`.
#![allow(dead_code, non_camel_case_types, unused)]

use colmena::prelude::*;

#[method(topic = "kind_0")]
fn compute_0(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_1")]
fn compute_1(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_2")]
fn compute_2(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_3")]
fn compute_3(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_4")]
fn compute_4(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_5")]
fn compute_5(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_6")]
fn compute_6(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_7")]
fn compute_7(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_8")]
fn compute_8(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_9")]
fn compute_9(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_10")]
fn compute_10(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_11")]
fn compute_11(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_12")]
fn compute_12(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_13")]
fn compute_13(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_14")]
fn compute_14(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_15")]
fn compute_15(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_16")]
fn compute_16(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_17")]
fn compute_17(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_18")]
fn compute_18(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[method(topic = "kind_19")]
fn compute_19(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

struct Steering {
    width: usize,
    values: Mutex<Vec<f64>>,
    queue_0: WorkQueue<f64>,
    queue_2: WorkQueue<f64>,
    queue_4: WorkQueue<f64>,
    queue_6: WorkQueue<f64>,
    queue_8: WorkQueue<f64>,
    queue_10: WorkQueue<f64>,
    queue_12: WorkQueue<f64>,
    queue_14: WorkQueue<f64>,
    queue_16: WorkQueue<f64>,
    queue_18: WorkQueue<f64>,
    event_0: Event,
    event_1: Event,
    event_2: Event,
    event_3: Event,
    event_4: Event,
    event_5: Event,
    event_6: Event,
}

fn note(_: &str) {}

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Sim, n_slots = self.width, queue = queue_0)]
    fn submit_0(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(compute_0 { x: x, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_0")]
    fn store_0(&self, result: TaskResult<compute_0>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit_1(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(compute_1 { x: 0.5, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_1")]
    fn store_1(&self, result: TaskResult<compute_1>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = self.width, queue = queue_2)]
    fn submit_2(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(compute_2 { x: x, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_2")]
    fn store_2(&self, result: TaskResult<compute_2>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit_3(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(compute_3 { x: 0.5, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_3")]
    fn store_3(&self, result: TaskResult<compute_3>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = self.width, queue = queue_4)]
    fn submit_4(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(compute_4 { x: x, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_4")]
    fn store_4(&self, result: TaskResult<compute_4>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit_5(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(compute_5 { x: 0.5, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_5")]
    fn store_5(&self, result: TaskResult<compute_5>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = self.width, queue = queue_6)]
    fn submit_6(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(compute_6 { x: x, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_6")]
    fn store_6(&self, result: TaskResult<compute_6>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit_7(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(compute_7 { x: 0.5, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_7")]
    fn store_7(&self, result: TaskResult<compute_7>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = self.width, queue = queue_8)]
    fn submit_8(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(compute_8 { x: x, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_8")]
    fn store_8(&self, result: TaskResult<compute_8>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit_9(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(compute_9 { x: 0.5, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_9")]
    fn store_9(&self, result: TaskResult<compute_9>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = self.width, queue = queue_10)]
    fn submit_10(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(compute_10 { x: x, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_10")]
    fn store_10(&self, result: TaskResult<compute_10>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit_11(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(compute_11 { x: 0.5, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_11")]
    fn store_11(&self, result: TaskResult<compute_11>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = self.width, queue = queue_12)]
    fn submit_12(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(compute_12 { x: x, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_12")]
    fn store_12(&self, result: TaskResult<compute_12>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit_13(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(compute_13 { x: 0.5, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_13")]
    fn store_13(&self, result: TaskResult<compute_13>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = self.width, queue = queue_14)]
    fn submit_14(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(compute_14 { x: x, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_14")]
    fn store_14(&self, result: TaskResult<compute_14>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit_15(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(compute_15 { x: 0.5, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_15")]
    fn store_15(&self, result: TaskResult<compute_15>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = self.width, queue = queue_16)]
    fn submit_16(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(compute_16 { x: x, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_16")]
    fn store_16(&self, result: TaskResult<compute_16>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit_17(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(compute_17 { x: 0.5, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_17")]
    fn store_17(&self, result: TaskResult<compute_17>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = self.width, queue = queue_18)]
    fn submit_18(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent.submit(compute_18 { x: x, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_18")]
    fn store_18(&self, result: TaskResult<compute_18>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[task_submitter(task_type = Sim, n_slots = 2)]
    fn submit_19(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent.submit(compute_19 { x: 0.5, weights: vec![1.0] }.holding(slots))?;
        Ok(())
    }

    #[result_processor(topic = "kind_19")]
    fn store_19(&self, result: TaskResult<compute_19>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }

    #[event_responder(event = event_0, reallocate_resources, gather_from = Sim, gather_to = Ml, max_slots = 2)]
    fn respond_0(&self, agent: &Agent<Self>) {
        agent.done().set();
    }

    #[event_responder(event = event_1, reallocate_resources, gather_from = Sim, gather_to = Ml, max_slots = 2)]
    fn respond_1(&self, agent: &Agent<Self>) {
        agent.done().set();
    }

    #[event_responder(event = event_2, reallocate_resources, gather_from = Sim, gather_to = Ml, max_slots = 2)]
    fn respond_2(&self, agent: &Agent<Self>) {
        agent.done().set();
    }

    #[event_responder(event = event_3, reallocate_resources, gather_from = Sim, gather_to = Ml, max_slots = 2)]
    fn respond_3(&self, agent: &Agent<Self>) {
        agent.done().set();
    }

    #[event_responder(event = event_4, reallocate_resources, gather_from = Sim, gather_to = Ml, max_slots = 2)]
    fn respond_4(&self, agent: &Agent<Self>) {
        agent.done().set();
    }

    #[event_responder(event = event_5, reallocate_resources, gather_from = Sim, gather_to = Ml, max_slots = 2)]
    fn respond_5(&self, agent: &Agent<Self>) {
        agent.done().set();
    }

    #[event_responder(event = event_6, reallocate_resources, gather_from = Sim, gather_to = Ml, max_slots = 2)]
    fn respond_6(&self, agent: &Agent<Self>) {
        agent.done().set();
    }

    #[agent(startup)]
    fn plan_0(&self, agent: &Agent<Self>) {
        note(agent.name());
    }

    #[agent(startup)]
    fn plan_1(&self, agent: &Agent<Self>) {
        note(agent.name());
    }

    #[agent(startup)]
    fn plan_2(&self, agent: &Agent<Self>) {
        note(agent.name());
    }
}
