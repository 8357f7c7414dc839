//! The page's module taken apart: the first file is what every page needs, the others are loaded when they are wanted.
//!
//! Where a part begins is marked in `crates/ui` (`apart!`). What only one part reaches is in that part's file; what
//! several reach, and the first file does not, is in a file that all parts share: a module for each set of parts that
//! have something in common, which would be dozens of small files. All of them use the first one's memory and table;
//! `parts.js` brings them together.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use wasm_split_cli_support::{Options, transform};

/// What the first file calls the script that loads the others.
pub const LOADER: &str = "./parts.js";

/// A module in its files.
pub struct Split {
    /// The first file, which is still to be bound to its script.
    pub first: Vec<u8>,
    /// The module of each part, by its name.
    pub parts: BTreeMap<String, Vec<u8>>,
    /// What parts have in common.
    pub shared: Vec<Vec<u8>>,
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
    let (mut parts, mut shared) = (BTreeMap::new(), BTreeMap::new());
    for path in done.split_modules {
        let module = tighten(&fs::read(&path)?)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match name.strip_prefix("split_") {
            Some(part) => parts.insert(part.to_owned(), module),
            None => shared.insert(name, module),
        };
    }
    // Of a part that has nothing for itself there is no file, and a page would wait for it.
    if let Some(empty) = done.prefetch_map.keys().find(|part| !parts.contains_key(*part)) {
        bail!("the part {empty} is empty");
    }
    Ok(Split { first: fs::read(&first)?, parts, shared: shared.into_values().collect() })
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
