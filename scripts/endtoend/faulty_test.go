package endtoend

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
)

// play is one small scenario: a request with a limit, an ordinary mail, and one that the
// rules cannot decide, each from its own sender.
type play struct {
	know, support, unsure arrival
}

func newPlay(n int) play {
	who := func(name string) string { return fmt.Sprintf("%s-%d@example.org", name, n) }
	return play{
		know:    letter(n, who("know"), "My personal information", "I am a resident of California. Under the CCPA, please tell me which categories of\npersonal information you have collected about me.\n\nA Person"),
		support: letter(n, who("support"), "Reset my password", "Hello, I cannot log in any more. How do I reset my password for the widget editor?\n\nA Person"),
		unsure:  letter(n, who("unsure"), "my data", fmt.Sprintf("Hi, what about my data in folder %d? I want you to do something about it.\n\nA Person", n)), // its own words: the same ones are asked about once
	}
}

func (p play) mails() []arrival { return []arrival{p.know, p.support, p.unsure} }

// run lets the three mails go all the way. With the function that sweeps on trial the
// stream stands still at first, so that there is something to sweep.
func (w *world) run(t *testing.T, p play, trial string) {
	t.Helper()
	for _, a := range p.mails() {
		w.receive(t, a)
	}
	if trial == "deadlines" {
		w.pump.drain(t, w.mappingOf("intake"))
		timePasses(t, w.store())
		w.sweep()
	}
	w.settle(t)
	if trial == "console" {
		w.complied(t, p)
	}
}

// complied closes the request as a human does, who tries again what did not work.
func (w *world) complied(t *testing.T, p play) {
	t.Helper()
	s := w.store()
	m, err := s.Mail(t.Context(), mailID(p.know))
	require.NoError(t, err)
	for range 5 {
		c, err := s.Case(t.Context(), m.Cases[0])
		require.NoError(t, err)
		if c.Status == cases.Closed {
			return
		}
		w.officer.post(t, "/cases/"+string(c.ID)+"/close", url.Values{"version": {fmt.Sprint(c.Version)}, "outcome": {"complied"}, "reason": {""}})
	}
	require.Fail(t, "the case cannot be closed")
}

// sweep does what the schedule does, which tries again when the function fails.
func (w *world) sweep() {
	for range 3 {
		if _, err := w.functions["deadlines"].invoke([]byte(`{"task":"sweep"}`), 0); err == nil {
			return
		}
	}
}

// drain serves one mapping alone until it is empty.
func (p *pump) drain(t *testing.T, m *mapping) {
	t.Helper()
	for range 100 {
		if p.turn(t, m) == 0 {
			return
		}
	}
	require.Fail(t, "this source is never empty", m.source)
}

// recover is what time brings: what was put off comes again, and the sweep looks after
// the rest.
func (w *world) recover(t *testing.T) {
	t.Helper()
	for range 6 {
		w.settle(t)
		if timePasses(t, w.store()) == 0 {
			return
		}
		w.sweep()
	}
	require.Fail(t, "the outbox is never empty")
}

// trials are the functions whose calls are spoiled.
var trials = []string{"intake", "dispatch", "classify", "reply", "forward", "feedback", "deadlines", "console"}

// Whatever goes wrong with whichever call of whichever function: when all has been tried
// again, it is as if nothing had. Each fault lasts for three calls, as often as the SDK tries
// by itself, so that it reaches our own code, except for a transaction that met another one,
// which our own code tries again.
func TestWhicheverCallFailsARetryEndsTheSame(t *testing.T) {
	// All stand before any runs: moto fails over resources that are made meanwhile.
	worlds := map[string]*world{}
	for _, trial := range trials {
		worlds[trial] = stand(t, merged(withModel, withIssuer))
	}
	for _, trial := range trials {
		t.Run(trial, func(t *testing.T) {
			t.Parallel()
			w := worlds[trial]
			w.model.says(noClaims)
			w.officer = w.signIn(t)
			r := w.recorders[trial]
			w.run(t, newPlay(0), trial) // warm: a function reads its secrets when it starts
			since, normal := r.count(), newPlay(1)
			w.run(t, normal, trial)
			calls := r.recorded(since)
			require.NotEmpty(t, calls, "the scenario does not need %s", trial)
			var tried []attempt
			for k, c := range calls {
				for _, f := range faultsOf(c) {
					a := attempt{play: newPlay(len(tried) + 2), what: fmt.Sprintf("call %d, %s: %s", k, c.Operation, f)}
					r.spoil(func(i int, _ call) fault {
						if i == k || i > k && i < k+3 && f.lasts() && a.met {
							a.met = true
							return f
						}
						return none
					})
					w.run(t, a.play, trial)
					r.spoil(nil)
					tried = append(tried, a)
					if trial == "deadlines" { // what one sweep left is the work of the next
						w.recover(t)
					}
				}
			}
			w.recover(t)
			w.noteDelivered(t)
			usual := w.outcome(t, normal)
			require.Equal(t, "1", usual["know uses"])
			require.Equal(t, "1", usual["know is listed"])
			for what, became := range usual {
				require.NotRegexp(t, "never|pending|failed|not found", became, what)
			}
			for _, a := range tried {
				assert.True(t, a.met, "%s: there was no such call", a.what)
				assert.Equal(t, usual, w.outcome(t, a.play), a.what)
			}
			for name, url := range w.deadQueues() {
				assert.Zero(t, w.depth(t, url), "%s: a fault that passes kills nothing", name)
			}
			t.Logf("%s: %d calls, %d faults, each with three mails of its own", trial, len(calls), len(tried))
		})
	}
}

