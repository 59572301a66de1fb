//! Stories: each reads like the way of working of one place.

pub mod affairs;
mod county;
mod doorstep;
pub mod homes;
mod hotline;
mod keeping;
pub mod mediation;
mod pingxiang;
mod roster;
mod shield;
pub mod steps;
mod village63;
pub mod wishes;
mod yuqing;
mod zhengan;
mod zhucheng;
mod zunyi;
