//! The page's module taken apart: the first file is what every page needs, the others are loaded when they are wanted.
//!
//! Where a part begins is marked in `crates/ui` (`apart!`). What only one part reaches is in that part's file; what
//! several reach, and the first file does not, is a module for each set of parts that have something in common; those are
//! dozens of small ones, so they lie in a few files by when they are wanted first ([`WAVES`]). All of them use the first
//! one's memory and table; `parts.js` brings them together.

use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use wasm_split_cli_support::{Options, transform};

/// What the first file calls the script that loads the others.
pub const LOADER: &str = "./parts.js";

/// Parts that are wanted at about the same time, the earliest first; all others are wanted last.
const WAVES: [&[&str]; 2] = [&["start"], &["frame", "room"]];

/// A module in its files.
pub struct Split {
    /// The first file, which is still to be bound to its script.
    pub first: Vec<u8>,
    /// The module of each part, by its name.
    pub parts: BTreeMap<String, Vec<u8>>,
    /// What parts have in common, by when it is wanted first.
    pub shared: Vec<Shared>,
}

/// What some parts have in common.
#[derive(Default)]
pub struct Shared {
    /// The modules.
    pub modules: Vec<Vec<u8>>,
    /// The parts that need any of them.
    pub parts: BTreeSet<String>,
}

/// Takes a module apart that was linked with `--emit-relocs`.
pub fn split(wasm: &Path) -> Result<Split> {
    let work = tempfile::tempdir()?;
    let module = fs::read(wasm).with_context(|| format!("{}", wasm.display()))?;
    let first = work.path().join("first.wasm");
    let mut options = Options::new(&module);
    options.output_dir = work.path();
    options.main_out_path = &first;
    options.link_name = LOADER;
    options.emit_dwarf = false;
    let done = transform(options)
        .map_err(|error| anyhow::anyhow!("{} cannot be taken apart: {error:#}", wasm.display()))?;
    let (mut parts, mut shared) = (BTreeMap::new(), Vec::new());
    shared.resize_with(WAVES.len() + 1, Shared::default);
    let needed: BTreeMap<_, _> = done.prefetch_map.into_iter().collect();
    // In one order, whatever that of the list is.
    let modules: BTreeSet<_> = done.split_modules.into_iter().collect();
    for path in modules {
        let module = tighten(&fs::read(&path)?)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match name.strip_prefix("split_") {
            Some(part) => {
                parts.insert(part.to_owned(), module);
            }
            None => {
                let needs = |(_, files): &(&String, &Vec<String>)| files.contains(&name);
                let users: Vec<_> = needed.iter().filter(needs).map(|(part, _)| part).collect();
                let early = |wave: &&[&str]| users.iter().any(|user| wave.contains(&user.as_str()));
                let wave = WAVES.iter().position(early).unwrap_or(WAVES.len());
                let shared = shared.get_mut(wave).context("there is no such wave")?;
                shared.modules.push(module);
                shared.parts.extend(users.into_iter().cloned());
            }
        }
    }
    shared.retain(|shared| !shared.modules.is_empty());
    // Of a part that has nothing for itself there is no file, and a page would wait for it.
    if let Some(empty) = needed.keys().find(|part| !parts.contains_key(*part)) {
        bail!("the part {empty} is empty");
    }
    Ok(Split { first: fs::read(&first)?, parts, shared })
}

/// Writes a file anew, as short as it can be: without names, types that only others use, and the room that is left for
/// numbers when a module is linked.
fn tighten(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut config = walrus::ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut module = config.parse(wasm).context("a part cannot be read")?;
    let unknown: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    for id in unknown {
        module.customs.delete(id);
    }
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}
