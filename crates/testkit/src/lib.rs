//! What the tests of every crate share: a small county on both engines with a clock that the test
//! moves, and a browser without a screen.

pub mod browser;
mod client;
pub mod picture;
pub mod program;
mod skips;
mod world;

pub use client::{Answer, Attached, Client};
pub use skips::skip;
pub use world::{World, at, each_world, minutes};
