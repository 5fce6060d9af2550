package replies

import (
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	standard "text/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// byStandard fills a text as text/template does.
func byStandard(t *testing.T, text string, view any) string {
	t.Helper()
	tmpl, err := standard.New("letter").Parse(text)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, tmpl.Execute(&b, view))
	return b.String()
}

func byUs(t *testing.T, text string, view any) string {
	t.Helper()
	tmpl, err := parseTemplate("letter", text, view)
	require.NoError(t, err, text)
	got, err := tmpl.fill(view)
	require.NoError(t, err)
	return got
}

// scatter puts words, yeses, noes and lists of up to two into every field.
func scatter(v reflect.Value, lots *rand.Rand) {
	words := []string{"", "", "word", "two words", "{{.Officer}}", "a\n# b", "<b>ü</b>"}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			scatter(v.Field(i), lots)
		}
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), lots.IntN(3), 2)
		for i := range list.Len() {
			scatter(list.Index(i), lots)
		}
		v.Set(list)
	case reflect.Bool:
		v.SetBool(lots.IntN(2) == 0)
	case reflect.String:
		v.SetString(words[lots.IntN(len(words))])
	default:
		panic("a view with a field of a new kind: " + v.Type().String())
	}
}

func TestEveryLetterIsFilledAsTextTemplateFillsIt(t *testing.T) {
	lots := rand.New(rand.NewPCG(4, 2)) // #nosec G404 -- the same views in every run
	folders, err := os.ReadDir("templates")
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	for _, kind := range kinds {
		full, _ := probe(kind)
		views := []any{full, reflect.Zero(reflect.TypeOf(full)).Interface()}
		for range 100 {
			v := reflect.New(reflect.TypeOf(full)).Elem()
			scatter(v, lots)
			views = append(views, v.Interface())
		}
		for _, folder := range folders {
			name := folder.Name() + "/" + string(kind) + ".txt"
			data, err := os.ReadFile("templates/" + name) // #nosec G304 -- our own templates
			require.NoError(t, err)
			p, err := readPage(os.DirFS("templates"), name, full)
			require.NoError(t, err)
			first, rest, _ := strings.Cut(string(data), "\n")
			for _, view := range views {
				subject, body, err := p.fill(view)
				require.NoError(t, err)
				require.Equal(t, byStandard(t, strings.TrimPrefix(first, "Subject: "), view), subject, name)
				require.Equal(t, byStandard(t, rest, view), body, name)
			}
		}
	}
}

func TestEachConstructIsFilledAsTextTemplateFillsIt(t *testing.T) {
	full, _ := probe(KindAcknowledgement)
	for _, text := range []string{
		"",
		"no gap, one } and one {",
		"{{/* a comment */}}a{{- /* and one that trims */ -}} b",
		"a \n {{- .Company -}} \n b",
		"{{if .Dated}}yes{{end}}",
		"{{if .Dated}}yes{{else}}no{{end}}",
		"{{if .Dated}}dated{{else if .European}}european{{else}}neither{{end}}",
		"{{if .Requests}}some{{else}}none{{end}} {{if .BBB}}{{.BBB}}{{end}}",
		"{{with .BBB}}{{.}}{{else}}{{.Company}}{{end}}",
		"{{with .BBB}}{{.}}{{else with .Officer}}{{.}}{{end}}",
		"{{with .Requests}}{{range .}}{{.Case}}{{end}}{{end}}",
		"{{with .Dated}}{{if .}}yes{{end}}{{end}}",
		"{{range .Requests}}{{.Case}}{{with .Law}} ({{.}}){{end}}{{if .Person}}!{{end}};{{else}}none of {{.Company}}{{end}}",
	} {
		for _, view := range []any{full, acknowledgement{}, acknowledgement{European: true, frame: frame{Officer: "o", Company: "c"}}} {
			assert.Equal(t, byStandard(t, text, view), byUs(t, text, view), text)
		}
	}
}

