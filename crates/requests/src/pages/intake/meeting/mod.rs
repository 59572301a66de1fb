//! `/meeting`: several needs noted at one villagers' meeting, all or none, and the list that comes of it.

pub(super) mod form;
mod lines;
pub(super) mod sheet;
