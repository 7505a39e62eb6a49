//! The attributes of colmena. Use them through the crate `colmena`, whose prelude exports them.
//!
//! [`macro@thinker`] marks the `impl` block of a thinker. The attributes of its methods are [`macro@agent`],
//! [`macro@task_submitter`], [`macro@result_processor`] and [`macro@event_responder`], and around every agent
//! [`macro@prepare_agent`] and [`macro@tear_down_agent`]. [`macro@method`] makes a task of a function, and
//! [`macro@ResourcePool`] an enum of pools of an enum. [`macro@Checkpoint`] saves the state of a thinker.
//!
//! They stay thin: each expands to a description and calls into the runtime, never to a loop of its own. Mistakes are
//! found when a program is compiled and reported together, at the words that caused them.

mod attribute;
mod check;
mod diag;
mod expand;
mod model;
mod parse;
mod table;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a thinker of a type: its methods are the agents. On an inherent `impl` block, one for each type.
///
/// The other attributes of this family stand on methods of the block. The block stays as it is written, methods that
/// are no agents included; beside it, `Thinker` is implemented.
///
/// # Options
///
/// | option | |
/// | --- | --- |
/// | `pools = Type` | the enum of the thinker's pools, which derives [`macro@ResourcePool`]. Without it only the unallocated slots exist |
/// | `local = Type` | the local details: each agent has its own, and takes them as `&mut Type`. Made by `#[prepare_agent]`, or by `Default` |
/// | `crate = path` | where the crate `colmena` is, if it is renamed |
///
/// # The methods
///
/// Each agent has a thread of its own, and may block. It takes `&self`, and what agents change is behind a `Mutex` or an atomic.
/// Arguments are told apart by their types: by shared reference `&Agent<Self>`; by `&mut` the local details; by
/// value what woke the agent. Leave out what is not needed. It returns nothing or a `Result<(), E>`, whose error fits
/// a boxed one; an error ends the campaign.
///
/// A type that is shared by agents is `Send` and `Sync`. It may be generic.
///
/// # What users of the original get wrong
///
/// What they are told, and when; what they are told here, and by which test that is shown. A file below `tests/ui` is a
/// program that must not compile; beside it is what the compiler says.
///
#[doc = include_str!("mistakes.md")]
///
/// # Example
///
/// ```
/// # use colmena::prelude::*;
/// # #[method(topic = "simulation")]
/// # fn simulate(x: f64) -> f64 { 4.0 - x * x }
/// # #[derive(ResourcePool)]
/// # enum Pool { Sim }
/// # struct Steering { candidates: WorkQueue<f64>, known: Mutex<Vec<TaskResult<simulate>>> }
/// #[thinker(pools = Pool)]
/// impl Steering {
///     #[task_submitter(task_type = Sim, n_slots = 1, queue = candidates)]
///     fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
///         agent.submit(simulate { x }.holding(slots))?;
///         Ok(())
///     }
///
///     #[result_processor(topic = "simulation")]
///     fn store(&self, agent: &Agent<Self>, result: TaskResult<simulate>) {
///         self.known.lock().push(result);
///         agent.done().set();
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn thinker(options: TokenStream, item: TokenStream) -> TokenStream {
    attribute::thinker(options.into(), item.into()).into()
}

/// Runs a method once, for as long as it likes. On a method of a [`macro@thinker`].
///
/// Its end sets `done`, and with that ends the campaign.
///
/// # Options
///
/// | option | |
/// | --- | --- |
/// | `startup` | its normal end does not set `done`; an error does |
///
/// # Arguments
///
/// `&Agent<Self>` and `&mut` the local details, if they are needed.
///
/// # Example
///
/// ```
/// # use colmena::prelude::*;
/// # #[method(topic = "simulation")]
/// # fn simulate(x: f64) -> f64 { 4.0 - x * x }
/// # struct Steering;
/// # #[thinker]
/// # impl Steering {
/// # #[result_processor]
/// # fn store(&self, _: TaskResult<simulate>) {}
/// #[agent(startup)]
/// fn seed(&self, agent: &Agent<Self>) -> Result<()> {
///     for x in [0.0, 0.5, 1.0] {
///         agent.submit(simulate { x })?;
///     }
///     Ok(())
/// }
/// # }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn agent(_options: TokenStream, item: TokenStream) -> TokenStream {
    attribute::misplaced(&table::AGENT, item.into()).into()
}

