package email

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wholeMails are, language by language, a little reply and a little forward as mail
// programs write them, the footer of a phone and the notice of a company's server.
// A reply is "New." over "old words"; a forward is "Note." over the mail of Ann.
var wholeMails = map[string]struct{ reply, forward, footer, notice string }{
	"English": {
		"New.\n\nOn Tue, 3 Mar 2026 at 10:00, Example Widgets Privacy\n<privacy@example.com> wrote:\n\n> old words",
		"Note.\n\n---------- Forwarded message ---------\nFrom: Ann Lee <ann@example.org>\nDate: Tue, 3 Mar 2026\nSubject: my data\nTo: <sales@example.com>\n\nDelete it.",
		"Sent from my iPhone", "This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the intended recipient, please delete it and notify the sender."},
	"German": {
		"New.\n\nAm Di., 3. März 2026 um 10:00 Uhr schrieb Example Widgets <privacy@example.com>:\n\n> old words",
		"Note.\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Ann Lee <ann@example.org>\n> Betreff: my data\n> Datum: 3. März 2026 um 10:00:00 MEZ\n> An: sales@example.com\n>\n> Delete it.",
		"Von meinem iPhone gesendet", "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte sofort den Absender."},
	"French": {
		"New.\n\nLe mar. 3 mars 2026 à 10:00, Example Widgets <privacy@example.com> a écrit\u00a0:\n\n> old words",
		"Note.\n\nDébut du message réexpédié\u00a0:\n\n> De\u00a0: Ann Lee <ann@example.org>\n> Objet\u00a0: my data\n> Date\u00a0: 3 mars 2026\n> À\u00a0: sales@example.com\n>\n> Delete it.",
		"Envoyé de mon iPhone", "Ce message et ses pièces jointes peuvent contenir des informations confidentielles. Si vous n'êtes pas le destinataire, merci de le détruire."},
	"Spanish": {
		"New.\n\nEl mar, 3 mar 2026 a las 10:00, Example Widgets (<privacy@example.com>) escribió:\n\n> old words",
		"Note.\n\n---------- Mensaje reenviado ---------\nDe: Ann Lee <ann@example.org>\nFecha: mar, 3 mar 2026\nAsunto: my data\nPara: <sales@example.com>\n\nDelete it.",
		"Enviado desde mi iPhone", "Este mensaje y sus archivos adjuntos son confidenciales. Si usted no es el destinatario, notifíquelo al remitente."},
	"Italian": {
		"New.\n\nIl giorno mar 3 mar 2026 alle ore 10:00 Example Widgets <privacy@example.com> ha scritto:\n\n> old words",
		"Note.\n\nInizio messaggio inoltrato:\n\n> Da: Ann Lee <ann@example.org>\n> Oggetto: my data\n> Data: 3 marzo 2026\n> A: sales@example.com\n>\n> Delete it.",
		"Inviato da iPhone", "Questo messaggio e i suoi allegati sono riservati. Se lo avete ricevuto per errore, avvisate il mittente."},
	"Portuguese": {
		"New.\n\nEm ter., 3 de mar. de 2026 às 10:00, Example Widgets <privacy@example.com> escreveu:\n\n> old words",
		"Note.\n\n---------- Mensagem encaminhada ---------\nDe: Ann Lee <ann@example.org>\nEnviado: ter, 3 de mar de 2026\nAssunto: my data\nPara: <sales@example.com>\n\nDelete it.",
		"Enviado do meu iPhone", "Esta mensagem pode conter informação confidencial. Se não for o destinatário, por favor elimine-a."},
	"Dutch": {
		"New.\n\nOp di 3 mrt 2026 om 10:00 schreef Example Widgets <privacy@example.com>:\n\n> old words",
		"Note.\n\nBegin doorgestuurd bericht:\n\n> Van: Ann Lee <ann@example.org>\n> Onderwerp: my data\n> Datum: 3 maart 2026\n> Aan: sales@example.com\n>\n> Delete it.",
		"Verstuurd vanaf mijn iPhone", "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde. Verspreiding is verboden."},
	"Polish": {
		"New.\n\nwt., 3 mar 2026 o 10:00 Example Widgets <privacy@example.com> napisał(a):\n\n> old words",
		"Note.\n\n-------- Przekazana wiadomość --------\nOd: Ann Lee <ann@example.org>\nWysłano: wtorek, 3 marca 2026\nTemat: my data\nDo: sales@example.com\n\nDelete it.",
		"Wysłane z iPhone'a", "Ta wiadomość jest poufna i przeznaczona wyłącznie dla adresata. Jeżeli otrzymali ją Państwo omyłkowo, prosimy ją usunąć."},
	"Czech": {
		"New.\n\nút 3. 3. 2026 v 10:00 odesílatel Example Widgets <privacy@example.com> napsal:\n\n> old words",
		"Note.\n\n---------- Přeposlaná zpráva ---------\nOd: Ann Lee <ann@example.org>\nDatum: út 3. 3. 2026\nPředmět: my data\nKomu: <sales@example.com>\n\nDelete it.",
		"Odesláno z iPhonu", "Tato zpráva je důvěrná a je určena pouze adresátovi. Pokud jste ji obdrželi omylem, smažte ji."},
	"Slovak": {
		"New.\n\nut 3. 3. 2026 o 10:00 Example Widgets <privacy@example.com> napísal(a):\n\n> old words",
		"Note.\n\nZačiatok preposlanej správy:\n\n> Od: Ann Lee <ann@example.org>\n> Predmet: my data\n> Dátum: 3. marca 2026\n> Komu: sales@example.com\n>\n> Delete it.",
		"Odoslané z iPhonu", "Táto správa je dôverná a určená výhradne adresátovi. Ak ste ju dostali omylom, vymažte ju."},
	"Danish": {
		"New.\n\nDen tirs. 3. mar. 2026 kl. 10.00 skrev Example Widgets <privacy@example.com>:\n\n> old words",
		"Note.\n\nStart på videresendt besked:\n\n> Fra: Ann Lee <ann@example.org>\n> Emne: my data\n> Dato: 3. marts 2026\n> Til: sales@example.com\n>\n> Delete it.",
		"Sendt fra min iPhone", "Denne e-mail er fortrolig og kun beregnet til modtageren. Hvis du har modtaget den ved en fejl, bedes du slette den."},
	"Norwegian": {
		"New.\n\ntir. 3. mar. 2026 kl. 10:00 skrev Example Widgets <privacy@example.com>:\n\n> old words",
		"Note.\n\nVideresendt melding:\n\n> Fra: Ann Lee <ann@example.org>\n> Emne: my data\n> Dato: 3. mars 2026\n> Til: sales@example.com\n>\n> Delete it.",
		"Sendt fra min iPhone", "Denne e-posten er konfidensiell. Hvis du ikke er rette mottaker, ber vi om at du sletter den."},
	"Swedish": {
		"New.\n\nDen tis 3 mars 2026 kl 10:00 skrev Example Widgets <privacy@example.com>:\n\n> old words",
		"Note.\n\nVidarebefordrat mejl:\n\n> Från: Ann Lee <ann@example.org>\n> Ämne: my data\n> Datum: 3 mars 2026\n> Till: sales@example.com\n>\n> Delete it.",
		"Skickat från min iPhone", "Detta meddelande är konfidentiellt och endast avsett för mottagaren. Om du fått det av misstag, radera det."},
	"Finnish": {
		"New.\n\nti 3. maalisk. 2026 klo 10.00 Example Widgets (privacy@example.com) kirjoitti:\n\n> old words",
		"Note.\n\nVälitetty viesti alkaa:\n\n> Lähettäjä: Ann Lee <ann@example.org>\n> Aihe: my data\n> Päivämäärä: 3. maaliskuuta 2026\n> Vastaanottaja: sales@example.com\n>\n> Delete it.",
		"Lähetetty iPhonesta", "Tämä viesti on luottamuksellinen ja tarkoitettu vain vastaanottajalle. Jos sait sen vahingossa, poista se."},
	"Hungarian": {
		"New.\n\nExample Widgets <privacy@example.com> ezt írta (időpont: 2026. márc. 3., K, 10:00):\n\n> old words",
		"Note.\n\nTovábbított levél kezdete:\n\n> Feladó: Ann Lee <ann@example.org>\n> Tárgy: my data\n> Dátum: 2026. március 3.\n> Címzett: sales@example.com\n>\n> Delete it.",
		"iPhone-omról küldve", "Ez az üzenet bizalmas, és kizárólag a címzettnek szól. Ha tévedésből kapta meg, törölje."},
	"Romanian": {
		"New.\n\nÎn mar., 3 mar. 2026 la 10:00, Example Widgets <privacy@example.com> a scris:\n\n> old words",
		"Note.\n\nÎncepe mesajul redirecționat:\n\n> De la: Ann Lee <ann@example.org>\n> Subiect: my data\n> Dată: 3 martie 2026\n> Către: sales@example.com\n>\n> Delete it.",
		"Trimis de pe iPhone-ul meu", "Acest mesaj este confidențial și se adresează doar destinatarului. Dacă l-ați primit din greșeală, ștergeți-l."},
	"Croatian": {
		"New.\n\nuto, 3. ožu 2026. u 10:00 Example Widgets <privacy@example.com> napisao je:\n\n> old words",
		"Note.\n\n---------- Proslijeđena poruka ---------\nŠalje: Ann Lee <ann@example.org>\nDatum: 3. ožujka 2026.\nPredmet: my data\nPrima: sales@example.com\n\nDelete it.",
		"Poslano s mog iPhone uređaja", ""},
	"Slovenian": {
		"New.\n\nV tor., 3. mar. 2026 ob 10:00 je oseba Example Widgets <privacy@example.com> napisala:\n\n> old words",
		"Note.\n\n---------- Posredovano sporočilo ---------\nOd: Ann Lee <ann@example.org>\nDatum: 3. marec 2026\nZadeva: my data\nZa: sales@example.com\n\nDelete it.",
		"Poslano iz mojega iPhona", ""},
	"Turkish": {
		"New.\n\nExample Widgets <privacy@example.com>, 3 Mar 2026 Sal, 10:00 tarihinde şunu yazdı:\n\n> old words",
		"Note.\n\nİleti başlangıcı:\n\n> Kimden: Ann Lee <ann@example.org>\n> Konu: my data\n> Tarih: 3 Mart 2026\n> Kime: sales@example.com\n>\n> Delete it.",
		"iPhone'umdan gönderildi", "Bu e-posta gizlidir ve yalnızca alıcısına yöneliktir. Yanlışlıkla aldıysanız lütfen siliniz."},
	"Russian": {
		"New.\n\nвт, 3 мар. 2026 г. в 10:00, Example Widgets <privacy@example.com>:\n\n> old words",
		"Note.\n\nНачало переадресованного сообщения:\n\n> От: Ann Lee <ann@example.org>\n> Тема: my data\n> Дата: 3 марта 2026 г.\n> Кому: sales@example.com\n>\n> Delete it.",
		"Отправлено с iPhone", "Это сообщение конфиденциально и предназначено только адресату. Если вы получили его по ошибке, удалите его."},
	"Ukrainian": {
		"New.\n\nвт, 3 бер. 2026 р. о 10:00 Example Widgets <privacy@example.com> пише:\n\n> old words",
		"Note.\n\n---------- Переслане повідомлення ---------\nВід: Ann Lee <ann@example.org>\nДата: 3 березня 2026\nТема: my data\nКому: sales@example.com\n\nDelete it.",
		"Надіслано з iPhone", "Це повідомлення є конфіденційним і призначене лише адресату. Якщо ви отримали його помилково, видаліть його."},
	"Bulgarian": {
		"New.\n\nНа вт, 3.03.2026 г. в 10:00 Example Widgets <privacy@example.com> написа:\n\n> old words",
		"Note.\n\n---------- Препратено съобщение ---------\nОт: Ann Lee <ann@example.org>\nДата: 3 март 2026\nОтносно: my data\nДо: sales@example.com\n\nDelete it.",
		"Изпратено от моя iPhone", ""},
	"Greek": {
		"New.\n\nΣτις Τρί 3 Μαρ 2026 στις 10:00 π.μ., ο χρήστης Example Widgets <privacy@example.com> έγραψε:\n\n> old words",
		"Note.\n\n---------- Προωθημένο μήνυμα ---------\nΑπό: Ann Lee <ann@example.org>\nΗμερομηνία: 3 Μαρτίου 2026\nΘέμα: my data\nΠρος: sales@example.com\n\nDelete it.",
		"Στάλθηκε από το iPhone μου", "Το παρόν μήνυμα είναι εμπιστευτικό και απευθύνεται μόνο στον παραλήπτη του."},
	"Chinese": {
		"New.\n\nExample Widgets <privacy@example.com> 于2026年3月3日周二 10:00写道：\n\n> old words",
		"Note.\n\n------------------ 原始邮件 ------------------\n发件人: \"Ann Lee\" <ann@example.org>;\n发送时间: 2026年3月3日(星期二) 上午10:00\n收件人: \"sales\"<sales@example.com>;\n主题: my data\n\nDelete it.",
		"发自我的iPhone", "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的收件人。禁止任何其他人使用。"},
	"Chinese, Taiwan": {
		"New.\n\nExample Widgets <privacy@example.com> 於 2026年3月3日 週二 上午10:00寫道：\n\n> old words",
		"Note.\n\n---------- 轉寄的郵件 ---------\n寄件者： Ann Lee <ann@example.org>\n日期： 2026年3月3日\n主旨： my data\n收件者： sales@example.com\n\nDelete it.",
		"從我的 iPhone 傳送", "本郵件可能包含機密資訊，如您並非指定之收件人，請刪除本郵件。"},
	"Japanese": {
		"New.\n\n2026年3月3日(火) 10:00 Example Widgets <privacy@example.com>:\n\n> old words",
		"Note.\n\n転送されたメッセージ:\n\n> 差出人: Ann Lee <ann@example.org>\n> 件名: my data\n> 日付: 2026年3月3日\n> 宛先: sales@example.com\n>\n> Delete it.",
		"iPhoneから送信", "このメールには機密情報が含まれている場合があります。誤って受信された方は破棄してください。"},
	"Korean": {
		"New.\n\n2026년 3월 3일 (화) 오전 10:00, Example Widgets <privacy@example.com>님이 작성:\n\n> old words",
		"Note.\n\n---------- 전달된 메시지 ---------\n보낸 사람: Ann Lee <ann@example.org>\n날짜: 2026년 3월 3일\n제목: my data\n받는 사람: sales@example.com\n\nDelete it.",
		"나의 iPhone에서 보냄", "이 메일은 기밀 정보를 포함할 수 있습니다. 수신인이 아닌 경우 삭제하여 주십시오."},
	"Arabic": {
		"New.\n\nفي الثلاثاء، 3 مارس 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Example Widgets <privacy@example.com>:\n\n> old words",
		"Note.\n\n---------- رسالة معاد توجيهها ---------\nمن: Ann Lee <ann@example.org>\nالتاريخ: 3 مارس 2026\nالموضوع: my data\nإلى: sales@example.com\n\nDelete it.",
		"أُرسلت من الـ iPhone", ""},
	"Hebrew": {
		"New.\n\nבתאריך יום ג׳, 3 במרץ 2026 ב-10:00 מאת Example Widgets <privacy@example.com>:\n\n> old words",
		"Note.\n\n---------- הודעה שהועברה ---------\nמאת: Ann Lee <ann@example.org>\nתאריך: 3 במרץ 2026\nנושא: my data\nאל: sales@example.com\n\nDelete it.",
		"נשלח מה-iPhone שלי", ""},
}

