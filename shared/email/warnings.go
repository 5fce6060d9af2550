package email

// The kinds of warning. Each is given at most once for a mail.
const (
	NotMail           WarningKind = "not_mail"           // no header field of a mail, or binary junk
	LimitReached      WarningKind = "limit_reached"      // something was cut at a limit of Options
	HeaderRepaired    WarningKind = "header_repaired"    // lines that are no fields were left out
	BoundaryMissing   WarningKind = "boundary_missing"   // a multipart without its opening or closing boundary
	EncodingDamaged   WarningKind = "encoding_damaged"   // unknown or damaged transfer encoding
	CharsetGuessed    WarningKind = "charset_guessed"    // unknown or wrong charset
	BodyUnreadable    WarningKind = "body_unreadable"    // no text found; Text is an excerpt of the raw body, or empty
	Encrypted         WarningKind = "encrypted"          // S/MIME or PGP: the words cannot be read here
	TNEF              WarningKind = "tnef"               // a winmail.dat part, which is not opened
	Uuencoded         WarningKind = "uuencoded"          // a file stands in the text as uuencode; it is among the attachments
	Calendar          WarningKind = "calendar"           // an invitation, or the answer to one
	LineEnds          WarningKind = "line_ends"          // line ends were not those of mail: CR alone, or CR CR LF
	LeadingJunk       WarningKind = "leading_junk"       // a byte order mark, blank lines or an mbox "From " line stood before the header
	NulBytes          WarningKind = "nul_bytes"          // NUL bytes were left out
	TypeUnreadable    WarningKind = "type_unreadable"    // a Content-Type could not be parsed; what it means was guessed
	InvisibleText     WarningKind = "invisible_text"     // zero-width or tag characters inside words were left out
	LetterUnread      WarningKind = "letter_unread"      // a letter is attached whose words cannot be read here
	AttachmentLarge   WarningKind = "attachment_large"   // an attachment is so large that it is kept but not looked into
	ArchiveAttached   WarningKind = "archive_attached"   // an archive is kept and never unpacked
	AttachmentLocked  WarningKind = "attachment_locked"  // an attachment is encrypted
	TypeMismatch      WarningKind = "type_mismatch"      // an attachment is something else than it says
	SeveralCandidates WarningKind = "several_candidates" // more than one person may be asking
	TextsDiffer       WarningKind = "texts_differ"       // plain and HTML version say different things
	NothingNew        WarningKind = "nothing_new"        // the text is all quoted; New is the quoted text
	HiddenText        WarningKind = "hidden_text"        // HTML holds text that nobody sees
	SenderRecovered   WarningKind = "sender_recovered"   // From is malformed; one address was found in it
	SenderUnreadable  WarningKind = "sender_unreadable"  // From is missing or holds no address
	SeveralAuthors    WarningKind = "several_authors"    // nobody is authenticated
	ReplyToElsewhere  WarningKind = "reply_to_elsewhere" // Reply-To is not the author
	VerdictsAmbiguous WarningKind = "verdicts_ambiguous" // the server's findings contradict themselves or are too long
)

func (r *reader) warn(k WarningKind, detail string) {
	if !r.m.Has(k) {
		r.m.Warnings = append(r.m.Warnings, Warning{Kind: k, Detail: detail})
	}
}

// limit notes that something was cut.
func (r *reader) limit(detail string) {
	r.m.Truncated = true
	r.warn(LimitReached, detail)
}
