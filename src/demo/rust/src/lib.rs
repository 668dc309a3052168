// SPDX-License-Identifier: Apache-2.0

//! `sync-demo`: the plugin that the demo calls with `--rust`. Its messages mean what they mean to the demo plugin in C.
//!
//! | type tag | request | response |
//! | --- | --- | --- |
//! | `echo` | `{"message": s}` | `{"message": s, "length": n}`, `n` in UTF-8 bytes |
//! | `sleep` | `{"duration_ms": n}` | `{"slept_ms": n}`, after `n` milliseconds |
//! | `fail` | `{"code": n, "message"?: s}` | none: the error with that code; a code rustbridge does not know becomes 11 |
//! | `panic` | ignored | none: the handler panics, and the instance has failed from then on |
//! | `serde` | `{"rust": row, "json": s}` | `{"json": s}`: what serde writes of what it read; the row is one of the guide `json.md` |
//! | `probe` | ignored | `{"calls": n, "overlaps": n, "threads": n, "single_thread": b}`, see `witness::Report` |
//!
//! Raw message [`RAW_ECHO`] answers with the bytes it was given. A raw handler does not learn which instance it works
//! for, so `probe` does not see raw calls.

mod table;
mod witness;

use std::time::Duration;

use rustbridge::prelude::*;
use rustbridge::{PluginHandle, register_binary_handler, serde_json, tokio, tracing};

use crate::witness::Witness;

/// The message id of the raw echo.
pub const RAW_ECHO: u32 = 1;

#[derive(Deserialize)]
struct EchoRequest {
    message: String,
}

#[derive(Serialize)]
struct EchoResponse {
    message: String,
    length: usize,
}

#[derive(Deserialize)]
struct SleepRequest {
    duration_ms: u64,
}

#[derive(Serialize)]
struct SleepResponse {
    slept_ms: u64,
}

#[derive(Deserialize)]
struct FailRequest {
    code: u32,
    #[serde(default = "as_asked")]
    message: String,
}

fn as_asked() -> String {
    "failed as asked".to_owned()
}

#[derive(Default)]
struct SyncDemo {
    witness: Witness,
}

#[async_trait]
impl Plugin for SyncDemo {
    async fn on_start(&self, _context: &PluginContext) -> PluginResult<()> {
        register_binary_handler(RAW_ECHO, raw_echo);
        tracing::info!("sync-demo started");
        Ok(())
    }

    async fn handle_request(
        &self,
        _context: &PluginContext,
        type_tag: &str,
        payload: &[u8],
    ) -> PluginResult<Vec<u8>> {
        let _inside = self.witness.enter();
        match type_tag {
            "echo" => encode(&echo(decode(payload)?)),
            "sleep" => encode(&sleep(decode(payload)?).await),
            "fail" => Err(fail(decode(payload)?)),
            "panic" => panic!("as asked"),
            "serde" => encode(&table::echo(decode(payload)?)?),
            "probe" => encode(&self.witness.report()),
            unknown => Err(PluginError::UnknownMessageType(unknown.to_owned())),
        }
    }

    async fn on_stop(&self, _context: &PluginContext) -> PluginResult<()> {
        tracing::info!("sync-demo stopped");
        Ok(())
    }

    fn supported_types(&self) -> Vec<&'static str> {
        vec!["echo", "sleep", "fail", "panic", "serde", "probe"]
    }
}

fn echo(request: EchoRequest) -> EchoResponse {
    let length = request.message.len();
    EchoResponse {
        message: request.message,
        length,
    }
}

async fn sleep(request: SleepRequest) -> SleepResponse {
    tracing::debug!("sleeping for {} ms", request.duration_ms);
    tokio::time::sleep(Duration::from_millis(request.duration_ms)).await;
    SleepResponse {
        slept_ms: request.duration_ms,
    }
}

fn fail(request: FailRequest) -> PluginError {
    PluginError::from_code(request.code, request.message)
}

fn raw_echo(_handle: &PluginHandle, request: &[u8]) -> PluginResult<Vec<u8>> {
    Ok(request.to_vec())
}

fn decode<'de, T: Deserialize<'de>>(payload: &'de [u8]) -> PluginResult<T> {
    Ok(serde_json::from_slice(payload)?)
}

fn encode<T: Serialize>(response: &T) -> PluginResult<Vec<u8>> {
    Ok(serde_json::to_vec(response)?)
}

rustbridge_entry!(SyncDemo::default);
pub use rustbridge::ffi_exports::*;
