package lambdaevents

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"

	"rightsmail/shared/replies"
)

// transportEvent is what SES publishes about a mail that it sends for us. What the other
// mail server said in words is not here: it may quote the letter, or the address.
type transportEvent struct {
	EventType        string `json:"eventType"`        // of a configuration set
	NotificationType string `json:"notificationType"` // of an identity
	Mail             struct {
		Timestamp string `json:"timestamp"`
		Tags      struct {
			Effect []string `json:"effect"`
		} `json:"tags"`
	} `json:"mail"`
	Delivery moment `json:"delivery"`
	Bounce   struct {
		moment
		Type       string      `json:"bounceType"`
		SubType    string      `json:"bounceSubType"`
		Recipients []recipient `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		moment
		Type    string `json:"complaintFeedbackType"`
		SubType string `json:"complaintSubType"`
	} `json:"complaint"`
	Delay struct {
		moment
		Type       string      `json:"delayType"`
		Recipients []recipient `json:"delayedRecipients"`
	} `json:"deliveryDelay"`
}

type moment struct {
	Timestamp string `json:"timestamp"`
}

type recipient struct {
	Status string `json:"status"`
}

var (
	statusPattern = regexp.MustCompile(`^\d\.\d{1,3}\.\d{1,3}$`) // RFC 3463
	wordPattern   = regexp.MustCompile(`^[A-Za-z][A-Za-z-]{0,39}$`)
)

// topicProof is what SES writes, as plain text, to a topic that is given to a
// configuration set.
var topicProof = []byte("Successfully validated SNS topic")

// ReadFeedback reads an event about mail that SES sends, as it is or in the envelope of
// SNS. It is empty, without an error, for what concerns no letter of the outbox: mail
// without our tag, opened letters and clicks, and the text that proves a topic.
func ReadFeedback(body []byte) ([]replies.Feedback, error) {
	news, err := readFeedback(body)
	if err != nil {
		return nil, fmt.Errorf("read event of SES: %w", err)
	}
	return news, nil
}

func readFeedback(body []byte) ([]replies.Feedback, error) {
	none := []replies.Feedback{}
	inner := body
	if !bytes.HasPrefix(body, topicProof) {
		var err error
		if inner, err = unwrap(body); err != nil {
			return nil, err
		}
	}
	if bytes.HasPrefix(inner, topicProof) {
		return none, nil
	}
	var e transportEvent
	if err := decode(inner, &e); err != nil {
		return nil, err
	}
	kind := e.EventType
	if kind == "" {
		kind = e.NotificationType
	}
	if kind == "" {
		return nil, errors.New("eventType is missing")
	}
	f, at := e.about(kind)
	if f.Kind == "" || len(e.Mail.Tags.Effect) == 0 || !isID(e.Mail.Tags.Effect[0], maxEffect) {
		return none, nil
	}
	var err error
	// Send and Reject have no time of their own.
	if f.At, err = firstTime("timestamp", at, e.Mail.Timestamp); err != nil {
		return nil, err
	}
	f.Effect = e.Mail.Tags.Effect[0]
	return []replies.Feedback{f}, nil
}

// about is the news and when it happened; no kind where nothing is to be done.
func (e *transportEvent) about(kind string) (f replies.Feedback, at string) {
	switch kind {
	case "Send":
		f.Kind = replies.FeedbackSent
	case "Delivery":
		f.Kind, at = replies.FeedbackDelivered, e.Delivery.Timestamp
	case "DeliveryDelay":
		f.Kind, at = replies.FeedbackDelayed, e.Delay.Timestamp
		f.Status = status(e.Delay.Recipients, e.Delay.Type)
	case "Bounce":
		f.Kind, at = replies.FeedbackBounced, e.Bounce.Timestamp
		// Permanent is also an address that the account has learned not to write to.
		f.Final = e.Bounce.Type == "Permanent"
		f.Status = status(e.Bounce.Recipients, e.Bounce.SubType, e.Bounce.Type)
	case "Complaint":
		f.Kind, at = replies.FeedbackComplained, e.Complaint.Timestamp
		f.Status = status(nil, e.Complaint.Type, e.Complaint.SubType)
	case "Reject":
		f.Kind, f.Status = replies.FeedbackRejected, "rejected"
	case "Rendering Failure", "RenderingFailure":
		f.Kind, f.Status = replies.FeedbackRejected, "rendering-failure"
	}
	return f, at
}

// status is the first enhanced status code, else the first word; the codes come from
// strangers' mail servers and are taken only if they look like one.
func status(of []recipient, words ...string) string {
	for _, r := range of {
		if statusPattern.MatchString(r.Status) {
			return r.Status
		}
	}
	for _, w := range words {
		if wordPattern.MatchString(w) {
			return w
		}
	}
	return ""
}
