//! Prints durable items per second of the store, alone and to a crowd, beside those of a raw log.

fn main() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("parlor-appends-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let results = parlor_relay::bench::appends(&folder, std::time::Duration::from_secs(3));
    std::fs::remove_dir_all(&folder)?;
    for row in results? {
        println!("{}", serde_json::to_string(&row)?);
    }
    Ok(())
}
