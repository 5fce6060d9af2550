package email

import (
	"strings"
	"sync"
)

// A legal notice is known by three signs: its paragraph starts as such notices do, and
// two more of their phrases stand in it. Lines that nobody writes otherwise, such as
// those of virus scanners, need one. Even then it stays with the author's words if it
// asks for something: "This e-mail is confidential. I request under the GDPR ..." is a
// request. General words such as "delete", which notices and requests share, count for
// nothing.

// notice is how notices of one language read.
type notice struct {
	openings []string
	marks    []string
	persons  []string // words by which one person speaks, padded with blanks; notices speak as a company
}

// noticeOf puts off the reading of its lists until a mail has to be held against them.
func noticeOf(openings, marks, persons string) func() notice {
	return func() notice { return notice{listOf(openings), listOf(marks), listOf(persons)} }
}

// notices are tried where a paragraph starts with one of their openings; "!" is before
// those that need only one phrase more. "Email" is written without its hyphen here and
// in what is compared.
var notices = indexed([]func() notice{
	noticeOf( // English
		"this email and any;this email and all;this email and its;this email, and any;this email, including;this email (including;this email (and;this email is confidential;this email is intended;this email is private;"+
			"this email is for the;this email is sent;this email may contain;this email contains;this email message;this email has been;this email transmission;this email was scanned;this email is covered;"+
			"this message and any;this message and its;this message, including;this message (including;this message is confidential;this message is intended;this message is for the;this message may contain;this message contains;this message has been scanned;"+
			"this communication and any;this communication is;this communication may;this communication contains;this communication, including;this transmission;this electronic;this document and any;these documents;"+
			"the information contained in;the information in this;the information transmitted;the information provided in this;the contents of this;the content of this;information contained in this;information in this;"+
			"if you are not the intended;if you are not an intended;if you have received this;if you received this;if this email;any views or opinions;any opinions expressed;!please consider the environment;!please think of the environment;!think before you print;"+
			"email transmission cannot;internet communications;although we have taken;although this email;privileged and confidential;private and confidential;confidentiality notice;confidentiality note;confidentiality statement;confidentiality:;confidential:;"+
			"disclaimer;email disclaimer;legal disclaimer;legal notice;important notice;important:;notice:;notice of confidentiality;!virus-free;!virus free;!scanned by;!checked by avg;!no virus found;!avast;"+
			"we do not accept;the sender does not;the company accepts no;we accept no",
		"intended recipient;intended addressee;not the intended;intended only for;intended solely;solely for the;for the use of the;the addressee;in error;by mistake;notify the sender;notify us;inform the sender;advise the sender;contact the sender;privileged;"+
			"unauthorised;unauthorized;strictly prohibited;disclosure;dissemination;virus;malware;avast;avg.com;mimecast;messagelabs;mcafee;sophos;personal views;author and do not;views of the;accept liability;accept no liability;no liability;"+
			"before printing;before you print;print this;confidential",
		" i ; i'm ; i'd ; i've ; my ; mine ; me ; myself "),
	noticeOf( // German
		"diese email;diese mail;diese nachricht;diese elektronische;dieses email;diese information;die in dieser;der inhalt dieser;die information;der informationsgehalt;enthaltene informationen;falls sie nicht;wenn sie nicht;sollten sie nicht;sind sie nicht;"+
			"falls sie diese;wenn sie diese;sollten sie diese;haben sie diese;vertraulichkeitshinweis;rechtlicher hinweis;disclaimer;hinweis:;wichtiger hinweis;vertraulich;!bitte denken sie;bitte prufen sie;!denken sie an die umwelt;!virenfrei;!virengepruft;unsere emails",
		"vertraulich;rechtlich geschutzt;nicht der richtige;nicht der beabsichtigte;nicht der vorgesehene;nicht der adressat;nicht der bestimmungsgemasse;richtige adressat;irrtumlich;versehentlich;informieren sie bitte;bitte informieren;bitte benachrichtigen;absender;unerlaubte;unbefugte;nicht gestattet;"+
			"bestimmungsgemass;ausschliesslich fur;viren;avast;ausdrucken;drucken;umwelt",
		" ich ; mich ; mir ; mein; meine; meiner"),
	noticeOf( // French
		"ce message;cet email;ce courriel;ce courrier;cette communication;ce mail;les informations contenues;l'information contenue;le contenu de ce;le present message;le present courriel;si vous n'etes pas;si vous avez recu;avis de confidentialite;clause de confidentialite;confidentialite;avertissement;"+
			"mentions legales;!pensez a l'environnement;!pensez a l'environnement;merci de penser;!avant d'imprimer;!sans virus;!garanti sans virus;!l'absence de virus",
		"confidentiel;destinataire;par erreur;l'expediteur;strictement interdit;non autorise;altere;avast;virus;imprimer;usage exclusif;intention exclusive;secret professionnel;decline toute responsabilite",
		" je ; j'; mon ; ma ; mes ; moi ; me "),
	noticeOf( // Spanish
		"este mensaje;este correo;esta comunicacion;este email;la informacion contenida;la informacion incluida;el contenido de este;si usted no es;si no es usted;si ha recibido;si usted ha recibido;aviso de confidencialidad;aviso legal;clausula de confidencialidad;confidencialidad;advertencia;!antes de imprimir;"+
			"!piense en el medio;por favor considere;!libre de virus;en cumplimiento de;le informamos que",
		"confidencial;destinatario;por error;remitente;prohibid;no autorizad;avast;virus;imprimir;privilegiad;uso exclusivo;secreto profesional",
		" mi ; mis ; me ; yo ;solicito; pido; quiero; deseo"),
	noticeOf( // Italian
		"questo messaggio;questa email;questa mail;questa comunicazione;il presente messaggio;la presente;le informazioni contenute;le informazioni trasmesse;il contenuto di questa;il contenuto del presente;qualora non;se non siete;se avete ricevuto;se lei non;se ha ricevuto;se hai ricevuto;ai sensi del;ai sensi dell;"+
			"avviso di riservatezza;avvertenza;avvertenze;nota di riservatezza;informativa;riservatezza;!privo di virus;!rispetta l'ambiente;!prima di stampare",
		"riservat;confidenzial;destinatari;per errore;mittente;vietat;non autorizzat;proibit;avast;virus;stampare;esclusiv",
		" mio ; mia ; miei ; mie ; mi ;chiedo;richiedo;vorrei;voglio"),
	noticeOf( // Portuguese
		"esta mensagem;este email;este correio;esta comunicacao;a informacao contida;as informacoes contidas;a presente mensagem;o conteudo desta;o conteudo deste;se voce nao;se nao for;se nao e;se recebeu;se voce recebeu;caso nao seja;caso tenha recebido;aviso de confidencialidade;aviso legal;confidencialidade;"+
			"!antes de imprimir;!pense no ambiente;!pense no meio;!livre de virus;!sem virus",
		"confidencia;destinatari;por engano;por erro;remetente;proibid;nao autorizad;avast;virus;imprimir;privilegiad;exclusiv;sigilo",
		" meu; minha; minhas; me ; eu ;solicito;peco; quero; desejo"),
	noticeOf( // Dutch
		"dit bericht;deze email;deze mail;dit email;dit emailbericht;dit mailbericht;de informatie in;de informatie verzonden;de inhoud van;de in dit;indien u niet;als u niet;indien dit bericht;als u dit bericht;indien u dit;disclaimer;vertrouwelijkheid;!denk aan het milieu;aan dit bericht;!virusvrij",
		"vertrouwelijk;geadresseerde;bestemd voor;abusievelijk;ten onrechte;per ongeluk;bij vergissing;afzender;verboden;niet toegestaan;onbevoeg;avast;virus;afdrukt;print;rechten worden ontleend",
		" ik ; mij ; me ; mijn "),
	noticeOf( // Polish
		"ta wiadomosc;niniejsza wiadomosc;wiadomosc ta;ten email;niniejszy email;tresc tej;tresc niniejszej;informacje zawarte;informacja zawarta;zawartosc tej;zawartosc niniejszej;jezeli nie;jesli nie;jezeli otrzymal;jesli otrzymal;klauzula poufnosci;uwaga:;zastrzezenie;poufnosc;!wolny od wirusow;wiadomosc wolna;!pomysl o srodowisku;!zanim wydrukujesz;prosimy o zastanowienie",
		"poufn;adresat;odbiorc;omylk;pomylk;przez pomylke;nadawc;zabronion;niedozwolon;zakazan;nieuprawnion;avast;wirus;wydruk;drukowan",
		" mnie ; mi ; moj; moje ; moich ;wnosze;zadam;prosze o usuniecie;prosze o udostepnienie"),
	noticeOf( // Swedish
		"detta meddelande;detta mail;detta mejl;detta email;detta epost;detta e-post;denna epost;den har;informationen i;innehallet i;om du inte;om du har fatt;om du fatt;om ni inte;sekretess;konfidentiellt;!virusfri;!tank pa miljon;ansvarsfriskrivning",
		"konfidentiell;avsedd mottagare;avsedd for;ratt mottagare;mottagaren;av misstag;felaktigt;avsandaren;forbjud;inte tillat;otillat;avast;virus;skriver ut;sekretess",
		" jag ; mig ; min ; mina ; mitt "),
	noticeOf( // Danish and Norwegian
		"denne email;denne e-mail;denne mail;denne besked;denne meddelelse;denne melding;denne e-post;denne epost;dette er en fortrolig;dette e-post;informationen i;informasjonen i;indholdet af;innholdet i;hvis du ikke;dersom du ikke;hvis du har modtaget;hvis du har mottatt;dersom du har mottatt;hvis du ved en;fortrolighed;fortrolig;konfidensielt;taushetsplikt;!virusfri;!taenk pa miljoet;!tenk pa miljoet;ansvarsfraskrivelse",
		"fortrolig;konfidensiel;tiltaenkt;tiltenkt;rette modtager;rette mottaker;modtageren;mottaker;ved en fejl;ved en feil;fejlagtigt;feilaktig;afsender;avsender;forbudt;ikke tilladt;ikke tillatt;uberettiget;uautoriser;avast;virus;printer;skriver ut",
		" jeg ; mig ; meg ; min ; mine ; mit ; mitt "),
	noticeOf( // Finnish
		"tama viesti;tama sahkoposti;taman viestin;taman sahkopostin;viestin sisalto;viesti ja;tassa viestissa;tassa sahkopostissa;jos et ole;jos ette ole;jos olet saanut;jos olette saaneet;mikali et ole;mikali olet saanut;luottamuksellinen;luottamuksellisuus;vastuuvapaus;!ajattele ymparistoa;virukset",
		"luottamuksel;vastaanottaja;tarkoitettu;vahingossa;erehdyksessa;lahettaja;kielletty;avast;virus;tulosta;luvaton",
		" mina ; minua ; minun ; minulle ;pyydan;haluan;vaadin"),
	noticeOf( // Czech and Slovak
		"tato zprava;tento email;tato emailova;tento dokument;obsah tohoto;obsah teto;informace obsazene;informace v teto;tato sprava;tento e-mail;obsah tejto;informacie obsiahnute;informacie v tejto;pokud nejste;pokud jste obdrzel;jestlize nejste;jestlize jste;ak nie ste;ak ste dostali;ak ste obdrzali;v pripade, ze;upozorneni;upozornenie;duvernost;dovernost;!bez viru;!neobsahuje viry;!myslete na zivotni;!pred vytlacenim",
		"duvern;dovern;urcen;adresat;omylem;omylom;nedopatren;odesilatel;odosielatel;zakazan;neopravnen;nezavazn;avast;vir;tisk;tlac",
		" me ; mi ; moje ; mych ; moj ; mojich ; mna ;zadam;chci;chcem"),
	noticeOf( // Hungarian
		"ez az uzenet;ez az email;ez az e-mail;jelen uzenet;jelen email;jelen elektronikus;a jelen;az uzenet tartalma;az ebben;amennyiben nem;amennyiben on;ha on nem;ha nem on;ha tevedesbol;titoktartasi;jogi nyilatkozat;bizalmas;!virusmentes;!kerjuk, gondoljon;figyelmeztetes",
		"bizalmas;cimzett;tevedes;felado;tilos;jogosulatlan;nem megengedett;avast;virus;nyomtat;titok",
		" nekem ; engem ; adataim;adataimat;kerem, hogy toroljek;kerem toroljek;szeretnem"),
	noticeOf( // Romanian
		"acest mesaj;acest email;acest e-mail;aceasta comunicare;prezentul mesaj;informatiile continute;informatiile din;informatia continuta;continutul acestui;daca nu sunteti;daca ati primit;in cazul in care;confidentialitate;nota de confidentialitate;avertisment;!fara virusi;!ganditi-va la mediu",
		"confidential;destinatar;din eroare;din greseala;expeditor;interzis;neautorizat;avast;virus;imprim;tipar",
		" mea ; mele ; meu ; mei ; imi ;solicit ;doresc;as dori"),
	noticeOf( // Turkish
		"bu eposta;bu e-posta;bu email;bu mesaj;bu ileti;bu elektronik;isbu;mesajin icerigi;eger bu;eger mesaj;sayet bu;yasal uyari;gizlilik;uyari:;!cevreyi dusun;!virus icermez;!virussuz",
		"gizli;alici;yanlis;hata;gonderen;gonderici;yasak;yetkisiz;avast;virus;yazdir;sorumluluk",
		"benim;bana ;istiyorum;talep ediyorum;verilerimi;verilerimin;hakkimda"),
	noticeOf( // Russian
		"это сообщение;данное сообщение;настоящее сообщение;это письмо;данное письмо;это электронное;данное электронное;настоящее электронное;информация, содержащаяся;содержание данного;содержание настоящего;если вы не;если вы получили;если данное;если это;если настоящее;уведомление о;конфиденциально;внимание:;!без вирусов;проверено на;!пожалуиста, подумаите",
		"конфиденциальн;адресат;получател;по ошибке;ошибочно;отправител;запрещ;несанкционирован;avast;вирус;распечат;печатать",
		" я ; меня ; мне ; мои ; моих ; моя ; мое ;прошу ;требую"),
	noticeOf( // Ukrainian
		"це повідомлення;дане повідомлення;цеи лист;цеи електроннии;цеи email;інформація, що міститься;інформація, яка міститься;інформація в цьому;вміст цього;зміст цього;якщо ви не;якщо ви отримали;якщо це;повідомлення про;конфіденціино;увага:;!без вірусів;перевірено на",
		"конфіденціин;адресат;одержувач;отримувач;помилков;випадково;відправник;заборон;несанкціонован;avast;вірус;друк",
		" я ; мене ; мені ; мої ; моїх ; моі; моя ;прошу ;вимагаю"),
	noticeOf( // Chinese
		"本邮件;本郵件;本电子邮件;本電子郵件;此邮件;此郵件;此电子邮件;此電子郵件;该邮件;這封郵件;这封邮件;如果您不是;如果你不是;如您不是;若您不是;如果您误收;如果您錯誤;若您误收;若您誤收;如您误收;保密声明;保密聲明;免责声明;免責聲明;声明:;聲明:;保密通知;法律声明",
		"保密;机密;機密;收件人;误收;誤收;错误;錯誤;删除本;刪除本;通知发件人;通知寄件人;发件人;寄件人;禁止;未经授权;未經授權;病毒;打印",
		"我的;我要;我想;本人;请求贵;要求贵"),
	noticeOf( // Japanese
		"このメール;このeメール;この電子メール;本メール;本電子メール;本eメール;このメッセージ;本メッセージ;この通信;機密情報;機密保持;免責事項;【機密;【注意;万一、;もし、本;もし本;誤って;ご注意",
		"機密;秘密;意図;受信者;受取人;宛先;誤って;誤送信;送信者;発信者;禁止;破棄;削除して;ウイルス;印刷",
		"私の;私は;私に;私を;私が;請求し;求めます"),
	noticeOf( // Korean
		"이 메일;이 이메일;본 메일;본 이메일;이 메시지;본 메시지;이 전자;본 전자;만약 귀하;귀하가;잘못 수신;기밀;면책",
		"기밀;비밀;수신인;수신자;수취인;잘못;발신자;발신인;송신자;금지;무단;바이러스",
		"저의;나의;제 개인;요청합니다;요구합니다"),
	noticeOf( // Greek
		"το παρον;αυτο το μηνυμα;αυτο το email;αυτο το ηλεκτρονικο;οι πληροφοριες που;εαν δεν ειστε;αν δεν ειστε;εαν λαβατε;αν λαβατε;εμπιστευτικο;αποποιηση",
		"εμπιστευτικ;παραληπτη;παραληπτησ;λαθοσ;κατα λαθοσ;αποστολεα;απαγορευ;ιουσ;ιων;εκτυπω;avast",
		" εγω ; μου ; με "),
})

