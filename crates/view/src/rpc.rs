//! JSON-RPC 2.0 as `docs/rpc.md` has it: texts to commands, answers and events to texts. A program speaks it over
//! the pipes of `parlor rpc`, the page of the web app to its worker.

use crate::{Answer, Code, Command, Event, Failure, InvalidCommand};
use serde::Serialize;
use serde_json::{Map, Value, json};

const NOT_JSON: i32 = -32700;
const NO_REQUEST: i32 = -32600;
const NO_METHOD: i32 = -32601;
const WRONG_PARAM: i32 = -32602;
const INTERNAL: i32 = -32603;
const APPLICATION: i32 = -32000;

/// Why a line is not carried out; written as an answer.
#[derive(Debug)]
pub struct Refusal {
    id: Value,
    code: i32,
    message: String,
    data: Option<Box<Value>>,
}

impl Refusal {
    fn new(id: Value, code: i32, message: impl Into<String>) -> Self {
        Self { id, code, message: message.into(), data: None }
    }

    /// Another request of this id is open. The answer has no id: it would be taken for the other's.
    pub fn repeated() -> Self {
        Self::new(Value::Null, NO_REQUEST, "a request with this id is still open")
    }

    /// What was sent is longer than is read.
    pub fn too_long() -> Self {
        Self::new(Value::Null, NO_REQUEST, "the line is too long")
    }

    /// As a line, without its end.
    pub fn line(&self) -> String {
        let mut error = json!({"code": self.code, "message": self.message});
        if let (Some(data), Some(error)) = (&self.data, error.as_object_mut()) {
            error.insert("data".into(), Value::clone(data));
        }
        json!({"jsonrpc": "2.0", "id": self.id, "error": error}).to_string()
    }
}

/// Reads a request. `None` for an empty line.
pub fn parse(line: &[u8]) -> Result<Option<(Value, Command)>, Refusal> {
    if line.trim_ascii().is_empty() {
        return Ok(None);
    }
    let value: Value = serde_json::from_slice(line)
        .map_err(|_| Refusal::new(Value::Null, NOT_JSON, "the line is not JSON in UTF-8"))?;
    let Value::Object(mut request) = value else {
        return Err(Refusal::new(Value::Null, NO_REQUEST, "a request is an object"));
    };
    let id = request.remove("id").filter(|id| id.is_string() || id.is_number());
    let refuse = |why: &str| Refusal::new(id.clone().unwrap_or(Value::Null), NO_REQUEST, why);
    if request.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(refuse("`jsonrpc` has to be \"2.0\""));
    }
    let Some(Value::String(method)) = request.remove("method") else {
        return Err(refuse("`method` has to be a text"));
    };
    let Some(id) = id.clone() else {
        return Err(refuse("`id` has to be a number or a text"));
    };
    let params = request.remove("params").unwrap_or_else(|| Value::Object(Map::new()));
    if !params.is_object() {
        return Err(wrong_param(id, "params", "parameter `params` has to be an object"));
    }
    match Command::parse(&method, params) {
        Ok(command) => Ok(Some((id, command))),
        Err(InvalidCommand::UnknownMethod) => {
            Err(Refusal::new(id, NO_METHOD, InvalidCommand::UnknownMethod.to_string()))
        }
        Err(InvalidCommand::Param { param, problem }) => {
            let message = InvalidCommand::Param { param: param.clone(), problem }.to_string();
            Err(wrong_param(id, &param, &message))
        }
    }
}

fn wrong_param(id: Value, param: &str, message: &str) -> Refusal {
    let data = Some(Box::new(json!({"param": param})));
    Refusal { id, code: WRONG_PARAM, message: message.into(), data }
}

#[derive(Serialize)]
struct Success<'a> {
    jsonrpc: &'static str,
    id: &'a Value,
    result: &'a Answer,
}

#[derive(Serialize)]
struct Notification<'a> {
    jsonrpc: &'static str,
    method: &'static str,
    params: &'a Event,
}

/// The line of an answer.
pub fn answer(id: &Value, answer: &Result<Answer, Failure>) -> serde_json::Result<String> {
    let failure = match answer {
        Ok(result) => return serde_json::to_string(&Success { jsonrpc: "2.0", id, result }),
        Err(failure) => failure,
    };
    let mut refusal = Refusal::new(id.clone(), APPLICATION, failure.message.clone());
    if failure.code == Code::Internal {
        refusal.code = INTERNAL;
        return Ok(refusal.line());
    }
    let mut data = json!({"code": failure.code.text(), "retry": failure.code.retry()});
    if let (Some(after), Some(data)) = (failure.retry_after, data.as_object_mut()) {
        data.insert("retry_after".into(), after.into());
    }
    refusal.data = Some(Box::new(data));
    Ok(refusal.line())
}

/// The line of an event.
pub fn event(event: &Event) -> serde_json::Result<String> {
    serde_json::to_string(&Notification { jsonrpc: "2.0", method: "event", params: event })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lines_that_are_refused() {
        for (line, id, code) in [
            ("not json", Value::Null, NOT_JSON),
            ("[]", Value::Null, NO_REQUEST),
            (r#"{"id":1}"#, json!(1), NO_REQUEST),
            (r#"{"jsonrpc":"2.0","method":"version"}"#, Value::Null, NO_REQUEST),
            (r#"{"jsonrpc":"2.0","id":[],"method":"version"}"#, Value::Null, NO_REQUEST),
            (r#"{"jsonrpc":"2.0","id":"a","method":"none"}"#, json!("a"), NO_METHOD),
            (r#"{"jsonrpc":"2.0","id":2,"method":"sync","params":[]}"#, json!(2), WRONG_PARAM),
            (r#"{"jsonrpc":"2.0","id":2,"method":"sync","params":{"x":1}}"#, json!(2), WRONG_PARAM),
        ] {
            let refusal = parse(line.as_bytes()).unwrap_err();
            assert_eq!((refusal.id, refusal.code), (id, code), "{line}");
        }
        assert_eq!(parse(&[b'"', 0xff, b'"']).unwrap_err().code, NOT_JSON);
        assert_eq!(Refusal::too_long().code, NO_REQUEST);
        assert!(parse(b" \r").unwrap().is_none());
    }

    #[test]
    fn answers() {
        let read = |line: String| serde_json::from_str::<Value>(&line).unwrap();
        let line = answer(&json!("x"), &Ok(Answer::Empty {})).unwrap();
        assert_eq!(read(line), json!({"jsonrpc": "2.0", "id": "x", "result": {}}));
        let failure =
            Failure { retry_after: Some(9), ..Failure::new(Code::RateLimited, "Slowly.") };
        let data = json!({"code": "rate_limited", "retry": "later", "retry_after": 9});
        let error = json!({"code": APPLICATION, "message": "Slowly.", "data": data});
        let line = answer(&json!(1), &Err(failure)).unwrap();
        assert_eq!(read(line), json!({"jsonrpc": "2.0", "id": 1, "error": error}));
    }
}
