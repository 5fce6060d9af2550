package rights

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// The shapes of the data files. A file holds words only; load.go gives them
// meaning, so that every refusal can point at line and column.

// lawFile is one file of laws/.
type lawFile struct {
	Law      text           `yaml:"law"`
	Zone     text           `yaml:"zone"` // of its dates of effect, and of its clocks unless they say otherwise
	Calendar text           `yaml:"calendar"`
	Profiles map[string]row `yaml:"profiles"`
	Clocks   []clockRow     `yaml:"clocks"`
	Rights   []row          `yaml:"rights"`

	// Of all files together exactly one sets these two.
	Unsure  text   `yaml:"unsure"`  // name of the clock of mail nobody understood yet
	Targets []text `yaml:"targets"` // our goal for a human's first answer, by priority 0 to 3
}

// row is a right, or a profile that rights share. Empty means: as the profile.
type row struct {
	ID           text      `yaml:"id"`
	Profile      text      `yaml:"profile"`
	Title        text      `yaml:"title"`
	Citation     text      `yaml:"citation"`
	Source       text      `yaml:"source"`
	Who          text      `yaml:"who"`
	Queue        text      `yaml:"queue"`
	Priority     text      `yaml:"priority"`
	Required     *[]text   `yaml:"required"`
	Verification text      `yaml:"verification"`
	Limit        *limitRow `yaml:"limit"`
	RefusalMust  *[]text   `yaml:"refusal_must"`
	Retention    text      `yaml:"retention"`
	Metric       text      `yaml:"metric"`
	AutoSuppress text      `yaml:"auto_suppress"`
	Silent       text      `yaml:"silent"`
	Modifier     text      `yaml:"modifier"`
	Outbound     text      `yaml:"outbound"`
	Clock        *[]text   `yaml:"clock"`        // one clock for everybody; several: the earliest counts
	ClockBy      *clockBy  `yaml:"clock_by"`     // or a clock per jurisdiction
	Internal     text      `yaml:"internal"`     // the dates are our own goal although the clock is a law's
	NoExtension  text      `yaml:"no_extension"` // more time would make no sense for this right
	Target       text      `yaml:"target"`
	ValidFrom    text      `yaml:"valid_from"`
	ValidTo      text      `yaml:"valid_to"`
}

type limitRow struct {
	Max          text `yaml:"max"`
	Window       text `yaml:"window"`
	Zone         text `yaml:"zone"`
	Citation     text `yaml:"citation"`
	CompleteOnly text `yaml:"complete_only"`
}

// clockBy names a clock for each regime of a right that several laws give.
type clockBy struct {
	EU text `yaml:"eu"`
	UK text `yaml:"uk"`
	CH text `yaml:"ch"`
}

type clockRow struct {
	Name      text        `yaml:"name"`
	Zone      text        `yaml:"zone"`
	Calendar  text        `yaml:"calendar"`
	Periods   []periodRow `yaml:"periods"`
	ValidFrom text        `yaml:"valid_from"`
	ValidTo   text        `yaml:"valid_to"`
}

type periodRow struct {
	Duties    []text `yaml:"duties"`
	Period    text   `yaml:"period"`
	Inclusive text   `yaml:"inclusive"`
	Roll      text   `yaml:"roll"`
	Safe      text   `yaml:"safe"`
	Address   text   `yaml:"address"`
	Internal  text   `yaml:"internal"`
	Citation  text   `yaml:"citation"`
	Source    text   `yaml:"source"`
}

// calendarFile is one file of calendars/.
type calendarFile struct {
	Calendar text         `yaml:"calendar"`
	Name     text         `yaml:"name"`
	Citation text         `yaml:"citation"`
	Source   text         `yaml:"source"`
	Holidays []holidayRow `yaml:"holidays"`
}

type holidayRow struct {
	Name     text   `yaml:"name"`
	On       text   `yaml:"on"`
	Dates    []text `yaml:"dates"`
	Observed []text `yaml:"observed"`
	Except   []text `yaml:"except"`
	From     text   `yaml:"from"`
	To       text   `yaml:"to"`
}

// text is a scalar with the place where it stands. A line of 0 means that it was
// not written at all.
type text struct {
	s         string
	line, col int
}

// UnmarshalYAML takes any scalar as its words and refuses everything else.
func (t *text) UnmarshalYAML(n ast.Node) error {
	tok := n.GetToken()
	t.line, t.col = tok.Position.Line, tok.Position.Column
	switch n := n.(type) {
	case *ast.StringNode:
		t.s = n.Value
	case *ast.LiteralNode:
		t.s = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		t.s = tok.Value
	default:
		return &yaml.SyntaxError{Message: fmt.Sprintf("want words or a number here, not a %s", n.Type().YAMLName()), Token: tok}
	}
	return nil
}

func (t text) given() bool { return t.line > 0 }

// problem is one refusal with its place: "laws/gdpr.yaml:12:5: ...".
type problem struct {
	file      string
	line, col int
	msg       string
}

func (p problem) Error() string {
	if p.line == 0 {
		return fmt.Sprintf("%s: %s", p.file, p.msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.file, p.line, p.col, p.msg)
}

// decode reads one file strictly. What the YAML reader refuses (an unknown key,
// a key twice, bad syntax) keeps its place.
func decode(file string, data []byte, out any) error {
	err := yaml.UnmarshalWithOptions(data, out, yaml.Strict())
	if err == nil {
		return nil
	}
	var placed yaml.Error
	if errors.As(err, &placed) && placed.GetToken() != nil {
		at := placed.GetToken().Position
		return problem{file, at.Line, at.Column, placed.GetMessage()}
	}
	return problem{file: file, msg: err.Error()}
}
