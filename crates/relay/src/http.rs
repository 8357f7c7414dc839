//! The routes.

use crate::door::Full;
use crate::server::{Remote, Shared, now};
use crate::web::{self, WebFiles};
use crate::{blobs, connection};
use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{DefaultBodyLimit, Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use parlor_relay_core::{Output, Plan, Read, StoreError};
use parlor_wire::Message;
use parlor_wire::frame::decode_client;
use parlor_wire::limits::MAX_FRAME_BYTES;
use parlor_wire::relay::client_frame::Request;
use parlor_wire::relay::{BundleKind, Registration, ServerFrame, server_frame};
use serde_json::json;
use std::sync::Arc;

pub fn router(shared: Arc<Shared>, files: WebFiles) -> Router {
    web::router(files)
        .route("/healthz", get(health))
        .route("/server.json", get(server_info))
        .route("/metrics", get(metrics))
        .route("/v1/ws", get(websocket))
        .route("/v1/frame", post(frame).layer(DefaultBodyLimit::max(MAX_FRAME_BYTES)))
        .route(
            "/v1/blobs/{id}",
            get(blobs::download)
                .head(blobs::head)
                .put(blobs::upload)
                .layer(DefaultBodyLimit::disable()),
        )
        .with_state(shared)
}

/// For a connection that finds no room: whatever it asks, it is told so.
pub fn refusal(full: Full) -> Router {
    let (status, text) = match full {
        Full::Server => {
            (StatusCode::SERVICE_UNAVAILABLE, "this server has no room for more connections\n")
        }
        Full::Address => {
            (StatusCode::TOO_MANY_REQUESTS, "too many connections from this address\n")
        }
    };
    let headers = [(header::RETRY_AFTER, "30"), (header::CONNECTION, "close")];
    Router::new().fallback(move || async move { (status, headers, text) })
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    if shared.data.store.has_room() {
        return "ok\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, "the disk is full\n").into_response()
}

/// What somebody without an account may know: the server's name, and who may make one.
async fn server_info(State(shared): State<Arc<Shared>>) -> Response {
    let info = shared.relay.server_info(now());
    let registration = match info.registration() {
        Registration::Open => "open",
        Registration::Invite => "invite",
        Registration::Closed => "closed",
    };
    let (name, protocol) = (info.name, info.protocol);
    let text =
        json!({"name": name, "registration": registration, "protocol": protocol}).to_string();
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (headers, text).into_response()
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let store = &shared.data.store;
    let blobs = store.blob_bytes().unwrap_or_default();
    let text = shared.metrics.text(store.disk_bytes(), blobs, shared.door.open() as u64);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

async fn websocket(
    State(shared): State<Arc<Shared>>,
    Extension(remote): Extension<Remote>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .read_buffer_size(4096)
        .write_buffer_size(4096)
        .max_write_buffer_size(2 * MAX_FRAME_BYTES)
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .on_upgrade(move |socket| connection::run(socket, shared, remote.0))
}

/// One request without a connection: those that need no authentication and no challenge.
async fn frame(
    State(shared): State<Arc<Shared>>,
    Extension(remote): Extension<Remote>,
    body: Bytes,
) -> Response {
    let Ok(frame) = decode_client(body) else {
        return (StatusCode::BAD_REQUEST, "not a frame\n").into_response();
    };
    let allowed = match &frame.request {
        Some(Request::GetServerInfo(_) | Request::Register(_) | Request::Post(_)) => true,
        Some(Request::Bundle(bundle)) => bundle.kind() != BundleKind::Create,
        _ => false,
    };
    if !allowed {
        return (StatusCode::FORBIDDEN, "this request needs a connection\n").into_response();
    }
    shared.metrics.requests.add(1);
    let (mut session, _) = shared.open(remote.0);
    let mut output = match shared.plan(&mut session, frame) {
        Plan::Answer(output) => output,
        Plan::Execute(command, pending) => {
            let (sender, outcome) = tokio::sync::oneshot::channel();
            let hub = Arc::clone(&shared.hub);
            let answer = move |outcome: Result<_, _>| {
                if let Ok(outcome) = &outcome {
                    hub.outcome(outcome);
                }
                let _ = sender.send(outcome);
            };
            shared.data.store.submit(command, now(), Box::new(answer));
            let outcome = outcome.await.unwrap_or(Err(StoreError::Unavailable));
            shared.relay.finish(&mut session, pending, outcome)
        }
    };
    shared.hub.live(&mut output);
    reply(&shared, output)
}

fn reply(shared: &Shared, output: Output) -> Response {
    connection::count(&shared.metrics, &output);
    let body = output.reply.map(server_frame::Body::Reply);
    let bytes = ServerFrame { body }.encode_to_vec();
    ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
}
