package report

import "regexp"

// span is a part of a sentence.
type span struct {
	Text string
	Said bool   // a variant, a mark, or how much: what the eye looks for
	Doc  string // what the variant or the mark is
}

var (
	// unitSpace is the space between a number and its unit, where no line may end.
	unitSpace = regexp.MustCompile(`(\d) (%|(?:ns|µs|ms|s|min|h)\b)`)
	// sayings are words that may be names, and shares and ratios.
	sayings = regexp.MustCompile(`\pL[\pL\d_-]*|\d[\d.]*(?:×|\x{a0}%)(?: (?:faster|less|more|as much))?`)
)

// spans divides sentences so that names and how much stand out.
func (s *Scenario) spans(sentences []string) [][]span {
	docs := map[string]string{}
	for _, v := range s.def.Variants {
		docs[v.Name] = v.Doc
	}
	for _, m := range s.marks() {
		docs[m.Name] = m.Doc
	}
	out := make([][]span, len(sentences))
	for i, sentence := range sentences {
		sentence = unitSpace.ReplaceAllString(sentence, "$1\u00a0$2")
		from := 0
		for _, at := range sayings.FindAllStringIndex(sentence, -1) {
			word := sentence[at[0]:at[1]]
			doc, name := docs[word]
			if first := word[0]; !name && (first < '0' || first > '9') {
				continue
			}
			if from < at[0] {
				out[i] = append(out[i], span{Text: sentence[from:at[0]]})
			}
			out[i] = append(out[i], span{word, true, doc})
			from = at[1]
		}
		if from < len(sentence) {
			out[i] = append(out[i], span{Text: sentence[from:]})
		}
	}
	return out
}
