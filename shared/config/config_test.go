package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/config"
)

func from(m map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := m[name]; return v, ok }
}

func TestDefaultsFitATryOutOnOneMachine(t *testing.T) {
	s, err := config.Read[config.OneMachine](from(nil))
	require.NoError(t, err)
	assert.Equal(t, "Example Widgets", s.Company)
	assert.Equal(t, []string{"support@example.com", "privacy@example.com"}, s.Mailboxes)
	assert.Equal(t, "support@example.com", s.Designated["shine-the-light"])
	assert.Equal(t, "privacy@example.com", s.Designated["dpf"])
	assert.Equal(t, "privacy@example.com", s.From)
	assert.Equal(t, "privacy@example.com", s.Officer)
	assert.Equal(t, "example.com", s.MessageDomain())
	assert.Equal(t, []string{"amazonses.com"}, s.TrustedServers)
	assert.Equal(t, 10, s.AckPerDay)
	assert.Empty(t, s.IdentityKey)
	assert.Empty(t, s.ModelName, "no mail leaves unless somebody says so")
	assert.Equal(t, []int{200_000, 100, 100, 400}, []int{s.ModelTokens, s.ModelCents, s.InputCents, s.OutputCents})
	for _, c := range config.Channels {
		assert.Contains(t, s.Mailboxes, s.Designated[c], "channel %s", c)
	}
}

func TestWhatIsSetIsUsedAndAddressesAreLowerCase(t *testing.T) {
	key := strings.Repeat("k", 32)
	s, err := config.Read[config.OneMachine](from(map[string]string{
		"RIGHTSMAIL_COMPANY":         " Müller & Söhne ",
		"RIGHTSMAIL_MAILBOXES":       "Privacy@Example.ORG, help@example.org,privacy@example.org",
		"RIGHTSMAIL_DESIGNATED":      "shine-the-light=Help@Example.org",
		"RIGHTSMAIL_FROM":            "letters@mail.example.org",
		"RIGHTSMAIL_TRUSTED_SERVERS": "MX1.example.org, mx2.example.org",
		"RIGHTSMAIL_ACK_PER_DAY":     "3",
		"RIGHTSMAIL_IDENTITY_KEY":    key,
		"RIGHTSMAIL_OFFICER":         "   ", // set but empty
	}))
	require.NoError(t, err)
	assert.Equal(t, "Müller & Söhne", s.Company)
	assert.Equal(t, []string{"privacy@example.org", "help@example.org"}, s.Mailboxes)
	assert.Equal(t, map[string]string{"shine-the-light": "help@example.org"}, s.Designated)
	assert.Equal(t, "mail.example.org", s.MessageDomain())
	assert.Equal(t, []string{"mx1.example.org", "mx2.example.org"}, s.TrustedServers)
	assert.Equal(t, 3, s.AckPerDay)
	assert.Equal(t, key, string(s.IdentityKey))
	assert.Equal(t, "privacy@example.com", s.Officer)
}

func TestNoTrustedServerIsSaidWithAWord(t *testing.T) {
	s, err := config.Read[config.OneMachine](from(map[string]string{"RIGHTSMAIL_TRUSTED_SERVERS": "none"}))
	require.NoError(t, err)
	assert.NotNil(t, s.TrustedServers)
	assert.Empty(t, s.TrustedServers)
}

