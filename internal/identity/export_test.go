package identity

// Cached is how many tokens the verifier remembers.
func (v *Verifier) Cached() int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return len(v.cache)
}
