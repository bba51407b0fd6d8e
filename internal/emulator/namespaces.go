package emulator

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// namespace is a namespace as the API tells it.
type namespace struct {
	Namespace
	URLCoded bool `json:"supports_url_encoding"`
}

func (s *Server) tell(sp *space) namespace {
	s.spaces.mu.Lock()
	defer s.spaces.mu.Unlock()
	return namespace{Namespace{ID: sp.id, Title: sp.title, Mode: sp.mode, Jurisdiction: sp.region}, true}
}

func (s *Server) listNamespaces(c *call) error {
	page, size := 1, 20
	for _, p := range []struct {
		name string
		code int
		most int
		to   *int
	}{{"page", codePage, 1 << 30, &page}, {"per_page", codePerPage, 1000, &size}} {
		if text := c.query(p.name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || n > p.most {
				return refuse(http.StatusBadRequest, p.code, "Invalid %s of %.40s: want 1 to %d.", p.name, text, p.most) // our words
			}
			*p.to = n
		}
	}
	all := []namespace{}
	for _, sp := range s.spaces.list() {
		all = append(all, s.tell(sp))
	}
	by := func(n namespace) string { return n.ID }
	switch order := c.query("order"); order {
	case "", "id":
	case "title":
		by = func(n namespace) string { return n.Title }
	default: // our words
		return refuse(http.StatusBadRequest, codeOrder, "Invalid order of %.40s: want id or title.", order)
	}
	direction := c.query("direction")
	if direction != "" && direction != "asc" && direction != "desc" { // our words
		return refuse(http.StatusBadRequest, codeDirection, "Invalid direction of %.40s: want asc or desc.", direction)
	}
	slices.SortFunc(all, func(a, b namespace) int {
		if direction == "desc" {
			a, b = b, a
		}
		return strings.Compare(by(a), by(b))
	})
	from := min(len(all), (page-1)*size)
	some := all[from:min(len(all), from+size)]
	return c.result(some, struct {
		Page  int `json:"page"`
		Size  int `json:"per_page"`
		Count int `json:"count"`
		Total int `json:"total_count"`
		Pages int `json:"total_pages"`
	}{page, size, len(some), len(all), (len(all) + size - 1) / size})
}

// wanted reads the namespace that a body asks for.
func (c *call) wanted() (n Namespace, err error) {
	var body struct {
		Title        string `json:"title"`
		Mode         string `json:"mode"`
		Jurisdiction string `json:"jurisdiction"`
	}
	if err := c.body(around, &body); err != nil {
		return n, err
	}
	n = Namespace{Title: body.Title, Mode: ModeOf(body.Mode), Jurisdiction: body.Jurisdiction}
	return n, n.check()
}

func (s *Server) createNamespace(c *call) error {
	n, err := c.wanted()
	if err != nil {
		return err
	}
	s.spaces.mu.Lock()
	err = s.spaces.check(n.Title)
	s.spaces.mu.Unlock()
	if err != nil {
		return err
	}
	var id [16]byte
	rand.Read(id[:]) // it never fails
	n.ID = hex.EncodeToString(id[:])
	sp, err := s.make(n)
	if err != nil {
		return err
	}
	return c.result(s.tell(sp), nil)
}

func (s *Server) getNamespace(c *call) error {
	sp, err := s.space(c, "get namespace")
	if err != nil {
		return err
	}
	return c.result(s.tell(sp), nil)
}

func (s *Server) renameNamespace(c *call) error {
	sp, err := s.space(c, "rename namespace")
	if err != nil {
		return err
	}
	n, err := c.wanted()
	if err != nil {
		return err
	}
	if n.Mode != "" && n.Mode != sp.mode || n.Jurisdiction != "" && n.Jurisdiction != sp.region { // our words
		return refuse(http.StatusBadRequest, codeBody, "the mode and the jurisdiction of a namespace can't be changed")
	}
	title := n.Title
	s.spaces.mu.Lock()
	if sp.title != title {
		if err = s.spaces.checkTitle(title); err == nil {
			sp.title = title
		}
	}
	s.spaces.mu.Unlock()
	if err != nil {
		return err
	}
	return c.result(s.tell(sp), nil)
}

func (s *Server) deleteNamespace(c *call) error {
	sp, err := s.space(c, "remove namespace")
	if err != nil {
		return err
	}
	s.spaces.mu.Lock()
	s.spaces.order = slices.DeleteFunc(s.spaces.order, func(other *space) bool { return other == sp })
	s.spaces.publish()
	s.spaces.mu.Unlock()
	if err := sp.close(); err != nil {
		return err
	}
	return c.finish()
}