func TestEachWrongValueIsRefusedWithAWayOut(t *testing.T) {
	for _, tc := range []struct{ name, value, says string }{
		{"RIGHTSMAIL_COMPANY", "Widgets\r\nBcc: x@example.org", "one line"},
		{"RIGHTSMAIL_FROM", "privacy", "such as privacy@example.com"},
		{"RIGHTSMAIL_FROM", "Privacy <privacy@example.com>", "plain address"},
		{"RIGHTSMAIL_FROM", "privacy@localhost", "domain"},
		{"RIGHTSMAIL_OFFICER", "a@example.com, b@example.com", "one plain address"},
		{"RIGHTSMAIL_MAILBOXES", "support@example.com;privacy@example.com", "separated by commas"},
		{"RIGHTSMAIL_MAILBOXES", "support@example.com,", "separated by commas"},
		{"RIGHTSMAIL_DESIGNATED", "support@example.com", "channel=address"},
		{"RIGHTSMAIL_DESIGNATED", "colorado=support@example.com", "shine-the-light"},
		{"RIGHTSMAIL_DESIGNATED", "ccpa=support", "channel ccpa"},
		{"RIGHTSMAIL_DESIGNATED", "ccpa=a@example.com,ccpa=b@example.com", "twice"},
		{"RIGHTSMAIL_REPLY_DOMAIN", "https://example.com", "domain such as"},
		{"RIGHTSMAIL_REPLY_DOMAIN", "-.com", "domain such as"},
		{"RIGHTSMAIL_TRUSTED_SERVERS", "amazonses.com mx", "none"},
		{"RIGHTSMAIL_ACK_PER_DAY", "0", "1 to 1000"},
		{"RIGHTSMAIL_ACK_PER_DAY", "ten", "1 to 1000"},
		{"RIGHTSMAIL_IDENTITY_KEY", "short-secret", "at least 32"},
		{"RIGHTSMAIL_MODEL_TOKENS_PER_HOUR", "100", "20000 to"},
		{"RIGHTSMAIL_MODEL_CENTS_PER_HOUR", "0", "1 to 1000000"},
		{"RIGHTSMAIL_MODEL_INPUT_CENTS", "-1", "0 to 1000000"},
		{"RIGHTSMAIL_MODEL_OUTPUT_CENTS", "a dollar", "0 to 1000000"},
		{"RIGHTSMAIL_MODEL_FORMAT", "xml", "json_schema or json_object"},
		{"RIGHTSMAIL_MODEL_KEY", "two words", "one word"},
	} {
		t.Run(tc.name+" "+tc.value, func(t *testing.T) {
			_, err := config.Read[config.OneMachine](from(map[string]string{tc.name: tc.value}))
			require.ErrorContains(t, err, tc.name)
			require.ErrorContains(t, err, tc.says)
		})
	}
}

func TestAllProblemsAreReportedAtOnceAndNoSecretIsInThem(t *testing.T) {
	_, err := config.Read[config.OneMachine](from(map[string]string{
		"RIGHTSMAIL_FROM":         "nobody",
		"RIGHTSMAIL_ACK_PER_DAY":  "many",
		"RIGHTSMAIL_IDENTITY_KEY": "hunter2",
	}))
	require.Error(t, err)
	for _, name := range []string{"RIGHTSMAIL_FROM", "RIGHTSMAIL_ACK_PER_DAY", "RIGHTSMAIL_IDENTITY_KEY"} {
		assert.ErrorContains(t, err, name)
	}
	assert.NotContains(t, err.Error(), "hunter2")
}

func TestASecretNeverPrintsItself(t *testing.T) {
	key := strings.Repeat("geheim", 6)
	s, err := config.Read[config.OneMachine](from(map[string]string{"RIGHTSMAIL_IDENTITY_KEY": key}))
	require.NoError(t, err)

	var printed bytes.Buffer
	require.NoError(t, config.Describe(&printed, s))
	fmt.Fprintf(&printed, "%v %+v %#v %s", s, s, s, s.IdentityKey)
	slog.New(slog.NewTextHandler(&printed, nil)).Info("start", "settings", s, "key", s.IdentityKey)
	asJSON, err := json.Marshal(s)
	require.NoError(t, err)
	printed.Write(asJSON)

	assert.NotContains(t, printed.String(), "geheim")
	assert.Contains(t, printed.String(), "(set)")
	assert.Equal(t, "(not set)", config.Secret("").String())
}

