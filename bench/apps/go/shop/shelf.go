package shop

import "sync"

// Shelf keeps the last thousand created things, in memory.
type Shelf[T any] struct {
	lock   sync.Mutex
	values [1000]T
	next   int
}

func (shelf *Shelf[T]) Put(value T) {
	shelf.lock.Lock()
	defer shelf.lock.Unlock()
	shelf.values[shelf.next] = value
	shelf.next = (shelf.next + 1) % len(shelf.values)
}
