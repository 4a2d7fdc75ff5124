package abi

// Error makes the WIT's error one of Go's.
func (e *Error) Error() string { return e.Message }

// Fault is an error that the host gave.
func Fault(e Error) error { return &e }

type failed string

func (f failed) Error() string { return string(f) }

// Failed is an error that is a text alone.
func Failed(message string) error { return failed(message) }

// ErrorOf is an error of the plugin as the host wants it: of kind internal, unless the plugin says another.
func ErrorOf(err error) Error {
	if e, ok := err.(*Error); ok {
		return *e
	}
	return Error{Kind: ErrorKindInternal, Message: err.Error()}
}
