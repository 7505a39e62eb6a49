//! Inbox: what a thread that reads a socket hands over to the one that waits for it.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::sync::Mutex;
use crate::wait::{Limits, ThreadCell, WaitList, Waitable, WaitingFor, wait};

#[derive(Debug)]
pub(super) struct Inbox {
    /// So many messages are taken in before the reader waits: what comes after them waits in the socket.
    room: usize,
    state: Mutex<State>,
    /// The reader, or whoever waits for it.
    waiting: WaitList,
}

#[derive(Debug, Default)]
struct State {
    messages: VecDeque<Vec<u8>>,
    /// Nothing comes any more, and why, unless it is the plain end.
    end: Option<Result<(), String>>,
    /// Nobody waits for messages any more.
    closed: bool,
}

/// What has come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    Message(Vec<u8>),
    /// Nothing more comes: the other side has ended, or has written what is no message.
    End(Result<(), String>),
}

impl Inbox {
    pub(super) fn new(room: usize) -> Self {
        Self { room, state: Mutex::default(), waiting: WaitList::default() }
    }

    /// Hands a message over; waits for room. False if nobody wants it.
    pub(super) fn push(&self, message: Vec<u8>) -> bool {
        let limits = Limits { spin: false, ..Limits::NONE };
        let has_room = wait(&mut Room(self), limits, WaitingFor::Room) == Ok(true);
        if has_room {
            self.state.lock().messages.push_back(message);
            self.waiting.notify_all();
        }
        has_room
    }

    /// Nothing comes after what has been pushed.
    pub(super) fn end(&self, why: Result<(), String>) {
        self.state.lock().end = Some(why);
        self.waiting.notify_all();
    }

    /// The reader need not wait for room any more.
    pub(super) fn close(&self) {
        self.state.lock().closed = true;
        self.waiting.notify_all();
    }

    /// Whether nothing comes any more, but for what has come already.
    pub(super) fn has_ended(&self) -> bool {
        self.state.lock().end.is_some()
    }
}

impl Waitable for &Inbox {
    type Output = News;

    fn try_take(&mut self) -> Option<News> {
        let (news, was_full) = {
            let mut state = self.state.lock();
            let was_full = state.messages.len() >= self.room;
            let message = state.messages.pop_front().map(News::Message);
            (message.or_else(|| state.end.clone().map(News::End)), was_full)
        };
        if was_full {
            self.waiting.notify_all();
        }
        news
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.waiting.leave(me);
    }
}

/// Room for a message; false when none is needed any more.
struct Room<'a>(&'a Inbox);

impl Waitable for Room<'_> {
    type Output = bool;

    fn try_take(&mut self) -> Option<bool> {
        let state = self.0.state.lock();
        match state.closed {
            true => Some(false),
            false => (state.messages.len() < self.0.room).then_some(true),
        }
    }

    fn register(&mut self, me: &Arc<ThreadCell>) {
        self.0.waiting.register(me);
    }

    fn leave(&mut self, me: &Arc<ThreadCell>, _: bool) {
        self.0.waiting.leave(me);
    }
}
