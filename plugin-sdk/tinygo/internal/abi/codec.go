// Generated from wit/plugin.wit by plugin-sdk/tinygo/generate; do not edit.

package abi

var slabOfInt64 = newSlab[int64]()
var slabOfFloat64 = newSlab[float64]()
var slabOfString = newSlab[string]()
var slabOfValueTimestamp = newSlab[ValueTimestamp]()
var slabOfValueJson = newSlab[ValueJson]()

// LiftValueOption reads a value from the memory.
func LiftValueOption(p uint32) (v *Value) {
	if Load[uint8](p) == 0 {
		return nil
	}
	item := LiftValue(p + 8)
	return &item
}

// LiftValue reads a value from the memory.
func LiftValue(p uint32) (v Value) {
	switch Load[uint8](p) {
	case 0:
		return nil
	case 1:
		return Load[uint8](p+8) != 0
	case 2:
		return slabOfInt64.box(Load[int64](p + 8))
	case 3:
		return slabOfFloat64.box(Load[float64](p + 8))
	case 4:
		return boxText(slabOfString, LiftString(p+8))
	case 5:
		return LiftU8List(p + 8)
	case 6:
		return slabOfValueTimestamp.box(ValueTimestamp(Load[int64](p + 8)))
	case 7:
		return boxText(slabOfValueJson, ValueJson(LiftString(p+8)))
	}
	panic("the host sent an unknown value")
}

// LiftU8List reads a value from the memory.
func LiftU8List(p uint32) (v []uint8) {
	return LiftPlain[uint8](p)
}

// LowerValue writes a value to the memory.
func LowerValue(p uint32, v Value) {
	switch x := v.(type) {
	case nil:
		Store(p, uint8(0))
	case bool:
		Store(p, uint8(1))
		PutBool(p+8, x)
	case int64:
		Store(p, uint8(2))
		Store(p+8, x)
	case float64:
		Store(p, uint8(3))
		Store(p+8, x)
	case string:
		Store(p, uint8(4))
		LowerString(p+8, x)
	case []uint8:
		Store(p, uint8(5))
		LowerU8List(p+8, x)
	case ValueTimestamp:
		Store(p, uint8(6))
		Store(p+8, int64(x))
	case ValueJson:
		Store(p, uint8(7))
		LowerString(p+8, string(x))
	default:
		panic("this is no value")
	}
}

// LowerU8List writes a value to the memory.
func LowerU8List(p uint32, v []uint8) {
	LowerPlain(p, v, 1)
}

// LiftStringList reads a value from the memory.
func LiftStringList(p uint32) (v []string) {
	return LiftTexts(p)
}

// LiftError reads a value from the memory.
func LiftError(p uint32) (v Error) {
	v.Kind = ErrorKind(Load[uint8](p))
	v.Message = LiftString(p + 4)
	v.Code = LiftStringOption(p + 12)
	return v
}

// LiftStringOption reads a value from the memory.
func LiftStringOption(p uint32) (v *string) {
	if Load[uint8](p) == 0 {
		return nil
	}
	item := LiftString(p + 4)
	return &item
}

// LowerValueList writes a value to the memory.
func LowerValueList(p uint32, v []Value) {
	q := Alloc(uint32(len(v))*16, 8)
	Store(p, q)
	Store(p+4, uint32(len(v)))
	for i := range v {
		LowerValue(q+uint32(i)*16, v[i])
	}
}

// LiftRowBatch reads a value from the memory.
func LiftRowBatch(p uint32) (v RowBatch) {
	v.Columns = LiftStringList(p)
	v.Rows = LiftValueListList(p + 8)
	return v
}

// LiftValueListList reads a value from the memory.
func LiftValueListList(p uint32) (v [][]Value) {
	q, n := Load[uint32](p), Load[uint32](p+4)
	v = make([][]Value, n)
	free := []Value{}
	for i := range v {
		at, count := Load[uint32](q+uint32(i)*8), int(Load[uint32](q+uint32(i)*8+4))
		if count > len(free) {
			free = make([]Value, roomFor(count, len(v)-i))
		}
		row := free[:count:count]
		free = free[count:]
		for j := range row {
			row[j] = LiftValue(at + uint32(j)*16)
		}
		v[i] = row
	}
	return v
}

