package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMachinesAreKnownByOneStrongSign(t *testing.T) {
	report := func(kind string) string {
		return `Content-Type: multipart/report; report-type=` + kind + `; boundary=b`
	}
	tests := []struct {
		name   string
		fields []string
		kind   string
	}{
		{"nothing", nil, ""},
		{"auto-submitted no", []string{"Auto-Submitted: no"}, ""},
		{"auto-submitted no with comment", []string{"Auto-Submitted: No (really)"}, ""},
		{"auto-replied", []string{"Auto-Submitted: Auto-Replied; owner-email=x"}, "auto-reply"},
		{"auto-generated", []string{"Auto-Submitted: auto-generated"}, "robot"},
		{"auto-notified", []string{"Auto-Submitted: auto-notified"}, "robot"},
		{"no above auto-replied", []string{"Auto-Submitted: no", "Auto-Submitted: auto-replied"}, "auto-reply"},
		{"null path", []string{"Return-Path: <>"}, "bounce"},
		{"null path of an auto-reply", []string{"Return-Path: <>", "Auto-Submitted: auto-replied"}, "auto-reply"},
		{"bounce path of a mailing service", []string{"Return-Path: <bounce+x@esp.example>"}, ""},
		{"report", []string{report("delivery-status")}, "bounce"},
		{"receipt", []string{report("disposition-notification")}, "auto-reply"},
		{"abuse report", []string{report("feedback-report")}, "robot"},
		{"failed recipients", []string{"X-Failed-Recipients: a@x.example"}, "bounce"},
		{"bulk", []string{"Precedence: bulk"}, "list"},
		{"auto_reply", []string{"Precedence: auto_reply"}, "auto-reply"},
		{"first-class", []string{"Precedence: first-class"}, ""},
		{"list id", []string{"List-Id: <l.example>"}, "list"},
		{"bounce beats list", []string{"List-Id: <l.example>", "X-Failed-Recipients: a@x.example"}, "bounce"},
		{"autoreply field", []string{"X-Autoreply: yes"}, "auto-reply"},
		{"autoreply field says no", []string{"X-Autoreply: no"}, ""},
		{"vacation", []string{"X-Apple-Action: VACATION"}, "auto-reply"},
		{"relay", []string{"X-AMAZON-MAIL-RELAY-TYPE: notification"}, "robot"},
		{"cron", []string{"X-Cron-Env: <SHELL=/bin/sh>"}, "robot"},
		{"one-click unsubscribe", []string{"List-Unsubscribe-Post: List-Unsubscribe=One-Click"}, "list"},
		{"auto-submitted false", []string{"Auto-Submitted: false"}, ""},
		{"auto-submitted in quotes", []string{`Auto-Submitted: "auto-generated"`}, "robot"},
		{"auto-submitted folded", []string{"Auto-Submitted:\r\n auto-replied\r\n (vacation)"}, "auto-reply"},
		{"autoreply field says 0", []string{"X-Autoreply: 0"}, ""},
		{"vacation field says false", []string{"X-Vacation: False; why=not"}, ""},
		{"delivered to an autoresponder", []string{"Delivered-To: Autoresponder"}, "auto-reply"},
		{"delivered to a person", []string{"Delivered-To: autoresponder@x.example"}, ""},
		{"apple action other", []string{"X-Apple-Action: none"}, ""},
		{"report of an unknown type", []string{`Content-Type: multipart/report; boundary=b`}, "bounce"},
		{"our loop field", []string{"X-Rightsmail-Loop: 1"}, "robot"},
		{"our loop field on a bounce", []string{"X-Rightsmail-Loop: 1", "Return-Path: <>"}, "robot"},
		{"x-loop of ours", []string{"X-Loop: <Privacy@example.com>"}, "robot"},
		{"x-loop of others", []string{"X-Loop: x@y.example"}, ""},
		{"suppression asked for", []string{"X-Auto-Response-Suppress: All"}, ""},
		{"automatic reply", []string{"Subject: Automatic reply: your mail"}, "auto-reply"},
		{"tagged automatic reply", []string{"Subject: [External] Out of Office"}, "auto-reply"},
		{"tag that is the phrase", []string{"Subject: 【自動返信】お問い合わせありがとうございます"}, "auto-reply"},
		{"tag never closed", []string{"Subject: [Automatic reply: your mail"}, ""},
		{"phrase inside a longer word", []string{"Subject: Автоответчик не работает"}, ""},
		{"phrase inside a longer English word", []string{"Subject: Auto replying to people is wrong"}, ""},
		{"consent in Turkish", []string{"Subject: İzin"}, ""},
		{"reply to an automatic reply", []string{"Subject: Re: Automatic reply: your mail"}, ""},
		{"German", []string{"Subject: =?utf-8?q?Abwesenheitsnotiz?="}, "auto-reply"},
		{"Japanese", []string{"Subject: 自動返信"}, "auto-reply"},
		{"single word alone", []string{"Subject: Vacation"}, "auto-reply"},
		{"single word before a colon", []string{"Subject: Away: back on Monday"}, "auto-reply"},
		{"single word in a sentence", []string{"Subject: Vacation photos, please delete"}, ""},
		{"bounce subject alone", []string{"Subject: delivery failure of my parcel"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Parse(letter(append(tt.fields, from)...), Options{OwnAddresses: []string{"privacy@example.com"}})
			assert.Equal(t, tt.kind, m.Automation.Kind, "%v", m.Automation.Signals)
			if tt.kind != "" {
				assert.NotEmpty(t, m.Automation.Signals)
			}
		})
	}
}

