//! Errors as a person or program sees them: a stable code, a sentence, what to do.

use serde::Serialize;

/// Stable error codes; their text form is in [`Code::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The profile has no account yet.
    NoAccount,
    /// No such chat, message, person or device.
    NotFound,
    /// In the contract, but this version cannot do it.
    NotSupported,
    /// Not allowed.
    Refused,
    /// Not in this chat, or not any more.
    NotAMember,
    /// Over a limit.
    TooLarge,
    /// The username belongs to somebody else.
    NameTaken,
    /// Not a username or display name.
    InvalidName,
    /// The invite is none, or used up.
    InvalidInvite,
    /// A recovery code is mistyped.
    InvalidCode,
    /// What was given counts no more.
    Expired,
    /// The server takes no new accounts.
    RegistrationClosed,
    /// A signature or device log does not hold.
    VerificationFailed,
    /// This device was removed from its account.
    Revoked,
    /// The relay cannot be reached.
    Offline,
    /// Too much at once.
    RateLimited,
    /// The server keeps no more for this account.
    Quota,
    /// The relay cannot write now.
    Unavailable,
    /// This device has no room for what was to be kept.
    NoRoom,
    /// A fault of ours.
    Internal,
}

/// Whether asking again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same request may work later.
    Later,
    /// It will not work.
    Never,
    /// A person has to change something.
    AfterUser,
}

impl Code {
    /// The stable text.
    pub fn text(self) -> &'static str {
        match self {
            Self::NoAccount => "no_account",
            Self::NotFound => "not_found",
            Self::NotSupported => "not_supported",
            Self::Refused => "refused",
            Self::NotAMember => "not_a_member",
            Self::TooLarge => "too_large",
            Self::NameTaken => "name_taken",
            Self::InvalidName => "invalid_name",
            Self::InvalidInvite => "invalid_invite",
            Self::InvalidCode => "invalid_code",
            Self::Expired => "expired",
            Self::RegistrationClosed => "registration_closed",
            Self::VerificationFailed => "verification_failed",
            Self::Revoked => "revoked",
            Self::Offline => "offline",
            Self::RateLimited => "rate_limited",
            Self::Quota => "quota",
            Self::Unavailable => "unavailable",
            Self::NoRoom => "no_room",
            Self::Internal => "internal",
        }
    }

    /// Whether asking again helps.
    pub fn retry(self) -> Retry {
        match self {
            Self::Offline | Self::RateLimited | Self::Quota | Self::Unavailable | Self::NoRoom => {
                Retry::Later
            }
            Self::NoAccount
            | Self::NameTaken
            | Self::InvalidName
            | Self::InvalidInvite
            | Self::Expired
            | Self::InvalidCode
            | Self::VerificationFailed => Retry::AfterUser,
            _ => Retry::Never,
        }
    }
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure.
    pub code: Code,
    /// A sentence for a person.
    pub message: String,
    /// With [`Code::RateLimited`]: milliseconds to wait.
    pub retry_after: Option<u64>,
}

impl Failure {
    /// A failure with a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None }
    }
}
