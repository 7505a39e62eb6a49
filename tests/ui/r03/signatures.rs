#![allow(unused)]

use colmena::prelude::*;

struct Steering;

#[thinker]
impl Steering {
    #[agent]
    async fn asynchronous(&self) {}

    #[agent]
    unsafe fn not_safe(&self) {}

    #[agent]
    const fn constant(&self) {}

    #[agent]
    fn generic<T>(&self) {}

    #[agent]
    fn without_self() {}

    #[agent]
    fn by_value(self) {}

    #[agent]
    fn by_mut(&mut self) {}
}

fn main() {}
