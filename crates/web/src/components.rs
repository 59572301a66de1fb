//! The parts that pages are made of: functions that return markup.

mod basics;
mod icons;
mod judge;
mod messages;
mod places;
mod progress;
mod table;

pub use basics::{
    Definition, Pair, Tile, Tone, action_list, actions, button_link, card, card_with, definitions, kbd,
    key_hint, main_link, meta, pill, sticky_bar, tile, tiles,
};
pub use icons::{Icon, icon};
pub use judge::{Grade, attachments, grade_choice, grade_name, yes_no};
pub use messages::{Flash, FlashKind, disclosure, empty_state, flash, fold};
pub use places::{Chip, FileItem, Tab, chips, count, file_list, pager, tabs};
pub use progress::{
    Due, Mark, Step, StepState, TimelineItem, due_block, progress, steps, steps_down, timeline,
};
pub use table::{Column, Order, Row, Table};
