package email

import "strings"

// The words that mail programs put around other people's mail, in the languages they
// speak. All tables are of folded phrases.

// wroteLines are the lines above a quote, "*" standing for any words. A line must
// also hold a digit or an @ (see isWroteLine).
var wroteLines = globsOf(
	"on * wrote;on * wrote *;on * writes;on * writes *;on * said;on * said *;on * sent;on * sent *",
	"in message * wrote;in message * writes;in article * wrote;in article * writes;* wrote on *;* writes on *;*> wrote",
	"am * schrieb;am * schrieb *;* schrieb am *;*> schrieb;* hat am * geschrieben;am * hat * geschrieben",
	"le * a écrit;*> a écrit", "el * escribió;*> escribió", "el * va escriure;missatge de * del dia *", "il * ha scritto;*> ha scritto",
	"em * escreveu;a * escreveu;no dia * escreveu;* escreveu no dia *;*> escreveu",
	"op * schreef;op * schreef *;* schreef op *;*> schreef;* heeft * geschreven",
	"* napisał;* napisała;* napisał(a);* napisał/a;* pisze", "* napsal;* napsala;* napsal(a)",
	"den * skrev;den * skrev *;* skrev følgende den *;* kl* skrev *;*> skrev",
	"* kirjoitti;* kirjoitti *", "* ezt írta;* ezt írta *;* a következőt írta", "* a scris",
	"* je napisao;* je napisala;* je napisao/la;* je napisao *;* je napisala *;* napisao je;* napisala je;* napisao/la je",
	"* je * napisal;* je * napisala", "* şunu yazdı;* şunları yazdı;* tarihinde * yazdı",
	"* написал;* написала;* написал(а);* пишет;* писал(а)", "* написав;* написав(ла);* написав(-ла);* пише", "* написа;* је написао;* је написао/ла;* је написала",
	"* έγραψε", "* kirjutas *", "* rašė", "* rakstīja", "* đã viết", "* menulis;* menulis *", "* เขียนว่า",
	"* כתב;* כתב/ה;* כתבה;* כתב/ה *;בתאריך * מאת *", "* كتب;* كتب *;* كتابة ما يلي بواسطة *",
	"*写道;*寫道", "*のメッセージ;*が書きました;*書きました", "*님이 작성;*작성;*님이 *에 작성",
)

// firstPerson spots "On 3 May at 9:15 I wrote to you:", which starts a complaint and
// not a quote.
var firstPerson = listOf(
	" i wrote; i have wrote; i said; i have said; i sent; i have sent; we wrote; we have wrote; we said; we have said; we sent; we have sent",
	" you wrote; you said; you have said; you sent; you have sent",
	" schrieb ich; schrieben wir; schrieb wir; schreef ik; schreven wij; skrev jag; skrev jeg; skrev eg; skrev vi; habe ich; haben wir",
	" я писал; я написал; я писав; я написав; kirjoitin; kirjoitimme",
)

// glob is a phrase with gaps.
type glob struct {
	parts       []string
	head, tail  bool // anything may stand before the first part, behind the last
	first, last string
}

func globsOf(lists ...string) []glob {
	var out []glob
	for _, phrase := range listOf(lists...) {
		g := glob{head: strings.HasPrefix(phrase, "*"), tail: strings.HasSuffix(phrase, "*")}
		g.parts = strings.Split(strings.Trim(phrase, "*"), "*")
		g.first, g.last = g.parts[0], g.parts[len(g.parts)-1]
		out = append(out, g)
	}
	return out
}

func (g *glob) match(s string) bool {
	if !g.head && !strings.HasPrefix(s, g.first) || !g.tail && !strings.HasSuffix(s, g.last) {
		return false
	}
	for i, part := range g.parts {
		if i == len(g.parts)-1 && !g.tail {
			return len(s) > len(part) // its place at the end is known
		}
		at := strings.Index(s, part)
		if at < 0 || at == 0 && g.head && i == 0 {
			return false
		}
		s = s[at+len(part):]
	}
	return s != ""
}