func TestMachineSendersAreKnownByWholeWords(t *testing.T) {
	tests := map[string]string{
		"noreply@x.example": "robot", "No-Reply@x.example": "robot", "do_not.reply@x.example": "robot",
		"jira-noreply@x.example": "robot", "notifications.noreply@x.example": "robot", "noreply+ab12@x.example": "robot",
		"MAILER-DAEMON@x.example": "bounce", "postmaster@x.example": "bounce", "root@x.example": "robot",
		"nepasrepondre@x.example": "robot", "users-bounces@x.example": "list", "owner-users@x.example": "list",
		"privacy@example.com": "robot",

		"noreply-fan@x.example": "", "noreplyhere@x.example": "", "annoreply@x.example": "", "grass.root@x.example": "",
		"data-request@agent.example": "", "dog-owner@x.example": "", "bounce.house.rentals@x.example": "",
		"ann@noreply.example": "", "anna.postmasters@x.example": "", "staff@example.com": "",
	}
	for address, kind := range tests {
		m := Parse(letter("From: <"+address+">"), Options{OwnAddresses: []string{"Privacy@Example.com"}})
		assert.Equal(t, kind, m.Automation.Kind, address)
	}
}

func TestWeakSignsAreCountedAndDecideNothing(t *testing.T) {
	m := Parse(letter("Feedback-ID: x", "Subject: failure notice", "From: alerts@x.example"), Options{})
	assert.False(t, m.Automation.Automated())
	assert.Equal(t, 3, m.Automation.Weak)
	assert.Equal(t, 0, Parse(letter(from), Options{}).Automation.Weak)
}

func TestSuppressionIsARequestAndNoEvidence(t *testing.T) {
	for value, want := range map[string]bool{"All": true, "OOF, AutoReply": true, "DR;RN": true, "None": false, "RN, NRN": false, "": false} {
		m := Parse(letter("X-Auto-Response-Suppress: "+value, from), Options{})
		assert.Equal(t, want, m.Automation.Suppress, value)
		assert.False(t, m.Automation.Automated())
		assert.Empty(t, m.Automation.Signals)
	}
}

func TestForwardedBounceIsAPersonsMail(t *testing.T) {
	m := Parse(lines(from, "Subject: what is this?", `Content-Type: multipart/mixed; boundary=b`, "",
		"--b", "", "I got this back.", "--b", "Content-Type: message/rfc822", "",
		"From: MAILER-DAEMON@x.example", "Content-Type: multipart/report; report-type=delivery-status; boundary=c", "",
		"--c", "", "It bounced.", "--c", "Content-Type: message/delivery-status", "", "Action: failed", "--c--", "--b--"), Options{})
	assert.Equal(t, "", m.Automation.Kind)
	assert.Equal(t, "It bounced.", m.Forwarded.Text)
}

