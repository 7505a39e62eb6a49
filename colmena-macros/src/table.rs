//! The attributes and their options, in one table: the parser reads by it, and messages are made from it.

/// An attribute, as a user writes it.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// Its name, `task_submitter`.
    pub(crate) name: &'static str,
    /// What it may be given.
    pub(crate) options: &'static [Opt],
}

/// An option of an attribute.
#[derive(Debug)]
pub(crate) struct Opt {
    /// Its name.
    pub(crate) name: &'static str,
    /// Other names for it, from the original.
    pub(crate) aliases: &'static [&'static str],
    /// What its value is.
    pub(crate) kind: Kind,
    /// How it is written, for messages.
    pub(crate) example: &'static str,
    /// Whether the attribute says nothing without it.
    pub(crate) required: bool,
    /// Whether its value may stand without the key: `result_processor("simulation")`.
    pub(crate) positional: bool,
}

/// What the value of an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing, or `= true` and `= false`.
    Flag,
    /// A string.
    Text,
    /// A variant, its name as a string, or `None`.
    Pool,
    /// A field of the thinker.
    Field,
    /// A number, or an expression over `self`.
    Count,
    /// The same, or a closure over the item.
    CountOfItem,
    /// A type.
    Type,
    /// A path.
    Path,
}

impl Kind {
    /// What a value of this kind is called in a message.
    pub(crate) fn wanted(self) -> &'static str {
        match self {
            Kind::Flag => "no value, `true` or `false`",
            Kind::Text => "a string that is not empty",
            Kind::Pool => "a pool: a variant, its name as a string, or `None`",
            Kind::Field => "a field of the thinker",
            Kind::Count => "a count: a whole number of at least 1, or an expression such as `self.width`",
            Kind::CountOfItem => {
                "a count: a whole number of at least 1, an expression such as `self.width`, or a closure over the item"
            }
            Kind::Type => "a type",
            Kind::Path => "a path",
        }
    }
}

const fn option(name: &'static str, kind: Kind, example: &'static str) -> Opt {
    Opt { name, kind, example, aliases: &[], required: false, positional: false }
}

impl Opt {
    const fn also(self, aliases: &'static [&'static str]) -> Opt {
        Opt { aliases, ..self }
    }

    const fn required(self) -> Opt {
        Opt { required: true, ..self }
    }

    const fn positional(self) -> Opt {
        Opt { positional: true, ..self }
    }

    /// Whether `key` names this option.
    pub(crate) fn is(&self, key: &str) -> bool {
        self.name == key || self.aliases.contains(&key)
    }
}

impl Attribute {
    /// The option of that name.
    pub(crate) fn option(&self, key: &str) -> Option<&'static Opt> {
        self.options.iter().find(|option| option.is(key))
    }
}

pub(crate) static THINKER: Attribute = Attribute {
    name: "thinker",
    options: &[
        option("pools", Kind::Type, "pools = Pool"),
        option("local", Kind::Type, "local = Details"),
        option("crate", Kind::Path, "crate = ::colmena"),
    ],
};

pub(crate) static AGENT: Attribute = Attribute { name: "agent", options: &[option("startup", Kind::Flag, "startup")] };

pub(crate) static RESULT_PROCESSOR: Attribute = Attribute {
    name: "result_processor",
    options: &[
        option("topic", Kind::Text, "topic = \"simulation\"").positional(),
        option("threads", Kind::Count, "threads = 2"),
    ],
};

pub(crate) static TASK_SUBMITTER: Attribute = Attribute {
    name: "task_submitter",
    options: &[
        option("task_type", Kind::Pool, "task_type = Sim"),
        option("n_slots", Kind::CountOfItem, "n_slots = 1"),
        option("queue", Kind::Field, "queue = candidates"),
    ],
};

pub(crate) static EVENT_RESPONDER: Attribute = Attribute {
    name: "event_responder",
    options: &[
        option("event", Kind::Field, "event = retrain").also(&["event_name"]).required(),
        option("reallocate_resources", Kind::Flag, "reallocate_resources"),
        option("gather_from", Kind::Pool, "gather_from = Sim"),
        option("gather_to", Kind::Pool, "gather_to = Ml"),
        option("disperse_to", Kind::Pool, "disperse_to = Sim"),
        option("max_slots", Kind::Count, "max_slots = 4"),
        option("slot_step", Kind::Count, "slot_step = 1"),
    ],
};

pub(crate) static PREPARE_AGENT: Attribute = Attribute { name: "prepare_agent", options: &[] };

pub(crate) static TEAR_DOWN_AGENT: Attribute = Attribute { name: "tear_down_agent", options: &[] };

pub(crate) static METHOD: Attribute = Attribute {
    name: "method",
    options: &[
        option("topic", Kind::Text, "topic = \"simulation\""),
        option("name", Kind::Text, "name = \"simulate\""),
        option("kwargs", Kind::Flag, "kwargs"),
        option("command", Kind::Text, "command = \"python score.py {x}\""),
        option("local", Kind::Flag, "local"),
        option("crate", Kind::Path, "crate = ::colmena"),
    ],
};

pub(crate) static POOL: Attribute = Attribute {
    name: "pool",
    options: &[option("name", Kind::Text, "name = \"sim\""), option("crate", Kind::Path, "crate = ::colmena")],
};

pub(crate) static CHECKPOINT: Attribute = Attribute {
    name: "checkpoint",
    options: &[option("skip", Kind::Flag, "skip"), option("crate", Kind::Path, "crate = ::colmena")],
};

/// The attributes of methods inside `#[thinker]`.
pub(crate) static INNER: [&Attribute; 6] =
    [&AGENT, &RESULT_PROCESSOR, &TASK_SUBMITTER, &EVENT_RESPONDER, &PREPARE_AGENT, &TEAR_DOWN_AGENT];
