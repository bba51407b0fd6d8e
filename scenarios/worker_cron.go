package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kvbench/internal/wrangler"

	"github.com/robfig/cron/v3"
)

// workerCron is when the scheduled handler is called.
type workerCron struct {
	text string // as the Worker is told
	cron.Schedule
}

// crons reads when the scheduled handler is called.
func (c *compiler) crons(p *workerPlan, config *wrangler.Config) {
	own := p.fields.Crons != nil
	texts := config.Crons
	if own {
		texts = p.fields.Crons
	}
	for i, text := range texts {
		schedule, err := parseCron(text)
		switch {
		case err == nil:
			p.crons = append(p.crons, workerCron{text, schedule})
		case own:
			c.fail(fmt.Sprintf("%q is not a time of cron: %v", text, err), `write five fields: minute, hour, day, month and weekday, such as "*/5 * * * *"`, 0, "crons", strconv.Itoa(i))
		default:
			c.broken(config.File, fmt.Errorf("triggers.crons has %q, which is not a time of cron: %w", text, err))
		}
	}
}

var (
	weekday     = regexp.MustCompile(`^[0-9]+$`)
	lastWeekday = regexp.MustCompile(`(^|[0-9,])L`)
)

// parseCron reads five fields as Cloudflare's cron triggers have them: weekdays are 1, which
// is Sunday, to 7, or names
// (https://developers.cloudflare.com/workers/configuration/cron-triggers/, read 2026-11).
func parseCron(text string) (cron.Schedule, error) {
	fields := strings.Fields(text)
	if len(fields) != 5 {
		return nil, fmt.Errorf("it has %d fields", len(fields))
	}
	if strings.ContainsAny(fields[2], "LW") || strings.Contains(fields[4], "#") || lastWeekday.MatchString(fields[4]) {
		return nil, errors.New("kvbench has no L, W and #; the real runtime has them")
	}
	days := strings.Split(fields[4], ",")
	for i, day := range days {
		span, step, stepped := strings.Cut(day, "/")
		ends := strings.Split(span, "-")
		for j, end := range ends {
			if !weekday.MatchString(end) {
				continue
			}
			n, err := strconv.Atoi(end)
			if err != nil || n < 1 || n > 7 {
				return nil, fmt.Errorf("the weekday %s is not one of 1, which is Sunday, to 7", end)
			}
			ends[j] = strconv.Itoa(n - 1)
		}
		days[i] = strings.Join(ends, "-")
		if stepped {
			days[i] += "/" + step
		}
	}
	fields[4] = strings.Join(days, ",")
	return cron.ParseStandard(strings.Join(fields, " "))
}

// next is the first of the times after one that any schedule has, and which.
func (p *workerPlan) next(after time.Time) (at time.Time, which int) {
	which = -1
	for i := range p.crons {
		if t := p.crons[i].Next(after); !t.IsZero() && (which < 0 || t.Before(at)) {
			at, which = t, i
		}
	}
	return at, which
}
