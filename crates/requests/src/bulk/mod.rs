//! Cases with their whole past in one go: for the demonstration, the benchmark, and what an older
//! ledger brings along.
//!
//! ```text
//!  Past ─┬─ ids, numbers of each series in one statement ─┐
//!        │                                                ▼
//!        └─ replay in memory, on every core: machine, certificates, journal chain ─▶ rows ─▶ one transaction
//! ```
//!
//! A past is told by the code of the living acts: `rules::case::advance` refuses what it would refuse
//! of a person, the clocks carry real certificates, the journal its real chain, and the counters are
//! those of [`crate::tally`]. Two things differ, because the moment is over: nobody is sent a message
//! (a notice is met by the act that the step names, or left open), and nobody's permission is asked
//! (whoever may load a past may tell who acted in it). A duty officer whom a step does not name is
//! the lead of today.
//!
//! Cases of an older ledger that were answered there ([`Past::handled`]) cannot go the way of the
//! machine: nobody ever asked the person, so no word and no attempts are on record, and signing off
//! demands them. They are not pushed through with invented acts. Such a case is written as it is:
//! `closed`, `history = 1`, received, answered and ended at its own times, on time or not by the pack's
//! limit from a certificate of its own, and with the word "no reply" unless the ledger holds one. It
//! counts as answered and as not judged, never as solved. Its journal says `import` twice, at the time
//! of the import, with the older times as particulars: the journal does not back-date.

mod chance;
mod deeds;
mod desk;
mod head;
mod load;
mod old;
mod past;
mod people;
mod rows;
mod signals;
mod story;
mod words;

pub use desk::Desk;
pub use load::{write, write_with};
pub use past::{Handled, Original, Past, PastJoin, PastStep, What};
