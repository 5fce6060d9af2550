package console

import (
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/metrics"
)

// The shapes of the answers under /api. openapi.yaml describes them for the outside
// and a test holds the two together. Times are RFC 3339 in UTC; dates are civil
// dates, "2026-03-13", in the zone of the law, which stands beside them. A thing that
// is not there is null; a list that is empty is [].

type healthShape struct {
	Status string `json:"status"` // "ok", or why not
}

type errorShape struct {
	Error string `json:"error"` // one sentence that says what to do
}

// queuesShape answers GET /api/queues: every queue of the house, in its order.
type queuesShape struct {
	Queues []queueShape `json:"queues"`
}

type queueShape struct {
	Queue   string     `json:"queue"`
	Title   string     `json:"title"`
	Open    int        `json:"open"` // without the held ones
	Held    int        `json:"held"` // over the limit
	Closed  int        `json:"closed"`
	Overdue int        `json:"overdue"`  // open or held, and the next duty is past its date
	NextDue *time.Time `json:"next_due"` // end of the first day on which something is owed
}

// casesShape answers GET /api/cases, soonest duty first. It holds no words of a mail
// but its subject and sender.
type casesShape struct {
	Cases      []caseShape `json:"cases"`
	NextCursor string      `json:"next_cursor"` // empty on the last page
}

type caseShape struct {
	ID              string     `json:"id"`
	Version         int64      `json:"version"`
	Queue           string     `json:"queue"`
	Right           string     `json:"right"`
	Title           string     `json:"title"` // of the right, in plain words
	Law             string     `json:"law"`
	Jurisdiction    string     `json:"jurisdiction"`
	Kind            string     `json:"kind"`     // of the mail: request, reminder, escalation, reply; empty for one that asks for no right
	Priority        int        `json:"priority"` // 0 today to 3 information
	Status          string     `json:"status"`   // open, held, closed
	Review          []string   `json:"review"`   // why a human must look first
	Subject         string     `json:"subject"`  // hostile: escape it
	From            fromShape  `json:"from"`
	ReceivedAt      time.Time  `json:"received_at"`
	ReceivedOn      string     `json:"received_on"`
	Zone            string     `json:"zone"`
	Next            *nextShape `json:"next"` // null if nothing is owed
	Acknowledgement ackShape   `json:"acknowledgement"`
	Missing         []string   `json:"missing"`
	Outcome         string     `json:"outcome"` // empty while open
	ClosedAt        *time.Time `json:"closed_at"`
}

type fromShape struct {
	Name     string `json:"name"`
	Address  string `json:"address"`
	Standing string `json:"standing"` // authenticated, unknown, failed
	Role     string `json:"role"`
	Language string `json:"language"`

	Permission string `json:"permission"` // of an agent: attached, stated, none; empty for anybody else
}

type nextShape struct {
	Duty    string    `json:"duty"`
	DueOn   string    `json:"due_on"`
	DueAt   time.Time `json:"due_at"` // end of that day
	Overdue bool      `json:"overdue"`
}

type ackShape struct {
	State string     `json:"state"` // queued, sent, held, none
	Hold  string     `json:"hold"`  // why it is held
	At    *time.Time `json:"at"`
}

// detailShape answers GET /api/cases/{id}.
type detailShape struct {
	caseShape
	Citation    string           `json:"citation"`
	DecidedBy   string           `json:"decided_by"`
	Confidence  float64          `json:"confidence"`
	Rules       string           `json:"rules"` // version of the rules
	Laws        string           `json:"laws"`  // version of the laws and calendars
	Evidence    []cases.Evidence `json:"evidence"`
	Signals     []string         `json:"signals"`
	Dates       []dateShape      `json:"dates"`
	Limit       *limitShape      `json:"limit"`
	Decider     string           `json:"decider"`
	Reason      string           `json:"reason"`
	Siblings    []string         `json:"siblings"`
	People      []personShape    `json:"people"` // where the mail asks for several people
	Letters     []letterShape    `json:"letters"`
	Trail       []entryShape     `json:"trail"`
	TrailIntact bool             `json:"trail_intact"`
	Mail        *mailShape       `json:"mail"` // null once retention has removed it
	Since       []sinceShape     `json:"since"`
}

type personShape struct {
	Name   string `json:"name"`   // hostile: escape it
	Email  string `json:"email"`  // hostile: escape it
	Sender bool   `json:"sender"` // the one who wrote
	Case   string `json:"case"`   // opened for this person; empty if none was
}

type dateShape struct {
	Duty        string     `json:"duty"`
	DueOn       string     `json:"due_on"`       // the strictest reading
	StatutoryOn string     `json:"statutory_on"` // the ordinary reading
	Zone        string     `json:"zone"`
	Period      string     `json:"period"`
	Citation    string     `json:"citation"`
	Explanation string     `json:"explanation"`
	Internal    bool       `json:"internal"` // a goal of ours, no law
	DoneAt      *time.Time `json:"done_at"`
	Overdue     bool       `json:"overdue"`
}

