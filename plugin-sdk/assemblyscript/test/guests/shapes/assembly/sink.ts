import { Batch, Connection, ErrorKind, Form, Json, Log, Pair, PluginError, Request, Result, RowBatch, Socket, TlsOptions, Value, clock, err, http, ok, random, state } from "plutino";

let connection: Connection | null = null;
let config = Json.null();

/** {"fail": kind} answers with that error; {"form": "encoded"} asks for messages. */
export function configure(text: string): Result<Form, PluginError> {
  const parsed = Json.parse(text);
  if (!parsed.isOk) return err<Form, PluginError>(new PluginError(ErrorKind.Invalid, parsed.error, null));
  config = parsed.value;
  if (config.get("fail") !== null) {
    return err<Form, PluginError>(new PluginError(<ErrorKind>(<i32>config.getInt("fail")), "as asked: ü €", config.getString("code", "42")));
  }
  return ok<Form, PluginError>(config.getString("form") == "encoded" ? Form.Encoded : Form.Rows);
}

export function open(): PluginError | null {
  Log.debug("d");
  Log.info("i");
  Log.warn("w");
  Log.error("e");
  const opened = Connection.open(config.getString("url"));
  if (!opened.isOk) return opened.error;
  connection = opened.value;
  return null;
}

/** Every import once: the rows go to the database and come back from a query. */
export function collect(batch: Batch, properties: RowBatch | null): PluginError | null {
  if (properties !== null) state.put("properties", Value.text(properties.columns.join(",") + "=" + properties.rows[0][0].asText));
  if (batch.isEncoded) {
    const messages = batch.asEncoded;
    let bytes = 0;
    for (let i = 0; i < messages.length; i++) bytes += messages[i].length;
    state.put("bytes", Value.int(bytes));
    return null;
  }
  const rows = batch.asRows;
  const db = connection!;
  const begun = db.begin();
  if (begun !== null) return begun;
  const done = db.execBatch("INSERT " + rows.columns.join(","), rows.rows);
  if (!done.isOk) {
    db.rollback();
    return done.error;
  }
  const inserted = done.value.lastInsertId;
  state.put("last", inserted === null ? Value.null() : Value.int(inserted.value));
  state.increment("rows", <i64>done.value.affectedRows);
  for (let i = 0; i < rows.rows.length; i++) {
    const one = db.exec("ONE", rows.rows[i]);
    if (!one.isOk) return one.error;
  }
  const read = db.query("SELECT", [Value.text("x")]);
  if (!read.isOk) return read.error;
  for (let i = 0; i < read.value.columns.length; i++) state.put(read.value.columns[i], read.value.rows[0][i]);
  return db.commit();
}

export function close(): void {
  const db = connection;
  if (db !== null) db.drop();
  connection = null;
  state.put("now", Value.timestamp(clock.now()));
  state.put("monotonic", Value.int(<i64>clock.monotonic()));
  state.put("random", Value.int(<i64>random.next()));
  state.put("bytes", Value.bytes(random.bytes(4)));
  state.delete("rows");
  const kept = state.get("kept");
  state.put("kept again", kept === null ? Value.text("nothing") : kept);
  const body = Uint8Array.wrap(String.UTF8.encode("body"));
  const answer = http.send(new Request("POST", "https://x/", [new Pair<string, string>("a", "b")], body, 10, 3));
  state.put("http", answer.isOk ? Value.int(answer.value.status) : Value.text(answer.error.message));
  converse();
  if (answer.isOk) state.put("header", Value.text(answer.value.headers[0].first + "=" + answer.value.headers[0].second));
}

/** Every call of a socket once. */
function converse(): void {
  clock.sleep(7);
  const keys = state.keys("kept");
  state.put("keys", Value.text(keys.join(",")));
  const connected = Socket.connect("device", 502, 1000);
  if (!connected.isOk) {
    state.put("tcp", Value.text(connected.error.message));
    return;
  }
  const socket = connected.value;
  const failed = socket.startTls(new TlsOptions("name", null, "cert", "key", ["a", "b"]));
  if (failed !== null) state.put("tls", Value.text(failed.message));
  socket.write(Uint8Array.wrap(String.UTF8.encode("question")), 5);
  const read = socket.read(100, 6);
  if (read.isOk) state.put("tcp", read.value === null ? Value.null() : Value.bytes(read.value!));
  socket.shutdown();
  socket.drop();
}