func TestWhatLettersCanNotSayIsRefusedWithFileAndLine(t *testing.T) {
	const can = "letters can say fields, if, with and range"
	view, _ := probe(KindAcknowledgement)
	for text, says := range map[string]string{
		// Fields that this letter does not have, also where nobody may ever come by.
		"{{.Oficer}}":                                            "{{.Oficer}} can not be said here; there is .Company, .Officer, .Reference, .Received, .CorrectUs, .Requests,",
		"{{if .BBB}}{{else}}{{.Agency}}{{end}}":                  "{{.Agency}} can not be said here",
		"{{range .Missing}}{{else}}{{.Case}}{{end}}":             "{{.Case}} can not be said here",
		"{{range .Missing}}{{.Company}}{{end}}":                  "{{.Company}} can not be said here; there is .Case, .Fields",
		"{{range .Requests}}{{with .Due}}{{.Law}}{{end}}{{end}}": "{{.Law}}: the dot is words here and has no fields",
		"{{with .Requests}}{{.Title}}{{end}}":                    "{{.Title}}: the dot is a list here and has no fields",
		"{{.frame}}":                                             "{{.frame}} can not be said here",
		"{{.frame.Company}}":                                     "{{.frame.Company}} can not be said here",
		"{{.Company.Name}}":                                      "{{.Company.Name}} can not be said here",

		// Values that are no words, no list, no question.
		"{{.Dated}}":                 "{{.Dated}}: only words can be written, this is a yes or no",
		"{{.Requests}}":              "{{.Requests}}: only words can be written, this is a list",
		"{{.}}":                      "{{.}}: only words can be written, this is the view itself",
		"{{range .Company}}x{{end}}": "{{range .Company}}: only a list has items, this is words",
		"{{range .Requests}}{{if .}}x{{end}}{{end}}": "{{.}} is the view itself, which is always there",
		"{{with .}}x{{end}}":                         "{{.}} is the view itself, which is always there",

		// All else of text/template.
		"{{len .Requests}}":                      "{{len .Requests}}: " + can,
		"{{if not .Dated}}x{{end}}":              "{{not .Dated}}: " + can,
		"{{if and .Dated .European}}x{{end}}":    "{{and .Dated .European}}: " + can,
		"{{shout .Company}}":                     "{{shout .Company}}: " + can,
		"{{.Company | printf}}":                  "{{.Company | printf}}: " + can,
		"{{(index .Requests 0).Earlier}}":        "{{(index .Requests 0).Earlier}}: " + can,
		"{{(.Company)}}":                         "{{(.Company)}}: " + can,
		"{{.Company .Officer}}":                  "{{.Company .Officer}}: " + can,
		"{{$x := .Company}}":                     "{{$x := .Company}}: " + can,
		"{{range $i, $r := .Requests}}x{{end}}":  "{{$i, $r := .Requests}}: " + can,
		"{{with $x := .BBB}}x{{end}}":            "{{$x := .BBB}}: " + can,
		"{{$}}":                                  "{{$}}: " + can,
		"{{$.Company}}":                          "{{$.Company}}: " + can,
		`{{"words"}}`:                            `{{"words"}}: ` + can,
		"{{1}}":                                  "{{1}}: " + can,
		"{{if true}}x{{end}}":                    "{{true}}: " + can,
		"{{range 3}}x{{end}}":                    "{{3}}: " + can,
		"{{range .Requests}}{{break}}{{end}}":    "{{break}}: " + can,
		"{{range .Requests}}{{continue}}{{end}}": "{{continue}}: " + can,
		`{{template "other" .}}`:                 `{{template "other" .}}: ` + can,
		`{{block "other" .}}x{{end}}`:            can,
		`{{define "other"}}x{{end}}`:             "{{define}}: " + can,

		// What the parser itself refuses.
		"{{if .Dated}}": "unexpected EOF",
		"{{.Company":    "unclosed action",
		"{{nil}}":       "{{nil}}: " + can,
		"{{$x}}":        "undefined variable",
	} {
		_, err := parseTemplate("en/acknowledgement.txt", "Hello,\n\n"+text, view)
		if assert.Error(t, err, text) {
			assert.Contains(t, err.Error(), says)
			assert.Contains(t, err.Error(), "en/acknowledgement.txt:3: ", text)
		}
	}
}

func TestErrorNamesTheLineOfTheFileThoughTheSubjectIsReadAlone(t *testing.T) {
	view, _ := probe(KindChild)
	for text, says := range map[string]string{
		"Subject: {{.Title}}\nHello":           "child.txt:1: ",
		"Subject: Hello\n{{.Title}}":           "child.txt:2: ",
		"Subject: Hello\n\nHello\n {{.Title}}": "child.txt:4: ",
		"Subject: Hello\n{{if}}":               "child.txt:2: ",
		"Subject: Hello\n\n{{end}}":            "child.txt:3: ",
	} {
		fsys := fstest.MapFS{"child.txt": &fstest.MapFile{Data: []byte(text)}}
		_, err := readPage(fsys, "child.txt", view)
		require.ErrorContains(t, err, says, text)
	}
}

func TestLetterIsNotFilledFromTheViewOfAnother(t *testing.T) {
	tmpl, err := parseTemplate("letter", "{{.Company}}", frame{})
	require.NoError(t, err)
	for _, view := range []any{overLimit{}, &frame{}, nil} {
		_, err = tmpl.fill(view)
		require.ErrorContains(t, err, "it speaks of replies.frame, not of")
	}
}
