//! The web app, as files that the binary carries: what is asked for, how long it may be kept, what the page may do.
//!
//! | asked for                | answered with                                          | kept                  |
//! |--------------------------|--------------------------------------------------------|-----------------------|
//! | `/app/NAME-HASH.EXT`     | that file                                              | for ever              |
//! | `/app/files.json`        | all files with sizes and hashes                        | asked again each time |
//! | `/`                      | the page                                               | asked again each time |
//! | `/sw.js`                 | what keeps the page when there is no network           | asked again each time |
//! | anything else            | not found                                              |                       |
//!
//! Invariants: nothing is read from disk; no page may run a script, or ask a server, other than this one's
//! ([`POLICY`]). Files lie here compressed by brotli; who does not take that gets them whole.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::io::Read;

/// A file of the web app.
#[derive(Debug, Clone, Copy)]
pub struct WebFile {
    /// Its name, the last part of its path.
    pub name: &'static str,
    /// Whether `bytes` are compressed by brotli.
    pub compressed: bool,
    /// What it holds.
    pub bytes: &'static [u8],
}

/// All files; empty when the server was built without the web app.
pub type WebFiles = &'static [WebFile];

const PAGE: &str = "index.html";
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' blob: data:; font-src 'self'; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; require-trusted-types-for 'script'; trusted-types parlor; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const SAFETY: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

const WITHOUT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Parlor server</title>\
<body><h1>This is a Parlor server</h1><p>It passes end-to-end encrypted messages on. \
Give its address to a Parlor app to use it.</p>";

/// The routes of the web app.
pub fn router<S: Clone + Send + Sync + 'static>(files: WebFiles) -> Router<S> {
    let page = move |headers: HeaderMap| async move { page(files, &headers) };
    let file = move |Path(name): Path<String>, headers: HeaderMap| async move {
        give(files, &name, &headers).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
    };
    let keeper = move |headers: HeaderMap| async move {
        give(files, "sw.js", &headers).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
    };
    Router::new()
        .route("/", get(page))
        .route("/app/{name}", get(file))
        // What lies at the top stands for all of the app.
        .route("/sw.js", get(keeper))
}

fn page(files: WebFiles, headers: &HeaderMap) -> Response {
    give(files, PAGE, headers).unwrap_or_else(|| axum::response::Html(WITHOUT).into_response())
}

fn give(files: WebFiles, name: &str, headers: &HeaderMap) -> Option<Response> {
    let file = files.iter().find(|file| file.name == name)?;
    let mut response = match file.compressed {
        true if takes_brotli(headers) => {
            let mut response = file.bytes.into_response();
            let brotli = HeaderValue::from_static("br");
            response.headers_mut().insert(header::CONTENT_ENCODING, brotli);
            response
        }
        true => whole(file.bytes)?.into_response(),
        false => file.bytes.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in SAFETY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    let kept = if is_hashed(name) { FOR_EVER } else { ASK_AGAIN };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    Some(response)
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|all| {
        all.split(',').any(|one| one.split(';').next().is_some_and(|name| name.trim() == "br"))
    })
}

fn whole(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    brotli_decompressor::Decompressor::new(bytes, 4096).read_to_end(&mut whole).ok()?;
    Some(whole)
}

/// Whether a name carries the hash of what the file holds.
fn is_hashed(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const FILES: WebFiles = &[
        WebFile { name: "index.html", compressed: false, bytes: b"<p>page" },
        // "hello, hello, hello" compressed by another program.
        WebFile {
            name: "page-0123456789abcdef.js",
            compressed: true,
            bytes: &[0x0f, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03],
        },
    ];

    fn asks(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn each_gets_what_it_takes() {
        let name = "page-0123456789abcdef.js";
        let compressed = give(FILES, name, &asks("gzip, br;q=1")).unwrap();
        assert_eq!(compressed.headers().get(header::CONTENT_ENCODING).unwrap(), "br");
        let plain = give(FILES, name, &asks("gzip")).unwrap();
        assert!(plain.headers().get(header::CONTENT_ENCODING).is_none());
        assert_eq!(plain.headers().get(header::CACHE_CONTROL).unwrap(), FOR_EVER);
        assert_eq!(whole(FILES[1].bytes).unwrap(), b"hello");
        assert!(give(FILES, "page.js", &asks("br")).is_none());
        assert!(give(FILES, "../index.html", &asks("br")).is_none());
    }

    #[test]
    fn the_page_is_asked_for_again_and_may_do_little() {
        let page = page(FILES, &HeaderMap::new());
        assert_eq!(page.headers().get(header::CACHE_CONTROL).unwrap(), ASK_AGAIN);
        let policy = page.headers().get(header::CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"));
        assert!(!policy.replace("wasm-unsafe-eval", "").contains("unsafe-eval"));
    }
}
