package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"rightsmail/shared/classify"
	"rightsmail/shared/desk"
	"rightsmail/shared/email"
	"rightsmail/shared/expectations"
	"rightsmail/shared/rights"
)

// outcome is one mail, judged.
type outcome struct {
	want expectations.Mail
	got  desk.Judgement
	diff []Difference
}

// measure judges every mail and counts. model is nil if none is to be asked.
func measure(ctx context.Context, judge *desk.Judge, model classify.Model, mails []sample, received time.Time) (Report, error) {
	r := Report{
		Format: format, Rules: judge.Classifier.Version(), Received: received.UTC().Format(time.RFC3339), Mails: len(mails),
		Lost: []Lost{}, SupportTaken: []Taken{}, Fields: []Field{}, Languages: []Language{}, Wrong: []Wrong{}, Results: []Result{},
	}
	var all []outcome
	for _, m := range mails {
		got := judge.Judge(desk.Filed(m.raw, received))
		if got.Message.Has(email.NotMail) && !got.Unread {
			return r, fmt.Errorf("%q is no mail; it has no readable header", m.want.File)
		}
		o := outcome{want: m.want, got: got}
		o.diff = o.differences()
		all = append(all, o)
		r.add(o)
		if !got.Undecided() {
			continue
		}
		r.Model.Undecided++
		if model != nil {
			if err := r.ask(ctx, judge, model, o); err != nil {
				return r, err
			}
		}
	}
	r.Model.Used = model != nil
	r.Rights = figures(all, func(o outcome) ([]string, []string) { return words(o.want.Rights), words(o.got.Classes()) })
	r.Queues = figures(all, func(o outcome) ([]string, []string) { return words(o.want.Queues), words(o.got.Queues) })
	r.Fields = fieldsOf(all)
	r.Languages = languages(all)
	r.Confusion = confusion(all)
	for _, s := range []*Share{&r.RightsExact, &r.QueuesExact, &r.Review, &r.SupportKept, &r.Abstained} {
		s.Rate = rate(s.N, s.Of)
	}
	return r, nil
}

// add counts one mail.
func (r *Report) add(o outcome) {
	found, queues := o.got.Classes(), o.got.Queues
	r.RightsExact.count(same(o.want.Rights, found))
	r.QueuesExact.count(same(o.want.Queues, queues))
	r.Abstained.count(o.got.Decision.DecidedBy == classify.ByNobody)
	if !slices.Contains(o.want.Queues, rights.QueueReview) {
		r.Review.count(slices.Contains(queues, rights.QueueReview))
	}
	support := []rights.Queue{rights.QueueSupport}
	if same(o.want.Rights, []rights.ID{expectations.Support}) && same(o.want.Queues, support) {
		kept := same(queues, support)
		if r.SupportKept.count(kept); !kept && len(queues) > 0 {
			r.SupportTaken = append(r.SupportTaken, Taken{o.want.File, found, queues})
		}
	}
	if o.want.Privacy() {
		r.Privacy++
	}
	if o.lost() {
		r.Lost = append(r.Lost, Lost{o.want.File, o.want.Rights, o.got.Decision.Outcome})
	}
	r.Results = append(r.Results, Result{
		File: o.want.File, Rights: found, Queues: queues, Right: len(o.diff) == 0, Lost: o.lost(), Decided: o.got.Decision.DecidedBy,
		Expected: Expected{o.want.Rights, o.want.Queues},
	})
	if len(o.diff) > 0 {
		w := Wrong{
			File: o.want.File, Differences: o.diff, DecidedBy: o.got.Decision.DecidedBy, Confidence: o.got.Decision.Confidence,
			Evidence: []Evidence{}, Review: append([]string{}, o.got.Decision.Review...), Note: o.want.Note,
		}
		for _, e := range o.got.Decision.Evidence {
			w.Evidence = append(w.Evidence, Evidence{e.Rule, e.Text})
		}
		r.Wrong = append(r.Wrong, w)
	}
}

