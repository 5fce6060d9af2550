package endtoend

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/oidc/oidctest"
)

const (
	root    = "../.."
	samples = root + "/events/mails"
	// identityKey is of the tests, so that the run on one machine names the same cases.
	identityKey = "the-key-of-these-tests-is-no-secret-0123456789"
)

// emulators are the addresses that scripts/emulators gives.
func emulators(t *testing.T) (c *cloud, python string) {
	t.Helper()
	dynamo, moto, venv := os.Getenv("RIGHTSMAIL_DYNAMODB"), os.Getenv("RIGHTSMAIL_MOTO"), os.Getenv("RIGHTSMAIL_VENV")
	if dynamo == "" || moto == "" || venv == "" {
		const how = "needs emulators of AWS; run it with: ./scripts/emulators go test ./scripts/endtoend"
		if os.Getenv("RIGHTSMAIL_EMULATORS") == "1" {
			require.Fail(t, how)
		}
		t.Skip(how)
	}
	if testing.Short() {
		t.Skip("it takes minutes")
	}
	return newCloud(strings.TrimRight(dynamo, "/"), strings.TrimRight(moto, "/")), filepath.Join(venv, "bin", "python")
}

// bootstraps compiles every function once, as it is deployed but for this machine.
var bootstraps = sync.OnceValues(func() (map[string]string, error) {
	mains, err := filepath.Glob(root + "/functions/*/main.go")
	if err != nil {
		return nil, err
	}
	built := map[string]string{}
	for _, main := range mains {
		name := filepath.Base(filepath.Dir(main))
		dir := filepath.Join(builds, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, err
		}
		cmd := exec.Command("./scripts/build", "-arch", runtime.GOARCH, "-into", dir, name) // #nosec G204 -- names of our own folders
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build %s: %w\n%s", name, err, out)
		}
		built[name] = filepath.Join(dir, "bootstrap")
	}
	return built, nil
})

// world is the whole system under test.
type world struct {
	t            *testing.T
	cloud        *cloud
	stack        *stack
	pump         *pump
	functions    map[string]*process
	recorders    map[string]*recorder
	resources    map[string]resource // of the functions, by name of the function
	names        map[string]string   // name of the function by name of the Lambda
	model        *model
	issuer       *oidctest.Issuer // who signs in at the console
	issuerClient *http.Client
	officer      *browser // signed in, where a test needs somebody who is
	mailboxes    []string

	told      map[string]bool // letters about which SES has published its events, by message id
	delivered map[string]int  // what reached the outside, by effect; see noteDelivered
}

// worlds numbers them: names on moto and DynamoDB Local are taken for good.
var worlds atomic.Int64

// stand builds everything: the resources, a process per function, the pump.
func stand(t *testing.T, parameters map[string]string) *world {
	t.Helper()
	c, python := emulators(t)
	built, err := bootstraps()
	require.NoError(t, err)
	w := &world{
		t: t, cloud: c, functions: map[string]*process{}, recorders: map[string]*recorder{}, resources: map[string]resource{}, names: map[string]string{},
		told: map[string]bool{}, delivered: map[string]int{}, model: newModel(t), mailboxes: []string{"support@example.com", "privacy@example.com"},
	}
	issuer, server := newIssuer(t)
	w.issuer, w.issuerClient = issuer, server.Client()
	name := fmt.Sprintf("rm%d-%d", os.Getpid(), worlds.Add(1))
	resources, err := transform(python, name, w.model.server.URL+"/v1", w.issuer.URL, w.parameters(parameters)...)
	require.NoError(t, err)
	w.stack = erect(t, c, name, resources)
	// What the operator has done before: the domain that letters come from is verified.
	c.query(t, "ses", "VerifyDomainIdentity", "2010-12-01", values("Domain", "example.com"))
	for _, r := range w.stack.of("AWS::Lambda::Function") {
		w.start(t, r, built)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(built)), slices.Collect(maps.Keys(w.functions)), "every function is in the template, and the other way round")
	w.pump = &pump{cloud: c, work: w.work, invoke: func(function string, payload []byte) ([]byte, error) { return w.functions[function].invoke(payload, 0) }}
	w.mapSources(t)
	w.setSecrets(t)
	return w
}

// work counts the events that functions were given.
func (w *world) work() (n int64) {
	for _, p := range w.functions {
		n += p.given.Load()
	}
	return n
}

// parameters are what an operator would write, and what a test has else in mind.
func (w *world) parameters(own map[string]string) []string {
	all := map[string]string{
		"Company": "Example Widgets", "SupportAddress": "support@example.com", "PrivacyAddress": "privacy@example.com",
		"HelpdeskAddress": "desk@example.net",
	}
	maps.Copy(all, own)
	var list []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		list = append(list, key+"="+all[key])
	}
	return list
}

