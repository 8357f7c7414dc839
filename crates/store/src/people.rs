//! People and their device logs.

use crate::{Result, Tx, id};
use parlor_wire::UserId;

/// A person as this profile knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub user_id: UserId,
    /// Unique name, vouched for by the relay.
    pub username: Option<String>,
    /// Name the person chose.
    pub display_name: Option<String>,
    /// Name somebody else gave, until the person's own is known.
    pub hinted_name: Option<String>,
    /// What the person says about themselves.
    pub about: Option<String>,
    /// A picture, as JPEG.
    pub avatar: Option<Vec<u8>>,
    /// Version of the profile.
    pub profile_version: u64,
    /// We wrote to them or accepted their request.
    pub accepted: bool,
    /// Nothing of theirs is shown in the direct chat.
    pub blocked: bool,
    /// Their safety number was compared.
    pub verified: bool,
}

impl Person {
    /// Somebody of whom only the id is known.
    pub fn unknown(user_id: UserId) -> Self {
        Self {
            user_id,
            username: None,
            display_name: None,
            hinted_name: None,
            about: None,
            avatar: None,
            profile_version: 0,
            accepted: false,
            blocked: false,
            verified: false,
        }
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        let names = [&self.display_name, &self.hinted_name, &self.username];
        names.into_iter().flatten().map(String::as_str).find(|n| !n.is_empty()).unwrap_or("")
    }

    /// What somebody types to find this person.
    pub fn address(&self) -> String {
        self.username.clone().unwrap_or_else(|| self.user_id.text())
    }
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        user_id: id(row, "user_id")?,
        username: row.get("username")?,
        display_name: row.get("display_name")?,
        hinted_name: row.get("hinted_name")?,
        about: row.get("about")?,
        avatar: row.get("avatar")?,
        profile_version: row.get("profile_version")?,
        accepted: row.get("accepted")?,
        blocked: row.get("blocked")?,
        verified: row.get("verified")?,
    })
}

impl Tx<'_> {
    /// A person; one who was never heard of has only an id.
    pub fn person(&self, user: &UserId) -> Result<Person> {
        let sql = "SELECT * FROM people WHERE user_id = ?1";
        Ok(self.one(sql, [user.as_bytes()], read)?.unwrap_or_else(|| Person::unknown(*user)))
    }

    /// The person of a username, as far as this profile knows.
    pub fn person_by_username(&self, username: &str) -> Result<Option<Person>> {
        self.one("SELECT * FROM people WHERE username = ?1", [username], read)
    }

    /// Everybody known, by id.
    pub fn people(&self) -> Result<Vec<Person>> {
        self.all("SELECT * FROM people ORDER BY user_id", [], read)
    }

    /// Stores all of a person.
    pub fn set_person(&self, person: &Person) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO people (user_id, username, display_name, hinted_name, about,
               profile_version, accepted, blocked, verified, avatar)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            (
                person.user_id.as_bytes(),
                &person.username,
                &person.display_name,
                &person.hinted_name,
                &person.about,
                person.profile_version,
                person.accepted,
                person.blocked,
                person.verified,
                &person.avatar,
            ),
        )?;
        Ok(())
    }

    /// Entries of a person's device log, from the first.
    pub fn log_entries(&self, user: &UserId) -> Result<Vec<Vec<u8>>> {
        let sql = "SELECT entry FROM device_log WHERE user_id = ?1 ORDER BY seq";
        self.all(sql, [user.as_bytes()], |row| row.get(0))
    }

    /// Everybody whose device log is here.
    pub fn log_owners(&self) -> Result<Vec<UserId>> {
        let sql = "SELECT user_id FROM device_log WHERE seq = 0 ORDER BY user_id";
        self.all(sql, [], |row| id(row, "user_id"))
    }

    /// Stores a checked entry.
    pub fn add_log_entry(&self, user: &UserId, seq: u32, entry: &[u8]) -> Result<()> {
        self.execute(
            "INSERT INTO device_log (user_id, seq, entry) VALUES (?1, ?2, ?3)",
            (user.as_bytes(), seq, entry),
        )?;
        Ok(())
    }
}
