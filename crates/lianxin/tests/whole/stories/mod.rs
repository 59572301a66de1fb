//! Stories: each reads like the way of working of one place.

mod county;
mod hotline;
mod pingxiang;
pub mod steps;
mod zunyi;
