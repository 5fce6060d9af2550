package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// watching is a CloudWatch that knows how many mails each rule received in which hour;
// moto does not speak its protocol. It holds every question to the metric of SES.
func watching(t *testing.T, rules map[string][]float64) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		question, err := cbor.Decode(body)
		assert.NoError(t, err)
		q := question.(cbor.Map)["MetricDataQueries"].(cbor.List)[0].(cbor.Map)
		metric := q["MetricStat"].(cbor.Map)["Metric"].(cbor.Map)
		assert.Equal(t, cbor.String("AWS/SES"), metric["Namespace"])
		assert.Equal(t, cbor.String("Received"), metric["MetricName"])
		dimension := metric["Dimensions"].(cbor.List)[0].(cbor.Map)
		assert.Equal(t, cbor.String("RuleName"), dimension["Name"])
		values := cbor.List{}
		for _, n := range rules[string(dimension["Value"].(cbor.String))] {
			values = append(values, cbor.Float64(n))
		}
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
		w.Header().Set("Content-Type", "application/cbor")
		_, _ = w.Write(cbor.Encode(cbor.Map{"MetricDataResults": cbor.List{cbor.Map{"Id": cbor.String("m"), "Values": values}}}))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestWhatWasReceivedIsTheSumOverTheHours(t *testing.T) {
	address := watching(t, map[string][]float64{"acme-inbound": {3.0, 4.0}})
	cfg := aws.Config{Region: "eu-west-1", BaseEndpoint: &address, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	n, source, err := received(t.Context(), cfg, options{received: -1, rule: "acme-inbound", span: span}, now)
	require.NoError(t, err)
	assert.Equal(t, 7, n)
	assert.Equal(t, "metric of SES for rule acme-inbound", source)

	n, source, err = received(t.Context(), cfg, options{received: -1, rule: "other", span: span}, now)
	require.NoError(t, err)
	assert.Equal(t, -1, n, "no point at all is no zero")
	assert.Contains(t, source, "give the number with -received")
}
