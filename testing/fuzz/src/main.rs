//! `parlor-fuzz`: lists targets, writes their seeds, tries files on them. `cargo xtask fuzz` calls it.

use anyhow::{Context, Result, bail};
use parlor_fuzz::{TARGETS, target, try_on};
use std::path::Path;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["list"] => {
            TARGETS.iter().for_each(|target| println!("{:16} {}", target.name, target.reads))
        }
        ["seeds", name, folder] => {
            let target = target(name).context("there is no target of this name")?;
            std::fs::create_dir_all(folder)?;
            for (number, seed) in (target.seeds)()?.iter().enumerate() {
                std::fs::write(Path::new(folder).join(format!("seed-{number}")), seed)?;
            }
        }
        ["try", name, file] => {
            let target = target(name).context("there is no target of this name")?;
            try_on(target, &std::fs::read(file)?)?;
        }
        _ => bail!("parlor-fuzz list | seeds NAME FOLDER | try NAME FILE"),
    }
    Ok(())
}
