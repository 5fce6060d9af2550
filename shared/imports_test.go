package shared_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "rightsmail"

// table says what each room may import besides the standard library: other rooms by
// their folder, libraries by their path, which covers the packages below it. A room
// that is not in the table does not belong to the house yet; its row is part of the
// change that adds it.
var table = map[string][]string{
	"email":    {"github.com/emersion/go-message", "golang.org/x/net", "golang.org/x/text"},
	"rights":   {"compiled", "github.com/goccy/go-yaml", "github.com/golang-sql/civil", "github.com/rickar/cal/v2"},
	"classify": {"email", "rights", "github.com/abadojack/whatlanggo", "github.com/goccy/go-yaml", "golang.org/x/text"},
	"limits":   {"rights"},
	"cases":    {"rights", "limits"},
	"replies":  {"email", "rights", "cases", "compiled", "github.com/emersion/go-message", "github.com/goccy/go-yaml", "golang.org/x/text"},
	"queue":    {},
	"metrics":  {"rights", "cases"},
	"desk":     {"email", "rights", "classify", "limits", "cases", "replies", "queue", "metrics", "config"},
	"console":  {"email", "cases", "rights", "replies", "metrics", "desk", "classify", "expectations"},
	"config":   {},
	"compiled": {},

	"expectations": {"rights", "github.com/goccy/go-yaml"},

	"adapters/dynamo":       {"cases", "cases/record", "limits", "rights", "github.com/aws/aws-sdk-go-v2"},
	"adapters/emf":          {"metrics"},
	"adapters/folder":       {"email", "replies"},
	"adapters/lambdaevents": {"email", "queue", "replies", "github.com/aws/aws-lambda-go", "github.com/aws/aws-sdk-go-v2/aws"},
	"adapters/mailfiles":    {"email"},
	"adapters/oidc":         {"console", "github.com/coreos/go-oidc/v3", "github.com/go-jose/go-jose/v4", "golang.org/x/oauth2"},
	"adapters/openai":       {"classify", "rights", "github.com/sashabaranov/go-openai"},
	"adapters/s3archive":    {"cases", "github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"},
	"adapters/secrets":      {"config", "github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"},
	"adapters/sesmail":      {"email", "replies", "github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go", "github.com/emersion/go-message"},
	"adapters/sqlite":       {"cases", "cases/record", "limits", "queue", "replies", "rights", "modernc.org/sqlite"},
	"adapters/sqsqueue":     {"queue", "github.com/aws/aws-sdk-go-v2"},
	"adapters/stack":        {"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"},

	// How every store writes down what it keeps.
	"cases/record": {"cases", "limits", "rights"},

	// The contract suite of cases is imported by the tests of adapters, the issuer by
	// those who sign people in, the mails beyond all size by those who take mail in.
	"adapters/oidc/oidctest": {"github.com/go-jose/go-jose/v4"},
	"cases/casestest":        {"cases", "limits", "rights", "github.com/stretchr/testify"},
	"email/emailtest":        {"email"},
}

// notInDomain is what a domain room is handed by its caller instead of fetching it.
var notInDomain = map[string]string{
	"database/sql":  "storage belongs to an adapter",
	"flag":          "settings come in as arguments",
	"html/template": "it keeps every method of the program: see shared/replies/fill.go",
	"log":           "take a *slog.Logger; log.Fatal would end the whole program",
	"math/rand":     "use math/rand/v2 with a source that the caller gives",
	"net":           "the network belongs to an adapter",
	"net/http":      "the network belongs to the console and to adapters",
	"net/smtp":      "the network belongs to an adapter",
	"os":            "take a value, an io.Reader or an fs.FS; a domain room reads no environment",
	"os/exec":       "a domain room starts no programs",
	"os/signal":     "signals belong to main",
	"syscall":       "a domain room knows no operating system",
	"text/template": "it keeps every method of the program: see shared/replies/fill.go",
}

// isDomain tells the rooms that know only values from the edges: the console speaks
// HTTP, an adapter its technology.
func isDomain(room string) bool {
	return room != "console" && !strings.HasPrefix(room, "adapters/")
}

// violations says, one sentence each, what is wrong with these imports of a room.
func violations(room string, imports []string) []string {
	allowed, known := table[room]
	if !known {
		return []string{fmt.Sprintf("shared/%s is not in the import table: add a row to shared/imports_test.go", room)}
	}
	var wrong []string
	for _, imp := range imports {
		if reason := objection(room, allowed, imp); reason != "" {
			wrong = append(wrong, fmt.Sprintf("%s imports %s: %s", room, imp, reason))
		}
	}
	return wrong
}

