//! The people, chats and messages of the stand-in.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use web_sys::File;

/// Ines's phone.
pub struct World {
    /// Chats as `docs/rpc.md` has them, without what is computed.
    pub chats: BTreeMap<String, Value>,
    /// Messages by chat, oldest first.
    pub messages: BTreeMap<String, Vec<Value>>,
    /// `settings.get`.
    pub settings: Value,
    /// `account.info`, without what is computed.
    pub account: Value,
    /// Who was compared with.
    pub verified: BTreeSet<String>,
    /// Who is blocked.
    pub blocked: BTreeSet<String>,
    /// Whether the recovery code was written down.
    pub written: bool,
    /// How many messages the long chat has.
    pub many: u64,
    /// Now, in Unix milliseconds.
    pub now: u64,
    files: Vec<File>,
    next: u64,
}

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

/// Who they are: id, name.
pub const PEOPLE: [(&str, &str); 16] = [
    ("ines", "Ines Duarte"),
    ("amara", "Amara Osei"),
    ("youssef", "يوسف الحداد"),
    ("olamide", "Olamide Bankole"),
    ("kenji", "田中 健司"),
    ("lena", "Lena Vogt"),
    ("mateo", "Mateo Ruiz"),
    ("priya", "Priya Raman"),
    ("harjit", "Harjit Gill"),
    ("zofia", "Zofia Wiśniewska"),
    ("linh", "Đặng Thùy Linh"),
    ("ruth", "Ruth Abelson"),
    ("tomas", "Tomáš Dvořák"),
    ("rosa", "Avó Rosa"),
    ("salma", "Salma Idrissi"),
    ("naledi", "Naledi Mokoena"),
];

/// The name of somebody.
pub fn name(id: &str) -> &'static str {
    PEOPLE.iter().find(|(found, _)| *found == id).map_or("", |(_, name)| name)
}

/// A sender.
pub fn sender(id: &str) -> Value {
    json!({"user_id": id, "address": format!("{id}@lantern.example"), "display_name": name(id)})
}

impl World {
    /// As it is now; the long chat has so many messages, and there are so many more chats.
    pub fn new(many: u64, chats: u64) -> Self {
        let now = js_sys::Date::now() as u64;
        let settings = json!({"read_receipts": true, "delivered_receipts": true, "typing": true});
        let account = json!({"user_id": "ines", "address": "ines@lantern.example", "display_name": "Ines Duarte",
            "about": "", "device_id": "d1", "server": "https://lantern.example"});
        let mut world = Self {
            chats: BTreeMap::new(),
            messages: BTreeMap::new(),
            settings,
            account,
            verified: BTreeSet::from(["amara".into()]),
            blocked: BTreeSet::from(["naledi".into()]),
            written: super::asked("state").as_deref() == Some("written"),
            many,
            now,
            files: Vec::new(),
            next: 1,
        };
        world.people();
        world.amara();
        world.sunday();
        for number in 0..chats {
            let id = format!("more-{number}");
            world.chat(&id, "group", &format!("Group {number}"), json!({}));
            world.say(&id, "ruth", 6000 + number * 30, "See you there", json!({}));
        }
        if many > 0 {
            world.chat("long", "group", "A long story", json!({}));
        }
        world
    }

    fn chat(&mut self, id: &str, kind: &str, title: &str, more: Value) {
        let mut chat = json!({"chat_id": id, "kind": kind, "title": title, "unread": 0, "requested": false,
            "left": false, "pinned": false, "archived": false});
        merge(&mut chat, more);
        self.chats.insert(id.into(), chat);
        self.messages.entry(id.into()).or_default();
    }

    /// Says something so many minutes ago; answers its id.
    fn say(&mut self, chat: &str, who: &str, ago: u64, text: &str, more: Value) -> String {
        let id = self.id();
        let mut message = json!({"message_id": id, "chat_id": chat, "sender": sender(who), "mine": who == "ines",
            "sent_at": self.now - ago * MINUTE, "kind": "text", "text": text, "reactions": [],
            "state": if who == "ines" { "read" } else { "sent" }});
        merge(&mut message, more);
        self.messages.entry(chat.into()).or_default().push(message);
        id
    }

    /// An id that was not used.
    pub fn id(&mut self) -> String {
        self.next += 1;
        format!("m{}", self.next)
    }

    /// Keeps a file that was brought.
    pub fn bring(&mut self, file: File) -> String {
        self.files.push(file);
        format!("file-{}", self.files.len() - 1)
    }

    /// A file that was brought, by its name.
    pub fn file(&self, name: &str) -> Option<File> {
        self.files.get(name.strip_prefix("file-")?.parse::<usize>().ok()?).cloned()
    }

    /// The file of a message that was sent here.
    pub fn brought(&self, message_id: &str, index: u32) -> Option<File> {
        let all = self.messages.values().flatten();
        let message = all.into_iter().find(|message| message["message_id"] == message_id)?;
        self.file(message["attachments"][index as usize]["brought"].as_str()?)
    }

