//! Small components that pages are made of. Each draws one thing of `css/` and knows nothing of the engine.

pub mod avatar;
pub mod camera;
pub mod dialog;
pub mod hold;
pub mod icon;
pub mod keycap;
pub mod later;
pub mod mark;
pub mod menu;
pub mod qr;
pub mod tick;
