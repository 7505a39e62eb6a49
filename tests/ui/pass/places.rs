//! Thinkers where one does not expect them: in functions, in modules, in macros, under `cfg`.
#![deny(warnings)]

mod inner {
    use colmena::prelude::*;

    #[method]
    pub(super) fn quiet(x: i32) -> i32 {
        x
    }
}

use colmena::prelude::*;
use inner::quiet;

macro_rules! thinker_of {
    ($name:ident, $method:ty, $n_slots:expr, $queue:ident) => {
        struct $name {
            width: usize,
            $queue: WorkQueue<i32>,
        }

        #[thinker]
        impl $name {
            #[task_submitter(n_slots = $n_slots, queue = $queue)]
            fn submit(&self, agent: &Agent<Self>, slots: Slots, x: i32) -> Result<()> {
                agent.submit(quiet { x }.holding(slots))?;
                Ok(())
            }

            #[task_submitter(n_slots = self.width)]
            fn another(&self, agent: &Agent<Self>, slots: Slots) {
                drop(slots);
                agent.done().wait();
            }

            #[result_processor]
            fn store(&self, result: TaskResult<$method>) {
                drop(result);
            }

            #[cfg(any())]
            #[task_submitter(n_slots = self.no_such_field)]
            fn never(&self, slots: Slots) {}
        }
    };
}

thinker_of!(Made, quiet, 2, items);

fn main() -> Result<()> {
    #[method]
    fn local(x: f64) -> f64 {
        x
    }

    struct Here;

    #[thinker]
    impl Here {
        #[agent]
        fn go(&self, agent: &Agent<Self>) -> Result<()> {
            agent.submit(local { x: 1.0 })?;
            Ok(())
        }

        #[result_processor(topic = "local")]
        fn store(&self, result: TaskResult<local>) {
            assert_eq!(*result.value().expect("it cannot fail"), 1.0);
        }
    }

    Campaign::new(Here).task_server(LocalTaskServer::new().serve::<local>()).run()?;
    let made = Made { width: 1, items: [1, 2].into_iter().collect() };
    made.items.close();
    Campaign::new(made).unallocated_slots(3).task_server(LocalTaskServer::new().serve::<quiet>()).run()?;
    Ok(())
}
