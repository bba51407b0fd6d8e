package detect

// Kept is how many versions are kept.
func (d *Detector) Kept() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, k := range d.keys {
		n += len(k.versions)
	}
	return n
}

// SetMostKeys bounds the keys that are watched.
func (d *Detector) SetMostKeys(n int) { d.mostKeys = n }