// objection is the reason why the room may not have the import, or nothing.
func objection(room string, allowed []string, imp string) string {
	other, ours := strings.CutPrefix(imp, module+"/shared/")
	adapter := strings.HasPrefix(room, "adapters/")
	switch {
	case imp == "C":
		return "the house builds with Go alone"
	case strings.HasPrefix(imp, module+"/functions/"), strings.HasPrefix(imp, module+"/scripts/"):
		return "programs are imported by nobody"
	case adapter && strings.HasPrefix(other, "adapters/"):
		return "an adapter knows one technology, never another adapter"
	case adapter && other == "desk":
		return "the desk calls adapters through the rooms' interfaces, never the other way round"
	case ours && slices.Contains(allowed, other):
		return ""
	case ours || strings.HasPrefix(imp, module+"/"):
		return "not in its row of the import table"
	case isStandard(imp) && (isDomain(room) || imp == "log"):
		return notInDomain[imp]
	case isStandard(imp):
		return ""
	case slices.ContainsFunc(allowed, func(lib string) bool { return imp == lib || strings.HasPrefix(imp, lib+"/") }):
		return ""
	}
	return "this library is not in its row of the import table"
}

// isStandard: only the paths of the standard library begin without a dot.
func isStandard(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return !strings.Contains(first, ".") && first != module
}

// ambient says whether path.name reaches for the clock or for randomness that nobody
// handed over. Constructors and types of math/rand/v2 are fine: they take a source.
func ambient(path, name string) bool {
	switch path {
	case "time":
		return slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Local"}, name)
	case "math/rand/v2":
		return !slices.Contains([]string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"}, name)
	case "crypto/rand":
		return true
	}
	return false
}

// ambientUses lists, with line, where a file uses the clock or randomness of the machine.
func ambientUses(s source) []string {
	paths := map[string]string{} // local name of the import to its path
	for i, imp := range s.imports() {
		name := path.Base(strings.TrimSuffix(imp, "/v2"))
		if as := s.file.Imports[i].Name; as != nil {
			name = as.Name
		}
		paths[name] = imp
	}
	var uses []string
	if imp := paths["."]; ambient(imp, "Now") || ambient(imp, "Int") {
		uses = append(uses, fmt.Sprintf("%s: dot import of %s hides its uses", s.name, imp))
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := sel.X.(*ast.Ident); ok && ambient(paths[pkg.Name], sel.Sel.Name) {
				uses = append(uses, fmt.Sprintf("%s: %s.%s", s.fset.Position(sel.Pos()), pkg.Name, sel.Sel.Name))
			}
		}
		return true
	})
	return uses
}

// source is one Go file as the parser sees it.
type source struct {
	name string // with slashes, below the root that was walked
	fset *token.FileSet
	file *ast.File
}

// sources parses every Go file below root, test files only if asked.
func sources(t *testing.T, root string, withTests bool) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() && name != root && (base == "testdata" || strings.HasPrefix(base, ".")) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(base, ".go") || !withTests && strings.HasSuffix(base, "_test.go") {
			return nil
		}
		s := source{name: filepath.ToSlash(name), fset: token.NewFileSet()}
		s.file, err = parser.ParseFile(s.fset, name, nil, parser.SkipObjectResolution)
		all = append(all, s)
		return err
	})
	require.NoError(t, err)
	return all
}

func (s source) room() string { return path.Dir(s.name) }

func (s source) imports() []string {
	var imports []string
	for _, spec := range s.file.Imports {
		imp, _ := strconv.Unquote(spec.Path.Value) // the parser has accepted it
		imports = append(imports, imp)
	}
	return imports
}

func TestEveryRoomImportsOnlyWhatItsRowAllows(t *testing.T) {
	for _, s := range sources(t, ".", false) {
		if s.room() != "." {
			for _, v := range violations(s.room(), s.imports()) {
				assert.Fail(t, v, s.name)
			}
		}
	}
}

func TestDomainRoomsAskNoClockAndDrawNoLots(t *testing.T) {
	for _, s := range sources(t, ".", false) {
		if s.room() != "." && isDomain(s.room()) {
			for _, use := range ambientUses(s) {
				assert.Fail(t, use, "time and randomness come in as arguments")
			}
		}
	}
}

