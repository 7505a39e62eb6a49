//! What holds for a thinker as a whole: R2, R5, R10, R14.

use quote::{ToTokens, quote};
use syn::Type;

use super::{agent, option};
use crate::diag::Diagnostics;
use crate::model::arguments::{Role, spelled};
use crate::model::thinker::{Agent, Callee, Hook, Kind, Thinker, returns_result};
use crate::parse::types::{self, same, type_arguments};
use crate::parse::value::Pool;

/// Checks all rules. Agents and hooks in which a mistake is found are marked unsound.
pub(crate) fn check(thinker: &mut Thinker, diag: &mut Diagnostics) {
    check_block(thinker, diag);
    check_any_agents(thinker, diag);
    for i in 0..thinker.agents.len() {
        let before = diag.len();
        agent::check(&thinker.agents[i], thinker, diag);
        option::check(&thinker.agents[i], diag);
        let unnamed = thinker.agents[i].method.argument(|role| matches!(role, Role::Unnamed)).is_some();
        thinker.agents[i].sound &= diag.len() == before && !unnamed;
    }
    check_pools_known(thinker, diag);
    check_local_known(thinker, diag);
    check_one_processor_each(thinker, diag);
    check_hooks(thinker, diag);
}

/// R2: the block is inherent, and of a type that has a name.
fn check_block(thinker: &mut Thinker, diag: &mut Diagnostics) {
    if let Some(of_trait) = &thinker.of_trait {
        diag.error(of_trait, "`#[thinker]` belongs on an inherent `impl` block, not on the implementation of a trait")
            .help(format!("write `impl {} {{ .. }}`", spelled(&thinker.self_ty)));
    } else if thinker.name.is_none() {
        diag.error(&thinker.self_ty, "a thinker is a type of this crate that has a name: a struct or an enum")
            .help("write `impl Steering { .. }`, after `struct Steering { .. }`");
    } else {
        return;
    }
    thinker.sound = false;
}

/// R14: a thinker has agents.
fn check_any_agents(thinker: &Thinker, diag: &mut Diagnostics) {
    if thinker.agents.is_empty() && thinker.of_trait.is_none() {
        diag.error(&thinker.self_ty, "a thinker without agents does nothing")
            .help("mark a method with `#[agent]`, `#[task_submitter]`, `#[result_processor]` or `#[event_responder]`");
    }
}

/// R5: pools are used with `pools = ..` only. Said once, at the first use.
fn check_pools_known(thinker: &mut Thinker, diag: &mut Diagnostics) {
    if thinker.pools.is_some() {
        return;
    }
    let mut said = !thinker.sound;
    for agent in &mut thinker.agents {
        let Some(used) = pool_used(agent) else { continue };
        if agent.sound && !said {
            said = true;
            diag.error(&used, "this thinker has no pools")
                .help("name the enum of its pools: `#[thinker(pools = Pool)]`");
        }
        agent.sound = false;
    }
}

/// The first pool that an agent names in an option or in an argument.
fn pool_used(agent: &Agent) -> Option<proc_macro2::TokenStream> {
    let options = match &agent.kind {
        Kind::TaskSubmitter { pool, .. } => vec![pool],
        Kind::EventResponder { reallocation, .. } => {
            vec![&reallocation.gather_from, &reallocation.gather_to, &reallocation.disperse_to]
        }
        Kind::Agent { .. } | Kind::ResultProcessor { .. } => Vec::new(),
    };
    let named = options.into_iter().flatten().find(|given| !matches!(given.value, Pool::Unallocated(_)));
    let argument = || {
        let slots = agent.method.argument(|role| matches!(role, Role::Slots))?;
        type_arguments(&slots.ty).into_iter().find(|ty| !types::is_unit(ty)).map(ToTokens::to_token_stream)
    };
    named.map(|given| given.value.to_token_stream()).or_else(argument)
}

/// Local details are taken with `local = ..` only. Said once, at the first use.
fn check_local_known(thinker: &mut Thinker, diag: &mut Diagnostics) {
    if thinker.local.is_some() {
        return;
    }
    let mut said = !thinker.sound;
    let agents = thinker.agents.iter_mut().map(|agent| (&agent.method, &mut agent.sound));
    let hooks = thinker.tear_down.iter_mut().map(|hook| (&hook.method, &mut hook.sound));
    for (method, sound) in agents.chain(hooks) {
        let Some(argument) = method.argument(|role| matches!(role, Role::Local(_))) else { continue };
        let Role::Local(ty) = &argument.role else { continue };
        if *sound && !said {
            said = true;
            diag.error(&argument.ty, "the agents of this thinker have no local details")
                .help(format!("name their type: `#[thinker(local = {})]`", spelled(ty)));
        }
        *sound = false;
    }
}

