package email

import (
	"strings"
	"unicode"
)

// A signature starts with the line "-- " and is short. Nothing else starts one: a
// closing formula such as "Kind regards" stays with the words above it, because a
// guess there would cost words of the author's. The footers of phones are set apart
// with it.
const (
	maxSignatureLines = 12
	maxSignatureBytes = 1000
	maxTailLines      = 120 // looked at from the end
	maxTailBytes      = 32 << 10
)

// setApart cuts signature and legal notice out of the author's own words. They stand
// at the end of the last stretch of these, a server's warning on top of the first. If
// nothing of the author's would be left, or something in there asks for something, all
// stays as it is.
func setApart(text string, all []stretch) []stretch {
	first, last := -1, -1
	for i, s := range all {
		if s.owner == ofAuthor && hasWords(text[s.start:s.end]) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if last < 0 {
		return all
	}
	banner := bannerEnd(text[all[first].start:all[first].end])
	t := tail{text: text[all[last].start:all[last].end]}
	t.read()
	if banner == 0 && t.plain() {
		return all
	}
	return settle(text, all, first, last, banner, &t)
}

// settle puts the parts of the tail in place if enough is left for the author.
func settle(text string, all []stretch, first, last, banner int, t *tail) []stretch {
	quoted := false
	for _, s := range all {
		quoted = quoted || s.owner == ofOthers && hasWords(text[s.start:s.end])
	}
	others := "" // what the author wrote in other stretches
	for i, s := range all[:last] {
		if s.owner == ofAuthor && len(others) < 1000 {
			from := s.start
			if i == first {
				from += banner
			}
			others += text[from:s.end]
		}
	}
	from := 0
	if first == last {
		from = banner
	}
	rest := ownWordCount(others) + ownWordCount(t.without(from))
	switch words := wordsUpTo(t.signature(), 26); {
	case rest == 0 && !quoted:
		return all
	case t.delimiter >= 0 && (rest < 4 && words > 25 || asksOrOrders(folded(t.signature()))):
		t.forget()
	}
	out := make([]stretch, 0, len(all)+4)
	for i, s := range all {
		if i == first && banner > 0 {
			out = append(out, stretch{s.start, s.start + banner, ofNotice})
			s.start += banner
		}
		if i != last {
			out = append(out, s)
			continue
		}
		at := s.start
		for _, cut := range t.cuts(all[last].start) {
			if cut.start < at { // a banner that reaches into the tail
				cut.start = at
			}
			if cut.start >= cut.end {
				continue
			}
			if at < cut.start {
				out = append(out, stretch{at, cut.start, ofAuthor})
			}
			out = append(out, cut)
			at = cut.end
		}
		if at < s.end {
			out = append(out, stretch{at, s.end, ofAuthor})
		}
	}
	return out
}

// tail is the end of the author's words. All places count in its text.
type tail struct {
	text      string
	lines     [][2]int // the last lines, from top to bottom, empty ones left out
	gap       []bool   // whether an empty line stands above
	notice    []bool   // per line: of a legal notice
	footer    []bool   // per line: of a phone
	delimiter int      // number of the line "-- " of the signature, or -1
}

// read finds notices, footers and the signature, in this order.
func (t *tail) read() {
	t.delimiter = -1
	if t.dull() {
		return
	}
	t.cutLines()
	t.notice, t.footer = make([]bool, len(t.lines)), make([]bool, len(t.lines))
	t.findNotices()
	for i := len(t.lines) - 1; i >= 0; i-- {
		if t.notice[i] {
			continue
		}
		if !isFooter(t.line(i)) {
			break
		}
		t.footer[i] = true
	}
	for i := range t.lines {
		if t.line(i) == "--" && !t.notice[i] && t.short(i+1) {
			t.delimiter = i
			t.coverDelimiter()
			break
		}
	}
}

// dull is the cheap look at a text: no line of its end can be one of ours.
func (t *tail) dull() bool {
	text, below, table := t.text, false, notices()
	from := len(text)
	for n := 0; from > 0 && n < maxTailLines && len(text)-from < maxTailBytes; n++ {
		end := from
		from = strings.LastIndexByte(text[:from-1], '\n') + 1
		line := trimmed(text[from:end])
		if line == "" {
			continue
		}
		if line == "--" || mayBeNotice(line, table) || !below && isFooter(line) {
			return false
		}
		below = true
	}
	return true
}

func (t *tail) cutLines() {
	from := len(t.text)
	n := 0
	for from > 0 && n < maxTailLines && len(t.text)-from < maxTailBytes {
		from = strings.LastIndexByte(t.text[:from-1], '\n') + 1
		n++
	}
	t.lines, t.gap = make([][2]int, 0, n), make([]bool, 0, n)
	gap := true
	for from < len(t.text) {
		end := lineEnd(t.text, from)
		line := [2]int{from, end}
		from = end
		if trimmed(t.text[line[0]:end]) == "" {
			gap = true
			continue
		}
		t.lines = append(t.lines, line)
		t.gap = append(t.gap, gap)
		gap = false
	}
}

func (t *tail) line(i int) string {
	return trimmed(t.text[t.lines[i][0]:t.lines[i][1]])
}

// short reports whether the lines from i on can be a signature.
func (t *tail) short(i int) bool {
	lines, size := 0, 0
	for ; i < len(t.lines); i++ {
		if !t.notice[i] {
			lines++
			size += t.lines[i][1] - t.lines[i][0]
		}
	}
	return lines <= maxSignatureLines && size <= maxSignatureBytes
}

// coverDelimiter gives the delimiter to the notice where nothing else stands below it.
func (t *tail) coverDelimiter() {
	for i := t.delimiter + 1; i < len(t.lines); i++ {
		if !t.notice[i] {
			return
		}
	}
	t.notice[t.delimiter] = t.delimiter+1 < len(t.lines)
	t.delimiter = -1
}

// findNotices marks legal notices: from a line with a known opening to the end of its
// paragraph. A heading alone takes the next paragraph with it.
func (t *tail) findNotices() {
	table := notices()
	for i := 0; i < len(t.lines); i++ {
		if !mayBeNotice(t.line(i), table) {
			continue
		}
		end := i + 1
		for end < len(t.lines) && !t.gap[end] {
			end++
		}
		if end == i+1 && end < len(t.lines) && isNoticeHeading(t.line(i)) {
			for end++; end < len(t.lines) && !t.gap[end]; end++ {
			}
		}
		if !isNotice(t.text[t.lines[i][0]:t.lines[end-1][1]], table) {
			continue
		}
		for ; i < end; i++ {
			t.notice[i] = true
		}
		i--
	}
}

// plain reports that nothing was found.
func (t *tail) plain() bool {
	if t.delimiter >= 0 {
		return false
	}
	for i := range t.notice {
		if t.notice[i] || t.footer[i] {
			return false
		}
	}
	return true
}

func (t *tail) signed(i int) bool { return t.footer[i] || t.delimiter >= 0 && i >= t.delimiter }

// forget takes the signature for words of the author after all.
func (t *tail) forget() { t.delimiter = -1 }

// signature is what stands in the signature, footers left out.
func (t *tail) signature() string {
	var b strings.Builder
	for i := range t.lines {
		if t.signed(i) && !t.footer[i] && !t.notice[i] {
			b.WriteString(t.text[t.lines[i][0]:t.lines[i][1]])
		}
	}
	return b.String()
}

// without is the text from a place on, less signature and notices.
func (t *tail) without(from int) string {
	if t.plain() {
		return t.text[from:]
	}
	var b strings.Builder
	for _, cut := range t.cuts(0) {
		if from < cut.start {
			b.WriteString(t.text[from:cut.start])
		}
		from = max(from, cut.end)
	}
	b.WriteString(t.text[from:])
	return b.String()
}

// cuts are the stretches to cut out, base being where the text begins.
func (t *tail) cuts(base int) []stretch {
	var out []stretch
	for i, l := range t.lines {
		owner := ofAuthor
		switch {
		case t.notice != nil && t.notice[i]:
			owner = ofNotice
		case t.footer != nil && t.signed(i):
			owner = ofSignature
		default:
			continue
		}
		if n := len(out); n > 0 && out[n-1].owner == owner && (i > 0 && out[n-1].end == base+t.lines[i-1][1]) {
			out[n-1].end = base + l[1]
			continue
		}
		out = append(out, stretch{base + l[0], base + l[1], owner})
	}
	return out
}

// ownWordCount counts words up to a few, a greeting left aside.
func ownWordCount(s string) int {
	for s = strings.TrimSpace(s); s != ""; {
		line, rest, _ := strings.Cut(s, "\n")
		if !isGreeting(line) {
			break
		}
		s = strings.TrimSpace(rest)
	}
	return wordsUpTo(s, 4)
}

// wordsUpTo counts words and stops at a number. Two signs of a script that writes no
// blanks are a word.
func wordsUpTo(s string, most int) int {
	n, inWord, signs := 0, false, 0
	for _, r := range s {
		switch {
		case dense(r):
			if signs++; signs%2 == 0 {
				n++
			}
			inWord = false
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSymbol(r) && r > 0x7f:
			if !inWord {
				n++
			}
			inWord = true
		case unicode.IsSpace(r):
			inWord = false
		}
		if n >= most {
			return n
		}
	}
	if n == 0 && signs > 0 {
		return 1
	}
	return n
}

func dense(r rune) bool {
	return r >= 0x0e00 && r <= 0x0eff || r >= 0x3040 && r <= 0x30ff || r >= 0x3400 && r <= 0x9fff || r >= 0x20000 && r <= 0x3ffff
}

// greetings are how letters begin.
var greetings = listOf(
	"hi;hello;hey;dear;to whom it may concern;good morning;good afternoon;good day;greetings;hallo;guten tag;guten morgen;sehr geehrte;liebe;moin;bonjour;madame;monsieur;cher;chère",
	"hola;estimad;buenos;buenas;ciao;gentile;egregi;buongiorno;spett;salve;olá;prezad;caro;cara;bom dia;boa tarde;beste;geachte;dag;goedendag;dzień dobry;szanown;witam;cześć",
	"hej;hei;goddag;god dag;god morgon;kære;kjære;bästa;dobrý den;dobrý deň;vážen;ahoj;tisztelt;kedves;szia;bună;stimat;merhaba;sayın;здравствуйте;уважаем;добрый;привет;шановн;добрий;вітаю;уважаеми",
	"αγαπητ;καλημέρα;您好;你好;尊敬的;こんにちは;お世話;안녕;مرحب;السلام;שלום;poštovan",
)

// isGreeting reports whether a line is only a greeting.
func isGreeting(line string) bool {
	if len(line) > 100 || wordsUpTo(line, 8) > 7 {
		return false
	}
	s := strings.TrimLeft(folded(line), "¡ ")
	for _, g := range greetings {
		if rest, ok := strings.CutPrefix(s, g); ok {
			return rest == "" || strings.ContainsAny(s[len(s)-1:], ",!.:") || strings.HasSuffix(s, "，") || wordsUpTo(rest, 4) < 4
		}
	}
	return false
}

// Footers of phones and of mail programs that praise themselves. A line starts or ends
// with the words of one, and names a device or program.
var (
	footerStarts = byStart(listOf(
		"sent from ;sent via ;sent with ;sent using ;get outlook for ;get bluemail for ;download outlook for ",
		"gesendet von ;gesendet mit ;gesendet über ;von unterwegs gesendet;diese nachricht wurde von meinem ;holen sie sich outlook ;outlook für ",
		"envoyé de mon ;envoyé depuis ;envoyé à partir ;envoyé avec ;envoyé par ;télécharger outlook ;télécharchez outlook ;téléchargez outlook ;obtenez outlook ;obtenir outlook ",
		"enviado desde ;enviado con ;enviado por ;obtener outlook ;obtén outlook ;descargar outlook ;enviat des ", "inviato da ;inviato dal ;inviato con ;scarica outlook ;ottieni outlook ;scaricare outlook ",
		"enviado do ;enviado a partir ;enviado pelo ;enviado da ;enviada do ;obter o outlook ;obtenha o outlook ;baixar o outlook ",
		"verzonden vanaf ;verstuurd vanaf ;verzonden met ;verstuurd met ;verzonden via ;outlook voor ;download outlook voor ;ontvang outlook ", "wysłane z ;wysłano z ;pobierz outlook ;pobierz program outlook ",
		"odesláno z ;odesláno ze ;odoslané z ;odoslané zo ;získat outlook ;získať outlook ;stáhnout outlook ", "skickat från ;skickat med ;skickades från ;hämta outlook ",
		"sendt fra ;sendt med ;hent outlook ;få outlook ;skaff deg outlook ", "lähetetty ;hanki outlook ", "elküldve az ;küldve ;az outlook beszerzése;outlook letöltése",
		"trimis de pe ;trimis din ;trimis de la ;descărcați outlook ;obțineți outlook ", "poslano s ;poslano z ;poslano iz ;poslano sa ", "şuradan gönderildi;outlook'u edinin;android için outlook;ios için outlook",
		"отправлено с ;отправлено из ;послано с ;скачать outlook;получить outlook ", "надіслано з ;відправлено з ;отримати outlook ", "изпратено от ;изпратено с ", "στάλθηκε από ;εστάλη από ;αποκτήστε το outlook",
		"发自我的;发自 ;从我的;来自我的;發自我的;從我的;獲取 outlook;获取 outlook;下载 outlook", "iphoneから送信;ipadから送信;androidから送信;私のiphoneから;outlook for ios", "나의 iphone에서;내 iphone에서;나의 ipad에서;내 ipad에서;발신: ",
		"نُشر من ;مرسل من ;أرسل من ;أُرسلت من ", "נשלח מ", "dikirim dari ", "gửi từ ", "ส่งจาก", "saadetud minu ;išsiųsta iš ;nosūtīts no ",
	))
	footerEnds = listOf(
		" gesendet;'den gönderildi;'dan gönderildi;'umdan gönderildi;'imden gönderildi;'ımdan gönderildi; gönderildi;-omról küldve;-emről küldve;ról küldve;ről küldve",
		"から送信;から送信されました;에서 보냄;에서 보냈습니다;에서 전송;传送;傳送;发送;發送",
	)
	devices = listOf(
		"iphon;ipad;ipod;ios;android;samsung;galaxy;huawei;xiaomi;redmi;oneplus;pixel;nokia;sony;xperia;motorola;honor;oppo;blackberry;windows;macbook;apple watch",
		"outlook;gmail;yahoo;aol;gmx;web.de;t-online;proton;tutanota;fairmail;k-9;bluemail;mail.ru;thunderbird;mail app;mail for;mail pour;mail para;mail für;mail per;orange;spark;airmail;mailbird;seznam;wp.pl;onet;libero;zoho;superhuman",
		"mobile;smartphone;phone;telefon;telefoon;téléphone;teléfono;telefono;handy;tablet;portable;móvil;celular;cellulare;мобильн;смартфон;телефон;мобільн;手机;手機;휴대폰;スマートフォン;κινητό",
	)
)

// isFooter reports whether a line is the footer of a phone or program.
func isFooter(line string) bool {
	if len(line) > 200 || len(line) < 8 {
		return false
	}
	var buf [256]byte
	b := fold(buf[:0], strings.Trim(line, " \t*_-~|<>\""))
	if len(b) < startBytes {
		return false
	}
	found := false
	for _, start := range footerStarts[string(b[:startBytes])] {
		found = found || len(b) > len(start) && string(b[:len(start)]) == start
	}
	if !found {
		found = len(b) <= 80 && endsInAny(b, footerEnds)
	}
	if !found {
		return false
	}
	s := string(b)
	return hasAny(s, devices) && !asksOrOrders(s) && !strings.Contains(s, ". ") && wordsUpTo(s, 14) <= 13
}

// orders are words of somebody who wants something gone.
var orders = listOf(
	"delete;erase;remove;wipe;stop ;opt out;opt-out;lösch;entfern;supprim;efface;elimin;borrar;borre;borren;suprim;cancell;rimuov;apagar;apague;remov;verwijder;te wissen;usuń;usunąć;skasuj;radera;ta bort;slet;fjern;poista",
	"smaž;smazat;vymaž;vymazat;töröl;șterge;silin;удал;видал;изтри;διαγρ;删除;刪除;移除;削除;消去;삭제;احذف;מחק",
)

// asksOrOrders reports whether a folded text that should be a signature asks for
// something.
func asksOrOrders(s string) bool { return asks(s) || hasAny(s, orders) }

func endsInAny(b []byte, phrases []string) bool {
	end := len(b)
	for end > 0 && (b[end-1] == '.' || b[end-1] == '!') {
		end--
	}
	for _, p := range phrases {
		if len(p) <= end && string(b[end-len(p):end]) == p {
			return true
		}
	}
	return false
}

// startBytes is by how many bytes phrases are sorted into a table, so that most lines
// are dismissed by one look.
const startBytes = 4

func byStart(phrases []string) map[string][]string {
	m := map[string][]string{}
	for _, p := range phrases {
		m[p[:startBytes]] = append(m[p[:startBytes]], p)
	}
	return m
}