// lost reports whether a mail that asks for a right came out as none: it opened no case,
// so that nobody who works on requests will ever see it.
func (o outcome) lost() bool { return o.want.Privacy() && len(o.got.Requests) == 0 }

// differences lists what differs from what is expected, in a fixed order.
func (o outcome) differences() []Difference {
	var list []Difference
	add := func(field string, equal bool, want, got string) {
		if !equal {
			list = append(list, Difference{field, want, got})
		}
	}
	add("rights", same(o.want.Rights, o.got.Classes()), join(o.want.Rights), join(o.got.Classes()))
	add("queues", same(o.want.Queues, o.got.Queues), join(o.want.Queues), join(o.got.Queues))
	for _, f := range o.fields() {
		add(f.name, f.want == f.got, f.want, f.got)
	}
	return list
}

// field is one more thing that is expected of a mail.
type field struct{ name, want, got string }

// fields are what else is expected, only where something is.
func (o outcome) fields() []field {
	var list []field
	add := func(name string, given bool, want, got string) {
		if given {
			list = append(list, field{name, want, got})
		}
	}
	w, d := o.want, o.got.Decision
	add("jurisdiction", w.Jurisdiction != "", string(w.Jurisdiction), string(d.Jurisdiction))
	if w.Automated != nil {
		add("automated", true, cmp.Or(*w.Automated, "a person"), cmp.Or(o.got.Message.Automation.Kind, "a person"))
	}
	if w.Acknowledge != nil {
		add("acknowledge", true, strconv.FormatBool(*w.Acknowledge), strconv.FormatBool(o.got.Ack.Allowed))
	}
	add("language", w.Language != "", primary(w.Language), primary(d.Language))
	add("requester", w.Requester != "", w.Requester, string(d.Requester))
	add("kind", w.Kind != "", w.Kind, string(d.Kind))
	add("people", w.People > 0, strconv.Itoa(w.People), strconv.Itoa(max(1, len(d.People)))) // none are named where it is one
	add("missing", w.Missing != nil, join(w.Missing), join(o.got.Missing()))
	return list
}

// primary is a language without its region: the judge knows no regions.
func primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
	return tag
}

// ask puts one mail to the model. That it has no opinion is a figure, not an error.
func (r *Report) ask(ctx context.Context, judge *desk.Judge, model classify.Model, o outcome) error {
	q := judge.Question(o.got.Message, o.got.Decision.Language, o.got.Received)
	answer, err := model.Suggest(ctx, q)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.Model.Asked++
	r.Model.Tokens += (answer.Input + answer.Output)
	if err != nil {
		r.Model.Silent++
		return nil
	}
	var claimed []rights.ID
	for _, c := range answer.Accept(q) {
		claimed = append(claimed, c.Right)
	}
	if same(claimed, o.want.Rights) {
		r.Model.Agreed++
	}
	return nil
}

// figures counts one label after the other. Of a mail, both lists are sets.
func figures(all []outcome, labels func(outcome) (want, got []string)) []Figure {
	by := map[string]*Figure{}
	of := func(id string) *Figure {
		if by[id] == nil {
			by[id] = &Figure{ID: id}
		}
		return by[id]
	}
	for _, o := range all {
		want, got := labels(o)
		for _, id := range want {
			if f := of(id); slices.Contains(got, id) {
				f.Hit++
			} else {
				f.Missed++
			}
		}
		for _, id := range got {
			if f := of(id); !slices.Contains(want, id) {
				f.Extra++
			}
		}
	}
	list := []Figure{}
	for _, id := range slices.Sorted(maps.Keys(by)) {
		f := *by[id]
		f.Support = f.Hit + f.Missed
		f.Precision, f.Recall = rate(f.Hit, f.Hit+f.Extra), rate(f.Hit, f.Support)
		f.F1 = rate(2*f.Hit, 2*f.Hit+f.Missed+f.Extra)
		list = append(list, f)
	}
	return list
}

