//! What the attributes ask rustc to check: assertions in const code, and conversions that do nothing, whose bounds say
//! in our words what does not fit.
//!
//! Not for users: the attributes write calls of these into their expansions.

use std::marker::PhantomData;

use crate::{BoxError, Codec, Method, Recordable};

/// A text put together in const code.
struct Text {
    bytes: [u8; 512],
    length: usize,
}

impl Text {
    const fn new() -> Self {
        Text { bytes: [0; 512], length: 0 }
    }

    /// Adds as much of `more` as there is room for.
    const fn with(mut self, more: &str) -> Self {
        let more = more.as_bytes();
        let mut i = 0;
        while i < more.len() && self.length < self.bytes.len() {
            self.bytes[self.length] = more[i];
            self.length += 1;
            i += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "the text of this error is too long",
        }
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// The topic that a processor is given is that of its method.
///
/// # Panics
///
/// If it is not: when the thinker is compiled.
#[track_caller]
pub const fn topic<M: Method>(given: &'static str) {
    if !same(M::TOPIC, given) {
        let text = Text::new().with("the results of `").with(M::NAME).with("` have the topic \"").with(M::TOPIC);
        let text = text.with("\", not \"").with(given).with("\": write `topic = \"").with(M::TOPIC);
        panic!("{}", text.with("\"`, or leave it out").as_str());
    }
}

/// What a method emits that is handled without `TaskUpdate`: nothing.
#[diagnostic::on_unimplemented(
    message = "`{M}` emits results before it ends, and this processor would not get them",
    label = "take `TaskUpdate<{M}>`",
    note = "a `TaskUpdate` is `Emitted(..)` for each emission, in order, and then `Finished(result, slots)`"
)]
pub trait NothingFrom<M> {}

#[diagnostic::do_not_recommend]
impl<M> NothingFrom<M> for () {}

/// A method that emits is handled through `TaskUpdate`.
pub const fn no_emissions<M: Method<Emission: NothingFrom<M>>>() {}

/// The same of a method that is a parameter of the thinker.
///
/// # Panics
///
/// If it emits: when a thinker with that method is compiled.
#[track_caller]
pub const fn emits_nothing<M: Method>() {
    if M::EMITS {
        let text = Text::new().with("`").with(M::NAME).with("` emits results before it ends: take `TaskUpdate<");
        panic!("{}", text.with(M::NAME).with(">`").as_str());
    }
}

/// What goes into a method, or comes out of it, can be recorded.
pub const fn recordable<T: Recordable>() {}

/// The same, for the derived implementations: a bound that rustc takes on trust, so that a type that lacks it is reported
/// once, by [`recordable`], and not by every use of the method.
pub trait Trusted<'a>: Recordable {}
impl<T: Recordable> Trusted<'_> for T {}

/// An input of a method: the threads of servers share it.
pub trait Input: Send + Sync + 'static {}
impl<T: Send + Sync + 'static> Input for T {}

/// The value of a method, or what it emits: the thread of a server sends it.
pub trait Output: Send + 'static {}
impl<T: Send + 'static> Output for T {}

/// A parameter that a method takes by value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is taken by value, and cannot be cloned for each attempt at the task",
    label = "not `Clone`",
    note = "take it by reference, `&{Self}`: then it is lent to each attempt; or derive `Clone` for it"
)]
pub trait EachAttempt: Sized {
    /// A copy.
    fn for_an_attempt(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> EachAttempt for T {
    fn for_an_attempt(&self) -> T {
        self.clone()
    }
}

/// A parameter that is taken by value, for one attempt.
pub fn cloned<T: EachAttempt>(input: &T) -> T {
    input.for_an_attempt()
}

/// The error of a method, which becomes the failure of its task.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a method",
    label = "not an error",
    note = "implement `std::error::Error` for it, with `Send + Sync`; a `String` or a `&'static str` will do as well"
)]
pub trait Fails {
    /// The error, boxed.
    fn boxed(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> Fails for E {
    fn boxed(self) -> BoxError {
        self.into()
    }
}

/// The error of a method, boxed.
pub fn failure<E: Fails>(error: E) -> BoxError {
    error.boxed()
}

/// A constant that counts something: whether it is more than 0.
#[derive(Debug)]
pub struct Count<const COUNTS: bool>;

/// A count that is at least 1.
#[diagnostic::on_unimplemented(
    message = "a count of slots or threads is at least 1",
    label = "this constant is 0",
    note = "make the constant 1 or more, or leave the option out"
)]
pub trait AtLeastOne {}