func TestEveryFolderHasARow(t *testing.T) {
	for _, parent := range []string{".", "adapters"} {
		entries, err := os.ReadDir(parent)
		require.NoError(t, err)
		for _, e := range entries {
			if room := path.Join(parent, e.Name()); e.IsDir() && room != "adapters" {
				assert.Empty(t, violations(room, nil))
			}
		}
	}
}

func TestEveryRoomOpensWithTheQuestionItAnswers(t *testing.T) {
	for room := range table {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(filepath.FromSlash(room), "doc.go"), nil, parser.ParseComments)
		if assert.NoError(t, err, "every row of the table is a room with a doc.go") {
			assert.Contains(t, file.Doc.Text(), "answers:", "doc.go of %s opens with the question the room answers", room)
		}
	}
}

func TestNobodyImportsAProgram(t *testing.T) {
	for _, s := range sources(t, "..", true) {
		for _, imp := range s.imports() {
			for _, programs := range []string{"functions", "scripts"} {
				assert.False(t, strings.HasPrefix(imp, module+"/"+programs), "%s imports %s", s.name, imp)
			}
		}
	}
}

func TestAViolationIsReported(t *testing.T) {
	const here = module + "/shared/"
	for name, c := range map[string]struct {
		room, imp string
		want      string // part of the message; empty where the import is fine
	}{
		"a room of the row":                   {"classify", here + "email", ""},
		"a library of the row":                {"rights", "github.com/goccy/go-yaml", ""},
		"a package below a library":           {"email", "golang.org/x/net/html", ""},
		"the standard library":                {"limits", "slices", ""},
		"a logger that is handed over":        {"desk", "log/slog", ""},
		"HTTP in the console":                 {"console", "net/http", ""},
		"the disk in an adapter":              {"adapters/sqlite", "os", ""},
		"the parser of templates":             {"replies", "text/template/parse", ""},
		"a room above":                        {"rights", here + "classify", "not in its row"},
		"a folder of an allowed room":         {"limits", here + "rights/extra", "not in its row"},
		"a library of another room":           {"limits", "github.com/goccy/go-yaml", "this library"},
		"a library with the same beginning":   {"email", "golang.org/x/network", "this library"},
		"the environment in the domain":       {"rights", "os", "no environment"},
		"HTTP in the domain":                  {"desk", "net/http", "network"},
		"templates in the domain":             {"replies", "text/template", "every method"},
		"the global logger in the domain":     {"desk", "log", "slog"},
		"the global logger in an adapter":     {"adapters/sqlite", "log", "slog"},
		"an adapter in the domain":            {"cases", here + "adapters/sqlite", "not in its row"},
		"an adapter in an adapter":            {"adapters/sqlite", here + "adapters/sqlite/x", "another adapter"},
		"the desk in an adapter":              {"adapters/sqlite", here + "desk", "other way round"},
		"a program":                           {"desk", module + "/scripts/local", "nobody"},
		"a Lambda":                            {"console", module + "/functions/intake", "nobody"},
		"C":                                   {"adapters/sqlite", "C", "Go alone"},
		"anything in a room that has no row":  {"cellar", "fmt", "add a row"},
		"anything in an adapter without one":  {"adapters/fax", "fmt", "add a row"},
		"randomness without a source by name": {"queue", "math/rand", "source"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(violations(c.room, []string{"strings", c.imp}), "\n")
			if c.want == "" {
				assert.Empty(t, got)
			} else {
				assert.Contains(t, got, c.want)
			}
		})
	}
}

func TestAmbientClockAndRandomnessAreSeen(t *testing.T) {
	for code, want := range map[string]int{
		`import "time"; var now = time.Now()`:                                       1,
		`import "time"; var clock = time.Now`:                                       1,
		`import "time"; func f(t time.Time) any { return time.Since(t) }`:           1,
		`import clock "time"; var now = clock.Now()`:                                1,
		`import . "time"; var now = Now()`:                                          1,
		`import "math/rand/v2"; var n = rand.IntN(6)`:                               1,
		`import "crypto/rand"; var s = rand.Text()`:                                 1,
		`import "math/rand/v2"; func f(s rand.Source) any { return rand.New(s) }`:   0,
		`import "time"; func f(t time.Time) any { return t.Add(time.Hour) }`:        0,
		`type c struct{ Now func() int }; func f(time c) int { return time.Now() }`: 0,
	} {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "sample.go", "package sample; "+code, parser.SkipObjectResolution)
		require.NoError(t, err)
		assert.Len(t, ambientUses(source{"sample.go", fset, file}), want, code)
	}
}