func TestDescribePrintsEverySettingWithDefaultAndMeaning(t *testing.T) {
	s, err := config.Read[config.OneMachine](from(map[string]string{"RIGHTSMAIL_COMPANY": "Acme", "RIGHTSMAIL_TRUSTED_SERVERS": "none"}))
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, config.Describe(&b, s))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	fields := settings()
	require.Len(t, lines, 1+len(fields))
	for i, f := range fields {
		assert.True(t, strings.HasPrefix(lines[i+1], f.Tag.Get("env")), f.Name)
		require.NotEmpty(t, f.Tag.Get("help"), f.Name)
		assert.Contains(t, lines[i+1], f.Tag.Get("help"))
	}
	assert.Regexp(t, `RIGHTSMAIL_COMPANY\s+Acme\s+Example Widgets\s`, b.String())
	assert.Regexp(t, `RIGHTSMAIL_TRUSTED_SERVERS\s+none\s+amazonses.com\s`, b.String())
}

// A default that is written out is no other setting than one left out.
func TestDefaultsWrittenOutChangeNothing(t *testing.T) {
	first, err := config.Read[config.OneMachine](from(nil))
	require.NoError(t, err)
	again := map[string]string{}
	for _, f := range settings() {
		again[f.Tag.Get("env")] = f.Tag.Get("default")
	}
	second, err := config.Read[config.OneMachine](from(again))
	require.NoError(t, err)
	assert.Equal(t, first, second)
}

// settings lists every setting of the run on one machine.
func settings() []reflect.StructField {
	var all []reflect.StructField
	for _, group := range []reflect.Type{reflect.TypeFor[config.Settings](), reflect.TypeFor[config.Key](), reflect.TypeFor[config.Model](), reflect.TypeFor[config.LocalModel]()} {
		for _, f := range reflect.VisibleFields(group) {
			if !f.Anonymous {
				all = append(all, f)
			}
		}
	}
	return all
}

func TestOneMachineHasNoSettingTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range settings() {
		assert.False(t, seen[f.Tag.Get("env")], f.Name)
		seen[f.Tag.Get("env")] = true
	}
}

// function is what a function on AWS may need at most.
type function struct {
	config.Settings
	config.Table
	config.Archive
	config.Identity
	config.HandOffs
	config.Jobs
	config.Outgoing
	config.Helpdesk
	config.Model
	config.ModelAccess
	config.SignIn
}

func TestGroupsSayWhatIsMissing(t *testing.T) {
	_, err := config.Read[function](from(nil))
	require.Error(t, err)
	for _, f := range reflect.VisibleFields(reflect.TypeFor[function]()) {
		if f.Tag.Get("required") != "" {
			assert.ErrorContains(t, err, f.Tag.Get("env")+": is missing; it is the "+f.Tag.Get("help"))
		}
	}
	assert.NotContains(t, err.Error(), "RIGHTSMAIL_COMPANY", "what has a default is not missing")
}

func TestGroupsReadQueuesAndAddresses(t *testing.T) {
	s, err := config.Read[struct{ config.HandOffs }](from(map[string]string{
		"RIGHTSMAIL_QUEUES": "ccpa=https://sqs.eu-west-1.amazonaws.com/1/ccpa, opt-out=http://127.0.0.1:9/1/o",
	}))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"ccpa": "https://sqs.eu-west-1.amazonaws.com/1/ccpa", "opt-out": "http://127.0.0.1:9/1/o"}, s.Queues)
	for _, wrong := range []string{"ccpa", "ccpa=x", "=https://a.example", "a=https://a.example,a=https://b.example", "a=https://u:p@a.example"} {
		_, err := config.Read[struct{ config.HandOffs }](from(map[string]string{"RIGHTSMAIL_QUEUES": wrong}))
		assert.ErrorContains(t, err, "RIGHTSMAIL_QUEUES: must be name=address", wrong)
	}
	_, err = config.Read[struct{ config.Table }](from(map[string]string{"RIGHTSMAIL_TABLE": "a table"}))
	assert.ErrorContains(t, err, "one word")
	_, err = config.Read[struct{ config.Model }](from(map[string]string{"RIGHTSMAIL_MODEL_URL": "ftp://models.example/v1"}))
	assert.ErrorContains(t, err, "https://")
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no paper") }

func TestDescribeReportsThatItCouldNotPrint(t *testing.T) {
	s, err := config.Read[config.OneMachine](from(nil))
	require.NoError(t, err)
	assert.ErrorContains(t, config.Describe(broken{}, s), "no paper")
}