#[diagnostic::do_not_recommend]
impl AtLeastOne for Count<true> {}

/// A constant that counts something is at least 1.
pub const fn at_least_one<C: AtLeastOne>() {}

/// Evaluates a closure over an item of a queue; its parameter need not be annotated.
pub fn slots_for<Item>(item: &Item, count: impl FnOnce(&Item) -> usize) -> usize {
    count(item)
}

/// The items of a queue, for a submitter that takes `Item`: the same type.
#[diagnostic::on_unimplemented(
    message = "the items of the queue are `{Self}`, but the task submitter takes `{Item}`",
    label = "the queue gives `{Self}`",
    note = "take a `{Self}`, or name a queue of `{Item}` in `queue = ..`"
)]
pub trait ItemOf<Item>: Sized {
    /// The item itself.
    fn item(self) -> Item;
    /// The item itself.
    fn item_ref(&self) -> &Item;
}

#[diagnostic::do_not_recommend]
impl<Item> ItemOf<Item> for Item {
    fn item(self) -> Item {
        self
    }
    fn item_ref(&self) -> &Item {
        self
    }
}

/// Passes an item of a queue on.
pub fn item<Item, Given: ItemOf<Item>>(given: Given) -> Item {
    given.item()
}

/// Passes an item of a queue on.
pub fn item_ref<Item, Given: ItemOf<Item>>(given: &Given) -> &Item {
    given.item_ref()
}

/// The local details of a thinker's agents, for a method that takes `Local`: the same type.
#[diagnostic::on_unimplemented(
    message = "the local details of this thinker's agents are `{Self}`, not `{Local}`",
    label = "not the type named by `local = ..`",
    note = "take `&mut {Self}`, or write `#[thinker(local = {Local})]`"
)]
pub trait LocalOf<Local> {
    /// The details themselves.
    fn local(&mut self) -> &mut Local;
}

#[diagnostic::do_not_recommend]
impl<Local> LocalOf<Local> for Local {
    fn local(&mut self) -> &mut Local {
        self
    }
}

/// Passes local details on.
pub fn local<Local, Given: LocalOf<Local>>(given: &mut Given) -> &mut Local {
    given.local()
}

/// The slots of a thinker, for a method that takes `Taken`: the same type.
#[diagnostic::on_unimplemented(
    message = "the slots of this thinker are `{Self}`, not `{Taken}`",
    label = "not of the pools named by `pools = ..`",
    note = "take `{Self}`"
)]
pub trait SlotsOf<Taken> {
    /// The slots themselves.
    fn slots(self) -> Taken;
}

#[diagnostic::do_not_recommend]
impl<Taken> SlotsOf<Taken> for Taken {
    fn slots(self) -> Taken {
        self
    }
}

/// Passes slots on.
pub fn slots<Taken, Given: SlotsOf<Taken>>(given: Given) -> Taken {
    given.slots()
}

/// What `#[prepare_agent]` returns: the local details, or a `Result` of them.
#[diagnostic::on_unimplemented(
    message = "`#[prepare_agent]` makes the local details, `{Local}` or a `Result` of it, not `{Self}`",
    label = "neither `{Local}` nor a fitting `Result` of it",
    note = "return `{Local}`, or `Result<{Local}, E>` with an error `E` that is a `std::error::Error`, a `String` or a `&str`"
)]
pub trait Prepares<Local> {
    /// The details, or why there are none.
    ///
    /// # Errors
    ///
    /// The method's own.
    fn prepared(self) -> Result<Local, BoxError>;
}

#[diagnostic::do_not_recommend]
impl<Local> Prepares<Local> for Local {
    fn prepared(self) -> Result<Local, BoxError> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<Local, E: Into<BoxError>> Prepares<Local> for Result<Local, E> {
    fn prepared(self) -> Result<Local, BoxError> {
        self.map_err(Into::into)
    }
}

/// Where the codec of a method is: this constant, if all that it writes is [`Recordable`], and otherwise that of [`NoCodec`],
/// since a type's own constant goes before that of a trait. (A bound on the method would be reported by every use of it.)
#[derive(Debug)]
pub struct CodecOf<M>(PhantomData<M>);

impl<M: Method<Value: Recordable, Emission: Recordable> + Recordable> CodecOf<M> {
    /// It can be written.
    pub const CODEC: Option<Codec<M>> = Some(Codec::of());
}

/// Something in the method cannot be written, which [`recordable`] reports.
pub trait NoCodec<M: Method> {
    /// There is none.
    const CODEC: Option<Codec<M>> = None;
}

impl<M: Method> NoCodec<M> for CodecOf<M> {}
