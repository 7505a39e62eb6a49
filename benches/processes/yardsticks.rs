//! What the same takes without Colmena, in nanoseconds.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::Instant;

/// Of 64 bytes to another process, which sends them back.
pub(crate) fn round_trips() -> Vec<f64> {
    let (mut ours, theirs) = UnixStream::pair().expect("sockets");
    let output = theirs.try_clone().expect("sockets");
    let mut cat = Command::new("cat");
    let mut cat = cat.stdin(OwnedFd::from(theirs)).stdout(OwnedFd::from(output)).spawn().expect("`cat` is there");
    let mut bytes = [7; 64];
    let trip = |_| {
        let since = Instant::now();
        ours.write_all(&bytes).and_then(|()| ours.read_exact(&mut bytes)).expect("`cat` answers");
        since.elapsed().as_nanos() as f64
    };
    let times = (0..20_000).map(trip).collect();
    let ended = ours.shutdown(std::net::Shutdown::Write).and_then(|()| cat.wait());
    assert!(ended.expect("it was started").success());
    times
}

/// Of starting a program and waiting for its end.
pub(crate) fn starts() -> Vec<f64> {
    let start = |_| {
        let since = Instant::now();
        assert!(Command::new("/bin/true").status().is_ok_and(|status| status.success()));
        since.elapsed().as_nanos() as f64
    };
    (0..300).map(start).collect()
}
