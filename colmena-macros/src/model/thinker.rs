//! A thinker and its agents.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Generics, Ident, LitStr, Member, Receiver, ReturnType, Signature, Type};

use super::arguments::{self, Argument, Role};
use super::runtime::Runtime;
use crate::diag::Diagnostics;
use crate::parse::block::{Block, Method};
use crate::parse::options::{self, Given, Options};
use crate::parse::types::{is_named, last_segment, returned};
use crate::parse::value::{Count, Pool};
use crate::table;

/// An `impl` block marked `#[thinker]`.
pub(crate) struct Thinker {
    /// Where the runtime is.
    pub(crate) runtime: Runtime,
    /// The generics of the block.
    pub(crate) generics: Generics,
    /// The type.
    pub(crate) self_ty: Type,
    /// `impl Trait for`, if that stands there.
    pub(crate) of_trait: Option<TokenStream>,
    /// The last segment of the type: its name.
    pub(crate) name: Option<Ident>,
    /// The option `pools`.
    pub(crate) pools: Option<Type>,
    /// The option `local`.
    pub(crate) local: Option<Type>,
    /// Whether its options could be read.
    pub(crate) sound: bool,
    /// Its agents, in the order of their methods.
    pub(crate) agents: Vec<Agent>,
    /// The methods marked `#[prepare_agent]`.
    pub(crate) prepare: Vec<Hook>,
    /// The methods marked `#[tear_down_agent]`.
    pub(crate) tear_down: Vec<Hook>,
}

/// A method that is an agent.
pub(crate) struct Agent {
    /// The method.
    pub(crate) method: Callee,
    /// What makes it run.
    pub(crate) kind: Kind,
    /// Whether no mistake has been found in it: only then it is expanded.
    pub(crate) sound: bool,
}

/// A method that runs before or after every agent.
pub(crate) struct Hook {
    /// The method.
    pub(crate) method: Callee,
    /// Whether no mistake has been found in it.
    pub(crate) sound: bool,
}

/// What is known of a marked method.
pub(crate) struct Callee {
    /// The attribute, as written.
    pub(crate) attribute: Attribute,
    /// What the table says of it.
    pub(crate) known: &'static table::Attribute,
    /// Further attributes of ours on the same method.
    pub(crate) others: Vec<Attribute>,
    /// Its `#[cfg(..)]`: they hold for all that is made of it.
    pub(crate) cfgs: Vec<Attribute>,
    /// The signature.
    pub(crate) signature: Signature,
    /// Whether it has a body.
    pub(crate) has_body: bool,
    /// The arguments after the receiver.
    pub(crate) arguments: Vec<Argument>,
}

/// The kinds of agents, with their options.
pub(crate) enum Kind {
    /// `#[agent]`
    Agent { startup: bool },
    /// `#[result_processor]`
    ResultProcessor { topic: Option<Given<LitStr>>, threads: Option<Given<Count>> },
    /// `#[task_submitter]`
    TaskSubmitter { pool: Option<Given<Pool>>, n_slots: Option<Given<Count>>, queue: Option<Given<Member>> },
    /// `#[event_responder]`
    EventResponder { event: Option<Given<Member>>, reallocation: Box<Reallocation> },
}

/// The options of a responder that concern slots.
pub(crate) struct Reallocation {
    /// `reallocate_resources`, if it is given and not `false`.
    pub(crate) asked: Option<TokenStream>,
    pub(crate) gather_from: Option<Given<Pool>>,
    pub(crate) gather_to: Option<Given<Pool>>,
    pub(crate) disperse_to: Option<Given<Pool>>,
    pub(crate) max_slots: Option<Given<Count>>,
    pub(crate) slot_step: Option<Given<Count>>,
}

impl Callee {
    /// The method's name.
    pub(crate) fn ident(&self) -> &Ident {
        &self.signature.ident
    }

    /// The method's name, for the agent and for messages.
    pub(crate) fn name(&self) -> String {
        self.ident().to_string().trim_start_matches("r#").to_string()
    }