/// Runs a method once for each result of a task. On a method of a [`macro@thinker`].
///
/// Which results is said by the argument: `TaskResult<m>` are those of the method `m`. There is one processor for
/// each method, and `agent.submit` takes tasks of such methods only.
///
/// # Options
///
/// | option | |
/// | --- | --- |
/// | `topic = "..."` | the topic of the method; another one is an error. Also written `result_processor("...")` |
/// | `threads = N` | how many threads share the work: a number of at least 1, or an expression such as `self.width`. Absent: 1 |
///
/// # Arguments
///
/// `TaskResult<m>`, spelled so, and then `Slots<Pool>`, if the processor wants the slots that the task held: without
/// that argument they are free before it runs. For a method that emits intermediate results `TaskUpdate<m>` instead,
/// in one thread. Besides, `&Agent<Self>` and `&mut` the local details.
///
/// # Example
///
/// ```
/// # use colmena::prelude::*;
/// # #[method(topic = "simulation")]
/// # fn simulate(x: f64) -> f64 { 4.0 - x * x }
/// # struct Steering { known: Mutex<Vec<(f64, f64)>> }
/// # #[thinker]
/// # impl Steering {
/// #[result_processor(topic = "simulation", threads = 2)]
/// fn store(&self, result: TaskResult<simulate>) {
///     if let Ok(&y) = result.value() {
///         self.known.lock().push((result.inputs().x, y));
///     }
/// }
/// # }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn result_processor(_options: TokenStream, item: TokenStream) -> TokenStream {
    attribute::misplaced(&table::RESULT_PROCESSOR, item.into()).into()
}

/// Runs a method each time slots are granted, and, with a queue, an item waits. On a method of a [`macro@thinker`].
///
/// # Options
///
/// | option | |
/// | --- | --- |
/// | `task_type = Pool` | from which pool: a variant (`Sim`, `Pool::Sim`), its name (`"sim"`), or `None` for the unallocated slots. Absent: `None` |
/// | `n_slots = N` | how many: a number of at least 1; an expression such as `self.width`, evaluated once, at launch; or, with a queue, a closure over the item, `\|job\| self.nodes(job)`. Absent: 1 |
/// | `queue = field` | the field of the thinker from which items come: a `WorkQueue`, or any `Source` |
///
/// # Arguments
///
/// `Slots<Pool>` and then, with a queue, the item. Besides, `&Agent<Self>` and `&mut` the local details.
///
/// # Example
///
/// ```
/// # use colmena::prelude::*;
/// # #[derive(Clone, serde::Serialize, serde::Deserialize)]
/// # struct Job { nodes: usize }
/// # #[method]
/// # fn simulate(job: &Job) -> usize { job.nodes }
/// # #[derive(ResourcePool)]
/// # enum Pool { Sim }
/// # struct Steering { jobs: WorkQueue<Job> }
/// # #[thinker(pools = Pool)]
/// # impl Steering {
/// # #[result_processor]
/// # fn store(&self, _: TaskResult<simulate>) {}
/// #[task_submitter(task_type = Sim, n_slots = |job| job.nodes, queue = jobs)]
/// fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, job: Job) -> Result<()> {
///     agent.submit(simulate { job }.holding(slots))?;
///     Ok(())
/// }
/// # }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn task_submitter(_options: TokenStream, item: TokenStream) -> TokenStream {
    attribute::misplaced(&table::TASK_SUBMITTER, item.into()).into()
}