/// R10: one processor for each method. Agents under `#[cfg]` may exclude each other and are not compared.
fn check_one_processor_each(thinker: &mut Thinker, diag: &mut Diagnostics) {
    let mut seen: Vec<(proc_macro2::TokenStream, String)> = Vec::new();
    for agent in thinker.agents.iter_mut().filter(|agent| agent.method.cfgs.is_empty()) {
        let (Kind::ResultProcessor { .. }, Some(method)) = (&agent.kind, agent.method.handled()) else { continue };
        match seen.iter().find(|(known, _)| same(known, method)) {
            Some((_, first)) => {
                let message = format!("the results of `{}` are handled by `{first}` already", spelled(method));
                diag.error(method, message)
                    .help("one processor handles them all; to handle several at once: `threads = 2`");
                agent.sound = false;
            }
            None => seen.push((method.to_token_stream(), agent.method.name())),
        }
    }
}

/// R14: at most one method before and one after every agent, each of the right type.
fn check_hooks(thinker: &mut Thinker, diag: &mut Diagnostics) {
    let local = thinker.local.as_ref().map(spelled);
    let prepared = |hook: &Hook, diag: &mut Diagnostics| check_prepared(&hook.method, local.as_deref(), diag);
    check_hook(&mut thinker.prepare, &thinker.self_ty, diag, prepared);
    let torn_down = |hook: &Hook, diag: &mut Diagnostics| agent::check_returns(&hook.method, diag);
    check_hook(&mut thinker.tear_down, &thinker.self_ty, diag, torn_down);
}

fn check_hook(hooks: &mut [Hook], self_ty: &Type, diag: &mut Diagnostics, returns: impl Fn(&Hook, &mut Diagnostics)) {
    for i in 0..hooks.len() {
        let before = diag.len();
        let hook = &hooks[i];
        let name = hook.method.known.name;
        agent::check_roles(&hook.method, diag);
        agent::check_signature(&hook.method, diag);
        check_hook_arguments(&hook.method, self_ty, diag);
        returns(hook, diag);
        if i > 0 && hooks[0].method.cfgs.is_empty() && hook.method.cfgs.is_empty() {
            let message = format!("`#[{name}]` is on `{}` already", hooks[0].method.name());
            diag.error(&hook.method.attribute, message).help("one method does it for all agents");
        }
        hooks[i].sound &= diag.len() == before;
    }
}

/// What runs before or after an agent takes the agent, and after it its local details.
fn check_hook_arguments(method: &Callee, self_ty: &Type, diag: &mut Diagnostics) {
    let tears_down = method.known.name == "tear_down_agent";
    for argument in &method.arguments {
        let fits = match &argument.role {
            Role::Agent(_) => true,
            Role::Local(_) => tears_down,
            _ => false,
        };
        if !fits {
            let message = format!("`#[{}]` is given no `{}`", method.known.name, spelled(&argument.ty));
            diag.error(&argument.ty, message).help(match tears_down {
                true => "it may take `&Agent<Self>`, and `&mut` the local details",
                false => "it may take `&Agent<Self>`; it makes the local details and returns them",
            });
        } else {
            agent::check_of_self(argument, self_ty, diag);
        }
    }
    agent::check_once_each(method, diag);
}

/// What `#[prepare_agent]` returns becomes the local details.
fn check_prepared(method: &Callee, local: Option<&str>, diag: &mut Diagnostics) {
    let Some(ty) = method.returned() else {
        if let Some(local) = local {
            diag.error(method.ident(), format!("`#[prepare_agent]` makes the local details, but returns no `{local}`"))
                .help(format!("return `{local}` or `Result<{local}>`"));
        }
        return;
    };
    let made = match returns_result(&method.signature.output) {
        true => type_arguments(ty).first().filter(|ty| !types::is_unit(ty)).map(|&ty| spelled(ty)),
        false => Some(spelled(ty)),
    };
    if let (None, Some(made)) = (local, made) {
        diag.error(&quote!(#ty), "the agents of this thinker have no local details that this could make")
            .help(format!("name their type: `#[thinker(local = {made})]`"));
    }
}
