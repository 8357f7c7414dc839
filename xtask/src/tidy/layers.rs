//! Who may depend on whom, from `layers.toml`; and that every package takes the workspace's lints.
//!
//! Absent on purpose: dev-dependencies, which are free, and versions, which cargo holds.

use super::Problem;
use super::tree::File;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The content of `layers.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    pub pure: Pure,
    pub crates: BTreeMap<String, Layer>,
}

/// What pure crates may not have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pure {
    /// Packages from outside.
    pub outside: BTreeSet<String>,
    /// Words in the source.
    pub words: Vec<String>,
}

/// One crate of the workspace.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    #[serde(default)]
    pub pure: bool,
    pub uses: BTreeSet<String>,
}

pub fn read(path: &Path) -> Result<Layers> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not as it should be", path.display()))
}

/// A package's name as `layers.toml` has it.
fn short(package: &str) -> &str {
    package.strip_prefix("parlor-").unwrap_or(package)
}

/// The packages of the workspace, by folder.
fn manifests(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| file.path.ends_with("/Cargo.toml"))
}

/// The folders (with a `/` at the end) of the pure crates.
pub fn pure_folders(layers: &Layers, files: &[File]) -> Vec<String> {
    let pure = |file: &&File| {
        let name =
            file.text.parse::<toml::Table>().ok().and_then(|manifest| package_name(&manifest));
        name.and_then(|name| layers.crates.get(short(&name)).map(|layer| layer.pure))
            .unwrap_or(false)
    };
    manifests(files)
        .filter(pure)
        .map(|file| file.path.trim_end_matches("Cargo.toml").to_string())
        .collect()
}

pub fn check(layers: &Layers, files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for file in manifests(files) {
        match file.text.parse::<toml::Table>() {
            Ok(manifest) => check_manifest(layers, &file.path, &manifest, &mut seen, &mut problems),
            Err(_) => problems.push(Problem::new(&file.path, 0, "is not TOML")),
        }
    }
    for name in layers.crates.keys().filter(|name| !seen.contains(*name)) {
        problems.push(Problem::new("xtask/layers.toml", 0, format!("there is no crate {name:?}")));
    }
    problems
}

fn check_manifest(
    layers: &Layers,
    path: &str,
    manifest: &toml::Table,
    seen: &mut BTreeSet<String>,
    problems: &mut Vec<Problem>,
) {
    let Some(package) = package_name(manifest) else {
        return problems.push(Problem::new(path, 0, "has no package name"));
    };
    let lints = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .and_then(toml::Value::as_bool);
    if lints != Some(true) {
        problems.push(Problem::new(path, 0, "has to say `[lints] workspace = true`"));
    }
    let name = short(&package);
    seen.insert(name.to_string());
    let Some(layer) = layers.crates.get(name) else {
        return problems.push(Problem::new(
            path,
            0,
            format!("{name:?} has no row in xtask/layers.toml"),
        ));
    };
    for dependency in dependencies(manifest) {
        let inner = dependency.strip_prefix("parlor-");
        if inner.is_some_and(|inner| !layer.uses.contains(inner)) {
            problems.push(Problem::new(path, 0, format!("{package} may not use {dependency}")));
        }
        if layer.pure && layers.pure.outside.contains(&dependency) {
            problems.push(Problem::new(
                path,
                0,
                format!("{package} is pure and may not use {dependency}"),
            ));
        }
    }
}

fn package_name(manifest: &toml::Table) -> Option<String> {
    Some(manifest.get("package")?.get("name")?.as_str()?.to_string())
}

/// The packages in `[dependencies]`, also those of one target only.
fn dependencies(manifest: &toml::Table) -> BTreeSet<String> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let of_targets = targets.into_iter().flat_map(|targets| targets.values());
    let tables = of_targets
        .filter_map(|target| target.get("dependencies"))
        .chain(manifest.get("dependencies"));
    let entries = tables.filter_map(toml::Value::as_table).flatten();
    entries
        .map(|(name, value)| {
            let renamed = value.get("package").and_then(toml::Value::as_str);
            renamed.unwrap_or(name).to_string()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn layers() -> Layers {
        toml::from_str(
            "[pure]\noutside = [\"tokio\"]\nwords = [\"SystemTime\"]\n\
             [crates.wire]\npure = true\nuses = []\n[crates.relay]\nuses = [\"wire\"]\n",
        )
        .unwrap()
    }

    fn problems(manifests: &[(&str, &str)]) -> Vec<String> {
        let manifest = |(name, rest): &(&str, &str)| {
            let text = format!("[package]\nname = \"parlor-{name}\"\n{rest}");
            File::new(&format!("crates/{name}/Cargo.toml"), &text)
        };
        let files: Vec<File> = manifests.iter().map(manifest).collect();
        check(&layers(), &files).into_iter().map(|problem| problem.to_string()).collect()
    }

    const LINTS: &str = "[lints]\nworkspace = true\n";

    #[test]
    fn what_is_allowed() {
        let wire = format!("{LINTS}[dev-dependencies]\ntokio = \"1\"\nparlor-relay = \"1\"\n");
        let relay = format!("{LINTS}[dependencies]\nparlor-wire.workspace = true\ntokio = \"1\"\n");
        assert_eq!(problems(&[("wire", &wire), ("relay", &relay)]), Vec::<String>::new());
    }

    #[test]
    fn what_is_not() {
        let relay = ("relay", LINTS);
        let cases = [
            (
                "[dependencies]\nparlor-relay.workspace = true\n",
                "parlor-wire may not use parlor-relay",
            ),
            (
                "[dependencies]\nx = { package = \"parlor-relay\" }\n",
                "parlor-wire may not use parlor-relay",
            ),
            (
                "[target.'cfg(unix)'.dependencies]\ntokio = \"1\"\n",
                "parlor-wire is pure and may not use tokio",
            ),
        ];
        for (rest, expected) in cases {
            let found = problems(&[("wire", &format!("{LINTS}{rest}")), relay]);
            assert_eq!(found, [format!("crates/wire/Cargo.toml: {expected}")], "{rest}");
        }
    }

    #[test]
    fn lints_and_rows() {
        let found = problems(&[("wire", ""), ("other", LINTS)]);
        let expected = [
            "crates/wire/Cargo.toml: has to say `[lints] workspace = true`",
            "crates/other/Cargo.toml: \"other\" has no row in xtask/layers.toml",
            "xtask/layers.toml: there is no crate \"relay\"",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_projects_own_file_is_read() {
        let layers = read(&crate::shell::root().join("xtask/layers.toml")).unwrap();
        assert!(layers.crates.get("wire").is_some_and(|layer| layer.pure && layer.uses.is_empty()));
    }
}
