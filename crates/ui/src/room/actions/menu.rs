//! The menu of a message, and the emoji above it.

use super::{Actions, can_edit};
use crate::parts::icon;
use crate::parts::later::after;
use crate::parts::menu::{Item, Quick, send_wrapper};
use crate::room::composing::Picking;
use crate::room::react;
use crate::t;
use leptos::prelude::*;
use parlor_view::MessageView;

impl Actions {
    /// Opens the menu of a message.
    pub fn menu(self, id: &str, at: (f64, f64)) {
        let id = id.to_string();
        after(menu(), self.toasts, move |menu| menu(self, &id, at, true));
    }

    /// Opens the emoji that are given most.
    pub fn offer_reactions(self, id: &str, at: (f64, f64)) {
        if self.can_answer(id) {
            let id = id.to_string();
            after(menu(), self.toasts, move |menu| menu(self, &id, at, false));
        }
    }

    fn open(self, id: &str, at: (f64, f64), whole: bool) {
        let Some(message) = self.message(id) else { return };
        let gone = message.kind == "deleted";
        let can_write = self.can_write();
        let id = id.to_string();
        let emoji = (!gone && can_write).then(|| {
            let (id, picked) = (id.clone(), id.clone());
            let give = leptos::__reexports::send_wrapper::SendWrapper::new(move |emoji: String| {
                self.react(&id, &emoji)
            });
            let composing = self.composing;
            let more = send_wrapper(move || {
                composing.picking.set(Some(Picking::Reaction(picked.clone())))
            });
            Quick {
                emoji: react::QUICK.map(String::from).to_vec(),
                act: Callback::new(move |emoji| (*give)(emoji)),
                more,
            }
        });
        let (name, items) = match whole {
            true => (t!("message-menu"), self.items(message, gone, can_write)),
            false => (t!("react"), Vec::new()),
        };
        self.menus.open(at, name, items, emoji);
    }

    fn items(self, message: MessageView, gone: bool, can_write: bool) -> Vec<Item> {
        let id = message.message_id.clone();
        let failed = message.mine && message.state == "failed" && !gone;
        let has_text = message.text.as_deref().is_some_and(|text| !text.is_empty());
        let mut items = Vec::new();
        if failed && can_write {
            let id = id.clone();
            items
                .push(Item::new(icon::ARROWS_CLOCKWISE, t!("send-again"), move || self.retry(&id)));
        }
        if !gone && can_write {
            let id = id.clone();
            items.push(
                Item::new(icon::ARROW_BEND_UP_LEFT, t!("reply"), move || self.reply(&id))
                    .keys(&["R"]),
            );
        }
        if !gone && has_text {
            let copied = message.clone();
            items.push(
                Item::new(icon::COPY, t!("copy-text"), move || self.copy(&copied))
                    .keys(&["Ctrl", "C"]),
            );
        }
        if !gone {
            let ids = vec![id.clone()];
            let item = Item::new(icon::ARROW_BEND_UP_RIGHT, t!("forward"), move || {
                self.forward(ids.clone())
            });
            items.push(item.keys(&["F"]));
            let (name, shape) = match message.starred {
                true => (t!("unstar"), icon::STAR_FILL),
                false => (t!("star"), icon::STAR),
            };
            let starred = message.clone();
            items.push(Item::new(shape, name, move || self.star(&starred)).keys(&["S"]));
            let looked_at = message.clone();
            let item = Item::new(icon::INFO, t!("message-details"), move || {
                self.details.set(Some(looked_at.clone()))
            });
            items.push(item.keys(&["I"]));
            let id = id.clone();
            items.push(
                Item::new(icon::CHECK_SQUARE, t!("select"), move || self.pick(&id))
                    .keys(&["Space"]),
            );
        }
        if !gone && message.mine && can_write && has_text && can_edit(&message) {
            let edited = message.clone();
            items.push(
                Item::new(icon::PENCIL_SIMPLE, t!("edit"), move || self.edit(&edited))
                    .keys(&["Ctrl", "↑"]),
            );
        }
        let here = message.clone();
        items.push(
            Item::new(icon::TRASH, t!("delete-here"), move || self.delete(&here, false)).bad(),
        );
        if message.mine && !gone && can_write {
            let everywhere = message;
            let item = Item::new(icon::TRASH, t!("delete-everyone"), move || {
                self.delete(&everywhere, true)
            });
            items.push(Item { bad: true, ..item });
        }
        items
    }
}

apart! {
    tools: fn menu(actions: Actions, id: &str, at: (f64, f64), whole: bool) {
        actions.open(id, at, whole)
    }
}
