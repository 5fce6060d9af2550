package rights

import "github.com/golang-sql/civil"

// ID names one right, as the privacy policy and the law know it, for example
// "ccpa_delete". It is the vocabulary every other room speaks.
type ID string

// The classes that are not a right but that a mail may still be.
const (
	SupportGeneral ID = "support_general"
	Spam           ID = "spam"
	AutoOrBounce   ID = "auto_or_bounce"
)

// Queue names the desk that works a right. See Queues for all of them.
type Queue string

// The queues, in the order in which the console lists them.
const (
	QueueChildren      Queue = "children"
	QueueLegal         Queue = "legal"
	QueueSecurity      Queue = "security"
	QueueReview        Queue = "review"
	QueueCCPA          Queue = "ccpa"
	QueueOptOut        Queue = "opt-out"
	QueueShineTheLight Queue = "shine-the-light"
	QueueNevada        Queue = "nevada"
	QueueGDPR          Queue = "gdpr"
	QueueDPF           Queue = "dpf"
	QueueMarketing     Queue = "marketing"
	QueueSupport       Queue = "support"
)

// Jurisdiction says whose law a mail invokes or lives under.
type Jurisdiction string

// The jurisdictions that change a clock. Unspecified means that the mail names
// none and none can be inferred; the strictest plausible clock then applies.
const (
	California  Jurisdiction = "us-ca"
	Nevada      Jurisdiction = "us-nv"
	OtherUS     Jurisdiction = "us-other"
	EU          Jurisdiction = "eu"
	UK          Jurisdiction = "uk"
	Switzerland Jurisdiction = "ch"
	Unspecified Jurisdiction = "unspecified"
)

// Date is a civil date: a day on a calendar, without a time or a zone. Legal
// periods are counted in civil dates of the law's own zone, never in hours.
type Date = civil.Date

// Priority is 0 (a human the same business day) to 3 (information).
type Priority int
