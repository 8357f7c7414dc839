//! Sizes and counts that both sides hold to.

/// Largest frame in either direction, bytes. A commit that adds 128 devices to a large group fits.
pub const MAX_FRAME_BYTES: usize = 4 * 1024 * 1024;
/// Largest payload of a post, bytes; files travel as blobs.
pub const MAX_POST_BYTES: usize = 64 * 1024;
/// Largest text of one message, bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 32 * 1024;
/// Largest display name, title or device name, bytes of UTF-8.
pub const MAX_NAME_BYTES: usize = 256;
/// Largest description or "about", bytes of UTF-8.
pub const MAX_ABOUT_BYTES: usize = 2048;
/// Longest reaction, bytes of UTF-8: a family emoji with skin tones fits.
pub const MAX_EMOJI_BYTES: usize = 64;
/// Formatting entities of one message.
pub const MAX_ENTITIES: usize = 512;
/// One-time key packages a relay keeps for a device.
pub const MAX_KEY_PACKAGES: usize = 100;
/// Largest key package, bytes; with the X-Wing suite one has about 2.8 kB.
pub const MAX_KEY_PACKAGE_BYTES: usize = 8 * 1024;
/// Entries of one device log.
pub const MAX_LOG_ENTRIES: u32 = 1024;
/// Largest device-log entry, bytes.
pub const MAX_LOG_ENTRY_BYTES: usize = 2048;
/// Devices one account may have at once.
pub const MAX_DEVICES: usize = 16;
/// Queues of one group.
pub const MAX_GROUP_QUEUES: usize = 2048;
/// Adds in one commit: more is super-linear in MLS.
pub const MAX_ADDS_PER_COMMIT: usize = 128;
/// Queue ids named in one request.
pub const MAX_QUEUES_PER_REQUEST: usize = 256;
/// Largest sealed segment of a backup, bytes.
pub const MAX_BACKUP_SEGMENT_BYTES: usize = 256 * 1024;
/// Segments of a backup in one reply.
pub const MAX_BACKUP_SEGMENTS: u32 = 8;
/// How long a relay keeps what is not acknowledged, milliseconds.
pub const MAILBOX_RETENTION_MS: u64 = 30 * 24 * 3600 * 1000;
/// How long a relay remembers request ids, milliseconds.
pub const REQUEST_MEMORY_MS: u64 = 24 * 3600 * 1000;
/// Attachments of one message.
pub const MAX_ATTACHMENTS: usize = 10;
/// Thumbnails of one message, all together, bytes: with the longest text and an avatar it fits a post.
pub const MAX_THUMBNAIL_BYTES: usize = 12 * 1024;
/// Largest avatar, bytes.
pub const MAX_AVATAR_BYTES: usize = 8 * 1024;
/// Largest file name, bytes of UTF-8.
pub const MAX_FILE_NAME_BYTES: usize = 255;
/// Largest MIME type, bytes.
pub const MAX_MIME_BYTES: usize = 127;
/// Largest preview, bytes.
pub const MAX_PREVIEW_BYTES: usize = 64;
/// Largest text of a message with attachments, bytes of UTF-8.
pub const MAX_CAPTION_BYTES: usize = 16 * 1024;
/// Bars of a waveform.
pub const MAX_WAVEFORM: usize = 100;
/// Highest bar of a waveform.
pub const MAX_LOUDNESS: u8 = 31;
/// Latitudes and longitudes, 1e-6 degree.
pub const MAX_LATITUDE: i32 = 90_000_000;
/// See [`MAX_LATITUDE`].
pub const MAX_LONGITUDE: i32 = 180_000_000;
/// Characters of a poll's question.
pub const MAX_QUESTION: usize = 300;
/// Characters of an answer to choose.
pub const MAX_OPTION: usize = 100;
/// Answers to choose from, at least.
pub const MIN_OPTIONS: usize = 2;
/// Answers to choose from, at most.
pub const MAX_OPTIONS: usize = 12;
/// Largest address of a page, bytes.
pub const MAX_URL_BYTES: usize = 2048;
/// Largest title of a page, bytes of UTF-8.
pub const MAX_PAGE_TITLE_BYTES: usize = 512;
/// Largest description of a page, bytes of UTF-8.
pub const MAX_PAGE_DESCRIPTION_BYTES: usize = 1024;
