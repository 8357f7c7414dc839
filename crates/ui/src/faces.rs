//! How people and rooms look without a picture: initials, and colours by the hash of who they are, the same on every
//! device.

use crate::letters;

/// The names of the avatars' gradients, `--ava-NAME-a` and `--ava-NAME-b`.
pub const GRADIENTS: [&str; 10] =
    ["plum", "rust", "ochre", "moss", "jade", "teal", "blue", "violet", "rose", "slate"];
/// The names of the authors' colours, `--name-NAME`.
pub const NAMES: [&str; 8] = ["plum", "rust", "ochre", "moss", "jade", "teal", "blue", "violet"];

/// FNV-1a of an id.
fn hash(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The gradient of an account or a chat.
pub fn gradient(id: &str) -> &'static str {
    pick(&GRADIENTS, id)
}

/// The colour of an author's name.
pub fn name_colour(id: &str) -> &'static str {
    pick(&NAMES, id)
}

fn pick(names: &[&'static str], id: &str) -> &'static str {
    let index = hash(id) as usize % names.len().max(1);
    names.get(index).copied().unwrap_or("plum")
}

/// The first letters of the first and the last word of a name; nothing if it has no letters.
pub fn initials(name: &str) -> String {
    let mut words =
        name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    // Two letters of a script that joins them, or of ideographs, do not read as initials.
    let alone = |c: char| ('\u{590}'..='\u{10ff}').contains(&c) || c >= '\u{2e80}';
    match (first, last) {
        (Some(first), _) if alone(first) => first.to_string(),
        (first, last) => letters::capital(&first.into_iter().chain(last).collect::<String>()),
    }
}

/// The first word of a name.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters() {
        for (name, expected) in [
            ("Amara Osei", "AO"),
            ("amara", "A"),
            ("Đặng Thùy Linh", "ĐL"),
            ("田中 健司", "田"),
            ("يوسف الحداد", "ي"),
            ("Casa 14 · neighbours", "CN"),
            ("🍋", ""),
            ("", ""),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
