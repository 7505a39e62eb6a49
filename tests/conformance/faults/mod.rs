//! The faults of the original, each in the situation in which it showed, and absent here.
//!
//! These cannot occur in one process, or belong to a later issue:
//!
//! | fault | why not here |
//! | --- | --- |
//! | F11 the server is killed | the server is threads of this process: what kills one kills all. `f12` shows what is left of it |
//! | F13 a Parsl worker is killed | needs worker processes |
//! | F14 Redis restarts | needs Redis |
//! | F19 a malformed request or result | nothing is parsed: tasks and results are values of their types |
//! | F22 pickles from the queue are executed | as F19; the messages of the wire will be data |

mod agents;
mod slots;
mod tasks;
