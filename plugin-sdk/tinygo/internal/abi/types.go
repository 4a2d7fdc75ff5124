// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package abi

// One SQL value. Arrays and objects travel as JSON text: WIT has no recursive types.
//
// One of: nil, bool, int64, float64, string, []uint8, ValueTimestamp, ValueJson.
type Value interface{}

// Milliseconds since the Unix epoch.
type ValueTimestamp int64

// An array or an object, as JSON text.
type ValueJson string

// What the engine does about an error depends on its kind.
type ErrorKind uint8

const (
	// The configuration or an argument is wrong: the rule stops, nothing is retried.
	ErrorKindInvalid ErrorKind = iota
	// The other side cannot be reached now: reconnect with backoff, then retry.
	ErrorKindUnavailable
	// The other side refused this data: it goes to the error path, the rule goes on.
	ErrorKindRejected
	// Not granted to this plugin.
	ErrorKindDenied
	// Took longer than allowed.
	ErrorKindTimeout
	// Anything else.
	ErrorKindInternal
)

// Why a call failed. The message is shown in the rule's status: it says what was expected and what came, without secrets.
type Error struct {
	// What the engine does.
	Kind ErrorKind
	// One sentence for people.
	Message string
	// A code of the other side (an SQLSTATE, an HTTP status), if there is one.
	Code *string
}

// Rows that share their columns. Row-major; every row has columns.len() values.
type RowBatch struct {
	// Names, in the order of the values of each row. No name comes twice.
	Columns []string
	// As many values in each as there are columns.
	Rows [][]Value
}

// In what form a source gives its messages, or a sink takes them.
type Form uint8

const (
	// Values with names: no FORMAT stands between the plugin and SQL.
	FormRows Form = iota
	// Bytes, one piece for each message, of the stream's or the action's FORMAT.
	FormEncoded
)

// Messages of a source or for a sink.
//
// One of: RowBatch, [][]uint8.
type Batch interface{}

// SQL type of a parameter or a result of a function. A value of another type is converted where nothing is lost (bigint and float
// into each other, say), and is an error of its row where something would be.
type ValueType uint8

const (
	// Every value.
	ValueTypeAny ValueType = iota
	// An int or a float, as it comes.
	ValueTypeNumber
	ValueTypeInt
	ValueTypeFloat
	ValueTypeText
	ValueTypeBoolean
	ValueTypeBytes
	ValueTypeTimestamp
	// As JSON text.
	ValueTypeArray
	// As JSON text.
	ValueTypeObject
)

// One parameter of a function, as SQL and documentation show it.
type Parameter struct {
	// For messages and documentation.
	Name string
	// Other types are refused when a statement is created, as far as they are known then.
	Accepts ValueType
	// It may be left out, and so may every parameter after it.
	Optional bool
	// One sentence.
	Doc string
}

// What happens when an argument is null.
type NullRule uint8

const (
	// The result is null, and the function is not called for that row. For an aggregate function: the row is not added.
	NullRuleSkip NullRule = iota
	// The function is called and finds null in its arguments.
	NullRuleCall
)

// What a result depends on.
type Effect uint8

const (
	// The arguments alone. The engine may keep results, and may leave calls out or repeat them.
	EffectPure Effect = iota
	// Also the time, chance or the outside world. Called once for each row.
	EffectVolatile
	// Also the rows before, which come one after the other in the order of the rule, of one `place` at a time.
	EffectStateful
)

// A function as SQL sees it; statements are checked by it when they are created.
type Signature struct {
	// Letters, digits and _, a letter first; matched without regard to case. A name that the server has already is refused at installation.
	Name string
	// What it does, in one or two sentences.
	Doc string
	// In their order.
	Parameters []Parameter
	// The last parameter may come any number of times more.
	Repeats bool
	// A result of another type is an error of its row; null is always allowed.
	Returns ValueType
	// What null as an argument means.
	Nulls NullRule
	// What may be kept, repeated or left out.
	Effect Effect
}

// What is known of an argument before there are rows.
//
// One of: ArgumentConstant, string.
type Argument interface{}

type ArgumentConstant struct{ Value }

// One argument for many rows, or the results of many rows. The host chooses by the declared type alone, so that a function may rely on
// it: a parameter of type float, int or text comes as floats, ints or texts when the function's null rule is `skip`; all others come as
// values. A guest may give results in any form whose values agree with the declared type.
//
// One of: []float64, []int64, []string, []Value.
type Column interface{}

// A row for which there is no result. The row goes to the rule's error path with this message; the others are not affected.
type Failure struct {
	// Its place in the batch, from 0.
	Row uint32
	// What was expected and what came.
	Message string
}

// Results of a batch.
type Results struct {
	// One for each row, in their order. What stands at a row that failed is not looked at.
	Values Column
	// In the order of the rows.
	Failures []Failure
}

// info: life cycle. warn: recovers by itself. error: data was lost or a person must act. debug: never per row.
type Level uint8

const (
	LevelDebug Level = iota
	LevelInfo
	LevelWarn
	LevelError
)

// What a statement changed.
type ExecResult struct {
	// As the database counts them.
	AffectedRows uint64
	// The key that the database made for the (first) inserted row.
	LastInsertId *int64
}

// What is sent.
type Request struct {
	// GET, POST ...
	Method string
	// http or https, of a granted origin.
	Url string
	// Names without regard to case; one may come several times. Host and Content-Length are the host's business.
	Headers []Pair[string, string]
	// None for GET.
	Body *[]uint8
	// For the whole answer; 0 is the host's limit.
	TimeoutMs uint32
	// How many redirects are followed, each to a granted origin only. 0: the redirect is the response.
	Redirects uint32
}

// Any status is a response; only a request that was not answered is an error.
type Response struct {
	// 200, 404 ...
	Status uint16
	// Names in lower case, in the order of the answer.
	Headers []Pair[string, string]
	// Decompressed, if the other side compressed it.
	Body []uint8
}

// How to encrypt a connection. The certificate of the other side is always checked.
type TlsOptions struct {
	// Name that the certificate must have, and that is sent as SNI; none: the host that was connected to.
	ServerName *string
	// Certificates in PEM that are trusted instead of those of the host: for servers with a certificate of their own.
	Ca *string
	// Certificate of this side in PEM, with its chain, and its key in PEM. Both or none.
	Certificate *string
	// Of `certificate`.
	Key *string
	// Application protocols (ALPN) in order of preference; may be empty.
	Protocols []string
}

// What does not depend on a configuration.
type Description struct {
	// `collect` gives batches of this form only.
	Form Form
	// `open` can go on from an offset: with it a rule loses nothing when it starts again.
	Resumes bool
}

// What one `collect` brought.
type Messages struct {
	// In the order in which they came; may be empty.
	Batch Batch
	// Event times in milliseconds since the Unix epoch: none (the time of arrival is taken), or one for each message.
	Timestamps []int64
	// For meta(): names once, and a row of values for each message. Null: that message has no such.
	Meta *RowBatch
	// Where to go on from after the last of these messages; text that only this source understands. Later batches have later offsets.
	// None: nothing to acknowledge here.
	Offset *string
	// There will never be more: the rule ends when these are processed. `collect` is not called again.
	End bool
}

// An aggregate function. Its `effect` says whether results depend on the rows alone.
type Accumulator struct {
	// As of a scalar function.
	Signature Signature
	// `remove` works: sliding windows then need not add all of their rows again.
	Removes bool
	// `merge` works: parts of a group may then be added in different places.
	Merges bool
}
