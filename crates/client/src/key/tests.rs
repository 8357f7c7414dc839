//! Which key a profile gets and gets again, and what refuses it.

#![allow(clippy::unwrap_used)]
use super::*;
use rand_core::SeedableRng;

async fn obtain_in(
    folder: &Path,
    new: bool,
    passphrase: Option<&str>,
) -> Result<(Secret, Protection), KeyError> {
    let path = passphrase.map(|text| {
        let path = folder.join("passphrase");
        std::fs::write(&path, text).unwrap();
        path
    });
    obtain(folder, new, path, &mut ChaCha20Rng::from_seed([3; 32])).await
}

fn failure(result: Result<(Secret, Protection), KeyError>) -> String {
    result.map(|(_, protection)| protection).unwrap_err().to_string()
}

#[tokio::test]
async fn a_key_file_brings_the_same_key_again() {
    let folder = tempfile::tempdir().unwrap();
    let (first, protection) = obtain_in(folder.path(), true, None).await.unwrap();
    assert_eq!(protection, Protection::KeyFile);
    assert!(protection.warning().is_some());
    let (again, _) = obtain_in(folder.path(), false, None).await.unwrap();
    assert_eq!(first.expose(), again.expose());
    let given = obtain_in(folder.path(), false, Some("x")).await;
    assert_eq!(failure(given), KeyError::NoPassphrase.to_string());
    std::fs::write(folder.path().join(KEY_FILE), [0; 32]).unwrap();
    let exchanged = obtain_in(folder.path(), false, None).await;
    assert_eq!(failure(exchanged), KeyError::KeyFile.to_string());
}

#[tokio::test]
async fn a_passphrase_is_needed_again_and_only_the_right_one_helps() {
    let folder = tempfile::tempdir().unwrap();
    let (first, protection) = obtain_in(folder.path(), true, Some("open sesame\n")).await.unwrap();
    assert_eq!((protection, protection.warning()), (Protection::Passphrase, None));
    for same in ["open sesame", "open sesame\r\n"] {
        let (again, _) = obtain_in(folder.path(), false, Some(same)).await.unwrap();
        assert_eq!(first.expose(), again.expose());
    }
    let wrong = obtain_in(folder.path(), false, Some("open  sesame")).await;
    assert_eq!(failure(wrong), KeyError::WrongPassphrase.to_string());
    let none = obtain_in(folder.path(), false, None).await;
    assert_eq!(failure(none), KeyError::PassphraseNeeded.to_string());
    for unusable in [String::new(), "\n".into(), "x".repeat(5000)] {
        let result = obtain_in(folder.path(), false, Some(&unusable)).await;
        assert_eq!(failure(result), KeyError::PassphraseFile.to_string());
    }
}

#[tokio::test]
async fn an_encrypted_database_without_its_header_is_not_given_a_new_key() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(failure(obtain_in(folder.path(), false, None).await), KeyError::Header.to_string());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