// banners are what a server puts on top of mail that comes from outside.
var banners = indexed([]func() notice{
	noticeOf(
		"caution;warning;external;this email originated;this message originated;this message came from;this email came from;this is an external;!this sender;!you don't often get;attention;alert:;be careful;notice:;"+
			"achtung;vorsicht;externe;extern;diese email stammt;diese nachricht stammt;diese email kommt;!sie erhalten nicht;warnung;"+
			"courriel externe;message externe;mail externe;ce message provient;ce courriel provient;cet email provient;!vous n'obtenez pas;!vous ne recevez pas;avertissement;"+
			"atencion;precaucion;advertencia;correo externo;este correo se origino;este mensaje se origino;este correo proviene;!no suele recibir;attenzione;questa email proviene;questo messaggio proviene;!non si ricevono;atencao;email externo;cuidado;"+
			"let op;waarschuwing;deze email is afkomstig;deze email komt;dit bericht is afkomstig;!u ontvangt niet;uwaga;wiadomosc zewnetrzna;ostrzezenie;ta wiadomosc pochodzi;varning;detta mail kommer;detta meddelande kommer;"+
			"advarsel;denne mail kommer;denne email kommer;denne e-posten;varoitus;ulkoinen;tama viesti on;upozorneni;externi;figyelem;kulso;atentie;dikkat;внимание;осторожно;внешн;увага;обережно;外部邮件;外部郵件;注意;警告;외부",
		"from outside;outside of;outside your;outside the;external sender;external source;click;open attachments;opening attachments;open any;recognize the sender;recognise the sender;trust the sender;learn why this is important;aka.ms/learnaboutsenderidentification;"+
			"ausserhalb;externen absender;klicken sie;keine anhange;offnen sie keine;warum dies wichtig;exterieur;expediteur externe;cliquez;pieces jointes;pourquoi c'est important;fuera de;exterior;haga clic;adjuntos;"+
			"esterno;esterna;clic;allegati;fora da;fora do;clique;anexos;buiten;klik ;bijlagen;spoza;zewnatrz;klikaj;zalacznik;utanfor;klicka;bilagor;udenfor;utenfor;klik;vedhaeft;vedlegg;ulkopuol;klikkaa;liitte;"+
			"mimo organizaci;neklikejte;prilohy;szervezeten kivul;kattintson;csatolm;atasament;faceti clic;disindan;tiklamayin;извне;внешн;не переходите;вложени;ссылк;ззовні;вкладен;посилан;外部;链接;連結;附件;リンク;添付;링크;첨부",
		" i ; my ; me ; ich ; mein; mich ; je ; mes ; mon ; mis ; yo ; mio ; miei ; meus ; ik ; mijn ; jag ; mina ; jeg ; mine ; моих ; мои ; я ;我的;私の"),
})

