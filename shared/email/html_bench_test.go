package email

import (
	"strings"
	"testing"
)

// benchPage is a mail as Outlook writes it: styles nobody needs, paragraphs of a
// class, a table, the mail that is answered.
var benchPage = `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style><!--
@font-face {font-family:Calibri; panose-1:2 15 5 2 2 2 4 3 2 4;}
p.MsoNormal, li.MsoNormal, div.MsoNormal {margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif;}
a:link, span.MsoHyperlink {color:#0563C1; text-decoration:underline;}
.MsoChpDefault {font-size:10.0pt;}
--></style></head><body lang="DE" link="#0563C1" vlink="#954F72" style="word-wrap:break-word"><div class="WordSection1">` +
	strings.Repeat(`<p class="MsoNormal"><span lang="EN-US" style="font-size:11.0pt;color:black;mso-fareast-language:EN-US">I am writing to ask you to delete all personal data that you hold about me, please.<o:p></o:p></span></p>`, 12) +
	`<table border="0" cellspacing="0" style="border-collapse:collapse"><tr><td style="padding:0cm 5.4pt 0cm 5.4pt">Name</td><td>Ann Lee</td></tr><tr><td>Town</td><td>K&ouml;ln</td></tr></table>` +
	`<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Von:</b> Shop &lt;support@example.com&gt;<br><b>Gesendet:</b> Montag<br><b>An:</b> Ann<br><b>Betreff:</b> Daten</p></div>` +
	`</div></body></html>`

func BenchmarkHTML(b *testing.B) {
	b.SetBytes(int64(len(benchPage)))
	b.ReportAllocs()
	for b.Loop() {
		htmlText(benchPage)
	}
}

func BenchmarkCleanText(b *testing.B) {
	text := strings.Repeat("Bitte löschen Sie alle Daten „zu mir“, die Sie haben. ", 40)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		cleanText(text)
	}
}

func BenchmarkAlternative(b *testing.B) {
	plain := strings.Repeat("Please delete all personal data that you hold about me. ", 40)
	rich := strings.Repeat("Please delete all personal data that you hold about me. ", 39) + "Ann Lee"
	b.SetBytes(int64(len(plain) + len(rich)))
	b.ReportAllocs()
	for b.Loop() {
		sharedWords(wordHashes(plain), wordHashes(rich))
	}
}
