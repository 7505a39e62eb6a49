//! What a method is: the traits behind `#[method]`.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::Codec;
use super::context::TaskContext;
use crate::error::BoxError;

/// A method that task servers run, described by the struct of its inputs.
///
/// `#[method]` implements it; by hand:
///
/// ```
/// use colmena_core::{BoxError, Body, IntoTask, Method, Task, TaskContext};
///
/// struct Square { x: f64 }
///
/// impl Method for Square {
///     const NAME: &'static str = "square";
///     const TOPIC: &'static str = "square";
///     const PARAMETERS: &'static [&'static str] = &["x"];
///     type Value = f64;
///     type Emission = ();
/// }
///
/// impl Body for Square {
///     fn run(&self, _: &TaskContext) -> Result<f64, BoxError> {
///         Ok(self.x * self.x)
///     }
/// }
///
/// impl IntoTask for Square {
///     type Method = Self;
///     fn into_task(self) -> Task<Self> {
///         Task::new(self)
///     }
/// }
/// # assert_eq!(Square { x: 3.0 }.run(&TaskContext::detached()).unwrap(), 9.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no method",
    label = "not a method",
    note = "mark the function with `#[method]`: that makes a type of the same name"
)]
pub trait Method: Sized + Send + Sync + 'static {
    /// The name by which servers know it.
    const NAME: &'static str;
    /// The topic of its results.
    const TOPIC: &'static str;
    /// The names of its inputs, in order.
    const PARAMETERS: &'static [&'static str];
    /// Whether it emits intermediate results.
    const EMITS: bool = false;
    /// Whether its inputs travel by keyword.
    const KWARGS: bool = false;
    /// Whether its inputs and value cannot leave the process.
    const LOCAL: bool = false;
    /// How what goes into it and comes out of it is written and read; `None` if it cannot be, as that of a `local` one.
    const CODEC: Option<Codec<Self>> = None;
    /// What it returns.
    type Value: Send + 'static;
    /// What it emits; `()` if it does not.
    type Emission: Send + 'static;
}

/// A method whose body is in this process, so that servers in it can run it.
#[diagnostic::on_unimplemented(
    message = "the method `{Self}` has no body in this process",
    label = "cannot be served here",
    note = "it was declared with a semicolon, `fn {Self}(..) -> ..;`: write its body here, or leave it to a server that has it",
    note = "if it is a program, serve it so: `.serve_executable::<{Self}>(Program::new(..))`"
)]
pub trait Body: Method {
    /// Runs the method once. `context` is the task that it is run for.
    ///
    /// # Errors
    /// Any error of the method; it becomes the failure of the task.
    fn run(&self, context: &TaskContext<Self::Emission>) -> Result<Self::Value, BoxError>;
}

/// A method that can be recorded, and served outside this process.
#[diagnostic::on_unimplemented(
    message = "the method `{Self}` is local: its inputs or its value cannot leave the process",
    label = "cannot be served outside this process",
    note = "remove `local` from `#[method(local)]`, or serve it in this process"
)]
pub trait Portable: Method {}

/// What goes into a method and comes out of it: serde can write it and read it back, so that a task can be recorded, and
/// served anywhere. An input of a `local` method need not be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent: it must be `Serialize` and `DeserializeOwned`",
    label = "cannot be sent",
    note = "derive both for it: `#[derive(serde::Serialize, serde::Deserialize)]`; for a type of another crate, look for \
            that crate's feature `serde`",
    note = "or mark the method `#[method(local)]`: then it is served in this process alone, and its inputs and value are \
            not recorded"
)]
pub trait Recordable: Serialize + DeserializeOwned {}

// Not recommended: rustc would say which half is missing, and list what else has it.
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Recordable for T {}

/// A thinker that has a result processor of the method `M`. `#[thinker]` implements it.
#[diagnostic::on_unimplemented(
    message = "no result processor of `{Self}` handles the method `{M}`",
    label = "its result would be collected by nobody",
    note = "add a `#[result_processor]` that takes a `TaskResult<{M}>`, or wait for this one result with \
            `agent.call(..)`"
)]
pub trait Processes<M: Method> {}

/// A method whose results a result processor of the thinker `T` handles.
#[diagnostic::on_unimplemented(
    message = "no result processor of `{T}` handles the method `{Self}`",
    label = "its result would be collected by nobody",
    note = "add a `#[result_processor]` that takes a `TaskResult<{Self}>`, or wait for this one result with \
            `agent.call(..)`"
)]
pub trait ProcessedBy<T> {}
impl<T: Processes<M>, M: Method> ProcessedBy<T> for M {}
