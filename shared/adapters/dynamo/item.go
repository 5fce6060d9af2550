package dynamo

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rightsmail/shared/cases"
	"rightsmail/shared/cases/record"
	"rightsmail/shared/limits"
)

// item is what the table keeps under one key.
type item map[string]types.AttributeValue

// schema is the version of the items that this program writes, and the newest it reads.
const schema = 1

// ErrNewerSchema says that a newer Rightsmail wrote an item. Working on it could lose what
// this program does not know of, so it does not try.
var ErrNewerSchema = errors.New("the table was written by a newer version of Rightsmail: update this program")

// newItem is an item under its key, in the schema of this program.
func newItem(pk, sk string) item {
	i := item{}
	i.set(attrPK, pk)
	i.set(attrSK, sk)
	i.number(attrSchema, schema)
	return i
}

func (i item) set(name, value string)          { i[name] = &types.AttributeValueMemberS{Value: value} }
func (i item) number(name string, value int64) { i[name] = integer(value) }

func integer(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// place puts the item into an index.
func (i item) place(g index, partition, place string) {
	i.set(g.pk(), partition)
	i.set(g.sk(), place)
}

// text is a text of the item, empty if it has none.
func (i item) text(name string) string {
	if s, ok := i[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// count is a number of the item, zero if it has none.
func (i item) count(name string) (int64, error) {
	n, ok := i[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0, nil
	}
	value, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("attribute %q is no whole number", name)
	}
	return value, nil
}

// readable refuses what a newer program wrote.
func (i item) readable() error {
	v, err := i.count(attrSchema)
	if err == nil && v > schema {
		err = fmt.Errorf("%w (an item is of schema %d, known is %d)", ErrNewerSchema, v, schema)
	}
	return err
}

// key is the primary key alone.
func (i item) key() item { return item{attrPK: i[attrPK], attrSK: i[attrSK]} }

func keyOf(pk, sk string) item {
	i := item{}
	i.set(attrPK, pk)
	i.set(attrSK, sk)
	return i
}

// The keys. Consumers and rights contain no "#".
const (
	skMail, skTwin, skHead, skLedger, skCounter, skOutbox = "MAIL", "TWIN", "HEAD", "LEDGER", "COUNTER", "OUTBOX"

	// Events sort before the head, so that a trail longer than one answer ends with the
	// word on where it ends.
	eventPrefix = "EVENT#"
)

func mailPK(id cases.MailID) string  { return "MAIL#" + string(id) }
func twinPK(twin string) string      { return "TWIN#" + twin }
func casePK(id cases.ID) string      { return "CASE#" + string(id) }
func ledgerPK(k limits.Key) string   { return "LEDGER#" + k.Consumer + "#" + string(k.Right) }
func counterPK(key string) string    { return "COUNTER#" + key }
func outboxPK(id string) string      { return "OUTBOX#" + id }
func eventSK(n int) string           { return fmt.Sprintf("%s%08d", eventPrefix, n) }
func yearPartition(year int) string  { return fmt.Sprintf("Y#%04d", year) }
func mailPartition(id string) string { return "M#" + id }
func queuePartition(q string) string { return "Q#" + q }
func casePartition(id string) string { return "E#" + id }
func sentPartition(id string) string { return "EM#" + id }
func statePartition(s string) string { return "S#" + s }

// The partitions that all of one kind share.
const (
	unfinished = "UNFINISHED"
	finished   = "CLOSED"
	outbox     = "EFFECTS"
	waiting    = "PENDING"
)

// headItem is a case. Its entries are not part of it: the first are put with a new case
// and then stay as they are.
func headItem(c cases.Case, last cases.Entry) (item, error) {
	body, err := record.EncodeCase(c)
	if err != nil {
		return nil, err
	}
	i := newItem(casePK(c.ID), skHead)
	i.set(attrBody, string(body))
	i.number(attrVersion, c.Version+1)
	i.number(attrLast, int64(last.N))
	i.set(attrHash, last.Hash)
	i.set(attrQueue, string(c.Queue))
	i.set(attrStatus, string(c.Status))
	i.set(attrAck, string(c.Acknowledgement.State))
	i.set(attrReceived, record.Stamp(c.Received))
	at := record.Place(c)
	i.place(byStage, stage(c), at)
	i.place(byTime, yearPartition(c.Received.UTC().Year()), at)
	if c.Queue != "" {
		i.place(byOwner, queuePartition(string(c.Queue)), at)
	}
	if c.Mail != "" {
		i.place(byMail, mailPartition(string(c.Mail)), at)
	}
	return i, nil
}

func readHead(i item) (cases.Case, error) {
	version, err := i.version()
	if err != nil {
		return cases.Case{}, err
	}
	return record.DecodeCase([]byte(i.text(attrBody)), version)
}

// version is the version of a readable item.
func (i item) version() (int64, error) {
	if err := i.readable(); err != nil {
		return 0, err
	}
	return i.count(attrVersion)
}

const (
	duePlace    = "0 "
	closedPlace = "2" // closed cases stand from here on, open ones before
)

func stage(c cases.Case) string {
	if c.Status == cases.Closed {
		return finished
	}
	return unfinished
}

func ledgerItem(l limits.Ledger) (item, error) {
	body, err := record.EncodeLedger(l)
	if err != nil {
		return nil, err
	}
	i := newItem(ledgerPK(l.Key), skLedger)
	i.set(attrBody, string(body))
	i.number(attrVersion, l.Version+1)
	return i, nil
}

// counterItem carries its expiry twice: as it came, and in the seconds that DynamoDB wants.
func counterItem(c cases.Counter) item {
	i := newItem(counterPK(c.Key), skCounter)
	i.number(attrN, int64(c.N))
	i.set(attrExpires, record.Stamp(c.Expires))
	i.number(attrVersion, c.Version+1)
	if !c.Expires.IsZero() {
		i.number(TTL, c.Expires.Unix()+1) // the part of a second is not cut off its life
	}
	return i
}

func readCounter(i item, key string) (c cases.Counter, err error) {
	c.Key = key
	if c.Version, err = i.version(); err != nil {
		return c, err
	}
	n, err := i.count(attrN)
	if err != nil {
		return c, err
	}
	c.N = int(n)
	if text := i.text(attrExpires); text != "" {
		c.Expires, err = time.Parse(record.StampLayout, text)
	}
	return c, err
}

func effectItem(e cases.Effect) (item, error) {
	body, err := record.EncodeEffect(e)
	if err != nil {
		return nil, err
	}
	i := newItem(outboxPK(e.ID), skOutbox)
	i.set(attrBody, string(body))
	i.number(attrVersion, e.Version+1)
	if len(e.Payload) > 0 {
		i[attrPayload] = &types.AttributeValueMemberB{Value: e.Payload}
	}
	i.set(attrKind, string(e.Kind))
	i.set(attrState, string(e.State))
	i.set(attrMail, string(e.Mail))
	at := record.EffectPlace(e)
	i.place(byStage, outbox, at)
	if e.Case != "" {
		i.place(byOwner, casePartition(string(e.Case)), at)
	}
	if e.Mail != "" {
		i.place(byMail, sentPartition(string(e.Mail)), at)
	}
	switch e.State {
	case cases.EffectPending:
		i.place(byTime, waiting, pendingPlace(e))
	case cases.EffectDraft, cases.EffectFailed:
		i.place(byTime, statePartition(string(e.State)), at)
	}
	return i, nil
}

func readEffect(i item) (cases.Effect, error) {
	version, err := i.version()
	if err != nil {
		return cases.Effect{}, err
	}
	var payload []byte
	if b, ok := i[attrPayload].(*types.AttributeValueMemberB); ok {
		payload = b.Value
	}
	return record.DecodeEffect([]byte(i.text(attrBody)), payload, version)
}

// pendingPlace puts first what may be tried first.
func pendingPlace(e cases.Effect) string {
	return record.Stamp(e.NotBefore) + " " + record.EffectPlace(e)
}