func TestSubjectsOfAutomaticRepliesInTwentyLanguages(t *testing.T) {
	for language, subject := range map[string]string{
		"English": "Out of Office Re: privacy", "German": "AUTOMATISCHE ANTWORT: Ihre Anfrage", "French": "Réponse automatique : votre demande",
		"Spanish": "Respuesta automática: sus datos", "Catalan": "Resposta automàtica: dades", "Portuguese": "Resposta automática: seus dados",
		"Italian": "Risposta automatica: dati", "Dutch": "Automatisch antwoord: gegevens", "Polish": "Odpowiedź automatyczna: dane",
		"Czech": "Automatická odpověď: údaje", "Slovak": "Automatická odpoveď: údaje", "Hungarian": "Automatikus válasz: adatok",
		"Romanian": "Răspuns automat: date", "Croatian": "Automatski odgovor: podaci", "Slovene": "Samodejni odgovor: podatki",
		"Danish": "Autosvar: data", "Swedish": "Automatiskt svar: uppgifter", "Norwegian": "Automatisk svar: data", "Finnish": "Automaattinen vastaus: tiedot",
		"Greek": "Αυτόματη απάντηση: δεδομένα", "Bulgarian": "Автоматичен отговор: данни", "Russian": "Автоматический ответ: данные",
		"Ukrainian": "Автоматична відповідь: дані", "Turkish": "Otomatik yanıt: veriler", "Japanese": "自動応答: データ", "Chinese": "自动回复：数据",
		"Traditional Chinese": "自動回覆: 資料", "Korean": "자동 회신: 데이터", "Hebrew": "מענה אוטומטי: מידע", "Arabic": "رد تلقائي: بيانات",
	} {
		assert.Equal(t, "auto-reply", Parse(letter("Subject: "+subject, from), Options{}).Automation.Kind, language)
		assert.Empty(t, Parse(letter("Subject: Re: "+subject, from), Options{}).Automation.Kind, language)
	}
}

func TestSubjectsOfBouncesInTwentyLanguagesAreOneHint(t *testing.T) {
	for language, subject := range map[string]string{
		"English": "Mail delivery failed: returning message to sender", "stem": "UNDELIVERABLE: privacy", "German": "Unzustellbar: Ihre Daten", "French": "Non remis : vos données",
		"Spanish": "No se ha podido entregar: datos", "Italian": "Mancata consegna: dati", "Portuguese": "Não entregue: dados", "Dutch": "Onbestelbaar: gegevens",
		"Polish": "Niedostarczona wiadomość", "Czech": "Nedoručitelná zpráva", "Slovak": "Nedoručiteľné: údaje", "Hungarian": "Kézbesíthetetlen: adatok",
		"Romanian": "Nelivrat: date", "Croatian": "Neisporučeno: podaci", "Swedish": "Det gick inte att leverera: data", "Danish": "Kan ikke leveres: data",
		"Norwegian": "Ikke levert: data", "Finnish": "Viestiä ei voitu toimittaa", "Greek": "Δεν παραδόθηκε: δεδομένα", "Bulgarian": "Недоставено съобщение",
		"Russian": "Недоставленное сообщение", "Turkish": "Teslim edilemedi: veriler", "Japanese": "メール配信不能のお知らせ", "Chinese": "邮件无法投递", "Korean": "배달되지 않음: 데이터",
	} {
		a := Parse(letter("Subject: "+subject, from), Options{}).Automation
		assert.Equal(t, "", a.Kind, language)
		assert.Equal(t, 1, a.Weak, language)
		assert.Equal(t, []string{"Subject: reads like a bounce"}, a.Signals, language)
	}
}

