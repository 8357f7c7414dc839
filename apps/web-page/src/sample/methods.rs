//! The methods that the stand-in answers.

use super::data::{PEOPLE, World, merge, name, sender};
use super::{Answer, Inner, account, later};
use parlor_ui::core::Problem;
use serde_json::{Value, json};
use std::rc::Rc;

/// Answers a request.
pub fn call(inner: &Rc<Inner>, method: &str, params: &Value) -> Answer {
    if let Some(answer) = account::call(inner, method, params) {
        return answer;
    }
    let text = |name: &str| params[name].as_str().unwrap_or_default().to_string();
    match method {
        "contacts.list" => Ok(contacts(&inner.world.borrow())),
        "chats.list" => Ok(chats(&inner.world.borrow(), params)),
        "chats.info" => info(&inner.world.borrow(), &text("chat_id")),
        "chats.set_flags" | "chats.set_draft" | "chats.accept" | "chats.decline" => {
            change_chat(inner, method, params);
            Ok(json!({}))
        }
        "messages.history" => Ok(history(&inner.world.borrow(), params)),
        "messages.send" => send(inner, params),
        "messages.edit" => change(inner, &text("message_id"), |message| {
            merge(
                message,
                json!({"text": params["text"], "entities": params["entities"], "edited_at": message["sent_at"]}),
            );
        }),
        "messages.delete" if params["for_everyone"] == true => {
            change(inner, &text("message_id"), |message| {
                merge(
                    message,
                    json!({"kind": "deleted", "text": null, "attachments": [], "reactions": []}),
                );
            })
        }
        "messages.react" => {
            change(inner, &text("message_id"), |message| react(message, &text("emoji")))
        }
        "messages.mark_read" => {
            change_chat(inner, method, params);
            Ok(json!({}))
        }
        "messages.search" => Ok(search(&inner.world.borrow(), params)),
        "chats.direct" | "contacts.open_link" => Ok(json!({"chat_id": "amara"})),
        "chats.create_group" => Ok(json!({"chat_id": "sunday"})),
        "chats.set_title"
        | "chats.add_members"
        | "chats.remove_members"
        | "chats.set_role"
        | "chats.leave" => Ok(json!({})),
        "messages.delete" | "typing.set" | "sync" => Ok(json!({})),
        _ => Err(Problem::new("not_supported", "the stand-in cannot do this")),
    }
}

fn contacts(world: &World) -> Value {
    let contact = |(id, name): &(&str, &str)| {
        let chat = world.chats.contains_key(*id).then_some(*id);
        json!({"user_id": id, "address": format!("{id}@lantern.example"), "display_name": name,
            "verified": world.verified.contains(*id), "blocked": world.blocked.contains(*id), "chat_id": chat})
    };
    json!({"contacts": PEOPLE.iter().skip(1).map(contact).collect::<Vec<_>>()})
}

fn chat(world: &World, id: &str) -> Value {
    let mut chat = world.chats.get(id).cloned().unwrap_or_default();
    let last = match id {
        "long" => Some(world.long(world.many - 1)),
        id => world.messages.get(id).and_then(|all| all.last().cloned()),
    };
    if let Some(last) = last {
        merge(&mut chat, json!({"last_message": last}));
    }
    chat
}

fn chats(world: &World, params: &Value) -> Value {
    let mut chats: Vec<Value> = world.chats.keys().map(|id| chat(world, id)).collect();
    chats.sort_by_key(|chat| std::cmp::Reverse(chat["last_message"]["sent_at"].as_u64()));
    let after = params["after"].as_str();
    let from = after
        .and_then(|after| chats.iter().position(|chat| chat["chat_id"] == after))
        .map_or(0, |at| at + 1);
    let limit = params["limit"].as_u64().unwrap_or(50) as usize;
    json!({"chats": chats.into_iter().skip(from).take(limit).collect::<Vec<_>>()})
}

fn info(world: &World, id: &str) -> Answer {
    let chat = world.chats.get(id).ok_or_else(|| Problem::new("not_found", "no such chat"))?;
    let who: Vec<&str> = match id {
        "sunday" => {
            vec!["ruth", "priya", "mateo", "kenji", "linh", "amara", "harjit", "tomas", "ines"]
        }
        "familia" => vec!["rosa", "ines"],
        _ => PEOPLE.iter().take(9).map(|(id, _)| *id).collect(),
    };
    let about = if id == "sunday" { "Long tables, slow food. Bring something." } else { "" };
    let member = |id: &&str| {
        let role = match *id {
            "ines" => "owner",
            "ruth" => "admin",
            _ => "member",
        };
        json!({"user_id": id, "address": format!("{id}@lantern.example"), "display_name": name(id), "role": role, "devices": 2})
    };
    Ok(json!({"chat_id": id, "kind": chat["kind"], "title": chat["title"], "description": about,
        "members": who.iter().map(member).collect::<Vec<_>>(), "epoch": 3,
        "policy": {"add_members": "admins", "edit_info": "everyone", "send_messages": "everyone"},
        "requested": false, "left": false}))
}

fn history(world: &World, params: &Value) -> Value {
    let limit = params["limit"].as_u64().unwrap_or(50) as usize;
    let before = params["before"].as_str();
    if params["chat_id"] == "long" {
        let end =
            before.and_then(|id| id.strip_prefix("long-")?.parse().ok()).unwrap_or(world.many);
        let from = end.saturating_sub(limit as u64);
        return json!({"messages": (from..end).map(|number| world.long(number)).collect::<Vec<_>>()});
    }
    let all = world
        .messages
        .get(params["chat_id"].as_str().unwrap_or_default())
        .cloned()
        .unwrap_or_default();
    let end = before
        .and_then(|id| all.iter().position(|message| message["message_id"] == id))
        .unwrap_or(all.len());
    json!({"messages": all.get(end.saturating_sub(limit)..end).unwrap_or_default()})
}

