//! From a directory to a running site's state: settings, pack, database, tables.

use crate::cli::{Base, Where};
use crate::config::Config;
use crate::{capability, outcome};
use access::vault::KEY_FILE;
use access::{Keyring, Secret, SharedSite, Site};
use db::Db;
use kernel::{Result, SystemChance};
use pack::Pack;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The database file in the site's directory.
pub const DATABASE_FILE: &str = "lianxin.db";

/// The variable that may hold the master keys in place of the file.
pub const VAULT_KEY: &str = "LIANXIN_VAULT_KEY";

/// A site that is ready to be used.
pub struct Opened {
    /// Its state, to be shared by all handlers.
    pub site: SharedSite,
    /// Its settings.
    pub config: Config,
}

/// Opens the site that the command line names.
///
/// Errors: no site there, settings or pack unsound, a database that cannot be opened or is newer
/// than this program.
pub fn open(place: &Where) -> Result<Opened> {
    let config = Config::read(&place.dir)?;
    open_with(&place.dir, &place.base, config)
}

/// [`open`] with settings at hand.
pub fn open_with(dir: &Path, base: &Base, config: Config) -> Result<Opened> {
    let pack = load_pack(dir, &config.pack)?;
    let db = open_database(dir, base, &config, false)?;
    let site = assemble(dir, db, pack, &config)?;
    Ok(Opened { site: Arc::new(site), config })
}

/// The state of a site over a database that has its tables: also for tests.
pub fn assemble(dir: &Path, db: Db, pack: Arc<Pack>, config: &Config) -> Result<Site> {
    let secret = Secret::load_or_make(dir, &SystemChance)?;
    let keyring = keyring(dir, &db, config)?;
    let mut site = Site::new(db, pack, dir.to_owned(), secret, keyring);
    site.settings = config.access();
    site.settings.oidc = config.oidc.iter().map(|o| o.open(dir)).collect::<Result<_>>()?;
    site.demo = config.demo;
    site.nav = Some(capability::navigation());
    site.held = Some(capability::held());
    Ok(site)
}

/// The master keys: of the environment, of the file that the settings name, or of the site's directory. A
/// site that never had one gets one; where it had, a missing key is said by whatever needs it.
fn keyring(dir: &Path, db: &Db, config: &Config) -> Result<Keyring> {
    if let Ok(given) = std::env::var(VAULT_KEY) {
        return Keyring::given(&given);
    }
    let path = match &config.vault_key {
        Some(path) => dir.join(path),
        None => dir.join(KEY_FILE),
    };
    let make = !path.exists() && !db.read_now(Keyring::is_needed)?;
    Keyring::file(&path, make)
}

/// Loads and checks a pack: a built-in one by name, or a directory seen from the site's.
///
/// Errors: everything that is wrong with it, each with its file and line.
pub fn load_pack(dir: &Path, spec: &str) -> Result<Arc<Pack>> {
    let spec = if pack::builtin_names().contains(&spec) {
        spec.to_owned()
    } else {
        dir.join(spec).display().to_string()
    };
    Ok(Arc::new(pack::load(&spec)?))
}

/// Opens the database with all tables there. `bulk` for filling a new one that can be made again.
pub fn open_database(dir: &Path, base: &Base, config: &Config, bulk: bool) -> Result<Db> {
    let mut wanted = db::Config::new(url(dir, base, config));
    wanted.schema = base.schema.clone().or_else(|| config.schema.clone());
    wanted.queue = config.limits.queue.max(16);
    wanted.bulk = bulk;
    let db = Db::open(&wanted)?;
    db.migrate(&capability::migrations())?;
    Ok(db)
}

fn url(dir: &Path, base: &Base, config: &Config) -> String {
    match base.database.as_ref().or(config.database.as_ref()) {
        Some(url) if url.contains("://") => url.clone(),
        // A file of another name stands beside the settings, unless it says where from the root.
        Some(file) => dir.join(file).display().to_string(),
        None => dir.join(DATABASE_FILE).display().to_string(),
    }
}

/// Makes the directory of a new site, which must be empty or not there.
///
/// Errors: refused (`not-empty`) where something is in it.
pub fn new_dir(dir: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(dir).map_err(|e| outcome::file_error(dir, &e))?;
    let mut entries = std::fs::read_dir(dir).map_err(|e| outcome::file_error(dir, &e))?;
    if entries.next().is_some() {
        let dir = dir.display();
        return Err(kernel::Error::refused(
            "not-empty",
            format!("{dir} 不是空目录，没有写入任何内容。"),
            format!("{dir} is not empty; nothing was written."),
        ));
    }
    // It will hold who asked for what, and the secret.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(dir, mode).map_err(|e| outcome::file_error(dir, &e))?;
    }
    Ok(dir.to_owned())
}
