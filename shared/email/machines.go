package email

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The words below are known by their first byte, so that a text is held only against
// those that could stand where it is read.
type phrasebook [256][]string

func newPhrasebook(lists ...string) *phrasebook {
	var b phrasebook
	for _, list := range lists {
		for p := range strings.SplitSeq(list, ";") {
			p = strings.TrimSpace(p)
			b[p[0]] = append(b[p[0]], p)
		}
	}
	return &b
}

// at returns the phrase that low begins with. A letter may not be followed by another
// one, "auto reply" is not in "auto replying", except in scripts that put no blanks
// between words. A phrase that is the stem of a word says so by a star.
func (b *phrasebook) at(low []byte) (phrase string, ok bool) {
	if len(low) == 0 {
		return "", false
	}
	for _, p := range b[low[0]] {
		stem, open := strings.CutSuffix(p, "*")
		if len(low) >= len(stem) && string(low[:len(stem)]) == stem && (open || wordEnds(stem, low[len(stem):])) {
			return stem, true
		}
	}
	return "", false
}

// wordEnds reports whether the word that s ends with goes not on in rest.
func wordEnds(s string, rest []byte) bool {
	last, _ := utf8.DecodeLastRuneInString(s)
	next, _ := utf8.DecodeRune(rest)
	return !unicode.IsLetter(last) || !unicode.IsLetter(next) || unicode.In(last, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// in returns the first phrase that begins at a word of low.
func (b *phrasebook) in(low []byte) (phrase string, ok bool) {
	inWord := false
	for i, c := range low {
		if !inWord && b[c] != nil {
			if phrase, ok = b.at(low[i:]); ok {
				return phrase, true
			}
		}
		inWord = c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
	}
	return "", false
}

// Local parts of addresses behind which nobody reads, with every dot and underscore
// written as a hyphen.
var machineSenders = buildMachineSenders(map[machine]string{
	bouncing: "mailer-daemon mailerdaemon mail-daemon maildaemon postmaster post-master mdaemon bounce bounces " +
		"microsoftexchange329e71ec88ae4615bbc36ab6ce41109e",
	autoReply:   "autoreply auto-reply autoresponder auto-responder autoresponse auto-response",
	mailingList: "listserv majordomo",
	robot: "noreply no-reply donotreply do-not-reply do-notreply dontreply dont-reply noanswer no-answer noreplies no-replies " + // English
		"keine-antwort keineantwort nicht-antworten nichtantworten bitte-nicht-antworten " + // German
		"nepasrepondre ne-pas-repondre nepas-repondre nepasrepondez ne-pas-repondez pas-de-reponse sans-reponse " + // French
		"noresponder no-responder noresponda no-responda no-contestar nocontestar no-conteste " + // Spanish
		"no-respongueu norespongueu " + // Catalan
		"naoresponda nao-responda naoresponder nao-responder " + // Portuguese
		"non-rispondere nonrispondere non-rispondete " + // Italian
		"niet-beantwoorden nietbeantwoorden niet-reageren nietreageren geen-antwoord geenantwoord " + // Dutch
		"nie-odpowiadaj nieodpowiadaj nie-odpowiadac nieodpowiadac " + // Polish
		"neodpovidat neodpovidejte neodpovedat neodpovedajte " + // Czech, Slovak
		"ne-valaszolj nevalaszolj ne-valaszoljon nevalaszoljon " + // Hungarian
		"nu-raspunde nuraspunde nu-raspundeti nuraspundeti " + // Romanian
		"ne-odgovaraj neodgovaraj ne-odgovarajte neodgovarajte ne-odgovarjaj neodgovarjaj " + // Croatian, Serbian, Slovene
		"svara-ej svaraej svara-inte svarainte " + // Swedish
		"ikke-svar ikkesvar svar-ikke svarikke ikke-besvar " + // Danish, Norwegian
		"ei-vastausta eivastausta ala-vastaa alavastaa " + // Finnish
		"min-apantate minapantate min-apantisete " + // Greek
		"ne-otgovaryai ne-otgovaryay ne-otgovaryaite ne-otgovaryayte " + // Bulgarian
		"ne-otvechat neotvechat ne-otvechai ne-otvechay ne-otvechaite ne-otvechayte " + // Russian
		"ne-vidpovidaty nevidpovidaty ne-vidpovidaite ne-vidpovidayte " + // Ukrainian
		"yanitlamayin yanitlamayiniz cevaplamayin cevaplamayiniz cevap-vermeyin " + // Turkish
		"neatsakyti neatsakykite neatbildet ara-vasta " + // Lithuanian, Latvian, Estonian
		"henshin-fuka henshinfuka balsinjeonyong balsin-jeonyong wuxuhuifu qingwuhuifu", // Japanese, Korean, Chinese
})

func buildMachineSenders(lists map[machine]string) map[string]machine {
	all := map[string]machine{}
	for kind, list := range lists {
		for name := range strings.FieldsSeq(list) {
			all[name] = kind
		}
	}
	return all
}

// sender reads the author's address and name. A machine's word counts as the
// whole local part or as its end after a separator ("jira-noreply"), a plus tag
// left aside. At its start it is only a hint: "noreply-fan" is a person, and a
// help desk that searched for the letters threw such a person's mail away.
// "-request" is only a hint as well, because privacy agents write from addresses
// like data-request@, while list servers show other signs.
func (s *signs) sender(a Address) {
	if len(a.Name) >= len("postmaster") && len(a.Name) <= len("mail delivery subsystem") &&
		equalsAny(a.Name, "mail delivery subsystem", "mail delivery system", "mail delivery service", "mail administrator", "mailer-daemon", "postmaster") {
		s.strong(bouncing, "From", a.Name)
	}
	i := strings.LastIndexByte(a.Address, '@')
	if i < 0 || i > 64 {
		return
	}
	name, _, _ := strings.Cut(a.Address[:i], "+")
	var room [64]byte
	local := room[:len(name)]
	for j := range len(name) {
		switch c := name[j]; {
		case c == '.' || c == '_':
			local[j] = '-'
		case c >= 'A' && c <= 'Z':
			local[j] = c + 'a' - 'A'
		default:
			local[j] = c
		}
	}
	if kind, weak := localSign(local, a.Address); kind != 0 {
		s.strong(kind, "From", string(local)+"@")
	} else if weak {
		s.hint(inSender, "From", string(local)+"@")
	}
}

// localSign is what a local part tells; address is how it was written.
func localSign(local []byte, address string) (kind machine, weak bool) {
	switch string(local) {
	case "root":
		return robot, false
	case "notification", "notifications", "notify", "alert", "alerts", "newsletter", "newsletters", "news", "nobody", "cron", "daemon", "www-data":
		return 0, true // robots use them, and people might
	}
	if kind = machineSenders[string(local)]; kind != 0 {
		return kind, false
	}
	if hasFoldPrefix(address, "owner-") {
		return mailingList, false
	}
	for i, c := range local {
		if c != '-' {
			continue
		}
		switch tail := local[i+1:]; string(tail) {
		case "bounces":
			return mailingList, false
		case "request", "owner":
			weak = true
		default:
			if kind = machineSenders[string(tail)]; kind != 0 {
				return kind, false
			}
		}
		weak = weak || machineSenders[string(local[:i])] != 0
	}
	return 0, weak
}

// Starts of subjects that answering machines write. A person's reply to one starts
// with "Re:" and is not meant.
var autoSubjects = newPhrasebook(
	"auto:;automatic reply;automatic response;automated reply;automated response;auto-reply;auto reply;autoreply;auto response;auto-response;autoresponse",
	"out of office;out of the office;out-of-office;ooo:;on vacation:;vacation reply;vacation message;i am on vacation;i am out of the office",
	"automatische antwort;abwesenheitsnotiz;abwesenheitsnachricht;abwesenheitsmeldung;abwesenheitsmitteilung;automatische abwesenheit*;nicht im büro;außer haus:", // German
	"réponse automatique;reponse automatique;absence du bureau;message d'absence;message d’absence;notification d'absence;absent du bureau",                       // French
	"respuesta automática;respuesta automatica;fuera de la oficina;fuera de oficina;mensaje de ausencia;contestación automática",                                  // Spanish
	"resposta automàtica;fora de l'oficina;fora de l’oficina",                                                                                                     // Catalan
	"resposta automática;resposta automatica;fora do escritório;fora do escritorio;mensagem de ausência;ausência do escritório",                                   // Portuguese
	"risposta automatica;risposta non al computer;fuori sede;fuori ufficio",                                                                                       // Italian
	"automatisch antwoord;automatische reactie;automatisch bericht;afwezigheidsbericht;afwezigheidsmelding;niet aanwezig:",                                        // Dutch
	"odpowiedź automatyczna;odpowiedz automatyczna;automatyczna odpowiedź;automatyczna odpowiedz;poza biurem;nieobecność w biurze;autoodpowiedź",
	"automatická odpověď;automaticka odpoved;mimo kancelář;nepřítomnost v kanceláři;automatická odpoveď;mimo kancelárie;neprítomnosť v kancelárii", // Czech, Slovak
	"automatikus válasz;automatikus valasz;házon kívül;hazon kivul;irodán kívül",                                                                   // Hungarian
	"răspuns automat;raspuns automat;în afara biroului;in afara biroului",                                                                          // Romanian
	"automatski odgovor;izvan ureda;odsutan iz ureda;samodejni odgovor;odsotnost iz pisarne;аутоматски одговор",                                    // Croatian, Serbian, Slovene
	"autosvar;automatisk svar;automatisk besvarelse;ikke på kontoret;ikke til stede;ute av kontoret;fraværsmelding;fraværsbesked",                  // Danish, Norwegian
	"automatiskt svar;frånvaromeddelande;inte på kontoret;ej på kontoret",                                                                          // Swedish
	"automaattinen vastaus;automaattivastaus;poissa toimistosta;poissaoloilmoitus",                                                                 // Finnish
	"automaatvastus;automaatne vastus;automātiskā atbilde;automātiska atbilde;automatinis atsakymas",                                               // Estonian, Latvian, Lithuanian
	"αυτόματη απάντηση;αυτοματη απαντηση;εκτός γραφείου;απουσία από το γραφείο",                                                                    // Greek
	"автоматичен отговор;автоматично съобщение;извън офиса",                                                                                        // Bulgarian
	"автоответ;автоматический ответ;автоматическое уведомление об отсутствии;вне офиса",                                                            // Russian
	"автоматична відповідь;автовідповідь;поза офісом",                                                                                              // Ukrainian
	"otomatik yanıt;otomatik yanit;otomatik cevap;ofis dışında;ofis dışı;işyeri dışında",                                                           // Turkish
	"自動返信;自動応答;不在通知;不在のお知らせ;不在:;不在：",                                                                                                               // Japanese
	"自动回复;自动答复;自动应答;自動回覆;自動回復;自動答覆;不在办公室;外出通知;休假通知",                                                                                                // Chinese
	"자동 회신;자동회신;자동 응답;자동응답;부재중",                                                                                                                    // Korean
	"מענה אוטומטי;תשובה אוטומטית;תגובה אוטומטית;מחוץ למשרד",                                                                                        // Hebrew
	"رد تلقائي;رد آلي;الرد التلقائي;خارج المكتب",                                                                                                   // Arabic
)

// Single words that start people's subjects too ("Vacation photos, please
// delete"): only as the whole subject or before a colon.
var autoSubjectWords = newPhrasebook(
	"vacation;away;ooo;abwesend;abwesenheit;absence;absent;ausencia;ausência;ausente;assenza;assente;afwezig;afwezigheid",
	"frånvaro;fravær;poissa;nieobecność;nepřítomnost;neprítomnosť;odsutan;odsutnost;távollét;absență;απουσία;отсъствие;отсутствие;відсутність",
)

// Words of bounces, anywhere in a subject. They are a hint only: people write
// "delivery failure" about parcels.
var bounceSubjects = newPhrasebook(
	"undeliver*;delivery status notification;delivery failure;delivery failed;failed delivery;delivery has failed;returned mail;mail returned;message returned;failure notice;mail failure",
	"mail delivery failed;mail delivery failure;mail delivery system;mail system error;message not delivered;could not be delivered;non-delivery;nondeliverable;delivery delayed;delivery incomplete",
	"unzustellbar*;nicht zustellbar*;nicht zugestellt;zustellung fehlgeschlagen;zustellfehler", // German
	"non remis*;échec de la remise;echec de la remise;non distribué*;échec de livraison;échec de distribution;message non délivré",
	"no se ha podido entregar;no se puede entregar;no entregado;no se pudo entregar;error de entrega;error en la entrega;devuelto al remitente", // Spanish
	"mancata consegna;mancato recapito;non recapitabile;impossibile recapitare;consegna non riuscita",                                           // Italian
	"não entregue;nao entregue;não foi possível entregar;falha na entrega;non livre;não é possível entregar",                                    // Portuguese
	"onbestelbaar;niet bezorgd;niet afgeleverd;bezorging mislukt;kan niet worden bezorgd",                                                       // Dutch
	"niedostarczon*;nie dostarczono;niemożliwe do dostarczenia;zwrot wiadomości",                                                                // Polish
	"nedoručiteln*;nedoručen*;nelze doručit;nedoručiteľn*;nemožno doručiť",                                                                      // Czech, Slovak
	"kézbesíthetetlen;sikertelen kézbesítés;nem kézbesíthető;nem kézbesített",                                                                   // Hungarian
	"nelivrat*;nu poate fi livrat;nu a putut fi livrat;livrare eșuată",                                                                          // Romanian
	"neisporučen*;nije isporučen*;isporuka nije uspjela;nedostavljen*;ni bilo mogoče dostaviti",                                                 // Croatian, Slovene
	"gick inte att leverera;det gick inte att leverera;olevererbart;ej levererat;kunde inte levereras",                                          // Swedish
	"kan ikke leveres;kunne ikke leveres;ikke leveret;uleveret;ikke levert;ulevert",                                                             // Danish, Norwegian
	"ei voitu toimittaa;ei voi toimittaa;toimitus epäonnistui;toimittamaton",                                                                    // Finnish
	"δεν παραδόθηκε;αδύνατη η παράδοση;μη παραδοτέο;αποτυχία παράδοσης",                                                                         // Greek
	"недоставен*;неуспешна доставка;не може да бъде доставено",                                                                                  // Bulgarian
	"недоставленн*;не доставлено;невозможно доставить;ошибка доставки",                                                                          // Russian
	"недоставлен*;неможливо доставити;помилка доставки",                                                                                         // Ukrainian
	"teslim edilemedi;teslim edilemeyen;iletilemedi;gönderilemedi",                                                                              // Turkish
	"配信不能;配信できません;配信エラー;送信エラー;送信できません;送達不能;未配達;届けられません",                                                                                         // Japanese
	"无法投递;无法送达;系统退信;退信通知;投递失败;未送达;未能送达;無法傳遞;無法送達;無法投遞",                                                                                          // Chinese
	"배달되지 않음;배달 실패;배달할 수 없;전송 실패;반송된 메일;메일 반송",                                                                                                  // Korean
	"לא נמסר;כשל במסירה;לא ניתן למסור",                                                                                                          // Hebrew
	"تعذر التسليم;لم يتم التسليم;فشل التسليم",                                                                                                   // Arabic
)

// What machines say of themselves. People quote it, so it is shown to staff and
// decides and counts nothing.
var machineWords = newPhrasebook(
	"do not reply to this;please do not reply;please don't reply;do not respond to this;this mailbox is not monitored;this inbox is not monitored;this mailbox is unmonitored;this is an automated;this is an automatic;this email was sent automatically;this message was sent automatically;this message was automatically generated;this email was automatically generated;automatically generated",
	"bitte antworten sie nicht auf;bitte nicht antworten;dies ist eine automatisch;diese e-mail wurde automatisch;diese nachricht wurde automatisch",
	"merci de ne pas répondre;ne pas répondre à ce;veuillez ne pas répondre;ce message est généré automatiquement;ceci est un message automatique",
	"no responda a este;por favor no responda;este es un mensaje automático;este mensaje ha sido generado automáticamente",
	"non rispondere a questa;si prega di non rispondere;questo è un messaggio automatico;não responda a est*;esta é uma mensagem automática;beantwoord deze e-mail niet;dit is een automatisch;prosimy nie odpowiadać;wiadomość wygenerowana automatycznie;svara inte på det*;ikke svar på denne",
	"このメールは自動;本メールは自動;此邮件由系统自动;请勿直接回复;請勿直接回覆;본 메일은 발신전용;это письмо сформировано автоматически;не отвечайте на это",
)

// subject reads the subject for the phrases of machines, after one leading tag such
// as [External]; a tag may also be the phrase.
func (s *signs) subject(subject string) {
	var room [600]byte
	low := foldedStart(room[:0], subject, 500)
	tag, words := leadingTag(low)
	phrase, found := autoSubjects.at(words)
	if !found {
		phrase, found = autoSubjects.at(tag)
	}
	if !found {
		head := words
		if i := bytes.IndexAny(words, ":："); i >= 0 {
			head = words[:i]
		}
		head = bytes.TrimSpace(head)
		phrase, found = autoSubjectWords.at(head)
		found = found && len(phrase) == len(head)
	}
	if found {
		s.strong(autoReply, "Subject", phrase)
		return
	}
	if _, found := bounceSubjects.in(low); found {
		s.hint(inSubject, "Subject", "reads like a bounce")
	}
}

// leadingTag parts a subject from the words in brackets before it.
func leadingTag(s []byte) (tag, rest []byte) {
	open, size := utf8.DecodeRune(s)
	if !strings.ContainsRune("[(【（［", open) || open == utf8.RuneError {
		return nil, s
	}
	end := bytes.IndexAny(s, "])】）］")
	if end < 0 || end > 80 {
		return nil, s
	}
	_, after := utf8.DecodeRune(s[end:])
	return s[size:end], bytes.TrimLeft(s[end+after:], " ")
}

// body looks at the start of the author's words for what machines say of themselves.
func (s *signs) body(text string) {
	var room [2100]byte
	if phrase, found := machineWords.in(foldedStart(room[:0], text, 2000)); found {
		s.show("Body", phrase)
	}
}

// foldedStart appends the first bytes of s in lower case and with single blanks.
func foldedStart(to []byte, s string, most int) []byte {
	s = strings.TrimLeft(cutText(s, most), " \t\n")
	for i := 0; i < len(s); {
		c := s[i]
		i++
		switch {
		case c >= 'A' && c <= 'Z':
			to = append(to, c+'a'-'A')
		case c == ' ' || c == '\n' || c == '\t':
			if to[len(to)-1] != ' ' {
				to = append(to, ' ')
			}
		case c < utf8.RuneSelf:
			to = append(to, c)
		default:
			r, size := utf8.DecodeRuneInString(s[i-1:])
			to = utf8.AppendRune(to, unicode.ToLower(r))
			i += size - 1
		}
	}
	return to
}