// fieldsOf counts the other fields, in the order in which a mail has them.
func fieldsOf(all []outcome) []Field {
	names := []string{"jurisdiction", "automated", "acknowledge", "language", "requester", "kind", "people", "missing"}
	list := []Field{}
	for _, name := range names {
		one := Field{Field: name}
		for _, o := range all {
			for _, f := range o.fields() {
				if f.name == name {
					one.count(f.want == f.got)
				}
			}
		}
		if one.Of > 0 {
			one.Rate = rate(one.N, one.Of)
			list = append(list, one)
		}
	}
	return list
}

func languages(all []outcome) []Language {
	by := map[string]*Language{}
	for _, o := range all {
		tag := primary(cmp.Or(o.want.Language, o.got.Decision.Language))
		if by[tag] == nil {
			by[tag] = &Language{Language: tag}
		}
		by[tag].Rights.count(same(o.want.Rights, o.got.Classes()))
		if o.lost() {
			by[tag].Lost++
		}
	}
	list := []Language{}
	for _, tag := range slices.Sorted(maps.Keys(by)) {
		l := *by[tag]
		l.Rights.Rate = rate(l.Rights.N, l.Rights.Of)
		list = append(list, l)
	}
	return list
}

func confusion(all []outcome) Confusion {
	counts := map[[2]string]int{}
	labels := map[string]bool{}
	for _, o := range all {
		want, got := label(o.want.Queues), label(o.got.Queues)
		counts[[2]string{want, got}]++
		labels[want], labels[got] = true, true
	}
	c := Confusion{Labels: slices.Sorted(maps.Keys(labels)), Counts: [][]int{}}
	for _, want := range c.Labels {
		row := make([]int, len(c.Labels))
		for i, got := range c.Labels {
			row[i] = counts[[2]string{want, got}]
		}
		c.Counts = append(c.Counts, row)
	}
	return c
}

// label names a set of queues.
func label(queues []rights.Queue) string {
	if len(queues) == 0 {
		return "(none)"
	}
	return strings.Join(slices.Sorted(slices.Values(words(queues))), "+")
}

func (s *Share) count(yes bool) {
	s.Of++
	if yes {
		s.N++
	}
}

// rate is a quotient to four digits, so that no machine's last digit is in a report.
func rate(n, of int) *float64 {
	if of == 0 {
		return nil
	}
	r := math.Round(float64(n)/float64(of)*1e4) / 1e4
	return &r
}

// same reports whether two lists are the same set.
func same[T ~string](a, b []T) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}

func join[T ~string](list []T) string {
	if len(list) == 0 {
		return "(none)"
	}
	return strings.Join(slices.Sorted(slices.Values(words(list))), " ")
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// compare says what changed since an earlier report.
func compare(old, now Report) *Against {
	a := &Against{Rules: old.Rules, Changed: []Changed{}, New: []string{}, Gone: []string{}}
	then := map[string]Result{}
	for _, r := range old.Results {
		then[r.File] = r
	}
	for _, r := range now.Results {
		was, ok := then[r.File]
		delete(then, r.File)
		if !ok {
			a.New = append(a.New, r.File)
			continue
		}
		c := Changed{File: r.File, How: how(was.Right, r.Right)}
		switch {
		case r.Right && !was.Right:
			a.Fixed++
		case was.Right && !r.Right:
			a.Broken++
		}
		add := func(field, before, after string) {
			if before != after {
				c.Differences = append(c.Differences, Difference{field, before, after})
			}
		}
		add("rights", join(was.Rights), join(r.Rights))
		add("queues", join(was.Queues), join(r.Queues))
		add("rights expected", join(was.Expected.Rights), join(r.Expected.Rights))
		add("queues expected", join(was.Expected.Queues), join(r.Expected.Queues))
		if len(c.Differences) == 0 && was.Right != r.Right {
			add("another field", how(was.Right, was.Right), how(r.Right, r.Right))
		}
		if len(c.Differences) > 0 {
			a.Changed = append(a.Changed, c)
		}
	}
	a.Gone = append(a.Gone, slices.Sorted(maps.Keys(then))...)
	return a
}

func how(was, is bool) string {
	switch {
	case is && !was:
		return "fixed"
	case was && !is:
		return "broken"
	case is:
		return "still right"
	}
	return "still wrong"
}