    fn people(&mut self) {
        let day = DAY / MINUTE;
        self.chat("amara", "direct", "Amara Osei", json!({"pinned": true}));
        self.chat("sunday", "group", "Sunday Table", json!({"unread": 4}));
        self.chat("youssef", "direct", name("youssef"), json!({"unread": 2}));
        self.say("youssef", "youssef", 60, "السلام عليكم", json!({}));
        self.say("youssef", "youssef", 47, "وصلت الكتب، شكرًا جزيلًا 📚", json!({}));
        self.chat("familia", "group", "Família Duarte", json!({}));
        self.say("familia", "rosa", 80, "Já comeste?", json!({}));
        self.chat("olamide", "direct", name("olamide"), json!({"unread": 1}));
        let voice = json!({"kind": "voice", "text": null, "attachments": [{"index": 0, "kind": "voice",
            "name": "voice.ogg", "mime": "audio/ogg", "size": 84_000, "duration_ms": 42_000, "state": "ready"}]});
        self.say("olamide", "olamide", 118, "", voice);
        self.chat("kenji", "direct", name("kenji"), json!({}));
        self.say(
            "kenji",
            "ines",
            150,
            "写真ありがとう。来週また話そう",
            json!({"state": "delivered"}),
        );
        self.chat(
            "lena",
            "direct",
            name("lena"),
            json!({"draft": "Wohnungsübergabeprotokoll hab ich noch"}),
        );
        self.say("lena", "lena", day, "Hast du den Schlüssel gefunden?", json!({}));
        self.chat("mateo", "direct", name("mateo"), json!({}));
        self.say("mateo", "mateo", day + 60, "¿Vienes el domingo?", json!({}));
        self.chat("priya", "direct", name("priya"), json!({}));
        self.say("priya", "ines", day + 90, "ठीक है, कल सुबह मिलते हैं", json!({}));
        self.chat(
            "casa",
            "group",
            "Casa 14 · neighbours",
            json!({"unread": 38, "muted_until": self.now + 900 * DAY}),
        );
        self.say("casa", "harjit", 2 * day, "The bins move to Thursday from next week", json!({}));
        self.chat("zofia", "direct", name("zofia"), json!({}));
        let photo = json!({"kind": "image", "text": null, "attachments": [picture(0, 4, 3)]});
        self.say("zofia", "ines", 2 * day + 60, "", photo);
        self.chat("notes", "self", "", json!({}));
        self.say("notes", "ines", 3 * day, "Paint: “Quiet clay”, 2.5 l, matte", json!({}));
        self.chat("linh", "direct", name("linh"), json!({}));
        self.say("linh", "linh", 4 * day, "Cảm ơn chị nhiều nhé!", json!({}));
        self.chat("salma", "direct", name("salma"), json!({"requested": true, "unread": 1}));
        self.say("salma", "salma", 300, "Hello, I have your umbrella from the reading", json!({}));
        self.chat("old", "group", "Moving day 2025", json!({"archived": true}));
        self.say("old", "tomas", 300 * day, "Last box is up. Thank you all", json!({}));
    }

    fn amara(&mut self) {
        let yesterday = DAY / MINUTE;
        self.say(
            "amara",
            "amara",
            yesterday + 12,
            "Look what came out of the allotment this morning",
            json!({}),
        );
        let album = json!({"kind": "image", "attachments": [picture(0, 16, 9), picture(1, 1, 1), picture(2, 1, 1)],
            "reactions": [{"emoji": "😍", "user_ids": ["ines", "ruth"]}, {"emoji": "🍅", "user_ids": ["ruth"]}]});
        let photos = self.say(
            "amara",
            "amara",
            yesterday + 11,
            "Three kilos! I’m drowning in tomatoes 😅",
            album,
        );
        let reply = json!({"reply_to": photos});
        self.say(
            "amara",
            "ines",
            yesterday + 6,
            "Sunday Table is saved. I’ll do shakshuka for nine.",
            reply,
        );
        self.say("amara", "amara", 40, "Morning! Are we still on for the market at 11?", json!({}));
        let file = json!({"kind": "file", "attachments": [{"index": 0, "kind": "file", "state": "remote",
            "name": "Wohnungsübergabeprotokoll-Lindenstraße-14.pdf", "mime": "application/pdf", "size": 1_400_000}]});
        self.say("amara", "amara", 39, "", file);
        self.say(
            "amara",
            "ines",
            34,
            "Yes! Meet you by the flower stall. I need bread, dill and those good lemons",
            json!({}),
        );
        let thanks = json!({"reactions": [{"emoji": "🙏", "user_ids": ["amara"]}]});
        self.say("amara", "ines", 33, "Also bringing the blue bowl back, finally", thanks);
        self.say(
            "amara",
            "amara",
            26,
            "A miracle. It’s been here in spirit since March",
            json!({}),
        );
        self.say("amara", "ines", 24, "🍋🍋", json!({}));
        let text =
            "Formatting works too: bold, italic, struck, mono and https://parlor.example/links";
        let entities = json!({"entities": [{"kind": "bold", "start": 22, "length": 4},
            {"kind": "italic", "start": 28, "length": 6}, {"kind": "strike", "start": 36, "length": 6},
            {"kind": "code", "start": 44, "length": 4}], "edited_at": self.now});
        self.say("amara", "ines", 15, text, entities);
        self.say("amara", "amara", 14, "", json!({"kind": "deleted", "text": null}));
        let code = "Try this on the Pi:\nparlor serve --data /srv/parlor\nparlor doctor";
        let block = json!({"entities": [{"kind": "code_block", "start": 20, "length": 45}]});
        self.say("amara", "amara", 13, code, block);
        self.say("amara", "ines", 9, "Bringing the good lemons 🍋", json!({"state": "delivered"}));
    }