fn search(world: &World, params: &Value) -> Value {
    let query = params["query"].as_str().unwrap_or_default().to_lowercase();
    let wanted = params["chat_id"].as_str();
    let all = world
        .messages
        .values()
        .flatten()
        .filter(|message| wanted.is_none_or(|chat| message["chat_id"] == chat));
    let hit = |message: &Value| {
        let text = message["text"].as_str()?.to_lowercase();
        let at = text.find(&query)?;
        let mut hit = message.clone();
        let start = text.get(..at)?.chars().count();
        merge(&mut hit, json!({"highlights": [{"start": start, "length": query.chars().count()}]}));
        Some(hit)
    };
    json!({"messages": all.filter_map(hit).collect::<Vec<_>>()})
}

fn change_chat(inner: &Rc<Inner>, method: &str, params: &Value) {
    let id = params["chat_id"].as_str().unwrap_or_default();
    let shown = {
        let mut world = inner.world.borrow_mut();
        let Some(chat) = world.chats.get_mut(id) else { return };
        match method {
            "chats.set_flags" => merge(chat, params.clone()),
            "chats.set_draft" => merge(chat, json!({"draft": params["text"]})),
            "chats.accept" => merge(chat, json!({"requested": false, "unread": 0})),
            "messages.mark_read" => merge(chat, json!({"unread": 0})),
            _ => return,
        }
        self::chat(&world, id)
    };
    inner.event(json!({"type": "chat.updated", "chat": shown}));
}

fn change(inner: &Rc<Inner>, id: &str, how: impl FnOnce(&mut Value)) -> Answer {
    let message = {
        let mut world = inner.world.borrow_mut();
        let mut all = world.messages.values_mut().flatten();
        let message = all.find(|message| message["message_id"] == id);
        let message = message.ok_or_else(|| Problem::new("not_found", "no such message"))?;
        how(message);
        message.clone()
    };
    inner.event(json!({"type": "message.updated", "message": message}));
    Ok(json!({}))
}

fn react(message: &mut Value, emoji: &str) {
    let Some(all) = message["reactions"].as_array_mut() else { return };
    for one in all.iter_mut() {
        if let Some(who) = one["user_ids"].as_array_mut() {
            who.retain(|id| *id != "ines");
        }
    }
    all.retain(|one| one["user_ids"].as_array().is_some_and(|who| !who.is_empty()));
    if emoji.is_empty() {
        return;
    }
    match all.iter_mut().find(|one| one["emoji"] == emoji) {
        Some(one) => {
            if let Some(who) = one["user_ids"].as_array_mut() {
                who.push("ines".into());
            }
        }
        None => all.push(json!({"emoji": emoji, "user_ids": ["ines"]})),
    }
}

fn send(inner: &Rc<Inner>, params: &Value) -> Answer {
    let chat_id = params["chat_id"].as_str().unwrap_or_default().to_string();
    let (id, message, chat) = {
        let mut world = inner.world.borrow_mut();
        let id = world.id();
        let files: Vec<Value> = params["attachments"].as_array().cloned().unwrap_or_default();
        let attachments: Vec<Value> = files
            .iter()
            .enumerate()
            .filter_map(|(index, brought)| {
                let file = world.file(brought.as_str()?)?;
                let kind = if file.type_().starts_with("image/") { "image" } else { "file" };
                Some(
                    json!({"index": index, "kind": kind, "name": file.name(), "mime": file.type_(),
                    "size": file.size() as u64, "state": "ready", "brought": brought}),
                )
            })
            .collect();
        let kind = attachments.first().map_or(json!("text"), |file| file["kind"].clone());
        let message = json!({"message_id": id, "chat_id": chat_id, "sender": sender("ines"), "mine": true,
            "sent_at": js_sys::Date::now() as u64, "kind": kind, "text": params["text"], "entities": params["entities"],
            "attachments": attachments, "reply_to": params["reply_to"], "reactions": [], "state": "queued"});
        world.messages.entry(chat_id.clone()).or_default().push(message.clone());
        let chat = chat(&world, &chat_id);
        (id, message, chat)
    };
    inner.event(json!({"type": "message.updated", "message": message}));
    inner.event(json!({"type": "chat.updated", "chat": chat}));
    for (state, after) in [("sent", 300), ("delivered", 900), ("read", 2200)] {
        let (inner, id) = (inner.clone(), id.clone());
        later(after, move || {
            // A message that was deleted meanwhile changes no more.
            let _ = change(&inner, &id, |message| merge(message, json!({"state": state})));
        });
    }
    answer_later(inner, chat_id);
    Ok(json!({"message_id": id}))
}

fn answer_later(inner: &Rc<Inner>, chat_id: String) {
    let typing = inner.clone();
    let (who, id) = ("amara", chat_id.clone());
    later(2600, move || {
        typing.event(json!({"type": "typing", "chat_id": id, "user_id": who, "typing": true}));
    });
    let inner = inner.clone();
    later(5000, move || {
        let message = {
            let mut world = inner.world.borrow_mut();
            let message = json!({"message_id": world.id(), "chat_id": chat_id, "sender": sender(who), "mine": false,
                "sent_at": js_sys::Date::now() as u64, "kind": "text", "text": "That’s the spirit", "reactions": [],
                "state": "sent"});
            world.messages.entry(chat_id).or_default().push(message.clone());
            message
        };
        inner.event(json!({"type": "message.received", "message": message}));
    });
}
