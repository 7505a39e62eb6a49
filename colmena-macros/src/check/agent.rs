//! What holds for the method of an agent: R2, R3, R4, R11.

use quote::{ToTokens, quote};
use syn::{FnArg, ReceiverKind, ReturnType, Safety};

use crate::diag::Diagnostics;
use crate::model::arguments::{Argument, Role};
use crate::model::thinker::{Agent, Callee, Kind, Thinker, returns_result};
use crate::parse::types::same;

/// Checks the method of an agent.
pub(crate) fn check(agent: &Agent, thinker: &Thinker, diag: &mut Diagnostics) {
    check_roles(&agent.method, diag);
    check_signature(&agent.method, diag);
    check_returns(&agent.method, diag);
    if agent.method.others.is_empty() {
        check_arguments(agent, thinker, diag);
    }
}

/// R2: one attribute of ours on one method.
pub(crate) fn check_roles(method: &Callee, diag: &mut Diagnostics) {
    for other in &method.others {
        let message = format!("`{}` is marked `#[{}]` already", method.name(), method.known.name);
        diag.error(&other.path(), message).help("a method is one agent: make a method of its own for the other");
    }
}

/// R3: an agent takes `&self` and is otherwise an ordinary function.
pub(crate) fn check_signature(method: &Callee, diag: &mut Diagnostics) {
    let signature = &method.signature;
    if let Some(token) = &signature.asyncness {
        diag.error(token, "an agent has a thread of its own and may block: remove `async`");
    }
    if let Some(token) = &signature.constness {
        diag.error(token, "an agent runs when the campaign does: remove `const`");
    }
    if let Safety::Unsafe(token) = &signature.safety {
        diag.error(token, "an agent is called by the campaign, which cannot vouch for it: remove `unsafe`");
    }
    if !signature.generics.params.is_empty() {
        diag.error(&signature.generics, "an agent cannot be generic: nobody would choose its types")
            .help("the thinker may be: write `impl<T> Steering<T>`");
    } else if let Some(clause) = &signature.generics.where_clause {
        diag.error(clause, "an agent cannot have a where-clause of its own").help("move it to the `impl` block");
    }
    if let Some(dots) = &signature.variadic {
        diag.error(dots, "an agent cannot be variadic");
    }
    if !method.has_body {
        diag.error(method.ident(), "an agent needs a body");
    }
    check_receiver(method, diag);
}

fn check_receiver(method: &Callee, diag: &mut Diagnostics) {
    const CURE: &str = "write `&self`; what agents change is behind a `Mutex` or an atomic";
    let Some(receiver) = method.receiver() else {
        diag.error(method.ident(), "an agent is a method of the thinker: it takes `&self`");
        return;
    };
    match &receiver.kind {
        ReceiverKind::Reference(_, _, None) => {}
        ReceiverKind::Reference(..) => {
            diag.error(receiver, "the agents share the thinker, so none can have it as `&mut self`").help(CURE);
        }
        ReceiverKind::Value => {
            diag.error(receiver, "the agents share the thinker, so none can take it as `self`").help(CURE);
        }
        ReceiverKind::Typed(_, ty) if same(&ty, &quote!(&Self)) => {}
        _ => {
            diag.error(receiver, "an agent takes the thinker as `&self`").help(CURE);
        }
    }
}

/// R4: an agent returns nothing or a `Result`.
pub(crate) fn check_returns(method: &Callee, diag: &mut Diagnostics) {
    let output = &method.signature.output;
    if let (ReturnType::Type(_, ty), Some(_), false) = (output, method.returned(), returns_result(output)) {
        diag.error(ty, "an agent returns nothing or a `Result`").help("write `-> Result<()>`, or leave it out");
    }
}

/// R4: the arguments fit the kind of agent. R11: the slots of a method that emits come inside `Finished`.
fn check_arguments(agent: &Agent, thinker: &Thinker, diag: &mut Diagnostics) {
    let before = diag.len();
    for argument in &agent.method.arguments {
        if let Role::Misfit(cure) = &argument.role {
            diag.error(&argument.ty, "an agent cannot take this").help(cure);
        }
        check_of_self(argument, Some(thinker), diag);
    }
    check_once_each(&agent.method, diag);
    if diag.len() > before {
        return;
    }
    match &agent.kind {
        Kind::Agent { .. } | Kind::EventResponder { .. } => check_takes_nothing(agent, diag),
        Kind::ResultProcessor { .. } => check_takes_result(agent, diag),
        // Without sound options nobody knows whether there is a queue.
        Kind::TaskSubmitter { .. } if !agent.sound => {}
        Kind::TaskSubmitter { queue, .. } => check_takes_slots(agent, queue.is_some(), diag),
    }
}