// LiftExecResult reads a value from the memory.
func LiftExecResult(p uint32) (v ExecResult) {
	v.AffectedRows = Load[uint64](p)
	v.LastInsertId = LiftS64Option(p + 8)
	return v
}

// LiftS64Option reads a value from the memory.
func LiftS64Option(p uint32) (v *int64) {
	if Load[uint8](p) == 0 {
		return nil
	}
	item := Load[int64](p + 8)
	return &item
}

// LowerValueListList writes a value to the memory.
func LowerValueListList(p uint32, v [][]Value) {
	q := Alloc(uint32(len(v))*8, 4)
	Store(p, q)
	Store(p+4, uint32(len(v)))
	for i := range v {
		LowerValueList(q+uint32(i)*8, v[i])
	}
}

// LowerRequest writes a value to the memory.
func LowerRequest(p uint32, v Request) {
	LowerString(p, v.Method)
	LowerString(p+8, v.Url)
	LowerStringStringTupleList(p+16, v.Headers)
	LowerU8ListOption(p+24, v.Body)
	Store(p+36, v.TimeoutMs)
	Store(p+40, v.Redirects)
}

// LowerStringStringTupleList writes a value to the memory.
func LowerStringStringTupleList(p uint32, v []Pair[string, string]) {
	q := Alloc(uint32(len(v))*16, 4)
	Store(p, q)
	Store(p+4, uint32(len(v)))
	for i := range v {
		LowerStringStringTuple(q+uint32(i)*16, v[i])
	}
}

// LowerStringStringTuple writes a value to the memory.
func LowerStringStringTuple(p uint32, v Pair[string, string]) {
	LowerString(p, v.First)
	LowerString(p+8, v.Second)
}

// LowerU8ListOption writes a value to the memory.
func LowerU8ListOption(p uint32, v *[]uint8) {
	if v == nil {
		Store(p, uint8(0))
		return
	}
	Store(p, uint8(1))
	LowerU8List(p+4, (*v))
}

// LiftResponse reads a value from the memory.
func LiftResponse(p uint32) (v Response) {
	v.Status = Load[uint16](p)
	v.Headers = LiftStringStringTupleList(p + 4)
	v.Body = LiftU8List(p + 12)
	return v
}

// LiftStringStringTupleList reads a value from the memory.
func LiftStringStringTupleList(p uint32) (v []Pair[string, string]) {
	q, n := Load[uint32](p), Load[uint32](p+4)
	v = make([]Pair[string, string], n)
	for i := range v {
		v[i] = LiftStringStringTuple(q + uint32(i)*16)
	}
	return v
}

// LiftStringStringTuple reads a value from the memory.
func LiftStringStringTuple(p uint32) (v Pair[string, string]) {
	v.First = LiftString(p)
	v.Second = LiftString(p + 8)
	return v
}

// LowerTlsOptions writes a value to the memory.
func LowerTlsOptions(p uint32, v TlsOptions) {
	LowerStringOption(p, v.ServerName)
	LowerStringOption(p+12, v.Ca)
	LowerStringOption(p+24, v.Certificate)
	LowerStringOption(p+36, v.Key)
	LowerStringList(p+48, v.Protocols)
}

// LowerStringOption writes a value to the memory.
func LowerStringOption(p uint32, v *string) {
	if v == nil {
		Store(p, uint8(0))
		return
	}
	Store(p, uint8(1))
	LowerString(p+4, (*v))
}

// LowerStringList writes a value to the memory.
func LowerStringList(p uint32, v []string) {
	q := Alloc(uint32(len(v))*8, 4)
	Store(p, q)
	Store(p+4, uint32(len(v)))
	for i := range v {
		LowerString(q+uint32(i)*8, v[i])
	}
}

// LiftU8ListOption reads a value from the memory.
func LiftU8ListOption(p uint32) (v *[]uint8) {
	if Load[uint8](p) == 0 {
		return nil
	}
	item := LiftU8List(p + 4)
	return &item
}

