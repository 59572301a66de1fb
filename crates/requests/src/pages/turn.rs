//! Turning the pages of a list that goes on by its key, forwards and back.

use maud::Markup;
use web::Look;
use web::components::pager;

/// What one page of a list shows, and whether the list goes on either way.
#[derive(Clone, Debug)]
pub(crate) struct Leaf<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) prev: bool,
    pub(crate) next: bool,
}

impl<T> Leaf<T> {
    /// Cuts a page of `size` rows out of what was read with one row more, in the order of the list.
    /// `back` says how the reader came here: nothing for the first page, otherwise whether backwards.
    pub(crate) fn cut(mut rows: Vec<T>, size: usize, back: Option<bool>) -> Leaf<T> {
        let more = rows.len() > size;
        if more && back == Some(true) {
            rows.drain(..rows.len() - size);
        }
        rows.truncate(size);
        let (prev, next) = match back {
            None => (false, more),
            Some(false) => (true, more),
            Some(true) => (more, true),
        };
        Leaf { rows, prev, next }
    }

    /// The way to the pages before and after; `address` is the list's with what is asked of it, `key`
    /// the place of a row in it.
    pub(crate) fn pager(&self, look: &Look, address: &str, key: impl Fn(&T) -> String) -> Markup {
        let join = if address.contains('?') { '&' } else { '?' };
        let to = |name: &str, row: Option<&T>| row.map(|r| format!("{address}{join}{name}={}", key(r)));
        let prev = to("before", self.rows.first()).filter(|_| self.prev);
        let next = to("after", self.rows.last()).filter(|_| self.next);
        pager(look, prev.as_deref(), next.as_deref(), "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Locale;

    fn cut(rows: std::ops::Range<i32>, back: Option<bool>) -> (Vec<i32>, bool, bool) {
        let leaf = Leaf::cut(rows.collect(), 3, back);
        (leaf.rows, leaf.prev, leaf.next)
    }

    #[test]
    fn one_row_more_than_fits_tells_that_it_goes_on() {
        assert_eq!(cut(0..3, None), (vec![0, 1, 2], false, false));
        assert_eq!(cut(0..4, None), (vec![0, 1, 2], false, true));
        assert_eq!(cut(3..7, Some(false)), (vec![3, 4, 5], true, true));
        assert_eq!(cut(6..8, Some(false)), (vec![6, 7], true, false));
        // Backwards the row more is the one in front.
        assert_eq!(cut(2..6, Some(true)), (vec![3, 4, 5], true, true));
        assert_eq!(cut(0..3, Some(true)), (vec![0, 1, 2], false, true));
    }

    #[test]
    fn pages_lead_to_their_neighbours() {
        let look = Look::new(Locale::En);
        let leaf = Leaf { rows: vec![4, 5, 6], prev: true, next: true };
        let html = leaf.pager(&look, "/queues/callback?tried=true", i32::to_string).into_string();
        assert!(html.contains("/queues/callback?tried=true&amp;before=4"), "{html}");
        assert!(html.contains("/queues/callback?tried=true&amp;after=6"), "{html}");
        let only = Leaf { rows: vec![4], prev: false, next: false };
        assert_eq!(only.pager(&look, "/x", i32::to_string).into_string(), "");
    }
}
