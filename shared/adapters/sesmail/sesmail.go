package sesmail

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"rightsmail/shared/replies"
)

// EffectTag names the tag with the id of the outbox entry, in the request and in every
// event of SES about the mail.
const EffectTag = "effect"

// Sender sends letters. It is safe for concurrent use.
type Sender struct{ transport }

var _ replies.Sender = (*Sender)(nil)

// Open returns a sender whose letters have their events published by a configuration
// set. It asks SES nothing.
func Open(cfg aws.Config, configurationSet string) *Sender {
	return &Sender{dial(cfg, configurationSet)}
}

// Send sends a letter in one request; see replies.Sender. The receipt is the message id
// of SES: it has the mail, which is not yet delivered. An id that could not be a tag is
// refused, for nothing would tell what became of the letter.
func (s *Sender) Send(ctx context.Context, id string, l replies.Letter, at time.Time) (receipt string, err error) {
	raw, err := l.Bytes(at)
	if err != nil {
		return "", err
	}
	return s.send(ctx, outgoing{id: id, from: l.From.Address, to: l.To.Address, raw: raw})
}

// transport is SES with the configuration set of the deployment.
type transport struct {
	ses              *sesv2.Client
	configurationSet string
}

func dial(cfg aws.Config, configurationSet string) transport {
	client := sesv2.NewFromConfig(cfg, func(o *sesv2.Options) {
		// One attempt: a second one after a lost answer is a second mail.
		o.Retryer = aws.NopRetryer{}
		o.RetryMaxAttempts = 1
	})
	return transport{client, configurationSet}
}

// outgoing is one mail with its envelope.
type outgoing struct {
	id       string // of the outbox entry
	from, to string // addresses alone
	raw      []byte // RFC 5322
}

func (t transport) send(ctx context.Context, m outgoing) (receipt string, err error) {
	if err := checkID(m.id); err != nil {
		return "", err
	}
	out, err := t.ses.SendEmail(ctx, &sesv2.SendEmailInput{
		Content:              &types.EmailContent{Raw: &types.RawMessage{Data: m.raw}},
		FromEmailAddress:     &m.from,
		Destination:          &types.Destination{ToAddresses: []string{m.to}},
		ConfigurationSetName: &t.configurationSet,
		EmailTags:            []types.MessageTag{{Name: aws.String(EffectTag), Value: &m.id}},
	})
	if err != nil {
		return "", explain(ctx, m.id, err)
	}
	return aws.ToString(out.MessageId), nil
}

// maxTag is the length of a tag that SES allows.
const maxTag = 256

// checkID refuses an id that SES would not take as a tag, or change.
func checkID(id string) error {
	ok := id != "" && len(id) <= maxTag
	for i := range len(id) {
		c := id[i]
		ok = ok && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_')
	}
	if !ok {
		return fmt.Errorf("%w: the id of a mail must have 1 to %d letters, digits, \"-\" or \"_\"", replies.ErrRefused, maxTag)
	}
	return nil
}
