package endtoend

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each function asks AWS for what its statements allow and for nothing else, and nothing
// is allowed that no call needs. The calls are those of a mailbox in which everything
// happens, not those that somebody thought of.
func TestEveryCallIsAllowedAndNothingElseIs(t *testing.T) {
	c, _ := emulators(t)
	var secret struct{ ARN string }
	c.json(t, "secretsmanager", "secretsmanager.CreateSecret", map[string]any{"Name": fmt.Sprintf("model-key-%d", time.Now().UnixNano()), "SecretString": "key-of-the-model"}, &secret)
	w := stand(t, merged(withModel, withIssuer, map[string]string{"ModelSecretArn": secret.ARN}))
	w.model.says(noClaims)
	w.everythingHappens(t)

	for name, function := range w.resources {
		t.Run(name, func(t *testing.T) {
			require.NotEmpty(t, w.usesOf(name), "it asked for nothing")
			grants := w.grants(t, name, function)
			refused := map[string]int{}
			for _, u := range slices.Concat(w.usesOf(name), w.owed(t, name)) {
				ok := false
				for _, g := range grants {
					ok = g.allows(u) || ok
				}
				if !ok {
					refused[u.Action+" on "+u.Resource]++
				}
			}
			assert.Empty(t, refused, "calls that no statement allows")
			var unused []string
			for _, g := range grants {
				unused = append(unused, g.unused()...)
			}
			assert.Empty(t, unused, "what is allowed and never needed")
		})
	}
}

// grants are the statements of a function.
func (w *world) grants(t *testing.T, name string, function resource) []*grant {
	t.Helper()
	var grants []*grant
	for i, s := range w.stack.statements(t, function) {
		g, err := grantOf(name, i, s)
		require.NoError(t, err)
		grants = append(grants, g)
	}
	return grants
}

// everythingHappens plays a mailbox, a day at the console, bounces, a silent model, a
// missing mail, a sweep that has to do everything itself, and a canary.
func (w *world) everythingHappens(t *testing.T) {
	t.Helper()
	var swept, streamed []sample
	for i, m := range sampleMails(t, time.Now()) {
		if i%2 == 0 {
			streamed = append(streamed, m)
		} else {
			swept = append(swept, m)
		}
	}
	for _, m := range streamed {
		w.receive(t, m.arrival)
	}
	w.settle(t)
	for _, m := range swept {
		w.receive(t, m.arrival)
	}
	w.pump.drain(t, w.mappingOf("intake"))
	timePasses(t, w.store())
	for _, r := range w.stack.of("AWS::Scheduler::Schedule") {
		target := w.stack.properties(r)["Target"].(map[string]any)
		_, err := w.functions["deadlines"].invoke([]byte(fmt.Sprint(target["Input"])), 0)
		require.NoError(t, err, target["Input"])
	}
	w.settle(t)
	assert.Empty(t, w.signIn(t).office(t), "what the console refused")
	w.bounce(t)
	w.lose(t)
	w.settle(t)
}

// bounce lets a letter come back.
func (w *world) bounce(t *testing.T) {
	t.Helper()
	for _, s := range w.letters() {
		if s.Function == "reply" && strings.HasPrefix(s.Tags["effect"], "ack-") {
			w.publish(t, w.eventTopic(t), string(s.event("Bounce", time.Now())))
			return
		}
	}
	require.Fail(t, "no letter left")
}

// lose tells of mails that are not in the archive, to each function that reads it. S3
// asks whether the reader may list before it says that something is missing.
func (w *world) lose(t *testing.T) {
	t.Helper()
	lost := letter(900, "lost@example.org", "My data", "Please delete my data.")
	rule := w.rule(t, lost.Recipients)
	w.notify(t, rule, lost)
	plays := newPlay(901)
	for _, a := range plays.mails() {
		w.receive(t, a)
	}
	w.pump.drain(t, w.mappingOf("intake"))
	for _, a := range plays.mails() {
		_, err := w.cloud.do("s3", "DELETE", "/"+rule.bucket+"/"+rule.prefix+a.ID, nil, nil)
		require.NoError(t, err)
	}
	w.settle(t)
	b := w.signIn(t)
	m, err := w.store().Mail(t.Context(), mailID(plays.know))
	require.NoError(t, err)
	_, _ = b.get(t, "/cases/"+string(m.Cases[0])+"/raw") // the page says that it is gone
}

