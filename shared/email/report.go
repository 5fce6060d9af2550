package email

import (
	"slices"
	"strings"
)

// Limits of what is read of a report, which is a stranger's text.
const (
	maxReported    = 100       // recipients
	maxReportBytes = 256 << 10 // of one part
	maxReportIDs   = 100       // References of the mail it is about
)

// The kinds of Report.
const (
	aboutDelivery    = "delivery"
	aboutDisposition = "disposition"
	aboutFeedback    = "feedback"
)

// report reads what the mail says about another mail: a report in parts (RFC 3462), or
// a bounce in words as older servers write it. Of a person's mail there is nothing to
// read.
func (r *reader) report(h *header, root *part) {
	m := r.m
	set := reportRoot(root)
	if set == nil && m.Automation.Kind != "bounce" {
		return
	}
	rep := &Report{}
	if set != nil {
		rep.Kind = reportType(set)
		r.reportParts(rep, set)
	}
	if rep.Kind == "" || rep.Kind == aboutDelivery {
		r.reportWords(rep, h)
	}
	if rep.Kind == "" {
		if len(rep.Recipients) == 0 && len(rep.Returned) == 0 {
			return
		}
		rep.Kind = aboutDelivery
	}
	m.Report = rep
}

// reportRoot finds the set of parts that holds a report, or nil.
func reportRoot(root *part) *part {
	if root.said == "multipart/report" || reportKind(root.said) != 0 {
		return root
	}
	for _, kid := range root.kids {
		if kid.said == "multipart/report" {
			return kid
		}
		if reportKind(kid.said) != 0 {
			return root
		}
	}
	return nil
}

// reportType is the kind of a report: what its parts are, else what it calls itself.
func reportType(set *part) string {
	kind := reportKind(set.said)
	for _, kid := range set.kids {
		kind |= reportKind(kid.said)
	}
	word := set.params["report-type"]
	switch {
	case kind&bouncing != 0:
		return aboutDelivery
	case kind&autoReply != 0 || strings.EqualFold(word, "disposition-notification"):
		return aboutDisposition
	case kind&robot != 0 || strings.EqualFold(word, "feedback-report"):
		return aboutFeedback
	}
	return aboutDelivery
}

// reportParts reads the parts that machines are meant to read.
func (r *reader) reportParts(rep *Report, set *part) {
	parts := set.kids
	if len(parts) == 0 {
		parts = []*part{set}
	}
	for _, p := range parts {
		switch said := p.said; {
		case reportKind(said) == bouncing:
			rep.readStatus(r.partText(p))
		case reportKind(said) != 0:
			rep.readNotice(r.partText(p))
		case said == "message/rfc822", said == "message/global", strings.HasSuffix(said, "rfc822-headers"), said == "message/global-headers":
			rep.readReturned(r.partText(p))
		}
	}
}

// partText is the start of a part as text with LF line ends.
func (r *reader) partText(p *part) string {
	b := r.content(p)
	s := string(b[:min(len(b), maxReportBytes)])
	return cleanText(guessHeader(s))
}

// eachField yields the fields of header-like text, names in lower-case, values
// unfolded. A line that is empty yields two empty strings. Text that went through a
// mail program may have quote marks before its lines, and have lost the blanks before
// a continued one, which an id in brackets shows.
func eachField(s string, yield func(name, value string) bool) {
	name := ""
	var value []string
	flush := func() bool {
		more := name == "" || yield(name, strings.Join(value, " "))
		name, value = "", value[:0]
		return more
	}
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if q := strings.TrimLeft(line, ">"); len(q) < len(line) {
			line = strings.TrimPrefix(q, " ")
		}
		trimmed := strings.TrimSpace(line)
		switch label, rest, colon := strings.Cut(trimmed, ":"); {
		case trimmed == "":
			if !flush() || !yield("", "") {
				return
			}
		case name != "" && (line[0] == ' ' || line[0] == '\t' || line[0] == '<'):
			value = append(value, trimmed)
		case !flush():
			return
		case colon && isLabel(label):
			name = strings.ToLower(strings.TrimRight(label, " "))
			value = append(value, strings.TrimSpace(rest))
		}
	}
	flush()
}

