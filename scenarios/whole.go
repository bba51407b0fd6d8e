package scenarios

// Why transactions of a workload can't be shared out among processes: see bench.Whole.

// Whole implements bench.Whole.
func (p *multiTierLoad) Whole() string {
	if p.memory {
		return "an isolate's memory holds the keys of all transactions, and how many it holds is observed; no-memory and origin-only have none"
	}
	return ""
}

// Whole implements bench.Whole.
func (p *versionedLoad) Whole() string {
	if p.variant == "batch" {
		return "the job of the variant batch migrates the documents of all transactions"
	}
	return ""
}

// Whole implements bench.Whole.
func (p *sessionLoad) Whole() string {
	return "which sessions are the newest follows from the log-ins of all transactions"
}

// Whole implements bench.Whole.
func (p *prefixLoad) Whole() string {
	return "what a listing should hold follows from the writes of all transactions"
}

// Whole implements bench.Whole.
func (p *fallbackLoad) Whole() string {
	return "an isolate's last good answer and its circuit breaker are those of all transactions"
}

// Whole implements bench.Whole.
func (p *workerLoad) Whole() string {
	return "the detector has to know the calls of all transactions, and a script's isolate runs any of them"
}
