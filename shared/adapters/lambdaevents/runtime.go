package lambdaevents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Logger writes one JSON object a line, with the keys timestamp, level and message that
// CloudWatch knows: without the first two it takes every line for INFO. Times are UTC.
func Logger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level: slog.LevelInfo,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			switch {
			case len(groups) > 0:
			case a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime:
				return slog.Time("timestamp", a.Value.Time().UTC())
			case a.Key == slog.MessageKey:
				a.Key = "message"
			}
			return a
		},
	}))
}

// AWS is how to reach AWS from inside a Lambda: the region, and the credentials that
// Lambda puts into the environment for as long as the environment lives. AWS_ENDPOINT_URL,
// or AWS_ENDPOINT_URL_SQS and the like for one service, lead to an emulator. The error
// says in a sentence what is missing. get is os.LookupEnv in the program.
func AWS(get func(string) (string, bool)) (aws.Config, error) {
	var missing []string
	need := func(name string) string {
		v, _ := get(name)
		if v == "" {
			missing = append(missing, name)
		}
		return v
	}
	region := need("AWS_REGION")
	keys := aws.Credentials{AccessKeyID: need("AWS_ACCESS_KEY_ID"), SecretAccessKey: need("AWS_SECRET_ACCESS_KEY"), Source: "environment"}
	keys.SessionToken, _ = get("AWS_SESSION_TOKEN") // only keys that expire have one
	if len(missing) > 0 {
		return aws.Config{}, fmt.Errorf("%s must be set; Lambda does so itself, elsewhere set them by hand", strings.Join(missing, ", "))
	}
	cfg := aws.Config{
		Region: region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return keys, nil
		}),
		ConfigSources: []any{endpoints(get)},
	}
	if endpoint, _ := get(endpointVariable); endpoint != "" {
		if u, err := url.Parse(endpoint); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return aws.Config{}, errors.New(endpointVariable + " must be an address such as http://127.0.0.1:5000, or not be set")
		}
		cfg.BaseEndpoint = aws.String(endpoint)
	}
	return cfg, nil
}

const endpointVariable = "AWS_ENDPOINT_URL"

// endpoints tells the client of one service where it is, in the way in which the SDK
// asks its own configuration.
type endpoints func(string) (string, bool)

// GetServiceBaseEndpoint is called by every client when it is made.
func (get endpoints) GetServiceBaseEndpoint(_ context.Context, service string) (endpoint string, found bool, err error) {
	endpoint, _ = get(endpointVariable + "_" + strings.ToUpper(strings.ReplaceAll(service, " ", "_")))
	return endpoint, endpoint != "", nil
}
