package runfile

import (
	"bytes"
	"errors"
	"strconv"
)

// text is where what was observed of a series stands.
type text struct {
	name   []byte // of the series
	body   []byte // for parseObserved
	at     span   // of body
	series int    // its index, once it is known
}

var errSeries = errors.New("its series are not names and histograms")

// cutSeries appends a line to rest, without what is in its object "series", and the
// texts of that object to texts. They are nearly all of a file, and read like any
// JSON they would take most of the time that reading a run takes; base64 and the
// names of series need no escapes, so their ends are the next quotes. The line
// stands at an offset of the file. Other JSON is left to be read as it is.
func cutSeries(rest []byte, texts []text, line []byte, offset int64) ([]byte, []text, error) {
	begin := seriesObject(line)
	if begin < 0 {
		return append(rest, line...), texts, nil
	}
	c := cursor{line: line, at: begin}
	for !c.take('}') {
		if len(texts) > 0 && !c.take(',') {
			return nil, nil, errSeries
		}
		from, to, ok := c.quoted()
		if !ok || !c.take(':') {
			return nil, nil, errSeries
		}
		t := text{name: line[from:to]}
		if from, to, ok = c.observed(); !ok {
			return nil, nil, errSeries
		}
		t.body, t.at = line[from:to], span{offset: offset + int64(from), length: to - from}
		texts = append(texts, t)
	}
	rest = append(rest, line[:begin]...)
	return append(rest, line[c.at-len("}"):]...), texts, nil
}

// seriesObject returns where the inside of the object "series" begins; -1 where
// there is none. Within a JSON string the name can't stand: its quotes would be
// escaped.
func seriesObject(line []byte) int {
	const name = `"series"`
	for begin := 0; ; {
		i := bytes.Index(line[begin:], []byte(name))
		if i < 0 {
			return -1
		}
		begin += i + len(name)
		if c := (cursor{line: line, at: begin}); c.take(':') && c.take('{') {
			return c.at
		}
	}
}

// cursor reads the tokens of a line.
type cursor struct {
	line []byte
	at   int
}

// space goes beyond white space.
func (c *cursor) space() {
	for c.at < len(c.line) && bytes.IndexByte([]byte(" \t\r\n"), c.line[c.at]) >= 0 {
		c.at++
	}
}

// take goes beyond a character and the white space before it, if it is next.
func (c *cursor) take(want byte) bool {
	before := c.at
	if c.space(); c.at == len(c.line) || c.line[c.at] != want {
		c.at = before
		return false
	}
	c.at++
	return true
}

// quoted goes beyond a string and returns where it begins and ends within its
// quotes.
func (c *cursor) quoted() (from, to int, ok bool) {
	if !c.take('"') {
		return 0, 0, false
	}
	from = c.at
	n := bytes.IndexByte(c.line[from:], '"')
	if n < 0 || bytes.IndexByte(c.line[from:from+n], '\\') >= 0 {
		return 0, 0, false
	}
	c.at = from + n + 1
	return from, from + n, true
}

// observed goes beyond a string, or a list whose last element is one, and returns
// where it begins and ends.
func (c *cursor) observed() (from, to int, ok bool) {
	c.space()
	from = c.at
	list := c.take('[')
	if list {
		if n := bytes.IndexByte(c.line[c.at:], '"'); n >= 0 {
			c.at += n
		}
	}
	if _, _, ok = c.quoted(); ok && list {
		ok = c.take(']')
	}
	return from, c.at, ok
}

// number goes beyond a whole number.
func (c *cursor) number() (n int64, ok bool) {
	c.space()
	end := c.at
	for end < len(c.line) && (c.line[end] == '-' || '0' <= c.line[end] && c.line[end] <= '9') {
		end++
	}
	n, err := strconv.ParseInt(string(c.line[c.at:end]), 10, 64)
	c.at = end
	return n, err == nil
}

// end is an error where anything but white space is left.
func (c *cursor) end() error {
	if c.space(); c.at < len(c.line) {
		return errObserved
	}
	return nil
}
