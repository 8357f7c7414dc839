//! From WebAssembly modules and the page's own files to the folder that the server embeds.
//!
//! `index.html` names everything by `{{name}}`; each is replaced by the file's hashed name. `files.json` lists
//! what there is with sizes and hashes; the server shows it, so that anybody can compare.

use super::Effort;
use super::later::{self, Two};
use super::split::{LOADER, Split, split};
use crate::shell::root;
use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// What of the core is wanted later.
const LATER: &str = include_str!("later.txt");

/// Characters of a hash in a name.
const HASH_CHARS: usize = 16;

/// A file as the server gives it out.
struct File {
    name: String,
    bytes: Vec<u8>,
}

/// Puts the folder together anew.
pub fn write(built: &Path, effort: Effort, folder: &Path) -> Result<()> {
    let mut bundle = Bundle::default();
    bundle.names.insert("root".into(), "/".into());
    let (ui, page) = (root().join("crates/ui"), root().join("apps/web-page/static"));
    bundle.core(&built.join("parlor_web_core.wasm"), &root().join("apps/web-core/static"))?;
    bundle.scanner(&built.join("parlor_web_scan.wasm"))?;
    bundle.page(&built.join("parlor-web-page.wasm"), &page)?;
    for font in paths(&ui.join("fonts"), "woff2")? {
        bundle.file(&name(&font), fs::read(font)?);
    }
    for picture in paths(&ui.join("art"), "svg")? {
        bundle.file(&name(&picture), fs::read(picture)?);
    }
    // The first is part of the page.
    for table in parlor_ui::words::TABLES.iter().skip(1) {
        bundle.file(&format!("{}.txt", table.code), table.texts.into());
    }
    bundle.file("emoji.txt", parlor_ui::emoji::LIST.into());
    bundle.file("app.css", bundle.stylesheet(&ui.join("css"))?.into_bytes());
    // Home screens of phones draw no SVG.
    for icon in paths(&page, "svg")?.into_iter().chain(paths(&page, "png")?) {
        bundle.file(&name(&icon), fs::read(icon)?);
    }
    // Each may name those before it.
    for text in ["start.js", "manifest.webmanifest"] {
        let filled = bundle.fill(&fs::read_to_string(page.join(text))?)?;
        bundle.file(text, filled.into_bytes());
    }
    for entry in ["sw.js", "index.html"] {
        let path = page.join(entry);
        if path.exists() {
            let filled = bundle.fill(&fs::read_to_string(path)?)?;
            bundle.files.push(File { name: entry.into(), bytes: filled.into_bytes() });
        }
    }
    store(folder, bundle.files, effort)
}

/// The files of a folder with this extension, in the order of their names.
fn paths(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    let mut paths: Vec<_> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|its| its == extension));
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What there is so far: the files, and where each is found by its plain name.
#[derive(Default)]
struct Bundle {
    files: Vec<File>,
    names: BTreeMap<String, String>,
}

impl Bundle {
    /// Takes a file in under the hash of what it holds.
    fn file(&mut self, plain: &str, bytes: Vec<u8>) -> String {
        let (stem, extension) = plain.rsplit_once('.').unwrap_or((plain, "bin"));
        let mut hash = HEXLOWER.encode(&Sha256::digest(&bytes));
        hash.truncate(HASH_CHARS);
        let name = format!("{stem}-{hash}.{extension}");
        self.names.insert(plain.to_owned(), format!("/app/{name}"));
        self.files.push(File { name: name.clone(), bytes });
        name
    }

    /// Takes the engine's module in, in its two files, with its script, which begins by itself.
    fn core(&mut self, wasm: &Path, folder: &Path) -> Result<()> {
        let (bytes, script) = bind(fs::read(wasm)?, "core", true)?;
        let Two { first, later } = later::split(&bytes, LATER)?;
        let script = self.naming("core", first, &script)?;
        let (asks, more) =
            ("__wbg_get_imports();", "{ ...__wbg_get_imports(), later: { bring } };");
        if !script.contains(asks) {
            bail!("the core's script does not say what its module asks for");
        }
        self.file("core-later.wasm", later);
        let loader = self.fill(&fs::read_to_string(folder.join("later.js"))?)?;
        self.file("core.js", (script.replace(asks, more) + &loader).into_bytes());
        Ok(())
    }

    /// Takes the module that reads QR codes in, with its script, which begins by itself.
    fn scanner(&mut self, wasm: &Path) -> Result<()> {
        let (bytes, script) = bind(fs::read(wasm)?, "scan", false)?;
        let script = self.naming("scan", bytes, &script)? + "\n__wbg_init();\n";
        self.file("scan.js", script.into_bytes());
        Ok(())
    }

    /// Takes the page's module in, in its files, with the scripts of the first and of the others.
    fn page(&mut self, wasm: &Path, folder: &Path) -> Result<()> {
        let Split { first, parts, shared } = split(wasm)?;
        let mut common = Vec::new();
        for (number, shared) in shared.into_iter().enumerate() {
            let lengths: Vec<_> = shared.modules.iter().map(Vec::len).collect();
            let file = self.file(&format!("shared-{}.bin", number + 1), shared.modules.concat());
            common.push((json!([format!("/app/{file}"), lengths]), shared.parts));
        }
        let mut loader = fs::read_to_string(folder.join("parts.js"))?;
        for (part, module) in parts {
            let file = self.file(&format!("{part}.wasm"), module);
            let mut files: Vec<_> = common
                .iter()
                .filter(|(_, parts)| parts.contains(&part))
                .map(|(files, _)| files.clone())
                .collect();
            files.push(json!([format!("/app/{file}")]));
            let files = Value::from(files);
            writeln!(loader, "export const __wasm_split_load_{part} = part(...{files});")?;
        }
        let loader = self.file("parts.js", loader.into_bytes());
        let (first, script) = bind(first, "page", false)?;
        let script = self.naming("page", first, &script)?;
        let wanted = format!("from \"{LOADER}\"");
        if !script.contains(&wanted) {
            bail!("the page's script does not ask for its parts");
        }
        let script = script.replace(&wanted, &format!("from \"./{loader}\""));
        self.file("page.js", script.into_bytes());
        Ok(())
    }

