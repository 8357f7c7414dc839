//! Blobs over plain HTTP: where one is, and how an upload is authorised (`docs/protocol/blobs.md`).

use crate::BlobId;
use crate::letters::HEX;

/// Of an upload: how many bytes the relay has (in answers) or is believed to have (in requests).
pub const OFFSET_HEADER: &str = "upload-offset";
/// Before the id in a path.
pub const PATH: &str = "/v1/blobs/";

/// The path of a blob.
pub fn path(id: &BlobId) -> String {
    format!("{PATH}{}", HEX.encode(&id.0))
}

/// The id in a path: 32 lower-case hexadecimal digits and nothing else, so that it can name a file.
pub fn parse_id(text: &str) -> Option<BlobId> {
    let bytes = HEX.decode(text)?;
    BlobId::try_from(&bytes).ok()
}

/// The name of a blob's file.
pub fn name(id: &BlobId) -> String {
    HEX.encode(&id.0)
}

/// The value of `Authorization` that carries a token.
pub fn authorization(token: &[u8]) -> String {
    format!("Bearer {}", HEX.encode(token))
}

/// The token of [`authorization`].
pub fn parse_authorization(value: &str) -> Option<Vec<u8>> {
    HEX.decode(value.strip_prefix("Bearer ")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_and_tokens_round_trip(id: [u8; 16], token: [u8; 32]) {
            let id = BlobId(id);
            prop_assert_eq!(path(&id).strip_prefix(PATH).and_then(parse_id), Some(id));
            prop_assert_eq!(parse_authorization(&authorization(&token)), Some(token.to_vec()));
        }

        #[test]
        fn anything_else_is_refused(text in ".{0,40}") {
            let digits = text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
            prop_assert_eq!(parse_id(&text).is_some(), text.len() == 32 && digits);
            let _ = parse_authorization(&text);
        }
    }

    #[test]
    fn an_id_is_never_a_path() {
        for text in
            ["", "..", "../../etc/passwd", "00", "%2e%2e", "A0000000000000000000000000000000"]
        {
            assert_eq!(parse_id(text), None, "{text}");
        }
    }
}