    fn sunday(&mut self) {
        let notice = json!({"kind": "notice", "text": "Ruth Abelson created the group",
            "notice": {"code": "created", "subject": null, "text": "Sunday Table"}});
        self.say("sunday", "ruth", 120, "", notice);
        let text = "My place this Sunday. Third floor, blue door, the bell sticks so press hard";
        self.say("sunday", "ruth", 96, text, json!({}));
        let reactions = json!({"reactions": [{"emoji": "👍", "user_ids": ["ines", "priya", "mateo", "kenji", "linh"]},
            {"emoji": "❤️", "user_ids": ["priya", "linh"]}]});
        self.say(
            "sunday",
            "ruth",
            95,
            "Allergies so far: Kenji no shellfish, Linh no peanuts",
            reactions,
        );
        let joined = json!({"kind": "notice", "text": "Ruth added Harjit",
            "notice": {"code": "added", "subject": "harjit", "text": ""}});
        self.say("sunday", "ruth", 90, "", joined);
        let wine = self.say(
            "sunday",
            "mateo",
            87,
            "¡Bienvenido Harjit! Yo llevo el vino, tinto y sin alcohol",
            json!({}),
        );
        self.say(
            "sunday",
            "kenji",
            65,
            "じゃあ僕はデザートを持って行きます 🍡",
            json!({"reply_to": wine}),
        );
        let text =
            "Shakshuka for nine is happening. Amara grew the tomatoes, I’m only the middleman";
        let reactions = json!({"reactions": [{"emoji": "🍅", "user_ids": ["ruth", "priya", "mateo", "kenji"]},
            {"emoji": "👏", "user_ids": ["ruth", "linh", "priya"]}]});
        self.say("sunday", "ines", 55, text, reactions);
        self.say("sunday", "priya", 23, "Soup to start? I vote lentils, the smoky one", json!({}));
        let mention =
            json!({"entities": [{"kind": "mention", "start": 0, "length": 5, "user_id": "ines"}]});
        self.say("sunday", "linh", 21, "@Ines em mang bánh mì nhé, còn nóng luôn", mention);
        let text = "Thank you for having me. I will bring mango pickle, the serious kind";
        let reactions =
            json!({"reactions": [{"emoji": "🔥", "user_ids": ["ruth", "priya", "ines"]}]});
        self.say("sunday", "harjit", 18, text, reactions);
        self.say("sunday", "priya", 18, "Lentils it is 🍲", json!({}));
    }

    /// A message of the long chat, by its number.
    pub fn long(&self, number: u64) -> Value {
        let who = PEOPLE.get((number / 3 % 9) as usize).map_or("ines", |(id, _)| id);
        let words = [
            "lemons",
            "the bell",
            "a blue door",
            "market",
            "soup",
            "bread",
            "Sunday",
            "the good bowl",
            "rain",
        ];
        let length = number * 7919 % 23 + 1;
        let text: Vec<&str> = (0..length)
            .filter_map(|at| words.get((number * 31 + at * 17) as usize % words.len()).copied())
            .collect();
        json!({"message_id": format!("long-{number}"), "chat_id": "long", "sender": sender(who), "mine": who == "ines",
            "sent_at": self.now - (self.many - number) * 70_000, "kind": "text",
            "text": format!("{number}: {}", text.join(" ")), "reactions": [], "state": "read"})
    }
}

/// A picture of these proportions.
fn picture(index: u32, width: u32, height: u32) -> Value {
    json!({"index": index, "kind": "image", "name": format!("photo-{index}.jpg"), "mime": "image/jpeg", "size": 2_100_000,
        "width": width * 400, "height": height * 400, "preview": "LEHV6nWB2yk8pyo0adR*.7kCMdnj", "state": "ready"})
}

/// Puts the members of one object into another.
pub fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}
