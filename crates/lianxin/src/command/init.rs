//! `init`: a new site.

use super::say;
use crate::cli::{Base, Init};
use crate::config::{CONFIG_FILE, Config, NewConfig, template};
use crate::open;
use crate::outcome::{Outcome, file_error};
use kernel::{Error, Result};
use std::path::Path;

/// Makes the directory, its settings, its secret, and the tables. The settings come last: a
/// directory without them is no site, so a broken attempt can be thrown away.
pub(super) fn run(args: &Init) -> Outcome {
    let pack = pack_from(&args.place.dir, &args.pack)?;
    let was_there = args.place.dir.exists();
    let dir = open::new_dir(&args.place.dir)?;
    let made = make(&dir, &pack, &args.place.base);
    if made.is_err() {
        // It was empty or not there when this began; what could not be finished does not stay behind.
        clear(&dir);
        if !was_there && let Err(e) = std::fs::remove_dir(&dir) {
            eprintln!("{}: {e}", dir.display());
        }
    }
    made?;
    let shown = dir.display();
    say(&format!(
        "站点已建好：{shown}（设置在 {CONFIG_FILE}）。\n\
         A new site is in {shown} (settings: {CONFIG_FILE}).\n\n\
         封存密钥 sealing key: {shown}/{key}\n  \
         日志每隔几分钟用它签名一次，别人就能核对记录有没有被改过。请像保管公章一样保管：不要外传，另存一份；\n  \
         也可以放进环境变量 {variable} 而不放文件。公钥在 {keys}，签过的树头在 {heads}，请定期抄到别处。\n  \
         The record is signed with it every few minutes, so that others can check that nothing was changed.\n  \
         Keep it as you keep a seal: hand it to nobody, store a copy; it may stand in {variable}\n  \
         instead of the file. The public key is in {keys}, signed heads in {heads}: copy those elsewhere.\n\n\
         接着 Next:\n  \
         lianxin user add admin --name 管理员 --role admin --dir {shown}\n  \
         lianxin import units units.xlsx --dir {shown}\n  \
         lianxin serve --dir {shown}\n",
        key = proof::KEY_FILE,
        keys = proof::KEYS_FILE,
        heads = proof::HEADS_FILE,
        variable = proof::VARIABLE,
    ))?;
    Ok(())
}

fn make(dir: &Path, pack: &str, base: &Base) -> Result<()> {
    let (database, schema) = (base.database.as_deref(), base.schema.as_deref());
    let text = template(&NewConfig { pack, database, schema, demo: false });
    let config = Config::parse(&text).map_err(Error::internal)?;
    let opened = open::open_with(dir, base, config)?;
    for sub in ["files", "outbox"] {
        let path = dir.join(sub);
        std::fs::create_dir_all(&path).map_err(|e| file_error(&path, &e))?;
    }
    let root = root(&opened.site)?;
    // The sealing key, and a first head over what there is.
    crate::seal::sealer(&opened.site).round(opened.site.now(), &|_| {})?;
    opened.site.db.close();
    write_config(dir, &text)?;
    tracing::debug!(root, "the site is made");
    Ok(())
}

/// The topmost unit, made out of the pack's own words, so that the first administrator has a post.
fn root(site: &access::SharedSite) -> Result<String> {
    use kernel::UnitId;
    let pack = &site.pack;
    let level = pack.levels.first().map(|l| l.id.clone()).unwrap_or_default();
    let kind = pack.unit_kinds.iter().find(|k| k.level == level && k.parent.is_none());
    let unit = register::NewUnit {
        code: pack.demo.code.clone(),
        name: pack.site.name.clone(),
        level,
        kind: kind.map(|k| k.id.clone()).unwrap_or_default(),
        from: Some(site.today()),
        ..register::NewUnit::default()
    };
    let (id, act) = (UnitId::new(site.now(), &*site.chance), super::by_shell(site));
    site.db.write_now(move |tx| {
        if !register::units::all(tx)?.is_empty() {
            return Ok("already there".to_owned());
        }
        register::add_in(tx, id, &unit, &act).map(|u| u.path)
    })
}

/// A pack as it is written into the settings: the name of a built-in one, or the directory from the root.
pub(super) fn pack_from(dir: &Path, spec: &str) -> Result<String> {
    if ::pack::builtin_names().contains(&spec) {
        return Ok(spec.to_owned());
    }
    match Path::new(spec).canonicalize() {
        Ok(path) => Ok(path.display().to_string()),
        // Let the loader say what it knows and what not, in the word that was typed.
        Err(_) if !dir.join(spec).exists() => Ok(::pack::load(spec).map(|_| spec.to_owned())?),
        Err(_) => open::load_pack(dir, spec).map(|_| spec.to_owned()),
    }
}

/// Writes `lianxin.toml`, readable by its owner only: it may hold keys of gateways.
pub(super) fn write_config(dir: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    let path = dir.join(CONFIG_FILE);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&path).map_err(|e| file_error(&path, &e))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|e| file_error(&path, &e))
}

/// Empties a directory that this program has just filled.
pub(super) fn clear(dir: &Path) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let gone = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        if let Err(e) = gone {
            eprintln!("{}: {e}", path.display());
        }
    }
}
