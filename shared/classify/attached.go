package classify

import (
	"slices"
	"strings"
	"unicode"
)

// doubtAttached asks for a human where the request may stand in an attachment whose
// words nobody read. Ordinary support comes with screenshots and invoices, so it depends
// on how little the mail itself says:
//
//	a letter, or a file of another kind, and the mail points to it    ask
//	a letter, and a few words that ask nothing                        ask
//	a picture, and the mail points to it and says little else         ask
//
// A letter is of a kind that people write letters in. What is called invoice is none of
// these, nor is what the mail calls so without speaking of a letter.
func (r *reading) doubtAttached(v *verdict) {
	letter, file, picture := false, false, false
	for _, a := range r.m.Attachments {
		switch {
		case a.Text != "" || a.Inline && !a.Letter || isEveryday(a.Name):
		case a.Letter:
			letter = true
		case strings.HasPrefix(a.ContentType, "image/"):
			picture = true
		default:
			file = true
		}
	}
	if !letter && !file && !picture || v.has("class:support_general") {
		return
	}
	own := r.ownWords()
	points := v.has("see-attached")
	switch {
	case own.everyday && !own.letter:
	case letter && (points || own.others <= 6 && !own.asks):
		v.ask("has a letter attached whose words cannot be read here")
	case points && (file || own.others <= 12 && !own.asks):
		v.ask("the request may stand in an attachment that was not read")
	}
}

// ownWords is what the sender says, up to where the mail is signed.
type ownWords struct {
	others   int  // words besides courtesies and besides pointing to an attachment
	asks     bool // there is a question
	everyday bool // an invoice or the like is spoken of
	letter   bool // a letter is
}

func (r *reading) ownWords() (own ownWords) {
	i := slices.IndexFunc(r.texts, func(t text) bool { return t.where == InNew })
	if i < 0 {
		return own
	}
	toks, raw := r.texts[i].toks, r.texts[i].raw
	if len(toks) > 0 && greetings[toks[0].fold(raw)] {
		// The name of whoever is greeted goes up to the first comma or line end.
		end := strings.IndexAny(raw[:min(len(raw), int(toks[0].start)+80)], ",!\n")
		for len(toks) > 0 && int(toks[0].start) < end {
			toks = toks[1:]
		}
	}
	for k, tok := range toks {
		word := tok.fold(raw)
		if closings[word] {
			if signsOff(raw, toks, k) {
				raw = raw[:tok.start]
				break
			}
			continue
		}
		own.everyday = own.everyday || everyday[word]
		own.letter = own.letter || letters[word]
		if !courtesy(word) && !letters[word] {
			own.others++
		}
	}
	own.asks = strings.ContainsAny(raw, "?？")
	return own
}

// signsOff reports whether a courtesy stands on a line where nothing else does.
func signsOff(raw string, toks []token, k int) bool {
	at := int(toks[k].start)
	from := strings.LastIndexByte(raw[:at], '\n') + 1
	to := len(raw)
	if i := strings.IndexByte(raw[at:], '\n'); i >= 0 {
		to = at + i
	}
	if to-from > 60 {
		return false
	}
	for i := k; i >= 0 && int(toks[i].start) >= from; i-- {
		if !courtesy(toks[i].fold(raw)) {
			return false
		}
	}
	for i := k; i < len(toks) && int(toks[i].start) < to; i++ {
		if !courtesy(toks[i].fold(raw)) {
			return false
		}
	}
	return true
}

func courtesy(word string) bool { return closings[word] || greetings[word] || pointing[word] }

// isEveryday reports the name of a file that everybody sends and nobody asks a right in.
func isEveryday(name string) bool {
	for word := range strings.FieldsFuncSeq(name, func(c rune) bool { return !unicode.IsLetter(c) }) {
		if everyday[fold(word)] {
			return true
		}
	}
	return false
}

var (
	greetings = wordSet(`hello hi hey dear greetings good morning afternoon evening hallo guten tag sehr geehrte geehrter liebe lieber moin
		bonjour madame monsieur bonsoir hola estimado estimada estimados buenos buenas buongiorno salve gentile gentili spettabile
		goedendag goedemorgen beste geachte dzień dobry szanowni szanowny szanowna olá bom boa prezado prezada prezados caro cara
		sir madam team all damen herren und państwo
		vážený vážená vážení ahoj poštovani poštovana bună stimate stimată tisztelt kedves αξιότιμε αξιότιμοι αγαπητοί καλημέρα
		merhaba sayın шановні вітаю здравствуйте уважаемые`)
	closings = wordSet(`regards sincerely thanks cheers yours faithfully respectfully grüße grüßen gruß danke cordialement salutations
		merci saludos saludo atentamente gracias saluti grazie groet groeten bedankt pozdrawiam pozdrowienia poważaniem dziękuję
		atenciosamente cumprimentos obrigado obrigada pozdravem děkuji ďakujem pozdravom hvala poštovanjem mulțumesc stimă
		üdvözlettel köszönöm köszönettel ευχαριστώ εκτίμηση teşekkürler saygılarımla дякую повагою спасибо уважением`)
	letters = wordSet(`letter document request form brief schreiben antrag anfrage formular lettre courrier demande formulaire carta solicitud formulario
		lettera richiesta modulo verzoek formulier pismo wniosek formularz pedido žádost dopis žiadosť zahtjev cerere cererea
		kérelem levél kérelmem αίτημα επιστολή talep dilekçe запит заява запрос заявление письмо`)
	pointing = wordSet(`please see find read open attached attachment attachments enclosed enclosure file pdf my the our
		a is are in this here i am you your for to of and it kind best warm many thank with
		anbei bitte finden sie mein meine meinen das der die den im anhang anlage siehe beigefügt ich mit freundlichen
		veuillez trouver ma mon la le les ci joint jointe pièce en voir adjunto adjunta mi favor por ver el los un una
		allegato il mio vedi prego zie de bijlage mijn het bijgevoegd bijgaand met vriendelijke
		w załączniku proszę moje mój przesyłam z em anexo o meu minha segue`)
	everyday = wordSet(`invoice invoices receipt bill rechnung quittung beleg facture factura fattura fatura faktura factuur recibo ricevuta
		paragon screenshot screenshots bildschirmfoto capture captura schermata zrzut cv resume lebenslauf curriculum order bestellung
		fakturu faktúra faktúru račun számla számlát τιμολόγιο fatura faturası рахунок счет скриншот`)
)

// wordSet folds words as the words of a mail are.
func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[fold(w)] = true
	}
	return set
}