// LowerDescription writes a value to the memory.
func LowerDescription(p uint32, v Description) {
	Store(p, uint8(v.Form))
	PutBool(p+1, v.Resumes)
}

// LowerError writes a value to the memory.
func LowerError(p uint32, v Error) {
	Store(p, uint8(v.Kind))
	LowerString(p+4, v.Message)
	LowerStringOption(p+12, v.Code)
}

// LowerMessages writes a value to the memory.
func LowerMessages(p uint32, v Messages) {
	LowerBatch(p, v.Batch)
	LowerS64List(p+20, v.Timestamps)
	LowerRowBatchOption(p+28, v.Meta)
	LowerStringOption(p+48, v.Offset)
	PutBool(p+60, v.End)
}

// LowerBatch writes a value to the memory.
func LowerBatch(p uint32, v Batch) {
	switch x := v.(type) {
	case RowBatch:
		Store(p, uint8(0))
		LowerRowBatch(p+4, x)
	case [][]uint8:
		Store(p, uint8(1))
		LowerU8ListList(p+4, x)
	default:
		panic("this is no batch")
	}
}

// LowerRowBatch writes a value to the memory.
func LowerRowBatch(p uint32, v RowBatch) {
	LowerStringList(p, v.Columns)
	LowerValueListList(p+8, v.Rows)
}

// LowerU8ListList writes a value to the memory.
func LowerU8ListList(p uint32, v [][]uint8) {
	q := Alloc(uint32(len(v))*8, 4)
	Store(p, q)
	Store(p+4, uint32(len(v)))
	for i := range v {
		LowerU8List(q+uint32(i)*8, v[i])
	}
}

// LowerS64List writes a value to the memory.
func LowerS64List(p uint32, v []int64) {
	LowerPlain(p, v, 8)
}

// LowerRowBatchOption writes a value to the memory.
func LowerRowBatchOption(p uint32, v *RowBatch) {
	if v == nil {
		Store(p, uint8(0))
		return
	}
	Store(p, uint8(1))
	LowerRowBatch(p+4, (*v))
}

// LiftBatch reads a value from the memory.
func LiftBatch(p uint32) (v Batch) {
	switch Load[uint8](p) {
	case 0:
		return LiftRowBatch(p + 4)
	case 1:
		return LiftU8ListList(p + 4)
	}
	panic("the host sent an unknown batch")
}

// LiftU8ListList reads a value from the memory.
func LiftU8ListList(p uint32) (v [][]uint8) {
	q, n := Load[uint32](p), Load[uint32](p+4)
	v = make([][]uint8, n)
	for i := range v {
		v[i] = LiftU8List(q + uint32(i)*8)
	}
	return v
}

// LiftRowBatchOption reads a value from the memory.
func LiftRowBatchOption(p uint32) (v *RowBatch) {
	if Load[uint8](p) == 0 {
		return nil
	}
	item := LiftRowBatch(p + 4)
	return &item
}

// LowerSignatureList writes a value to the memory.
func LowerSignatureList(p uint32, v []Signature) {
	q := Alloc(uint32(len(v))*28, 4)
	Store(p, q)
	Store(p+4, uint32(len(v)))
	for i := range v {
		LowerSignature(q+uint32(i)*28, v[i])
	}
}

// LowerSignature writes a value to the memory.
func LowerSignature(p uint32, v Signature) {
	LowerString(p, v.Name)
	LowerString(p+8, v.Doc)
	LowerParameterList(p+16, v.Parameters)
	PutBool(p+24, v.Repeats)
	Store(p+25, uint8(v.Returns))
	Store(p+26, uint8(v.Nulls))
	Store(p+27, uint8(v.Effect))
}

// LowerParameterList writes a value to the memory.
func LowerParameterList(p uint32, v []Parameter) {
	q := Alloc(uint32(len(v))*20, 4)
	Store(p, q)
	Store(p+4, uint32(len(v)))
	for i := range v {
		LowerParameter(q+uint32(i)*20, v[i])
	}
}

