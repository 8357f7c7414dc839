//! Small and capital letters. In a browser they are the browser's: tables of them would be a twentieth of the page.

/// A text in small letters.
pub fn small(text: &str) -> String {
    #[cfg(target_family = "wasm")]
    return js_sys::JsString::from(text).to_lower_case().into();
    #[cfg(not(target_family = "wasm"))]
    text.to_lowercase()
}

/// A text in capital letters.
pub fn capital(text: &str) -> String {
    #[cfg(target_family = "wasm")]
    return js_sys::JsString::from(text).to_upper_case().into();
    #[cfg(not(target_family = "wasm"))]
    text.to_uppercase()
}

/// The characters of a text in small letters, as many as it has.
pub fn small_each(text: &str) -> Vec<char> {
    let whole: Vec<char> = small(text).chars().collect();
    // A letter that becomes two (İ) is rare enough to look at each by itself.
    match whole.len() == text.chars().count() {
        true => whole,
        false => {
            text.chars().map(|one| small(&one.to_string()).chars().next().unwrap_or(one)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_there_are() {
        assert_eq!(small_each("Đặng İ"), ['đ', 'ặ', 'n', 'g', ' ', 'i']);
        assert_eq!((small("ΣΑΣ"), capital("ß")), ("σας".into(), "SS".into()));
    }
}