// isWroteLine reports whether one line, joined and folded, introduces a quote.
func isWroteLine(s string) bool {
	s = strings.TrimRight(s, ": ")
	if len(s) < 10 || !strings.ContainsAny(s, "0123456789@") {
		return false
	}
	for i := range wroteLines {
		if wroteLines[i].match(s) {
			return true
		}
	}
	// Gmail in Japanese, and others, name date and author and no verb.
	return strings.HasSuffix(s, ">") && strings.IndexByte(s, '@') > strings.IndexByte(s, '<') && hasYear(s)
}

// hasYear reports whether a number from 1990 to 2099 stands in s.
func hasYear(s string) bool {
	for i := 0; i+4 <= len(s); i++ {
		if (s[i:i+2] == "20" || s[i:i+3] == "199") && digit(s[i+2]) && digit(s[i+3]) &&
			(i == 0 || !digit(s[i-1])) && (i+4 == len(s) || !digit(s[i+4])) {
			return true
		}
	}
	return false
}

// hasClock reports whether a time of day stands in s.
func hasClock(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == '.' || s[i] == 'h') && digit(s[i-1]) && digit(s[i+1]) && digit(s[i+2]) {
			return true
		}
	}
	return false
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// labelKind is what a label in a quoted header block stands for.
type labelKind byte

const (
	noLabel labelKind = iota
	labelFrom
	labelTo
	labelDate
	labelSubject
	labelOther
	labelKinds // their number
)

// labels maps the words before the colon to what they stand for.
var labels = buildLabels(map[labelKind]string{
	labelFrom: "from;von;absender;de;expéditeur;remitente;remetente;da;mittente;van;afzender;od;nadawca;odesílatel;odosielateľ;fra;afsender;avsender;från;avsändare;" +
		"lähettäjä;feladó;de la;expeditor;expeditorul;šalje;pošiljatelj;kimden;gönderen;от;от кого;отправитель;від;від кого;відправник;од;από;αποστολέας;" +
		"发件人;发信人;寄件者;寄件人;差出人;送信者;보낸 사람;보낸사람;발신자;من;מאת;dari;saatja;nuo;từ",
	labelTo: "to;an;empfänger;à;pour;destinataire;para;a;aan;do;adresat;komu;pre;pro;til;till;vastaanottaja;címzett;către;prima;za;kime;alıcı;кому;до;за;προς;" +
		"收件人;收件者;收信人;宛先;받는 사람;받는사람;수신자;إلى;الى;אל;kepada;saaja;kam;tới",
	labelDate: "sent;date;sent at;gesendet;gesendet am;datum;envoyé;envoyé le;enviado;enviado el;enviado em;enviada;enviada em;fecha;inviato;data;verzonden;verzonden op;wysłano;wysłane;data wysłania;" +
		"dátum;odoslané;odesláno;sendt;dato;skickat;lähetetty;päivämäärä;päiväys;elküldve;küldve;trimis;dată;poslano;datum slanja;gönderilen;gönderildi;gönderim;tarih;" +
		"отправлено;дата;дата отправки;відправлено;надіслано;изпратено;датум;ημερομηνία;στάλθηκε;εστάλη;发送时间;发送日期;日期;时间;寄件日期;傳送時間;送信日時;日付;日時;" +
		"날짜;보낸 날짜;보낸 시간;التاريخ;تاريخ;تاريخ الإرسال;תאריך;נשלח;נשלח בתאריך;tanggal;kuupäev;saadetud;ngày",
	labelSubject: "subject;betreff;betrifft;objet;sujet;asunto;assumpte;oggetto;assunto;onderwerp;temat;předmět;predmet;emne;ämne;aihe;tárgy;subiect;subiectul;naslov;zadeva;konu;" +
		"тема;относно;предмет;наслов;θέμα;主题;主題;主旨;标题;件名;제목;الموضوع;موضوع;נושא;הנדון;subjek;perihal;teema;chủ đề",
	labelOther: "cc;bcc;kopie;copie;copia;kópia;kopia;kopi;kopio;cópia;másolat;másolatot kap;bilgi;копия;копія;копие;κοιν;抄送;副本;참조;نسخة;עותק;reply-to;reply to;antwort an;répondre à;responder a;" +
		"importance;priority;wichtigkeit;priorität;attachments;anlagen;pièces jointes;adjuntos;allegati;anexos;bijlagen;załączniki;message-id;organization;newsgroups;mailed-by;signed-by",
})

