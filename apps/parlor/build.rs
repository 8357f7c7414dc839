//! Lists the files of the web app, if it was built (`cargo xtask web`), so that the binary carries them.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // Asked for now: this program may have been compiled for another checkout that shares the build folder.
    let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let folder = Path::new(&package).join("../../target/web-app");
    // What is not there cannot be watched.
    fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-env-changed=PARLOR_CHECKOUT");
    let mut files: Vec<_> = fs::read_dir(&folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut list = String::from("&[\n");
    for path in files {
        let stored = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = stored.trim_end_matches(".br");
        let (compressed, place) = (name != stored, path.display().to_string());
        list.push_str(&format!(
            "parlor_relay::WebFile {{ name: {name:?}, compressed: {compressed}, bytes: include_bytes!({place:?}) }},\n"
        ));
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("web_files.rs"), list)
}
