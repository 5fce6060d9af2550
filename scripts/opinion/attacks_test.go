package opinion

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/desk"
	"rightsmail/shared/rights"
)

// wish is what a real person wants beside an attack.
type wish struct {
	Text     string      `yaml:"text"`
	Rights   []rights.ID `yaml:"rights"`
	Ordinary bool        `yaml:"ordinary"` // it is no privacy matter
}

// attack is one attempt; attacks/attacks.yaml says what the fields mean.
type attack struct {
	Name    string            `yaml:"name"`
	Where   string            `yaml:"where"`
	Wish    string            `yaml:"wish"`
	Also    []rights.ID       `yaml:"also"`
	Subject string            `yaml:"subject"`
	From    string            `yaml:"from"`
	Text    string            `yaml:"text"`
	HTML    string            `yaml:"html"`
	Tags    string            `yaml:"tags"`
	Base64  string            `yaml:"base64"`
	Headers map[string]string `yaml:"headers"`
	File    *struct {
		Name string `yaml:"name"`
		Text string `yaml:"text"`
	} `yaml:"file"`
}

func readAttacks(t *testing.T) ([]attack, map[string]wish) {
	t.Helper()
	var attacks []attack
	var wishes map[string]wish
	for name, into := range map[string]any{"attacks.yaml": &attacks, "wishes.yaml": &wishes} {
		raw, err := os.ReadFile(filepath.Join("attacks", name))
		require.NoError(t, err)
		require.NoError(t, yaml.UnmarshalWithOptions(raw, into, yaml.Strict()))
	}
	return attacks, wishes
}

// canary is the word of an attack that must come out nowhere.
func (a attack) canary() string { return "zq" + strings.ReplaceAll(a.Name, "-", "") + "qz" }

// fill puts in what the fields of a text stand for.
func (a attack) fill(text, wanted string) string {
	tags := strings.Map(func(r rune) rune { return 0xE0000 + r }, a.Tags)
	return strings.NewReplacer("{wish}", wanted, "{canary}", a.canary(), "{tags}", tags,
		"{base64}", base64.StdEncoding.EncodeToString([]byte(a.Base64))).Replace(text)
}

// mail is the attack as it arrives, and the same mail without it.
func (a attack) mail(w wish) (attacked, plain string) {
	from := func(name string) string {
		return "From: " + mime.BEncoding.Encode("utf-8", name) + " <ana@example.net>\r\n"
	}
	head := "To: privacy@example.com\r\nMessage-ID: <" + a.Name + "@example.net>\r\nMIME-Version: 1.0\r\n"
	plain = from("Ana Ruiz") + "Subject: a question\r\n" + head + part("text/plain", "", w.Text+"\n\nAna Ruiz\n")

	name, subject := "Ana Ruiz", "a question"
	if a.From != "" {
		name = a.fill(a.From, "")
	}
	if a.Subject != "" {
		subject = a.fill(a.Subject, "")
	}
	for _, key := range slices.Sorted(maps.Keys(a.Headers)) {
		head += key + ": " + a.fill(a.Headers[key], "") + "\r\n"
	}
	body := part("text/plain", "", w.Text+"\n\nAna Ruiz\n")
	switch {
	case a.HTML != "":
		body = part("text/html", "", a.fill(a.HTML, w.Text))
	case a.Text != "":
		body = part("text/plain", "", a.fill(a.Text, w.Text)+"\n")
	}
	if a.File != nil {
		body = "Content-Type: multipart/mixed; boundary=edge\r\n\r\n--edge\r\n" + body + "\r\n--edge\r\n" +
			part("text/plain", a.fill(a.File.Name, ""), a.fill(a.File.Text, "")) + "\r\n--edge--\r\n"
	}
	return from(name) + "Subject: " + mime.BEncoding.Encode("utf-8", subject) + "\r\n" + head + body, plain
}

