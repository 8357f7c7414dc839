//! The signed device log of an account: built by clients, checked by clients and relay alike.
//!
//! | entry           | signed by                                                  |
//! |-----------------|------------------------------------------------------------|
//! | Genesis (seq 0) | the device it names                                        |
//! | AddDevice       | an active device or the recovery key, and the new device   |
//! | RevokeDevice    | an active device or the recovery key                       |
//! | RotateRecovery  | the recovery key                                           |
//!
//! Invariants: a [`DeviceLog`] exists only with every entry checked; entries form a hash chain; device ids
//! and keys are never used twice; an account keeps at least one device. Absent on purpose: storage, network, MLS.

mod build;
mod verify;

pub use build::{
    add_by_recovery, add_device, add_device_body, genesis, revoke_by_recovery, revoke_device,
    rotate_recovery,
};
pub use verify::{Device, DeviceLog, InvalidLog};
