//! What holds for the method of an agent: R2, R3, R4, R11.

use quote::{ToTokens, quote};
use syn::{FnArg, ReceiverKind, ReturnType, Safety, Type};

use crate::diag::Diagnostics;
use crate::model::arguments::{Argument, Role, spelled};
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
    let who = who(method);
    if let Some(token) = &signature.asyncness {
        diag.error(token, format!("{who} runs in a thread and may block: remove `async`"));
    }
    if let Some(token) = &signature.constness {
        diag.error(token, format!("{who} runs when the campaign does: remove `const`"));
    }
    if let Safety::Unsafe(token) = &signature.safety {
        diag.error(token, format!("{who} is called by the campaign, which cannot vouch for it: remove `unsafe`"));
    }
    if !signature.generics.params.is_empty() {
        diag.error(&signature.generics, format!("{who} cannot be generic: nobody would choose its types"))
            .help("the thinker may be: write `impl<T> Steering<T>`");
    } else if let Some(clause) = signature.generics.where_clause.as_ref().filter(|clause| !clause.predicates.is_empty())
    {
        diag.error(clause, format!("{who} cannot have a where-clause of its own")).help("move it to the `impl` block");
    }
    if let Some(dots) = &signature.variadic {
        diag.error(dots, format!("{who} cannot be variadic"));
    }
    if !method.has_body {
        diag.error(method.ident(), format!("{who} needs a body"))
            .help("what is declared with a semicolon and served elsewhere is a `#[method]`");
    }
    check_receiver(method, diag);
}

/// What the method is, for messages.
fn who(method: &Callee) -> String {
    match method.known.name {
        hook @ ("prepare_agent" | "tear_down_agent") => format!("`#[{hook}]`"),
        _ => "an agent".into(),
    }
}

fn check_receiver(method: &Callee, diag: &mut Diagnostics) {
    const CURE: &str = "write `&self`; what agents change is behind a `Mutex` or an atomic";
    let Some(receiver) = method.receiver() else {
        let message = format!("{} is a method of the thinker, and does not take it", who(method));
        diag.error(method.ident(), message).help("write `&self` as its first argument");
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
            diag.error(receiver, format!("{} takes the thinker as `&self`", who(method))).help(CURE);
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
            diag.error(&argument.ty, format!("an agent cannot take `{}`", spelled(&argument.ty))).help(cure);
        }
        check_of_self(argument, &thinker.self_ty, diag);
    }
    check_once_each(&agent.method, diag);
    if diag.len() > before || agent.method.argument(|role| matches!(role, Role::Unnamed)).is_some() {
        return;
    }
    match &agent.kind {
        Kind::Agent { .. } | Kind::EventResponder { .. } => check_takes_nothing(agent, diag),
        Kind::ResultProcessor { .. } => check_takes_result(agent, diag),
        // Without sound options nobody knows whether there is a queue.
        Kind::TaskSubmitter { .. } if !agent.sound => {}
        Kind::TaskSubmitter { queue, .. } => check_takes_slots(agent, queue.is_some(), thinker, diag),
    }
}

/// R4: `&Agent<Self>` is of this thinker.
pub(crate) fn check_of_self(argument: &Argument, self_ty: &Type, diag: &mut Diagnostics) {
    let Role::Agent(of) = &argument.role else { return };
    let fits = of.as_ref().is_some_and(|of| same(of, &quote!(Self)) || same(of, self_ty));
    if !fits {
        let message = format!("an agent knows its own thinker, which is `{}`", spelled(self_ty));
        diag.error(&argument.ty, message).help("write `&Agent<Self>`");
    }
}

/// R4: nothing is taken twice.
pub(crate) fn check_once_each(method: &Callee, diag: &mut Diagnostics) {
    let kinds = |argument: &Argument| std::mem::discriminant(&argument.role);
    for (i, argument) in method.arguments.iter().enumerate() {
        let repeated = method.arguments[..i].iter().any(|before| kinds(before) == kinds(argument));
        if repeated && !matches!(argument.role, Role::Misfit(_) | Role::Unnamed) {
            diag.error(&argument.ty, format!("`{}` takes `{}` twice", method.name(), spelled(&argument.ty)))
                .help("remove one of the two");
        }
    }
}

/// What an agent of that kind is, and takes, for messages.
fn takes(kind: &Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Agent { .. } => ("a plain agent", "it may take `&Agent<Self>`, and `&mut` its local details"),
        Kind::EventResponder { .. } => {
            ("an event responder", "it may take `&Agent<Self>`, and `&mut` its local details")
        }
        Kind::ResultProcessor { .. } => (
            "a result processor",
            "it takes `TaskResult<method>` and then, if it wants them, the task's `Slots<Pool>`; or `TaskUpdate<method>`, \
             if the method emits",
        ),
        Kind::TaskSubmitter { .. } => {
            ("a task submitter", "it takes `Slots<Pool>`, and after it the item, if it has a `queue`")
        }
    }
}