func textMail(head, text string) []byte {
	return []byte(head + "\nContent-Type: text/plain; charset=utf-8\n\n" + text)
}

func TestMailOfEveryLanguageIsParted(t *testing.T) {
	for language, l := range wholeMails {
		t.Run(language, func(t *testing.T) {
			for _, text := range []string{l.reply, strings.ReplaceAll(l.reply, "\n> ", "\n")} {
				m := Parse(textMail("From: ann@example.org\nIn-Reply-To: <1@example.com>", text), Options{})
				assert.Equal(t, "New.", m.New)
				assert.Contains(t, m.Quoted, "old words")
				assert.Contains(t, m.Quoted, "privacy@example.com")
				assert.Nil(t, m.Forwarded)
				assert.Empty(t, m.Candidates)
			}

			m := Parse(textMail("From: sam@example.com\nSubject: Fwd: my data", l.forward), Options{})
			assert.Equal(t, "Note.", m.New)
			ann := Address{"Ann Lee", "ann@example.org"}
			require.NotNil(t, m.Forwarded)
			assert.Equal(t, Forwarded{ann, "my data", "Delete it.", "inline"}, *m.Forwarded)
			assert.Equal(t, []Candidate{{ann, "inline"}}, m.Candidates)

			m = Parse(textMail("From: ann@example.org", "Please delete it.\n\n"+l.footer), Options{})
			assert.Equal(t, "Please delete it.", m.New)
			assert.Equal(t, cleanText(l.footer), m.Signature)

			if l.notice != "" {
				m = Parse(textMail("From: ann@example.org", "Please delete it.\n\nAnn\n\n"+l.notice), Options{})
				assert.Equal(t, "Please delete it.\n\nAnn", m.New)
				assert.Equal(t, cleanText(l.notice), m.Disclaimer)
			}
		})
	}
}

