package endtoend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Where the stack of the tests stands.
const (
	region  = "eu-west-1" // as scripts/stack/transform.py says
	account = "123456789012"
)

// cloud speaks to the emulators as a client of AWS does, but for the signature, which
// they do not check. It is what the tests see the world with; the functions use the
// SDK.
type cloud struct {
	dynamo, moto string // endpoints, without a slash at the end
	client       *http.Client
}

func newCloud(dynamo, moto string) *cloud {
	return &cloud{dynamo: dynamo, moto: moto, client: &http.Client{Timeout: 30 * time.Second}}
}

// failure is an answer of an emulator that is none of success.
type failure struct {
	status int
	body   string
}

func (f *failure) Error() string { return fmt.Sprintf("status %d: %s", f.status, f.body) }

// do sends one request as a service would get it.
func (c *cloud) do(service, method, path string, header map[string]string, body []byte) ([]byte, error) {
	endpoint := c.moto
	if service == "dynamodb" {
		endpoint = c.dynamo
	}
	req, err := http.NewRequest(method, endpoint+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/"+region+"/"+service+"/aws4_request, SignedHeaders=host, Signature=00")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return nil, &failure{resp.StatusCode, string(answer)}
	}
	return answer, nil
}

// json calls an operation of a service with a JSON protocol, such as
// "DynamoDB_20120810.GetItem", and decodes the answer into out, if that is not nil.
func (c *cloud) json(t *testing.T, service, target string, in, out any) {
	t.Helper()
	require.NoError(t, c.tryJSON(service, target, in, out), target)
}

func (c *cloud) tryJSON(service, target string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	version := "application/x-amz-json-1.0"
	if service == "secretsmanager" {
		version = "application/x-amz-json-1.1"
	}
	answer, err := c.do(service, http.MethodPost, "/", map[string]string{"X-Amz-Target": target, "Content-Type": version}, body)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(answer, out)
}

// query calls an operation of a service with the query protocol and returns its XML.
func (c *cloud) query(t *testing.T, service, action, version string, params url.Values) []byte {
	t.Helper()
	params.Set("Action", action)
	params.Set("Version", version)
	answer, err := c.do(service, http.MethodPost, "/", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, []byte(params.Encode()))
	require.NoError(t, err, action)
	return answer
}

// rest calls an operation of a service that speaks in paths.
func (c *cloud) rest(t *testing.T, service, method, path string, body []byte) []byte {
	t.Helper()
	answer, err := c.do(service, method, path, map[string]string{"Content-Type": "application/json"}, body)
	require.NoError(t, err, "%s %s", method, path)
	return answer
}

// values makes the parameters of a query.
func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}
