//! Passwords, users of an access list, TLS.

use colmena::RedisQueues;
use colmena::prelude::*;

use crate::programs::{PREFIX, World};
use crate::{Alone, add};

fn calls(agent: &Agent<Alone>) -> Result<()> {
    assert_eq!(agent.call(add { x: 1, y: 2 })?.into_value()?, 3);
    Ok(())
}

#[test]
fn needs_redis_a_user_needs_what_the_guide_says() {
    let world = World::with_server("json");
    let rights = "+@list +@scripting +@connection +set +get +expire +client|list";
    let user = format!("ACL SETUSER thinker on >secret ~{PREFIX}_* {rights}");
    assert_eq!(world.redis_cli(&user.split(' ').collect::<Vec<_>>()), "OK");
    let url = |password: &str| format!("redis://thinker:{password}@127.0.0.1:{}", world.port);
    let queues = RedisQueues::connect(&url("secret"), PREFIX).unwrap();
    Campaign::new(Alone(calls)).ignore_ctrl_c().queues(queues).run().unwrap();
    let error = RedisQueues::connect(&url("wrong"), PREFIX).unwrap_err().to_string();
    assert_eq!(error, format!("Redis at 127.0.0.1:{}: this user or password is refused", world.port));
    assert_eq!(world.redis_cli(&["ACL", "SETUSER", "default", "resetpass", ">other"]), "OK");
    let error = RedisQueues::connect(&world.url(), PREFIX).unwrap_err().to_string();
    assert!(error.contains("NOAUTH Authentication required."), "{error}");
}

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