func TestReplyIsPartedHoweverItsProgramQuotes(t *testing.T) {
	tests := map[string]struct{ text, own string }{
		"Yahoo in one line":            {"Yes.\n\nFrom: Example <privacy@example.com> To: Ann <a@x.example> Sent: Tuesday, March 3, 2026 10:00 AM Subject: Your data\n\nold words", "Yes."},
		"Yahoo in one line, in French": {"Oui.\n\nDe : Example <privacy@example.com> À : Ann <a@x.example> Envoyé le : mardi 3 mars 2026 Objet : Vos données\n\nold words", "Oui."},
		"bold labels, wrapped list":    {"Yes.\n\n*From:* Example\n*To:* Ann Lee <a@x.example>,\n Bob <b@x.example>,\n Carl <c@x.example>\n*Sent:* Tuesday\n*Subject:* x\n\nold words", "Yes."},
		"labels above their values":    {"Yes.\n\nFrom:\nExample\nSent:\nTuesday\nSubject:\nx\n\nold words", "Yes."},
		"word of thanks above":         {"Dziękuję.\nwt., 3 mar 2026 o 10:00 Example <privacy@example.com> napisał(a):\n> old words", "Dziękuję."},
		"wrapped, the verb below":      {"Tak.\n\nwt., 3 mar 2026 o 10:00 Example Widgets\n<privacy@example.com> napisał(a):\n> old words", "Tak."},
		"marker of a help desk":        {"Ja.\n\n##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein -##\n\nold words", "Ja."},
		"accents written apart":        {"Oui.\n\nLe mar. 3 mars 2026 a\u0300 10:00, Example <privacy@example.com> a e\u0301crit :\n\nold words", "Oui."},
		"answers between":              {"On 3 Mar 2026 at 10:00, Example <privacy@example.com> wrote:\n> Your town? old words\nOslo\n> Your street?\nStorgata\n\n-- \nAnn", "Oslo\nStorgata"},
		"answer below":                 {"On 3 Mar 2026 at 10:00, Example <privacy@example.com> wrote:\n> old words\n\nYes.\n\nSent from my iPhone", "Yes."},
		"signature above the quote":    {"Yes.\n\n-- \nAnn\n\nOn 3 Mar 2026 at 10:00, Example <privacy@example.com> wrote:\n> old words\n> -- \n> Example", "Yes."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(textMail("From: ann@example.org\nSubject: Re: x", tt.text), Options{})
			assert.Equal(t, tt.own, m.New)
			assert.Contains(t, m.Quoted, "old words")
		})
	}
}