func buildLabels(words map[labelKind]string) map[string]labelKind {
	size := 0
	for _, list := range words {
		size += strings.Count(list, ";") + 1
	}
	m := make(map[string]labelKind, size)
	for kind, list := range words {
		for _, word := range listOf(list) {
			m[word] = kind
		}
	}
	return m
}

const maxLabel = 48 // bytes before the colon

// labelOf is what the words before a colon stand for.
func labelOf(words string) labelKind {
	if len(words) == 0 || len(words) > maxLabel {
		return noLabel
	}
	var buf [2 * maxLabel]byte
	return labels[string(fold(buf[:0], strings.Trim(words, " \t*_")))]
}

// readLabel splits "*Von :* Max <m@x>" into what it stands for and its value.
func readLabel(line string) (kind labelKind, value string) {
	if at, _ := colon(line); at <= 0 {
		return noLabel, ""
	}
	line = strings.TrimLeft(line, "> \t*_")
	at, width := colon(line)
	if at <= 0 {
		return noLabel, ""
	}
	if kind = labelOf(line[:at]); kind == noLabel {
		return noLabel, ""
	}
	return kind, strings.Trim(line[at+width:], " \t*_")
}

// colon finds the first colon of a line, if it stands where one behind a label would.
func colon(line string) (at, width int) {
	head := line[:min(len(line), maxLabel+16)]
	if at = strings.IndexByte(head, ':'); at >= 0 {
		return at, 1
	}
	return strings.Index(head, "："), len("：")
}

// runTogether reads a header block that Yahoo put into one line and returns where its
// labels stand.
func runTogether(line string) (found []labelAt) {
	line = line[:min(len(line), 1000)]
	for i := 0; i < len(line) && len(found) < 20; i++ {
		if line[i] != ':' {
			continue
		}
		// One or two words before the colon may be the label.
		words := strings.TrimRight(line[:i], " *_")
		two := strings.LastIndexByte(words, ' ')
		starts := [2]int{two + 1, strings.LastIndexByte(words[:max(two, 0)], ' ') + 1}
		for _, from := range [2]int{starts[1], starts[0]} {
			if kind := labelOf(line[from:i]); kind != noLabel {
				found = append(found, labelAt{kind, from, i + 1})
				break
			}
		}
	}
	return found
}

type labelAt struct {
	kind       labelKind
	start, end int // of the label with its colon
}

