package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// Judge says what a mail asks for, by when, and whether it may be acknowledged. It
// writes nothing and asks nobody.
type Judge struct {
	Book       *rights.Book
	Classifier *classify.Classifier
	Settings   Settings
	Own        *classify.OwnTexts // letters of ours, the policy: quoting them asks for nothing
}

// NewJudge returns a judge with the laws and rules that are built in.
func NewJudge(s Settings) (*Judge, error) {
	book, err := rights.Builtin()
	if err != nil {
		return nil, err
	}
	classifier, err := classify.Builtin(book)
	if err != nil {
		return nil, err
	}
	letters, err := replies.Builtin()
	if err != nil {
		return nil, err
	}
	own := append(letters.OwnTexts(everyRight(book)), s.OwnTexts...)
	return &Judge{Book: book, Classifier: classifier, Settings: s, Own: classify.NewOwnTexts(own...)}, nil
}

// everyRight lists the rights as they will once all be in force.
func everyRight(book *rights.Book) []rights.Right {
	var all []rights.Right
	for _, id := range book.IDs() {
		if right, err := book.Right(id, rights.Date{Year: 9999, Month: time.December, Day: 31}); err == nil {
			all = append(all, right)
		}
	}
	return all
}

// Unclassified is the id of a case that nothing could be found in. It is no right:
// a human gives it one.
const Unclassified rights.ID = "unclassified"

// followUp is word of a case that is there already.
const followUp rights.ID = "followup_existing_case"

// Judge judges one mail. It is total: the strangest mail gives a judgement, and so
// does a fault of ours: then the mail is for review, its clock running.
func (j *Judge) Judge(in Incoming) (out Judgement) {
	defer func() {
		if fault := recover(); fault != nil {
			out = j.unread(in)
		}
	}()
	return j.judge(in)
}

// unread is the judgement of a mail that our own reading failed on. The fault may
// quote the mail, so it is not kept; the raw mail is there to look for it.
func (j *Judge) unread(in Incoming) Judgement {
	sum := sha256.Sum256(in.Raw)
	out := Judgement{
		Unread:   true,
		Message:  &email.Message{Size: len(in.Raw), Hash: hex.EncodeToString(sum[:])},
		Received: in.Received.UTC(), Mailbox: strings.ToLower(in.Mailbox), Standing: email.Unproven,
		Warnings: []string{"reading-failed: the mail made our reader fail; read it as it arrived"},
		Decision: classify.Decision{
			Outcome: classify.Unsure, Jurisdiction: rights.Unspecified, Language: "und", DecidedBy: classify.ByNobody,
			Requester: classify.RoleSelf, Review: []string{"the mail could not be read by machine"}, Rules: j.Classifier.Version(),
		},
	}
	out.Requests = j.requests(out)
	out.Queues = queues(out)
	out.Ack = AckDecision{Hold: HoldNoAddress}
	return out
}

func (j *Judge) judge(in Incoming) Judgement {
	m := email.Parse(in.Raw, email.Options{
		TrustedServers: j.Settings.TrustedServers, OwnAddresses: j.Settings.own(), Findings: in.Findings,
	})
	if _, ours := j.readMessageID(m.ID); ours { // a letter of ours went round in a circle
		m.Automation.Kind = "robot"
		m.Automation.Signals = append(m.Automation.Signals, "Message-ID: of a letter of ours")
	}
	if in.Unguarded {
		m.Verdicts = onlyFailures(m.Verdicts)
	}
	out := Judgement{Message: m, Received: receipt(in, m), Mailbox: j.mailbox(in, m), Standing: standing(in, m)}
	for _, w := range m.Warnings {
		out.Warnings = append(out.Warnings, string(w.Kind)+": "+w.Detail)
	}
	out.Decision = j.Classifier.Classify(m, classify.Context{
		ToOfficer: out.Mailbox != "" && (out.Mailbox == j.Settings.Officer.Address || out.Mailbox == j.Settings.From.Address),
		Own:       j.Settings.Mailboxes, OwnTexts: j.Own, On: day(out.Received),
	})
	if m.Has(email.NotMail) && out.Decision.Outcome != classify.Privacy {
		// Nobody could read it, so nobody can say that it is no request.
		out.Decision.Outcome, out.Decision.Findings, out.Decision.DecidedBy = classify.Unsure, nil, classify.ByNobody
		out.Decision.Review = append(out.Decision.Review, "this has no header and no text of a mail: look at it as it arrived")
	}
	if m.Has(email.SeveralCandidates) && (out.Decision.Outcome == classify.Privacy || out.Decision.Outcome == classify.Unsure) {
		out.Decision.Review = append(out.Decision.Review, "mails of several people are passed on: settle who asks")
	}
	out.Requests = j.requests(out)
	out.Queues = queues(out)
	out.Ack = acknowledge(in, out, j.Settings)
	if out.Ack.Allowed && assumed(in, m) {
		out.Warnings = append(out.Warnings, "sender-assumed: no mail server vouched for the sender; the acknowledgement is judged as if one had, and no use of a limit is reserved")
	}
	return out
}

