//! What a pack can say, by subject.

pub mod affair;
pub mod class;
pub mod demo;
pub mod household;
pub mod liaison;
pub mod mediation;
pub mod rulebook;
pub mod site;
pub mod visit;
pub mod wish;
pub mod words;
pub mod work;