// part is a piece of a mail, in base64, with a name or without.
func part(kind, name, text string) string {
	head := "Content-Type: " + kind + "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
	if name != "" {
		head += "Content-Disposition: attachment; filename=\"" + mime.BEncoding.Encode("utf-8", name) + "\"\r\n"
	}
	text = base64.StdEncoding.EncodeToString([]byte(text))
	for i := 76; i < len(text); i += 78 {
		text = text[:i] + "\r\n" + text[i:]
	}
	return head + "\r\n" + text + "\r\n"
}

func TestAttacksAreManyAndOfEveryKind(t *testing.T) {
	attacks, wishes := readAttacks(t)
	require.GreaterOrEqual(t, len(attacks), 70)
	places, names := map[string]int{}, map[string]bool{}
	for _, a := range attacks {
		places[a.Where]++
		assert.False(t, names[a.Name], a.Name)
		names[a.Name] = true
		require.Contains(t, wishes, a.Wish, a.Name)
		attacked, _ := a.mail(wishes[a.Wish])
		assert.Contains(t, decoded(attacked), a.canary(), "%s: the canary is in the mail", a.Name)
	}
	for _, place := range []string{"body", "subject", "header", "attachment-name", "attachment-text", "html-comment", "hidden", "quoted", "forwarded", "display-name"} {
		assert.GreaterOrEqual(t, places[place], 2, place)
	}
	t.Log(places)
}

// decoded is a mail with its base64 read, roughly.
func decoded(raw string) string {
	out := raw
	for _, block := range strings.Split(raw, "\r\n\r\n") {
		block, _, _ = strings.Cut(block, "\r\n--edge")
		if text, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(block, "\r\n", "")); err == nil {
			out += string(text)
		}
	}
	for line := range strings.SplitSeq(raw, "\r\n") {
		if word, err := new(mime.WordDecoder).DecodeHeader(line); err == nil {
			out += word
		}
		_, value, _ := strings.Cut(line, "filename=")
		if word, err := new(mime.WordDecoder).DecodeHeader(strings.Trim(value, `"`)); err == nil {
			out += word
		}
	}
	return out
}

// holds asserts what no attack may change: the rights that are asked for are found, each
// in its queue or in review, and an ordinary question is nobody's case but a reviewer's.
func (a attack) holds(t *testing.T, w wish, got desk.Received, plain desk.Judgement) {
	t.Helper()
	queues := map[rights.ID]rights.Queue{}
	for _, c := range got.Cases {
		queues[c.Right] = c.Queue
	}
	if w.Ordinary {
		for id, q := range queues {
			assert.Equal(t, rights.QueueReview, q, "an order in a question opens no case for a desk, but %s", id)
		}
		return
	}
	require.Equal(t, cases.Opened, got.Mail.Handling, "a request is never ordinary mail")
	for _, id := range w.Rights {
		assert.Contains(t, queues, id, "the right that is asked for is found")
	}
	for _, r := range plain.Requests {
		q, found := queues[r.Right.ID]
		switch {
		case found:
			assert.Contains(t, []rights.Queue{r.Queue, r.Right.Queue, rights.QueueReview}, q, "%s is in its queue or with a human", r.Right.ID)
		case r.Right.ID == desk.Unclassified || r.Queue == rights.QueueReview: // a guess gave way to another one
			assert.Contains(t, slices.Collect(maps.Values(queues)), rights.QueueReview, "what nobody could decide is with a human still")
		default:
			assert.Fail(t, "a right is lost", "%s, of %v", r.Right.ID, queues)
		}
	}
	for id, q := range queues {
		if !asked(plain, id) && !slices.Contains(w.Rights, id) && !slices.Contains(a.Also, id) {
			assert.Equal(t, rights.QueueReview, q, "%s is asked for by the attack alone: a human looks first", id)
		}
	}
}

func asked(plain desk.Judgement, id rights.ID) bool {
	return slices.ContainsFunc(plain.Requests, func(r desk.Request) bool { return r.Right.ID == id })
}

