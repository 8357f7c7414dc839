//! The page's module taken apart: the first file is what every page needs, the others are loaded when they are wanted.
//!
//! Where a part begins is marked in `crates/ui` (`apart!`). What only one part reaches is in that part's file, what
//! several reach and the first file does not is in files that they share. A file that is no module of its own needs the
//! first one's memory and table; `parts.js` brings them together.

use anyhow::{Context, Result};
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
    /// The others, by plain name without ending.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The files of each part.
    pub parts: BTreeMap<String, Vec<String>>,
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
    let mut files = BTreeMap::new();
    for path in done.split_modules {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(name, tighten(&fs::read(&path)?)?);
    }
    Ok(Split { first: fs::read(&first)?, files, parts: done.prefetch_map.into_iter().collect() })
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