const caution = "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender."

func TestSignatureIsSetApart(t *testing.T) {
	tests := map[string]struct{ text, own, signature string }{
		"delimiter":              {"Delete it.\n\n-- \nAnn Lee\n12 Alder Way\n\nSacramento CA 95811", "Delete it.", "-- \nAnn Lee\n12 Alder Way\n\nSacramento CA 95811"},
		"delimiter, blank lost":  {"Delete it.\n--\nAnn Lee", "Delete it.", "--\nAnn Lee"},
		"two footers":            {"Delete it.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\nSent from my Galaxy", "Delete it.", "Get Outlook for iOS<https://aka.ms/o0ukef>\nSent from my Galaxy"},
		"footer below signature": {"Delete it.\n-- \nAnn\nSent from my iPhone", "Delete it.", "-- \nAnn\nSent from my iPhone"},
		"last of two delimiters": {"Delete it.\n--\n" + strings.Repeat("A line of my letter.\n", 13) + "--\nAnn", "Delete it.\n--\n" + strings.TrimSpace(strings.Repeat("A line of my letter.\n", 13)), "--\nAnn"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(textMail("From: ann@example.org", tt.text), Options{})
			assert.Equal(t, tt.own, m.New)
			assert.Equal(t, tt.signature, m.Signature)
			assert.Empty(t, m.Disclaimer)
		})
	}
}

