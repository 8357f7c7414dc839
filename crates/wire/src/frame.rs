//! Encoding and decoding of whole frames, with the size limit.

use crate::limits::MAX_FRAME_BYTES;
use crate::relay::{ClientFrame, ServerFrame};
use prost::Message;
use thiserror::Error;

/// Bytes that are no frame.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidFrame {
    /// Longer than [`MAX_FRAME_BYTES`].
    #[error("the frame has {0} bytes, more than the limit")]
    TooLarge(usize),
    /// Not what the schema says.
    #[error("the frame is not valid protobuf of this schema")]
    Malformed,
    /// A client frame without an id or a request, or a server frame without a body.
    #[error("the frame says nothing this version knows")]
    Empty,
}

/// Decodes a frame from a client; `bytes` are shared with the payloads in it.
pub fn decode_client(bytes: bytes::Bytes) -> Result<ClientFrame, InvalidFrame> {
    let frame: ClientFrame = decode(bytes)?;
    if frame.id == 0 || frame.request.is_none() { Err(InvalidFrame::Empty) } else { Ok(frame) }
}

/// Decodes a frame from a relay.
pub fn decode_server(bytes: bytes::Bytes) -> Result<ServerFrame, InvalidFrame> {
    let frame: ServerFrame = decode(bytes)?;
    if frame.body.is_none() { Err(InvalidFrame::Empty) } else { Ok(frame) }
}

fn decode<T: Message + Default>(bytes: bytes::Bytes) -> Result<T, InvalidFrame> {
    if bytes.len() > MAX_FRAME_BYTES {
        return Err(InvalidFrame::TooLarge(bytes.len()));
    }
    T::decode(bytes).map_err(|_| InvalidFrame::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::{Ack, Deliver, MailboxItem, Post, client_frame, server_frame};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn posts_round_trip(id in 1u64.., group_id: [u8; 16], epoch: u64, payload: Vec<u8>, ephemeral: bool) {
            let post = Post {
                group_id: group_id.to_vec(), epoch, payload: payload.into(), ephemeral, signature: vec![7; 64],
            };
            let frame = ClientFrame { id, request: Some(client_frame::Request::Post(post)) };
            prop_assert_eq!(decode_client(frame.encode_to_vec().into()), Ok(frame));
        }

        #[test]
        fn deliveries_round_trip(sequence: u64, payload: Vec<u8>, kind in 0i32..5) {
            let item = MailboxItem { sequence, payload: payload.into(), kind, ..Default::default() };
            let body = server_frame::Body::Deliver(Deliver { items: vec![item] });
            let frame = ServerFrame { body: Some(body) };
            prop_assert_eq!(decode_server(frame.encode_to_vec().into()), Ok(frame));
        }

        #[test]
        fn damaged_frames_never_panic(bytes: Vec<u8>) {
            let _ = decode_client(bytes.clone().into());
            let _ = decode_server(bytes.into());
        }

        #[test]
        fn cut_frames_are_refused_or_shorter(cut in 0usize..100) {
            let frame = ClientFrame { id: 9, request: Some(client_frame::Request::Ack(Ack { sequence: 77 })) };
            let mut bytes = frame.encode_to_vec();
            bytes.truncate(cut);
            if let Ok(decoded) = decode_client(bytes.into()) {
                prop_assert!(decoded == frame || cut < frame.encoded_len());
            }
        }
    }

    #[test]
    fn a_frame_that_is_too_large_is_refused() {
        let bytes = vec![0; MAX_FRAME_BYTES + 1];
        assert_eq!(decode_client(bytes.into()), Err(InvalidFrame::TooLarge(MAX_FRAME_BYTES + 1)));
    }
}
