package classify

import "rightsmail/shared/rights"

// Decision is what one mail asks for and why.
type Decision struct {
	Outcome      Outcome
	Findings     []Finding           // one per right or class, most urgent first; never empty
	Jurisdiction rights.Jurisdiction // of the person, with its evidence among Evidence
	Language     string              // BCP 47 of the sender's words, "und" if too short to tell
	DecidedBy    By
	Confidence   float64    // 0 to 1; of the least sure finding that was kept
	Evidence     []Evidence // everything that decided, in order of place in the mail
	Kind         Kind       // request, reminder, escalation or reply; empty where there is no right
	Requester    Role
	Permission   Permission        // of an agent, what the mail shows of the right to act; empty for anybody else
	People       []Person          // where the mail asks for several people: those it names, at most MaxPeople
	Fields       map[string]string // what the mail states that a right may need: "name", "state", "zip", ...
	Review       []string          // why a human must look first, each a short reason in our words; empty if sure
	Modifiers    []rights.ID       // ids that qualify the others: agent, sensitive_data_received, followup_existing_case
	Rules        string            // version of the rules: a hash of the data
}

// Outcome is what kind of mail it is.
type Outcome string

// The outcomes. Unsure mail is Privacy with Review reasons, or Review alone when
// not even a right can be guessed.
const (
	Privacy   Outcome = "privacy"
	Support   Outcome = "support"
	SpamMail  Outcome = "spam"
	Automated Outcome = "automated"
	Unsure    Outcome = "review"
)

// By says who decided.
type By string

// The deciders.
const (
	ByRules  By = "rules"
	ByModel  By = "model"
	ByNobody By = "nobody"
)

// Finding is one right found in a mail.
type Finding struct {
	Right      rights.ID
	Confidence float64
	Rules      []string // ids of the rules that spoke for it
	Missing    []string // required fields the mail does not give
}

// Evidence ties a rule to the words that made it speak.
type Evidence struct {
	Rule  string `json:"rule"`
	Text  string `json:"text"`            // the words as written in the mail
	Where Where  `json:"where,omitempty"` // which text the offsets count in
	Start int    `json:"start"`           // byte offsets into that text
	End   int    `json:"end"`
}

// Where names a text of the mail.
type Where string

// The texts that rules read. A signature says where somebody lives and for whom he
// acts, never what he asks for. Quoted history, the legal notice of a company's server
// and hidden text are never read.
const (
	InSubject    Where = "subject"
	InNew        Where = "new"
	InSignature  Where = "signature"
	InAttachment Where = "attachment"
	InForwarded  Where = "forwarded"
	InAddress    Where = "address"
	InCopied     Where = "copied" // who else got the mail, one address a line; shows the kind of a mail, never a wish
)

// Role says who asks, for whom.
type Role string

// The roles.
const (
	RoleSelf      Role = "self"
	RoleAgent     Role = "agent"
	RoleParent    Role = "parent"
	RoleChild     Role = "child"
	RoleHeir      Role = "heir"
	RoleRegulator Role = "regulator"
	RoleEmployer  Role = "employer"
	RoleVisitor   Role = "merchant-visitor"
)
