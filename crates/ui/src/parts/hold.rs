//! Touch and hold: what a press of the right button is to a mouse. Some browsers tell of it themselves; all get it.

use leptos::prelude::*;
use std::time::Duration;
use web_sys::TouchEvent;

/// So long a finger rests.
const HOLD: Duration = Duration::from_millis(480);

/// A finger that may be held.
#[derive(Clone, Copy)]
pub struct Hold {
    act: Callback<(f64, f64)>,
    timer: StoredValue<Option<TimeoutHandle>>,
    held: StoredValue<bool>,
}

impl Hold {
    /// `act` gets the point in the window.
    pub fn new(act: Callback<(f64, f64)>) -> Self {
        Self { act, timer: StoredValue::new(None), held: StoredValue::new(false) }
    }

    /// A finger came down.
    pub fn begin(self, event: &TouchEvent) {
        self.cancel();
        self.held.set_value(false);
        let touches = event.touches();
        let Some(touch) = touches.get(0).filter(|_| touches.length() == 1) else { return };
        let at = (f64::from(touch.client_x()), f64::from(touch.client_y()));
        let held = move || {
            self.held.try_set_value(true);
            self.act.run(at);
        };
        let timer = set_timeout_with_handle(held, HOLD);
        self.timer.set_value(timer.ok());
    }

    /// It went up: after a hold that is no press.
    pub fn end(self, event: &TouchEvent) {
        self.cancel();
        if self.held.try_get_value() == Some(true) {
            event.prevent_default();
        }
    }

    /// It moved.
    pub fn cancel(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}
