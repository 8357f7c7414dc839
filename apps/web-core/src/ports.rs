//! What the driver has outside in a browser.

use crate::connection::Connection;
use crate::js;
use crate::queue::Queue;
use crate::transfer::Transfers;
use parlor_driver::{Inbox, Message, Order, Output, Ports, Prepared, Ticket};
use parlor_engine::FileOrder;
use parlor_view::Command;
use parlor_wire::FileId;
use std::rc::Rc;
use std::time::Duration;

/// See the module.
pub struct Web {
    pub queue: Queue,
    pub connection: Connection,
    pub transfers: Transfers,
    pub tell: Rc<dyn Fn(Output)>,
}

impl Inbox for Web {
    fn next(&mut self) -> Option<Message> {
        self.queue.pop()
    }

    /// A worker that waits hears nothing.
    fn wait(&mut self, _limit: Duration) -> Option<Message> {
        self.queue.pop()
    }
}

impl Ports for Web {
    fn now(&self) -> u64 {
        js::now()
    }

    fn order(&mut self, order: Order) {
        self.connection.order(order);
    }

    fn file(&mut self, order: FileOrder, server: Option<&str>) {
        self.transfers.carry_out(order, server);
    }

    fn prepare(&mut self, ticket: Ticket, command: Command) {
        self.transfers.prepare(ticket, command);
    }

    fn unprepared(&mut self, prepared: &Prepared) {
        self.transfers.unprepared(prepared);
    }

    fn ended(&mut self, file: &FileId) {
        self.transfers.ended(file);
    }

    fn tell(&mut self, output: Output) {
        (self.tell)(output);
    }
}
