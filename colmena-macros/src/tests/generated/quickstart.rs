//! What the attributes of `examples/quickstart.rs` expand to; `tests/expanded.rs` holds it.

/// The expensive computation: here a parabola that takes a while. Its top is at 0.
fn simulate(x: f64, run_time: Duration, task: &TaskContext) -> Result<f64> {
    task.sleep(run_time)?;
    Ok(4.0 - x * x)
}
///The inputs of [`simulate()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > Duration : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct simulate {
    ///The parameter `x`.
    x: f64,
    ///The parameter `run_time`.
    run_time: Duration,
}
#[automatically_derived]
impl ::colmena::__private::Method for simulate
where
    f64: ::colmena::__private::check::Input,
    Duration: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "simulate";
    const TOPIC: &'static ::core::primitive::str = "simulate";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "run_time"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for simulate
where
    f64: ::colmena::__private::check::Input,
    Duration: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for simulate
where
    f64: ::colmena::__private::check::Input,
    Duration: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for simulate
where
    f64: ::colmena::__private::check::Input,
    Duration: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        __colmena_context: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match simulate(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            ::colmena::__private::check::cloned::<Duration>(&self.run_time),
            __colmena_context,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<Duration>();
};
enum Pool {
    Sim,
}
#[automatically_derived]
impl ::colmena::__private::ResourcePool for Pool {
    const NAMES: &'static [&'static ::core::primitive::str] = &["sim"];
    fn index(&self) -> ::core::primitive::usize {
        match self {
            Self::Sim => 0usize,
        }
    }
    fn from_index(index: ::core::primitive::usize) -> ::core::option::Option<Self> {
        match index {
            0usize => ::core::option::Option::Some(Self::Sim),
            _ => ::core::option::Option::None,
        }
    }
}
impl HillClimb {
    /// Runs whenever a slot is free: sends a guess close to the best point so far.
    fn guess(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        let step = agent.rng().random_range(-1.0..1.0);
        let Climb { best_x, sent, .. } = {
            let mut climb = self.climb.lock();
            climb.sent += 1;
            *climb
        };
        let task = simulate {
            x: best_x + step,
            run_time: self.run_time,
        };
        agent.submit(task.holding(slots))?;
        if sent == self.guesses {
            agent.done().set();
        }
        Ok(())
    }
    /// Runs for each result: moves to it if it is higher. The slot of the task is free again already.
    fn store(&self, result: TaskResult<simulate>) -> Result<()> {
        let x = result.inputs().x;
        let value = result.into_value()?;
        let mut climb = self.climb.lock();
        climb.results += 1;
        if value > climb.best_value {
            (climb.best_x, climb.best_value) = (x, value);
        }
        let Climb { best_x, best_value, results, .. } = *climb;
        if results.is_multiple_of(20) {
            info!(
                "{results} of {} guesses, best f({best_x:.3}) = {best_value:.3}", self
                .guesses
            );
        }
        Ok(())
    }
}
#[automatically_derived]
impl ::colmena::__private::Thinker for HillClimb {
    type Pools = Pool;
    type Local = ();
    const NAME: &'static ::core::primitive::str = "HillClimb";
    const AGENTS: &'static [::colmena::__private::AgentInfo] = &[
        ::colmena::__private::AgentInfo::task_submitter("guess"),
        ::colmena::__private::AgentInfo::result_processor("store"),
    ];
    fn describe(agents: &mut ::colmena::__private::Agents<Self>) {
        agents
            .task_submitter("guess")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::guess(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store(thinker, result),
            ));
    }
    fn prepare_agent(
        &self,
        agent: &::colmena::__private::Agent<Self>,
    ) -> ::core::result::Result<Self::Local, ::colmena::__private::BoxError> {
        ::core::result::Result::Ok(())
    }
}
const _: () = {
    type __ColmenaHandled = simulate;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for HillClimb {}
    const _TOPIC: () = ::colmena::__private::check::topic::<
        __ColmenaHandled,
    >("simulate");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