// asksNothing reports a mail that only its mailbox makes a matter of privacy. As an answer
// it is read with its case.
func (j Judgement) asksNothing() bool {
	return slices.Equal(j.Decision.Review, []string{classify.NothingKnown})
}

// receipt is the moment the clocks start: acceptance by the mail server. For mail
// out of a file the topmost Received field knows it better than the time of reading,
// unless it lies in the future. The Date field is the sender's and never counts.
func receipt(in Incoming, m *email.Message) time.Time {
	if in.FromFile && !m.Received.IsZero() && m.Received.Before(in.Received) {
		return m.Received.UTC()
	}
	return in.Received.UTC()
}

// Receipt is the moment from which the dates of a mail will count, for whoever has to
// put mails in order before they are judged.
func (j *Judge) Receipt(in Incoming) time.Time {
	return receipt(in, email.Parse(in.Raw, email.Options{TrustedServers: j.Settings.TrustedServers}))
}

// mailbox is the monitored address the mail came to: the envelope knows, else the
// headers do.
func (j *Judge) mailbox(in Incoming, m *email.Message) string {
	if in.Mailbox != "" {
		return j.withoutToken(strings.ToLower(in.Mailbox))
	}
	candidates := slices.Clone(m.EnvelopeToAll)
	for _, a := range slices.Concat(m.To, m.Cc) {
		candidates = append(candidates, strings.ToLower(a.Address))
	}
	for i, a := range candidates {
		candidates[i] = j.withoutToken(a)
	}
	return j.Settings.MailboxOf(candidates)
}

// MailboxOf is the monitored address among several, or "". The designated one counts
// before the others: a request that came there too has the shorter date.
func (s Settings) MailboxOf(addresses []string) string {
	if slices.Contains(addresses, s.Designated) {
		return s.Designated
	}
	for _, a := range addresses {
		if slices.Contains(s.Mailboxes, a) {
			return a
		}
	}
	return ""
}

// standing is how well the sender is proven. A failure counts whoever reports it; a
// trusted hand-over counts only where nothing failed.
func standing(in Incoming, m *email.Message) email.Standing {
	s := m.Verdicts.Standing()
	if _, one := m.Sender(); in.Trusted && one && s == email.Unproven {
		return email.Authenticated
	}
	return s
}

// onlyFailures keeps of verdicts in the sender's own words what speaks against him.
func onlyFailures(v email.Verdicts) email.Verdicts {
	keep := func(x email.Verdict) email.Verdict {
		if x == email.Fail {
			return x
		}
		return email.Unknown
	}
	return email.Verdicts{DMARC: keep(v.DMARC), Spam: keep(v.Spam), Virus: keep(v.Virus)}
}

// requests turns findings into rows of law with dates, most urgent first.
func (j *Judge) requests(out Judgement) []Request {
	d := out.Decision
	if d.Outcome == classify.Support || d.Outcome == classify.SpamMail || d.Outcome == classify.Automated {
		return nil
	}
	findings := slices.Clone(d.Findings)
	for _, id := range d.Modifiers {
		// Sensitive data and word of an earlier case are work of their own; the
		// other modifiers only colour the requests they come with.
		own := id == "sensitive_data_received" || id == followUp && len(d.Findings) == 0
		if own && j.Book.Has(id) && !slices.ContainsFunc(findings, func(f classify.Finding) bool { return f.Right == id }) {
			findings = append(findings, classify.Finding{Right: id, Confidence: d.Confidence})
		}
	}
	var requests []Request
	for _, f := range findings {
		requests = append(requests, j.request(f, out))
	}
	if len(requests) == 0 {
		requests = append(requests, j.request(classify.Finding{Right: Unclassified}, out))
	}
	slices.SortStableFunc(requests, func(a, b Request) int { return int(a.Right.Priority) - int(b.Right.Priority) })
	return requests
}