    /// Takes a module in; its script, which finds it by its hashed name.
    fn naming(&mut self, module: &str, bytes: Vec<u8>, script: &str) -> Result<String> {
        let hashed = self.file(&format!("{module}.wasm"), bytes);
        let script = script.replace(&format!("{module}_bg.wasm"), &hashed);
        if !script.contains(&hashed) {
            bail!("the script of {module} does not name its module");
        }
        Ok(script)
    }

    /// All styles in the order of their names, with hashed names of fonts and pictures.
    fn stylesheet(&self, folder: &Path) -> Result<String> {
        let mut all = String::new();
        for path in paths(folder, "css")? {
            all.push_str(&fs::read_to_string(path)?);
            all.push('\n');
        }
        for (plain, hashed) in &self.names {
            for folder in ["fonts", "art"] {
                all = all.replace(&format!("url({folder}/{plain})"), &format!("url({hashed})"));
            }
        }
        if let Some((_, rest)) = all.split_once("url(fonts/").or_else(|| all.split_once("url(art/"))
        {
            bail!("the styles name what there is not: {}", rest.split(')').next().unwrap_or(rest));
        }
        Ok(all)
    }

    /// A text with every `{{name}}` replaced; `{{files}}` is the list of all before it, as JSON.
    fn fill(&self, text: &str) -> Result<String> {
        let all: Vec<_> = self.files.iter().map(|file| format!("/app/{}", file.name)).collect();
        let mut text = text.replace("{{files}}", &serde_json::to_string(&all)?);
        for (plain, place) in &self.names {
            text = text.replace(&format!("{{{{{plain}}}}}"), place);
        }
        if let Some((_, rest)) = text.split_once("{{") {
            bail!(
                "something is named that there is not: {}",
                rest.split("}}").next().unwrap_or(rest)
            );
        }
        Ok(text)
    }
}

/// Makes a module fit for the browser, with the names of its functions or without; the module and its script.
fn bind(wasm: Vec<u8>, module: &str, named: bool) -> Result<(Vec<u8>, String)> {
    let work = tempfile::tempdir()?;
    Bindgen::new()
        .input_bytes(module, wasm)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .remove_producers_section(true)
                .remove_name_section(!named)
                .omit_default_module_path(false)
                // Files that come later need memory and table.
                .keep_lld_exports(true)
                .out_name(module)
                .generate(work.path())
        })
        .map_err(|error| anyhow::anyhow!("{module} cannot be bound: {error:#}"))?;
    let bytes = without_streams(&fs::read(work.path().join(format!("{module}_bg.wasm")))?)?;
    let script = fs::read_to_string(work.path().join(format!("{module}.js")))?;
    if script.contains("from \"env\"") {
        bail!("{module} wants functions of a C library, which a browser does not have");
    }
    Ok((bytes, script))
}

/// A module without the streams that the framework gives to scripts, for requests that Parlor does not make.
fn without_streams(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut module = walrus::Module::from_buffer(bytes).context("a module cannot be read")?;
    let is_stream = |name: &str| name.trim_start_matches("__wbg_").starts_with("intounderlying");
    let streams: Vec<_> = module
        .exports
        .iter()
        .filter(|export| is_stream(&export.name))
        .map(|export| export.id())
        .collect();
    for stream in streams {
        module.exports.delete(stream);
    }
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

/// Writes the files, compressed where that helps, and says how large they are.
fn store(folder: &Path, files: Vec<File>, effort: Effort) -> Result<()> {
    let parent = folder.parent().context("the folder has no parent")?;
    fs::create_dir_all(parent)?;
    let new = tempfile::Builder::new().prefix("web-").tempdir_in(parent)?;
    let mut list = Vec::new();
    for file in files {
        let compressible = !file.name.ends_with(".woff2") && !file.name.ends_with(".png");
        let (bytes, suffix) = match compressible {
            true => (compress(&file.bytes, effort)?, ".br"),
            false => (file.bytes.clone(), ""),
        };
        list.push(describe(&file, bytes.len()));
        fs::write(new.path().join(format!("{}{suffix}", file.name)), bytes)?;
    }
    let list = serde_json::to_string_pretty(&list)?;
    fs::write(new.path().join("files.json"), list)?;
    // An older one is in the way only until the new one has its name.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::rename(new.keep(), folder)?;
    Ok(())
}

fn describe(file: &File, stored: usize) -> Value {
    let large = file.bytes.len() > 20_000;
    if large {
        println!("  {:>9} bytes, {stored:>8} to transfer: {}", file.bytes.len(), file.name);
    }
    let hash = HEXLOWER.encode(&Sha256::digest(&file.bytes));
    json!({"name": file.name, "bytes": file.bytes.len(), "transferred": stored, "sha256": hash})
}

fn compress(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let quality = if effort == Effort::Full { 11 } else { 4 };
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 1 << 16, quality, 22);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(compressed)
}