func TestWhatLooksLikeASignatureAndIsNoneStays(t *testing.T) {
	request := "Please tell me what you know about us, where it came from, whom you gave it to and how long you keep it, and then remove every bit of it from your systems. Ann Lee"
	for name, text := range map[string]string{
		"bare rule":                      "One.\n---\nTwo.",
		"closing formula":                "Delete it.\n\nKind regards\nAnn Lee\n12 Alder Way",
		"long text below":                "Delete it.\n--\n" + strings.Repeat("And more of it, please.\n", 13),
		"only a greeting above":          "Hello,\n-- \n" + request,
		"greeting and a word above":      "Dear Sir or Madam,\nsee below\n-- \n" + request,
		"nothing above":                  "-- \nAnn Lee",
		"a request below":                "I bought a lamp from you in May.\n--\nUnder GDPR I request access.\nAnn",
		"own data below":                 "I bought a lamp from you in May.\n--\nWipe my data.\nAnn",
		"footer that says more":          "Hello.\nSent from my phone number, please delete my data.",
		"a sentence about a phone":       "Hello.\nI lost my iPhone",
		"sent from an address":           "Hello.\nSent from my other address ann@x.example",
		"footer that orders":             "Hello.\nSent from my iPhone, erase everything",
		"sentence below the footer":      "Hello.\nSent from my iPhone. All of it must go",
		"phone in a sentence":            "Hello.\nVon meinem Handy aus geht das leider nicht",
		"order below the delimiter":      "I bought a lamp from you in May.\n--\nErase everything.\nAnn",
		"words below the footer":         "Sent from my iPhone\nDelete it all.",
		"delimiter before inline answer": "Hello.\n--\nWipe everything.\n> quoted\nAnd the rest.",
	} {
		t.Run(name, func(t *testing.T) {
			m := Parse(textMail("From: ann@example.org", text), Options{})
			assert.Empty(t, m.Signature)
			for line := range strings.SplitSeq(text, "\n") {
				if !strings.HasPrefix(line, ">") {
					assert.Contains(t, m.New, line)
				}
			}
		})
	}
}

