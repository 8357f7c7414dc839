//! A file on its way to the relay. The relay says how much it has; the rest is sent in one request.
//!
//! | answer to PUT      | means                                        | then                         |
//! |--------------------|----------------------------------------------|------------------------------|
//! | 200, 201           | it is whole there                            | uploaded                     |
//! | 202, 409           | it has less or more than was believed        | asks how much, goes on       |
//! | 401, 404           | there is no room for it any more             | gone                         |
//! | 503, 507           | it cannot write now                          | full                         |
//! | anything else      | the connection, or a fault                   | unreachable                  |

use super::{Folder, Progress, Stop, http};
use parlor_engine::{FileProblem, FileSpec, Happened};
use parlor_wire::blob;
use std::cell::RefCell;
use std::rc::Rc;

/// Requests of one upload, before whoever ordered it may think it over.
const TRIES: u32 = 4;

pub async fn run(
    folder: &Folder,
    file: &FileSpec,
    at: &str,
    token: &[u8],
    progress: Progress,
    stop: &Stop,
) -> Result<Happened, FileProblem> {
    let token = blob::authorization(token);
    let source = folder.open(&Folder::whole(&file.id)).await.ok_or(FileProblem::Local)?;
    let progress = Rc::new(RefCell::new(progress));
    for _ in 0..TRIES {
        let offset = offset(at, &token, stop).await?;
        if offset > file.stored() || stop.is_set() {
            return Err(FileProblem::Damaged);
        }
        let rest = source.slice_with_f64(offset as f64).map_err(|_| FileProblem::Local)?;
        let (told, from) = (Rc::clone(&progress), offset as f64);
        let headers =
            [("authorization", token.as_str()), (blob::OFFSET_HEADER, &offset.to_string())];
        let sent = move |bytes| told.borrow_mut().at(from + bytes);
        let answered = http::put(at, &headers, &rest, stop.signal(), sent).await;
        match answered.map_err(|_| FileProblem::Unreachable)? {
            200 | 201 => {
                progress.borrow_mut().ends();
                return Ok(Happened::Uploaded);
            }
            202 | 409 => {}
            status => return Err(problem(status)),
        }
    }
    Err(FileProblem::Unreachable)
}

/// How many bytes the relay has.
async fn offset(at: &str, token: &str, stop: &Stop) -> Result<u64, FileProblem> {
    let asked = http::ask("HEAD", at, &[("authorization", token)], stop.signal()).await;
    let (status, answer) = asked.map_err(|_| FileProblem::Unreachable)?;
    match status {
        200 => http::header(&answer, blob::OFFSET_HEADER)
            .and_then(|offset| offset.parse().ok())
            .ok_or(FileProblem::Unreachable),
        status => Err(problem(status)),
    }
}

fn problem(status: u16) -> FileProblem {
    match status {
        401 | 404 => FileProblem::Gone,
        503 | 507 => FileProblem::Full,
        _ => FileProblem::Unreachable,
    }
}
