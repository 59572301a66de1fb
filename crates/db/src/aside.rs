//! Indexes put aside while many rows are written at once. Keys that come in no order make each row touch a page of its
//! own in every index; built afterwards, from what is sorted, an index costs a small part of that.

use crate::{Tx, params, store};
use kernel::Result;

/// The indexes of some tables, put aside.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    /// Of each what makes it again.
    indexes: Vec<String>,
}

/// Puts the indexes of these tables aside, but those that keep a row from being there twice. Until [`Aside::put_back`]
/// every look into these tables reads them whole, so it is for filling a database that can be made again: where the
/// program ends in between, they are gone.
///
/// # Errors
/// As [`Tx`].
pub fn put_aside(tx: &mut dyn Tx, tables: &[&str]) -> Result<Aside> {
    let mut aside = Aside::default();
    for table in tables {
        for row in tx.query(&store::INDEXES, &params![*table])? {
            let (name, sql): (String, String) = (row.get(0)?, row.get(1)?);
            tx.batch(&name, &format!("DROP INDEX {name}"))?;
            aside.indexes.push(sql);
        }
    }
    Ok(aside)
}

impl Aside {
    /// Makes them again.
    ///
    /// # Errors
    /// As [`Tx`].
    pub fn put_back(&self, tx: &mut dyn Tx) -> Result<()> {
        self.indexes.iter().try_for_each(|sql| tx.batch("an index put aside", sql))
    }
}
