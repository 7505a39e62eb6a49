#![allow(unused)]

use colmena::prelude::*;

struct Details;
struct Other;

struct Steering;

#[thinker(local = Details)]
impl Steering {
    #[agent]
    fn plan(&self, local: &mut Other) {}

    #[prepare_agent]
    fn prepare(&self) -> Result<Other> {
        Ok(Other)
    }
}

struct NoDefault;

#[thinker(local = Details)]
impl NoDefault {
    #[agent]
    fn plan(&self) {}
}

struct NoLocal;

#[thinker]
impl NoLocal {
    #[agent]
    fn plan(&self, local: &mut Details) {}
}

fn main() {}
