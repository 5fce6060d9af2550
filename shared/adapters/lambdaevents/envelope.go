package lambdaevents

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// idPattern is what an id may be made of that becomes part of keys, file names, tags
// and log lines.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// An id of SES is at most maxID bytes. An effect's id has a prefix before it; SES takes
// 256 bytes as the value of a tag.
const (
	maxID     = 200
	maxEffect = 256
)

func isID(s string, longest int) bool { return len(s) <= longest && idPattern.MatchString(s) }

// envelope is what SNS puts around a message for a queue without raw delivery.
type envelope struct {
	Type    string          `json:"Type"`
	Message json.RawMessage `json:"Message"`
}

// unwrap returns what a topic passed on: the text inside the envelope of SNS, or the
// body itself where the queue gets it raw. Tools that redrive messages make either.
func unwrap(body []byte) ([]byte, error) {
	// Most bodies come raw; the look at their beginning saves reading them twice.
	if !bytes.Contains(body, []byte(`"Notification"`)) {
		return body, nil
	}
	var e envelope
	if err := decode(body, &e); err != nil {
		return nil, err
	}
	if e.Type != "Notification" { // the word stood somewhere else
		return body, nil
	}
	var text string
	if json.Unmarshal(e.Message, &text) != nil || text == "" {
		return nil, errors.New("the envelope of SNS has no Message")
	}
	return []byte(text), nil
}

// decode reads one JSON value, fields that are not known ignored.
func decode(body []byte, into any) error { return plain(json.Unmarshal(body, into)) }

// decodeStrictly reads one JSON value and nothing besides what into has.
func decodeStrictly(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return plain(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}

// plain says what is wrong with JSON without a word of it: the library quotes values
// and unknown names.
func plain(err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("%s is of another type", kind.Field)
	case errors.As(err, &kind):
		return errors.New("not a JSON object")
	case errors.As(err, &syntax):
		return fmt.Errorf("no JSON from byte %d on", syntax.Offset)
	case strings.HasPrefix(err.Error(), "json: unknown field"):
		return errors.New("a field that is not in the schema")
	}
	return errors.New("no JSON")
}

// firstTime is the first of these that is a time, in UTC. It repeats no value.
func firstTime(field string, given ...string) (time.Time, error) {
	fault := "is missing"
	for _, s := range given {
		t, err := time.Parse(time.RFC3339, s)
		if err == nil {
			return t.UTC(), nil
		}
		if s != "" {
			fault = "is not a time as in RFC 3339"
		}
	}
	return time.Time{}, fmt.Errorf("%s %s", field, fault)
}
