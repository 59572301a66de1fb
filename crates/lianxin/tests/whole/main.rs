//! The whole program put together, as the people who use it meet it: stories over HTTP, the walk over every
//! route, every page in both languages, every statement, and the counters. On both engines.

mod attachments;
mod burden;
mod clock;
mod counters;
mod health;
mod house;
mod households;
mod imports;
mod jobs;
mod log;
mod lots;
mod mutation;
mod numbers;
mod pages;
mod pairings;
mod privacy;
mod proof;
mod reports;
mod routes;
mod shield;
mod statements;
mod store;
mod stories;
mod tamper;
mod waiting;
mod walk;