/// Runs a method each time an event is set. On a method of a [`macro@thinker`].
///
/// # Options
///
/// | option | |
/// | --- | --- |
/// | `event = field` | the field of the thinker that is the `Event`. Also written `event_name = ..` |
/// | `reallocate_resources` | while the method runs, slots are moved |
/// | `gather_from = Pool` | from this pool; `None` names the unallocated slots |
/// | `gather_to = Pool` | to this pool |
/// | `disperse_to = Pool` | where as many go afterwards. Absent: `None` |
/// | `max_slots = N` | up to how many: a number or an expression. Absent: no limit |
/// | `slot_step = N` | how many at a time. Absent: 1 |
///
/// The options about slots need `reallocate_resources`, and that needs `gather_from` and `gather_to`.
///
/// # Arguments
///
/// `&Agent<Self>` and `&mut` the local details, if they are needed.
///
/// # Example
///
/// ```
/// # use colmena::prelude::*;
/// # #[method]
/// # fn fit(data: &[f64]) -> f64 { data.iter().sum() }
/// # #[derive(ResourcePool)]
/// # enum Pool { Sim, Ml }
/// # struct Steering { retrain: Event, model: Mutex<f64> }
/// # impl Steering { fn data(&self) -> Vec<f64> { vec![1.0] } }
/// # #[thinker(pools = Pool)]
/// # impl Steering {
/// #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, gather_to = Ml, disperse_to = Sim)]
/// fn train(&self, agent: &Agent<Self>) -> Result<()> {
///     let slots = agent.rec().acquire(Pool::Ml, 1)?;
///     let model = agent.call(fit { data: self.data() }.holding(slots))?.into_value()?;
///     *self.model.lock() = model;
///     Ok(())
/// }
/// # }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn event_responder(_options: TokenStream, item: TokenStream) -> TokenStream {
    attribute::misplaced(&table::EVENT_RESPONDER, item.into()).into()
}

/// Runs a method before every agent, in the agent's thread. On one method of a [`macro@thinker`].
///
/// It takes `&Agent<Self>`, if it needs it, and returns the local details (the type named by `local = ..`) or a
/// `Result` of them; nothing or a `Result<()>`, if there are none. An error counts as the agent's.
///
/// # Example
///
/// ```
/// # use colmena::prelude::*;
/// # use std::fs::File;
/// # struct Details { log: File }
/// # struct Steering;
/// # #[thinker(local = Details)]
/// # impl Steering {
/// # #[agent]
/// # fn steer(&self, _: &mut Details) {}
/// #[prepare_agent]
/// fn open(&self, agent: &Agent<Self>) -> Result<Details> {
///     Ok(Details { log: File::create(agent.name())? })
/// }
/// # }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn prepare_agent(_options: TokenStream, item: TokenStream) -> TokenStream {
    attribute::misplaced(&table::PREPARE_AGENT, item.into()).into()
}

/// Runs a method after every agent, in the agent's thread, however the agent ended. On one method of a [`macro@thinker`].
///
/// It takes `&Agent<Self>` and `&mut` the local details, if it needs them, and returns nothing or a `Result<(), E>`.
/// One that takes the local details does not run where there are none, because `#[prepare_agent]` failed.
///
/// # Example
///
/// ```
/// # use colmena::prelude::*;
/// # use std::fs::File;
/// # struct Details { log: File }
/// # struct Steering;
/// # #[thinker(local = Details)]
/// # impl Steering {
/// # #[agent]
/// # fn steer(&self, _: &mut Details) {}
/// # #[prepare_agent]
/// # fn open(&self, agent: &Agent<Self>) -> Result<Details> { Ok(Details { log: File::create(agent.name())? }) }
/// #[tear_down_agent]
/// fn close(&self, local: &mut Details) -> Result<()> {
///     local.log.sync_all()?;
///     Ok(())
/// }
/// # }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn tear_down_agent(_options: TokenStream, item: TokenStream) -> TokenStream {
    attribute::misplaced(&table::TEAR_DOWN_AGENT, item.into()).into()
}

