//! From files to a checked pack.

use crate::check::{Problem, check};
use crate::merge::{Duplicate, Twice, doubles, merge, shift, take_away};
use crate::source::Places;
use crate::{Pack, builtin};
use kernel::Say;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

/// How far packs may build on one another.
const DEEPEST: usize = 5;

/// Why a pack is refused: every problem with its file, its line and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong, in the order of the files.
    pub problems: Vec<Problem>,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for p in &self.problems {
            writeln!(f, "{p}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for kernel::Error {
    fn from(f: Failure) -> Self {
        let all = |pick: fn(&Problem) -> String| f.problems.iter().map(pick).collect::<Vec<_>>().join("\n");
        kernel::Error::Refused {
            code: "pack-unsound",
            say: Say::new(
                all(|p| format!("{} {}", p.place(), p.text.zh)),
                all(|p| format!("{} {}", p.place(), p.text.en)),
            ),
        }
    }
}

/// Loads and checks a pack: the name of a built-in one, or a directory.
pub fn load(spec: &str) -> Result<Pack, Failure> {
    match Path::new(spec) {
        _ if builtin::files(spec).is_some() => load_builtin(spec),
        dir if dir.exists() => load_dir(dir),
        _ => Err(nowhere(spec)),
    }
}

/// Loads and checks a built-in pack.
pub fn load_builtin(name: &str) -> Result<Pack, Failure> {
    checked(read(Origin::Builtin(name.to_owned()))?)
}

/// Loads and checks the pack in a directory: all its `*.toml` files.
pub fn load_dir(dir: &Path) -> Result<Pack, Failure> {
    checked(read(Origin::Dir(dir.to_owned()))?)
}

/// Reads a pack that is one text and builds on none, without checking what it says: for tests that need a few
/// names and no rules.
pub fn read_text(text: &str) -> Result<Pack, Failure> {
    read(Origin::Text(text.to_owned()))
}

fn checked(pack: Pack) -> Result<Pack, Failure> {
    let problems = check(&pack);
    if problems.is_empty() { Ok(pack) } else { Err(Failure { problems }) }
}

/// Where the files of a pack come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Builtin(String),
    Dir(PathBuf),
    Text(String),
}

impl Origin {
    /// The pack that this one says it builds on: a directory beside it, or a built-in one.
    fn base(&self, name: &str) -> Origin {
        match self {
            Origin::Dir(dir) => match dir.parent().map(|p| p.join(name)) {
                Some(beside) if beside.is_dir() && beside != *dir => Origin::Dir(beside),
                _ => Origin::Builtin(name.to_owned()),
            },
            Origin::Builtin(_) | Origin::Text(_) => Origin::Builtin(name.to_owned()),
        }
    }

    fn files(&self) -> Result<Vec<(String, String)>, Failure> {
        match self {
            Origin::Builtin(name) => match builtin::files(name) {
                Some(files) => {
                    Ok(files.iter().map(|(f, t)| (format!("{name}/{f}"), (*t).to_owned())).collect())
                }
                None => Err(nowhere(name)),
            },
            Origin::Dir(dir) => read_dir(dir),
            Origin::Text(text) => Ok(vec![("text".to_owned(), text.clone())]),
        }
    }
}

/// There is neither a built-in pack of this name nor a directory.
fn nowhere(name: &str) -> Failure {
    let known = builtin::builtin_names().join(", ");
    let say = Say::new(
        format!("没有叫“{name}”的政策包，也没有这个目录。内置的有：{known}；也可以写一个目录。"),
        format!(
            "there is no pack and no directory called \"{name}\". Built in: {known}; or name a directory."
        ),
    );
    fail(name, 0, say)
}

fn read_dir(dir: &Path) -> Result<Vec<(String, String)>, Failure> {
    let shown = dir.display().to_string();
    let cannot = |path: &str, e: &std::io::Error| {
        fail(path, 0, Say::new(format!("读不了：{e}。"), format!("cannot be read: {e}.")))
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|e| cannot(&shown, &e))? {
        let path = entry.map_err(|e| cannot(&shown, &e))?.path();
        if path.extension().is_some_and(|x| x == "toml") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(fail(
            &shown,
            0,
            Say::new(
                "目录里没有 .toml 文件。政策包至少要有一个写着 id、name、version 的文件。",
                "holds no .toml file. A pack has at least one file that says id, name and version.",
            ),
        ));
    }
    paths.sort();
    paths
        .into_iter()
        .map(|p| {
            let name = p.display().to_string();
            std::fs::read_to_string(&p).map(|t| (name.clone(), t)).map_err(|e| cannot(&name, &e))
        })
        .collect()
}

