package cases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

// The errors of a Store, to be asked for with errors.Is.
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("changed by somebody else meanwhile") // read again and decide again
	ErrSeen     = errors.New("mail seen before")
)

// SeenError is the ErrSeen that says which mail was there first.
type SeenError struct{ First MailID }

func (e *SeenError) Error() string { return fmt.Sprintf("%v: first as %s", ErrSeen, e.First) }

// Is makes errors.Is(err, ErrSeen) true.
func (e *SeenError) Is(target error) bool { return target == ErrSeen }

// Store keeps mails, cases, trails, ledgers and the outbox. All methods are safe
// for concurrent use. Times come back equal to what went in, in UTC, to the
// microsecond at least. The caller owns what is returned. A cancelled context
// gives its error and changes nothing.
type Store interface {
	// Commit writes a batch whole or not at all. It returns a *SeenError if
	// b.Mail's ID or non-empty Twin is known; ErrConflict if any case, ledger,
	// counter or effect is not at the version it carries, or a new one exists already,
	// or the entries do not fit the trail. The former comes before the latter. What
	// Batch.Check refuses is neither.
	Commit(ctx context.Context, b Batch) error

	// Mail returns one mail, or ErrNotFound.
	Mail(ctx context.Context, id MailID) (Mail, error)

	// Case returns one case, or ErrNotFound.
	Case(ctx context.Context, id ID) (Case, error)

	// Trail returns the whole trail of a case, oldest first, or ErrNotFound.
	Trail(ctx context.Context, id ID) ([]Entry, error)

	// Cases returns a page of cases that match, sorted by Next.Due and then by ID.
	// Open ones without a duty come after them, by Received, and closed ones last,
	// by ClosedAt.
	Cases(ctx context.Context, q Query) (Page, error)

	// Counts returns one Count for every queue and status that has cases.
	Counts(ctx context.Context) ([]Count, error)

	// Ledger returns the ledger for a key; one with Version 0 if there is none.
	Ledger(ctx context.Context, key limits.Key) (limits.Ledger, error)

	// Counter returns a counter; one with Version 0 if there is none.
	Counter(ctx context.Context, key string) (Counter, error)

	// Effect returns one outbox entry, or ErrNotFound.
	Effect(ctx context.Context, id string) (Effect, error)

	// Due returns up to limit pending effects whose NotBefore is not after now,
	// sorted by NotBefore, then Created, then ID. Two workers may get the same one:
	// delivery is keyed by id.
	Due(ctx context.Context, now time.Time, limit int) ([]Effect, error)

	// Effects returns a page of the outbox, newest first, of one kind and state;
	// an empty kind or state means any.
	Effects(ctx context.Context, q EffectQuery) (EffectPage, error)
}

// Archive keeps raw mail. It is written before anything of ours reads the mail.
type Archive interface {
	// Put keeps the bytes under an id. Putting the same id again changes nothing.
	Put(ctx context.Context, id MailID, raw []byte) error

	// Get returns the bytes, or ErrNotFound.
	Get(ctx context.Context, id MailID) ([]byte, error)
}

// Batch is everything one decision changes.
type Batch struct {
	Mail     *Mail           // a new mail; nil if the batch is not about one
	Cases    []Change        // new and changed cases
	Ledgers  []limits.Ledger // at the version read; stored at version+1
	Counters []Counter       // at the version read; stored at version+1
	Effects  []Effect        // new and changed outbox entries
}

// Change is a case as it becomes and the entries its trail gains. Case.Version is
// the version read, 0 for a new case; the stored one is one higher.
type Change struct {
	Case    Case
	Entries []Entry // continue the trail: N and Prev fit the last entry stored
}

// Counter counts what must not be without end: automatic mail to one address and day,
// so that two machines cannot talk to each other for ever; what a model took in an hour.
type Counter struct {
	Key     string // no personal data: what is counted, a keyed hash, a date
	N       int
	Expires time.Time // when it may be forgotten
	Version int64
}

// Query selects cases. Zero fields select everything.
type Query struct {
	Queue        rights.Queue
	Statuses     []Status
	AckStates    []AckState
	Mail         MailID
	ReceivedFrom time.Time // inclusive
	ReceivedTo   time.Time // exclusive
	Cursor       string    // from the page before
	Limit        int       // 0 means 50, at most 500
}

// Page is one page of cases. Next is the cursor of the following page, empty on
// the last. It holds for the same Query only, but for its Limit; any other cursor
// gives ErrBadCursor. A case that changes between two pages may be missed or come
// twice; one that does not change never is.
type Page struct {
	Cases []Case
	Next  string
}

// ErrBadCursor says that a cursor was not one of ours.
var ErrBadCursor = errors.New("not a cursor of this list")

// Count is how many cases a queue has in one status, and the first duty of them.
type Count struct {
	Queue   rights.Queue
	Status  Status
	N       int
	NextDue time.Time // zero if none is due
}

// Effect is one thing to be done outside: it is written with the decision and
// delivered at least once. The id makes a second delivery harmless.
type Effect struct {
	ID        string
	Version   int64 // 0 for a new one
	Kind      EffectKind
	State     EffectState
	Case      ID // empty if it concerns the mail only
	Mail      MailID
	Payload   []byte // JSON, by kind
	Created   time.Time
	NotBefore time.Time // not tried again before
	Attempts  int
	Done      time.Time // zero while pending
	Note      string    // the last failure, or what the delivery returned; our words
}

// EffectKind says what an effect does.
type EffectKind string

// The kinds.
const (
	EffectReply   EffectKind = "reply"   // a letter to a person
	EffectHandOff EffectKind = "handoff" // a message to the queue of a category
	EffectForward EffectKind = "forward" // ordinary mail to the help desk
	EffectCanary  EffectKind = "canary"  // a letter to ourselves, which shows that mail is read
	EffectConsult EffectKind = "consult" // ask the model about mail that the rules cannot decide
)

// EffectState is how far an effect got.
type EffectState string

// The states. A draft waits for a human; Failed gave up after many tries and
// waits for one too.
const (
	EffectDraft   EffectState = "draft"
	EffectPending EffectState = "pending"
	EffectDone    EffectState = "done"
	EffectFailed  EffectState = "failed"
	EffectDropped EffectState = "dropped" // a human decided not to send the draft
)

// EffectQuery selects outbox entries.
type EffectQuery struct {
	Kind   EffectKind
	State  EffectState
	Case   ID
	Mail   MailID
	Cursor string
	Limit  int // 0 means 50, at most 500
}

// EffectPage is one page of the outbox.
type EffectPage struct {
	Effects []Effect
	Next    string
}
