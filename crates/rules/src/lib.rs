//! What the rules say: pure functions, without clock, chance, files or database.
//!
//! Whoever holds the same facts gets the same answer, today or in ten years.

pub mod assign;
pub mod calendar;
pub mod case;
pub mod chars;
pub mod deadline;
pub mod form;
pub mod idcheck;
pub mod lot;
pub mod mask;
pub mod mediation;
pub mod number;
pub mod obligation;
pub mod papers;
pub mod search;
pub mod share;
pub mod shield;
pub mod signs;
pub mod similar;
pub mod time_text;
