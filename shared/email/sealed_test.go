package email

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFileThatStandsInTheTextIsTakenOut(t *testing.T) {
	m := Parse([]byte("From: a@example.org\n\n"+sampleUU), Options{})
	assert.Equal(t, "Hello\nBye", m.Text)
	assert.True(t, m.Has(Uuencoded))
	require.Len(t, m.Attachments, 1)
	assert.Equal(t, "letter.txt", m.Attachments[0].Name)
	assert.Equal(t, "Cat", string(m.Attachments[0].Content))
	assert.Equal(t, "Cat", m.Attachments[0].Text, "a letter is read wherever it came from")

	crlf := Parse([]byte("From: a@example.org\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(sampleUU, "\n", "\r\n")))), Options{})
	assert.Equal(t, "Hello\nBye", crlf.Text)

	two, files := withoutUU(sampleUU + "\n" + strings.Replace(sampleUU, "letter", "../two", 1))
	assert.Equal(t, "Hello\nBye\nHello\nBye", two)
	assert.Len(t, files, 2)
	assert.Len(t, Parse([]byte("From: a@x\n\n"+sampleUU+"\n"+sampleUU), Options{}).Attachments, 1, "the same file again")
	assert.Len(t, Parse([]byte("From: a@x\n\n"+sampleUU+"\n"+strings.Replace(sampleUU, "letter", "two", 1)), Options{MaxAttachments: 1}).Attachments, 1)

	for _, s := range []string{
		"begin 644 letter.txt\nPlease delete my data.\nend", "begin 644 a\n#0V%T\n", "begin 644\n#0V%T\n`\nend", "We begin 644 x\n`\nend",
		"begin 999 a\n`\nend", "begin 644 a\n> quoted\nend",
	} {
		rest, files := withoutUU(s)
		assert.Equal(t, s, rest, "what only looks like a file stays")
		assert.Empty(t, files)
	}
}

func TestArmourOfASignedTextLeavesIt(t *testing.T) {
	m := Parse([]byte("From: a@example.org\n\nHi\n"+samplePGP+"after\n"), Options{})
	assert.Equal(t, "Hi\nPlease delete my data.\n- all\nafter", m.Text)
	assert.False(t, m.Has(Encrypted))

	for in, want := range map[string]string{
		pgpSigned + "\nHash: SHA256\n\ncut off":                                             "cut off",
		pgpSigned + "\n\nwords\n" + pgpSignature + "\niQEz\nand more words here":            "words\nand more words here",
		pgpSigned + "\nno blank line\n" + pgpSignature + "\nVersion: x\n\niQ\n" + pgpSigEnd: "no blank line\n",
		"a - b\n- c\n":                   "a - b\n- c\n",
		"> " + pgpSigned + "\n> Hash: x": "> " + pgpSigned + "\n> Hash: x",
	} {
		got, encrypted := withoutArmour(in)
		assert.Equal(t, want, got)
		assert.False(t, encrypted)
	}
}

func TestEncryptedWordsInTheTextAreNoted(t *testing.T) {
	m := Parse([]byte("From: a@example.org\n\nHi\n"+pgpMessage+"\n\nhQEM\n=ab\n-----END PGP MESSAGE-----\n"), Options{})
	assert.True(t, m.Has(Encrypted))
	assert.Contains(t, m.Text, "hQEM", "nothing is lost")
	m = Parse([]byte("From: a@example.org\n\nWhat does \""+pgpMessage+"\" mean?\n"), Options{})
	assert.False(t, m.Has(Encrypted))
}

func TestMailInsideOfItsSignatureIsRead(t *testing.T) {
	inner := "Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nPlease delete my data.\r\n--i\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.4\r\n--i--\r\n"
	for name, content := range map[string][]byte{"with lengths": signedMail(inner, der), "without": signedMail(inner, open)} {
		for _, media := range []string{"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "application/x-pkcs7-mime", `application/octet-stream; name="smime.p7m"`} {
			m := Parse(lines(from, "Content-Type: "+media, "Content-Transfer-Encoding: base64", "", base64.StdEncoding.EncodeToString(content)), Options{})
			assert.Equal(t, "Please delete my data.", m.Text, name)
			assert.False(t, m.Has(Encrypted), name)
			require.Len(t, m.Attachments, 1, name)
			assert.Equal(t, "a.pdf", m.Attachments[0].Name, name)
		}
	}
}

func TestSealThatCannotBeOpenedLeavesTheMailEncrypted(t *testing.T) {
	good := signedMail("Content-Type: text/plain\r\n\r\nPlease delete my data.", der)
	for name, content := range map[string][]byte{
		"encrypted": der(0x30, pkcs7(3), der(0xa0, []byte("xxxxxxxxxx"))), "no text inside": der(0x30, pkcs7(2), der(0xa0, der(0x30, []byte{2, 1, 1}, der(0x31), der(0x30, pkcs7(1))))),
		"junk": []byte("junk"), "nothing": nil, "no mail inside": signedMail("just bytes", der), "cut": good[:40],
	} {
		m := Parse(lines(from, "Content-Type: application/pkcs7-mime", "Content-Transfer-Encoding: base64", "", base64.StdEncoding.EncodeToString(content)), Options{})
		checkMessage(t, m)
		if name != "nothing" {
			assert.True(t, m.Has(Encrypted), name)
		}
		assert.NotContains(t, m.Text, "delete", name)
	}
	// A seal in a seal in a seal: the depth of parts bounds it.
	deep := "Content-Type: text/plain\r\n\r\nPlease delete my data."
	for range 40 {
		deep = "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n" + string(signedMail(deep, der))
	}
	checkMessage(t, Parse([]byte("From: a@example.org\r\n"+deep), Options{}))
}
