package classify

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"rightsmail/shared/rights"
)

func TestLanguagesThatLookAlikeAreToldApart(t *testing.T) {
	for want, texts := range map[string][]string{
		"cs": {"Dobrý den, můžete mi prosím poslat novou fakturu? Děkuji.", "Ahoj, okno chatu se mi na mobilu vůbec neotevře."},
		"sk": {"Dobrý deň, viete mi prosím poslať novú faktúru? Ďakujem.", "Odvolávam súhlas so spracúvaním a namietam proti spracúvaniu svojich údajov."},
		"hr": {"Dobar dan, možete li mi poslati novi račun? Hvala.", "Povlačim privolu za obradu svojih osobnih podataka."},
		"ru": {"Как поменять язык окна чата, подскажите, пожалуйста.", "Мне нужна выписка, где взять?"},
		"uk": {"Як змінити мову вікна чату, підкажіть, будь ласка.", "Де знайти рахунок за цей місяць?"},
		"ja": {"個人情報保護法に基づき、保有個人データの開示を請求します。"},
		"zh": {"依個資法第3條,請提供我的個人資料複製本。", "请问如何删除旧的聊天机器人?"},
		"ko": {"채팅 위젯이 화면에 나타나지 않습니다. 어떻게 해야 하나요?"},
		"en": {"Hello, our colleague Jiří Dvořák cannot see the reports of the last week, can you help us?"},
	} {
		for _, s := range texts {
			assert.Equal(t, want, decide(t, mailOf(s)).Language, s)
		}
	}
}

func TestPersonalDataOutweighsABorrowedWordOfSupport(t *testing.T) {
	for s, want := range map[string]rights.ID{
		"Dobrý den, po přihlášení přes login vidím osobní údaje cizích lidí.": "breach_or_security_report",
		"ログイン login の後に他人の個人情報が見えます。":                                         "breach_or_security_report",
		"Kişisel verileri login ekranında nasıl koruyorsunuz?":                "privacy_question",
	} {
		d := decide(t, mailOf(s))
		assert.Equal(t, Privacy, d.Outcome, s)
		assert.Equal(t, []rights.ID{want}, idsOf(d), s)
	}
	assert.Equal(t, Support, decide(t, mailOf("Dobrý den, login do aplikace od rána nefunguje, prosím o pomoc.")).Outcome)
}

func TestFewWordsInAScriptAreSupportOnlyWhereRulesKnowIt(t *testing.T) {
	for s, want := range map[string]Outcome{
		"Виджет пропал": Support, "Το widget χάθηκε": Support, "動きません": Support, "안 됩니다": Support,
		"לא עובד": Unsure, "لا يعمل": Unsure, "काम नहीं": Unsure,
	} {
		assert.Equal(t, want, decide(t, mailOf(s)).Outcome, s)
	}
}
