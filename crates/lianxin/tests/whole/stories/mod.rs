//! Stories: each reads like the way of working of one place.

mod affairs;
mod county;
pub mod homes;
mod hotline;
mod mediation;
mod pingxiang;
mod shield;
pub mod steps;
mod village63;
mod wishes;
mod yuqing;
mod zhucheng;
mod zunyi;