/// R4: `&Agent<Self>` is of this thinker.
pub(crate) fn check_of_self(argument: &Argument, thinker: Option<&Thinker>, diag: &mut Diagnostics) {
    let Role::Agent(of) = &argument.role else { return };
    let fits = of
        .as_ref()
        .is_some_and(|of| same(of, &quote!(Self)) || thinker.is_none_or(|thinker| same(of, &thinker.self_ty)));
    if !fits {
        diag.error(&argument.ty, "an agent knows its own thinker").help("write `&Agent<Self>`");
    }
}

/// R4: nothing is taken twice.
pub(crate) fn check_once_each(method: &Callee, diag: &mut Diagnostics) {
    let kinds = |argument: &Argument| std::mem::discriminant(&argument.role);
    for (i, argument) in method.arguments.iter().enumerate() {
        let repeated = method.arguments[..i].iter().any(|before| kinds(before) == kinds(argument));
        if repeated && !matches!(argument.role, Role::Misfit(_)) {
            diag.error(&argument.ty, "this is taken twice").help("remove one of the two");
        }
    }
}

/// What an agent of that kind takes, for messages.
fn takes(kind: &Kind) -> &'static str {
    match kind {
        Kind::Agent { .. } => "an agent may take `&Agent<Self>` and `&mut` its local details",
        Kind::EventResponder { .. } => "an event responder may take `&Agent<Self>` and `&mut` its local details",
        Kind::ResultProcessor { .. } => {
            "a result processor takes `TaskResult<method>` and then, if it wants them, the task's `Slots<Pool>`; \
             or `TaskUpdate<method>`, if the method emits; it may take `&Agent<Self>` and `&mut` its local details"
        }
        Kind::TaskSubmitter { .. } => {
            "a task submitter takes `Slots<Pool>` and then, with `queue = ..`, the item; \
             it may take `&Agent<Self>` and `&mut` its local details"
        }
    }
}

/// What woke the agent: the arguments by value.
fn by_value(agent: &Agent) -> Vec<&Argument> {
    let taken = agent.method.arguments.iter();
    taken.filter(|argument| !matches!(argument.role, Role::Agent(_) | Role::Local(_))).collect()
}

fn check_takes_nothing(agent: &Agent, diag: &mut Diagnostics) {
    for argument in by_value(agent) {
        diag.error(&argument.ty, format!("`#[{}]` gives nothing by value", agent.method.known.name))
            .help(takes(&agent.kind));
    }
}

fn check_takes_result(agent: &Agent, diag: &mut Diagnostics) {
    match by_value(agent)[..] {
        [Argument { role: Role::Result(_) | Role::Update(_), .. }] => {}
        [Argument { role: Role::Result(_), .. }, Argument { role: Role::Slots, .. }] => {}
        [Argument { role: Role::Update(_), .. }, Argument { role: Role::Slots, ty }] => {
            diag.error(ty, "with `TaskUpdate` the slots come inside `Finished`")
                .help("remove the argument, and match `TaskUpdate::Finished(result, slots)`");
        }
        [] | [Argument { role: Role::Slots, .. }] => {
            diag.error(&written(agent), "a result processor takes the result that it handles")
                .help("add `result: TaskResult<method>`, with the method whose results they are");
        }
        [Argument { role: Role::Item, ty }, ..] => {
            diag.error(ty, "a result processor takes the result as `TaskResult<method>`")
                .note("spelled so: the method is read from it, and an alias would hide it");
        }
        _ => {
            diag.error(&written(agent), "these arguments do not fit a result processor").help(takes(&agent.kind));
        }
    }
}

fn check_takes_slots(agent: &Agent, queue: bool, diag: &mut Diagnostics) {
    match by_value(agent)[..] {
        [Argument { role: Role::Slots, .. }] if !queue => {}
        [Argument { role: Role::Slots, .. }, Argument { role: Role::Item, .. }] if queue => {}
        [Argument { role: Role::Slots, .. }, Argument { role: Role::Item, ty }] => {
            diag.error(ty, "nothing says where this item comes from").help("name its queue: `queue = candidates`");
        }
        [Argument { role: Role::Slots, .. }] => {
            diag.error(&written(agent), "a task submitter with a queue takes the item")
                .help("add an argument of the queue's item type after the slots");
        }
        [] | [Argument { role: Role::Item, .. }] => {
            diag.error(&written(agent), "a task submitter takes the slots that it was granted")
                .help("add `slots: Slots<Pool>`, and let the task hold them: `agent.submit(task.holding(slots))`");
        }
        _ => {
            diag.error(&written(agent), "these arguments do not fit a task submitter").help(takes(&agent.kind));
        }
    }
}

/// What to underline where an argument is missing or out of order: the arguments, or the name if there are none.
fn written(agent: &Agent) -> proc_macro2::TokenStream {
    let typed = agent.method.signature.inputs.iter().filter(|input| matches!(input, FnArg::Typed(_)));
    let written: Vec<&FnArg> = typed.collect();
    match written.is_empty() {
        true => agent.method.ident().to_token_stream(),
        false => quote!(#(#written)*),
    }
}
