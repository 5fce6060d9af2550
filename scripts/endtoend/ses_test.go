package endtoend

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
)

// arrival is one mail as SES takes it in.
type arrival struct {
	ID         string // message id; the SHA-256 of the bytes, as on one machine
	Raw        []byte
	Received   time.Time
	Recipients []string
	Verdicts   map[string]string // by name in the notification: "spf": "PASS"
}

// field is one line of a header, unfolded.
type field struct{ Name, Value string }

// arrive reads what SES knew of a mail out of the block that it wrote on top of it. A
// mail without one is one of which SES could say nothing but when it came.
func arrive(raw []byte, now time.Time, mailboxes []string) arrival {
	sum := sha256.Sum256(raw)
	a := arrival{ID: hex.EncodeToString(sum[:]), Raw: raw, Received: now.UTC().Truncate(time.Millisecond), Verdicts: map[string]string{}}
	for _, kind := range []string{"spam", "virus", "spf", "dkim", "dmarc"} {
		a.Verdicts[kind] = "GRAY"
	}
	all := fields(raw)
	if i := slices.IndexFunc(all, func(f field) bool { return strings.EqualFold(f.Name, "Received") }); i >= 0 {
		a.Received, a.Recipients = receivedBy(all[i].Value, a.Received)
	}
	for _, f := range topBlock(all) {
		switch strings.ToLower(f.Name) {
		case "x-ses-spam-verdict":
			a.Verdicts["spam"] = f.Value
		case "x-ses-virus-verdict":
			a.Verdicts["virus"] = f.Value
		case "authentication-results":
			for _, kind := range []string{"spf", "dkim", "dmarc"} {
				a.Verdicts[kind] = verdict(f.Value, kind)
			}
		}
	}
	if len(a.Recipients) == 0 {
		a.Recipients = envelope(all, mailboxes)
	}
	return a
}

// topBlock is what SES wrote: everything down to its own signature. Without that
// signature nothing is.
func topBlock(all []field) []field {
	for i, f := range all {
		switch strings.ToLower(f.Name) {
		case "x-ses-dkim-signature":
			return all[:i+1]
		case "from", "to", "subject", "date", "message-id": // the sender's own words begin
			return nil
		}
	}
	return nil
}

// fields unfolds the header of a mail, however broken the rest is.
func fields(raw []byte) []field {
	var list []field
	for line := range bytes.Lines(raw) {
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			break
		}
		if (text[0] == ' ' || text[0] == '\t') && len(list) > 0 {
			list[len(list)-1].Value += " " + strings.TrimSpace(text)
			continue
		}
		name, value, _ := strings.Cut(text, ":")
		list = append(list, field{name, strings.TrimSpace(value)})
	}
	return list
}

var forAddress = regexp.MustCompile(`\bfor <?([^\s;<>]+@[^\s;<>]+?)>?;`)

func receivedBy(value string, otherwise time.Time) (time.Time, []string) {
	var recipients []string
	if m := forAddress.FindStringSubmatch(value); m != nil {
		recipients = []string{strings.ToLower(m[1])}
	}
	if at, err := mail.ParseDate(strings.TrimSpace(value[strings.LastIndex(value, ";")+1:])); err == nil {
		return at.UTC(), recipients
	}
	return otherwise, recipients
}

// verdict maps a clause of Authentication-Results to the words of the notification.
func verdict(results, method string) string {
	_, after, found := strings.Cut(results, method+"=")
	if !found {
		return "GRAY"
	}
	word := strings.FieldsFunc(after, func(r rune) bool { return r == ' ' || r == ';' || r == '(' })
	switch {
	case len(word) > 0 && word[0] == "pass":
		return "PASS"
	case len(word) > 0 && word[0] == "fail":
		return "FAIL"
	}
	return "GRAY"
}

// envelope is the mailbox that the header names, or the first.
func envelope(all []field, mailboxes []string) []string {
	for _, f := range all {
		if n := strings.ToLower(f.Name); n != "to" && n != "cc" && n != "delivered-to" {
			continue
		}
		for _, m := range mailboxes {
			if strings.Contains(strings.ToLower(f.Value), m) {
				return []string{m}
			}
		}
	}
	return mailboxes[:1]
}