// forwardPhrases stand between dashes, or before a colon, above a mail passed on.
var forwardPhrases = setOf(
	"begin forwarded message;forwarded message;forwarded mail;forwarded email;forward message;start of forwarded message",
	"anfang der weitergeleiteten nachricht;anfang der weitergeleiteten e-mail;beginn der weitergeleiteten nachricht;weitergeleitete nachricht;weitergeleitete e-mail",
	"début du message réexpédié;début du message transféré;message transféré;message transmis;message réexpédié;courriel transféré",
	"inicio del mensaje reenviado;comienzo del mensaje reenviado;mensaje reenviado;inici del missatge reenviat;missatge reenviat",
	"inizio messaggio inoltrato;inizio del messaggio inoltrato;messaggio inoltrato",
	"início da mensagem encaminhada;início da mensagem reencaminhada;mensagem encaminhada;mensagem reencaminhada",
	"begin doorgestuurd bericht;begin van doorgestuurd bericht;doorgestuurd bericht",
	"początek przekazywanej wiadomości;początek przekazanej wiadomości;przekazana wiadomość;wiadomość przekazana;treść przekazanej wiadomości",
	"začátek přeposílané zprávy;začátek přeposlané zprávy;přeposlaná zpráva;začiatok preposlanej správy;preposlaná správa",
	"start på videresendt besked;videresendt besked;videresendt meddelelse;start på videresendt melding;begynnelse på videresendt melding;videresendt melding",
	"vidarebefordrat mejl;vidarebefordrat meddelande;början på vidarebefordrat mejl;början på vidarebefordrat meddelande",
	"välitetty viesti;välitetty viesti alkaa;edelleenlähetetty viesti", "továbbított levél kezdete;továbbított levél;továbbított üzenet;továbbított üzenet kezdete",
	"începe mesajul redirecționat;începutul mesajului redirecționat;mesaj redirecționat", "proslijeđena poruka;početak proslijeđene poruke;prosleđena poruka;прослеђена порука",
	"posredovano sporočilo;začetek posredovanega sporočila", "ileti başlangıcı;iletilmiş mesaj;iletilen ileti;iletilen mesaj;iletilen mesaj başlangıcı",
	"начало переадресованного сообщения;переадресованное сообщение;пересылаемое сообщение;пересланное сообщение;перенаправленное сообщение;начало пересылаемого сообщения",
	"переслане повідомлення;початок пересланого повідомлення", "препратено съобщение;начало на препратеното съобщение;препратено писмо",
	"προωθημένο μήνυμα;έναρξη προωθημένου μηνύματος;αρχή προωθημένου μηνύματος",
	"转发的邮件;转发邮件;开始转发的邮件;以下是转发的邮件;轉寄的郵件;轉寄郵件;開始轉寄郵件;以下為轉寄的郵件", "転送されたメッセージ;転送メッセージ;転送されたメール",
	"전달된 메시지;전달된 메일;전달된 이메일", "رسالة معاد توجيهها;الرسالة المعاد توجيهها;بدء الرسالة المعاد توجيهها", "הודעה שהועברה;הודעה מועברת;תחילת ההודעה שהועברה",
	"pesan terusan;pesan yang diteruskan",
)

// forwarders stand before the name of whoever passed the mail on.
var forwarders = listOf("forwarded by ;forwarded from ;weitergeleitet von ;transféré par ;réacheminé par ;inoltrato da ;reenviado por ;encaminhado por ;doorgestuurd door ;przekazane przez ")

// originalPhrases stand above the mail that is answered. Only between dashes: alone on
// a line they can be a heading in a letter.
var originalPhrases = setOf(
	"original message;original email;original appointment;original-nachricht;originalnachricht;ursprüngliche nachricht;ursprüngliche e-mail;ursprungliche nachricht;ursprünglicher termin",
	"message d'origine;message original;message initial;courriel original;mensaje original;missatge original;messaggio originale;mensagem original;oorspronkelijk bericht;origineel bericht",
	"wiadomość oryginalna;oryginalna wiadomość;původní zpráva;pôvodná správa;oprindelig meddelelse;oprindelig besked;opprinnelig melding;originalmelding",
	"ursprungligt meddelande;originalmeddelande;alkuperäinen viesti;eredeti üzenet;mesaj original;mesajul original;mesajul inițial;izvorna poruka;originalna poruka;izvirno sporočilo",
	"orijinal mesaj;orjinal mesaj;özgün ileti;исходное сообщение;оригинальное сообщение;вихідне повідомлення;оригінальне повідомлення;початкове повідомлення",
	"оригинално съобщение;първоначално съобщение;оригинална порука;αρχικό μήνυμα;原始邮件;原始郵件;原始消息;元のメッセージ;元のメール;원본 메시지;원본 메일;원본 이메일",
	"الرسالة الأصلية;הודעה מקורית;ההודעה המקורית;pesan asli",
)

