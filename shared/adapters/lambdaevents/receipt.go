package lambdaevents

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"rightsmail/shared/email"
)

// Receipt is one mail that SES took in and stored.
type Receipt struct {
	ID          string         // SES message id, [A-Za-z0-9._-]{1,200}: safe for keys
	Bucket, Key string         // where the raw mail lies, the key with its prefix; empty for a Lambda action
	Received    time.Time      // acceptance by the mail server, UTC
	Recipients  []string       // of the envelope, lower-case; those in the header may be none of ours
	Findings    email.Findings // what the mail server found out about the sender
	Setup       bool           // SES tries out a new rule: acknowledge and drop, there is no mail
}

// setupID is the message id of the notice that SES makes up when a rule is created.
const setupID = "AMAZON_SES_SETUP_NOTIFICATION"

// server is the authserv-id of SES, as its own header fields name it.
const server = "amazonses.com"

// notice is what SES says about a mail, as far as we read it. Fields that nobody needs
// are not here: dmarcPolicy has been a word and an object, processingTimeMillis a number
// and a text, and neither shall cost a mail.
type notice struct {
	Kind string `json:"notificationType"` // absent in a Lambda action
	Mail *struct {
		MessageID string `json:"messageId"`
		Timestamp string `json:"timestamp"`
	} `json:"mail"`
	Receipt *struct {
		Timestamp  string   `json:"timestamp"`
		Recipients []string `json:"recipients"`
		Spam       finding  `json:"spamVerdict"`
		Virus      finding  `json:"virusVerdict"`
		SPF        finding  `json:"spfVerdict"`
		DKIM       finding  `json:"dkimVerdict"`
		DMARC      finding  `json:"dmarcVerdict"`
		Action     struct {
			Type   string `json:"type"`
			Bucket string `json:"bucketName"`
			Key    string `json:"objectKey"`
		} `json:"action"`
	} `json:"receipt"`

	// A Lambda action puts the two above into a record.
	Records []struct {
		SES *notice `json:"ses"`
	} `json:"Records"`
	SES *notice `json:"ses"`
}

// finding is a verdict of SES: {"status": "PASS"}. Whatever else stands there means that
// nobody knows, which is what GRAY, DISABLED and PROCESSING_FAILED mean too.
type finding email.Verdict

// UnmarshalJSON never fails: a verdict that cannot be read must not cost the mail.
func (f *finding) UnmarshalJSON(raw []byte) error {
	var v struct {
		Status string `json:"status"`
	}
	*f = finding(email.Unknown)
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	switch v.Status {
	case "PASS":
		*f = finding(email.Pass)
	case "FAIL":
		*f = finding(email.Fail)
	}
	return nil
}

// ReadReceipt reads the notice of SES about one mail: of an S3 action or a Lambda action,
// as it is or in the envelope of SNS. The error names what is missing, never what stands
// there; a second try will not help.
func ReadReceipt(body []byte) (Receipt, error) {
	r, err := readReceipt(body)
	if err != nil {
		return Receipt{}, fmt.Errorf("read notice of SES: %w", err)
	}
	return r, nil
}

func readReceipt(body []byte) (Receipt, error) {
	inner, err := unwrap(body)
	if err != nil {
		return Receipt{}, err
	}
	var n notice
	if err := decode(inner, &n); err != nil {
		return Receipt{}, err
	}
	one, err := n.only()
	if err != nil {
		return Receipt{}, err
	}
	return one.receipt()
}

// only is the one mail that the event is about.
func (n *notice) only() (*notice, error) {
	switch {
	case len(n.Records) > 1:
		return nil, errors.New("several records, where SES writes one a mail")
	case len(n.Records) == 1 && n.Records[0].SES != nil:
		return n.Records[0].SES, nil
	case n.SES != nil:
		return n.SES, nil
	}
	return n, nil
}

func (n *notice) receipt() (Receipt, error) {
	switch {
	case n.Kind != "" && n.Kind != "Received":
		return Receipt{}, errors.New(`notificationType is not "Received"`)
	case n.Mail == nil || n.Mail.MessageID == "":
		return Receipt{}, errors.New("mail.messageId is missing")
	case !isID(n.Mail.MessageID, maxID):
		return Receipt{}, fmt.Errorf("mail.messageId is not 1 to %d of [A-Za-z0-9._-]", maxID)
	case n.Mail.MessageID == setupID:
		return Receipt{ID: setupID, Setup: true}, nil
	case n.Receipt == nil:
		return Receipt{}, errors.New("receipt is missing")
	}
	at, err := firstTime("mail.timestamp", n.Mail.Timestamp, n.Receipt.Timestamp)
	if err != nil {
		return Receipt{}, err
	}
	got := n.Receipt
	// The key has its prefix already; joining it once more would name nothing.
	out := Receipt{ID: n.Mail.MessageID, Bucket: got.Action.Bucket, Key: got.Action.Key, Received: at}
	if stored := got.Action.Type == "S3"; stored && out.Bucket == "" {
		return Receipt{}, errors.New("receipt.action.bucketName is missing")
	} else if stored && out.Key == "" {
		return Receipt{}, errors.New("receipt.action.objectKey is missing")
	}
	for _, address := range got.Recipients {
		out.Recipients = append(out.Recipients, strings.ToLower(address))
	}
	out.Findings = email.Findings{
		Source: server, SPF: email.Verdict(got.SPF), DKIM: email.Verdict(got.DKIM), DMARC: email.Verdict(got.DMARC),
		Spam: email.Verdict(got.Spam), Virus: email.Verdict(got.Virus),
	}
	return out, nil
}