// isLabel reports whether s could be the name of a field.
func isLabel(s string) bool {
	s = strings.TrimRight(s, " ")
	if s == "" || len(s) > 80 {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// readStatus reads message/delivery-status (RFC 3464): fields of the mail, then a
// group for each recipient. Where the empty line between groups is missing, a field
// that comes again begins the next.
func (rep *Report) readStatus(s string) {
	var group statusGroup
	next := func() {
		rep.add(group.recipient())
		group = statusGroup{}
	}
	eachField(s, func(name, value string) bool {
		switch name {
		case "":
			next()
		case "original-envelope-id":
			rep.envelope(value)
		case "original-recipient":
			if group.final != "" || group.original != "" {
				next()
			}
			group.original = value
		case "final-recipient":
			if group.final != "" {
				next()
			}
			group.final = value
		case "action":
			group.action = actionWord(value)
		case "status":
			group.status = statusIn(value, "245")
		case "diagnostic-code":
			group.diagnostic = statusIn(value, "45")
		}
		return len(rep.Recipients) < maxReported
	})
	next()
}

func (rep *Report) envelope(value string) {
	if rep.EnvelopeID == "" {
		rep.EnvelopeID = cutText(cleanLine(value), 300)
	}
}

// statusGroup is what a report says of one recipient.
type statusGroup struct {
	original, final            string
	action, status, diagnostic string
}

// recipient prefers the address that the mail was sent to over the one it was passed
// on to, and the code that the refusing server gave over a general one.
func (g statusGroup) recipient() (ReportedRecipient, bool) {
	if g.original == "" && g.final == "" {
		return ReportedRecipient{}, false
	}
	out := ReportedRecipient{Address: reportedAddress(g.original), Action: g.action}
	if out.Address == "" {
		out.Address = reportedAddress(g.final)
	}
	out.Status = moreExact(g.status, g.diagnostic)
	return out, true
}

// moreExact is the second code where the first is missing, or of the same class and
// says no more than that.
func moreExact(status, other string) string {
	if other != "" && (status == "" || strings.HasSuffix(status, ".0.0") && status[0] == other[0]) {
		return other
	}
	return status
}

// add keeps a recipient once.
func (rep *Report) add(one ReportedRecipient, ok bool) {
	if !ok || len(rep.Recipients) >= maxReported {
		return
	}
	if one.Address != "" && slices.ContainsFunc(rep.Recipients, func(r ReportedRecipient) bool { return strings.EqualFold(r.Address, one.Address) }) {
		return
	}
	rep.Recipients = append(rep.Recipients, one)
}

// reportedAddress reads "rfc822; a@x" and what comes close to it.
func reportedAddress(v string) string {
	if i := strings.IndexByte(v, ';'); i >= 0 {
		v = v[i+1:]
	}
	if list, _ := readAddresses(cutText(strings.TrimSpace(v), 1000)); len(list) == 1 {
		return list[0].Address
	}
	return ""
}

// actionWord is one of the actions of RFC 3464, or "".
func actionWord(v string) string {
	word := strings.ToLower(fieldWord(v))
	word, _, _ = strings.Cut(word, " ")
	switch word {
	case "failed", "delayed", "delivered", "relayed", "expanded":
		return word
	case "failure", "fail":
		return "failed"
	}
	return ""
}

// statusIn finds the first code of RFC 3463 in s whose class is among those given. An
// address of the network is none.
func statusIn(s, classes string) string {
	for i := 0; i+4 < len(s); i++ {
		if s[i+1] != '.' || strings.IndexByte(classes, s[i]) < 0 || i > 0 && (isDigit(s[i-1]) || s[i-1] == '.') {
			continue
		}
		end := i + 2
		for n := range 2 {
			from := end
			for end < len(s) && end < from+3 && isDigit(s[end]) {
				end++
			}
			if end == from || n == 0 && (end == len(s) || s[end] != '.') {
				end = -1
				break
			}
			if n == 0 {
				end++
			}
		}
		if end < 0 || end < len(s) && (isDigit(s[end]) || s[end] == '.' && end+1 < len(s) && isDigit(s[end+1])) {
			continue
		}
		return s[i:end]
	}
	return ""
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// readNotice reads a receipt (RFC 8098) or a complaint (RFC 5965).
func (rep *Report) readNotice(s string) {
	final := ""
	eachField(s, func(name, value string) bool {
		switch name {
		case "original-message-id":
			rep.returned(value)
		case "original-envelope-id":
			rep.envelope(value)
		case "final-recipient":
			final = value
		case "original-recipient", "original-rcpt-to", "removal-recipient":
			if a := reportedAddress(value); a != "" {
				rep.add(ReportedRecipient{Address: a}, true)
			}
		}
		return true
	})
	if a := reportedAddress(final); a != "" && len(rep.Recipients) == 0 {
		rep.add(ReportedRecipient{Address: a}, true)
	}
}

// readReturned reads the header of the mail that came back. Empty lines may stand
// before it.
func (rep *Report) readReturned(s string) {
	id, references, began := "", "", false
	eachField(s, func(name, value string) bool {
		switch {
		case name == "message-id" && id == "":
			id = value
		case name == "references" && references == "":
			references = value
		}
		began = began || name != ""
		return name != "" || !began
	})
	rep.returned(id, references)
}

// returned adds a message id and the references that follow it.
func (rep *Report) returned(id string, references ...string) {
	for _, found := range append(messageIDs([]string{id}, 1), messageIDs(references, maxReportIDs)...) {
		if len(rep.Returned) <= maxReportIDs && !slices.Contains(rep.Returned, found) {
			rep.Returned = append(rep.Returned, found)
		}
	}
}

// What servers write when a mail will not arrive, and when it may still do so.
var (
	failureWords = newPhrasebook(
		"permanent error;permanent failure;permanent fatal;permanently failed;failed permanently;i've given up;given up;gave up;could not be delivered;couldn't be delivered;"+
			"can't be delivered;cannot be delivered;was not delivered;wasn't delivered;not delivered to;were not delivered;unable to deliver;wasn't able to deliver;was unable to deliver;undeliverable;"+
			"delivery has failed;delivery failed;delivery to the following;failed to deliver;did not reach;could not be reached;returned to sender;user unknown;unknown user;no such user;no mailbox here by that name;"+
			"mailbox unavailable;address rejected;recipient rejected;does not exist;doesn't exist;couldn't be found;wasn't found",
		"unzustellbar;nicht zugestellt;konnte nicht zugestellt werden;konnten nicht zugestellt werden;existiert nicht;n'a pas pu être remis;n’a pas pu être remis;n'a pas pu être distribué;échec de la remise",
		"no se ha podido entregar;no se pudo entregar;no existe;non è stato possibile recapitare;impossibile recapitare;não foi possível entregar;não pôde ser entregue",
		"kon niet worden bezorgd;kan niet worden bezorgd;nie dostarczono;nie mogła zostać dostarczona;nie można dostarczyć;не удалось доставить;не может быть доставлено;не было доставлено",
		"送信に失敗;配信に失敗;配信できませんでした;送信できませんでした;届けられませんでした;お届けできませんでした;宛先不明;見つかりません;无法投递;无法送达;投递失败;發送失敗;無法傳遞;배달되지 않았습니다;전송하지 못했습니다",
	)
	delayWords = newPhrasebook(
		"delayed;delay;not yet been delivered;not yet delivered;will be retried;will keep trying;will continue to be made;still being retried;still trying;warning only;warning message only;temporary problem;temporarily deferred;"+
			"no action is required on your part;do not need to resend",
		"verzögert;wird weiterhin versucht;retardé;se ha retrasado;se retrasó;in ritardo;atrasada;vertraagd;opóźnion*;задерж*;遅延;再送;延迟;延遲;지연",
	)
)

// noticeBytes is how much of a server's words is read for recipients and codes.
const noticeBytes = 64 << 10

// reportWords reads a bounce in words: qmail, Exim, Postfix, Exchange, Yahoo and many
// more put the addresses, the reason and often the whole mail into one text. It adds
// what the parts did not say.
func (r *reader) reportWords(rep *Report, h *header) {
	m := r.m
	notice, copied := partReturned(cutText(m.Text, maxReportBytes))
	if len(rep.Returned) == 0 {
		rep.readReturned(copied)
	}
	low := foldedStart(nil, notice, noticeBytes)
	_, fails := failureWords.in(low)
	_, waits := delayWords.in(low)
	general := statusIn(notice, "5")
	action := ""
	switch {
	case waits && general == "":
		action = "delayed"
	case fails || general != "":
		action = "failed"
	}
	known := len(rep.Recipients) > 0
	for _, v := range h.values("X-Failed-Recipients") {
		list, _ := readAddresses(v)
		for _, a := range list {
			said := action
			if said == "" {
				said = "failed"
			}
			rep.add(ReportedRecipient{Address: a.Address, Action: said}, a.Address != "")
		}
	}
	if !known && (action != "" || len(rep.Recipients) > 0) {
		rep.readAddressees(notice, action, r)
	}
	if len(rep.Recipients) == 1 {
		one := &rep.Recipients[0]
		one.Status = moreExact(one.Status, statusIn(notice, "45"))
	}
	if m.Automation.Kind == "bounce" {
		r.setReturnedApart()
	}
}

// readAddressees finds whom a server speaks of, unless a field has said it. A line that
// begins with an address tells, up to the next such line, about it. Failing that, the
// only address in the text is meant.
func (rep *Report) readAddressees(notice, action string, r *reader) {
	named := len(rep.Recipients) > 0
	current, lines := -1, 0
	only, several := "", false
	for line := range strings.SplitSeq(cutText(notice, noticeBytes), "\n") {
		if lines++; lines > 2000 {
			break
		}
		for rest, n := line, 0; rest != "" && n < 10; n++ {
			address, leads, after := addressIn(rest)
			rest = after
			if address == "" || r.ours(address) || machineAddress(address) {
				continue
			}
			several = several || only != "" && !strings.EqualFold(only, address)
			only = address
			if leads && n == 0 {
				rep.add(ReportedRecipient{Address: address, Action: action}, !named)
				current = slices.IndexFunc(rep.Recipients, func(one ReportedRecipient) bool { return strings.EqualFold(one.Address, address) })
			}
		}
		if current >= 0 {
			one := &rep.Recipients[current]
			one.Status = moreExact(one.Status, statusIn(line, "45"))
		}
	}
	if !several {
		rep.add(ReportedRecipient{Address: only, Action: action}, only != "" && len(rep.Recipients) == 0)
	}
	for i := range rep.Recipients {
		switch one := &rep.Recipients[i]; {
		case one.Status == "":
		case one.Status[0] == '5':
			one.Action = "failed"
		case one.Action == "":
			one.Action = "delayed"
		}
	}
}

// addressIn finds the first address in a line and what stands behind it. leads tells
// that the line begins with it and goes on with a colon or not at all.
func addressIn(line string) (address string, leads bool, rest string) {
	const around = " \t<>()[]\"':;,*"
	at := strings.IndexByte(line, '@')
	if at < 0 {
		return "", false, ""
	}
	start, end := at, at+1
	for start > 0 && strings.IndexByte(around, line[start-1]) < 0 {
		start--
	}
	for end < len(line) && strings.IndexByte(around, line[end]) < 0 {
		end++
	}
	rest = line[end:]
	if end-start > 320 {
		return "", false, rest
	}
	list, _ := readAddresses(strings.TrimRight(line[start:end], ".!?"))
	if len(list) != 1 {
		return "", false, rest
	}
	before, after := strings.Trim(line[:start], " \t<\"'*•-"), strings.TrimLeft(rest, ">\"'* \t")
	return list[0].Address, before == "" && (after == "" || after[0] == ':'), rest
}

// machineAddress reports an address that reports come from and never go to.
func machineAddress(a string) bool {
	var s signs
	s.sender(Address{Address: a})
	return s.kinds != 0
}

// partReturned parts the words of a server from the mail it pasted below them. What
// was pasted begins with a header: two fields of mail within a few lines.
func partReturned(text string) (notice, copied string) {
	fields, start := 0, 0
	gap := 0
	at := 0
	for line := range strings.SplitSeq(text, "\n") {
		label, _, colon := strings.Cut(strings.Trim(line, "> \t\r"), ":")
		switch {
		case colon && isReturnedField(label):
			if fields == 0 {
				start = at
			}
			if fields++; fields == 2 {
				return text[:start], text[start:]
			}
			gap = 0
		case fields > 0:
			if gap++; gap > 8 { // continuation lines of a long field
				fields, gap = 0, 0
			}
		}
		at += len(line) + 1
	}
	return text, ""
}

// isReturnedField knows the fields that a mail begins with, and that the words of a
// server do not.
func isReturnedField(label string) bool {
	if len(label) < 2 || len(label) > 30 {
		return false
	}
	return equalsAny(label, "return-path", "received", "message-id", "references", "in-reply-to", "mime-version", "content-type", "dkim-signature",
		"from", "to", "subject", "date", "auto-submitted", "x-auto-response-suppress")
}

// setReturnedApart takes a mail of ours that a server pasted below its words out of
// what is new: it holds our own words about rights. Of any other mail nothing is
// taken, for a web form may write like this.
func (r *reader) setReturnedApart() {
	m := r.m
	notice, copied := partReturned(m.New)
	ours := false
	eachField(cutText(copied, maxReportBytes), func(name, value string) bool {
		if name == "from" {
			list, _ := readAddresses(value)
			ours = len(list) == 1 && r.ours(list[0].Address)
		}
		return name != "from" && name != ""
	})
	if notice = strings.TrimSpace(notice); !ours || !hasWords(notice) {
		return
	}
	m.New = notice
	if m.Quoted != "" {
		copied += "\n\n" + m.Quoted
	}
	m.Quoted = strings.TrimSpace(copied)
}
