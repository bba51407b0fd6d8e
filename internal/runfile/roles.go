package runfile

import "kvbench/internal/record"

// roles are those of series that files were written with before they had any.
var roles = map[string]record.Role{
	"stale-read": record.Age, "cached-error": record.Age, "expired-served": record.Age, "revoked-served": record.Age,
	"lost-session": record.Age, "torn-read": record.Age, "ghost-id": record.Age, "wrong-fallback": record.Age,
	"masked-error": record.Hidden, "time-to-detect": record.Detect, "time-to-recover": record.Recover,
}

// withRoles gives the series of a definition their roles where it gives none of them one.
func (d *Definition) withRoles() {
	for _, s := range d.Series {
		if s.Role != "" {
			return
		}
	}
	for i := range d.Series {
		if s := &d.Series[i]; s.Mark {
			s.Role = roles[s.Name]
		}
	}
}
