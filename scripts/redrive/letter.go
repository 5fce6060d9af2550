package main

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// read takes from a message what may be shown.
func read(m types.Message) letter {
	millis, _ := strconv.ParseInt(m.Attributes["SentTimestamp"], 10, 64)
	attempts, _ := strconv.Atoi(m.Attributes["ApproximateReceiveCount"])
	return letter{id: word(aws.ToString(m.MessageId)), sent: time.UnixMilli(millis).UTC(), attempts: attempts, carries: carries(aws.ToString(m.Body))}
}

// body has the ids of every kind of message, and nothing else of them: a receipt of SES
// carries the sender and the subject as well, which must not reach a terminal.
type body struct {
	Message string `json:"Message"` // a topic that wraps
	Effect  string `json:"effect"`  // a job
	Case    string `json:"case"`    // a hand-off
	ID      string `json:"id"`
	Event   string `json:"eventType"` // news of a letter
	Mail    struct {
		ID   string              `json:"messageId"`
		Tags map[string][]string `json:"tags"`
	} `json:"mail"`
	Stream *struct {
		Shard string `json:"shardId"`
		First string `json:"startSequenceNumber"`
		Last  string `json:"endSequenceNumber"`
	} `json:"DDBStreamBatchInfo"`
}

// carries says in our own words what a message is about.
func carries(raw string) string {
	var b body
	if json.Unmarshal([]byte(raw), &b) != nil {
		return "something that is none of ours"
	}
	if strings.HasPrefix(strings.TrimSpace(b.Message), "{") {
		return carries(b.Message)
	}
	switch {
	case b.Stream != nil:
		return "records " + word(b.Stream.First) + " to " + word(b.Stream.Last) + " of " + word(b.Stream.Shard)
	case b.Event != "":
		return "news (" + word(b.Event) + ") of letter " + word(first(b.Mail.Tags["effect"], b.Mail.ID))
	case b.Mail.ID != "":
		return "mail " + word(b.Mail.ID)
	case b.Effect != "":
		return "outbox entry " + word(b.Effect)
	case b.Case != "":
		return "hand-off " + word(b.ID) + " of case " + word(b.Case)
	}
	return "something that is none of ours"
}

func first(list []string, other string) string {
	if len(list) > 0 {
		return list[0]
	}
	return other
}

var plain = regexp.MustCompile(`^[A-Za-z0-9._:#/+-]{1,200}$`)

// word keeps what only looks like an id from the terminal: an address has an "@".
func word(s string) string {
	if !plain.MatchString(s) {
		return "(not shown)"
	}
	return s
}
