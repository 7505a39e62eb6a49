//! Races, forced: programs run in thousands of seeded orders, one thread at a time.
//!
//! `COLMENA_ORDERS=100000` runs more of each.

mod campaigns;
