// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package sdk

import "plutino/sdk/internal/abi"

type Value = abi.Value
type ValueTimestamp = abi.ValueTimestamp
type ValueJson = abi.ValueJson
type ErrorKind = abi.ErrorKind

const (
	ErrorKindInvalid     = abi.ErrorKindInvalid
	ErrorKindUnavailable = abi.ErrorKindUnavailable
	ErrorKindRejected    = abi.ErrorKindRejected
	ErrorKindDenied      = abi.ErrorKindDenied
	ErrorKindTimeout     = abi.ErrorKindTimeout
	ErrorKindInternal    = abi.ErrorKindInternal
)

type Error = abi.Error
type RowBatch = abi.RowBatch
type Form = abi.Form

const (
	FormRows    = abi.FormRows
	FormEncoded = abi.FormEncoded
)

type Batch = abi.Batch
type ValueType = abi.ValueType

const (
	ValueTypeAny       = abi.ValueTypeAny
	ValueTypeNumber    = abi.ValueTypeNumber
	ValueTypeInt       = abi.ValueTypeInt
	ValueTypeFloat     = abi.ValueTypeFloat
	ValueTypeText      = abi.ValueTypeText
	ValueTypeBoolean   = abi.ValueTypeBoolean
	ValueTypeBytes     = abi.ValueTypeBytes
	ValueTypeTimestamp = abi.ValueTypeTimestamp
	ValueTypeArray     = abi.ValueTypeArray
	ValueTypeObject    = abi.ValueTypeObject
)

type Parameter = abi.Parameter
type NullRule = abi.NullRule

const (
	NullRuleSkip = abi.NullRuleSkip
	NullRuleCall = abi.NullRuleCall
)

type Effect = abi.Effect

const (
	EffectPure     = abi.EffectPure
	EffectVolatile = abi.EffectVolatile
	EffectStateful = abi.EffectStateful
)

type Signature = abi.Signature
type Argument = abi.Argument
type ArgumentConstant = abi.ArgumentConstant
type Column = abi.Column
type Failure = abi.Failure
type Results = abi.Results
type Level = abi.Level

const (
	LevelDebug = abi.LevelDebug
	LevelInfo  = abi.LevelInfo
	LevelWarn  = abi.LevelWarn
	LevelError = abi.LevelError
)

type ExecResult = abi.ExecResult
type Request = abi.Request
type Response = abi.Response
type TlsOptions = abi.TlsOptions
type Description = abi.Description
type Messages = abi.Messages
type Accumulator = abi.Accumulator