type limitShape struct {
	State     string   `json:"state"`
	On        string   `json:"on"`
	Earlier   []string `json:"earlier"`
	FirstFree string   `json:"first_free"` // empty if the request was free
	WaivedBy  string   `json:"waived_by"`
}

type letterShape struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	State     string     `json:"state"` // draft, pending, done, failed, dropped
	Subject   string     `json:"subject"`
	CreatedAt time.Time  `json:"created_at"`
	DoneAt    *time.Time `json:"done_at"`
}

type entryShape struct {
	N     int               `json:"n"`
	At    time.Time         `json:"at"`
	Actor string            `json:"actor"`
	Kind  string            `json:"kind"`
	Text  string            `json:"text"`
	Data  map[string]string `json:"data"`
	Hash  string            `json:"hash"`
}

type mailShape struct {
	Text        string            `json:"text"`       // the sender's own new words; hostile: escape it
	Quoted      string            `json:"quoted"`     // what they quote
	Signature   string            `json:"signature"`  // below their words
	Disclaimer  string            `json:"disclaimer"` // legal notice of a company's server
	Hidden      string            `json:"hidden"`     // text that nobody sees in the mail; evidence of nothing
	Candidates  []candidateShape  `json:"candidates"` // who may be asking; none is authenticated
	Report      *reportShape      `json:"report"`     // null unless the mail reports on another
	Warnings    []warningShape    `json:"warnings"`
	Attachments []attachmentShape `json:"attachments"`
}

type candidateShape struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	How     string `json:"how"` // original-sender, resent, attached, inline, wrote-line
}

type reportShape struct {
	Kind       string                 `json:"kind"`     // delivery, disposition, feedback
	Returned   []string               `json:"returned"` // ids of the mail it is about
	EnvelopeID string                 `json:"envelope_id"`
	Recipients []reportRecipientShape `json:"recipients"`
}

type reportRecipientShape struct {
	Address string `json:"address"`
	Action  string `json:"action"` // failed, delayed, delivered, relayed, expanded
	Status  string `json:"status"` // RFC 3463
}

type warningShape struct {
	Kind   string `json:"kind"`
	Detail string `json:"detail"` // our words
}

// sinceShape is a mail that joined the case later. Its text is null once retention
// has removed it.
type sinceShape struct {
	ReceivedAt time.Time  `json:"received_at"`
	Standing   string     `json:"standing"`
	Automated  string     `json:"automated"` // empty for a person's mail
	Text       *string    `json:"text"`      // the sender's own new words; hostile: escape it
	Mail       *mailShape `json:"mail"`      // null once retention has removed it
}

type attachmentShape struct {
	Name      string `json:"name"`
	Type      string `json:"type"`     // as declared
	Detected  string `json:"detected"` // as its bytes show; empty where they show nothing
	Size      int    `json:"size"`     // bytes
	SHA256    string `json:"sha256"`
	Archive   bool   `json:"archive"`   // holds files of its own; never unpacked
	Encrypted bool   `json:"encrypted"` // cannot be read without a password or key
}

// metricsShape answers GET /api/metrics. from and to are civil dates, both included.
type metricsShape struct {
	From  string            `json:"from"`
	To    string            `json:"to"`
	Rows  []categoryShape   `json:"rows"`
	Total categoryShape     `json:"total"`
	Terms []definitionShape `json:"definitions"`
}

// categoryShape is one row. cases names the cases behind each number, and nothing to
// whoever may not see cases.
type categoryShape struct {
	Category          string                      `json:"category"` // empty for the total
	Title             string                      `json:"title"`
	Statutory         bool                        `json:"statutory"`
	Received          int                         `json:"received"`
	Open              int                         `json:"open"`
	Held              int                         `json:"held"`
	Overdue           int                         `json:"overdue"`
	Complied          int                         `json:"complied"`
	CompliedPart      int                         `json:"complied_part"`
	Denied            int                         `json:"denied"`
	DeniedUnverified  int                         `json:"denied_unverified"`
	DeniedNotEntitled int                         `json:"denied_not_entitled"`
	DeniedExempt      int                         `json:"denied_exempt"`
	DeniedOther       int                         `json:"denied_other"`
	Withdrawn         int                         `json:"withdrawn"`
	Answered          int                         `json:"answered"`
	AnswerDue         int                         `json:"answer_due"`
	AnsweredInTime    int                         `json:"answered_in_time"`
	AckDue            int                         `json:"ack_due"`
	AckInTime         int                         `json:"ack_in_time"`
	Audit             int                         `json:"audit"`
	MedianDays        *float64                    `json:"median_days"` // null if nothing was answered
	MeanDays          *float64                    `json:"mean_days"`
	Cases             map[metrics.Column][]string `json:"cases"`
}

type definitionShape struct {
	Term string `json:"term"`
	Text string `json:"text"`
}
