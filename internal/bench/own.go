package bench

// Asked is what a scenario asks of a pattern whose variants and outcomes are the
// scenario's own.
type Asked struct {
	Scenario string // its name
	// Fields is what Pattern.Fields gave, filled in.
	Fields any
	// File is the scenario file as it was named; paths in it are relative to its folder.
	File string
	// Fail says that something is wrong with a field of the scenario: at its path, numbers
	// for the items of lists; at the byte of its text, where it is one; and what would be
	// right.
	Fail func(message, hint string, at int, path ...string)
	// FailIn says that something is wrong in another file.
	FailIn func(p Place, message, hint string)
}

// Place is a place in a file, lines and columns counted from 1; 0 is none.
type Place struct {
	File         string
	Line, Column int
	Text         string // the line; may be empty
}