// notification is what SES publishes when it has stored a mail: the shape of real
// captures, the prefix in objectKey, a number in processingTimeMillis.
func (a arrival) notification(bucket, prefix, topic string) []byte {
	headers := []map[string]string{}
	common := map[string]any{"to": a.Recipients}
	for _, f := range fields(a.Raw) {
		headers = append(headers, map[string]string{"name": f.Name, "value": f.Value})
		switch n := strings.ToLower(f.Name); n {
		case "subject", "date":
			common[n] = f.Value
		case "from":
			common[n] = []string{f.Value}
		case "message-id":
			common["messageId"] = f.Value
		}
	}
	stamp := a.Received.UTC().Format("2006-01-02T15:04:05.000Z")
	receipt := map[string]any{
		"timestamp": stamp, "processingTimeMillis": 715, "recipients": a.Recipients,
		"action": map[string]any{"type": "S3", "topicArn": topic, "bucketName": bucket, "objectKeyPrefix": prefix, "objectKey": prefix + a.ID},
	}
	for kind, status := range a.Verdicts {
		receipt[kind+"Verdict"] = map[string]string{"status": status}
	}
	if a.Verdicts["dmarc"] == "FAIL" {
		receipt["dmarcPolicy"] = "reject"
	}
	raw, _ := json.Marshal(map[string]any{ // strings and numbers always encode
		"notificationType": "Received",
		"mail": map[string]any{
			"timestamp": stamp, "source": "bounces@mailer.example", "messageId": a.ID, "destination": a.Recipients,
			"headersTruncated": false, "headers": headers, "commonHeaders": common,
		},
		"receipt": receipt,
	})
	return raw
}

// sent is one mail that SES took from us.
type sent struct {
	Function  string
	MessageID string
	From      string
	To        []string
	Raw       []byte
	Tags      map[string]string
	Set       string // configuration set
}

// sentIn reads an accepted SendEmail out of the record of a call.
func sentIn(c call) (s sent, ok bool) {
	if c.Service != "ses" || c.Operation != "POST /v2/email/outbound-emails" {
		return s, false
	}
	var in struct {
		FromEmailAddress     string
		Destination          struct{ ToAddresses []string }
		ConfigurationSetName string
		Content              struct{ Raw struct{ Data string } }
		EmailTags            []struct{ Name, Value string }
	}
	var out struct{ MessageId string }
	if json.Unmarshal(c.Body, &in) != nil {
		return s, false
	}
	_ = json.Unmarshal(c.Answer, &out) // an answer that got lost names no id; SES has one all the same
	raw, err := base64.StdEncoding.DecodeString(in.Content.Raw.Data)
	if err != nil {
		return s, false
	}
	s = sent{Function: c.Function, MessageID: out.MessageId, From: in.FromEmailAddress, To: in.Destination.ToAddresses, Raw: raw, Set: in.ConfigurationSetName, Tags: map[string]string{}}
	for _, tag := range in.EmailTags {
		s.Tags[tag.Name] = tag.Value
	}
	return s, true
}

// event is what SES publishes about a letter: "Send", "Delivery", or a "Bounce" that
// is final.
func (s sent) event(kind string, at time.Time) []byte {
	stamp := at.UTC().Format("2006-01-02T15:04:05.000Z")
	tags := map[string][]string{"ses:configuration-set": {s.Set}, "ses:source-ip": {"192.0.2.7"}}
	for name, value := range s.Tags {
		tags[name] = []string{value}
	}
	e := map[string]any{
		"eventType": kind,
		"mail": map[string]any{
			"timestamp": stamp, "messageId": s.MessageID, "source": s.From, "sourceArn": arn("ses", "identity/example.com"),
			"sendingAccountId": account, "destination": s.To, "headersTruncated": false,
			"headers": []any{}, "commonHeaders": map[string]any{"to": s.To}, "tags": tags,
		},
	}
	switch kind {
	case "Send":
		e["send"] = map[string]any{}
	case "Delivery":
		e["delivery"] = map[string]any{
			"timestamp": stamp, "processingTimeMillis": 870, "recipients": s.To, "smtpResponse": "250 2.6.0 Message received", "reportingMTA": "mta.example.net",
		}
	case "Bounce":
		var list []map[string]string
		for _, to := range s.To {
			list = append(list, map[string]string{"emailAddress": to, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"})
		}
		e["bounce"] = map[string]any{
			"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": list, "timestamp": stamp,
			"feedbackId": "0100-test", "reportingMTA": "dsn; mta.example.net",
		}
	}
	raw, _ := json.Marshal(e) // strings and numbers always encode
	return raw
}
