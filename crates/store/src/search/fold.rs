//! Letters as they are looked for: without case and accents, and however they are written.
//!
//! What a letter is made of and its small form are found in Unicode's tables. In a browser those are the browser's own:
//! they would be a twentieth of what it has to load. It is asked once for each letter that comes.

/// Hands over what a character is looked for as: itself, where nothing but letters would not be left.
pub fn fold(character: char, mut take: impl FnMut(char)) {
    if character.is_ascii() {
        return take(character.to_ascii_lowercase());
    }
    tables::folded(character, &mut take);
}

fn letters(character: char) -> Vec<char> {
    let mut parts = tables::parts(character);
    parts.retain(|part| !is_accent(*part));
    if parts.is_empty() || !parts.iter().all(|part| part.is_alphanumeric()) {
        parts = vec![character];
    }
    let mut letters = tables::small(&parts);
    letters.retain(|letter| !is_accent(*letter));
    // Greek writes its s another way at the end of a word.
    letters.iter_mut().filter(|letter| **letter == 'ς').for_each(|letter| *letter = 'σ');
    letters
}

/// Marks that are set on letters and change no more than their sound; not the vowel signs of Indic scripts.
pub fn is_accent(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

#[cfg(not(target_family = "wasm"))]
mod tables {
    use unicode_normalization::char::decompose_compatible;

    pub fn folded(character: char, take: &mut dyn FnMut(char)) {
        super::letters(character).into_iter().for_each(take);
    }

    pub fn parts(character: char) -> Vec<char> {
        let mut parts = Vec::new();
        decompose_compatible(character, |part| parts.push(part));
        parts
    }

    pub fn small(parts: &[char]) -> Vec<char> {
        parts.iter().flat_map(|part| part.to_lowercase()).collect()
    }
}

#[cfg(target_family = "wasm")]
mod tables {
    use js_sys::JsString;
    use std::cell::RefCell;
    use std::collections::HashMap;

    /// So many letters are remembered: more than people of one language write with.
    const MOST: usize = 4096;

    thread_local! {
        static KNOWN: RefCell<HashMap<char, Vec<char>>> = RefCell::default();
    }

    pub fn folded(character: char, take: &mut dyn FnMut(char)) {
        KNOWN.with_borrow_mut(|known| {
            if known.len() >= MOST {
                known.clear();
            }
            let letters = known.entry(character).or_insert_with(|| super::letters(character));
            letters.iter().copied().for_each(take);
        });
    }

    pub fn parts(character: char) -> Vec<char> {
        chars(&JsString::from(character.to_string()).normalize("NFKD"))
    }

    pub fn small(parts: &[char]) -> Vec<char> {
        chars(&JsString::from(parts.iter().collect::<String>()).to_lower_case())
    }

    fn chars(text: &JsString) -> Vec<char> {
        String::from(text).chars().collect()
    }
}