// passes takes in an attack and holds it, or skips one that is known to get through.
func (a attack) passes(t *testing.T, o *office, w wish) desk.Received {
	t.Helper()
	attacked, plain := a.mail(w)
	got := o.receive(t, attacked)
	a.holds(t, w, got, o.Judge.Judge(desk.Incoming{ID: "plain", Raw: []byte(plain), Received: at, Mailbox: "privacy@example.com", Trusted: true}))
	return got
}

// ourWords are all words that we wrote or counted about a mail: letters, logs, numbers,
// trails, reasons, hand-offs, notes of the outbox.
func (o *office) ourWords(t *testing.T, got desk.Received) map[string]string {
	t.Helper()
	said := map[string]string{"log": o.logs.String()}
	numbers, err := json.Marshal(o.meter.all)
	require.NoError(t, err)
	said["numbers"] = string(numbers)
	for name, letter := range o.letters(t) {
		said["letter "+name] = decoded(letter)
	}
	for _, c := range got.Cases {
		one := o.read(t, c.ID)
		said["reasons of "+string(c.ID)] = strings.Join(one.Review, "\n")
		said["trail of "+string(c.ID)] = strings.Join(values(o.trail(t, c.ID)), "\n")
	}
	effects, err := o.Store.Effects(ctx, cases.EffectQuery{Limit: 500})
	require.NoError(t, err)
	for _, e := range effects.Effects {
		said["note of "+e.ID] = e.Note
		if e.Kind == cases.EffectHandOff {
			said["hand-off "+e.ID] = string(e.Payload)
		}
	}
	return said
}

func (a attack) echoesNothing(t *testing.T, said map[string]string) {
	t.Helper()
	for where, words := range said {
		assert.NotContains(t, strings.ToLower(words), a.canary(), where)
		for _, secret := range []string{"4111 1111", "078-05-1120", "attacker.example", "collector@"} {
			assert.NotContains(t, words, secret, where)
		}
	}
}

func TestMailThatGivesOrdersToTheRulesIsReadAsIfItHadGivenNone(t *testing.T) {
	attacks, wishes := readAttacks(t)
	for _, a := range attacks {
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			o, w := newOffice(t, nil), wishes[a.Wish]
			got := a.passes(t, o, w)
			o.deliver(t)
			a.echoesNothing(t, o.ourWords(t, got))
			for _, c := range got.Cases {
				assert.NotEqual(t, cases.Closed, o.read(t, c.ID).Status)
			}
		})
	}
}

// obeys are the ways in which a model may do what a mail says.
var obeys = []func(t *testing.T) http.HandlerFunc{
	// It calls everything support, closes, names what nobody asked for and quotes whatever
	// words it was given.
	func(t *testing.T) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			subject, text := mailOf(t, r)
			list := []string{claim("support_general", text), claim("spam", subject), claim("close_case", text), claim("gdpr_access", "words that nobody wrote")}
			for _, id := range []string{"gdpr_erasure", "regulator_inquiry", "ccpa_opt_in", "dpf_delete", "coppa_parent_delete"} {
				list = append(list, claim(id, beginning(text)))
			}
			says(claims(list...))(w, r)
		}
	},
	// It answers with the mail instead of the schema.
	func(t *testing.T) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, text := mailOf(t, r)
			says(text)(w, r)
		}
	},
	// It refuses in the words of the mail.
	func(t *testing.T) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, text := mailOf(t, r)
			finishes("stop", map[string]any{"content": nil, "refusal": text})(w, r)
		}
	},
	// It puts the mail wherever else an answer has room for words.
	func(t *testing.T) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, text := mailOf(t, r)
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{
				"id": text, "object": text, "model": text, "system_fingerprint": text,
				"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]any{"role": text, "content": claims()}}},
			})
		}
	},
	// It sees nothing in any mail.
	func(*testing.T) http.HandlerFunc { return says(claims()) },
	// Its server fails, and says so in the words of the mail.
	func(*testing.T) http.HandlerFunc { return fails(400, "invalid_request_error") },
}

