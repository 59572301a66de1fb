//! Opening what is sealed, to see whether it still opens: each thing by its own key, that key by the master key.
//! Nothing of what is opened is kept, shown or counted.

use super::{Keyring, Label, Sealed};
use crate::identity;
use crate::store;
use db::{Row, Tx, params};
use kernel::{Chance, PersonId, Result, Uuid};

/// So many damaged things are named; all are counted.
const NAMED: usize = 1000;

/// What is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Who asked.
    Person,
    /// The words of a case as they were written.
    Text,
    /// The key and the name of a file.
    File,
}

/// Something that does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// What it is.
    pub kind: Kind,
    /// The person, the case whose text it is, or the file.
    pub id: Uuid,
    /// Which text of the case; empty otherwise.
    pub slot: String,
}

/// How far a check has come, and what it found.
#[derive(Clone, Debug)]
pub struct Checkup {
    /// How much was sealed when it began.
    pub total: u64,
    /// How much of that is to be opened.
    pub wanted: u64,
    /// How much was walked past.
    pub seen: u64,
    /// How much was opened, or tried.
    pub tried: u64,
    /// How much did not open.
    pub bad: u64,
    /// What did not open; the first thousand.
    pub damaged: Vec<Damaged>,
    person: Option<PersonId>,
    persons_done: bool,
    text: (Uuid, String),
}

impl Checkup {
    /// Of everything, or of `sample` things drawn by chance.
    ///
    /// Errors: those of the database.
    pub fn begin(tx: &mut dyn Tx, sample: Option<u64>) -> Result<Checkup> {
        let total = u64::try_from(tx.scalar::<i64>(&store::VAULT_SEALED, &[])?).unwrap_or(0);
        Ok(Checkup {
            total,
            wanted: sample.unwrap_or(total).min(total),
            seen: 0,
            tried: 0,
            bad: 0,
            damaged: Vec::new(),
            person: None,
            persons_done: false,
            text: (Uuid::nil(), String::new()),
        })
    }

    /// Walks past up to `limit` more and opens those that are drawn; how many it walked past, 0 at the end.
    ///
    /// Errors: refused (`vault-key`) where there is no master key at all; those of the database.
    pub fn step(
        &self,
        tx: &mut dyn Tx,
        keys: &Keyring,
        chance: &dyn Chance,
        limit: usize,
    ) -> Result<(usize, Checkup)> {
        keys.keys()?;
        let mut now = self.clone();
        if !now.persons_done {
            let after = now.person.unwrap_or(PersonId(Uuid::nil()));
            let rows = tx.query(&store::PERSONS_TO_OPEN, &params![after, limit])?;
            for row in &rows {
                let id: PersonId = row.get(0)?;
                now.person = Some(id);
                if now.draws(chance) {
                    let what = identity::label(row.get(1)?);
                    let opens = opens(keys, Label { owner: id.0, what: &what }, row)?;
                    now.note(opens, || Damaged { kind: Kind::Person, id: id.0, slot: String::new() });
                }
            }
            now.persons_done = rows.is_empty();
            if !rows.is_empty() {
                return Ok((rows.len(), now));
            }
        }
        let rows = tx.query(&store::TEXTS_TO_OPEN, &params![now.text.0, &now.text.1, limit])?;
        for row in &rows {
            let (owner, slot): (Uuid, String) = (row.get(0)?, row.get(1)?);
            if now.draws(chance) {
                let opens = opens(keys, Label { owner, what: &slot }, row)?;
                now.note(opens, || match super::files::of_slot(&slot) {
                    Some(file) => Damaged { kind: Kind::File, id: file, slot: String::new() },
                    None => Damaged { kind: Kind::Text, id: owner, slot: slot.clone() },
                });
            }
            now.text = (owner, slot);
        }
        Ok((rows.len(), now))
    }

    /// Whether the next thing is one of those to be opened: each set of `wanted` things is as likely as another.
    fn draws(&mut self, chance: &dyn Chance) -> bool {
        let left = self.total.saturating_sub(self.seen).max(1);
        self.seen += 1;
        // What came in since it began is opened where everything is.
        let drawn = self.wanted == self.total || chance.below(left) < self.wanted.saturating_sub(self.tried);
        self.tried += u64::from(drawn);
        drawn
    }

    fn note(&mut self, opens: bool, what: impl FnOnce() -> Damaged) {
        if !opens {
            self.bad += 1;
            if self.damaged.len() < NAMED {
                self.damaged.push(what());
            }
        }
    }
}

/// Whether a row opens: from its third column on sealed, wrapped key, master key.
fn opens(keys: &Keyring, label: Label<'_>, row: &Row) -> Result<bool> {
    let (data, wrapped): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(2)?, row.get(3)?);
    let (Some(data), Some(wrapped)) = (data, wrapped) else { return Ok(false) };
    Ok(keys.open(label, &Sealed { data, wrapped, key_id: row.get(4)? }).is_ok())
}
