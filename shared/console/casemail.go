package console

import (
	"net/http"
	"slices"
	"strings"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/email"
)

// mailView is the text of a mail, cut where words decided.
type mailView struct {
	Subject     []passage
	New         []passage
	Forwarded   []passage
	ForwardedBy string
	Quoted      string
	Attachments []email.Attachment
	HTMLOnly    bool
	ReplyTo     string // set if answers are asked for elsewhere than From
}

// passage is a stretch of text and the rules that spoke on it.
type passage struct {
	Text  string
	Notes []note
}

// note ties a mark to its line under "Why".
type note struct {
	N    int
	Rule string
}

// evidenceLine is one rule with all the words that made it speak.
type evidenceLine struct {
	N      int
	Rule   string
	Words  []string
	Wheres []string
}

// evidenceLines numbers the rules in the order in which they speak, so that a mark
// in the mail and its rule below carry the same number.
func evidenceLines(all []cases.Evidence) ([]evidenceLine, map[string]int) {
	var lines []evidenceLine
	numbers := map[string]int{}
	for _, e := range all {
		n, ok := numbers[e.Rule]
		if !ok {
			n = len(lines) + 1
			numbers[e.Rule] = n
			lines = append(lines, evidenceLine{N: n, Rule: e.Rule})
		}
		line := &lines[n-1]
		if words := visible(e.Text); words != "" && !slices.Contains(line.Words, words) {
			line.Words = append(line.Words, words)
		}
		if where := say(wheres, e.Where); !slices.Contains(line.Wheres, where) {
			line.Wheres = append(line.Wheres, where)
		}
	}
	return lines, numbers
}

func mailOf(v desk.View, numbers map[string]int) *mailView {
	m := v.Message
	if m == nil {
		return nil
	}
	mail := &mailView{
		Subject: passagesOf(v.Passages["subject"], m.Subject, numbers),
		New:     passagesOf(v.Passages["new"], m.New, numbers),
		Quoted:  visible(m.Quoted), Attachments: m.Attachments, HTMLOnly: m.HTMLOnly,
	}
	if f := m.Forwarded; f != nil {
		mail.Forwarded = passagesOf(v.Passages["forwarded"], f.Text, numbers)
		mail.ForwardedBy = visible(sender(cases.Requester{Name: f.From.Name, Address: f.From.Address}))
	}
	var elsewhere []string
	for _, a := range m.ReplyTo {
		if !strings.EqualFold(a.Address, v.Case.Requester.Address) {
			elsewhere = append(elsewhere, visible(a.Address))
		}
	}
	mail.ReplyTo = strings.Join(elsewhere, ", ")
	return mail
}

// sinceView is a mail that joined the case later.
type sinceView struct {
	From, Standing string
	Received       instant
	Gone           bool // the raw mail is no longer kept
	Automatic      bool
	Text, Quoted   string
	Files          []string
}

func sinceOf(a desk.Answer, zone string) sinceView {
	view := sinceView{Received: moment(a.Received, zone), Standing: say(standings, a.Standing), Gone: a.Message == nil}
	if m := a.Message; m != nil {
		view.Text, view.Quoted, view.Automatic = visible(m.New), visible(m.Quoted), m.Automation.Automated()
		if s, ok := m.Sender(); ok {
			view.From = visible(sender(cases.Requester{Name: s.Name, Address: s.Address}))
		}
		for _, f := range m.Attachments {
			view.Files = append(view.Files, visible(f.Name))
		}
	}
	return view
}

// passagesOf are the passages of one text; the whole text as one where the desk has
// cut none.
func passagesOf(cut []desk.Passage, whole string, numbers map[string]int) []passage {
	if len(cut) == 0 && whole != "" {
		cut = []desk.Passage{{Text: whole}}
	}
	var out []passage
	for _, p := range cut {
		one := passage{Text: visible(p.Text)}
		for _, rule := range p.Rules {
			one.Notes = append(one.Notes, note{numbers[rule], rule})
		}
		out = append(out, one)
	}
	return out
}

// raw hands out the mail as it came: as plain text and as a download, so that no
// browser renders it.
func (c *console) raw(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r); err != nil {
		return err
	}
	id := cases.ID(r.PathValue("id"))
	raw, err := c.Desk.Raw(r.Context(), id)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+fileName(id)+`.eml.txt"`)
	_, _ = w.Write(raw) // #nosec G705 -- plain text, nosniff, as a download: nothing renders it
	return nil
}

// fileName keeps of an id what is safe in a header and on every disk.
func fileName(id cases.ID) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, string(id))
}