    /// The receiver, if there is one.
    pub(crate) fn receiver(&self) -> Option<&Receiver> {
        self.signature.receiver()
    }

    /// The return type, unless it is `()`.
    pub(crate) fn returned(&self) -> Option<&Type> {
        returned(&self.signature.output)
    }

    /// The first argument of that role.
    pub(crate) fn argument(&self, is: impl Fn(&Role) -> bool) -> Option<&Argument> {
        self.arguments.iter().find(|argument| is(&argument.role))
    }

    /// The method of `TaskResult<m>` or `TaskUpdate<m>`.
    pub(crate) fn handled(&self) -> Option<&Type> {
        self.arguments.iter().find_map(|argument| match &argument.role {
            Role::Result(method) | Role::Update(method) => Some(method),
            _ => None,
        })
    }
}

/// Whether the return type is a `Result`, by its last segment.
pub(crate) fn returns_result(output: &ReturnType) -> bool {
    returned(output).is_some_and(|ty| is_named(ty, "Result"))
}

/// Makes the model of a thinker; reads the options of its agents.
pub(crate) fn build(options: &Options, block: &Block, diag: &mut Diagnostics) -> Thinker {
    let facade = options.path("crate").map(|given| given.value);
    let mut thinker = Thinker {
        runtime: Runtime::at(facade.as_ref()),
        generics: block.generics.clone(),
        self_ty: block.self_ty.clone(),
        of_trait: block.of_trait.as_ref().map(|path| quote!(#path)),
        name: last_segment(&block.self_ty).map(|segment| segment.ident.clone()),
        pools: options.ty("pools").map(|given| given.value),
        local: options.ty("local").map(|given| given.value),
        sound: !options.broken,
        agents: Vec::new(),
        prepare: Vec::new(),
        tear_down: Vec::new(),
    };
    for method in block.methods() {
        if let [(attribute, known), others @ ..] = &method.roles[..] {
            let others = others.iter().map(|(other, _)| other.clone()).collect();
            thinker.add(callee(method, attribute, known, others), diag);
        }
    }
    thinker
}

fn callee(method: &Method, attribute: &Attribute, known: &'static table::Attribute, others: Vec<Attribute>) -> Callee {
    let cfgs = method.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    Callee {
        attribute: attribute.clone(),
        known,
        others,
        cfgs: cfgs.cloned().collect(),
        signature: method.signature.clone(),
        has_body: matches!(method.body, proc_macro2::TokenTree::Group(_)),
        arguments: arguments::of(&method.signature.inputs),
    }
}

impl Thinker {
    fn add(&mut self, method: Callee, diag: &mut Diagnostics) {
        let options = options::of(&method.attribute, method.known, diag);
        let sound = !options.broken;
        match method.known.name {
            "prepare_agent" => self.prepare.push(Hook { method, sound }),
            "tear_down_agent" => self.tear_down.push(Hook { method, sound }),
            _ => self.agents.push(Agent { kind: kind(&options), method, sound }),
        }
    }
}

fn kind(options: &Options) -> Kind {
    match options.attribute.name {
        "result_processor" => Kind::ResultProcessor { topic: options.text("topic"), threads: options.count("threads") },
        "task_submitter" => Kind::TaskSubmitter {
            pool: options.pool("task_type"),
            n_slots: options.count("n_slots"),
            queue: options.field("queue"),
        },
        "event_responder" => {
            Kind::EventResponder { event: options.field("event"), reallocation: Box::new(reallocation(options)) }
        }
        _ => Kind::Agent { startup: options.flag("startup").is_some() },
    }
}

fn reallocation(options: &Options) -> Reallocation {
    Reallocation {
        asked: options.flag("reallocate_resources"),
        gather_from: options.pool("gather_from"),
        gather_to: options.pool("gather_to"),
        disperse_to: options.pool("disperse_to"),
        max_slots: options.count("max_slots"),
        slot_step: options.count("slot_step"),
    }
}