// request finds the law and the dates of one finding. A right that no law in force
// knows, like a mail that nothing was found in, gets the review clock.
func (j *Judge) request(f classify.Finding, out Judgement) Request {
	r := rights.Receipt{
		At: out.Received, Jurisdiction: jurisdiction(f.Right, out.Decision.Jurisdiction),
		Designated: out.Mailbox == "" || out.Mailbox == j.Settings.Designated,
	}
	clock, err := j.Book.Clock(f.Right, r)
	if err != nil {
		clock = j.Book.ReviewClock(r)
		clock.Right = f.Right
	}
	right, err := j.Book.Right(f.Right, clock.ReceivedOn)
	if err != nil {
		right = rights.Right{ID: f.Right, Title: "A request that a person has to read first", Queue: rights.QueueReview, Priority: 1, Verification: rights.VerifyOnDoubt}
	}
	queue := right.Queue
	if len(out.Decision.Review) > 0 || out.Standing == email.Forged {
		queue = rights.QueueReview
	}
	return Request{Finding: f, Right: right, Queue: queue, Clock: clock}
}

// jurisdiction is whose law one request lives under. A mail may name two laws, and
// the place of the person settles only one of them: what is asked under a law of a
// state is of that state, and what is asked under European law by somebody who lives
// elsewhere is of no place that we know. The ids begin with the name of their law.
func jurisdiction(id rights.ID, person rights.Jurisdiction) rights.Jurisdiction {
	law, _, _ := strings.Cut(string(id), "_")
	switch {
	case law == "ccpa" || law == "stl" || law == "ca":
		return rights.California
	case law == "nv":
		return rights.Nevada
	case law == "uk":
		return rights.UK
	case law == "gdpr" && (person == rights.California || person == rights.Nevada || person == rights.OtherUS):
		return rights.Unspecified
	}
	return person
}

// queues lists where the mail goes, each queue once.
func queues(out Judgement) []rights.Queue {
	if out.Decision.Outcome == classify.Support {
		return []rights.Queue{rights.QueueSupport}
	}
	queues := []rights.Queue{}
	for _, r := range out.Requests {
		if !slices.Contains(queues, r.Queue) {
			queues = append(queues, r.Queue)
		}
	}
	return queues
}

// day is the civil date of an instant in UTC. Laws are looked up by it where no zone
// is settled yet; a clock then finds the date in the zone of its law.
func day(t time.Time) rights.Date {
	y, m, d := t.UTC().Date()
	return rights.Date{Year: y, Month: m, Day: d}
}

// Classes lists the ids of everything found, each once: rights, or the class of a
// mail that asks for none. It is empty for a mail that nothing was found in.
func (j Judgement) Classes() []rights.ID {
	ids := []rights.ID{}
	add := func(id rights.ID) {
		if id != Unclassified && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, r := range j.Requests {
		add(r.Right.ID)
	}
	if len(j.Requests) == 0 {
		for _, f := range j.Decision.Findings {
			add(f.Right)
		}
	}
	return ids
}

// Missing lists the fields that the rights found still need, each once.
func (j Judgement) Missing() []string {
	fields := []string{}
	for _, r := range j.Requests {
		for _, f := range r.Finding.Missing {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// Soonest is the first safe date of a duty over all requests, as "2026-03-16"; empty
// if no law sets one.
func (j Judgement) Soonest(duty rights.Duty) string {
	first := ""
	for _, r := range j.Requests {
		if dl, ok := r.Clock.Deadline(duty); ok {
			if s := dl.Safe.String(); first == "" || s < first {
				first = s
			}
		}
	}
	return first
}
