//! Passwords, users of an access list, TLS.

use colmena::prelude::*;
use colmena::{FailureKind, RedisQueues};

use crate::programs::{PREFIX, World};
use crate::{Alone, add, echo, serving};

fn calls(agent: &Agent<Alone>) -> Result<()> {
    assert_eq!(agent.call(add { x: 1, y: 2 })?.into_value()?, 3);
    Ok(())
}

/// What a server needs.
const OF_SERVERS: &str = "+@list +@connection +set +get +expire +subscribe +publish &test_cancelled";
/// What a thinker needs.
const RIGHTS: &str = "+@list +@scripting +@connection +set +get +expire +unlink +client|list";

impl World {
    /// A user who may do this.
    fn user(&self, name: &str, rights: &str) {
        let user = format!("ACL SETUSER {name} on >secret ~{PREFIX}_* {rights}");
        assert_eq!(self.redis_cli(&user.split(' ').collect::<Vec<_>>()), "OK");
    }

    fn queues_of(&self, name: &str, prefix: &str) -> RedisQueues {
        let url = format!("redis://{name}:secret@127.0.0.1:{}", self.port);
        RedisQueues::connect(&url, prefix).expect("the user is known")
    }
}

#[test]
fn needs_redis_a_user_needs_what_the_guide_says() {
    let world = World::with_server("json");
    world.user("thinker", RIGHTS);
    for _ in 0..2 {
        // The second one, too: the first has given up its lease.
        Campaign::new(Alone(calls)).ignore_ctrl_c().queues(world.queues_of("thinker", PREFIX)).run().unwrap();
    }
    world.user("server", OF_SERVERS);
    let queues = world.queues_of("server", "test_served");
    let server = LocalTaskServer::new().workers(1).serve::<serving::bodies::echo>();
    let serving = std::thread::spawn(move || queues.serve(server));
    let echoes = Alone(|agent| agent.call(echo { value: 1.into() })?.into_value().map(drop).map_err(Into::into));
    let queues = world.queues_of("thinker", "test_served").stop_servers();
    Campaign::new(echoes).ignore_ctrl_c().queues(queues).run().unwrap();
    assert_eq!(serving.join().unwrap().unwrap()[0].succeeded, 1);
    let url = |password: &str| format!("redis://thinker:{password}@127.0.0.1:{}", world.port);
    let error = RedisQueues::connect(&url("wrong"), PREFIX).unwrap_err().to_string();
    assert_eq!(error, format!("Redis at 127.0.0.1:{}: this user or password is refused", world.port));
    assert_eq!(world.redis_cli(&["ACL", "SETUSER", "default", "resetpass", ">other"]), "OK");
    let error = RedisQueues::connect(&world.url(), PREFIX).unwrap_err().to_string();
    assert!(error.contains("NOAUTH Authentication required"), "{error}");
}

#[test]
fn needs_redis_what_a_user_may_not_do_is_said_at_the_launch() {
    let world = World::new();
    for command in ["rpush", "expire", "blpop", "lpop", "get", "set", "unlink", "eval"] {
        let may_not = format!("'{command}' command");
        world.user(command, &format!("{RIGHTS} -{command}"));
        let queues = || world.queues_of(command, PREFIX);
        let error = Campaign::new(Alone(calls)).ignore_ctrl_c().queues(queues()).run().unwrap_err();
        let error = error.to_string();
        assert!(error.contains("`RedisQueues` cannot start: Redis at ") && error.contains(&may_not), "{error}");
        if !["unlink", "eval"].contains(&command) {
            let error = queues().serve(LocalTaskServer::new().workers(1).serve::<nothing>()).unwrap_err().to_string();
            assert!(error.contains(&may_not), "{error}");
        }
    }
}

#[test]
fn needs_redis_without_the_rights_that_it_had_nothing_waits() {
    let world = World::new();
    for name in ["thinker", "server"] {
        world.user(name, RIGHTS);
    }
    let queues = world.queues_of("server", "test_other");
    let serving = std::thread::spawn(move || queues.serve(LocalTaskServer::new().workers(1).serve::<nothing>()));
    let calls = |agent: &Agent<Alone>| {
        let failure = agent.call(hear {})?.into_value().unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Lost);
        assert!(failure.to_string().contains("no permissions to run the 'blpop' command"), "{failure}");
        Ok(())
    };
    let mut campaign = Campaign::new(Alone(calls)).ignore_ctrl_c().queues(world.queues_of("thinker", PREFIX));
    let running = campaign.start().unwrap();
    // It waits there.
    world.redis_cli(&["BLMOVE", "test_requests", "test_requests", "LEFT", "LEFT", "60"]);
    for name in ["server", "thinker"] {
        assert_eq!(world.redis_cli(&["ACL", "SETUSER", name, "-blpop"]), "OK");
    }
    running.join().unwrap();
    let error = serving.join().unwrap().unwrap_err().to_string();
    assert!(error.contains("no permissions to run the 'blpop' command"), "{error}");
}

/// Nobody serves it.
#[method]
fn hear();

#[method]
fn nothing() {}

/// In a process of its own, whose environment names the certificate.
#[cfg(feature = "redis-tls")]
#[test]
fn needs_redis_tls() {
    if let Some(url) = std::env::var_os("COLMENA_TLS_URL") {
        let queues = RedisQueues::connect(&url.to_string_lossy(), PREFIX).unwrap();
        return Campaign::new(Alone(calls)).ignore_ctrl_c().queues(queues).run().map(drop).unwrap();
    }
    let mut world = World::new();
    let port = world.start_tls();
    world.start_server("json");
    let mut this = std::process::Command::new(std::env::current_exe().unwrap());
    this.args(["--exact", "secured::needs_redis_tls"]).env("COLMENA_TLS_URL", format!("rediss://localhost:{port}"));
    let certified = this.env("SSL_CERT_FILE", world.certificate()).output().unwrap();
    assert!(certified.status.success(), "{}", String::from_utf8_lossy(&certified.stdout));
    let refused = this.env_remove("SSL_CERT_FILE").output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stdout).contains("UnknownIssuer"), "{refused:?}");
}
