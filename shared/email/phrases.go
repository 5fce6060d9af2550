package email

import (
	"regexp"
	"strings"
)

// wroteLine is the line that mail programs put above a quote, in the languages
// of our mail. It is tried on lines that end in a colon, joined with up to two
// lines above them, and must also hold a digit or an @ (see isWroteLine).
var wroteLine = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
	`(?:on|in message|in article)\s.+\s(?:wrote|writes|said|sent)(?:\s.+)?`,
	`.+\s(?:wrote|writes) on\s.+`,
	`am\s.+\sschrieb(?:\s.+)?`, `.+\sschrieb am\s.+`,
	`le\s.+\sa écrit`,
	`el\s.+\sescribió`,
	`il\s.+\sha scritto`,
	`em\s.+\sescreveu`,
	`op\s.+\sschreef(?:\s.+)?`, `.+\sheeft\s(?:.+\s)?geschreven`,
	`.+\s(?:napisał|napisała|napisał\(a\)|pisze)`,
	`(?:dne|dňa)\s.+\s(?:napsal|napísal)(?:a|\(a\))?`,
	`den\s.+\sskrev(?:\s.+)?`, `.+\sskrev følgende den\s.+`,
	`.+\skirjoitti(?:\s.+)?`,
	`.+\sezt írta(?:\s.+)?`,
	`.+\sa scris`, `.+\sje napisa(?:o|la)(?:\s.+)?`,
	`.+\sşun(?:u|ları) yazdı`,
	`.+\s(?:написала?|написал\(а\)|пишет|пише|написав(?:\(ла\))?|написала)`,
	`在.+(?:写道|寫道)`, `.+(?:のメッセージ|が書きました|書きました)`, `.+작성`,
}, "|") + `)\s*[:：]$`)

// firstPerson spots "On 3 May at 9:15 I wrote to you:", which starts a complaint
// and not a quote.
var firstPerson = regexp.MustCompile(`(?i)\s(?:i|we|you) (?:have )?(?:wrote|said|sent)\b|\sschrieb(?:en)? (?:ich|wir)\b`)

// clock is a time of day.
var clock = regexp.MustCompile(`\d{1,2}[:.h]\d{2}`)

// isWroteLine reports whether one line, already joined, introduces a quote.
func isWroteLine(s string) bool {
	return strings.ContainsAny(s, "0123456789@") && wroteLine.MatchString(s)
}

// labelKind is what a header label in a quoted header block stands for.
type labelKind byte

const (
	labelFrom labelKind = iota + 1
	labelTo
	labelDate
	labelSubject
	labelOther
	notLabel // a line without one
)

// labels maps the words before the colon, folded, in every language our mail
// programs speak, to what they stand for.
var labels = buildLabels(map[labelKind]string{
	labelFrom:    "from;von;de;da;mittente;van;od;nadawca;fra;från;lähettäjä;feladó;de la;expeditorul;šalje;kimden;gönderen;от;отправитель;від;від кого;发件人;寄件者;差出人;보낸 사람",
	labelTo:      "to;an;à;pour;para;a;aan;do;adresat;komu;pre;til;till;vastaanottaja;címzett;către;prima;kime;кому;收件人;收件者;宛先;받는 사람",
	labelDate:    "sent;date;gesendet;datum;envoyé;enviado;enviado el;enviada em;fecha;inviato;data;verzonden;wysłano;dátum;odoslané;odesláno;sendt;dato;skickat;lähetetty;päivämäärä;päiväys;elküldve;trimis;dată;gönderilen;gönderildi;tarih;отправлено;дата;відправлено;发送时间;日期;送信日時;日時;날짜;보낸 날짜",
	labelSubject: "subject;betreff;objet;sujet;asunto;oggetto;assunto;onderwerp;temat;předmět;predmet;emne;ämne;aihe;tárgy;subiect;subiectul;naslov;konu;тема;主题;主旨;件名;제목",
	labelOther:   "cc;kopie;copie;kopia;kopi;reply-to;importance;attachments;message-id;antwort an;priority;bcc;抄送",
})

func buildLabels(words map[labelKind]string) map[string]labelKind {
	m := map[string]labelKind{}
	for kind, list := range words {
		for word := range strings.SplitSeq(list, ";") {
			m[word] = kind
		}
	}
	return m
}