func TestSignatureAloneAboveAForwardIsNoNews(t *testing.T) {
	block := "\n\n---------- Forwarded message ---------\nFrom: Ann Lee <ann@example.org>\nDate: Tue\nSubject: x\n\nDelete it."
	for _, top := range []string{"Sent from my iPhone", "-- \nSam Staff\nExample Widgets", caution} {
		m := Parse(textMail("From: sam@example.com", top+block), Options{})
		assert.Equal(t, "Delete it.", m.New)
		assert.True(t, m.Has(NothingNew))
		assert.Contains(t, m.Signature+m.Disclaimer, top)
	}
	m := Parse(textMail("From: sam@example.com\nSubject: Re: x", "Sent from my iPhone\n\n> old words"), Options{})
	assert.Equal(t, "Sent from my iPhone", m.New)
	assert.Empty(t, m.Signature)
}

func TestNoticeIsSetApart(t *testing.T) {
	english := wholeMails["English"].notice
	for name, text := range map[string]string{
		"at the end":               "Delete it.\n\n%s",
		"below the signature":      "Delete it.\n\n-- \nAnn\n\n%s",
		"without an empty line":    "Delete it.\n%s",
		"below a heading":          "Delete it.\n\nCONFIDENTIALITY NOTICE\n\n%s",
		"in stars, above a footer": "Delete it.\n\n***%s***\n\nSent from my iPhone",
		"above the quote":          "Delete it.\n\n%s\n\nOn 3 Mar 2026 at 10:00, Example <privacy@example.com> wrote:\n> old words",
		"with a virus check":       "Delete it.\n\n%s\n\nVirus-free. www.avast.com",
	} {
		t.Run(name, func(t *testing.T) {
			m := Parse(textMail("From: ann@example.org\nSubject: Re: x", fmt.Sprintf(text, english)), Options{})
			assert.Equal(t, "Delete it.", m.New)
			assert.Contains(t, m.Disclaimer, english)
		})
	}
	m := Parse(textMail("From: ann@example.org", caution+"\n\nDelete it.\n\n-- \nAnn\n"), Options{})
	assert.Equal(t, "Delete it.", m.New)
	assert.Equal(t, caution, m.Disclaimer)
	assert.Equal(t, "-- \nAnn", m.Signature)
}

