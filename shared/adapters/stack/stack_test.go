package stack_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/stack"
)

// cloud answers as CloudFormation and Lambda do, for one stack with one nested in it.
func cloud(t *testing.T, variables string) aws.Config {
	t.Helper()
	outputs := map[string]string{
		"rightsmail": `<member><OutputKey>TableName</OutputKey><OutputValue>cases</OutputValue></member>`,
		"arn:nested": `<member><OutputKey>Intake</OutputKey><OutputValue>intake-1a2b</OutputValue></member>`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/2015-03-31/functions/intake-1a2b/configuration" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, variables)
			return
		}
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		form, err := url.ParseQuery(string(body))
		assert.NoError(t, err)
		w.Header().Set("Content-Type", "text/xml")
		name := form.Get("StackName")
		switch out, known := outputs[name]; {
		case !known:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>does not exist</Message></Error></ErrorResponse>`)
		case form.Get("Action") == "DescribeStackResource":
			_, _ = io.WriteString(w, `<DescribeStackResourceResponse><DescribeStackResourceResult><StackResourceDetail><PhysicalResourceId>arn:nested</PhysicalResourceId></StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>`)
		default:
			_, _ = fmt.Fprintf(w, `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>%s</StackName><Outputs>%s</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`, name, out)
		}
	}))
	t.Cleanup(server.Close)
	return aws.Config{Region: "eu-west-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

func TestOutputsAreFoundByTheirKeys(t *testing.T) {
	got, err := stack.Outputs(t.Context(), cloud(t, ""), "rightsmail")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"TableName": "cases"}, got)
}

func TestVariablesAreThoseOfTheFunctionInTheNestedStack(t *testing.T) {
	got, err := stack.Variables(t.Context(), cloud(t, `{"Environment":{"Variables":{"RIGHTSMAIL_TABLE":"cases"}}}`), "rightsmail", "Intake")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"RIGHTSMAIL_TABLE": "cases"}, got)
}

func TestWhatIsNotThereSaysWhatToDo(t *testing.T) {
	cfg := cloud(t, `{}`)
	_, err := stack.Outputs(t.Context(), cfg, "rightmail")
	assert.ErrorContains(t, err, "look whether the name and the Region are right")
	_, err = stack.Variables(t.Context(), cfg, "rightsmail", "Inteke")
	assert.ErrorContains(t, err, "no such output")
	_, err = stack.Variables(t.Context(), cfg, "rightsmail", "Intake")
	assert.ErrorContains(t, err, "it has none")
}
