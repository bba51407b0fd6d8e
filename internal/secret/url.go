package secret

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	// userInfo is what stands before the @ of a URL's host, also where too few slashes do.
	userInfo = regexp.MustCompile(`:/*([^/?#\s"'@]+(?:@[^/?#\s"'@]+)*)@`)
	// whole is a URL to its end.
	whole = regexp.MustCompile(`\w+:/[^\s"']*`)
	// base is the option of a driver's URL that holds one itself.
	base = regexp.MustCompile(`(?i)\bbase=([^&\s"']*)`)
)

// AddURLs adds the users and passwords of all URLs in a text, such as an argument of a
// command or a line of a file, and of those that they hold as the option base; each as
// it stands there, and decoded. A user with its @ is struck out however short it is. Of
// what is no URL, and of a base, which has an @ nowhere else, all before the last @ may
// be one.
func (s *Set) AddURLs(text string) {
	if s == nil || !strings.Contains(text, "@") && !strings.Contains(text, "%40") {
		return
	}
	s.addURLs(text)
	if decoded, err := url.QueryUnescape(text); err == nil && decoded != text {
		s.addURLs(decoded)
	}
}

func (s *Set) addURLs(text string) {
	for _, found := range userInfo.FindAllStringSubmatch(text, -1) {
		s.addUser(found[1])
	}
	for _, found := range whole.FindAllString(text, -1) {
		if _, err := url.Parse(found); err != nil {
			s.addLoose(found)
		}
	}
	for _, found := range base.FindAllStringSubmatch(text, -1) {
		s.addLoose(found[1])
	}
}

// addLoose adds all that stands before the last @ and behind the scheme, if there is one.
func (s *Set) addLoose(text string) {
	text = text[:max(0, strings.LastIndexByte(text, '@'))]
	if _, after, found := strings.Cut(text, ":/"); found {
		text = after
	}
	text = strings.TrimLeft(text, "/")
	s.addUser(text)
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(":/?#@", r) }) {
		s.addUser(part)
	}
}

// addUser adds a user, or a user and a password with a colon between them.
func (s *Set) addUser(text string) {
	if text == "" || strings.Contains(text, "${") { // whose value is added when it is known
		return
	}
	user, password, _ := strings.Cut(text, ":")
	for _, part := range []string{"//" + text + "@", text + "@", text, user, password} {
		s.Add(part)
		if decoded, err := url.PathUnescape(part); err == nil {
			s.Add(decoded)
		}
	}
}