func TestRequestThatReadsLikeANoticeStays(t *testing.T) {
	for _, text := range []string{
		"This e-mail is a request under the GDPR. Please keep it confidential and delete everything about Ann Lee.",
		"This e-mail is confidential. I request under the GDPR that you delete all information about me.",
		"This e-mail and any attachments are confidential. Please delete my data and notify the sender.",
		"This message is intended for your privacy officer. Delete all data of Ann Lee.",
		"This email and any attachments constitute a formal request for erasure by Ann Lee. Keep them confidential.",
		"If you are not the intended recipient, forward this to your privacy team: I want a copy of my data.",
		"Confidential: delete all data you hold on Ann Lee. If this reached you in error, notify the sender.",
		"Important: do not sell my information. This is confidential information.",
		"Disclaimer: I'm no lawyer, but this is confidential and I want it gone.",
		"Diese E-Mail ist vertraulich. Ich verlange Auskunft nach Art. 15 DSGVO.",
		"Diese Nachricht ist vertraulich: löschen Sie alle Daten zu Ann Lee, der Absender wartet.",
		"Ce message est confidentiel. Je demande la suppression de mes données.",
		"Este mensaje es confidencial. Solicito la supresión de mis datos.",
		"Questo messaggio è riservato. Chiedo la cancellazione dei miei dati.",
		"Esta mensagem é confidencial. Peço que apaguem os meus dados.",
		"Dit bericht is vertrouwelijk. Ik verzoek u mijn gegevens te wissen.",
		"Ta wiadomość jest poufna. Żądam usunięcia moich danych.",
		"Detta meddelande är konfidentiellt. Jag begär att ni raderar mina uppgifter.",
		"Это сообщение конфиденциально. Прошу удалить мои данные.",
		"本邮件为保密邮件。请删除我的个人信息。",
		"このメールは機密です。私のデータを削除してください。",
		"CAUTION: external links on your site show my name. Delete them.",
		"Warning: external links on your site show the name Ann Lee. Delete them.",
		"Hinweis: Bitte entfernen Sie den Absender dieser Mail.",
		"Diese E-Mail-Adresse bitte löschen, der Absender hat nie zugestimmt.",
		"Falls Sie diese Adresse noch haben, bitte informieren und alles löschen.",
		"Wenn Sie nicht antworten, ist das verboten. Nehmen Sie uns aus dem Verteiler.",
		"If this email is still in your database, remove it. You got it in error and by mistake.",
	} {
		for _, whole := range []string{text, "Hello there, and good day.\n\n" + text, text + "\n\nAnn Lee of Alder Way, Sacramento"} {
			m := Parse(textMail("From: ann@example.org", whole), Options{})
			assert.Contains(t, m.New, text)
			assert.Empty(t, m.Disclaimer)
		}
	}
	m := Parse(textMail("From: ann@example.org", wholeMails["English"].notice), Options{})
	assert.Equal(t, wholeMails["English"].notice, m.New, "there is nothing else")
}