/// What woke the agent: the arguments by value.
fn by_value(agent: &Agent) -> Vec<&Argument> {
    let taken = agent.method.arguments.iter();
    taken.filter(|argument| !matches!(argument.role, Role::Agent(_) | Role::Local(_))).collect()
}

/// An argument that nobody passes.
fn refuse(argument: &Argument, kind: &Kind, diag: &mut Diagnostics) {
    let (what, takes) = takes(kind);
    let error = diag.error(&argument.ty, format!("{what} is given no `{}`", spelled(&argument.ty)));
    match argument.role {
        Role::Slots => error.help("slots come to a `#[task_submitter]`, or from `agent.rec().acquire(pool, 1)?`"),
        Role::Result(_) | Role::Update(_) => {
            error.help("results come to a `#[result_processor]`; `agent.call(task)?` waits for one")
        }
        _ => error.help(takes),
    };
}

fn check_takes_nothing(agent: &Agent, diag: &mut Diagnostics) {
    by_value(agent).into_iter().for_each(|argument| refuse(argument, &agent.kind, diag));
}

fn check_takes_result(agent: &Agent, diag: &mut Diagnostics) {
    match by_value(agent)[..] {
        [Argument { role: Role::Result(_) | Role::Update(_), .. }] => {}
        [Argument { role: Role::Result(_), .. }, Argument { role: Role::Slots, .. }] => {}
        [Argument { role: Role::Update(_), .. }, Argument { role: Role::Slots, ty }] => {
            diag.error(ty, "with `TaskUpdate` the slots come inside `Finished`")
                .help("remove the argument, and match `TaskUpdate::Finished(result, slots)`");
        }
        [Argument { role: Role::Slots, ty: slots }, Argument { role: Role::Result(_), ty: result }] => {
            diag.error(&written(agent), "the result comes first, and then the slots that its task held").help(format!(
                "write `result: {}, slots: {}`",
                spelled(result),
                spelled(slots)
            ));
        }
        [] | [Argument { role: Role::Slots, .. }] => {
            diag.error(&written(agent), "a result processor takes the result that it handles")
                .help("add `result: TaskResult<method>`, with the method whose results they are");
        }
        [Argument { role: Role::Item, ty }] => {
            diag.error(ty, "a result processor takes the result that it handles as `TaskResult<method>`")
                .help("write the name of the method into it: it is read from there, and an alias would hide it");
        }
        [Argument { role: Role::Result(_), .. }, ref others @ ..] => {
            let misfit = others.iter().find(|argument| !matches!(argument.role, Role::Slots));
            misfit.into_iter().for_each(|argument| refuse(argument, &agent.kind, diag));
        }
        [first, ..] => refuse(first, &agent.kind, diag),
    }
}

fn check_takes_slots(agent: &Agent, queue: bool, thinker: &Thinker, diag: &mut Diagnostics) {
    match by_value(agent)[..] {
        [Argument { role: Role::Slots, .. }] if !queue => {}
        [Argument { role: Role::Slots, .. }, Argument { role: Role::Item, .. }] if queue => {}
        [Argument { role: Role::Slots, .. }, Argument { role: Role::Item, ty }] => {
            diag.error(ty, "nothing says where this item comes from")
                .help("name the field that is its queue: `queue = candidates`");
        }
        [Argument { role: Role::Slots, .. }] => {
            diag.error(&written(agent), "a task submitter with a queue takes the item")
                .help("add an argument of the queue's item type after the slots");
        }
        [Argument { role: Role::Item, ty: item }, Argument { role: Role::Slots, ty: slots }] if queue => {
            diag.error(&written(agent), "the slots come first, and then the item").help(format!(
                "write `slots: {}, item: {}`",
                spelled(slots),
                spelled(item)
            ));
        }
        [] | [Argument { role: Role::Item, .. }] => {
            let pools = thinker.pools.as_ref().map(|pools| format!("<{}>", spelled(pools))).unwrap_or_default();
            diag.error(&written(agent), "a task submitter takes the slots that it was granted").help(format!(
                "add `slots: Slots{pools}`, and let the task hold them: `agent.submit(task.holding(slots))`"
            ));
        }
        ref given => {
            let misfit = given.iter().find(|argument| !matches!(argument.role, Role::Slots | Role::Item));
            misfit.or(given.last()).into_iter().for_each(|argument| refuse(argument, &agent.kind, diag));
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