// start makes the process of a function with the environment that the template gives.
func (w *world) start(t *testing.T, r resource, built map[string]string) {
	t.Helper()
	p := w.stack.properties(r)
	code, _ := p["Code"].(map[string]any)
	name := fmt.Sprint(code["S3Key"]) // the transform writes the folder there
	require.Contains(t, built, name, "no folder in functions/ fits %s", r.Name)
	var timeout float64
	_, err := fmt.Sscan(fmt.Sprint(p["Timeout"]), &timeout)
	require.NoError(t, err, "%s has no timeout", r.Name)
	recorder := newRecorder(t, name, w.cloud)
	env := []string{
		"AWS_LAMBDA_FUNCTION_NAME=" + w.stack.physical[r.Name], "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region, "LAMBDA_TASK_ROOT=" + filepath.Dir(built[name]), "_HANDLER=bootstrap",
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_SESSION_TOKEN=test", "AWS_ENDPOINT_URL=" + recorder.server.URL,
		"SSL_CERT_FILE=" + w.model.certificate, // the template allows https only, and no public authority knows this server
	}
	if e, ok := p["Environment"].(map[string]any); ok {
		for key, value := range e["Variables"].(map[string]any) {
			env = append(env, key+"="+fmt.Sprint(value))
		}
	}
	w.functions[name] = newProcess(t, name, built[name], env, time.Duration(timeout*float64(time.Second)))
	w.recorders[name] = recorder
	w.resources[name] = r
	grants := w.grants(t, name, r)
	recorder.mayList = func(bucket use) bool {
		return slices.ContainsFunc(grants, func(g *grant) bool { return g.allows(bucket) })
	}
	w.names[w.stack.physical[r.Name]] = name
}

// mapSources reads the event source mappings.
func (w *world) mapSources(t *testing.T) {
	t.Helper()
	for _, r := range w.stack.of("AWS::Lambda::EventSourceMapping") {
		p := w.stack.properties(r)
		lambda := fmt.Sprint(p["FunctionName"])
		m := &mapping{
			function: w.names[lambda[strings.LastIndex(lambda, ":")+1:]], source: fmt.Sprint(p["EventSourceArn"]), batch: 10, retries: -1, iterators: map[string]string{}, last: map[string]string{}, looked: -1,
			partial: slices.Contains(texts(p["FunctionResponseTypes"]), "ReportBatchItemFailures"),
		}
		require.NotEmpty(t, m.function, "%s feeds no function", r.Name)
		if p["BatchSize"] != nil {
			_, err := fmt.Sscan(fmt.Sprint(p["BatchSize"]), &m.batch)
			require.NoError(t, err)
		}
		if p["MaximumRetryAttempts"] != nil {
			_, err := fmt.Sscan(fmt.Sprint(p["MaximumRetryAttempts"]), &m.retries)
			require.NoError(t, err)
		}
		if f, ok := p["FilterCriteria"].(map[string]any); ok {
			for _, filter := range asList(f["Filters"]) {
				m.patterns = append(m.patterns, fmt.Sprint(filter.(map[string]any)["Pattern"]))
			}
		}
		if d, ok := p["DestinationConfig"].(map[string]any); ok {
			m.onFailure = w.queueURL(fmt.Sprint(d["OnFailure"].(map[string]any)["Destination"]))
		}
		for _, table := range w.stack.of("AWS::DynamoDB::Table") {
			if m.source == w.stack.lookup(ref{table.Name, "StreamArn"}) {
				m.stream = w.stack.streams[table.Name]
			}
		}
		if m.stream == "" {
			m.queue = w.queueURL(m.source)
		}
		w.pump.mappings = append(w.pump.mappings, m)
	}
}

// queueURL is the address of a queue of the stack.
func (w *world) queueURL(arn string) string {
	for _, q := range w.stack.of("AWS::SQS::Queue") {
		if w.stack.lookup(ref{q.Name, "Arn"}) == arn {
			return w.stack.physical[q.Name]
		}
	}
	require.Fail(w.t, "no queue has the ARN "+arn)
	return ""
}

// setSecrets gives the secret behind the hashes the value that the run on one machine
// has too.
func (w *world) setSecrets(t *testing.T) {
	t.Helper()
	for _, variable := range w.functions["intake"].env {
		if arn, ok := strings.CutPrefix(variable, "RIGHTSMAIL_IDENTITY_SECRET="); ok {
			w.stack.setSecret(t, arn, identityKey)
			return
		}
	}
	require.Fail(t, "intake has no RIGHTSMAIL_IDENTITY_SECRET")
}

