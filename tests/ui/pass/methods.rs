//! What a method may look like, and that it stays an ordinary function.
#![deny(warnings)]

use std::path::Path;
use std::sync::Arc;

use colmena::prelude::*;

/// Not `Clone`: lent, not copied.
#[derive(serde::Serialize, serde::Deserialize)]
struct Big(f64);

#[method(name = "many_things", kwargs)]
fn many(
    big: &Big,
    text: &str,
    path: &Path,
    parts: &[(String, f64)],
    pair: &(u8, u8),
    mut count: usize,
    r#type: Option<u32>,
) -> f64 {
    count += text.len() + path.components().count() + parts.len() + usize::from(pair.0);
    big.0 + count as f64 + f64::from(r#type.unwrap_or_default())
}

#[method]
fn parse(text: &str) -> Result<i32, std::num::ParseIntError> {
    text.parse()
}

#[method]
fn nothing() {}

#[method]
fn steps(n: u32, task: &TaskContext<u32>) -> u32 {
    (0..n).for_each(|step| task.emit(step));
    n
}

/// Served elsewhere.
#[method(topic = "far")]
fn dock(ligand: &str) -> f64;

/// Cannot leave the process.
#[method(local)]
fn apply(f: &Arc<dyn Fn(f64) -> f64 + Send + Sync>, x: f64) -> Arc<f64> {
    Arc::new(f(x))
}

struct Calling;

#[thinker]
impl Calling {
    #[agent]
    fn calls(&self, agent: &Agent<Self>) -> Result<()> {
        let inputs = many {
            big: Big(1.0),
            text: "ab".to_owned(),
            path: "a/b".into(),
            parts: vec![],
            pair: (3, 4),
            count: 1,
            r#type: Some(2),
        };
        assert_eq!(agent.call(inputs)?.into_value()?, 11.0);
        assert!(agent.call(parse { text: "x".to_owned() })?.into_value().is_err());
        agent.call(nothing {}.retries(1))?.into_value()?;
        assert_eq!(agent.call(steps { n: 3 })?.into_value()?, 3);
        assert_eq!(*agent.call(apply { f: Arc::new(|x| 2.0 * x), x: 4.0 })?.into_value()?, 8.0);
        assert!(agent.call(dock { ligand: String::new() }).is_err(), "nobody serves it");
        Ok(())
    }
}

fn main() -> Result<()> {
    assert_eq!(parse("3"), Ok(3));
    assert_eq!(steps(2, &TaskContext::detached()), 2);
    nothing();
    let server = LocalTaskServer::new().serve::<many>().serve::<parse>().serve::<nothing>();
    let more = LocalTaskServer::new().serve::<steps>().serve::<apply>();
    Campaign::new(Calling).task_server(server).task_server(more).run()?;
    Ok(())
}
