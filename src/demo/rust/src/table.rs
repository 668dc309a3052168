// SPDX-License-Identifier: Apache-2.0

//! The Rust of the table in the guide `json.md`: what serde reads from a JSON text as one of its rows, and writes again.

use std::collections::BTreeMap;
use std::time::Duration;

use rustbridge::prelude::*;
use rustbridge::serde_json;

#[derive(Deserialize)]
pub struct Request {
    rust: String,
    json: String,
}

#[derive(Serialize)]
pub struct Response {
    json: String,
}

#[derive(Serialize, Deserialize)]
struct User {
    user_id: u32,
    sha256_sum: String,
}

#[derive(Serialize, Deserialize)]
struct Renamed {
    #[serde(rename = "theID")]
    user_id: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Camel {
    user_id: u32,
    retry_count: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Kebab {
    user_id: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Loud {
    user_id: u32,
}

#[derive(Serialize, Deserialize)]
struct Aliased {
    #[serde(alias = "id")]
    user_id: u32,
}

#[derive(Serialize, Deserialize)]
struct Skipping {
    id: u32,
    #[serde(skip)]
    _secret: String,
}

#[derive(Serialize, Deserialize)]
struct Options {
    a: Option<u32>,
    b: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct Texts {
    a: Option<String>,
    b: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Noted {
    id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Settings {
    #[serde(default)]
    retries: u32,
}

#[derive(Serialize, Deserialize)]
struct Page {
    page: u32,
}

#[derive(Serialize, Deserialize)]
struct Paged {
    id: u32,
    #[serde(flatten)]
    page: Page,
}

#[derive(Serialize, Deserialize)]
struct Rest {
    id: u32,
    #[serde(flatten)]
    rest: BTreeMap<String, u32>,
}

#[derive(Serialize, Deserialize)]
struct UserId(u64);

#[derive(Serialize, Deserialize)]
struct Point(f64, f64);

#[derive(Serialize, Deserialize)]
struct Unit;

#[derive(Serialize, Deserialize)]
struct Measured {
    v: Option<f64>,
}

#[derive(Serialize, Deserialize)]
struct Quoted {
    id: String,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
enum Color {
    LightBlue,
    Red,
}

#[derive(Serialize, Deserialize)]
enum AsDeclared {
    LightBlue,
    Red,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Screaming {
    LightBlue,
    Red,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Paint {
    #[serde(rename = "off-white")]
    White,
    Red,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Known {
    Red,
    #[serde(other)]
    Other,
}

#[derive(Serialize, Deserialize)]
enum Shape {
    Circle { radius: f64 },
    Square(f64),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type")]
enum Tagged {
    Round { radius: f64 },
    Nothing,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Named {
    LightCircle { radius: f64 },
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Disc { radius: f64 },
    Empty {},
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    ByRadius { radius: f64 },
    BySide { side: f64 },
}

/// Reads and writes the JSON of a row; the row is named as in the guide. What serde does not read is its error.
pub fn echo(request: Request) -> PluginResult<Response> {
    let json = request.json.as_str();
    let json = match request.rust.as_str() {
        "`struct User { user_id: u32, sha256_sum: String }`" => again::<User>(json),
        "`#[serde(rename = \"theID\")]` on a field" => again::<Renamed>(json),
        "`#[serde(rename_all = \"camelCase\")]` on a struct" => again::<Camel>(json),
        "`#[serde(rename_all = \"kebab-case\")]` on a struct" => again::<Kebab>(json),
        "`#[serde(rename_all = \"SCREAMING_SNAKE_CASE\")]` on a struct" => again::<Loud>(json),
        "`#[serde(alias = \"id\")]` on a field, when read" => again::<Aliased>(json),
        "`#[serde(skip)]` on a field" => again::<Skipping>(json),
        "`Option<u32>`" => again::<Options>(json),
        "`Option<String>`" => again::<Texts>(json),
        "`#[serde(skip_serializing_if = \"Option::is_none\")]`" => again::<Noted>(json),
        "`#[serde(default)]`, when written by Java" => again::<Settings>(json),
        "`#[serde(flatten)]` of a struct" => again::<Paged>(json),
        "`#[serde(flatten)]` of a map" => again::<Rest>(json),
        "`struct UserId(u64)`, and `#[serde(transparent)]`" => again::<UserId>(json),
        "`struct Point(f64, f64)`, and tuples" => again::<Point>(json),
        "`()` and `struct Unit;`" => again::<Unit>(json),
        "`f64` that may be NaN" => again::<Measured>(json),
        "`u64`, `u128`" => again::<u128>(json),
        "`Vec<u8>`" => again::<Vec<u8>>(json),
        "`std::time::Duration`" => again::<Duration>(json),
        "`enum Color { LightBlue, Red }` with `rename_all = \"snake_case\"`" => {
            again::<Vec<Color>>(json)
        }
        "the same as the keys of a map" => again::<BTreeMap<Color, u32>>(json),
        "the same without `rename_all`" => again::<Vec<AsDeclared>>(json),
        "the same with `rename_all = \"SCREAMING_SNAKE_CASE\"`" => again::<Vec<Screaming>>(json),
        "`#[serde(rename = \"off-white\")]` on a variant" => again::<Vec<Paint>>(json),
        "`#[serde(other)]` on a variant, when read" => again::<Known>(json),
        "`enum Shape { Circle { radius: f64 }, Square(f64) }`" => again::<Vec<Shape>>(json),
        "`#[serde(tag = \"type\")]` on an enum" => again::<Vec<Tagged>>(json),
        "the same with `rename_all = \"snake_case\"`" => again::<Vec<Named>>(json),
        "`#[serde(tag = \"t\", content = \"c\")]` on an enum" => again::<Adjacent>(json),
        "`#[serde(untagged)]` on an enum" => again::<Vec<Untagged>>(json),
        "`Vec<u8>` in base64" | "`String`" => again::<String>(json),
        "`u64` as text" => again::<Quoted>(json),
        "`u8`" => again::<u8>(json),
        "`i8`" => again::<i8>(json),
        "`f32`" => again::<f32>(json),
        "`f64`" => again::<f64>(json),
        "`char`" => again::<char>(json),
        "`bool`" => again::<bool>(json),
        "`i64`" => again::<i64>(json),
        "`HashMap<i8, u32>`" => again::<BTreeMap<i8, u32>>(json),
        unknown => {
            return Err(PluginError::HandlerError(format!(
                "no row {unknown} in table.rs"
            )));
        }
    };
    Ok(Response { json: json? })
}

fn again<T: Serialize + for<'de> Deserialize<'de>>(json: &str) -> PluginResult<String> {
    let read: T = serde_json::from_str(json)?;
    Ok(serde_json::to_string(&read)?)
}
