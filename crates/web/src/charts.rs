//! Charts without scripts: SVG and plain HTML, every one with its table.

mod bars;
mod map;
mod pick;
mod sheet;

pub use bars::{Bar, Beside, Column, ColumnChart, bar_list, chart_with_table, column_chart, sparkline};
pub use map::{MapArea, choropleth, largest, tile_map};
pub use pick::{PICK, PickArea, pick_map, picked};
