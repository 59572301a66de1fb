//! Stories: each reads like the way of working of one place.

mod county;
mod hotline;
mod pingxiang;
mod shield;
pub mod steps;
mod zunyi;