/// Makes a task of a function. On a free function, with a body, or without one, if it is served elsewhere.
///
/// The function stays an ordinary one. Beside it there is a struct of the same name, whose fields are the parameters:
/// `simulate(0.5)` calls the function here and now, `simulate { x: 0.5 }` is a task.
///
/// # Options
///
/// | option | |
/// | --- | --- |
/// | `topic = "..."` | the topic of its results. Absent: its name. Several methods may share one |
/// | `name = "..."` | its name for servers. Absent: that of the function |
/// | `kwargs` | servers outside Rust are sent the parameters by their names |
/// | `local` | inputs and value need not be serialisable: the method is served in this process only |
/// | `command = "..."` | its task is a run of this command; see below |
/// | `crate = path` | where the crate `colmena` is, if it is renamed |
///
/// # Parameters
///
/// The fields own what the parameters borrow: `Vec<T>` for `&[T]`, `String` for `&str`, `T` for `&T`. What is borrowed
/// is lent to the function and not copied. What is taken by value is cloned for each attempt: take large things by
/// reference. Documentation of a parameter goes to its field.
///
/// A last parameter `task: &TaskContext<Y>` is no field: it gives the task's id, attempt, resources and cancellation
/// flag, and `task.emit(y)` sends an intermediate result.
///
/// Unless the method is `local`, parameters and value implement `Serialize` and `DeserializeOwned`.
///
/// # Value
///
/// If the last segment of the return type is `Result`, an `Err` is a failure of the task.
///
/// # Commands
///
/// A method whose task is a program has no body: it implements `ExecutableMethod`, and is served by `serve_executable`. Where
/// a command line says it all, `command = "python score.py --x {x}"` does that. The first word is the program; parameters in
/// braces are written as `Display` does, or as a format says (`{x:.3}`); quotes keep words together, and no shell reads them.
/// The value is read from standard output, without the white space around it, as `FromStr` does; a method that returns
/// nothing leaves its output alone. It is served with `Program::of::<score>()`.
///
/// # The name
///
/// The name stands for a function and for a type. Refer to the function in documentation as ``[`simulate()`]``;
/// `mod simulate; use simulate::simulate;` is a conflict, and so is `match simulate { .. }` without parentheses.
///
/// # Example
///
/// ```
/// # use colmena::prelude::*;
/// /// The expensive computation.
/// #[method(topic = "simulation")]
/// fn simulate(x: f64) -> f64 {
///     4.0 - x * x
/// }
///
/// /// Served elsewhere.
/// #[method(topic = "simulation")]
/// fn dock(ligand: &str, poses: u32) -> Vec<f64>;
///
/// /// A program.
/// #[method(command = "expr {a} + {b}")]
/// fn add(a: i64, b: i64) -> i64;
/// # fn main() {
/// # let server = LocalTaskServer::new().serve_executable::<add>(Program::of::<add>());
/// # }
/// ```
#[proc_macro_attribute]
pub fn method(options: TokenStream, item: TokenStream) -> TokenStream {
    attribute::method(options.into(), item.into()).into()
}

/// Makes an enum without fields the pools of a thinker: each variant is one.
///
/// A pool is named like its variant in snake case (`Sim` is "sim"), or by `#[pool(name = "...")]` on the variant.
/// `#[pool(crate = path)]` on the enum says where the crate `colmena` is, if it is renamed.
///
/// # Example
///
/// ```
/// # use colmena::prelude::*;
/// #[derive(ResourcePool)]
/// enum Pool {
///     Sim,
///     #[pool(name = "learning")]
///     Ml,
/// }
/// # fn main() {}
/// ```
#[proc_macro_derive(ResourcePool, attributes(pool))]
pub fn resource_pool(item: TokenStream) -> TokenStream {
    attribute::resource_pool(item.into()).into()
}

/// Saves a struct, a thinker or a part of one, in checkpoints, field by field: `Campaign::checkpoint_every`.
///
/// Each field is what agents change (a `Mutex`, an atomic, a `WorkQueue`, an `Event`, or a struct that derives this), or it is
/// marked `#[checkpoint(skip)]`: then it is the same at each start, or need not be known again.
/// `#[checkpoint(crate = path)]` on the struct says where the crate `colmena` is, if it is renamed.
///
/// # Example
///
/// ```
/// # use colmena::prelude::*;
/// #[derive(Checkpoint)]
/// struct Steering {
///     known: Mutex<Vec<(f64, f64)>>,
///     candidates: WorkQueue<f64>,
///     retrain: Event,
///     #[checkpoint(skip)]
///     budget: usize,
/// }
/// # fn main() {}
/// ```
#[proc_macro_derive(Checkpoint, attributes(checkpoint))]
pub fn checkpoint(item: TokenStream) -> TokenStream {
    attribute::checkpoint(item.into()).into()
}
