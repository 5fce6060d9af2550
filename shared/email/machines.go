package email

import (
	"regexp"
	"slices"
	"strings"
)

// Local parts of addresses behind which nobody reads, with every dot and
// underscore written as a hyphen.
var machineSenders = map[string]string{
	"mailer-daemon": "bounce", "mailerdaemon": "bounce", "mail-daemon": "bounce", "postmaster": "bounce",
	"post-master": "bounce", "mdaemon": "bounce", "bounce": "bounce", "bounces": "bounce",
	"listserv": "list", "majordomo": "list",
	"noreply": "robot", "no-reply": "robot", "donotreply": "robot", "do-not-reply": "robot", "do-notreply": "robot",
	"nepasrepondre": "robot", "ne-pas-repondre": "robot", "noresponder": "robot", "no-responder": "robot",
	"naoresponda": "robot", "nao-responda": "robot", "non-rispondere": "robot", "keine-antwort": "robot",
	"nicht-antworten": "robot", "niet-beantwoorden": "robot", "nie-odpowiadaj": "robot", "nieodpowiadaj": "robot",
	"svara-ej": "robot", "ikke-svar": "robot", "ei-vastausta": "robot",
}

// Local parts that robots use and people might.
var likelyRobots = []string{"notification", "notifications", "alert", "alerts", "newsletter", "news"}

var hyphens = strings.NewReplacer(".", "-", "_", "-")

// sender reads the author's address and name. A machine's word counts as the
// whole local part or as its end after a separator ("jira-noreply"), a plus tag
// left aside. At its start it is only a hint: "noreply-fan" is a person, and a
// help desk that searched for the letters threw such a person's mail away.
// "-request" is only a hint as well, because privacy agents write from addresses
// like data-request@, while list servers show other signs.
func (s *signs) sender(a Address) {
	switch strings.ToLower(a.Name) {
	case "mail delivery subsystem", "mail delivery system", "mail administrator", "mailer-daemon", "mail delivery service":
		s.strong("bounce", "From", a.Name)
	}
	i := strings.LastIndexByte(a.Address, '@')
	if i < 0 {
		if kind := machineSenders[strings.ToLower(a.Name)]; kind == "bounce" { // "From: MAILER-DAEMON"
			s.strong(kind, "From", a.Name)
		}
		return
	}
	local, _, _ := strings.Cut(strings.ToLower(a.Address[:i]), "+")
	local = hyphens.Replace(local)
	if local == "root" {
		s.strong("robot", "From", local+"@")
		return
	}
	if strings.HasSuffix(local, "-bounces") || strings.HasPrefix(local, "owner-") {
		s.strong("list", "From", local+"@")
		return
	}
	for name, kind := range machineSenders {
		if local == name || strings.HasSuffix(local, "-"+name) {
			s.strong(kind, "From", local+"@")
			return
		}
	}
	for name := range machineSenders {
		if strings.HasPrefix(local, name+"-") {
			s.hint("From", local+"@")
			return
		}
	}
	if slices.Contains(likelyRobots, local) || strings.HasSuffix(local, "-request") || strings.HasSuffix(local, "-owner") {
		s.hint("From", local+"@")
	}
}

// Starts of subjects that answering machines write. A person's reply to one
// starts with "Re:" and is not meant.
var autoSubjects = []string{
	"auto:", "automatic reply", "auto-reply", "auto reply", "autoreply", "auto response", "auto-response", "autoresponse", "automated response", "automated reply",
	"out of office", "out of the office", "out-of-office",
	"automatische antwort", "abwesenheitsnotiz", "automatische abwesenheit",
	"réponse automatique", "reponse automatique", "absence du bureau", "respuesta automática", "respuesta automatica", "fuera de la oficina",
	"risposta automatica", "risposta non al computer", "fuori sede", "resposta automática", "resposta automatica",
	"automatisch antwoord", "afwezigheidsbericht", "autosvar", "automatisk svar", "automatiskt svar", "ute av kontoret",
	"automaattinen vastaus", "odpowiedź automatyczna", "automatyczna odpowiedź", "автоответ", "автоматический ответ",
	"otomatik yanıt", "自動返信", "自動応答", "自动回复", "자동 회신", "자동응답", "מענה אוטומטי",
	"automatická odpověď", "automatikus válasz", "răspuns automat",
}

// Single words that start people's subjects too ("Vacation photos, please
// delete"): only as the whole subject or before a colon.
var autoSubjectWords = []string{
	"vacation", "away", "abwesend", "absence", "ausência", "afwezig", "frånvaro", "fravær", "poissa", "abwesenheit",
}

// bounceSubject is a hint only: people write "delivery failure" about parcels.
var bounceSubject = regexp.MustCompile(`(?i)undeliver|undelivered mail returned|delivery status notification|delivery failure|returned mail|` +
	`failure notice|mail delivery failed|mail system error|unzustellbar|nicht zugestellt|non remis|échec de la remise|` +
	`no se ha podido entregar|no entregado|mancata consegna|não entregue|non livre|onbestelbaar|niedostarczona|недоставленное|配信不能|无法投递`)

var leadingTag = regexp.MustCompile(`^\s*[\[(][^\])]{1,40}[\])]\s*`)

// subject reads the subject for the phrases of machines, after one leading tag
// such as [External].
func (s *signs) subject(subject string) {
	low := strings.ToLower(leadingTag.ReplaceAllString(subject, ""))
	for _, phrase := range autoSubjects {
		if strings.HasPrefix(low, phrase) && atWordEnd(low, phrase) {
			s.strong("auto-reply", "Subject", phrase)
			return
		}
	}
	head, _, _ := strings.Cut(low, ":")
	if slices.Contains(autoSubjectWords, strings.TrimSpace(head)) {
		s.strong("auto-reply", "Subject", strings.TrimSpace(head))
		return
	}
	if bounceSubject.MatchString(subject) {
		s.hint("Subject", "reads like a bounce")
	}
}

// atWordEnd keeps "auto reply" from matching "auto replying": after an ASCII
// phrase no letter may follow.
func atWordEnd(s, phrase string) bool {
	if len(s) == len(phrase) || phrase[len(phrase)-1] >= 0x80 {
		return true
	}
	c := s[len(phrase)]
	return c < 'a' || c > 'z' || phrase[len(phrase)-1] == ':'
}
