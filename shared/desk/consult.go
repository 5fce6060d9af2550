package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

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

// consult asks the model about a mail that the rules could not decide, and puts what
// may be believed of the answer on the case, for the human who decides. Whatever the
// model does, or does not, the case is in review with its clock running.
func (d *Desk) consult(ctx context.Context, e cases.Effect, now time.Time) (cases.EffectState, error) {
	question, answer, failure := d.ask(ctx, e)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if errors.Is(failure, classify.ErrNoOpinion) {
		failure = fmt.Errorf("%w: %w", replies.ErrRefused, failure)
	}
	state := e.State
	err := cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		e, err := d.Store.Effect(ctx, e.ID)
		if err != nil || e.State != cases.EffectPending {
			state = e.State
			return cases.Batch{}, err
		}
		attempted(&e, answer.Model, failure, now)
		state = e.State
		b := cases.Batch{Effects: []cases.Effect{e}}
		if state == cases.EffectPending {
			return b, nil
		}
		return b, d.heard(ctx, &b, e, question, answer, now)
	})
	if err != nil {
		return "", fmt.Errorf("note opinion %s: %w", e.ID, err)
	}
	told := metrics.Point{At: now, Notes: map[string]string{"effect": e.ID}, Values: map[metrics.Name]float64{
		metrics.ModelAsked: 1, metrics.ModelTokens: float64(answer.Tokens)}}
	if failure != nil {
		told.Values[metrics.ModelFailed] = 1
		d.Log.WarnContext(ctx, "the model gave no opinion", slog.String("effect", e.ID), slog.String("error", failure.Error()))
	}
	d.emit(told)
	return state, nil
}

// ask reads the mail again and asks. The model sees the subject and the sender's own
// new words, masked, and nothing else.
func (d *Desk) ask(ctx context.Context, e cases.Effect) (classify.Question, classify.Suggestion, error) {
	m, err := d.read(ctx, e.Mail)
	if err != nil {
		return classify.Question{}, classify.Suggestion{}, fmt.Errorf("read mail of %s: %w", e.ID, err)
	}
	c, err := d.Store.Case(ctx, e.Case)
	if err != nil {
		return classify.Question{}, classify.Suggestion{}, fmt.Errorf("read case of %s: %w", e.ID, err)
	}
	q := d.Question(m, c.Requester.Language, c.Received)
	answer, err := d.Model.Suggest(ctx, q)
	return q, answer, err
}

// Question is what a model is asked about a mail: its subject and the sender's own new
// words, masked, and the rights that were law when it was received.
func (j *Judge) Question(m *email.Message, language string, received time.Time) classify.Question {
	q := classify.Question{Subject: classify.Mask(m.Subject), Text: classify.Mask(m.New), Language: language, Titles: map[rights.ID]string{}}
	for _, id := range j.Book.IDs() {
		right, err := j.Book.Right(id, day(received))
		if err == nil && right.IsRequest() { // else it is not law yet, or no more
			q.Choices, q.Titles[id] = append(q.Choices, id), right.Title
		}
	}
	return q
}

// heard puts the opinion on the first case of the mail, while a human has not decided.
func (d *Desk) heard(ctx context.Context, b *cases.Batch, e cases.Effect, q classify.Question, answer classify.Suggestion, now time.Time) error {
	c, trail, err := d.load(ctx, e.Case)
	if err != nil {
		return err
	}
	if e.State == cases.EffectFailed {
		entry := cases.Entry{At: now, Actor: cases.Machine, Kind: "model-silent", Text: "The language model had no opinion that can be used.", Data: map[string]string{"effect": e.ID}}
		b.Cases = append(b.Cases, change(c, trail, entry))
		return nil
	}
	m, err := d.read(ctx, e.Mail)
	if err != nil {
		return fmt.Errorf("read mail of %s: %w", e.ID, err)
	}
	var suggestions []cases.Suggestion
	if c.Status == cases.Open && c.Queue == rights.QueueReview { // else a human has decided
		if suggestions, err = d.suggestions(ctx, c, m, answer.Accept(q), answer); err != nil {
			return err
		}
	}
	c, entry := cases.Suggest(c, suggestions, now)
	b.Cases = append(b.Cases, change(c, trail, entry))
	return nil
}

// suggestions are the claims for rights that no case of the mail has yet.
func (d *Desk) suggestions(ctx context.Context, c cases.Case, m *email.Message, claims []classify.Claim, answer classify.Suggestion) ([]cases.Suggestion, error) {
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
			out = append(out, cases.Suggestion{Right: claim.Right, Model: answer.Model, Prompt: answer.Prompt, Evidence: quoted(m, claim)})
		}
	}
	return out, nil
}

// quoted is the evidence of a claim, with its place where the words stand in the mail
// as they were quoted.
func quoted(m *email.Message, claim classify.Claim) cases.Evidence {
	e := cases.Evidence{Rule: "model/" + string(claim.Right), Text: claim.Quote, Where: string(classify.InNew)}
	for _, where := range []classify.Where{classify.InNew, classify.InSubject} {
		if i := strings.Index(classify.TextOf(m, where), claim.Quote); i >= 0 {
			e.Where, e.Start, e.End = string(where), i, i+len(claim.Quote)
			return e
		}
	}
	return e
}