// requests are words by which somebody asks for a right, in any language. They keep
// a paragraph with the author's words. They must be such that no notice uses them.
var requests = listOf(
	"newsletter;mailing list;unsubscribe;verteiler;database;datenbank;my data;my personal;my information;my account;my details;about me;about myself;i request;i hereby;i want;i would like;i'd like;i am writing;request for ;request under;request to ;a request;formal request;access request;erasure request;deletion request;delete request;hereby request;"+
		"you hold;you have on me;held about;all data;all my;all personal;under article;under the gdpr;under gdpr;under the ccpa;under ccpa;pursuant to article;article 15;article 16;article 17;article 20;article 21;art. 15;art. 16;art. 17;art. 20;art. 21;art 15;art 17;do not sell;don't sell",
	"meine daten;meiner daten;meinen daten;meine person;über mich;zu meiner;bitte löschen sie alle;löschen sie alle;auskunft über;auskunftsersuchen;löschantrag;hiermit;antrag auf;ich beantrage;ich fordere;ich bitte;ich möchte;ich verlange",
	"mes données;me concernant;mon compte;ma demande;je demande;je souhaite;je vous prie;demande d'accès;demande d'effacement;mis datos;mi cuenta;sobre mí;solicito;solicitud de;derecho de supresión;i miei dati;miei dati;mio account;chiedo;richiedo;richiesta di;che mi riguardano",
	"meus dados;minha conta;sobre mim;peço;pedido de;mijn gegevens;mijn account;over mij;ik verzoek;verzoek om;verzoek tot;moje dane;moich danych;moje konto;wnoszę;żądam;wniosek o;mina uppgifter;mina personuppgifter;om mig;jag begär;begäran om;mine data;mine oplysninger;mine opplysninger;om mig;om meg;jeg anmoder;anmodning om;jeg ber om;"+
		"tietoni;tietojani;minua koskev;pyydän;moje údaje;mých údajů;mojich údajov;žádám;žiadam;žádost o;žiadosť o;adataim;rólam;kérelem;datele mele;despre mine;solicit ;cerere de;verilerim;hakkımda;talep ediyorum",
	"мои данные;моих данных;обо мне;прошу удалить;прошу предоставить;требую;мої дані;моїх даних;про мене;прошу видалити;вимагаю;τα δεδομένα μου;моите данни;我的个人;我的個人;我的数据;我的數據;我的信息;我的资料;我的資料;我的账;我的帳;关于我;關於我;删除我;刪除我;私の個人;私のデータ;私の情報;私のアカウント;私に関;請求し;제 개인정보;나의 개인정보;요청합니다;بياناتي;הנתונים שלי;המידע שלי;הפרטים שלי",
)

