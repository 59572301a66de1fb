//! Sealing the record of a site: what the job, the demonstration and the commands have in common.

use access::Site;
use proof::{Keeper, Sealer};
use std::path::Path;

/// Where a site keeps its key: the variable goes before the file.
pub(crate) fn keeper(dir: &Path) -> Keeper {
    Keeper::new(dir, std::env::var(proof::VARIABLE).ok())
}

/// What seals a site.
pub(crate) fn sealer(site: &Site) -> Sealer {
    Sealer {
        db: site.db.clone(),
        keeper: keeper(&site.dir),
        origin: proof::origin(&site.pack.site.url),
        zone: site.zone,
        chance: site.chance.clone(),
        lines: requests::lines,
    }
}
