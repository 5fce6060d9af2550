package console

import (
	"net/http"
	"slices"
	"strings"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
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
	Files       []fileView
	HTMLOnly    bool
	ReplyTo     string // set if answers are asked for elsewhere than From
	aside
}

// aside is what a mail says beside the words of its author.
type aside struct {
	Signature  string
	Disclaimer string
	Hidden     string // text that nobody sees in the mail
	Candidates []candidateView
	Report     *reportView
}

// candidateView is somebody who may be asking. Nobody vouches for them.
type candidateView struct {
	Who string
	How string // where the address was found
}

// reportView is what a mail server or program says about another mail.
type reportView struct {
	Kind  string
	About string // id of that mail
	Lines []reportLine
}

// reportLine is what became of the mail on its way to one address.
type reportLine struct{ Address, Action, Status string }

// fileView is one attachment.
type fileView struct {
	Name, Original, Type string
	Size                 int
	SHA256               string
	Marks                []string // what a human should know before opening it elsewhere
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
	N       int
	Rule    string
	Weighed bool // no rule, but what the mail says weighs enough
	Words   []string
	Wheres  []string
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
			lines = append(lines, evidenceLine{N: n, Rule: e.Rule, Weighed: e.Rule == classify.WeightsRule})
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
		Quoted:  visible(m.Quoted), Files: filesOf(m), HTMLOnly: m.HTMLOnly, aside: asideOf(m),
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

func asideOf(m *email.Message) aside {
	a := aside{Signature: visible(m.Signature), Disclaimer: visible(m.Disclaimer), Hidden: visible(m.Hidden)}
	for _, c := range m.Candidates {
		a.Candidates = append(a.Candidates, candidateView{
			Who: visible(sender(cases.Requester{Name: c.Name, Address: c.Address.Address})), How: visible(say(candidateHows, c.How)),
		})
	}
	if r := m.Report; r != nil {
		view := &reportView{Kind: visible(say(reportKinds, r.Kind))}
		if len(r.Returned) > 0 {
			view.About = visible(r.Returned[0])
		}
		for _, to := range r.Recipients {
			view.Lines = append(view.Lines, reportLine{visible(to.Address), visible(say(reportActions, to.Action)), visible(to.Status)})
		}
		a.Report = view
	}
	return a
}

func filesOf(m *email.Message) []fileView {
	var files []fileView
	for _, a := range m.Attachments {
		f := fileView{Name: visible(a.Name), Type: visible(a.ContentType), Size: a.Size, SHA256: a.SHA256}
		if a.Original != a.Name {
			f.Original = visible(a.Original)
		}
		if a.Detected != "" && a.Detected != a.ContentType {
			f.Marks = append(f.Marks, "its bytes are "+visible(a.Detected))
		}
		if a.Archive {
			f.Marks = append(f.Marks, "archive, never unpacked")
		}
		if a.Encrypted {
			f.Marks = append(f.Marks, "encrypted")
		}
		files = append(files, f)
	}
	return files
}

// sinceView is a mail that joined the case later.
type sinceView struct {
	From, Standing string
	Received       instant
	Gone           bool // the raw mail is no longer kept
	Automatic      bool
	Text, Quoted   string
	Files          []fileView
	Oddities       []string
	aside
}

func sinceOf(a desk.Answer, zone string) sinceView {
	view := sinceView{Received: moment(a.Received, zone), Standing: say(standings, a.Standing), Gone: a.Message == nil}
	if m := a.Message; m != nil {
		view.Text, view.Quoted, view.Automatic = visible(m.New), visible(m.Quoted), m.Automation.Automated()
		if s, ok := m.Sender(); ok {
			view.From = visible(sender(cases.Requester{Name: s.Name, Address: s.Address}))
		}
		view.aside, view.Files = asideOf(m), filesOf(m)
		for _, w := range m.Warnings {
			view.Oddities = append(view.Oddities, visible(w.Detail))
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
