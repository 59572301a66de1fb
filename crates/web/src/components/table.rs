//! Tables that become cards on a phone.

use super::{Icon, Tone, icon};
use crate::look::Look;
use maud::{Markup, html};

/// The order of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Up,
    /// Largest first.
    Down,
}

/// A column.
#[derive(Clone, Debug, Default)]
pub struct Column {
    label: String,
    number: bool,
    primary: bool,
    seldom: bool,
    bare: bool,
    sort: Option<(String, Option<Order>)>,
}

impl Column {
    /// A column of text.
    pub fn new(label: impl Into<String>) -> Self {
        Column { label: label.into(), ..Column::default() }
    }
    /// Numbers, set to the right.
    pub fn number(mut self) -> Self {
        self.number = true;
        self
    }
    /// What the row is about: the heading of the card on a phone, and the row's link.
    pub fn primary(mut self) -> Self {
        self.primary = true;
        self
    }
    /// Left out on a phone.
    pub fn seldom(mut self) -> Self {
        self.seldom = true;
        self
    }
    /// Says itself what it is, such as a place: on a phone its label is not said before it.
    pub fn bare(mut self) -> Self {
        self.bare = true;
        self
    }
    /// A link that sorts by this column, and how it is sorted now.
    pub fn sort(mut self, href: impl Into<String>, now: Option<Order>) -> Self {
        self.sort = Some((href.into(), now));
        self
    }
    /// What stands before a cell on a phone.
    fn said(&self) -> Option<&str> {
        Some(self.label.as_str()).filter(|_| !self.bare && !self.primary)
    }
    fn class(&self) -> Option<String> {
        let c = [(self.number, "n"), (self.primary, "primary"), (self.seldom, "seldom")];
        let c: Vec<&str> = c.iter().filter(|(on, _)| *on).map(|(_, w)| *w).collect();
        (!c.is_empty()).then(|| c.join(" "))
    }
}

/// A row: as many cells as there are columns.
#[derive(Clone, Debug, Default)]
pub struct Row {
    cells: Vec<Markup>,
    href: Option<String>,
    tone: Tone,
}

impl Row {
    /// A row with these cells.
    pub fn new(cells: Vec<Markup>) -> Self {
        Row { cells, ..Row::default() }
    }
    /// Where the row leads: the link stands in the primary column and covers the row.
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
    /// Marks the row at its edge.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// A table in the making.
#[derive(Clone, Debug)]
pub struct Table {
    look: Look,
    caption: String,
    shown: bool,
    columns: Vec<Column>,
    rows: Vec<Row>,
    empty: Option<Markup>,
    foot: Option<Vec<Markup>>,
}

impl Table {
    /// A table; the caption names it for readers who listen, and is shown with [`Table::captioned`].
    pub fn new(look: &Look, caption: impl Into<String>) -> Self {
        Table {
            look: look.clone(),
            caption: caption.into(),
            shown: false,
            columns: vec![],
            rows: vec![],
            empty: None,
            foot: None,
        }
    }
    /// Shows the caption.
    pub fn captioned(mut self) -> Self {
        self.shown = true;
        self
    }
    /// Adds a column.
    pub fn column(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }
    /// Adds a row.
    pub fn row(mut self, row: Row) -> Self {
        self.rows.push(row);
        self
    }
    /// Adds rows.
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.rows.extend(rows);
        self
    }
    /// What stands there when there are no rows.
    pub fn empty(mut self, markup: Markup) -> Self {
        self.empty = Some(markup);
        self
    }
    /// A last row with sums.
    pub fn foot(mut self, cells: Vec<Markup>) -> Self {
        self.foot = Some(cells);
        self
    }

    /// The table.
    pub fn render(&self) -> Markup {
        if let (true, Some(empty)) = (self.rows.is_empty(), &self.empty) {
            return empty.clone();
        }
        html! {
            div.tablewrap {
                table.data data-rows {
                    caption.sr[!self.shown] { (self.caption) }
                    thead { tr { @for c in &self.columns { (self.head(c)) } } }
                    tbody { @for r in &self.rows { (self.body_row(r)) } }
                    @if let Some(foot) = &self.foot {
                        tfoot { tr { @for (c, cell) in self.columns.iter().zip(foot) {
                            td class=[c.class()] data-label=[c.said()] { (cell) }
                        } } }
                    }
                }
            }
        }
    }

    fn head(&self, c: &Column) -> Markup {
        let look = &self.look;
        match &c.sort {
            None => html! { th scope="col" class=[c.class()] { (c.label) } },
            Some((href, now)) => {
                let (aria, sign) = match now {
                    Some(Order::Up) => (Some("ascending"), Some(Icon::Up)),
                    Some(Order::Down) => (Some("descending"), Some(Icon::Down)),
                    None => (None, None),
                };
                let title = look.t("按此列排序", "Sort by this column");
                html! {
                    th scope="col" class=[c.class()] aria-sort=[aria] {
                        a href=(href) title=(title) { (c.label) @if let Some(s) = sign { (icon(s)) } }
                    }
                }
            }
        }
    }

    fn body_row(&self, r: &Row) -> Markup {
        let tone = (r.tone != Tone::Plain).then(|| r.tone.class());
        html! {
            tr class=[tone] {
                @for (c, cell) in self.columns.iter().zip(&r.cells) {
                    td class=[c.class()] data-label=[c.said()] {
                        @match (&r.href, c.primary) {
                            (Some(href), true) => a.row href=(href) { (cell) },
                            _ => (cell),
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Locale;

    #[test]
    fn a_row_leads_somewhere_once_and_its_cells_carry_their_labels() {
        let look = Look::new(Locale::Zh);
        let t = Table::new(&look, "台账")
            .column(Column::new("到期").sort("?s=due", Some(Order::Up)))
            .column(Column::new("事项").primary())
            .row(Row::new(vec![html! { "今天" }, html! { "<路灯>" }]).href("/requests/1").tone(Tone::Soon))
            .render()
            .into_string();
        assert_eq!(t.matches("href=\"/requests/1\"").count(), 1);
        assert!(
            t.contains("data-label=\"到期\"")
                && t.contains("aria-sort=\"ascending\"")
                && t.contains("&lt;路灯&gt;")
        );
    }

    #[test]
    fn an_empty_table_says_so() {
        let look = Look::new(Locale::En);
        let t = Table::new(&look, "x").column(Column::new("a")).empty(html! { p { "none" } }).render();
        assert_eq!(t.into_string(), "<p>none</p>");
    }
}
