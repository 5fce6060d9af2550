package emf

import (
	"encoding/json"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/metrics"
)

// Meter writes points as lines of a log. It is safe for concurrent use if its writer
// is, as os.Stdout is: every line is one Write.
type Meter struct {
	w                  io.Writer
	namespace, service string
}

var _ metrics.Meter = (*Meter)(nil)

// New returns a meter that writes to w, which CloudWatch reads as a log. The namespace
// is the one that alarms and the dashboard look into; the service is the function.
func New(w io.Writer, namespace, service string) *Meter {
	return &Meter{w: w, namespace: namespace, service: cut(service)}
}

// The members that are ours. A note of the same name is left out.
const (
	metadata = "_aws"
	service  = "Service"
	category = "Category"
)

// maxNote is how many bytes of a note are kept. A dimension may have 1024, and what
// stands there is a word of ours.
const maxNote = 256

// directive tells CloudWatch what of a line is a metric.
type directive struct {
	Timestamp         int64 // milliseconds
	CloudWatchMetrics []metricSet
}

type metricSet struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []metric
}

type metric struct {
	Name metrics.Name
	Unit string
}

// Emit writes a point as one line. A value that is no number, and a point without any,
// leave no trace; a writer that fails loses the point, for a number is no reason to
// fail a mail.
func (m *Meter) Emit(p metrics.Point) {
	line := map[string]any{}
	for name, text := range p.Notes {
		line[name] = cut(text)
	}
	found := metricSet{Namespace: m.namespace, Dimensions: [][]string{{service}}}
	for _, name := range slices.Sorted(maps.Keys(p.Values)) {
		if v := p.Values[name]; !math.IsNaN(v) && !math.IsInf(v, 0) {
			found.Metrics = append(found.Metrics, metric{name, unit(name)})
			line[string(name)] = v
		}
	}
	if len(found.Metrics) == 0 {
		return
	}
	delete(line, category) // a note of that name is no category
	if p.Category != "" {
		found.Dimensions = append(found.Dimensions, []string{service, category})
		line[category] = cut(p.Category)
	}
	if p.At.IsZero() {
		p.At = time.Now() // CloudWatch drops a point of long ago
	}
	line[service] = m.service
	line[metadata] = directive{p.At.UnixMilli(), []metricSet{found}}
	m.write(line)
}

// write writes one line at once, so that lines of two goroutines never mix.
func (m *Meter) write(line map[string]any) {
	raw, err := json.Marshal(line)
	if err != nil {
		return // strings and finite numbers always encode
	}
	_, _ = m.w.Write(append(raw, '\n')) // there is nowhere to say that the log is gone
}

// unit is the CloudWatch unit of a number. CloudWatch knows no minutes.
func unit(name metrics.Name) string {
	switch name {
	case metrics.ReceiptSeconds, metrics.AckSeconds, metrics.OutboxSeconds:
		return "Seconds"
	case metrics.CanaryMinutes:
		return "None"
	}
	return "Count"
}

// cut keeps the beginning of a text, whole characters of it.
func cut(text string) string {
	if len(text) > maxNote {
		text = text[:maxNote]
	}
	return strings.ToValidUTF8(text, "")
}