// readLabel splits "*Von :* Max <m@x>" into what it stands for and its value;
// kind is 0 if the line is no such label.
func readLabel(line string) (kind labelKind, value string) {
	line = strings.TrimLeft(line, "> \t*_")
	i := strings.IndexAny(line[:min(len(line), 64)], ":：")
	if i <= 0 {
		return 0, ""
	}
	kind = labels[strings.ToLower(strings.Trim(line[:i], " \t*_\u00a0"))]
	if kind == 0 {
		return 0, ""
	}
	value = strings.TrimPrefix(strings.TrimPrefix(line[i:], ":"), "：")
	return kind, strings.Trim(value, " \t*_")
}

// Phrases that stand, between dashes or alone on a line, above a mail passed on.
var forwardPhrases = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
	`begin forwarded message`, `forwarded message`, `forwarded by .{1,100}`, `forwarded from .{1,100}`,
	`anfang der weitergeleiteten (?:nachricht|e-mail)`, `weitergeleitete nachricht`,
	`début du message (?:réexpédié|transféré)`, `message (?:transféré|transmis|réexpédié)`,
	`inicio del mensaje reenviado`, `mensaje reenviado`, `inizio messaggio inoltrato`, `messaggio inoltrato`,
	`início da mensagem (?:re)?encaminhada`, `mensagem (?:re)?encaminhada`,
	`begin doorgestuurd bericht`, `doorgestuurd bericht`,
	`początek przekazywanej wiadomości`, `przekazana wiadomość`, `treść przekazanej wiadomości`,
	`začátek přeposílané zprávy`, `přeposlaná zpráva`, `začiatok preposlanej správy`, `preposlaná správa`,
	`start på videresendt besked`, `videresendt (?:meddelelse|melding)`, `vidarebefordrat (?:mejl|meddelande)`,
	`välitetty viesti(?: alkaa)?`, `edelleenlähetetty viesti`, `továbbított levél kezdete`, `továbbított üzenet`,
	`începe mesajul redirecționat`, `mesaj redirecționat`, `proslijeđena poruka`,
	`ileti başlangıcı`, `iletilmiş mesaj`, `iletilen ileti`,
	`начало переадресованного сообщения`, `пересылаемое сообщение`, `переслане повідомлення`, `转发的邮件`, `轉寄的郵件`,
}, "|") + `)$`)

// Phrases above the mail that is answered. Only between dashes: alone on a line
// they can be a heading in a letter.
var originalPhrases = regexp.MustCompile(`(?i)^(?:original message|original-nachricht|ursprüngliche nachricht|ursprungliche nachricht|` +
	`message d'origine|message original|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|wiadomość oryginalna|` +
	`původní zpráva|pôvodná správa|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti|eredeti üzenet|` +
	`mesaj original|orijinal mesaj|исходное сообщение|原始邮件|原始郵件|元のメッセージ|원본 메시지)$`)

var replyAbove = regexp.MustCompile(`(?i)^[#\-=* ]*(?:please )?(?:type|write|reply)\b.{0,30}\babove this line\b`)

// separator reports whether a line says that another mail begins below it.
func separator(line string) (forward, original bool) {
	s := strings.Trim(line, " \t*_-=:：")
	if s == "" || len(line) > 300 {
		return false, false
	}
	dashed := strings.HasPrefix(strings.TrimLeft(line, " \t*"), "--")
	bare := strings.HasSuffix(strings.TrimSpace(line), ":") || strings.HasSuffix(strings.TrimSpace(line), "：")
	switch {
	case (dashed || bare) && forwardPhrases.MatchString(s):
		return true, false
	case dashed && originalPhrases.MatchString(s), replyAbove.MatchString(line):
		return false, true
	}
	return false, false
}

// replySubject is the mark of a reply at the start of a subject.
var replySubject = regexp.MustCompile(`(?i)^\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|aw|antw|sv|vs|odp|rif|res|r|ref|vá|ynt|atb|回复|回覆|答复|返信)(?:\[\d+\])?\s*[:：]`)

// forwardSubject is the mark of a forward at the start of a subject. Behind a
// "Re:" it is an old one: that mail is a reply.
var forwardSubject = regexp.MustCompile(`(?i)^\s*(?:\[[^\]]{1,40}\]\s*)?(?:fw|fwd|wg|tr|rv|i|pd|enc|vb|vl|vs|videresend|redir\.?|i̇lt|转发|轉寄)(?:\[\d+\])?\s*[:：]`)
