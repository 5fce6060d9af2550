package queue

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What a field of a Message may say. The rooms own these words; they stand here a
// second time because a message is a promise to people outside, and a word that is
// new inside must not leave before the schema has it. A test compares all three.
var (
	queues = []string{
		"children", "legal", "security", "review", "ccpa", "opt-out", "shine-the-light", "nevada", "gdpr", "dpf",
		"marketing", "support",
	}
	jurisdictions = []string{"us-ca", "us-nv", "us-other", "eu", "uk", "ch", "unspecified"}
	verifications = []string{"forbidden", "none", "on-reasonable-doubt", "reasonable", "reasonably-high", "parent", "human"}
	standings     = []string{"authenticated", "unknown", "failed"}
	roles         = []string{"", "self", "agent", "parent", "child", "heir", "regulator", "employer", "merchant-visitor"}
)

var (
	casePattern  = regexp.MustCompile(`^RM-[0-9A-Z]{4}-[0-9A-Z]{4}-[1-9][0-9]*$`)
	rightPattern = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
)

const maxID = 200

// Validate reports everything that the schema does not allow, at once. It names
// fields and what they may be, and repeats no value: errors go to logs.
func (m Message) Validate() error {
	var errs []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	oneOf := func(field, value string, words []string) {
		need(slices.Contains(words, value), "%s: must be one of %q", field, words)
	}
	need(m.Schema == Schema, "schema: must be %q", Schema)
	need(m.ID != "" && len(m.ID) <= maxID, "id: must have 1 to %d bytes", maxID)
	oneOf("queue", m.Queue, queues)
	need(casePattern.MatchString(m.Case), "case: must match %s", casePattern)
	need(rightPattern.MatchString(m.Right), "right: must match %s", rightPattern)
	oneOf("jurisdiction", m.Jurisdiction, jurisdictions)
	need(m.Priority >= 0 && m.Priority <= 3, "priority: must be 0 to 3")

	_, offset := m.ReceivedAt.Zone()
	need(!m.ReceivedAt.IsZero() && offset == 0, "received_at: must be a time in UTC")
	need(optionalDate(m.AcknowledgeBy), "acknowledge_by: must be a date such as 2026-03-16")
	need(optionalDate(m.RespondBy), "respond_by: must be a date such as 2026-03-16")
	need(optionalDate(m.StatutoryDue), "statutory_due: must be a date such as 2026-03-16")
	// Dates of this form sort as text.
	need(m.StatutoryDue == "" || m.RespondBy <= m.StatutoryDue, "respond_by: must not be after statutory_due")

	oneOf("verification", m.Verification, verifications)
	need(!slices.ContainsFunc(m.Missing, blank), "missing: must hold no empty name")
	need(!slices.ContainsFunc(m.Review, blank), "review: must hold no empty reason")
	oneOf("standing", m.Standing, standings)
	oneOf("role", m.Role, roles)
	need(len(m.Language) >= 2, "language: must be a BCP 47 tag, und if unknown")
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("message does not fit %s:\n%w", Schema, err)
	}
	return nil
}

func optionalDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return s == "" || err == nil
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