// variable is what the template gives a function under a name.
func (w *world) variable(function, name string) string {
	for _, v := range w.functions[function].env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// receive lets SES take a mail in: stored first, then told.
func (w *world) receive(t *testing.T, a arrival) {
	t.Helper()
	rule := w.rule(t, a.Recipients)
	_, err := w.cloud.do("s3", "PUT", "/"+rule.bucket+"/"+rule.prefix+a.ID, nil, a.Raw)
	require.NoError(t, err)
	w.notify(t, rule, a)
}

func (w *world) notify(t *testing.T, rule receiptRule, a arrival) {
	t.Helper()
	w.publish(t, rule.topic, string(a.notification(rule.bucket, rule.prefix, rule.topic)))
}

type receiptRule struct{ bucket, prefix, topic string }

// rule finds the S3 action of the receipt rule for a mailbox.
func (w *world) rule(t *testing.T, recipients []string) receiptRule {
	t.Helper()
	for _, r := range w.stack.of("AWS::SES::ReceiptRule") {
		rule, _ := w.stack.properties(r)["Rule"].(map[string]any)
		if !slices.ContainsFunc(recipients, func(to string) bool { return slices.Contains(texts(rule["Recipients"]), to) }) {
			continue
		}
		for _, action := range asList(rule["Actions"]) {
			if s3, ok := action.(map[string]any)["S3Action"].(map[string]any); ok {
				return receiptRule{fmt.Sprint(s3["BucketName"]), fmt.Sprint(s3["ObjectKeyPrefix"]), fmt.Sprint(s3["TopicArn"])}
			}
		}
	}
	require.Fail(t, "no receipt rule takes this mail", "%v", recipients)
	return receiptRule{}
}

// letters are the mails that SES took from all functions, in no order across them.
func (w *world) letters() []sent {
	var list []sent
	for _, name := range slices.Sorted(maps.Keys(w.recorders)) {
		for _, c := range w.recorders[name].recorded(0) {
			if s, ok := sentIn(c); ok && (c.Status == 200 || c.Fault == lostAnswer) {
				list = append(list, s)
			}
		}
	}
	return list
}

// settle lets everything move, SES's own events too, until nothing moves any more.
func (w *world) settle(t *testing.T) {
	t.Helper()
	for {
		w.pump.settle(t)
		news := w.news()
		for _, s := range news {
			for _, kind := range []string{"Send", "Delivery"} {
				w.publish(t, w.eventTopic(t), string(s.event(kind, time.Now())))
			}
		}
		if len(news) == 0 {
			return
		}
	}
}

// news are the letters through a configuration set about which SES said nothing yet.
func (w *world) news() []sent {
	var fresh []sent
	for _, s := range w.letters() {
		if s.Set != "" && !w.told[s.MessageID] {
			w.told[s.MessageID] = true
			fresh = append(fresh, s)
		}
	}
	return fresh
}

func (w *world) publish(t *testing.T, topic, message string) {
	t.Helper()
	w.cloud.query(t, "sns", "Publish", "2010-03-31", values("TopicArn", topic, "Message", message))
}

// eventTopic is where SES publishes what became of letters.
func (w *world) eventTopic(t *testing.T) string {
	t.Helper()
	for _, r := range w.stack.of("AWS::SES::ConfigurationSetEventDestination") {
		d, _ := w.stack.properties(r)["EventDestination"].(map[string]any)
		if sns, ok := d["SnsDestination"].(map[string]any); ok {
			return fmt.Sprint(sns["TopicARN"])
		}
	}
	require.Fail(t, "the template has no place for events of SES")
	return ""
}

// depth counts the messages of a queue.
func (w *world) depth(t *testing.T, queue string) int {
	t.Helper()
	var out struct{ Attributes map[string]string }
	w.cloud.json(t, "sqs", "AmazonSQS.GetQueueAttributes", map[string]any{"QueueUrl": queue, "AttributeNames": []string{"All"}}, &out)
	var visible, hidden int
	_, err := fmt.Sscan(out.Attributes["ApproximateNumberOfMessages"], &visible)
	require.NoError(t, err)
	_, err = fmt.Sscan(out.Attributes["ApproximateNumberOfMessagesNotVisible"], &hidden)
	require.NoError(t, err)
	return visible + hidden
}

// deadQueues are the ends of the lines: dead letter queues, and where streams, topics and
// schedules put what they gave up.
func (w *world) deadQueues() map[string]string {
	targets := map[string]string{}
	for _, q := range w.stack.of("AWS::SQS::Queue") {
		name := fmt.Sprint(w.stack.lookup(ref{q.Name, "QueueName"}))
		if w.stack.properties(q)["RedrivePolicy"] == nil {
			targets[name] = w.stack.physical[q.Name]
		}
	}
	return targets
}

// logged returns every line that every function wrote.
func (w *world) logged() map[string][]string {
	lines := map[string][]string{}
	for name, p := range w.functions {
		lines[name] = p.said()
	}
	return lines
}

// counted adds up one metric over all lines in the embedded metric format.
func (w *world) counted(name string) (sum float64) {
	for _, lines := range w.logged() {
		for _, line := range lines {
			var point map[string]any
			if json.Unmarshal([]byte(line), &point) != nil || point["_aws"] == nil {
				continue
			}
			if n, ok := point[name].(float64); ok {
				sum += n
			}
		}
	}
	return sum
}