// LowerParameter writes a value to the memory.
func LowerParameter(p uint32, v Parameter) {
	LowerString(p, v.Name)
	Store(p+8, uint8(v.Accepts))
	PutBool(p+9, v.Optional)
	LowerString(p+12, v.Doc)
}

// LiftArgumentList reads a value from the memory.
func LiftArgumentList(p uint32) (v []Argument) {
	q, n := Load[uint32](p), Load[uint32](p+4)
	v = make([]Argument, n)
	for i := range v {
		v[i] = LiftArgument(q + uint32(i)*24)
	}
	return v
}

// LiftArgument reads a value from the memory.
func LiftArgument(p uint32) (v Argument) {
	switch Load[uint8](p) {
	case 0:
		return ArgumentConstant{LiftValue(p + 8)}
	case 1:
		return boxText(slabOfString, LiftString(p+8))
	}
	panic("the host sent an unknown argument")
}

// LiftColumnList reads a value from the memory.
func LiftColumnList(p uint32) (v []Column) {
	q, n := Load[uint32](p), Load[uint32](p+4)
	v = make([]Column, n)
	for i := range v {
		v[i] = LiftColumn(q + uint32(i)*12)
	}
	return v
}

// LiftColumn reads a value from the memory.
func LiftColumn(p uint32) (v Column) {
	switch Load[uint8](p) {
	case 0:
		return LiftF64List(p + 4)
	case 1:
		return LiftS64List(p + 4)
	case 2:
		return LiftStringList(p + 4)
	case 3:
		return LiftValueList(p + 4)
	}
	panic("the host sent an unknown column")
}

// LiftF64List reads a value from the memory.
func LiftF64List(p uint32) (v []float64) {
	return LiftPlain[float64](p)
}

// LiftS64List reads a value from the memory.
func LiftS64List(p uint32) (v []int64) {
	return LiftPlain[int64](p)
}

// LiftValueList reads a value from the memory.
func LiftValueList(p uint32) (v []Value) {
	q, n := Load[uint32](p), Load[uint32](p+4)
	v = make([]Value, n)
	for i := range v {
		v[i] = LiftValue(q + uint32(i)*16)
	}
	return v
}

// LowerResults writes a value to the memory.
func LowerResults(p uint32, v Results) {
	LowerColumn(p, v.Values)
	LowerFailureList(p+12, v.Failures)
}

// LowerColumn writes a value to the memory.
func LowerColumn(p uint32, v Column) {
	switch x := v.(type) {
	case []float64:
		Store(p, uint8(0))
		LowerF64List(p+4, x)
	case []int64:
		Store(p, uint8(1))
		LowerS64List(p+4, x)
	case []string:
		Store(p, uint8(2))
		LowerStringList(p+4, x)
	case []Value:
		Store(p, uint8(3))
		LowerValueList(p+4, x)
	default:
		panic("this is no column")
	}
}

// LowerF64List writes a value to the memory.
func LowerF64List(p uint32, v []float64) {
	LowerPlain(p, v, 8)
}

// LowerFailureList writes a value to the memory.
func LowerFailureList(p uint32, v []Failure) {
	q := Alloc(uint32(len(v))*12, 4)
	Store(p, q)
	Store(p+4, uint32(len(v)))
	for i := range v {
		LowerFailure(q+uint32(i)*12, v[i])
	}
}

// LowerFailure writes a value to the memory.
func LowerFailure(p uint32, v Failure) {
	Store(p, v.Row)
	LowerString(p+4, v.Message)
}

// LowerAccumulatorList writes a value to the memory.
func LowerAccumulatorList(p uint32, v []Accumulator) {
	q := Alloc(uint32(len(v))*32, 4)
	Store(p, q)
	Store(p+4, uint32(len(v)))
	for i := range v {
		LowerAccumulator(q+uint32(i)*32, v[i])
	}
}

// LowerAccumulator writes a value to the memory.
func LowerAccumulator(p uint32, v Accumulator) {
	LowerSignature(p, v.Signature)
	PutBool(p+28, v.Removes)
	PutBool(p+29, v.Merges)
}

// LiftU32List reads a value from the memory.
func LiftU32List(p uint32) (v []uint32) {
	return LiftPlain[uint32](p)
}