// asks reports whether a folded text asks for something as a person does.
func asks(s string) bool { return hasAny(s, requests) }

// indexed sorts openings by how they start, when they are asked for the first time.
func indexed(lists []func() notice) func() map[string][]opening {
	return sync.OnceValue(func() map[string][]opening {
		list, size := make([]notice, len(lists)), 0
		for i, read := range lists {
			list[i] = read()
			size += len(list[i].openings)
		}
		m := make(map[string][]opening, size/2)
		for i := range list {
			for _, o := range list[i].openings {
				words, clear := strings.CutPrefix(o, "!")
				m[words[:startBytes]] = append(m[words[:startBytes]], opening{words, clear, &list[i]})
			}
		}
		return m
	})
}

type opening struct {
	words string
	clear bool // needs one phrase more, not two
	of    *notice
}

// decoration may stand before a notice.
const decoration = " \t\n*_-=#|[(<\"'!~+•·"

// noticeStart is how a line starts, as the tables of openings are sorted.
func noticeStart(line string, buf []byte) []byte {
	if line == "" {
		return nil
	}
	if c := line[0] | 0x20; c < 'a' || c > 'z' {
		line = strings.TrimLeft(line, decoration)
	}
	if len(line) < startBytes {
		return nil
	}
	buf = buf[:0]
	for i := range startBytes {
		c := line[i]
		if c >= 0x80 {
			buf = fold(buf[:0], line[:min(len(line), 16)])
			return buf[:min(len(buf), startBytes)]
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf = append(buf, c)
	}
	if string(buf) == "e-ma" {
		return append(buf[:0], "emai"...)
	}
	return buf
}

// mayBeNotice is a cheap look at the start of a line. Many lines are looked at in a row,
// so the caller asks for the table once.
func mayBeNotice(line string, table map[string][]opening) bool {
	var buf [64]byte
	_, ok := table[string(noticeStart(line, buf[:]))]
	return ok
}

// foldNotice folds a paragraph, "e-mail" and "email" being one word.
func foldNotice(s string) string {
	return strings.ReplaceAll(folded(strings.Trim(s, decoration)), "e-mail", "email")
}

// isNotice reports whether a paragraph is a notice of one of the languages.
func isNotice(paragraph string, table map[string][]opening) bool {
	s := foldNotice(cutText(paragraph, 8<<10))
	if len(s) < startBytes {
		return false
	}
	for _, o := range table[s[:startBytes]] {
		if !strings.HasPrefix(s, o.words) {
			continue
		}
		marks := o.of.marked(s[len(o.words):])
		if (marks > 1 || marks > 0 && o.clear) && !asks(s) && !o.of.speaks(s) {
			return true
		}
	}
	return false
}

// marked counts the phrases of notices in a text, up to two. One inside another is
// the same.
func (n *notice) marked(s string) int {
	first, end := -1, -1
	for _, mark := range n.marks {
		at := strings.Index(s, mark)
		switch {
		case at < 0:
		case first < 0:
			first, end = at, at+len(mark)
		case at >= end || at+len(mark) <= first:
			return 2
		}
	}
	if first < 0 {
		return 0
	}
	return 1
}

// speaks reports whether one person speaks in a text.
func (n *notice) speaks(s string) bool { return hasAny(" "+unpointed.Replace(s)+" ", n.persons) }

var unpointed = strings.NewReplacer(",", " ", ".", " ", ";", " ", ":", " ", "!", " ", "?", " ", "(", " ", ")", " ", "\"", " ")

// isNoticeHeading reports whether a line can be the heading of a notice: short, and
// nothing but an opening.
func isNoticeHeading(line string) bool {
	if len(line) > 80 {
		return false
	}
	s := strings.TrimRight(foldNotice(line), ":.!")
	if len(s) < startBytes {
		return false
	}
	for _, o := range notices()[s[:startBytes]] {
		if s == strings.TrimRight(o.words, ":") {
			return true
		}
	}
	return false
}

// bannerEnd is where the warning ends that a server put on top of a text, or 0.
func bannerEnd(text string) int {
	end := 0
	for range 2 { // two servers may warn
		var buf [64]byte
		head := text[end:min(len(text), end+200)]
		if table := banners()[string(noticeStart(head, buf[:]))]; table == nil {
			break
		}
		stop := paragraphEnd(text, end)
		if stop-end > 1500 || !isNotice(text[end:stop], banners()) {
			break
		}
		end = stop
	}
	return end
}

// paragraphEnd is where the paragraph ends that starts at or behind from.
func paragraphEnd(text string, from int) int {
	words := false
	for from < len(text) {
		end := lineEnd(text, from)
		if trimmed(text[from:end]) != "" {
			words = true
		} else if words {
			break
		}
		from = end
	}
	return from
}
