package runfile

import "fmt"

// end reads the trailer, which says what is to be in the file.
func (p *parser) end(t *trailer) error {
	for _, s := range p.order {
		if !s.ended {
			return fmt.Errorf("%v has begun and not ended", &s.Key)
		}
	}
	if p.run.Header.Format != unchecked {
		if t.Lines != p.number-1 {
			return fmt.Errorf("the file is to have %d lines before this one, and has %d", t.Lines, p.number-1)
		}
		for i, k := range t.Keys {
			switch {
			case p.strands[k.id()] == nil:
				return fmt.Errorf("the lines of %v are missing", &k.Key)
			case i >= len(p.order) || p.order[i].id() != k.id():
				return fmt.Errorf("the lines of %v are out of their place", &k.Key)
			case crcText(p.order[i].crc) != k.CRC:
				return fmt.Errorf("the lines of %v are not those that were written: their check sum is %s where %s would be right",
					&k.Key, crcText(p.order[i].crc), k.CRC)
			}
		}
		if len(t.Keys) < len(p.order) {
			return fmt.Errorf("the lines of %v are not of this file", &p.order[len(t.Keys)].Key)
		}
	}
	p.trailer = true
	p.run.CutOff, p.run.Interrupted = false, t.Interrupted
	return nil
}
