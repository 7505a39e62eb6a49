//! `#[thinker]` and the attributes inside it.

use quote::quote;

use super::{assert_errors, errors};
use crate::attribute::{misplaced, thinker};
use crate::table::INNER;

#[test]
fn the_options_of_the_guide_are_accepted() {
    let tokens = thinker(
        quote!(pools = Pool),
        quote! {
            impl Steering {
                #[agent(startup = true)]
                fn seed(&self) {}
                #[task_submitter(task_type = "sim", n_slots = 1)]
                fn submit(&self, slots: Slots<Pool>) {}
                #[result_processor("simulation")]
                fn store(&self, result: TaskResult<simulate>) {}
                #[event_responder(event_name = "retrain", reallocate_resources = true, gather_from = Pool::Sim,
                                  gather_to = "ml", disperse_to = None, max_slots = self.width, slot_step = 2)]
                fn train(&self) {}
            }
        },
    );
    assert_errors(&tokens, &[]);
}

#[test]
fn five_mistakes_give_five_errors_and_leave_the_block() {
    let tokens = thinker(
        quote!(pools = Pool),
        quote! {
            impl Steering {
                #[task_submitter(task_typ = Sim)]
                fn submit(&self, slots: Slots<Pool>) {}
                #[agent]
                async fn plan(&self) {}
                #[result_processor(topic = "simulation")]
                fn store(&self, result: TaskResult<simulate>) -> u32 { let broken: = ; }
                #[event_responder(event = retrain, gather_from = Sim)]
                fn train(&self) {}
                #[agent]
                fn seed(&mut self) {}
                #[agent]
                fn sound(&self) {}
            }
        },
    );
    assert_errors(
        &tokens,
        &[
            "unknown option `task_typ`; did you mean `task_type`?",
            "an agent runs in a thread and may block: remove `async`",
            "an agent returns nothing or a `Result`",
            "`gather_from` is about slots that move, and nothing asks them to",
            "the agents share the thinker, so none can have it as `&mut self`",
        ],
    );
    let text = tokens.to_string();
    assert!(text.contains("impl Steering { fn submit (& self , slots : Slots < Pool >) { }"), "{text}");
    assert!(text.contains("let broken : = ;"), "bodies are opaque: {text}");
    assert!(text.contains("type __ColmenaHandled = simulate"), "`agent.submit` elsewhere works: {text}");
    assert!(text.contains(r#"agent ("sound")"#) && !text.contains(r#"agent ("seed")"#), "{text}");
}

#[test]
fn what_is_no_impl_block_is_refused_and_left() {
    assert_errors(
        &thinker(
            quote!(),
            quote!(
                struct S {
                    x: u32,
                }
            ),
        ),
        &["`#[thinker]` belongs on an inherent `impl` block"],
    );
    let of_trait = thinker(quote!(), quote!(impl Clone for S { #[agent] fn clone(&self) {} }));
    assert_errors(
        &of_trait,
        &["`#[thinker]` belongs on an inherent `impl` block, not on the implementation of a trait"],
    );
    let unread = thinker(quote!(), quote!(impl S { #[agent] fn a(&self) {} #[result_processor("x")] mystery }));
    assert_eq!(errors(&unread).len(), 1);
    assert!(!unread.to_string().contains("agent") && !unread.to_string().contains("result_processor"), "{unread}");
}

#[test]
fn an_attribute_outside_a_thinker_is_refused() {
    for attribute in INNER {
        let tokens = misplaced(
            attribute,
            quote!(
                fn f() {}
            ),
        );
        assert_errors(
            &tokens,
            &[&format!("`#[{}]` belongs on a method of an `impl` block marked `#[thinker]`", attribute.name)],
        );
        assert!(tokens.to_string().ends_with("fn f () { }"));
    }
}

#[test]
fn pools_are_missed_once() {
    let tokens = thinker(
        quote!(),
        quote! {
            impl Steering {
                #[task_submitter(task_type = Sim)]
                fn one(&self, slots: Slots<Pool>) {}
                #[task_submitter]
                fn two(&self, slots: Slots<Pool>) {}
                #[task_submitter(task_type = None)]
                fn unallocated(&self, slots: Slots) {}
            }
        },
    );
    assert_errors(
        &tokens,
        &["this thinker has no pools\n= help: name the enum of its pools: `#[thinker(pools = Pool)]`"],
    );
}

#[test]
fn a_cfg_is_copied_to_all_that_is_generated() {
    let tokens = thinker(
        quote!(),
        quote! {
            impl Steering {
                #[cfg(test)]
                #[task_submitter(n_slots = self.width)]
                fn submit(&self, slots: Slots) {}
                #[cfg(test)]
                #[result_processor(threads = N)]
                fn store(&self, result: TaskResult<simulate>) {}
            }
        },
    );
    assert_errors(&tokens, &[]);
    // Each method, its entry in the list, its registration; the hidden method for `self.width`; `Processes`.
    assert_eq!(tokens.to_string().matches("# [cfg (test)]").count(), 2 * 3 + 2);
}