func TestCandidatesAreWhoeverAMailPassedOnMayBeFrom(t *testing.T) {
	ann, bob := Address{"Ann Lee", "ann@example.org"}, Address{"Bob", "bob@example.net"}
	block := func(from, text string) string {
		return "---------- Forwarded message ---------\nFrom: " + from + "\nDate: Tue\nSubject: x\n\n" + text
	}
	attached := func(mails ...string) string {
		text := "From: sam@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nFYI\n"
		for _, m := range mails {
			text += "--b\nContent-Type: message/rfc822\n\n" + m + "\n"
		}
		return text + "--b--\n"
	}
	tests := map[string]struct {
		raw  string
		want []Candidate
	}{
		"no forward":                 {"From: sam@example.com\nSubject: Re: x\n\nYes.\n\nOn 3 Mar 2026 at 9:00, Ann <ann@example.org> wrote:\n> x", nil},
		"group":                      {"From: Ann via Privacy <privacy@example.com>\nX-Original-From: Ann Lee <ann@example.org>\nX-Original-Sender: ann@example.org\n\nhi", []Candidate{{ann, "original-sender"}}},
		"group, Reply-To":            {"From: Ann via Privacy <group@example.com>\nList-Id: <x>\nReply-To: Ann Lee <ann@example.org>\n\nhi", []Candidate{{ann, "original-sender"}}},
		"group that changed nothing": {"From: ann@example.org\nX-Original-Sender: ann@example.org\n\nhi", nil},
		"who passed it on only":      {"From: sam@example.com\nX-Forwarded-For: ann@example.org\nX-Forwarded-To: bob@example.net\n\nhi", nil},
		"resent":                     {"Resent-From: sam@example.com\nFrom: Ann Lee <ann@example.org>\n\nhi", []Candidate{{ann, "resent"}}},
		"resent by the author":       {"Resent-From: ann@example.org\nFrom: Ann Lee <ann@example.org>\n\nhi", nil},
		"attached":                   {attached("From: Ann Lee <ann@example.org>\n\nhi"), []Candidate{{ann, "attached"}}},
		"two attached":               {attached("From: Ann Lee <ann@example.org>\n\nhi", "From: Bob <bob@example.net>\n\nho"), []Candidate{{ann, "attached"}, {bob, "attached"}}},
		"attached in attached":       {attached("From: privacy@example.com\nContent-Type: message/rfc822\n\nFrom: Ann Lee <ann@example.org>\n\nhi"), []Candidate{{ann, "attached"}}},
		"attached, ours":             {attached("From: privacy@example.com\n\nhi"), nil},
		"attached, his own":          {attached("From: SAM@example.com\n\nhi"), nil},
		"inline":                     {"From: sam@example.com\n\nFYI\n\n" + block("Ann Lee <ann@example.org>", "hi"), []Candidate{{ann, "inline"}}},
		"inline, ours between":       {"From: sam@example.com\n\nFYI\n\n" + block("privacy@example.com", block("Ann Lee <ann@example.org>", "hi")), []Candidate{{ann, "inline"}}},
		"inline, no word between":    {"From: sam@example.com\n\nFYI\n\n" + block("Bob <bob@example.net>", block("Ann Lee <ann@example.org>", "hi")), []Candidate{{ann, "inline"}}},
		"inline, both have words":    {"From: sam@example.com\n\nFYI\n\n" + block("Bob <bob@example.net>", "look\n\n"+block("Ann Lee <ann@example.org>", "hi")), []Candidate{{bob, "inline"}, {ann, "inline"}}},
		"wrote-line in a forward":    {"From: sam@example.com\nSubject: Fwd: x\n\nFYI\n\nOn 3 Mar 2026 at 9:00, Ann Lee <ann@example.org> wrote:\n> hi", []Candidate{{Address{"", "ann@example.org"}, "wrote-line"}}},
		"wrote-line below a block": {"From: sam@example.com\nSubject: Fwd: x\n\n" + block("Bob <bob@example.net>", "look\n\nOn 3 Mar 2026 at 9:00, Ann Lee <ann@example.org> wrote:\n> hi"),
			[]Candidate{{bob, "inline"}, {Address{"", "ann@example.org"}, "wrote-line"}}},
		"one person, two ways": {"From: Ann via P <privacy@example.com>\nX-Original-From: Ann Lee <ann@example.org>\nSubject: Fwd: x\n\n" + block("ANN@example.org", "hi"), []Candidate{{ann, "original-sender"}}},
		"returned by a server": {"From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: message/rfc822\n\nFrom: ann@example.org\n\nhi\n--b--", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse([]byte(tt.raw), Options{OwnAddresses: []string{"privacy@example.com"}})
			assert.Equal(t, tt.want, m.Candidates)
			assert.Equal(t, len(tt.want) > 1, m.Has(SeveralCandidates))
		})
	}
}

func TestCandidatesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("From: sam@example.com\nSubject: Fwd: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nFYI\n")
	for i := range 100 {
		fmt.Fprintf(&b, "--b\nContent-Type: message/rfc822\n\nFrom: a%d@example.org\n\nhi\n", i)
	}
	m := Parse([]byte(b.String()+"--b--\n"), Options{})
	assert.Len(t, m.Candidates, maxCandidates)
}

func TestSubjectMarksAreKnown(t *testing.T) {
	for _, s := range []string{"Re: x", "RE[2]: x", "[list] Re: x", "AW: x", "Antw.: x", "回复：x", "Vá: x", " re : x", "Odp: Fwd: x", "RE(3): x"} {
		assert.Equal(t, s != "Antw.: x", isReply(s), s)
	}
	for _, s := range []string{"Fwd: x", "WG: x", "TR : x", "İLT: x", "轉寄: x", "[EXTERNAL] FW: x", "ΠΡΘ: x"} {
		assert.True(t, isForward(s), s)
		assert.False(t, isReply(s), s)
	}
	for _, s := range []string{"", ":", "Regarding: x", "RE x", "Re: Fwd: x", "My data: delete"} {
		assert.False(t, isForward(s), s)
	}
}