// aboveLine are the words of "reply above this line". They count in a line that is
// set off as a marker, or that starts as such a marker does in English.
var aboveLine = listOf(
	"above this line;oberhalb dieser zeile;über dieser zeile;oberhalb dieser linie;au-dessus de cette ligne;encima de esta línea;sopra questa riga;sopra questa linea;acima desta linha",
	"boven deze regel;boven deze lijn;nad tą linią;powyżej tej linii;powyżej tego wiersza;nad tento řádek;nad tímto řádkem;nad tento riadok;over denne linje;over denne linjen",
	"ovanför den här raden;ovanför denna rad;ovanför den här linjen;tämän rivin yläpuolelle;e sor fölé;a sor fölé;ezen sor fölé;deasupra acestei linii;acest rând;iznad ovog retka;iznad ove linije;nad to vrstico",
	"bu satırın üzerine;bu satırın üstüne;над этой строкой;выше этой линии;выше этой строки;над цим рядком;вище цього рядка;над този ред;πάνω από αυτή τη γραμμή;πάνω από αυτήν τη γραμμή",
	"此行上方;此行以上;この行より上;この行の上;이 줄 위;이 선 위;فوق هذا السطر;מעל שורה זו;di atas baris ini",
)

// separator reports whether a line, blanks at its ends taken off, says that another
// mail begins below it.
func separator(line string) (forward, original bool) {
	if len(line) > 300 {
		return false, false
	}
	dashed, marked := false, false
	switch line[0] {
	case '-', '=', '#', '*', '_', '~':
		dashed = strings.HasPrefix(strings.TrimLeft(line, "*"), "--")
		marked = len(line) > 8 && strings.IndexByte("-=#*_~", line[1]) >= 0
	case 'p', 'P', 't', 'T', 'w', 'W', 'r', 'R':
		marked = asksToReply(line)
	}
	colon := endsInColon(line)
	if !dashed && !marked && !colon {
		return false, false
	}
	var buf [320]byte
	s := string(fold(buf[:0], strings.Trim(line, " \t*_-=:：~#")))
	switch {
	case s == "":
	case (dashed || colon) && forwardPhrases[s], dashed && len(s) < 160 && hasAnyPrefix(s, forwarders):
		return true, false
	case dashed && originalPhrases[s], marked && hasAny(s, aboveLine):
		return false, true
	}
	return false, false
}

// asksToReply is a cheap look at the start of "Please type your reply above this line".
func asksToReply(line string) bool {
	if len(line) < 20 || len(line) > 120 {
		return false
	}
	var buf [8]byte
	switch start := string(fold(buf[:0], line[:5])); start {
	case "pleas", "type", "write", "reply":
		return true
	}
	return false
}

func hasAny(s string, phrases []string) bool {
	for _, p := range phrases {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

func hasAnyPrefix(s string, phrases []string) bool {
	for _, p := range phrases {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// Marks at the start of a subject. VS is a reply in Finnish and a forward in Danish.
var (
	replyMarks   = setOf("re;aw;antw;antwort;sv;vs;odp;rif;res;r;ref;vá;ynt;atb;odg;rasp;απ;σχετ;отв;відп;回复;回覆;答复;返信;회신;답장;رد;תשובה;השב;bls")
	forwardMarks = setOf("fw;fwd;wg;tr;rv;i;pd;enc;vb;vl;vs;videresend;redir;redir.;ilt;πρθ;прд;转发;轉寄;転送;전달;إعادة توجيه;הועבר;továbbítás;trs;prosl")
)

// isReply and isForward read the mark at the start of a subject, a list's name in
// brackets left aside. Behind a "Re:" a mark of a forward is an old one: that mail is
// a reply.
func isReply(subject string) bool   { return hasSubjectMark(subject, replyMarks) }
func isForward(subject string) bool { return hasSubjectMark(subject, forwardMarks) }

func hasSubjectMark(subject string, marks map[string]bool) bool {
	subject = strings.TrimLeft(subject, " ")
	if strings.HasPrefix(subject, "[") {
		if end := strings.IndexByte(subject, ']'); end > 1 && end <= 41 {
			subject = strings.TrimLeft(subject[end+1:], " ")
		}
	}
	at, _ := colon(subject)
	if at <= 0 {
		return false
	}
	word := strings.TrimRight(subject[:at], " ")
	if i := strings.IndexAny(word, "[(^"); i > 0 && strings.Trim(word[i:], "[](^)0123456789") == "" {
		word = word[:i]
	}
	if len(word) > maxLabel {
		return false
	}
	var buf [2 * maxLabel]byte
	return marks[string(fold(buf[:0], word))]
}