fn fail(file: &str, line: usize, text: Say) -> Failure {
    Failure { problems: vec![Problem { file: file.to_owned(), line, text }] }
}

/// Reads a pack and those it builds on, without checking what they say.
pub(crate) fn read(origin: Origin) -> Result<Pack, Failure> {
    // From the pack down to its last base, then laid upon one another the other way round.
    let mut chain: Vec<Vec<(String, String)>> = Vec::new();
    let mut seen = vec![origin.clone()];
    let mut next = Some(origin);
    while let Some(at) = next.take() {
        let files = at.files()?;
        if let Some((name, file)) = extends(&files) {
            let base = at.base(&name);
            if seen.contains(&base) || seen.len() > DEEPEST {
                return Err(fail(
                    &file,
                    1,
                    Say::new(
                        format!("extends = \"{name}\" 绕回了自己。"),
                        format!("extends = \"{name}\" leads back to the pack itself."),
                    ),
                ));
            }
            seen.push(base.clone());
            next = Some(base);
        }
        chain.push(files);
    }
    let mut places = Places::default();
    let starts: Vec<Vec<usize>> =
        chain.iter().map(|files| files.iter().map(|(name, text)| places.add(name, text)).collect()).collect();
    let mut all = DeTable::new();
    let mut faults: Vec<Problem> = Vec::new();
    for (files, starts) in chain.iter().zip(&starts).rev() {
        let mut one = DeTable::new();
        let mut twice = Vec::new();
        for ((_, text), start) in files.iter().zip(starts) {
            match DeTable::parse(text) {
                Ok(table) => {
                    let table = shift(table.into_inner(), *start);
                    doubles(&table, "", &mut twice);
                    merge(&mut one, table, Twice::Fault, "", &mut twice);
                }
                Err(e) => faults.push(broken(&places, start + e.span().map_or(0, |s| s.start), e.message())),
            }
        }
        faults.extend(twice.into_iter().map(|d| doubled(&places, &d)));
        without(&mut all, &mut one, &places, &mut faults);
        merge(&mut all, one, Twice::Wins, "", &mut Vec::new());
    }
    if !faults.is_empty() {
        return Err(Failure { problems: faults });
    }
    places.index(&all);
    let end = 0..0;
    match Pack::deserialize(Deserializer::from(Spanned::new(end, all))) {
        Ok(mut pack) => {
            pack.places = places;
            crate::limits::wind_clocks(&mut pack);
            Ok(pack)
        }
        Err(e) => {
            Err(Failure { problems: vec![broken(&places, e.span().map_or(0, |s| s.start), e.message())] })
        }
    }
}

/// Takes away from the base what a pack says it does without: `without = ["level/point"]`.
fn without(all: &mut DeTable<'_>, one: &mut DeTable<'_>, places: &Places, faults: &mut Vec<Problem>) {
    let Some(list) = one.remove("without") else { return };
    let paths = list.get_ref().as_array().map(|a| a.iter().collect::<Vec<_>>()).unwrap_or_default();
    for item in paths {
        let path = item.get_ref().as_str().unwrap_or_default();
        if !take_away(all, path) {
            let (file, line) = places.locate(item.span().start);
            let text = Say::new(
                format!("without 里的“{path}”在所扩展的政策包里没有。"),
                format!("\"{path}\" under `without` is not in the pack that this one extends."),
            );
            faults.push(Problem { file, line, text });
        }
    }
}

/// The pack that the files say they build on, and the file that says so.
fn extends(files: &[(String, String)]) -> Option<(String, String)> {
    files.iter().find_map(|(file, text)| {
        let table = DeTable::parse(text).ok()?.into_inner();
        Some((table.get("extends")?.get_ref().as_str()?.to_owned(), file.clone()))
    })
}

fn broken(places: &Places, offset: usize, message: &str) -> Problem {
    let (file, line) = places.locate(offset);
    let message = message.trim().replace('\n', "; ");
    let quoted = || message.split('`').nth(1).unwrap_or_default().to_owned();
    let zh = if message.starts_with("missing field") {
        format!("缺少“{}”，请补上。", quoted())
    } else if message.starts_with("unknown field") {
        format!("不认识“{}”。{}", quoted(), message.split_once(", ").map_or("", |(_, rest)| rest))
    } else {
        format!("读不懂：{message}")
    };
    Problem { file, line, text: Say::new(zh, message) }
}

fn doubled(places: &Places, d: &Duplicate) -> Problem {
    let (file, line) = places.locate(d.offset);
    Problem {
        file,
        line,
        text: Say::new(
            format!("“{}”在本包里写了两次，请删去一处。", d.path),
            format!("\"{}\" is given twice in this pack: delete one of them.", d.path),
        ),
    }
}
