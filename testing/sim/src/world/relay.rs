//! The relay's end of the world: frames that reach it, what it answers, and what has to hold there.

use super::World;
use crate::network::chance;
use anyhow::{Result, bail};
use parlor_relay_core::{Ctx, MemoryStore, Read};
use parlor_wire::relay::{
    BundleKind, ClientFrame, Goodbye, GoodbyeReason, LogGrew, ServerFrame, client_frame::Request,
    reply, server_frame,
};
use parlor_wire::{GroupId, Hash, Message};

impl World {
    /// From now on the relay shows these devices a world of their own, which begins as the one of all.
    pub fn fork(&mut self, devices: impl IntoIterator<Item = usize>) {
        self.fork = Some((devices.into_iter().collect(), self.relay_store.copy()));
        self.restart_relay();
    }

    /// What the relay has stored, as far as it shows it to a device.
    fn shown_to(&self, device: usize) -> (MemoryStore, bool) {
        match &self.fork {
            Some((devices, store)) if devices.contains(&device) => (store.clone(), true),
            _ => (self.relay_store.clone(), false),
        }
    }

    pub(super) fn at_relay(&mut self, connection: u64, frame: ClientFrame) -> Result<()> {
        self.names_nobody(&frame)?;
        let Some(device) = self.connections.get(&connection).map(|open| open.device) else {
            return Ok(());
        };
        let (store, forked) = self.shown_to(device);
        let Some(open) = self.connections.get_mut(&connection) else { return Ok(()) };
        let acked = matches!(frame.request, Some(Request::Ack(_)));
        let bundle = match &frame.request {
            Some(Request::Bundle(bundle)) => {
                Some((bundle.group_id.clone(), parlor_wire::hash(&bundle.commit)))
            }
            _ => None,
        };
        let nacked = match &frame.request {
            Some(Request::Nack(nack)) => {
                Some((GroupId::try_from(&nack.group_id)?, Hash::try_from(&nack.commit_hash)?))
            }
            _ => None,
        };
        let rejoin = matches!(&frame.request, Some(Request::Bundle(bundle)) if bundle.kind() == BundleKind::Rejoin);
        self.rejoins += u32::from(rejoin);
        let mut ctx = Ctx { now: self.now, rng: &mut self.keys };
        let output = self.relay.handle(&store, &mut open.session, frame, &mut ctx);
        if let Some(reply) = output.reply.as_ref().filter(|_| !forked) {
            self.note_commit(bundle, reply.result.as_ref())?;
        }
        if let Some((group, hash)) = nacked
            && self.relay_store.voided(&group, &hash)?
        {
            // With it went what was built on it.
            for (key, first) in std::mem::take(&mut self.commits) {
                if key.0 != group.to_vec() || !self.relay_store.voided(&group, &first)? {
                    self.commits.insert(key, first);
                }
            }
        }
        if chance(&mut self.rng, self.faults.relay_crash) {
            self.restart_relay();
            return Ok(());
        }
        if let Some(reply) = output.reply {
            let body = Some(server_frame::Body::Reply(reply));
            self.send_down(connection, ServerFrame { body });
        }
        if let Some(mailbox) = output.attached {
            let older = self.mailboxes.insert(mailbox, connection);
            if let Some(older) = older.filter(|older| *older != connection) {
                self.break_connection(older);
                self.mailboxes.insert(mailbox, connection);
            }
            self.deliver(connection)?;
        }
        if acked {
            self.deliver(connection)?;
        }
        for mailbox in output.wakes {
            if let Some(connection) = self.mailboxes.get(&mailbox).copied() {
                self.deliver(connection)?;
            }
        }
        for mailbox in output.log_grew {
            if let Some(connection) = self.mailboxes.get(&mailbox).copied() {
                let body = Some(server_frame::Body::LogGrew(LogGrew {}));
                self.send_down(connection, ServerFrame { body });
            }
        }
        for mailbox in output.revoked {
            if let Some(connection) = self.mailboxes.get(&mailbox).copied() {
                self.say_goodbye(connection, GoodbyeReason::Revoked)?;
            }
        }
        for (mailbox, live) in output.live {
            if let Some(connection) = self.mailboxes.get(&mailbox).copied() {
                self.send_down(
                    connection,
                    ServerFrame { body: Some(server_frame::Body::Live(live)) },
                );
            }
        }
        if let Some(reason) = output.close {
            self.say_goodbye(connection, reason)?;
        }
        Ok(())
    }

    /// What goes to a group or a queue says nothing in clear of who its people are.
    fn names_nobody(&self, frame: &ClientFrame) -> Result<()> {
        let blind = matches!(
            &frame.request,
            Some(Request::Bundle(_) | Request::Post(_) | Request::DirectPost(_) | Request::Nack(_))
        );
        if !blind {
            return Ok(());
        }
        let bytes = frame.encode_to_vec();
        for user in self.users.values() {
            if bytes.windows(user.0.len()).any(|window| window == user.0) {
                bail!("a frame names a person in clear");
            }
        }
        Ok(())
    }

    /// Something that the relay says to a device of its own accord, if it is connected.
    pub fn tell_device(&mut self, device: usize, body: server_frame::Body) -> Result<()> {
        if let Some(connection) = self.device(device)?.connection {
            self.send_down(connection, ServerFrame { body: Some(body) });
        }
        Ok(())
    }

    fn say_goodbye(&mut self, connection: u64, reason: GoodbyeReason) -> Result<()> {
        if reason == GoodbyeReason::Protocol {
            bail!("a device sent what no client may send");
        }
        let goodbye = Goodbye { reason: reason.into(), reconnect_after: 0 };
        let body = Some(server_frame::Body::Goodbye(goodbye));
        self.send_down(connection, ServerFrame { body });
        Ok(())
    }

    fn deliver(&mut self, connection: u64) -> Result<()> {
        let Some(open) = self.connections.get(&connection) else { return Ok(()) };
        let (store, _) = self.shown_to(open.device);
        while let Some(open) = self.connections.get_mut(&connection) {
            let Some(deliver) = self.relay.deliver(&store, &mut open.session, self.now)? else {
                break;
            };
            let body = Some(server_frame::Body::Deliver(deliver));
            self.send_down(connection, ServerFrame { body });
        }
        Ok(())
    }

    /// One commit per epoch, whatever is sent again; a voided one does not count.
    fn note_commit(
        &mut self,
        bundle: Option<(Vec<u8>, Hash)>,
        result: Option<&reply::Result>,
    ) -> Result<()> {
        if let (Some((group, hash)), Some(reply::Result::Accepted(accepted))) = (bundle, result) {
            let first = *self.commits.entry((group, accepted.epoch)).or_insert(hash);
            if first != hash {
                bail!("two commits were accepted for one epoch");
            }
        }
        Ok(())
    }
}