func TestNoReplyInManyLanguagesIsAWholeWord(t *testing.T) {
	for _, local := range []string{
		"noreply", "keine-antwort", "ne.pas.repondre", "no_responder", "naoresponda", "non-rispondere", "niet-beantwoorden", "nie-odpowiadaj",
		"neodpovidejte", "neodpovedajte", "ne-valaszoljon", "nu-raspundeti", "ne-odgovaraj", "neodgovarjaj", "svara-inte", "ikke-svar", "ei-vastausta",
		"min-apantate", "ne-otgovaryai", "ne-otvechat", "ne-vidpovidaty", "cevaplamayin", "henshin-fuka", "qingwuhuifu",
	} {
		assert.Equal(t, "robot", Parse(letter("From: <"+local+"@x.example>"), Options{}).Automation.Kind, local)
		assert.Equal(t, "robot", Parse(letter("From: <SHOP."+local+"+t1@x.example>"), Options{}).Automation.Kind, local)
		assert.Empty(t, Parse(letter("From: <x"+local+"@x.example>"), Options{}).Automation.Kind, local)
		assert.Empty(t, Parse(letter("From: <ann+"+local+"@x.example>"), Options{}).Automation.Kind, local)
	}
}

func TestCalendarReplyIsAHintWhereverItStands(t *testing.T) {
	calendar := func(part string) []byte {
		return lines(from, "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "Accepted.", "--b", part, "",
			"BEGIN:VCALENDAR", "Method:REPLY", "END:VCALENDAR", "--b--")
	}
	for part, weak := range map[string]int{
		"Content-Type: text/calendar; method=reply":                1,
		"Content-Type: text/calendar":                              1,
		"Content-Type: application/octet-stream; name=Invite.ICS":  1,
		"Content-Type: text/calendar; method=REQUEST; charset=utf": 1, // its text says otherwise
		"Content-Type: text/plain":                                 0,
		"Content-Type: application/octet-stream; name=invite.txt":  0,
	} {
		a := Parse(calendar(part), Options{}).Automation
		assert.Equal(t, weak, a.Weak, part)
		assert.Empty(t, a.Kind, part)
	}
	request := []byte(strings.ReplaceAll(string(calendar("Content-Type: text/calendar")), "REPLY", "REQUEST"))
	assert.Zero(t, Parse(request, Options{}).Automation.Weak)
}

func TestWordsOfTheBodyAreShownAndCountNothing(t *testing.T) {
	for _, body := range []string{"Hello.\r\nPlease do  not\r\nreply to this message.", "Bitte antworten Sie nicht auf diese E-Mail.", "Merci de ne pas répondre à ce message."} {
		a := Parse(lines(from, "Content-Type: text/plain; charset=utf-8", "", body), Options{}).Automation
		assert.Empty(t, a.Kind)
		assert.Zero(t, a.Weak)
		assert.Len(t, a.Signals, 1, body)
	}
}

func TestReceiptAndComplaintAreKnownByTheirPartsAlone(t *testing.T) {
	for part, kind := range map[string]string{
		"message/disposition-notification": "auto-reply", "message/global-disposition-notification": "auto-reply",
		"message/feedback-report": "robot", "message/delivery-status": "bounce", "message/global-delivery-status": "bounce", "text/plain": "bounce",
	} {
		for _, root := range []string{"multipart/report", "multipart/report; report-type=other"} {
			m := Parse(lines(from, "Content-Type: "+root+"; boundary=b", "", "--b", "", "A report.", "--b", "Content-Type: "+part, "", "X: y", "--b--"), Options{})
			assert.Equal(t, kind, m.Automation.Kind, part)
		}
	}
}

func BenchmarkAutomation(b *testing.B) {
	type read struct {
		r    *reader
		h    header
		root *part
	}
	var mails []read
	for _, raw := range samples(b) {
		r := &reader{o: Options{OwnAddresses: []string{"privacy@example.com", "support@example.com"}}.withDefaults(), m: Parse(raw, Options{})}
		h, body := r.open(raw)
		mails = append(mails, read{r, h, r.walk(h, body, "text/plain", 0)})
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, m := range mails {
			m.r.automation(&m.h, m.root)
		}
	}
}