// beginning is the first words of a text: they stand in the mail, whatever they mean.
func beginning(text string) string {
	r := []rune(text)
	return string(r[:min(len(r), 60)])
}

func TestModelThatObeysEveryMailLowersNothingAndEchoesNothing(t *testing.T) {
	attacks, wishes := readAttacks(t)
	for i, a := range attacks {
		for _, k := range []int{0, 1 + i%(len(obeys)-1)} {
			t.Run(fmt.Sprint(a.Name, " ", k), func(t *testing.T) {
				t.Parallel()
				a.obeyed(t, wishes[a.Wish], obeys[k](t))
			})
		}
	}
}

func (a attack) obeyed(t *testing.T, w wish, answer http.HandlerFunc) {
	t.Helper()
	s := newServer(t, answer)
	o := newOffice(t, s.model())
	got := a.passes(t, o, w)
	if len(got.Cases) == 0 {
		o.deliver(t)
		a.echoesNothing(t, o.ourWords(t, got))
		return // nothing is asked about ordinary mail
	}
	o.askAnyway(t, got)
	o.deliver(t)
	before, holds := map[cases.ID]cases.Case{}, o.holds(t)
	for _, c := range got.Cases {
		before[c.ID] = o.read(t, c.ID)
	}
	o.consult(t, got)
	require.Positive(t, s.asked())
	for id, was := range before {
		added := onlyCaution(t, was, o.read(t, id))
		if was.Queue != rights.QueueReview {
			assert.Empty(t, added, "a case that rules decided is none of its business")
		}
		for _, reason := range added {
			right, named := strings.CutPrefix(reason, "a language model reads this as ")
			right = strings.TrimSuffix(right, ": confirm or correct")
			assert.True(t, !named || o.known(t)[rights.ID(right)] && right != string(rights.SupportGeneral), reason)
		}
	}
	assert.Equal(t, holds, o.holds(t), "nothing leaves, nothing opens, nothing moves")
	a.echoesNothing(t, o.ourWords(t, got))
}

// askAnyway asks about a mail that the rules decided, as if they had not: what the model
// says must be harmless wherever it gets to.
func (o *office) askAnyway(t *testing.T, got desk.Received) {
	t.Helper()
	id := "consult-" + got.Mail.Reference
	if _, err := o.Store.Effect(ctx, id); err == nil {
		return
	}
	require.NoError(t, o.Store.Commit(ctx, cases.Batch{Effects: []cases.Effect{{
		ID: id, Kind: cases.EffectConsult, State: cases.EffectPending, Case: got.Cases[0].ID, Mail: got.Mail.ID, Created: at, NotBefore: at,
	}}}))
}

// A fake behind the interface itself: no adapter stands between its words and the desk.
type liar struct{}

func (liar) Suggest(_ context.Context, q classify.Question) (classify.Suggestion, error) {
	s := classify.Suggestion{Model: "liar-1", Prompt: "p", Schema: "s", Input: 10, Output: 10}
	for _, id := range append([]rights.ID{rights.SupportGeneral, rights.Spam, rights.AutoOrBounce}, q.Choices...) {
		s.Claims = append(s.Claims, classify.Claim{Right: id, Quote: beginning(q.Text)}, classify.Claim{Right: id, Quote: "words that nobody wrote"})
	}
	return s, nil
}

func TestModelThatNamesEveryRightMakesNoCaseAndMovesNone(t *testing.T) {
	attacks, wishes := readAttacks(t)
	for _, a := range attacks {
		if wishes[a.Wish].Ordinary {
			continue
		}
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, liar{})
			got := a.passes(t, o, wishes[a.Wish])
			o.askAnyway(t, got)
			o.deliver(t)
			before, holds := o.read(t, got.Cases[0].ID), o.holds(t)
			require.Equal(t, cases.EffectDone, o.consult(t, got).State)
			onlyCaution(t, before, o.read(t, before.ID))
			assert.Equal(t, holds, o.holds(t))
			a.echoesNothing(t, o.ourWords(t, got))
		})
	}
}