// attempt is one fault at one call.
type attempt struct {
	play play
	what string
	met  bool // the fault was injected
}

// lasts tells whether a fault stays while the SDK tries again.
func (f fault) lasts() bool {
	return f != conflicted && !strings.HasPrefix(string(f), "transaction cancelled")
}

// outcome is what became of a scenario, in words that do not depend on who wrote.
func (w *world) outcome(t *testing.T, p play) map[string]string {
	t.Helper()
	s := w.store()
	out := map[string]string{}
	for name, a := range map[string]arrival{"know": p.know, "support": p.support, "unsure": p.unsure} {
		m, err := s.Mail(t.Context(), mailID(a))
		if err != nil {
			out[name] = err.Error()
			continue
		}
		out[name] = fmt.Sprintf("%s with %d cases", m.Handling, len(m.Cases))
		page, err := s.Cases(t.Context(), cases.Query{Mail: mailID(a)})
		require.NoError(t, err)
		out[name+" is listed"] = fmt.Sprint(len(page.Cases))
		for _, c := range page.Cases {
			trail, err := s.Trail(t.Context(), c.ID)
			require.NoError(t, err)
			require.NoError(t, cases.Verify(trail))
			var kinds []string
			for _, e := range trail {
				kinds = append(kinds, e.Kind)
			}
			slices.Sort(kinds)
			// A letter whose sending nobody heard of is sent again, and both arrive.
			kinds = slices.CompactFunc(kinds, func(a, b string) bool { return a == b && a == "letter-delivered" })
			out[fmt.Sprintf("%s, case of %s", name, c.Right)] = fmt.Sprintf("%s in %s, acknowledgement %s, trail %v", c.Status, c.Queue, c.Acknowledgement.State, kinds)
			if c.Limit != nil {
				ledger, err := s.Ledger(t.Context(), limits.Key{Consumer: c.Limit.Key.Consumer, Right: c.Limit.Key.Right})
				require.NoError(t, err)
				out[name+" uses"] = fmt.Sprint(len(ledger.Uses))
			}
		}
		effects(t, s, cases.EffectQuery{Mail: mailID(a)}, func(e cases.Effect) {
			delivery := "delivered"
			if w.delivered[e.ID] == 0 {
				delivery = "never delivered"
			}
			out[fmt.Sprintf("%s, %s", name, effectKind(e))] = fmt.Sprintf("%s, %s", e.State, delivery)
		})
	}
	return out
}

func effectKind(e cases.Effect) string { return string(e.Kind) + " " + strings.SplitN(e.ID, "-", 2)[0] }

// noteDelivered counts what reached the outside: messages in the queues of categories,
// letters at SES, questions to the model.
func (w *world) noteDelivered(t *testing.T) {
	t.Helper()
	for _, list := range w.handedOver(t) {
		for _, m := range list {
			w.delivered[m.ID]++
		}
	}
	for _, s := range w.letters() {
		w.delivered[s.Tags["effect"]]++
	}
	for id := range w.asked(t) {
		w.delivered[id]++
	}
}

// asked are the questions that the model answered: the effects of that kind that are
// done carry its name, and the model was asked at least as often.
func (w *world) asked(t *testing.T) map[string]bool {
	t.Helper()
	done := map[string]bool{}
	effects(t, w.store(), cases.EffectQuery{Kind: cases.EffectConsult, State: cases.EffectDone}, func(e cases.Effect) {
		if strings.Contains(e.Note, modelName) {
			done[e.ID] = true
		}
	})
	require.GreaterOrEqual(t, w.model.questions(), len(done))
	return done
}