// usesOf is what the calls of a function need, and what the services ask of it besides.
func (w *world) usesOf(function string) []use {
	var all []use
	for _, c := range w.recorders[function].recorded(0) {
		all = append(all, c.Uses...)
		for _, u := range c.Uses {
			if key := w.keyOf(u.Resource); key != "" {
				via := map[string][]string{"kms:ViaService": {c.Service + "." + region + ".amazonaws.com"}}
				all = append(all, use{Action: "kms:Decrypt", Resource: key, Context: via})
			}
		}
	}
	return all
}

// keyOf is the key that a table, a bucket or a secret of the template is encrypted with.
func (w *world) keyOf(arn string) string {
	for _, r := range w.stack.inOrder() {
		var own, key string
		p := w.stack.properties(r)
		switch r.Type {
		case "AWS::DynamoDB::Table":
			own = fmt.Sprint(w.stack.lookup(ref{r.Name, "Arn"}))
			if sse, ok := p["SSESpecification"].(map[string]any); ok {
				key = fmt.Sprint(sse["KMSMasterKeyId"])
			}
		case "AWS::S3::Bucket":
			own = fmt.Sprint(w.stack.lookup(ref{r.Name, "Arn"}))
			if e, ok := p["BucketEncryption"].(map[string]any); ok {
				rule := asList(e["ServerSideEncryptionConfiguration"])[0].(map[string]any)["ServerSideEncryptionByDefault"].(map[string]any)
				key = fmt.Sprint(rule["KMSMasterKeyID"])
			}
		case "AWS::SecretsManager::Secret":
			own = w.stack.physical[r.Name]
			if p["KmsKeyId"] != nil {
				key = fmt.Sprint(p["KmsKeyId"])
			}
		}
		if own != "" && (arn == own || strings.HasPrefix(arn, own+"/")) {
			return key
		}
	}
	return ""
}

// owed is what AWS does in the name of a function, because the template ties it to
// something: a log group, a queue, a stream, a place for what failed.
func (w *world) owed(t *testing.T, function string) []use {
	t.Helper()
	var all []use
	p := w.stack.properties(w.resources[function])
	if logging, ok := p["LoggingConfig"].(map[string]any); ok {
		for _, action := range []string{"logs:CreateLogStream", "logs:PutLogEvents"} {
			all = append(all, use{Action: action, Resource: arn("logs", "log-group:"+fmt.Sprint(logging["LogGroup"])+":log-stream:2026/01/01/[$LATEST]0")})
		}
	}
	for _, r := range w.stack.of("AWS::Lambda::EventInvokeConfig") {
		config := w.stack.properties(r)
		destination, ok := config["DestinationConfig"].(map[string]any)
		if ok && w.names[fmt.Sprint(config["FunctionName"])] == function {
			all = append(all, use{Action: "sqs:SendMessage", Resource: fmt.Sprint(destination["OnFailure"].(map[string]any)["Destination"])})
		}
	}
	for _, m := range w.pump.mappings {
		if m.function != function {
			continue
		}
		actions := []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
		if m.stream != "" {
			actions = []string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}
		}
		for _, action := range actions {
			all = append(all, use{Action: action, Resource: m.source})
		}
		if m.onFailure != "" {
			all = append(all, use{Action: "sqs:SendMessage", Resource: arn("sqs", m.onFailure[strings.LastIndex(m.onFailure, "/")+1:])})
		}
	}
	return all
}
