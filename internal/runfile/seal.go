package runfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
)

// castagnoli is the table of CRC-32C, which processors have an instruction for.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A line ends in its seal: ,"crc":"89abcdef"} and a line feed. The CRC is over the line's
// bytes before that, and over those of the lines before it of the same key, and of the
// header, back to back: so a line can't be changed, left out, doubled or moved without
// its or a later line's telling.
const (
	sealBefore = `,"crc":"`
	sealAfter  = `"}`
	sealSize   = len(sealBefore) + 8 + len(sealAfter)
)

// crcText is a CRC as the file has it.
func crcText(crc uint32) string { return fmt.Sprintf("%08x", crc) }

// seal ends a JSON object with its CRC, which goes on from that of the line before.
func seal(object []byte, before uint32) (sealed []byte, crc uint32) {
	object = bytes.TrimSuffix(object, []byte("}"))
	crc = crc32.Update(before, castagnoli, object)
	object = append(object, sealBefore...)
	object = append(object, crcText(crc)...)
	return append(object, sealAfter+"\n"...), crc
}

// unseal cuts a line into what its CRC is over and the CRC; ok is false where it has
// none at its end, as seal writes it.
func unseal(line []byte) (body []byte, crc uint32, ok bool) {
	line = bytes.TrimSuffix(line, []byte("\n"))
	at := len(line) - sealSize
	if at < 0 || string(line[at:at+len(sealBefore)]) != sealBefore || string(line[len(line)-len(sealAfter):]) != sealAfter {
		return nil, 0, false
	}
	text := string(line[at+len(sealBefore) : len(line)-len(sealAfter)])
	n, err := strconv.ParseUint(text, 16, 32)
	return line[:at], uint32(n), err == nil && crcText(uint32(n)) == text
}

var errNoSeal = errors.New(`it does not end in its check sum, ,"crc":"…"}: the line is damaged`)

// checkSeal verifies a line whose CRC goes on from that of the line before.
func checkSeal(line []byte, before uint32) (crc uint32, err error) {
	body, crc, ok := unseal(line)
	if !ok {
		return 0, errNoSeal
	}
	if have := crc32.Update(before, castagnoli, body); have != crc {
		return 0, fmt.Errorf("its check sum is %s where %s would be right: the line is damaged, or one before it is missing, "+
			"there twice, out of its place or from another file", crcText(crc), crcText(have))
	}
	return crc, nil
}

// id is a key in a form that can be compared.
func (k *Key) id() string {
	text, err := json.Marshal(k)
	if err != nil { // it is made of what JSON can say
		panic("runfile: " + err.Error())
	}
	return string(text)
}

// String names a key in an error.
func (k *Key) String() string {
	text := k.Scenario + "/" + k.Variant
	if k.Repeat > 0 {
		text += fmt.Sprintf(", repeat %d", k.Repeat+1)
	}
	if len(k.Point) > 0 {
		text += " at " + Words(k.Point)
	}
	return text
}
