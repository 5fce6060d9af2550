package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/metrics"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// Undecided reports whether a model may be asked about the mail: the rules could not
// decide, there is something to read, and the mail is what it says it is.
func (j Judgement) Undecided() bool {
	m := j.Message
	return len(j.Decision.Review) > 0 && j.Standing != email.Forged && !m.Automation.Automated() &&
		m.Verdicts.Spam != email.Fail && m.Verdicts.Virus != email.Fail && strings.TrimSpace(m.New) != ""
}

// consulted is one question to the model and what came of it.
type consulted struct {
	answer   classify.Suggestion
	accepted []classify.Claim
	silence  *classify.SilenceError // nil: there is an opinion
	asked    bool                   // else budget, breaker, want of a model or of the mail kept it here
	grant    grant
}

// consult asks the model about a mail that the rules could not decide, and puts what
// may be believed of the answer on the case, for the human who decides. Whatever the
// model does, or does not, the case is in review with its clock running.
func (d *Desk) consult(ctx context.Context, e cases.Effect, now time.Time) (cases.EffectState, error) {
	in, err := d.ask(ctx, e, now)
	if err != nil {
		return "", err
	}
	state, err := d.noted(ctx, e.ID, in, now)
	if err != nil {
		return "", fmt.Errorf("note opinion %s: %w", e.ID, err)
	}
	d.tell(ctx, e.ID, in, now)
	return state, nil
}

// mostAsked is how many bytes of a mail are masked for a question. The adapter sends
// less; masking a novel takes its time.
const mostAsked = 40_000

// question reads the mail again. The model sees the subject and the sender's own new
// words, masked, and nothing else: no header, no attachment, nothing quoted or hidden.
func (d *Desk) question(ctx context.Context, e cases.Effect) (classify.Question, error) {
	m, err := d.read(ctx, e.Mail)
	if err != nil {
		return classify.Question{}, fmt.Errorf("read mail of %s: %w", e.ID, err)
	}
	c, err := d.Store.Case(ctx, e.Case)
	if err != nil {
		return classify.Question{}, fmt.Errorf("read case of %s: %w", e.ID, err)
	}
	return d.Question(m, c.Requester.Language, c.Received), nil
}

// Question is what a model is asked about a mail: the beginning of its subject and of the
// sender's own new words, masked, and the rights that were law when it was received.
func (j *Judge) Question(m *email.Message, language string, received time.Time) classify.Question {
	q := classify.Question{
		Subject: classify.Mask(beginning(m.Subject)), Text: classify.Mask(beginning(m.New)), Language: language, Titles: map[rights.ID]string{},
	}
	for _, id := range j.Book.IDs() {
		right, err := j.Book.Right(id, day(received))
		if err == nil && right.IsRequest() { // else it is not law yet, or no more
			q.Choices, q.Titles[id] = append(q.Choices, id), right.Title
		}
	}
	return q
}

func beginning(text string) string {
	if len(text) <= mostAsked {
		return text
	}
	end := mostAsked
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// ask asks, if it may. An error is one of the store or of the context; everything else
// is a silence.
func (d *Desk) ask(ctx context.Context, e cases.Effect, now time.Time) (in consulted, err error) {
	if d.Model == nil {
		in.silence = &classify.SilenceError{Why: classify.SilentUnset, Detail: "there is none: set RIGHTSMAIL_MODEL"}
		return in, nil
	}
	q, err := d.question(ctx, e)
	switch {
	case ctx.Err() != nil:
		return in, ctx.Err()
	case err != nil: // the store or the archive may come back
		in.silence = &classify.SilenceError{Why: classify.SilentUnread, Detail: err.Error(), Again: true}
		return in, nil
	}
	if in.grant, err = d.afford(ctx, q, now); err != nil {
		if errors.As(err, &in.silence) {
			return in, nil
		}
		return in, err
	}
	in.asked = true
	in.answer, err = d.Model.Suggest(ctx, q)
	switch {
	case ctx.Err() != nil:
		return in, ctx.Err()
	case err == nil:
		in.accepted = in.answer.Accept(q)
	case !errors.As(err, &in.silence):
		in.silence = &classify.SilenceError{Why: classify.SilentDown, Detail: "it failed for a reason that it does not name", Again: !errors.Is(err, classify.ErrNoOpinion)}
	}
	if err != nil {
		in.answer.Claims = nil
	}
	return in, nil
}

// noted writes what came of a question: on the outbox entry, in the budget, and once it
// is settled on the case.
func (d *Desk) noted(ctx context.Context, id string, in consulted, now time.Time) (state cases.EffectState, err error) {
	err = cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		e, err := d.Store.Effect(ctx, id)
		if err != nil {
			return cases.Batch{}, err
		}
		var b cases.Batch
		if in.asked {
			if err := d.account(ctx, &b, in.grant, in.answer, in.silence, now); err != nil {
				return b, err
			}
		}
		state = e.State
		if e.State != cases.EffectPending { // another worker was faster; what was used was used
			return b, nil
		}
		in.settle(&e, now)
		state = e.State
		b.Effects = []cases.Effect{e}
		if state == cases.EffectPending {
			return b, nil
		}
		return b, d.heard(ctx, &b, e, in, now)
	})
	return state, err
}

