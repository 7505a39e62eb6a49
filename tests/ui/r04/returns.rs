#![allow(unused)]

use colmena::prelude::*;

struct NoError;

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    fn number(&self) -> u32 {
        3
    }

    #[agent]
    fn option(&self) -> Option<()> {
        None
    }

    #[agent]
    fn value(&self) -> Result<u32> {
        Ok(3)
    }

    #[agent]
    fn error(&self) -> Result<(), NoError> {
        Ok(())
    }
}

fn main() {}
