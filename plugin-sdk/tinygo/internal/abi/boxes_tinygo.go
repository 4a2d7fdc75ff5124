//go:build tinygo

package abi

// slab makes interfaces as TinyGo does.
type slab[T any] struct{}

func newSlab[T any]() *slab[T] { return &slab[T]{} }

func (*slab[T]) box(v T) any { return v }
