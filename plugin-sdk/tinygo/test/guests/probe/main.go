// A source, a sink and functions for the contract suites and the figures.
package main

import (
	"plutino/sdk/scalar"
	"plutino/sdk/sink"
	"plutino/sdk/source"
)

func init() {
	source.Register(&numbers{})
	sink.Register(&receiver{})
	scalar.Register(&functions{})
}

func main() {}
