//! From WebAssembly modules and the page's own files to the folder that the server embeds.
//!
//! `index.html` names everything by `{{name}}`; each is replaced by the file's hashed name. `files.json` lists
//! what there is with sizes and hashes; the server shows it, so that anybody can compare.

use super::Effort;
use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// Characters of a hash in a name.
const HASH_CHARS: usize = 16;

/// A file as the server gives it out.
struct File {
    name: String,
    bytes: Vec<u8>,
}

/// Puts the folder together anew.
pub fn write(built: &Path, effort: Effort, folder: &Path) -> Result<()> {
    let mut names = BTreeMap::new();
    let mut files = Vec::new();
    for module in ["core", "page"] {
        let wasm = built.join(format!("parlor_web_{module}.wasm"));
        for file in bind(&wasm, module)? {
            names.insert(file.0, file.1.name.clone());
            files.push(file.1);
        }
    }
    let page = crate::shell::root().join("apps/web-page");
    for (plain, bytes) in page_files(&page)? {
        let file = hashed(&plain, bytes);
        names.insert(plain, file.name.clone());
        files.push(file);
    }
    let css = stylesheet(&crate::shell::root().join("crates/ui/styles"), &names)?;
    let css = hashed("app.css", css.into_bytes());
    names.insert("app.css".into(), css.name.clone());
    files.push(css);
    for entry in ["index.html", "manifest.webmanifest", "sw.js"] {
        let path = page.join(entry);
        if !path.exists() {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        files.push(File { name: entry.into(), bytes: fill(&text, &names, &files)?.into_bytes() });
    }
    store(folder, files, effort)
}

/// Makes a module fit for the browser: its script and itself, by plain and hashed name.
fn bind(wasm: &Path, module: &str) -> Result<[(String, File); 2]> {
    let mut output = Bindgen::new()
        .input_path(wasm)
        .web(true)
        .map_err(|error| anyhow::anyhow!("{error:#}"))?
        .typescript(false)
        .remove_producers_section(true)
        .remove_name_section(true)
        .omit_default_module_path(false)
        .out_name(module)
        .generate_output()
        .with_context(|| format!("{} cannot be bound", wasm.display()))?;
    let bytes = output.wasm_mut().emit_wasm();
    let module_file = hashed(&format!("{module}.wasm"), bytes);
    // The script finds its module by name.
    let plain = format!("{module}_bg.wasm");
    let script = output.js().replace(&plain, &module_file.name);
    if !script.contains(&module_file.name) {
        bail!("the script of {module} does not name its module");
    }
    // A worker begins by itself; the page is begun by its script as well.
    let script = format!("{script}\n__wbg_init();\n");
    let script_file = hashed(&format!("{module}.js"), script.into_bytes());
    Ok([(format!("{module}.wasm"), module_file), (format!("{module}.js"), script_file)])
}

/// The page's other files, by the names that `index.html` and styles use: icons, fonts, the sprite.
fn page_files(page: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    for folder in [page.join("assets"), crate::shell::root().join("crates/ui/assets")] {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                let name = entry.file_name().to_string_lossy().into_owned();
                found.push((name, fs::read(entry.path())?));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// All styles in the order of their names, with hashed names in `url(…)`.
fn stylesheet(folder: &Path, names: &BTreeMap<String, String>) -> Result<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).context("there are no styles")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "css") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut all = String::new();
    for path in paths {
        all.push_str(&fs::read_to_string(path)?);
        all.push('\n');
    }
    for (plain, hashed) in names {
        all = all.replace(&format!("url({plain})"), &format!("url({hashed})"));
        all = all.replace(&format!("url(\"{plain}\")"), &format!("url(\"{hashed}\")"));
    }
    Ok(all)
}

/// A text with every `{{name}}` replaced; `{{files}}` is the list of all, as JSON.
fn fill(text: &str, names: &BTreeMap<String, String>, files: &[File]) -> Result<String> {
    let all: Vec<_> = files.iter().map(|file| format!("/app/{}", file.name)).collect();
    let mut text = text.replace("{{files}}", &serde_json::to_string(&all)?);
    for (plain, hashed) in names {
        text = text.replace(&format!("{{{{{plain}}}}}"), &format!("/app/{hashed}"));
    }
    if let Some(at) = text.find("{{") {
        let rest: String = text.chars().skip(at).take(40).collect();
        bail!("something is named that there is not: {rest}");
    }
    Ok(text)
}

fn hashed(plain: &str, bytes: Vec<u8>) -> File {
    let (stem, extension) = plain.rsplit_once('.').unwrap_or((plain, "bin"));
    let mut hash = HEXLOWER.encode(&Sha256::digest(&bytes));
    hash.truncate(HASH_CHARS);
    File { name: format!("{stem}-{hash}.{extension}"), bytes }
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
