//! What holds for the options of an agent: R5 (in part), R6, R7, R11.

use quote::ToTokens;

use crate::diag::Diagnostics;
use crate::model::arguments::Role;
use crate::model::thinker::{Agent, Kind, Reallocation};
use crate::parse::options::Given;
use crate::parse::value::Count;

/// Checks the options of an agent.
pub(crate) fn check(agent: &Agent, diag: &mut Diagnostics) {
    match &agent.kind {
        Kind::Agent { .. } => {}
        Kind::ResultProcessor { threads, .. } => {
            check_count("threads", threads, diag);
            check_threads_of_updates(agent, threads.as_ref(), diag);
        }
        Kind::TaskSubmitter { n_slots, queue, .. } => {
            check_count("n_slots", n_slots, diag);
            check_closure(n_slots.as_ref(), queue.is_some(), diag);
        }
        Kind::EventResponder { reallocation, .. } => {
            check_count("max_slots", &reallocation.max_slots, diag);
            check_count("slot_step", &reallocation.slot_step, diag);
            if agent.sound {
                check_reallocation(reallocation, diag);
            }
        }
    }
}

/// R7: a count is at least 1.
fn check_count(name: &str, count: &Option<Given<Count>>, diag: &mut Diagnostics) {
    let Some(Given { value: Count::Literal(literal), .. }) = count else { return };
    if literal.base10_parse::<usize>().is_ok_and(|number| number == 0) {
        let error = diag.error(literal, format!("`{name}` is at least 1"));
        match name {
            "max_slots" => error.help("leave it out for no limit"),
            "n_slots" => error.help("an agent that submits without slots is an `#[agent]`"),
            _ => error.help("leave it out for 1"),
        };
    }
}

/// R7: a closure is called with the item.
fn check_closure(n_slots: Option<&Given<Count>>, queue: bool, diag: &mut Diagnostics) {
    if let (Some(Given { value: Count::Closure(closure), .. }), false) = (n_slots, queue) {
        diag.error(closure, "a closure is given the item, and there is no queue")
            .help("name one: `queue = candidates`; or write an expression: `n_slots = self.width`");
    }
}

/// R11: updates come in order, so one thread handles them.
fn check_threads_of_updates(agent: &Agent, threads: Option<&Given<Count>>, diag: &mut Diagnostics) {
    let updates = agent.method.argument(|role| matches!(role, Role::Update(_))).is_some();
    let Some(threads) = threads.filter(|_| updates) else { return };
    let one = matches!(&threads.value, Count::Literal(literal) if literal.base10_digits() == "1");
    if !one {
        diag.error(&threads.value, "updates are handled in order, by one thread").help("remove `threads`");
    }
}

/// R6: slots move if they are asked to, from one pool to another.
fn check_reallocation(reallocation: &Reallocation, diag: &mut Diagnostics) {
    let Some(asked) = &reallocation.asked else {
        if let Some(key) = first_key(reallocation) {
            let message = format!("`{key}` is about slots that move, and nothing asks them to");
            diag.error(&key, message).help(format!("write {}", missing(reallocation)));
        }
        return;
    };
    match (&reallocation.gather_from, &reallocation.gather_to) {
        (Some(from), Some(to)) if from.value.same(&to.value) => {
            diag.error(&to.value, "slots cannot move from a pool to the same one")
                .help("`gather_from` and `gather_to` name two different pools");
        }
        (Some(_), Some(_)) => {}
        (None, Some(_)) => {
            diag.error(asked, "nothing says from where slots are moved")
                .help("add `gather_from = ..`; `None` names the unallocated slots");
        }
        (Some(_), None) => {
            diag.error(asked, "nothing says where slots are moved to").help("add `gather_to = ..`");
        }
        (None, None) => {
            diag.error(asked, "nothing says which slots are moved")
                .help("add `gather_from = ..` and `gather_to = ..`; `None` names the unallocated slots");
        }
    }
}

/// What reallocation needs and has not been given, for messages.
fn missing(reallocation: &Reallocation) -> String {
    let mut missing = vec!["`reallocate_resources`"];
    missing.extend(reallocation.gather_from.is_none().then_some("`gather_from = ..`"));
    missing.extend(reallocation.gather_to.is_none().then_some("`gather_to = ..`"));
    match missing.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => missing.concat(),
    }
}

fn first_key(reallocation: &Reallocation) -> Option<proc_macro2::TokenStream> {
    let Reallocation { asked: _, gather_from, gather_to, disperse_to, max_slots, slot_step } = reallocation;
    let pools = [gather_from, gather_to, disperse_to].map(|pool| pool.as_ref().map(|given| &given.key));
    let counts = [max_slots, slot_step].map(|count| count.as_ref().map(|given| &given.key));
    pools.into_iter().chain(counts).flatten().next().map(ToTokens::to_token_stream)
}