// settle notes the end of an attempt on the outbox entry. A question that nobody was
// asked is no attempt, but no question waits longer than a day.
func (in consulted) settle(e *cases.Effect, now time.Time) {
	if in.silence == nil {
		attempted(e, in.answer.Model, nil, now)
		return
	}
	failure := error(in.silence)
	late := now.Add(in.silence.After).Sub(e.Created) >= consultFor
	if !in.silence.Again || late {
		failure = fmt.Errorf("%w: %w", replies.ErrRefused, failure)
	}
	attempts := e.Attempts
	attempted(e, "", failure, now)
	if e.State != cases.EffectPending {
		return
	}
	if in.silence.Why.PutsOff() {
		e.Attempts, e.NotBefore = attempts, now.Add(in.silence.After)
	}
	if in.silence.Why == classify.SilentPaused { // who waits long looks less often, or a long outage is a lot of writing
		e.NotBefore = now.Add(max(in.silence.After, now.Sub(e.Created)/4))
	}
	if soonest := now.Add(in.silence.After); e.NotBefore.Before(soonest) {
		e.NotBefore = soonest
	}
}

// tell is what operations should know of a question.
func (d *Desk) tell(ctx context.Context, effect string, in consulted, now time.Time) {
	p := metrics.Point{At: now, Notes: map[string]string{"effect": effect}, Values: map[metrics.Name]float64{}}
	if in.asked {
		p.Values[metrics.ModelAsked] = 1
		p.Values[metrics.ModelTokens] = float64(in.answer.Input + in.answer.Output)
		p.Values[metrics.ModelCents] = float64(d.Settings.Allowance.cost(in.answer.Input, in.answer.Output)) / millionths
		p.Values[metrics.ModelRefused] = float64(len(in.answer.Claims) - len(in.accepted))
	}
	if in.answer.Remembered {
		p.Values[metrics.ModelRemembered] = 1
	}
	if s := in.silence; s != nil {
		p.Notes["silence"] = string(s.Why)
		switch {
		case s.Why == classify.SilentBudget:
			p.Values[metrics.ModelOverBudget] = 1
		case s.Why == classify.SilentPaused:
			p.Values[metrics.ModelPaused] = 1
		default:
			p.Values[metrics.ModelFailed] = 1
		}
		d.Log.WarnContext(ctx, "the model gave no opinion", slog.String("effect", effect), slog.String("reason", string(s.Why)), slog.String("error", s.Error()))
	}
	d.emit(p)
}

// heard puts the opinion on the first case of the mail, while a human has not decided.
func (d *Desk) heard(ctx context.Context, b *cases.Batch, e cases.Effect, in consulted, now time.Time) error {
	c, trail, err := d.load(ctx, e.Case)
	if err != nil {
		return err
	}
	o := cases.Opinion{Model: in.answer.Model, Prompt: in.answer.Prompt, Schema: in.answer.Schema, Refused: len(in.answer.Claims) - len(in.accepted)}
	waits := c.Status == cases.Open && c.Queue == rights.QueueReview // else a human has decided
	if in.silence != nil {
		entry := cases.SilentEntry(o, string(in.silence.Why), in.silence.Why.Words(), now)
		if waits {
			c, entry = cases.Silent(c, o, string(in.silence.Why), in.silence.Why.Words(), now)
		}
		b.Cases = append(b.Cases, change(c, trail, entry))
		return nil
	}
	m, err := d.read(ctx, e.Mail)
	if err != nil {
		return fmt.Errorf("read mail of %s: %w", e.ID, err)
	}
	if waits {
		if o.Rights, err = d.suggestions(ctx, c, m, in.accepted); err != nil {
			return err
		}
	}
	c, entry := cases.Suggest(c, o, now)
	b.Cases = append(b.Cases, change(c, trail, entry))
	return nil
}

// suggestions are the claims for rights that no case of the mail has yet.
func (d *Desk) suggestions(ctx context.Context, c cases.Case, m *email.Message, claims []classify.Claim) ([]cases.Suggestion, error) {
	asked := map[rights.ID]bool{c.Right: true}
	for _, id := range c.Siblings {
		sibling, err := d.Store.Case(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read sibling %s: %w", id, err)
		}
		asked[sibling.Right] = true
	}
	var out []cases.Suggestion
	for _, claim := range claims {
		if !asked[claim.Right] {
			out = append(out, cases.Suggestion{Right: claim.Right, Evidence: quoted(m, claim)})
		}
	}
	return out, nil
}

// quoted is the evidence of a claim, in the words of the mail and with their place. Case
// and white space may differ from how the model wrote them; a quote over something
// that was masked has no place, and stays as it was sent.
func quoted(m *email.Message, claim classify.Claim) cases.Evidence {
	e := cases.Evidence{Rule: "model/" + string(claim.Right), Text: claim.Quote, Where: string(classify.InNew)}
	words := strings.Fields(claim.Quote)
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	find, err := regexp.Compile(`(?i)` + strings.Join(words, `[\s\p{Z}\x{85}]+`))
	if err != nil { // words that are no UTF-8
		return e
	}
	for _, where := range []classify.Where{classify.InNew, classify.InSubject} {
		text := classify.TextOf(m, where)
		if at := find.FindStringIndex(text); at != nil {
			e.Text, e.Where, e.Start, e.End = text[at[0]:at[1]], string(where), at[0], at[1]
			return e
		}
	}
	return e
}
